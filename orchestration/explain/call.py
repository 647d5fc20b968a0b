"""What the user asked for: words in any order become keys and a column, or one clear sentence.

It knows kinds of key (region, year, one of a list …) and no table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import duckdb

from orchestration.explain.explainer import Explainer, Key, KeyKind
from orchestration.explain.queries import ColumnNote, column_notes, column_of, fetch
from orchestration.ingest.regions import AmbiguousRegion, Region, RegionTable, UnknownRegion
from orchestration.settings import UsageError

# A list of what exists is cut here in a sentence; a terminal line holds about so many names.
_NAMED = 12
_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_PATH = re.compile(r".*[/\\].*|.+\.[A-Za-z0-9]{2,5}")


@dataclass
class Call:
    """What was asked for.

    Attributes:
        values: value by key column, only of keys that were given or taken by default.
        column: the column, if one was named.
        columns: the table's columns.
        notes: sentences on what was taken by default.
    """

    columns: dict[str, ColumnNote]
    values: dict[str, Any] = field(default_factory=dict)
    column: str | None = None
    notes: list[str] = field(default_factory=list)

    def where(self, explainer: Explainer) -> str:
        """SQL conditions on the keys that have a value."""
        given = [key.condition for key in explainer.keys if key.column in self.values]
        return " and ".join(given) or "true"


def find_explainer(
    connection: duckdb.DuckDBPyConnection, table: str, registry: Sequence[Explainer]
) -> Explainer:
    """The explainer of a table, its schema given or not.

    Raises:
        UsageError: no such table, or nothing is known of how it comes about.
    """
    wanted = _plain(table)
    for explainer in registry:
        if wanted in (explainer.table, explainer.name):
            return explainer
    names = {name: one.table for one in registry for name in (one.table, one.name)}
    near = dict.fromkeys(names[name] for name in get_close_matches(wanted, names, n=3))
    exists = column_of(
        connection,
        "select table_schema || '.' || table_name from information_schema.tables "
        "where $wanted in (table_name, table_schema || '.' || table_name)",
        {"wanted": wanted},
    )
    if exists:
        raise UsageError(
            f"{exists[0]} cannot be explained; these tables can: {', '.join(_tables(registry))}."
        )
    guess = f"; the nearest is {' or '.join(near)}" if near else ""
    raise UsageError(
        f"No table to explain is named {table!r}{guess}. Tables: {', '.join(_tables(registry))}."
    )


def read_call(
    connection: duckdb.DuckDBPyConnection,
    explainer: Explainer,
    words: Sequence[str],
    registry: Sequence[Explainer],
) -> Call:
    """Keys and column from the words of a call, in any order.

    Raises:
        UsageError: a word means nothing here, a key is given twice or is missing, a region's name
            means several.
    """
    columns = column_notes(connection, explainer.table)
    if not columns:
        raise UsageError(
            f"This warehouse has no {explainer.table}; build it again with this version."
        )
    reading = _Reading(connection, explainer, Call(columns))
    # A name can only be settled when the year is known, so the words that explain themselves
    # come first.
    names = [word.strip() for word in words if word.strip() and not reading.take(word.strip())]
    for name in names:
        if not reading.take_region(name):
            raise UsageError(reading.unknown(name, registry))
    reading.settle()
    return reading.call


class _Reading:
    """The words of one call as they are taken up."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, explainer: Explainer, call: Call
    ) -> None:
        self.call = call
        self._connection = connection
        self._explainer = explainer
        self._options = {
            key.column: {_plain(str(value)): value for value in self._read_options(key)}
            for key in explainer.keys
            if key.options
        }
        self._names = {key.column: self._further_names(key.names) for key in explainer.keys}
        self._columns = {
            **self._further_names(explainer.column_names),
            **{_plain(name): name for name in self.call.columns},
        }

    def _read_options(self, key: Key) -> list[Any]:
        nothing: dict[str, Any] = {key.column: None for key in self._explainer.keys}
        told = nothing | {"column": self.call.column} | self.call.values
        return column_of(self._connection, key.options, told)

    def _further_names(self, sql: str) -> dict[str, Any]:
        """What further names mean, by their plain form; the first that bears a name has it."""
        found: dict[str, Any] = {}
        for row in fetch(self._connection, sql, {}) if sql else ():
            name, meant = row.values()
            if name:
                found.setdefault(_plain(name), meant)
        return found

    def take(self, word: str) -> bool:
        """Take up a word that explains itself; False if it does not."""
        column = self._columns.get(_plain(word))
        if column in self.call.columns:
            if self.call.column not in (None, column):
                raise UsageError(
                    f"Two columns are named, {self.call.column} and {column}; ask for one."
                )
            self.call.column = column
            return True
        fitting = [(key, self._read(key, word)) for key in self._explainer.keys]
        fitting = [(key, value) for key, value in fitting if value is not None]
        # 2021 is a year, and an offset only where a year is given already.
        free = [one for one in fitting if one[0].column not in self.call.values]
        if not fitting:
            return False
        key, value = (free or fitting)[0]
        self._set(key, value)
        return True

    def _read(self, key: Key, word: str) -> Any:
        """The value that a word has as this key; None if it cannot be one."""
        if key.kind == "path":
            return word.replace("\\", "/") if _PATH.fullmatch(word) else None
        word = _plain(word)
        if key.kind == "choice":
            names = self._names[key.column]
            return self._options[key.column].get(word, names.get(word))
        if key.kind == "year":
            found = _YEAR.fullmatch(word)
            return int(found[1]) if found else None
        if key.kind == "region":
            return word if re.fullmatch(r"\d{6}", word) and region_of(word) else None
        if key.kind == "integer":
            return int(word) if re.fullmatch(r"\d{1,9}", word) else None
        # The pattern says which case the key is written in.
        forms = (word, word.upper())
        return next((form for form in forms if re.fullmatch(key.pattern, form)), None)

    def _set(self, key: Key, value: Any) -> None:
        before = self.call.values.setdefault(key.column, value)
        if before != value:
            raise UsageError(f"Two {key.plural} are given, {before} and {value}; ask for one.")

    def take_region(self, name: str) -> bool:
        """Take up a region's name; False if it is none or the table has no regions."""
        key = self._explainer.key("region")
        year_key = self._explainer.key("year")
        if key is None:
            return False
        year = self.call.values.get(year_key.column) if year_key else None
        regions = regions_called(name, year)
        if not regions:
            return False
        others: list[Region] = []
        if len(regions) > 1:
            present = self._present(key, regions, self.call.values) or regions
            others = [region for region in regions if region not in present]
            regions = present
        if len(regions) > 1:
            choices = " or ".join(f"{region.full_name} ({region.code})" for region in regions)
            raise UsageError(f"{name!r} may be {choices}: write the full name or the code.")
        self._set(key, regions[0].code)
        if others:
            names = ", ".join(f"{region.full_name} ({region.code})" for region in others)
            self.call.notes.append(f"{name} may also mean {names}, which has no row here.")
        return True

    def _present(self, key: Key, regions: Sequence[Region], values: dict[str, Any]) -> list[Region]:
        """Those that have rows under the other keys, else those that have rows at all."""
        for given in (values, {}):
            call = Call(self.call.columns, {k: v for k, v in given.items() if k != key.column})
            codes = column_of(
                self._connection,
                f"select distinct {key.column} from {self._explainer.table} "
                f"where {call.where(self._explainer)}",
                call.values,
            )
            present = [region for region in regions if region.code in codes]
            if present:
                return present
        return []

    def settle(self) -> None:
        """Fill in defaults and see that nothing is missing."""
        values = self.call.values
        asked = bool(values)
        for key in self._explainer.keys:
            if not key.first or key.column in values:
                continue
            chosen, *others = [*self._read_options(key), None]
            if chosen is not None:
                values[key.column] = chosen
            if others[:-1]:
                self.call.notes.append(
                    f"Shown for the {key.called} {chosen}; this warehouse also holds "
                    f"{', '.join(map(str, others[:-1]))}: name one to see it."
                )
        missing = [key for key in self._explainer.keys if key.required and key.column not in values]
        if missing:
            raise UsageError(self._lacks(missing))
        if not asked:
            kinds = ", ".join(key.called for key in self._explainer.keys)
            raise UsageError(f"{self._explainer.table} needs at least one key: {kinds}.")

    def _lacks(self, missing: Sequence[Key]) -> str:
        wanted = " and ".join(f"a {key.called}" for key in missing)
        there = ". ".join(
            f"{key.plural.capitalize()} there: {self._existing(key, self.call.values)}"
            for key in missing
        )
        return f"{self._explainer.table} also needs {wanted}. {there}."

    def _existing(self, key: Key, values: dict[str, Any]) -> str:
        if key.options:
            return name_values(key.kind, list(self._options[key.column].values()))
        call = Call(self.call.columns, {k: v for k, v in values.items() if k != key.column})
        found = column_of(
            self._connection,
            f"select distinct {key.column} from {self._explainer.table} "
            f"where {call.where(self._explainer)} order by 1",
            call.values,
        )
        return name_values(key.kind, found)

    def unknown(self, word: str, registry: Sequence[Explainer]) -> str:
        """Why a word means nothing here, what comes nearest, and what there is."""
        explainer = self._explainer
        kinds = [key.called for key in explainer.keys]
        region_key = explainer.key("region")
        pool: dict[str, str] = {plain: plain for plain in self._columns}
        pool.update({_plain(name): name for name in self.call.columns})
        for names in self._names.values():
            pool.update({plain: plain for plain in names})
        for options in self._options.values():
            pool.update({plain: str(value) for plain, value in options.items()})
        if region_key:
            pool.update(self._region_names(region_key))
        near = list(dict.fromkeys(pool[one] for one in _nearest(_plain(word), pool)))
        guess = f"; the nearest: {', '.join(near)}" if near else ""
        elsewhere = _elsewhere(word, explainer, registry)
        there = "; ".join(
            f"{key.plural} {self._existing(key, {})}"
            for key in explainer.keys
            if key.kind in ("region", "year", "choice")
        )
        if near and all(_plain(name) in self._columns for name in near):
            there = f"columns {', '.join(self.call.columns)}"
        return (
            f"{word!r} is no column, {', '.join(kinds[:-1])} or {kinds[-1]} of "
            f"{explainer.table}{guess}.{elsewhere} It holds {there}."
        )

    def _region_names(self, key: Key) -> dict[str, str]:
        """Names of the regions that have rows, by their plain form."""
        rows = fetch(
            self._connection,
            "select region_code, region_name, full_name, english_name from staging.regions "
            f"where region_code in (select {key.column} from {self._explainer.table})",
            {},
        )
        names = [name for row in rows for name in row.values() if name]
        return {_plain(name): name for name in names}


