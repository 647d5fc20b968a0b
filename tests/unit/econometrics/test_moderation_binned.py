"""Roles a variable cannot have twice, and the effect in bins of the moderator."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from models_py import moderation
from models_py.panel import PanelError

KEYS = ("region", "year")


def test_a_variable_has_one_role(frame) -> None:
    for call in (moderation.moderate, moderation.binned):
        with pytest.raises(PanelError, match=r"x is both treatment and moderator.*'x:x'"):
            call(frame, "y", "x", "x", [], *KEYS)
        with pytest.raises(PanelError, match="z is the moderator and a control"):
            call(frame, "y", "x", "z", ["z", "m"], *KEYS)


def test_a_moderator_that_controls_explain_is_not_said_to_be_absorbed(frame) -> None:
    """Only effects may take the moderator's own term out of the model."""
    wide = frame.assign(a=2 * frame["z"])
    with pytest.raises(PanelError, match="exact linear combination"):
        moderation.moderate(wide, "y", "x", "z", ["a"], *KEYS)


def curved(make, power: int) -> pd.DataFrame:
    frame = make(n_entities=40, seed=3)
    z = np.random.default_rng(1).normal(size=len(frame))
    noise = np.random.default_rng(2).normal(size=len(frame)) * 0.3
    return frame.assign(z=z, y=frame["x"] * z**power + noise)


def test_bins_equal_ordinary_least_squares_on_dummies(make) -> None:
    frame = make(n_entities=20, seed=3)
    found = moderation.binned(
        *(frame, "y", "x", "z", ["m"], *KEYS), covariance="unadjusted", bins=3
    )
    sample = frame.sort_values(list(KEYS)).reset_index(drop=True)
    edges = np.quantile(sample["z"], [1 / 3, 2 / 3])
    which = np.searchsorted(edges, sample["z"])
    parts = []
    for one in range(3):
        inside = (which == one) * 1.0
        gap = sample["z"] - sample["z"][which == one].median()
        parts += [sample["x"] * inside, gap * inside, sample["x"] * gap * inside, inside]
    dummies = [pd.get_dummies(sample[key], drop_first=True, dtype=float).to_numpy() for key in KEYS]
    exog = np.column_stack([*parts, sample["m"], *dummies])
    full = sm.OLS(sample["y"], exog).fit()
    assert found.effects["effect"].to_numpy() == pytest.approx(full.params.iloc[[0, 4, 8]])
    assert found.effects["std_error"].to_numpy() == pytest.approx(full.bse.iloc[[0, 4, 8]])
    line = np.column_stack(
        [sample["x"], sample["z"], sample["x"] * sample["z"], sample["m"], np.ones(100), *dummies]
    )
    f, p, restrictions = full.compare_f_test(sm.OLS(sample["y"], line).fit())
    assert (found.f, found.p, found.f_df1) == pytest.approx((f, p, restrictions), rel=1e-7)
    assert found.effects["n"].sum() == 100


def test_bins_find_a_curve_and_do_not_cry_wolf(make) -> None:
    bent = moderation.binned(curved(make, 2), "y", "x", "z", [], *KEYS)
    assert bent.p < 0.001
    assert "depart from the linear" in bent.sentence
    ends = bent.effects["effect"]
    assert ends.iloc[0] > ends.iloc[1]
    assert ends.iloc[2] > ends.iloc[1]
    straight = moderation.binned(curved(make, 1), "y", "x", "z", [], *KEYS)
    assert straight.p > 0.01
    effects = straight.effects
    assert effects["effect"].to_numpy() == pytest.approx(effects["linear"].to_numpy(), abs=0.2)


def test_bins_of_a_moderator_the_region_effects_absorb(make) -> None:
    frame = make(n_entities=30, seed=5)
    own = dict(zip(sorted(frame["region"].unique()), np.linspace(0, 1, 30), strict=True))
    found = moderation.binned(
        frame.assign(coast=frame["region"].map(own)), "y", "x", "coast", ["z"], *KEYS
    )
    assert found.effects["effect"].notna().all()
    assert found.f_df1 == 4  # effect and product in two bins; the moderator itself is absorbed


def test_bins_that_cannot_be_made(make) -> None:
    frame = make(n_entities=20)
    with pytest.raises(PanelError, match="has 2 values, too few"):
        moderation.binned(frame.assign(b=(frame["z"] > 0) * 1.0), "y", "x", "b", [], *KEYS)
    for bins in (1, 11):
        with pytest.raises(PanelError, match="use 2 to 10"):
            moderation.binned(frame, "y", "x", "z", [], *KEYS, bins=bins)
    with pytest.raises(PanelError, match="11 regressors and only 6 clusters"):
        moderation.binned(make(n_entities=6, n_periods=12), "y", "x", "z", [], *KEYS)
    few = moderation.binned(frame, "y", "x", "z", [], *KEYS)
    assert "8 restrictions and 19 degrees of freedom" in few.warnings[-1]
