"""What each indicator does to the ranks: left out one at a time, and Sobol shares of its weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models_py.index.composite import apply, reference_rows
from models_py.index.errors import ScoreError, listed
from models_py.index.evaluation import Evaluated, evaluate
from models_py.index.lab import CHUNK, draw_ranks
from models_py.index.normalisation import Array
from models_py.index.scheme import Indicators, Scheme, given_weights, indicators_of
from models_py.index.table import Table, read
from models_py.index.weighting import contributions, rank, shares


def one_at_a_time(
    frame: pd.DataFrame,
    indicators: Indicators,
    scheme: Scheme,
    *,
    region: str = "region_code",
    year: str = "year",
) -> pd.DataFrame:
    """What leaving out each indicator does to the ranks.

    Args:
        frame: as of `score`.
        indicators: two at least.
        scheme: given and equal weights are shared out among the others.
        region: column of region codes.
        year: column of years.

    Returns:
        year, indicator_code, weight, mean_shift (mean of |rank without - rank with|), max_shift,
        most_moved (the region that moves most), most_moved_by (rank without minus with);
        the largest mean shift of a year first.

    Raises:
        ScoreError: the scheme is refused, with all indicators or without one of them.
    """
    system = indicators_of(indicators)
    if len(system) < 2:
        raise ScoreError("Leaving out the only indicator leaves no index; give two at least.")
    whole = apply(frame, system, scheme, region=region, year=year)
    table = read(frame, system, scheme, region, year)
    width = len(system)
    values = np.broadcast_to(table.values, (width, *table.values.shape))
    kept = ~np.eye(width, dtype=bool)
    moved = draw_ranks(table, scheme, values, kept, _given(table, scheme))
    moved = moved - whole.scores["rank"].to_numpy()
    rows = []
    for one in np.unique(table.years):
        mine = table.years == one
        shift = moved[:, mine]
        most = np.abs(shift).argmax(axis=1)
        weights = whole.weights.loc[whole.weights["year"] == one, "weight"].to_numpy()
        found = pd.DataFrame(
            {
                "year": one,
                "indicator_code": table.codes,
                "weight": weights,
                "mean_shift": np.abs(shift).mean(axis=1),
                "max_shift": np.abs(shift).max(axis=1).astype(int),
                "most_moved": table.regions[mine][most],
                "most_moved_by": shift[np.arange(width), most].astype(int),
            }
        )
        rows.append(found.sort_values("mean_shift", ascending=False, kind="stable"))
    return pd.concat(rows, ignore_index=True)


def sobol(
    frame: pd.DataFrame,
    indicators: Indicators,
    scheme: Scheme,
    *,
    spread: float = 0.5,
    of: Any = "rank_shift",
    base: int = 1024,
    seed: int = 0,
    region: str = "region_code",
    year: str = "year",
) -> pd.DataFrame:
    """Sobol shares: how much of what uncertain weights do comes from each indicator's weight.

    Each weight is multiplied by an independent uniform number from 1 - spread to 1 + spread, and
    all are scaled to add to one again. The output is the mean shift of ranks from the scheme's own
    (Saisana, Saltelli and Tarantola, 2005), or the score of one region. Estimated by SALib:
    Saltelli et al. (2010), Computer Physics Communications 181.

    Args:
        frame: as of `score`.
        indicators: two at least.
        scheme: whose weights are varied.
        spread: above zero, at most one.
        of: ``rank_shift``, or a region's code.
        base: points of the Sobol sequence, a power of two; the scheme is summed up
            base x (indicators + 2) times a year.
        seed: of the scrambling and of the intervals.
        region: column of region codes.
        year: column of years.

    Returns:
        year, indicator_code, first_order, first_order_ci, total_order, total_order_ci (half
        widths of 95 % intervals), output_mean, output_variance.

    Raises:
        ScoreError: the scheme is refused, the region is not there, or nothing varies.
    """
    system = indicators_of(indicators)
    if len(system) < 2 or not 0 < spread <= 1 or base < 2 or base & (base - 1):
        raise ScoreError(
            f"Sobol shares need two indicators at least, a spread above 0 and at most 1, and a "
            f"power of two of points; these are {len(system)}, {spread} and {base}."
        )
    whole = apply(frame, system, scheme, region=region, year=year)
    table = read(frame, system, scheme, region, year)
    problem = {
        "num_vars": len(system),
        "names": table.codes,
        "bounds": [[1 - spread, 1 + spread]] * len(system),
    }
    points = _points(problem, base, seed)
    rows = []
    for one, found, mine in _by_year(table, scheme):
        own = whole.scores["rank"].to_numpy()[table.years == one]
        output = _output(found, scheme, points, mine, own, _place(table, one, of))
        _varies(output, of, table, one, scheme)
        rows.append(_shared(problem, output, seed).assign(year=one))
    result = pd.concat(rows, ignore_index=True)
    return result[["year", *result.columns.drop("year")]]


def _varies(output: Array, of: Any, table: Table, one: int, scheme: Scheme) -> None:
    # Shares of a variance that is rounding would be noise that looks like a finding.
    if output.std() <= 1e-12 * max(1.0, abs(float(output.mean()))):
        raise ScoreError(
            f"In {one} no weight of {listed(table.codes, 3)} moves the output ({of}) of the "
            f"scheme {scheme.name}: there is no variance to share out; widen the spread.",
            table.codes,
            [one],
            scheme.name,
        )


def _points(problem: dict[str, Any], base: int, seed: int) -> Array:
    from SALib.sample import sobol as sample

    return np.asarray(sample.sample(problem, base, calc_second_order=False, seed=seed))


def _shared(problem: dict[str, Any], output: Array, seed: int) -> pd.DataFrame:
    """The shares of one year's output."""
    from SALib.analyze import sobol as analysis

    # SALib 1.6.0 takes a seed of 0 for none, and its intervals then change from run to run.
    said = analysis.analyze(problem, output, calc_second_order=False, seed=seed + 1)
    return pd.DataFrame(
        {
            "indicator_code": problem["names"],
            "first_order": said["S1"],
            "first_order_ci": said["S1_conf"],
            "total_order": said["ST"],
            "total_order_ci": said["ST_conf"],
            "output_mean": output.mean(),
            "output_variance": output.var(),
        }
    )


