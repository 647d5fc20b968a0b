"""What a cell of a yearbook says: a number, or why there is none; text folded; a year of a header.

One cell at a time. Units of headers are in ``units``; which cells hold figures is decided
elsewhere. Nothing is guessed: what is not plainly a number is ``unreadable`` and keeps its text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from orchestration.ingest.yearbooks.observation import Missing
from orchestration.ingest.yearbooks.sheet import CellError, CellValue

# Longer than any number with its marks; what is longer is a note.
_NUMBER_CHARS = 60
# Of the text that is kept of a cell: a note of several sentences fits, a hostile cell does not.
RAW_CHARS = 500
# The sheet shows 15 significant digits; the file holds 0.30000000000000004.
_SHOWN_DIGITS = ".15g"
_PLAIN_EXPONENT = 21
YEARS = range(1900, 2101)

# Full-width forms, one for one. NFKC is not used on numbers: it turns 12² into 122, 123① into 1231.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MINUS_SIGNS = "-−－﹣‐‑‒–—―⁻"
_SPACES = " \u00a0\u2002-\u200a\u202f\u205f\u3000"
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_WHITE = re.compile(r"\s+")

_CIRCLED = "①-⑳⑴-⒇❶-❿㈠-㈩"
_RAISED = "⁰¹²³⁴-⁹"
# A footnote mark: circled, in square brackets, one digit in round ones, stars and daggers, raised
# digits, a letter. No letter that may mean a thousand or a million, and no capital (12B); e is
# for estimated and cannot be an exponent at the end.
_LABEL_MARK = rf"[{_CIRCLED}{_RAISED}*†‡※]|[\[〔【]注?(?:\d{{1,2}}|[a-z])[\]〕】]|\(注?\d\)|注\d"
_MARK = rf"{_LABEL_MARK}|\(?[a-jnpr]\)"
_FOOTNOTES = re.compile(rf"(?:[{_SPACES}]*(?:{_MARK}))+\Z|[{_SPACES}]?[a-jnpr]\Z")
_LABEL_FOOTNOTES = re.compile(rf"(?:\s*(?:{_LABEL_MARK}))+\s*\Z")

_THOUSANDS = rf"[1-9１-９]\d{{0,2}}(?P<mark>[,，{_SPACES}])\d{{3}}(?:(?P=mark)\d{{3}})*"
_PRINTED = re.compile(
    rf"(?P<sign>[+{re.escape(_MINUS_SIGNS)}])?[{_SPACES}]*"
    rf"(?P<digits>(?:{_THOUSANDS}|\d+)?(?:\.\d*)?)"
    rf"(?P<exponent>[eE][+-]?\d{{1,3}})?[{_SPACES}]*(?P<unit>[%‰])?"
)

_ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
# Signs that stand for a number. A source's notes may say otherwise; see ``marks``.
_SIGNS: Mapping[str, Missing] = MappingProxyType(
    {
        **dict.fromkeys(
            ("…", "不详", "缺", "缺失", "暂缺", "无数据", "暂无", "暂无数据", "未公布", "未统计"),
            "not_published",
        ),
        **dict.fromkeys(("na", "n.a.", "n/a", "nan", "null", "none"), "not_published"),
        **dict.fromkeys(("*", "**", "***", "×", "x", "c", "保密"), "suppressed"),
        **dict.fromkeys(("-", "--"), "nil"),
    }
)
_DOTS = re.compile(r"[.．。·・…⋯┄]{2,}|[…⋯]|\.\.")
_DASHES = re.compile(rf"(?:[{_SPACES}]*[{re.escape(_MINUS_SIGNS)}─━ー一~～])+")

_YEAR = re.compile(r"[(\[]?((?:19|20)\d\d)(?:年(?:度|末|底)?)?[)\]]?")
_HAN_YEAR = re.compile(r"([一二][〇○零一二三四五六七八九]{3})年(?:度|末|底)?")
_HAN_DIGITS = {ord(han): str(digit) for digit, han in enumerate("零一二三四五六七八九")} | {
    ord("〇"): "0",
    ord("○"): "0",
}


@dataclass(frozen=True)
class PrintedNumber:
    """A cell as a number.

    Attributes:
        value: as printed; ``None`` where missing. A printed percent sign does not divide it.
        raw_value: the text that the sheet shows, line breaks as blanks.
        missing: why there is no value; ``None`` where there is one.
        footnote: marks behind the number (①, [1], *, a); else "".
        unit: ``%`` or ``‰`` where the cell itself prints it; else "".
    """

    value: float | None
    raw_value: str
    missing: Missing | None
    footnote: str = ""
    unit: str = ""


def read_value(
    cell: CellValue, marks: Mapping[str, Missing | float] | None = None
) -> PrintedNumber:
    """Read one cell.

    Args:
        cell: as the sheet holds it.
        marks: what signs mean by the source's own notes, before the general rules:
            ``{"-": "not_published"}``, or a number, ``{"-": 0.0}``, where the notes say that the
            sign stands for it.

    Returns:
        The number, or its absence with the reason; a value that is not zero never becomes zero.
    """
    raw = printed(cell)
    if cell is None:
        return PrintedNumber(None, raw, "blank")
    if isinstance(cell, CellError):
        return PrintedNumber(None, raw, "error")
    if isinstance(cell, bool | date | time | timedelta):
        return PrintedNumber(None, raw, "unreadable")
    if isinstance(cell, int | float):
        number = _finite(cell)
        return PrintedNumber(number, raw, "unreadable" if number is None else None)
    return _read_text(cell, raw, marks or {})


def _read_text(cell: str, raw: str, marks: Mapping[str, Missing | float]) -> PrintedNumber:
    text = _INVISIBLE.sub("", cell).translate(_HALF_WIDTH).strip()
    if not text:
        return PrintedNumber(None, raw, "blank")
    if len(text) > _NUMBER_CHARS:
        return PrintedNumber(None, raw, "unreadable")
    text = text.removeprefix("'").strip()
    stated = _stated(text, marks)
    if stated is not None:
        return _absent(stated, raw, "")
    body, footnote = _split(text, _FOOTNOTES)
    found = _number(body)
    if found is not None:
        return PrintedNumber(found[0], raw, None, footnote, found[1])
    stated = _stated(body, marks) if footnote else None
    if stated is not None:
        return _absent(stated, raw, footnote)
    return PrintedNumber(None, raw, "unreadable")


def _absent(stated: Missing | float, raw: str, footnote: str) -> PrintedNumber:
    if isinstance(stated, str):
        return PrintedNumber(None, raw, stated, footnote)
    return PrintedNumber(float(stated), raw, None, footnote)


def _stated(text: str, marks: Mapping[str, Missing | float]) -> Missing | float | None:
    """What a sign means that stands in place of a number."""
    for sign, meaning in marks.items():
        if _WHITE.sub("", text) == _WHITE.sub("", sign.translate(_HALF_WIDTH)):
            return meaning
    if text.upper() in _ERRORS:
        return "error"
    if _DOTS.fullmatch(text):
        return "not_published"
    if _DASHES.fullmatch(text):
        return "nil"
    return _SIGNS.get(_WHITE.sub("", text).lower())


def _split(text: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    """A text and the marks at its end; a text that is nothing but marks keeps them."""
    marks = pattern.search(text)
    if marks is None or not marks.start():
        return text, ""
    return text[: marks.start()].rstrip(), _WHITE.sub("", marks.group())


def _number(text: str) -> tuple[float, str] | None:
    """The value and its printed % or ‰."""
    match = _PRINTED.fullmatch(text)
    if match is None or not any(one.isdigit() for one in match["digits"]):
        return None
    digits = re.sub(r"[^\d.]", "", match["digits"])
    if not digits.isascii():
        return None
    value = _finite(float(digits + (match["exponent"] or "")))
    if value is None or (value == 0 and digits.strip("0.")):
        return None
    negative = match["sign"] not in (None, "+")
    return (-value if negative and value else value), match["unit"] or ""


def _finite(number: float) -> float | None:
    try:
        value = float(number)
    except OverflowError:
        return None
    return value + 0.0 if math.isfinite(value) else None


def printed(cell: CellValue) -> str:
    """The text of a cell as the sheet shows it, on one line and at most ``RAW_CHARS`` long.

    A number is shown in up to 15 significant digits and without an exponent: 12.0 is ``12``.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = " ".join(cell[: 2 * RAW_CHARS].split())
    elif isinstance(cell, CellError):
        text = cell.code
    elif isinstance(cell, bool):
        text = "TRUE" if cell else "FALSE"
    elif isinstance(cell, int | float):
        text = _shown(cell)
    elif isinstance(cell, datetime):
        text = cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    elif isinstance(cell, date | time):
        text = cell.isoformat()
    else:
        text = str(cell)
    return text if len(text) <= RAW_CHARS else text[: RAW_CHARS - 1] + "…"


