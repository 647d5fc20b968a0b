"""What the documents say can be done, done; what they must not say, not said."""

from __future__ import annotations

import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import CHECKOUT, SAMPLE_LANDING
from tests.conftest import Xinku

pytestmark = pytest.mark.integration

PAGES = [
    CHECKOUT / "README.md",
    CHECKOUT / "README.zh-CN.md",
    *sorted((CHECKOUT / "docs").rglob("*.md")),
]
_SERVERS = ("xinku ui",)  # tests/integration/test_web_interface.py starts it
_INSTALLS = ("pip install",)  # .ci/run runs these two in new environments


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)


def steps(page: Path) -> Iterator[tuple[str, str, str]]:
    """The blocks of a page that are carried out, in order: language, file, content.

    A block with a path behind its language is a file that the reader saves there; SQL with a path
    is asked of that warehouse.
    """
    text = page.read_text(encoding="utf-8")
    pattern = r"^ *```(\w+)(?: +(\S+))?\n(.*?)^ *```"
    for found in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
        language, path, content = found[1], found[2] or "", textwrap.dedent(found[3])
        if path or language == "bash":
            yield language, path, content


def run_all(xinku: Xinku, pages: list[Path], folder: Path) -> int:
    """Follow pages literally; a command that ran is run again only after a file was saved."""
    import duckdb

    ran: set[str] = set()
    for page in pages:
        for language, path, content in steps(page):
            if language == "sql":
                with duckdb.connect(str(folder / path), read_only=True) as connection:
                    assert connection.execute(content).fetchall(), (page.name, content)
            elif path:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(content, encoding="utf-8")
                ran = {one for one in ran if not one.startswith(("xinku refresh", "xinku profile"))}
            for command in content.splitlines() if language == "bash" else ():
                line = command.strip()
                if line in ran or line.startswith(("#", *_INSTALLS, *_SERVERS)) or not line:
                    continue
                assert line.startswith("xinku "), (page, line)
                done = xinku(*line.split()[1:], cwd=folder)
                assert done.returncode == 0, (page, line, done.stderr)
                ran.add(line)
    return len(ran)


def test_every_command_of_the_documents_runs(xinku: Xinku, tmp_path: Path) -> None:
    shutil.copytree(SAMPLE_LANDING, tmp_path / "my-reports")
    assert run_all(xinku, PAGES, tmp_path) >= 4


def test_the_queries_of_the_readme_return_rows(sample_build: tuple[Path, Any]) -> None:
    import duckdb

    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        for page in PAGES:
            for block in blocks(page, "sql"):
                for query in filter(None, map(str.strip, block.split(";"))):
                    assert connection.execute(query).fetchall(), query


def test_the_study_of_the_how_to_page_is_a_study(tmp_path: Path) -> None:
    from orchestration.study import load_studies

    (content,) = blocks(CHECKOUT / "docs" / "how-to" / "add-a-study.md", "yaml")
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "green_attention.yaml").write_text(content, encoding="utf-8")
    (study,) = load_studies(tmp_path, ["green_attention"])
    assert study.lexicon.exclusions


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = (
        blocks(CHECKOUT / name, "bash") for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_no_address_of_a_package_index_is_committed() -> None:
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    words = ("index" + "-url", "simple" + "/", "pypi" + ".org", "/root" + "/", "/work" + "/")
    for name in filter(None, files):
        path = CHECKOUT / name
        if path.suffix in (".png", ".pdf", ".docx", ".zip") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in words if word in text], name
