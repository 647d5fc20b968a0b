"""Checks of models with products, direct calls with wrong input, and conventions of counts."""

import numpy as np
import pandas as pd
import pytest

from models_py import panel, robustness
from models_py.panel import PanelError

KEYS = ("region", "year")
BASE = robustness.Model("y", "x", ("z", "x:z"), *KEYS)


def test_winsorising_takes_products_apart(frame) -> None:
    table = robustness.winsorising(frame, BASE, [0.0, 0.05])
    assert table["estimate"].notna().all()
    pulled = robustness.winsorised(frame, ["y", "x", "z"], 0.05)
    direct = panel.fit(pulled, "y", ["x", "z", "x:z"], *KEYS, engine="gram")
    assert table["estimate"].iloc[1] == pytest.approx(direct.estimate("x"), rel=1e-12)
    curve = robustness.specification_curve(frame, BASE, {"winsorise": [0.0, 0.05]})
    assert sorted(curve["estimate"]) == pytest.approx(sorted(table["estimate"]), rel=1e-12)


def test_a_lag_of_the_treatment_lags_its_product(frame) -> None:
    lagged = robustness.with_lag(frame, "x", *KEYS)
    direct = panel.fit(lagged, "y", ["L1.x", "z", "L1.x:z"], *KEYS, engine="gram")
    found = BASE.__class__(**{**BASE.__dict__, "lag": 1}).fit(frame)
    assert found.coefficients["term"].tolist() == ["L1.x", "z", "L1.x:z", "const"]
    assert found.coefficients.equals(direct.coefficients)
    row = robustness.lagged_treatment(frame, BASE, [1]).iloc[0]
    assert row["estimate"] == direct.estimate("L1.x")


def test_another_count_of_the_treatment_is_in_its_product_too(frame) -> None:
    wide = frame.assign(core=frame["x"] ** 2)
    direct = panel.fit(wide, "y", ["core", "z", "core:z"], *KEYS, engine="gram")
    rules = robustness.counting_rules(wide, BASE, {"core only": "core"})
    assert rules["estimate"].iloc[0] == direct.estimate("core")
    curve = robustness.specification_curve(wide, BASE, {"treatment": ["x", "core"]})
    assert direct.estimate("core") in curve["estimate"].tolist()
    positive = frame.assign(x=frame["x"].clip(lower=0))
    some = positive.assign(any_x=(positive["x"] > 0) * 1.0)
    direct = panel.fit(some, "y", ["any_x", "z", "any_x:z"], *KEYS, engine="gram")
    table = robustness.without_zeros(positive, BASE)
    assert table["estimate"].iloc[1] == direct.estimate("any_x")


def test_products_without_the_treatment_and_columns_named_like_one_stay(frame) -> None:
    model = robustness.Model("y", "x", ("z:m", "xx"), *KEYS, lag=1)
    assert model.regressors == ("L1.x", "z:m", "xx")


@pytest.mark.parametrize(
    "call",
    [
        robustness.lagged_treatment,
        robustness.winsorising,
        robustness.without_zeros,
        lambda frame, model: robustness.zero_policies(frame, model, "x"),
        lambda frame, model: robustness.with_lag(frame, "x", *KEYS),
        lambda frame, model: robustness.winsorised(frame, ["x"], 0.01),
        lambda frame, model: robustness.curve_test(frame, model, {"lag": [0]}, n_permutations=19),
    ],
)
def test_text_columns_are_refused_in_a_sentence(frame, call) -> None:
    with pytest.raises(PanelError, match="x holds values that are not numbers, such as '多'"):
        call(frame.assign(x="多"), robustness.Model("y", "x", (), *KEYS))


@pytest.mark.parametrize("call", [robustness.specification_curve, robustness.curve_test])
def test_curves_refuse_options_and_rows_they_cannot_use(frame, call) -> None:
    for choices, words in (
        ({"lag": ["a"]}, "lag has 'a'; it needs whole numbers"),
        ({"winsorise": ["x"]}, "winsorise has 'x'"),
        ({"controls": ["z"]}, "controls has 'z'; it needs lists"),
    ):
        with pytest.raises(PanelError, match=words):
            call(frame, BASE, choices)
    double = pd.concat([frame, frame.iloc[:1]])
    with pytest.raises(PanelError, match="1 rows repeat a pair of region and year"):
        call(double, BASE, {"lag": [0, 1]})
    with pytest.raises(PanelError, match="no column year"):
        call(frame.drop(columns="year"), BASE, {"lag": [0, 1]})
    with pytest.raises(PanelError, match="'a' is no whole number"):
        robustness.with_lag(frame, "x", *KEYS, "a")


def test_conventions_of_counts_are_reached_through_a_model(frame) -> None:
    for convention, expected in (("fixest", "fixest"), ("none", "none"), ("reghdfe", "ppmlhdfe")):
        model = robustness.Model(
            "count", "x", ("z",), *KEYS, estimator="ppml", convention=convention
        )
        direct = robustness.ppml(frame, "count", ["x", "z"], *KEYS, convention=expected)
        row = robustness.row_of(frame, model)
        assert row["se_type"] == f"cluster_entity, {expected}"
        error = direct.coefficients["std_error"].iloc[0]
        assert row["std_error"] == pytest.approx(error, rel=1e-8)
    robust = robustness.ppml(frame, "count", ["x"], *KEYS, covariance="robust")
    assert robust.statistics["se_type"] == "robust"
    assert np.isfinite(robust.coefficients["std_error"]).all()
