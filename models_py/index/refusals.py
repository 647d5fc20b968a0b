"""Where a scheme cannot be applied to a pool: sentences naming indicator, year and rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from models_py.index.errors import ScoreError, listed, quoted
from models_py.index.evaluation import Evaluated
from models_py.index.normalisation import Array, Flags, constant
from models_py.index.scheme import Scheme


@dataclass(frozen=True)
class Pool:
    """Where a sentence is about: the scheme, the years, the regions of the rows, the indicators."""

    scheme: Scheme
    years: list[int]
    regions: Any
    codes: list[str]

    def refuse(self, which: Any, what: str, rule: str) -> NoReturn:
        """Raises the sentence about some indicators."""
        named = [code for code, one in zip(self.codes, which, strict=True) if one]
        raise ScoreError(
            f"Indicator {listed(named)} {what} in {self.when}: {rule}",
            named,
            self.years,
            self.scheme.name,
        )

    @property
    def when(self) -> str:
        """The years in words."""
        years = self.years
        return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


def check(
    pool: Pool,
    values: Array,
    negative: Flags,
    found: Evaluated,
    reference: Array | None,
) -> list[str]:
    """Refuses where the scheme's numbers cannot be an index.

    Args:
        pool: what the sentences name.
        values: as observed, (regions, indicators).
        negative: which indicators are negative.
        found: the scheme's numbers over them.
        reference: the base year's rows, of min_max_base.

    Returns:
        Sentences that are no refusal: indicators that say nothing.

    Raises:
        ScoreError: the first refusal.
    """
    _normalisation(pool, values, negative, found, reference)
    still = found.same | constant(values)
    if still.all():
        pool.refuse(
            still,
            "is the same in every region",
            f"the scheme {pool.scheme.name} ({pool.scheme.rule}) has nothing to compare.",
        )
    _weighting(pool, found)
    _aggregation(pool, found)
    return _still(pool, still)


def _normalisation(
    pool: Pool, values: Array, negative: Flags, found: Evaluated, reference: Array | None
) -> None:
    name = pool.scheme.name
    rule = pool.scheme.normalisation
    if rule == "none" and negative.any():
        pool.refuse(
            negative,
            "is negative",
            f"the scheme {name} takes values as they are and cannot reverse it; name a "
            "normalisation.",
        )
    if rule == "min_max_base" and reference is not None:
        moved = constant(reference) & ~constant(np.concatenate([values, reference]))
        if moved.any():
            pool.refuse(
                moved,
                "differs from a base year where it is the same in every region",
                f"the scheme {name} scales by the base year's ends, and there is no distance "
                "between them; choose another base year.",
            )
    if rule == "ratio_to_mean":
        low = np.any(values < 0, axis=0)
        if low.any():
            pool.refuse(
                low,
                "has values below zero",
                f"the scheme {name} divides by the mean, which then may be zero or turn the "
                "order; name min_max, z_score_shifted or rank.",
            )
    wild = np.isinf(found.normalised).any(axis=0) | (
        np.isnan(found.normalised) & ~np.isnan(values)
    ).any(axis=0)
    if wild.any():
        pool.refuse(
            wild,
            "has values too large or too small to be scaled",
            f"the scheme {name} ({pool.scheme.rule}) left the range of numbers; change the unit.",
        )


def _weighting(pool: Pool, found: Evaluated) -> None:
    name = pool.scheme.name
    if pool.scheme.weighting == "entropy":
        below = np.any(found.normalised < 0, axis=0)
        if below.any():
            low = float(np.nanmin(found.normalised))
            pool.refuse(
                below,
                f"is below zero after normalisation (lowest {low:.4g})",
                f"the scheme {name} takes logarithms of shares, so entropy weights need values "
                "that are not negative; name another normalisation or a larger shift.",
            )
    if np.isnan(found.weights.weight).any():
        pool.refuse(
            np.ones(len(pool.codes), dtype=bool),
            "leaves no weight to share out",
            f"the scheme {name} ({pool.scheme.rule}) weighs indicators that differ"
            + (
                " from each other, and these all move together."
                if pool.scheme.weighting == "critic"
                else " between regions, and no indicator with weight does."
            ),
        )


def _aggregation(pool: Pool, found: Evaluated) -> None:
    name = pool.scheme.name
    if pool.scheme.aggregation == "geometric":
        bad = (found.summed <= 0) & (found.weights.weight > 0)
        if bad.any():
            first = pool.regions[np.flatnonzero(bad.any(axis=1))[0]]
            pool.refuse(
                bad.any(axis=0),
                f"is zero or below after normalisation (first for {quoted(first)})",
                f"the scheme {name} multiplies, so one zero makes the whole score zero; declare "
                "a floor above zero, a shift, or another normalisation.",
            )
    if not np.isfinite(found.scores).all():
        first = pool.regions[np.flatnonzero(~np.isfinite(found.scores))[0]]
        raise ScoreError(
            f"Region {quoted(first)} has no score in {pool.when}: it has none of the indicators "
            f"that carry weight ({listed(pool.codes, 3)}) under the scheme {name} "
            f"({pool.scheme.rule}).",
            pool.codes,
            pool.years,
            name,
        )


def _still(pool: Pool, still: Flags) -> list[str]:
    """The sentences about constant indicators."""
    kept = {"equal": "its equal share of the weight", "given": "the weight it was given"}
    weight = kept.get(pool.scheme.weighting, "weight 0")
    return [
        f"Indicator {quoted(code)} is the same in every region in {pool.when}: under the scheme "
        f"{pool.scheme.name} it tells no region from another and has {weight}."
        for code, one in zip(pool.codes, still, strict=True)
        if one
    ]
