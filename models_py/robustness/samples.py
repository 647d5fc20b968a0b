"""Frames changed for a check: lags, winsorised values, regions left out. Nothing is fitted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from models_py.inference.placebo import shifted
from models_py.panel.errors import PanelError, listed


def lag_name(column: str, periods: int) -> str:
    """``L1.x``, as Stata writes it; ``x`` itself for no lag."""
    return column if periods == 0 else f"L{periods}.{column}"


def with_lag(
    frame: pd.DataFrame, column: str, entity: str, time: str, periods: int = 1
) -> pd.DataFrame:
    """The frame with a lag of a column beside it, named as ``lag_name``.

    Args:
        frame: one row an entity and period.
        column: numeric column.
        entity: column of entities.
        time: column of periods; whole numbers are lagged by the calendar.
        periods: how many, at least 0.

    Raises:
        PanelError: an unknown column, duplicates, or a negative lag.
    """
    if periods < 0:
        raise PanelError(f"A lag of {periods} periods is a lead; use inference.placebo_leads.")
    if periods == 0:
        return frame
    lagged = shifted(frame, column, entity, time, periods)
    return frame.assign(**{lag_name(column, periods): lagged})


def winsorised(frame: pd.DataFrame, columns: Sequence[str], share: float) -> pd.DataFrame:
    """The frame with the tails of columns pulled in to their quantiles.

    Args:
        frame: any rows.
        columns: numeric columns.
        share: in each tail, such as 0.01; 0 changes nothing.

    Raises:
        PanelError: a share outside 0 to 0.5, or an unknown column.
    """
    if not isinstance(share, int | float) or not 0 <= share < 0.5:
        raise PanelError(f"The share to winsorise is {share!r}; it lies from 0 to below 0.5.")
    unknown = [name for name in columns if name not in frame.columns]
    if unknown:
        raise PanelError(f"The data have no column {listed(unknown)}.", unknown)
    if share == 0:
        return frame
    pulled = {}
    for name in columns:
        values = pd.to_numeric(frame[name]).to_numpy(dtype=np.float64, na_value=np.nan)
        known = values[np.isfinite(values)]
        if not len(known):
            raise PanelError(f"{name} has no value to winsorise.", [name])
        low, high = np.quantile(known, [share, 1 - share])
        pulled[name] = np.clip(values, low, high)
    return frame.assign(**pulled)


def without(frame: pd.DataFrame, entity: str, left_out: Iterable[object]) -> pd.DataFrame:
    """The rows of the other entities.

    Args:
        frame: any rows.
        entity: column of entities.
        left_out: their labels.

    Raises:
        PanelError: an unknown column, or a label no row has (a misspelt region would otherwise
            leave the sample as it was).
    """
    if entity not in frame.columns:
        raise PanelError(
            f"The data have no column {entity}; name the column of entities.", [entity]
        )
    labels = list(left_out)
    known = set(frame[entity].dropna().unique())
    unknown = [label for label in labels if label not in known]
    if unknown:
        raise PanelError(
            f"No row has {entity} {listed(unknown)}, so leaving it out would change nothing; "
            "correct the list of regions to leave out."
        )
    return frame.loc[~frame[entity].isin(labels)]
