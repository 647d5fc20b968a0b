"""Space: who is whose neighbour, whether neighbours are alike, and how far the cores are."""

from models_py.spatial.distance import distances, great_circle_km, nearest_core
from models_py.spatial.errors import SpatialError
from models_py.spatial.gradient import Gradient, gradient
from models_py.spatial.moran import Moran, moran
from models_py.spatial.neighbours import (
    Neighbours,
    among,
    edges_of_kind,
    nearest_neighbours,
    within_distance,
)
from models_py.spatial.table import autocorrelation

__all__ = [
    "Gradient",
    "Moran",
    "Neighbours",
    "SpatialError",
    "among",
    "autocorrelation",
    "distances",
    "edges_of_kind",
    "gradient",
    "great_circle_km",
    "moran",
    "nearest_core",
    "nearest_neighbours",
    "within_distance",
]
