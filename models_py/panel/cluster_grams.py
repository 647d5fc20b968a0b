"""Cross-products of each entity's rows, from which any resample of entities is a weighted sum.

A resample in which every drawn entity counts as a new one leaves the entity means as they are, so
the entities' own cross-products are all that changes hands; the period effects stay as dummies and
are estimated anew in every draw. The jackknife, the cluster bootstrap of mediation and
Romano-Wolf use this.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models_py.panel.absorb import Absorber, Codes, Floats
from models_py.panel.errors import PanelError

# A chunk of draws holds this many numbers at a time: 64 MB.
CHUNK = 8_000_000
# Reciprocal condition of a scaled Gram matrix below which a draw is solved by pseudo-inverse.
SINGULAR = 1e-12


@dataclass(frozen=True)
class ClusterGrams:
    """Per-cluster cross-products of chosen columns and, behind them, the nuisance columns.

    Attributes:
        grams: (G, p, p) cross-products of the scaled columns of each cluster.
        scale: (p,) what the columns were divided by.
        n_columns: the columns asked for; the other p - n_columns are dummies or the constant.
    """

    grams: Floats
    scale: Floats
    n_columns: int

    @property
    def n_clusters(self) -> int:
        """Clusters."""
        return len(self.grams)

    @property
    def nuisance(self) -> list[int]:
        """Positions of the dummies or the constant."""
        return list(range(self.n_columns, len(self.scale)))

    def total(self, weights: Floats) -> Floats:
        """Weighted sums of the cross-products: (B, G) weights give (B, p, p)."""
        p = len(self.scale)
        flat = weights @ self.grams.reshape(self.n_clusters, p * p)
        return flat.reshape(len(weights), p, p)

    def solve(self, total: Floats, outcome: int, regressors: list[int]) -> Floats:
        """Slopes of one column on others and the nuisance columns, draw by draw.

        Args:
            total: (B, p, p) from ``total``.
            outcome: position of the outcome.
            regressors: positions of the regressors.

        Returns:
            (B, len(regressors)) slopes in the units of the data; nan where they are not identified.
        """
        chosen = [*regressors, *self.nuisance]
        normal = total[:, chosen][:, :, chosen]
        right = total[:, chosen, outcome][:, :, None]
        solved = solve_many(normal, right, len(regressors))[:, : len(regressors), 0]
        out: Floats = solved * (self.scale[outcome] / self.scale[regressors])
        return out


def solve_many(normal: Floats, right: Floats, n_needed: int) -> Floats:
    """Solve (B, q, q) symmetric systems, singular ones by pseudo-inverse.

    Args:
        normal: (B, q, q) positive semidefinite.
        right: (B, q, r).
        n_needed: the first so many unknowns must be identified, else they are nan; a period no
            drawn entity has may go unidentified without harm.
    """
    diagonal = np.sqrt(np.maximum(np.einsum("bii->bi", normal), 0))
    dead = diagonal <= 0
    safe = np.where(dead, 1.0, diagonal)
    scaled = normal / (safe[:, :, None] * safe[:, None, :])
    pivots = _pivots(scaled)
    good = pivots > SINGULAR
    out = np.full(right.shape, np.nan)
    scaled_right = right / safe[:, :, None]
    if good.any():
        first = np.linalg.solve(scaled[good], scaled_right[good])
        # One step of refinement: draws of near-copies keep two more digits.
        rest = scaled_right[good] - scaled[good] @ first
        out[good] = first + np.linalg.solve(scaled[good], rest)
    for at in np.flatnonzero(~good):
        values, vectors = np.linalg.eigh(scaled[at])
        kept = values > SINGULAR * max(values[-1], 1.0)
        inverse = vectors[:, kept] / values[kept] @ vectors[:, kept].T
        null = vectors[:n_needed, ~kept]
        solved = inverse @ scaled_right[at]
        solved[:n_needed][np.abs(null).max(axis=1, initial=0) > 1e-5] = np.nan
        out[at] = solved
    return out / safe[:, :, None]


def _pivots(scaled: Floats) -> Floats:
    """The smallest squared pivot of each scaled matrix; 0 where a Cholesky factor is refused."""
    try:
        factors = np.linalg.cholesky(scaled)
        smallest = np.einsum("bii->bi", factors).min(axis=1) ** 2
        return np.asarray(smallest, dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.linalg.eigvalsh(scaled)[:, 0].astype(np.float64)


def cluster_grams(
    columns: Floats,
    entity: Codes,
    time: Codes | None,
    *,
    entity_effects: bool,
    time_effects: bool,
) -> ClusterGrams:
    """Cross-products of each entity's rows with its own means out.

    Args:
        columns: (n, m) outcome, treatment and the like, in levels.
        entity: (n,) codes of the clusters.
        time: (n,) codes of the periods; None without period effects.
        entity_effects: whether entity means are taken out; else a constant is added.
        time_effects: whether dummies of all periods but the first are added.

    Raises:
        PanelError: too many periods for dummies.
    """
    parts = [columns - columns.mean(axis=0)]
    if time_effects and time is not None:
        periods = int(time.max()) + 1
        if periods > 500:
            raise PanelError(
                f"Resampling entities with effects of {periods} periods is not supported; "
                "use at most 500 periods or no time effects."
            )
        parts.append((time[:, None] == np.arange(1, periods)).astype(np.float64))
    wide = np.column_stack(parts)
    if entity_effects:
        wide = Absorber(entity, None)(wide)
    else:
        wide = np.column_stack([wide, np.ones(len(wide))])
    scale = np.linalg.norm(wide, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    wide = wide / scale
    order = np.argsort(entity, kind="stable")
    wide = wide[order]
    starts = np.searchsorted(entity[order], np.arange(int(entity.max()) + 2))
    grams = np.stack([wide[low:high].T @ wide[low:high] for low, high in pairwise(starts)])
    return ClusterGrams(grams, scale, columns.shape[1])
