"""Fixed-effects regressions of a panel: one call, one result with its own warnings.

Belongs here: putting design, engine, covariance and fit statistics together. Mediation, moderation
and robustness are packages of their own that call ``fit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from models_py.panel.absorb import Floats
from models_py.panel.covariance import (
    applied,
    check_clusters,
    check_names,
    n_clusters,
    small_sample,
)
from models_py.panel.design import Design, prepare
from models_py.panel.engines import CONSTANT, Estimates, estimate
from models_py.panel.errors import PanelError, listed
from models_py.panel.goodness import r_squared, wald
from models_py.panel.leverage import bias_reduced, corrected, jackknife, satterthwaite

LEVEL = 0.95
# Residuals of this share of the sum of squares are rounding.
EXACT = 1e-20


@dataclass(frozen=True)
class PanelFit:
    """A fitted model.

    Attributes:
        coefficients: a row a term, the constant last: term, estimate, std_error, t, p, ci_low,
            ci_high.
        statistics: n_obs, n_entities, n_periods, the R² family, f, effects, se_type and what went
            into them.
        covariance: of the estimates, terms by terms, small-sample factor included.
        df: degrees of freedom of the t distribution the p values are from.
        warnings: what the reader of the table must know, as sentences.
        design: the rows and columns.
        residuals: (n,) in the order of ``design.sample``.
        df_terms: (k + 1,) degrees of freedom of each term under CR2, which has its own; else None.
    """

    coefficients: pd.DataFrame
    statistics: dict[str, Any]
    covariance: pd.DataFrame
    df: float
    warnings: tuple[str, ...]
    design: Design
    residuals: Floats
    df_terms: Floats | None = None

    def df_of(self, combination: Mapping[str, float]) -> float:
        """Degrees of freedom for a linear combination of terms: Satterthwaite's under CR2.

        Args:
            combination: weights by term.

        Raises:
            PanelError: the model has no such term.
        """
        if self.df_terms is None:
            return self.df
        for term in combination:
            self.row(term)
        terms = self.coefficients["term"]
        weights = np.array([[combination.get(str(term), 0.0) for term in terms]])
        return float(satterthwaite(self.design, weights)[0])

    def estimate(self, term: str) -> float:
        """One slope.

        Raises:
            PanelError: the model has no such term.
        """
        return float(self.row(term)["estimate"])

    def row(self, term: str) -> dict[str, float]:
        """One row of ``coefficients`` by column.

        Raises:
            PanelError: the model has no such term.
        """
        at = np.flatnonzero(self.coefficients["term"].to_numpy() == term)
        if not len(at):
            raise PanelError(
                f"The model of {self.design.outcome} has no term {term}; it has "
                f"{', '.join(self.design.terms)}.",
                [term],
            )
        found = self.coefficients.iloc[int(at[0])].drop("term")
        return {str(name): float(value) for name, value in found.items()}


def fit(
    frame: pd.DataFrame,
    outcome: str,
    regressors: Sequence[str],
    entity: str | None,
    time: str | None,
    *,
    entity_effects: bool = True,
    time_effects: bool = True,
    covariance: str = "cluster_entity",
    convention: str = "reghdfe",
    singletons: str = "keep",
    collinear: str = "raise",
    engine: str = "auto",
    lags: int | None = None,
) -> PanelFit:
    """Ordinary least squares with entity and time effects.

    Args:
        frame: one row an entity and period; any order.
        outcome: numeric column.
        regressors: numeric columns; ``"a:b"`` is the product of columns a and b.
        entity: column of entities; None in a model that needs none.
        time: column of periods; None in a model that needs none.
        entity_effects: whether each entity has an effect.
        time_effects: whether each period has an effect.
        covariance: cluster_entity, cluster_time, cluster_two_way, robust (HC1), unadjusted,
            driscoll_kraay; also hc0, hc2, hc3, jackknife (CV3 by entity) and cr2 (by entity, with
            Satterthwaite degrees of freedom for each term).
        convention: small-sample factor and reference distribution: reghdfe (which is also
            ``xtreg y x i.year, fe vce(cluster id)``), areg, plm, linearmodels; also fixest,
            clusters_only (G/(G-1), as ppmlhdfe) and none. docs/statistics.md has the table.
        singletons: ``"keep"`` (xtreg, plm, fixest) or ``"drop"`` (reghdfe).
        collinear: ``"raise"`` on absorbed and collinear regressors, or ``"drop"`` them.
        engine: ``"auto"``, ``"linearmodels"`` or ``"gram"``; the numbers are the same to 1e-8.
        lags: of Driscoll and Kraay's covariance; floor(4 (T/100)^(2/9)) where none is given.

    Returns:
        The fit. Intervals are 95 %, from the distribution the p values are from.

    Raises:
        PanelError: with a sentence, for whatever cannot be estimated.
    """
    check_names(covariance, convention)
    design = prepare(
        frame,
        outcome,
        regressors,
        entity,
        time,
        entity_effects=entity_effects,
        time_effects=time_effects,
        singletons=singletons,
        collinear=collinear,
    )
    return fit_design(
        design, covariance=covariance, convention=convention, engine=engine, lags=lags
    )


def fit_design(
    design: Design,
    *,
    covariance: str = "cluster_entity",
    convention: str = "reghdfe",
    engine: str = "auto",
    lags: int | None = None,
) -> PanelFit:
    """Fit rows that are prepared already; arguments as of ``fit``.

    Raises:
        PanelError: as ``fit``.
    """
    check_names(covariance, convention)
    try:
        return _fit(design, covariance, convention, engine, lags)
    except np.linalg.LinAlgError as error:
        raise PanelError(
            f"The equations of the model of {design.outcome} cannot be solved ({error}); look for "
            f"columns among {listed(design.terms)} that are nearly the same or hardly change.",
            design.terms,
        ) from error


def _fit(
    design: Design, covariance: str, convention: str, engine: str, lags: int | None
) -> PanelFit:
    notes = check_clusters(design, covariance)
    special = covariance in ("hc2", "hc3", "jackknife", "cr2")
    found = estimate(design, "hc0" if special else covariance, engine, lags)
    found, df_terms = _special(design, found, covariance)
    rule = small_sample(design, covariance, convention)
    covered = found.covariance * rule.factor
    variances = np.diag(covered)
    terms = [*design.terms, CONSTANT]
    return PanelFit(
        coefficients=tested(
            terms, found.params, variances, rule.df if df_terms is None else df_terms
        ),
        statistics=_statistics(design, found, covered, rule.df, covariance, convention),
        covariance=pd.DataFrame(covered, index=terms, columns=terms),
        df=rule.df,
        warnings=(*design.warnings, *notes, *_doubts(design, found, covered, covariance)),
        design=design,
        residuals=found.residuals,
        df_terms=df_terms,
    )


def _doubts(design: Design, found: Estimates, covered: Floats, covariance: str) -> Iterator[str]:
    """What the numbers themselves give reason to say."""
    if (np.diag(covered) < 0).any() or _not_positive(covered[:-1, :-1], covariance):
        yield (
            f"The {covariance} covariance matrix is not positive definite, so joint tests are left "
            "out and single standard errors are to be distrusted."
        )
    if found.residuals @ found.residuals <= EXACT * float(design.y_within @ design.y_within):
        yield (
            f"The regressors explain {design.outcome} exactly, so standard errors and tests mean "
            "nothing; it is probably computed from them."
        )
    if covariance == "cr2" and len(design.terms) > 1:
        yield (
            "Each coefficient under cr2 has Satterthwaite degrees of freedom of its own; joint "
            f"tests (F) use the {design.n_entities - 1} of G - 1, which is too many."
        )


def _statistics(
    design: Design,
    found: Estimates,
    covered: Floats,
    df: float,
    covariance: str,
    convention: str,
) -> dict[str, Any]:
    k = len(design.terms)
    return {
        "n_obs": design.n,
        "n_entities": design.n_entities,
        "n_periods": design.n_periods,
        **r_squared(design, found.params[:k], found.residuals),
        **wald(found.params[:k], covered[:k, :k], df),
        "rss": float(found.residuals @ found.residuals),
        "entity_effects": design.entity_effects,
        "time_effects": design.time_effects,
        "se_type": applied(covariance, convention),
        "covariance": covariance,
        "convention": convention,
        "df_t": df,
        "df_residual": design.n - k - design.n_absorbed,
        "n_clusters": n_clusters(design, covariance),
        "n_missing": design.n_missing,
        "n_singletons": len(design.singletons),
        "engine": found.engine,
    }


def _special(design: Design, found: Estimates, covariance: str) -> tuple[Estimates, Floats | None]:
    """The covariances that need leverages or refits; CR2 has degrees of freedom by term."""
    if covariance == "cr2":
        covered, df_terms = bias_reduced(design, found.residuals)
        return replace(found, covariance=covered), df_terms
    if covariance == "jackknife":
        return replace(found, covariance=jackknife(design, found.params)), None
    if covariance in ("hc2", "hc3"):
        return replace(found, covariance=corrected(design, found.residuals, covariance)), None
    return found, None


def _not_positive(slopes: Floats, covariance: str) -> bool:
    if covariance != "cluster_two_way":  # every other sandwich is a sum of squares
        return False
    scale = np.sqrt(np.abs(np.diag(slopes)))
    return bool(np.linalg.eigvalsh(slopes / np.outer(scale, scale))[0] < -1e-12)


def tested(
    terms: Sequence[str], params: Floats, variances: Floats, df: float | Floats
) -> pd.DataFrame:
    """Estimates with standard errors, t, two-sided p and 95 % intervals.

    Args:
        terms: (p,) names.
        params: (p,).
        variances: (p,); a negative one gives nan.
        df: of the t distribution, for all or (p,) for each; infinite for the normal.

    Returns:
        term, estimate, std_error, t, p, ci_low, ci_high.
    """
    normal = bool(np.isinf(df).all())
    errors = np.sqrt(np.where(variances < 0, np.nan, variances))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = params / errors
    # scipy.stats' frozen distributions take longer to make than a small model to fit.
    tail = special.ndtr(-np.abs(t)) if normal else special.stdtr(df, -np.abs(t))
    share = (1 + LEVEL) / 2
    reach = (special.ndtri(share) if normal else special.stdtrit(df, share)) * errors
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": params,
            "std_error": errors,
            "t": t,
            "p": 2 * tail,
            "ci_low": params - reach,
            "ci_high": params + reach,
        }
    )
