"""Bootstrap intervals from draws: percentile, bias-corrected, and bias-corrected and accelerated.

Formulas of Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 14. How
the draws are made is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from models_py.panel.errors import PanelError

Floats = NDArray[np.float64]

METHODS = ("percentile", "bc", "bca")


@dataclass(frozen=True)
class Interval:
    """An interval and what it was made with.

    Attributes:
        low, high: end points.
        z0: bias correction; 0 for the percentile interval.
        acceleration: 0 but for BCa.
    """

    low: float
    high: float
    z0: float
    acceleration: float


def interval(
    draws: Floats,
    estimate: float,
    method: str = "percentile",
    jackknife: Floats | None = None,
    level: float = 0.95,
) -> Interval:
    """An interval from bootstrap draws.

    Args:
        draws: (B,) estimates of the resamples.
        estimate: that of the sample.
        method: percentile, bc or bca.
        jackknife: (G,) estimates without each resampled unit in turn; for bca.
        level: coverage.

    Raises:
        PanelError: an unknown method, or BCa without a jackknife.
    """
    if method not in METHODS:
        raise PanelError(f"interval is {method!r}; it is one of {', '.join(METHODS)}.")
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    if method == "percentile":
        low, high = np.quantile(draws, tails)
        return Interval(float(low), float(high), 0.0, 0.0)
    below = float(np.mean(draws < estimate))
    # All draws on one side: the correction would be infinite; half a draw is put on the other.
    half = 0.5 / len(draws)
    z0 = float(stats.norm.ppf(np.clip(below, half, 1 - half)))
    acceleration = 0.0
    if method == "bca":
        if jackknife is None:
            raise PanelError("A BCa interval needs the jackknife estimates.")
        acceleration = skewness_of(jackknife)
    z = z0 + stats.norm.ppf(tails)
    shifted = stats.norm.cdf(z0 + z / (1 - acceleration * z))
    low, high = np.quantile(draws, np.clip(shifted, 0, 1))
    return Interval(float(low), float(high), z0, acceleration)


def skewness_of(jackknife: Floats) -> float:
    """The acceleration: a sixth of the skewness of the jackknife's influence values."""
    change = jackknife.mean() - jackknife
    squares = float((change**2).sum())
    if squares == 0:
        return 0.0
    return float((change**3).sum() / (6 * squares**1.5))


def two_sided_p(draws: Floats) -> float:
    """Twice the smaller share of draws on a side of zero; 0 means fewer than 2 in B draws."""
    below, above = float(np.mean(draws <= 0)), float(np.mean(draws >= 0))
    return min(1.0, 2 * min(below, above))
