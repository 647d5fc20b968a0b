"""Sandwiches without small-sample factors, and the factors each convention puts on them.

The factors and reference distributions are those of Stata's reghdfe, xtreg and areg, of R's plm and
fixest, and of linearmodels; docs/statistics.md has the commands. No estimation of slopes here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models_py.panel.absorb import Floats, sums
from models_py.panel.design import Design
from models_py.panel.errors import PanelError

COVARIANCES = (
    "cluster_entity",
    "cluster_time",
    "cluster_two_way",
    "robust",
    "unadjusted",
    "driscoll_kraay",
    "hc0",
    "hc2",
    "hc3",
    "jackknife",
    "cr2",
)
CONVENTIONS = ("reghdfe", "areg", "plm", "linearmodels", "fixest", "clusters_only", "none")
_ONE_FORM = ("jackknife", "cr2", "hc0", "hc2", "hc3")
# Simulated sizes of a nominal 5 % test at 31 x 5: Driscoll-Kraay 12 to 38 %, two-way clustering
# with a matrix that is not positive in up to 2 % of draws. Both need many periods.
FEW_PERIODS = 20
# Fewer clusters than this are told. Simulated sizes of the default 5 % test (5 years, AR(1) 0.6 in
# regressor and error, 4,000 panels): 7.6 % with 6 clusters, 6.7 with 10 and 15, 5.8 with 20 and 31.
# Cameron and Miller (2015, section VI) begin "few" at 20 to 50; docs/statistics.md names 31.
FEW_CLUSTERS = 20


@dataclass(frozen=True)
class SmallSample:
    """What turns a sandwich into a test.

    Attributes:
        factor: multiplies the covariance.
        df: degrees of freedom of the t distribution.
    """

    factor: float
    df: float


def check_names(covariance: str, convention: str) -> None:
    """Refuse a covariance or convention nobody has defined.

    Args:
        covariance: one of ``COVARIANCES``.
        convention: one of ``CONVENTIONS``.

    Raises:
        PanelError: it is none; the sentence lists them.
    """
    if covariance not in COVARIANCES:
        raise PanelError(f"covariance is {covariance!r}; it is one of {', '.join(COVARIANCES)}.")
    if convention not in CONVENTIONS:
        raise PanelError(f"convention is {convention!r}; it is one of {', '.join(CONVENTIONS)}.")


def applied(covariance: str, convention: str) -> str:
    """The covariance and the part of the convention that changes its numbers, for ``se_type``.

    Args:
        covariance: one of ``COVARIANCES``.
        convention: one of ``CONVENTIONS``.

    Returns:
        Such as ``cluster_entity, reghdfe``; a covariance with one form only stands alone.
    """
    if covariance in _ONE_FORM:
        return covariance
    if covariance == "driscoll_kraay" and convention not in ("linearmodels", "fixest"):
        return f"{covariance}, none"
    if covariance in ("robust", "unadjusted") and convention != "none":
        return covariance
    return f"{covariance}, {convention}"


def n_clusters(design: Design, covariance: str) -> int | None:
    """Clusters the covariance counts; the fewer ones of two; None for no clusters."""
    if covariance in ("cluster_entity", "jackknife", "cr2"):
        return design.n_entities
    if covariance in ("cluster_time", "driscoll_kraay"):
        return design.n_periods
    if covariance == "cluster_two_way":
        return min(design.n_entities, design.n_periods)
    return None


def check_clusters(design: Design, covariance: str) -> tuple[str, ...]:
    """Refuse clusters that cannot carry the covariance; warn of those that hardly can.

    Returns:
        Warnings as sentences.

    Raises:
        PanelError: no column to cluster by, one cluster, or fewer clusters than regressors.
    """
    _refuse_no_groups(design, covariance)
    groups = n_clusters(design, covariance)
    k = len(design.terms)
    if groups is None:
        return ()
    if covariance in ("cluster_entity", "jackknife", "cr2", "cluster_time") and groups < k:
        raise PanelError(
            f"The model of {design.outcome} has {k} regressors and only {groups} clusters; "
            "clustered standard errors need at least as many clusters as regressors. Use fewer "
            "regressors, more regions, or another covariance.",
            [design.outcome],
        )
    if covariance in ("driscoll_kraay", "cluster_two_way") and design.n_periods < FEW_PERIODS:
        return (
            f"{covariance} standard errors are unreliable with {design.n_periods} periods: in "
            "simulated panels of 31 regions and 5 years a nominal 5 % test rejects 12 to 38 % of "
            "true nulls (Driscoll-Kraay), or the matrix is not positive (two-way). Report "
            "cluster_entity beside them.",
        )
    if covariance not in _ONE_FORM and groups < FEW_CLUSTERS:
        return (few_clusters(groups),)
    return ()


def _refuse_no_groups(design: Design, covariance: str) -> None:
    needs = {
        "cluster_entity": ("entity",),
        "jackknife": ("entity",),
        "cr2": ("entity",),
        "cluster_time": ("time",),
        "driscoll_kraay": ("time",),
        "cluster_two_way": ("entity", "time"),
    }.get(covariance, ())
    for word in needs:
        codes, labels = (
            (design.entity, design.entities) if word == "entity" else (design.time, design.periods)
        )
        if codes is None:
            raise PanelError(
                f"covariance={covariance!r} needs the column of {word}; name it, "
                "or choose covariance='robust'."
            )
        if len(labels) < 2:
            name = design.entity_name if word == "entity" else design.time_name
            raise PanelError(
                f"covariance={covariance!r} needs at least two groups of {name}, and the rows used "
                f"are of {labels[0]} only; choose covariance='robust' or widen the sample.",
                [str(name)],
            )


def few_clusters(groups: int) -> str:
    """The sentence for clustered standard errors of few clusters.

    Args:
        groups: how many.
    """
    return (
        f"Standard errors are clustered and there are {groups} clusters; with fewer than "
        f"{FEW_CLUSTERS} a 5 % test rejects too often. Report the wild cluster bootstrap, the "
        "jackknife or cr2 beside them."
    )


def small_sample(design: Design, covariance: str, convention: str) -> SmallSample:
    """The factor and the degrees of freedom of a convention.

    Args:
        design: rows and effects.
        covariance: one of ``COVARIANCES``.
        convention: one of ``CONVENTIONS``; docs/statistics.md has the table.
    """
    n, k = design.n, len(design.terms)
    free = float(n - k - design.n_absorbed)
    groups = n_clusters(design, covariance)
    if covariance in _ONE_FORM:
        return SmallSample(1.0, float(groups - 1) if groups else free)
    if groups is None:
        return SmallSample(1.0 if convention == "none" else n / free, free)
    few = float(groups - 1)
    if covariance == "driscoll_kraay":
        factors = {"linearmodels": n / free, "fixest": groups / few * (n - 1) / free}
        df = free if convention == "linearmodels" else few
        return SmallSample(factors.get(convention, 1.0), df)
    of_groups = groups / few
    nested = of_groups * (n - 1) / (n - _not_nested(design, covariance))
    pooled = 0 if design.entity_effects or design.time_effects else 1
    return {
        "reghdfe": SmallSample(nested, few),
        "fixest": SmallSample(nested, few),
        "areg": SmallSample(of_groups * (n - 1) / free, few),
        "plm": SmallSample(of_groups * (n - 1) / (n - k - pooled), free),
        "linearmodels": SmallSample(n / free, free),
        "clusters_only": SmallSample(of_groups, few),
        "none": SmallSample(1.0, few),
    }[convention]


def _not_nested(design: Design, covariance: str) -> int:
    """Slopes, constant, and effects that are not constant within a cluster."""
    counted = len(design.terms) + 1
    if covariance == "cluster_entity" and design.time_effects:
        counted += design.n_periods - 1
    if covariance == "cluster_time" and design.entity_effects:
        counted += design.n_entities - 1
    return counted


def sandwich(
    design: Design,
    columns: Floats,
    bread: Floats,
    residuals: Floats,
    covariance: str,
    lags: int | None = None,
) -> Floats:
    """The covariance without any small-sample factor.

    Args:
        design: rows, codes.
        columns: (n, p) regressors with the effects out.
        bread: (p, p) inverse of their cross-product.
        residuals: (n,).
        covariance: one of the first six of ``COVARIANCES``, or hc0.
        lags: of Driscoll and Kraay's; the default is that of ``default_lags``.

    Returns:
        (p, p). Unadjusted: RSS/n times the bread. Clustered: Liang and Zeger (1986); two-way:
        Cameron, Gelbach and Miller (2011); Driscoll and Kraay (1998) with Bartlett weights.
    """
    if covariance == "unadjusted":
        return bread * float(residuals @ residuals) / design.n
    scores = columns * residuals[:, None]
    meat = (
        scores.T @ scores
        if covariance in ("robust", "hc0")
        else _grouped(design, scores, covariance, lags)
    )
    out = bread @ meat @ bread
    return (out + out.T) / 2


def _grouped(design: Design, scores: Floats, covariance: str, lags: int | None) -> Floats:
    if covariance == "cluster_entity":
        one = sums(design.entity_codes, scores, design.n_entities)
        return one.T @ one
    totals = sums(design.time_codes, scores, design.n_periods)
    if covariance == "cluster_time":
        return totals.T @ totals
    if covariance == "cluster_two_way":
        # Every entity and period is one row, so the intersection is the heteroskedastic meat.
        one = sums(design.entity_codes, scores, design.n_entities)
        return one.T @ one + totals.T @ totals - scores.T @ scores
    meat = totals.T @ totals
    depth = default_lags(design.n_periods) if lags is None else lags
    for lag in range(1, depth + 1):
        cross = totals[lag:].T @ totals[:-lag]
        meat += (1 - lag / (depth + 1)) * (cross + cross.T)
    return meat


def default_lags(n_periods: int) -> int:
    """Newey and West's rule of thumb, as xtscc and linearmodels use it: floor(4 (T/100)^(2/9))."""
    return int(min(np.floor(4 * (n_periods / 100) ** (2 / 9)), n_periods - 1))
