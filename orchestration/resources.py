"""Dagster resources: the warehouse of this run, and dbt.

What happens at the end of a run is decided here: check results are written down and, if the state
is fit to be shown, the snapshot is published. The warehouse itself is ``orchestration.warehouse``.
"""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliResource
from packaging.version import Version

from orchestration.check_log import check_rows
from orchestration.tables import CHECK_RESULTS
from orchestration.warehouse import Warehouse, replace_rows

# A run with this tag leaves publication to the build that it is a part of.
KEEP_SNAPSHOT = "xinku/keep_snapshot"


class WarehouseResource(dg.ConfigurableResource[Warehouse]):
    """Hands the assets a `Warehouse` and publishes it when the run has ended well."""

    working_file: str
    published: str

    def open(self) -> Warehouse:
        """The warehouse that this resource stands for."""
        return Warehouse(Path(self.working_file), Path(self.published))

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Make sure that every table Python writes exists."""
        self.open().prepare()

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Write down the run's checks; publish what is fit, unless the build itself will."""
        if context.run is None or context.instance is None:
            return
        warehouse = self.open()
        record_checks(warehouse, context.instance, context.run.run_id)
        if KEEP_SNAPSHOT in context.run.tags:
            return
        reason = unfit(warehouse)
        if reason:
            dg.get_dagster_logger().warning("Not published: %s", reason)
        else:
            warehouse.publish()


def record_checks(warehouse: Warehouse, instance: dg.DagsterInstance, run_id: str) -> None:
    """Write the checks of a run to quality.check_results."""
    rows = check_rows(instance, run_id)
    with warehouse.write() as connection:
        replace_rows(connection, CHECK_RESULTS, rows, where="run_id = ?", parameters=[run_id])


def unfit(warehouse: Warehouse) -> str | None:
    """Why the working file must not be shown to readers; ``None`` where it may.

    A run may rebuild a part of the graph only, and may follow one that failed. So it is the state
    that is judged and not the run: the last result of every blocking check, and whether raw tables
    and marts speak of the same reports and hits.
    """
    with warehouse.read() as connection:
        failing = connection.execute(_FAILING).fetchone()
        if failing:
            return f"the last result of a blocking check is a failure: {failing[0]}"
        try:
            behind = connection.execute(_BEHIND).fetchone()
        except duckdb.CatalogException:
            return "the marts have not been built yet"
    return f"the marts are behind the {behind[0]}; run the job `measure`" if behind else None


_FAILING = """
select asset || ' ' || check_name
from quality.check_results
qualify row_number() over (partition by asset, check_name order by checked_at desc) = 1
    and not passed and severity = 'error'
order by all limit 1
"""
_BEHIND = """
with reports as (select document_id, report_year from raw.documents where status = 'primary'),
measured as (select distinct document_id, report_year from marts.government_attention),
counts as (
    select
        (select count(*) from raw.keyword_hits) as n_raw,
        (select count(*) from marts.keyword_hits) as n_mart
)
select 'documents' from (
    (from reports except from measured) union all (from measured except from reports)
)
union all
select 'hits' from counts where n_raw <> n_mart
limit 1
"""


class FastDbtCli(DbtCliResource):
    """`DbtCliResource` without two habits that cost five seconds each time.

    It starts ``dbt --version`` as a process of its own, and builds a dbt adapter in this process
    that only row counts and column metadata need; those we read from DuckDB ourselves. Both are
    private members of dagster-dbt; a test in ``test_dbt_project.py`` fails when they change.
    """

    @property
    def _cli_version(self) -> Version:
        return Version(importlib.metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None
