"""Moderation: marginal effects over a moderator and where they are distinguishable from zero."""

from models_py.moderation.binned import Binned, binned
from models_py.moderation.effects import (
    JohnsonNeyman,
    Moderation,
    johnson_neyman,
    marginal_effects,
    moderate,
    plot_data,
)

__all__ = [
    "Binned",
    "JohnsonNeyman",
    "Moderation",
    "binned",
    "johnson_neyman",
    "marginal_effects",
    "moderate",
    "plot_data",
]
