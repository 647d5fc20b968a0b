"""The whole way of a review: sheet, marks, record, and the counts that follow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from orchestration.cli.review import review
from orchestration.review import read_exclusions, unmatched_exclusions
from orchestration.settings import DBT_PROJECT, Settings
from orchestration.tables import HIT_EXCLUSIONS
from orchestration.warehouse import replace_rows

pytestmark = pytest.mark.integration

ATTENTION = "select * from marts.government_attention order by topic, region_code, report_year"
HITS = "select * from marts.keyword_hits order by topic, document_id, char_start"
REASON = "- 园区名称"


def command(*arguments: str) -> str:
    done = CliRunner().invoke(review, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def refresh(settings: Settings, working: Path, target: Path) -> list[dict[str, Any]]:
    """What a build does with the record: load it, run dbt; here on a working file of our own."""
    rows = read_exclusions(settings.exclusions_file)
    with duckdb.connect(str(working)) as connection:
        replace_rows(connection, HIT_EXCLUSIONS, rows)
        unmatched = unmatched_exclusions(connection)
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "build", "--exclude", "resource_type:unit_test",
         "--profiles-dir", str(DBT_PROJECT)],
        cwd=DBT_PROJECT,
        env={**os.environ, "XINKU_WORKING_FILE": str(working), "DBT_TARGET_PATH": str(target),
             "DBT_LOG_PATH": str(target), "DO_NOT_TRACK": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return unmatched


def table(path: Path, query: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(query)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def set_marks(sheet: Path, rows: list[int], **cells: str) -> None:
    book = openpyxl.load_workbook(sheet)
    hits = book["命中 hits"]
    names = [str(cell.value).split()[-1] for cell in hits[1]]
    for number in rows:
        for name, value in cells.items():
            hits.cell(number, names.index(name) + 1).value = value
    book.save(sheet)


def read_rows(sheet: Path) -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(sheet)["命中 hits"].values
    names = [str(cell).split()[-1] for cell in header]
    return [dict(zip(names, row, strict=True), number=n) for n, row in enumerate(rows, start=2)]


def test_marked_hits_leave_the_count_and_nothing_else_moves(
    sample_build: tuple[Path, Any], tmp_path: Path
) -> None:
    settings = Settings.resolve(warehouse=tmp_path / "库 w.duckdb", environment={})
    working, sheet = tmp_path / "working.duckdb", tmp_path / "表 1.xlsx"
    for copy in (settings.warehouse, working):
        shutil.copy(sample_build[0], copy)
    where = ("--warehouse", str(settings.warehouse))

    said = command("hits", "--sample", "1000", "--seed", "3", "--out", str(sheet), *where)
    assert "synthetic sample" in said
    rows = read_rows(sheet)
    counted = [row for row in rows if row["section"] != "annex"][:2]
    in_annex = [row for row in rows if row["section"] == "annex"][:1]
    marked = [*counted, *in_annex]
    assert len(marked) == 3
    numbers = [row["number"] for row in marked]
    set_marks(sheet, numbers, false_hit="y", reason=REASON, reviewer="王")
    set_marks(sheet, [n for n in range(2, 12) if n not in numbers], false_hit="n")
    assert "Recorded 3 exclusions" in command("apply", str(sheet), *where)
    assert "Nothing new" in command("apply", str(sheet), *where)

    before = table(working, ATTENTION), table(working, HITS)
    assert refresh(settings, working, tmp_path / "dbt") == []
    after = table(working, ATTENTION), table(working, HITS)

    fallen = {(r["topic"], r["region_code"], r["report_year"]): r["occurrences"] for r in counted}
    assert len(fallen) == 2, "the seed draws two hits of one report; choose others"
    for old, new in zip(before[0], after[0], strict=True):
        n = fallen.pop((old["topic"], old["region_code"], old["report_year"]), 0)
        moved = {name for name in old if old[name] != new[name]}
        assert new["n_hits"] == old["n_hits"] - n
        assert new["n_excluded_hits"] == old["n_excluded_hits"] + n
        assert new["n_review_excluded_hits"] == n
        assert new["n_hits"] + new["n_review_excluded_hits"] == old["n_hits"]
        parts = {
            "n_core_hits",
            "n_extended_hits",
            "n_review_hits",
            "n_plan_hits",
            "hits_per_10k_chars",
        }
        assert moved <= {"n_hits", "n_excluded_hits", "n_review_excluded_hits", *parts}
        assert n or not moved
    assert fallen == {}

    changed = [(o, n) for o, n in zip(before[1], after[1], strict=True) if o != n]
    assert len(changed) == sum(row["occurrences"] for row in marked)
    places = {(n["region_code"], n["report_year"], n["sentence"]) for _, n in changed}
    assert places == {(r["region_code"], r["report_year"], r["sentence"]) for r in marked}
    for old, new in changed:
        assert new["excluded_by"].startswith(f"review: {REASON} (王, 20")
        assert new["is_excluded_in_review"]
        assert {name for name in old if old[name] != new[name]} == {
            "excluded_by",
            "is_excluded_in_review",
        }

    set_marks(sheet, numbers, false_hit="n")
    assert "withdrew 3" in command("apply", str(sheet), *where)
    refresh(settings, working, tmp_path / "dbt")
    assert (table(working, ATTENTION), table(working, HITS)) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hits", "--term", "高新科技"), "高新技术"),
        (("hits", "--region", "火星"), "火星"),
        (("hits", "--years", "最近"), "--years"),
        (("apply", "没有.xlsx"), "There is no file"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    sample_build: tuple[Path, Any], arguments: tuple[str, ...], said: str
) -> None:
    done = CliRunner().invoke(review, [*arguments, "--warehouse", str(sample_build[0])])
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
