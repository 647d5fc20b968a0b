"""The usual robustness columns: one thing of a model changed at a time, one row each.

Belongs here: which changes make a check. A cross product of many is in ``curve``; lost rows are
told by ``n_obs`` and the note of each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from models_py.panel.errors import PanelError
from models_py.panel.rows import numbers
from models_py.robustness.model import COLUMNS, Model, row_of
from models_py.robustness.samples import parts_of


def _table(frame: pd.DataFrame, models: Iterable[tuple[str, str, Model]]) -> pd.DataFrame:
    rows = [
        {"check": check, "choice": choice, **row_of(frame, model)}
        for check, choice, model in models
    ]
    return pd.DataFrame(rows, columns=["check", "choice", *COLUMNS])


def alternative_outcomes(
    frame: pd.DataFrame, model: Model, outcomes: Sequence[str]
) -> pd.DataFrame:
    """The same regression of other outcomes.

    Args:
        frame: one row an entity and period.
        model: the baseline.
        outcomes: numeric columns.

    Returns:
        check, choice and the columns of ``row_of``, a row an outcome.
    """
    return _table(
        frame,
        (("alternative_outcome", name, replace(model, outcome=name)) for name in outcomes),
    )


def counting_rules(
    frame: pd.DataFrame, model: Model, treatments: Mapping[str, str]
) -> pd.DataFrame:
    """The same regression on the treatment counted otherwise.

    Args:
        frame: one row an entity and period.
        model: the baseline.
        treatments: column by rule, such as ``{"core only": "n_core_hits"}``.

    Returns:
        As ``alternative_outcomes``, a row a rule.
    """
    return _table(
        frame,
        (("counting_rule", rule, model.recounted(column)) for rule, column in treatments.items()),
    )


def lagged_treatment(
    frame: pd.DataFrame, model: Model, lags: Sequence[int] = (1, 2)
) -> pd.DataFrame:
    """The treatment of earlier periods.

    Args:
        frame: one row an entity and period.
        model: the baseline.
        lags: periods.

    Returns:
        As ``alternative_outcomes``, a row a lag; ``n_obs`` shows the rows lost.

    Raises:
        PanelError: the treatment is no column of numbers.
    """
    for name in parts_of(frame, [model.treatment]):
        numbers(frame, name)
    return _table(frame, (("lagged_treatment", f"L{lag}", replace(model, lag=lag)) for lag in lags))


def winsorising(
    frame: pd.DataFrame, model: Model, shares: Sequence[float] = (0.01, 0.05)
) -> pd.DataFrame:
    """Outcome, treatment and controls with their tails pulled in.

    Args:
        frame: one row an entity and period.
        model: the baseline.
        shares: in each tail.

    Returns:
        As ``alternative_outcomes``, a row a share.

    Raises:
        PanelError: a column that is no numbers.
    """
    for name in parts_of(frame, [model.outcome, model.treatment, *model.controls]):
        numbers(frame, name)
    return _table(
        frame,
        (("winsorise", f"{share:g}", replace(model, winsorise=share)) for share in shares),
    )


def leave_one_out(frame: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The regression without each entity in turn.

    Args:
        frame: one row an entity and period.
        model: the baseline.

    Returns:
        As ``alternative_outcomes``, a row an entity, and ``sign_flips``: whether the coefficient
        has the other sign than with everyone.
    """
    if model.entity not in frame.columns:
        raise PanelError(f"The data have no column {model.entity}.", [model.entity])
    entities = sorted(set(frame[model.entity].dropna()) - set(model.left_out), key=str)
    table = _table(
        frame,
        (
            ("leave_one_out", str(one), replace(model, left_out=(*model.left_out, one)))
            for one in entities
        ),
    )
    whole = row_of(frame, model)["estimate"]
    estimates = table["estimate"].to_numpy(dtype=np.float64, na_value=np.nan)
    whole_sign = np.nan if whole is None else np.sign(float(str(whole)))
    table["sign_flips"] = np.isfinite(estimates) & (np.sign(estimates) != whole_sign)
    return table


def without_groups(
    frame: pd.DataFrame, model: Model, groups: Mapping[str, Sequence[object]]
) -> pd.DataFrame:
    """The regression without named groups of entities, such as the municipalities.

    Args:
        frame: one row an entity and period.
        model: the baseline.
        groups: entities by name of the group.

    Returns:
        As ``alternative_outcomes``, a row a group.
    """
    return _table(
        frame,
        (
            ("without", name, replace(model, left_out=(*model.left_out, *members)))
            for name, members in groups.items()
        ),
    )


def count_models(frame: pd.DataFrame, model: Model, outcomes: Sequence[str]) -> pd.DataFrame:
    """PPML of counts, beside a model of their logarithm.

    Args:
        frame: one row an entity and period.
        model: the baseline.
        outcomes: columns of counts, in levels.

    Returns:
        As ``alternative_outcomes``, a row an outcome.
    """
    return _table(
        frame,
        (("ppml", name, replace(model, outcome=name, estimator="ppml")) for name in outcomes),
    )


def without_zeros(frame: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Zeros of the treatment: only rows above zero, and any at all instead of how many.

    Args:
        frame: one row an entity and period.
        model: the baseline, whose treatment is a count.

    Returns:
        As ``alternative_outcomes``: a row ``above zero`` and a row ``any``.

    Raises:
        PanelError: the data have no such treatment, or it is no numbers.
    """
    counts = pd.Series(numbers(frame, model.treatment), index=frame.index)
    some = f"any_{model.treatment}"
    binary = frame.assign(**{some: (counts > 0).astype("float64").where(counts.notna())})
    return pd.concat(
        [
            _table(frame.loc[counts > 0], [("zeros", "above zero", model)]),
            _table(binary, [("zeros", "any", model.recounted(some))]),
        ],
        ignore_index=True,
    )


def zero_policies(frame: pd.DataFrame, model: Model, outcome: str) -> pd.DataFrame:
    """What becomes of zeros in a count that is modelled in logarithms.

    Args:
        frame: one row an entity and period.
        model: the baseline; its outcome is replaced.
        outcome: the count in levels, nowhere negative.

    Returns:
        As ``alternative_outcomes``: ``log, zeros left out``; ``log(1+y)`` and ``asinh``, whose
        size depends on the unit of y (Chen and Roth 2024); ``any``, the extensive margin; and
        ``ppml``, which needs no policy.

    Raises:
        PanelError: the data have no such outcome, it is no numbers, or negative somewhere.
    """
    counts = pd.Series(numbers(frame, outcome), index=frame.index)
    if (counts < 0).any():
        raise PanelError(f"{outcome} is below zero somewhere, so it is no count.", [outcome])
    columns: dict[str, pd.Series] = {
        "log, zeros left out": counts.where(counts > 0).map(np.log),
        "log(1+y)": counts.map(np.log1p),
        "asinh": counts.map(np.arcsinh),
        "any": (counts > 0).astype("float64").where(counts.notna()),
    }
    wide = frame.assign(**{f"{outcome}: {name}": column for name, column in columns.items()})
    models = [
        ("zero_policy", name, replace(model, outcome=f"{outcome}: {name}", estimator="ols"))
        for name in columns
    ]
    models.append(("zero_policy", "ppml", replace(model, outcome=outcome, estimator="ppml")))
    return _table(wide, models)
