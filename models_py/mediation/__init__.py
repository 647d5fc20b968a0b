"""Mediation with fixed effects and a cluster bootstrap: the call and its result."""

from models_py.mediation.mediate import Mediation, mediate

__all__ = ["Mediation", "mediate"]
