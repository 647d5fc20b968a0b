"""Facts about amounts judged: conversions, totals, growth, differences, shares, indices, tiers.

Statistical tables among the facts are in ``facts.py``; the arithmetic in ``rules/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import pandas as pd

from models_py.audit.digits import Printed, interval_of, parse_number
from models_py.audit.facts_index import judge_index_facts
from models_py.audit.findings import Check
from models_py.audit.model import Amount
from models_py.audit.rules import amounts, money
from models_py.audit.tables.conversions import SCALES

Judged = tuple[str, str, Check]

_ALL: Final = frozenset(
    {"全球", "世界", "全国", "合计", "总计", "中国", "global", "world", "total"}
)
_GROWTH: Final = re.compile(
    r"\s*(同比|增速|增长率|增长|,? ?(?:year[- ]on[- ]year|yoy|growth)(?: rate)?)(?=$|\()",
    re.IGNORECASE,
)
_DEFICIT: Final = re.compile(r"贸易逆差|逆差|trade deficit|deficit", re.IGNORECASE)
_ASIDE: Final = re.compile(r"\([^)]*\)|（[^）]*）")
_COUNTS: Final = frozenset({"家", "个", "座", "项", "款", "件"})
#: Below this share of a total a group of facts is not meant as its parts.
_LEAST_OF_TOTAL: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Fact:
    fact_id: str
    area: str
    entity: str
    measure: str
    period: str
    unit: str
    number: Printed
    currency: str
    usd: str
    place: str

    @property
    def cell(self) -> str:
        return f"{self.fact_id} {self.entity} · {self.measure}"

    @property
    def year(self) -> int | None:
        match = re.match(r"(\d{4})(?!\d|-\d{4}|[–—-]\d{4})", self.period)
        return int(match[1]) if match else None


def judge_amount_facts(
    rows: pd.DataFrame, reference: pd.DataFrame | None = None
) -> Iterator[Judged]:
    """Everything the facts of one paper say twice in other words.

    Args:
        rows: facts of one source, all columns text.
        reference: official series by year, measure and printed level, or None.
    """
    facts = [fact for row in rows.itertuples(index=False) if (fact := _fact(row))]
    yield from _conversions(facts)
    yield from _growth(facts)
    yield from _differences(facts)
    yield from _totals(facts)
    yield from _shares(facts, reference)
    yield from _profits(facts)
    yield from judge_index_facts(rows)


def _fact(row: object) -> _Fact | None:
    value = str(getattr(row, "value", ""))
    number = parse_number(value)
    if number is None:
        return None
    return _Fact(
        str(row.fact_id), str(row.subject_area), str(row.entity), str(row.measure),  # type: ignore[attr-defined]
        str(row.period), str(row.unit), number, str(row.currency), str(row.usd_value),  # type: ignore[attr-defined]
        str(row.locator).split("|")[0].strip(),  # type: ignore[attr-defined]
    )  # fmt: skip


def _conversions(facts: Sequence[_Fact]) -> Iterator[Judged]:
    """Amounts with a conversion, and one sum given in two currencies as two facts."""
    found: list[tuple[Amount, _Fact]] = []
    for fact in facts:
        if fact.currency in ("", "USD") or not fact.usd:
            continue
        usd = _dollars(fact.usd)
        if usd is None:
            continue
        found.append((_amount(fact, usd[0], usd[1], "USD"), fact))
    for first, second in combinations(facts, 2):
        same = first.entity == second.entity and first.period == second.period
        if (
            same
            and {first.currency, second.currency} == {"JPY", "CNY"}
            and (_ASIDE.sub("", first.measure) == _ASIDE.sub("", second.measure))
        ):
            own, other = (first, second) if first.currency != "CNY" else (second, first)
            found.append((_amount(own, other.number, _scale(other.unit), "CNY"), own))
    by_amount = {id(amount): fact for amount, fact in found}
    for amount, fact in found:
        check = money.rate_against_market(amount)
        if check:
            yield fact.place, fact.cell, check
    for (first_amount, one), (second_amount, two) in combinations(found, 2):
        twice = money.one_amount_twice(first_amount, second_amount)
        if twice:
            yield f"{one.place} / {two.place}", f"{one.cell} / {two.fact_id}", twice
    for amount, check in money.rates_against_each_other([amount for amount, _ in found]):
        fact = by_amount[id(amount)]
        yield fact.place, fact.cell, check


def _amount(fact: _Fact, other: Printed, scale: float, currency: str) -> Amount:
    period = re.match(r"\d{4}(-\d{2})?", fact.period)
    # A goal of 2030 is converted at the rate of the day it was set, which is not said.
    dated = period[0] if period and int(period[0][:4]) <= 2025 else ""
    return Amount(
        f"{fact.entity} {fact.measure}", fact.number, fact.unit, _scale(fact.unit), fact.currency,
        other, scale, dated, fact.cell, exact=fact.number.relation == "=", other=currency,
    )  # fmt: skip


def _scale(unit: str) -> float:
    words = sorted((word for word in SCALES if word), key=len, reverse=True)
    return next((SCALES[word] for word in words if unit.startswith(word)), 1.0)


def _dollars(text: str) -> tuple[Printed, float] | None:
    """A dollar value in the digits the papers print: 亿 from one 亿 on, else 万."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not value > 0:
        return None
    scale = 1e8 if value >= 1e8 else 1e4
    digits = f"{value / scale:.10g}"
    decimals = len(digits.partition(".")[2])
    low, high = interval_of(value / scale, decimals)
    return Printed(digits, value / scale, low, high, decimals), scale


