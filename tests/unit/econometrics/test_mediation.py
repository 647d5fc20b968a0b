"""Batches of resamples equal the naive loop, draw for draw; warnings come when they are due."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models_py import mediation, panel
from models_py.mediation.intervals import interval
from models_py.mediation.resampling import resamples
from models_py.panel import PanelError

CONTROLS = ["z"]


def mediated(frame, **options):
    options = {"n_bootstrap": 200, **options}
    return mediation.mediate(frame, "y", "x", "m", CONTROLS, "region", "year", **options)


def naive(frame, chosen, units, **effects):
    """The three regressions on each resample, one after the other, drawn entities as new ones."""
    out = []
    for draw in chosen:
        parts = [units[unit].assign(region=f"{place:04d}") for place, unit in enumerate(draw)]
        sample = pd.concat(parts, ignore_index=True)

        def slope(outcome, terms, which, data=sample):
            fit = panel.fit(data, outcome, terms, "region", "year", engine="gram", **effects)
            return [fit.estimate(term) for term in which]

        try:
            (a,) = slope("m", ["x", *CONTROLS], ["x"])
            b, direct = slope("y", ["m", "x", *CONTROLS], ["m", "x"])
            (total,) = slope("y", ["x", *CONTROLS], ["x"])
        except PanelError:  # a resample of few entities with gaps need not identify the paths
            a = b = direct = total = np.nan
        out.append([a * b, direct, total])
    return np.array(out)


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize(
    "effects", [(True, True), (True, False), (False, True), (False, False)], ids=str
)
def test_batch_of_entities_equals_the_loop(make, missing, effects) -> None:
    frame = make(n_entities=9, missing=missing, seed=4)
    options = {"entity_effects": effects[0], "time_effects": effects[1]}
    found = mediated(frame, n_bootstrap=100, seed=7, **options)
    whole = frame.dropna(subset=["x"])
    units = [part for _, part in whole.groupby("region")]
    expected = naive(frame, resamples(9, 100, 7)[:20], units, **options)
    assert np.isnan(expected).any(axis=1).sum() <= 4
    assert found.draws.to_numpy()[:20] == pytest.approx(expected, rel=1e-8, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("effects", [(True, True), (True, False), (False, False)], ids=str)
def test_batch_of_rows_equals_the_loop(make, effects) -> None:
    frame = make(n_entities=9, seed=4)
    options = {"entity_effects": effects[0], "time_effects": effects[1]}
    found = mediated(frame, n_bootstrap=100, seed=3, resample="row", **options)
    ordered = frame.sort_values(["region", "year"], ignore_index=True)
    dummies = [pd.get_dummies(ordered[key], dtype=float) for key in ("region", "year")]
    parts = [part for part, used in zip(dummies, effects, strict=True) if used]
    wide = np.column_stack([*parts, np.ones(len(ordered))])
    values = ordered[["y", "m", "x", "z"]].to_numpy()
    for draw, ours in zip(resamples(45, 100, 3)[:40], found.draws.to_numpy(), strict=False):
        y, m, x, z = values[draw].T
        nuisance = np.column_stack([z, wide[draw]])
        a = np.linalg.lstsq(np.column_stack([x, nuisance]), m, rcond=None)[0][0]
        b, direct = np.linalg.lstsq(np.column_stack([m, x, nuisance]), y, rcond=None)[0][:2]
        total = np.linalg.lstsq(np.column_stack([x, nuisance]), y, rcond=None)[0][0]
        assert ours == pytest.approx([a * b, direct, total], rel=1e-7, abs=1e-9)


def test_same_seed_same_bytes_and_order_of_rows_does_not_matter(frame) -> None:
    one, two = mediated(frame, seed=5), mediated(frame.iloc[::-1], seed=5)
    assert one.effects.equals(two.effects)
    assert one.draws.equals(two.draws)
    assert not one.draws.equals(mediated(frame, seed=6).draws)


def test_chunks_change_nothing(frame, monkeypatch) -> None:
    from models_py.mediation import resampling

    one = mediated(frame, interval="bca")
    monkeypatch.setattr(resampling, "CHUNK", 3000)
    assert mediated(frame, interval="bca").draws.to_numpy() == pytest.approx(
        one.draws.to_numpy(), rel=1e-12
    )


def test_tables_have_the_columns_of_the_interface(frame) -> None:
    found = mediated(frame)
    assert found.effects.columns.tolist()[:11] == [
        "outcome",
        "treatment",
        "mediator",
        "effect",
        "estimate",
        "ci_low",
        "ci_high",
        "ci_method",
        "n_bootstrap",
        "seed",
        "p",
    ]
    assert found.effects["effect"].tolist() == ["indirect", "direct", "total"]
    assert found.paths["path"].tolist() == ["a", "b", "c", "c_prime"]


def test_planted_effect_is_in_the_interval_and_nothing_is_warned_of(make) -> None:
    found = mediated(make(n_entities=40, seed=8), n_bootstrap=1000)
    row = found.effects.set_index("effect").loc["indirect"]
    assert row["ci_low"] < 0.48 < row["ci_high"]
    assert len(found.warnings) == 1
    assert "sequential ignorability" in found.warnings[0]


def test_paths_that_are_not_there_are_told(make) -> None:
    frame = make(n_entities=20, seed=9)
    frame["m"] = np.random.default_rng(1).normal(size=len(frame))
    assert "Path a is not distinguishable from zero" in " ".join(mediated(frame).warnings)


def test_suppression_and_row_resampling_are_told(make) -> None:
    frame = make(n_entities=20, seed=9)
    frame["y"] = frame["m"] - 3 * frame["x"] + np.random.default_rng(1).normal(size=len(frame))
    said = " ".join(mediated(frame, resample="row").warnings)
    assert "opposite signs" in said
    assert "Rows were resampled" in said


def test_refusals(frame) -> None:
    for options, words in (
        ({"n_bootstrap": 10}, "at least 100"),
        ({"resample": "years"}, "entity, row"),
        ({"interval": "basic"}, "percentile, bc, bca"),
        ({"level": 95}, "between 0 and 1"),
    ):
        with pytest.raises(PanelError, match=words):
            mediated(frame, **options)
    with pytest.raises(PanelError, match="m is 1 in all"):
        mediated(frame.assign(m=1.0))
    with pytest.raises(PanelError, match="both treatment and mediator"):
        mediation.mediate(frame, "y", "x", "x", [], "region", "year")
    with pytest.raises(PanelError, match="Resampling entities needs"):
        mediation.mediate(
            frame,
            "y",
            "x",
            "m",
            [],
            None,
            None,
            entity_effects=False,
            time_effects=False,
            covariance="unadjusted",
        )


def test_sensitivity_rho_is_where_the_indirect_effect_vanishes(make) -> None:
    """Imai, Keele and Yamamoto (2010), theorem 4: b is zero iff rho equals the errors' correlation."""
    found = mediated(make(n_entities=30, seed=2))
    rho = found.statistics["sensitivity_rho"]
    m, total = (found.fits[name].residuals for name in ("mediator", "total"))
    b = found.paths.set_index("path").loc["b", "estimate"]
    assert b == pytest.approx(rho * total.std() / m.std(), rel=1e-9)


def test_intervals_against_scipy() -> None:
    rng = np.random.default_rng(0)
    sample = rng.exponential(size=60)
    draws = rng.choice(sample, size=(20_000, 60)).mean(axis=1)
    jackknife = (sample.sum() - sample) / 59
    for method, name in (("percentile", "percentile"), ("bca", "BCa")):
        theirs = stats.bootstrap(
            (sample,), np.mean, n_resamples=20_000, method=name, rng=np.random.default_rng(1)
        ).confidence_interval
        ours = interval(draws, sample.mean(), method, jackknife)
        assert [ours.low, ours.high] == pytest.approx(list(theirs), abs=0.012)


def test_interval_of_draws_on_one_side_is_finite() -> None:
    ours = interval(np.linspace(1, 2, 500), 0.5, "bca", np.array([0.4, 0.5, 0.6, 0.5]))
    assert np.isfinite([ours.low, ours.high]).all()
    with pytest.raises(PanelError, match="needs the jackknife"):
        interval(np.linspace(1, 2, 500), 1.5, "bca")
