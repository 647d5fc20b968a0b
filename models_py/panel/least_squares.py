"""Least squares on columns that are given: slopes, the inverse of x'x, residuals.

Belongs here: the algebra alone, safe for near-copies and for any units. Effects are taken out in
``absorb``, covariances made in ``covariance``.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from models_py.panel.absorb import Floats

# Below this smallest pivot (columns of length 1) cross-products have lost half their digits, and a
# QR of the columns themselves, some ten times as slow, still has them.
SAFE_PIVOT = 1e-4


def solve(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Least squares by scaled cross-products with one step of refinement, or by QR.

    Args:
        x: (n, k) of full rank.
        y: (n,) or (n, m).

    Returns:
        (k,) or (k, m) slopes, as exact as a QR (corrected seminormal equations), and (k, k)
        inverse of x'x.

    Raises:
        numpy.linalg.LinAlgError: a column is zero, or an exact combination of others.
    """
    scale = np.sqrt(np.einsum("ij,ij->j", x, x))
    scaled = scale if y.ndim == 1 else scale[:, None]
    factor = _safe(x, scale)
    if factor is None:
        return _by_qr(x, y, scale)
    slopes = cho_solve(factor, (x.T @ y) / scaled) / scaled
    slopes = slopes + cho_solve(factor, (x.T @ (y - x @ slopes)) / scaled) / scaled
    inverse = cho_solve(factor, np.eye(len(scale))) / np.outer(scale, scale)
    return slopes, inverse


def orthonormal(x: Floats) -> tuple[Floats, Floats] | None:
    """Coordinates in which near-copies are not near, or None where cross-products are safe.

    Args:
        x: (n, k) of full rank.

    Returns:
        (n, k) orthonormal columns, and the (k, k) matrix that x is multiplied by to give them.
    """
    scale = np.sqrt(np.einsum("ij,ij->j", x, x))
    if _safe(x, scale) is not None:
        return None
    basis, triangle = np.linalg.qr(x / scale)
    return basis, solve_triangular(triangle, np.eye(len(scale))) / scale[:, None]


def _safe(x: Floats, scale: Floats) -> tuple[Floats, bool] | None:
    try:
        factor: tuple[Floats, bool] = cho_factor((x.T @ x) / np.outer(scale, scale))
    except (np.linalg.LinAlgError, ValueError):  # ValueError: 0 / 0
        return None
    return None if np.abs(np.diag(factor[0])).min(initial=1.0) < SAFE_PIVOT else factor


def _by_qr(x: Floats, y: Floats, scale: Floats) -> tuple[Floats, Floats]:
    if not (scale > 0).all():
        raise np.linalg.LinAlgError("a column is zero")
    basis, triangle = np.linalg.qr(x / scale)
    scaled = scale if y.ndim == 1 else scale[:, None]
    slopes: Floats = solve_triangular(triangle, basis.T @ y) / scaled
    root = solve_triangular(triangle, np.eye(len(scale)))
    return slopes, root @ root.T / np.outer(scale, scale)


def residuals_on(others: Floats, values: Floats) -> Floats:
    """What regressors leave of values.

    Args:
        others: (n, k) of full rank; k may be 0.
        values: (n,) or (n, m).

    Returns:
        The shape of ``values``.
    """
    return values - others @ solve(others, values)[0] if others.shape[1] else values
