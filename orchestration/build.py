"""A build from the terminal: the same Dagster jobs that the UI runs, one after the other."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from orchestration.ingest.landing import landing_origin, walk
from orchestration.progress import Progress
from orchestration.settings import Settings, UsageError
from orchestration.study import load_studies
from orchestration.warehouse import Warehouse, WarehouseBusy, open_snapshot

if TYPE_CHECKING:
    import dagster as dg


@dataclass
class Outcome:
    """What became of a build: nothing in ``failures`` means that it was published."""

    failures: list[str] = field(default_factory=list)
    log: Path | None = None


def check_call(settings: Settings) -> None:
    """Refuse a call that cannot work, before anything heavy is imported.

    Raises:
        UsageError: the landing zone is missing or empty, or a study is not known.
        WarehouseBusy: the published warehouse is open for writing elsewhere.
    """
    landing = settings.landing
    if not landing.is_dir():
        what = "is a file, not a folder" if landing.exists() else "does not exist"
        raise UsageError(f"The landing zone {landing} {what}; give --landing a folder.")
    if not (landing / "reports").is_dir():
        raise UsageError(
            f"{landing} has no folder named reports; put your report files into {landing}/reports."
        )
    if not walk(landing):
        raise UsageError(f"{landing / 'reports'} is empty; put report files into it.")
    load_studies(landing, settings.studies)
    try:
        landing_origin(landing)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not settings.warehouse.parent.is_dir():
        raise UsageError(f"The folder {settings.warehouse.parent} does not exist; create it first.")
    if settings.warehouse.exists():
        _check_published(settings.warehouse)


def _check_published(path: Path) -> None:
    import duckdb

    try:
        with open_snapshot(path) as connection:
            connection.execute("select 1 from raw.files limit 1")
    except duckdb.Error as error:
        raise UsageError(
            f"{path} exists and is not a xinku warehouse; it is left alone. Name another file with "
            "--warehouse, or move this one away."
        ) from error


def run_build(settings: Settings, progress: Progress) -> Outcome:
    """Build the warehouse of these settings from the beginning and publish it.

    Raises:
        WarehouseBusy: another build of this warehouse is running.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(settings.home / "build.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise WarehouseBusy(
            f"Another build of {settings.warehouse} is running; wait until it ends."
        ) from error
    try:
        warehouse = Warehouse(settings.working_file, settings.warehouse)
        warehouse.heal()
        if settings.previous_landing() not in (None, settings.landing):
            warehouse.reset()
        settings.remember("working")
        log = settings.home / "build.log"
        with log.open("w", encoding="utf-8") as file, _quiet(file):
            failures = _run_jobs(settings, progress)
        if not failures:
            settings.remember("published")
        return Outcome(failures, log)
    finally:
        lock.release()


def _run_jobs(settings: Settings, progress: Progress) -> list[str]:
    progress.stage("Importing Dagster")
    from orchestration.definitions import INVENTORY_JOB, MEASURE_JOB, build_defs
    from orchestration.instance import build_instance
    from orchestration.partitions import REPORT_YEARS
    from orchestration.resources import KEEP_SNAPSHOT, unfit

    def run(job: str, op_config: dict[str, Any], **tags: str) -> list[str]:
        return _run(defs, job, instance, op_config, {KEEP_SNAPSHOT: "true", **tags})

    with build_instance(settings) as instance:
        defs = build_defs(settings, {"progress": progress})
        failures = run(INVENTORY_JOB, {})
        years = instance.get_dynamic_partitions(REPORT_YEARS.name or "")
        if not years and all(sentence.startswith("Check ") for sentence in failures):
            wanted = f" for {settings.years}" if settings.years else ""
            return [f"No report could be read and identified{wanted}."]
        span = {
            "dagster/asset_partition_range_start": years[0],
            "dagster/asset_partition_range_end": years[-1],
        }
        full = {"dbt_by_report_year": {"config": {"full_refresh": True}}}
        failures = failures or run(MEASURE_JOB, full, **span)
        if failures:
            return failures
        progress.stage("Publishing")
        warehouse = Warehouse(settings.working_file, settings.warehouse)
        reason = unfit(warehouse)
        if reason:
            return [f"The warehouse is not fit to be published: {reason}."]
        warehouse.publish()
        return []


def _run(
    defs: dg.Definitions,
    job: str,
    instance: dg.DagsterInstance,
    op_config: dict[str, Any],
    tags: dict[str, str],
) -> list[str]:
    """Run one job to its end; what failed, a sentence each."""
    from orchestration.check_log import check_rows

    result = defs.resolve_job_def(job).execute_in_process(
        run_config={
            "ops": op_config,
            "loggers": {"console": {"config": {"log_level": "WARNING"}}},
        },
        instance=instance,
        tags=tags,
        raise_on_error=False,
    )
    if result.success:
        return []
    checks = check_rows(instance, result.run_id)
    failures = [
        f"Check {row['check_name']} of {row['asset']} failed: {row['detail']}"
        for row in checks
        if not row["passed"] and row["severity"] == "error"
    ]
    return (
        failures
        or [
            _sentence(event)
            for event in result.all_events
            if event.is_step_failure or event.is_run_failure
        ][:1]
    )


def _sentence(event: dg.DagsterEvent) -> str:
    """The root of a failure in one line.

    Raises:
        KeyboardInterrupt: Dagster was interrupted, which it reports as a failure.
    """
    data: Any = event.event_specific_data
    error = getattr(data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return event.message or "The run failed."
    last = [line for line in error.message.strip().splitlines() if line.strip()]
    name = error.cls_name or "Error"
    if name == "DagsterExecutionInterruptedError":
        raise KeyboardInterrupt
    if name in ("WarehouseBusy", "UsageError"):
        return str(error.message).strip().partition(": ")[2]
    return f"{event.step_key or 'The run'} failed: {last[0] if last else name}"


@contextlib.contextmanager
def _quiet(log: Any) -> Iterator[None]:
    """Send what Dagster, dbt and their libraries print to the log, not to the terminal."""
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = [handler]
    try:
        with (
            contextlib.redirect_stdout(log),
            contextlib.redirect_stderr(log),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        root.handlers[:] = before
