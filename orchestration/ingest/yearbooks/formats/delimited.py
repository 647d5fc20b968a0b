"""CSV and TSV tables: encoding, delimiter, and whether every row fits its header.

Cells stay text. A row that a comma inside a number has pushed to the right would give wrong
numbers without a word; the file is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from orchestration.ingest.reports.protocol import CannotRead
from orchestration.ingest.yearbooks.formats.bounds import (
    Bounds,
    Contents,
    check_extent,
    check_sum,
)
from orchestration.ingest.yearbooks.observation import SheetProblem
from orchestration.ingest.yearbooks.sheet import CellValue, Sheet, address

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# With the private use area, where bytes of another encoding end up.
_HAN = re.compile(r"[\u3400-\u9fff\ue000-\ufaff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Tables are names and headings, too short for the statistics that reports are told by. Of the
# Chinese characters of the Bureau's seven GB18030 exports all are in level 1 of GB 2312; of Big5
# bytes read as GB18030 about half are.
_COMMON_SHARE = 0.8
# A few bytes lost on the way spoil a cell each, which is then unreadable; more, the file.
_MOST_LOST = 5

# In the order that decides a tie: a tab or a semicolon is seldom part of a number or a name.
_DELIMITERS = "\t;|,"
_QUOTED = re.compile(r'"[^"]*"')
_SNIFFED_LINES = 200
# Excel's way of keeping an export from turning text into numbers: ="110000".
_KEPT_TEXT = re.compile(r'=\s*"([^"]*)"\s*')
_NUMBER = re.compile(r"\s*[-+−－]?[\d０-９][\d０-９,，. ．]*[%％‰]?\s*")
_YEAR = re.compile(r"\s*(?:19|20)\d\d\s*年?\s*")


def read_delimited(data: bytes, bounds: Bounds) -> Contents:
    """Read delimited text as one sheet without a name.

    Raises:
        CannotRead: no text, no table, too large, or rows that do not fit their header.
    """
    text, encoding, problems = decode_text(data)
    text = text.removeprefix("\ufeff")
    delimiter = _delimiter(text)
    rows, shortened = _rows(text, delimiter, bounds)
    if not any(len(row) > 1 for row in rows):
        raise CannotRead(
            "The file is text in one column, not a table.",
            "Give the table as XLSX, XLS, CSV, HTML or DTA.",
        )
    _check_widths(rows)
    if not text.endswith(("\n", "\r")):
        _check_end(rows)
    grid: list[list[CellValue]] = [[cell or None for cell in row] for row in rows]
    return Contents((Sheet("", grid),), encoding, (*problems, *shortened))


def decode_text(data: bytes) -> tuple[str, str, tuple[SheetProblem, ...]]:
    """Text, its encoding, and a problem where a few bytes were lost.

    Raises:
        CannotRead: binary data, or an encoding other than UTF-8, GB18030 and marked UTF-16.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _kept(data, encoding)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _reads_as_chinese(text):
            return _textual(text), encoding, ()
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        if 0 < text.count("\ufffd") <= _MOST_LOST and _reads_as_chinese(text):
            return _kept(data, encoding)
    raise CannotRead(
        "The file is binary data, or text in an encoding other than UTF-8 and GB18030.",
        "Open it in its own program and save it as XLSX, or as CSV in UTF-8.",
    )


def _kept(data: bytes, encoding: str) -> tuple[str, str, tuple[SheetProblem, ...]]:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd")
    if not lost:
        return _textual(text), encoding, ()
    if lost > _MOST_LOST:
        raise CannotRead(
            f"The text is damaged: {lost:,} byte sequences are not valid {encoding}.",
            "Get the file again from its source, or save it as CSV in UTF-8.",
        )
    first = text.count("\n", 0, text.index("\ufffd")) + 1
    problem = SheetProblem(
        f"line {first}",
        f"The text is damaged: {lost} byte sequences are not valid {encoding}.",
        "Get the file again from its source; the cells concerned are not read.",
        fatal=False,
    )
    return _textual(text), encoding, (problem,)


def _textual(text: str) -> str:
    if _CONTROL.search(text):
        raise CannotRead(
            "The file is binary data, not a table.",
            "Give the table as XLSX, XLS, CSV, HTML or DTA.",
        )
    return text


def _reads_as_chinese(text: str) -> bool:
    """Whether its Chinese characters are the common ones: level 1 of GB 2312."""
    han = _HAN.findall(text)
    coded = (one.encode("gb18030") for one in han)
    common = sum(1 for one in coded if b"\xb0\xa1" <= one <= b"\xd7\xf9" and one[1] >= 0xA1)
    return common >= _COMMON_SHARE * len(han)


