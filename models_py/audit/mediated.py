"""Indirect and direct effects reported beside a table of paths, judged against the paths.

The identity row by row is in ``regression.py``; effects printed as a table in ``tabular.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models_py.audit.digits import Printed, difference, magnitude, parse_number, product, quotient
from models_py.audit.findings import Check
from models_py.audit.model import Effect, Estimate, RegressionColumn, is_constant, label_key
from models_py.audit.regression import t_interval
from models_py.audit.rules import mediation

Placed = tuple[str, Check]


@dataclass(frozen=True, slots=True)
class Paths:
    """Coefficients of a mediation: a to the mediator, b from it, c without and c′ with it."""

    a: Estimate
    b: Estimate
    c: Estimate | None
    c_prime: Estimate


def find_paths(
    columns: Sequence[RegressionColumn], treatment: str = "", mediator: str = ""
) -> Paths | None:
    """The paths of the first triple of columns that forms a mediation.

    Args:
        columns: fitted models.
        treatment: its name; the first regressor of the path equation if empty.
        mediator: its name; any outcome that another column has as regressor if empty.
    """
    for path in columns:
        through = label_key(mediator or path.outcome)
        if label_key(path.outcome) != through:
            continue
        for full in columns:
            if through not in full.estimates or full is path:
                continue
            key = label_key(treatment) or next(
                (one for one in path.estimates if not is_constant(one) and one in full.estimates),
                "",
            )
            if key not in path.estimates or key not in full.estimates:
                continue
            base = next(
                (
                    column
                    for column in columns
                    if label_key(column.outcome) == label_key(full.outcome)
                    and through not in column.estimates
                    and column.terms() == full.terms() - {through}
                    and key in column.estimates
                ),
                None,
            )
            return Paths(
                path.estimates[key], full.estimates[through],
                base.estimates[key] if base else None, full.estimates[key],
            )  # fmt: skip
    return None


def judge_effects(paths: Paths, effects: Mapping[str, Effect], level: float) -> Iterator[Placed]:
    """Reported effects and intervals against what the printed paths imply."""
    a, b, c_prime = paths.a.coefficient, paths.b.coefficient, paths.c_prime.coefficient
    indirect, direct = effects.get("indirect"), effects.get("direct")
    if a and b and indirect:
        if indirect.estimate:
            yield (
                "indirect effect",
                mediation.indirect_against_paths(indirect.estimate, a.interval, b.interval),
            )
        if indirect.ci:
            ab = product(a.interval, b.interval)
            yield "indirect effect", mediation.effect_in_interval(ab, indirect.ci, "a·b")
            yield from _by_difference(paths, indirect)
            errors = (_error(paths.a), _error(paths.b))
            if errors[0] and errors[1]:
                yield (
                    "indirect effect",
                    mediation.sobel_interval(a, b, errors[0], errors[1], indirect.ci, level),
                )
    if direct and direct.ci and c_prime:
        yield (
            "direct effect",
            mediation.effect_in_interval(c_prime.interval, direct.ci, "c'", "direct"),
        )


def effects_of(given: Mapping[str, Any]) -> dict[str, Effect]:
    """Effects from a context's mapping: ``indirect: {estimate, ci: [low, high], p}``.

    Raises:
        ValueError: an interval that has not two ends.
    """
    found: dict[str, Effect] = {}
    for kind in ("indirect", "direct", "total"):
        one = given.get(kind)
        if not isinstance(one, Mapping):
            continue
        ci = one.get("ci") or one.get("interval") or one.get("区间")
        ends = None
        if ci is not None:
            pair = [parse_number(str(end)) for end in ci] if isinstance(ci, (list, tuple)) else []
            if len(pair) != 2 or pair[0] is None or pair[1] is None:
                raise ValueError(f"The interval of the {kind} effect must be two numbers: {ci!r}.")
            ends = (pair[0], pair[1])
        found[kind] = Effect(
            kind, _number(one, "estimate"), _number(one, "se"), _number(one, "t"),
            _number(one, "p"), ends,
        )  # fmt: skip
    return found


def _by_difference(paths: Paths, indirect: Effect) -> Iterator[Placed]:
    if paths.c and paths.c.coefficient and paths.c_prime.coefficient and indirect.ci:
        gap = difference(paths.c.coefficient.interval, paths.c_prime.coefficient.interval)
        yield "indirect effect", mediation.effect_in_interval(gap, indirect.ci, "c − c'")


def _error(estimate: Estimate) -> tuple[float, float] | None:
    if estimate.se:
        return magnitude(estimate.se.interval)
    t = t_interval(estimate)
    if t is None or estimate.coefficient is None:
        return None
    spread = quotient(estimate.coefficient.interval, t)
    return magnitude(spread) if spread else None


def _number(given: Mapping[str, Any], key: str) -> Printed | None:
    value = given.get(key)
    return parse_number(str(value)) if value is not None else None
