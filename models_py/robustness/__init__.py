"""Robustness: one thing changed at a time, many at once, and counts; fits are ``panel``'s."""

from models_py.robustness.checks import (
    alternative_outcomes,
    count_models,
    counting_rules,
    lagged_treatment,
    leave_one_out,
    winsorising,
    without_groups,
    without_zeros,
    zero_policies,
)
from models_py.robustness.counts import CountFit, count_convention, ppml
from models_py.robustness.curve import (
    EFFECTS,
    Specification,
    curve_summary,
    curve_test,
    specification_curve,
    specifications,
)
from models_py.robustness.model import Model, row_of
from models_py.robustness.samples import winsorised, with_lag, without

__all__ = [
    "EFFECTS",
    "CountFit",
    "Model",
    "Specification",
    "alternative_outcomes",
    "count_convention",
    "count_models",
    "counting_rules",
    "curve_summary",
    "curve_test",
    "lagged_treatment",
    "leave_one_out",
    "ppml",
    "row_of",
    "specification_curve",
    "specifications",
    "winsorised",
    "winsorising",
    "with_lag",
    "without",
    "without_groups",
    "without_zeros",
    "zero_policies",
]
