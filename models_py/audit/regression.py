"""The cells of regressions judged: marks, t, SE, p, intervals, degrees of freedom.

Equations held against each other are in ``equations.py``; the arithmetic in ``rules/``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from models_py.audit.context import Context
from models_py.audit.digits import Printed, magnitude, quotient
from models_py.audit.findings import Check
from models_py.audit.model import Estimate, PublishedTable, RegressionColumn, is_constant
from models_py.audit.reference import (
    FEW_CLUSTERS,
    NORMAL,
    UNKNOWN_N,
    UNSTATED,
    USUAL,
    Convention,
    Reference,
    marks,
    marks_of_p,
    student,
)
from models_py.audit.rules import fit, inference
from models_py.audit.rules.marks import Marked, settle_convention, stars_against_p

Placed = tuple[str, Check]
#: With so few pairs of coefficient and parenthesis a guess of what the parenthesis is needs all.
_SURE_GUESS: Final = 0.75


def judge_regressions(table: PublishedTable, context: Context) -> list[Placed]:
    """All checks of a table's regressions, each with the cell it is about."""
    columns = table.columns
    what = settle_statistic(columns, context)
    for column in columns:
        for estimate in column.estimates.values():
            _place(estimate, what)
            _place_second(estimate, what, context.in_brackets)
    found: list[Placed] = []
    found += _marks(columns, context)
    for column in columns:
        found += _column(column, context)
    return found


def settle_statistic(columns: Sequence[RegressionColumn], context: Context) -> str | None:
    """Whether numbers in parentheses are t or SE: as said, or as signs and marks show.

    A negative number is a t; else the reading under which more marks are right, if it is clearly
    the better one. None if it cannot be told.
    """
    if context.in_parentheses:
        return context.in_parentheses
    pairs = [
        (estimate.coefficient, estimate.stat, estimate.stars)
        for column in columns
        for estimate in column.estimates.values()
        if estimate.coefficient and estimate.stat
    ]
    if not pairs:
        return None
    if any(stat.high < 0 for _, stat, _ in pairs):
        return "t"
    negative = [coefficient for coefficient, _, _ in pairs if coefficient.high < 0]
    if len(negative) >= 2:
        return "se"
    conventions = [context.convention] if context.convention else list(USUAL)
    scores = {"t": 0, "se": 0}
    if all(0 <= stat.value <= 1 and stat.decimals >= 2 for _, stat, _ in pairs):
        scores["p"] = sum(
            any(
                marks_of_p(stat.high, one) <= stars <= marks_of_p(stat.low, one)
                for one in conventions
            )
            for _, stat, stars in pairs
        )
    for coefficient, stat, stars in pairs:
        for reading in ("t", "se"):
            size = _size_as(coefficient, stat, reading)
            if size is not None and any(
                marks(size[0], math.inf, one) <= stars <= marks(size[1], math.inf, one)
                for one in conventions
            ):
                scores[reading] += 1
    best = max(scores, key=lambda reading: scores[reading])
    others = max(score for reading, score in scores.items() if reading != best)
    if scores[best] > others and scores[best] >= _SURE_GUESS * len(pairs):
        return best
    return None


