"""Indices from their parts: the Python twins of the arithmetic that dbt's macros hold."""

from models_py.index.agglomeration import coagglomeration, location_quotient

__all__ = ["coagglomeration", "location_quotient"]
