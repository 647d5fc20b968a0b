"""Tables of variables: missing is not zero, N is per cell, units do not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models_py import descriptives
from models_py.panel import PanelError


def test_missing_and_infinite_values_are_counted_apart() -> None:
    frame = pd.DataFrame({"v": [1.0, 2.0, 4.0, np.nan, np.inf, 0.0]})
    row = descriptives.descriptive_statistics(frame, ["v"]).iloc[0]
    assert (row["n"], row["n_missing"], row["n_infinite"]) == (4, 1, 1)
    assert (row["minimum"], row["maximum"], row["mean"]) == (0, 4, 1.75)
    assert row["sd"] == pytest.approx(np.std([1, 2, 4, 0], ddof=1))


def test_n_is_of_each_cell() -> None:
    frame = pd.DataFrame(
        {"a": [1, 2, 3, 4, np.nan, 7], "b": [2, np.nan, 5, 9, 1, 4], "c": range(6)}
    )
    table = descriptives.correlations(frame, ["a", "b", "c"]).set_index(
        ["variable_x", "variable_y"]
    )
    assert table.loc[("a", "b"), "n"] == 4
    assert table.loc[("b", "c"), "n"] == 5
    both = frame[["a", "b"]].dropna()
    theirs = stats.pearsonr(both["a"], both["b"])
    assert table.loc[("a", "b"), "r"] == pytest.approx(theirs.statistic)
    assert table.loc[("a", "b"), "p"] == pytest.approx(theirs.pvalue)
    assert np.isnan(table.loc[("a", "a"), "p"])


def test_spearman_with_ties_equals_scipy(frame) -> None:
    table = descriptives.correlations(frame, ["count", "x"], "spearman")
    theirs = stats.spearmanr(frame["count"], frame["x"])
    assert table["r"].iloc[1] == pytest.approx(theirs.statistic)
    assert table["p"].iloc[1] == pytest.approx(theirs.pvalue)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_units_do_not_matter(make, scale, shift) -> None:
    frame = make()
    moved = frame.assign(x=frame["x"] * scale + shift)
    for table in (descriptives.vif, descriptives.correlations):
        one, two = (table(part, ["x", "z", "m"]) for part in (frame, moved))
        numbers = one.select_dtypes("number").columns
        assert two[numbers].to_numpy() == pytest.approx(
            one[numbers].to_numpy(), rel=1e-6, nan_ok=True, abs=1e-12
        )


def test_shares_between_and_within(frame) -> None:
    frame["fixed"] = frame["region"].str[1:].astype(float)
    table = descriptives.variance_shares(frame, ["x", "fixed"], "region").set_index("variable")
    assert table.loc["fixed", "within_share"] == pytest.approx(0, abs=1e-20)
    assert "Only 0.00% of the variance of fixed is within" in table.loc["fixed", "warning"]
    assert table.loc["x", "warning"] == ""
    groups = frame.groupby("region")["x"]
    assert table.loc["x", "sd_between"] == pytest.approx(groups.mean().std())
    within = frame["x"] - groups.transform("mean") + frame["x"].mean()
    assert table.loc["x", "sd_within"] == pytest.approx(within.std())


def test_vif_equals_statsmodels_and_after_effects_is_another(frame) -> None:
    import statsmodels.api as sm
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    names = ["x", "z", "m"]
    matrix = sm.add_constant(frame[names]).to_numpy()
    ours = descriptives.vif(frame, names)["vif"].tolist()
    assert ours == pytest.approx([variance_inflation_factor(matrix, at) for at in (1, 2, 3)])
    within = descriptives.vif(frame, names, entity="region", time="year")["vif"].tolist()
    assert within != pytest.approx(ours, rel=0.01)


def test_refusals(frame) -> None:
    for call, words in (
        (lambda: descriptives.descriptive_statistics(frame, ["w"]), "no column w"),
        (lambda: descriptives.descriptive_statistics(frame.assign(w=np.nan), ["w"]), "no value"),
        (lambda: descriptives.correlations(frame, ["region", "x"]), "not numbers"),
        (lambda: descriptives.correlations(frame, ["x", "z"], "kendall"), "pearson, spearman"),
        (lambda: descriptives.vif(frame, ["x"]), "at least two"),
        (lambda: descriptives.vif(frame.assign(w=frame["x"]), ["x", "w"]), "linear combination"),
        (lambda: descriptives.variance_shares(frame, ["x"], "city"), "no column city"),
    ):
        with pytest.raises(PanelError, match=words):
            call()


def test_stars() -> None:
    assert [descriptives.stars(p) for p in (0.009, 0.01, 0.049, 0.05, 0.099, 0.1)] == [
        "***",
        "**",
        "**",
        "*",
        "*",
        "",
    ]
    assert descriptives.stars(float("nan")) == ""
