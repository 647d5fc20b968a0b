"""Assets of the landing zone: files, documents and the quarantine, from one look at the folder."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from orchestration.ingest.inventory import take_inventory
from orchestration.ingest.regions import RegionTable
from orchestration.metadata import asset_spec, table_metadata
from orchestration.partitions import set_report_years
from orchestration.progress import Progress
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.tables import DOCUMENTS, FILES, QUARANTINE, Table
from orchestration.warehouse import replace_rows

_TABLES = (FILES, DOCUMENTS, QUARANTINE)


@dg.multi_asset(
    name="landing_zone",
    specs=[
        asset_spec(table, group=_group)
        for table, _group in zip(_TABLES, ("reports", "reports", "quality"), strict=True)
    ],
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def landing_zone(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult[None]]:
    """Read the landing zone, identify every record and choose the primary documents."""
    store = warehouse.open()
    with store.read() as connection:
        before = _rows(connection, FILES)
    inventory = take_inventory(
        settings.landing,
        RegionTable.from_seeds(),
        years=settings.years,
        before=before,
        progress=progress,
    )
    with store.write() as connection:
        replace_rows(connection, FILES, inventory.files)
        replace_rows(connection, DOCUMENTS, inventory.documents)
        replace_rows(connection, QUARANTINE, inventory.quarantine)
    set_report_years(context.instance, inventory.primary_by_year())
    facts: dict[str, Any] = {
        "landing_zone": dg.MetadataValue.path(str(settings.landing)),
        **{f"files_{status}": n for status, n in sorted(inventory.by_status().items())},
    }
    # Yielded when the file is free again: Dagster may hold a result for as long as it likes.
    with store.read() as connection:
        shown = {table: table_metadata(connection, table.relation) for table in _TABLES}
    for table, metadata in shown.items():
        yield dg.MaterializeResult(
            asset_key=[table.schema, table.name], metadata={**metadata, **facts}
        )


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> list[dict[str, Any]]:
    cursor = connection.execute(f"select {', '.join(table.column_names)} from {table.relation}")
    return [dict(zip(table.column_names, row, strict=True)) for row in cursor.fetchall()]
