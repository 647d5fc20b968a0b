"""A build from the terminal: the same Dagster jobs that the UI runs, one after the other."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from filelock import FileLock, Timeout

from orchestration.ingest.landing import landing_origin, walk
from orchestration.ingest.overrides import read_overrides
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.corrections import read_corrections
from orchestration.jobs import INVENTORY_JOB, MEASURE_JOB, year_range, years_to_measure
from orchestration.progress import Progress
from orchestration.settings import Settings, UsageError
from orchestration.staleness import noted_inputs, stale_years
from orchestration.study import load_studies
from orchestration.warehouse import Warehouse, WarehouseBusy, open_snapshot
from orchestration.yearbook_stages import indicators_of, profiles_of

if TYPE_CHECKING:
    import dagster as dg


# Errors that are a sentence for the user already; what caused them is not.
_SENTENCES = ("WarehouseBusy", "UsageError")
# What DuckDB says of a file whose blocks a disk or a power cut has spoiled.
_DAMAGED = re.compile(r"checksum|[Cc]orrupt")


@dataclass
class Outcome:
    """What became of a build: nothing in ``failures`` means that it was published.

    Attributes:
        failures: what failed, a sentence each.
        log: what Dagster and dbt said.
        files_read: files that were opened and read.
        files_kept: files whose reading was kept.
        reports_counted: reports whose terms were counted.
        years: report years whose hits were made anew.
        changed_cells: cells of marts and models that are not as in the last publication.
    """

    failures: list[str] = field(default_factory=list)
    log: Path | None = None
    files_read: int = 0
    files_kept: int = 0
    reports_counted: int = 0
    years: tuple[int, ...] = ()
    changed_cells: int = 0


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
    read_overrides(landing)
    profiles_of(settings)
    read_corrections(landing, RegionTable.from_seeds(), indicators_of(settings))
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


def run_build(settings: Settings, progress: Progress, *, anew: bool = True) -> Outcome:
    """Build the warehouse of these settings and publish it.

    Args:
        settings: the warehouse and what it is made from.
        progress: told of stages.
        anew: do everything; otherwise only what the state of the working file asks for. Either
            way the tables end the same.

    Raises:
        WarehouseBusy: another build of this warehouse is running.
    """
    with sole_build(settings):
        warehouse = Warehouse(settings.working_file, settings.warehouse)
        warehouse.heal()
        if not _is_of(settings.landing, warehouse):
            warehouse.reset()
        settings.remember("working")
        log = settings.home / "build.log"
        with log.open("w", encoding="utf-8") as file, _quiet(file):
            outcome = _run_jobs(settings, progress, anew)
            if any(_DAMAGED.search(failure) for failure in outcome.failures):
                # The published copy is sound: begin from it once more.
                warehouse.reset()
                warehouse.heal()
                outcome = _run_jobs(settings, progress, anew)
        outcome.log = log
        if not outcome.failures:
            settings.remember("published")
        return outcome


def _is_of(landing: Path, warehouse: Warehouse) -> bool:
    """Whether the working file was filled from this landing zone; a new one can be of any."""
    if not warehouse.working_file.exists():
        return True
    with warehouse.read() as connection:
        noted = noted_inputs(connection).get("inventory", {})
    return noted.get("landing", str(landing)) == str(landing)


@contextlib.contextmanager
def sole_build(settings: Settings) -> Iterator[None]:
    """Hold the right to build this warehouse from the terminal.

    Raises:
        WarehouseBusy: another build of it is running; the sentence says which process.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "build.lock"
    holder = settings.home / "build.pid"
    lock = FileLock(str(path))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        who = holder.read_text(encoding="utf-8") if holder.exists() else "another process"
        raise WarehouseBusy(
            f"Another build of {settings.warehouse} is running ({who}); wait until it ends."
        ) from error
    try:
        began = time.strftime("%H:%M:%S")
        holder.write_text(f"process {os.getpid()}, since {began}", encoding="utf-8")
        yield
    finally:
        lock.release()