def regions_called(name: str, year: int | None) -> list[Region]:
    """The regions that a name may mean in a year, or, where none does, in any."""
    table = RegionTable.from_seeds()
    for when in dict.fromkeys((year, None)):
        try:
            return [table.resolve(name, year=when)]
        except AmbiguousRegion as error:
            return list(error.candidates)
        except UnknownRegion:
            continue
    return []


def region_of(code: str) -> Region | None:
    """The region with a code, if there is one."""
    try:
        return RegionTable.from_seeds().get(code)
    except UnknownRegion:
        return None


def label_of(explainer: Explainer, values: Mapping[str, Any]) -> str:
    """The keys for people, in the explainer's order, regions by name and code."""
    parts = []
    for key in explainer.keys:
        value = values.get(key.column)
        region = region_of(value) if key.kind == "region" and value else None
        if value is not None:
            parts.append(f"{region.name} ({value})" if region else str(value))
    return " · ".join(parts)


def name_values(kind: KeyKind, values: Sequence[Any]) -> str:
    """What exists of a key, short enough for a sentence."""
    if not values:
        return "none"
    if kind == "year":
        return year_spans(values)
    if kind == "region":
        names = [region.name for code in values if code and (region := region_of(code))]
        rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return ", ".join(names[:_NAMED]) + rest
    rest = f" and {len(values) - _NAMED} more" if len(values) > _NAMED else ""
    return ", ".join(map(str, values[:_NAMED])) + rest


