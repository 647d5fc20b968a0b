"""Difference indices and tiers: by hand, what never changes, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from models_py.index import ScoreError
from models_py.index.difference import difference_indices, gini, theil
from models_py.index.tiers import natural_breaks, tiers

# Two provinces, 1 and 3, 2 and 6: the mean is 3 and they hold a third and two thirds.
SCORES = [1.0, 3, 2, 6]
PROVINCES = ["浙江", "浙江", "江苏", "江苏"]


def test_by_hand() -> None:
    found = difference_indices(SCORES, PROVINCES)
    assert found.mean == 3
    assert found.cv == pytest.approx(math.sqrt(14 / 3) / 3, rel=1e-15)
    assert difference_indices(SCORES, sample_sd=False).cv == pytest.approx(math.sqrt(3.5) / 3)
    # Pairs differ by 2, 1, 5, 1, 3, 4: twice 16 over 2 x 16 x 3.
    assert found.gini == pytest.approx(1 / 3, rel=1e-15)
    assert found.max_min_ratio == 6
    whole = (math.log(1 / 3) / 3 + 0 + 2 / 3 * math.log(2 / 3) + 2 * math.log(2)) / 4
    between = math.log(2 / 3) / 3 + 2 / 3 * math.log(4 / 3)
    # Within both, one half and three halves of the mean.
    within = (0.5 * math.log(0.5) + 1.5 * math.log(1.5)) / 2
    assert found.theil == pytest.approx(whole, rel=1e-14)
    assert found.theil_between == pytest.approx(between, rel=1e-14)
    assert found.theil_within == pytest.approx(within, rel=1e-14)
    groups = found.groups.set_index("group_name")
    assert list(groups.index) == ["浙江", "江苏"]
    assert groups.loc["江苏", "share"] == pytest.approx(2 / 3)
    assert groups.loc["江苏", "sd_score"] == pytest.approx(math.sqrt(8))
    assert list(groups["max_min_ratio"]) == [3, 3]
    assert math.isnan(difference_indices(SCORES).theil_between)


def test_the_split_adds_up_and_scale_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    for draw in range(50):
        values = rng.lognormal(size=int(rng.integers(2, 40)))
        values[rng.random(len(values)) < 0.2] = 0
        if not values.any():
            continue
        groups = rng.choice(list("abc"), size=len(values))
        found = difference_indices(values, groups)
        assert found.theil == pytest.approx(found.theil_between + found.theil_within, abs=1e-12)
        assert 0 <= found.theil <= math.log(len(values)) + 1e-12
        assert 0 <= found.gini <= 1 - 1 / len(values) + 1e-12
        pairs = np.abs(values[:, None] - values).sum() / (2 * len(values) ** 2 * values.mean())
        assert found.gini == pytest.approx(pairs, abs=1e-12)
        other = difference_indices(np.tile(values * 7, 2), sample_sd=False)
        alone = difference_indices(values, sample_sd=False)
        for name in ("cv", "theil", "gini"):
            assert getattr(other, name) == pytest.approx(getattr(alone, name), abs=1e-12), draw


def test_edges() -> None:
    assert difference_indices([2.0, 2, 2]).gini == difference_indices([2.0, 2, 2]).theil == 0
    assert math.isnan(difference_indices([0.0, 1]).max_min_ratio)
    assert math.isnan(difference_indices([3.0]).cv)
    assert theil(np.zeros(3)) == 0
    # One has all: the largest of n.
    assert gini(np.array([0.0, 0, 0, 5])) == pytest.approx(0.75)
    assert difference_indices([0.0, 0, 1, 3], list("aabb")).groups["cv"].isna().tolist() == [
        True,
        False,
    ]


def test_refusals() -> None:
    for scores, groups, words in (
        ([], None, "no scores"),
        ([1.0, np.nan], None, "1 of 2 are missing"),
        ([1.0, -1], None, "below zero"),
        ([0.0, 0], None, "All scores are zero"),
        ([1.0, 2], ["a"], "2 scores and 1 groups"),
        ([1.0, 2], ["a", None], "have no group"),
    ):
        with pytest.raises(ScoreError, match=words):
            difference_indices(scores, groups)


def test_tiers_by_declared_thresholds() -> None:
    scores = pd.Series([1.065, 0.9, 0.8999, 0.21, 0.2, 0.19], index=list("abcdef"))
    found = tiers(scores, [0.9, 0.2])
    assert found.to_dict() == {"a": 1, "b": 1, "c": 2, "d": 2, "e": 2, "f": 3}
    for thresholds in ([], [0.2, 0.9], [0.5, 0.5], [math.nan]):
        with pytest.raises(ScoreError, match="highest to the lowest"):
            tiers(scores, thresholds)
    with pytest.raises(ScoreError, match="missing"):
        tiers(scores.where(scores > 0.2), [0.9])


def test_natural_breaks_find_the_least_variance() -> None:
    rng = np.random.default_rng(2)
    for k in (2, 3):
        for scale, start in ((1, 0), (1e-3, 1e6)):
            values = np.round(rng.random(14), 3) * scale + start
            found = natural_breaks(pd.Series(values), k)
            ends = np.sort(np.unique(values))
            best = min(
                _inside(values, cuts) for cuts in _cuts(ends, k - 1)
            )  # every way to cut, one by one
            assert _inside(values, list(found.thresholds)[::-1]) == pytest.approx(best, rel=1e-4)
            assert 0 < found.goodness < 1
            again = tiers(pd.Series(values), found.thresholds)
            pd.testing.assert_series_equal(again, found.tiers, check_dtype=False)


def _cuts(ends: np.ndarray, n: int) -> list[list[float]]:
    from itertools import combinations

    return [list(cut) for cut in combinations(ends[1:], n)]


def _inside(values: np.ndarray, cuts: list[float]) -> float:
    classes = np.searchsorted(np.sort(cuts), values, side="right")
    return sum(
        ((values[classes == one] - values[classes == one].mean()) ** 2).sum()
        for one in set(classes)
    )


def test_natural_breaks_are_refused() -> None:
    with pytest.raises(ScoreError, match="3 tiers of 2 different scores"):
        natural_breaks(pd.Series([1.0, 1, 2]), 3)
    with pytest.raises(ScoreError, match="two tiers at least"):
        natural_breaks(pd.Series([1.0, 2]), 1)
    with pytest.raises(ScoreError, match="thresholds instead"):
        natural_breaks(pd.Series(np.arange(6_000.0)), 3)
