"""Mediation: three equations on one sample, the product of paths, and a bootstrap for it.

Belongs here: estimates, warnings and the result. How resamples are solved is in ``resampling``, how
intervals are drawn from them in ``intervals``. Stars on paths decide nothing here (Jiang 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from models_py.mediation.intervals import METHODS, interval, two_sided_p
from models_py.mediation.resampling import resampler
from models_py.panel.absorb import Floats
from models_py.panel.design import Design, prepare
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit, fit_design

RESAMPLED = ("entity", "row")
# The draws are cross-products already; linearmodels would give the same paths to 1e-8 and take as
# long to be imported as ten thousand draws.
ENGINE = "gram"
# a b and c - c' are equal on one sample; a difference beyond rounding means two samples.
IDENTITY = 1e-8


@dataclass(frozen=True)
class Mediation:
    """The effects of a mediation with their intervals.

    Attributes:
        effects: outcome, treatment, mediator, effect (indirect, direct, total), estimate, ci_low,
            ci_high, ci_method, n_bootstrap, seed, p; also std_error, bias, z0, acceleration.
        paths: path (a, b, c, c_prime), outcome, term, estimate, std_error, t, p, ci_low, ci_high.
        statistics: proportion_mediated, sobel_se, sobel_z, sobel_p, sensitivity_rho (the
            correlation of the errors of the mediator and outcome equations at which the indirect
            effect is zero; Imai, Keele and Yamamoto 2010), n_obs, n_units, n_failed.
        draws: (B, 3) indirect, direct, total of each resample, as a frame.
        fits: the three regressions by name: mediator, outcome, total.
        warnings: sentences that belong under the table.
    """

    effects: pd.DataFrame
    paths: pd.DataFrame
    statistics: dict[str, float]
    draws: pd.DataFrame
    fits: dict[str, PanelFit]
    warnings: tuple[str, ...]


def mediate(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str,
    mediator: str,
    controls: Sequence[str],
    entity: str | None,
    time: str | None,
    *,
    entity_effects: bool = True,
    time_effects: bool = True,
    n_bootstrap: int = 5000,
    resample: str = "entity",
    interval: str = "percentile",
    seed: int = 0,
    covariance: str | None = None,
    convention: str = "reghdfe",
    level: float = 0.95,
) -> Mediation:
    """Indirect, direct and total effect of a treatment through a mediator.

    The equations are ``mediator ~ treatment + controls`` (a), ``outcome ~ mediator + treatment +
    controls`` (b and c') and ``outcome ~ treatment + controls`` (c), with the same effects, on the
    rows that have every variable. Drawn entities count as new ones with effects of their own;
    period effects are estimated anew in each draw.

    Args:
        frame: one row an entity and period.
        outcome: numeric column.
        treatment: numeric column.
        mediator: numeric column.
        controls: numeric columns of all three equations; may be empty.
        entity: column of entities; None where nothing needs it.
        time: column of periods; None where nothing needs it.
        entity_effects: whether each entity has an effect.
        time_effects: whether each period has an effect.
        n_bootstrap: resamples, at least 100.
        resample: ``"entity"`` (clusters, the default) or ``"row"``, which takes observations of
            one entity for independent.
        interval: percentile, bc (bias-corrected) or bca.
        seed: of the resamples; the same seed gives the same bytes.
        covariance: of the paths' standard errors; by entity where entities are drawn, else
            unadjusted.
        convention: as of ``panel.fit``.
        level: coverage of the intervals.

    Returns:
        The mediation; p is twice the smaller share of draws on a side of zero.

    Raises:
        PanelError: as ``panel.fit``, and for a wrong resample, interval or number of draws.
    """
    _check(n_bootstrap, resample, interval, level)
    _refuse_one_variable(treatment, mediator)
    full = prepare(
        frame,
        outcome,
        [mediator, treatment, *controls],
        entity,
        time,
        entity_effects=entity_effects,
        time_effects=time_effects,
    )
    chosen = covariance or ("cluster_entity" if resample == "entity" else "unadjusted")
    fits = _equations(full, treatment, mediator, controls, chosen, convention)
    draw = resampler(full, resample)
    paths = draw.bootstrap(n_bootstrap, seed)
    good = np.isfinite(paths).all(axis=1)
    if good.sum() < n_bootstrap / 2:
        raise PanelError(
            f"{n_bootstrap - int(good.sum())} of {n_bootstrap} resamples do not identify the "
            "paths; the sample is too small, or a variable changes in too few entities.",
            [treatment, mediator],
        )
    without = draw.leave_one_out() if interval == "bca" else None
    effects = _effects(fits, mediator, treatment, paths[good], without, interval, level)
    effects = effects.assign(n_bootstrap=n_bootstrap, seed=seed)
    table = _paths(fits, mediator, treatment)
    n_failed = n_bootstrap - int(good.sum())
    notes = [*full.warnings, *_warnings(effects, table, resample, n_failed, n_bootstrap)]
    return Mediation(
        effects=effects[[*_LEADING, *[name for name in effects if name not in _LEADING]]],
        paths=table,
        statistics={
            **_statistics(table, fits),
            "n_obs": full.n,
            "n_units": draw.units,
            "n_failed": n_failed,
        },
        draws=_three(paths),
        fits=fits,
        warnings=tuple(notes),
    )


_LEADING = [
    "outcome",
    "treatment",
    "mediator",
    "effect",
    "estimate",
    "ci_low",
    "ci_high",
    "ci_method",
    "n_bootstrap",
    "seed",
    "p",
]


def _refuse_one_variable(treatment: str, mediator: str) -> None:
    if treatment == mediator:
        raise PanelError(
            f"{treatment} is both treatment and mediator; name two different variables.",
            [treatment],
        )


def _check(n_bootstrap: int, resample: str, interval: str, level: float) -> None:
    if n_bootstrap < 100:
        raise PanelError(
            f"n_bootstrap is {n_bootstrap}; an interval needs at least 100 draws, 5000 are usual."
        )
    if resample not in RESAMPLED:
        raise PanelError(f"resample is {resample!r}; it is one of {', '.join(RESAMPLED)}.")
    if interval not in METHODS:
        raise PanelError(f"interval is {interval!r}; it is one of {', '.join(METHODS)}.")
    if not 0 < level < 1:
        raise PanelError(f"level is {level:g}; it is a share between 0 and 1, such as 0.95.")


def _equations(
    full: Design,
    treatment: str,
    mediator: str,
    controls: Sequence[str],
    covariance: str,
    convention: str,
) -> dict[str, PanelFit]:
    def equation(outcome: str) -> PanelFit:
        design = prepare(
            full.sample,
            outcome,
            [treatment, *controls],
            full.entity_name,
            full.time_name,
            entity_effects=full.entity_effects,
            time_effects=full.time_effects,
        )
        return fit_design(design, covariance=covariance, convention=convention, engine=ENGINE)

    return {
        "mediator": equation(mediator),
        "outcome": fit_design(full, covariance=covariance, convention=convention, engine=ENGINE),
        "total": equation(full.outcome),
    }


def _effects(
    fits: dict[str, PanelFit],
    mediator: str,
    treatment: str,
    paths: Floats,
    without: Floats | None,
    method: str,
    level: float,
) -> pd.DataFrame:
    a = fits["mediator"].estimate(treatment)
    b = fits["outcome"].estimate(mediator)
    points = {
        "indirect": a * b,
        "direct": fits["outcome"].estimate(treatment),
        "total": fits["total"].estimate(treatment),
    }
    draws = _three(paths)
    held_out = None if without is None else _three(without[np.isfinite(without).all(axis=1)])
    rows: list[dict[str, object]] = []
    for effect, estimate in points.items():
        drawn = draws[effect].to_numpy()
        jackknife = None if held_out is None else held_out[effect].to_numpy()
        ends = interval(drawn, estimate, method, jackknife, level)
        rows.append(
            {
                "outcome": fits["outcome"].design.outcome,
                "treatment": treatment,
                "mediator": mediator,
                "ci_method": method,
                "effect": effect,
                "estimate": estimate,
                "ci_low": ends.low,
                "ci_high": ends.high,
                "p": two_sided_p(drawn),
                "std_error": float(drawn.std(ddof=1)),
                "bias": float(drawn.mean()) - estimate,
                "z0": ends.z0,
                "acceleration": ends.acceleration,
            }
        )
    return pd.DataFrame(rows)


def _three(paths: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {"indirect": paths[:, 0] * paths[:, 1], "direct": paths[:, 2], "total": paths[:, 3]}
    )


def _paths(fits: dict[str, PanelFit], mediator: str, treatment: str) -> pd.DataFrame:
    named = (
        ("a", "mediator", treatment),
        ("b", "outcome", mediator),
        ("c", "total", treatment),
        ("c_prime", "outcome", treatment),
    )
    return pd.DataFrame(
        [
            {
                "path": path,
                "outcome": fits[equation].design.outcome,
                "term": term,
                **fits[equation].row(term),
            }
            for path, equation, term in named
        ]
    )


def _by_path(paths: pd.DataFrame, column: str) -> dict[str, float]:
    """A column by path, in the order a, b, c, c_prime."""
    return dict(zip(paths["path"], paths[column].astype("float64"), strict=True))


def _statistics(paths: pd.DataFrame, fits: dict[str, PanelFit]) -> dict[str, float]:
    estimates = _by_path(paths, "estimate")
    errors = _by_path(paths, "std_error")
    a, b, c = estimates["a"], estimates["b"], estimates["c"]
    error_a, error_b = errors["a"], errors["b"]
    sobel = float(np.sqrt(a**2 * error_b**2 + b**2 * error_a**2))
    z = a * b / sobel if sobel > 0 else float("nan")
    rho = np.corrcoef(fits["mediator"].residuals, fits["total"].residuals)[0, 1]
    return {
        "proportion_mediated": a * b / c if c else float("nan"),
        "sobel_se": sobel,
        "sobel_z": z,
        "sobel_p": float(2 * stats.norm.sf(abs(z))),
        "sensitivity_rho": float(rho),
    }


def _warnings(
    effects: pd.DataFrame, paths: pd.DataFrame, resample: str, n_failed: int, n_bootstrap: int
) -> list[str]:
    notes = []
    effect = effects.set_index("effect")
    indirect = effect.loc["indirect"]
    a, b, c, direct = _by_path(paths, "estimate").values()
    low_a, high_a = _by_path(paths, "ci_low")["a"], _by_path(paths, "ci_high")["a"]
    if low_a <= 0 <= high_a:
        notes.append(
            f"Path a is not distinguishable from zero (95 % interval {low_a:.4g} to {high_a:.4g}): "
            "the treatment does not visibly move the mediator, so an indirect effect has no "
            "footing."
        )
    if not indirect["ci_low"] <= a * b <= indirect["ci_high"]:
        notes.append(
            f"The estimate a·b = {a * b:.4g} lies outside its own interval "
            f"({indirect['ci_low']:.4g} to {indirect['ci_high']:.4g}); the draws are strongly "
            "biased or skewed, so compare the bc and bca intervals before quoting one."
        )
    if abs(a * b - (c - direct)) > IDENTITY * max(abs(a * b), abs(c), abs(direct)):
        notes.append(
            f"a·b = {a * b:.6g} and c - c' = {c - direct:.6g} differ; the equations were not "
            "estimated on one sample with the same controls."
        )
    if a * b * direct < 0:
        notes.append(
            "The indirect and the direct effect have opposite signs (suppression), so the "
            "proportion mediated has no meaning."
        )
    if resample == "row":
        notes.append(
            "Rows were resampled, which takes the observations of one entity for independent; "
            "resample='entity' does not."
        )
    if n_failed:
        notes.append(
            f"{n_failed} of {n_bootstrap} resamples do not identify the paths and are left out."
        )
    notes.append(
        "A mediated effect is causal only under sequential ignorability: no confounder of "
        "treatment and outcome, none of mediator and outcome, that the controls and effects miss."
    )
    return notes
