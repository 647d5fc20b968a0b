"""Assets of the landing zone: files, documents, observations, findings, from one look at it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.board import read_board
from orchestration.metadata import asset_spec, board_metadata, table_metadata
from orchestration.partitions import set_report_years
from orchestration.progress import Progress
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.stages import update_inventory
from orchestration.tables import (
    DOCUMENT_FINDINGS,
    DOCUMENTS,
    FILES,
    OBSERVATION_CORRECTIONS,
    OBSERVATION_PROBLEMS,
    OBSERVATIONS,
    OWN_INDICATORS,
    QUARANTINE,
)
from orchestration.yearbook_stages import update_observations

_TABLES = {
    FILES: "reports",
    DOCUMENTS: "reports",
    DOCUMENT_FINDINGS: "reports",
    OBSERVATIONS: "yearbooks",
    OBSERVATION_PROBLEMS: "yearbooks",
    OBSERVATION_CORRECTIONS: "yearbooks",
    OWN_INDICATORS: "yearbooks",
    QUARANTINE: "quality",
}


class Thoroughness(dg.Config):
    """How much to do.

    Attributes:
        anew: do everything, also what has not changed; the tables end the same.
    """

    anew: bool = False


@dg.multi_asset(
    name="landing_zone",
    specs=[asset_spec(table, group=group) for table, group in _TABLES.items()],
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def landing_zone(
    context: dg.AssetExecutionContext,
    config: Thoroughness,
    warehouse: WarehouseResource,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult[None]]:
    """Read what is new in the landing zone, identify it, and choose the primary documents."""
    store = warehouse.open()
    taken = update_inventory(store, settings, progress, anew=config.anew)
    yearbooks = update_observations(store, settings, progress, anew=config.anew)
    years = taken.inventory.primary_by_year()
    set_report_years(context.instance, years)
    by_status = Counter(row["status"] for row in (*taken.inventory.files, *yearbooks.files))
    facts: dict[str, Any] = {
        "landing_zone": dg.MetadataValue.path(str(settings.landing)),
        "files_found": taken.n_found + yearbooks.n_found,
        "files_read": taken.n_read + yearbooks.n_read,
        **{f"files_{status}": n for status, n in sorted(by_status.items())},
    }
    # Yielded when the file is free again: Dagster may hold a result for as long as it likes.
    with store.read() as connection:
        shown = {table: table_metadata(connection, table.relation) for table in _TABLES}
        if years:
            shown[DOCUMENTS] |= board_metadata(read_board(connection, max(years)))
    for table, metadata in shown.items():
        yield dg.MaterializeResult(
            asset_key=[table.schema, table.name], metadata={**metadata, **facts}
        )
