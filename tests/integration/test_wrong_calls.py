"""Calls that cannot work end with one sentence, an exit code, and nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Xinku

pytestmark = pytest.mark.integration


def one_sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_a_landing_zone_that_is_not_there(xinku: Xinku, tmp_path: Path) -> None:
    said = one_sentence(xinku("build", "--landing", "没有这个文件夹", cwd=tmp_path), 2)
    assert "没有这个文件夹 does not exist" in said
    assert list(tmp_path.iterdir()) == []


def test_a_file_instead_of_a_landing_zone(xinku: Xinku, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "not a folder" in one_sentence(xinku("build", "--landing", "file", cwd=tmp_path), 2)


def test_an_empty_landing_zone(xinku: Xinku, tmp_path: Path) -> None:
    (tmp_path / "zone").mkdir()
    said = one_sentence(xinku("build", "--landing", "zone", cwd=tmp_path), 2)
    assert "no folder named reports" in said
    (tmp_path / "zone" / "reports").mkdir()
    assert "is empty" in one_sentence(xinku("build", "--landing", "zone", cwd=tmp_path), 2)


def test_a_landing_yaml_that_is_wrong(xinku: Xinku, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.txt").touch()
    (tmp_path / "landing.yaml").write_text("is_sampel: true", encoding="utf-8")
    said = one_sentence(xinku("build", "--landing", ".", cwd=tmp_path), 2)
    assert "is_sampel" in said


def test_an_unknown_study(xinku: Xinku, tmp_path: Path) -> None:
    said = one_sentence(xinku("build", "--study", "chip_inovation", cwd=tmp_path), 2)
    assert "chip_innovation" in said


def test_years_that_are_none(xinku: Xinku, tmp_path: Path) -> None:
    assert "--years" in one_sentence(xinku("build", "--years", "last", cwd=tmp_path), 2)


def test_years_without_a_report(xinku: Xinku, tmp_path: Path) -> None:
    done = xinku("build", "--years", "1960", cwd=tmp_path)
    assert done.returncode == 1
    assert "No report" in done.stderr
    assert not (tmp_path / "xinku.duckdb").exists()


def test_a_folder_for_the_warehouse_that_is_not_there(xinku: Xinku, tmp_path: Path) -> None:
    said = one_sentence(xinku("build", "--warehouse", "不存在/w.duckdb", cwd=tmp_path), 2)
    assert "create it first" in said


def test_somebody_elses_file_is_left_alone(xinku: Xinku, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear professor", encoding="utf-8")
    said = one_sentence(xinku("build", "--warehouse", str(letter), cwd=tmp_path), 2)
    assert "not a xinku warehouse" in said
    assert letter.read_text(encoding="utf-8") == "dear professor"


def test_a_warehouse_open_for_writing_elsewhere(xinku: Xinku, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()",
            str(path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        for command in ("build", "status"):
            said = one_sentence(xinku(command, "--warehouse", str(path), cwd=tmp_path), 1)
            assert "open in another program" in said
    finally:
        holder.communicate(b"\n")


def test_a_build_that_is_running_already(xinku: Xinku, tmp_path: Path) -> None:
    from filelock import FileLock

    home = tmp_path / ".xinku" / "xinku"
    home.mkdir(parents=True)
    with FileLock(str(home / "build.lock")):
        done = xinku("build", cwd=tmp_path)
    assert done.returncode == 1
    assert "Another build" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_before_any_build(xinku: Xinku, tmp_path: Path) -> None:
    assert "run `xinku build` first" in one_sentence(xinku("status", cwd=tmp_path), 2)


def test_debug_shows_the_traceback(xinku: Xinku, tmp_path: Path) -> None:
    done = xinku("build", "--landing", "nowhere", "--debug", cwd=tmp_path)
    assert done.returncode != 0
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("command", ["build", "status", "ui"])
def test_help_answers_at_once(xinku: Xinku, tmp_path: Path, command: str) -> None:
    done = xinku(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout
