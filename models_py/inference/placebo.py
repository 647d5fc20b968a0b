"""Placebo leads: tomorrow's treatment must not explain today's outcome.

Belongs here: shifting a variable in calendar time and the joint test of the leads. Lags as a
robustness check use the same shift from ``models_py.robustness``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models_py.panel.absorb import Codes, Floats
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit, fit
from models_py.panel.goodness import wald
from models_py.panel.rows import PRODUCT, numbers

# A period that no shift of another reaches.
MISSING = -(2**40)


def shifted(frame: pd.DataFrame, column: str, entity: str, time: str, by: int) -> Floats:
    """A variable ``by`` periods earlier (positive: a lag) or later (negative: a lead).

    Periods that are whole numbers are shifted by the calendar, so a gap in the years gives a
    missing value and not the neighbour's; other periods are shifted in their sorted order.

    Args:
        frame: one row an entity and period.
        column: numeric column.
        entity: column of entities.
        time: column of periods.
        by: periods.

    Returns:
        (n,) in the order of the frame; nan where there is no such period.

    Raises:
        PanelError: an unknown column, one that is no numbers, or duplicated entity and period.
    """
    unknown = [name for name in (column, entity, time) if name not in frame.columns]
    if unknown:
        raise PanelError(f"The data have no column {', '.join(unknown)}.", unknown)
    if frame.duplicated([entity, time]).any():
        raise PanelError(
            f"A pair of {entity} and {time} stands in more than one row, so {column} cannot be "
            "shifted; keep one row a pair.",
            [entity, time],
        )
    when = _calendar(frame[time])
    index = pd.MultiIndex.from_arrays([frame[entity], when])
    values = pd.Series(numbers(frame, column, [entity, time]), index=index)
    wanted = pd.MultiIndex.from_arrays([frame[entity], when - by])
    return np.asarray(values.reindex(wanted), dtype=np.float64)


def _calendar(periods: pd.Series) -> Codes:
    """Periods to count in: whole numbers (2018.0 is one) as they are, others by their order."""
    known = periods.notna().to_numpy()
    if pd.api.types.is_numeric_dtype(periods):
        values = np.asarray(periods.to_numpy(dtype=np.float64, na_value=np.nan))
        if (np.mod(values[known], 1) == 0).all():
            return np.where(known, values, MISSING).astype(np.int64)
    try:
        order = pd.factorize(periods, sort=True)[0]
    except TypeError:  # texts and numbers in one column have no order of their own
        order = pd.factorize(periods.astype(str).where(known), sort=True)[0]
    return np.where(known, order, MISSING).astype(np.int64)


@dataclass(frozen=True)
class PlaceboLeads:
    """A model with leads of the treatment.

    Attributes:
        fit: the model; leads are named ``F1.x``, ``F2.x``.
        leads: their names.
        f, p: the joint Wald test that all leads are zero.
        n_lost: rows the leads cost.
        sentence: the finding in words.
    """

    fit: PanelFit
    leads: tuple[str, ...]
    f: float
    p: float
    n_lost: int
    sentence: str


def placebo_leads(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str,
    controls: Sequence[str],
    entity: str,
    time: str,
    *,
    leads: int = 1,
    covariance: str = "cluster_entity",
    convention: str = "reghdfe",
) -> PlaceboLeads:
    """Add leads of the treatment to the two-way model and test them jointly.

    Args:
        frame: one row an entity and period.
        outcome: numeric column.
        treatment: numeric column.
        controls: numeric columns; may be empty.
        entity: column of entities.
        time: column of periods.
        leads: how many periods ahead, one after the other.
        covariance: as of ``panel.fit``.
        convention: as of ``panel.fit``.

    Raises:
        PanelError: as ``panel.fit``, or when the leads leave too few periods.
    """
    if leads < 1:
        raise PanelError(f"leads is {leads}; a placebo test needs at least one.")
    names = tuple(f"F{ahead}.{treatment}" for ahead in range(1, leads + 1))
    wide = frame.assign(
        **{
            name: shifted(frame, treatment, entity, time, -ahead)
            for ahead, name in enumerate(names, start=1)
        }
    )
    found = fit(
        wide,
        outcome,
        [treatment, *names, *controls],
        entity,
        time,
        covariance=covariance,
        convention=convention,
    )
    slopes = np.array([found.estimate(name) for name in names])
    df = found.df_of({names[0]: 1.0}) if leads == 1 else found.df
    joint = wald(slopes, found.covariance.loc[list(names), list(names)].to_numpy(), df)
    # Products are not columns; their parts are.
    named = [part for term in (outcome, treatment, *controls) for part in term.split(PRODUCT)]
    without = frame[list(dict.fromkeys(named))].notna().all(axis=1).sum()
    lost = int(without) - found.design.n
    return PlaceboLeads(
        fit=found,
        leads=names,
        f=joint["f"],
        p=joint["f_p"],
        n_lost=lost,
        sentence=_sentence(treatment, outcome, covariance, joint["f_p"], lost),
    )


def _sentence(treatment: str, outcome: str, covariance: str, p: float, lost: int) -> str:
    if np.isnan(p):
        return (
            f"Whether leads of {treatment} explain {outcome} cannot be tested: the {covariance} "
            f"covariance of the leads is not positive. They cost {lost} rows."
        )
    verdict = "do not" if p >= 0.05 else "do"
    return (
        f"Leads of {treatment} {verdict} explain {outcome} (joint p = {p:.3f}); "
        f"they cost {lost} rows."
    )