def _growth(facts: Sequence[_Fact]) -> Iterator[Judged]:
    levels = {
        (fact.entity, _stem(fact.measure), fact.year): fact
        for fact in facts
        if fact.year and fact.unit not in ("%", "百分点")
    }
    for fact in facts:
        if (
            fact.unit != "%"
            or fact.year is None
            or not _GROWTH.search(_ASIDE.sub("", fact.measure))
        ):
            continue
        stem = _stem(fact.measure)
        now = levels.get((fact.entity, stem, fact.year))
        before = levels.get((fact.entity, stem, fact.year - 1))
        if now and before and abs(_size(now.unit) / _size(before.unit) - 1) < 1e-9:
            yield fact.place, fact.cell, amounts.growth_against_levels(
                fact.number, now.number.interval, before.number.interval,
                f"{fact.entity} {stem} {fact.year}",
            )  # fmt: skip


def _stem(measure: str) -> str:
    return _GROWTH.sub("", _ASIDE.sub("", measure)).strip()


def _size(unit: str) -> float:
    return _scale(unit)


def _differences(facts: Sequence[_Fact]) -> Iterator[Judged]:
    """A trade deficit against imports and exports, and its growth against theirs."""
    known = {(fact.entity, fact.measure, fact.period): fact for fact in facts}
    for fact in facts:
        if not _DEFICIT.search(fact.measure):
            continue
        words = ("进口", "出口") if "逆差" in fact.measure else ("import", "export")
        first, second = (
            known.get((fact.entity, _DEFICIT.sub(word, fact.measure), fact.period))
            for word in words
        )
        if first is None or second is None:
            continue
        if not _GROWTH.search(fact.measure):
            yield (
                fact.place,
                fact.cell,
                amounts.difference_against_levels(
                    fact.number, first.number, second.number, f"{fact.entity} {fact.measure}"
                ),
            )
            continue
        stems = [
            known.get((fact.entity, _stem(one.measure), fact.period))
            for one in (fact, first, second)
        ]
        if all(stems):
            gap, own, other = (one for one in stems if one)
            yield fact.place, fact.cell, amounts.growth_of_difference(
                fact.number, gap.number.interval, (own.number.interval, first.number),
                (other.number.interval, second.number), f"{fact.entity} {fact.measure}",
            )  # fmt: skip


def _totals(facts: Sequence[_Fact]) -> Iterator[Judged]:
    counted = [fact for fact in facts if fact.unit in _COUNTS and fact.number.relation == "="]
    yield from _by_entity(counted)
    yield from _by_year(counted)
    for total in counted:
        if not re.search(r"合计|总计$|\btotal\b", total.measure):
            continue
        parts = [
            fact for fact in counted
            if fact.entity == total.entity and fact.period == total.period
            and fact.area == total.area and fact is not total
        ]  # fmt: skip
        if len(parts) >= 2:
            yield (
                total.place,
                total.cell,
                amounts.parts_against_total(
                    total.number, [part.number for part in parts], f"{total.entity} {total.measure}"
                ),
            )


def _by_entity(facts: Sequence[_Fact]) -> Iterator[Judged]:
    """Parts by region against the total of the world or the country."""
    groups: dict[tuple[str, str, str], list[_Fact]] = {}
    for fact in facts:
        if fact.entity not in _ALL:
            groups.setdefault((fact.area, fact.measure, fact.period), []).append(fact)
    for (area, measure, period), parts in groups.items():
        if len({part.entity for part in parts}) < 3:
            continue
        value = sum(part.number.value for part in parts)
        for total in facts:
            if (
                total.entity in _ALL
                and total.area == area
                and total.period == period
                and (value >= _LEAST_OF_TOTAL * total.number.value)
            ):
                yield (
                    total.place,
                    total.cell,
                    amounts.parts_against_total(
                        total.number,
                        [part.number for part in parts],
                        f"{measure} by region, {period}",
                    ),
                )


