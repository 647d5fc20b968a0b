"""Descriptive statistics and correlations of a study, as rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from models_py.descriptives import tables as moments
from models_py.panel.errors import PanelError, listed
from models_py.study.declared import ENTITY, TIME, Descriptives
from models_py.study.equations import sample_of

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
    samples = {name: _sample(frame, [name]) for name in variables}
    found["sample"] = found["variable"].map(samples)
    single = [name for name in variables if _used(frame, [name])[ENTITY].nunique() < 2]
    several = [name for name in variables if name not in single]
    kept = ["variable", "sd_between", "sd_within", "within_share", "warning"]
    if several:
        shares = moments.variance_shares(frame, several, ENTITY)[kept]
        found = found.merge(shares, on="variable", how="left", validate="1:1")
    else:
        found = found.assign(**dict.fromkeys(kept[1:]))
    inflated, notes = _vif(frame, several)
    found["vif_within"] = found["variable"].map(inflated)
    pairs = moments.correlations(frame, variables)
    ranked = moments.correlations(frame, variables, "spearman")
    pairs["r_spearman"], pairs["p_spearman"] = ranked["r"], ranked["p"]
    samples_of_pairs = zip(pairs["variable_x"], pairs["variable_y"], strict=True)
    pairs["sample"] = [_sample(frame, dict.fromkeys(pair)) for pair in samples_of_pairs]
    warnings = [str(said) for said in found.pop("warning") if isinstance(said, str) and said]
    if single:
        warnings.insert(
            0,
            f"With values in one region only, so without moments between and within regions: "
            f"{listed(single)}.",
        )
    if empty:
        warnings.insert(0, f"Without any value and left out: {listed(empty)}.")
    return {
        "descriptive_statistics": found.assign(block=name, published=one.published),
        "correlations": pairs.assign(block=name, published=one.published_correlations),
    }, [*warnings, *notes]


def _used(frame: pd.DataFrame, variables: Iterable[str]) -> pd.DataFrame:
    """The rows in which all of some variables have a finite number."""
    numbers = frame[list(variables)].apply(pd.to_numeric).astype("float64")
    known: pd.DataFrame = frame.loc[np.isfinite(numbers.to_numpy()).all(axis=1)]
    return known


def _sample(frame: pd.DataFrame, variables: Iterable[str]) -> str:
    used = _used(frame, variables)
    return sample_of(
        {
            "n_obs": len(used),
            "n_entities": used[ENTITY].nunique(),
            "n_periods": used[TIME].nunique(),
            "n_missing": len(frame) - len(used),
        }
    )


def _vif(frame: pd.DataFrame, variables: list[str]) -> tuple[dict[str, float], list[str]]:
    """Of what is left after both effects; none where variables are collinear, with the reason."""
    if len(variables) < 2:
        return {}, []
    try:
        found = moments.vif(frame, variables, entity=ENTITY, time=TIME)
    except PanelError as error:
        return {}, [f"No variance inflation factors: {error}"]
    return dict(zip(found["variable"], found["vif"], strict=True)), []
