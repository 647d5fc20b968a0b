"""What an asset's page in Dagster shows of a table: columns with units, row count, a few rows."""

from __future__ import annotations

from typing import Any

import dagster as dg
import duckdb

from orchestration.board import Board
from orchestration.tables import Table

_PREVIEW_ROWS = 5
_CELL_CHARS = 80


def column_schema(table: Table) -> dg.TableSchema:
    """The columns of a table that Python writes, units in the descriptions."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name=column.name, type=column.type, description=column.comment)
            for column in table.columns
        ]
    )


def asset_spec(table: Table, *, group: str, **attributes: Any) -> dg.AssetSpec:
    """The Dagster asset of a table that Python writes."""
    return dg.AssetSpec(
        key=dg.AssetKey([table.schema, table.name]),
        description=table.description,
        group_name=group,
        kinds={"python", "duckdb"},
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": table.relation,
            "grain": ", ".join(table.grain),
        },
        **attributes,
    )


def table_metadata(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, Any]:
    """Row count and first rows of a table or view.

    Args:
        connection: an open connection.
        relation: ``schema.name`` from our own definitions, never from input.
    """
    (n_rows,) = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
    metadata: dict[str, Any] = {"dagster/row_count": n_rows}
    cursor = connection.execute(f"select * from {relation} limit {_PREVIEW_ROWS}")
    names = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall()
    if rows:
        metadata["preview"] = dg.MetadataValue.table(
            records=[
                dg.TableRecord(dict(zip(names, map(_cell, row), strict=True))) for row in rows
            ],
            schema=dg.TableSchema(columns=[dg.TableColumn(name=name) for name in names]),
        )
    return metadata


def board_metadata(board: Board) -> dict[str, Any]:
    """The board of a report year: counts by state, and a table of regions."""
    return {
        f"board_{board.year}": dg.MetadataValue.table(
            records=[
                dg.TableRecord(
                    {
                        "region": place.region_name,
                        "state": place.state,
                        "delivered_on": str(place.delivered_on or ""),
                        "file": place.path or "",
                        "note": _cell(place.note or ""),
                    }
                )
                for place in board.places
            ]
        ),
        **{f"board_{state}": count for state, count in board.count().items()},
    }


def _cell(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    return text if len(text) <= _CELL_CHARS else f"{text[:_CELL_CHARS]}…"
