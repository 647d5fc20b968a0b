"""Compares what is about to be published with what readers have, and writes down each difference.

The comparison is SQL, one pass a table. What the differences are called in the terminal belongs to
``orchestration.cli.diff``; why they came about to ``causes``.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.data_diff.cause_tables import changed_reports, prepare_causes
from orchestration.data_diff.causes import (
    CAUSE_COLUMNS,
    cause_of,
    program_change,
)
from orchestration.data_diff.grains import Grain
from orchestration.data_diff.names import identifier, literal
from orchestration.tables import BUILDS, DATA_DIFF

# A new lexicon changes 40 cells for each of 1,000 reports and their hits; beyond this a publication
# that changed everything would make the warehouse several times as large as what it describes.
CELL_LIMIT = 200_000

# What `column_name` says where a difference is not one cell.
ROW = "(row)"
TABLE = "(table)"
COLUMN = "(column) "
SUMMARY = "(summary) "
# Told apart by their number, rows that share a key; only from the second on does the key show it.
OCCURRENCE = "#"

_COMPARED = "schema_name in ('marts', 'models') or schema_name || '.' || table_name in (" + (
    "'quality.document_findings')"
)


@dataclass(frozen=True)
class _Sides:
    """One table in both databases: its columns with their types, the shared ones in order."""

    relation: str
    before: str
    after: str
    columns_before: Mapping[str, str]
    columns_after: Mapping[str, str]
    grain: Grain

    @property
    def common(self) -> list[str]:
        """Columns of both sides."""
        return [name for name in self.columns_after if name in self.columns_before]

    @property
    def shared(self) -> list[str]:
        """Those of them that are compared."""
        return [name for name in self.common if name not in self.grain.ignore]

    @property
    def key(self) -> list[str]:
        """The key columns; all that are shared where the table has none or has changed its own."""
        known = self.grain.key and set(self.grain.key) <= set(self.shared)
        return list(self.grain.key) if known else self.shared


def record_diff(
    connection: duckdb.DuckDBPyConnection,
    published: Path | None,
    *,
    run_id: str,
    kind: str,
    inputs: Mapping[str, Any],
    grains: Mapping[str, Grain],
    panels: Mapping[str, str] | None = None,
    describe: Callable[[str, str], str] = lambda stage, name: f"{stage} {name}",
    limit: int = CELL_LIMIT,
    now: datetime | None = None,
) -> int:
    """Write what this publication changes to quality.data_diff, and itself to quality.builds.

    The history of earlier publications is the snapshot's: what the working file holds of a
    publication that never came about (a crash between this and the renaming) is dropped, and what
    it has lost by a reset is taken from there. The first publication has no differences.

    DuckDB attaches inside a transaction and detaches only outside one, so the snapshot stays
    attached until ``connection`` is closed; close it before the snapshot is replaced.

    Args:
        connection: the working file, open for writing, inside a transaction.
        published: the snapshot that readers have; ``None`` or a missing file at first.
        run_id: the publication; gets a number behind it where the history has it already.
        kind: build, refresh or run.
        inputs: what it was made with, as JSON can hold it: settings, and digests of the program
            and its lists, by themselves or by name under the stage that they belong to.
        grains: how the rows of each table are paired, by ``schema.table`` (see `read_grains`).
        panels: digest of the rows of each study's panel, by study.
        describe: how a person would name the input of a stage.
        limit: a table with more differing cells is recorded as one summary a column.
        now: time of the publication.

    Returns:
        Number of differing cells, a row that came or went being one.

    Raises:
        RuntimeError: the snapshot is no DuckDB file that this version can read.
    """
    before = _attach(connection, published)
    _take_over_history(connection, before)
    taken = connection.execute(
        "select count(*) from quality.builds where run_id = ? or starts_with(run_id, ?)",
        [run_id, f"{run_id}."],
    ).fetchone()
    if taken and taken[0]:
        run_id = f"{run_id}.{taken[0] + 1}"
    changed = 0
    if before:
        last = connection.execute(
            "select inputs from quality.builds order by published_at desc, rowid desc limit 1"
        ).fetchone()
        program = program_change(last[0] if last else None, inputs, describe)
        changed = _compare(connection, before, run_id, program, grains, limit)
    documents = connection.execute(
        "select count(*) from raw.documents where status = 'primary'"
    ).fetchone()
    connection.execute(
        f"insert into quality.builds ({', '.join(BUILDS.column_names)}) "
        f"values ({', '.join('?' * len(BUILDS.column_names))})",
        [
            run_id,
            now or datetime.now(UTC).replace(tzinfo=None),
            kind,
            documents[0] if documents else 0,
            changed,
            json.dumps(dict(inputs), ensure_ascii=False, sort_keys=True, default=str),
            json.dumps(dict(panels or {}), ensure_ascii=False, sort_keys=True),
        ],
    )
    return changed


def _attach(connection: duckdb.DuckDBPyConnection, published: Path | None) -> str | None:
    """Attach the snapshot read-only; the name it goes by, ``None`` where there is none."""
    if published is None or not published.exists():
        return None
    name = f"before_{uuid.uuid4().hex[:8]}"
    copy = published.with_name(f".{published.name}.{name}.partial")
    source = published
    try:
        # Tried apart, because a statement that fails spoils the transaction it stands in.
        try:
            duckdb.connect(str(published), read_only=True).close()
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise
            # Somebody has it open for writing, in a database browser say. Renaming over it works,
            # so comparing with it must not be what fails.
            source = Path(shutil.copyfile(published, copy))
        connection.execute(f"attach {literal(str(source))} as {name} (read_only)")
    except duckdb.Error as error:
        raise RuntimeError(
            f"{published} cannot be compared with what is to replace it "
            f"({str(error).splitlines()[0]}); move it away, then build again."
        ) from error
    finally:
        with suppress(OSError):
            copy.unlink()
    return name


def _take_over_history(connection: duckdb.DuckDBPyConnection, before: str | None) -> None:
    columns = _columns(connection, before) if before else {}
    for table in (BUILDS, DATA_DIFF):
        then = columns.get(table.relation, {})
        if "run_id" not in then:
            connection.execute(f"delete from {table.relation}")
            continue
        source = f"{before}.{table.relation}"
        connection.execute(
            f"delete from {table.relation} where run_id not in (select run_id from {source})"
        )
        listed = ", ".join(name for name in table.column_names if name in then)
        connection.execute(
            f"insert into {table.relation} by name select {listed} from {source} "
            f"where run_id not in (select run_id from {table.relation}) order by rowid"
        )


def _compare(
    connection: duckdb.DuckDBPyConnection,
    before: str,
    run_id: str,
    program: str | None,
    grains: Mapping[str, Grain],
    limit: int,
) -> int:
    current = connection.execute("select current_database()").fetchone()
    after = str(current[0]) if current else ""
    then, now = _columns(connection, before), _columns(connection, after)
    if not any(relation.startswith(("marts.", "models.")) for relation in then):
        return 0
    prepare_causes(connection, before, after)
    everywhere = changed_reports(connection)
    relations = connection.execute(
        "select distinct schema_name || '.' || table_name as relation from duckdb_tables() "
        f"where database_name in (?, ?) and ({_COMPARED}) order by all",
        [before, after],
    ).fetchall()
    total = 0
    for (relation,) in relations:
        sides = _Sides(
            relation,
            f"{identifier(before)}.{relation}",
            f"{identifier(after)}.{relation}",
            then.get(relation, {}),
            now.get(relation, {}),
            grains.get(relation, Grain()),
        )
        _record_shape(connection, sides, run_id, program)
        if sides.shared and sides.columns_before and sides.columns_after:
            cause, joins = cause_of(sides.common, everywhere, program)
            connection.execute(_differing_cells(connection, sides, cause, joins))
            total += _keep(connection, relation, run_id, limit)
    return total


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Columns and their types by ``schema.table``, in their order."""
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? order by schema_name, table_name, column_index",
        [database],
    ).fetchall():
        found.setdefault(f"{schema}.{table}", {})[column] = kind
    return found


