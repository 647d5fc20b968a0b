"""The binned estimator: the effect within thirds of the moderator, and whether a line fits them.

Hainmueller, Mummolo and Xu (2019): a linear interaction assumes that the effect changes evenly and
extrapolates to values few rows have. Belongs here: their bins and their Wald test. The line itself
is in ``effects``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from models_py.moderation.effects import Moderation, marginal_effects, moderate, refuse_roles
from models_py.moderation.product import column
from models_py.panel.absorb import Codes, Floats
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit, fit
from models_py.panel.goodness import wald

MOST_BINS = 10


@dataclass(frozen=True)
class Binned:
    """The effect of the treatment in bins of the moderator.

    Attributes:
        effects: a row a bin: treatment, moderator, bin, low, high, at (the median of the bin), n,
            effect, std_error, t, p, ci_low, ci_high, and linear, what the line says there.
        f, f_df1, f_df2, p: Wald test that the bins are on the line; nan where it cannot be made.
        fit: the model with the bins.
        linear: the model with the line, on the same rows.
        sentence: the finding in words.
        warnings: sentences.
    """

    effects: pd.DataFrame
    f: float
    f_df1: float
    f_df2: float
    p: float
    fit: PanelFit
    linear: Moderation
    sentence: str
    warnings: tuple[str, ...]


def binned(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str,
    moderator: str,
    controls: Sequence[str],
    entity: str | None,
    time: str | None,
    *,
    bins: int = 3,
    entity_effects: bool = True,
    time_effects: bool = True,
    covariance: str = "cluster_entity",
    convention: str = "reghdfe",
) -> Binned:
    """Estimate the effect at the median of each bin, and test the linear interaction against it.

    In each bin the outcome depends on the treatment, on the moderator less the bin's median and on
    their product, with coefficients of the bin's own; controls and effects are common. Bins hold
    equal shares of the rows.

    Args:
        frame: one row an entity and period.
        outcome: numeric column.
        treatment: numeric column.
        moderator: numeric column.
        controls: numeric columns; may be empty.
        entity: column of entities.
        time: column of periods.
        bins: how many; 3 are usual.
        entity_effects: as of ``panel.fit``.
        time_effects: as of ``panel.fit``.
        covariance: as of ``panel.fit``.
        convention: as of ``panel.fit``.

    Raises:
        PanelError: as ``moderate``; a moderator with too few values for the bins, or a bin in which
            the effect is not identified.
    """
    refuse_roles(treatment, moderator, controls)
    if not 2 <= bins <= MOST_BINS:
        raise PanelError(f"bins is {bins}; use 2 to {MOST_BINS}, 3 are usual.")
    options: dict[str, Any] = {
        "entity_effects": entity_effects,
        "time_effects": time_effects,
        "covariance": covariance,
        "convention": convention,
    }
    linear = moderate(frame, outcome, treatment, moderator, controls, entity, time, **options)
    sample = linear.raw.design.sample
    x, z = column(linear.raw, treatment), column(linear.raw, moderator)
    which, edges = _bins(z, bins, moderator)
    medians = np.array([np.median(z[which == one]) for one in range(bins)])
    refit = partial(_refit, sample, outcome, controls, entity, time, options)
    found = refit(_by_bin(x, z, which, medians))
    test, joint_warnings = _against_line(refit, linear, x, z, which)
    effects = _effects(found, linear, treatment, moderator, which, edges, medians)
    return Binned(
        effects=effects,
        **test,
        fit=found,
        linear=linear,
        sentence=_sentence(treatment, moderator, bins, test["p"]),
        warnings=tuple(dict.fromkeys([*linear.raw.warnings, *joint_warnings])),
    )


def _bins(z: Floats, bins: int, moderator: str) -> tuple[Codes, Floats]:
    """(n,) bin of each row, and the (bins + 1,) edges; a value on an edge is of the lower bin."""
    edges = np.quantile(z, np.linspace(0, 1, bins + 1))
    which = np.searchsorted(edges[1:-1], z, side="left").astype(np.int64)
    if len(np.unique(edges)) < bins + 1 or len(np.unique(which)) < bins:
        raise PanelError(
            f"{moderator} has {len(np.unique(z))} values, too few or too often the same for {bins} "
            "bins of equal size; use fewer bins, or a regression for each of its values.",
            [moderator],
        )
    return which, edges


def _effect(one: int) -> str:
    return f"effect in bin {one + 1}"


def _by_bin(x: Floats, z: Floats, which: Codes, medians: Floats) -> dict[str, Floats]:
    """The regressors of which each bin's effect at its median is a coefficient, those first."""
    bins = range(len(medians))
    inside = {one: (which == one).astype(np.float64) for one in bins}
    return {
        **{_effect(one): x * inside[one] for one in bins},
        **{f"product in bin {one + 1}": x * (z - medians[one]) * inside[one] for one in bins},
        **{f"moderator in bin {one + 1}": (z - medians[one]) * inside[one] for one in bins},
        **{f"a constant in bin {one + 1}": inside[one] for one in bins if one},
    }


