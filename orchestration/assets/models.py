"""The assets of the models: what studies declare, fitted, and beside it what papers print."""

from collections.abc import Iterator

import dagster as dg

from orchestration.metadata import asset_spec, table_metadata
from orchestration.model_stages import update_models, update_replication
from orchestration.progress import Progress
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.tables import MODEL_TABLES, PUBLISHED_FINDINGS, REPLICATION

_PANEL = [dg.AssetKey(["marts", name]) for name in ("innovation_panel", "panel_completeness")]

_PUBLISHED = [
    dg.AssetKey(["marts", "published_facts"]),
    dg.AssetKey([PUBLISHED_FINDINGS.schema, PUBLISHED_FINDINGS.name]),
]


@dg.multi_asset(
    name="models",
    specs=[asset_spec(table, group="models", deps=_PANEL) for table in MODEL_TABLES],
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def models(
    warehouse: WarehouseResource,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult[None]]:
    """Fit every model of every study; one that cannot be fitted says why and stops no other."""
    progress.stage("Fitting models")
    store = warehouse.open()
    done = update_models(store, settings)
    with store.read() as connection:
        shown = {table: table_metadata(connection, table.relation) for table in MODEL_TABLES}
    told = {"n_fitted": done.n_fitted, "n_not_fitted": done.n_not_fitted}
    for table, metadata in shown.items():
        yield dg.MaterializeResult(
            asset_key=[table.schema, table.name], metadata={**metadata, **told}
        )


@dg.multi_asset(
    name="replication",
    specs=[
        asset_spec(
            REPLICATION,
            group="models",
            deps=[*(dg.AssetKey([one.schema, one.name]) for one in MODEL_TABLES), *_PUBLISHED],
        )
    ],
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def replication(
    warehouse: WarehouseResource, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult[None]:
    """Set every published figure beside ours, with a status and a reason."""
    store = warehouse.open()
    statuses = update_replication(store, settings)
    with store.read() as connection:
        shown = table_metadata(connection, REPLICATION.relation)
    return dg.MaterializeResult(
        asset_key=[REPLICATION.schema, REPLICATION.name],
        metadata={**shown, **{f"n_{name}": count for name, count in statuses.items()}},
    )