def _by_year(facts: Sequence[_Fact]) -> Iterator[Judged]:
    """Years of one series against a total over a span of years."""
    for total in facts:
        span = re.match(r"(\d{4})[-–—](\d{4})$", total.period)
        if not span or total.entity not in _ALL:
            continue
        wanted = range(int(span[1]), int(span[2]) + 1)
        stems: dict[str, dict[int, _Fact]] = {}
        for fact in facts:
            if fact.entity == total.entity and fact.area == total.area and fact.year in wanted:
                stems.setdefault(_stem(fact.measure), {})[int(fact.year or 0)] = fact
        for stem, years in stems.items():
            if len(years) == len(wanted) > 1:
                yield total.place, f"{total.cell} (by year)", amounts.parts_against_total(
                    total.number, [years[year].number for year in sorted(years)],
                    f"{stem}, {total.period}",
                )  # fmt: skip


def _shares(facts: Sequence[_Fact], reference: pd.DataFrame | None) -> Iterator[Judged]:
    for fact in facts:
        if (
            fact.unit != "%"
            or not re.search(r"占|share", fact.measure)
            or not re.search(r"比重|份额|占比|share", fact.measure)
        ):
            continue
        related = [
            one for one in facts
            if one.entity == fact.entity and one.period == fact.period and one.unit != "%"
            and one.area == fact.area
        ]  # fmt: skip
        whole = next(
            (one for one in related if re.search(r"总计|总额|总量|合计|total", one.measure)), None
        )
        part = next((one for one in related if one is not whole), None)
        if whole and part and whole.unit == part.unit:
            yield fact.place, fact.cell, amounts.share_against_levels(
                fact.number, part.number.interval, whole.number.interval,
                f"{fact.entity} {fact.measure}",
            )  # fmt: skip
            continue
        stem = re.sub(
            r"占全国.*$|,? share of (?:the )?(?:nation|country|china).*$", "", fact.measure
        )
        level = next((one for one in related if one.measure == stem), None)
        nation = _nation(facts, stem, fact.period)
        outside = ""
        if nation is None and reference is not None and level:
            nation, outside = _official(reference, stem, fact.year, level.unit)
        if level and nation and re.search(r"全国|nation|china", fact.measure):
            yield fact.place, fact.cell, amounts.share_against_levels(
                fact.number, level.number.interval, nation.interval,
                f"{fact.entity} {fact.measure}", outside=outside,
            )  # fmt: skip


def _nation(facts: Sequence[_Fact], measure: str, period: str) -> Printed | None:
    plain = measure.replace("IC", "集成电路")
    return next(
        (fact.number for fact in facts if fact.entity in ("中国", "全国", "China")
         and fact.measure.replace("IC", "集成电路") == plain and fact.period == period),
        None,
    )  # fmt: skip


def _official(
    reference: pd.DataFrame, stem: str, year: int | None, unit: str
) -> tuple[Printed | None, str]:
    """The official level of a year, for the one measure the series are known by in Chinese."""
    names = {"IC产量": "output", "集成电路产量": "output", "IC output": "output"}
    rows = reference[
        (reference["measure"] == names.get(stem, stem)) & (reference["unit"] == unit)
        & (reference["year"].astype(str) == str(year))
    ]  # fmt: skip
    if rows.empty:
        return None, ""
    source = str(rows["source"].iloc[0]).split("(")[0].strip() if "source" in rows else "reference"
    return parse_number(str(rows["printed_level"].iloc[0])), source


def _profits(facts: Sequence[_Fact]) -> Iterator[Judged]:
    """Profit does not exceed revenue; shares of one market not the whole."""
    revenue = {
        (fact.entity, fact.year, fact.unit): fact
        for fact in facts
        if fact.measure in ("营业收入", "revenue")
    }
    for fact in facts:
        whole = revenue.get((fact.entity, fact.year, fact.unit))
        if whole and fact.measure in (
            "净利润",
            "营业利润",
            "毛利润",
            "net profit",
            "operating profit",
        ):
            yield (
                fact.place,
                fact.cell,
                amounts.at_most(fact.number, whole.number, f"{fact.entity} {fact.measure}"),
            )
    markets: dict[tuple[str, str], list[_Fact]] = {}
    for fact in facts:
        if fact.unit == "%" and re.search(r"市场占有率|市场份额$|market share$", fact.measure):
            markets.setdefault((fact.measure, fact.period), []).append(fact)
    hundred = parse_number("100")
    for (measure, period), shares in markets.items():
        if len(shares) >= 2 and hundred:
            yield (
                shares[0].place,
                f"{measure} {period}",
                amounts.parts_against_total(
                    hundred, [share.number for share in shares], measure, complete=False
                ),
            )