def _record_shape(
    connection: duckdb.DuckDBPyConnection, sides: _Sides, run_id: str, program: str | None
) -> None:
    """Tables and columns that came, went or changed their type: one row each."""
    cause = program or "The program changed."
    rows: list[tuple[str, str | None, str | None]] = []
    then, now = sides.columns_before, sides.columns_after
    if not then or not now:
        counts = [
            _count(connection, relation) if columns else None
            for relation, columns in ((sides.before, then), (sides.after, now))
        ]
        rows.append((TABLE, counts[0], counts[1]))
    else:
        rows += [
            (COLUMN + name, then.get(name), now.get(name))
            for name in {**then, **now}
            if then.get(name) != now.get(name)
        ]
    for name, old, new in rows:
        connection.execute(
            "insert into quality.data_diff values (?, ?, '{}', ?, ?, ?, ?)",
            [run_id, sides.relation, name, old, new, cause],
        )


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return f"{row[0] if row else 0} rows"


def _differing_cells(
    connection: duckdb.DuckDBPyConnection, sides: _Sides, cause: str, joins: str
) -> str:
    """SQL that fills ``differing_cells`` with one row a differing cell of one table."""
    key, values = sides.key, [name for name in sides.shared if name not in sides.key]
    numbered = not all(_is_unique(connection, one, key) for one in (sides.before, sides.after))
    carried = [name for name in CAUSE_COLUMNS if name in sides.common]
    on = [f"old.{identifier(k)} is not distinct from new.{identifier(k)}" for k in key]
    one = "old._occurrence = new._occurrence"
    unlike = [f"old.{identifier(v)} is distinct from new.{identifier(v)}" for v in values]
    cells = ", ".join(
        f"struct_pack(column_name := {literal(v)}, before := cast(old.{identifier(v)} as varchar), "
        f"after := cast(new.{identifier(v)} as varchar))"
        for v in values
    )
    key_pairs = ", ".join(
        f"{literal(k)}, coalesce(new.{identifier(k)}, old.{identifier(k)})" for k in key
    )
    number = literal(json.dumps(OCCURRENCE) + ":")
    return f"""
create or replace temp table differing_cells as
with before as ({_side(sides, sides.before, values, numbered)}),
after as ({_side(sides, sides.after, values, numbered)}),
pairs as (
    select
        cast(json_object({key_pairs}) as varchar) as key,
        coalesce(new._occurrence, old._occurrence) as _occurrence,
        {
        "".join(
            f"coalesce(new.{identifier(c)}, old.{identifier(c)}) as {identifier(c)}, "
            for c in carried
        )
    }
        case
            when old._occurrence is null then
                [struct_pack(column_name := '{ROW}', before := cast(null as varchar),
                             after := {_as_json("new", values)})]
            when new._occurrence is null then
                [struct_pack(column_name := '{ROW}', before := {_as_json("old", values)},
                             after := cast(null as varchar))]
            {
        f"else list_filter([{cells}], lambda _cell: _cell.before is distinct from _cell.after)"
        if values
        else ""
    }
        end as differing
    from before as old
    full join after as new on {" and ".join([*on, one])}
    where {" or ".join(["old._occurrence is null", "new._occurrence is null", *unlike])}
),
cells as (select * exclude (differing), unnest(differing, recursive := true) from pairs)
select
    case when _occurrence = 1 then key
        else left(key, -1) || ',' || {number} || _occurrence || '}}' end as key,
    cells.column_name,
    cells.before,
    cells.after,
    {cause} as cause
from cells
{joins}
"""


