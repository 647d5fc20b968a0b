"""The wild cluster bootstrap with the null imposed (WCR), enumerated where that is possible.

Cameron, Gelbach and Miller (2008); Roodman, MacKinnon, Nielsen and Webb (2019). The bootstrap
numerator and the cluster scores are linear in the weights, so all resamples are one product of two
matrices. Entities are the clusters. Other tests for few clusters are in modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from models_py.panel.absorb import Floats, sums
from models_py.panel.design import Design
from models_py.panel.errors import PanelError
from models_py.panel.estimate import LEVEL, PanelFit
from models_py.panel.least_squares import residuals_on, solve

WEIGHTS = ("rademacher", "webb")
_WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
# Statistics this close relative to their size are ties: the identity and its mirror reproduce the
# sample, and rounding must not decide on which side of it they fall.
TIE = 1e-9
# Weight matrices are made in chunks of this many numbers.
CHUNK = 4_000_000
MOST_CLUSTERS = 2_000


@dataclass(frozen=True)
class WildBootstrap:
    """A wild cluster bootstrap test of one coefficient.

    Attributes:
        term: its name.
        estimate: its value.
        null: the value tested.
        t: the statistic without small-sample factor, which cancels.
        p: the share of resamples with |t*| >= |t|; when enumerated it counts the sample itself, so
            that it cannot be 0.
        p_strict: the share with |t*| > |t|, as Stata's boottest reports.
        ci_low, ci_high: the nulls that p (or p_strict, where that was asked for) does not reject;
            infinite on a side where no null is rejected, nan where not asked for.
        n_bootstrap: resamples used; when enumerated the 2^G sign patterns there are.
        enumerated: whether these are all there are.
        weights: their kind.
        n_clusters: clusters.
        seed: of the draw; None when enumerated, as nothing is drawn.
        warnings: sentences.
    """

    term: str
    estimate: float
    null: float
    t: float
    p: float
    p_strict: float
    ci_low: float
    ci_high: float
    n_bootstrap: int
    enumerated: bool
    weights: str
    n_clusters: int
    seed: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Parts:
    """Numerator and scores of resamples: linear in the weights and in the null value."""

    estimate: float
    error: float
    numerator: tuple[Floats, Floats]  # (G,) at null 0, and its change a unit of the null
    scores: tuple[Floats, Floats]  # (G, G) likewise

    def statistics(self, weights: Floats, null: float) -> Floats:
        """(B,) |t*| of each row of weights with the null imposed."""
        numerator = weights @ (self.numerator[0] - null * self.numerator[1])
        scores = weights @ (self.scores[0] - null * self.scores[1]).T
        error = np.sqrt((scores**2).sum(axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            out: Floats = np.abs(numerator) / error
        return np.where(np.isnan(out), 0.0, out)


def wild_cluster_bootstrap(
    fit: PanelFit,
    term: str,
    *,
    null: float = 0.0,
    n_bootstrap: int = 9999,
    weights: str = "rademacher",
    seed: int = 0,
    interval: bool = True,
    count_ties: bool = True,
) -> WildBootstrap:
    """Test one coefficient of a fitted model by the restricted wild cluster bootstrap.

    Args:
        fit: a model with a column of entities, which are the clusters.
        term: the coefficient.
        null: the value to test.
        n_bootstrap: resamples; with Rademacher weights and 2^G <= n_bootstrap all 2^G sign
            patterns are used instead, and the p value is exact.
        weights: ``"rademacher"`` or ``"webb"`` (six points, for fewer than about 12 clusters).
        seed: of the resamples.
        interval: whether to invert the test for a 95 % interval.
        count_ties: whether the interval inverts ``p``, or else ``p_strict``, as Stata's boottest.

    Returns:
        The test.

    Raises:
        PanelError: no such term, no entities, too many of them, or unknown weights.
    """
    at = fit.design.position(term)
    _check(fit.design, n_bootstrap, weights)
    parts = _parts(fit.design, at)
    groups = fit.design.n_entities
    enumerated = weights == "rademacher" and groups < 40 and 2**groups <= n_bootstrap
    used = 2**groups if enumerated else n_bootstrap

    def batches() -> Iterator[Floats]:
        return _batches(groups, used, weights, seed, enumerated)

    observed = abs(parts.estimate - null) / parts.error
    strict, equal = _count(parts, batches, null, observed)
    # The sample itself is one of all patterns, and is added to those that are drawn.
    extra = 0 if enumerated else 1

    def p_value(value: float) -> float:
        beyond, level = _count(parts, batches, value, abs(parts.estimate - value) / parts.error)
        return (beyond + level + extra) / (used + extra) if count_ties else beyond / used

    least = 2.0 ** (1 - groups) if weights == "rademacher" else 0.0
    low = high = float("nan")
    if interval and least > 1 - LEVEL:
        low, high = -float("inf"), float("inf")
    elif interval:
        low, high = _invert(parts, p_value)
    return WildBootstrap(
        term=term,
        estimate=parts.estimate,
        null=null,
        t=(parts.estimate - null) / parts.error,
        p=(strict + equal + extra) / (used + extra),
        p_strict=strict / used,
        ci_low=low,
        ci_high=high,
        n_bootstrap=used,
        enumerated=enumerated,
        weights=weights,
        n_clusters=groups,
        seed=None if enumerated else seed,
        warnings=_warnings(groups, weights, (low, high)),
    )


def _check(design: Design, n_bootstrap: int, weights: str) -> None:
    if weights not in WEIGHTS:
        raise PanelError(f"weights is {weights!r}; it is one of {', '.join(WEIGHTS)}.")
    if design.entity is None or design.n_entities < 2:
        raise PanelError(
            "The wild cluster bootstrap needs a column of entities with at least two of them."
        )
    if design.n_entities > MOST_CLUSTERS:
        raise PanelError(
            f"With {design.n_entities:,} clusters the usual clustered standard errors are as good; "
            f"the wild cluster bootstrap is for at most {MOST_CLUSTERS:,}."
        )
    if n_bootstrap < 99:
        raise PanelError(f"n_bootstrap is {n_bootstrap}; use at least 99, 9999 are usual.")


def _warnings(groups: int, weights: str, ends: tuple[float, float]) -> tuple[str, ...]:
    least = 2.0 ** (1 - groups)
    if weights == "rademacher" and least > 1 - LEVEL:
        return (
            f"With {groups} clusters the smallest p value there can be is {least:.3g}, so no value "
            "is rejected at 5 % and the interval is infinite; weights='webb' has more patterns.",
        )
    said = []
    if weights == "rademacher" and groups < 12:
        said.append(
            f"{groups} clusters have only {2 ** (groups - 1):,} different sign patterns, so the p "
            "value moves in steps; weights='webb' has finer ones."
        )
    if np.isinf(ends).any():
        said.append(
            "The wild bootstrap rejects no value however far on a side, so the interval has no end "
            "there."
        )
    return tuple(said)


def _parts(design: Design, at: int) -> _Parts:
    """Work out what resamples need, for any null: residuals are linear in it."""
    codes = design.entity_codes
    x, y = design.x_within, design.y_within
    slopes, bread = solve(x, y)
    influence = x @ bread[:, at]  # the row of (x'x)^-1 x' of the tested coefficient
    residuals = y - x @ slopes
    scores = np.bincount(codes, weights=influence * residuals)
    others = np.delete(x, at, axis=1)
    restricted = [residuals_on(others, y), residuals_on(others, x[:, at])]
    numerator, scored = [], []
    for column in restricted:
        own = np.zeros((design.n, design.n_entities))
        own[np.arange(design.n), codes] = column
        within = design.absorber(own)
        moved = bread @ (x.T @ within)  # (k, G) change of the slopes a unit of each weight
        numerator.append(moved[at])
        left = within - x @ moved
        scored.append(sums(codes, influence[:, None] * left, design.n_entities))
    return _Parts(
        estimate=float(slopes[at]),
        error=float(np.sqrt((scores**2).sum())),
        numerator=(numerator[0], numerator[1]),
        scores=(scored[0], scored[1]),
    )


def _batches(groups: int, used: int, weights: str, seed: int, enumerated: bool) -> Iterator[Floats]:
    size = max(1, CHUNK // groups)
    draw = np.random.default_rng(seed)
    for start in range(0, used, size):
        count = min(size, used - start)
        if enumerated:
            patterns = np.arange(start, start + count)[:, None] >> np.arange(groups)[None, :]
            yield (1 - 2 * (patterns & 1)).astype(np.float64)
            continue
        signs = (1 - 2 * draw.integers(0, 2, size=(count, groups))).astype(np.float64)
        if weights == "webb":
            signs *= _WEBB[draw.integers(0, 3, size=(count, groups))]
        yield signs


def _count(
    parts: _Parts, batches: Callable[[], Iterator[Floats]], null: float, observed: float
) -> tuple[int, int]:
    """Resamples beyond the sample, and level with it."""
    strict = equal = 0
    margin = TIE * max(observed, 1e-300)
    for weights in batches():
        drawn = parts.statistics(weights, null)
        strict += int((drawn > observed + margin).sum())
        equal += int((np.abs(drawn - observed) <= margin).sum())
    return strict, equal


def _invert(parts: _Parts, p_value: Callable[[float], float]) -> tuple[float, float]:
    """The nulls at which the p value crosses 1 - LEVEL, by bracketing and bisection."""

    def excess(null: float) -> float:
        return p_value(null) - (1 - LEVEL) + 1e-12

    ends = []
    for side in (-1.0, 1.0):
        step = 2.0 * parts.error
        for _ in range(12):
            if excess(parts.estimate + side * step) < 0:
                break
            step *= 2
        else:
            ends.append(side * float("inf"))
            continue
        inner, outer = parts.estimate, parts.estimate + side * step
        ends.append(float(brentq(excess, inner, outer, xtol=1e-9 * parts.error, rtol=1e-12)))
    return ends[0], ends[1]
