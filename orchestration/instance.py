"""Dagster's own records of a warehouse: where they are, and how its parts are set."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.publication import KEEP_SNAPSHOT
from orchestration.settings import CHECKOUT, Settings

_WITH_A_PROCESS = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
# Loading the code takes a run some ten seconds; a laptop under load has been seen to need a minute.
_TIME_TO_START = timedelta(minutes=10)

# Capturing a step's standard output starts a helper process each; a build on the terminal keeps
# its own log.
_BUILD_ONLY = """
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
  config: {}
"""


def write_instance(settings: Settings) -> None:
    """Lay out DAGSTER_HOME for this warehouse, with the checkout's own dagster.yaml."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    text = (CHECKOUT / "dagster.yaml").read_text(encoding="utf-8")
    (settings.dagster_home / "dagster.yaml").write_text(text, encoding="utf-8")
    (settings.dagster_home / "build.yaml").write_text(text + _BUILD_ONLY, encoding="utf-8")


def forget_killed_builds(instance: dg.DagsterInstance) -> None:
    """Report the runs of killed builds as failed; the caller holds the right to build.

    Dagster goes on counting them as running, and its queue would wait for them for ever.
    """
    ours = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED],
        tags={KEEP_SNAPSHOT: "true"},
    )
    for run in instance.get_runs(ours):
        instance.report_run_failed(run, "Its process has ended without a word.")


def forget_dead_runs(instance: dg.DagsterInstance) -> None:
    """Report the runs whose process has ended without a word as failed.

    The web interface's launcher does not watch its processes: a run that was killed stays
    "started", and whoever waits for its end waits for ever.
    """
    for record in instance.get_run_records(dg.RunsFilter(statuses=_WITH_A_PROCESS)):
        run, process = record.dagster_run, _process_of(instance, record.dagster_run.run_id)
        if process is not None and not _lives(process):
            instance.report_run_failed(run, f"Its process, {process}, has ended without a word.")
        elif process is None and datetime.now(UTC) - _told_last(record) > _TIME_TO_START:
            instance.report_run_failed(run, "Its process has never started its steps.")


def _told_last(record: dg.RunRecord) -> datetime:
    return record.update_timestamp.replace(tzinfo=record.update_timestamp.tzinfo or UTC)


def _process_of(instance: dg.DagsterInstance, run_id: str) -> int | None:
    records = instance.get_records_for_run(
        run_id, of_type=dg.DagsterEventType.ENGINE_EVENT, ascending=False
    ).records
    for record in records:
        event = record.event_log_entry.dagster_event
        told = event.engine_event_data.metadata.get("pid") if event else None
        if told is not None and str(told.value).isdigit():
            return int(str(told.value))
    return None


def _lives(process: int) -> bool:
    if os.name != "posix":  # there, signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def build_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance that a build in this process records its runs in."""
    write_instance(settings)
    os.environ.update(settings.environment())
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with dg.DagsterInstance.from_config(str(settings.dagster_home), "build.yaml") as instance:
        yield instance