def _is_unique(connection: duckdb.DuckDBPyConnection, relation: str, key: list[str]) -> bool:
    grouped = ", ".join(identifier(name) for name in key)
    row = connection.execute(
        f"select 1 from {relation} group by {grouped} having count(*) > 1 limit 1"
    ).fetchone()
    return row is None


def _side(sides: _Sides, relation: str, values: list[str], numbered: bool) -> str:
    """One side of the comparison; rows that share a key are numbered in the order of the rest."""
    listed = [
        f"cast({identifier(name)} as varchar) as {identifier(name)}"
        if sides.columns_before[name] != sides.columns_after[name]
        else identifier(name)
        for name in sides.common
    ]
    number = "1"
    if numbered:
        order = f" order by {', '.join(map(identifier, values))}" if values else ""
        number = f"row_number() over (partition by {', '.join(map(identifier, sides.key))}{order})"
    return f"select {', '.join(listed)}, {number} as _occurrence from {relation}"


def _as_json(side: str, values: list[str]) -> str:
    """A row's other columns as a JSON object of texts, so that it reads like the cells do."""
    pairs = ", ".join(f"{literal(v)}, cast({side}.{identifier(v)} as varchar)" for v in values)
    return f"cast(json_object({pairs}) as varchar)"


def _keep(connection: duckdb.DuckDBPyConnection, relation: str, run_id: str, limit: int) -> int:
    """Move ``differing_cells`` into quality.data_diff, as they are or summed up by column."""
    row = connection.execute("select count(*) from differing_cells").fetchone()
    count = int(row[0]) if row else 0
    if count <= limit:
        connection.execute(
            "insert into quality.data_diff by name select ? as run_id, ? as table_name, * "
            "from differing_cells order by key, column_name",
            [run_id, relation],
        )
        return count
    connection.execute(
        f"""
        insert into quality.data_diff by name
        select
            ? as run_id,
            ? as table_name,
            '{{}}' as key,
            '{SUMMARY}' || column_name as column_name,
            case column_name when '{ROW}' then count(before) || ' rows went' end as before,
            case column_name when '{ROW}' then count(after) || ' rows came'
                else count(*) || ' cells differ' end as after,
            min(cause) || case when count(distinct cause) > 1
                then ' And ' || count(distinct cause) - 1 || ' other causes.' else '' end as cause
        from differing_cells
        group by column_name
        order by column_name
        """,
        [run_id, relation],
    )
    return count
