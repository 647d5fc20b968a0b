"""A correlation matrix: range, symmetry, completeness, diagonal, positive semi-definiteness.

Marks against r are judged with ``marks.py``; what a correlation means for a regression is not here.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models_py.audit.digits import Printed, same_number, show
from models_py.audit.findings import Check, consistent
from models_py.audit.model import CorrelationMatrix

#: Triples are named one by one up to so many variables; beyond, the whole matrix only.
_TRIPLES_UP_TO: Final = 40
_PROJECTIONS: Final = 60

Matrix = NDArray[np.float64]


def in_range(name: str, r: Printed) -> Check | None:
    """A correlation lies in [−1, 1]."""
    if r.low <= 1.0 and r.high >= -1.0:
        return None
    return Check(
        "correlation_range", f"r = {r.text}", "-1 to 1", "impossible", "high",
        f"The correlation of {name} is printed as {r.text}; none is beyond 1.", -1.0, 1.0,
    )  # fmt: skip


def diagonal(name: str, r: Printed) -> Check | None:
    """A variable's correlation with itself is 1."""
    if r.low <= 1.0 <= r.high:
        return None
    return Check(
        "correlation_diagonal", f"r = {r.text}", "1", "impossible", "medium",
        f"{name} correlates with itself as {r.text}; it must be 1.", 1.0, 1.0,
    )  # fmt: skip


