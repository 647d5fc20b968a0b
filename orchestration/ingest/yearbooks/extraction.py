"""Reads a yearbook by layout profiles: every printed number with its cell, region, year and unit.

Which profile knows a table is decided in ``matching``, what its columns hold in ``columns``, the
numbers are read in ``rows``; here a file is taken through them, and what could not be read is told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.ingest.yearbooks.matching import Found, knows_title, match_sheets
from orchestration.ingest.yearbooks.observation import Observation, SheetProblem, YearbookReading
from orchestration.ingest.yearbooks.profile import Profile
from orchestration.ingest.yearbooks.regions_told import is_region
from orchestration.ingest.yearbooks.rows import Surroundings, read_table
from orchestration.ingest.yearbooks.sheet import Sheet, address
from orchestration.ingest.yearbooks.tables import Table
from orchestration.ingest.yearbooks.units import known_units
from orchestration.ingest.yearbooks.values import printed
from orchestration.ingest.yearbooks.workbook import Workbook, read_sheets

# A table with fewer rows that name regions is no table of regions (a list, a legend).
_FEWEST_REGIONS = 5
# Beyond these, one sentence counts the rest: a whole column of wrong cells has one cause.
_MOST_PROBLEMS = 40
UNKNOWN = SheetProblem(
    "",
    "No layout profile knows this file or table; it is not read.",
    "`xinku profile FILE` proposes one.",
    fatal=False,
)
_CONTINUES = SheetProblem(
    "",
    "The table continues one that is not in this file; it is not read.",
    "Put both into one workbook, or head it with a title of its own.",
    fatal=False,
)
_TITLE = re.compile(rb"<title[^>]*>(.{0,400}?)</title>", re.IGNORECASE | re.DOTALL)


def read_yearbook(
    data: bytes,
    path: str,
    regions: RegionTable,
    profiles: Sequence[Profile],
    indicators: IndicatorTable | None = None,
) -> YearbookReading:
    """Read every table of a yearbook or tidy file that a profile knows.

    Args:
        data: the whole file.
        path: its path inside the landing zone; a hint for the year where nothing inside tells it,
            and what profiles that name files go by.
        regions: the region table.
        profiles: the layouts to choose from (`profile.load_profiles`).
        indicators: the table of indicators; that of the seeds where not given.

    Returns:
        The observations, and what could not be read. A file that gives none has a fatal problem.
    """
    workbook = read_sheets(data, path.rsplit("/", 1)[-1])
    return read_workbook(workbook, data, path, regions, profiles, indicators)


def read_workbook(
    workbook: Workbook,
    data: bytes,
    path: str,
    regions: RegionTable,
    profiles: Sequence[Profile],
    indicators: IndicatorTable | None = None,
) -> YearbookReading:
    """As `read_yearbook`, of a file whose sheets were read before."""
    parser = workbook.format or "none"
    if not workbook.readable:
        return YearbookReading(problems=workbook.problems, parser=parser)
    table_of_indicators = indicators or IndicatorTable.from_seeds()
    title = page_title(data, workbook.encoding) if workbook.format == "html" else ""
    around = Surroundings(path, title, regions, table_of_indicators)
    shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
    found, unknown = match_sheets(shown, profiles, path, title, partial(is_region, regions))
    observations: list[Observation] = []
    problems: list[SheetProblem] = list(workbook.problems)
    for one in found:
        if len(one.profiles) > 1:
            problems.append(_tie(one))
            continue
        read, told = read_table(one.table, one.profiles[0], around, one.continues)
        observations.extend(read)
        problems.extend(_shortened(told))
    problems.extend(_not_matched(unknown, found, shown, profiles, around))
    problems.extend(_hidden(workbook, regions))
    problems.extend(_shortened(_conflicts(observations)))
    if not observations and not any(problem.fatal for problem in problems):
        problems = _refusal(problems)
    return YearbookReading(tuple(observations), tuple(problems), parser)


def page_title(data: bytes, encoding: str) -> str:
    """The title of a web page, blanks made single; empty where it has none."""
    found = _TITLE.search(data[:200_000])
    if found is None:
        return ""
    text = found.group(1).decode(encoding or "utf-8", errors="replace")
    return " ".join(text.split())


def _tie(found: Found) -> SheetProblem:
    names = " and ".join(sorted(profile.name for profile in found.profiles))
    return SheetProblem(
        _place(found.table),
        f"The profiles {names} know this table equally well; it is not read by either.",
        "Give one of them another word under match, or take one away.",
        fatal=False,
    )


def _not_matched(
    unknown: Sequence[Table],
    found: Sequence[Found],
    sheets: Sequence[Sheet],
    profiles: Sequence[Profile],
    around: Surroundings,
) -> list[SheetProblem]:
    """What is said of tables that no profile reads: they may hold figures, or lack a column."""
    problems: list[SheetProblem] = []
    names_region = partial(is_region, around.regions)
    read = {id(one.table.sheet) for one in found}
    told: set[int] = set()
    for table in unknown:
        if _count_regions(table, names_region) < _FEWEST_REGIONS:
            continue
        told.add(id(table.sheet))
        problems.append(
            replace(_CONTINUES if table.is_continued else UNKNOWN, locator=_place(table))
        )
    for sheet in sheets:
        if id(sheet) in read or id(sheet) in told:
            continue
        known = [p for p in profiles if knows_title(p, sheet, around.page_title)]
        if known and _has_numbers(sheet):
            words = "、".join(known[0].region.header[:4])
            problems.append(
                SheetProblem(
                    sheet.name,
                    f"The sheet has the title of profile {known[0].name} and no column of regions "
                    f"(headed {words} …); it is not read.",
                    "Head the column of regions 地区, or mend the file.",
                    fatal=False,
                )
            )
    return problems


def _hidden(workbook: Workbook, regions: RegionTable) -> list[SheetProblem]:
    names_region = partial(is_region, regions)
    return [
        SheetProblem(
            sheet.name,
            "The sheet is hidden and names regions; it is not read.",
            "Show it in a spreadsheet program and save, if it is wanted.",
            fatal=False,
        )
        for sheet in workbook.sheets
        if sheet.hidden
        and sum(
            any(isinstance(value, str) and names_region(value) for value in cells[:20])
            for cells in sheet.rows[:200]
        )
        >= _FEWEST_REGIONS
    ]


def _count_regions(table: Table, names_region: Callable[[str], bool]) -> int:
    return sum(
        names_region(printed(table.sheet.at(row, table.label_column))) for row in table.rows[:200]
    )


def _has_numbers(sheet: Sheet) -> bool:
    return any(
        isinstance(value, (int, float)) or (isinstance(value, str) and value.strip().isdigit())
        for cells in sheet.rows[:100]
        for value in cells
    )


def _conflicts(observations: Sequence[Observation]) -> list[SheetProblem]:
    """Tells numbers of one file that contradict each other; staging uses none of them."""
    first: dict[tuple[object, ...], Observation] = {}
    against: dict[tuple[object, ...], list[Observation]] = {}
    for one in observations:
        if one.value is None:
            continue
        region = one.region_code or one.region_printed
        key = (one.indicator_code, one.scope, region, one.year, one.vintage)
        other = first.setdefault(key, one)
        if other is not one and not _same_number(other, one):
            against.setdefault(key, [other]).append(one)
    return [
        SheetProblem(
            _place_of(group[1]),
            f"{group[0].region_printed} {group[0].year} has two values of "
            f"{group[0].indicator_code}: {group[0].raw_value[:40]} in {_place_of(group[0])} "
            f"and {group[1].raw_value[:40]} here; neither is used.",
            "Delete the wrong one, or give each its vintage or scope.",
            fatal=False,
        )
        for group in against.values()
    ]


def _same_number(one: Observation, other: Observation) -> bool:
    """Whether two prints are one number, in whatever units: 1 亿元 and 10000 万元 are."""
    if (one.value, one.unit) == (other.value, other.unit):
        return True
    units = known_units()
    if one.unit not in units or other.unit not in units or one.value is None or not other.value:
        return False
    mine, theirs = units[one.unit], units[other.unit]
    same_kind = mine.canonical_unit == theirs.canonical_unit
    ratio = one.value * mine.to_canonical / (other.value * theirs.to_canonical)
    return same_kind and math.isclose(ratio, 1, rel_tol=1e-9)


def _place_of(one: Observation) -> str:
    return f"{one.sheet}!{one.cell}" if one.sheet else one.cell


def _refusal(problems: Sequence[SheetProblem]) -> list[SheetProblem]:
    """Of a file that gave nothing: what is to be said of the whole of it."""
    telling = [problem for problem in problems if problem.reason != UNKNOWN.reason]
    if not telling:
        return [replace(UNKNOWN, locator="", fatal=True)]
    return [replace(telling[0], fatal=True), *telling[1:]]


def _shortened(problems: Sequence[SheetProblem]) -> list[SheetProblem]:
    if len(problems) <= _MOST_PROBLEMS:
        return list(problems)
    more = len(problems) - _MOST_PROBLEMS
    rest = SheetProblem(
        problems[_MOST_PROBLEMS].locator,
        f"{more} more problems of the same table are not listed.",
        "Mend those listed first.",
        fatal=False,
    )
    return [*problems[:_MOST_PROBLEMS], rest]


def _place(table: Table) -> str:
    cell = address(table.top, table.label_column)
    return f"{table.sheet.name}!{cell}" if table.sheet.name else cell
