"""Numbers with a wanted mean, deviation and range, and the algebra of two-way effects.

Belongs here: what is true of any balanced panel, whatever its columns mean. Not here: which
series the sample holds and which effects are planted in them (``panel.py``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from grammar import Draw
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEPS = 60  # of each bisection: the bracket shrinks below what a double can tell apart


@dataclass(frozen=True)
class Moments:
    """What a published table prints of a variable; ``sd`` divides by N − 1."""

    mean: float
    sd: float
    minimum: float
    maximum: float


def normal(draw: Draw, *shape: int) -> Array:
    """Return standard normal numbers (Box and Muller 1958) in ``shape``."""
    count = math.prod(shape)
    values = [
        math.sqrt(-2 * math.log(1 - draw.fraction())) * math.cos(2 * math.pi * draw.fraction())
        for _ in range(count)
    ]
    return np.array(values).reshape(shape)


def identity(values: Array) -> Array:
    """Return ``values``: the link of a series that is not modelled in logarithms."""
    return values


def calibrate(
    scores: Array,
    within: Array,
    wanted: Moments,
    *,
    link: Callable[[Array], Array] = np.log,
    inverse: Callable[[Array], Array] = np.exp,
    study: slice = slice(1, None),
) -> Array:
    """Give a panel the mean, deviation, minimum and maximum that are wanted.

    The value of a region and year is ``inverse(level + within)``. The levels of the lowest and
    the highest region put one of their years on the minimum and on the maximum. The others'
    are m + s·z, z being their standardised scores; m is chosen for the mean, s for the deviation.

    Args:
        scores: one a region, on any scale.
        within: region × year, what differs between the years of a region, on the link's scale.
        wanted: moments over the years in ``study``.
        link: scale of the levels.
        inverse: back from that scale.
        study: years (columns) that the moments are of.

    Raises:
        ValueError: no such levels exist, or another region's year lies outside the range.
    """
    order = scores.argsort()
    lowest, highest, others = order[0], order[-1], order[1:-1]
    place = (scores - scores[others].mean()) / scores[others].std()
    bottom, top = link(np.array([wanted.minimum, wanted.maximum]))

    def values(middle: float, spread: float) -> Array:
        level = middle + spread * place
        level[lowest] = bottom - within[lowest, study].min()
        level[highest] = top - within[highest, study].max()
        return inverse(level[:, None] + within)

    def for_mean(spread: float) -> Array:
        def off(middle: float) -> float:
            return float(values(middle, spread)[:, study].mean()) - wanted.mean

        return values(bisect(off, bottom - 9 * (top - bottom), top), spread)

    def too_wide(spread: float) -> float:
        return float(for_mean(spread)[:, study].std(ddof=1)) - wanted.sd

    result = for_mean(bisect(too_wide, 0.0, top - bottom))
    seen, slack = result[:, study], 1e-9 * wanted.maximum
    if seen.min() < wanted.minimum - slack or seen.max() > wanted.maximum + slack:
        raise ValueError(
            f"The series runs from {seen.min():.6g} to {seen.max():.6g}, outside {wanted}; "
            "draw smaller differences between years or other scores."
        )
    return result


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a monotone ``function`` is zero between ``low`` and ``high``.

    Raises:
        ValueError: it has one sign at both ends.
    """
    falling = function(low) > 0
    if falling == (function(high) > 0):
        raise ValueError(f"No zero between {low} and {high}; the wanted moments are out of reach.")
    for _ in range(STEPS):
        middle = (low + high) / 2
        if (function(middle) > 0) == falling:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def two_way(values: Array) -> Array:
    """Take region and year means off a balanced region × year panel."""
    rows = values.mean(axis=1, keepdims=True)
    columns = values.mean(axis=0, keepdims=True)
    return np.asarray(values - rows - columns + values.mean())


def coefficients(outcome: Array, regressors: list[Array]) -> Array:
    """Return the two-way fixed-effects coefficients of ``outcome`` on ``regressors``."""
    design = np.column_stack([two_way(one).ravel() for one in regressors])
    return np.asarray(np.linalg.lstsq(design, two_way(outcome).ravel(), rcond=None)[0])


def residual(outcome: Array, regressors: list[Array]) -> Array:
    """Return ``outcome`` less region and year effects and its projection on ``regressors``."""
    slopes = coefficients(outcome, regressors)
    explained = (slope * two_way(one) for slope, one in zip(slopes, regressors, strict=True))
    return np.asarray(two_way(outcome) - np.sum(list(explained), axis=0))
