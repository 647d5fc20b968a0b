"""Equations together: the identity of nested least squares, and one equation printed twice.

For least squares on one sample, a coefficient without the mediator minus that with it equals its
path to the mediator times the mediator's coefficient, in every row (the omitted-variable formula).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from models_py.audit.digits import (
    Printed,
    difference,
    overlaps,
    product,
    quotient,
    same_number,
    show,
    show_interval,
)
from models_py.audit.findings import Check, Severity, consistent
from models_py.audit.model import is_constant

#: A mediator's coefficient is called misprinted if so many rows agree on another one and
#: at least two rows fewer agree on the printed one.
_LEAST_AGREEING: Final = 3

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One regressor in the three equations: ``c`` without, ``a`` to, ``c_prime`` with mediator."""

    term: str
    c: Printed
    a: Printed
    c_prime: Printed


def nested_identity(
    rows: Sequence[Row], b: Printed, mediator: str, *, absorbed: bool = False
) -> list[tuple[str, Check]]:
    """Check c − c′ = a·b in every row, and recover what a misprinted cell must have been.

    Args:
        rows: regressors printed in all three equations.
        b: the mediator's coefficient in the full equation.
        mediator: its name.
        absorbed: whether fixed effects are absorbed; the constant is then what a program makes
            of it, and a constant alone that breaks the identity is only implausible.

    Returns:
        Pairs of term and check; the mediator's own where the rows agree on another coefficient.
    """
    holds = [_holds(row, b.interval) for row in rows]
    best, agreeing = _consensus(rows)
    checks: list[tuple[str, Check]] = []
    used: Ends = b.interval
    doubt = ""
    if agreeing >= max(_LEAST_AGREEING, sum(holds) + 2):
        used = best
        places = max(b.decimals, 0)
        implied = f"{(best[0] + best[1]) / 2:.{places}f}"
        turned = overlaps((-best[1], -best[0]), b.interval)
        flipped = (
            " (the minus sign is missing)"
            if turned and b.value > 0
            else (" (the sign is wrong)" if turned else "")
        )
        checks.append((
            mediator,
            Check("nested_identity", b.text, implied, "inconsistent", "high",
                  f"{agreeing} of {len(rows)} rows need the coefficient of {mediator} to be "
                  f"{implied} ({show_interval(best, 3)}), not {b.text}{flipped}.", *best),
        ))  # fmt: skip
        doubt = f", with the coefficient of {mediator} corrected to {implied}"
    judged = [(row.term, _row(row, used, mediator, doubt)) for row in rows]
    wrong = [term for term, check in judged if check.verdict != "consistent"]
    if absorbed and len(wrong) == 1 < len(rows) - 1 and is_constant(wrong[0]):
        judged = [
            (
                term,
                replace(check, verdict="implausible", severity="low")
                if term == wrong[0]
                else check,
            )
            for term, check in judged
        ]
    return checks + judged


def difference_of_paths(c: Ends, c_prime: Ends, a: Ends, b: Ends, term: str) -> Check:
    """The indirect effect two ways: c − c′ and a·b (equal for least squares on one sample)."""
    by_difference, by_product = difference(c, c_prime), product(a, b)
    shown = f"c − c' = {show_interval(by_difference)}"
    implied = f"a·b = {show_interval(by_product)}"
    if overlaps(by_difference, by_product):
        return consistent("c_minus_c_prime", shown, implied, "c − c' equals a·b.", *by_product)
    return Check(
        "c_minus_c_prime", shown, implied, "inconsistent", "high",
        f"The indirect effect of {term} is {show_interval(by_difference)} as c − c' and "
        f"{show_interval(by_product)} as a·b; for least squares on one sample they are equal.",
        *by_product,
    )  # fmt: skip


def same_equation(
    first: dict[str, Printed], second: dict[str, Printed], where: tuple[str, str], *, sure: bool
) -> Check:
    """One equation printed twice prints the same numbers.

    Args:
        first: coefficients and R² by name.
        second: the same of the other printing.
        where: the two places.
        sure: whether the two are known to be one equation; else a difference is implausible.
    """
    shared = [name for name in first if name in second]
    differing = [name for name in shared if not same_number(first[name], second[name])]
    shown = "; ".join(f"{name} {first[name].text}" for name in (differing or shared)[:4])
    implied = "; ".join(f"{name} {second[name].text}" for name in (differing or shared)[:4])
    if not differing:
        return consistent(
            "same_equation", shown, implied, f"{where[0]} and {where[1]} print the same numbers."
        )
    severity: Severity = "high" if sure else "medium"
    return Check(
        "same_equation", shown, implied, "inconsistent" if sure else "implausible", severity,
        f"{where[0]} and {where[1]} have the same outcome, regressors and N, but print {shown} "
        f"and {implied}{'' if sure else '; they may differ in controls that are not printed'}.",
    )  # fmt: skip


def _row(row: Row, b: Ends, mediator: str, doubt: str) -> Check:
    gap = difference(row.c.interval, row.c_prime.interval)
    path = product(row.a.interval, b)
    shown = f"{row.c.text} − {row.c_prime.text}"
    implied = f"{row.a.text} × {show_interval(b, 3)} = {show_interval(path, 3)}"
    if overlaps(gap, path):
        return consistent("nested_identity", shown, implied, f"c − c' = a·b holds{doubt}.", *path)
    needed = difference(row.c.interval, path)
    places = max(row.c_prime.decimals, 0)
    recovered = f"{(needed[0] + needed[1]) / 2:.{places}f}"
    return Check(
        "nested_identity", row.c_prime.text, recovered, "inconsistent", "high",
        f"{row.term}: {row.c.text} without and {row.c_prime.text} with {mediator} differ by "
        f"{show(row.c.value - row.c_prime.value)}, but its path to {mediator} times the "
        f"coefficient of {mediator} is {show_interval(path, 3)}{doubt}. If the other cells are "
        f"right, {row.c_prime.text} must have been {recovered}.", *needed,
    )  # fmt: skip


def _holds(row: Row, b: Ends) -> bool:
    return overlaps(
        difference(row.c.interval, row.c_prime.interval), product(row.a.interval, b)
    )  # fmt: skip


def _consensus(rows: Sequence[Row]) -> tuple[Ends, int]:
    """The mediator's coefficient on which most rows agree, and how many do."""
    wanted: list[Ends] = []
    for row in rows:
        gap = difference(row.c.interval, row.c_prime.interval)
        implied = quotient(gap, row.a.interval)
        if implied is not None:
            wanted.append(implied)
    best: Ends = (-math.inf, math.inf)
    count = 0
    for low, _ in wanted:
        covering = [ends for ends in wanted if ends[0] <= low <= ends[1]]
        if len(covering) > count:
            count = len(covering)
            best = (max(ends[0] for ends in covering), min(ends[1] for ends in covering))
    return best, count
