"""Randomisation inference: whole paths of the treatment change hands between entities.

No asymptotics: the reference distribution is that of the estimate under reassignment (Fisher 1935;
Hess 2017, ``ritest``). A path is permuted as a whole, so its own persistence stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models_py.panel.absorb import Codes, Floats, sums
from models_py.panel.design import Design
from models_py.panel.errors import PanelError, listed
from models_py.panel.estimate import PanelFit
from models_py.panel.least_squares import residuals_on
from models_py.panel.rows import PRODUCT

STATISTICS = ("coefficient", "t")
CHUNK = 4_000_000
TIE = 1e-9


@dataclass(frozen=True)
class Randomisation:
    """A randomisation test.

    Attributes:
        term: the treatment.
        estimate: its coefficient.
        statistic: what was compared, coefficient or t.
        p: two-sided, (1 + draws at least as large) / (1 + draws).
        n_permutations: draws.
        n_moved: entities whose paths change hands.
        seed: of the draws.
        draws: (B,) the statistic under reassignment.
        warnings: sentences.
    """

    term: str
    estimate: float
    statistic: str
    p: float
    n_permutations: int
    n_moved: int
    seed: int
    draws: Floats
    warnings: tuple[str, ...]


def randomisation_test(
    fit: PanelFit,
    term: str,
    *,
    n_permutations: int = 4999,
    statistic: str = "coefficient",
    seed: int = 0,
) -> Randomisation:
    """Permute the treatment's paths between entities and refit.

    Args:
        fit: a model with entities and periods.
        term: the treatment; controls stay with their entities.
        n_permutations: draws.
        statistic: ``"coefficient"``, or ``"t"`` (clustered by entity), which also allows for
            entities of different noise.
        seed: of the draws.

    Returns:
        The test. In an unbalanced panel only entities with every period exchange paths; the others
        keep theirs, and a warning says how many.

    Raises:
        PanelError: no such term, a product that holds it, too few entities to permute, or an
            unknown statistic.
    """
    design = fit.design
    at = design.position(term)
    estimate = fit.estimate(term)
    _check(design, term, n_permutations, statistic)
    whole = _with_every_period(design)
    others = np.delete(design.x_within, at, axis=1)
    y = residuals_on(others, design.y_within)
    observed = _statistics(design, others, y, design.x[:, [at]], statistic)[0]
    size = max(1, CHUNK // design.n)
    values = np.concatenate(
        [
            _statistics(design, others, y, columns, statistic)
            for columns in _exchanged(design.x[:, at], design, whole, n_permutations, size, seed)
        ]
    )
    beyond = int((np.abs(values) >= abs(observed) * (1 - TIE)).sum())
    kept = design.n_entities - len(whole)
    notes = (
        (f"{kept} of {design.n_entities} entities lack a period and keep their own path.",)
        if kept
        else ()
    )
    return Randomisation(
        term=term,
        estimate=estimate,
        statistic=statistic,
        p=(1 + beyond) / (1 + n_permutations),
        n_permutations=n_permutations,
        n_moved=len(whole),
        seed=seed,
        draws=values,
        warnings=notes,
    )


def _check(design: Design, term: str, n_permutations: int, statistic: str) -> None:
    if statistic not in STATISTICS:
        raise PanelError(f"statistic is {statistic!r}; it is one of {', '.join(STATISTICS)}.")
    if n_permutations < 99:
        raise PanelError(f"n_permutations is {n_permutations}; use at least 99, 4999 are usual.")
    if design.entity is None or design.time is None:
        raise PanelError("Permuting paths needs columns of entities and of periods; name both.")
    holding = [one for one in design.terms if one != term and term in one.split(PRODUCT)]
    if holding:
        raise PanelError(
            f"The model holds {term} in {listed(holding)} as well, and permuting {term} alone "
            "would leave that as it was; make the test on the model without the product.",
            [term],
        )


def _with_every_period(design: Design) -> Codes:
    """Codes of the entities whose paths can change hands."""
    sizes = np.bincount(design.entity_codes, minlength=design.n_entities)
    whole = np.flatnonzero(sizes == design.n_periods)
    if len(whole) < 3:
        raise PanelError(
            f"Only {len(whole)} entities have all {design.n_periods} periods; permuting paths "
            "needs at least three of them."
        )
    return whole


def _exchanged(
    values: Floats, design: Design, whole: Codes, n_permutations: int, size: int, seed: int
) -> Iterator[Floats]:
    """(n, size) columns at a time in which whole entities have one another's paths."""
    rows = np.flatnonzero(np.isin(design.entity_codes, whole))  # sorted by entity, then period
    paths = values[rows].reshape(len(whole), design.n_periods)
    draw = np.random.default_rng(seed)
    for start in range(0, n_permutations, size):
        columns = np.repeat(values[:, None], min(size, n_permutations - start), axis=1)
        for column in range(columns.shape[1]):
            columns[rows, column] = paths[draw.permutation(len(whole))].ravel()
        yield columns


def _statistics(
    design: Design, others: Floats, y: Floats, columns: Floats, statistic: str
) -> Floats:
    """(B,) statistic of each column put in the treatment's place."""
    x = residuals_on(others, design.absorber(columns - columns.mean(axis=0)))
    squares = np.einsum("ij,ij->j", x, x)
    slopes: Floats = (x.T @ y) / squares
    if statistic == "coefficient":
        return slopes
    scores = sums(design.entity_codes, x * (y[:, None] - x * slopes), design.n_entities)
    out: Floats = slopes * squares / np.sqrt((scores**2).sum(axis=0))
    return out
