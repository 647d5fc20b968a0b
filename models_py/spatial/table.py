"""Moran's I of every year of a variable, as the table models.spatial_autocorrelation keeps it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from models_py.spatial.errors import SpatialError, listed
from models_py.spatial.moran import Isolates, Moran, moran
from models_py.spatial.neighbours import EdgeList

COLUMNS: Final = [
    "variable",
    "year",
    "statistic",
    "region_code",
    "value",
    "p",
    "quadrant",
    "expectation",
    "z",
    "p_analytic",
    "n_regions",
    "n_permutations",
]


def autocorrelation(
    frame: pd.DataFrame,
    variable: str,
    neighbours: EdgeList,
    *,
    region: str = "region_code",
    year: str = "year",
    standardise: str | None = "row",
    permutations: int = 999,
    seed: int = 0,
    isolates: Isolates = "drop",
    directed: bool | None = None,
) -> pd.DataFrame:
    """Moran's I and the local ones of each year.

    Args:
        frame: one row a region and year.
        variable: column of the values.
        neighbours: as `moran` takes them, the same for all years.
        region: column of the region's code.
        year: column of the year.
        standardise: as in `moran`, like all that follow.
        permutations: draws a year.
        seed: the same for every year, so that a further year changes no other's p.
        isolates: ``drop`` or ``keep``.
        directed: None, True or False.

    Returns:
        A row a year of ``statistic`` ``moran_i`` (``region_code`` and ``quadrant`` None, ``p`` the
        permutation's, one-sided greater, ``z`` and ``p_analytic`` under randomisation) and a row a
        region and year of ``local_moran``.

    Raises:
        SpatialError: as `moran`, with the variable and the year before the sentence.
    """
    missing = [name for name in (variable, region, year) if name not in frame.columns]
    if missing:
        raise SpatialError(f"The table has no column {listed(missing)}.")
    if not len(frame):
        raise SpatialError(f"{variable}: the table has no rows.")
    parts = []
    for of_year, rows in frame.groupby(year, sort=True, dropna=False):
        if pd.isna(of_year):
            raise SpatialError(f"{variable}: {len(rows)} rows have no year.")
        try:
            found = moran(
                rows.set_index(region)[variable],
                neighbours,
                standardise=standardise,
                permutations=permutations,
                seed=seed,
                isolates=isolates,
                directed=directed,
            )
        except SpatialError as problem:
            raise SpatialError(f"{variable}, {of_year!s}: {problem}", problem.regions) from problem
        parts.append(_rows(found).assign(variable=variable, year=of_year))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _rows(found: Moran) -> pd.DataFrame:
    whole = {
        "statistic": "moran_i",
        "region_code": None,
        "value": found.i,
        "p": found.p_permutation,
        "quadrant": None,
        "expectation": found.expectation,
        "z": found.z_randomisation,
        "p_analytic": found.p_randomisation,
    }
    local = found.local.drop(columns="value").rename(columns={"local_i": "value"})
    local = local.assign(statistic="local_moran")[list(whole)]
    rows = [whole, *local.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(whole))
    for name in ("region_code", "quadrant"):
        table[name] = table[name].astype(object).where(table[name].notna(), None)
    table["value"] = table["value"].astype(np.float64)
    return table.assign(n_regions=found.n, n_permutations=found.permutations)
