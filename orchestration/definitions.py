"""Everything Dagster loads, put together by a function so that tests can swap the parts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.assets.attention import lexicons, review_marks, text_measures
from orchestration.assets.dbt import dbt_asset_sets
from orchestration.assets.models import models, replication
from orchestration.assets.panel import panels
from orchestration.assets.reports import landing_zone
from orchestration.assets.results import published_findings
from orchestration.checks import CHECKS
from orchestration.dbt_project import prepared_project
from orchestration.jobs import INVENTORY_JOB, MEASURE_JOB
from orchestration.progress import Silent
from orchestration.resources import FastDbtCli, WarehouseResource
from orchestration.sensors import watch_landing_zone
from orchestration.settings import DBT_PROJECT, Settings

_INVENTORY = dg.AssetSelection.assets(landing_zone, lexicons, panels, review_marks)


def build_defs(
    settings: Settings | None = None, resources: Mapping[str, Any] | None = None
) -> dg.Definitions:
    """Assemble assets, checks, jobs and resources.

    Args:
        settings: the warehouse and its landing zone; from the environment by default.
        resources: resources to use instead of the usual ones, by name.
    """
    settings = settings or Settings.resolve()
    os.environ.update(settings.environment())
    resources = {"progress": Silent(), **(resources or {})}
    resources["progress"].stage("Preparing dbt")
    project = prepared_project(settings)
    jobs = [
        dg.define_asset_job(
            INVENTORY_JOB,
            selection=_INVENTORY | dg.AssetSelection.checks_for_assets(landing_zone),
            description="Look at the landing zone, the word lists and the marks; read what is "
            "new, choose what is counted.",
        ),
        dg.define_asset_job(
            MEASURE_JOB,
            selection=dg.AssetSelection.all() - _INVENTORY,
            description="Count, build the marts, check them, for a range of report years.",
        ),
    ]
    return dg.Definitions(
        assets=[
            *(landing_zone, lexicons, panels, review_marks, text_measures),
            *dbt_asset_sets(project),
            published_findings,
            models,
            replication,
        ],
        asset_checks=CHECKS,
        jobs=jobs,
        sensors=[watch_landing_zone(jobs)],
        resources={
            "settings": settings,
            "warehouse": WarehouseResource(
                working_file=str(settings.working_file), published=str(settings.warehouse)
            ),
            "dbt": FastDbtCli(
                project_dir=str(DBT_PROJECT),
                profiles_dir=str(DBT_PROJECT),
                # Beside this interpreter: an environment that is used by path, without being
                # activated, has no dbt on the PATH, or another one.
                dbt_executable=str(Path(sys.executable).with_name("dbt")),
            ),
            **resources,
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What `workspace.yaml` and `dg` load."""
    return build_defs()
