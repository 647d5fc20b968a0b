"""Marginal effects over a moderator, Johnson-Neyman points, and the data of their plot.

Standard errors come from the fitted model's covariance (Aiken and West 1991; Brambor, Clark and
Golder 2006), tests from its t distribution, G - 1 degrees of freedom for clustered errors. How the
interaction is found in a model is in ``product``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from models_py.moderation.product import column, product_term
from models_py.panel.absorb import Floats
from models_py.panel.errors import Absorbed, PanelError
from models_py.panel.estimate import LEVEL, PanelFit, fit
from models_py.panel.rows import PRODUCT

GRID_POINTS = 50
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class _Line:
    """Marginal effect of the treatment: b0 + b1 z, with its covariance."""

    b0: float
    b1: float
    v00: float
    v01: float
    v11: float

    def effect(self, z: Floats) -> Floats:
        return self.b0 + self.b1 * z

    def variance(self, z: Floats) -> Floats:
        return self.v00 + 2 * z * self.v01 + z**2 * self.v11


def _line(fit: PanelFit, treatment: str, moderator: str) -> _Line:
    product = product_term(fit, treatment, moderator)
    weights = np.array([[1.0, product.by_x], [0.0, product.slope]])
    names = [treatment, product.term]
    b = weights @ np.array([fit.estimate(name) for name in names])
    v = weights @ fit.covariance.loc[names, names].to_numpy() @ weights.T
    return _Line(float(b[0]), float(b[1]), float(v[0, 0]), float(v[0, 1]), float(v[1, 1]))


def marginal_effects(
    fit: PanelFit, treatment: str, moderator: str, at: Sequence[float] | str = "mean_sd"
) -> pd.DataFrame:
    """Effect of the treatment at values of the moderator.

    Args:
        fit: a model with both and their product, raw or centred.
        treatment: name of the treatment.
        moderator: name of the moderator.
        at: values, in the moderator's units; or ``"mean_sd"`` (mean and one standard deviation
            either side), ``"quantiles"`` (10, 25, 50, 75, 90 %), ``"grid"`` (from the smallest to
            the largest value).

    Returns:
        A row a value: treatment, moderator, at, effect, std_error, t, p, ci_low, ci_high (95 %),
        in_support (whether the value lies within the moderator's range).

    Raises:
        PanelError: no such interaction, or a value that is not a number.
    """
    line = _line(fit, treatment, moderator)
    values = column(fit, moderator)
    points = _points(values, at)
    effect = line.effect(points)
    variance = line.variance(points)
    error = np.sqrt(np.where(variance < 0, np.nan, variance))
    t = effect / error
    df = _degrees(fit, treatment, moderator, points)
    reach = stats.t.ppf((1 + LEVEL) / 2, df) * error
    return pd.DataFrame(
        {
            "treatment": treatment,
            "moderator": moderator,
            "at": points,
            "effect": effect,
            "std_error": error,
            "t": t,
            "p": 2 * stats.t.sf(np.abs(t), df),
            "ci_low": effect - reach,
            "ci_high": effect + reach,
            "in_support": (points >= values.min()) & (points <= values.max()),
        }
    )


def _degrees(fit: PanelFit, treatment: str, moderator: str, points: Floats) -> float | Floats:
    """Degrees of freedom at each value of the moderator, which differ under CR2 alone."""
    if fit.df_terms is None:
        return fit.df
    product = product_term(fit, treatment, moderator)
    return np.array(
        [
            fit.df_of({treatment: 1.0, product.term: product.by_x + product.slope * point})
            for point in points
        ]
    )


def _points(values: Floats, at: Sequence[float] | str) -> Floats:
    if isinstance(at, str):
        if at == "mean_sd":
            center, spread = float(values.mean()), float(values.std(ddof=1))
            return np.array([center - spread, center, center + spread])
        if at == "quantiles":
            return np.asarray(np.quantile(values, QUANTILES), dtype=np.float64)
        if at == "grid":
            return np.linspace(values.min(), values.max(), GRID_POINTS)
        raise PanelError(f"at is {at!r}; give numbers, or one of mean_sd, quantiles, grid.")
    try:
        points = np.atleast_1d(np.asarray(at, dtype=np.float64))
    except (TypeError, ValueError):
        raise PanelError("The values to evaluate the moderator at must be numbers.") from None
    if not len(points) or not np.isfinite(points).all():
        raise PanelError("The values to evaluate the moderator at must be finite numbers.")
    return points


@dataclass(frozen=True)
class JohnsonNeyman:
    """Where the effect is distinguishable from zero.

    Attributes:
        roots: moderator values at which the interval touches zero, ascending; none, one or two.
        significant: ``"outside"`` or ``"inside"`` the roots, ``"above"`` or ``"below"`` a single
            one, ``"everywhere"`` or ``"nowhere"``.
        t_critical: of the t distribution used.
        support: smallest and largest value of the moderator.
        sentence: the same in words.
    """

    roots: tuple[float, ...]
    significant: str
    t_critical: float
    support: tuple[float, float]
    sentence: str


def johnson_neyman(
    fit: PanelFit, treatment: str, moderator: str, level: float = LEVEL
) -> JohnsonNeyman:
    """Johnson and Neyman's points: the roots of (b0 + b1 z)² = t² var(b0 + b1 z).

    Args:
        fit: a model with both and their product.
        treatment: name of the treatment.
        moderator: name of the moderator.
        level: coverage of the interval.

    Raises:
        PanelError: no such interaction.
    """
    line = _line(fit, treatment, moderator)
    values = column(fit, moderator)
    critical = float(stats.t.ppf((1 + level) / 2, fit.df))
    square = line.b1**2 - critical**2 * line.v11
    linear = 2 * (line.b0 * line.b1 - critical**2 * line.v01)
    constant = line.b0**2 - critical**2 * line.v00
    inner = linear**2 - 4 * square * constant
    roots: tuple[float, ...] = ()
    if square == 0:
        roots = (-constant / linear,) if linear else ()
    elif inner > 0:
        # The stable pair: no difference of nearly equal numbers.
        first = -(linear + np.copysign(np.sqrt(inner), linear)) / 2
        pair = [first / square, constant / first if first else -linear / square]
        roots = tuple(sorted(float(root) for root in pair))
    support = (float(values.min()), float(values.max()))
    if len(roots) == 2:
        significant = "outside" if square > 0 else "inside"
    elif len(roots) == 1:
        significant = "above" if linear > 0 else "below"
    else:
        significant = "everywhere" if constant > 0 else "nowhere"
    said = _sentence(treatment, moderator, roots, significant, support, level)
    if fit.df_terms is not None:
        said += (
            f" The points take t from the {fit.df:g} degrees of freedom of G - 1; Satterthwaite's "
            "under cr2 change with the moderator and are fewer."
        )
    return JohnsonNeyman(roots, significant, critical, support, said)


def _sentence(
    treatment: str,
    moderator: str,
    roots: tuple[float, ...],
    significant: str,
    support: tuple[float, float],
    level: float,
) -> str:
    range_of = f"{moderator} runs from {support[0]:.4g} to {support[1]:.4g} in the sample"
    share = f"{level:.0%}".replace("%", " %")
    if not roots:
        verb = "is" if significant == "everywhere" else "is not"
        return (
            f"The effect of {treatment} {verb} distinguishable from zero ({share}) at any value of "
            f"{moderator}; {range_of}."
        )
    where = " and ".join(f"{root:.4g}" for root in roots)
    inside = [root for root in roots if support[0] <= root <= support[1]]
    beyond = "" if inside else " No such point lies in the sample's range."
    return (
        f"The effect of {treatment} is distinguishable from zero ({share}) {significant} "
        f"{moderator} = {where}; {range_of}.{beyond}"
    )


@dataclass(frozen=True)
class Moderation:
    """An interaction, raw and centred.

    Attributes:
        raw: the fit with x, z and x z.
        centred: the fit with x - mean, z - mean and their product; the interaction and R² are the
            same, the main effect becomes the effect at the mean moderator.
        effects: ``marginal_effects`` of the raw fit.
        johnson_neyman: of the raw fit.
        plot: ``plot_data``.
        warnings: sentences for the table's note.
    """

    raw: PanelFit
    centred: PanelFit
    effects: pd.DataFrame
    johnson_neyman: JohnsonNeyman
    plot: pd.DataFrame
    warnings: tuple[str, ...]


def moderate(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str,
    moderator: str,
    controls: Sequence[str],
    entity: str | None,
    time: str | None,
    *,
    at: Sequence[float] | str = "mean_sd",
    entity_effects: bool = True,
    time_effects: bool = True,
    covariance: str = "cluster_entity",
    convention: str = "reghdfe",
) -> Moderation:
    """Fit an interaction raw and centred at the sample means, and say what it means.

    Args:
        frame: one row an entity and period.
        outcome: numeric column.
        treatment: numeric column.
        moderator: numeric column.
        controls: numeric columns; may be empty.
        entity: column of entities.
        time: column of periods.
        at: as of ``marginal_effects``.
        entity_effects: as of ``panel.fit``.
        time_effects: as of ``panel.fit``.
        covariance: as of ``panel.fit``.
        convention: as of ``panel.fit``.

    Raises:
        PanelError: as ``panel.fit``; a moderator that never varies, is the treatment itself or one
            of the controls is named as such.
    """
    product = f"{treatment}{PRODUCT}{moderator}"
    refuse_roles(treatment, moderator, controls)
    _refuse_constant(frame, moderator)

    def fitted(data: pd.DataFrame, terms: list[str]) -> PanelFit:
        return fit(
            data,
            outcome,
            [*terms, product, *controls],
            entity,
            time,
            entity_effects=entity_effects,
            time_effects=time_effects,
            covariance=covariance,
            convention=convention,
        )

    terms, notes = [treatment, moderator], []
    try:
        raw = fitted(frame, terms)
    except Absorbed as error:
        if error.variables != (moderator,):
            raise
        # A moderator that the effects absorb, such as a coastal dummy, still moderates.
        terms, notes = [treatment], [f"{error} Its product with {treatment} stays in the model."]
        raw = fitted(frame, terms)
    sample = raw.design.sample.drop(columns=product)
    for name in (treatment, moderator):
        sample[name] = sample[name] - sample[name].mean()
    centred = fitted(sample, terms)
    effects = marginal_effects(raw, treatment, moderator, at)
    points = johnson_neyman(raw, treatment, moderator)
    return Moderation(
        raw=raw,
        centred=centred,
        effects=effects,
        johnson_neyman=points,
        plot=plot_data(raw, treatment, moderator),
        warnings=(*raw.warnings, *notes, points.sentence, *_outside(effects, moderator)),
    )


def refuse_roles(treatment: str, moderator: str, controls: Sequence[str]) -> None:
    """Refuse a variable in two roles of an interaction.

    Args:
        treatment: name of x.
        moderator: name of z.
        controls: the other regressors.

    Raises:
        PanelError: x is z, or z is among the controls.
    """
    if treatment == moderator:
        raise PanelError(
            f"{treatment} is both treatment and moderator, and the effect of x in x² is not one "
            "of x and another variable; for a curved effect fit the regression with its square, "
            f"'{treatment}{PRODUCT}{treatment}'.",
            [treatment],
        )
    if moderator in controls:
        raise PanelError(
            f"{moderator} is the moderator and a control of the same model; the moderator is a "
            "regressor already, so take it out of the controls.",
            [moderator],
        )


def _refuse_constant(frame: pd.DataFrame, moderator: str) -> None:
    if moderator in frame.columns and frame[moderator].dropna().nunique() == 1:
        value = frame[moderator].dropna().iloc[0]
        raise PanelError(
            f"The moderator {moderator} is {value} in every row, so there is nothing for the "
            "effect to vary with; choose another moderator or widen the sample.",
            [moderator],
        )


def _outside(effects: pd.DataFrame, moderator: str) -> list[str]:
    beyond = effects.loc[~effects["in_support"], "at"]
    if beyond.empty:
        return []
    return [
        f"Effects at {moderator} = {', '.join(f'{value:.4g}' for value in beyond)} lie outside the "
        "sample's range and extrapolate a straight line."
    ]


def plot_data(fit: PanelFit, treatment: str, moderator: str) -> pd.DataFrame:
    """The line, its band and the rug of a marginal-effect plot.

    Args:
        fit: a model with both and their product.
        treatment: name of the treatment.
        moderator: name of the moderator.

    Returns:
        The columns of ``marginal_effects`` on a grid of the moderator's range, and n_below: rows
        of the sample at or below each value, so that thin support shows.
    """
    frame = marginal_effects(fit, treatment, moderator, "grid")
    values = np.sort(column(fit, moderator))
    frame["n_below"] = np.searchsorted(values, frame["at"].to_numpy(), side="right")
    return frame
