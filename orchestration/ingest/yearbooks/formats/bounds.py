"""How large a yearbook may be, and what every format reader hands back.

The bounds keep a hostile or mistaken file from taking the build down; none of them is near what
real yearbooks need. How a single format is read belongs to its own module.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.ingest.reports.protocol import MIB, CannotRead
from orchestration.ingest.yearbooks.observation import SheetProblem
from orchestration.ingest.yearbooks.sheet import Sheet


@dataclass(frozen=True)
class Bounds:
    """Limits on one file; the largest of the 97 real yearbook files is a page of 0.4 MB."""

    # Read into memory whole; a tidy table of five million cells is about as large.
    max_file_bytes: int = 64 * MIB
    # Over all parts of a workbook, counted while unpacking, because headers can lie: five million
    # cells take about 200 MB of XML.
    max_unpacked_bytes: int = 256 * MIB
    # What a spreadsheet program can show; a longer table is not a yearbook.
    max_rows: int = 1_048_576
    max_columns: int = 16_384
    # Of a file. A grid costs memory for its blank cells too: two cells at opposite corners of an
    # .xlsx sheet made the reader ask for 17 thousand million.
    max_cells: int = 5_000_000
    max_sheets: int = 1_000
    # Excel's own bound on a cell; a longer one is a note pasted whole, or rows behind a quotation
    # mark too many.
    max_cell_chars: int = 32_767
    # Of all cells together: a shared string of 30,000 characters may be referred to a million
    # times by a file of a few kilobytes.
    max_text_chars: int = 200_000_000
    max_html_bytes: int = 16 * MIB
    # The HTML parser is quadratic in the depth of open elements: 100,000 cost 14 s. Real pages
    # stay under 60.
    max_html_depth: int = 1_000


@dataclass(frozen=True)
class Contents:
    """What a format reader found in a file."""

    sheets: tuple[Sheet, ...]
    encoding: str = ""
    problems: tuple[SheetProblem, ...] = ()


def check_sum(cells: int, bounds: Bounds) -> None:
    """Refuse a file whose tables together hold too much.

    Raises:
        CannotRead: more cells than the bounds allow.
    """
    if cells > bounds.max_cells:
        raise CannotRead(
            f"The tables of the file hold more than {bounds.max_cells:,} cells.",
            "Split the file, for example by year.",
        )


def check_extent(rows: int, columns: int, bounds: Bounds, where: str = "") -> None:
    """Refuse a grid that is larger than the bounds allow.

    Raises:
        CannotRead: too many rows, columns or cells.
    """
    of = f" of {where}" if where else ""
    for count, most, what in (
        (rows, bounds.max_rows, "rows"),
        (columns, bounds.max_columns, "columns"),
        (rows * columns, bounds.max_cells, "cells"),
    ):
        if count > most:
            raise CannotRead(
                f"The table{of} spans {count:,} {what}; at most {most:,} are read.",
                "Delete what stands far outside of the table, or split the file by year.",
            )
