"""The public door: any table in, findings out.

Reading is in ``tables/``, judging in ``regression.py`` and ``tabular.py``, rules in ``rules/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from models_py.audit.context import Context, notes_context, read_context
from models_py.audit.digits import Printed, magnitude, parse_number
from models_py.audit.equations import judge_equations
from models_py.audit.findings import Check, Finding, to_frame
from models_py.audit.mediated import effects_of, find_paths, judge_effects
from models_py.audit.model import Estimate, PublishedTable, RegressionColumn, label_key
from models_py.audit.numbers import judge_numbers
from models_py.audit.regression import (
    any_reference,
    judge_regressions,
    references,
    t_interval,
)
from models_py.audit.rules.restated import claim_of_significance, number_restated
from models_py.audit.tables import read_tables
from models_py.audit.tabular import (
    judge_amounts,
    judge_correlations,
    judge_descriptives,
    judge_mediation,
)

Placed = tuple[str, Check]


def audit(table: object, context: Mapping[str, Any] | Context | None = None) -> pd.DataFrame:
    """Check the printed statistics of a table for internal consistency.

    Args:
        table: a ``PublishedTable`` or several; text (CSV, Markdown, HTML, LaTeX or pasted); the
            bytes of such a file or of an XLSX or DOCX; something with ``read_bytes`` (a path); a
            list of rows; or a data frame, its column names being the table's head.
        context: what is known beside the digits, a mapping as in
            ``docs/how-to/audit-a-paper.md``: ``n``, ``in_parentheses``, ``fixed_effects``,
            ``clusters``, ``covariance``, ``stars``, ``integer``, ``kind`` …

    Returns:
        One row a check made, the gravest first: source_id, published_table, cell, rule,
        published, implied, verdict, severity, explanation, implied_low, implied_high. A clean
        table has only ``consistent`` rows and, where digits do not decide, ``cannot_tell``.

    Raises:
        ValueError: no table is found, it is too large, or the context cannot be read. The
            sentence says what is accepted.
    """
    known = read_context(context)
    findings: list[Finding] = []
    for at, one in enumerate(read_tables(table, known), start=1):
        name = one.name or known.table or (f"table {at}" if at > 1 else "")
        source = one.source_id or known.source_id
        findings += [Finding(source, name, cell, check) for cell, check in judge(one, known)]
    return to_frame(findings)


def judge(table: PublishedTable, context: Context) -> Iterator[Placed]:
    """Every check that applies to a table, with the cell it is about."""
    context = notes_context(context, table.notes)
    if table.columns:
        yield from judge_regressions(table, context)
        yield from judge_equations(table.columns, context)
        yield from _reported_effects(table.columns, context)
        yield from judge_texts(table, context)
    if table.descriptives:
        yield from judge_descriptives(table.descriptives, context)
    if table.correlations:
        yield from judge_correlations(table.correlations, context)
    if table.mediation:
        known = any_reference(*references(RegressionColumn(""), context))
        yield from judge_mediation(table.mediation, context, known)
    if table.amounts:
        yield from judge_amounts(table.amounts)
    if table.numbers:
        yield from judge_numbers(table.numbers, context)


def _reported_effects(columns: Sequence[RegressionColumn], context: Context) -> Iterator[Placed]:
    if not context.mediation or not context.linear:
        return
    effects = effects_of(context.mediation)
    paths = find_paths(
        columns,
        str(context.mediation.get("treatment", "")),
        str(context.mediation.get("mediator", "")),
    )
    if paths:
        yield from judge_effects(paths, effects, context.level)


def judge_texts(table: PublishedTable, context: Context) -> Iterator[Placed]:
    """What the text restates against the cells it names.

    Raises:
        ValueError: an entry of the context's ``text`` that names no cell or gives no number.
    """
    for said in context.text:
        name = str(said.get("cell") or said.get("term") or "")
        column = str(said.get("column", ""))
        hit = _cell(table.columns, name, column)
        if hit is None:
            raise ValueError(
                f"The context's text names the cell {name[:60]!r}"
                f"{f' of column {column[:40]!r}' if column else ''}, which the table does not have."
            )
        where, estimate = hit
        cell = f"{where.label} {estimate.term} (text)".strip()
        value = parse_number(str(said["value"])) if "value" in said else None
        if value and estimate.coefficient:
            yield cell, number_restated(value, estimate.coefficient)
        claimed = parse_number(str(said["p"])) if "p" in said else None
        size = t_interval(estimate)
        if claimed and size:
            known = references(where, context)[0]
            yield cell, significance_claimed(claimed, size, known, estimate)


def significance_claimed(
    claimed: Printed, size: tuple[float, float], known: tuple[Any, ...], estimate: Estimate
) -> Check:
    """A claim of the text against a cell's statistic."""
    what = f"t = {estimate.t.text}" if estimate.t else f"the statistic of {estimate.term}"
    return claim_of_significance(claimed, magnitude(size), known, what)


def _cell(
    columns: Sequence[RegressionColumn], name: str, column: str
) -> tuple[RegressionColumn, Estimate] | None:
    for one in columns:
        if column and label_key(column) not in label_key(f"{one.label} {one.outcome}"):
            continue
        for key, estimate in one.estimates.items():
            if key == label_key(name) or (
                not column and label_key(f"{one.label} {estimate.term}") == label_key(name)
            ):
                return one, estimate
    return None
