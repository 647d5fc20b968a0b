"""The R² family, each under the name of what it measures, and the Wald F. Nothing is estimated."""

from __future__ import annotations

import numpy as np
from scipy import special

from models_py.panel.absorb import Absorber, Floats, sums
from models_py.panel.design import Design

# Period effects for the overall and between R² come from a dense matrix of this many periods.
MOST_PERIODS = 2_000


def r_squared(design: Design, slopes: Floats, residuals: Floats) -> dict[str, float]:
    """Shares of variance explained.

    Args:
        design: rows.
        slopes: (k,).
        residuals: (n,).

    Returns:
        ``r2_within``: of what is left after all effects (reghdfe "Within R-sq.");
        ``r2_within_time_dummies``: of what is left after the entity effects, the years counting as
        regressors (``xtreg y x i.year, fe`` "within");
        ``r2_between`` and ``r2_overall``: squared correlations of xtreg, over entity means and over
        rows, the years counting as regressors;
        ``r2_inclusive`` and ``r2_inclusive_adjusted``: of the outcome, all effects counting as
        regressors (areg, reghdfe "R-squared" and "Adj R-squared").
    """
    rss = float(residuals @ residuals)
    centred = design.y - design.y.mean()
    by_entity = Absorber(design.entity if design.entity_effects else None, None)(centred)
    inclusive = 1 - rss / float(centred @ centred)
    free = design.n - len(design.terms) - design.n_absorbed
    fitted = design.x @ slopes + _period_effects(design, slopes, residuals)
    return {
        "r2_within": 1 - rss / float(design.y_within @ design.y_within),
        "r2_within_time_dummies": 1 - rss / float(by_entity @ by_entity),
        "r2_between": _between(design, fitted),
        "r2_overall": _squared_correlation(design.y, fitted),
        "r2_inclusive": inclusive,
        "r2_inclusive_adjusted": 1 - (1 - inclusive) * (design.n - 1) / free,
    }


def _period_effects(design: Design, slopes: Floats, residuals: Floats) -> Floats:
    """(n,) period effect of each row, up to a constant; zeros without period effects."""
    if not design.time_effects or design.time is None:
        return np.zeros(design.n)
    effects = design.y - design.x @ slopes - residuals
    periods = design.n_periods
    if not design.entity_effects or design.entity is None:
        return effects
    if periods > MOST_PERIODS:
        return np.full(design.n, np.nan)
    within = Absorber(design.entity, None)(effects - effects.mean())
    rows = np.bincount(design.time, minlength=periods).astype(np.float64)
    sizes = np.bincount(design.entity, minlength=design.n_entities).astype(np.float64)
    seen = np.zeros((design.n_entities, periods))
    seen[design.entity, design.time] = 1.0
    normal = np.diag(rows) - seen.T @ (seen / sizes[:, None])
    by_period = np.linalg.lstsq(normal, sums(design.time, within, periods), rcond=1e-10)[0]
    return np.asarray(by_period[design.time], dtype=np.float64)


def _between(design: Design, fitted: Floats) -> float:
    if design.entity is None or design.n_entities < 3:
        return float("nan")
    sizes = np.bincount(design.entity)
    means = sums(design.entity, np.column_stack([design.y, fitted]), design.n_entities)
    means = means / sizes[:, None]
    return _squared_correlation(means[:, 0], means[:, 1])


def _squared_correlation(first: Floats, second: Floats) -> float:
    if not np.isfinite(second).all() or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1] ** 2)


def wald(estimates: Floats, covariance: Floats, df: float) -> dict[str, float]:
    """F that all slopes are zero, with the covariance the coefficients are tested with.

    Args:
        estimates: (k,).
        covariance: (k, k).
        df: of the t distribution; those of the denominator.

    Returns:
        ``f``, ``f_df1``, ``f_df2``, ``f_p``; nan where the covariance is not positive, as with
        fewer clusters than regressors.
    """
    k = len(estimates)
    out = {"f": float("nan"), "f_df1": float(k), "f_df2": df, "f_p": float("nan")}
    scale = np.sqrt(np.abs(np.diag(covariance)))
    if not (scale > 0).all():
        return out
    scaled = covariance / np.outer(scale, scale)
    if np.linalg.eigvalsh(scaled)[0] <= 1e-10:
        return out
    t = estimates / scale
    out["f"] = float(t @ np.linalg.solve(scaled, t)) / k
    out["f_p"] = float(special.fdtrc(k, df, out["f"]))
    return out
