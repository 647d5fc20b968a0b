"""Resampling tests equal the loops they stand for, and find what was planted and nothing else."""

import itertools

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from models_py import inference, panel
from models_py.inference.omitted import _delta, _Terms
from models_py.mediation.resampling import resamples
from models_py.panel import PanelError


def fitted(frame, regressors=("x", "z"), outcome="y", **options):
    return panel.fit(frame, outcome, list(regressors), "region", "year", engine="gram", **options)


def test_wild_bootstrap_equals_refitting_every_sign_pattern(make) -> None:
    frame = make(n_entities=6, missing=0.1, seed=2)
    fit = fitted(frame)
    found = inference.wild_cluster_bootstrap(fit, "x", null=0.4, n_bootstrap=99)
    assert found.enumerated
    design = fit.design
    sample = design.sample.reset_index(drop=True)
    restricted = fitted(sample.assign(y=sample["y"] - 0.4 * sample["x"]), ["z"])
    residuals = restricted.residuals
    base = sample["y"].to_numpy() - residuals
    statistics = []
    for signs in itertools.product([1, -1], repeat=6):
        drawn = fitted(sample.assign(y=base + np.array(signs)[design.entity] * residuals))
        row = fitted_bare(drawn)
        statistics.append(abs(row["estimate"] - 0.4) / row["std_error"])
    observed = abs(fit.estimate("x") - 0.4) / fitted_bare(fit)["std_error"]
    assert found.t == pytest.approx((fit.estimate("x") - 0.4) / fitted_bare(fit)["std_error"])
    above = np.array(statistics) > observed * (1 + 1e-9)
    level = np.abs(np.array(statistics) - observed) <= observed * 1e-9
    assert found.p_strict == above.mean()
    assert found.p == (above | level).mean()


def fitted_bare(fit):
    from models_py.panel import fit_design

    return fit_design(fit.design, convention="none", engine="gram").row("x")


@pytest.mark.parametrize("name", ["p", "p_strict"])
def test_wild_bootstrap_interval_is_where_the_test_turns(make, name) -> None:
    fit = fitted(make(seed=4))
    found = inference.wild_cluster_bootstrap(fit, "x", n_bootstrap=4096, count_ties=name == "p")
    assert found.enumerated
    width = found.ci_high - found.ci_low
    for end, inward in ((found.ci_low, 1), (found.ci_high, -1)):
        kept = inference.wild_cluster_bootstrap(
            fit, "x", null=end + inward * 1e-4 * width, n_bootstrap=4096, interval=False
        )
        gone = inference.wild_cluster_bootstrap(
            fit, "x", null=end - inward * 1e-4 * width, n_bootstrap=4096, interval=False
        )
        assert getattr(kept, name) >= 0.05 > getattr(gone, name)


def test_wild_bootstrap_with_text_clusters_units_and_order(make) -> None:
    """wildboottest fails on text clusters, and decides ties by rounding."""
    frame = make(n_entities=8, seed=4)
    one = inference.wild_cluster_bootstrap(fitted(frame), "x", n_bootstrap=256)
    for factor in (1e-5, 3.0, 1e6):
        moved = frame.sample(frac=1, random_state=1).assign(y=frame["y"] * factor)
        two = inference.wild_cluster_bootstrap(fitted(moved), "x", n_bootstrap=256)
        assert (two.p, two.p_strict) == (one.p, one.p_strict)
    assert "8 clusters have only 128 different sign patterns" in one.warnings[0]


def test_wild_bootstrap_seeds_weights_and_refusals(make) -> None:
    fit = fitted(make(n_entities=20, seed=4))
    one, two = (inference.wild_cluster_bootstrap(fit, "z", seed=3, n_bootstrap=999) for _ in "ab")
    assert one == two
    webb = inference.wild_cluster_bootstrap(fit, "z", weights="webb", n_bootstrap=999)
    assert abs(webb.p - one.p) < 0.05
    with pytest.raises(PanelError, match="rademacher, webb"):
        inference.wild_cluster_bootstrap(fit, "z", weights="mammen")
    with pytest.raises(PanelError, match="w is not a regressor"):
        inference.wild_cluster_bootstrap(fit, "w")


