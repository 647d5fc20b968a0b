"""What every row of a study's tables says of itself: sample, standard errors, seed, and the tests
that stand beside a default; and what one bad part or variable costs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models_py import inference
from models_py.panel.estimate import fit
from models_py.robustness.counts import ppml
from models_py.study import (
    Descriptives,
    Inference,
    Models,
    Moderated,
    Regression,
    SpecificationCurve,
    fitting,
)
from models_py.study.fitting import Results, fit_models
from tests.unit.econometrics.test_study_fitting import ALL, KEYS, note_of, panel, table

BASE = Regression("y", ("x", "z"))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return panel()


@pytest.fixture(scope="module")
def whole(frame: pd.DataFrame) -> Results:
    return fit_models(frame, ALL)


def test_every_row_has_its_sample(whole: Results) -> None:
    for name, rows in whole.tables.items():
        fitted = rows.loc[rows["estimate"].notna()] if "estimate" in rows else rows
        assert fitted["sample"].str.match(r"\d+ (rows|specifications)").all(), name


def test_every_test_has_the_kind_of_its_standard_errors(whole: Results) -> None:
    for name in ("coefficients", "mediation", "robustness", "specification_curve", "inference"):
        rows = whole.tables[name]
        fitted = rows.loc[rows["estimate"].notna()] if "estimate" in rows else rows
        assert fitted["se_type"].str.len().gt(0).all(), name
    kinds = table(whole, "inference", model="tests").set_index("method")["se_type"]
    assert kinds["jackknife"].startswith("jackknife")
    assert kinds["oster_delta"] == "cluster_entity, reghdfe"


def test_samples_are_those_of_the_row_and_not_of_the_block(whole: Results) -> None:
    rows = table(whole, "inference", model="tests").set_index("method")
    assert rows.loc["placebo_lead", "sample"].startswith("124 rows, 31 regions, 4 years")
    assert rows.loc["placebo_leads_joint", "sample"] == rows.loc["placebo_lead", "sample"]
    assert rows.loc["oster_delta", "sample"] == "155 rows, 31 regions, 5 years"
    checks = table(whole, "robustness").set_index(["check", "choice"])["sample"]
    assert checks["baseline", "y"].startswith("155 rows, 31 regions")
    assert checks["lagged_treatment", "L1"].startswith("124 rows, 31 regions")
    curve = table(whole, "inference", model="curve")
    assert set(curve["sample"]) == {"8 specifications of 124 to 155 rows"}


def test_moments_and_pairs_count_the_rows_they_have(frame: pd.DataFrame) -> None:
    holes = frame.assign(m=frame["m"].where(frame["year"] > 2018))
    block = Models(descriptives={"table": Descriptives(("y", "m"))})
    found = fit_models(holes, block)
    samples = table(found, "descriptive_statistics").set_index("variable")["sample"]
    assert samples["y"] == "155 rows, 31 regions, 5 years"
    assert samples["m"] == "124 rows, 31 regions, 4 years; 31 rows without every variable"
    pairs = table(found, "correlations").set_index(["variable_x", "variable_y"])["sample"]
    assert pairs["y", "m"] == samples["m"]


def test_the_jackknife_and_the_bootstrap_stand_beside_every_clustered_default(
    frame: pd.DataFrame, whole: Results
) -> None:
    rows = whole.tables["inference"]
    beside = rows.loc[rows["method"].isin(["jackknife", "wild_bootstrap"])]
    named = beside.groupby("regression")["term"].agg(lambda terms: sorted(set(terms))).to_dict()
    assert named == {
        "base": ["x"],  # of the inference block, once
        "other": ["w"],
        "through.total": ["x"],
        "through.mediator": ["x"],
        "through.outcome": ["m", "x"],
        "by": ["x", "x:w"],
    }
    assert not rows.duplicated(["model", "regression", "term", "method"]).any()
    direct = fit(frame, "alt", ["w"], *KEYS)
    own = beside.loc[beside["regression"] == "other"].set_index("method")
    wild = inference.wild_cluster_bootstrap(direct, "w", n_bootstrap=9999, interval=False)
    assert own.loc["wild_bootstrap", "p"] == wild.p
    assert own.loc["wild_bootstrap", "n_draws"] == 9999
    assert own.loc["jackknife", "p"] == inference.jackknife_cv3(direct).row("w")["p"]


@pytest.mark.parametrize("covariance", ["robust", "jackknife", "cr2", "unadjusted", "hc3"])
def test_nothing_stands_beside_what_is_not_clustered(frame: pd.DataFrame, covariance: str) -> None:
    one = replace(BASE, covariance=covariance)
    assert "inference" not in fit_models(frame, Models(regressions={"one": one})).tables


def test_an_enumerated_bootstrap_has_its_patterns_and_no_seed() -> None:
    few = panel(n_regions=8)
    block = Models(
        regressions={"base": BASE},
        inference={"tests": Inference("base", n_bootstrap=999, n_permutations=0, leads=0, seed=5)},
    )
    row = table(fit_models(few, block), "inference", method="wild_bootstrap").iloc[0]
    assert row["n_draws"] == 256
    assert pd.isna(row["seed"])
    assert "enumerated" in row["se_type"]


def test_a_large_seed_stays_whole(frame: pd.DataFrame) -> None:
    seed = 2**62 + 1
    block = Models(
        regressions={"base": BASE},
        inference={"tests": Inference("base", 199, n_permutations=0, leads=0, seed=seed)},
    )
    row = table(fit_models(frame, block), "inference", method="wild_bootstrap").iloc[0]
    assert int(row["seed"]) == seed


@pytest.mark.parametrize("covariance", ["driscoll_kraay", "cluster_two_way"])
def test_the_warnings_of_a_fit_reach_the_tests_of_it(frame: pd.DataFrame, covariance: str) -> None:
    block = Models(
        regressions={"base": replace(BASE, covariance=covariance)},
        inference={"tests": Inference("base", 199, n_permutations=0, leads=0)},
    )
    found = fit_models(frame, block)
    said = note_of(found, "regressions").warnings
    assert said
    assert set(said) <= set(note_of(found, "inference").warnings)


def test_few_clusters_are_told_beside_a_default() -> None:
    few = fit_models(panel(n_regions=8), Models(regressions={"base": BASE}))
    assert any("8 clusters" in said for said in note_of(few, "regressions").warnings)
    assert not note_of(
        fit_models(panel(n_regions=41), Models(regressions={"base": BASE})), "regressions"
    ).warnings


@pytest.mark.parametrize("convention", ["reghdfe", "plm", "fixest", "none"])
def test_count_models_have_the_convention_that_is_declared(
    frame: pd.DataFrame, convention: str
) -> None:
    one = Regression("count", ("x", "z"), estimator="ppml", convention=convention)
    ours = table(fit_models(frame, Models(regressions={"one": one})), "coefficients")
    named = convention if convention in ("fixest", "none") else "ppmlhdfe"
    direct = ppml(frame, "count", ["x", "z"], *KEYS, convention=named)
    assert ours["std_error"].tolist() == direct.coefficients["std_error"].tolist()
    assert set(ours["se_type"]) == {f"cluster_entity, {named}"}


def test_a_variable_of_one_region_leaves_the_others_their_moments(frame: pd.DataFrame) -> None:
    lone = frame.assign(lone=frame["m"].where(frame["region_code"] == "110000"))
    found = fit_models(lone, Models(descriptives={"table": Descriptives(("y", "lone", "x"))}))
    rows = table(found, "descriptive_statistics").set_index("variable")
    assert rows.loc["lone", "n"] == 5
    assert rows.loc["lone", ["sd_between", "sd_within", "within_share", "vif_within"]].isna().all()
    assert rows.loc[["y", "x"], ["sd_between", "sd_within", "vif_within"]].notna().all(axis=None)
    assert any("one region only" in said and "lone" in said for said in found.notes[0].warnings)


def test_an_error_nobody_foresaw_costs_its_part_and_is_told(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("shapes (3,)\nand (4,) " + "x" * 1000)

    monkeypatch.setattr(fitting, "moderation", broken)
    both = Models(regressions={"base": BASE}, moderations={"by": Moderated("y", "x", "w")})
    found = fit_models(frame, both)
    assert len(table(found, "coefficients", model="base")) == 3
    reason = note_of(found, "moderations").reason
    assert "a reason the program does not know (ValueError: shapes (3,) and (4,) xx" in reason
    assert len(reason) < 500


def test_sentences_name_regions_and_leave_other_numbers(frame: pd.DataFrame) -> None:
    numbers = frame.assign(
        count=frame["count"] * 110000.0, x=np.where(frame.index, frame["x"], np.inf)
    )
    found = fit_models(numbers, Models(regressions={"base": BASE}))
    reason = note_of(found, "regressions").reason
    assert "x is infinite in 省0/2018" in reason
    nameless = fit_models(numbers.drop(columns="region_name"), Models(regressions={"base": BASE}))
    assert "x is infinite in 110000/2018" in note_of(nameless, "regressions").reason
    constant = fit_models(frame.assign(x=110000.5), Models(regressions={"base": BASE}))
    assert "省" not in note_of(constant, "regressions").reason


def test_an_empty_choice_of_a_curve_costs_its_own_specifications_only(frame: pd.DataFrame) -> None:
    choices = {"treatment": ["x", "m"], "outcome": {"a": "y", "b": "alt"}, "winsorise": [0.0, 0.05]}
    block = Models(
        regressions={"base": BASE},
        specification_curves={"curve": SpecificationCurve("base", choices)},
    )
    found = fit_models(frame.assign(m=np.nan), block)
    assert table(found, "specification_curve")["estimate"].notna().tolist() == [True] * 4
    (said,) = note_of(found, "specification_curves").warnings
    assert said.endswith("not among the choices: m.")
    assert len(table(fit_models(frame, block), "specification_curve")) == 8
    nothing = fit_models(frame.assign(x=np.nan, m=np.nan), block)
    assert "has no value" in note_of(nothing, "specification_curves").reason
