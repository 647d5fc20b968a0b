"""How unequal regions are: variation, Theil, Gini and the ratio of the ends. No scores are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import xlogy

from models_py.index.errors import ScoreError, listed
from models_py.index.tiers import finite


@dataclass(frozen=True)
class Differences:
    """Difference indices of the scores of one year.

    Attributes:
        n: regions.
        mean: their mean.
        cv: coefficient of variation, sd / mean.
        theil: Theil's T; the sum of the next two.
        theil_between: of group means; not a number without groups, like the next.
        theil_within: of regions inside their groups, each group counted by its share of the sum.
        gini: Gini coefficient, of the regions as they are (no small-sample factor).
        max_min_ratio: highest over lowest; not a number where the lowest is zero.
        groups: group_name, n_regions, mean_score, sd_score, cv, min_score, max_score,
            max_min_ratio, share (of the sum), theil, within (share x theil), between.
    """

    n: int
    mean: float
    cv: float
    theil: float
    theil_between: float
    theil_within: float
    gini: float
    max_min_ratio: float
    groups: pd.DataFrame


def difference_indices(
    scores: Any, groups: Sequence[Any] | pd.Series[Any] | None = None, *, sample_sd: bool = True
) -> Differences:
    """Difference indices of the scores of one year, the Theil index split by group.

    cv = sd / mean. Theil's T = (1/n) sum (y/m) ln(y/m), 0 ln 0 = 0; with groups, between =
    sum s_g ln(m_g/m) and within = sum s_g T_g, s_g the group's share of the sum: Theil (1967),
    Economics and Information Theory, chapter 4; Shorrocks (1980), Econometrica 48(3). Gini =
    sum_i sum_j |y_i - y_j| / (2 n^2 m): Sen (1973), On Economic Inequality, section 2.8.

    Args:
        scores: one a region, none below zero.
        groups: the group (province, tier) of each region, in the same order.
        sample_sd: sd over n - 1; over n otherwise.

    Returns:
        The indices.

    Raises:
        ScoreError: a score is missing or below zero, all are zero, or groups do not fit.
    """
    values = finite(scores, "Difference indices")
    if (values < 0).any():
        raise ScoreError(
            f"{int((values < 0).sum())} of {len(values)} scores are below zero: shares of a sum, "
            "which Theil and Gini compare, need scores that are not; use a scheme without them."
        )
    if values.sum() == 0:
        raise ScoreError("All scores are zero: there is no mean to compare them with.")
    table, between, within = pd.DataFrame(), np.nan, np.nan
    if groups is not None:
        table = _groups(values, _names(groups, len(values)), sample_sd)
        between, within = float(table["between"].sum()), float(table["within"].sum())
    return Differences(
        len(values),
        float(values.mean()),
        _cv(values, sample_sd),
        theil(values),
        between,
        within,
        gini(values),
        _ends(values),
        table,
    )


def theil(values: Any) -> float:
    """Theil's T of values that are not below zero; 0 where all are zero."""
    relative = values / values.mean() if values.any() else np.ones(len(values))
    return float(xlogy(relative, relative).mean())


def gini(values: Any) -> float:
    """Gini coefficient, by the sorted form sum (2 i - n - 1) y_i / (n sum y)."""
    ordered, n = np.sort(values), len(values)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


def _cv(values: Any, sample_sd: bool) -> float:
    if len(values) <= sample_sd or not values.any():
        return float("nan")
    return float(values.std(ddof=int(sample_sd)) / values.mean())


def _ends(values: Any) -> float:
    return float(values.max() / values.min()) if values.min() > 0 else float("nan")


def _names(groups: Any, n: int) -> Any:
    names = np.asarray(groups, dtype=object)
    if len(names) != n:
        raise ScoreError(f"There are {n} scores and {len(names)} groups: one group a score.")
    absent = pd.isna(names)
    if absent.any():
        raise ScoreError(
            f"{int(absent.sum())} of {n} regions have no group; the first is at row "
            f"{listed([int(np.flatnonzero(absent)[0]) + 1])}."
        )
    return names


def _groups(values: Any, names: Any, sample_sd: bool) -> pd.DataFrame:
    rows = []
    for name in dict.fromkeys(names.tolist()):
        own = values[names == name]
        share = own.sum() / values.sum()
        # A group of zeros has no share, and 0 ln 0 is 0.
        between = float(xlogy(share, own.mean() / values.mean())) if share else 0.0
        rows.append(
            {
                "group_name": name,
                "n_regions": len(own),
                "mean_score": own.mean(),
                "sd_score": own.std(ddof=int(sample_sd)) if len(own) > sample_sd else np.nan,
                "cv": _cv(own, sample_sd),
                "min_score": own.min(),
                "max_score": own.max(),
                "max_min_ratio": _ends(own),
                "share": share,
                "theil": theil(own),
                "within": share * theil(own),
                "between": between,
            }
        )
    return pd.DataFrame(rows)
