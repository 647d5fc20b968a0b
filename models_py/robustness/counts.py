"""Poisson pseudo-maximum likelihood with fixed effects, for counts with zeros.

Belongs here: one function that fits, whatever engine does. statsmodels' GLM with dummies is the
engine; above ``MOST_DUMMIES`` cells our own reweighted least squares on absorbed columns gives the
same numbers. Linear models are in ``models_py.panel``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from models_py.panel.absorb import Absorber, Codes, Floats, sums
from models_py.panel.covariance import FEW_CLUSTERS, few_clusters, n_clusters
from models_py.panel.design import Design, prepare
from models_py.panel.errors import PanelError
from models_py.panel.estimate import tested
from models_py.panel.least_squares import solve
from models_py.panel.rows import one_of
from models_py.robustness.separation import Kept, without_separated

COVARIANCES = ("cluster_entity", "cluster_time", "robust", "unadjusted")
CONVENTIONS = ("ppmlhdfe", "fixest", "none")
# What each does with entities and periods of one row, which count as clusters where they are kept.
SINGLETONS = {"ppmlhdfe": "drop", "fixest": "keep", "none": "keep"}
ENGINES = ("auto", "statsmodels", "absorb")
# Rows times dummies of the statsmodels design: 160 MB.
MOST_DUMMIES = 20_000_000
TOLERANCE = 1e-12
MOST_STEPS = 200
# A mean this small beside the average is on its way to zero: the row is separated.
VANISHING = 1e-8


@dataclass(frozen=True)
class CountFit:
    """A fitted count model.

    Attributes:
        coefficients: term, estimate, std_error, t (a z), p (normal), ci_low, ci_high, and irr, the
            incidence rate ratio exp(estimate).
        statistics: n_obs, n_entities, n_periods, log_likelihood, deviance, pseudo_r2 (McFadden's,
            against a constant; Stata), pseudo_r2_adjusted (parameters taken off; fixest),
            dispersion (Pearson), n_separated (rows left out as separated), se_type, engine.
        covariance: of the slopes, factor included.
        warnings: sentences.
    """

    coefficients: pd.DataFrame
    statistics: dict[str, Any]
    covariance: pd.DataFrame
    warnings: tuple[str, ...]


def ppml(
    frame: pd.DataFrame,
    outcome: str,
    regressors: Sequence[str],
    entity: str | None,
    time: str | None,
    *,
    entity_effects: bool = True,
    time_effects: bool = True,
    covariance: str = "cluster_entity",
    convention: str = "ppmlhdfe",
    engine: str = "auto",
) -> CountFit:
    """Fit a count or another outcome that is zero or more (Santos Silva and Tenreyro 2006).

    Args:
        frame: one row an entity and period.
        outcome: numeric column, nowhere negative.
        regressors: numeric columns; ``"a:b"`` is a product.
        entity: column of entities.
        time: column of periods.
        entity_effects: whether each entity has an effect.
        time_effects: whether each period has an effect.
        covariance: cluster_entity, cluster_time, robust or unadjusted.
        convention: factor on a clustered covariance: ppmlhdfe G/(G-1); fixest also (n-1)/(n-K); or
            none. ppmlhdfe leaves out entities and periods of one row, the others keep them. p
            values are normal in all.
        engine: ``"auto"``, ``"statsmodels"`` or ``"absorb"``.

    Returns:
        The fit. Rows that are separated, such as those of entities and periods whose outcome is
        zero throughout, tell nothing about slopes; they are left out and named, and so are
        regressors that only they made vary.

    Raises:
        PanelError: a negative outcome, no convergence, or whatever ``panel.fit`` refuses.
    """
    one_of("covariance", covariance, COVARIANCES)
    one_of("convention", convention, CONVENTIONS)
    one_of("engine", engine, ENGINES)
    design = prepare(
        frame,
        outcome,
        regressors,
        entity,
        time,
        entity_effects=entity_effects,
        time_effects=time_effects,
        singletons=SINGLETONS[convention],
    )
    if design.y.min() < 0:
        raise PanelError(
            f"{outcome} is below zero in {int((design.y < 0).sum())} rows; a count model needs "
            "zero or more. Use panel.fit for such an outcome.",
            [outcome],
        )
    return _fitted(
        without_separated(design, SINGLETONS[convention]), covariance, convention, engine
    )


def count_convention(convention: str) -> str:
    """The convention of a count model that stands beside a least-squares one.

    Args:
        convention: of ``panel.fit`` or of ``ppml``.

    Returns:
        fixest and none as they are; ppmlhdfe for all others, of which Stata's pair is reghdfe.
    """
    return convention if convention in CONVENTIONS else "ppmlhdfe"


def _fitted(kept: Kept, covariance: str, convention: str, engine: str) -> CountFit:
    design = kept.design
    dummies = design.n * design.n_absorbed
    chosen = engine if engine != "auto" else "statsmodels" if dummies <= MOST_DUMMIES else "absorb"
    means = _statsmodels(design) if chosen == "statsmodels" else _reweighted(design)
    slopes, columns, bread = _last_step(design, means)
    covered = _covariance(design, columns, bread, means, covariance, convention)
    coefficients = tested(design.terms, slopes, np.diag(covered), float("inf"))
    coefficients["irr"] = np.exp(coefficients["estimate"])
    terms = list(design.terms)
    return CountFit(
        coefficients=coefficients,
        statistics={
            "n_obs": design.n,
            "n_entities": design.n_entities,
            "n_periods": design.n_periods,
            **_quality(design, means),
            "n_separated": kept.n_separated,
            "entity_effects": design.entity_effects,
            "time_effects": design.time_effects,
            # Without clusters no convention has a factor.
            "se_type": f"{covariance}, {convention}" if "cluster" in covariance else covariance,
            "engine": chosen,
        },
        covariance=pd.DataFrame(covered, index=terms, columns=terms),
        warnings=(*kept.warnings, *_doubts(design, means, covariance)),
    )


def _doubts(design: Design, means: Floats, covariance: str) -> Iterator[str]:
    """What the numbers themselves give reason to say."""
    vanishing = int((means < VANISHING * design.y.mean()).sum())
    if vanishing:
        yield (
            f"{vanishing} rows have a fitted mean of practically zero; a regressor nearly "
            "separates them, so its coefficient may run to infinity."
        )
    groups = n_clusters(design, covariance)
    if groups is not None and groups < FEW_CLUSTERS:
        yield few_clusters(groups)


def _statsmodels(design: Design) -> Floats:
    """(n,) fitted means of the GLM with dummies."""
    import statsmodels.api as sm

    centred = design.x - design.x.mean(axis=0)
    parts = [np.ones((design.n, 1)), centred / centred.std(axis=0)]
    for used, codes, levels in (
        (design.entity_effects, design.entity, design.n_entities),
        (design.time_effects, design.time, design.n_periods),
    ):
        if used and codes is not None:
            parts.append((codes[:, None] == np.arange(1, levels)).astype(np.float64))
    model = sm.GLM(design.y, np.column_stack(parts), family=sm.families.Poisson())
    result = model.fit(tol=TOLERANCE, tol_criterion="deviance", maxiter=MOST_STEPS)
    if not result.converged:
        raise _no_convergence(design)
    means: Floats = np.asarray(result.fittedvalues, dtype=np.float64)
    return means


def _reweighted(design: Design) -> Floats:
    """(n,) fitted means by iteratively reweighted least squares on absorbed columns."""
    means: Floats = (design.y + design.y.mean()) / 2
    deviance = np.inf
    for _ in range(MOST_STEPS):
        index = np.log(means)
        working = index + (design.y - means) / means
        absorber = _absorber(design, means)
        root = np.sqrt(means)[:, None]
        both = absorber(np.column_stack([working, design.x]))
        slopes, _ = solve(both[:, 1:] * root, both[:, 0] * root[:, 0])
        means = np.exp(np.clip(working - (both[:, 0] - both[:, 1:] @ slopes), -700, 700))
        now = _deviance(design.y, means)
        if abs(now - deviance) <= TOLERANCE * max(abs(now), 1.0):
            return means
        deviance = now
    raise _no_convergence(design)


def _absorber(design: Design, weights: Floats) -> Absorber:
    constant: Codes = np.zeros(design.n, dtype=np.int64)
    entity = design.entity if design.entity_effects else None
    time = design.time if design.time_effects else None
    if entity is None and time is None:
        entity = constant
    return Absorber(entity, time, weights)


def _no_convergence(design: Design) -> PanelError:
    return PanelError(
        f"The count model of {design.outcome} does not converge in {MOST_STEPS} steps; look for a "
        "regressor that is nonzero only where the outcome is zero.",
        [design.outcome],
    )


def _last_step(design: Design, means: Floats) -> tuple[Floats, Floats, Floats]:
    """Slopes, weighted within columns and bread at the fitted means."""
    index = np.log(means)
    both = _absorber(design, means)(np.column_stack([index + (design.y - means) / means, design.x]))
    root = np.sqrt(means)[:, None]
    slopes, bread = solve(both[:, 1:] * root, both[:, 0] * root[:, 0])
    return slopes, both[:, 1:], bread


def _covariance(
    design: Design,
    columns: Floats,
    bread: Floats,
    means: Floats,
    covariance: str,
    convention: str,
) -> Floats:
    if covariance == "unadjusted":
        return bread
    scores = columns * (design.y - means)[:, None]
    factor = 1.0
    if covariance != "robust":
        codes, groups = (
            (design.entity, design.n_entities)
            if covariance == "cluster_entity"
            else (design.time, design.n_periods)
        )
        if codes is None or groups < 2:
            raise PanelError(f"covariance={covariance!r} needs a column with at least two groups.")
        scores = sums(codes, scores, groups)
        factor = groups / (groups - 1)
        if convention == "fixest":
            other = design.time_effects if covariance == "cluster_entity" else design.entity_effects
            levels = design.n_periods if covariance == "cluster_entity" else design.n_entities
            counted = len(design.terms) + 1 + (levels - 1 if other else 0)
            factor *= (design.n - 1) / (design.n - counted)
        if convention == "none":
            factor = 1.0
    out: Floats = factor * bread @ (scores.T @ scores) @ bread
    return (out + out.T) / 2


def _deviance(y: Floats, means: Floats) -> float:
    return float(2 * (special.xlogy(y, y / means) - (y - means)).sum())


def _quality(design: Design, means: Floats) -> dict[str, float]:
    y = design.y
    constant = float(special.gammaln(y + 1).sum())

    def likelihood(mu: Floats) -> float:
        return float((special.xlogy(y, mu) - mu).sum()) - constant

    full, null = likelihood(means), likelihood(np.full(design.n, y.mean()))
    free = design.n - len(design.terms) - design.n_absorbed
    return {
        "log_likelihood": full,
        "deviance": _deviance(y, means),
        "pseudo_r2": 1 - full / null,
        "pseudo_r2_adjusted": 1 - (full - design.n + free) / (null - 1),
        "dispersion": float((((y - means) ** 2) / means).sum()) / free,
    }
