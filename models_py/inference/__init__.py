"""Inference a referee asks for with 31 clusters; point estimates come from ``models_py.panel``."""

from models_py.inference.families import Hypothesis, holm, romano_wolf
from models_py.inference.few_clusters import (
    dfbeta,
    few_cluster_tests,
    jackknife_cv3,
    leave_one_out_range,
    minimum_detectable_effect,
)
from models_py.inference.omitted import Oster, RobustnessValue, oster, robustness_value
from models_py.inference.placebo import PlaceboLeads, placebo_leads, shifted
from models_py.inference.randomisation import Randomisation, randomisation_test
from models_py.inference.wild import WildBootstrap, wild_cluster_bootstrap

__all__ = [
    "Hypothesis",
    "Oster",
    "PlaceboLeads",
    "Randomisation",
    "RobustnessValue",
    "WildBootstrap",
    "dfbeta",
    "few_cluster_tests",
    "holm",
    "jackknife_cv3",
    "leave_one_out_range",
    "minimum_detectable_effect",
    "oster",
    "placebo_leads",
    "randomisation_test",
    "robustness_value",
    "romano_wolf",
    "shifted",
    "wild_cluster_bootstrap",
]
