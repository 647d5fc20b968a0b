"""Does a score rise or fall along a direction across the map? Distances are in `distance`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import stdtr
from scipy.stats import rankdata

from models_py.spatial.distance import great_circle_km, points_of
from models_py.spatial.errors import SpatialError, listed
from models_py.spatial.values import Values, by_region, deviations

NORTH_WEST: Final = 315.0
"""Degrees clockwise from north: the line from the coast at 台州 to 亳州 inland."""

SIGNIFICANT: Final = 0.05
COMPASS: Final = (
    "north",
    "north-east",
    "east",
    "south-east",
    "south",
    "south-west",
    "west",
    "north-west",
)


@dataclass(frozen=True)
class Gradient:
    """A score along a direction.

    Attributes:
        bearing: the direction, degrees clockwise from north.
        slope_per_100km: change of the score for every 100 km in that direction, by least squares.
        std_error: of the slope, as if regions were independent; where neighbours are alike
            (`moran`) it is too small.
        t: slope over standard error.
        p: two-sided, from t(n - 2).
        r: correlation of score and position.
        rank_correlation: Spearman's, mean ranks where values tie.
        p_rank: two-sided, from t(n - 2).
        n: regions.
        positions: kilometres from the regions' centre in that direction, by region.
    """

    bearing: float
    slope_per_100km: float
    std_error: float
    t: float
    p: float
    r: float
    rank_correlation: float
    p_rank: float
    n: int
    positions: pd.Series[float]

    def sentence(self) -> str:
        """What was found, in a sentence."""
        towards = f"the {COMPASS[round(self.bearing / 45) % 8]}"
        if self.bearing % 45:
            towards = f"the bearing of {self.bearing:g} degrees"
        figures = (
            f"{self.slope_per_100km:+.3g} for every 100 km, p = {self.p:.3g}; rank correlation"
            f" {self.rank_correlation:+.2f}, p = {self.p_rank:.3g}; {self.n} regions"
        )
        if self.p >= SIGNIFICANT:
            return f"No gradient towards {towards} can be told from chance ({figures})."
        change = "rises" if self.slope_per_100km > 0 else "falls"
        return f"The score {change} towards {towards} ({figures})."


def gradient(scores: Values, points: pd.DataFrame, *, bearing: float = NORTH_WEST) -> Gradient:
    """Least squares and rank correlation of a score on the position along a direction.

    A region's position is its distance from the regions' centre (mean longitude and latitude)
    times the cosine of the angle to the direction: the azimuthal equidistant projection.

    Args:
        scores: one number a region.
        points: ``region_code``, ``longitude`` and ``latitude`` in degrees; may hold more regions.
        bearing: degrees clockwise from north; 315 runs from the south-east to the north-west.

    Raises:
        SpatialError: fewer than four regions, equal scores, a region without a point, points on a
            line across the direction, or a bearing that is no number.
    """
    values = by_region(scores)
    deviations(values, "A gradient")
    if not np.isfinite(bearing):
        raise SpatialError("The bearing must be degrees clockwise from north.")
    known = points_of(points)
    unknown = [code for code in values.index if code not in known.index]
    if unknown:
        raise SpatialError(
            f"There is a score but no point for {listed(unknown)}; add its longitude and latitude.",
            unknown,
        )
    along = _along(known.loc[values.index], bearing)
    if np.ptp(along) < 1:  # a kilometre, the precision of points given to 0.01 degree
        raise SpatialError("All regions stand at one position in that direction.")
    score = values.to_numpy(dtype=float)
    n = len(score)
    r, t, p = _correlation(along, score)
    slope = r * score.std() / along.std()
    rank, _, p_rank = _correlation(rankdata(along), rankdata(score))
    return Gradient(
        bearing=float(bearing) % 360,
        slope_per_100km=100 * slope,
        std_error=100 * score.std() / along.std() * float(np.sqrt((1 - r * r) / (n - 2))),
        t=t,
        p=p,
        r=r,
        rank_correlation=rank,
        p_rank=p_rank,
        n=n,
        positions=pd.Series(along, index=values.index, name="position_km"),
    )


def _along(points: pd.DataFrame, bearing: float) -> Any:
    """Kilometres from the centre in the direction of the bearing."""
    lon, lat = points["longitude"].to_numpy(), points["latitude"].to_numpy()
    here_lon, here_lat = lon.mean(), lat.mean()
    east = np.radians(lon - here_lon)
    there, here = np.radians(lat), np.radians(here_lat)
    azimuth = np.arctan2(
        np.sin(east) * np.cos(there),
        np.cos(here) * np.sin(there) - np.sin(here) * np.cos(there) * np.cos(east),
    )
    return great_circle_km(here_lon, here_lat, lon, lat) * np.cos(azimuth - np.radians(bearing))


def _correlation(x: Any, y: Any) -> tuple[float, float, float]:
    """Correlation, its t and the two-sided p from t(n - 2)."""
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    freedom = len(x) - 2
    if 1 - r * r < 1e-15:
        return r, float(np.copysign(np.inf, r)), 0.0
    t = r * float(np.sqrt(freedom / (1 - r * r)))
    return r, t, float(2 * stdtr(freedom, -abs(t)))
