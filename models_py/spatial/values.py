"""Reads one number a region, or says what is wrong with it. No measure is computed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from models_py.spatial.errors import SpatialError, listed

FEWEST_REGIONS = 4
"""The variance of Moran's I under randomisation divides by (n-1)(n-2)(n-3)."""

Values = Mapping[Any, float] | pd.Series
"""One number a region: a mapping, or a series whose index is the region."""


def by_region(values: Values) -> pd.Series[float]:
    """One finite number a region, sorted by region so that no result hangs on the order of rows.

    Args:
        values: one number a region, any unit; the codes may be text or whole numbers.

    Returns:
        The numbers; the index is the code as text.

    Raises:
        SpatialError: a region stands twice, a value is missing or is not a finite number.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(dict(values), dtype=object)
    codes = codes_of(series.index, "a value")
    twice = sorted({code for code in codes if codes.count(code) > 1}) if _repeats(codes) else []
    if twice:
        raise SpatialError(
            f"{listed(twice)} has more than one value; give one a region (one year at a time).",
            twice,
        )
    numbers = pd.to_numeric(series, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = [code for code, number in zip(codes, numbers, strict=True) if not np.isfinite(number)]
    if bad:
        raise SpatialError(
            f"The value of {listed(bad)} is missing or is not a finite number. Nothing is filled in"
            " here: give a value, or take the region out of the values and, with among(), of the"
            " neighbours.",
            bad,
        )
    return pd.Series(numbers, index=pd.Index(codes, dtype=object)).sort_index()


def codes_of(labels: Iterable[Any], owner: str) -> list[str]:
    """Region codes as text; ``owner`` is what they label, for the sentence when one is missing."""
    codes = []
    for label in labels:
        if label is None or label is pd.NA or (isinstance(label, float) and np.isnan(label)):
            raise SpatialError(f"The region of {owner} is missing; give its code.")
        codes.append(str(label))
    return codes


def deviations(values: pd.Series[float], purpose: str) -> tuple[Any, float]:
    """Deviations from the mean, scaled to at most one, and the scale.

    The scale keeps fourth powers within range whatever the unit; every measure is free of it.

    Args:
        values: finite numbers, one a region.
        purpose: what they are wanted for, for the sentence: "Moran's I".

    Raises:
        SpatialError: fewer than four regions, or all values equal up to rounding.
    """
    if len(values) < FEWEST_REGIONS:
        raise SpatialError(
            f"{purpose} needs at least {FEWEST_REGIONS} regions; there are {len(values)}.",
            values.index,
        )
    numbers = values.to_numpy(dtype=float)
    z = numbers - numbers.mean()
    scale = float(np.abs(z).max())
    if scale <= 1e-14 * float(np.abs(numbers).max()):
        raise SpatialError(
            f"All {len(values)} values are equal ({numbers[0]:g}); {purpose} needs values that"
            " differ between regions."
        )
    return z / scale, scale


def _repeats(codes: list[str]) -> bool:
    return len(set(codes)) < len(codes)
