"""Composite scores against their scheme, tiers against a partition, magnitudes against definitions.

Amounts and growth are in ``amounts.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from models_py.audit.digits import Printed, overlaps, show, show_interval
from models_py.audit.findings import Check, consistent

#: Shares and ratios by what they divide: words above, words below, smallest and largest value of a
#: province or country that any yearbook shows, as a fraction. China's outstanding loans were 1.0 to
#: 2.7 times GDP by province in 2018-2022, fiscal spending on science at most 1.6 %, R&D 6.8 %.
KNOWN_RATIOS: Final[tuple[tuple[str, str, float, float, str], ...]] = (
    (r"贷款余额|存贷款|贷款", r"gdp|地区生产总值|国内生产总值", 0.2, 10.0, "loans over GDP"),
    (r"财政科技支出|科技财政支出|科学技术支出|科技支出", r"gdp|地区生产总值|国内生产总值",
     0.0001, 0.05, "fiscal spending on science over GDP"),
    (r"r&d|研发(经费|投入|支出)?", r"gdp|地区生产总值|国内生产总值", 0.0005, 0.10, "R&D over GDP"),
    (r"财政(一般预算)?支出|一般公共预算支出", r"gdp|地区生产总值|国内生产总值", 0.05, 1.6,
     "fiscal spending over GDP"),
    (r"进出口(总额)?", r"gdp|地区生产总值|国内生产总值", 0.001, 5.0, "trade over GDP"),
    (r"loan|credit", r"gdp", 0.05, 10.0, "credit over GDP"),
    (r"r&d|research", r"gdp", 0.0005, 0.10, "R&D over GDP"),
)  # fmt: skip
_UNSTATED: Final = "; only another normalisation, which is not stated, could exceed it"
#: The logarithm of anything countable on earth stays below; e^60 is 1e26.
_LARGEST_LOG: Final = 60.0
_QUOTIENT: Final = re.compile(r"(.+)与(.+?)(?:之比|的比值|的比率|的比例)")
_LOG: Final = re.compile(r"(?<![a-z])(?:ln|log)\s*[(（]|的?(?:自然)?对数|(?<![a-z])logarithm", re.I)


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of a ranking as printed; None where a number is not."""

    name: str
    count: Printed | None = None
    lowest: Printed | None = None
    highest: Printed | None = None
    mean: Printed | None = None
    above: Printed | None = None
    below: Printed | None = None


def score_against_scheme(
    score: Printed, what: str, *, largest: float = 1.0, smallest: float = 0.0, scheme: str,
    certain: bool = True,
) -> Check:  # fmt: skip
    """A weighted sum of indicators stays within what its normalisation and weights allow.

    Args:
        score: printed score.
        what: whose.
        largest: largest score the scheme reaches.
        smallest: smallest.
        scheme: the scheme in words.
        certain: whether the normalisation is stated; else "inconsistent", not "impossible".
    """
    shown, implied = score.text, f"{smallest:g} to {largest:g}"
    if score.low <= largest and score.high >= smallest:
        return consistent("score_scheme", shown, implied, f"{what} lies within its scheme.")
    return Check(
        "score_scheme", shown, implied, "impossible" if certain else "inconsistent", "high",
        f"{what} is printed as {score.text}, but {scheme} lies between {smallest:g} and "
        f"{largest:g}{'' if certain else _UNSTATED}.",
        smallest, largest,
    )  # fmt: skip


def tiers_partition(tiers: Sequence[Tier], total: Printed | None) -> list[tuple[str, Check]]:
    """Tiers neither overlap nor leave out: ranges apart, counts that add up, means inside."""
    checks: list[tuple[str, Check]] = []
    counts = [tier.count for tier in tiers]
    if total and all(counts):
        value = sum(count.value for count in counts if count)
        listed = " + ".join(count.text for count in counts if count)
        if value == total.value:
            check = consistent("tiers", f"{total.text}", f"{listed} = {value:g}", "Tiers add up.")
        else:
            check = Check(
                "tiers", f"{total.text}", f"{listed} = {value:g}", "inconsistent", "high",
                f"The tiers hold {listed} = {value:g} units, but there are {total.text}.",
            )  # fmt: skip
        checks.append(("tiers", check))
    ranged = [tier for tier in tiers if _floor(tier) is not None and _ceiling(tier) is not None]
    for first in range(len(ranged)):
        for second in range(first + 1, len(ranged)):
            checks.append((f"{ranged[first].name} / {ranged[second].name}",
                           _apart(ranged[first], ranged[second])))  # fmt: skip
    for tier in tiers:
        checks.extend((tier.name, check) for check in _inside(tier))
    return checks


