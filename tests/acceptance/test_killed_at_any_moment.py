"""`kill -9` at random moments: the published warehouse stays readable, the next run converges.

The landing zone goes to and fro between two states, whose warehouses are known from builds that
nobody disturbed. After a kill the published one must be one of the two, whole; a run that is left
alone must end with the one of the present state.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Xinku
from tests.fixtures.contents import contents
from tests.fixtures.prose import report_text

pytestmark = pytest.mark.acceptance

_SHORT, _LONG = 1, 50
_LEFT_ALONE = 10
REGIONS = ("江苏省", "浙江省", "四川省")
Contents = dict[str, list[tuple[Any, ...]]]


def lay(zone: Path, state: int) -> None:
    """Put the landing zone into one of its two states: a report edited, one come, one moved."""
    for region in REGIONS:
        for year in (2020, 2021):
            words = "发展芯片产业。" * (1 + state) if region == "江苏省" else "发展高新技术。"
            put(zone / "reports" / region / f"{year}.txt", report_text(region, year, words))
    put(zone / "reports" / "安徽省" / "2021.txt", report_text("安徽省", 2021), there=state == 1)
    moved = report_text("湖北省", 2020, "发展集成电路。")
    put(zone / "reports" / "湖北省" / "2020.txt", moved, there=state == 0)
    put(zone / "reports" / "湖北2020.txt", moved, there=state == 1)


def put(path: Path, text: str, *, there: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not there:
        path.unlink(missing_ok=True)
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def start(command: str, zone: Path, folder: Path) -> subprocess.Popen[bytes]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("XINKU_", "DAGSTER"))}
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", command, "--landing", str(zone)],
        cwd=folder,
        env=inherited,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(run: subprocess.Popen[bytes], *, alone: bool) -> None:
    """Kill the command; ``alone`` leaves a dbt that it started to end by itself."""
    with contextlib.suppress(ProcessLookupError):
        if alone:
            run.kill()
        else:
            os.killpg(run.pid, signal.SIGKILL)
    run.wait(60)


@pytest.mark.parametrize("command", ["build", "refresh"])
@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(_SHORT, id="short"),
        pytest.param(_LONG, id="long", marks=pytest.mark.slow),
    ],
)
def test_nothing_is_lost_and_the_next_run_converges(
    command: str, rounds: int, tmp_path: Path, xinku: Xinku
) -> None:
    draw = random.Random(f"{command} {rounds}")
    zone = tmp_path / "zone"
    expected: list[Contents] = []
    for state in (0, 1):
        lay(zone, state)
        (tmp_path / f"clean{state}").mkdir()
        done = xinku("build", "--landing", str(zone), cwd=tmp_path / f"clean{state}")
        assert done.returncode == 0, done.stderr
        expected.append(contents(tmp_path / f"clean{state}" / "xinku.duckdb"))
    assert expected[0] != expected[1]
    folder = tmp_path / "killed"
    folder.mkdir()
    lay(zone, 0)
    began = time.monotonic()
    assert xinku("build", "--landing", str(zone), cwd=folder).returncode == 0
    longest = time.monotonic() - began
    warehouse = folder / "xinku.duckdb"
    known, state = 0, 0
    for round_ in range(1, rounds + 1):
        state = 1 - state
        lay(zone, state)
        run = start(command, zone, folder)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(draw.uniform(0.2, longest))
        kill(run, alone=draw.random() < 0.5)
        found = contents(warehouse)
        assert found in (expected[known], expected[state]), (command, round_)
        known = expected.index(found)
        if round_ % _LEFT_ALONE == 0 or round_ == rounds:
            done = xinku(command, "--landing", str(zone), cwd=folder)
            assert done.returncode == 0, (round_, done.stderr)
            assert contents(warehouse) == expected[state], (command, round_)
            known = state
