"""Units and near-copies: what is silently wrong in floating point, and few clusters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py import inference, moderation, panel
from models_py.panel import PanelError

ENGINES = ["linearmodels", "gram"]


def fitted(frame, regressors=("x", "z"), **options):
    return panel.fit(frame, "y", list(regressors), "region", "year", **options)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25, deadline=None)
@given(
    which=st.sampled_from(["x", "z", "y"]),
    power=st.floats(-9, 9),
    missing=st.sampled_from([0.0, 0.1]),
    covariance=st.sampled_from(["cluster_entity", "robust", "unadjusted", "cluster_two_way"]),
)
def test_the_unit_of_a_column_changes_its_coefficient_only(
    make, engine, which, power, missing, covariance
) -> None:
    unit = 10.0**power
    frame = make(missing=missing, seed=3)
    options = {"engine": engine, "covariance": covariance}
    one = fitted(frame, **options)
    two = fitted(frame.assign(**{which: frame[which] * unit}), **options)
    for term in ("x", "z"):
        a, b = one.row(term), two.row(term)
        factor = unit if which == "y" else 1 / unit if which == term else 1.0
        for name in ("estimate", "std_error", "ci_low", "ci_high"):
            assert b[name] == pytest.approx(a[name] * factor, rel=1e-7, nan_ok=True)
        for name in ("t", "p"):
            assert b[name] == pytest.approx(a[name], rel=1e-7, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_share_beside_gdp_in_yuan(frame, engine) -> None:
    """The engine gave the share coefficient 0 and p 1: its pseudo-inverse dropped the column."""
    share = 0.005 + 1e-4 * frame["x"]
    small = fitted(frame.assign(share=share), ["share", "z"], engine="gram")
    wide = frame.assign(share=share, gdp=3e13 + 1e13 * frame["z"])
    found = fitted(wide, ["share", "gdp"], engine=engine)
    assert found.row("share")["estimate"] == pytest.approx(small.estimate("share"), rel=1e-6)
    assert found.row("share")["t"] == pytest.approx(small.row("share")["t"], rel=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [1e-3, 1e-5, 1e-6, 1e-7])
def test_near_copies_are_fitted_and_told(make, engine, size) -> None:
    """y on x and x + size z is y on x and z: the coefficient of z is divided by size, t is kept."""
    frame = make(n_entities=31)
    plain = fitted(frame, ["x", "z"], engine="gram").row("z")
    found = fitted(frame.assign(near=frame["x"] + size * frame["z"]), ["x", "near"], engine=engine)
    row = found.row("near")
    assert row["estimate"] * size == pytest.approx(plain["estimate"], rel=1e-6)
    assert row["std_error"] * size == pytest.approx(plain["std_error"], rel=1e-6)
    assert "x, near are nearly copies" in " ".join(found.warnings)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_column_beside_the_same_column_rounded(make, engine) -> None:
    frame = make(n_entities=31).assign(gdp=lambda one: 5e4 * np.exp(one["x"] / 3))
    frame["rounded"] = frame["gdp"].round(0)
    found = fitted(frame, ["gdp", "rounded"], engine=engine)
    assert np.isfinite(found.row("gdp")["p"])
    assert "gdp, rounded are nearly copies" in " ".join(found.warnings)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("step", [1e-4, 1e-6])
def test_a_level_that_hardly_changes(frame, engine, step) -> None:
    level = frame["region"].str[1:].astype(float)
    found = fitted(frame.assign(v=level + step * frame["x"]), ["v", "z"], engine=engine)
    plain = fitted(frame, engine="gram")
    assert found.estimate("v") * step == pytest.approx(plain.estimate("x"), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(-12, 0), st.sampled_from(ENGINES), st.integers(0, 20))
def test_only_sentences_leave_fit(make, power, engine, seed) -> None:
    frame = make(seed=seed)
    near = frame.assign(near=frame["x"] + 10.0**power * frame["z"])
    try:
        found = fitted(near, ["x", "near", "z"][: 2 + seed % 2], engine=engine)
    except PanelError as error:
        assert str(error).endswith(".")
    else:
        assert np.isfinite(found.coefficients["estimate"]).all()


def test_equations_that_cannot_be_solved_are_a_sentence(frame, monkeypatch) -> None:
    from models_py.panel import estimate

    def fails(*_):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(estimate, "estimate", fails)
    with pytest.raises(PanelError, match=r"cannot be solved \(Singular matrix\)"):
        fitted(frame)


@pytest.mark.parametrize(("regions", "told"), [(12, True), (19, True), (20, False), (31, False)])
def test_few_clusters_are_told(make, regions, told) -> None:
    found = fitted(make(n_entities=regions))
    assert any(f"there are {regions} clusters" in one for one in found.warnings) == told
    for other in ("jackknife", "cr2", "robust"):
        said = " ".join(fitted(make(n_entities=regions), covariance=other).warnings)
        assert "clusters; with fewer" not in said


def test_the_name_of_an_error_names_no_convention_that_does_nothing(frame) -> None:
    for covariance, convention, expected in (
        ("cluster_entity", "reghdfe", "cluster_entity, reghdfe"),
        ("jackknife", "reghdfe", "jackknife"),
        ("cr2", "areg", "cr2"),
        ("hc3", "reghdfe", "hc3"),
        ("driscoll_kraay", "reghdfe", "driscoll_kraay, none"),
        ("driscoll_kraay", "fixest", "driscoll_kraay, fixest"),
        ("robust", "reghdfe", "robust"),
        ("unadjusted", "none", "unadjusted, none"),
    ):
        found = fitted(frame, covariance=covariance, convention=convention)
        assert found.statistics["se_type"] == expected


def test_satterthwaite_of_a_combination_is_that_of_the_coefficient_it_becomes(make) -> None:
    """The effect of x at z = 2 is the coefficient of x where the product holds z - 2."""
    frame = make(n_entities=15, seed=8)
    wide = frame.assign(p=frame["x"] * (frame["z"] - 2))
    raw = fitted(frame, ["x", "z", "x:z"], covariance="cr2")
    moved = fitted(wide, ["x", "z", "p"], covariance="cr2")
    effect = moderation.marginal_effects(raw, "x", "z", [2.0]).iloc[0]
    row = moved.row("x")
    assert effect["p"] == pytest.approx(row["p"], rel=1e-8)
    assert effect["ci_low"] == pytest.approx(row["ci_low"], rel=1e-8)
    assert raw.df_of({"x": 1.0, "x:z": 2.0}) < 14
    assert "G - 1" in moderation.johnson_neyman(raw, "x", "z").sentence
    assert any("joint" in one for one in raw.warnings)


def test_power_under_cr2_takes_the_degrees_of_freedom_of_its_term(make) -> None:
    fit = fitted(make(n_entities=15, seed=8), covariance="cr2")
    by_g = fitted(make(n_entities=15, seed=8))
    found = inference.minimum_detectable_effect(fit, "x")
    other = inference.minimum_detectable_effect(by_g, "x")
    assert found["multiple"] > other["multiple"]
