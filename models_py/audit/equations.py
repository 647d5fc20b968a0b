"""Equations of a table held against each other: R² of nested ones, mediations, repetitions.

What one equation says of itself is in ``regression.py``; the arithmetic in ``rules/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from models_py.audit.context import Context
from models_py.audit.digits import Printed
from models_py.audit.findings import Check
from models_py.audit.model import RegressionColumn, is_constant, label_key
from models_py.audit.regression import cell_name, says_yes, t_interval
from models_py.audit.rules import fit, nested

Placed = tuple[str, Check]


def judge_equations(columns: Sequence[RegressionColumn], context: Context) -> Iterator[Placed]:
    """Everything several columns of a table say of each other."""
    if context.linear:
        yield from nested_gains(columns, context)
        yield from mediations(columns, absorbed=bool(context.fixed_effects))
    yield from _twice(columns)


def nested_gains(columns: Sequence[RegressionColumn], context: Context) -> Iterator[Placed]:
    """R² of every pair of nested columns."""
    for small, full in [*combinations(columns, 2), *((b, a) for a, b in combinations(columns, 2))]:
        added = full.terms() - small.terms()
        if not added or not small.terms() < full.terms() or not _one_sample(small, full):
            continue
        # A column between the two says more than the pair that spans it.
        if any(
            small.terms() < other.terms() < full.terms() and _one_sample(small, other)
            for other in columns
        ):
            continue
        name = next(
            (k for k in ("r2", "r2_within") if k in small.statistics and k in full.statistics), None
        )
        n = full.n or context.n
        if name is None or n is None:
            continue
        rows = [full.estimates[key] for key in sorted(added)]
        ts = [t_interval(row) for row in rows]
        intervals = [t for t in ts if t is not None]
        one, two = small.statistics[name], full.statistics[name]
        if len(intervals) != len(rows):
            fallen = fit.r2_falls(one, two, ", ".join(row.term for row in rows[:6]))
            if fallen:
                yield cell_name(full, "R²"), fallen
            continue
        df = _df(full, n, context)
        cell = cell_name(full, "R²")
        if len(rows) == 1:
            yield (
                cell,
                fit.r2_gain_one(one, two, intervals[0], df, context.covariance, rows[0].term),
            )
        else:
            yield (
                cell,
                fit.r2_gain_several(
                    one, two, intervals, df, context.covariance, [row.term for row in rows]
                ),
            )


def _df(column: RegressionColumn, n: int, context: Context) -> tuple[float, float]:
    """Smallest and largest residual df: fixed effects counted, or not known how many."""
    plain = n - len(column.terms()) - 1
    absorbed = sum(levels - 1 for levels in context.fixed_effects.values())
    if absorbed:
        return max(1.0, float(plain - absorbed)), max(1.0, float(plain))
    absorbs = any(says_yes(value) for value in column.indicators.values())
    return max(1.0, float(n // 3 if absorbs else plain)), max(1.0, float(plain))


def _one_sample(first: RegressionColumn, second: RegressionColumn) -> bool:
    """Whether two columns explain one outcome on one sample with one set of fixed effects."""
    return (
        not first.unplaced
        and not second.unplaced
        and label_key(first.outcome) == label_key(second.outcome)
        and first.n == second.n
        and first.indicators == second.indicators
    )


def mediations(columns: Sequence[RegressionColumn], *, absorbed: bool = False) -> Iterator[Placed]:
    """The identity of nested least squares in every triple of columns that forms a mediation.

    Where two columns could be the path to the mediator, the one that fits better counts.
    """
    for full in columns:
        for base in columns:
            tried = [
                list(_identity(base, path, full, label_key(path.outcome), absorbed))
                for path in columns
                if _triple(base, path, full, label_key(path.outcome))
            ]
            if tried:
                yield from min(
                    tried, key=lambda found: sum(c.verdict != "consistent" for _, c in found)
                )


def _triple(
    base: RegressionColumn, path: RegressionColumn, full: RegressionColumn, mediator: str
) -> bool:
    return (
        bool(mediator)
        and mediator in full.terms()
        and not any(one.unplaced for one in (base, path, full))
        and label_key(base.outcome) == label_key(full.outcome) != mediator
        and bool(base.terms())
        and base.terms() == path.terms() == full.terms() - {mediator}
        and base.n == path.n == full.n
        and base.indicators == path.indicators == full.indicators
    )


def _identity(
    base: RegressionColumn, path: RegressionColumn, full: RegressionColumn, mediator: str,
    absorbed: bool,
) -> Iterator[Placed]:  # fmt: skip
    through = full.estimates[mediator]
    if through.coefficient is None:
        return
    rows = []
    for key, estimate in base.estimates.items():
        a, c_prime = path.estimates.get(key), full.estimates.get(key)
        if estimate.coefficient and a and a.coefficient and c_prime and c_prime.coefficient:
            rows.append(
                nested.Row(estimate.term, estimate.coefficient, a.coefficient, c_prime.coefficient)
            )
    absorbed = absorbed or any(says_yes(value) for value in full.indicators.values())
    for term, check in nested.nested_identity(
        rows, through.coefficient, through.term, absorbed=absorbed
    ):
        yield cell_name(full, term), check
    treatment = next((row for row in rows if not is_constant(row.term)), None)
    if treatment:
        yield (
            cell_name(full, treatment.term),
            nested.difference_of_paths(
                treatment.c.interval, treatment.c_prime.interval, treatment.a.interval,
                through.coefficient.interval, treatment.term,
            ),
        )  # fmt: skip


def coefficients(column: RegressionColumn) -> dict[str, Printed]:
    """Coefficients and R² by name, for comparing two printings."""
    found = {
        estimate.term: estimate.coefficient
        for estimate in column.estimates.values()
        if estimate.coefficient
    }
    fitted = [r2 for key, r2 in column.statistics.items() if key.startswith("r2")]
    return found | {"R²": fitted[0]} if fitted else found


def _twice(columns: Sequence[RegressionColumn]) -> Iterator[Placed]:
    """One equation printed in two columns of a table."""
    for first, second in combinations(columns, 2):
        if not first.estimates or first.estimates.keys() != second.estimates.keys():
            continue
        if not first.outcome or not _one_sample(first, second) or first.n is None:
            continue
        if not any(key.startswith("r2") for key in first.statistics):
            continue
        where = (first.label or "one column", second.label or "another")
        yield (
            f"{where[0]} / {where[1]} {first.outcome}".strip(),
            nested.same_equation(coefficients(first), coefficients(second), where, sure=True),
        )
