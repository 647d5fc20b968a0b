"""The models that a study declares: what they are, their fits as tables, and scripts for others.

Declarations are light and are exported here; ``models_py.study.fitting`` imports the estimators.
"""

from models_py.study.declared import (
    Descriptives,
    Family,
    Inference,
    Mediated,
    Models,
    Moderated,
    Regression,
    Robustness,
    SpecificationCurve,
)

__all__ = [
    "Descriptives",
    "Family",
    "Inference",
    "Mediated",
    "Models",
    "Moderated",
    "Regression",
    "Robustness",
    "SpecificationCurve",
]
