"""Frames changed for a check: lags, winsorised values, regions left out. Nothing is fitted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from models_py.inference.placebo import shifted
from models_py.panel.errors import PanelError, listed
from models_py.panel.rows import PRODUCT, numbers


def lag_name(column: str, periods: int) -> str:
    """``L1.x``, as Stata writes it; ``x`` itself for no lag."""
    return column if periods == 0 else f"L{periods}.{column}"


def parts_of(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """The columns behind names: a product ``"a:b"`` is of two, unless a column is called that.

    Args:
        frame: any rows.
        names: columns and products.
    """
    found = [
        part
        for name in names
        for part in ([name] if name in frame.columns else str(name).split(PRODUCT))
    ]
    return list(dict.fromkeys(found))


def exchanged(names: Sequence[str], old: str, new: str) -> tuple[str, ...]:
    """Names with one variable of their products exchanged for another.

    A model that lags or recounts its treatment must do so in the products that hold it, too, or it
    interacts a variable that is not in it.

    Args:
        names: columns and products; a plain column stays what it is.
        old: variable to look for in products.
        new: what to put there.
    """
    return tuple(
        PRODUCT.join(new if part == old else part for part in name.split(PRODUCT))
        if PRODUCT in name
        else name
        for name in names
    )


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
        PanelError: an unknown column, duplicates, or a lag that is no whole number from 0 on.
    """
    if not isinstance(periods, int):
        raise PanelError(f"The lag {periods!r} is no whole number of periods; give one, such as 1.")
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
        PanelError: a share outside 0 to 0.5, or a column that is unknown or no numbers.
    """
    if not isinstance(share, int | float) or not 0 <= share < 0.5:
        raise PanelError(f"The share to winsorise is {share!r}; it lies from 0 to below 0.5.")
    if share == 0:
        return frame
    unknown = [name for name in columns if name not in frame.columns]
    if unknown:
        raise PanelError(f"The data have no column {listed(unknown)}.", unknown)
    pulled = {}
    for name in columns:
        values = numbers(frame, name)
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
