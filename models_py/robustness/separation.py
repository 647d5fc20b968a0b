"""Rows that a count model fits perfectly by sending their mean to zero, found before it is fitted.

Correia, Guimaraes and Zylkin (2019, "Verifying the existence of maximum likelihood estimates for
generalized linear models"): estimates exist only without the rows at which some combination of
regressors and effects is positive that is zero wherever the outcome is not, and negative nowhere.
Their rectifier looks for such a combination by repeated regressions; a linear programme (Konis
2007) finds the same one. Belongs here: finding and leaving out. The fit is in ``counts``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from models_py.panel.design import Design, prepare
from models_py.panel.errors import PanelError, listed
from models_py.panel.rows import Flags

# The largest value of a combination is one; the programme's own tolerance is 1e-9, which near-
# copies among the regressors enlarge. What is smaller and real is found in the next round.
POSITIVE = 1e-5
FEASIBLE = 1e-9


@dataclass(frozen=True)
class Kept:
    """What a count model can be fitted on.

    Attributes:
        design: rows that are not separated, regressors that still vary.
        n_separated: rows left out as separated.
        warnings: what was left out and why, as sentences.
    """

    design: Design
    n_separated: int
    warnings: tuple[str, ...]


def without_separated(design: Design, singletons: str) -> Kept:
    """Leave out separated rows, and regressors of which nothing is left then, as ppmlhdfe does.

    Args:
        design: rows with an outcome of zero or more.
        singletons: ``"keep"`` or ``"drop"``, as of ``panel.fit``.

    Raises:
        PanelError: the outcome is zero throughout, or no regressor is left.
    """
    groups: list[str] = []
    rows: list[str] = []
    notes = list(design.warnings)
    n_separated = 0
    while True:
        found, named = _empty_groups(design)
        groups += named
        if not found.any():
            found = separated_rows(design)
            rows += _labels(design, found)
        if not found.any():
            break
        n_separated += int(found.sum())
        if found.all():
            raise PanelError(
                f"No row of {design.outcome} is left that is not separated: it is zero throughout, "
                "or effects and regressors tell its zeros from its other values exactly.",
                [design.outcome],
            )
        design = _prepared(design, ~found, singletons)
        notes += design.warnings
    if groups:
        notes.append(
            f"{len(groups)} groups have {design.outcome} zero throughout and are left out "
            f"({listed(groups)}): their effects run to minus infinity (separation)."
        )
    if rows:
        notes.append(
            f"{len(rows)} rows with {design.outcome} zero are left out ({listed(rows)}): "
            "regressors and effects fit them exactly, with coefficients that run to infinity "
            "(separation)."
        )
    return Kept(design, n_separated, tuple(dict.fromkeys(notes)))


def separated_rows(design: Design) -> Flags:
    """(n,) rows that some combination of regressors and effects separates.

    Args:
        design: rows with an outcome of zero or more.
    """
    zero: Flags = design.y == 0
    if zero.all() or not zero.any():
        return zero
    scale = np.linalg.norm(design.x_within, axis=0) / np.sqrt(design.n)
    parts = [sparse.csr_matrix(design.x_within / scale), np.ones((design.n, 1))]
    for used, codes, levels in (
        (design.entity_effects, design.entity, design.n_entities),
        (design.time_effects, design.time, design.n_periods),
    ):
        if used and codes is not None:
            ones = (np.ones(design.n), (np.arange(design.n), codes))
            parts.append(sparse.csr_matrix(ones, shape=(design.n, levels))[:, 1:])
    columns = sparse.csr_matrix(sparse.hstack(parts))
    positive = columns[~zero]
    # Values of the combination at the zeros are unknowns of their own, from 0 to 1.
    n_free, n_zero = columns.shape[1], int(zero.sum())
    equal = sparse.bmat([[positive, None], [columns[zero], -sparse.identity(n_zero)]], format="csr")
    found = linprog(
        np.concatenate([np.zeros(n_free), -np.ones(n_zero)]),
        A_eq=equal,
        b_eq=np.zeros(design.n),
        bounds=[(None, None)] * n_free + [(0.0, 1.0)] * n_zero,
        method="highs",
        options={"primal_feasibility_tolerance": FEASIBLE},
    )
    out = np.zeros(design.n, dtype=bool)
    if found.x is None:  # no verdict; the fit says so itself where it does not converge
        return out
    values = found.x[n_free:]
    out[zero] = (values > POSITIVE) & (values.max() > 0.5)
    return out


def _empty_groups(design: Design) -> tuple[Flags, list[str]]:
    """Rows of entities and periods with effects whose outcome is zero throughout."""
    found = np.zeros(design.n, dtype=bool)
    named: list[str] = []
    for used, codes, labels, name in (
        (design.entity_effects, design.entity, design.entities, design.entity_name),
        (design.time_effects, design.time, design.periods, design.time_name),
    ):
        if not used or codes is None:
            continue
        empty = np.bincount(codes, weights=design.y, minlength=len(labels)) == 0
        named += [f"{name} {labels[at]}" for at in np.flatnonzero(empty)]
        found |= empty[codes]
    return found, named


def _labels(design: Design, found: Flags) -> list[str]:
    keys = [name for name in (design.entity_name, design.time_name) if name is not None]
    if not keys:
        return [f"row {at + 1}" for at in np.flatnonzero(found)]
    chosen = design.sample.loc[found, keys].astype(str)
    return ["/".join(row) for row in chosen.to_numpy().tolist()]


def _prepared(design: Design, kept: Flags, singletons: str) -> Design:
    return prepare(
        design.sample.loc[kept],
        design.outcome,
        design.terms,
        design.entity_name,
        design.time_name,
        entity_effects=design.entity_effects,
        time_effects=design.time_effects,
        singletons=singletons,
        collinear="drop",
    )
