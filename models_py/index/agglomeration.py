"""Location quotients and the co-agglomeration of two sectors.

The twin of ``dbt_project/macros/agglomeration.sql``: what dbt computes in a warehouse is computed
here over a frame, and tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def location_quotient(
    frame: pd.DataFrame,
    sector: str,
    total: str,
    *,
    year: str | Sequence[str] = "year",
    national: pd.DataFrame | None = None,
) -> pd.Series[float]:
    """Location quotient of a sector in each region: its share there over its share in the nation.

    LQ_is = (E_is / E_i) / (E_s / E); see Isard (1960), Methods of Regional Analysis, chapter 7.

    Args:
        frame: one row a region and year.
        sector: column of employment (or output) of the sector, any unit.
        total: column of the same of all sectors, in the same unit.
        year: column or columns within which the nation is summed.
        national: the nation's own figures, one row a year with the columns ``year``, ``sector``
            and ``total``; without it the nation is the sum over the frame's rows that have both.

    Returns:
        A series on the frame's index; not a number where an input is missing or a divisor zero.

    Raises:
        KeyError: a column is not there.
        ValueError: the nation has several rows for one year.
    """
    keys = [year] if isinstance(year, str) else list(year)
    values = frame[[*keys, sector, total]].astype({sector: float, total: float})
    if national is None:
        known = values.dropna(subset=[sector, total])
        national = known.groupby(keys, as_index=False)[[sector, total]].sum()
    elif national.duplicated(keys).any():
        raise ValueError("The nation has several rows for one year; give one row a year.")
    nation = values[keys].merge(national[[*keys, sector, total]], on=keys, how="left")
    above = values[sector].to_numpy() * nation[total].to_numpy()
    below = values[total].to_numpy() * nation[sector].to_numpy()
    return pd.Series(_ratio(above, below), index=frame.index, name=f"lq_{sector}")


def coagglomeration(services: Any, manufacturing: Any) -> Any:
    """Co-agglomeration of two sectors from their location quotients.

    1 - |s - m| / (s + m) + (s + m): how alike the two are, plus how strong.

    Args:
        services: location quotients of the one sector, a number or an array.
        manufacturing: those of the other, of the same shape.

    Returns:
        The index, of the same shape; not a number where both quotients are zero or one is missing.
    """
    s, m = np.asarray(services, dtype=float), np.asarray(manufacturing, dtype=float)
    index = 1 - _ratio(np.abs(s - m), s + m) + (s + m)
    if isinstance(services, pd.Series):
        return pd.Series(index, index=services.index, name="coagglomeration_index")
    return float(index) if index.ndim == 0 else index


def _ratio(above: Any, below: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A quotient that is not a number where the divisor is zero."""
    top, bottom = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom == 0, np.nan, top / bottom)