def test_jackknife_is_a_loop_over_entities(make) -> None:
    frame = make(missing=0.1, seed=7)
    fit = fitted(frame)
    without = np.array(
        [
            [fitted(frame[frame["region"] != one]).estimate(term) for term in ("x", "z")]
            for one in fit.design.entities
        ]
    )
    full = np.array([fit.estimate("x"), fit.estimate("z")])
    expected = np.sqrt(11 / 12 * ((without - full) ** 2).sum(axis=0))
    jack = inference.jackknife_cv3(fit)
    assert [jack.row(term)["std_error"] for term in ("x", "z")] == pytest.approx(expected, rel=1e-8)
    table = inference.leave_one_out_range(fit).set_index("term")
    assert table.loc["x", "minimum"] == pytest.approx(without[:, 0].min(), rel=1e-9)
    assert table.loc["x", "entity_of_minimum"] == fit.design.entities[without[:, 0].argmin()]


def test_jackknife_names_the_entity_everything_rests_on(frame) -> None:
    only = frame.assign(w=np.where(frame["region"] == "R004", frame["z"], 0.0))
    with pytest.raises(PanelError, match="Without R004 the coefficients"):
        inference.jackknife_cv3(fitted(only, ["x", "w"]))


def test_few_cluster_table(frame) -> None:
    table = inference.few_cluster_tests(fitted(frame), ["x"], n_bootstrap=999)
    assert table["method"].tolist() == ["cluster_entity, reghdfe", "jackknife", "wild_bootstrap"]
    assert (table["p"] < 0.05).all()


def test_randomisation_equals_refitting(frame) -> None:
    fit = fitted(frame)
    found = inference.randomisation_test(fit, "x", n_permutations=99, seed=2)
    wide = fit.design.sample.pivot(index="region", columns="year", values="x")
    draw = np.random.default_rng(2)
    for at in range(10):
        moved = wide.iloc[draw.permutation(12)].set_axis(wide.index).stack().rename("moved")
        other = fitted(fit.design.sample.merge(moved.reset_index()), ["moved", "z"])
        assert found.draws[at] == pytest.approx(other.estimate("moved"), rel=1e-9)
    by_t = inference.randomisation_test(fit, "x", n_permutations=99, seed=2, statistic="t")
    assert np.corrcoef(by_t.draws, found.draws)[0, 1] > 0.8
    assert found.p == 0.01
    assert found.warnings == ()


def test_randomisation_finds_nothing_in_noise(make) -> None:
    """Share of p <= 0.1 over 60 panels in which x has no effect: 10 % give or take."""
    p = []
    for seed in range(60):
        frame = make(seed=seed)
        frame["y"] = np.random.default_rng(seed + 500).normal(size=len(frame))
        p.append(inference.randomisation_test(fitted(frame), "x", n_permutations=99).p)
    assert 0.01 < np.mean(np.array(p) <= 0.1) < 0.22


def test_randomisation_of_an_unbalanced_panel_says_who_keeps_their_path(gappy) -> None:
    found = inference.randomisation_test(fitted(gappy), "x", n_permutations=99)
    assert found.n_moved < 12
    assert "lack a period and keep their own path" in found.warnings[0]


def test_shift_is_by_the_calendar() -> None:
    frame = pd.DataFrame({"r": ["a"] * 3 + ["b"] * 2, "t": [2018, 2020, 2021, 2018, 2019]})
    frame["v"] = [1.0, 2.0, 3.0, 4.0, 5.0]
    lag = inference.shifted(frame, "v", "r", "t", 1)
    assert [None if np.isnan(one) else one for one in lag] == [None, None, 2.0, None, 4.0]
    lead = inference.shifted(frame, "v", "r", "t", -1)
    assert [None if np.isnan(one) else one for one in lead] == [None, 3.0, None, 5.0, None]


def test_placebo_leads(make) -> None:
    frame = make(n_entities=40, seed=4)
    found = inference.placebo_leads(frame, "y", "x", ["z"], "region", "year", leads=2)
    assert found.leads == ("F1.x", "F2.x")
    assert found.n_lost == 80
    assert "do not explain" in found.sentence
    ahead = frame.assign(y=2 * np.nan_to_num(inference.shifted(frame, "x", "region", "year", -1)))
    assert inference.placebo_leads(ahead, "y", "x", ["z"], "region", "year").p < 0.01
    product = inference.placebo_leads(frame, "y", "x", ["x:z"], "region", "year")
    assert product.n_lost == 40
    with pytest.raises(PanelError, match="at least one"):
        inference.placebo_leads(frame, "y", "x", [], "region", "year", leads=0)


