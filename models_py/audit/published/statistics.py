"""Statistical tables rebuilt from their facts and judged as any table is.

Rules are in ``rules/``; what the text says of the tables is in ``claims.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final

from models_py.audit.api import judge
from models_py.audit.context import Context
from models_py.audit.digits import Printed
from models_py.audit.equations import coefficients, nested_gains
from models_py.audit.mediated import find_paths, judge_effects
from models_py.audit.model import (
    CorrelationMatrix,
    Descriptive,
    Effect,
    Estimate,
    Mediation,
    PublishedTable,
    RegressionColumn,
    label_key,
)
from models_py.audit.published.fact import Fact, Facts, Judged, numbered
from models_py.audit.reference import Convention
from models_py.audit.rules import nested

_STATISTICS: Final = {
    "n_obs": "n", "r_squared": "r2", "adjusted_r_squared": "adjusted_r2",
    "within_r_squared": "r2_within", "f_statistic": "f", "n_clusters": "clusters",
}  # fmt: skip
_DESCRIPTIVES: Final = {
    "n_obs": "n", "mean": "mean", "standard_deviation": "sd", "minimum": "minimum",
    "maximum": "maximum", "median": "median",
}  # fmt: skip
_ESTIMATES: Final = {"t_statistic": "t", "standard_error": "se", "p_value": "p"}
_PARENTHESES: Final = {"t_statistic": "t", "standard_error": "se", "p_value": "p"}
_ENTITIES: Final = re.compile(r"n_(?:provinces|cities|firms|regions|countries|entities)")
_PERIODS: Final = re.compile(r"n_(?:years|periods|quarters|months)")
#: A table whose equations print at most so many regressors has left its controls out.
_BRIEF: Final = 3


@dataclass(slots=True)
class Paper:
    """The statistical tables of one source, and which fact became which number.

    Attributes:
        estimates: table, column and estimate by the fact_id of the coefficient.
        pairs: table, names, r and N by the fact_id of the correlation.
        alternatives: keys of variables that a robustness table measures otherwise.
    """

    source_id: str
    context: Context
    tables: dict[str, PublishedTable] = field(default_factory=dict)
    estimates: dict[str, tuple[str, RegressionColumn, Estimate]] = field(default_factory=dict)
    pairs: dict[str, tuple[str, frozenset[str], Printed, int | None]] = field(default_factory=dict)
    alternatives: frozenset[str] = frozenset()


def read_paper(source: str, facts: Facts) -> Paper:
    """The tables that the facts of one source make up."""
    paper = Paper(source, _context(source, facts))
    variables = [fact for fact in facts.of("variable") if fact.details.get("variable")]
    other = [fact for fact in variables if "robustness" in fact.details.get("role", "")]
    paper.alternatives = frozenset(label_key(fact.details["variable"]) for fact in other)
    definitions = {fact.details["variable"]: fact.text for fact in variables if fact not in other}
    for fact, number in numbered(facts.of("descriptive_stat", "correlation", "regression")):
        table = paper.tables.setdefault(fact.place, PublishedTable(fact.place, source_id=source))
        if fact.area == "descriptive_stat":
            _describe(table, fact, number, definitions)
        elif fact.area == "correlation":
            _correlate(paper, table, fact, number)
        else:
            _regress(paper, table, fact, number)
    return paper


def judge_tables(paper: Paper, facts: Facts) -> Iterator[Judged]:
    """Every table by itself, the tables against each other, and reported effects."""
    for name, table in paper.tables.items():
        for cell, check in judge(table, paper.context):
            yield name, cell, check
    yield from _across(paper)
    yield from _effects(paper, facts)


def _context(source: str, facts: Facts) -> Context:
    levels: dict[str, int] = {}
    for fact, number in numbered(facts.of("sample")):
        if _ENTITIES.fullmatch(fact.measure):
            levels["entities"] = int(number.value)
        elif _PERIODS.fullmatch(fact.measure):
            levels["periods"] = int(number.value)
    absorbed = any(fact.details.get("fixed_effects") for fact in facts.of("regression"))
    said = next((one for fact in facts if (one := _convention(fact))), None)
    inside = next(
        (_PARENTHESES.get(fact.details["parentheses"]) for fact in facts
         if "parentheses" in fact.details), None,
    )  # fmt: skip
    return Context(
        source_id=source, fixed_effects=levels if absorbed else {}, convention=said,
        in_parentheses=inside,
    )  # fmt: skip


def _convention(fact: Fact) -> Convention | None:
    """What a note says the marks mean: ``stars1=0.10;stars2=0.05;stars3=0.01``."""
    levels = tuple(
        float(fact.details[f"stars{count}"]) for count in range(1, 5)
        if f"stars{count}" in fact.details
    )  # fmt: skip
    return Convention("the note's", levels) if levels else None


def _describe(
    table: PublishedTable, fact: Fact, number: Printed, definitions: dict[str, str]
) -> None:
    variable = fact.details.get("variable", fact.entity)
    row = next((one for one in table.descriptives if one.variable == variable), None)
    if row is None:
        row = Descriptive(variable, definition=definitions.get(variable, ""))
        table.descriptives.append(row)
    if fact.measure == "mean":
        row.unit = fact.unit
    if fact.measure in _DESCRIPTIVES:
        setattr(row, _DESCRIPTIVES[fact.measure], number)


def _correlate(paper: Paper, table: PublishedTable, fact: Fact, number: Printed) -> None:
    row, column = fact.details.get("row"), fact.details.get("column")
    if not row or not column:
        return
    if table.correlations is None:
        table.correlations = CorrelationMatrix([], {})
    matrix = table.correlations
    for name in (row, column):
        if name not in matrix.variables:
            matrix.variables.append(name)
    if fact.details.get("n", "").isdigit():
        matrix.n = int(fact.details["n"])
    place = matrix.variables.index(row), matrix.variables.index(column)
    matrix.cells[place] = replace(number, stars=int(fact.details.get("stars", "0")))
    paper.pairs[fact.fact_id] = (table.name, frozenset((row, column)), number, matrix.n)


def _regress(paper: Paper, table: PublishedTable, fact: Fact, number: Printed) -> None:
    model, outcome = fact.details.get("model"), fact.details.get("outcome", "")
    if not model:
        return
    label = f"模型{model}" if table.name.startswith("表") else f"model {model}"
    column = next(
        (one for one in table.columns if (one.label, one.outcome) == (label, outcome)), None
    )
    if column is None:
        column = RegressionColumn(label, outcome)
        table.columns.append(column)
    term = fact.details.get("term")
    if term is None:
        if fact.measure in _STATISTICS:
            column.statistics[_STATISTICS[fact.measure]] = number
        return
    estimate = column.estimates.setdefault(label_key(term), Estimate(term, None))
    if fact.measure == "coefficient":
        estimate.coefficient, estimate.stars = number, int(fact.details.get("stars", "0"))
        paper.estimates[fact.fact_id] = (table.name, column, estimate)
    elif fact.measure in _ESTIMATES:
        setattr(estimate, _ESTIMATES[fact.measure], number)


def _across(paper: Paper) -> Iterator[Judged]:
    """Equations of different tables: one printed twice, and R² of nested ones."""
    tables = [(name, table) for name, table in paper.tables.items() if table.columns]
    for (name, table), (other, second) in combinations(tables, 2):
        for one in table.columns:
            for two in second.columns:
                sure = _same_equation(paper, table, one, second, two)
                if sure is None:
                    continue
                where = (f"{name} {one.label}", f"{other} {two.label}")
                yield (
                    f"{name} / {other}",
                    f"{one.label} / {two.label} {one.outcome}",
                    nested.same_equation(coefficients(one), coefficients(two), where, sure=sure),
                )
    yield from _gains_across(paper, [item for item in tables if not _is_brief(item[1])])


def _gains_across(paper: Paper, tables: list[tuple[str, PublishedTable]]) -> Iterator[Judged]:
    """R² of an equation and a longer one in another table, each pair of equations once."""
    seen: list[tuple[dict[str, Printed], dict[str, Printed]]] = []
    for (name, table), (other, second) in combinations(tables, 2):
        for one in table.columns:
            for two in second.columns:
                pair = (coefficients(one), coefficients(two))
                own = [column.terms() for column in (*table.columns, *second.columns)]
                # A table that holds the shorter equation too was judged by itself.
                small, full = sorted((one.terms(), two.terms()), key=len)
                if pair in seen or own.count(small) > 1 or own.count(full) > 1:
                    continue
                if any(small < terms < full for terms in own):
                    continue
                seen.append(pair)
                for cell, check in nested_gains([one, two], paper.context):
                    yield f"{name} / {other}", cell, check


def _is_brief(table: PublishedTable) -> bool:
    """Whether a table leaves its controls out, as robustness tables do."""
    return max(len(column.terms()) for column in table.columns) <= _BRIEF


def _same_equation(
    paper: Paper, table: PublishedTable, one: RegressionColumn, second: PublishedTable,
    two: RegressionColumn,
) -> bool | None:  # fmt: skip
    """Whether two columns are surely one equation, perhaps one, or (None) not."""
    if label_key(one.outcome) != label_key(two.outcome) or one.n != two.n or one.n is None:
        return None
    small, large = sorted((one.terms(), two.terms()), key=len)
    if small == large and len(small) >= 3:
        return True
    # A table of three rows hides its controls; the outcome must be one the paper measures once.
    brief = table if one.terms() == small else second
    hides = _is_brief(brief)
    known = label_key(one.outcome) not in paper.alternatives
    return False if hides and known and small < large and len(large) >= 5 else None


def _effects(paper: Paper, facts: Facts) -> Iterator[Judged]:
    """Reported effects (subject area ``bootstrap``) against the table that prints the paths."""
    groups: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in facts.of("bootstrap"):
        at = fact.place, fact.details.get("treatment", ""), fact.details.get("mediator", "")
        groups.setdefault(at, []).append(fact)
    for (place, treatment, mediator), group in groups.items():
        said = {fact.measure: number for fact, number in numbered(group)}
        effects = {kind: _effect(kind, said) for kind in ("indirect", "direct", "total")}
        printed = PublishedTable(place, mediation=Mediation(effects))
        yield from ((place, cell, check) for cell, check in judge(printed, paper.context))
        for name, table in paper.tables.items():
            paths = find_paths(table.columns, treatment, mediator)
            if paths:
                for cell, check in judge_effects(paths, effects, paper.context.level):
                    yield f"{place} / {name}", cell, check
                break


def _effect(kind: str, said: dict[str, Printed]) -> Effect:
    low, high = said.get(f"{kind}_effect_ci_low"), said.get(f"{kind}_effect_ci_high")
    return Effect(
        kind, said.get(f"{kind}_effect"), p=said.get(f"{kind}_effect_p_value"),
        ci=(low, high) if low and high else None,
    )  # fmt: skip