def _refit(
    sample: pd.DataFrame,
    outcome: str,
    controls: Sequence[str],
    entity: str | None,
    time: str | None,
    options: dict[str, Any],
    columns: dict[str, Floats],
) -> PanelFit:
    """Columns that are constant in a region, such as those of a coastal dummy, drop out."""
    wide = sample.assign(**columns)
    return fit(wide, outcome, [*columns, *controls], entity, time, collinear="drop", **options)


def _against_line(
    refit: partial[PanelFit], linear: Moderation, x: Floats, z: Floats, which: Codes
) -> tuple[dict[str, float], list[str]]:
    """The Wald test of all that bins above the first add to the linear interaction."""
    centred = z - z.mean()
    line = {"the treatment": x, "the product": x * centred, "the moderator": centred}
    added: dict[str, Floats] = {}
    for one in range(1, int(which.max()) + 1):
        inside = (which == one).astype(np.float64)
        for name, values in {"a constant": np.ones(len(x)), **line}.items():
            added[f"{name} added in bin {one + 1}"] = values * inside
    found = refit({**line, **added})
    names = [name for name in added if name in found.design.terms]
    slopes = np.array([found.estimate(name) for name in names])
    joint = wald(slopes, found.covariance.loc[names, names].to_numpy(), found.df)
    warnings = []
    if np.isnan(joint["f_p"]):
        warnings.append(
            f"The line cannot be tested: {len(names)} coefficients of the bins are too many for "
            "the clusters there are; use fewer bins."
        )
    elif len(names) * 4 > found.df:
        warnings.append(
            f"The test of the line has {len(names)} restrictions and {found.df:g} degrees of "
            "freedom; with so few clusters it rejects too often."
        )
    return {
        "f": joint["f"],
        "f_df1": joint["f_df1"],
        "f_df2": joint["f_df2"],
        "p": joint["f_p"],
    }, warnings


def _effects(
    found: PanelFit,
    linear: Moderation,
    treatment: str,
    moderator: str,
    which: Codes,
    edges: Floats,
    medians: Floats,
) -> pd.DataFrame:
    line = marginal_effects(linear.raw, treatment, moderator, list(medians))["effect"]
    rows = []
    for one, median in enumerate(medians):
        if _effect(one) not in found.design.terms:
            raise PanelError(
                f"The effect of {treatment} is not identified where {moderator} lies from "
                f"{edges[one]:.4g} to {edges[one + 1]:.4g}; use fewer bins.",
                [treatment, moderator],
            )
        row = found.row(_effect(one))
        rows.append(
            {
                "treatment": treatment,
                "moderator": moderator,
                "bin": one + 1,
                "low": float(edges[one]),
                "high": float(edges[one + 1]),
                "at": float(median),
                "n": int((which == one).sum()),
                "effect": row.pop("estimate"),
                **row,
                "linear": float(line.iloc[one]),
            }
        )
    return pd.DataFrame(rows)


def _sentence(treatment: str, moderator: str, bins: int, p: float) -> str:
    if np.isnan(p):
        return (
            f"Whether the effect of {treatment} changes evenly with {moderator} cannot be tested "
            f"in {bins} bins."
        )
    verdict = "depart" if p < 0.05 else "do not depart"
    return (
        f"The effects of {treatment} in {bins} bins of {moderator} {verdict} from the linear "
        f"interaction (Wald p = {p:.3f})."
    )
