"""Real yearbooks under other names, their rows and columns in another order, give the same numbers.

Renaming alone, with every cell in its place, is in ``test_yearbooks_real``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.extraction import page_title, read_workbook, read_yearbook
from orchestration.ingest.yearbooks.matching import match_sheets
from orchestration.ingest.yearbooks.observation import YearbookReading
from orchestration.ingest.yearbooks.profile import load_profiles
from orchestration.ingest.yearbooks.regions_told import is_region
from orchestration.ingest.yearbooks.sheet import CellValue, Sheet
from orchestration.ingest.yearbooks.tables import Table
from orchestration.ingest.yearbooks.workbook import Workbook, read_sheets

pytestmark = pytest.mark.acceptance

REGIONS = RegionTable.from_seeds()
PROFILES = load_profiles()


def told(reading: YearbookReading) -> list[tuple[object, ...]]:
    """What is read, whatever cell it stands in."""
    return sorted(
        (one.region_code or one.region_printed, one.year, one.indicator_code, one.scope, one.vintage,
         one.unit, one.raw_value, one.missing or "", one.footnote)
        for one in reading.observations
    )  # fmt: skip


def shuffled(sheet: Sheet, tables: Sequence[Table], chosen: random.Random) -> Sheet:
    """The sheet with the rows of each table in another order, and its columns where that is free.

    Columns are moved where each has one heading of its own: under a heading that stands for several,
    or one that goes on in the row below, their order says something.
    """
    rows = [list(row) for row in sheet.rows]
    moved: dict[int, list[CellValue]] = {}
    for table in tables:
        # Below its last number stands what belongs to the next table.
        places = [row for row in table.rows if row <= table.last]
        order = list(places)
        chosen.shuffle(order)
        moved |= {to: rows[row] for to, row in zip(places, order, strict=True)}
    rows = [moved.get(number, row) for number, row in enumerate(rows)]
    if len(tables) != 1 or sheet.merged or tables[0].top != tables[0].bottom:
        return replace(sheet, rows=rows)
    (table,) = tables
    columns = list(range(table.width))
    chosen.shuffle(columns)
    for number in (table.top, *table.rows):
        row = [*rows[number], *[None] * (table.width - len(rows[number]))]
        rows[number] = [row[column] for column in columns]
    return replace(sheet, rows=rows)


def test_real_files_renamed_and_reordered_give_the_same_observations(shared: Path) -> None:
    root = shared / "data" / "landing" / "yearbooks"
    chosen = random.Random(404)
    n_rows = n_columns = 0
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        data = path.read_bytes() if path.is_file() else b""
        book = read_sheets(data, path.name) if data else Workbook()
        # Merged labels and notes beside rows bind the rows below them.
        if not book.readable or any(sheet.merged for sheet in book.sheets) or not book.sheets:
            continue
        title = page_title(data, book.encoding) if book.format == "html" else ""
        found, _ = match_sheets(
            book.sheets, PROFILES, name, title, lambda text: is_region(REGIONS, text)
        )
        sheets = tuple(
            shuffled(sheet, [one.table for one in found if one.table.sheet is sheet], chosen)
            for sheet in book.sheets
        )
        n_rows += sheets != book.sheets
        n_columns += any(
            new.rows[table.top] != table.sheet.rows[table.top]
            for old, new in zip(book.sheets, sheets, strict=True)
            for table in (one.table for one in found)
            if table.sheet is old
        )
        new_name = f"{chosen.randrange(10**6)}{chosen.choice('甲乙丙')}.dat"
        reading = read_workbook(replace(book, sheets=sheets), data, new_name, REGIONS, PROFILES)
        as_is = read_yearbook(data, f"yearbooks/{name}", REGIONS, PROFILES)
        assert told(reading) == told(as_is), name
    assert n_rows > 75
    assert n_columns > 15
