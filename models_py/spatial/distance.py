"""Distances on the globe between regions' points. Who counts as near is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from models_py.spatial.errors import SpatialError, listed
from models_py.spatial.values import codes_of

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius (2a + b) / 3 of WGS 84; a sphere is within 0.6 % of the ellipsoid's distances."""


def great_circle_km(longitude: Any, latitude: Any, to_longitude: Any, to_latitude: Any) -> Any:
    """Great-circle distance by the haversine formula (Sinnott 1984), which keeps short ones exact.

    Args:
        longitude: degrees east, a number or an array.
        latitude: degrees north, of a shape that goes with it.
        to_longitude: of the other end.
        to_latitude: of the other end.

    Returns:
        Kilometres, of the shape that the four have together.
    """
    lon, lat, to_lon, to_lat = (
        np.radians(np.asarray(angle, dtype=float))
        for angle in (longitude, latitude, to_longitude, to_latitude)
    )
    square = (
        np.sin((to_lat - lat) / 2) ** 2
        + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(square, 0, 1)))


def distances(points: pd.DataFrame) -> pd.DataFrame:
    """Distances between all points.

    Args:
        points: ``region_code``, ``longitude`` and ``latitude`` in degrees, a row a region.

    Returns:
        Kilometres; both index and columns are the regions, sorted.

    Raises:
        SpatialError: a point is missing, stands twice or is not on the globe.
    """
    known = points_of(points)
    lon, lat = known["longitude"].to_numpy(), known["latitude"].to_numpy()
    apart = great_circle_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])
    return pd.DataFrame(apart, index=known.index, columns=known.index)


def nearest_core(points: pd.DataFrame, cores: Sequence[str]) -> pd.DataFrame:
    """Each region's nearest core city and how far it is.

    Args:
        points: ``region_code``, ``longitude`` and ``latitude`` in degrees, a row a region.
        cores: codes of the core cities, all among the points.

    Returns:
        ``region_code``, ``core_code``, ``distance_km``, sorted by region; a core is its own, at
        zero. Of two cores equally far the one named first counts.

    Raises:
        SpatialError: no core is named, or one has no point.
    """
    apart = distances(points)
    if isinstance(cores, str) or not len(cores):
        raise SpatialError("Name the core cities as a list of region codes, at least one.")
    unknown = [str(core) for core in cores if str(core) not in apart.columns]
    if unknown:
        raise SpatialError(f"The core city {listed(unknown)} has no point.", unknown)
    to_core = apart[[str(core) for core in cores]]
    return pd.DataFrame(
        {
            "region_code": apart.index,
            "core_code": to_core.idxmin(axis=1).to_numpy(),
            "distance_km": to_core.min(axis=1).to_numpy(),
        }
    )


def points_of(points: pd.DataFrame) -> pd.DataFrame:
    """``longitude`` and ``latitude`` by region, sorted and checked; see `distances`."""
    missing = [c for c in ("region_code", "longitude", "latitude") if c not in points.columns]
    if missing:
        raise SpatialError(f"The points have no column {listed(missing)}.")
    codes = codes_of(points["region_code"], "a point")
    known = points[["longitude", "latitude"]].apply(pd.to_numeric, errors="coerce").astype(float)
    known.index = pd.Index(codes, name="region_code", dtype=object)
    twice = sorted(set(known.index[known.index.duplicated()]))
    if twice:
        raise SpatialError(f"{listed(twice)} has more than one point; give one a region.", twice)
    off = known.index[~((known["longitude"].abs() <= 180) & (known["latitude"].abs() <= 90))]
    if len(off):
        swapped = (known.loc[off, "latitude"].abs() > 90).any()
        hint = "are longitude and latitude exchanged?" if swapped else "give both in degrees."
        raise SpatialError(f"The point of {listed(off)} is not on the globe: {hint}", off)
    checked: pd.DataFrame = known.sort_index()
    return checked
