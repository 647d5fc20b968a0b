"""Amounts among the facts: conversions, growth, differences, parts, shares, ratios, profits.

Facts are brought together by their links (``level``, ``parent``, ``numerator`` …) or by entity,
measure, scope and year; the arithmetic is in ``rules/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from models_py.audit.digits import Printed, parse_number
from models_py.audit.model import Amount
from models_py.audit.published.fact import Fact, Facts, Judged, numbered, places
from models_py.audit.rules import amounts, money
from models_py.audit.tables.conversions import SCALES

_COUNTS: Final = frozenset({"家", "个", "座", "项", "款", "件", "种", "份"})
_PROFITS: Final = frozenset({"net_profit", "operating_profit", "gross_profit"})
#: Firms or countries taken together, among whom the others of a market may be counted already.
_SEVERAL: Final = re.compile(r"前[一二三四五六七八九十\d]|合计|、|\btop\b", re.IGNORECASE)
_GROWTH: Final = "year_on_year_growth"
#: ``8.6亿美元`` beside a sum in another currency.
_DOLLARS: Final = re.compile(r"(?P<digits>\d[\d.,]*)\s*(?P<scale>万亿|亿|万|bn|mn)?\s*(?:美元|USD)")


def judge_amounts_of(facts: Facts, official: Facts) -> Iterator[Judged]:
    """Everything the facts of one paper say twice in other words.

    Args:
        facts: facts of one paper.
        official: facts of the official series; may be empty.
    """
    yield from _conversions(facts)
    yield from _growth(facts, official)
    yield from _differences(facts)
    yield from _parts(facts)
    yield from _quotients(facts)
    yield from _national_shares(facts, official)
    yield from _profits(facts)
    yield from _markets(facts)


def _conversions(facts: Facts) -> Iterator[Judged]:
    """Amounts printed in two currencies, in one fact or (``pair``) in two."""
    found = [
        (amount, fact) for fact in facts if (amount := _amount(fact, *_other(fact, facts)))
    ]  # fmt: skip
    for amount, fact in found:
        check = money.rate_against_market(amount)
        if check:
            yield fact.place, fact.cell, check
    for (first_amount, one), (second_amount, two) in combinations(found, 2):
        twice = money.one_amount_twice(first_amount, second_amount)
        if twice:
            yield places(one, two), f"{one.cell} / {two.fact_id}", twice
    by_amount = {id(amount): fact for amount, fact in found}
    for amount, check in money.rates_against_each_other([amount for amount, _ in found]):
        fact = by_amount[id(amount)]
        yield fact.place, fact.cell, check


def _other(fact: Fact, facts: Facts) -> tuple[Printed | None, float, str]:
    """The number in the other currency, its scale and currency."""
    printed = _DOLLARS.search(fact.details.get("usd_printed", ""))
    if printed:
        return parse_number(printed["digits"]), SCALES[printed["scale"] or ""], "USD"
    for other in facts.linked(fact, "pair"):
        # Of the two, the yuan is the conversion: the papers are Chinese.
        if other is not fact and other.currency == "CNY" and fact.currency:
            return other.digits, other.scale, "CNY"
    return None, 1.0, ""


def _amount(fact: Fact, other: Printed | None, scale: float, currency: str) -> Amount | None:
    if fact.digits is None or other is None or fact.currency in ("", currency):
        return None
    period = re.match(r"\d{4}(-\d{2})?", fact.period)
    # A goal for 2030 is converted at the rate of the day it was set, which is not said.
    dated = period[0] if period and fact.status != "target" else ""
    return Amount(
        fact.what, fact.digits, fact.unit, fact.scale, fact.currency, other, scale, dated,
        fact.cell, exact=fact.qualifier != "approx", other=currency,
    )  # fmt: skip


def _growth(facts: Facts, official: Facts) -> Iterator[Judged]:
    """A rate against its level and the level of the year before, the paper's or the official."""
    for fact, rate in numbered(facts):
        if fact.measure != _GROWTH or fact.unit != "%":
            continue
        for level, now in numbered(facts.linked(fact, "level")):
            before = _before(level, facts) or _before(level, official)
            if before and before.number:
                yield places(fact, before), fact.cell, amounts.growth_against_levels(
                    rate, now.interval, _ends(before.number, before, level), fact.what
                )  # fmt: skip


def _before(level: Fact, among: Facts) -> Fact | None:
    """The same level of the year before."""
    return next(
        (one for one in among if level.year and one.year == level.year - 1
         and _same_series(one, level)), None,
    )  # fmt: skip


def _same_series(one: Fact, level: Fact) -> bool:
    """Whether two facts are of one series; an official scope may say more than the paper's."""
    return (
        (one.entity, one.measure, one.currency) == (level.entity, level.measure, level.currency)
        and bool(one.number) and one.unit != "%" and one.scope.startswith(level.scope)
    )  # fmt: skip


def _ends(number: Printed, fact: Fact, other: Fact) -> tuple[float, float]:
    """The interval of a number in the unit of another fact."""
    factor = fact.scale / other.scale
    return number.low * factor, number.high * factor


