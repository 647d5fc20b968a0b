"""What must not matter does not: order, units, copies, engines, labels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py import panel

COVARIANCES = [
    "cluster_entity",
    "cluster_time",
    "cluster_two_way",
    "robust",
    "unadjusted",
    "driscoll_kraay",
    "hc2",
    "hc3",
    "jackknife",
    "cr2",
]
NUMBERS = ["estimate", "std_error", "t", "p", "ci_low", "ci_high"]


def fitted(frame, regressors=("x", "z"), engine="gram", **options):
    return panel.fit(frame, "y", list(regressors), "region", "year", engine=engine, **options)


def slopes(fit, terms=("x", "z")):
    return fit.coefficients.set_index("term").loc[list(terms), NUMBERS]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(COVARIANCES))
def test_order_of_rows_changes_no_byte(make, seed, covariance) -> None:
    frame = make(missing=0.05, seed=2)
    mixed = frame.sample(frac=1, random_state=seed)
    one, other = fitted(frame, covariance=covariance), fitted(mixed, covariance=covariance)
    assert one.coefficients.equals(other.coefficients)
    assert str(one.statistics) == str(other.statistics)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(1e-4, 1e4),
    st.floats(1e-4, 1e4),
    st.floats(-1e3, 1e3),
    st.sampled_from(COVARIANCES),
)
def test_units_and_levels(make, seed, y_unit, x_unit, level, covariance) -> None:
    frame = make(seed=seed % 50)
    other = frame.assign(y=frame["y"] * y_unit + level, x=frame["x"] * x_unit - level)
    one, two = fitted(frame, covariance=covariance), fitted(other, covariance=covariance)
    a, b = one.row("x"), two.row("x")
    for name in ("estimate", "std_error", "ci_low", "ci_high"):
        assert b[name] * x_unit / y_unit == pytest.approx(a[name], rel=1e-6, abs=1e-9, nan_ok=True)
    assert b["p"] == pytest.approx(a["p"], rel=1e-5, abs=1e-9, nan_ok=True)
    for name in ("r2_within", "r2_inclusive", "r2_within_time_dummies", "r2_overall"):
        assert two.statistics[name] == pytest.approx(one.statistics[name], abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_entity_and_year_constants_are_absorbed(make, seed) -> None:
    frame = make(missing=0.1, seed=seed % 40)
    rng = np.random.default_rng(seed)
    own = dict(zip(frame["region"].unique(), rng.normal(size=99) * 10, strict=False))
    year = dict(zip(frame["year"].unique(), rng.normal(size=99) * 10, strict=False))
    for name in ("y", "x"):
        moved = frame.assign(
            **{name: frame[name] + frame["region"].map(own) + frame["year"].map(year)}
        )
        assert slopes(fitted(moved)).to_numpy() == pytest.approx(
            slopes(fitted(frame)).to_numpy(), rel=1e-8, abs=1e-11
        )


def test_copies_of_entities_halve_the_variance(gappy) -> None:
    """Every entity twice under another name: same slopes, bare clustered variance halved."""
    twice = pd.concat([gappy, gappy.assign(region=gappy["region"] + "b")])
    one, two = (fitted(part, convention="none") for part in (gappy, twice))
    a, b = slopes(one), slopes(two)
    assert b["estimate"].to_numpy() == pytest.approx(a["estimate"].to_numpy(), rel=1e-9)
    assert b["std_error"].to_numpy() == pytest.approx(
        a["std_error"].to_numpy() / np.sqrt(2), rel=1e-9
    )


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.15]),
    st.sampled_from(COVARIANCES),
    st.sampled_from([(True, True), (True, False), (False, True), (False, False)]),
)
def test_engines_agree(make, seed, missing, covariance, effects) -> None:
    frame = make(seed=seed, missing=missing)
    options = {
        "covariance": covariance,
        "entity_effects": effects[0],
        "time_effects": effects[1],
    }
    one = fitted(frame, engine="linearmodels", **options)
    two = fitted(frame, engine="gram", **options)
    assert two.coefficients[NUMBERS].to_numpy() == pytest.approx(
        one.coefficients[NUMBERS].to_numpy(), rel=1e-8, abs=1e-11, nan_ok=True
    )


def test_recipe_for_linearmodels_gives_the_default(frame) -> None:
    """The README's recipe: year dummies, entity effects, group_debias; p from t(G-1)."""
    from linearmodels.panel import PanelOLS

    wide = frame.set_index(["region", "year"])
    dummies = pd.get_dummies(frame["year"], prefix="t", drop_first=True, dtype=float)
    dummies.index = wide.index
    exog = pd.concat([wide[["x", "z"]], dummies], axis=1).assign(const=1.0)
    theirs = PanelOLS(wide["y"], exog, entity_effects=True).fit(
        cov_type="clustered", cluster_entity=True, group_debias=True
    )
    ours = fitted(frame)
    for term in ("x", "z"):
        assert ours.row(term)["estimate"] == pytest.approx(theirs.params[term], rel=1e-9)
        assert ours.row(term)["std_error"] == pytest.approx(theirs.std_errors[term], rel=1e-7)
    assert ours.df == 11


