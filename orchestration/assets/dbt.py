"""The dbt assets, in two sets: models rebuilt by report year, and all the rest.

One set of both would mix partitioned and unpartitioned tables, which is where dagster-dbt goes
wrong; two sets keep years where they are true.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject, dbt_assets

from orchestration.dbt_args import build_args
from orchestration.metadata import table_metadata
from orchestration.partitions import REPORT_YEARS
from orchestration.program import tables_digest
from orchestration.progress import Progress
from orchestration.resources import FastDbtCli, WarehouseResource
from orchestration.settings import Settings
from orchestration.staleness import MARTS, inventory_token, note_inputs, noted_inputs
from orchestration.translator import Translator

BY_REPORT_YEAR = "tag:by_report_year"
_KEPT_RUNS = 6


class DbtConfig(dg.Config):
    """How to run dbt.

    Attributes:
        full_refresh: make incremental models anew, whatever years are asked for.
    """

    full_refresh: bool = False


def dbt_asset_sets(project: DbtProject) -> list[dg.AssetsDefinition]:
    """The two asset sets of the dbt project."""
    single_run = dg.BackfillPolicy.single_run()

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        select=BY_REPORT_YEAR,
        dagster_dbt_translator=Translator(),
        partitions_def=REPORT_YEARS,
        backfill_policy=single_run,
        pool="duckdb",
        name="dbt_by_report_year",
    )
    def by_report_year(
        context: dg.AssetExecutionContext,
        config: DbtConfig,
        dbt: FastDbtCli,
        warehouse: WarehouseResource,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Any]:
        years = [int(key) for key in context.partition_keys]
        store = warehouse.open()
        with store.read() as connection:
            made_by = noted_inputs(connection).get("tables_by_year")
        # Rows of years that are not asked for were made by the SQL of then.
        full_refresh = config.full_refresh or made_by != {"program": tables_digest()}
        args = build_args(years, full_refresh=full_refresh)
        progress.stage("dbt hits by year")
        yield from _run(context, dbt, args, warehouse, settings)
        with store.write() as connection:
            note_inputs(connection, "tables_by_year", {"program": tables_digest()})

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        exclude=BY_REPORT_YEAR,
        dagster_dbt_translator=Translator(),
        backfill_policy=single_run,
        pool="duckdb",
        name="dbt_tables",
    )
    def tables(
        context: dg.AssetExecutionContext,
        dbt: FastDbtCli,
        warehouse: WarehouseResource,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Any]:
        progress.stage("dbt marts")
        store = warehouse.open()
        with store.read() as connection:
            token = inventory_token(connection)
        yield from _run(context, dbt, build_args(), warehouse, settings)
        with store.write() as connection:
            note_inputs(connection, "tables", {"program": tables_digest()})
            note_inputs(connection, MARTS, {"inventory": token})

    return [by_report_year, tables]


def _forget_old_runs(folder: Path) -> None:
    """Keep what dbt wrote in its last few runs, for whoever looks into a failure; 3 MB each."""
    if folder.exists():
        for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-_KEPT_RUNS]:
            shutil.rmtree(old, ignore_errors=True)


def _run(
    context: dg.AssetExecutionContext,
    dbt: FastDbtCli,
    args: list[str],
    warehouse: WarehouseResource,
    settings: Settings,
) -> Iterator[Any]:
    """Run dbt to its end, then report each table with its rows.

    DuckDB lets one process in at a time, so the tables can be looked at only when dbt has gone.
    """
    step = context.op_execution_context.op.name
    target = settings.home / "dbt_runs" / f"{context.run.run_id[:8]}-{step}"
    _forget_old_runs(target.parent)
    store = warehouse.open()
    failure: Exception | None = None
    events: list[Any] = []
    with store.writing():
        try:
            events += dbt.cli(args, context=context, target_path=target).stream()
        except Exception as error:  # the events before it still hold, failed checks among them
            failure = error
    outputs = {
        e.output_name: context.asset_key_for_output(e.output_name)
        for e in events
        if isinstance(e, dg.Output)
    }
    with store.read() as connection:
        shown = {
            name: table_metadata(connection, ".".join(key.path)) for name, key in outputs.items()
        }
    for event in events:
        if isinstance(event, dg.Output):
            metadata = {**event.metadata, **shown[event.output_name]}
            yield dg.Output(event.value, event.output_name, metadata=metadata)
        else:
            yield event
    if failure is not None:
        raise failure
