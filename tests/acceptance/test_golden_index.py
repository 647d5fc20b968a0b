"""Composite indices against COINr and exact fractions (../shared/golden/entropy)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models_py.index import Index, score
from models_py.index.weighting import entropy_weights

pytestmark = pytest.mark.acceptance

TOLERANCE = 1e-10


def case(shared: Path, name: str) -> tuple[dict[str, Any], pd.DataFrame]:
    folder = shared / "golden" / "entropy"
    told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    frame = pd.read_csv(folder / told["csv"])
    frame = frame.rename(columns={"id": "region_code", "province": "region_code"})
    return told, frame if "year" in frame else frame.assign(year=2018)


def equal(found: pd.Series[Any], expected: dict[str, float], rtol: float = 0) -> None:
    assert list(found.index) == list(expected)
    np.testing.assert_allclose(found, list(expected.values()), rtol=rtol, atol=TOLERANCE)


def compare(index: Index, told: dict[str, Any]) -> None:
    weights = index.weights.set_index("indicator_code")
    equal(weights["weight"], told["weights"])
    for name in ("entropy", "divergence"):
        if name in told:
            equal(weights[name], told[name])
    scores = index.scores.set_index("region_code")
    equal(scores["score"], told.get("score", told.get("score_renormalised")))
    if "rank" in told:
        assert scores["rank"].to_dict() == told["rank"]
    if "normalised" in told:
        wide = index.normalised.pivot(index="region_code", columns="indicator_code", values="value")
        for code, expected in told["normalised"].items():
            equal(wide[code].loc[list(expected)], expected)


@pytest.mark.parametrize("name", ["E02_six_cities", "E03_constant"])
def test_zeros_constants_and_a_negative_indicator(shared: Path, name: str) -> None:
    told, frame = case(shared, name)
    index = score(frame, told["directions"])
    compare(index, told["expected"])
    silent = [code for code in told["directions"] if frame[code].nunique() == 1]
    assert len(index.warnings) == len(silent)
    for code, sentence in zip(silent, index.warnings, strict=True):
        assert f"Indicator {code} " in sentence and "2018" in sentence and "weight 0" in sentence


def test_constants_change_no_score(shared: Path) -> None:
    told, frame = case(shared, "E03_constant")
    without, _ = case(shared, "E02_six_cities")
    assert told["scores_must_equal"] == "E02_six_cities.json expected.score"
    scores = score(frame, told["directions"]).scores.set_index("region_code")["score"]
    equal(scores, without["expected"]["score"])


def test_shifts_that_are_declared(shared: Path) -> None:
    told, frame = case(shared, "E02_six_cities")
    for other in told["alternatives_by_shift"].values():
        shifted = score(frame, told["directions"], shift=other["shift"])
        plain = score(frame, told["directions"], shift=other["shift"], shift_scores=False)
        for index, name in ((shifted, "score_shifted_values"), (plain, "score_unshifted_values")):
            compare(index, {"weights": other["weights"], "score": other[name]})
        assert shifted.scheme.name != plain.scheme.name


def test_shares_of_raw_values(shared: Path) -> None:
    told, frame = case(shared, "E02_six_cities")
    codes = list(told["directions"])
    found = entropy_weights(frame[codes].to_numpy(dtype=float))
    equal(pd.Series(found.weight, codes), told["raw_proportion_weights"])


@pytest.mark.parametrize(
    ("imputation", "name"),
    [
        ("drop_region", "listwise"),
        ("mean_of_year", "mean_imputed"),
        ("available_case", "available_case"),
    ],
)
def test_missing_cells_by_a_named_imputation(shared: Path, imputation: str, name: str) -> None:
    told, frame = case(shared, "E05_missing")
    index = score(frame, told["directions"], imputation=imputation)
    compare(index, told[name])
    wrong = told["WRONG_silent_zero"]["weights"]
    assert abs(index.weights["weight"] - list(wrong.values())).max() > 1e-3


def test_pooled_and_by_year(shared: Path) -> None:
    told, frame = case(shared, "E06_panel")
    pooled = score(frame, told["directions"], pool="all")
    for _, of_year in pooled.weights.groupby("year"):
        weights = of_year.set_index("indicator_code")
        equal(weights["weight"], told["pooled"]["weights"])
        equal(weights["entropy"], told["pooled"]["entropy"])
    keys = pooled.scores["region_code"] + "_" + pooled.scores["year"].astype(str)
    scores = pooled.scores.set_index(keys)["score"]
    equal(scores.loc[list(told["pooled"]["score"])], told["pooled"]["score"])
    yearly = score(frame, told["directions"])
    for one, expected in told["per_year"].items():
        weights = yearly.weights[yearly.weights["year"] == int(one)].set_index("indicator_code")
        equal(weights["weight"], expected["weights"])
        found = yearly.scores[yearly.scores["year"] == int(one)].set_index("region_code")
        equal(found["score"], expected["score"])


def test_variation_over_the_years(shared: Path) -> None:
    from models_py.index.difference import difference_indices

    told, frame = case(shared, "E06_panel")
    scores = score(frame, told["directions"], pool="all").scores
    for name, sample in (("sample", True), ("population", False)):
        for region, expected in told[f"cv_by_province_{name}_sd"].items():
            found = difference_indices(
                scores[scores["region_code"] == region]["score"], sample_sd=sample
            )
            assert abs(found.cv - expected) < TOLERANCE