def rank_order(scores: Sequence[tuple[str, Printed, Printed]]) -> list[tuple[str, Check]]:
    """A better rank never has a lower score.

    Args:
        scores: name, score and rank, rank 1 being the highest score.
    """
    ordered = sorted(scores, key=lambda item: item[2].value)
    checks = []
    for better, worse in pairwise(ordered):
        if better[2].value < worse[2].value and better[1].high < worse[1].low:
            checks.append((
                f"{better[0]} / {worse[0]}",
                Check("rank_order", f"ranks {better[2].text} and {worse[2].text}",
                      f"scores {better[1].text} and {worse[1].text}", "inconsistent", "medium",
                      f"{better[0]} is ranked {better[2].text} with {better[1].text}, before "
                      f"{worse[0]} with {worse[1].text}."),
            ))  # fmt: skip
    if not checks and len(ordered) > 1:
        checks.append(("ranks", consistent("rank_order", f"{len(ordered)} ranks", "descending",
                                           "Ranks follow scores.")))  # fmt: skip
    return checks


def magnitude_against_definition(
    definition: str, values: Sequence[Printed], variable: str, mean: Printed | None
) -> Check | None:
    """Printed values against what the definition divides, or whether it takes a logarithm.

    Returns:
        None if the definition is of no known kind.
    """
    text = definition.casefold()
    largest = max((value.low for value in values), default=0.0)
    if _LOG.search(text):
        shown = f"up to {max(values, key=lambda one: one.low).text}"
        implied = f"below {_LARGEST_LOG:g}"
        if largest <= _LARGEST_LOG:
            return consistent("magnitude", shown, implied, "The values can be logarithms.")
        return Check(
            "magnitude", shown, implied, "implausible", "low",
            f"{variable} is defined as a logarithm ({definition}), but a value of "
            f"{max(values, key=lambda one: one.low).text} is printed: the table describes levels.",
            0.0, _LARGEST_LOG,
        )  # fmt: skip
    above, _, below = _QUOTIENT.sub(r"\1/\2", text).replace("占", "/").partition("/")
    if not below or mean is None or mean.value <= 0:
        return None
    for over, under, low, high, name in KNOWN_RATIOS:
        if re.search(over, above) and re.search(under, below):
            return _ratio(variable, name, mean, low, high)
    return None


def _ratio(variable: str, name: str, mean: Printed, low: float, high: float) -> Check:
    shown, implied = f"mean {mean.text}", f"{low:g} to {high:g}"
    if mean.high >= low and mean.low <= high:
        return consistent("magnitude", shown, implied, f"The mean is a possible {name}.", low, high)
    fits = [
        word
        for factor, word in ((100.0, "a percentage"), (1e-3, "thousandths of it"),
                             (1e-4, "ten-thousandths of it"))
        if low * factor <= mean.value <= high * factor
    ]  # fmt: skip
    return Check(
        "magnitude", shown, implied, "implausible", "medium",
        f"{variable} is defined as {name}, which lies between {low:g} and {high:g}; the printed "
        f"mean is {mean.text}{f', which would fit as {fits[0]}' if fits else ''}.", low, high,
    )  # fmt: skip


def _floor(tier: Tier) -> Printed | None:
    return tier.lowest or tier.above


def _ceiling(tier: Tier) -> Printed | None:
    return tier.highest or tier.below


def _apart(first: Tier, second: Tier) -> Check:
    one, two = _ends(first), _ends(second)
    shown = f"{show(one[0])} to {show(one[1])}"
    implied = f"{show(two[0])} to {show(two[1])}"
    if one[1] <= two[0] or two[1] <= one[0]:
        return consistent("tiers", shown, implied, "The tiers do not overlap.")
    return Check(
        "tiers", shown, implied, "inconsistent", "medium",
        f"{first.name} ({shown}) and {second.name} ({implied}) overlap; tiers should partition.",
    )  # fmt: skip


def _ends(tier: Tier) -> tuple[float, float]:
    low, high = _floor(tier), _ceiling(tier)
    return (low.value if low else float("-inf")), (high.value if high else float("inf"))


def _inside(tier: Tier) -> list[Check]:
    checks: list[Check] = []
    for what, value in (("mean", tier.mean), ("lowest", tier.lowest), ("highest", tier.highest)):
        if value is None:
            continue
        low = tier.lowest if what == "mean" else tier.above
        high = tier.highest if what == "mean" else tier.below
        if (low is None and high is None) or value is low or value is high:
            continue
        floor = low.low if low and low.relation == "=" else (low.value if low else float("-inf"))
        top = high.high if high and high.relation == "=" else (high.value if high else float("inf"))
        text = show_interval((floor, top))
        if overlaps(value.interval, (floor, top)):
            checks.append(consistent("tiers", f"{what} {value.text}", text, "Inside the tier."))
        else:
            checks.append(
                Check("tiers", f"{what} {value.text}", text, "inconsistent", "high",
                      f"{tier.name}: the {what} {value.text} lies outside its bounds {text}.")
            )  # fmt: skip
    return checks
