"""What a paper's text says of its tables: numbers repeated, significance claimed.

The tables are rebuilt in ``facts.py``; the arithmetic is in ``rules/restated.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

from models_py.audit.context import Context
from models_py.audit.digits import Printed, magnitude, overlaps, parse_number
from models_py.audit.findings import Check
from models_py.audit.model import Estimate, PublishedTable, RegressionColumn, label_key
from models_py.audit.reference import NORMAL, student, t_of_r
from models_py.audit.regression import references, t_interval
from models_py.audit.rules import restated

_INTERACTION: Final = re.compile(r"交互项|interaction", re.IGNORECASE)
_ENDS: Final = {
    "最大值": "maximum", "max": "maximum", "最小值": "minimum", "min": "minimum", "均值": "mean",
    "mean": "mean", "标准差": "sd", "sd": "sd",
}  # fmt: skip
LINES: Final = re.compile(r"L(\d+)(?:-(\d+))?")


@dataclass(slots=True)
class Paper:
    """The statistical tables of one source, and what its text says about them."""

    source_id: str
    context: Context
    tables: dict[str, PublishedTable]
    lines: dict[str, list[int]]
    alternatives: frozenset[str]


def numbers_restated(paper: Paper, rows: pd.DataFrame) -> Iterator[tuple[str, str, Check]]:
    """Numbers the text repeats (subject area ``intext``) against the tables."""
    for fact in rows[rows["subject_area"] == "intext"].itertuples(index=False):
        said = parse_number(str(fact.value))
        cells = list(_meant(paper, str(fact.measure)))
        if said is None or not cells:
            continue
        nearest = min(
            cells, key=lambda cell: (not overlaps(cell[2].interval, said.interval),
                                     abs(cell[2].value - said.value))
        )  # fmt: skip
        yield (
            nearest[0],
            f"{fact.measure} ↔ {nearest[1]}",
            restated.number_restated(said, nearest[2]),
        )


def _meant(paper: Paper, measure: str) -> Iterator[tuple[str, str, Printed]]:
    """Cells a sentence may mean: coefficient, correlation, minimum or maximum."""
    path = re.search(r"β\s*(\w+)\s*→\s*(\w+)", measure)
    pair = re.search(r"r\s+(\w+)-(\w+)", measure)
    ends = re.search(r"(\w+)\s*(最大值|最小值|均值|标准差|max|min|mean|sd)", measure)
    for name, table in paper.tables.items():
        for column in table.columns:
            for key, estimate in column.estimates.items():
                named = (
                    path
                    and key == label_key(path[1])
                    and (label_key(column.outcome) == label_key(path[2]))
                )
                if estimate.coefficient and (
                    named or (_INTERACTION.search(measure) and "inter" in key)
                ):
                    yield name, f"{column.label} {estimate.term}", estimate.coefficient
        if pair and table.correlations:
            for (row, other), r in table.correlations.cells.items():
                names = {table.correlations.variables[row], table.correlations.variables[other]}
                if names == {pair[1], pair[2]}:
                    yield name, f"{pair[1]} × {pair[2]}", r
        for described in table.descriptives if ends else ():
            if ends and described.variable == ends[1]:
                value = getattr(described, _ENDS[ends[2]])
                if value:
                    yield name, f"{described.variable} {ends[2]}", value


def significance_claims(paper: Paper, rows: pd.DataFrame) -> Iterator[tuple[str, str, Check]]:
    """Claims of significance in the text (subject area ``p_value``) against the statistics."""
    for fact in rows[rows["subject_area"] == "p_value"].itertuples(index=False):
        claimed = parse_number(str(fact.value))
        if claimed is None:
            continue
        measure = str(fact.measure)
        if re.search(r"相关|correlat", measure):
            yield from _correlation_claims(paper, measure, claimed)
            continue
        line = next((int(pair[0]) for pair in LINES.findall(str(fact.locator))), 0)
        hits = list(_claimed_cells(paper, measure, line))
        for name, column, estimate in hits:
            size = t_interval(estimate)
            if size is None:
                continue
            what = f"t = {estimate.t.text}" if estimate.t else "the statistic"
            check = restated.claim_of_significance(
                claimed, magnitude(size), references(column, paper.context)[0], what
            )
            yield name, f"{column.label} {column.outcome} · {estimate.term} (text)", check


def _claimed_cells(
    paper: Paper, measure: str, line: int
) -> Iterator[tuple[str, RegressionColumn, Estimate]]:
    table_said = re.search(r"((?:表|table)\s*\d+)", measure, re.IGNORECASE)
    model_said = re.search(r"((?:模型|model)\s*\d+)", measure, re.IGNORECASE)
    ordered = sorted(
        paper.tables.items(),
        key=lambda item: min((abs(line - one) for one in paper.lines.get(item[0], [10**6])),
                             default=10**6),
    )  # fmt: skip
    for name, table in ordered:
        if table_said and label_key(table_said[1]) != label_key(name):
            continue
        found = [
            (name, column, estimate)
            for column in table.columns
            if not model_said or label_key(column.label) == label_key(model_said[1])
            for key, estimate in column.estimates.items()
            if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", measure.casefold())
            or (_INTERACTION.search(measure) and "inter" in key)
        ]
        if found:
            yield from found
            return


def _correlation_claims(
    paper: Paper, measure: str, claimed: Printed
) -> Iterator[tuple[str, str, Check]]:
    for name, table in paper.tables.items():
        matrix = table.correlations
        if matrix is None or not matrix.n:
            continue
        words = set(re.findall(r"[A-Za-z]\w*", measure))
        named = [one for one in matrix.variables if one in words]
        for (row, column), r in matrix.cells.items():
            pair = {matrix.variables[row], matrix.variables[column]}
            if row == column or not named or named[0] not in pair or not pair <= set(named):
                continue
            ends = sorted(abs(end) for end in r.interval)
            size = (t_of_r(ends[0], matrix.n), t_of_r(min(1.0, ends[1]), matrix.n))
            yield (
                name,
                " × ".join(sorted(pair)) + " (text)",
                restated.claim_of_significance(
                    claimed, size, (NORMAL, student(matrix.n - 2)), f"r = {r.text}"
                ),
            )
