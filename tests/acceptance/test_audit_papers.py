"""The first paper's text as it stands says what its facts say; clean tables are not accused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models_py.audit import WRONG, audit
from tests.unit.audit.papers import findings

pytestmark = pytest.mark.acceptance


def test_200_clean_and_200_planted_tables() -> None:
    """Under 1 % of clean tables accused, at least 95 % of planted errors found."""
    from benchmarks.audit import run

    figures = run(tables=10, distinct=10, judged=200)
    assert figures["accused"] < 2
    assert len(figures["missed"]) <= 10, figures["missed"]


def test_tables_pasted_as_they_stand_say_the_same(shared: Path) -> None:
    """The text of the paper, page breaks and all, read as `xinku audit` reads a pasted file."""
    text = next((shared / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")
    frame = findings()
    marks = frame[(frame["rule"] == "stars_vs_t") & frame["verdict"].isin(WRONG)]
    for number in (4, 5, 6, 7):
        begin = text.index(f"Table {number}. ")
        end = text.index("注：", begin)
        part = text[begin : text.index("\n", end)]
        found = audit(part, {"fixed_effects": {"province": 31, "year": 5}})
        rows = found[(found["rule"] == "stars_vs_t") & found["verdict"].isin(WRONG)]
        cells = {re.sub(r"模型 ", "模型", cell) for cell in rows["cell"]}
        wanted = set(marks[marks["published_table"] == f"表{number}"]["cell"])
        # A table of one column prints no number over it.
        assert {re.sub("^模型 ?(?=Chip)", "模型1 ", cell) for cell in cells} == wanted, number
