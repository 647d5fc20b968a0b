"""Composite indices and documents among the facts: scores, tiers, spread, drafts.

The arithmetic is in ``rules/``; multiples of scores are quotients, in ``amounts.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from models_py.audit.digits import Printed
from models_py.audit.findings import Check
from models_py.audit.published.fact import Fact, Facts, Judged, numbered
from models_py.audit.rules import dispersion, scores
from models_py.audit.rules.scores import Tier

_UNIT_RANGE: Final = frozenset({"min_max", "range", "unit_interval"})
_TIER: Final = {
    "n_cities": "count", "minimum": "lowest", "maximum": "highest", "mean": "mean",
    "lower_bound": "above", "upper_bound": "below",
}  # fmt: skip
_DRAFT: Final = re.compile(r"[（(](草案|征求意见稿|draft)[)）]")


def judge_indices(facts: Facts) -> Iterator[Judged]:
    """Scores against their scheme, tiers as a partition, spread; the status of documents."""
    yield from _scores(facts)
    yield from _tiers(facts)
    yield from _spread(facts)
    yield from _documents(facts)


def _scores(facts: Facts) -> Iterator[Judged]:
    method = next(
        (fact for fact in facts.of("weighting") if fact.details.get("weighting") == "entropy"), None
    )
    if method is None:
        return
    certain = method.details.get("normalisation") in _UNIT_RANGE
    scheme = (
        "a sum of indicators between 0 and 1 with entropy weights that add up to 1"
        if certain
        else "a sum with entropy weights that add up to 1, of indicators made dimensionless to "
        "between 0 and 1,"
    )
    for fact, number in numbered(facts.of("index")):
        yield fact.place, fact.cell, scores.score_against_scheme(
            number, fact.what, scheme=scheme, certain=certain
        )  # fmt: skip


def _tiers(facts: Facts) -> Iterator[Judged]:
    tiers: dict[str, Tier] = {}
    place = ""
    for fact, number in numbered(facts.of("tier")):
        if fact.measure in _TIER:
            place = place or fact.place
            tier = tiers.get(fact.entity, Tier(fact.entity))
            said: dict[str, Any] = {_TIER[fact.measure]: number}
            tiers[fact.entity] = replace(tier, **said)
    total = next(
        (number for fact, number in numbered(facts.of("count")) if fact.measure == "n_cities"), None
    )
    for cell, check in scores.tiers_partition(list(tiers.values()), total) if tiers else ():
        yield place, cell, check


def _spread(facts: Facts) -> Iterator[Judged]:
    """Mean and CV of a province between the lowest and the highest score that is printed."""
    printed = [
        number for fact, number in numbered(facts.of("index", "tier"))
        if fact.measure in ("index_score", "minimum", "maximum") and number.relation == "="
    ]  # fmt: skip
    if not printed:
        return
    low, high = min(printed, key=_value), max(printed, key=_value)
    groups: dict[str, dict[str, Fact]] = {}
    for fact in facts.of("province_stat"):
        groups.setdefault(fact.entity, {})[fact.measure] = fact
    for entity, group in groups.items():
        mean, cv = group.get("mean"), group.get("coefficient_of_variation")
        if mean is None or mean.number is None:
            continue
        yield mean.place, f"{entity} mean", dispersion.mean_in_range(mean.number, low, high)
        count = cv.details.get("n_cities", "") if cv else ""
        if cv and cv.number and count.isdigit():
            for check in dispersion.cv_against_range(cv.number, mean.number, low, high, int(count)):
                # The province need not hold the lowest and highest city: only too much is wrong.
                below = check.verdict == "impossible" and cv.number.high < check.low
                if not below:
                    yield cv.place, f"{entity} CV", check


def _value(number: Printed) -> float:
    return number.value


def _documents(facts: Facts) -> Iterator[Judged]:
    """A document named both as a draft and as in force."""
    named: dict[str, list[Fact]] = {}
    for fact in facts.of("policy_document"):
        stem = _DRAFT.sub("", fact.entity).replace("（", "(").replace("）", ")")
        named.setdefault(stem, []).append(fact)
    for stem, forms in named.items():
        drafts = [form for form in forms if form.status == "draft" or _DRAFT.search(form.entity)]
        others = [form for form in forms if form not in drafts]
        if drafts and others:
            draft, other = drafts[0].entity, others[0].entity
            yield f"{drafts[0].place} / {others[0].place}", f"{drafts[0].fact_id} {stem}", Check(
                "document_status", draft, other, "inconsistent", "low",
                f"One document is called {draft} in one place and {other} in another: a draft, or "
                "in force?",
            )  # fmt: skip
