"""What each column of a table holds: which say something of the row, which hold an indicator.

The words of the header are compared with a profile and the table of indicators; rows are not read
here. A column that cannot be named is a problem, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from orchestration.ingest.yearbooks.header import (
    ColumnHeader,
    Level,
    column_headers,
    key_of,
    parsed,
)
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.ingest.yearbooks.observation import SheetProblem
from orchestration.ingest.yearbooks.profile import IndicatorWords, Profile
from orchestration.ingest.yearbooks.sheet import address
from orchestration.ingest.yearbooks.tables import Table, is_value, text_of
from orchestration.ingest.yearbooks.units import Unit
from orchestration.ingest.yearbooks.units_told import unit_of_level
from orchestration.ingest.yearbooks.years_told import header_year

ROLES = ("year", "indicator", "value", "unit", "vintage", "scope", "footnote", "code", "ignore")


@dataclass(frozen=True)
class Named:
    """An indicator that words mean, with what the words say beside it.

    Attributes:
        code: indicator code; "-" for one that the profile leaves out, "" where the heading is a
            unit alone.
        scope: what it covers, by the profile.
        unit: unit printed with the name, if any.
        unit_source: where that stands, unless in the heading.
        fallback: unit by the profile where the file prints none.
    """

    code: str
    scope: str = ""
    unit: Unit | None = None
    unit_source: str = ""
    fallback: str = ""


@dataclass(frozen=True)
class ValueColumn:
    """A column of numbers.

    Attributes:
        column: 0-based.
        header: the path as printed.
        cell: address of its last heading.
        named: its indicator; ``None`` where the row or the table tells it.
        year: the year its heading is; ``None`` where the row or the table tells it.
        scope: 全市, 市辖区 and the like in its heading.
        mark: footnote mark of its heading.
        values_of_rows: whether it is the value column of a long table.
    """

    column: int
    header: str
    cell: str
    named: Named | None
    year: int | None = None
    scope: str = ""
    mark: str = ""
    values_of_rows: bool = False


@dataclass
class Columns:
    """The columns of a table by what they are."""

    roles: dict[str, int] = field(default_factory=dict)
    values: list[ValueColumn] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)


class Names:
    """Finds the indicator that words mean, by the map of a profile, then by the table."""

    def __init__(self, profile: Profile, indicators: IndicatorTable) -> None:
        """Indexes the map of the profile.

        Raises:
            UnknownIndicator: The profile names a code that is in no row of indicators.csv.
        """
        self._profile = profile
        self._indicators = indicators
        self._by_key: dict[str, IndicatorWords] = {}
        self._cache: dict[str, Named | None] = {}
        for entry in profile.indicators:
            if entry.code != "-":
                indicators.get(entry.code)
            for words in entry.header:
                parts = [key_of(part) for part in words.split("/")]
                for key in ("/".join(parts), "".join(parts), parts[-1]):
                    self._by_key.setdefault(key, entry)
        for code in filter(None, (profile.indicator, profile.given.indicator)):
            indicators.get(code)

    def find(self, levels: Sequence[Level]) -> Named | None:
        """The indicator of a header path, its units read off it."""
        unit: Unit | None = None
        keys: list[str] = []
        for level in levels:
            key, unit_here = unit_of_level(level)
            unit = unit_here or unit
            if key:
                keys.append(key)
        whole = [level.key for level in levels if level.key]
        named = self._by_keys(keys) or self._by_keys(whole)
        if named is None:
            return None
        return replace(named, unit=unit)

    def find_text(self, text: str) -> Named | None:
        """The indicator of a name in a cell or a line, its unit read off it."""
        if text not in self._cache:
            self._cache[text] = self.find([parsed(text)])
        return self._cache[text]

    def unknown(self, text: str) -> tuple[str, str]:
        """Why a name is no indicator's, and what to do."""
        nearest = self._indicators.nearest(text)
        told = f"; nearest {', '.join(nearest)}" if nearest else ""
        return (
            f"No indicator named {text[:80]!r}{told}; it is not read.",
            "Add the words to indicators.csv, or to the indicators of profile "
            f"{self._profile.name}; code '-' leaves a name out.",
        )

    def _by_keys(self, keys: Sequence[str]) -> Named | None:
        if not keys:
            return None
        for key in ("/".join(keys), "".join(keys), keys[-1]):
            if entry := self._by_key.get(key):
                return Named(entry.code, entry.scope, fallback=entry.unit)
        if self._profile.other_columns != "lookup":
            return None
        # The last word of a path is no name by itself: 发明 under 授权 is not any 发明.
        for key in ("/".join(keys), "".join(keys), *(keys[-1:] if len(keys) == 1 else ())):
            if found := self._indicators.find(key):
                return Named(found.code)
        return None