def references(
    column: RegressionColumn, context: Context
) -> tuple[tuple[Reference, ...], Reference | None]:
    """Distributions a column's statistics may have been compared with.

    Returns:
        The references, and one more that what is unsaid (clusters, N) may hide.
    """
    found = [NORMAL]
    n = column.n or context.n
    if context.df:
        found.append(student(context.df))
    elif n:
        used = len(column.estimates) + sum(
            levels - 1 for levels in context.fixed_effects.values()
        ) + (0 if any(is_constant(key) for key in column.estimates) else 1)  # fmt: skip
        if n - used > 0:
            found.append(student(n - used))
    printed = column.statistics.get("clusters")
    clusters = context.clusters or (int(printed.value) if printed else None)
    if clusters is None and context.covariance != "classical" and context.fixed_effects:
        clusters = max(context.fixed_effects.values())
    if clusters and clusters > 1 and context.covariance != "classical":
        found.append(student(clusters - 1, f"{clusters} clusters"))
    if not n and not context.df and not clusters:
        return tuple(found), UNKNOWN_N
    # outreg2 writes "Robust standard errors" under clustered ones too.
    unsaid = context.covariance != "classical" and clusters is None
    hidden = [FEW_CLUSTERS if context.covariance == "clustered" else UNSTATED] if unsaid else []
    absorbs = any(says_yes(value) for value in column.indicators.values())
    if absorbs and not context.fixed_effects and n and not context.df:
        hidden.append(student(max(4, n // 3)))
    return tuple(found), min(hidden, key=lambda one: one.df, default=None)


def any_reference(known: tuple[Reference, ...], hidden: Reference | None) -> tuple[Reference, ...]:
    """The references with the hidden one, for rules that accept any df in between."""
    return (*known, hidden) if hidden else known


def t_interval(estimate: Estimate) -> tuple[float, float] | None:
    """The interval of t that the printed digits allow, from t itself or from estimate / SE."""
    if estimate.t is not None:
        return estimate.t.interval
    if estimate.coefficient is not None and estimate.se is not None:
        return quotient(estimate.coefficient.interval, magnitude(estimate.se.interval))
    return None


def cell_name(column: RegressionColumn, term: str) -> str:
    """A cell's name: column, outcome and regressor."""
    head = " ".join(part for part in (column.label, column.outcome) if part)
    return f"{head} · {term}" if head else term


def _size_as(coefficient: Printed, stat: Printed, reading: str) -> tuple[float, float] | None:
    if reading == "t":
        return magnitude(stat.interval)
    ratio = quotient(coefficient.interval, magnitude(stat.interval))
    return magnitude(ratio) if ratio else None


def _place(estimate: Estimate, what: str | None) -> None:
    if estimate.stat is None or what is None:
        return
    if what == "t":
        estimate.t = estimate.t or estimate.stat
    elif what == "se":
        estimate.se = estimate.se or estimate.stat
    else:
        estimate.p = estimate.p or estimate.stat
    estimate.stat = None


def _place_second(estimate: Estimate, what: str | None, second: str | None) -> None:
    """The second number of a cell, where the note says what it is, other than the first."""
    if estimate.second is None or second is None or what is None or second == what:
        return
    estimate.stat = estimate.second
    estimate.second = None
    _place(estimate, second)


def _marks(columns: Sequence[RegressionColumn], context: Context) -> list[Placed]:
    """Marks of the whole table under the one convention it uses."""
    items: list[Marked] = []
    cells: list[str] = []
    with_p: list[tuple[str, Estimate]] = []
    any_marks = context.convention is not None
    for column in columns:
        known, lenient = references(column, context)
        for estimate in column.estimates.values():
            any_marks = any_marks or estimate.stars > 0
            if estimate.coefficient is None:
                continue
            cell = cell_name(column, estimate.term)
            if estimate.p is not None:
                with_p.append((cell, estimate))
            interval = t_interval(estimate)
            if interval is None:
                continue
            name = (
                f"t = {estimate.t.text}"
                if estimate.t
                else (f"{estimate.coefficient.text} / {estimate.se.text if estimate.se else ''}")
            )
            items.append(Marked(estimate.stars, magnitude(interval), known, lenient, name,
                                estimate.coefficient.text))  # fmt: skip
            cells.append(cell)
    if not any_marks:
        return []
    convention, checks, note = settle_convention(items, context.convention)
    found = list(zip(cells, checks, strict=True))
    if note:
        found.append(("note", note))
    if not items and context.convention is None and with_p:
        convention = _by_p(with_p)
    found += [
        (cell, stars_against_p(estimate.stars, estimate.p, convention))
        for cell, estimate in with_p
        if estimate.p
    ]
    return found


def _by_p(cells: Sequence[tuple[str, Estimate]]) -> Convention:
    """The usual convention that fewest printed p-values break."""

    def broken(convention: Convention) -> int:
        return sum(
            stars_against_p(estimate.stars, estimate.p, convention).verdict != "consistent"
            for _, estimate in cells
            if estimate.p
        )

    return min(USUAL, key=broken)


def _column(column: RegressionColumn, context: Context) -> Iterator[Placed]:
    known = any_reference(*references(column, context))
    marks_used = any(estimate.stars for estimate in column.estimates.values())
    for estimate in column.estimates.values():
        cell = cell_name(column, estimate.term)
        for check in estimate_checks(estimate, known, context.level, marks_used=marks_used):
            yield cell, check
    r2 = column.statistics.get("r2") or column.statistics.get("r2_within")
    if r2:
        for check in fit.r2_range(r2, column.statistics.get("adjusted_r2")):
            yield cell_name(column, "R²"), check
    n = column.n
    if n and not column.unplaced:
        clusters = column.statistics.get("clusters")
        used = len(column.estimates)
        effects = dict(context.fixed_effects)
        count = context.clusters or (int(clusters.value) if clusters else None)
        yield cell_name(column, "N"), fit.degrees_of_freedom(n, used, effects, count)
        df = column.statistics.get("df")
        if df:
            left = n - used - sum(levels - 1 for levels in effects.values())
            fits = [float(left), float(left - 1), *([count - 1.0] if count else [])]
            if effects or not column.indicators:
                yield cell_name(column, "df"), fit.printed_df(df, fits)


def estimate_checks(
    estimate: Estimate, known: Sequence[Reference], level: float, *, marks_used: bool = False
) -> Iterator[Check]:
    """What coefficient, SE, t, p and interval of one row say of each other."""
    coefficient, se, t, p, ci = (
        estimate.coefficient, estimate.se, estimate.t, estimate.p, estimate.ci,
    )  # fmt: skip
    if coefficient and se:
        negative = inference.se_positive(coefficient, se)
        if negative:
            yield negative
    if coefficient and se and t:
        yield inference.t_against_se(coefficient, se, t)
    elif coefficient and t:
        yield inference.sign_of_t(coefficient, t)
    size = t_interval(estimate)
    if p and size:
        yield inference.p_against_t(p, size, known)
    if ci is None:
        return
    if coefficient:
        yield inference.estimate_in_interval(coefficient, ci)
        spread = magnitude(se.interval) if se else _se_from_t(coefficient, t)
        if spread:
            yield inference.ci_against_se(coefficient, spread, ci, known, level)
        elif p:
            yield inference.p_against_ci(p, ci, coefficient, known, level)
    claim = _claim(estimate, level, marks_used)
    if claim:
        check = inference.zero_in_interval(ci, claim[0], claim[1], level)
        if check:
            yield check


def _claim(estimate: Estimate, level: float, marks_used: bool) -> tuple[float | None, str] | None:
    """What a row claims at the level of its interval: significant, not significant, or nothing."""
    own = 1 - level
    if estimate.p is not None:
        if estimate.p.high <= own:
            return own, f"p = {estimate.p.text}"
        return (None, f"p = {estimate.p.text}") if estimate.p.low > own else None
    # One mark is 10 % or 5 %, two are 5 % at the weakest under every usual convention.
    if estimate.stars >= 2 or (estimate.stars == 1 and own >= 0.1 - 1e-9):
        return own, "*" * estimate.stars
    if marks_used and estimate.stars == 0 and own <= 0.05 + 1e-9:
        return None, "no mark"
    return None


def _se_from_t(coefficient: Printed, t: Printed | None) -> tuple[float, float] | None:
    if t is None:
        return None
    spread = quotient(coefficient.interval, t.interval)
    return magnitude(spread) if spread else None


def says_yes(value: str) -> bool:
    """Whether a cell says that an effect or a control is included."""
    return value.strip().casefold() in {"yes", "y", "是", "√", "✓", "有", "控制", "固定"}
