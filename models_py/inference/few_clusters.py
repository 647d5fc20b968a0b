"""The default test beside the jackknife and the wild bootstrap, and what a design could have found.

Belongs here: tables over terms. The bootstrap itself is in ``wild``, the jackknife in
``models_py.panel``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from models_py.inference.wild import wild_cluster_bootstrap
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit, fit_design
from models_py.panel.leverage import leave_one_entity_out


def jackknife_cv3(fit: PanelFit) -> PanelFit:
    """The same model with the delete-one-entity jackknife (CV3) and t(G - 1).

    Args:
        fit: a model with a column of entities.

    Returns:
        A fit with se_type jackknife; Bell and McCaffrey (2002), MacKinnon, Nielsen and Webb (2023).

    Raises:
        PanelError: a coefficient is not identified without one of the entities.
    """
    return fit_design(fit.design, covariance="jackknife", engine="gram")


def leave_one_out_range(fit: PanelFit) -> pd.DataFrame:
    """Slopes without each entity in turn, summarised.

    Args:
        fit: a model with a column of entities.

    Returns:
        A row a term: term, estimate, minimum, maximum, entity_of_minimum, entity_of_maximum,
        n_sign_flips.

    Raises:
        PanelError: a coefficient is not identified without one of the entities.
    """
    slopes = leave_one_entity_out(fit.design)
    rows = []
    for at, term in enumerate(fit.design.terms):
        column = slopes[:, at]
        estimate = fit.estimate(term)
        rows.append(
            {
                "term": term,
                "estimate": estimate,
                "minimum": float(column.min()),
                "maximum": float(column.max()),
                "entity_of_minimum": fit.design.entities[int(column.argmin())],
                "entity_of_maximum": fit.design.entities[int(column.argmax())],
                "n_sign_flips": int((np.sign(column) != np.sign(estimate)).sum()),
            }
        )
    return pd.DataFrame(rows)


def dfbeta(fit: PanelFit) -> pd.DataFrame:
    """How far each entity alone moves each slope (Belsley, Kuh and Welsch 1980, by cluster).

    Args:
        fit: a model with a column of entities.

    Returns:
        A row an entity and term, the largest first within a term: term, entity, estimate_without,
        dfbeta (estimate less estimate_without), dfbetas (the same in standard errors of the fit)
        and influential (more than 2/sqrt(G) of them).

    Raises:
        PanelError: a coefficient is not identified without one of the entities.
    """
    without = leave_one_entity_out(fit.design)
    tables = []
    for at, term in enumerate(fit.design.terms):
        row = fit.row(term)
        moved = row["estimate"] - without[:, at]
        table = pd.DataFrame(
            {
                "term": term,
                "entity": pd.Series(fit.design.entities, dtype=object),
                "estimate_without": without[:, at],
                "dfbeta": moved,
                "dfbetas": moved / row["std_error"],
            }
        )
        tables.append(table.iloc[np.argsort(-np.abs(moved), kind="stable")])
    out = pd.concat(tables, ignore_index=True)
    out["influential"] = out["dfbetas"].abs() > 2 / np.sqrt(fit.design.n_entities)
    return out


def few_cluster_tests(
    fit: PanelFit, terms: Sequence[str] | None = None, *, n_bootstrap: int = 9999, seed: int = 0
) -> pd.DataFrame:
    """The fit's own test, the jackknife's and the wild cluster bootstrap's, side by side.

    Args:
        fit: a model with a column of entities.
        terms: those to test; all slopes where None.
        n_bootstrap: wild bootstrap resamples.
        seed: of the resamples.

    Returns:
        A row a term and method (the fit's se_type, ``jackknife``, ``wild_bootstrap``): term,
        method, estimate, std_error (nan for the bootstrap), t, p, ci_low, ci_high; n_draws (how
        many resamples, or all sign patterns), seed (None where nothing was drawn) and warnings (a
        text) of the bootstrap.

    Raises:
        PanelError: no column of entities, no such term, or no jackknife (``jackknife_cv3``).
    """
    jack = jackknife_cv3(fit)
    rows: list[dict[str, object]] = []
    for term in terms if terms is not None else fit.design.terms:
        for method, source in ((str(fit.statistics["se_type"]), fit), ("jackknife", jack)):
            known = {"term": term, "method": method, **source.row(term)}
            rows.append({**known, "n_draws": None, "seed": None, "warnings": ""})
        wild = wild_cluster_bootstrap(fit, term, n_bootstrap=n_bootstrap, seed=seed)
        rows.append(
            {
                "term": term,
                "method": "wild_bootstrap",
                "estimate": wild.estimate,
                "std_error": float("nan"),
                "t": wild.t,
                "p": wild.p,
                "ci_low": wild.ci_low,
                "ci_high": wild.ci_high,
                "n_draws": wild.n_bootstrap,
                "seed": wild.seed,
                "warnings": " ".join(wild.warnings),
            }
        )
    # Whole numbers and None, which pandas would make floats and nan of.
    drawn = {
        name: pd.Series([row[name] for row in rows], dtype=object) for name in ("n_draws", "seed")
    }
    return pd.DataFrame(rows).assign(**drawn)


def minimum_detectable_effect(
    fit: PanelFit, term: str, *, power: float = 0.80, level: float = 0.05
) -> dict[str, float | str]:
    """The smallest true coefficient the design finds with a given power.

    Args:
        fit: a model.
        term: the coefficient.
        power: chance to reject; 0.8 is usual.
        level: of the two-sided test.

    Returns:
        ``mde`` in the units of the coefficient, ``mde_within_sd`` (outcome standard deviations
        after the effects a standard deviation of the regressor after the effects), ``std_error``,
        ``multiple`` (t of the level plus t of the power; Bloom 1995) and ``sentence``.

    Raises:
        PanelError: no such term, or a share outside 0 to 1.
    """
    if not (0 < power < 1 and 0 < level < 1):
        raise PanelError("power and level are shares between 0 and 1, such as 0.8 and 0.05.")
    at = fit.design.position(term)
    row = fit.row(term)
    df = fit.df_of({term: 1.0})
    multiple = float(stats.t.ppf(1 - level / 2, df) + stats.t.ppf(power, df))
    mde = multiple * row["std_error"]
    ratio = float(fit.design.x_within[:, at].std() / fit.design.y_within.std())
    return {
        "mde": mde,
        "mde_within_sd": mde * ratio,
        "std_error": row["std_error"],
        "multiple": multiple,
        "sentence": (
            f"With this design a true effect of {term} of {mde:.4g} ({mde * ratio:.2f} outcome "
            f"standard deviations a standard deviation of it, both after the effects) would be "
            f"found with {power:.0%} power; a smaller one would often be missed."
        ),
    }
