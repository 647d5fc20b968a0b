"""Dagster's own records of a warehouse: where they are, and how its parts are set."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.publication import KEEP_SNAPSHOT
from orchestration.settings import CHECKOUT, Settings

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


@contextmanager
def build_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance that a build in this process records its runs in."""
    write_instance(settings)
    os.environ.update(settings.environment())
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with dg.DagsterInstance.from_config(str(settings.dagster_home), "build.yaml") as instance:
        yield instance
