"""Dagster resources: the warehouse of this run, and dbt.

What a resource does at the end of a run is decided here: check results are written down and, if
nothing failed, the snapshot is published. The warehouse itself is ``orchestration.warehouse``.
"""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource
from packaging.version import Version

from orchestration.check_log import check_rows
from orchestration.tables import CHECK_RESULTS
from orchestration.warehouse import Warehouse, replace_rows

# A run with this tag leaves the readers' snapshot alone: it is the first half of a build.
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
        """Write down the run's checks; publish unless something failed or the run says not to."""
        if context.run is None or context.instance is None:
            return
        run_id = context.run.run_id
        warehouse = self.open()
        rows = check_rows(context.instance, run_id)
        with warehouse.write() as connection:
            replace_rows(connection, CHECK_RESULTS, rows, where="run_id = ?", parameters=[run_id])
        failed = context.instance.get_records_for_run(
            run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=1
        ).records
        if not failed and KEEP_SNAPSHOT not in context.run.tags:
            warehouse.publish()


class FastDbtCli(DbtCliResource):
    """`DbtCliResource` without two habits that cost five seconds an invocation.

    It starts ``dbt --version`` as a process of its own, and builds a dbt adapter in this process
    that only row counts and column metadata need, which we read from DuckDB ourselves. Both are
    private members of dagster-dbt; ``tests/unit/test_resources.py`` fails when they change.
    """

    @property
    def _cli_version(self) -> Version:
        return Version(importlib.metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None
