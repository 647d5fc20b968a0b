"""Descriptives, correlations, effects and converted amounts judged.

Regressions are in ``regression.py``, plain numbers in ``numbers.py``; the arithmetic in ``rules/``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from models_py.audit.context import Context
from models_py.audit.digits import Printed
from models_py.audit.findings import Check
from models_py.audit.model import (
    Amount,
    CorrelationMatrix,
    Descriptive,
    Effect,
    Mediation,
    label_key,
)
from models_py.audit.reference import NORMAL, Reference, student, t_of_r
from models_py.audit.rules import correlation, dispersion, inference, mediation, money
from models_py.audit.rules.marks import Marked, settle_convention
from models_py.audit.rules.scores import magnitude_against_definition

Placed = tuple[str, Check]

_COUNTED: Final = re.compile(
    r"(次数|个数|件数|家数|数量|人数|项数|篇数)|\bcounts?\b|\bnumber of\b|\bno\. of\b|likert|"
    r"李克特|dummy|虚拟变量|哑变量|0/1"
)
_MEASURED: Final = re.compile(r"对数|万|亿|%|率|比|ln|log|per |人均|均|指数|index|ratio|share")
_COUNT_UNITS: Final = frozenset({"次", "件", "家", "个", "项", "篇", "份", "count", "counts"})
#: A range of whole numbers as short as a rating scale's, in a table that prints decimals elsewhere.
_SCALE_RANGE: Final = 20.0
#: Formats of so many significant digits print larger numbers whole that are not.
_EXACT_UP_TO: Final = 100.0


def judge_descriptives(rows: Sequence[Descriptive], context: Context) -> Iterator[Placed]:
    """Range, spread and granularity of every variable."""
    decimals = any(
        number is not None and number.decimals > 0
        for row in rows
        for number in (row.minimum, row.maximum)
    )
    for row in map(_finite, rows):
        n = int(row.n.value) if row.n else context.n
        cell = row.variable
        whole, certain = _whole(row, context, decimals)
        if row.minimum and row.maximum:
            ends = [_exact(end) if decimals else end for end in (row.minimum, row.maximum)]
            for name, number in (("mean", row.mean), ("median", row.median)):
                if number:
                    yield cell, dispersion.mean_in_range(number, ends[0], ends[1], name)
            if row.sd:
                for check in dispersion.sd_against_range(
                    row.sd, row.mean, row.minimum, row.maximum, n, integer=whole and certain
                ):
                    yield cell, check
        items = context.items.get(row.variable, context.items.get("*", 1))
        if whole and row.mean and n:
            yield cell, dispersion.grim(row.mean, n, items, certain=certain)
            if row.sd:
                granular = dispersion.grimmer(row.sd, row.mean, n, items, certain=certain)
                if granular:
                    yield cell, granular
        if row.definition:
            values = [one for one in (row.mean, row.minimum, row.maximum) if one]
            sized = magnitude_against_definition(row.definition, values, row.variable, row.mean)
            if sized:
                yield cell, sized


def judge_correlations(matrix: CorrelationMatrix, context: Context) -> Iterator[Placed]:
    """Range, diagonal, symmetry, completeness, definiteness and marks of a matrix."""
    for (row, column), r in matrix.cells.items():
        name = f"{matrix.variables[row]} × {matrix.variables[column]}"
        check = (
            correlation.diagonal(matrix.variables[row], r)
            if row == column
            else correlation.in_range(name, r)
        )
        if check:
            yield name, check
    yield from correlation.symmetry(matrix)
    yield "matrix", correlation.completeness(matrix)
    definite = correlation.positive_semidefinite(matrix)
    if definite:
        yield "matrix", definite
    yield from _correlation_marks(matrix, context)


def _correlation_marks(matrix: CorrelationMatrix, context: Context) -> Iterator[Placed]:
    n = matrix.n or context.n
    pairs = {
        pair: r for pair, r in matrix.cells.items() if pair[0] != pair[1] and abs(r.value) <= 1
    }
    if not n or n < 4 or (context.convention is None and not any(r.stars for r in pairs.values())):
        return
    if matrix.two_kinds:
        pairs = {pair: r for pair, r in pairs.items() if pair[0] > pair[1]}
    # In a full matrix marks often stand in one triangle only.
    lower = {p: r for p, r in pairs.items() if p[0] > p[1]}
    upper = {p: r for p, r in pairs.items() if p[0] < p[1]}
    marked = [half for half in (lower, upper) if any(r.stars for r in half.values())]
    if len(marked) == 1:
        pairs = marked[0]
    known: tuple[Reference, ...] = (student(n - 2), NORMAL)
    items = []
    for r in pairs.values():
        ends = sorted(abs(end) for end in r.interval)
        low = 0.0 if r.low <= 0 <= r.high else t_of_r(ends[0], n)
        items.append(
            Marked(r.stars, (low, t_of_r(min(ends[1], 1.0), n)), known, None,
                   f"r = {r.text} of {n} pairs", r.text)
        )  # fmt: skip
    _, checks, note = settle_convention(items, context.convention, "stars_vs_r")
    for (row, column), check in zip(pairs, checks, strict=True):
        yield f"{matrix.variables[row]} × {matrix.variables[column]}", check
    if note:
        yield "note", note


def judge_mediation(
    found: Mediation, context: Context, known: Sequence[Reference]
) -> Iterator[Placed]:
    """Effects against their intervals, p-values, paths and sum."""
    effects = found.effects
    for effect in effects.values():
        for check in _effect(effect, context, known):
            yield effect.label or f"{effect.kind} effect", check
    indirect, direct, total = (effects.get(kind) for kind in ("indirect", "direct", "total"))
    if indirect and direct and total and indirect.estimate and direct.estimate and total.estimate:
        yield (
            "total effect",
            mediation.total_is_sum(total.estimate, direct.estimate, indirect.estimate),
        )
    share = effects.get("share")
    if share and share.estimate and indirect and indirect.estimate and total and total.estimate:
        mediated = mediation.proportion(share.estimate, indirect.estimate, total.estimate)
        if mediated:
            yield "mediated share", mediated
    a, b = found.a, found.b
    if a and b and a.coefficient and b.coefficient and indirect:
        ends = (a.coefficient.interval, b.coefficient.interval)
        if indirect.estimate:
            yield "indirect effect", mediation.indirect_against_paths(indirect.estimate, *ends)


def _effect(effect: Effect, context: Context, known: Sequence[Reference]) -> Iterator[Check]:
    """One effect against its own interval, p and t."""
    estimate, ci, p = effect.estimate, effect.ci, effect.p
    if estimate and ci:
        yield inference.estimate_in_interval(estimate, ci, "effect_in_interval")
    if p and ci:
        yield inference.p_against_ci(p, ci, None, known, context.level, symmetric=False)
        crossing: Check | None = None
        # A normal p beside a percentile interval may stand on the other side of 5 % than it does:
        # in 1,500 simulated mediations p was up to 0.19 with zero outside, 0.046 with zero inside.
        if p.relation != ">" and not 0.03 < p.value < 0.2:
            claimed = p.high if p.high <= 0.05 else None
            crossing = inference.zero_in_interval(ci, claimed, f"p = {p.text}", context.level)
        if crossing:
            yield crossing
    if estimate and effect.se and effect.t:
        yield inference.t_against_se(estimate, effect.se, effect.t)
    if estimate and effect.se and p and not ci and effect.se.low > 0:
        size = abs(estimate.value) / effect.se.high, abs(estimate.value) / effect.se.low
        yield inference.p_against_t(p, size, known)


def judge_amounts(rows: Sequence[Amount]) -> Iterator[Placed]:
    """Conversions: one amount twice, rates against the market and each other."""
    for at, first in enumerate(rows):
        cell = first.where or first.item
        check = money.rate_against_market(first)
        if check:
            yield cell, check
        for second in rows[at + 1 :]:
            twice = money.one_amount_twice(first, second)
            if twice:
                yield cell, twice
    for amount, check in money.rates_against_each_other(rows):
        yield amount.where or amount.item, check


def _finite(row: Descriptive) -> Descriptive:
    """The row without numbers that are bounds only (``>2.5``)."""

    def kept(number: Printed | None) -> Printed | None:
        return number if number and math.isfinite(number.high - number.low) else None

    return replace(
        row, n=kept(row.n), mean=kept(row.mean), sd=kept(row.sd), minimum=kept(row.minimum),
        maximum=kept(row.maximum), median=kept(row.median),
    )  # fmt: skip


def _exact(end: Printed) -> Printed:
    """A small whole minimum or maximum in a table that prints decimals elsewhere is not rounded."""
    if end.is_integer and end.relation == "=" and abs(end.value) <= _EXACT_UP_TO:
        return replace(end, low=end.value, high=end.value)
    return end


def _whole(row: Descriptive, context: Context, decimals: bool) -> tuple[bool, bool]:
    """Whether a variable's data are whole numbers, and whether that is said or only looks so."""
    key = label_key(row.variable)
    named = {label_key(name) for name in context.integer}
    if "*" in context.integer or key in named:
        return True, True
    if label_key(row.unit) in _COUNT_UNITS:
        return True, True
    words = f"{row.variable} {row.unit}".casefold()
    if _COUNTED.search(words) and not _MEASURED.search(words):
        return True, True
    ends = (row.minimum, row.maximum)
    if not all(end is not None and end.is_integer for end in ends) or not row.mean or not decimals:
        return False, False
    low, high = (end.value for end in ends if end is not None)
    # A variable from 0 to 1 is as often a share as a dummy.
    return 1 < high - low <= _SCALE_RANGE, False
