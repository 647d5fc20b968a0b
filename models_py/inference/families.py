"""Families of hypotheses: Holm, and Romano-Wolf with a cluster bootstrap.

Holm (1979) needs p values only; Romano and Wolf (2005, 2016) use how the statistics move together
and so reject more. One resample of entities serves every hypothesis of the family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models_py.mediation.resampling import Integers, multiplicities, resamples
from models_py.panel.absorb import Floats
from models_py.panel.cluster_grams import CHUNK, ClusterGrams, cluster_grams, solve_many
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit


@dataclass(frozen=True)
class Hypothesis:
    """One coefficient of one fitted model that is tested against zero.

    Attributes:
        name: what the table calls it.
        fit: the model.
        term: the coefficient.
    """

    name: str
    fit: PanelFit
    term: str


def holm(p_values: Sequence[float]) -> Floats:
    """Holm's step-down adjusted p values, in the order given.

    Args:
        p_values: between 0 and 1.

    Raises:
        PanelError: a value outside 0 to 1.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if len(p) == 0 or not ((p >= 0) & (p <= 1)).all():
        raise PanelError("Holm's adjustment needs p values between 0 and 1.")
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    out = np.empty(len(p))
    out[order] = np.minimum(stepped, 1.0)
    return out


def romano_wolf(
    hypotheses: Sequence[Hypothesis], *, n_bootstrap: int = 999, seed: int = 0
) -> pd.DataFrame:
    """Step-down adjusted p values of a family, by resampling entities.

    Args:
        hypotheses: two or more; their models may differ in outcome, regressors and sample, and
            must name their entities alike, as one resample of entities serves all.
        n_bootstrap: resamples of entities.
        seed: of the resamples.

    Returns:
        A row a hypothesis: name, outcome, term, estimate, std_error, t, p (of the fit), p_holm,
        p_romano_wolf ((1 + larger) / (1 + resamples), stepped down).

    Raises:
        PanelError: fewer than two hypotheses, or a model without entities.
    """
    if len(hypotheses) < 2:
        raise PanelError("A family needs at least two hypotheses; a single one needs no adjusting.")
    if n_bootstrap < 99:
        raise PanelError(f"n_bootstrap is {n_bootstrap}; use at least 99, 999 are usual.")
    entities = sorted({entity for one in hypotheses for entity in one.fit.design.entities}, key=str)
    if len(entities) < 2:
        raise PanelError("Resampling needs models with a column of at least two entities.")
    chosen = resamples(len(entities), n_bootstrap, seed)
    drawn = np.column_stack([_centred(one, entities, chosen) for one in hypotheses])
    rows = [one.fit.row(one.term) for one in hypotheses]
    # The statistic of the sample by the formula of the draws: no small-sample factor in either.
    observed = np.abs([_observed(one, entities) for one in hypotheses])
    adjusted = _step_down(observed, np.abs(drawn))
    table = pd.DataFrame(
        {
            "name": [one.name for one in hypotheses],
            "outcome": [one.fit.design.outcome for one in hypotheses],
            "term": [one.term for one in hypotheses],
            "estimate": [row["estimate"] for row in rows],
            "std_error": [row["std_error"] for row in rows],
            "t": [row["t"] for row in rows],
            "p": [row["p"] for row in rows],
        }
    )
    table["p_holm"] = holm(table["p"].tolist())
    table["p_romano_wolf"] = adjusted
    return table


def _step_down(observed: Floats, drawn: Floats) -> Floats:
    order = np.argsort(-observed, kind="stable")
    out = np.empty(len(observed))
    floor = 0.0
    for step, at in enumerate(order):
        largest = drawn[:, order[step:]].max(axis=1)
        p = (1 + int((largest >= observed[at]).sum())) / (1 + len(drawn))
        floor = max(floor, p)
        out[at] = floor
    return out


def _grams(one: Hypothesis, entities: Sequence[object]) -> tuple[ClusterGrams, list[int]]:
    design = one.fit.design
    grams = cluster_grams(
        np.column_stack([design.y, design.x]),
        design.entity_codes,
        design.time if design.time_effects else None,
        entity_effects=design.entity_effects,
        time_effects=design.time_effects,
    )
    position = {entity: at for at, entity in enumerate(entities)}
    return grams, [position[entity] for entity in design.entities]


def _observed(one: Hypothesis, entities: Sequence[object]) -> float:
    grams, _ = _grams(one, entities)
    weights = np.ones((1, grams.n_clusters))
    slope, error = _slope_and_error(grams, weights, one.fit.design.position(one.term))
    return float(slope[0] / error[0])


def _centred(one: Hypothesis, entities: Sequence[object], chosen: Integers) -> Floats:
    """(B,) t statistics of the resamples around the sample's estimate; 0 where not identified."""
    grams, own = _grams(one, entities)
    at = one.fit.design.position(one.term)
    estimate = one.fit.estimate(one.term)
    p = len(grams.scale)
    size = max(1, CHUNK // (4 * p * p + grams.n_clusters * p))
    parts = []
    for start in range(0, len(chosen), size):
        weights = multiplicities(chosen[start : start + size])[:, own]
        slope, error = _slope_and_error(grams, weights, at)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (slope - estimate) / error
        parts.append(np.where(np.isfinite(t), t, 0.0))
    return np.concatenate(parts)


def _slope_and_error(grams: ClusterGrams, weights: Floats, at: int) -> tuple[Floats, Floats]:
    """Slope and clustered standard error of weighted samples, without small-sample factor."""
    total = grams.total(weights)
    unknowns = list(range(1, len(grams.scale)))
    normal = total[:, 1:, 1:]
    unit = np.zeros(len(unknowns))
    unit[at] = 1.0
    right = np.concatenate(
        [total[:, 1:, [0]], np.broadcast_to(unit[:, None], (len(total), len(unknowns), 1))], axis=2
    )
    needed = grams.n_columns - 1
    solved = solve_many(normal, right, needed)
    slopes, row = solved[:, :, 0], solved[:, :, 1]
    # A control that a draw does not identify drops out; the tested one makes the draw count 0.
    lost = np.isnan(slopes[:, at])
    slopes, row = np.nan_to_num(slopes, nan=0.0), np.nan_to_num(row, nan=0.0)
    slopes[lost] = np.nan
    # Score of a cluster in the direction of the coefficient: row' (x'y - x'x b).
    scores = row @ grams.grams[:, 1:, 0].T
    scores = scores - np.einsum("bi,gij,bj->bg", row, grams.grams[:, 1:, 1:], slopes, optimize=True)
    error = np.sqrt((weights * scores**2).sum(axis=1))
    scale = grams.scale[0] / grams.scale[1 + at]
    return slopes[:, at] * scale, error * scale