def test_defaults_of_linearmodels(frame) -> None:
    from linearmodels.panel import PanelOLS

    wide = frame.set_index(["region", "year"])
    theirs = PanelOLS(
        wide["y"], wide[["x", "z"]].assign(const=1.0), entity_effects=True, time_effects=True
    ).fit(cov_type="clustered", cluster_entity=True)
    ours = fitted(frame, convention="linearmodels")
    for term in ("x", "z", "const"):
        assert ours.row(term)["std_error"] == pytest.approx(theirs.std_errors[term], rel=1e-8)
        assert ours.row(term)["p"] == pytest.approx(theirs.pvalues[term], rel=1e-6)
    assert ours.statistics["r2_within"] == pytest.approx(theirs.rsquared, rel=1e-9)
    assert ours.statistics["r2_inclusive"] == pytest.approx(theirs.rsquared_inclusive, rel=1e-9)


def test_pooled_is_ols(frame) -> None:
    import statsmodels.api as sm

    theirs = sm.OLS(frame["y"], sm.add_constant(frame[["x", "z"]])).fit()
    ours = panel.fit(
        frame,
        "y",
        ["x", "z"],
        None,
        None,
        entity_effects=False,
        time_effects=False,
        covariance="unadjusted",
    )
    for term in ("x", "z", "const"):
        assert ours.row(term)["estimate"] == pytest.approx(theirs.params[term], rel=1e-10)
        assert ours.row(term)["std_error"] == pytest.approx(theirs.bse[term], rel=1e-10)
    assert ours.statistics["f"] == pytest.approx(theirs.fvalue, rel=1e-10)
    assert ours.statistics["f_p"] == pytest.approx(theirs.f_pvalue, rel=1e-8)
    for name in ("r2_within", "r2_overall", "r2_inclusive"):
        assert ours.statistics[name] == pytest.approx(theirs.rsquared, rel=1e-10)
    hc3 = panel.fit(
        frame,
        "y",
        ["x", "z"],
        None,
        None,
        entity_effects=False,
        time_effects=False,
        covariance="hc3",
    )
    assert hc3.row("x")["std_error"] == pytest.approx(theirs.HC3_se["x"], rel=1e-10)


def test_f_is_left_out_when_the_covariance_is_not_positive(make) -> None:
    frame = make(n_entities=3, n_periods=14)
    wide = frame.assign(w=np.random.default_rng(0).normal(size=len(frame)))
    found = fitted(wide, ("x", "z", "w"))
    assert np.isnan(found.statistics["f"])
    assert np.isfinite(found.row("x")["std_error"])


def test_a_product_is_worked_out(frame) -> None:
    by_name = fitted(frame, ("x", "z", "x:z"))
    by_column = fitted(frame.assign(xz=frame["x"] * frame["z"]), ("x", "z", "xz"))
    assert by_name.estimate("x:z") == by_column.estimate("xz")


def test_r2_names(frame) -> None:
    """Overall and between are xtreg's: squared correlations with the years as regressors."""
    found = fitted(frame)
    years = pd.get_dummies(frame["year"], dtype=float).iloc[:, 1:]
    years.columns = [f"t{name}" for name in years]
    lsdv = panel.fit(
        pd.concat([frame, years], axis=1),
        "y",
        ["x", "z", *years.columns],
        "region",
        "year",
        time_effects=False,
        covariance="robust",
    )
    for name in ("r2_overall", "r2_between", "r2_inclusive"):
        assert found.statistics[name] == pytest.approx(lsdv.statistics[name], abs=1e-9)
    assert found.statistics["r2_within_time_dummies"] == pytest.approx(
        lsdv.statistics["r2_within"], abs=1e-9
    )


def test_large_panels_use_the_own_engine(make) -> None:
    from models_py.panel import engines

    frame = make(n_entities=40, n_periods=10)
    assert fitted(frame, engine="auto").statistics["engine"] == "linearmodels"
    before, engines.LARGE_ROWS = engines.LARGE_ROWS, 100
    try:
        assert fitted(frame, engine="auto").statistics["engine"] == "gram"
    finally:
        engines.LARGE_ROWS = before
