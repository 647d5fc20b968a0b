"""What an index is made of, declared: its indicators and its scheme. No data and no arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models_py.index.errors import ScoreError, listed, quoted

NORMALISATIONS = {
    "min_max": "min-max",
    "min_max_base": "min-max on the base year's ends",
    "z_score_shifted": "z-scores plus a constant",
    "ratio_to_mean": "ratio to the mean",
    "rank": "ranks over their number",
    "none": "values as they are",
}
WEIGHTINGS = {
    "entropy": "entropy weights",
    "equal": "equal weights",
    "given": "given weights",
    "critic": "CRITIC weights",
}
AGGREGATIONS = {"additive": "weighted sum", "geometric": "weighted geometric mean"}
POOLS = {"year": "within each year", "all": "over all years together"}
IMPUTATIONS = {
    "none": "a missing value is an error",
    "mean_of_year": "a missing value becomes the year's mean",
    "drop_region": "a region-year with a missing value is left out",
    "available_case": "each region is scored on the indicators it has, weights rescaled",
}

_POSITIVE = ("positive", "+", "1", "正", "正向")
_NEGATIVE = ("negative", "-", "-1", "负", "负向")


@dataclass(frozen=True)
class Indicator:
    """One indicator of a system.

    Attributes:
        code: its column in the frame.
        direction: ``positive`` (more is better) or ``negative``; 正向, 负向, +, -, 1 and -1 are
            read too. It has no default on purpose: an index with a direction nobody stated is
            refused.
        layer: the layer it belongs to.
        weight: its share of one, where the scheme's weights are given.
    """

    code: str
    direction: Any = None
    layer: str = "all"
    weight: float | None = None

    @property
    def negative(self) -> bool:
        """Whether it is reversed.

        Raises:
            ScoreError: the direction is not stated, or is not one of the two.
        """
        told = "" if self.direction is None else str(self.direction).strip().lower()
        if told.endswith(".0"):
            told = told[:-2]
        if told in _NEGATIVE:
            return True
        if told in _POSITIVE:
            return False
        said = f'"{quoted(self.direction)}"' if told not in ("", "nan", "none") else "not stated"
        raise ScoreError(
            f"The direction of indicator {quoted(self.code)} is {said}, in every year: a scheme "
            "reverses negative indicators, so each must say positive or negative.",
            [self.code],
        )


@dataclass(frozen=True)
class Scheme:
    """How values become one score; refused at once where a choice does not exist.

    Attributes:
        normalisation: one of ``NORMALISATIONS``.
        weighting: one of ``WEIGHTINGS``.
        aggregation: one of ``AGGREGATIONS``.
        pool: ``year`` or ``all``: the rows over which values are scaled and weights computed.
        imputation: one of ``IMPUTATIONS``.
        base_year: of ``min_max_base``; the frame's first year where none is named.
        shift: a constant added to every normalised value before weighting. ``z_score_shifted``
            adds, where none is declared, 0.01 more than makes the lowest value of the pool zero.
        shift_scores: whether the shifted values are also those that are added up.
        floor: of geometric aggregation: lower values are raised to it after weighting.
        label: a name of one's own instead of the composed one.
    """

    normalisation: str = "min_max"
    weighting: str = "entropy"
    aggregation: str = "additive"
    pool: str = "year"
    imputation: str = "none"
    base_year: int | None = None
    shift: float | None = None
    shift_scores: bool = True
    floor: float | None = None
    label: str = ""

    def __post_init__(self) -> None:
        choices = {
            "normalisation": NORMALISATIONS,
            "weighting": WEIGHTINGS,
            "aggregation": AGGREGATIONS,
            "pool": POOLS,
            "imputation": IMPUTATIONS,
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise ScoreError(
                    f"There is no {name} {quoted(getattr(self, name))}: choose one of "
                    f"{', '.join(known)}."
                )
        self._options()
        if self.imputation == "available_case" and self.weighting == "critic":
            raise ScoreError(
                f"The scheme {self.name} cannot be applied: CRITIC correlates whole columns, so "
                "available_case does not go with it; name mean_of_year or drop_region.",
                scheme=self.name,
            )

    def _options(self) -> None:
        """Options that would silently do nothing, or are not numbers."""
        if self.base_year is not None and self.normalisation != "min_max_base":
            raise ScoreError(
                f"base_year goes with normalisation min_max_base, not with {self.normalisation}."
            )
        if self.floor is not None and self.aggregation != "geometric":
            raise ScoreError(f"floor goes with geometric aggregation, not {self.aggregation}.")
        if self.floor is not None and not (math.isfinite(self.floor) and self.floor > 0):
            raise ScoreError(f"The floor must be a number above zero; {self.floor} is not.")
        if self.shift is not None and not math.isfinite(self.shift):
            raise ScoreError(f"The shift must be a finite number; {self.shift} is not.")

    @property
    def name(self) -> str:
        """Normalisation and weighting, then whatever is not the default, zero rules included."""
        if self.label:
            return self.label
        parts = [self.normalisation, self.weighting]
        if self.base_year is not None:
            parts.insert(1, str(self.base_year))
        if self.aggregation != "additive":
            parts.append(self.aggregation)
        if self.pool != "year":
            parts.append("pooled")
        if self.shift is not None:
            parts.append(f"shift_{self.shift:g}")
        if not self.shift_scores:
            parts.append("unshifted_scores")
        if self.floor is not None:
            parts.append(f"floor_{self.floor:g}")
        if self.imputation != "none":
            parts.append(self.imputation)
        return "_".join(parts)

    @property
    def rule(self) -> str:
        """The scheme in words, for a sentence."""
        return (
            f"{NORMALISATIONS[self.normalisation]} {POOLS[self.pool]}, "
            f"{WEIGHTINGS[self.weighting]}, {AGGREGATIONS[self.aggregation]}, "
            f"{IMPUTATIONS[self.imputation]}"
        )


Indicators = Sequence[Indicator | Mapping[str, Any]] | Mapping[str, Any]


def indicators_of(told: Indicators) -> tuple[Indicator, ...]:
    """Indicators however they are told: objects, mappings with their fields, or code: direction.

    Raises:
        ScoreError: there is none, one stands twice, or a direction is not stated.
    """
    if isinstance(told, Mapping):
        found = [Indicator(str(code), direction) for code, direction in told.items()]
    else:
        found = [_one(item) for item in told]
    if not found:
        raise ScoreError("The indicator system is empty: an index needs one indicator at least.")
    codes = [indicator.code for indicator in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ScoreError(f"Indicators stand twice in the system: {listed(twice)}.", twice)
    for indicator in found:
        # The property refuses; asked for here, before any data is read.
        _ = indicator.negative
    return tuple(found)


def _one(item: Indicator | Mapping[str, Any]) -> Indicator:
    if isinstance(item, Indicator):
        return item
    fields = {"code", "direction", "layer", "weight"}
    if not isinstance(item, Mapping) or "code" not in item or set(item) - fields:
        raise ScoreError(
            f"An indicator is told by code, direction, layer and weight; {quoted(item)} is not."
        )
    return Indicator(**dict(item))


def given_weights(indicators: Iterable[Indicator], scheme: Scheme) -> list[float]:
    """The weights the indicators carry.

    Raises:
        ScoreError: one is missing, negative or not a number, or they do not add to one.
    """
    weights = []
    for indicator in indicators:
        try:
            weight = float("nan") if indicator.weight is None else float(indicator.weight)
        except (TypeError, ValueError):
            weight = float("nan")
        if not (math.isfinite(weight) and weight >= 0):
            raise ScoreError(
                f"The weight of indicator {quoted(indicator.code)} is {quoted(indicator.weight)}, "
                f"in every year: the scheme {scheme.name} takes given weights, which are numbers "
                "from zero to one.",
                [indicator.code],
                scheme=scheme.name,
            )
        weights.append(weight)
    codes = [indicator.code for indicator in indicators]
    # 22 weights printed to four decimals may be 22 x 5e-5 off; that is for the user to settle.
    if abs(math.fsum(weights) - 1) > 1e-9:
        raise ScoreError(
            f"The weights of {listed(codes)} add to {math.fsum(weights):.10g} in every year: the "
            f"scheme {scheme.name} takes given weights that add to one; divide each by the sum.",
            codes,
            scheme=scheme.name,
        )
    return weights
