"""A sheet as it lies in the file: a grid of stored values under a name, whatever the format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True)
class CellError:
    """An error that a formula left in its cell.

    Attributes:
        code: as the sheet shows it (``#REF!``), or ``NEVER_CALCULATED``.
    """

    code: str


# A formula whose result the file does not hold: a program wrote it and no spreadsheet program
# has opened it since. Readers take it for an empty cell, which is how a total gets lost.
NEVER_CALCULATED = "#UNCALCULATED!"

# What a cell may hold. Text is as stored, line breaks and blanks included; an error value such
# as #REF! is a `CellError`; an empty cell is `None`.
CellValue = str | int | float | bool | date | datetime | time | timedelta | CellError | None


@dataclass(frozen=True)
class Sheet:
    """One sheet, or the one table of a CSV, HTML or Stata file.

    Attributes:
        name: as the file has it; empty where the format names none.
        rows: the grid from cell A1 on, ragged rows allowed; merged cells hold their value in the
            first cell only.
        merged: merged ranges as (first row, first column, last row, last column), 0-based.
        hidden: whether the file hides it.
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden: bool = False

    def at(self, row: int, column: int) -> CellValue:
        """The value of a cell, 0-based; `None` outside the grid."""
        if row < 0 or column < 0 or row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]


def address(row: int, column: int) -> str:
    """The spreadsheet address of a 0-based cell: (0, 0) is A1."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"
