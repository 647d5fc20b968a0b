"""How strong an omitted variable would have to be: Oster's delta, Cinelli and Hazlett's value.

Oster (2019), with the formulas of ``psacalc``; the R² are those within the fixed effects, as the
effects count as nuisance in both regressions. Cinelli and Hazlett (2020), with those of sensemakr.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from models_py.panel.absorb import Floats
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit
from models_py.panel.least_squares import solve

# Oster's own suggestion for the largest R²: 1.3 times that with controls.
RMAX_FACTOR = 1.3


@dataclass(frozen=True)
class Oster:
    """Proportional selection on unobservables.

    Attributes:
        term: the treatment.
        beta_short, r2_short: without controls; beta_long, r2_long: with them; R² within effects.
        r2_max: the largest R² assumed.
        delta: selection on unobservables, in multiples of that on the controls, that would make
            the coefficient zero.
        beta_star: the coefficient if selection on unobservables equals that on the controls.
        sentence: the same in words.
    """

    term: str
    beta_short: float
    r2_short: float
    beta_long: float
    r2_long: float
    r2_max: float
    delta: float
    beta_star: float
    sentence: str


@dataclass(frozen=True)
class _Terms:
    """The quantities of psacalc."""

    b_short: float
    b_long: float
    r_gain: float  # (R long - R short) var(y)
    r_left: float  # (R max - R long) var(y)
    var_x: float
    var_rest: float  # of x given the controls


def oster(fit: PanelFit, term: str, *, r2_max: float | None = None, beta: float = 0.0) -> Oster:
    """Oster's delta and beta* of one coefficient.

    Args:
        fit: the model with its controls; the short one leaves all but the term out.
        term: the treatment.
        r2_max: largest R² within the effects; min(1, 1.3 times that of the fit) where None.
        beta: the coefficient delta is worked out for.

    Raises:
        PanelError: no such term, no controls, or an r2_max below the fit's.
    """
    design = fit.design
    at = design.position(term)
    if len(design.terms) < 2:
        raise PanelError(
            "Oster's delta compares the model with and without controls, and this one has none."
        )
    x, y = design.x_within[:, at], design.y_within
    controls = np.delete(design.x_within, at, axis=1)
    r_long = float(fit.statistics["r2_within"])
    short = float(x @ y / (x @ x))
    r_short = 1 - _squares(y - short * x) / _squares(y)
    largest = min(1.0, RMAX_FACTOR * r_long) if r2_max is None else r2_max
    if not r_long < largest <= 1:
        raise PanelError(
            f"r2_max is {largest:.4g}; it must lie above the model's R² within of {r_long:.4g} and "
            "at most be 1."
        )
    var_y = _squares(y) / (len(y) - 1)
    rest = x - controls @ solve(controls, x)[0]
    parts = _Terms(
        short,
        fit.estimate(term),
        (r_long - r_short) * var_y,
        (largest - r_long) * var_y,
        _squares(x) / (len(y) - 1),
        _squares(rest) / (len(y) - 1),
    )
    delta = _delta(parts, beta)
    star = _beta_star(parts)
    return Oster(
        term=term,
        beta_short=short,
        r2_short=r_short,
        beta_long=parts.b_long,
        r2_long=r_long,
        r2_max=largest,
        delta=delta,
        beta_star=star,
        sentence=(
            f"With R² within of at most {largest:.3f}, omitted variables would have to be "
            f"{delta:.3g} times as strongly related to {term} as the controls are for its effect "
            f"to be {beta:g}; equally strong ones would make it {star:.4g}."
        ),
    )


def _squares(values: Floats) -> float:
    return float(values @ values)


def _delta(parts: _Terms, beta: float) -> float:
    """Selection at which the coefficient is ``beta`` (Oster 2019, proposition 3)."""
    off = parts.b_long - beta
    moved = parts.b_short - parts.b_long
    shared = parts.var_rest * moved * parts.var_x
    gap = parts.var_rest * parts.var_x - parts.var_rest**2
    above = (
        off * parts.r_gain * parts.var_rest
        + off * parts.var_x * parts.var_rest * moved**2
        + 2 * off**2 * shared
        + off**3 * gap
    )
    below = (
        parts.r_left * moved * parts.var_x
        + off * parts.r_left * (parts.var_x - parts.var_rest)
        + off**2 * shared
        + off**3 * gap
    )
    return above / below if below else float("inf")


def _beta_star(parts: _Terms) -> float:
    """The coefficient at delta = 1: the root of a quadratic nearest the estimate."""
    moved = parts.b_short - parts.b_long
    theta = (
        parts.r_left * (parts.var_x - parts.var_rest)
        - parts.r_gain * parts.var_rest
        - parts.var_x * parts.var_rest * moved**2
    )
    if moved == 0:
        return parts.b_long
    inner = theta**2 + 4 * parts.r_left * moved**2 * parts.var_x**2 * parts.var_rest
    below = -2 * parts.var_rest * moved * parts.var_x
    roots = [(-theta + np.sqrt(inner)) / below, (-theta - np.sqrt(inner)) / below]
    # psacalc takes the root on the side the controls moved the coefficient to, then the nearer.
    same = [root for root in roots if np.sign(root) == np.sign(moved)]
    bias = min(same or roots, key=abs)
    return float(parts.b_long - bias)


@dataclass(frozen=True)
class RobustnessValue:
    """Cinelli and Hazlett's robustness value of one coefficient.

    Attributes:
        term: the treatment.
        q: share of the estimate that the omitted variable is to explain away.
        alpha: level of the test.
        t, df: of the coefficient, unadjusted, and its residual degrees of freedom.
        partial_r2: share of what is left of the outcome that the treatment explains.
        rv: partial R² with treatment and outcome alike that an omitted variable needs to take
            ``q`` of the estimate away.
        rv_alpha: the same to make it indistinguishable from zero at ``alpha``.
        sentence: the same in words.
    """

    term: str
    q: float
    alpha: float
    t: float
    df: float
    partial_r2: float
    rv: float
    rv_alpha: float
    sentence: str


def robustness_value(
    fit: PanelFit, term: str, q: float = 1.0, alpha: float = 0.05
) -> RobustnessValue:
    """How strong an omitted variable must be to explain a coefficient away.

    The partial R² is that after effects and controls, so it comes from the unadjusted standard
    error whatever the fit's own is, as sensemakr does with fixest models.

    Args:
        fit: a model.
        term: the treatment.
        q: share of the estimate to explain away; 1 is all of it.
        alpha: level for ``rv_alpha``.

    Raises:
        PanelError: no such term, a q that is not positive, or an alpha outside 0 to 1.
    """
    if not (0 < q < float("inf") and 0 < alpha < 1):
        raise PanelError("q is a share above 0, such as 1, and alpha one between 0 and 1.")
    design = fit.design
    at = design.position(term)
    df = float(fit.statistics["df_residual"])
    inverse = solve(design.x_within, design.y_within)[1]
    error = float(np.sqrt(inverse[at, at] * fit.statistics["rss"] / df))
    t = fit.estimate(term) / error if error > 0 else float("inf")
    rv, rv_alpha = (closed_form(t, df, q, level) for level in (1.0, alpha))
    return RobustnessValue(
        term=term,
        q=q,
        alpha=alpha,
        t=t,
        df=df,
        partial_r2=1.0 if np.isinf(t) else t**2 / (t**2 + df),
        rv=rv,
        rv_alpha=rv_alpha,
        sentence=(
            f"An omitted variable would have to explain {rv:.1%} of what is left of both {term} "
            f"and {design.outcome} after effects and controls to take {q:.0%} of the coefficient "
            f"away, and {rv_alpha:.1%} to make it indistinguishable from zero at {alpha:g}."
        ),
    )


def closed_form(t: float, df: float, q: float = 1.0, alpha: float = 1.0) -> float:
    """The robustness value of a printed t (Cinelli and Hazlett 2020, section 4.3).

    Args:
        t: of the coefficient, unadjusted.
        df: residual degrees of freedom.
        q: share of the estimate to explain away.
        alpha: level of the test; 1 for the estimate itself.

    Returns:
        A partial R², from 0 to 1.
    """
    f = q * abs(t) / np.sqrt(df)
    if np.isinf(f):
        return 1.0
    critical = abs(float(stats.t.ppf(alpha / 2, df - 1))) / np.sqrt(df - 1) if df > 1 else np.inf
    left = f - critical
    if left <= 0:
        return 0.0
    if critical > 0 and f > 1 / critical:  # the bound on the outcome's side binds no longer
        return float((f**2 - critical**2) / (1 + f**2))
    return float((np.sqrt(left**4 + 4 * left**2) - left**2) / 2)
