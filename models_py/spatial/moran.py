"""Moran's I of one cross-section, over all regions and for each. Who is near is in `neighbours`.

Our own arithmetic rather than esda's: esda 2.9 brings geopandas, shapely, pyproj and scikit-learn
with it and takes seconds to import, for formulas of a page. Tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from scipy.special import ndtr

from models_py.spatial.errors import SpatialError, listed
from models_py.spatial.neighbours import EdgeList, Neighbours
from models_py.spatial.values import FEWEST_REGIONS, Values, by_region, deviations

NUMBERS_A_CHUNK: Final = 2_000_000
"""Shuffled values held at once: 16 MB, whatever the number of regions and draws."""

TIE: Final = 1e-12
"""A draw this little below the statistic counts as large: sums in another order differ by less."""

LOCAL_COLUMNS: Final = [
    "region_code",
    "value",
    "lag",
    "local_i",
    "expectation",
    "variance",
    "z",
    "p_analytic",
    "p",
    "p_two_sided",
    "quadrant",
    "n_neighbours",
]

Isolates = Literal["drop", "keep"]


@dataclass(frozen=True)
class Moran:
    """Moran's I and what it would be if values lay anywhere.

    Attributes:
        i: the statistic.
        expectation: -1 / (n - 1).
        variance_randomisation: if every order of these values were equally likely.
        z_randomisation: (i - expectation) over its root; not a number where the variance is zero.
        p_randomisation: two-sided, normal.
        variance_normality: if the values were independent draws of one normal distribution.
        z_normality: as above.
        p_normality: as above.
        p_permutation: (1 + draws at least as large as i) / (1 + draws), one-sided greater; near
            one where neighbours are unlike. Not a number without draws.
        permutation_mean: of the statistic over the draws.
        permutation_sd: likewise.
        n: regions in the formulas: those with neighbours under ``isolates="drop"``, else all.
        s0: sum of the weights.
        n_links: edges, counted in each direction.
        isolates: regions without neighbours.
        isolates_treated: ``drop`` or ``keep``.
        directed: the neighbours are not mutual, as lists of nearest neighbours are not.
        standardise: as asked.
        permutations: draws.
        seed: of the draws.
        local: a row a region: ``region_code``, ``value``, ``lag`` (weighted sum of neighbours'
            deviations from the mean), ``local_i``, ``expectation``, ``variance``, ``z`` and
            ``p_analytic`` (two-sided, normal) under conditional randomisation (Sokal, Oden and
            Thomson 1998), ``p``, ``p_two_sided``, ``quadrant``, ``n_neighbours``.
            ``p`` is (1 + draws as extreme on the side where the statistic lies) / (1 + draws) with
            the region's own value held: GeoDa's and esda's pseudo p, below 0.05 for one region in
            ten by chance alone; ``p_two_sided`` doubles it. Neither is adjusted for looking at
            many regions. An isolate has local_i zero, no p, and the quadrant of a lag of zero.
    """

    i: float
    expectation: float
    variance_randomisation: float
    z_randomisation: float
    p_randomisation: float
    variance_normality: float
    z_normality: float
    p_normality: float
    p_permutation: float
    permutation_mean: float
    permutation_sd: float
    n: int
    s0: float
    n_links: int
    isolates: tuple[str, ...]
    isolates_treated: str
    directed: bool
    standardise: str | None
    permutations: int
    seed: int
    local: pd.DataFrame

    def sentence(self) -> str:
        """What was found, in a sentence."""
        draws = f"p = {self.p_permutation:.3g} from {self.permutations:,} permutations"
        p = self.p_permutation
        if not self.permutations:
            draws = f"p = {self.p_randomisation:.3g}, normal approximation"
            p = self.p_randomisation if self.i > self.expectation else 1.0
        found = "neighbours are more alike than chance makes them"
        if p > 0.05:
            found = "neighbours are no more alike than chance makes them"
        left = ""
        if self.isolates:
            how = "not counted in n" if self.isolates_treated == "drop" else "counted in n"
            left = f", {listed(self.isolates)} without neighbours {how}"
        return f"Moran's I is {self.i:.3f} ({draws}; {self.n} regions{left}): {found}."


def moran(
    values: Values,
    neighbours: EdgeList,
    *,
    standardise: str | None = "row",
    permutations: int = 999,
    seed: int = 0,
    isolates: Isolates = "drop",
    directed: bool | None = None,
) -> Moran:
    """Moran's I (Moran 1950), its moments (Cliff and Ord 1981, 2.3) and local ones (Anselin 1995).

    Args:
        values: one number a region, of one year; a mapping, or a series indexed by region.
        neighbours: a mapping from a region to its neighbours, or a frame with an edge a row; see
            `Neighbours.read`.
        standardise: ``row``, ``none`` (also None, ``binary``), ``global``, ``unit`` or
            ``variance``, or spdep's letter for it; see `Neighbours.standardised`.
        permutations: draws, for the one statistic and for each region's; 0 for none.
        seed: of the draws; the same seed gives the same p whatever the order of the rows.
        isolates: regions without neighbours add nothing to the sum. ``drop``: nor do they count
            in n (spdep's adjust.n=TRUE; their values stay in the mean and the variance).
            ``keep``: they count in n (PySAL).
        directed: None, True or False; see `Neighbours.read`.

    Raises:
        SpatialError: values or neighbours no statistic can come from, in a sentence.
    """
    _check_call(permutations, seed, isolates)
    numbers = by_region(values)
    z, scale = deviations(numbers, "Moran's I")
    near = Neighbours.read(neighbours, numbers.index, directed=directed)
    weights = near.standardised(standardise)
    n = _counted(near, isolates)
    global_seed, local_seed = np.random.SeedSequence(seed).spawn(2)
    return Moran(
        **_tested(weights, z, n, permutations, global_seed),
        n=n,
        s0=float(weights.sum()),
        n_links=int(near.weights.nnz),
        isolates=near.isolates,
        isolates_treated=isolates,
        directed=near.directed,
        standardise=standardise,
        permutations=permutations,
        seed=seed,
        local=_local(weights, z, scale, permutations, local_seed).assign(
            region_code=numbers.index, value=numbers.to_numpy()
        )[LOCAL_COLUMNS],
    )


def _check_call(permutations: int, seed: int, isolates: str) -> None:
    whole = isinstance(permutations, (int, np.integer)) and not isinstance(permutations, bool)
    if not whole or permutations < 0:
        raise SpatialError(f"{permutations} permutations cannot be drawn; give 0 or more.")
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise SpatialError(f"The seed must be a whole number from 0 up, not {seed}.")
    if isolates not in ("drop", "keep"):
        raise SpatialError(f"Isolates are dropped ('drop') or kept ('keep'), not '{isolates}'.")


def _counted(near: Neighbours, isolates: str) -> int:
    """Regions in the formulas."""
    n = len(near.regions) - (len(near.isolates) if isolates == "drop" else 0)
    if n < FEWEST_REGIONS:
        raise SpatialError(
            f"Moran's I needs at least {FEWEST_REGIONS} regions with neighbours; there are {n}.",
            near.isolates,
        )
    return n


def _tested(
    weights: Any, z: Any, n: int, draws: int, seed: np.random.SeedSequence
) -> dict[str, float]:
    """The statistic, its moments and their p, under the names that `Moran` has for them."""
    to_i = n / float(weights.sum()) / float(z @ z)
    statistic = to_i * float(z @ (weights @ z))
    expectation, randomisation, normality = _moments(weights, z, n)
    z_random, p_random = _normal(statistic - expectation, randomisation)
    z_normal, p_normal = _normal(statistic - expectation, normality)
    drawn = to_i * _shuffled(weights, z, draws, seed)
    as_large = int(np.count_nonzero(drawn >= statistic - TIE))
    return {
        "i": statistic,
        "expectation": expectation,
        "variance_randomisation": randomisation,
        "z_randomisation": z_random,
        "p_randomisation": p_random,
        "variance_normality": normality,
        "z_normality": z_normal,
        "p_normality": p_normal,
        "p_permutation": (1 + as_large) / (1 + draws) if draws else np.nan,
        "permutation_mean": float(drawn.mean()) if draws else np.nan,
        "permutation_sd": float(drawn.std(ddof=1)) if draws > 1 else np.nan,
    }


def _moments(weights: Any, z: Any, n: int) -> tuple[float, float, float]:
    """Expectation and the two variances (Cliff and Ord 1981, equations 2.28 to 2.32).

    The kurtosis is that of all values, isolates' too, whatever n is: so does spdep.
    """
    s0 = float(weights.sum())
    both = weights + weights.T
    s1 = float(both.power(2).sum()) / 2
    s2 = float(((weights.sum(axis=0) + weights.sum(axis=1)) ** 2).sum())
    kurtosis = len(z) * float((z**4).sum()) / float(z @ z) ** 2
    expectation = -1 / (n - 1)
    normality = (n * n * s1 - n * s2 + 3 * s0**2) / (s0**2 * (n * n - 1)) - expectation**2
    above = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    above -= kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    randomisation = above / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expectation**2
    return expectation, randomisation, normality


def _normal(difference: float, variance: float) -> tuple[float, float]:
    if variance <= TIE:
        return np.nan, np.nan
    z = difference / float(np.sqrt(variance))
    return z, float(2 * ndtr(-abs(z)))


def _chunks(draws: int, width: int) -> Iterator[int]:
    size = max(1, NUMBERS_A_CHUNK // max(1, width))
    for start in range(0, draws, size):
        yield min(size, draws - start)


def _shuffled(weights: Any, z: Any, draws: int, seed: np.random.SeedSequence) -> Any:
    """The sum of w_ij z_i z_j for each draw of an order of z."""
    random = np.random.default_rng(seed)
    sums = [
        np.einsum("ij,ij->j", order, weights @ order)
        for rows in _chunks(draws, len(z))
        for order in [random.permuted(np.tile(z, (rows, 1)), axis=1).T]
    ]
    return np.concatenate(sums) if sums else np.empty(0)


def _local(
    weights: Any, z: Any, scale: float, draws: int, seed: np.random.SeedSequence
) -> pd.DataFrame:
    n = len(z)
    m2 = float(z @ z) / n
    lag = weights @ z
    local = z * lag / m2
    total, squared = weights.sum(axis=1), weights.power(2).sum(axis=1)
    expectation = -(z**2) * total / ((n - 1) * m2)
    spread = n / (n - 2) * (squared - total**2 / (n - 1)) * (m2 - z**2 / (n - 1))
    variance = (z / m2) ** 2 * spread
    known = variance > TIE * local**2
    standard = np.full(n, np.nan)
    standard[known] = (local - expectation)[known] / np.sqrt(variance[known])
    high, near_high = z > 0, lag > 0
    p = _conditional_p(weights, z, lag, draws, seed)
    return pd.DataFrame(
        {
            "lag": lag * scale,
            "local_i": local,
            "expectation": expectation,
            "variance": variance,
            "z": standard,
            "p_analytic": 2 * ndtr(-np.abs(standard)),
            "p": p,
            "p_two_sided": np.minimum(1, 2 * p),
            "quadrant": np.where(
                high, np.where(near_high, "HH", "HL"), np.where(near_high, "LH", "LL")
            ),
            "n_neighbours": np.diff(weights.indptr),
        }
    )


def _conditional_p(weights: Any, z: Any, lag: Any, draws: int, seed: np.random.SeedSequence) -> Any:
    """A region's value stays, the others' are dealt to its neighbours.

    All regions share the dealt positions, as in esda: each p is right by itself, and 3,000 regions
    need one set of draws instead of 3,000.
    """
    n, counts = len(z), np.diff(weights.indptr)
    if not draws:
        return np.full(n, np.nan)
    random = np.random.default_rng(seed)
    most = int(counts.max())
    above, below = np.zeros(n, dtype=np.intp), np.zeros(n, dtype=np.intp)
    for rows in _chunks(draws, n - 1):
        dealt = random.permuted(np.tile(np.arange(n - 1), (rows, 1)), axis=1)[:, :most]
        for i in np.flatnonzero(counts):
            others = np.delete(z, i)
            given = weights.data[weights.indptr[i] : weights.indptr[i + 1]]
            drawn = z[i] * (others[dealt[:, : counts[i]]] @ given)
            ours = z[i] * lag[i]
            tie = TIE * abs(z[i]) * float(np.abs(given).sum())
            above[i] += np.count_nonzero(drawn >= ours - tie)
            below[i] += np.count_nonzero(drawn <= ours + tie)
    p = (1 + np.minimum(above, below)) / (1 + draws)
    return np.where(counts > 0, p, np.nan)
