"""The header of a table: what its words mean stripped of print, and the path of each column.

Rows and columns only: which indicator a path names is decided by a profile, units by ``units``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from orchestration.ingest.yearbooks.sheet import Sheet

# A header names a thing; what is longer is a note in the wrong place.
LONGEST_NAME = 200

_HAN = re.compile(r"[\u3400-\u9fff]")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_LATIN_TAIL = re.compile(r"(?<=[\u3400-\u9fff)）])\s+[A-Za-z][A-Za-z\s,.&'()/\-]*$")
_PARENTHESES = re.compile(r"[(（]([^()（）]*)[)）]")
_NOTE_MARK = re.compile(r"(?:[①-⑳*＊†‡]|[\[［]\d{1,2}[\]］]|(?<![A-Za-z(（])[a-h][)）])+$")
_LEADING_MARK = re.compile(r"^(?:#|＃|其中[:：]?|[一二三四五六七八九十]+、|[*＊])+")


@dataclass(frozen=True)
class Level:
    """One cell of a header.

    Attributes:
        text: the words as printed, white space made single blanks.
        key: what two printings of the same name share: see `key_of`.
        bracketed: contents of its parentheses, in order (where a unit may stand).
        mark: footnote mark such as ① or a).
    """

    text: str
    key: str
    bracketed: tuple[str, ...]
    mark: str


@dataclass(frozen=True)
class ColumnHeader:
    """The header path of one column, the top level first."""

    column: int
    levels: tuple[Level, ...]
    cells: tuple[tuple[int, int], ...]

    @property
    def path(self) -> str:
        """The levels as printed, joined by " / "."""
        return " / ".join(level.text for level in self.levels)

    @property
    def keys(self) -> tuple[str, ...]:
        """The ways the path may name something, the most complete first.

        A name broken over two rows (地方一般公 / 共预算支出) is whole when joined without a sign.
        """
        keys = [level.key for level in self.levels if level.key]
        if not keys:
            return ()
        return tuple(dict.fromkeys(("/".join(keys), "".join(keys), keys[-1])))


@lru_cache(maxsize=65536)
def parsed(text: str) -> Level:
    """One header cell taken apart; equal texts are the same object."""
    chinese = _without_english(text[:LONGEST_NAME].strip())
    mark = _NOTE_MARK.search(chinese)
    bare = chinese[: mark.start()] if mark else chinese
    folded = unicodedata.normalize("NFKC", bare)
    bracketed = tuple(_BLANKS.sub("", inner) for inner in _PARENTHESES.findall(folded))
    return Level(
        text=_BLANKS.sub(" ", text[:LONGEST_NAME]).strip(),
        key=_squeezed(_LEADING_MARK.sub("", _BLANKS.sub("", folded))),
        bracketed=bracketed,
        mark=mark.group() if mark else "",
    )


def key_of(text: str) -> str:
    """What two printings of one name share.

    Blanks, line breaks, the width of signs, the English beneath the Chinese, footnote marks and
    ``#`` or 其中 before a sub-item do not count; parentheses and all other signs do.
    """
    return parsed(text).key


def without_parentheses(key: str, bracketed: str) -> str:
    """A key without one of its parentheses: gdp(亿元) is gdp where 亿元 is its unit."""
    return key.replace(f"({_squeezed(bracketed)})", "", 1)


def column_headers(
    sheet: Sheet, top: int, bottom: int, columns: Sequence[int]
) -> dict[int, ColumnHeader]:
    """The header path of each column.

    A cell stands for the columns it is merged over. Where a file keeps no merged cells, a cell
    stands for the empty columns on its right that have a name of their own further down.

    Args:
        sheet: the sheet.
        top: first row of the header, 0-based.
        bottom: last row of the header, inclusive.
        columns: the columns wanted.
    """
    owners = _merged_owners(sheet, top, bottom)
    spread = bool(columns) and not any(first != last for _, first, last in owners.values())
    found: dict[int, ColumnHeader] = {}
    for column in columns:
        cells: list[tuple[int, int]] = []
        for row in range(top, bottom + 1):
            owner = owners.get((row, column))
            cell = (owner[0], owner[1]) if owner else (row, column)
            if not _text(sheet, *cell) and spread and row < bottom:
                cell = (row, _spread_from(sheet, row, column, bottom, columns))
            if _text(sheet, *cell) and cell not in cells:
                cells.append(cell)
        levels = tuple(parsed(_text(sheet, *cell)) for cell in cells)
        found[column] = ColumnHeader(column, levels, tuple(cells))
    return found


def _merged_owners(sheet: Sheet, top: int, bottom: int) -> dict[tuple[int, int], tuple[int, ...]]:
    """For each cell of the header inside a merged range: its first row, first and last column."""
    owners: dict[tuple[int, int], tuple[int, ...]] = {}
    for first_row, first_column, last_row, last_column in sheet.merged:
        if first_row > bottom or last_row < top or last_column - first_column > 2000:
            continue
        for row in range(max(first_row, top), min(last_row, bottom) + 1):
            for column in range(first_column, last_column + 1):
                owners[row, column] = (first_row, first_column, last_column)
    return owners


def _spread_from(sheet: Sheet, row: int, column: int, bottom: int, columns: Sequence[int]) -> int:
    """The column whose cell in this row stands for an empty one; the column itself if none."""
    if not any(_text(sheet, below, column) for below in range(row + 1, bottom + 1)):
        return column
    first = min(columns)
    for left in range(column - 1, first - 1, -1):
        if _text(sheet, row, left):
            # The cell on the left heads a group only if its own column, or one between, goes on
            # below it or stays empty; one with several words below is a name by itself.
            return left
    return column


def _text(sheet: Sheet, row: int, column: int) -> str:
    value = sheet.at(row, column)
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _without_english(text: str) -> str:
    """The Chinese of a bilingual cell: no line after the last Chinese one, no Latin tail."""
    if not _HAN.search(text):
        return text
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    while lines and not _HAN.search(lines[-1]) and not _PARENTHESES.fullmatch(lines[-1].strip()):
        lines.pop()
    return _LATIN_TAIL.sub("", "".join(lines).strip())


def _squeezed(text: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
