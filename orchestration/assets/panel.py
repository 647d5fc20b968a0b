"""Assets of the panels: what studies declare, before dbt computes it."""

from collections.abc import Iterator

import dagster as dg

from orchestration.metadata import asset_spec, table_metadata
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.tables import STUDY_INPUTS, STUDY_PANELS, STUDY_VARIABLES
from orchestration.yearbook_stages import update_panels

_DECLARED = (STUDY_PANELS, STUDY_VARIABLES, STUDY_INPUTS)


@dg.multi_asset(
    name="panels",
    specs=[asset_spec(table, group="panel") for table in _DECLARED],
    pool="duckdb",
)
def panels(
    warehouse: WarehouseResource, settings: dg.ResourceParam[Settings]
) -> Iterator[dg.MaterializeResult[None]]:
    """Write down the variables that studies declare, formulas checked and written as SQL."""
    store = warehouse.open()
    update_panels(store, settings)
    with store.read() as connection:
        shown = {table: table_metadata(connection, table.relation) for table in _DECLARED}
    for table, metadata in shown.items():
        yield dg.MaterializeResult(asset_key=[table.schema, table.name], metadata=metadata)
