"""The dbt project as Dagster needs it: its folder, its manifest, and keeping that up to date."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import subprocess
import sys

from dagster_dbt import DbtProject

from orchestration.settings import DBT_PROJECT, Settings


def prepared_project(settings: Settings) -> DbtProject:
    """The dbt project with a manifest of its present files.

    Raises:
        RuntimeError: dbt cannot parse the project; the message is dbt's own.
    """
    digest = _digest()
    stamp = settings.dbt_target / "sources.digest"
    manifest = settings.dbt_target / "manifest.json"
    if not (manifest.exists() and stamp.exists() and stamp.read_text() == digest):
        _parse(settings)
        stamp.write_text(digest)
    return DbtProject(project_dir=DBT_PROJECT, target_path=settings.dbt_target)


def _digest() -> str:
    """Of everything a manifest is made from: files by name, size and time, and dbt's version."""
    parts = [importlib.metadata.version("dbt-core")]
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml", ".csv"):
            status = path.stat()
            parts.append(f"{path.relative_to(DBT_PROJECT)} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


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
