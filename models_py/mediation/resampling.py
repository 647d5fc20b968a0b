"""Bootstrap draws of the three equations from cross-products, without refitting them.

A resample of entities is a weighted sum of per-entity cross-products; a resample of rows a weighted
sum of per-row ones less the entity means of the draw. All draws are solved in batches, and equal
the naive loop over the same resamples. Intervals are in ``intervals``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models_py.panel.absorb import Floats
from models_py.panel.cluster_grams import CHUNK, ClusterGrams, cluster_grams
from models_py.panel.design import Design
from models_py.panel.errors import PanelError

Integers = NDArray[np.int64]

OUTCOME, MEDIATOR, TREATMENT = 0, 1, 2


def resamples(n_units: int, n_draws: int, seed: int) -> Integers:
    """(B, G) which unit each place of each resample holds; one seed, one matrix."""
    return np.random.default_rng(seed).integers(0, n_units, size=(n_draws, n_units))


def multiplicities(chosen: Integers) -> Floats:
    """(B, G) how often each unit is in each resample."""
    draws, units = chosen.shape
    places = chosen + units * np.arange(draws)[:, None]
    counts = np.bincount(places.ravel(), minlength=draws * units)
    return counts.reshape(draws, units).astype(np.float64)


@dataclass(frozen=True)
class Resampler:
    """Everything of a sample that its resamples need.

    Attributes:
        units: entities or rows.
        grams: their cross-products.
        by_rows_within: columns and entity codes where rows are drawn and entities have effects.
    """

    units: int
    grams: ClusterGrams
    by_rows_within: tuple[Floats, NDArray[np.int64]] | None = None

    @property
    def n_controls(self) -> int:
        """Columns behind outcome, mediator and treatment."""
        return self.grams.n_columns - 3

    def effects(self, weights: Floats) -> Floats:
        """Paths of weighted samples.

        Args:
            weights: (B, units) multiplicities.

        Returns:
            (B, 4): a, b, c' and c; c is c' + a b, an identity of least squares on one sample.
        """
        total = self._total(weights)
        controls = list(range(3, self.grams.n_columns))
        a = self.grams.solve(total, MEDIATOR, [TREATMENT, *controls])[:, 0]
        slopes = self.grams.solve(total, OUTCOME, [MEDIATOR, TREATMENT, *controls])
        b, direct = slopes[:, 0], slopes[:, 1]
        return np.column_stack([a, b, direct, direct + a * b])

    def _total(self, weights: Floats) -> Floats:
        total = self.grams.total(weights)
        if self.by_rows_within is None:
            return total
        columns, entity = self.by_rows_within
        for code in range(int(entity.max()) + 1):
            rows = entity == code
            own = weights[:, rows]
            sums = own @ columns[rows]
            sizes = np.maximum(own.sum(axis=1), 1.0)  # an entity not drawn has sums of zero
            total -= sums[:, :, None] * (sums / sizes[:, None])[:, None, :]
        return total

    def bootstrap(self, n_draws: int, seed: int) -> Floats:
        """(B, 4) paths of B resamples, in chunks that fit memory."""
        chosen = resamples(self.units, n_draws, seed)
        return np.concatenate([self.effects(multiplicities(part)) for part in self._chunks(chosen)])

    def _chunks(self, chosen: Integers) -> Iterator[Integers]:
        p = len(self.grams.scale)
        size = max(1, CHUNK // (4 * p * p + self.units))
        for start in range(0, len(chosen), size):
            yield chosen[start : start + size]

    def leave_one_out(self) -> Floats:
        """(units, 4) paths without each unit in turn."""
        parts = []
        p = len(self.grams.scale)
        size = max(1, CHUNK // (4 * p * p + self.units))
        for start in range(0, self.units, size):
            rows = np.arange(start, min(start + size, self.units))
            weights = np.ones((len(rows), self.units))
            weights[np.arange(len(rows)), rows] = 0.0
            parts.append(self.effects(weights))
        return np.concatenate(parts)


def resampler(design: Design, resample: str) -> Resampler:
    """Prepare the resamples of a design whose regressors are mediator, treatment, controls.

    Args:
        design: the outcome equation.
        resample: ``"entity"`` or ``"row"``.

    Raises:
        PanelError: no entities to draw, or a single one.
    """
    columns = np.column_stack([design.y, design.x])
    time = design.time if design.time_effects else None
    if resample == "entity":
        if design.entity is None or design.n_entities < 2:
            raise PanelError(
                "Resampling entities needs a column of entities with at least two of them; name "
                "it, or use resample='row'."
            )
        grams = cluster_grams(
            columns,
            design.entity,
            time,
            entity_effects=design.entity_effects,
            time_effects=design.time_effects,
        )
        return Resampler(design.n_entities, grams)
    rows = np.arange(design.n, dtype=np.int64)
    if not design.entity_effects:
        grams = cluster_grams(
            columns, rows, time, entity_effects=False, time_effects=design.time_effects
        )
        return Resampler(design.n, grams)
    wide = columns - columns.mean(axis=0)
    if time is not None:
        wide = np.column_stack([wide, time[:, None] == np.arange(1, design.n_periods)])
    scale = np.linalg.norm(wide, axis=0)
    wide = wide / np.where(scale > 0, scale, 1.0)
    products = wide[:, :, None] * wide[:, None, :]
    grams = ClusterGrams(products, np.where(scale > 0, scale, 1.0), columns.shape[1])
    return Resampler(design.n, grams, (wide, design.entity_codes))