def _given(table: Table, scheme: Scheme) -> Any:
    if scheme.weighting != "given":
        return None
    return np.array(given_weights(table.indicators, scheme))


def _place(table: Table, one: int, of: Any) -> int | None:
    """Where the region asked for stands among a year's rows."""
    if of == "rank_shift":
        return None
    found = np.flatnonzero(table.regions[table.years == one] == of)
    if not len(found):
        raise ScoreError(f"There is no region {of} in {one}; ask for one of it or for rank_shift.")
    return int(found[0])


def _by_year(table: Table, scheme: Scheme) -> Any:
    """Each year, the numbers of its pool, and which rows of the pool are the year's."""
    reference = reference_rows(table, scheme)
    for years, rows in table.pools(scheme):
        found = evaluate(
            table.values[rows],
            table.negative,
            scheme,
            given=_given(table, scheme),
            reference=reference,
        )
        for one in years:
            yield one, found, table.years[rows] == one


def _output(
    found: Evaluated, scheme: Scheme, points: Array, mine: Any, own: Array, place: int | None
) -> Array:
    """The model's output at each point."""
    values = found.summed[mine]
    output = np.empty(len(points))
    chunk = max(1, CHUNK // values.size)
    for begin in range(0, len(points), chunk):
        weights = shares(points[begin : begin + chunk] * found.weights.weight)
        spread = np.broadcast_to(values, (len(weights), *values.shape))
        scores = contributions(spread, weights, scheme.aggregation).sum(axis=-1)
        if place is None:
            output[begin : begin + chunk] = np.abs(rank(scores) - own).mean(axis=-1)
        else:
            raw = np.exp(scores) if scheme.aggregation == "geometric" else scores
            output[begin : begin + chunk] = raw[:, place]
    return output
