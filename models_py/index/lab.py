"""Index lab: how far a rank depends on choices, by Monte Carlo over schemes, removal and noise.

What single indicators do is in `influence`, what changed between two editions in `editions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models_py.index.composite import Index, apply
from models_py.index.errors import ScoreError, listed
from models_py.index.evaluation import Evaluated, evaluate
from models_py.index.normalisation import Array, Flags, constant
from models_py.index.scheme import Indicator, Indicators, Scheme, given_weights, indicators_of
from models_py.index.table import Table, read
from models_py.index.weighting import rank

# Numbers a chunk of draws holds, half a megabyte an array: 10,000 draws on 41 by 22 take 0.37 s,
# with 2^13 (overhead) 0.67 s and with 2^19 (beyond the cache) 0.47 s.
CHUNK = 2**16
# Ranks kept until the percentiles: 2 GB at four bytes.
MOST_RANKS = 500_000_000


@dataclass(frozen=True)
class Sensitivity:
    """Rank intervals.

    Attributes:
        ranks: region_code, year, rank_mean, rank_p05, rank_p95, n_draws.
        schemes: scheme, n_draws, mean_shift: how far the scheme alone, without removal and
            noise, moves a rank from the first scheme's, on average.
        warnings: sentences of the schemes.
    """

    ranks: pd.DataFrame
    schemes: pd.DataFrame
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Draws:
    """What each draw does: the place of its scheme, and which indicators stay in it."""

    scheme: Any
    kept: Flags


def sensitivity(
    frame: pd.DataFrame,
    indicators: Indicators,
    schemes: Sequence[Scheme],
    *,
    draws: int = 10_000,
    removed: int = 1,
    noise: float = 0.05,
    seed: int = 0,
    region: str = "region_code",
    year: str = "year",
) -> Sensitivity:
    """Rank intervals over schemes, indicators left out and errors of measurement.

    Each draw takes one of the schemes, leaves out none to ``removed`` indicators (each number as
    likely), and multiplies every value by a lognormal error of mean one; constant indicators and
    zeros stay as they are. After Saisana, Saltelli and Tarantola (2005), Journal of the Royal
    Statistical Society A 168(2).

    Args:
        frame: as of `score`.
        indicators: as of `score`.
        schemes: those a draw may take; all with one imputation.
        draws: how many.
        removed: most indicators left out at once.
        noise: sd of the log error: 0.05 is about 5 per cent.
        seed: of the draws.
        region: column of region codes.
        year: column of years.

    Returns:
        The intervals, by region and year.

    Raises:
        ScoreError: a scheme is refused on the data, or on a draw; none is passed over.
    """
    system = indicators_of(indicators)
    chosen = _checked(system, list(schemes), draws, removed, noise)
    singles = [apply(frame, system, scheme, region=region, year=year) for scheme in chosen]
    table = read(frame, system, chosen[0], region, year)
    if draws * len(table.years) > MOST_RANKS:
        raise ScoreError(
            f"{draws:,} draws of {len(table.years):,} region-years are more ranks than fit in "
            f"memory ({MOST_RANKS:,}); take fewer draws, or the years one by one."
        )
    rng = np.random.default_rng(seed)
    plan = _plan(rng, len(chosen), len(system), draws, removed)
    ranks = np.empty((draws, len(table.years)), dtype=np.int32)
    for place, scheme in enumerate(chosen):
        mine = np.flatnonzero(plan.scheme == place)
        for rows, found in _drawn(table, scheme, plan.kept[mine], noise, rng):
            ranks[mine[rows]] = found
    return Sensitivity(
        _summary(table, ranks),
        _compared(chosen, singles, plan),
        tuple(dict.fromkeys(line for single in singles for line in single.warnings)),
    )


def _checked(
    system: tuple[Indicator, ...], schemes: list[Scheme], draws: int, removed: int, noise: float
) -> list[Scheme]:
    """The schemes, unless the call asks for what cannot be drawn."""
    names = [scheme.name for scheme in schemes]
    if not names or len(set(names)) < len(names):
        raise ScoreError(f"Sensitivity needs schemes, each once; given were: {listed(names)}.")
    if len({scheme.imputation for scheme in schemes}) > 1:
        raise ScoreError(
            f"The schemes {listed(names)} treat missing values differently, so that their ranks "
            "are of different regions; give all the same imputation."
        )
    if draws < 1 or not 0 <= noise < 1:
        raise ScoreError(f"{draws} draws with noise {noise}: at least 1, and from 0 to below 1.")
    # CRITIC compares two indicators at least.
    least = 2 if any(scheme.weighting == "critic" for scheme in schemes) else 1
    if not 0 <= removed <= len(system) - least:
        raise ScoreError(
            f"{removed} of {len(system)} indicators cannot be left out at once: the schemes "
            f"{listed(names)} need {least} that stay."
        )
    return schemes


def _plan(rng: np.random.Generator, schemes: int, width: int, draws: int, removed: int) -> _Draws:
    scheme = rng.integers(schemes, size=draws)
    gone = rng.integers(removed + 1, size=draws)
    place = rng.random((draws, width)).argsort(axis=1).argsort(axis=1)
    return _Draws(scheme, place >= gone[:, None])


def _drawn(
    table: Table, scheme: Scheme, kept: Flags, noise: float, rng: np.random.Generator
) -> Iterator[tuple[Any, Array]]:
    """Ranks of one scheme's draws, a chunk at a time, with the places of the draws."""
    given = None
    if scheme.weighting == "given":
        given = np.array(given_weights(table.indicators, scheme))
    chunk = max(1, CHUNK // table.values.size)
    for begin in range(0, len(kept), chunk):
        rows = np.arange(begin, min(begin + chunk, len(kept)))
        values = _noisy(table, scheme, len(rows), noise, rng)
        yield rows, draw_ranks(table, scheme, values, kept[rows], given)


def _noisy(
    table: Table, scheme: Scheme, draws: int, noise: float, rng: np.random.Generator
) -> Array:
    if noise == 0:
        return np.broadcast_to(table.values, (draws, *table.values.shape))
    values = rng.standard_normal((draws, *table.values.shape))
    values *= noise
    values -= noise**2 / 2
    np.exp(values, out=values)
    values *= table.values
    # An error would give a constant indicator all the spread it lacks.
    for _, rows in table.pools(scheme):
        still = np.flatnonzero(constant(table.values[rows]))
        if len(still):
            values[:, rows[:, None], still] = table.values[rows[:, None], still]
    return values


def draw_ranks(
    table: Table, scheme: Scheme, values: Array, kept: Flags, given: Array | None
) -> Array:
    """Ranks within each year over drawn values: (draws, rows).

    Args:
        table: whose rows the values are of.
        scheme: the scheme.
        values: (draws, rows, indicators).
        kept: which indicators take part, (draws, indicators).
        given: weights, where the scheme's are given.

    Returns:
        Ranks, 1 the highest.

    Raises:
        ScoreError: the scheme cannot be applied to some draws.
    """
    scores = np.empty(values.shape[:-1])
    reference = None
    if scheme.normalisation == "min_max_base":
        base = int(table.years.min()) if scheme.base_year is None else scheme.base_year
        reference = values[:, table.years == base]
    for years, rows in table.pools(scheme):
        whole = len(rows) == values.shape[-2]
        found = evaluate(
            values if whole else values[:, rows],
            table.negative,
            scheme,
            given=given,
            reference=reference,
            kept=kept,
        )
        failed = ~_usable(found, scheme, kept)
        if failed.any():
            at = int(np.flatnonzero(failed)[0])
            gone = [code for code, stays in zip(table.codes, kept[at], strict=True) if not stays]
            without = listed(gone) or "none"
            raise ScoreError(
                f"The scheme {scheme.name} ({scheme.rule}) cannot be applied to {failed.sum()} of "
                f"{len(failed)} draws in {listed(years)}: in the first (indicators left out: "
                f"{without}) a value, or the sum of the weights that stay, is zero or below where "
                "the rule needs more; take less noise, fewer indicators out, or another scheme.",
                gone,
                years,
                scheme.name,
            )
        scores[:, rows] = found.scores
    ranks = np.empty_like(scores)
    for one in np.unique(table.years):
        rows = table.years == one
        ranks[:, rows] = rank(scores[:, rows])
    return ranks


def _usable(found: Evaluated, scheme: Scheme, kept: Flags) -> Flags:
    """Which draws the scheme's rules allow, as `refusals` asks of a single index."""
    fine: Any = np.isfinite(found.scores).all(axis=-1)
    if scheme.weighting == "entropy":
        fine &= ~((found.normalised < 0) & kept[:, None, :]).any(axis=(-1, -2))
    if scheme.aggregation == "geometric":
        counted = (found.weights.weight > 0)[..., None, :]
        fine &= ~((found.summed <= 0) & counted).any(axis=(-1, -2))
    return np.asarray(fine)


def _summary(table: Table, ranks: Any) -> pd.DataFrame:
    low, high = np.percentile(ranks, [5, 95], axis=0)
    return pd.DataFrame(
        {
            "region_code": table.regions,
            "year": table.years,
            "rank_mean": ranks.mean(axis=0),
            "rank_p05": low,
            "rank_p95": high,
            "n_draws": len(ranks),
        }
    )


def _compared(schemes: list[Scheme], singles: list[Index], plan: _Draws) -> pd.DataFrame:
    first = singles[0].scores["rank"].to_numpy()
    return pd.DataFrame(
        {
            "scheme": [scheme.name for scheme in schemes],
            "n_draws": np.bincount(plan.scheme, minlength=len(schemes)),
            "mean_shift": [
                float(np.abs(single.scores["rank"].to_numpy() - first).mean()) for single in singles
            ],
        }
    )
