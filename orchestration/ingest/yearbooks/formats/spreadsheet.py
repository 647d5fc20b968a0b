"""XLSX and XLS workbooks through python-calamine, which opens what openpyxl cannot.

``package`` and ``compound`` look a file through first; here their findings and the cells meet.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from orchestration.ingest.reports.protocol import CannotRead
from orchestration.ingest.yearbooks.formats.bounds import (
    Bounds,
    Contents,
    check_extent,
    check_sum,
)
from orchestration.ingest.yearbooks.formats.compound import encrypted, inspect_compound
from orchestration.ingest.yearbooks.formats.package import PackageNotes, inspect_package
from orchestration.ingest.yearbooks.sheet import CellValue, Sheet

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


def read_xlsx(data: bytes, bounds: Bounds) -> Contents:
    """Read an .xlsx workbook.

    Raises:
        CannotRead: it is damaged, protected or too large.
    """
    return _contents(data, inspect_package(data, bounds), bounds)


def read_xls(data: bytes, bounds: Bounds) -> Contents:
    """Read an .xls workbook.

    Raises:
        CannotRead: it is damaged, encrypted, no workbook or too large.
    """
    # The engine does not tell number formats, and those of the older format are not looked up.
    notes = PackageNotes(inspect_compound(data, bounds).errors, percentages={})
    return _contents(data, notes, bounds)


def _contents(data: bytes, notes: PackageNotes, bounds: Bounds) -> Contents:
    from python_calamine import PasswordError

    try:
        return Contents(tuple(_sheets(data, notes, bounds)))
    except PasswordError as problem:
        raise encrypted() from problem
    except CannotRead:
        raise
    # The engine panics on some damaged files; that exception derives from BaseException.
    except BaseException as problem:
        if not isinstance(problem, Exception) and type(problem).__name__ != "PanicException":
            raise
        told = " ".join(str(problem).split())[:200] or "no reason given"
        raise CannotRead(
            f"The workbook is damaged: {told}.",
            "Open it in Excel or WPS and save it as XLSX.",
        ) from problem


def _sheets(data: bytes, notes: PackageNotes, bounds: Bounds) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    about = book.sheets_metadata
    if len(about) > bounds.max_sheets:
        raise CannotRead(
            f"The workbook has {len(about):,} sheets; at most {bounds.max_sheets:,} are read.",
            "Split it.",
        )
    sheets = []
    cells = 0
    for number, one in enumerate(about):
        if one.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = _sheet(book, number, notes, bounds)
        cells += sum(map(len, sheet.rows))
        check_sum(cells, bounds)
        sheets.append(replace(sheet, hidden=one.visible != SheetVisibleEnum.Visible))
    return sheets


def _sheet(book: CalamineWorkbook, number: int, notes: PackageNotes, bounds: Bounds) -> Sheet:
    read: CalamineSheet = book.get_sheet_by_index(number)
    last = read.end
    if last is not None:
        check_extent(last[0] + 1, last[1] + 1, bounds, f"sheet {read.name!r}")
    rows = cast("list[list[CellValue]]", read.to_python(skip_empty_area=False))
    # In place: a copy of a large sheet costs as much as a tenth of reading it.
    for cells in rows:
        if "" in cells:
            cells[:] = [None if value == "" else value for value in cells]
    _show_percentages(rows, notes.percentages.get(number, frozenset()))
    for (row, column), error in notes.errors.get(number, {}).items():
        check_extent(row + 1, column + 1, bounds, f"sheet {read.name!r}")
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend([None] * (column + 1 - len(rows[row])))
        rows[row][column] = error
    merged = tuple(
        (*first, *last) for first, last in read.merged_cell_ranges or () if first != last
    )
    return Sheet(read.name, rows, merged)


def _show_percentages(rows: list[list[CellValue]], places: frozenset[tuple[int, int]]) -> None:
    """Print numbers as their sheet shows them: 0.125 under the format 0.0% is 12.5%."""
    for row, column in places:
        value = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            rows[row][column] = f"{value * 100:.15g}%"
