"""The five papers: what contradicts itself is found, what is clean passes, nothing else is accused."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from models_py.audit import WRONG, audit, audit_facts

pytestmark = pytest.mark.acceptance

# Every accusation of the five papers, by place, a part of the cell's name, rule and verdict.
EXPECTED = {
    ("表2", "Findev", "sd_bounds", "impossible"),
    ("表3", "matrix", "correlation_psd", "impossible"),
    ("表3", "matrix", "correlation_completeness", "inconsistent"),
    ("表3", "Ecodev × Govat", "stars_vs_r", "inconsistent"),
    ("表3", "Psize × Govat", "stars_vs_r", "inconsistent"),
    ("表3", "Psize × Gtech", "stars_vs_r", "inconsistent"),
    ("表4", "模型2 Chip · Constant", "stars_vs_t", "impossible"),
    ("表4", "模型2 Chip · Hucap", "t_sign", "inconsistent"),
    ("表5", "模型1 Chip · Constant", "stars_vs_t", "impossible"),
    ("表5", "模型1 Chip · Hucap", "t_sign", "inconsistent"),
    ("表5", "模型2 Hhi · Constant", "stars_vs_t", "impossible"),
    ("表5", "模型2 Hhi · Psize", "stars_vs_t", "inconsistent"),
    ("表5", "模型3 Chip · Hhi", "stars_vs_t", "impossible"),
    ("表5", "模型3 Chip · Hhi", "nested_identity", "inconsistent"),
    ("表5", "模型3 Chip · Hhi (text)", "claim_vs_t", "impossible"),
    ("表5", "模型3 Chip · Govat", "nested_identity", "inconsistent"),
    ("表5", "模型3 Chip · Govat", "c_minus_c_prime", "inconsistent"),
    ("表5", "模型3 Chip · Findev", "nested_identity", "inconsistent"),
    ("表5", "模型3 Chip · Findev", "t_sign", "inconsistent"),
    ("表5", "模型3 Chip · R²", "r2_gain", "inconsistent"),
    ("§5.2.2 / 表5", "indirect effect", "effect_in_interval", "inconsistent"),
    ("§5.2.2 / 表5", "indirect effect", "sobel_interval", "inconsistent"),
    ("表6", "模型 Chip · Govat", "stars_vs_t", "impossible"),
    ("表6", "模型 Chip · Market", "stars_vs_t", "inconsistent"),
    ("表6", "模型 Chip · InterGM", "stars_vs_t", "impossible"),
    ("表6", "模型 Chip · InterGM (text)", "claim_vs_t", "impossible"),
    ("表7", "模型1 Chip · Govat", "stars_vs_t", "impossible"),
    ("表7", "模型1 Chip · Constant", "stars_vs_t", "inconsistent"),
    ("表7", "模型2 Hhi · Govat", "stars_vs_t", "impossible"),
    ("表7", "模型3 Chip · Hhi", "stars_vs_t", "impossible"),
    ("表7", "模型3 Chip · Constant", "stars_vs_t", "inconsistent"),
    ("表7", "模型3 Chip · Govat", "nested_identity", "inconsistent"),
    ("表7", "模型3 Chip · Constant", "nested_identity", "inconsistent"),
    ("表7", "模型3 Chip · Govat", "c_minus_c_prime", "inconsistent"),
    ("表7", "模型3 Chip · R²", "r2_gain", "inconsistent"),
    ("表7", "模型4 Hhi · Govat", "stars_vs_t", "impossible"),
    ("表7", "模型5 Chip · Govat", "stars_vs_t", "inconsistent"),
    ("表7", "模型5 Chip · Market", "stars_vs_t", "inconsistent"),
    ("表7", "模型5 Chip · InterGM", "stars_vs_t", "impossible"),
    ("表7", "模型5 Chip · Constant", "stars_vs_t", "inconsistent"),
    ("表7", "模型2 / 模型4 Hhi", "same_equation", "inconsistent"),
    ("§2.3", "S001-0029", "score_scheme", "inconsistent"),
    ("§3-4", "S001-0056", "share_vs_levels", "inconsistent"),
    ("text", "S002-0025", "document_status", "inconsistent"),
    ("表5 / §1.2", "S003-0048", "same_amount_twice", "inconsistent"),
    ("表5 / 表2", "S003-0048", "same_amount_twice", "inconsistent"),
    ("表5 / §1.2", "S003-0049", "same_amount_twice", "inconsistent"),
    ("表5 / §1.2", "S003-0052", "same_amount_twice", "inconsistent"),
    ("表5", "S003-0053", "exchange_rate", "inconsistent"),
    ("§二(三)", "S004-0049", "parts_vs_total", "inconsistent"),
}  # fmt: skip

CLEAN = [
    ("Govat", "grimmer"), ("Chip", "grim"), ("Psize", "sd_bounds"), ("tiers", "tiers"),
    ("S001-0052", "ratio"), ("S002-0011", "share_vs_levels"), ("S004-0001", "growth"),
    ("S004-0003", "growth"), ("S004-0017", "difference"), ("S004-0018", "growth"),
    ("S004-0023", "difference"), ("S004-0024", "growth"), ("S004-0051", "parts_vs_total"),
    ("S004-0062", "growth"), ("S004-0092", "exchange_rate"), ("S003-0054", ""),
    ("安徽", ""), ("江苏 CV", "cv_bounds"), ("direct effect", "p_vs_ci"),
]  # fmt: skip


@pytest.fixture(scope="module")
def findings(shared: Path) -> pd.DataFrame:
    folder = shared / "facts"
    frames = [
        pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted(folder.glob("seed*.csv"))
    ]
    reference = pd.read_csv(next(folder.glob("external_nbs*.csv")), dtype=str)
    return audit_facts(pd.concat(frames), reference)


def test_the_papers_contradictions_are_found_and_nothing_else(findings: pd.DataFrame) -> None:
    rows = findings[findings["verdict"].isin(WRONG)]
    found = {
        (row.published_table, row.cell, row.rule, row.verdict)
        for row in rows.itertuples(index=False)
    }
    missing = {
        one for one in EXPECTED
        if not any(
            one[0] == place and one[2:] == rest and (one[1] == cell or cell.startswith(one[1] + " "))
            for place, cell, *tail in found
            for rest in [tuple(tail)]
        )
    }  # fmt: skip
    extra = {
        (place, cell, rule, verdict) for place, cell, rule, verdict in found
        if not any(
            (place, rule, verdict) == (one[0], *one[2:])
            and (one[1] == cell or cell.startswith(one[1] + " "))
            for one in EXPECTED
        )
    }  # fmt: skip
    assert (missing, extra) == (set(), set())


def test_what_is_clean_passes(findings: pd.DataFrame) -> None:
    for cell, rule in CLEAN:
        rows = findings[findings["cell"].str.startswith(cell)]
        if rule:
            rows = rows[rows["rule"] == rule]
            assert len(rows), (cell, rule)
            assert "consistent" in set(rows["verdict"]), (cell, rule)
        assert not rows["verdict"].isin(WRONG).any(), (cell, rule)


def test_a_revised_base_is_its_own_verdict(findings: pd.DataFrame) -> None:
    rows = findings[findings["verdict"] == "base_revised"]
    assert [cell.split()[0] for cell in rows["cell"]] == ["S004-0026", "S004-0028"]


def test_p_047_and_t_of_clusters_is_said(findings: pd.DataFrame) -> None:
    rows = findings[(findings["cell"] == "模型2 Chip · Govat") & (findings["rule"] == "stars_vs_t")]
    row = rows[rows["published_table"] == "表4"].iloc[0]
    assert row["verdict"] == "cannot_tell"
    assert "not under t(30), 31 clusters" in row["explanation"]


def test_misprints_are_recovered(findings: pd.DataFrame) -> None:
    rows = findings[
        (findings["rule"] == "nested_identity") & (findings["published_table"] == "表5")
    ]
    implied = dict(zip(rows["cell"], rows["implied"], strict=True))
    assert implied["模型3 Chip · Hhi"] == "-0.041"
    assert implied["模型3 Chip · Findev"] == "-2.966"


def test_200_clean_and_200_planted_tables() -> None:
    """Under 1 % of clean tables accused, at least 95 % of planted errors found."""
    from benchmarks.audit import run

    figures = run(tables=10, distinct=10, judged=200)
    assert figures["accused"] < 2
    assert len(figures["missed"]) <= 10, figures["missed"]


def test_tables_pasted_as_they_stand_say_the_same(findings: pd.DataFrame, shared: Path) -> None:
    """The text of the paper, page breaks and all, read as `xinku audit` reads a pasted file."""
    text = next((shared / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")
    marks = findings[(findings["rule"] == "stars_vs_t") & findings["verdict"].isin(WRONG)]
    for number in (4, 5, 6, 7):
        begin = text.index(f"Table {number}. ")
        end = text.index("注：", begin)
        part = text[begin : text.index("\n", end)]
        found = audit(part, {"fixed_effects": {"province": 31, "year": 5}})
        rows = found[(found["rule"] == "stars_vs_t") & found["verdict"].isin(WRONG)]
        cells = {re.sub(r"模型 ", "模型", cell) for cell in rows["cell"]}
        wanted = set(marks[marks["published_table"] == f"表{number}"]["cell"])
        assert {cell.replace("模型Chip", "模型 Chip") for cell in cells} == wanted, number
