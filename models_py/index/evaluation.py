"""One scheme over the values of one pool, for one index or for many draws at once. No frames.

Refusals are sentences about regions and years, which arrays do not know: see `refusals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models_py.index.normalisation import (
    Array,
    Flags,
    constant,
    default_shift,
    normalise,
    oriented,
)
from models_py.index.scheme import Scheme
from models_py.index.weighting import (
    Weights,
    contributions,
    critic_weights,
    entropy_weights,
    shares,
)


@dataclass(frozen=True)
class Evaluated:
    """A scheme's numbers over one pool.

    Attributes:
        same: which indicators are constant, (..., indicators).
        shift: what was added to the normalised values; 0 where nothing, (...).
        normalised: with the shift, as the weights see them, (..., regions, indicators).
        summed: as the sum sees them, the floor put in.
        weights: with entropy and divergence.
        parts: what each indicator adds, (..., regions, indicators).
        scores: (..., regions).
    """

    same: Flags
    shift: Any
    normalised: Array
    summed: Array
    weights: Weights
    parts: Array
    scores: Array


def evaluate(
    values: Array,
    negative: Flags,
    scheme: Scheme,
    *,
    given: Array | None = None,
    reference: Array | None = None,
    kept: Flags | None = None,
) -> Evaluated:
    """A scheme over the values of one pool.

    Args:
        values: as observed, (..., regions, indicators).
        negative: which indicators are negative, (indicators,).
        scheme: the scheme.
        given: weights, where the scheme's are given: (indicators,) or (..., indicators).
        reference: of min_max_base: the base year's rows.
        kept: which indicators take part, (..., indicators); given and equal weights are shared
            out among these.

    Returns:
        The numbers; not numbers where the scheme cannot be applied.
    """
    upward = oriented(values, negative)
    base = None if reference is None else oriented(reference, negative)
    same = constant(upward if base is None else base)
    with np.errstate(all="ignore"):
        scaled = normalise(upward, negative, scheme.normalisation, same, base)
        shift: Any = scheme.shift
        if shift is None:
            shifted_by_rule = scheme.normalisation == "z_score_shifted"
            shift = default_shift(scaled) if shifted_by_rule else 0.0
        shifted = np.any(np.asarray(shift) != 0)
        normalised = scaled + np.asarray(shift)[..., None, None] if shifted else scaled
        # What differs in the base year may be the same in this one.
        still = same if base is None else same | constant(normalised)
        weights = _weights(normalised, scheme, still, given, kept)
        summed = normalised if scheme.shift_scores else scaled
        if scheme.floor is not None:
            summed = np.maximum(summed, scheme.floor)
        parts = contributions(summed, weights.weight, scheme.aggregation)
        total = parts.sum(axis=-1)
        scores = np.exp(total) if scheme.aggregation == "geometric" else total
    return Evaluated(same, shift, normalised, summed, weights, parts, scores)


def _weights(
    normalised: Array, scheme: Scheme, same: Flags, given: Array | None, kept: Flags | None
) -> Weights:
    if scheme.weighting == "entropy":
        return entropy_weights(normalised, same, kept)
    if scheme.weighting == "critic":
        return critic_weights(normalised, same, kept)
    shape = (*normalised.shape[:-2], normalised.shape[-1])
    told = np.ones(shape) if given is None or scheme.weighting == "equal" else given
    parts = np.broadcast_to(told, shape)
    if kept is not None:
        parts = np.where(kept, parts, 0.0)
    # Given weights that add to one stay as they were given, to the last digit.
    asked = scheme.weighting == "given" and kept is None
    unknown = np.full(shape, np.nan)
    return Weights(np.array(parts) if asked else shares(parts), unknown, unknown)
