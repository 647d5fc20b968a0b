"""Values on one scale: the normalisations over arrays. No frames, no refusals.

Arrays are (..., regions, indicators); what comes before is draws of the index lab. Negative
indicators come with their sign changed (see `oriented`), so that more is better in every column.
Missing cells (not a number) are passed over and stay missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# A mean put in for a missing cell of a constant column (three times 0.1) differs from it by
# 1.4e-17, which min-max would stretch to the whole scale and entropy to nearly all the weight.
SAME = 1e-12
# What the default shift of z-scores leaves above zero: the smallest value must be positive, and
# "smallest positive" has no value of its own.
MARGIN = 0.01


def oriented(values: Array, negative: Flags) -> Array:
    """Values with the sign of negative indicators changed."""
    return values * np.where(negative, -1.0, 1.0)


def constant(values: Array) -> Flags:
    """Which indicators are the same in all regions, up to rounding: (..., indicators)."""
    low, high = ends(values)
    with np.errstate(over="ignore", invalid="ignore"):
        same: Flags = high - low <= SAME * np.maximum(np.abs(low), np.abs(high))
    return same


def normalise(
    values: Array, negative: Flags, rule: str, same: Flags, reference: Array | None = None
) -> Array:
    """Values of one pool on the scale of a rule.

    min_max: (x - min) / (max - min), and 0 for a constant (OECD and JRC, Handbook on Constructing
    Composite Indicators, 2008, section 5). min_max_base: the same with the ends of ``reference``.
    z_score_shifted: (x - mean) / sd with the sample's sd (n - 1), not yet shifted, 0 for a
    constant. ratio_to_mean: x / mean; a negative indicator is first reflected, max + min - x.
    rank: average rank over n, the best 1. none: as it is.

    Args:
        values: oriented values, (..., regions, indicators).
        negative: which indicators were turned by `oriented`, (indicators,).
        rule: a key of ``scheme.NORMALISATIONS``.
        same: which are constant, (..., indicators).
        reference: rows whose ends hold for ``min_max_base``.

    Returns:
        An array of the shape of ``values``.
    """
    if rule in ("min_max", "min_max_base"):
        low, high = ends(values if reference is None else reference)
        span = np.where(same, 1.0, high - low)[..., None, :]
        return _flat((values - low[..., None, :]) / span, same)
    if rule == "z_score_shifted":
        centred = values - mean(values)[..., None, :]
        freedom = np.maximum(count(values) - 1, 1)
        spread = np.sqrt(total(centred**2) / freedom)
        return _flat(centred / np.where(same, 1.0, spread)[..., None, :], same)
    if rule == "ratio_to_mean":
        low, high = ends(values)
        upward = values - np.where(negative, low + high, 0.0)[..., None, :]
        centre = mean(upward)
        return _flat(upward / np.where(centre == 0, 1.0, centre)[..., None, :], centre == 0)
    if rule == "rank":
        ranks = stats.rankdata(values, axis=-2, method="average", nan_policy="omit")
        return np.asarray(ranks / count(values)[..., None, :], dtype=float)
    return values


def default_shift(values: Array) -> Any:
    """The shift that makes the lowest normalised value of a pool 0.01: (...)."""
    return MARGIN - np.fmin.reduce(np.fmin.reduce(values, axis=-1), axis=-1)


def ends(values: Array) -> tuple[Array, Array]:
    """Lowest and highest over the regions that have a value: two of (..., indicators)."""
    low, high = values.min(axis=-2), values.max(axis=-2)
    # fmin and fmax pass over missing cells, at several times the cost.
    if np.isnan(low).any():
        return np.fmin.reduce(values, axis=-2), np.fmax.reduce(values, axis=-2)
    return low, high


def total(values: Array) -> Array:
    """Sum over the regions that have a value: (..., indicators)."""
    whole = values.sum(axis=-2)
    return np.asarray(np.nansum(values, axis=-2) if np.isnan(whole).any() else whole)


def count(values: Array) -> Any:
    """How many regions have a value: (..., indicators), or (indicators,) where all have."""
    if np.isnan(values.min(axis=-2)).any():
        return np.count_nonzero(~np.isnan(values), axis=-2)
    return np.full(values.shape[-1:], values.shape[-2])


def mean(values: Array) -> Array:
    """Mean over the regions that have a value: (..., indicators)."""
    return np.asarray(total(values) / count(values))


def _flat(values: Array, same: Flags) -> Array:
    """Values with zeros where an indicator is constant; missing cells stay missing."""
    if not same.any():
        return values
    return np.where(same[..., None, :] & ~np.isnan(values), 0.0, values)
