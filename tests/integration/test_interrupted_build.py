"""A build that is killed or stopped costs nothing: the next one finishes and publishes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Xinku

pytestmark = pytest.mark.integration

_STAGE_SECONDS = 120


def start(folder: Path) -> subprocess.Popen[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("XINKU_", "DAGSTER"))}
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "build", "--years", "2020"],
        cwd=folder,
        env={**inherited, "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(build: subprocess.Popen[str], stage: str) -> str:
    """What the build said until it reached a stage."""
    assert build.stderr is not None
    end = time.monotonic() + _STAGE_SECONDS
    said = ""
    while stage not in said:
        assert time.monotonic() < end, said
        line = build.stderr.readline()
        assert line, said
        said += line
    return said


def test_a_killed_build_does_not_stop_the_next(xinku: Xinku, tmp_path: Path) -> None:
    """Dagster once kept the killed run's place in a pool, and the next build waited for ever."""
    build = start(tmp_path)
    wait_for(build, "dbt hits")
    os.killpg(build.pid, signal.SIGKILL)
    build.wait(30)
    assert not (tmp_path / "xinku.duckdb").exists()
    done = xinku("build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(tmp_path / "xinku.duckdb"), read_only=True) as connection:
        rows = connection.execute("select count(*) from marts.government_attention").fetchone()
    assert rows == (62,)
    first = (tmp_path / "xinku.duckdb").read_bytes()

    build = start(tmp_path)
    wait_for(build, "Counting terms")
    os.kill(build.pid, signal.SIGINT)
    assert build.stderr is not None
    said = build.stderr.read()
    assert build.wait(60) == 130, said
    assert "Traceback" not in said
    assert "as it was before" in said
    assert (tmp_path / "xinku.duckdb").read_bytes() == first
