"""The landing zone is listed whole and in one order; nothing is followed, opened or changed."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import pytest

from orchestration.ingest import landing as zone
from orchestration.ingest.landing import (
    LandingOrigin,
    content_hash,
    count_entries,
    landing_origin,
    read,
    walk,
)
from orchestration.ingest.records import Ignored, Unreadable
from orchestration.ingest.reports import Limits

ODD_NAMES = [
    "空 格.md",
    "it's.md",
    '"q".md',
    "报告🎉.md",
    "'; DROP TABLE files;--.md",
    "a\nb.md",
    "é.md",
]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A landing zone with two reports in it."""
    folder = tmp_path / "landing"
    (folder / "reports" / "示例省").mkdir(parents=True)
    (folder / "reports" / "示例省" / "2020.md").write_text("一", encoding="utf-8")
    (folder / "reports" / "2019.txt").write_text("二", encoding="utf-8")
    return folder


def snapshot(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(p), p.lstat().st_mtime_ns, p.lstat().st_size) for p in folder.rglob("*"))


def test_files_are_listed_in_one_order_with_size_and_place(landing: Path) -> None:
    before = snapshot(landing)
    found = walk(landing)
    assert [(file.relative, file.bytes, file.problem) for file in found] == [
        ("reports/2019.txt", 3, None),
        ("reports/示例省/2020.md", 3, None),
    ]
    assert found[0].mtime == (landing / "reports" / "2019.txt").stat().st_mtime
    assert read(found[0]) == "二".encode()
    assert content_hash(found[0].path) == hashlib.sha256("二".encode()).hexdigest()
    assert snapshot(landing) == before


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_survive(landing: Path, name: str) -> None:
    (landing / "reports" / name).write_bytes(b"x")
    found = {file.relative: file for file in walk(landing)}
    # A line break in a name would write a line of its own on a terminal.
    shown = name.replace("\n", "\\x0a")
    assert read(found[f"reports/{shown}"]) == b"x"
    assert count_entries(landing) == len(found) == 3


def test_names_that_are_no_utf8_are_shown_and_opened(landing: Path) -> None:
    raw = os.fsencode(landing / "reports") + b"/\xff\xfe.md"
    try:
        Path(os.fsdecode(raw)).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    found = next(file for file in walk(landing) if "xff" in file.relative)
    assert found.relative == "reports/\\xff\\xfe.md"
    found.relative.encode()
    assert read(found) == b"x"


def test_links_are_named_not_followed(landing: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("秘密", encoding="utf-8")
    reports = landing / "reports"
    (reports / "file.md").symlink_to(secret)
    (reports / "loop").symlink_to(reports, target_is_directory=True)
    (reports / "示例省" / "self").symlink_to("self")
    (reports / "gone").symlink_to(tmp_path / "nowhere")
    found = {file.relative: file for file in walk(landing)}
    for name in ("file.md", "loop", "示例省/self", "gone"):
        problem = found[f"reports/{name}"].problem
        assert isinstance(problem, Ignored) and "symbolic link" in problem.reason
    assert len(found) == count_entries(landing) == 6
    assert isinstance(read(found["reports/file.md"]), Unreadable)


def test_a_reports_folder_that_is_a_link_is_named(tmp_path: Path, landing: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "reports").symlink_to(landing / "reports", target_is_directory=True)
    (found,) = walk(other)
    assert isinstance(found.problem, Ignored) and count_entries(other) == 1


def test_pipes_and_sockets_are_not_opened(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a named pipe for reading would wait for a writer for ever."""
    os.mkfifo(landing / "reports" / "pipe.md")
    monkeypatch.chdir(landing / "reports")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.md")
        found = {file.relative: file.problem for file in walk(landing)}
        assert count_entries(landing) == len(found) == 4
    pipe, plug = found["reports/pipe.md"], found["reports/s.md"]
    assert isinstance(pipe, Ignored) and "named pipe" in pipe.reason
    assert isinstance(plug, Ignored) and "socket" in plug.reason


def test_what_may_not_be_read_is_quarantined(
    landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, shut = landing / "reports" / "2019.txt", landing / "reports" / "示例省"
    monkeypatch.setattr(zone.os, "access", lambda path, mode: Path(path) != locked)
    scandir = os.scandir

    def refusing(path: str | Path) -> object:
        if Path(path) == shut:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(zone.os, "scandir", refusing)
    problems = {file.relative: file.problem for file in walk(landing)}
    assert set(problems) == {"reports/2019.txt", "reports/示例省"}
    for problem, kind in zip(problems.values(), ("file", "folder"), strict=True):
        assert isinstance(problem, Unreadable) and f"read the {kind}" in problem.reason
    assert count_entries(landing) == 2


def test_a_file_that_goes_away_or_fails_is_a_sentence(landing: Path) -> None:
    found = walk(landing)[0]
    found.path.unlink()
    outcome = read(found)
    assert isinstance(outcome, Unreadable) and outcome.reason.endswith(".")
    with pytest.raises(OSError, match="2019"):
        content_hash(found.path)


def test_a_large_file_is_refused_before_reading(landing: Path) -> None:
    big = landing / "reports" / "一行.txt"
    with big.open("wb") as handle:
        handle.truncate(200 * 1024 * 1024)
    problem = next(file.problem for file in walk(landing) if file.path == big)
    assert isinstance(problem, Unreadable) and "200.0 MiB" in problem.reason
    generous = Limits(max_file_bytes=1 << 30)
    assert all(file.problem is None for file in walk(landing, limits=generous))


def test_no_landing_zone_is_an_error_and_no_reports_none(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="not a folder"):
        walk(tmp_path / "nowhere")
    assert walk(tmp_path) == [] and count_entries(tmp_path) == 0


def test_the_origin_file(landing: Path) -> None:
    assert landing_origin(landing) == LandingOrigin(title="landing")
    path = landing / "landing.yaml"
    path.write_text("title: 示例\nis_sample: true\nlicence: CC0-1.0\n", encoding="utf-8")
    assert landing_origin(landing) == LandingOrigin(title="示例", is_sample=True, licence="CC0-1.0")


@pytest.mark.parametrize(
    "content",
    ["is_sample: 'yes'", "titel: x", "- a", "title: [", "a: " + "[" * 3000, "\tx", "is_sample: 2"],
)
def test_a_malformed_origin_is_one_sentence_that_names_the_file(
    landing: Path, content: str
) -> None:
    """An is_sample that is not understood must never pass for false."""
    (landing / "landing.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"landing\.yaml") as caught:
        landing_origin(landing)
    assert "\n" not in str(caught.value)