def _shown(number: float) -> str:
    if isinstance(number, int) and abs(number) < 10**_PLAIN_EXPONENT:
        return str(number)
    value = _finite(number)
    if value is None:
        return "#NUM!"
    short = format(value, _SHOWN_DIGITS)
    if "e" not in short:
        return "0" if short == "-0" else short
    exponent = int(short.partition("e")[2])
    return format(Decimal(short), "f") if abs(exponent) < _PLAIN_EXPONENT else short


def folded(text: str) -> str:
    """A label for comparison: NFKC, without white space and invisible characters.

    北　 京 is 北京, Ｒ＆Ｄ is R&D. Take footnote marks off first (:func:`label_and_footnote`):
    folding turns ① into 1.
    """
    return _WHITE.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def label_and_footnote(text: str) -> tuple[str, str]:
    """A label and the footnote marks behind it: 北京① is 北京 and ①.

    Letters stay with the label.
    """
    label, marks = _split(text.translate(_HALF_WIDTH), _LABEL_FOOTNOTES)
    return (text[: len(label)].rstrip(), marks) if marks else (text, "")


def read_year(cell: CellValue) -> int | None:
    """The year that a header cell states, and nothing else: 2019, 2019.0, 2019年, 2019年末.

    Returns:
        ``None`` for anything that is not exactly one year between 1900 and 2100: a span of years,
        a month, a quarter.
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, CellError | time | timedelta):
        return None
    if isinstance(cell, int | float):
        whole = math.isfinite(cell) and cell == int(cell)
        return int(cell) if whole and int(cell) in YEARS else None
    if isinstance(cell, date):
        # A year typed into a cell with a date format lies on its first or last day.
        return cell.year if (cell.month, cell.day) in ((1, 1), (12, 31)) else None
    if len(cell) > _NUMBER_CHARS:
        return None
    text = _WHITE.sub("", _INVISIBLE.sub("", label_and_footnote(cell)[0]).translate(_HALF_WIDTH))
    text = text.removesuffix(".0")
    match = _YEAR.fullmatch(text)
    if match is not None:
        return int(match.group(1)) if int(match.group(1)) in YEARS else None
    written = _HAN_YEAR.fullmatch(text)
    year = int(written.group(1).translate(_HAN_DIGITS)) if written is not None else 0
    return year if year in YEARS else None
