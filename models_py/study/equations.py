"""One fitted equation as rows: coefficients with stars, and fit statistics under their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from models_py.descriptives.tables import stars
from models_py.panel.estimate import PanelFit, fit
from models_py.robustness import Model
from models_py.robustness.counts import CountFit, count_convention, ppml
from models_py.study.declared import ENTITY, TIME, Regression

Tables = dict[str, pd.DataFrame]
STATISTICS = (
    *("n_obs", "n_entities", "n_periods", "r2_within", "r2_within_time_dummies", "r2_between"),
    *("r2_overall", "r2_inclusive", "r2_inclusive_adjusted", "pseudo_r2", "f", "f_df1", "f_df2"),
    *("f_p", "entity_effects", "time_effects", "se_type", "df_t", "n_clusters", "n_missing"),
    *("n_singletons", "n_separated", "engine"),
)


def fit_regression(frame: pd.DataFrame, one: Regression) -> PanelFit | CountFit:
    """Fit a declared regression.

    Args:
        frame: the panel.
        one: what is declared.

    Raises:
        PanelError: as ``panel.fit`` and ``ppml``.
    """
    if one.estimator == "ppml":
        return ppml(
            frame,
            one.outcome,
            one.regressors,
            ENTITY,
            TIME,
            entity_effects=one.entity_effects,
            time_effects=one.time_effects,
            covariance=one.covariance,
            convention=count_convention(one.convention),
        )
    return fit(
        frame,
        one.outcome,
        one.regressors,
        ENTITY,
        TIME,
        entity_effects=one.entity_effects,
        time_effects=one.time_effects,
        covariance=one.covariance,
        convention=one.convention,
    )


def model_of(one: Regression) -> Model:
    """A declared regression as a robustness check changes it."""
    return Model(
        one.outcome,
        one.treatment,
        one.regressors[1:],
        ENTITY,
        TIME,
        entity_effects=one.entity_effects,
        time_effects=one.time_effects,
        covariance=one.covariance,
        convention=one.convention,
        estimator=one.estimator,
    )


def sample_of(statistics: dict[str, object]) -> str:
    """The rows behind a number, in words: ``155 rows, 31 regions, 5 years``."""
    said = f"{statistics['n_obs']} rows, {statistics['n_entities']} regions"
    said += f", {statistics['n_periods']} years"
    missing = statistics.get("n_missing")
    return f"{said}; {missing} rows without every variable" if missing else said


def frame_of(rows: Sequence[Mapping[Any, Any]]) -> pd.DataFrame:
    """Rows as a frame whose seeds and numbers of draws stay whole where some rows have none.

    A seed of 2^53 and more would become its neighbour as a float.
    """
    frame = pd.DataFrame(list(rows))
    for name in ("seed", "n_draws"):
        if name in frame.columns:
            values = [row.get(name) for row in rows]
            frame[name] = pd.array([None if pd.isna(v) else v for v in values], dtype="Int64")
    return frame


def equation(
    name: str, outcome: str, found: PanelFit | CountFit, published: str = "", seed: object = None
) -> Tables:
    """The rows of one fitted equation.

    Args:
        name: of the model.
        outcome: its outcome.
        found: the fit.
        published: the table and model that it stands for.
        seed: of whatever belongs to it and was drawn.

    Returns:
        coefficients and fit_statistics.
    """
    statistics = dict(found.statistics)
    coefficients = found.coefficients.drop(columns="irr", errors="ignore").copy()
    coefficients["stars"] = [stars(p) for p in coefficients["p"]]
    known = {
        "model": name,
        "outcome": outcome,
        "se_type": statistics["se_type"],
        "sample": sample_of(statistics),
        "published": published,
        "seed": seed,
    }
    one = {statistic: statistics.get(statistic) for statistic in STATISTICS}
    return {
        "coefficients": coefficients.assign(**known),
        "fit_statistics": pd.DataFrame([{**known, **one}]),
    }