def _run_jobs(settings: Settings, progress: Progress, anew: bool) -> Outcome:
    progress.stage("Importing Dagster")
    from orchestration.definitions import build_defs
    from orchestration.instance import build_instance, forget_killed_builds
    from orchestration.partitions import REPORT_YEARS
    from orchestration.publication import KEEP_SNAPSHOT, publish, unfit

    def run(job: str, ops: Mapping[str, Mapping[str, Any]], **tags: str) -> _Run:
        config = {op: {"config": dict(values)} for op, values in ops.items()}
        return _run(defs, job, instance, config, {KEEP_SNAPSHOT: "true", **tags})

    warehouse = Warehouse(settings.working_file, settings.warehouse)
    with build_instance(settings) as instance:
        forget_killed_builds(instance)
        defs = build_defs(settings, {"progress": progress})
        inventory = run(INVENTORY_JOB, {"landing_zone": {"anew": anew}})
        present = [int(year) for year in instance.get_dynamic_partitions(REPORT_YEARS.name or "")]
        if not present and all(one.startswith("Check ") for one in inventory.failures):
            wanted = f" for {settings.years}" if settings.years else ""
            return Outcome([f"No report could be read and identified{wanted}."])
        if inventory.failures:
            return Outcome(inventory.failures)
        with warehouse.read() as connection:
            stale = None if anew else stale_years(connection)
        span = years_to_measure(present, stale)
        ops = {"text_measures": {"anew": anew}, "dbt_by_report_year": {"full_refresh": anew}}
        measured = run(MEASURE_JOB, ops, **year_range(span))
        if measured.failures:
            return Outcome(measured.failures)
        progress.stage("Publishing")
        reason = unfit(warehouse, [inventory.run_id, measured.run_id])
        if reason:
            return Outcome([f"The warehouse is not fit to be published: {reason}."])
        kind: Literal["build", "refresh"] = "build" if anew else "refresh"
        files_read = inventory.fact("landing_zone", "files_read")
        return Outcome(
            files_read=files_read,
            files_kept=inventory.fact("landing_zone", "files_found") - files_read,
            reports_counted=measured.fact("text_measures", "documents_counted"),
            years=tuple(span) if stale is None or stale else (),
            changed_cells=publish(
                warehouse, settings, run_id=measured.run_id, kind=kind, checked=True
            ),
        )


@dataclass(frozen=True)
class _Run:
    run_id: str
    failures: list[str]
    result: dg.ExecuteInProcessResult

    def fact(self, step: str, name: str) -> int:
        """A number that a step wrote into its metadata."""
        (first, *_) = self.result.asset_materializations_for_node(step)
        return int(str(first.metadata[name].value))


def _run(
    defs: dg.Definitions,
    job: str,
    instance: dg.DagsterInstance,
    op_config: dict[str, Any],
    tags: dict[str, str],
) -> _Run:
    """Run one job to its end, and note what failed, a sentence each."""
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
        return _Run(result.run_id, [], result)
    checks = check_rows(instance, result.run_id)
    failures = [
        f"Check {row['check_name']} of {row['asset']} failed: {row['detail']}"
        for row in checks
        if not row["passed"] and row["severity"] == "error"
    ]
    steps = [
        _sentence(event)
        for event in result.all_events
        if event.is_step_failure or event.is_run_failure
    ]
    return _Run(result.run_id, failures or steps[:1], result)


def _sentence(event: dg.DagsterEvent) -> str:
    """The root of a failure in one line.

    Raises:
        KeyboardInterrupt: Dagster was interrupted, which it reports as a failure.
    """
    data: Any = event.event_specific_data
    error = getattr(data, "error", None)
    while error is not None and error.cause is not None and error.cls_name not in _SENTENCES:
        error = error.cause
    if error is None:
        return event.message or "The run failed."
    last = [line for line in error.message.strip().splitlines() if line.strip()]
    name = error.cls_name or "Error"
    if name == "DagsterExecutionInterruptedError":
        raise KeyboardInterrupt
    if name in _SENTENCES:
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
