"""Separated rows of count models: found, left out and named, alike under both engines."""

import itertools

import numpy as np
import pandas as pd
import pytest

from models_py import robustness
from models_py.panel import PanelError
from models_py.panel.design import prepare
from models_py.robustness.separation import separated_rows

KEYS = ("region", "year")
ENGINES = ["statsmodels", "absorb"]


def ppml(frame, regressors, **options):
    return robustness.ppml(frame, "count", list(regressors), *KEYS, **options)


@pytest.fixture
def separated(make) -> pd.DataFrame:
    """``dummy`` is one, and ``size`` above zero, only where the count is zero."""
    frame = make(n_entities=25, n_periods=6, seed=4)
    draw = np.random.default_rng(2)
    frame["count"] = draw.poisson(np.exp(0.3 * frame["x"] + 0.2))
    zero = frame["count"] == 0
    frame["dummy"] = (zero & (draw.random(len(frame)) < 0.5)).astype(float)
    frame["size"] = np.where(zero, draw.random(len(frame)), 0)
    return frame


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["dummy", "size"])
@pytest.mark.parametrize("convention", ["ppmlhdfe", "fixest"])
def test_a_separating_regressor_goes_with_its_rows(separated, engine, name, convention) -> None:
    found = ppml(separated, ["x", name, "z"], engine=engine, convention=convention)
    rest = separated[separated[name] == 0]
    expected = ppml(rest, ["x", "z"], engine=engine, convention=convention)
    assert found.coefficients["term"].tolist() == ["x", "z"]
    numbers = found.coefficients.drop(columns="term").to_numpy()
    assert numbers == pytest.approx(
        expected.coefficients.drop(columns="term").to_numpy(), rel=1e-9, abs=1e-12
    )
    assert found.statistics["n_obs"] == expected.statistics["n_obs"]
    assert found.statistics["n_separated"] >= (separated[name] > 0).sum()
    said = " ".join(found.warnings)
    assert f"{name} is 0 in all" in said
    assert "(separation)" in said


def test_a_combination_separates_where_no_regressor_does(separated) -> None:
    """Neither ``a`` nor ``b`` is zero where the count is not, but their difference is."""
    wide = separated.assign(a=separated["z"] + separated["dummy"], b=separated["z"])
    found = ppml(wide, ["x", "a", "b"])
    expected = ppml(separated[separated["dummy"] == 0], ["x", "z"])
    assert found.coefficients["estimate"].to_numpy() == pytest.approx(
        expected.coefficients["estimate"].to_numpy(), rel=1e-8
    )
    assert "b is an exact linear combination of a" in " ".join(found.warnings)


def test_nothing_is_separated_in_ordinary_counts(make) -> None:
    for seed in range(10):
        frame = make(seed=seed, missing=0.1)
        frame["count"] += frame["year"] == 2020  # no region has zeros alone
        frame = frame[frame.groupby("region")["count"].transform("sum") > 0]
        design = prepare(frame, "count", ["x", "z"], *KEYS)
        assert not separated_rows(design).any()
        near = frame.assign(w=frame["x"] + 1e-4 * frame["m"])
        assert not separated_rows(prepare(near, "count", ["x", "w"], *KEYS)).any()


def test_separation_by_search_over_signs() -> None:
    """Small designs: the certificate exists exactly when a search over directions finds one."""
    for seed in range(30):
        draw = np.random.default_rng(seed)
        n = 12
        frame = pd.DataFrame(
            {
                "y": draw.poisson(0.8, n).astype(float),
                "a": draw.integers(-1, 2, n).astype(float),
                "b": draw.integers(-1, 2, n).astype(float),
            }
        )
        options = {"entity_effects": False, "time_effects": False}
        try:
            design = prepare(frame, "y", ["a", "b"], None, None, **options)
        except PanelError:
            continue
        grid = range(-2, 3)
        found = np.zeros(n, dtype=bool)
        for c, a, b in itertools.product(grid, grid, grid):
            z = c + a * frame["a"].to_numpy() + b * frame["b"].to_numpy()
            if (z[design.y > 0] == 0).all() and (z[design.y == 0] >= 0).all():
                found |= z > 0
        assert separated_rows(design).tolist() == found.tolist(), seed


def test_singletons_are_no_clusters_under_ppmlhdfe(make) -> None:
    frame = make(n_entities=25, seed=6)
    frame["count"] += 1
    alone = frame[(frame["region"] != "R002") | (frame["year"] == 2020)]
    without = frame[frame["region"] != "R002"]
    ours, theirs = ppml(alone, ["x"]), ppml(without, ["x"])
    assert ours.coefficients["std_error"].equals(theirs.coefficients["std_error"])
    assert ours.statistics["n_obs"] == theirs.statistics["n_obs"]
    kept = ppml(alone, ["x"], convention="fixest")
    assert kept.statistics["n_entities"] == 25
    assert kept.coefficients["estimate"].iloc[0] == pytest.approx(
        ours.coefficients["estimate"].iloc[0], rel=1e-8
    )


def test_nothing_left_is_a_sentence(separated) -> None:
    with pytest.raises(PanelError, match=r"No regressor is left to estimate\. dummy is 0"):
        ppml(separated, ["dummy"])
    row = robustness.row_of(
        separated, robustness.Model("count", "dummy", ("x",), *KEYS, estimator="ppml")
    )
    assert row["estimate"] is None
    assert "dummy is 0 in all" in row["note"]


def test_counts_of_few_clusters_are_told(make) -> None:
    assert any("12 clusters" in one for one in ppml(make(), ["x"]).warnings)
    assert ppml(make(n_entities=25), ["x"]).warnings == ()
