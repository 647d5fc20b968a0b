"""Publications of a warehouse and what they changed, read from the snapshot.

Several publications are put together cell by cell: what was first, what is last, nothing where the
two are equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import duckdb

from orchestration.data_diff.record import ROW, SUMMARY
from orchestration.settings import UsageError
from orchestration.warehouse import open_snapshot

Cells = dict[str, str | None]


@dataclass(frozen=True)
class Publication:
    """One row of quality.builds."""

    run_id: str
    published_at: datetime
    kind: str
    n_documents: int
    n_changes: int


@dataclass(frozen=True)
class Difference:
    """One row of quality.data_diff, or several of them put together."""

    table_name: str
    key: str
    column_name: str
    before: str | None
    after: str | None
    cause: str


@dataclass(frozen=True)
class Changes:
    """What changed between two publications.

    Attributes:
        since: the publication compared with; ``None`` where there was none before.
        until: the publication compared.
        differences: by table, cause and key.
        is_first: ``until`` is the first publication, which has nothing to compare with.
    """

    since: Publication | None
    until: Publication
    differences: list[Difference]
    is_first: bool = False


def read_publications(path: Path) -> list[Publication]:
    """Every publication of a warehouse, the last one last.

    Raises:
        UsageError: nothing has been built there.
    """
    with open_snapshot(path) as connection:
        return _publications(connection)


def read_changes(path: Path, runs: Sequence[str] = (), table: str | None = None) -> Changes:
    """What changed after one publication up to another.

    Args:
        path: the published warehouse.
        runs: none for what the last publication changed; one for all since that one; two for what
            came after the first up to the second. The beginning of a run's name is enough.
        table: only this table, as ``schema.table`` or its name alone.

    Raises:
        UsageError: nothing has been built there, or a run or table is not known.
    """
    with open_snapshot(path) as connection:
        publications = _publications(connection)
        if not publications:
            raise UsageError(
                f"{path} has no record of its publications; it was made by an earlier version. "
                "Run `xinku build`."
            )
        first, last = _span(publications, runs)
        wanted = _table(connection, table) if table else None
        listed = [one.run_id for one in publications[first + 1 : last + 1]]
        rows = connection.execute(
            "select table_name, key, column_name, before, after, cause "
            "from quality.data_diff where run_id in (select unnest(?)) "
            "and (? is null or table_name = ?) order by list_position(?, run_id), rowid",
            [listed, wanted, wanted, listed],
        ).fetchall()
    differences = [Difference(*row) for row in rows]
    return Changes(
        publications[first] if first >= 0 else None,
        publications[last],
        sorted(
            compose(differences) if len(listed) > 1 else differences,
            key=lambda d: (d.table_name, d.cause, d.key, d.column_name),
        ),
        is_first=last == 0,
    )


def compose(differences: Iterable[Difference]) -> list[Difference]:
    """Put differences of successive publications together, cell by cell.

    A row that came and then changed is a row that came, as it is last; one that came and went is
    nothing. Summaries of large changes cannot be put together and stay as they are.

    Args:
        differences: in the order of their publications.
    """
    rows: dict[tuple[str, str], _Row] = {}
    summaries = []
    for one in differences:
        if one.column_name.startswith(SUMMARY):
            summaries.append(one)
        else:
            rows.setdefault((one.table_name, one.key), _Row()).apply(one)
    return [
        *summaries,
        *(one for (table, key), row in rows.items() for one in row.differences(table, key)),
    ]


@dataclass
class _Row:
    """What is known of one row at the beginning and at the end."""

    was_there: bool = True
    is_there: bool = True
    first: Cells = field(default_factory=dict)
    last: Cells = field(default_factory=dict)
    causes: dict[str, dict[str, None]] = field(default_factory=dict)
    is_touched: bool = False

    def apply(self, one: Difference) -> None:
        """Take in the next difference of this row."""
        self.causes.setdefault(one.column_name, {})[one.cause] = None
        if one.column_name != ROW:
            if self.was_there:
                self.first.setdefault(one.column_name, one.before)
            self.last[one.column_name] = one.after
        elif one.before is None:
            if not self.is_touched:
                self.was_there = False
            self.is_there, self.last = True, _cells(one.after)
        else:
            if self.was_there:
                self.first = {**_cells(one.before), **self.first}
            self.is_there, self.last = False, {}
        self.is_touched = True

    def differences(self, table: str, key: str) -> list[Difference]:
        """What is left of it: a row that came or went, or cells that differ."""
        if self.was_there and self.is_there:
            return [
                Difference(table, key, name, old, self.last[name], self._cause(name))
                for name, old in self.first.items()
                if name in self.last and self.last[name] != old
            ]
        if self.was_there == self.is_there:
            return []
        old = _text(self.first) if self.was_there else None
        new = _text(self.last) if self.is_there else None
        return [Difference(table, key, ROW, old, new, self._cause(ROW))]

    def _cause(self, column: str) -> str:
        found = {**self.causes.get(ROW, {}), **self.causes.get(column, {})}
        return " Then: ".join(found)


def _cells(text: str | None) -> Cells:
    loaded: Cells = json.loads(text or "{}")
    return loaded


def _text(cells: Cells) -> str:
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def _publications(connection: duckdb.DuckDBPyConnection) -> list[Publication]:
    try:
        rows = connection.execute(
            "select run_id, published_at, kind, n_documents, n_changes from quality.builds "
            "order by published_at, rowid"
        ).fetchall()
    except duckdb.CatalogException:
        return []
    return [Publication(*row) for row in rows]


def _span(publications: Sequence[Publication], runs: Sequence[str]) -> tuple[int, int]:
    """Positions of the publication compared with (-1 for none) and of the one compared."""
    last = len(publications) - 1
    if not runs:
        return last - 1, last
    places = [_find(publications, run) for run in runs]
    first, second = places if len(places) > 1 else (places[0], last)
    if first > second:
        raise UsageError(
            f"{runs[0]} was published after {runs[1]}; write `xinku diff {runs[1]} {runs[0]}`."
        )
    return first, second


def _find(publications: Sequence[Publication], run: str) -> int:
    names = [one.run_id for one in publications]
    if run in names:
        return names.index(run)
    found = [place for place, name in enumerate(names) if run and name.startswith(run)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(names[place] for place in found[-3:])
        raise UsageError(f"{run!r} begins the name of {len(found)} runs, such as {listed}.")
    # Compared at the length of what was typed: a prefix is never close to a whole name.
    short = {name[: max(len(run), 1)]: name for name in names}
    near = get_close_matches(run, short, n=1, cutoff=0) or [next(reversed(short))]
    raise UsageError(
        f"No publication is named {run!r}; the nearest is {short[near[0]]}. "
        "`xinku diff --list` shows all."
    )


def _table(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    known = [
        row[0]
        for row in connection.execute(
            "select distinct schema_name || '.' || table_name as name from duckdb_tables() "
            "where schema_name in ('marts', 'models') "
            "union select distinct table_name from quality.data_diff order by name"
        ).fetchall()
    ]
    for one in known:
        if name in (one, one.partition(".")[2]):
            return str(one)
    near = get_close_matches(name, [*known, *(one.partition(".")[2] for one in known)], n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    raise UsageError(f"No table is named {name!r}; compared are {', '.join(known)}.{guess}")
