"""What the words around a table tell of all its numbers: year, indicator, region, unit, notes.

Words are read in ``years_told`` and ``units_told``; here they are put together for one table, and
where they contradict each other that is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.columns import Named, Names
from orchestration.ingest.yearbooks.observation import SheetProblem
from orchestration.ingest.yearbooks.profile import Profile, VintageSource
from orchestration.ingest.yearbooks.sheet import address
from orchestration.ingest.yearbooks.tables import Line, Table
from orchestration.ingest.yearbooks.units_told import (
    UnitTold,
    preamble_indicator,
    preamble_region,
    stated_units,
)
from orchestration.ingest.yearbooks.years_told import (
    Told,
    accessed,
    edition,
    file_name_years,
    title_years,
    words_of,
    years_in,
)

# Notes are carried by every number they speak of; a longer one is cut.
_LONGEST_NOTE = 400
_MARKED = re.compile(
    r"^\s*(?:注\s*[:：]?\s*)?([a-h][)）]|[①-⑳]|[*＊]+|[\[［]\d{1,2}[\]］])\s*(.+)", re.DOTALL
)
_SOURCE = re.compile(r"^\s*(?:资料来源|数据来源|来源|Source)", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass
class TableFacts:
    """What is told of a whole table.

    Attributes:
        year: of all numbers; ``None`` where columns or rows tell it, or nothing does.
        year_source: where that was read.
        region: region that the words above name, for tables of one region; else "".
        indicator: indicator that the words above name.
        indicator_unknown: whether they name one that nobody knows.
        units: units that the words above state.
        indicator_cell: where it stands.
        problems: contradictions and what could not be understood.
    """

    year: int | None = None
    year_source: str = ""
    region: str = ""
    indicator: Named | None = None
    indicator_unknown: bool = False
    indicator_cell: str = ""
    units: list[UnitTold] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    marked_notes: dict[str, str] = field(default_factory=dict)
    region_notes: dict[str, list[str]] = field(default_factory=dict)
    general_notes: list[str] = field(default_factory=list)
    edition: Told | None = None
    accessed: Told | None = None

    @property
    def other_units(self) -> tuple[str, ...]:
        """Names of the units stated."""
        return tuple(dict.fromkeys(told.unit.name for told in self.units))

    def unit_for(self, dimension: str) -> UnitTold | None:
        """The unit stated for numbers of a dimension."""
        return next((told for told in self.units if told.unit.dimension == dimension), None)

    def told_vintage(self, source: VintageSource) -> Told | None:
        """The vintage that the words tell, of the kind asked for."""
        return {"edition": self.edition, "accessed": self.accessed}.get(source)

    def footnote(self, marks: Sequence[str], region_code: str | None, own: str) -> str:
        """The notes that speak of a number: by its marks, by its region, or of all."""
        notes = [own] if own else []
        for mark in filter(None, marks):
            note = self.marked_notes.get(mark.replace("）", ")"))
            notes.append(f"{mark} {note}" if note else mark)
        notes += self.region_notes.get(region_code or "", [])
        notes += self.general_notes
        return " ".join(dict.fromkeys(notes))[: 2 * _LONGEST_NOTE]


def gather_facts(
    table: Table,
    profile: Profile,
    names: Names,
    regions: RegionTable,
    path: str,
    page_title: str,
    first: Table | None,
) -> TableFacts:
    """Everything that is told of a whole table.

    Args:
        table: the table.
        profile: the profile that knows it.
        names: the names of indicators it knows.
        regions: the region table, for notes that speak of a region.
        path: path of the file.
        page_title: title of the page it stands on; empty elsewhere.
        first: the table that this one continues, whose words hold for it too.
    """
    facts = TableFacts()
    place = table.sheet.name[:80]
    lines = list(table.before)
    _year(facts, table, profile, path, page_title, first, place)
    _unit(facts, lines, first, (table.sheet.name, path), place)
    named = preamble_indicator(lines)
    if named is not None:
        text, line = named
        facts.indicator = names.find_text(text)
        facts.indicator_cell = address(line.row, line.column)
        if facts.indicator is None:
            facts.indicator_unknown = True
            _tell(facts, place, facts.indicator_cell, *names.unknown(text))
    told_region = preamble_region(lines)
    if told_region is not None:
        facts.region = told_region[0]
    words = words_of(table, page_title) + (words_of(first, "") if first else [])
    facts.edition, facts.accessed = edition(words), accessed(words)
    _notes(facts, table.notes, regions)
    return facts


def _year(
    facts: TableFacts,
    table: Table,
    profile: Profile,
    path: str,
    page_title: str,
    first: Table | None,
    place: str,
) -> None:
    """Sets the year of a table by the first source of the profile that names one."""
    if profile.given.year is not None:
        facts.year, facts.year_source = profile.given.year, f"profile {profile.name}"
        return
    of_file = file_name_years(path)
    for source in profile.year:
        if source == "title":
            years, facts.year_source = _title_year(facts, table, first, place)
        elif source == "page":
            years, facts.year_source = years_in(page_title), "page title"
        elif source == "file_name":
            years, facts.year_source = of_file, "file name"
        else:
            continue
        if len(years) > 1:
            _tell(
                facts,
                place,
                "",
                f"The {facts.year_source} names several years ({', '.join(map(str, years))}); "
                "none is taken.",
                "Give the year in a profile: given: {year: …}.",
            )
            return
        if years:
            facts.year = years[0]
            if source != "file_name" and len(of_file) == 1 and of_file[0] != years[0]:
                _tell(
                    facts,
                    place,
                    "",
                    f"The name of the file says {of_file[0]} and the {facts.year_source} says "
                    f"{years[0]}; the content is taken.",
                    "Rename the file, or see whether the right one was meant.",
                )
            return
    facts.year_source = ""


def _title_year(
    facts: TableFacts, table: Table, first: Table | None, place: str
) -> tuple[tuple[int, ...], str]:
    """The years of the lines above a table, else of its sheet's name, and where they stand."""
    chinese, other = title_years([*table.before, *(first.before if first else ())])
    told = chinese or other
    if not told:
        return years_in(table.sheet.name), f"sheet name {table.sheet.name[:60]}"
    if chinese and other and not {year for year, _ in other} & {year for year, _ in chinese}:
        year, line = other[0]
        _tell(
            facts,
            place,
            address(line.row, line.column),
            f"The English title says {year} and the Chinese {chinese[0][0]}; the Chinese is taken.",
            "Compare with the printed yearbook.",
        )
    line = told[0][1]
    return tuple(dict.fromkeys(year for year, _ in told)), f"title {address(line.row, line.column)}"


