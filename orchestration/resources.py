"""Dagster resources: the warehouse of this run, and dbt.

At the end of a run its check results are written down and, if the state is fit to be shown, it is
published (``orchestration.publication``). The warehouse itself is ``orchestration.warehouse``.
"""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource
from packaging.version import Version

from orchestration.jobs import MEASURE_JOB
from orchestration.publication import KEEP_SNAPSHOT, publish, record_checks, unfit
from orchestration.settings import Settings
from orchestration.warehouse import Warehouse


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
            # The environment holds the settings that these definitions were made with.
            publish(
                warehouse,
                Settings.resolve(),
                run_id=context.run.run_id,
                kind="run",
                checked=context.run.job_name == MEASURE_JOB,
            )


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
