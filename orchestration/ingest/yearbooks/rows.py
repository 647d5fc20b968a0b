"""The numbers of one table, each with region, year, unit, vintage and footnote.

One table at a time, by one profile. What the table itself does not tell (year, region, indicator)
is taken from the words around it, in the order the profile gives; nothing else is supposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.columns import Named, Names, ValueColumn, read_columns
from orchestration.ingest.yearbooks.facts import gather_facts
from orchestration.ingest.yearbooks.indicators import IndicatorTable, UnknownIndicator
from orchestration.ingest.yearbooks.observation import Observation, SheetProblem
from orchestration.ingest.yearbooks.profile import Profile
from orchestration.ingest.yearbooks.regions_told import RowRegion
from orchestration.ingest.yearbooks.row_regions import RowRegions
from orchestration.ingest.yearbooks.sheet import address
from orchestration.ingest.yearbooks.tables import Table
from orchestration.ingest.yearbooks.unit_choice import UnitChoice
from orchestration.ingest.yearbooks.units import unit_named
from orchestration.ingest.yearbooks.values import PrintedNumber, printed, read_value, read_year

# Figures printed in one edition and in another agree to the last digit or are other figures.
_SAME_FIGURE = 1e-9


@dataclass(frozen=True)
class Surroundings:
    """What is the same for all tables of a file."""

    path: str
    page_title: str
    regions: RegionTable
    indicators: IndicatorTable


def read_table(
    table: Table, profile: Profile, around: Surroundings, first: Table | None = None
) -> tuple[list[Observation], list[SheetProblem]]:
    """The numbers of a table, and what in it could not be read.

    Args:
        table: the table.
        profile: the profile that knows it.
        around: the file.
        first: the table that this one continues, whose title and unit hold for it too.
    """
    try:
        names = Names(profile, around.indicators)
    except UnknownIndicator as error:
        problem = SheetProblem(
            "",
            f"Profile {profile.name} cannot be used: {error}.",
            "Mend the profile, or add the indicator to indicators.csv.",
            fatal=False,
        )
        return [], [problem]
    return _Reader(table, profile, around, names, first).read()


class _Reader:
    """One pass over one table."""

    def __init__(
        self,
        table: Table,
        profile: Profile,
        around: Surroundings,
        names: Names,
        first: Table | None,
    ) -> None:
        self._table = table
        self._profile = profile
        self._names = names
        self._sheet = table.sheet.name[:80]
        self._columns = read_columns(table, profile, names, self._sheet)
        self._facts = gather_facts(
            table, profile, names, around.regions, around.path, around.page_title, first
        )
        self._problems = [*self._columns.problems, *self._facts.problems]
        roles = self._columns.roles
        self._regions = RowRegions(table, profile, around.regions, roles, self._tell)
        self._units = UnitChoice(profile, self._facts, around.indicators, self._tell)
        self._last: int | None = None
        self._told_of_vintage = False
        # A long table names the same few years in every row, and is asked for them three times.
        self._years: dict[str | int | float, int | None] = {}
        self._names_in_rows = (
            "indicator" in roles or profile.rows == "indicators" or profile.indicator_left_of_region
        )

    def read(self) -> tuple[list[Observation], list[SheetProblem]]:
        """The observations of the table in the order of its rows, and the problems."""
        rows = self._rows()
        if not self._columns.values:
            self._tell(
                self._place(),
                "The table has no column that could be read.",
                "The problems of its columns say why.",
            )
        self._date(rows)
        self._last = self._last_year(rows)
        constant = self._constant_indicator(rows)
        found: list[Observation] = []
        for row, region in rows:
            found.extend(self._row(row, region, constant))
        return found, self._problems

    def _rows(self) -> list[tuple[int, RowRegion]]:
        if self._profile.rows == "indicators":
            region = self._regions.the_one(self._facts.region)
            return [(row, region) for row in self._table.rows] if region else []
        return self._regions.each(lambda row: self._row_year(row) or self._facts.year, self._valued)

    def _row(self, row: int, region: RowRegion, constant: Named | None) -> Iterable[Observation]:
        of_row = self._row_indicator(row)
        if of_row is None and self._names_in_rows:
            return
        row_year = self._row_year(row)
        for column in self._columns.values:
            named = _indicator(column, of_row or constant)
            if named is None or named.code in ("", "-"):
                continue
            number = read_value(self._table.sheet.at(row, column.column))
            year = column.year or row_year or self._facts.year
            if year is None:
                if number.missing != "blank":
                    self._tell(address(row, column.column), *_NO_YEAR)
                continue
            unit = self._unit(row, column, named, number)
            if unit is not None:
                yield self._observation(row, column, region, named, year, number, unit)

    def _observation(
        self,
        row: int,
        column: ValueColumn,
        region: RowRegion,
        named: Named,
        year: int,
        number: PrintedNumber,
        unit: tuple[str, str],
    ) -> Observation:
        vintage, vintage_source = self._vintage(row, year)
        marks = (number.footnote, region.mark, column.mark)
        return Observation(
            sheet=self._sheet,
            cell=address(row, column.column),
            region_code=region.code,
            region_printed=region.printed,
            region_kind=region.kind,
            year=year,
            indicator_code=named.code,
            scope=self._cell("scope", row) or column.scope or named.scope,
            value=number.value,
            raw_value=number.raw_value,
            missing=number.missing,
            unit=unit[0],
            unit_source=unit[1],
            vintage=vintage,
            vintage_source=vintage_source,
            footnote=self._facts.footnote(marks, region.code, self._cell("footnote", row)),
            header=column.header,
            profile=self._profile.name,
        )

    # Indicators

    def _row_indicator(self, row: int) -> Named | None:
        """The indicator that a row names; an unknown one is told."""
        if not self._names_in_rows:
            return None
        text, column = self._row_name(row)
        named = self._names.find_text(text) if text else None
        if named is None and self._valued(row):
            nameless = ("The row names no indicator.", "Write it, or delete the row.")
            self._tell(address(row, column), *(self._names.unknown(text) if text else nameless))
        return named

    def _row_name(self, row: int) -> tuple[str, int]:
        table = self._table
        if self._profile.rows == "indicators":
            return self._regions.label(row), table.label_column
        if not self._profile.indicator_left_of_region:
            column = self._columns.roles["indicator"]
            return printed(table.sheet.at(row, column)), column
        for column in range(table.label_column):
            value = table.sheet.at(row, column)
            if isinstance(value, str) and value.strip() and not value.strip().isdigit():
                return value.strip(), column
        return "", 0

    def _constant_indicator(self, rows: Sequence[tuple[int, RowRegion]]) -> Named | None:
        """The one indicator of a table whose headings name none, by what is around it."""
        named = all(one.named is not None and one.named.code for one in self._columns.values)
        if named or self._names_in_rows:
            return None
        given = self._profile.given
        if given.indicator:
            return Named(given.indicator, fallback=given.unit)
        if self._facts.indicator is not None:
            return self._facts.indicator
        if self._profile.indicator:
            return Named(self._profile.indicator)
        known = self._known_indicator(rows)
        if known is None and not self._facts.indicator_unknown:
            self._tell(
                self._place(),
                "The file does not say which indicator it holds.",
                f"Name it in a profile of the landing zone: extends: {self._profile.name}, "
                "files: [its name], given: {indicator: …, unit: …}.",
            )
        return known

    def _known_indicator(self, rows: Sequence[tuple[int, RowRegion]]) -> Named | None:
        """The indicator whose figures, printed with its name elsewhere, stand in the table."""
        by_year = {one.year: one.column for one in self._columns.values if one.year}
        for known in self._profile.known:
            if all(
                year in by_year and self._has_figure(rows, name, by_year[year], figure)
                for name, year, figure in known.values
            ):
                source = f"profile {self._profile.name}, known by figures of {known.publication}"
                return Named(known.indicator, unit=unit_named(known.unit), unit_source=source)
        return None

    def _date(self, rows: Sequence[tuple[int, RowRegion]]) -> None:
        """Gives a table that names no year the one whose known figure stands in it."""
        known = self._profile.known_years
        if known is None or self._facts.year_source not in ("", "file name"):
            return
        columns = [
            one.column
            for one in self._columns.values
            if one.named is not None and one.named.code == known.indicator
        ]
        years = [
            year
            for year, figure in known.values.items()
            if any(self._has_figure(rows, known.region, column, figure) for column in columns)
        ]
        if len(years) != 1:
            return
        if self._facts.year is not None and self._facts.year != years[0]:
            self._tell(
                self._place(),
                f"The name of the file says {self._facts.year}; {known.region} has the figure "
                f"that {known.publication} prints for {years[0]}, which is taken.",
                "Rename the file, or get the right one.",
            )
        self._facts.year = years[0]
        self._facts.year_source = f"figure of {known.region}"

    def _has_figure(
        self, rows: Sequence[tuple[int, RowRegion]], name: str, column: int, figure: float
    ) -> bool:
        wanted = self._regions.reader.read(name)
        if not isinstance(wanted, RowRegion):
            return False
        values = (
            read_value(self._table.sheet.at(row, column)).value
            for row, region in rows
            if region.code == wanted.code
        )
        return any(
            one is not None and abs(one - figure) <= _SAME_FIGURE * abs(figure) for one in values
        )

    def _unit(
        self, row: int, column: ValueColumn, named: Named, number: PrintedNumber
    ) -> tuple[str, str] | None:
        in_row = self._cell("unit", row)
        if in_row:
            told = self._units.of_row(in_row, address(row, self._columns.roles["unit"]))
            if told and number.unit and told[0] != number.unit:
                return number.unit, f"cell {address(row, column.column)}"
            return told
        return self._units.of_column(column, named, number.unit, address(row, column.column))

    # Years and vintages

    def _row_year(self, row: int) -> int | None:
        column = self._columns.roles.get("year")
        if column is None or "column" not in self._profile.year:
            return None
        value = self._table.sheet.at(row, column)
        if not isinstance(value, (str, int, float)):
            return read_year(value)
        if value not in self._years:
            self._years[value] = read_year(value)
        return self._years[value]

    def _tell_of_vintage(self, row: int, printed: str) -> None:
        """Say once a table that editions are years or dates, which sort by time."""
        if not self._told_of_vintage:
            self._told_of_vintage = True
            self._tell(
                address(row, self._columns.roles["vintage"]),
                f"The vintage {printed[:20]!r} is no year and no date; it is not used.",
                "Write the edition as 2023, 2023-06 or 2023-06-30.",
            )

    def _vintage(self, row: int, year: int) -> tuple[str, str]:
        in_row = self._cell("vintage", row)
        for source in self._profile.vintage:
            if source == "column" and in_row:
                if _VINTAGE.fullmatch(in_row):
                    return in_row, f"column {address(row, self._columns.roles['vintage'])}"
                self._tell_of_vintage(row, in_row)
            if source == "given" and self._profile.given.vintage:
                return self._profile.given.vintage, f"profile {self._profile.name}"
            told = self._facts.told_vintage(source)
            if told is not None:
                return told.text, told.source
        if self._last is not None:
            return str(self._last + 1), f"the year after {self._last}, the last with a figure"
        return str(year + 1), f"the year after {year} ({self._facts.year_source or 'its year'})"

    def _last_year(self, rows: Sequence[tuple[int, RowRegion]]) -> int | None:
        """The last year that the table has a figure of; `None` where one year holds for all."""
        if "year" in self._columns.roles and "column" in self._profile.year:
            return max(filter(None, (self._row_year(row) for row, _ in rows)), default=None)
        for year in sorted({one.year for one in self._columns.values if one.year}, reverse=True):
            columns = [one.column for one in self._columns.values if one.year == year]
            if any(
                read_value(self._table.sheet.at(row, column)).value is not None
                for row, _ in rows
                for column in columns
            ):
                return year
        return None

    # Cells

    def _cell(self, role: str, row: int) -> str:
        column = self._columns.roles.get(role)
        return printed(self._table.sheet.at(row, column)) if column is not None else ""

    def _valued(self, row: int) -> bool:
        return any(
            read_value(self._table.sheet.at(row, one.column)).missing not in ("blank", "unreadable")
            for one in self._columns.values
        )

    def _place(self) -> str:
        return address(self._table.top, self._table.label_column)

    def _tell(self, cell: str, reason: str, hint: str) -> None:
        place = f"{self._sheet}!{cell}" if self._sheet else cell
        self._problems.append(SheetProblem(place, reason, hint, fatal=False))


# Editions are compared as text, so that they must sort by time.
_VINTAGE = re.compile(r"[12]\d{3}(-\d\d){0,2}")
_NO_YEAR = (
    "The number has no year.",
    "Name the year in the title (2019年), in a column 年份, or in a profile: given: {year: 2019}.",
)


def _indicator(column: ValueColumn, otherwise: Named | None) -> Named | None:
    """The indicator of a column, or that of its row or table with the unit of its heading."""
    if column.named is not None and column.named.code:
        return column.named
    if otherwise is not None and column.named is not None and column.named.unit is not None:
        return replace(otherwise, unit=column.named.unit, unit_source="")
    return otherwise