def symmetry(matrix: CorrelationMatrix) -> list[tuple[str, Check]]:
    """Both triangles print the same number, unless they hold two kinds of coefficient."""
    pairs = [
        (row, column)
        for row, column in matrix.cells
        if row > column and (column, row) in matrix.cells
    ]
    if not pairs or matrix.two_kinds:
        return []
    differing = [
        (row, column)
        for row, column in pairs
        if not same_number(matrix.cells[row, column], matrix.cells[column, row])
    ]
    # Pearson below and Spearman above the diagonal differ almost everywhere.
    if len(differing) > max(3, len(pairs) // 3):
        return [
            ("matrix",
             Check("correlation_symmetry", f"{len(differing)} of {len(pairs)} differ",
                   "equal", "cannot_tell", "low",
                   "The triangles differ in most pairs: two kinds of coefficient, if the note says "
                   "so."))
        ]  # fmt: skip
    checks = []
    for row, column in pairs:
        first, second = matrix.cells[row, column], matrix.cells[column, row]
        name = _pair(matrix, row, column)
        if (row, column) in differing:
            checks.append(
                (name,
                 Check("correlation_symmetry", f"{first.text} and {second.text}", "equal",
                       "inconsistent", "medium",
                       f"The correlation of {name} is printed as {first.text} below the diagonal "
                       f"and {second.text} above it."))
            )  # fmt: skip
    if not checks:
        checks.append(
            ("matrix", consistent("correlation_symmetry", f"{len(pairs)} pairs", "equal", "Equal."))
        )
    return checks


def completeness(matrix: CorrelationMatrix) -> Check:
    """Every pair of variables is printed once."""
    size = len(matrix.variables)
    missing = [
        (row, column)
        for row, column in combinations(range(size), 2)
        if (row, column) not in matrix.cells and (column, row) not in matrix.cells
    ]
    expected = size * (size - 1) // 2
    shown, implied = f"{expected - len(missing)} correlations", f"{expected} correlations"
    if not missing:
        return consistent("correlation_completeness", shown, implied, "Every pair is printed.")
    counts = np.bincount(np.array(missing).ravel(), minlength=size)
    culprit = matrix.variables[int(np.argmax(counts))]
    many = int(counts.max())
    about = (
        f"{many} of them are of {culprit}, whose column is left out"
        if many > 1
        else "; ".join(_pair(matrix, *pair) for pair in missing[:5])
    )
    return Check(
        "correlation_completeness", shown, implied, "inconsistent", "medium",
        f"{size} variables have {expected} correlations, but {len(missing)} are not printed: "
        f"{about}.",
    )  # fmt: skip


def positive_semidefinite(matrix: CorrelationMatrix) -> Check | None:
    """Whether any matrix that rounds to the printed one is positive semi-definite.

    "Not" is proved: for some direction v even the most favourable rounding keeps v'Rv below
    zero. (Higham 2002 gives the projections by which the direction is looked for.)

    Returns:
        None if too few correlations are printed.
    """
    kept = _complete_block(matrix)
    if len(kept) < 3:
        return None
    centre, slack = _arrays(matrix, kept)
    least = float(np.linalg.eigvalsh(centre)[0])
    shown = f"{len(kept)} × {len(kept)} matrix"
    proof = _disproof(centre, slack) if least < 0 else None
    if proof is None:
        return consistent(
            "correlation_psd", shown, f"least eigenvalue {show(least)}",
            "A correlation matrix can round to these numbers.",
        )  # fmt: skip
    triple = _worst_triple(matrix, kept, centre, slack)
    return Check(
        "correlation_psd", shown, f"least eigenvalue {show(least)}", "impossible", "high",
        "No data can have these correlations together, whatever the rounding: the matrix has the "
        f"eigenvalue {show(least)}{triple}.", least, least,
    )  # fmt: skip


def _worst_triple(matrix: CorrelationMatrix, kept: list[int], centre: Matrix, slack: Matrix) -> str:
    if len(kept) > _TRIPLES_UP_TO:
        return ""
    worst, name = 0.0, ""
    for i, j, k in combinations(range(len(kept)), 3):
        a, b, c = centre[i, j], centre[i, k], centre[j, k]
        determinant = 1 + 2 * a * b * c - a * a - b * b - c * c
        at = [i, j, k]
        if determinant < worst and _disproof(centre[np.ix_(at, at)], slack[np.ix_(at, at)]):
            spread = np.sqrt(max(0.0, (1 - b * b) * (1 - c * c)))
            names = [matrix.variables[kept[one]] for one in at]
            worst = determinant
            name = (
                f"; already {names[0]}, {names[1]} and {names[2]} cannot be: given {show(b)} and "
                f"{show(c)} with {names[2]}, the correlation of {names[0]} and {names[1]} lies "
                f"between {show(b * c - spread)} and {show(b * c + spread)}, not at {show(a)}"
            )
    return name


def _disproof(centre: Matrix, slack: Matrix) -> bool | None:
    """True if a direction proves that no matrix within the rounding is PSD, else None."""
    trial = centre
    for _ in range(_PROJECTIONS):
        values, vectors = np.linalg.eigh(trial)
        if values[0] >= -1e-12:
            return None
        v = vectors[:, 0]
        if v @ centre @ v + np.abs(v) @ slack @ np.abs(v) < -1e-9:
            return True
        clipped = (vectors * np.maximum(values, 0.0)) @ vectors.T
        trial = np.clip(clipped, centre - slack, centre + slack)
    return None


def _complete_block(matrix: CorrelationMatrix) -> list[int]:
    """The variables left after dropping, one by one, that with most missing pairs."""
    kept = list(range(len(matrix.variables)))
    while len(kept) >= 3:
        missing = [
            sum(
                1
                for other in kept
                if other != one
                and (one, other) not in matrix.cells
                and (other, one) not in matrix.cells
            )
            for one in kept
        ]
        if not any(missing):
            break
        kept.pop(int(np.argmax(missing)))
    return kept


def _arrays(matrix: CorrelationMatrix, kept: list[int]) -> tuple[Matrix, Matrix]:
    size = len(kept)
    centre, slack = np.eye(size), np.zeros((size, size))
    for i, j in combinations(range(size), 2):
        row, column = kept[i], kept[j]
        r = matrix.cells.get((column, row)) or matrix.cells[row, column]
        centre[i, j] = centre[j, i] = r.value
        slack[i, j] = slack[j, i] = (r.high - r.low) / 2
    return centre, slack


def _pair(matrix: CorrelationMatrix, row: int, column: int) -> str:
    return f"{matrix.variables[row]} × {matrix.variables[column]}"
