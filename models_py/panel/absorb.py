"""Taking entity and time effects out of columns, exactly and without dummies.

Belongs here: the projection only. Which effects, which rows and what is estimated from the result
are decided in ``design`` and ``engines``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

# Above this many levels of the smaller effect its dense normal matrix (8 bytes each, squared)
# passes 128 MB, and conjugate gradients on the sparse one are faster.
DENSE_LEVELS = 4_000


def sums(codes: Codes, values: Floats, levels: int) -> Floats:
    """Column sums by group: (n, p) values and (n,) codes give (levels, p)."""
    if values.ndim == 1:
        return np.bincount(codes, weights=values, minlength=levels).astype(np.float64)
    out = np.empty((levels, values.shape[1]))
    for column in range(values.shape[1]):
        out[:, column] = np.bincount(codes, weights=values[:, column], minlength=levels)
    return out


class Absorber:
    """The projection off one or two sets of effects, prepared once and applied to many columns.

    For two effects the smaller one is solved for after the larger one has been taken out by group
    means (Frisch-Waugh-Lovell), so the result is exact for unbalanced panels too; no iteration.

    Args:
        entity: (n,) codes 0..G-1, or None for no entity effects.
        time: (n,) codes 0..T-1, or None for no time effects.
        weights: (n,) positive weights; None for ones.
    """

    def __init__(
        self, entity: Codes | None, time: Codes | None, weights: Floats | None = None
    ) -> None:
        groups = [codes for codes in (entity, time) if codes is not None]
        groups.sort(key=lambda codes: -int(codes.max()))
        self._weights = weights
        self.n_components = 1
        self._groups = groups
        self._levels = [int(codes.max()) + 1 for codes in groups]
        self._totals = [
            np.bincount(codes, weights=weights, minlength=levels).astype(np.float64)
            for codes, levels in zip(groups, self._levels, strict=True)
        ]
        self._balanced = False
        if len(groups) == 2:
            self._prepare_two()

    @property
    def n_effects(self) -> int:
        """Independent effects taken out, the constant among them; 0 where there are none."""
        return sum(self._levels) - (self.n_components if len(self._groups) == 2 else 0)

    def _prepare_two(self) -> None:
        large, small = self._groups
        n = len(large)
        ones = np.ones(n) if self._weights is None else self._weights
        cells = sparse.csr_matrix((ones, (large, small)), shape=tuple(self._levels))
        self._cells = cells
        whole = self._levels[0] * self._levels[1]
        self._balanced = (
            self._weights is None and n == whole and cells.nnz == whole and cells.data.max() == 1
        )
        if self._balanced:
            return
        bipartite = sparse.bmat([[None, cells], [cells.T, None]], format="csr")
        self.n_components, labels = connected_components(bipartite, directed=False)
        # One level of each connected part is the base, as effects are known up to a shift there.
        base = np.unique(labels[self._levels[0] :], return_index=True)[1]
        self._free = np.setdiff1d(np.arange(self._levels[1]), base)
        scaled = sparse.diags(1.0 / self._totals[0]) @ cells
        normal = sparse.diags(self._totals[1]) - cells.T @ scaled
        reduced = normal.tocsr()[self._free][:, self._free]
        self._sparse_normal = reduced
        self._factor = (
            cho_factor(reduced.toarray()) if 0 < len(self._free) <= DENSE_LEVELS else None
        )

    def __call__(self, values: Floats) -> Floats:
        """Values with the effects taken out.

        Args:
            values: (n,) or (n, p); not changed.

        Returns:
            The same shape: residuals of the (weighted) regression on the effects.
        """
        if not self._groups:
            return values.copy()
        wide = values.reshape(len(values), -1)
        if self._balanced:
            out = self._off_balanced(wide)
        elif len(self._groups) == 1:
            out = wide - self._means(wide, 0)[self._groups[0]]
        else:
            # The second pass takes out what rounding left in the first: 1e-13 instead of 1e-10
            # of the level, measured on a column with mean 1e6.
            out = self._off_two(self._off_two(wide))
        return out.reshape(values.shape)

    def _means(self, values: Floats, which: int) -> Floats:
        weighted = values if self._weights is None else values * self._weights[:, None]
        total = sums(self._groups[which], weighted, self._levels[which])
        means: Floats = total / self._totals[which][:, None]
        return means

    def _off_balanced(self, values: Floats) -> Floats:
        centred = values - values.mean(axis=0)
        large, small = self._groups
        out: Floats = centred - self._means(centred, 0)[large]
        out -= self._means(out, 1)[small]
        return out

    def _off_two(self, values: Floats) -> Floats:
        large, small = self._groups
        out = values - self._means(values, 0)[large]
        if not len(self._free):
            return out
        weighted = out if self._weights is None else out * self._weights[:, None]
        right = sums(small, weighted, self._levels[1])[self._free]
        effects = np.zeros((self._levels[1], values.shape[1]))
        effects[self._free] = self._solve(right)
        back = np.asarray(self._cells @ effects) / self._totals[0][:, None]
        out -= effects[small]
        out += back[large]
        return out

    def _solve(self, right: Floats) -> Floats:
        if self._factor is not None:
            solved: Floats = cho_solve(self._factor, right)
            return solved
        inverse = sparse.diags(1.0 / self._sparse_normal.diagonal())
        columns = [
            cg(self._sparse_normal, right[:, at], rtol=1e-13, atol=0.0, maxiter=20_000, M=inverse)[
                0
            ]
            for at in range(right.shape[1])
        ]
        return np.column_stack(columns)
