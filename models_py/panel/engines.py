"""Slopes, residuals and the bare sandwich, from linearmodels or from our own cross-products.

linearmodels is the engine; above ``LARGE_ROWS`` rows its dummies and frames take the memory of the
machine, and the same numbers come from the columns with the effects out. No factors, no tests here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models_py.panel.absorb import Floats
from models_py.panel.covariance import default_lags, sandwich
from models_py.panel.design import Design
from models_py.panel.errors import PanelError
from models_py.panel.least_squares import orthonormal, solve

ENGINES = ("auto", "linearmodels", "gram")
# linearmodels needs 0.6 s here with 20 periods, our own engine 0.02 s, and both agree to 1e-10.
LARGE_ROWS = 20_000
CONSTANT = "const"

_LINEARMODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "unadjusted": ("unadjusted", {}),
    "robust": ("robust", {}),
    "hc0": ("robust", {}),
    "cluster_entity": ("clustered", {"cluster_entity": True}),
    "cluster_time": ("clustered", {"cluster_time": True}),
    "cluster_two_way": ("clustered", {"cluster_entity": True, "cluster_time": True}),
    "driscoll_kraay": ("kernel", {"kernel": "bartlett"}),
}


@dataclass(frozen=True)
class Estimates:
    """What an engine returns.

    Attributes:
        params: (k + 1,) slopes and, last, the constant (grand-mean convention).
        covariance: (k + 1, k + 1) without a small-sample factor.
        residuals: (n,).
        engine: the one that ran.
    """

    params: Floats
    covariance: Floats
    residuals: Floats
    engine: str


def centred_columns(design: Design) -> tuple[Floats, Floats, Floats]:
    """The regression in coordinates in which nothing cancels, and the way back.

    Returns:
        (n, k + 1) regressors with effects and means out (where they are near-copies, orthonormal
        combinations of them), and a constant, which they are orthogonal to; (k + 1, k + 1) inverse
        of their cross-product; and (k + 1, k + 1) the matrix that takes estimates back to
        regressors with their means: the constant is then that of reghdfe and linearmodels, the
        mean of the outcome at zero regressors.
    """
    k = len(design.terms)
    other = orthonormal(design.x_within)
    within, root = (design.x_within, np.eye(k)) if other is None else other
    bread = np.zeros((k + 1, k + 1))
    bread[:k, :k] = solve(within, design.y_within)[1]
    bread[k, k] = 1.0 / design.n
    back = np.eye(k + 1)
    back[:k, :k] = root
    back[k, :k] = -design.x.mean(axis=0) @ root
    return np.column_stack([within, np.ones(design.n)]), bread, back


def estimate(
    design: Design, covariance: str, engine: str = "auto", lags: int | None = None
) -> Estimates:
    """Run the engine that suits the size, or the one asked for.

    Args:
        design: rows and columns.
        covariance: a sandwich of ``covariance.sandwich``.
        engine: ``"auto"``, ``"linearmodels"`` or ``"gram"``.
        lags: of Driscoll and Kraay's covariance.

    Raises:
        PanelError: for an engine there is not, or too many lags.
    """
    if engine not in ENGINES:
        raise PanelError(f"engine is {engine!r}; it is one of {', '.join(ENGINES)}.")
    if covariance == "driscoll_kraay":
        lags = default_lags(design.n_periods) if lags is None else lags
        if not 0 <= lags < design.n_periods:
            raise PanelError(
                f"{lags} lags are asked for and there are {design.n_periods} periods; "
                f"use 0 to {design.n_periods - 1}."
            )
    panel = design.entity is not None and design.time is not None
    if engine == "linearmodels" and not panel:
        raise PanelError("linearmodels needs both an entity and a time column; name them.")
    small = design.n <= LARGE_ROWS and panel
    if engine == "linearmodels" or (engine == "auto" and small):
        found = _linearmodels(design, covariance, lags)
        return _gram(design, covariance, lags) if found is None else found
    return _gram(design, covariance, lags)


def _linearmodels(design: Design, covariance: str, lags: int | None) -> Estimates | None:
    """Estimates of linearmodels, or None where it refuses columns that ``design`` has let pass.

    Columns are given to it centred and of within length one: its means cost digits (3e-9 of a
    slope, 1e-7 of an interval), and beside a column 1e14 times as long its pseudo-inverse takes
    the shorter one for rounding and returns coefficient 0 with p 1.
    """
    from linearmodels.panel import PanelOLS
    from linearmodels.panel.utility import AbsorbingEffectError

    index = pd.MultiIndex.from_arrays(
        [design.entity_codes, design.time_codes], names=["entity", "time"]
    )
    means = np.append(design.x.mean(axis=0), design.y.mean())
    centred = np.column_stack([design.x, design.y]) - means
    unit = np.append(np.linalg.norm(design.x_within, axis=0), np.linalg.norm(centred[:, -1]))
    columns = {f"x{at}": column for at, column in enumerate((centred / unit).T[:-1])}
    model = PanelOLS(
        pd.DataFrame({"y": centred[:, -1] / unit[-1]}, index=index),
        pd.DataFrame({**columns, CONSTANT: 1.0}, index=index),
        entity_effects=design.entity_effects,
        time_effects=design.time_effects,
        check_rank=False,  # design has looked for collinearity, and says which column
    )
    name, options = _LINEARMODELS[covariance]
    if covariance == "driscoll_kraay":
        options = {**options, "bandwidth": lags}
    try:
        # No factor of its own: debiasing and counted effects off leave the bare sandwich.
        result = model.fit(
            cov_type=name, debiased=False, auto_df=False, count_effects=False, **options
        )
    except (AbsorbingEffectError, np.linalg.LinAlgError):
        return None
    back = np.diag(unit[-1] / np.append(unit[:-1], 1.0))
    back[-1, :-1] = -means[:-1] * np.diag(back)[:-1]
    params = back @ result.params.to_numpy(dtype=np.float64)
    params[-1] += means[-1]
    covered = back @ result.cov.to_numpy(dtype=np.float64) @ back.T
    residuals = result.resids.to_numpy(dtype=np.float64) * unit[-1]
    return Estimates(params, covered, residuals, "linearmodels")


def _gram(design: Design, covariance: str, lags: int | None) -> Estimates:
    slopes, _ = solve(design.x_within, design.y_within)
    residuals = design.y_within - design.x_within @ slopes
    columns, bread, back = centred_columns(design)
    params = np.append(slopes, design.y.mean() - design.x.mean(axis=0) @ slopes)
    covered = sandwich(design, columns, bread, residuals, covariance, lags)
    return Estimates(params, back @ covered @ back.T, residuals, "gram")
