"""Covariances that look at each row's or cluster's own weight: HC2, HC3, CR2 and the jackknife CV3.

Belongs here: what needs leverages or refits. The plain sandwiches are in ``covariance``.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import qr

from models_py.panel.absorb import Absorber, Floats, sums
from models_py.panel.cluster_grams import cluster_grams
from models_py.panel.design import Design
from models_py.panel.engines import centred_columns
from models_py.panel.errors import PanelError
from models_py.panel.least_squares import solve

# Rows times clusters of CR2's matrices: 400 MB a coefficient.
MOST_CELLS = 50_000_000


def leverages(design: Design) -> Floats:
    """(n,) diagonal of the projection on regressors, effects and constant."""
    _, bread = solve(design.x_within, design.y_within)
    out: Floats = np.einsum("ij,jk,ik->i", design.x_within, bread, design.x_within)
    return out + _effect_leverages(design)


def _effect_leverages(design: Design) -> Floats:
    groups = [
        (codes, levels)
        for used, codes, levels in (
            (design.entity_effects, design.entity, design.n_entities),
            (design.time_effects, design.time, design.n_periods),
        )
        if used and codes is not None
    ]
    if not groups:
        return np.full(design.n, 1.0 / design.n)
    groups.sort(key=lambda group: -group[1])
    large, levels = groups[0]
    out: Floats = 1.0 / np.bincount(large, minlength=levels)[large]
    if len(groups) == 2:
        small, few = groups[1]
        if design.n * few > 200_000_000:
            raise PanelError(
                "HC2 and HC3 need a leverage a row, which is too much for a panel of "
                f"{design.n:,} rows and {few:,} periods; use covariance='robust'."
            )
        dummies = (small[:, None] == np.arange(few)).astype(np.float64)
        basis, triangle, _ = qr(Absorber(large, None)(dummies), mode="economic", pivoting=True)
        rank = int((np.abs(np.diag(triangle)) > 1e-9 * np.abs(triangle[0, 0])).sum())
        out = out + (basis[:, :rank] ** 2).sum(axis=1)
    return out


def corrected(design: Design, residuals: Floats, kind: str) -> Floats:
    """HC2 or HC3 with the leverages of the regression on dummies (MacKinnon and White 1985).

    Args:
        design: rows.
        residuals: (n,).
        kind: hc2 or hc3.

    Returns:
        (k + 1, k + 1). A row that its effects fit exactly has residual 0 and counts nothing.
    """
    free = 1 - leverages(design)
    power = 1 if kind == "hc2" else 2
    fitted_exactly = free < 1e-10
    weights = np.where(fitted_exactly, 0.0, residuals**2 / np.where(fitted_exactly, 1, free**power))
    columns, bread, back = centred_columns(design)
    out = back @ bread @ (columns.T @ (columns * weights[:, None])) @ bread @ back.T
    return (out + out.T) / 2


def leave_one_entity_out(design: Design) -> Floats:
    """(G, k) slopes without each entity in turn, the period effects estimated anew.

    Raises:
        PanelError: where the slopes are not identified without one of the entities.
    """
    grams = cluster_grams(
        np.column_stack([design.y, design.x]),
        design.entity_codes,
        design.time,
        entity_effects=design.entity_effects,
        time_effects=design.time_effects,
    )
    total = grams.grams.sum(axis=0)
    without = total[None] - grams.grams
    slopes = grams.solve(without, 0, list(range(1, len(design.terms) + 1)))
    lost = np.flatnonzero(np.isnan(slopes).any(axis=1))
    if len(lost):
        raise PanelError(
            f"Without {design.entities[int(lost[0])]} the coefficients of the model of "
            f"{design.outcome} are not identified, so there is no jackknife; a regressor varies in "
            "that entity only.",
            design.terms,
        )
    return slopes


def jackknife(design: Design, params: Floats) -> Floats:
    """CV3, centred at the estimate: (G-1)/G times the squares of what leaving one out changes.

    Args:
        design: rows.
        params: (k + 1,) slopes and constant.

    Returns:
        (k + 1, k + 1); Stata ``jackknife, cluster() mse``, MacKinnon, Nielsen and Webb (2023).
    """
    slopes = leave_one_entity_out(design)
    codes = design.entity_codes
    sizes = np.bincount(codes)
    totals = np.column_stack([design.y, design.x])
    by_entity = np.stack([np.bincount(codes, weights=column) for column in totals.T], axis=1)
    means = (totals.sum(axis=0) - by_entity) / (design.n - sizes)[:, None]
    constants = means[:, 0] - np.einsum("gk,gk->g", means[:, 1:], slopes)
    change = np.column_stack([slopes, constants]) - params
    groups = design.n_entities
    return (groups - 1) / groups * change.T @ change


def bias_reduced(design: Design, residuals: Floats) -> tuple[Floats, Floats]:
    """CR2 by entity with Satterthwaite degrees of freedom, working covariance the identity.

    Args:
        design: rows.
        residuals: (n,).

    Returns:
        (k + 1, k + 1) covariance and (k + 1,) degrees of freedom; Bell and McCaffrey (2002),
        Pustejovsky and Tipton (2018), R ``clubSandwich`` on a plm within model.

    Raises:
        PanelError: a panel too large for it.
    """
    influence = _adjusted_influence(design)
    by_entity = sums(design.entity_codes, influence * residuals[:, None], design.n_entities)
    return by_entity.T @ by_entity, satterthwaite(design, np.eye(influence.shape[1]))


def satterthwaite(design: Design, contrasts: Floats) -> Floats:
    """Degrees of freedom of linear combinations of the terms under CR2.

    Args:
        design: rows.
        contrasts: (m, k + 1) weights of the slopes and the constant.

    Returns:
        (m,) Bell and McCaffrey's degrees of freedom, working covariance the identity.

    Raises:
        PanelError: a panel too large for it.
    """
    influence = _adjusted_influence(design)
    rows = np.arange(design.n)
    out = np.empty(len(contrasts))
    for at, contrast in enumerate(contrasts):
        own = np.zeros((design.n, design.n_entities))
        own[rows, design.entity_codes] = influence @ contrast
        within = design.absorber(own - own.mean(axis=0))
        rest = within - design.x_within @ solve(design.x_within, within)[0]
        products = rest.T @ rest
        out[at] = np.trace(products) ** 2 / (products**2).sum()
    return out


def _adjusted_influence(design: Design) -> Floats:
    """(n, k + 1) what a unit of each residual adds to each estimate, CR2's adjustment included."""
    codes, groups = design.entity_codes, design.n_entities
    if design.n * groups > MOST_CELLS:
        raise PanelError(
            f"CR2 compares every row with every cluster, too much for {design.n:,} rows and "
            f"{groups:,} entities; covariance='cluster_entity' is as good there."
        )
    basis = _basis_within_entities(design)
    columns, bread, back = centred_columns(design)
    plain = columns @ bread @ back.T
    out = np.empty_like(plain)
    for group in range(groups):
        rows = codes == group
        values, vectors = np.linalg.eigh(np.eye(int(rows.sum())) - basis[rows] @ basis[rows].T)
        roots = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0.0)
        out[rows] = (vectors * roots) @ (vectors.T @ plain[rows])
    return out


def _basis_within_entities(design: Design) -> Floats:
    """An orthonormal basis of regressors and period effects after the entity effects."""
    parts = [design.x_within]
    if design.time_effects:
        dummies = (design.time_codes[:, None] == np.arange(design.n_periods)).astype(np.float64)
        entity = design.entity if design.entity_effects else None
        parts.append(Absorber(entity, None)(dummies))
    elif not design.entity_effects:
        parts.append(np.ones((design.n, 1)))
    wide = np.column_stack(parts)
    wide = wide / np.maximum(np.linalg.norm(wide, axis=0), 1e-300)
    basis, triangle, _ = qr(wide, mode="economic", pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > 1e-9).sum())
    out: Floats = basis[:, :rank]
    return out
