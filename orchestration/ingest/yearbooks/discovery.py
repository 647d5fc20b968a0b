"""Finds out how a table that no profile knows is laid out, from its cells alone.

Only evidence is gathered: where regions, years, units and names stand and how sure that is. What is
written of it into a profile is in ``proposal``; nothing found here is read without review.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.header import ColumnHeader, column_headers, key_of
from orchestration.ingest.yearbooks.indicators import Indicator, IndicatorTable
from orchestration.ingest.yearbooks.regions_told import (
    RegionReader,
    RowRegion,
    is_region,
    is_subtotal,
)
from orchestration.ingest.yearbooks.sheet import Sheet
from orchestration.ingest.yearbooks.tables import (
    Line,
    Table,
    find_tables,
    is_note,
    is_value,
    table_by_content,
    text_of,
)
from orchestration.ingest.yearbooks.units import Unit, unit_named
from orchestration.ingest.yearbooks.units_told import stated_units, unit_of_level
from orchestration.ingest.yearbooks.values import printed, read_value, read_year
from orchestration.ingest.yearbooks.years_told import file_name_years, header_year, title_years

# A column is of years, units or indicators if nearly all of its cells are; one slip is allowed.
_NEARLY_ALL = 0.9
_LOOKED_AT = 500
# Fewer names may be chance; the smallest layout met has three regions.
_FEWEST_REGIONS = 3
_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBERING = re.compile(r"^\s*(?:表\s*)?\d{1,2}\s*[-－–—]\s*\d{1,3}\s*")
_YEARS = re.compile(
    r"[(（]?\s*(?:19|20)\d{2}\s*(?:[-—–~至]\s*(?:19|20)\d{2}\s*)?年?[度末]?\s*[)）]?"
)


@dataclass(frozen=True)
class FoundColumn:
    """A column of numbers of an unknown table.

    Attributes:
        header: its heading.
        names: its heading without years and units, level by level.
        year: the year that it is, if any.
        indicator: the indicator that its names mean, if known.
        nearest: known names that are like it, where none is.
        unit: unit in its heading.
    """

    header: ColumnHeader
    names: tuple[str, ...]
    year: int | None
    indicator: Indicator | None
    nearest: tuple[str, ...]
    unit: Unit | None


@dataclass(frozen=True)
class Layout:
    """How an unknown table is laid out, as far as its cells tell.

    Attributes:
        table: the table, its rows found.
        region_header: heading of the column of regions; empty where it has none.
        level: of the regions.
        resolved: how many rows name a region, the nation or a subtotal.
        labelled: how many rows have a label and numbers.
        roles: headings of columns that say something of the row, by role.
        columns: the columns of numbers.
        title: words of the title, without number and year; empty where it has none.
        title_indicator: indicator that the title names.
        year_from: where the year stands; empty where nowhere.
        stated: unit that a line above the table states, if one.
    """

    table: Table
    region_header: str
    level: Literal["province", "city"]
    resolved: int
    labelled: int
    roles: dict[str, str]
    columns: tuple[FoundColumn, ...]
    title: str
    title_indicator: Indicator | None
    year_from: str
    stated: Unit | None


def discover(
    sheets: Sequence[Sheet],
    path: str,
    page_title: str,
    regions: RegionTable,
    indicators: IndicatorTable,
) -> Layout | None:
    """The layout of the largest table of regions in a file; `None` where no column names regions.

    Args:
        sheets: the sheets, hidden ones left out.
        path: path of the file, for a year that only its name tells.
        page_title: title of a web page; empty elsewhere.
        regions: the region table.
        indicators: the table of indicators.
    """
    names_region = partial(is_region, regions)
    best: tuple[int, Table] | None = None
    for sheet in sheets:
        table = table_by_content(sheet, names_region, is_subtotal)
        if table is None:
            continue
        count = sum(names_region(_label(table, row)) for row in table.rows[:_LOOKED_AT])
        if count >= _FEWEST_REGIONS and (best is None or count > best[0]):
            best = (count, table)
    if best is None:
        return None
    table, heading = _with_heading(best[1], names_region)
    return _layout(table, heading, path, page_title, regions, indicators)


def _with_heading(table: Table, names_region: Callable[[str], bool]) -> tuple[Table, str]:
    """The table again, its header found by the word over its column of regions, if it has one."""
    column = table.label_column
    for row in range(table.bottom, max(table.bottom - 8, -1), -1):
        heading = text_of(table.sheet.at(row, column))
        if not heading:
            continue
        if names_region(heading) or len(heading) > 30 or is_value(heading):
            break
        for found in find_tables(table.sheet, [heading]):
            if found.label_column == column and len(found.rows) >= _FEWEST_REGIONS:
                return found, heading
        break
    return table, ""


def _layout(
    table: Table,
    heading: str,
    path: str,
    page_title: str,
    regions: RegionTable,
    indicators: IndicatorTable,
) -> Layout:
    rows = [
        row
        for row in table.rows[:_LOOKED_AT]
        if any(is_value(value) for value in table.sheet.rows[row])
    ]
    level, resolved = _level(table, rows, regions)
    headers = column_headers(table.sheet, table.top, table.bottom, range(table.width))
    roles, taken = _roles(table, rows, headers, indicators)
    columns = tuple(
        _column(headers[column], indicators)
        for column in range(table.width)
        if column not in taken and column != table.label_column and _is_numeric(table, rows, column)
    )
    title = _title([*table.before, *([Line(0, 0, page_title)] if page_title else [])])
    stated, _ = stated_units(table.before)
    return Layout(
        table=table,
        region_header=heading,
        level=level,
        resolved=resolved,
        labelled=len(rows),
        roles=roles,
        columns=columns,
        title=title,
        title_indicator=_named_in(title, indicators),
        year_from=_year_from(table, columns, roles, path, page_title),
        stated=stated[0].unit if stated else None,
    )


def _level(
    table: Table, rows: Sequence[int], regions: RegionTable
) -> tuple[Literal["province", "city"], int]:
    """The level that explains more rows; provinces where both do."""
    best: tuple[Literal["province", "city"], int] = ("province", -1)
    levels: tuple[Literal["province", "city"], ...] = ("province", "city")
    for level in levels:
        reader = RegionReader(regions, level)
        count = sum(isinstance(reader.read(_label(table, row)), RowRegion) for row in rows)
        if count > best[1]:
            best = (level, count)
    return best


def _roles(
    table: Table,
    rows: Sequence[int],
    headers: dict[int, ColumnHeader],
    indicators: IndicatorTable,
) -> tuple[dict[str, str], set[int]]:
    """Columns of years, indicators and units by their cells; and of single values beside them."""
    roles: dict[str, str] = {}
    taken: set[int] = set()
    tests: dict[str, Callable[[object], bool]] = {
        "year": lambda value: read_year(value) is not None,  # type: ignore[arg-type]
        "indicator": lambda value: (
            isinstance(value, str) and indicators.find(key_of(value)) is not None
        ),
        "unit": lambda value: isinstance(value, str) and unit_named(value) is not None,
    }
    for column in range(table.width):
        cells = [table.sheet.at(row, column) for row in rows]
        filled = [value for value in cells if text_of(value)]
        if column == table.label_column or len(filled) < _NEARLY_ALL * len(cells) or not filled:
            continue
        for role, test in tests.items():
            hits = sum(test(value) for value in filled)
            if role not in roles and hits >= _NEARLY_ALL * len(filled) and headers[column].levels:
                roles[role] = headers[column].levels[-1].text
                taken.add(column)
                break
    if "indicator" in roles:
        left = [
            column
            for column in range(table.width)
            if column not in taken | {table.label_column} and _is_numeric(table, rows, column)
        ]
        if len(left) == 1 and headers[left[0]].levels:
            roles["value"] = headers[left[0]].levels[-1].text
            taken.add(left[0])
    return roles, taken


def _column(header: ColumnHeader, indicators: IndicatorTable) -> FoundColumn:
    year: int | None = None
    unit: Unit | None = None
    names: list[str] = []
    for level in header.levels:
        found = header_year(level.key)
        if found is not None:
            year = found
            continue
        key, of_level = unit_of_level(level)
        unit = of_level or unit
        if key:
            names.append(key)
    keys = ("/".join(names), "".join(names)) if names else ()
    indicator = next(filter(None, map(indicators.find, keys)), None)
    nearest = () if indicator or not names else indicators.nearest("".join(names))
    return FoundColumn(header, tuple(names), year, indicator, nearest, unit)


def _is_numeric(table: Table, rows: Sequence[int], column: int) -> bool:
    """Whether a column holds numbers, rather than words or the numbers 1, 2, 3 of the rows."""
    values = [read_value(table.sheet.at(row, column)).value for row in rows]
    numbers = [value for value in values if value is not None]
    if not numbers:
        return False
    return column > table.label_column or numbers != [float(n + 1) for n in range(len(numbers))]


def _title(lines: Sequence[Line]) -> str:
    """The longest Chinese words above a table, without its number and year; else the longest."""
    found: list[tuple[bool, int, str]] = []
    for line in lines:
        text = line.text.strip()
        if is_note(text) or re.search(r"单\s*位\s*[:：]", text) or len(text) > 120:
            continue
        bare = _YEARS.sub(" ", _NUMBERING.sub("", text))
        longest = max(re.split(r"[\s:：]{2,}|\n|:|：", bare.strip()), key=len).strip()
        if len(longest) >= 4:
            found.append((bool(_HAN.search(longest)), len(longest), longest))
    return max(found)[2] if found else ""


def _named_in(title: str, indicators: IndicatorTable) -> Indicator | None:
    """The indicator whose name is the longest one in a title."""
    key = key_of(title)
    names = [
        (len(folded), indicator)
        for indicator in indicators
        for name in indicator.names
        if len(folded := key_of(name)) >= 3 and folded in key
    ]
    return max(names, key=lambda item: item[0])[1] if names else None


def _year_from(
    table: Table,
    columns: Sequence[FoundColumn],
    roles: dict[str, str],
    path: str,
    page_title: str,
) -> str:
    if "year" in roles:
        return "column"
    if columns and all(column.year for column in columns):
        return "header"
    chinese, other = title_years([*table.before, Line(0, 0, table.sheet.name)])
    if len({year for year, _ in chinese or other}) == 1:
        return "title"
    if page_title and title_years([Line(0, 0, page_title)])[0]:
        return "page"
    return "file_name" if len(file_name_years(path)) == 1 else ""


def _label(table: Table, row: int) -> str:
    return printed(table.sheet.at(row, table.label_column))
