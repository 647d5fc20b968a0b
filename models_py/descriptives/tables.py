"""Tables that describe variables before any model: moments, correlations, xtsum, VIF.

Values as Stata's summarize, pwcorr, xtsum and estat vif print them. No model is fitted here but
the auxiliary regressions of the VIF.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from models_py.panel.absorb import Floats
from models_py.panel.design import prepare
from models_py.panel.errors import PanelError, listed

LEVELS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))


def stars(p: float | None) -> str:
    """Stars of a p value: *** below 1 %, ** below 5 %, * below 10 %, as the published tables."""
    if p is None or np.isnan(p):
        return ""
    return next((mark for level, mark in LEVELS if p < level), "")


def descriptive_statistics(frame: pd.DataFrame, variables: Sequence[str]) -> pd.DataFrame:
    """Moments of each variable over the rows that have it.

    Args:
        frame: any rows.
        variables: numeric columns.

    Returns:
        A row a variable: variable, n, mean, sd (n - 1), minimum, p25, median, p75, maximum (linear
        quantiles, R type 7), skewness (g1, population moments), n_missing, n_infinite.

    Raises:
        PanelError: an unknown variable or one without numbers.
    """
    rows = []
    for name, values in _numbers(frame, variables).items():
        known = values[~np.isnan(values)]
        finite = known[np.isfinite(known)]
        if not len(finite):
            raise PanelError(f"{name} has no value at all; take it out of the table.", [name])
        change = finite - finite.mean()
        spread = float((change**2).mean())
        low, quarter, half, three, high = np.quantile(finite, [0, 0.25, 0.5, 0.75, 1])
        rows.append(
            {
                "variable": name,
                "n": len(finite),
                "mean": float(finite.mean()),
                "sd": float(finite.std(ddof=1)) if len(finite) > 1 else float("nan"),
                "minimum": low,
                "p25": quarter,
                "median": half,
                "p75": three,
                "maximum": high,
                "skewness": float((change**3).mean()) / spread**1.5 if spread else float("nan"),
                "n_missing": len(values) - len(known),
                "n_infinite": len(known) - len(finite),
            }
        )
    return pd.DataFrame(rows)


def correlations(
    frame: pd.DataFrame, variables: Sequence[str], method: str = "pearson"
) -> pd.DataFrame:
    """Pairwise correlations, each over the rows that have both variables.

    Args:
        frame: any rows.
        variables: numeric columns.
        method: pearson or spearman.

    Returns:
        A row an ordered pair, the diagonal included: variable_x, variable_y, r, p (two-sided, t
        with n - 2; nan on the diagonal), n, stars.

    Raises:
        PanelError: an unknown variable or method.
    """
    if method not in ("pearson", "spearman"):
        raise PanelError(f"method is {method!r}; it is one of pearson, spearman.")
    columns = _numbers(frame, variables)
    rows = []
    for x, first in columns.items():
        for y, second in columns.items():
            both = np.isfinite(first) & np.isfinite(second)
            n = int(both.sum())
            r, p = (
                (1.0, float("nan")) if x == y else _correlation(first[both], second[both], method)
            )
            rows.append(
                {"variable_x": x, "variable_y": y, "r": r, "p": p, "n": n, "stars": stars(p)}
            )
    return pd.DataFrame(rows)


def _correlation(x: Floats, y: Floats, method: str) -> tuple[float, float]:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan"), float("nan")
    if method == "spearman":
        x, y = stats.rankdata(x), stats.rankdata(y)
    x, y = x - x.mean(), y - y.mean()
    r = float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1, 1))
    if abs(r) == 1:
        return r, 0.0
    t = abs(r) * np.sqrt((len(x) - 2) / (1 - r * r))
    return r, float(2 * stats.t.sf(t, len(x) - 2))


def critical_r(n: int, level: float) -> float:
    """The smallest absolute Pearson correlation of n rows that is significant at a level."""
    t = stats.t.ppf(1 - level / 2, n - 2)
    return float(t / np.sqrt(n - 2 + t * t))


def variance_shares(frame: pd.DataFrame, variables: Sequence[str], entity: str) -> pd.DataFrame:
    """How much of each variable moves between entities and how much within them (Stata xtsum).

    Args:
        frame: one row an entity and period.
        variables: numeric columns.
        entity: column of entities.

    Returns:
        A row a variable: variable, n, n_entities, mean, sd_overall (n - 1), sd_between (of entity
        means, G - 1), sd_within (of deviations from entity means, n - 1), within_share (within sum
        of squares in the total), warning where less than 1 % of the variance is within.

    Raises:
        PanelError: an unknown variable, or a single entity.
    """
    if entity not in frame.columns:
        raise PanelError(
            f"The data have no column {entity}; name the column of entities.", [entity]
        )
    groups = pd.factorize(frame[entity])[0]
    rows = []
    for name, values in _numbers(frame, variables).items():
        used = np.isfinite(values) & (groups >= 0)
        own, codes = values[used], pd.factorize(groups[used])[0]
        if not len(own) or codes.max() == 0:
            raise PanelError(
                f"{name} has values for fewer than two of {entity}; shares between and within need "
                "at least two.",
                [name],
            )
        means = np.bincount(codes, weights=own) / np.bincount(codes)
        within = own - means[codes]
        total = float(((own - own.mean()) ** 2).sum())
        share = float((within**2).sum()) / total if total else float("nan")
        rows.append(
            {
                "variable": name,
                "n": len(own),
                "n_entities": len(means),
                "mean": float(own.mean()),
                "sd_overall": float(own.std(ddof=1)),
                "sd_between": float(means.std(ddof=1)),
                "sd_within": float(np.sqrt((within**2).sum() / (len(own) - 1))),
                "within_share": share,
                "warning": _little(name, share),
            }
        )
    return pd.DataFrame(rows)


def _little(name: str, share: float) -> str:
    if np.isnan(share) or share >= 0.01:
        return ""
    return (
        f"Only {share:.2%} of the variance of {name} is within entities; with entity effects its "
        "coefficient rests on that little."
    )


def vif(
    frame: pd.DataFrame,
    variables: Sequence[str],
    *,
    entity: str | None = None,
    time: str | None = None,
) -> pd.DataFrame:
    """Variance inflation factors, of levels or of what is left after fixed effects.

    Args:
        frame: any rows; those with every variable are used.
        variables: two or more numeric columns.
        entity: column of entities whose effects are taken out first; None for levels.
        time: column of periods whose effects are taken out first.

    Returns:
        A row a variable: variable, vif, tolerance (1 / vif).

    Raises:
        PanelError: an unknown variable, perfect collinearity, or fewer than two variables.
    """
    if len(variables) < 2:
        raise PanelError("A variance inflation factor needs at least two variables; name more.")
    # The outcome plays no part; the row number stands in for one.
    stand_in = "__none__"
    filled = frame.assign(**{stand_in: np.arange(len(frame), dtype=np.float64)})
    design = prepare(
        filled,
        stand_in,
        list(variables),
        entity,
        time,
        entity_effects=entity is not None,
        time_effects=time is not None,
    )
    scaled = design.x_within / np.linalg.norm(design.x_within, axis=0)
    inflation = np.diag(np.linalg.inv(scaled.T @ scaled))
    return pd.DataFrame({"variable": list(variables), "vif": inflation, "tolerance": 1 / inflation})


def eigenvalues(frame: pd.DataFrame, variables: Sequence[str]) -> Floats:
    """(k,) eigenvalues, descending, of the correlation matrix of the rows with every variable."""
    columns = np.column_stack(list(_numbers(frame, variables).values()))
    whole = columns[np.isfinite(columns).all(axis=1)]
    values = np.linalg.eigvalsh(np.corrcoef(whole, rowvar=False))[::-1]
    return np.asarray(values, dtype=np.float64)


def _numbers(frame: pd.DataFrame, variables: Sequence[str]) -> dict[str, Floats]:
    unknown = [name for name in variables if name not in frame.columns]
    if unknown:
        raise PanelError(
            f"The data have no column {listed(unknown)}; they have "
            f"{listed(sorted(map(str, frame.columns)), 20)}.",
            unknown,
        )
    out = {}
    for name in variables:
        try:
            out[name] = pd.to_numeric(frame[name]).to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError):
            raise PanelError(
                f"{name} holds values that are not numbers; a table of numbers needs numbers.",
                [name],
            ) from None
    return out
