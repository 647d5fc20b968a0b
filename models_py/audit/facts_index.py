"""Facts about composite indices and documents judged: scores, tiers, spread, multiples, status.

Amounts are in ``facts_amounts.py``; the arithmetic in ``rules/scores.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pandas as pd

from models_py.audit.digits import Printed, parse_number
from models_py.audit.findings import Check
from models_py.audit.rules import amounts, dispersion, scores
from models_py.audit.rules.scores import Tier

Judged = tuple[str, str, Check]

_UNIT_RANGE: Final = re.compile(r"极差|min[- ]?max|最大最小|\[0, ?1\]", re.IGNORECASE)
_WEIGHTS: Final = re.compile(r"熵权|熵值|权重之和|加权求和|entropy", re.IGNORECASE)


def judge_index_facts(rows: pd.DataFrame) -> Iterator[Judged]:
    """Scores against their scheme, tiers as a partition, spread, multiples; documents' status."""
    yield from _scores(rows)
    yield from _tiers(rows)
    yield from _provinces(rows)
    yield from _ratios(rows)
    yield from _documents(rows)


def _scores(rows: pd.DataFrame) -> Iterator[Judged]:
    method = rows[rows["subject_area"] == "weighting"]
    said = " ".join([*method["measure"], *method["note"]])
    if not _WEIGHTS.search(said):
        return
    certain = bool(_UNIT_RANGE.search(said))
    scheme = (
        "a sum of indicators between 0 and 1 with entropy weights that add up to 1"
        if certain
        else "a sum with entropy weights that add up to 1, of indicators made dimensionless to "
        "between 0 and 1,"
    )
    for fact in rows[rows["subject_area"] == "index"].itertuples(index=False):
        number = parse_number(str(fact.value))
        if number:
            what = f"{fact.entity} {fact.measure}"
            yield (
                _place(fact.locator),
                f"{fact.fact_id} {what}",
                scores.score_against_scheme(number, what, scheme=scheme, certain=certain),
            )


def _tiers(rows: pd.DataFrame) -> Iterator[Judged]:
    tiers: dict[str, Tier] = {}
    place = ""
    for fact in rows[rows["subject_area"] == "tier"].itertuples(index=False):
        number = parse_number(str(fact.value))
        if number is None:
            continue
        place = place or _place(fact.locator)
        name, measure = str(fact.entity), str(fact.measure)
        tier = tiers.get(name, Tier(name))
        if re.search(r"最小值|lowest|minimum", measure):
            tier = replace(tier, lowest=number)
        elif re.search(r"最大值|highest|maximum", measure):
            tier = replace(tier, highest=number)
        elif re.search(r"均值|mean", measure):
            tier = replace(tier, mean=number)
        elif re.search(r"下限|门槛|阈值|threshold|bound", measure):
            tier = (
                replace(tier, below=number)
                if number.relation == "<"
                else replace(tier, above=number)
            )
        elif re.search(r"城市|数|cities|number", measure):
            tier = replace(tier, count=number)
        tiers[name] = tier
    total = next(
        (
            parse_number(str(fact.value))
            for fact in rows[rows["subject_area"] == "count"].itertuples(index=False)
            if re.search(r"参评|城市数|总数|cities|number of", str(fact.measure))
        ),
        None,
    )
    for cell, check in scores.tiers_partition(list(tiers.values()), total):
        yield place, cell, check


def _provinces(rows: pd.DataFrame) -> Iterator[Judged]:
    """Mean and CV of a province between the lowest and the highest score that is printed."""
    printed = [
        number
        for area in ("index", "tier")
        for fact in rows[rows["subject_area"] == area].itertuples(index=False)
        if re.search(r"指数|index|最小值|最大值|lowest|highest|score", str(fact.measure))
        and (number := parse_number(str(fact.value)))
        and number.relation == "="
    ]
    if not printed:
        return
    low, high = min(printed, key=_value), max(printed, key=_value)
    stats = rows[rows["subject_area"] == "province_stat"]
    for entity, group in stats.groupby("entity"):
        said = {
            _statistic(measure): number
            for measure, value in zip(group["measure"], group["value"], strict=True)
            if (number := parse_number(value))
        }
        count = re.search(r"(\d+)\s*(?:个|cities)", " ".join(group["note"]))
        place = _place(group["locator"].iloc[0])
        mean, cv = said.get("mean"), said.get("cv")
        if mean:
            yield place, f"{entity} mean", dispersion.mean_in_range(mean, low, high)
        if mean and cv and count:
            for check in dispersion.cv_against_range(cv, mean, low, high, int(count[1])):
                # The province need not hold the lowest and highest city: only too much is wrong.
                below = check.verdict == "impossible" and cv.high < check.low
                if not below:
                    yield place, f"{entity} CV", check


def _ratios(rows: pd.DataFrame) -> Iterator[Judged]:
    levels = {
        str(fact.entity): number
        for fact in rows[rows["subject_area"] == "index"].itertuples(index=False)
        if (number := parse_number(str(fact.value)))
    }
    for fact in rows[rows["subject_area"] == "ratio"].itertuples(index=False):
        first, _, second = str(fact.entity).partition("/")
        number = parse_number(str(fact.value))
        if number and first in levels and second in levels:
            yield (
                _place(fact.locator),
                f"{fact.fact_id} {fact.entity}",
                amounts.ratio_against_levels(
                    number,
                    levels[first].interval,
                    levels[second].interval,
                    f"{first} over {second}",
                ),
            )


def _statistic(measure: str) -> str:
    if re.search(r"变异系数|variation|\bcv\b", measure, re.IGNORECASE):
        return "cv"
    return "mean" if re.search(r"均值|mean", measure) else measure


def _value(number: Printed) -> float:
    return number.value


def _place(locator: object) -> str:
    return str(locator).split("|")[0].strip()


def _documents(rows: pd.DataFrame) -> Iterator[Judged]:
    """A document named both as a draft and as in force."""
    named: dict[str, dict[str, str]] = {}
    for row in rows[rows["subject_area"] == "policy_document"].itertuples(index=False):
        entity = str(row.entity)
        stem = re.sub(r"[（(](草案|征求意见稿|draft)[)）]", "", entity)
        stem = stem.replace("（", "(").replace("）", ")")
        named.setdefault(stem, {})[entity] = f"{row.fact_id} {row.value}"
    for stem, forms in named.items():
        drafts = [form for form in forms if re.search(r"草案|征求意见稿|draft", form)]
        if drafts and len(drafts) < len(forms):
            others = [form for form in forms if form not in drafts]
            yield "text", f"{forms[drafts[0]].split()[0]} {stem}", Check(
                "document_status", drafts[0], others[0], "inconsistent", "low",
                f"One document is called {drafts[0]} in one place and {others[0]} in another: a "
                "draft, or in force?",
            )  # fmt: skip
