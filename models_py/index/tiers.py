"""Scores sorted into tiers, by declared thresholds or natural breaks. No scores are made here."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models_py.index.errors import ScoreError, listed

# The exact search compares every pair of values: 1,000 take 1.3 s without numba, 3,000 twelve.
MOST_FOR_BREAKS = 5_000


@dataclass(frozen=True)
class NaturalBreaks:
    """Tiers that natural breaks found.

    Attributes:
        tiers: 1 the highest, on the index of the scores.
        thresholds: the lowest score of each tier but the last, descending: `tiers` with these
            gives the same tiers.
        goodness: goodness of variance fit, 1 - within / total sum of squares.
    """

    tiers: pd.Series[int]
    thresholds: tuple[float, ...]
    goodness: float


def tiers(scores: pd.Series[Any], thresholds: Sequence[float]) -> pd.Series[int]:
    """Tiers by declared thresholds: tier 1 from the first threshold up, and so on.

    Args:
        scores: one a region.
        thresholds: in the scores' unit, descending; a score on a threshold is in the upper tier.

    Returns:
        1 to the number of thresholds and one more, on the index of the scores.

    Raises:
        ScoreError: no threshold, thresholds not descending, or a score that is no number.
    """
    ends = np.array([float(end) for end in thresholds])
    if not len(ends) or not np.isfinite(ends).all() or (np.diff(ends) >= 0).any():
        raise ScoreError(
            f"Thresholds must be numbers from the highest to the lowest, each once; "
            f"{listed(thresholds) or 'none'} are not."
        )
    values = finite(scores, "Tiers")
    found = 1 + (values[:, None] < ends).sum(axis=1)
    return pd.Series(found, index=scores.index, name="tier")


def natural_breaks(scores: pd.Series[Any], k: int) -> NaturalBreaks:
    """Tiers by natural breaks: the k classes with the least variance inside (Fisher and Jenks).

    The exact search of mapclassify.FisherJenks, which, other than its NaturalBreaks, has no random
    start. Fisher (1958), Journal of the American Statistical Association 53.

    Args:
        scores: one a region.
        k: how many tiers, two at least.

    Returns:
        The tiers, with the thresholds they imply.

    Raises:
        ScoreError: fewer different scores than tiers, too many scores, or one that is no number.
    """
    values = finite(scores, "Natural breaks")
    unlike = len(np.unique(values))
    if k < 2 or unlike < k:
        raise ScoreError(
            f"Natural breaks need two tiers at least and as many different scores; {k} tiers of "
            f"{unlike} different scores were asked for."
        )
    if len(values) > MOST_FOR_BREAKS:
        raise ScoreError(
            f"Natural breaks compare every pair of scores, and {len(values):,} are more than "
            f"{MOST_FOR_BREAKS:,}; declare thresholds instead."
        )
    with warnings.catch_warnings():
        # mapclassify says at import and at each call that numba would be faster.
        warnings.simplefilter("ignore")
        from mapclassify import FisherJenks

        # It sums squares in single precision, which on scores near 1e6 loses the breaks.
        scaled = (values - values.min()) / (values.max() - values.min())
        classes = np.asarray(FisherJenks(scaled, k=k).yb)
    found = k - classes
    inside = sum(
        ((values[found == one] - values[found == one].mean()) ** 2).sum()
        for one in np.unique(found)
    )
    return NaturalBreaks(
        pd.Series(found, index=scores.index, name="tier"),
        tuple(float(values[found == one].min()) for one in range(1, k)),
        float(1 - inside / ((values - values.mean()) ** 2).sum()),
    )


def finite(scores: Any, what: str) -> Any:
    """Scores as numbers.

    Raises:
        ScoreError: there is none, or one is missing or infinite.
    """
    values = np.asarray(scores, dtype=float)
    if not values.size:
        raise ScoreError(f"{what} of no scores were asked for.")
    bad = ~np.isfinite(values)
    if bad.any():
        raise ScoreError(
            f"{what} take a score for every region; {int(bad.sum())} of {len(values)} are missing "
            "or infinite."
        )
    return values
