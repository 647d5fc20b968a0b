"""Descriptive statistics and correlations of a study, as rows."""

from __future__ import annotations

import pandas as pd

from models_py.descriptives import tables as moments
from models_py.panel.errors import PanelError, listed
from models_py.study.declared import ENTITY, TIME, Descriptives

Tables = dict[str, pd.DataFrame]


def describe(frame: pd.DataFrame, name: str, one: Descriptives) -> tuple[Tables, list[str]]:
    """Moments, where variables vary, and pairwise correlations.

    Args:
        frame: the panel.
        name: of the block.
        one: what is declared.

    Returns:
        descriptive_statistics and correlations, and warnings.

    Raises:
        PanelError: a variable has no numbers.
    """
    empty = [name for name in one.variables if frame[name].isna().all()]
    variables = [name for name in one.variables if name not in empty]
    if not variables:
        raise PanelError(f"None of {listed(one.variables)} has a value.", one.variables)
    found = moments.descriptive_statistics(frame, variables)
    shares = moments.variance_shares(frame, variables, ENTITY)
    kept = ["variable", "sd_between", "sd_within", "within_share", "warning"]
    found = found.merge(shares[kept], on="variable", how="left", validate="1:1")
    inflated, notes = _vif(frame, variables)
    found["vif_within"] = found["variable"].map(inflated)
    pairs = moments.correlations(frame, variables)
    ranked = moments.correlations(frame, variables, "spearman")
    pairs["r_spearman"], pairs["p_spearman"] = ranked["r"], ranked["p"]
    warnings = [str(said) for said in found.pop("warning") if said]
    if empty:
        warnings.insert(0, f"Without any value and left out: {listed(empty)}.")
    return {
        "descriptive_statistics": found.assign(block=name, published=one.published),
        "correlations": pairs.assign(block=name, published=one.published_correlations),
    }, [*warnings, *notes]


def _vif(frame: pd.DataFrame, variables: list[str]) -> tuple[dict[str, float], list[str]]:
    """Of what is left after both effects; none where variables are collinear, with the reason."""
    if len(variables) < 2:
        return {}, []
    try:
        found = moments.vif(frame, variables, entity=ENTITY, time=TIME)
    except PanelError as error:
        return {}, [f"No variance inflation factors: {error}"]
    return dict(zip(found["variable"], found["vif"], strict=True)), []
