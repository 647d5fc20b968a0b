"""Marginal effects do not depend on how the product was built; roots are where intervals touch 0."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py import moderation, panel
from models_py.panel import PanelError

NUMBERS = ["effect", "std_error", "p", "ci_low", "ci_high"]


def fitted(frame, *terms):
    return panel.fit(frame, "y", ["x", "z", *terms], "region", "year", engine="gram")


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.1, 10))
def test_centred_and_rescaled_products_give_the_same_effects(make, a, c, scale) -> None:
    frame = make(seed=5)
    built = frame.assign(p=(frame["x"] - a) * (frame["z"] - c) * scale)
    raw = moderation.marginal_effects(fitted(frame, "x:z"), "x", "z", [-1, 0, 2])
    other = moderation.marginal_effects(fitted(built, "p"), "x", "z", [-1, 0, 2])
    assert other[NUMBERS].to_numpy() == pytest.approx(raw[NUMBERS].to_numpy(), rel=1e-6, abs=1e-9)


def test_effect_is_what_differences_of_predictions_say(frame) -> None:
    fit = fitted(frame, "z:x")
    effects = moderation.marginal_effects(fit, "x", "z", [1.5])
    expected = fit.estimate("x") + 1.5 * fit.estimate("z:x")
    assert effects["effect"].iloc[0] == pytest.approx(expected)
    assert effects.columns.tolist()[:4] == ["treatment", "moderator", "at", "effect"]


def test_johnson_neyman_points_touch_zero(make) -> None:
    frame = make(n_entities=30, seed=5)
    frame["y"] = frame["y"] + 0.8 * frame["x"] * frame["z"]
    fit = fitted(frame, "x:z")
    points = moderation.johnson_neyman(fit, "x", "z")
    assert len(points.roots) == 2
    at = moderation.marginal_effects(fit, "x", "z", points.roots)
    assert np.minimum(at["ci_low"].abs(), at["ci_high"].abs()).max() < 1e-9
    assert points.significant == "outside"
    outside = moderation.marginal_effects(fit, "x", "z", [points.roots[0] - 1, points.roots[1] + 1])
    assert (outside["p"] < 0.05).all()
    assert "outside z = " in points.sentence


def test_johnson_neyman_nowhere(make) -> None:
    frame = make(seed=6)
    frame["y"] = np.random.default_rng(3).normal(size=len(frame))
    points = moderation.johnson_neyman(fitted(frame, "x:z"), "x", "z")
    grid = moderation.marginal_effects(fitted(frame, "x:z"), "x", "z", np.linspace(-50, 50, 400))
    assert (grid["p"] > 0.05).all() == (points.significant == "nowhere")


def test_absorbed_moderator_needs_no_term_of_its_own(frame) -> None:
    frame["coast"] = (frame["region"] < "R006").astype(float)
    fit = panel.fit(frame, "y", ["x", "x:coast"], "region", "year")
    effects = moderation.marginal_effects(fit, "x", "coast", [0, 1])
    assert effects["effect"].tolist() == pytest.approx(
        [fit.estimate("x"), fit.estimate("x") + fit.estimate("x:coast")]
    )


def test_moderator_that_never_varies(frame) -> None:
    with pytest.raises(PanelError, match=r"moderator z is 2.* nothing for the effect to vary with"):
        moderation.moderate(frame.assign(z=2.0), "y", "x", "z", [], "region", "year")


def test_models_without_the_interaction(frame) -> None:
    with pytest.raises(PanelError, match="no interaction of x and z; add 'x:z'"):
        moderation.marginal_effects(fitted(frame), "x", "z", [0])
    with pytest.raises(PanelError, match="no term w"):
        moderation.marginal_effects(fitted(frame, "x:z"), "w", "z", [0])
    with pytest.raises(PanelError, match="no variable w"):
        moderation.marginal_effects(fitted(frame, "x:z"), "x", "w", [0])


def test_values_that_are_none(frame) -> None:
    fit = fitted(frame, "x:z")
    for at, words in (("median", "mean_sd, quantiles, grid"), ([np.inf], "finite"), ([], "finite")):
        with pytest.raises(PanelError, match=words):
            moderation.marginal_effects(fit, "x", "z", at)


def test_moderation_centred_main_effect_is_the_effect_at_the_mean(frame) -> None:
    found = moderation.moderate(frame, "y", "x", "z", ["m"], "region", "year")
    at_mean = found.effects["effect"].iloc[1]
    assert found.centred.estimate("x") == pytest.approx(at_mean, rel=1e-9)
    assert found.centred.estimate("x:z") == pytest.approx(found.raw.estimate("x:z"), rel=1e-9)
    assert found.centred.statistics["r2_within"] == pytest.approx(found.raw.statistics["r2_within"])
    assert len(found.plot) == 50
    assert found.plot["n_below"].iloc[-1] == 60
    assert isinstance(found.plot, pd.DataFrame)


def test_extrapolation_is_told(frame) -> None:
    found = moderation.moderate(frame, "y", "x", "z", [], "region", "year", at=[0, 99])
    assert "z = 99 lie outside" in found.warnings[-1]


def test_a_moderator_the_effects_absorb_still_moderates(frame) -> None:
    frame["coast"] = (frame["region"] < "R006").astype(float)
    found = moderation.moderate(frame, "y", "x", "coast", ["z"], "region", "year", at=[0, 1])
    split = panel.fit(frame, "y", ["x", "x:coast", "z"], "region", "year")
    assert found.effects["effect"].iloc[1] == pytest.approx(
        split.estimate("x") + split.estimate("x:coast")
    )
    assert "Its product with x stays in the model" in " ".join(found.warnings)
    assert found.centred.estimate("x:coast") == pytest.approx(split.estimate("x:coast"))
