"""The landing zone watched by Dagster's daemon: the same plan as `xinku refresh`, run by run.

Each look asks the state and keeps no memory of its own, so that a missed run is made up for by
the next. Off until someone switches it on in the web interface.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import dagster as dg
import duckdb

from orchestration.instance import forget_dead_runs
from orchestration.jobs import INVENTORY_JOB, MEASURE_JOB, year_range, years_to_measure
from orchestration.partitions import REPORT_YEARS
from orchestration.refresh import Plan, compare, make_plan
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings, UsageError
from orchestration.staleness import noted_inputs, stale_years
from orchestration.warehouse import Warehouse, WarehouseBusy

_SECONDS = 60
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
# Stages of the first run; what else has changed is the second's.
_FIRST_RUN = {"inventory", "observations", "lexicons", "panels", "marks"}


def watch_landing_zone(jobs: Sequence[Any]) -> dg.SensorDefinition:
    """The sensor that starts these jobs, the inventory and the measures."""

    @dg.sensor(
        name="landing_zone_sensor",
        jobs=jobs,
        minimum_interval_seconds=_SECONDS,
        description="Starts what a new, changed, moved or removed file, a word list, a review mark "
        "or a new version of the program requires: the inventory, then the years that changed.",
    )
    def landing_zone_sensor(
        context: dg.SensorEvaluationContext,
        warehouse: WarehouseResource,
        settings: dg.ResourceParam[Settings],
    ) -> dg.RunRequest | dg.SkipReason:
        forget_dead_runs(context.instance)
        if context.instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY), limit=1):
            return dg.SkipReason("A run is under way.")
        try:
            plan = make_plan(settings)
            if plan.nothing:
                return dg.SkipReason(f"Nothing to do: {plan.n_same} files are as they were.")
            keys = context.instance.get_dynamic_partitions(REPORT_YEARS.name or "")
            return _next_run(warehouse.open(), settings, plan, [int(key) for key in keys])
        except (UsageError, WarehouseBusy) as problem:
            return dg.SkipReason(str(problem))

    return landing_zone_sensor


def _next_run(
    store: Warehouse, settings: Settings, plan: Plan, present: list[int]
) -> dg.RunRequest | dg.SkipReason:
    if not store.working_file.exists():
        return dg.RunRequest(job_name=INVENTORY_JOB, run_key=_run_key(INVENTORY_JOB, plan, ""))
    with store.read() as connection:
        left = compare(settings, connection)
        state = _state(connection)
        years = {
            year
            for (year,) in connection.execute(
                "select distinct report_year from raw.documents where status = 'primary'"
            ).fetchall()
        }
        stale = stale_years(connection)
    changed = {stage for stage, _ in left.inputs}
    # Years that are not laid out are those of an inventory that was killed after its tables.
    if left.first or left.files or changed & _FIRST_RUN or years != set(present):
        return dg.RunRequest(job_name=INVENTORY_JOB, run_key=_run_key(INVENTORY_JOB, plan, state))
    if not present:
        return dg.SkipReason("No report could be read and identified.")
    wanted = None if "tables_by_year" in changed else stale
    return dg.RunRequest(
        job_name=MEASURE_JOB,
        run_key=_run_key(MEASURE_JOB, plan, state),
        tags=year_range(years_to_measure(present, wanted)),
    )


def _state(connection: duckdb.DuckDBPyConnection) -> str:
    """What tells two looks apart that find the same change.

    A run that failed is not repeated until something changes; a change that comes back is.
    """
    seen = connection.execute(
        "select coalesce(max(noted_at)::varchar, '') from quality.stage_inputs "
        "where stage in ('inventory', 'observations', 'lexicons', 'panels', 'marks')"
    ).fetchone()
    published = connection.execute(
        "select coalesce(max(published_at)::varchar, '') from quality.builds"
    ).fetchone()
    return f"{seen} {published} {noted_inputs(connection)}"


def _run_key(job: str, plan: Plan, state: str) -> str:
    told = "\n".join([job, state, *map(str, plan.files), *map(str, plan.inputs)])
    return f"{job}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
