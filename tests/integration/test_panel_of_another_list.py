"""Variables that another study's word list counts: its counts where it is built, a reason where not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.explain import explain_in
from tests.fixtures.in_process import Dbt, build_zone
from tests.fixtures.prose import report_text

pytestmark = pytest.mark.integration

MINE = """
name: mine
title: One's own list and another's
region_level: province
years: [2019, 2020]
lexicon: {core: [芯片]}
variables:
  own: {formula: attention.n_hits}
  other: {formula: attention.theirs.n_hits}
  before: {formula: "lag(attention.theirs.n_hits, 1)"}
  gap: {formula: attention.n_hits - other}
"""
THEIRS = "name: theirs\ntitle: T\nlexicon: {core: [芯片, 晶圆]}\n"
TEXTS = {2019: "发展芯片产业。", 2020: "发展芯片和晶圆，晶圆。"}


def built(dbt: Dbt, folder: Path, studies: list[str]) -> Path:
    files = {
        f"reports/江苏省{year}.txt": report_text("江苏省", year, text).encode()
        for year, text in TEXTS.items()
    }
    lists = {"studies/mine.yaml": MINE.encode(), "studies/theirs.yaml": THEIRS.encode()}
    return build_zone(dbt, folder, {**files, **lists}, studies)


def values(path: Path, variable: str) -> dict[int, tuple[float | None, str | None]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select year, value, missing from marts.panel_variables "
            "where study = 'mine' and variable = ? and region_code = '320000'",
            [variable],
        ).fetchall()
    return {year: (value, missing) for year, value, missing in rows}


def test_both_lists_count_the_same_reports(dbt: Dbt, tmp_path: Path) -> None:
    path = built(dbt, tmp_path, ["mine", "theirs"])
    own, other = values(path, "own"), values(path, "other")
    assert other[2019] == own[2019]
    assert own[2020][0] is not None
    assert other[2020] == (own[2020][0] + 2, None)
    assert values(path, "gap") == {2019: (0, None), 2020: (-2, None)}
    before = values(path, "before")
    assert before[2020] == other[2019]
    assert before[2019] == (None, "attention.theirs.n_hits: no report (1 before)")


def test_a_list_that_is_not_built_leaves_a_reason_and_the_rest(dbt: Dbt, tmp_path: Path) -> None:
    path = built(dbt, tmp_path, ["mine"])
    said = "attention.theirs.n_hits: the word list of theirs is not counted in this build"
    assert values(path, "other") == dict.fromkeys((2019, 2020), (None, said))
    assert values(path, "gap")[2020] == (None, said)
    assert values(path, "own")[2020][0] is not None
    with duckdb.connect(str(path), read_only=True) as connection:
        it = explain_in(connection, "panel_variables", ["江苏", "2020", "other"])
    assert [row["supply"] for row in it.inputs] == ["Build with the study theirs too (--study)."]