def _delimiter(text: str) -> str:
    """The mark that divides most lines into the same number of cells.

    The Bureau's new site writes ``value<TAB>,``: there the comma divides and the tab is padding.
    """
    lines = [_QUOTED.sub("", line) for line in text.splitlines()[:_SNIFFED_LINES] if line.strip()]
    tabs = sum(line.count("\t") for line in lines)
    padding = sum(line.count("\t,") + line.endswith("\t") for line in lines)
    commas = sum(line.count(",") for line in lines)
    if commas and tabs == padding:
        lines = [line.replace("\t", "") for line in lines]

    def fit(mark: str) -> float:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        return max(counts.values(), default=0) / max(len(lines), 1)

    return max(_DELIMITERS, key=fit)


def _rows(
    text: str, delimiter: str, bounds: Bounds
) -> tuple[list[list[str]], tuple[SheetProblem, ...]]:
    """The cells, rows as a spreadsheet program would number them; a problem if some are cut."""
    before = csv.field_size_limit(len(text))
    rows: list[list[str]] = []
    cells = 0
    cut: list[str] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            cells += len(row)
            check_sum(cells, bounds)
            check_extent(len(rows) + 1, len(row), bounds)
            rows.append([_cell(cell) for cell in row])
            if max(map(len, row), default=0) > bounds.max_cell_chars:
                cut.extend(_shorten(rows[-1], len(rows) - 1, bounds.max_cell_chars))
    except csv.Error as problem:
        raise CannotRead(
            f"The table breaks off in row {len(rows) + 1}: {problem}.",
            "Look for a quotation mark that is not closed, or export the table again.",
        ) from problem
    finally:
        csv.field_size_limit(before)
    while rows and not any(rows[-1]):
        rows.pop()
    return rows, _told_of_cut(cut, bounds)


def _shorten(cells: list[str], row: int, most: int) -> list[str]:
    """Cuts the cells of a row that are too long and gives their addresses.

    Raises:
        CannotRead: a cell too long that goes over lines. It may be a long note; it may be all rows
            between one quotation mark too many and the next, and nothing tells which.
    """
    long = [column for column, cell in enumerate(cells) if len(cell) > most]
    for column in long:
        lines = cells[column].count("\n") + 1
        if lines > 1:
            raise CannotRead(
                f"Cell {address(row, column)} goes over {lines:,} lines and has "
                f"{len(cells[column]):,} characters; at most {most:,} are read.",
                "Look for a quotation mark too many before it; if it is a note, shorten it.",
            )
        # With a mark that keeps it from being a number: 0…05 cut is not 0.
        cells[column] = cells[column][: most - 1] + "…"
    return [address(row, column) for column in long]


def _told_of_cut(cut: list[str], bounds: Bounds) -> tuple[SheetProblem, ...]:
    if not cut:
        return ()
    more = f" and {len(cut) - 1:,} more" if len(cut) > 1 else ""
    problem = SheetProblem(
        cut[0],
        f"Cell {cut[0]}{more} has more than {bounds.max_cell_chars:,} characters; the rest is "
        "not read.",
        "Shorten the text, or leave it out of the table.",
        fatal=False,
    )
    return (problem,)


def _cell(text: str) -> str:
    """A cell without the padding of its format."""
    if "\t" in text:
        text = text.strip("\t")
    if text[:1] == "=" and (kept := _KEPT_TEXT.fullmatch(text)):
        return kept.group(1)
    return "" if text.isspace() else text


def _check_end(rows: list[list[str]]) -> None:
    """Refuse a last line that is shorter than those before it and does not end: a download cut."""
    width = Counter(map(len, rows)).most_common(1)[0][0]
    last = rows[-1]
    if 1 < len(last) < width and len(rows) > 2 and _NUMBER.fullmatch(last[-1] or "0"):
        raise CannotRead(
            f"The table breaks off in row {len(rows)}, after {len(last)} of {width} cells.",
            "Get the file again from its source.",
        )


def _check_widths(rows: list[list[str]]) -> None:
    """Refuse rows of numbers that are wider than every header before them."""
    header = 0
    for number, row in enumerate(rows, start=1):
        filled = len(row)
        while filled and not row[filled - 1]:
            filled -= 1
        if filled <= header:
            continue
        rest = [cell for cell in row[1:filled] if cell]
        numbers = sum(1 for cell in rest if _NUMBER.fullmatch(cell) and not _YEAR.fullmatch(cell))
        if header > 1 and 2 * numbers > len(rest):
            raise CannotRead(
                f"Row {number} has {filled} cells where its header has {header}: a comma inside "
                "a number or a name has pushed its values to the right.",
                "Put quotation marks around such cells, or export the table as XLSX.",
            )
        if 2 * numbers <= len(rest):
            header = max(header, len(row))
