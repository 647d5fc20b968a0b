"""A frame of regions, years and indicators, read for an index and refused where it is unfit.

No arithmetic but the imputation a scheme names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models_py.index.errors import ScoreError, listed, quoted
from models_py.index.normalisation import Array, Flags
from models_py.index.scheme import Indicator, Scheme


@dataclass(frozen=True)
class Table:
    """What an index is computed from, one row a region and year.

    Attributes:
        regions: codes, as they came, (rows,).
        years: integers, (rows,).
        values: (rows, indicators).
        indicators: in the order of the columns.
        warnings: sentences about what the imputation did.
    """

    regions: Any
    years: Any
    values: Array
    indicators: tuple[Indicator, ...]
    warnings: tuple[str, ...]

    @property
    def negative(self) -> Flags:
        """Which indicators are negative."""
        return np.array([indicator.negative for indicator in self.indicators])

    @property
    def codes(self) -> list[str]:
        """Codes of the indicators."""
        return [indicator.code for indicator in self.indicators]

    def pools(self, scheme: Scheme) -> Iterator[tuple[list[int], Any]]:
        """The years and row numbers over which values are scaled together."""
        every = [int(year) for year in np.unique(self.years)]
        groups = [every] if scheme.pool == "all" else [[year] for year in every]
        for years in groups:
            yield years, np.flatnonzero(np.isin(self.years, years))


def read(
    frame: pd.DataFrame, indicators: Sequence[Indicator], scheme: Scheme, region: str, year: str
) -> Table:
    """A frame as a table that a scheme can be applied to.

    Args:
        frame: one row a region and year, one column an indicator.
        indicators: the indicators.
        scheme: whose imputation is applied, and whose name stands in the sentences.
        region: column of region codes.
        year: column of years.

    Returns:
        The table, sorted by year and then in the frame's order.

    Raises:
        ScoreError: a column is absent or not of numbers, a key is missing or stands twice, a year
            has one region, a value is infinite, or missing with no imputation named.
    """
    codes = [indicator.code for indicator in indicators]
    for column in [region, year, *codes]:
        found = int((frame.columns == column).sum())
        if found != 1:
            raise ScoreError(
                f"The frame has {found or 'no'} columns {quoted(column)}: an index needs one row a "
                "region and year and one column an indicator.",
                [column] if column in codes else [],
                scheme=scheme.name,
            )
    if frame.empty:
        raise ScoreError("The frame has no row: there is nothing to score.", scheme=scheme.name)
    years = _years(frame[year], year, scheme)
    order = np.argsort(years, kind="stable")
    table = Table(
        frame[region].to_numpy()[order],
        years[order],
        np.column_stack([_numbers(frame, code, region, year, scheme) for code in codes])[order],
        tuple(indicators),
        (),
    )
    _keys(table, scheme)
    _infinite(table, scheme)
    table = _imputed(table, scheme)
    _alone(table, scheme)
    return table


def _years(column: pd.Series[Any], name: str, scheme: Scheme) -> Any:
    years = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(years) | (years != np.round(years))
    if bad.any():
        raise ScoreError(
            f"{int(bad.sum())} rows have no year in the column {quoted(name)}, the first of them "
            f"{quoted(column.to_numpy()[bad][0])}: every row needs a region and a year.",
            scheme=scheme.name,
        )
    return years.astype(np.int64)


def _numbers(frame: pd.DataFrame, code: str, region: str, year: str, scheme: Scheme) -> Array:
    column = frame[code]
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = np.isnan(values) & column.notna().to_numpy()
    if pd.api.types.is_bool_dtype(column):
        bad = column.notna().to_numpy()
    elif column.dtype == object:
        bad |= np.array([isinstance(value, bool) for value in column])
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        cell = f'"{quoted(column.to_numpy()[at])}"'
        place = f"{quoted(frame[region].to_numpy()[at])} in {quoted(frame[year].to_numpy()[at])}"
        raise ScoreError(
            f"Indicator {quoted(code)} is {cell} for {place}, which is no number: the scheme "
            f"{scheme.name} takes numbers only.",
            [code],
            [frame[year].to_numpy()[at]],
            scheme.name,
        )
    return np.asarray(values)


def _keys(table: Table, scheme: Scheme) -> None:
    unnamed = pd.isna(table.regions)
    if unnamed.any():
        raise ScoreError(
            f"{int(unnamed.sum())} rows have no region, the first in {table.years[unnamed][0]}: "
            "every row needs a region and a year.",
            years=[table.years[unnamed][0]],
            scheme=scheme.name,
        )
    keys = pd.DataFrame({"region": table.regions, "year": table.years})
    twice = keys[keys.duplicated()].drop_duplicates()
    if len(twice):
        named = [f"{quoted(row.region)} in {row.year}" for row in twice.itertuples()]
        raise ScoreError(
            f"Regions stand twice: {listed(named)}; each indicator ({listed(table.codes, 3)}) "
            f"would count them twice, and the scheme {scheme.name} takes one row a region and "
            "year.",
            table.codes,
            twice["year"].unique(),
            scheme.name,
        )


def _cells(table: Table, bad: Flags) -> tuple[str, list[str], list[int]]:
    """Bad cells in words, their indicators and their years."""
    rows, columns = np.nonzero(bad)
    named = [
        f"{quoted(table.codes[column])} for {quoted(table.regions[row])} in {table.years[row]}"
        for row, column in zip(rows[:7], columns[:7], strict=True)
    ]
    words = ", ".join(named[:6]) + (f" and {len(rows) - 6} more" if len(rows) > 6 else "")
    codes = [table.codes[column] for column in sorted(set(columns.tolist()))]
    return words, codes, sorted({int(year) for year in table.years[rows]})


def _infinite(table: Table, scheme: Scheme) -> None:
    bad = np.isinf(table.values)
    if bad.any():
        words, codes, years = _cells(table, bad)
        raise ScoreError(
            f"Indicator values are infinite: {words}; the scheme {scheme.name} ({scheme.rule}) "
            "takes finite numbers, so look for a division by zero.",
            codes,
            years,
            scheme.name,
        )


def _imputed(table: Table, scheme: Scheme) -> Table:
    missing = np.isnan(table.values)
    if not missing.any():
        return table
    words, codes, years = _cells(table, missing)
    if scheme.imputation == "none":
        raise ScoreError(
            f"Indicator values are missing: {words}; under the scheme {scheme.name} a missing "
            "value is an error, never a zero. Fill them in, or name an imputation: mean_of_year, "
            "drop_region or available_case.",
            codes,
            years,
            scheme.name,
        )
    if scheme.imputation == "drop_region":
        kept = ~missing.any(axis=1)
        told = f"Left out for missing values ({scheme.name}): {words}."
        return Table(
            table.regions[kept],
            table.years[kept],
            table.values[kept],
            table.indicators,
            (told,),
        )
    values = table.values.copy()
    for one in np.unique(table.years):
        rows = table.years == one
        absent = missing[rows].all(axis=0)
        if absent.any():
            named = [code for code, gone in zip(table.codes, absent, strict=True) if gone]
            raise ScoreError(
                f"Indicator {listed(named)} has no value at all in {one}: the imputation "
                f"{scheme.imputation} of the scheme {scheme.name} needs one region that has it.",
                named,
                [int(one)],
                scheme.name,
            )
        if scheme.imputation == "mean_of_year":
            means = np.nanmean(values[rows], axis=0)
            values[rows] = np.where(missing[rows], means, values[rows])
    done = "Filled with the year's mean" if scheme.imputation == "mean_of_year" else "Passed over"
    return Table(
        table.regions,
        table.years,
        values,
        table.indicators,
        (f"{done} ({scheme.name}): {words}.",),
    )


def _alone(table: Table, scheme: Scheme) -> None:
    if not len(table.years):
        raise ScoreError(
            f"No region has every indicator ({listed(table.codes, 3)}) in any year: the scheme "
            f"{scheme.name} leaves out regions with a missing value, and none is left.",
            table.codes,
            scheme=scheme.name,
        )
    for years, rows in table.pools(scheme):
        if len(set(table.regions[rows].tolist())) < 2:
            raise ScoreError(
                f"In {listed(years)} there is one region only ({quoted(table.regions[rows[0]])}): "
                f"the scheme {scheme.name} ({scheme.rule}) compares at least two, on each "
                f"indicator ({listed(table.codes, 3)}).",
                table.codes,
                years,
                scheme.name,
            )