def _unit(
    facts: TableFacts,
    lines: Sequence[Line],
    first: Table | None,
    names: tuple[str, str],
    place: str,
) -> None:
    """Sets the units that the words above state; else those of the sheet's or the file's name."""
    told, unknown = stated_units(lines)
    if not told and first is not None:
        told, _ = stated_units(first.before)
    sheet, stem = names[0], PurePosixPath(names[1]).stem
    for name, source in ((sheet, "sheet name"), (stem, "file name")):
        if not told and not unknown and name:
            of_name, _ = stated_units([Line(0, 0, name)])
            told = [UnitTold(one.unit, source) for one in of_name]
    facts.units = told
    if not told:
        for printed, line in unknown:
            _tell(
                facts,
                place,
                address(line.row, line.column),
                f"The unit {printed!r} is not known.",
                "Add it to units.csv, or give the unit in a profile.",
            )
    seen: dict[str, UnitTold] = {}
    for one in told:
        other = seen.setdefault(one.unit.dimension, one)
        if other.unit != one.unit:
            _tell(
                facts,
                place,
                "",
                f"Two units are stated above the table, {other.unit.name} "
                f"({other.source}) and {one.unit.name} ({one.source}); the first is taken.",
                "Look at the magnitude, and mend the file if it is wrong.",
            )


def _notes(facts: TableFacts, lines: Sequence[Line], regions: RegionTable) -> None:
    """Sorts notes: by their mark, by the provinces they name, or of the whole table."""
    chinese = any(_HAN.search(line.text) for line in lines)
    for line in lines:
        text = re.sub(r"\s+", " ", line.text).strip()[:_LONGEST_NOTE]
        marked = _MARKED.match(line.text)
        if marked:
            key = marked.group(1).replace("）", ")")
            facts.marked_notes.setdefault(key, marked.group(2).strip()[:_LONGEST_NOTE])
        elif _SOURCE.match(text) or (chinese and not _HAN.search(text)):
            continue
        else:
            named = {one.region.code for one in regions.find_all(text, level="province")}
            for code in named:
                facts.region_notes.setdefault(code, []).append(text)
            if not named:
                facts.general_notes.append(text)


def _tell(facts: TableFacts, place: str, cell: str, reason: str, hint: str) -> None:
    locator = f"{place}!{cell}" if place and cell else place or cell
    facts.problems.append(SheetProblem(locator, reason, hint, fatal=False))