def _differences(facts: Facts) -> Iterator[Judged]:
    """A balance against its two sides, and its growth against theirs."""
    for fact, gap in numbered(facts):
        sides = [*facts.linked(fact, "minuend"), *facts.linked(fact, "subtrahend")]
        numbers = [side.number for side in sides if side.number and side.scale == fact.scale]
        if len(sides) != 2 or len(numbers) != 2:
            continue
        first, second = numbers
        yield fact.place, fact.cell, amounts.difference_against_levels(
            gap, first, second, fact.what
        )  # fmt: skip
        rates = [_rate_of(one, facts) for one in (fact, *sides)]
        own, one, two = (rate.number if rate else None for rate in rates)
        if own and one and two and rates[0]:
            yield rates[0].place, rates[0].cell, amounts.growth_of_difference(
                own, gap.interval, (first.interval, one), (second.interval, two), rates[0].what
            )  # fmt: skip


def _rate_of(level: Fact, facts: Facts) -> Fact | None:
    return next(
        (one for one in facts if one.measure == _GROWTH and level.fact_id in one.links("level")),
        None,
    )


def _parts(facts: Facts) -> Iterator[Judged]:
    """Parts (``parent``) against their total, once for each way it is split."""
    for total, number in numbered(facts):
        groups: dict[str, list[tuple[Fact, Printed]]] = {}
        for part, size in numbered(facts):
            if total.fact_id in part.links("parent") and not part.links("restates"):
                groups.setdefault(_split(part, total), []).append((part, size))
        for split, parts in groups.items():
            counted = total.unit in _COUNTS and all(part.unit in _COUNTS for part, _ in parts)
            alike = any(part.measure == total.measure for part, _ in parts)
            one_money = total.currency and all(part.currency == total.currency for part, _ in parts)
            if not (counted and alike and len(parts) > 1) and not one_money:
                continue
            numbers = [_times(size, part.scale / total.scale) for part, size in parts]
            yield total.place, f"{total.cell} ({split})", amounts.parts_against_total(
                _count(number) if counted else number,
                [_count(one) if counted else one for one in numbers],
                f"{total.what} {split}", complete=counted,
            )  # fmt: skip


def _count(number: Printed) -> Printed:
    """A printed count, which unlike an amount is not rounded; a qualified one keeps its range."""
    if number.relation != "=" or not number.is_integer:
        return number
    return replace(number, low=number.value, high=number.value)


def _split(part: Fact, total: Fact) -> str:
    if part.entity != total.entity:
        return "by region"
    return "by year" if part.period != total.period else "by kind"


def _times(number: Printed, factor: float) -> Printed:
    """A number in a unit of another size."""
    if factor == 1:
        return number
    value = number.value * factor
    return replace(
        number, text=f"{value:g}", value=value, low=number.low * factor, high=number.high * factor
    )


def _quotients(facts: Facts) -> Iterator[Judged]:
    """A share or a multiple against its ``numerator`` and ``denominator``."""
    for fact, number in numbered(facts):
        for over, first in numbered(facts.linked(fact, "numerator")):
            for under, second in numbered(facts.linked(fact, "denominator")):
                ends = first.interval, _ends(second, under, over)
                check = (
                    amounts.share_against_levels(number, *ends, fact.what) if fact.unit == "%"
                    else amounts.ratio_against_levels(number, *ends, fact.what)
                )  # fmt: skip
                yield fact.place, fact.cell, check


def _national_shares(facts: Facts, official: Facts) -> Iterator[Judged]:
    """A region's share of the nation against its level and the nation's, or else the official."""
    for fact, share in numbered(facts):
        if fact.measure != "national_share" or fact.unit != "%":
            continue
        for level, part in numbered(facts):
            if (level.entity, level.period, level.scope) != (fact.entity, fact.period, fact.scope):
                continue
            own, outside = _nation(level, facts), _nation(level, official)
            whole = own or outside
            if whole and whole.number and level.unit == whole.unit:
                yield fact.place, fact.cell, amounts.share_against_levels(
                    share, part.interval, whole.number.interval, fact.what,
                    outside="" if own else whole.section,
                )  # fmt: skip


def _nation(level: Fact, among: Facts) -> Fact | None:
    return next(
        (one for one in among if one.entity in ("中国", "全国") and one.period == level.period
         and one.measure == level.measure and one.number and one.scope.startswith(level.scope)),
        None,
    )  # fmt: skip


def _profits(facts: Facts) -> Iterator[Judged]:
    """Profit does not exceed revenue."""
    revenue = {
        (fact.entity, fact.period, fact.unit): number
        for fact, number in numbered(facts) if fact.measure == "revenue"
    }  # fmt: skip
    for fact, number in numbered(facts):
        whole = revenue.get((fact.entity, fact.period, fact.unit))
        if whole and fact.measure in _PROFITS:
            yield fact.place, fact.cell, amounts.at_most(number, whole, fact.what)


def _markets(facts: Facts) -> Iterator[Judged]:
    """Shares of one market are not more than the whole."""
    markets: dict[tuple[str, str], list[Fact]] = {}
    for fact, _ in numbered(facts):
        if fact.measure == "market_share" and fact.unit == "%" and not _SEVERAL.search(fact.entity):
            markets.setdefault((fact.scope, fact.period), []).append(fact)
    hundred = parse_number("100")
    for (scope, period), shares in markets.items():
        if len({share.entity for share in shares}) >= 2 and hundred:
            listed = [share.number for share in shares if share.number]
            yield shares[0].place, f"{shares[0].cell} …", amounts.parts_against_total(
                hundred, listed, f"market shares, {scope} {period}".strip(), complete=False
            )  # fmt: skip