def year_spans(years: Iterable[int]) -> str:
    """Years as ranges: 2003–2020, 2022."""
    spans: list[list[int]] = []
    for year in sorted(set(years)):
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}–{b}" if a < b else f"{a}" for a, b in spans)


def _elsewhere(word: str, explainer: Explainer, registry: Sequence[Explainer]) -> str:
    """Which table has such a key, where this one has none of its kind."""
    kind: KeyKind | None = None
    if _YEAR.fullmatch(_plain(word)):
        kind = "year"
    elif regions_called(word, None):
        kind = "region"
    if kind is None or explainer.key(kind):
        return ""
    tables = ", ".join(one.table for one in registry if one.key(kind))
    return f" It is not kept by {kind}, as these are: {tables}." if tables else ""


def _nearest(word: str, pool: dict[str, str]) -> list[str]:
    """Up to three names that are alike, those that begin alike first."""
    similar = get_close_matches(word, pool, n=9, cutoff=0.5)
    return sorted(similar, key=lambda name: name[:1] != word[:1])[:3]


def _plain(word: str) -> str:
    """A word as it is compared: full-width forms plain, case and outer blanks gone."""
    return unicodedata.normalize("NFKC", word).strip().casefold()


def _tables(registry: Sequence[Explainer]) -> list[str]:
    return [explainer.table for explainer in registry]
