"""What is printed beside a clustered test: the jackknife and the wild cluster bootstrap, as rows.

Belongs here: which tests stand beside which, and under what names. The tests themselves are
``models_py.inference``'s; what a study asks for by itself is in ``tested``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from models_py.inference import jackknife_cv3, wild_cluster_bootstrap
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit
from models_py.study.equations import frame_of, sample_of

Row = dict[str, Any]
N_BOOTSTRAP = 9999


def default(fit: PanelFit, term: str) -> Row:
    """The fit's own test of a term, as a row."""
    return {**_tested(fit, term), "method": str(fit.statistics["se_type"])}


def jackknife(fit: PanelFit, term: str) -> Row:
    """The delete-one-region jackknife of a term, as a row.

    Raises:
        PanelError: as ``jackknife_cv3``.
    """
    return {**_tested(jackknife_cv3(fit), term), "method": "jackknife"}


def wild(
    fit: PanelFit, term: str, *, n_bootstrap: int, seed: int, interval: bool
) -> tuple[Row, tuple[str, ...]]:
    """The wild cluster bootstrap of a term, as a row, and its warnings.

    Where all sign patterns are gone through nothing is drawn: the row has their number and no seed.

    Raises:
        PanelError: as ``wild_cluster_bootstrap``.
    """
    found = wild_cluster_bootstrap(fit, term, n_bootstrap=n_bootstrap, seed=seed, interval=interval)
    drawn = not found.enumerated
    row = {
        "term": term,
        "method": "wild_bootstrap",
        "value": found.estimate,
        "p": found.p,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "n_draws": found.n_bootstrap,
        "seed": found.seed if drawn else None,
        "se_type": f"wild bootstrap by region, {found.weights}{'' if drawn else ', enumerated'}",
    }
    return row, found.warnings


def beside_default(
    name: str, fit: PanelFit, terms: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Jackknife and wild bootstrap of an equation with clustered standard errors.

    The bootstrap is not inverted for an interval, which takes sixty times as long (2.4 s at
    N = 155); an ``inference`` block has it.

    Args:
        name: of the equation.
        fit: as fitted.
        terms: those of interest.

    Returns:
        Rows of inference, none where the standard errors are not clustered, and warnings.
    """
    if not str(fit.statistics["se_type"]).startswith("cluster"):
        return pd.DataFrame(), []
    rows: list[Row] = []
    warnings: list[str] = []
    try:
        rows += (jackknife(fit, term) for term in terms)
    except PanelError as error:
        warnings.append(f"No jackknife beside the clustered test: {error}")
    try:
        for row, said in _bootstraps(fit, terms):
            rows.append(row)
            warnings += said
    except PanelError as error:
        warnings.append(f"No wild bootstrap beside the clustered test: {error}")
    known = {"model": name, "regression": name, "sample": sample_of(fit.statistics)}
    return frame_of([{**row, **known} for row in rows]), warnings


def _bootstraps(fit: PanelFit, terms: Sequence[str]) -> Iterator[tuple[Row, tuple[str, ...]]]:
    for term in terms:
        yield wild(fit, term, n_bootstrap=N_BOOTSTRAP, seed=0, interval=False)


def _tested(fit: PanelFit, term: str) -> Row:
    row = fit.row(term)
    kept = {key: row[key] for key in ("std_error", "p", "ci_low", "ci_high")}
    return {
        "term": term,
        "value": row["estimate"],
        "se_type": str(fit.statistics["se_type"]),
        **kept,
    }
