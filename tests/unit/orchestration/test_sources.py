"""The catalogue of public corpora, and what is refused before git is ever started."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from orchestration.cli.sources import sources as command
from orchestration.settings import UsageError
from orchestration.sources import find_source, load_catalogue
from orchestration.sources.catalogue import Part, Source
from orchestration.sources.fetching import _is_safe
from orchestration.sources.git import checked_address

SOURCE: dict[str, Any] = {
    "name": "one",
    "title": "t",
    "producer": "p",
    "address": "https://example.org/a/b",
    "commit_note": "n",
    "licence": "none stated",
    "coverage": "c",
    "parts": [{"include": ["**/*.md"], "into": "reports/one"}],
}


def test_every_known_corpus_says_what_a_citation_needs() -> None:
    known = load_catalogue()
    assert len(known) == 10
    for source in known.values():
        assert source.address.startswith("https://github.com/")
        assert checked_address(source.address)
        assert source.defects and source.coverage and source.licence and source.commit_note
        if source.commit is None:
            assert "written down" in source.commit_note
    assert sum(1 for s in known.values() if s.commit and len(s.commit) == 40) == 5


def test_the_catalogue_names_every_repository_of_the_shared_readme(shared: Path) -> None:
    text = (shared / "data" / "README.md").read_text(encoding="utf-8")
    named = {
        name.lower()
        for name in re.findall(r"\b[\w-]+/[A-Za-z][\w-]+\b", text)
        if re.search(rf"github {re.escape(name)}|\| github .*{re.escape(name)}", text)
    }
    known = {
        s.address.removeprefix("https://github.com/").lower() for s in load_catalogue().values()
    }
    assert known <= {n.lower() for n in re.findall(r"[\w-]+/[\w-]+", text)}
    assert named & known == known


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("a/*/*.md", "a/江苏省/2021.md", True),
        ("a/*/*.md", "a/b/c/2021.md", False),
        ("a/*.md", "b/a/x.md", False),
        ("**/*.zip", "x.zip", True),
        ("**/*.zip", "a/b/x.zip", True),
        ("d/**", "d/a/b.txt", True),
        ("分省 (?).csv", "分省 (1).csv", True),
        ("分省 (?).csv", "分省 (12).csv", False),
        ("a.c", "abc", False),
        ("*.md", "x.md\n", False),
    ],
)
def test_globs_stay_within_a_folder_unless_doubled(glob: str, path: str, fits: bool) -> None:
    found = Part(include=(glob,), into="reports/x").target(path)
    assert found == (f"reports/x/{path}" if fits else None)


def test_the_base_folder_is_taken_off() -> None:
    part = Part(include=("data/**/*.txt",), base="data", into="reports/x")
    assert part.target("data/a/b.txt") == "reports/x/a/b.txt"


@pytest.mark.parametrize(
    "change",
    [
        {"parts": [{"include": ["*"], "into": "reports"}]},
        {"parts": [{"include": ["*"], "into": "reports/other"}]},
        {"parts": [{"include": ["*"], "into": "../reports/one"}]},
        {"parts": [{"include": ["*"], "into": "reports/one/../../x"}]},
        {"parts": [{"include": ["*"], "into": "/reports/one"}]},
        {"parts": []},
        {"name": "../one"},
        {"name": "One"},
        {"commit": "HEAD"},
        {"commit": "--upload-pack=x"},
        {"unknown": 1},
    ],
)
def test_a_catalogue_that_cannot_be_meant_is_refused(
    change: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump({"sources": [{**SOURCE, **change}]}), encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(str(path))):
        load_catalogue(path)
    assert Source.model_validate(SOURCE)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/a",
        "ssh://example.org/a",
        "git://example.org/a",
        "git@example.org:a/b",
        "example.org:a",
        "ext::sh -c id",
        "fd::3",
        "--upload-pack=id",
        "",
        "https://name:secret@example.org/a",
        "https://token@example.org/a",
        "https://example.org/a\nb",
        "no/such/folder",
    ],
)
def test_other_addresses_are_refused_and_no_password_is_repeated(address: str) -> None:
    with pytest.raises(UsageError) as told:
        checked_address(address)
    assert "secret" not in str(told.value)


def test_https_file_and_local_folders_are_accepted(tmp_path: Path) -> None:
    for address in ("https://example.org/a/b", f"file://{tmp_path}", str(tmp_path)):
        assert checked_address(address) == address


@pytest.mark.parametrize(
    "path",
    [
        "a/../b",
        "a//b",
        "/a",
        "a/./b",
        "a/.git/config",
        "a/.GIT",
        "a\\b",
        "a/b\n",
        "a/c:d",
        "a/x.",
        "a/\udcff",
    ],
)
def test_unsafe_paths_are_known(path: str) -> None:
    assert not _is_safe(path)


@pytest.mark.parametrize(
    "path", ["reports/政府工作报告/江苏省/2021年 (1).md", "a/2011年）).txt", "a/…"]
)
def test_usual_paths_are_safe(path: str) -> None:
    assert _is_safe(path)


def test_a_source_is_found_by_name_or_repository_and_a_slip_names_the_nearest() -> None:
    known = load_catalogue()
    assert find_source("lawtext-gov", known).name == "lawtext-gov"
    assert find_source("lawtext/gov", known).name == "lawtext-gov"
    with pytest.raises(UsageError, match="the nearest is lawtext-gov"):
        find_source("lawtextgov", known)
    with pytest.raises(UsageError, match="sources list"):
        find_source("北京", known)


def test_the_list_is_readable_by_people_and_programs() -> None:
    shown = CliRunner().invoke(command, ["list"])
    assert shown.exit_code == 0
    assert "not pinned" in shown.output and "Nothing is fetched until you ask" in shown.output
    loaded = json.loads(CliRunner().invoke(command, ["list", "--json"]).output)
    assert {row["name"] for row in loaded} == set(load_catalogue())


def test_wrong_calls_end_with_code_2(tmp_path: Path) -> None:
    for arguments in (
        ["fetch", "nothing", f"--into={tmp_path}"],
        ["fetch", "lawtext-gov", f"--into={tmp_path / 'none'}"],
        ["fetch", "techme-yearbooks", f"--into={tmp_path}"],
        ["fetch", "lawtext-gov", f"--into={tmp_path}", "--commit=main"],
        ["fetch", "lawtext-gov", f"--into={tmp_path}", "--from=git@example.org:a/b"],
        ["fetch", "lawtext-gov"],
    ):
        done = CliRunner().invoke(command, arguments)
        assert done.exit_code == 2, (arguments, done.output)
    assert not list(tmp_path.iterdir())