def read_columns(table: Table, profile: Profile, names: Names, place: str) -> Columns:
    """What each column of a table holds.

    Args:
        table: the table.
        profile: the profile that knows it.
        names: the profile's names.
        place: the sheet, for problems.
    """
    columns = Columns()
    headers = column_headers(table.sheet, table.top, table.bottom, range(table.width))
    keys = {column: header.levels[-1].key for column, header in headers.items() if header.levels}
    _assign_roles(columns, keys, profile, table)
    taken = {table.label_column, *columns.roles.values()}
    regions = {key_of(word) for word in profile.region.header}
    ignored = {key_of(word) for word in profile.words_for("ignore")}
    for column, header in headers.items():
        if column in taken or (profile.indicator_left_of_region and column < table.label_column):
            continue
        key = keys.get(column, "")
        if key in ignored or key in regions:
            continue
        if _holds_no_numbers(table, column) and names.find(header.levels) is None:
            continue
        _value_column(columns, header, profile, names, place, table)
    if "value" in columns.roles:
        column = columns.roles["value"]
        cell = address(table.bottom, column)
        columns.values.append(
            ValueColumn(column, headers[column].path, cell, None, values_of_rows=True)
        )
    return columns


def _assign_roles(columns: Columns, keys: dict[int, str], profile: Profile, table: Table) -> None:
    for role in ROLES:
        if role == "ignore" or (role == "value" and profile.rows == "indicators"):
            continue
        wanted = [key_of(word) for word in profile.words_for(role)]
        candidates = [
            (wanted.index(key), column)
            for column, key in keys.items()
            if key in wanted and column != table.label_column
        ]
        if candidates:
            columns.roles[role] = min(candidates)[1]


def _value_column(
    columns: Columns,
    header: ColumnHeader,
    profile: Profile,
    names: Names,
    place: str,
    table: Table,
) -> None:
    """Adds a column of numbers, or the problem that keeps it out."""
    year: int | None = None
    scope = ""
    scopes = {key_of(word): word for word in profile.scopes}
    left: list[Level] = []
    for level in header.levels:
        found = header_year(level.key) if "header" in profile.year else None
        if found is not None:
            year = found
        elif level.key in scopes:
            scope = scopes[level.key]
        else:
            left.append(level)
    cell = address(*header.cells[-1]) if header.cells else address(table.top, header.column)
    where = f"{place}!{cell}" if place else cell
    if not header.levels:
        columns.problems.append(
            SheetProblem(
                where,
                "The column holds numbers and has no heading.",
                "Write its indicator and unit above it, or delete it.",
                fatal=False,
            )
        )
        return
    named = names.find(left) if left else None
    has_name = any(unit_of_level(level)[0] for level in left)
    if named is None and has_name:
        if profile.other_columns != "ignore":
            problem = SheetProblem(where, *names.unknown(header.path), fatal=False)
            columns.problems.append(problem)
        return
    if named is not None and named.code == "-":
        return
    if named is None and left:
        for level in left:
            _, unit = unit_of_level(level)
            named = Named("", unit=unit) if unit else named
    mark = next((level.mark for level in reversed(header.levels) if level.mark), "")
    columns.values.append(ValueColumn(header.column, header.path, cell, named, year, scope, mark))


def _holds_no_numbers(table: Table, column: int) -> bool:
    """Whether a column is of words (remarks, English names), or has neither heading nor cells."""
    rows = table.sheet.rows
    filled = [
        value
        for row in table.rows
        if column < len(rows[row]) and text_of(value := rows[row][column])
    ]
    if filled:
        return not any(is_value(value) for value in filled)
    return not any(
        column < len(rows[row]) and text_of(rows[row][column])
        for row in range(table.top, table.bottom + 1)
    )