def test_holm_equals_statsmodels() -> None:
    p = [0.01, 0.04, 0.03, 0.005, 0.5]
    assert inference.holm(p) == pytest.approx(multipletests(p, method="holm")[1])
    with pytest.raises(PanelError, match="between 0 and 1"):
        inference.holm([0.5, 1.2])


def test_romano_wolf_equals_the_loop(make) -> None:
    frame = make(n_entities=15, missing=0.05, seed=6)
    fits = {"y": fitted(frame), "m": fitted(frame, outcome="m")}
    family = [
        inference.Hypothesis("y on x", fits["y"], "x"),
        inference.Hypothesis("y on z", fits["y"], "z"),
        inference.Hypothesis("m on z", fits["m"], "z"),
    ]
    table = inference.romano_wolf(family, n_bootstrap=99, seed=1)
    units = dict(list(frame.groupby("region")))
    drawn = []
    for draw in resamples(15, 99, 1):
        names = sorted(units)
        parts = [units[names[at]].assign(region=f"{i:03d}") for i, at in enumerate(draw)]
        sample = pd.concat(parts)
        row = []
        for one in family:
            again = fitted(sample, outcome=one.fit.design.outcome, convention="none").row(one.term)
            row.append((again["estimate"] - one.fit.estimate(one.term)) / again["std_error"])
        drawn.append(row)
    drawn = np.abs(drawn)
    bare = [
        fitted(frame, outcome=one.fit.design.outcome, convention="none").row(one.term)["t"]
        for one in family
    ]
    order = np.argsort(-np.abs(bare))
    expected, floor = {}, 0.0
    for step, at in enumerate(order):
        beyond = (drawn[:, order[step:]].max(axis=1) >= abs(bare[at])).sum()
        floor = max(floor, (1 + beyond) / 100)
        expected[family[at].name] = floor
    found = dict(zip(table["name"], table["p_romano_wolf"], strict=True))
    assert found == pytest.approx(expected)
    assert (table["p_holm"] >= table["p"]).all()
    with pytest.raises(PanelError, match="at least two hypotheses"):
        inference.romano_wolf(family[:1])


def test_oster_beta_star_has_delta_one(make) -> None:
    for seed in range(20):
        fit = fitted(make(n_entities=20, seed=seed), ["x", "z", "m"])
        found = inference.oster(fit, "x")
        short = fitted(make(n_entities=20, seed=seed), ["x"])
        assert found.beta_short == pytest.approx(short.estimate("x"), rel=1e-9)
        assert found.r2_short == pytest.approx(short.statistics["r2_within"], rel=1e-9)
        again = inference.oster(fit, "x", beta=found.beta_star)
        assert again.delta == pytest.approx(1, rel=1e-6)


def test_oster_formula_in_a_case_worked_by_hand() -> None:
    """All but var x = 2, var rest = 1 equal to one: (1 + 2 + 4 + 1) / (2 + 1 + 2 + 1)."""
    assert _delta(_Terms(2.0, 1.0, 1.0, 1.0, 2.0, 1.0), 0.0) == pytest.approx(8 / 6)


def test_oster_refusals(frame) -> None:
    with pytest.raises(PanelError, match="this one has none"):
        inference.oster(fitted(frame, ["x"]), "x")
    with pytest.raises(PanelError, match="must lie above"):
        inference.oster(fitted(frame), "x", r2_max=0.0)


def test_minimum_detectable_effect_scales_with_the_error(frame) -> None:
    fit = fitted(frame)
    found = inference.minimum_detectable_effect(fit, "x")
    assert found["mde"] == pytest.approx(
        fit.row("x")["std_error"] * (2.200985 + 0.875530), rel=1e-5
    )
    assert inference.minimum_detectable_effect(fit, "x", power=0.9)["mde"] > found["mde"]
    with pytest.raises(PanelError, match="between 0 and 1"):
        inference.minimum_detectable_effect(fit, "x", power=80)


def test_the_constant_is_not_a_hypothesis(frame) -> None:
    fit = fitted(frame)
    for call in (
        lambda: inference.wild_cluster_bootstrap(fit, "const"),
        lambda: inference.randomisation_test(fit, "const"),
        lambda: inference.oster(fit, "const"),
        lambda: inference.minimum_detectable_effect(fit, "const"),
        lambda: inference.romano_wolf([inference.Hypothesis("a", fit, "const")] * 2),
    ):
        with pytest.raises(PanelError, match="const is not a regressor"):
            call()
