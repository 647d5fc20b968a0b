"""A composite index from a frame: the twin of the fusion macros. No warehouse, no sensitivity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models_py.index.errors import ScoreError
from models_py.index.evaluation import Evaluated, evaluate
from models_py.index.refusals import Pool, check
from models_py.index.scheme import Indicators, Scheme, given_weights, indicators_of
from models_py.index.table import Table, read
from models_py.index.weighting import rank


@dataclass(frozen=True)
class Index:
    """A composite index.

    Attributes:
        scores: scheme, region_code, year, score, rank (within the year, 1 the highest).
        weights: scheme, year, indicator_code, layer, direction, entropy, divergence, weight; one
            row a year also where years are pooled; entropy is missing under other weightings.
        layer_scores: scheme, region_code, year, layer, score; a layer's share of the score: they
            add to it, or multiply to it where the mean is geometric.
        normalised: scheme, region_code, year, indicator_code, value: as the sum sees them.
        scheme: how it was computed.
        shifts: what was added to the normalised values, by year.
        warnings: sentences: constant indicators, imputed values, years with fewer regions.
    """

    scores: pd.DataFrame
    weights: pd.DataFrame
    layer_scores: pd.DataFrame
    normalised: pd.DataFrame
    scheme: Scheme
    shifts: dict[int, float]
    warnings: tuple[str, ...]


def score(
    frame: pd.DataFrame,
    indicators: Indicators,
    *,
    region: str = "region_code",
    year: str = "year",
    normalisation: str = "min_max",
    weighting: str = "entropy",
    aggregation: str = "additive",
    pool: str = "year",
    imputation: str = "none",
    base_year: int | None = None,
    shift: float | None = None,
    shift_scores: bool = True,
    floor: float | None = None,
    scheme: str = "",
) -> Index:
    """A composite index of regions by a declared scheme.

    Formulas: `normalisation.normalise`, `weighting.entropy_weights` and ``critic_weights``; the
    score is sum w x, or prod x^w where geometric.

    Args:
        frame: one row a region and year, one column an indicator, in any unit.
        indicators: `Indicator` objects, mappings with their fields, or code: direction.
        region: column of region codes.
        year: column of years.
        normalisation: min_max, min_max_base, z_score_shifted, ratio_to_mean, rank or none.
        weighting: entropy, equal, given or critic.
        aggregation: additive or geometric.
        pool: ``year`` scales and weighs within each year, ``all`` over all years: scores are then
            comparable over time, and an added year moves last year's.
        imputation: none, mean_of_year, drop_region or available_case.
        base_year: whose ends min_max_base keeps; the frame's first year where not named.
        shift: added to the normalised values; see `Scheme`.
        shift_scores: whether the shifted values are summed, or only give the weights.
        floor: of geometric aggregation: lower values are raised to it.
        scheme: the scheme's name; composed from the choices where not given.

    Returns:
        The index.

    Raises:
        ScoreError: the data or the scheme is refused; the sentence names indicator, year, rule.
    """
    declared = Scheme(
        normalisation,
        weighting,
        aggregation,
        pool,
        imputation,
        base_year,
        shift,
        shift_scores,
        floor,
        scheme,
    )
    return apply(frame, indicators, declared, region=region, year=year)


def apply(
    frame: pd.DataFrame,
    indicators: Indicators,
    scheme: Scheme,
    *,
    region: str = "region_code",
    year: str = "year",
) -> Index:
    """`score` by a scheme object."""
    system = indicators_of(indicators)
    given = np.array(given_weights(system, scheme)) if scheme.weighting == "given" else None
    table = read(frame, system, scheme, region, year)
    reference = reference_rows(table, scheme)
    warnings = [*table.warnings, *_fewer(table)]
    pieces, shifts = [], {}
    for years, rows in table.pools(scheme):
        values = table.values[rows]
        found = evaluate(values, table.negative, scheme, given=given, reference=reference)
        named = Pool(scheme, years, table.regions[rows], table.codes)
        warnings += check(named, values, table.negative, found, reference)
        pieces.append((years, rows, found))
        shifts.update(dict.fromkeys(years, float(found.shift)))
    return Index(
        _scores(table, scheme, pieces),
        _weights(table, scheme, pieces),
        _layers(table, scheme, pieces),
        _normalised(table, scheme, pieces),
        scheme,
        shifts,
        tuple(warnings),
    )


def reference_rows(table: Table, scheme: Scheme) -> Any:
    """The base year's rows, where the scheme has one.

    Raises:
        ScoreError: the table has no such year.
    """
    if scheme.normalisation != "min_max_base":
        return None
    base = int(table.years.min()) if scheme.base_year is None else scheme.base_year
    rows = table.years == base
    if not rows.any():
        raise ScoreError(
            f"No row is of the base year {base}: the scheme {scheme.name} scales every indicator "
            f"by that year's ends; the frame has {table.years.min()} to {table.years.max()}.",
            table.codes,
            [base],
            scheme.name,
        )
    return table.values[rows]


Pieces = list[tuple[list[int], Any, Evaluated]]


def _fewer(table: Table) -> list[str]:
    """Years in which a region that others have is absent."""
    every = set(table.regions.tolist())
    found = []
    for one in np.unique(table.years):
        gone = every - set(table.regions[table.years == one].tolist())
        if gone:
            found.append(
                f"{len(gone)} of {len(every)} regions have no row in {one}: ranks of that year "
                "are among the others."
            )
    return found


def _scores(table: Table, scheme: Scheme, pieces: Pieces) -> pd.DataFrame:
    scores = np.empty(len(table.years))
    ranks = np.empty(len(table.years), dtype=np.int64)
    for _, rows, found in pieces:
        scores[rows] = found.scores
    for one in np.unique(table.years):
        rows = table.years == one
        ranks[rows] = rank(scores[rows])
    return pd.DataFrame(
        {
            "scheme": scheme.name,
            "region_code": table.regions,
            "year": table.years,
            "score": scores,
            "rank": ranks,
        }
    )


def _weights(table: Table, scheme: Scheme, pieces: Pieces) -> pd.DataFrame:
    directions = np.where(table.negative, "negative", "positive")
    layers = [indicator.layer for indicator in table.indicators]
    parts = [
        pd.DataFrame(
            {
                "scheme": scheme.name,
                "year": one,
                "indicator_code": table.codes,
                "layer": layers,
                "direction": directions,
                "entropy": found.weights.entropy,
                "divergence": found.weights.divergence,
                "weight": found.weights.weight,
            }
        )
        for years, _, found in pieces
        for one in years
    ]
    return pd.concat(parts, ignore_index=True)


def _layers(table: Table, scheme: Scheme, pieces: Pieces) -> pd.DataFrame:
    layers = list(dict.fromkeys(indicator.layer for indicator in table.indicators))
    of = np.array([layers.index(indicator.layer) for indicator in table.indicators])
    sums = np.zeros((len(table.years), len(layers)))
    for _, rows, found in pieces:
        for place in range(len(layers)):
            sums[rows, place] = found.parts[:, of == place].sum(axis=1)
    if scheme.aggregation == "geometric":
        sums = np.exp(sums)
    return pd.DataFrame(
        {
            "scheme": scheme.name,
            "region_code": np.repeat(table.regions, len(layers)),
            "year": np.repeat(table.years, len(layers)),
            "layer": np.tile(np.array(layers, dtype=object), len(table.years)),
            "score": sums.ravel(),
        }
    )


def _normalised(table: Table, scheme: Scheme, pieces: Pieces) -> pd.DataFrame:
    values = np.empty_like(table.values)
    for _, rows, found in pieces:
        values[rows] = found.summed
    width = len(table.codes)
    return pd.DataFrame(
        {
            "scheme": scheme.name,
            "region_code": np.repeat(table.regions, width),
            "year": np.repeat(table.years, width),
            "indicator_code": np.tile(np.array(table.codes, dtype=object), len(table.years)),
            "value": values.ravel(),
        }
    )
