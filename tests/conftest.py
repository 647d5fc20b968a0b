"""Fixtures that several kinds of test share: where the real data is, and one built warehouse."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fixtures.in_process import Dbt

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED = CHECKOUT.parent / "shared"

Xinku = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("XINKU_", "DAGSTER_HOME"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real reports and golden numbers beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside the checkout: real reports and golden numbers are there")
    return SHARED


@pytest.fixture(scope="session")
def xinku() -> Xinku:
    """Runs the command as a user does, in a process and folder of its own."""

    def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("XINKU_", "DAGSTER"))}
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            cwd=cwd,
            env={**inherited, "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    return run


@pytest.fixture(scope="session")
def sample_build(
    tmp_path_factory: pytest.TempPathFactory, xinku: Xinku
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The bundled sample, built once by the main command from an empty folder."""
    folder = tmp_path_factory.mktemp("芯库 sample")
    done = xinku("build", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "xinku.duckdb", done


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """The models, to be run in this process: see `tests.fixtures.in_process`."""
    from tests.fixtures.in_process import Dbt

    return Dbt(tmp_path_factory.mktemp("dbt"))
