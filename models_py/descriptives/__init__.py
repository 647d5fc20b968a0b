"""Descriptive statistics, correlations, variance shares and inflation factors."""

from models_py.descriptives.tables import (
    correlations,
    critical_r,
    descriptive_statistics,
    eigenvalues,
    stars,
    variance_shares,
    vif,
)

__all__ = [
    "correlations",
    "critical_r",
    "descriptive_statistics",
    "eigenvalues",
    "stars",
    "variance_shares",
    "vif",
]
