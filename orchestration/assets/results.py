"""Assets of results that Python computes from marts."""

import dagster as dg

from orchestration.metadata import asset_spec, table_metadata
from orchestration.resources import WarehouseResource
from orchestration.result_stages import update_published_findings
from orchestration.tables import PUBLISHED_FINDINGS

_FACTS = dg.AssetKey(["marts", "published_facts"])


@dg.multi_asset(
    name="published_findings",
    specs=[asset_spec(PUBLISHED_FINDINGS, group="quality", deps=[_FACTS])],
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def published_findings(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Audit the figures that the papers print."""
    store = warehouse.open()
    verdicts = update_published_findings(store)
    with store.read() as connection:
        shown = table_metadata(connection, PUBLISHED_FINDINGS.relation)
    return dg.MaterializeResult(
        asset_key=[PUBLISHED_FINDINGS.schema, PUBLISHED_FINDINGS.name],
        metadata={**shown, **{f"n_{name}": count for name, count in verdicts.items()}},
    )
