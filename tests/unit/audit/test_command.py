"""`xinku audit`: exit codes, formats, escaping, wrong calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli.audit import audit

app = typer.Typer()
app.command()(audit)

CLEAN = "| | (1) |\n|---|---|\n| X | 0.069** (2.43) |\n| N | 155 |\n| R2 | 0.5 |\n\n括号内为t值\n"
WRONG = CLEAN.replace("2.43", "0.43")


def run(*arguments: str):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "表4.md"


def test_nothing_wrong_is_0_and_something_wrong_1(table: Path) -> None:
    table.write_text(CLEAN, encoding="utf-8")
    done = run(table)
    assert done.exit_code == 0, done.output
    assert "consistent" in done.output
    table.write_text(WRONG, encoding="utf-8")
    done = run(table)
    assert done.exit_code == 1
    assert "no reference distribution gives that mark" in " ".join(done.output.split())


def test_json_and_html(table: Path) -> None:
    table.write_text(WRONG.replace("| X |", "| <script>[red]x |"), encoding="utf-8")
    rows = json.loads(run(table, "--format", "json").output)
    assert rows[0]["verdict"] == "impossible"
    assert list(rows[0])[:9] == [
        "source_id", "published_table", "cell", "rule", "published", "implied", "verdict",
        "severity", "explanation",
    ]  # fmt: skip
    page = run(table, "--format", "html").output
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>[red]x" in run(table).output


def test_all_shows_what_was_consistent(table: Path) -> None:
    table.write_text(CLEAN, encoding="utf-8")
    assert json.loads(run(table, "--format", "json").output) == []
    assert json.loads(run(table, "--format", "json", "--all").output)


def test_context_keeps_digits_and_names_what_it_does_not_know(table: Path, tmp_path: Path) -> None:
    table.write_text(CLEAN, encoding="utf-8")
    context = tmp_path / "上下文.yml"
    context.write_text(
        "固定效应: {省份: 31, 年份: 5}\ntext:\n  - {cell: X, value: 0.0700}\n", encoding="utf-8"
    )
    done = run(table, "--context", context)
    assert done.exit_code == 1
    assert "The text says 0.0700, the table 0.069" in " ".join(done.output.split())
    context.write_text("wrong: 1\n", encoding="utf-8")
    done = run(table, "--context", context)
    assert (done.exit_code, "Unknown key 'wrong'" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [("a: &x [1]\nb: *x\n", "aliases"), ("- 1\n", "keys and values"), ("a: [", "not a YAML")],
)
def test_wrong_contexts_are_sentences(table: Path, tmp_path: Path, content: str, said: str) -> None:
    table.write_text(CLEAN, encoding="utf-8")
    context = tmp_path / "c.yml"
    context.write_text(content, encoding="utf-8")
    done = run(table, "--context", context)
    assert done.exit_code == 2
    assert said in done.output


def test_no_table_and_no_file_are_2(table: Path) -> None:
    assert run(table).exit_code == 2
    table.write_text("只有文字，没有表。", encoding="utf-8")
    done = run(table)
    assert done.exit_code == 2
    assert "Accepted are a regression table" in " ".join(done.output.split())
