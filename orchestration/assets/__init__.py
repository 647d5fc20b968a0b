"""Thin Dagster assets, a module a subject; what they compute is computed elsewhere."""
