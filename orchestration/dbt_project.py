"""The dbt project as Dagster needs it: its folder, its manifest, and keeping that up to date."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dagster_dbt import DbtProject

from orchestration.settings import DBT_PROJECT, Settings


def prepared_project(settings: Settings) -> DbtProject:
    """The dbt project with a manifest that is newer than every file it was parsed from.

    Raises:
        RuntimeError: dbt cannot parse the project; the message is dbt's own.
    """
    manifest = settings.dbt_target / "manifest.json"
    if not _is_fresh(manifest):
        _parse(settings)
    return DbtProject(project_dir=DBT_PROJECT, target_path=settings.dbt_target)


def _is_fresh(manifest: Path) -> bool:
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    sources = (path for path in DBT_PROJECT.rglob("*") if path.suffix in (".sql", ".yml", ".csv"))
    return all(path.stat().st_mtime < made for path in sources)


def _parse(settings: Settings) -> None:
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "parse", "--quiet"],
        cwd=DBT_PROJECT,
        env={
            **os.environ,
            **settings.environment(),
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
            "DBT_LOG_PATH": str(settings.dbt_target),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"dbt cannot parse {DBT_PROJECT}:\n{done.stdout}{done.stderr}")
