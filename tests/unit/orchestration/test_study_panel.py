"""The panel that a study declares: what is accepted, what is refused in which words, which rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import pytest

from orchestration.settings import DBT_PROJECT, UsageError
from orchestration.study import load_studies
from orchestration.study_panel import PanelSpec

STUDY = """name: mine
title: Mine
years: [2020, 2022]
lexicon: {{core: [芯片]}}
{panel}
variables:
{variables}
"""


def zone(folder: Path, variables: str, panel: str = "") -> Path:
    (folder / "studies").mkdir(parents=True, exist_ok=True)
    text = STUDY.format(variables=variables, panel=panel)
    (folder / "studies" / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


def test_rows_hold_formulas_inputs_and_lags(tmp_path: Path) -> None:
    text = "  gdp: {formula: gdp}\n  growth: {formula: ln(gdp) - ln(lag(gdp)), unit: log}"
    (study,) = load_studies(zone(tmp_path, text, "panel: {exclude: {台湾: no data}}"), ["mine"])
    rows = study.panel_rows()
    assert rows is not None
    panel, variables, inputs = rows
    assert (panel["first_year"], panel["last_year"], panel["lags"]) == (2020, 2022, 1)
    assert panel["excluded_regions"] == ["710000"]
    assert [row["variable"] for row in variables] == ["gdp", "growth"]
    assert {(row["variable"], row["input"], row["lag"]) for row in inputs} == {
        ("gdp", "gdp", 0),
        ("growth", "gdp", 0),
        ("growth", "gdp", 1),
    }


def test_a_study_without_variables_declares_no_panel() -> None:
    studies = {study.name: study for study in load_studies(Path("/nowhere"))}
    assert studies["chip_innovation_strict"].panel_rows() is None
    assert studies["chip_innovation"].panel_rows() is not None


def test_own_indicators_may_be_named(tmp_path: Path) -> None:
    head = "indicator_code,name_zh,name_en,canonical_unit,scope,additive,tolerance,aliases\n"
    (tmp_path / "indicators.csv").write_text(
        head + "green_patents,绿色专利申请数,Green patents,件,all,true,0.01,\n", encoding="utf-8"
    )
    (study,) = load_studies(zone(tmp_path, "  green: {formula: ln(green_patents)}"), ["mine"])
    assert study.panel_rows() is not None


@pytest.mark.parametrize(
    ("variables", "panel", "said"),
    [
        ("  a: {formula: ln(gpd)}", "", "variables.a: no indicator.*named gpd; did you mean gdp"),
        ("  a: {formula: attention.n_hit}", "", "did you mean attention.n_hits"),
        (
            "  a: {formula: attention.chip_inovation.n_hits}",
            "",
            "no study is named chip_inovation; did you mean chip_innovation",
        ),
        ("  a: {formula: attention.mine.n_hit}", "", "did you mean attention.n_hits"),
        ("  a: {formula: agglomeration.mine.lq_manufacturing}", "", "a formula holds numbers"),
        ("  a: {formula: b}\n  b: {formula: a}", "", "goes round in a circle"),
        ("  year: {formula: gdp}", "", "variables.year: choose another name"),
        ("  GDP: {formula: gdp}\n  Gdp: {formula: gdp}", "", "differs by capitals only"),
        ("  a: {formula: gdp, zeros: ignore}", "", "zeros"),
        ("  a: {formula: gdp}", "panel: {exclude: {某地: why}}", "no region is called 某地"),
        ("  a: {formula: gdp}", "panel: {as_of: last year}", "as_of"),
        ("  a: {formula: gdp}", "panel: {service_sectors: six_sectors}", "service_sectors"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    tmp_path: Path, variables: str, panel: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        load_studies(zone(tmp_path, variables, panel), ["mine"])
    assert "mine.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_counts_of_another_word_list_may_be_named(tmp_path: Path) -> None:
    text = "  a: {formula: lag(attention.chip_innovation.n_core_hits) / attention.n_hits}"
    (study,) = load_studies(zone(tmp_path, text), ["mine"])
    rows = study.panel_rows()
    assert rows is not None
    assert {(row["input"], row["origin"], row["lag"]) for row in rows[2]} == {
        ("attention.chip_innovation.n_core_hits", "attention", 1),
        ("attention.n_hits", "attention", 0),
    }


def test_dates_of_yaml_are_vintages(tmp_path: Path) -> None:
    panel = "panel: {as_of: 2023-10-15}"
    (study,) = load_studies(zone(tmp_path, "  a: {formula: gdp}", panel), ["mine"])
    assert study.panel.as_of == "2023-10-15"


def test_classifications_are_those_of_the_seed() -> None:
    with (DBT_PROJECT / "seeds" / "sector_mapping.csv").open(encoding="utf-8") as file:
        seed = {row["classification"] for row in csv.DictReader(file)}
    assert set(get_args(PanelSpec.model_fields["service_sectors"].annotation)) == seed
