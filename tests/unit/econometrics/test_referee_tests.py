"""Inference at its edges: three clusters, tests that cannot be made, omitted variables, influence."""

import numpy as np
import pandas as pd
import pytest

from models_py import inference, panel
from models_py.inference.omitted import closed_form
from models_py.panel import PanelError

KEYS = ("region", "year")


def fitted(frame, regressors=("x", "z"), outcome="y", **options):
    return panel.fit(frame, outcome, list(regressors), *KEYS, engine="gram", **options)


@pytest.mark.parametrize("regions", [3, 5])
@pytest.mark.parametrize("ties", [True, False])
def test_wild_interval_of_too_few_clusters_is_infinite(make, regions, ties) -> None:
    fit = fitted(make(n_entities=regions, n_periods=8), ["x"])
    found = inference.wild_cluster_bootstrap(fit, "x", count_ties=ties)
    assert (found.ci_low, found.ci_high) == (-np.inf, np.inf)
    assert found.p >= 2 ** (1 - regions)
    assert "smallest p value there can be" in found.warnings[0]


def test_wild_interval_never_contradicts_the_p_beside_it(make) -> None:
    contradictions, rejected = 0, 0
    for seed in range(40):
        frame = make(n_entities=7, seed=seed)
        frame["y"] = 0.5 * frame["x"] + np.random.default_rng(seed).normal(size=len(frame)) * 2
        found = inference.wild_cluster_bootstrap(fitted(frame, ["x"]), "x")
        excluded = not found.ci_low <= 0 <= found.ci_high
        contradictions += excluded != (found.p < 0.05)
        rejected += excluded
    assert contradictions == 0
    assert 0 < rejected < 40


def test_enumerated_runs_have_their_patterns_and_no_seed(make) -> None:
    few = inference.few_cluster_tests(fitted(make(n_entities=8)), ["x"], n_bootstrap=999, seed=3)
    wild = few.set_index("method").loc["wild_bootstrap"]
    assert (wild["n_draws"], wild["seed"]) == (256, None)
    assert "8 clusters have only 128" in wild["warnings"]
    many = inference.few_cluster_tests(fitted(make(n_entities=20)), ["x"], n_bootstrap=999, seed=3)
    wild = many.set_index("method").loc["wild_bootstrap"]
    assert (wild["n_draws"], wild["seed"], wild["warnings"]) == (999, 3, "")
    assert many.set_index("method").loc["jackknife", "n_draws"] is None


def test_leads_that_cannot_be_tested_are_not_said_to_explain_nothing(make) -> None:
    """The two-way matrix of this panel's leads is not positive."""
    frame = make(n_entities=31, seed=18)
    found = inference.placebo_leads(
        frame, "y", "x", ["z"], *KEYS, leads=2, covariance="cluster_two_way"
    )
    assert np.isnan(found.p)
    assert "cannot be tested" in found.sentence
    assert "do not explain" not in found.sentence


def test_years_as_floats_shift_by_the_calendar() -> None:
    frame = pd.DataFrame({"r": ["a"] * 4, "t": [2018.0, 2019.0, 2021.0, np.nan]})
    frame["v"] = [1.0, 2.0, 3.0, 4.0]
    lag = inference.shifted(frame, "v", "r", "t", 1)
    assert [None if np.isnan(one) else one for one in lag] == [None, 1.0, None, None]
    quarters = frame.assign(t=[2018.0, 2018.5, 2019.5, 2020.0])
    assert inference.shifted(quarters, "v", "r", "t", 1)[2] == 2.0  # in their order


def test_text_is_refused_in_a_sentence(frame) -> None:
    with pytest.raises(PanelError, match="'约12'"):
        inference.placebo_leads(frame.assign(x="约12"), "y", "x", ["z"], *KEYS)


def test_paths_of_a_treatment_in_a_product_are_not_permuted_alone(frame) -> None:
    with pytest.raises(PanelError, match="holds x in x:z as well"):
        inference.randomisation_test(fitted(frame, ["x", "z", "x:z"]), "x")
    fit = fitted(frame, ["x", "z", "z:m"])
    assert inference.randomisation_test(fit, "x", n_permutations=99).p <= 1


def test_robustness_value_of_the_darfur_example() -> None:
    """Cinelli and Hazlett (2020), section 5: directlyharmed, t = 4.18, df = 783."""
    t, df = 4.18445, 783
    assert t**2 / (t**2 + df) == pytest.approx(0.0219, abs=5e-5)
    assert closed_form(t, df) == pytest.approx(0.139, abs=5e-4)
    assert closed_form(t, df, alpha=0.05) == pytest.approx(0.076, abs=5e-4)
    assert closed_form(0.5, df, alpha=0.05) == 0
    assert closed_form(1e6, df, alpha=0.05) == pytest.approx(1, abs=1e-3)


def test_robustness_value_is_what_a_confounder_that_strong_does(make) -> None:
    """A made confounder with that partial R² on both sides brings the coefficient to zero."""
    frame = make(n_entities=20, seed=3)
    fit = fitted(frame, ["x", "z"])
    found = inference.robustness_value(fit, "x")
    iid = fitted(frame, ["x", "z"], covariance="unadjusted").row("x")
    assert found.t == pytest.approx(iid["t"], rel=1e-9)
    design = fit.design
    z = design.x_within[:, [1]]
    x = design.x_within[:, 0] - z @ np.linalg.lstsq(z, design.x_within[:, 0], rcond=None)[0]
    rest = fit.residuals
    noise = np.random.default_rng(0).normal(size=len(x))
    noise = design.absorber(noise)
    basis = np.column_stack([z, x, rest])
    noise -= basis @ np.linalg.lstsq(basis, noise, rcond=None)[0]
    unit = [one / np.linalg.norm(one) for one in (x, rest, noise)]
    rv = found.rv
    # Partial R² with x is rv; with y given x it is rv of what x leaves.
    with_y = np.sqrt(rv * (1 - rv)) * np.sign(found.t)
    confounder = (
        np.sqrt(rv) * unit[0] + with_y * unit[1] + np.sqrt(max(1 - rv - with_y**2, 0)) * unit[2]
    )
    wide = design.sample.assign(confounder=confounder)
    assert fitted(wide, ["x", "z", "confounder"]).estimate("x") == pytest.approx(0, abs=1e-8)
    assert f"{rv:.1%}" in found.sentence
    assert found.rv_alpha < rv
    for q, alpha in ((0, 0.05), (1, 1.5)):
        with pytest.raises(PanelError, match="alpha one between"):
            inference.robustness_value(fit, "x", q, alpha)


def test_dfbeta_is_a_loop_over_entities(frame) -> None:
    fit = fitted(frame)
    table = inference.dfbeta(fit)
    assert len(table) == 24
    own = table[table["term"] == "x"].set_index("entity")
    without = fitted(frame[frame["region"] != "R003"])
    change = fit.estimate("x") - without.estimate("x")
    assert own.loc["R003", "dfbeta"] == pytest.approx(change, rel=1e-8)
    assert own.loc["R003", "dfbetas"] == pytest.approx(change / fit.row("x")["std_error"], rel=1e-8)
    assert own["dfbeta"].abs().is_monotonic_decreasing
    assert (own["influential"] == (own["dfbetas"].abs() > 2 / np.sqrt(12))).all()
    far = frame.copy()
    far.loc[far["region"] == "R005", "y"] += 30 * far["x"]
    table = inference.dfbeta(fitted(far))
    assert table.loc[table["term"] == "x", "entity"].iloc[0] == "R005"
