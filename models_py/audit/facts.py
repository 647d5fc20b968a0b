"""Facts of papers (rows of ``marts.published_facts``) turned into published tables and judged.

Statistical tables are rebuilt here; amounts, growth, shares, indices and tiers in
``facts_amounts.py``. Loading facts and storing findings is the warehouse's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

import pandas as pd

from models_py.audit.api import judge
from models_py.audit.context import Context, convention_in
from models_py.audit.digits import Printed, parse_number
from models_py.audit.equations import coefficients, nested_gains
from models_py.audit.facts_amounts import judge_amount_facts
from models_py.audit.facts_text import (
    LINES,
    Paper,
    numbers_restated,
    significance_claims,
)
from models_py.audit.findings import Check, Finding, to_frame
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
from models_py.audit.rules import nested

Placed = tuple[str, Check]

FACT_COLUMNS: Final = ("fact_id", "subject_area", "entity", "measure", "period", "value", "unit")
_EQUATION: Final = re.compile(
    r"^(?P<table>(?:表|table)\s*\S+)\s+(?P<model>(?:模型|model|column)\s*\d*)\s+"
    r"(?P<outcome>[^←]+?)(?:\s*←\s*(?P<term>.+))?$",
    re.IGNORECASE,
)
_STATISTICS: Final = {
    "N": "n", "R2": "r2", "R²": "r2", "adj_R2": "adjusted_r2", "within_R2": "r2_within", "F": "f",
    "clusters": "clusters",
}  # fmt: skip
_DESCRIPTIVES: Final = {
    "N": "n", "mean": "mean", "sd": "sd", "min": "minimum", "max": "maximum", "median": "median",
}  # fmt: skip
_QUALIFIERS: Final = {
    "超": ">", "超过": ">", "逾": ">", "高于": ">", "以上": ">", "over": ">", "at least": ">=",
    "不足": "<", "低于": "<", "以下": "<", "below": "<", "nearly": "近", "about": "约",
}  # fmt: skip
#: A table whose equations print at most so many regressors has left its controls out.
_BRIEF: Final = 3


def audit_facts(frame: pd.DataFrame, reference: pd.DataFrame | None = None) -> pd.DataFrame:
    """Judge the facts of one or several papers against themselves.

    Args:
        frame: columns fact_id, subject_area, entity, measure, period, value (as printed, text),
            unit and, where known, currency, usd_value, note, locator, source_id, qualifier, and
            ``printed`` where value is a number that lost its digits. Facts of several papers are
            told apart by source_id, or by the fact_id before its hyphen.
        reference: the national statistics office's series that shares and growth may be held
            against: columns year, measure, unit, printed_level, printed_yoy_pct.

    Returns:
        Findings as ``audit`` returns them.

    Raises:
        ValueError: a column is missing.
    """
    missing = [name for name in FACT_COLUMNS if name not in frame.columns]
    if missing:
        raise ValueError(f"The facts lack the columns {', '.join(missing)}.")
    facts = frame.copy()
    for name in ("currency", "usd_value", "note", "locator"):
        if name not in facts.columns:
            facts[name] = ""
    facts = facts.fillna("").astype(str)
    facts["value"] = [_as_printed(*row) for row in zip(
        facts["value"],
        facts["printed"] if "printed" in facts.columns else facts["value"],
        facts["qualifier"] if "qualifier" in facts.columns else [""] * len(facts),
        strict=True,
    )]  # fmt: skip
    if "source_id" not in facts.columns:
        facts["source_id"] = facts["fact_id"].str.split("-").str[0]
    findings: list[Finding] = []
    for source, rows in facts.groupby("source_id", sort=True):
        paper = _read(str(source), rows)
        findings += [
            Finding(paper.source_id, table, cell, check)
            for table, cell, check in (*_judge_paper(paper, rows),
                                       *judge_amount_facts(rows, reference))
        ]  # fmt: skip
    return to_frame(findings)


def _as_printed(value: str, printed: str, qualifier: str) -> str:
    """The digits as they stand in the paper, with the qualifier if it is kept apart."""
    text = (printed or value).strip()
    mark = _QUALIFIERS.get(qualifier.strip().casefold(), qualifier.strip())
    return (
        f"{mark}{text}"
        if mark in ("<", ">", "<=", ">=", "近", "约") and text[:1].isdigit()
        else text
    )


def _judge_paper(paper: Paper, rows: pd.DataFrame) -> Iterator[tuple[str, str, Check]]:
    for name, table in paper.tables.items():
        for cell, check in judge(table, paper.context):
            yield name, cell, check
    yield from _across(paper)
    yield from _bootstrap(paper, rows)
    yield from numbers_restated(paper, rows)
    yield from significance_claims(paper, rows)


def _read(source: str, rows: pd.DataFrame) -> Paper:
    variables = rows[rows["subject_area"] == "variable"]
    definitions = dict(zip(variables["entity"], variables["measure"], strict=True))
    # "Chip_alt" declares that robustness tables explain another variable under Chip's name.
    alternatives = frozenset(
        label_key(name.removesuffix("_alt")) for name in definitions if name.endswith("_alt")
    )
    tables: dict[str, PublishedTable] = {}
    lines: dict[str, list[int]] = {}
    for fact in rows.itertuples(index=False):
        name = str(fact.locator).split("|")[0].strip()
        area = str(fact.subject_area)
        if area not in ("descriptive_stat", "correlation", "regression"):
            continue
        table = tables.setdefault(name, PublishedTable(name, source_id=source))
        lines.setdefault(name, []).extend(
            int(one) for pair in LINES.findall(str(fact.locator)) for one in pair if one
        )
        number = parse_number(str(fact.value))
        if number is None:
            continue
        if area == "descriptive_stat":
            _describe(
                table, str(fact.entity), str(fact.measure), number, str(fact.unit), definitions
            )
        elif area == "correlation":
            _correlate(table, str(fact.entity), number, str(fact.note))
        else:
            _regress(table, str(fact.entity), str(fact.measure), number, str(fact.note))
    return Paper(source, _context(source, rows), tables, lines, alternatives)


def _context(source: str, rows: pd.DataFrame) -> Context:
    effects: dict[str, int] = {}
    sample = rows[rows["subject_area"] == "sample"]
    for measure, value in zip(sample["measure"], sample["value"], strict=True):
        number = parse_number(value)
        if number and re.search(
            r"省份数|个体数|城市数|企业数|entities|number of (?:provinces|cities|firms)", measure
        ):
            effects["entities"] = int(number.value)
        elif number and re.search(r"年数|期数|periods|number of years", measure):
            effects["periods"] = int(number.value)
    fixed = rows["note"].str.contains("固定效应|fixed effect", regex=True).any()
    said = rows[rows["measure"].str.contains("星号|stars|marks", regex=True)]["value"]
    convention = next((found for text in said if (found := convention_in(text))), None)
    return Context(
        source_id=source, fixed_effects=effects if fixed else {}, convention=convention,
        in_parentheses="t",
    )  # fmt: skip


def _describe(
    table: PublishedTable, variable: str, measure: str, number: Printed, unit: str,
    definitions: dict[str, str],
) -> None:  # fmt: skip
    row = next((one for one in table.descriptives if one.variable == variable), None)
    if row is None:
        row = Descriptive(variable, unit=unit, definition=definitions.get(variable, ""))
        table.descriptives.append(row)
    if measure == "mean":
        row.unit = unit
    if measure in _DESCRIPTIVES:
        setattr(row, _DESCRIPTIVES[measure], number)


def _correlate(table: PublishedTable, pair: str, number: Printed, note: str) -> None:
    row, _, column = pair.partition("×")
    if table.correlations is None:
        table.correlations = CorrelationMatrix([], {})
    matrix = table.correlations
    for name in (row, column):
        if name not in matrix.variables:
            matrix.variables.append(name)
    said = re.search(r"N\s*=\s*(\d+)", note)
    matrix.n = int(said[1]) if said else matrix.n
    place = matrix.variables.index(row), matrix.variables.index(column)
    matrix.cells[place] = replace(number, stars=_stars(note) or number.stars)


def _regress(table: PublishedTable, entity: str, measure: str, number: Printed, note: str) -> None:
    match = _EQUATION.match(entity)
    if match is None:
        return
    model, outcome, term = match["model"], match["outcome"].strip(), match["term"]
    column = next(
        (one for one in table.columns if one.label == model and one.outcome == outcome), None
    )
    if column is None:
        column = RegressionColumn(model, outcome)
        table.columns.append(column)
    if term is None:
        if measure in _STATISTICS:
            column.statistics[_STATISTICS[measure]] = number
        return
    key = label_key(term)
    estimate = column.estimates.setdefault(key, Estimate(term, None))
    if measure == "coef":
        estimate.coefficient, estimate.stars = number, _stars(note)
    elif measure in ("t_stat", "t"):
        estimate.t = number
    elif measure in ("se", "std_error"):
        estimate.se = number
    elif measure == "p":
        estimate.p = number


def _stars(note: str) -> int:
    said = re.search(r"stars=(\d)", note)
    return int(said[1]) if said else 0


def _across(paper: Paper) -> Iterator[tuple[str, str, Check]]:
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


def _gains_across(
    paper: Paper, tables: list[tuple[str, PublishedTable]]
) -> Iterator[tuple[str, str, Check]]:
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


def _bootstrap(paper: Paper, rows: pd.DataFrame) -> Iterator[tuple[str, str, Check]]:
    """Reported effects (subject area ``bootstrap``) against the table that prints the paths."""
    for entity, group in rows[rows["subject_area"] == "bootstrap"].groupby("entity"):
        treatment, _, rest = str(entity).partition("→")
        mediator = rest.partition("→")[0]
        said = {
            measure: number
            for measure, value in zip(group["measure"], group["value"], strict=True)
            if (number := parse_number(value))
        }
        effects = {
            kind: Effect(kind, said.get(f"{kind}_estimate"), p=said.get(f"{kind}_p"),
                         ci=(said[f"{kind}_ci_low"], said[f"{kind}_ci_high"])
                         if {f"{kind}_ci_low", f"{kind}_ci_high"} <= said.keys() else None)
            for kind in ("indirect", "direct", "total")
        }  # fmt: skip
        place = str(group["locator"].iloc[0]).split("|")[0].strip()
        printed = PublishedTable(place, mediation=Mediation(effects))
        yield from ((place, cell, check) for cell, check in judge(printed, paper.context))
        for name, table in paper.tables.items():
            paths = find_paths(table.columns, treatment, mediator)
            if paths:
                for cell, check in judge_effects(paths, effects, paper.context.level):
                    yield f"{place} / {name}", cell, check
                break
