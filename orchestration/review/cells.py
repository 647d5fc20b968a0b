"""Single cells of a spreadsheet: text that none of them runs, and values read back from any.

How a whole file is read belongs in ``spreadsheet``; what a column means to ``marks``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Final

Cell = str | int | float | bool | date | datetime | None

# What starts a formula in Excel, WPS or LibreOffice. Full-width signs count: WPS and a Chinese
# Excel take ＝ for =. NFKC folds these.
_STARTS: Final = frozenset("=+-@")
# Excel counts days from here (its 1900 was a leap year).
_EXCEL_ZERO: Final = date(1899, 12, 30)
_DATE: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+[\d:.]+)?"
)
# XML 1.0 cannot hold these, whatever the escape; a lone one makes Excel call the file damaged.
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def guard(text: str) -> str:
    """Text as it may stand in a cell: an apostrophe before what a spreadsheet would run.

    The apostrophe is part of the text, so it also survives saving as CSV, which keeps no types.
    """
    return f"'{text}" if _runs(text) or _looks_guarded(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if _looks_guarded(text) else text


def _runs(text: str) -> bool:
    """Whether a spreadsheet may take this for a formula, signs that nobody sees passed over."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    for char in text:
        if not (char.isspace() or unicodedata.category(char) in ("Cf", "Cc")):
            return unicodedata.normalize("NFKC", char)[:1] in _STARTS
    return False


def _looks_guarded(text: str) -> bool:
    return text.startswith("'") and (text[1:2] == "'" or _runs(text[1:]))


def displayable(text: str) -> str:
    """Text without the characters that an XLSX file cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def read_text(cell: Cell) -> str:
    """A cell as text; a whole number without the ``.0`` that a spreadsheet gives it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unguard(str(cell))


def read_integer(cell: Cell) -> int:
    """A cell as a whole number.

    Raises:
        ValueError: it is none.
    """
    return int(unicodedata.normalize("NFKC", read_text(cell)).strip())


def read_date(cell: Cell) -> date | None:
    """A cell as a date, however a spreadsheet holds it; ``None`` where it is empty.

    Read are dates, ``2026-03-05``, ``2026/3/5``, ``2026年3月5日``, ``20260305`` and Excel's own day
    numbers. Day before month is not: 3/5/2026 may be either.

    Raises:
        ValueError: it is no date.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", read_text(cell)).strip()
    if not text:
        return None
    if re.fullmatch(r"\d{8}", text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _EXCEL_ZERO + timedelta(days=int(float(text)))
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a date")
    return date(int(found[1]), int(found[2]), int(found[3]))
