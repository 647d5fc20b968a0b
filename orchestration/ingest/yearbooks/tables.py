"""The tables of a sheet: where the header begins and ends, the rows of numbers, the words around.

A sheet may stack several tables (续表). Rows are found by the word that heads the column of
regions, never by their number. What the words and numbers mean is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from orchestration.ingest.yearbooks.header import key_of
from orchestration.ingest.yearbooks.sheet import CellValue, Sheet
from orchestration.ingest.yearbooks.values import read_value

# A header of more rows than this was never met (the deepest has five with its spacers).
DEEPEST_HEADER = 12
# Beyond these rows a header is sought only in the columns that had one, so that a tidy table of a
# million rows is not searched cell by cell.
_SEARCHED_WIDE = 80
_LONGEST_LABEL = 60

_VALUE = re.compile(r"^[\s\d.,，．。:+\-−–—―－…·*＊％%()（）①-⑳eE]+$")
_ERROR = re.compile(r"^#[A-Z/0]+[!?]?$")
_WORDS_FOR_NOTHING = frozenset(
    {"不详", "na", "n.a.", "n/a", "nan", "null", "none", "保密", "x", "c"}
)
_NOTE = re.compile(
    r"^\s*(?:附?注\s*\d*\s*[:：]|附?注\s*\d|Notes?\b|资料来源|数据来源|来源[:：]|Source|摘编自|说明[:：]|本表"
    r"|[a-h][)）]|[①-⑳]|[*＊]|[\[［]\d{1,2}[\]］]|\d{1,2}[.、．]\s*\D)",
    re.IGNORECASE,
)
_UNIT_LINE = re.compile(r"单\s*位\s*[:：]")
_CONTINUED = re.compile(r"续表|\(续\)|（续）|^\s*continued\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|[\s表])(\d{1,2}\s*[-－–—]\s*\d{1,3})(?!\d)")
# What begins a row that counts the columns (甲, 1, 2), which belongs to no column's name: with it
# no heading of such a table was known.
_COLUMN_NUMBERS = frozenset({"甲", "乙", "栏次", "列次"})


@dataclass(frozen=True)
class Line:
    """A cell of words above or below a table."""

    row: int
    column: int
    text: str


@dataclass(frozen=True)
class Table:
    """One table of a sheet; rows and columns are 0-based.

    Attributes:
        sheet: where it stands.
        label_column: the column of regions (or of indicators, where rows are those).
        label_key: the word that heads it, folded; empty where it was known by its content.
        top: first row of the header.
        bottom: last row of the header.
        rows: rows with a label; those without a number may be regions or words.
        unlabelled: rows with numbers and no label.
        before: words above the header.
        after: words below the numbers.
        last: last row with a number; the header's last where there is none.
    """

    sheet: Sheet
    label_column: int
    label_key: str
    top: int
    bottom: int
    rows: Sequence[int]
    unlabelled: Sequence[int]
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    last: int

    @property
    def width(self) -> int:
        """Number of columns."""
        rows = self.sheet.rows
        numbers = [*range(self.top, self.bottom + 1), *self.rows]
        return max((len(rows[row]) for row in numbers), default=0)

    @property
    def is_continued(self) -> bool:
        """Whether it says that it continues another table (续表)."""
        return any(_CONTINUED.search(line.text) for line in self.before)

    @property
    def number(self) -> str:
        """Its number in the book, such as 7-6; empty where it has none."""
        for line in self.before:
            if found := _NUMBERED.search(line.text):
                return re.sub(r"\s", "", re.sub("[－–—]", "-", found.group(1)))
        return ""

    @property
    def notes(self) -> tuple[Line, ...]:
        """The notes below it."""
        return tuple(line for line in self.after if is_note(line.text))


def is_note(text: str) -> bool:
    """Whether words below a table are a note or a source."""
    return bool(_NOTE.match(text))


def find_tables(sheet: Sheet, words: Sequence[str]) -> list[Table]:
    """The tables of a sheet whose column of regions is headed by one of the words.

    Args:
        sheet: the sheet.
        words: headings as printed in a profile; where a row has several, the first in this
            order counts.
    """
    order = {key_of(word): rank for rank, word in enumerate(words)}
    anchors: list[tuple[int, int, str]] = []
    for row, column, key in _anchors(sheet, order):
        if anchors and not _values_between(sheet, anchors[-1][0], row):
            continue  # The English of a heading in a row of its own.
        anchors.append((row, column, key))
    tables: list[Table] = []
    for index, (row, column, key) in enumerate(anchors):
        end = anchors[index + 1][0] if index + 1 < len(anchors) else len(sheet.rows)
        start = tables[-1].last + 1 if tables else 0
        tables.append(_table(sheet, column, key, row, (start, end), order))
    return _shared_out(tables)


def table_by_content(
    sheet: Sheet, is_region: Callable[[str], bool], is_subtotal: Callable[[str], bool]
) -> Table | None:
    """The table of a sheet whose column of regions has no heading, found by the names in it.

    Args:
        sheet: the sheet.
        is_region: whether a text is the name of a region.
        is_subtotal: whether a text names a sum of regions; such rows may come before the first.
    """
    counts: dict[int, list[int]] = {}
    for row, cells in enumerate(sheet.rows[:2000]):
        for column, value in enumerate(cells[:60]):
            if isinstance(value, str) and len(value) <= _LONGEST_LABEL and is_region(value):
                counts.setdefault(column, []).append(row)
    if not counts:
        return None
    column, named = max(counts.items(), key=lambda item: (len(item[1]), -item[0]))
    if len(named) < 3:
        return None
    for bottom in range(named[0] - 1, -1, -1):
        label = text_of(sheet.at(bottom, column))
        cells = sheet.rows[bottom]
        if is_subtotal(label) or _counts_columns(label) or (label and _has_number(cells, column)):
            continue
        if not _is_blank(cells):
            return _table(sheet, column, "", bottom, (0, len(sheet.rows)), {})
    return None


def text_of(value: CellValue) -> str:
    """A cell as words; empty for an empty cell."""
    return "" if value is None else str(value).strip()


def is_value(value: CellValue) -> bool:
    """Whether a cell holds a number or a sign that stands for one."""
    if value is None:
        return False
    if not isinstance(value, str):
        return True
    text = value.strip()
    if not text:
        return False
    return bool(_VALUE.match(text) or _ERROR.match(text) or text.casefold() in _WORDS_FOR_NOTHING)


def _anchors(sheet: Sheet, order: dict[str, int]) -> Iterator[tuple[int, int, str]]:
    """Rows that hold a heading of the column of regions: row, column, folded word."""
    seen: set[int] = set()
    for row, cells in enumerate(sheet.rows):
        columns = range(len(cells)) if row < _SEARCHED_WIDE else sorted(seen)
        best: tuple[int, int, str] | None = None
        for column in columns:
            value = cells[column] if column < len(cells) else None
            if not isinstance(value, str) or len(value) > _LONGEST_LABEL or not value:
                continue
            key = key_of(value)
            rank = order.get(key, order.get(key.split("(")[0], -1) if key.count("(") else -1)
            if rank >= 0 and (best is None or rank < best[0]):
                best = (rank, column, key)
        if best is None or not _heads_columns(sheet, row, best[1]):
            continue
        seen.add(best[1])
        yield row, best[1], best[2]


def _heads_columns(sheet: Sheet, row: int, column: int) -> bool:
    """Whether the rest of the row, or the row below, heads columns rather than holding numbers."""
    cells = sheet.rows[row]
    others = [value for index, value in enumerate(cells) if index != column and text_of(value)]
    if not others:
        return False
    # Years stand in headers as numbers; a row of anything else that is a number is no header.
    return all(not is_value(value) or _is_year(value) for value in others)


def _counts_columns(label: str) -> bool:
    return bool(label) and key_of(label) in _COLUMN_NUMBERS


def _has_number(cells: Sequence[CellValue], column: int) -> bool:
    """Whether a row holds a number, beside its label, that is no year."""
    return any(
        index != column and not _is_year(value) and read_value(value).value is not None
        for index, value in enumerate(cells)
    )


def _is_year(value: CellValue) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d{2}(?:\.0)?\s*年?", text_of(value)))


def _table(
    sheet: Sheet, column: int, key: str, anchor: int, span: tuple[int, int], words: Collection[str]
) -> Table:
    start, end = span
    bottom = anchor
    for row in range(anchor + 1, min(end, anchor + DEEPEST_HEADER)):
        cells = sheet.rows[row]
        label = text_of(cells[column]) if column < len(cells) else ""
        if label and key_of(label) not in words:
            break
        if not label and any(is_value(value) and not _is_year(value) for value in cells):
            break
        bottom = row
    top = anchor
    while top > start and _is_upper_header(sheet.rows[top - 1], column):
        top -= 1
    rows, unlabelled, after = _classified(sheet, column, bottom + 1, end)
    last = _last_with_values(sheet, column, rows, bottom)
    before = _lines(sheet, start, top)
    return Table(sheet, column, key, top, bottom, rows, unlabelled, before, after, last)


def _is_upper_header(cells: Sequence[CellValue], column: int) -> bool:
    """Whether a row above the region heading groups the columns, rather than being a title."""
    texts = [(index, text_of(value)) for index, value in enumerate(cells) if text_of(value)]
    if len(texts) < 2 or any(index <= column for index, _ in texts):
        return False
    return not any(_UNIT_LINE.search(text) or is_note(text) for _, text in texts)


def _classified(
    sheet: Sheet, column: int, start: int, end: int
) -> tuple[list[int], list[int], tuple[Line, ...]]:
    """Rows with numbers and a label, rows with numbers alone, and the words between and below."""
    rows: list[int] = []
    unlabelled: list[int] = []
    words: list[int] = []
    merged = {
        row
        for first, left, last, right in sheet.merged
        if left <= column <= right
        for row in range(max(first + 1, start), min(last, end - 1) + 1)
    }
    for row in range(start, end):
        cells = sheet.rows[row]
        label = text_of(cells[column]) if column < len(cells) else ""
        if _counts_columns(label):
            continue
        valued = any(is_value(value) for index, value in enumerate(cells) if index != column)
        if valued and (label or row in merged) and not is_note(label):
            rows.append(row)
        elif valued:
            unlabelled.append(row)
        elif not _is_blank(cells):
            words.append(row)
            if label and len(label) <= _LONGEST_LABEL and not is_note(label):
                rows.append(row)
    lines = tuple(line for row in words for line in _lines(sheet, row, row + 1))
    return rows, unlabelled, lines


def _last_with_values(sheet: Sheet, column: int, rows: Sequence[int], bottom: int) -> int:
    for row in reversed(rows):
        if any(is_value(value) for index, value in enumerate(sheet.rows[row]) if index != column):
            return row
    return bottom


def _values_between(sheet: Sheet, above: int, below: int) -> bool:
    """Whether a row between two has a number that is no year."""
    return any(
        is_value(value) and not _is_year(value)
        for row in range(above + 1, below)
        for value in sheet.rows[row]
    )


def _shared_out(tables: Sequence[Table]) -> list[Table]:
    """Gives the words between two tables to the upper one as notes, to the lower as its title."""
    shared = list(tables)
    for index in range(1, len(shared)):
        above, below = shared[index - 1], shared[index]
        lines = list(below.before)
        notes = 0
        while notes < len(lines) and is_note(lines[notes].text):
            notes += 1
        first_of_below = lines[notes].row if notes < len(lines) else below.top
        after = tuple(line for line in above.after if line.row < first_of_below)
        shared[index - 1] = replace(above, after=after)
        shared[index] = replace(below, before=tuple(lines[notes:]))
    return shared


def _lines(sheet: Sheet, start: int, end: int) -> tuple[Line, ...]:
    return tuple(
        Line(row, column, text[:2000])
        for row in range(max(start, 0), min(end, len(sheet.rows)))
        for column, value in enumerate(sheet.rows[row])
        if (text := text_of(value))
    )


def _is_blank(cells: Sequence[CellValue]) -> bool:
    return not any(text_of(value) for value in cells)
