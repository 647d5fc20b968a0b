"""Weights and sums over arrays: entropy, CRITIC, additive and geometric. No frames, no refusals.

Arrays are (..., regions, indicators); what comes before is draws of the index lab.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from models_py.index.normalisation import Array, Flags, constant, count, total

# Scores nearer than this share of the largest are one rank: the sums of a tie may differ in the
# last digits by the order in which SQL and numpy add.
TIE = 1e-12


@dataclass(frozen=True)
class Weights:
    """Weights with what they come from; each array is (..., indicators).

    Attributes:
        weight: adds to one; not a number where no indicator says anything.
        entropy: of entropy weights, else not a number.
        divergence: 1 - entropy.
    """

    weight: Array
    entropy: Array
    divergence: Array


def entropy_weights(values: Array, same: Flags | None = None, kept: Flags | None = None) -> Weights:
    """Entropy weights of normalised values, none of them below zero.

    p = x / sum(x); e = -sum(p ln p) / ln n with 0 ln 0 = 0; d = 1 - e; w = d / sum(d). A constant
    indicator has e = 1 and weight 0. Shannon (1948); Zeleny (1982), Multiple Criteria Decision
    Making, chapter 7.

    Args:
        values: (..., regions, indicators); missing cells are passed over, and n is then the
            indicator's own number of values.
        same: which are constant; found from ``values`` where not given.
        kept: which take part, (..., indicators); all where not given.

    Returns:
        The weights.
    """
    same = constant(values) if same is None else same
    whole = total(values)
    share = values / np.where(whole == 0, 1.0, whole)[..., None, :]
    entropy = -total(xlogy(share, share)) / np.log(np.maximum(count(values), 2))
    entropy = np.where(same | (whole == 0), 1.0, entropy)
    # Rounding may put the entropy of nearly equal values 2e-16 above one.
    divergence = np.maximum(1.0 - entropy, 0.0)
    used = divergence if kept is None else np.where(kept, divergence, 0.0)
    return Weights(shares(used), entropy, divergence)


def critic_weights(values: Array, same: Flags | None = None, kept: Flags | None = None) -> Weights:
    """CRITIC weights: w proportional to sd_j * sum_k (1 - r_jk); a constant has weight 0.

    Diakoulaki, Mavrotas and Papayannakis (1995), Computers & Operations Research 22(7).

    Args:
        values: as of `entropy_weights`, without missing cells.
        same: likewise.
        kept: likewise.

    Returns:
        The weights; entropy and divergence are not numbers.
    """
    same = constant(values) if same is None else same
    used = ~same if kept is None else ~same & kept
    centred = values - values.mean(axis=-2)[..., None, :]
    spread = np.sqrt((centred**2).mean(axis=-2))
    unit = centred / np.where(same, 1.0, spread * np.sqrt(values.shape[-2]))[..., None, :]
    both = used[..., :, None] & used[..., None, :]
    conflict = np.where(both, 1 - np.swapaxes(unit, -1, -2) @ unit, 0.0)
    # An indicator's conflict with itself, and with a copy of itself, is rounding.
    conflict[np.abs(conflict) < SELF] = 0.0
    contrast = np.where(used, spread * conflict.sum(axis=-1), 0.0)
    unknown = np.full_like(contrast, np.nan)
    return Weights(shares(contrast), unknown, unknown)


SELF = 1e-13


def shares(parts: Array) -> Array:
    """Parts over their sum along the last axis; not a number where the sum is zero."""
    total = parts.sum(axis=-1, keepdims=True)
    return np.where(total > 0, parts / np.where(total > 0, total, 1.0), np.nan)


def contributions(values: Array, weight: Array, aggregation: str) -> Array:
    """What each indicator adds: w x, or w ln x where the sum is geometric.

    Missing cells count for nothing, and the region's other weights are scaled up for them.

    Args:
        values: (..., regions, indicators); above zero where geometric and the weight is.
        weight: (..., indicators).
        aggregation: ``additive`` or ``geometric``.

    Returns:
        (..., regions, indicators); their sum is the score or, geometric, its logarithm.
    """
    spread = weight[..., None, :]
    there = ~np.isnan(values)
    if not there.all():
        spread = shares(np.where(there, spread, 0.0))
        values = np.where(there, values, 0.0)
    if aggregation == "geometric":
        return np.asarray(spread * np.log(np.where(there & (spread > 0), values, 1.0)))
    return np.asarray(spread * values)


def rank(scores: Array) -> Array:
    """Ranks of scores along the last axis, 1 the highest; ties share the better rank."""
    unit = np.abs(scores).max(axis=-1, keepdims=True) * TIE
    order = np.argsort(-scores, axis=-1, kind="stable")
    sorted_ = np.take_along_axis(scores, order, axis=-1)
    place = np.arange(scores.shape[-1])
    fresh = np.ones(scores.shape, dtype=bool)
    fresh[..., 1:] = sorted_[..., :-1] - sorted_[..., 1:] > unit
    first = np.maximum.accumulate(np.where(fresh, place, 0), axis=-1)
    ranks = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, first + 1, axis=-1)
    return ranks.astype(float)
