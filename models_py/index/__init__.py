"""Indices from their parts: the Python twins of the arithmetic that dbt's macros hold."""

from models_py.index.agglomeration import coagglomeration, location_quotient
from models_py.index.composite import Index, apply, score
from models_py.index.errors import ScoreError
from models_py.index.scheme import Indicator, Scheme

__all__ = [
    "Index",
    "Indicator",
    "Scheme",
    "ScoreError",
    "apply",
    "coagglomeration",
    "location_quotient",
    "score",
]
