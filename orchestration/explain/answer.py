"""One explanation, put together from a table's entry in the registry and the published snapshot."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.explain.absence import explain_absence
from orchestration.explain.call import Call, find_explainer, label_of, read_call
from orchestration.explain.evidence import COUNTED, Cell, Evidence
from orchestration.explain.explainer import EvidenceQuery, Explainer, Formula
from orchestration.explain.queries import ColumnNote, Row, column_of, fetch, shown
from orchestration.explain.registry import EXPLAINERS
from orchestration.warehouse import open_snapshot


@dataclass(frozen=True)
class Explanation:
    """Where a number comes from.

    Attributes:
        table: ``schema.name``.
        key: value by key column.
        label: the key for people: region by name and code, year, study.
        column: the column that is explained; empty for the rows as such.
        asked: whether the call named it; otherwise every column is of interest.
        value: the column's value where the key is one row.
        description: what the column holds.
        unit: its unit.
        words: the formula in words.
        sql: a query that returns the value from the tables below; empty where there is none.
        arithmetic: the sum with its numbers; empty where it is a plain count.
        figures: raw figures beside the number, by name.
        inputs: the numbers that the formula names, and those that they are made of in turn.
        is_sample: whether synthetic input is in it; None where the table does not say.
        columns: every column of the table.
        rows: the rows that the key selects, long texts left out.
        sources: the files behind it, each with member, status and reason.
        kind: what kind of evidence the column rests on; empty where none can be listed.
        evidence: every sentence, passage, quote, finding or cell, the counted ones first.
        breakdown: counts by region and year, for a number over many reports.
        notes: sentences that a reader of the number must know.
        listed: how many counted pieces a terminal lists; None for all.
        more: the call that lists the rest.
    """

    table: str
    key: Mapping[str, Any]
    label: str
    column: str
    asked: bool
    value: Any
    description: str
    unit: str | None
    words: str
    sql: str
    arithmetic: str
    figures: Mapping[str, Any]
    is_sample: bool | None
    columns: tuple[ColumnNote, ...]
    rows: tuple[Row, ...]
    inputs: tuple[Row, ...] = ()
    sources: tuple[Row, ...] = ()
    kind: str = ""
    evidence: tuple[Evidence, ...] = ()
    breakdown: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    listed: int | None = field(default=None, compare=False)
    more: str = field(default="", compare=False)

    @property
    def counted(self) -> tuple[Evidence, ...]:
        """The evidence that makes up the number."""
        return tuple(item for item in self.evidence if item.status == COUNTED)

    @property
    def set_aside(self) -> tuple[Evidence, ...]:
        """The evidence that does not, each piece with its reason."""
        return tuple(item for item in self.evidence if item.status != COUNTED)

    def to_dict(self) -> dict[str, Any]:
        """The whole explanation as plain data with stable names; dates as ISO text."""
        statuses: dict[str, int] = {}
        for item in self.evidence:
            statuses[item.status] = statuses.get(item.status, 0) + 1
        return {
            "table": self.table,
            "key": dict(self.key),
            "label": self.label,
            "column": self.column or None,
            "value": _plain(self.value),
            "unit": self.unit,
            "description": self.description,
            "is_sample": self.is_sample,
            "formula": {
                "words": self.words,
                "sql": self.sql or None,
                "arithmetic": self.arithmetic or None,
            },
            "figures": _plain(self.figures),
            "inputs": _plain(self.inputs),
            "columns": [
                {
                    "name": note.name,
                    "description": note.description,
                    "unit": note.unit,
                    "value": _plain(self.rows[0].get(note.name)) if len(self.rows) == 1 else None,
                }
                for note in self.columns
            ],
            "rows": _plain(self.rows),
            "sources": _plain(self.sources),
            "n_evidence": statuses,
            "evidence": [_plain(item.to_dict()) for item in self.evidence],
            "breakdown": _plain(self.breakdown),
            "notes": list(self.notes),
        }


def explain(
    path: Path, table: str, words: Sequence[str], registry: Sequence[Explainer] = EXPLAINERS
) -> Explanation:
    """Explain a number of a published warehouse.

    Args:
        path: the published DuckDB file.
        table: with or without its schema.
        words: keys and at most one column, in any order: regions by Chinese or English name or
            code, years, names of studies, terms.
        registry: the tables that can be explained.

    Raises:
        UsageError: nothing has been built there, a word means nothing, a key is missing, or there
            is no such row; the sentence says what comes nearest and what there is.
    """
    with open_snapshot(path) as connection:
        return explain_in(connection, table, words, registry)


def explain_in(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    words: Sequence[str],
    registry: Sequence[Explainer] = EXPLAINERS,
) -> Explanation:
    """As `explain`, in a warehouse that is open."""
    explainer = find_explainer(connection, table, registry)
    call = read_call(connection, explainer, words, registry)
    column = call.column or explainer.shown
    where = call.where(explainer)
    left_out = [name for name in explainer.large if name in call.columns and name != call.column]
    exclude = f" exclude ({', '.join(left_out)})" if left_out else ""
    rows = fetch(connection, f"select *{exclude} from {explainer.table} where {where}", call.values)
    notes = list(call.notes)
    if not rows:
        notes.append(explain_absence(connection, explainer, call))
    return _Answer(connection, explainer, call, rows).give(column, notes)


class _Answer:
    """What is asked of the warehouse for one explanation."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        explainer: Explainer,
        call: Call,
        rows: list[Row],
    ) -> None:
        self._connection = connection
        self._explainer = explainer
        self._call = call
        self._rows = rows
        self._where = call.where(explainer)
        one = rows[0] if len(rows) == 1 else {}
        self._values = {key.column: None for key in explainer.keys} | one | call.values

    def _filled(self, sql: str) -> str:
        return sql.replace("{where}", self._where)

    def _fetch(self, sql: str) -> list[Row]:
        return fetch(self._connection, self._filled(sql), self._values) if sql else []

    def give(self, column: str, notes: list[str]) -> Explanation:
        explainer, call = self._explainer, self._call
        note = call.columns.get(column, ColumnNote(column, "", None))
        self._values["column"] = column
        formula = explainer.formula(self._connection, column, self._values)
        one = self._rows[0] if len(self._rows) == 1 else {}
        figures = (self._fetch(formula.figures) or [{}])[0]
        evidence = tuple(self._evidence(formula))
        if explainer.notes:
            notes += column_of(self._connection, self._filled(explainer.notes), self._values)
        return Explanation(
            table=explainer.table,
            key=dict(call.values),
            label=label_of(explainer, call.values),
            column=column,
            asked=call.column is not None,
            value=one.get(column),
            description=note.description,
            unit=note.unit,
            words=formula.words,
            sql=shown(self._filled(formula.sql), self._values),
            arithmetic=_arithmetic(formula.arithmetic, {**one, **figures}),
            figures=figures,
            is_sample=self._is_sample(),
            columns=tuple(call.columns.values()),
            rows=tuple(self._rows),
            inputs=tuple(self._fetch(formula.inputs)),
            sources=tuple(self._fetch(explainer.sources) or _files(evidence)),
            kind=explainer.evidence[formula.evidence].kind.kind if formula.evidence else "",
            evidence=evidence,
            breakdown=tuple(self._fetch(explainer.breakdown)),
            notes=tuple(notes),
            listed=explainer.listed,
            more=explainer.more.format_map(self._values) if explainer.more else "",
        )

    def _evidence(self, formula: Formula) -> list[Evidence]:
        if not formula.evidence or not self._rows:
            return []
        return read_evidence(
            self._connection,
            self._explainer.evidence[formula.evidence],
            formula,
            self._where,
            self._values,
        )

    def _is_sample(self) -> bool | None:
        if "is_sample" not in self._call.columns or not self._rows:
            return None
        return any(row["is_sample"] for row in self._rows)


def read_evidence(
    connection: duckdb.DuckDBPyConnection,
    query: EvidenceQuery,
    formula: Formula,
    where: str,
    values: Mapping[str, Any],
) -> list[Evidence]:
    """The evidence of one column, the counted first, then by place.

    Args:
        connection: a published warehouse.
        query: the evidence and its kind.
        formula: which of it has to do with the column, and which of that is counted.
        where: SQL conditions on the keys.
        values: values of the ``$name`` in the query.
    """
    sql = f"select * from ({query.sql.replace('{where}', where)}) where {formula.scope}"
    found: list[Evidence] = []
    for row in fetch(connection, sql, values):
        item = query.kind(**{**row, "reason": row["reason"] or None})
        if item.amount is not None and item.status != COUNTED:
            counts = not formula.counts or item.status == formula.counts
            item = replace(item, status=COUNTED) if counts else item
        elif item.amount is not None and formula.counts not in ("", COUNTED):
            item = replace(item, status="other")
        found.append(item)
    return sorted(found, key=_order)


def _files(evidence: Sequence[Evidence]) -> list[Row]:
    """The files of cells, those first that hold a number which is used."""
    cells = [item for item in evidence if isinstance(item, Cell)]
    used = Counter(cell.file for cell in cells if cell.status == COUNTED)
    found: list[Row] = [
        {
            "file": file,
            "member": None,
            "status": "primary" if used[file] else "not used",
            "reason": f"{used[file]:,} of {n:,} cells {'is' if used[file] == 1 else 'are'} used",
            "n_counted": used[file],
            "n_cells": n,
        }
        for file, n in Counter(cell.file for cell in cells).items()
    ]
    return sorted(found, key=lambda row: (row["status"] != "primary", row["file"] or ""))


def _order(item: Evidence) -> tuple[bool, str, int]:
    return (item.status != COUNTED, item.place, item.position)


def _arithmetic(template: str, values: Mapping[str, Any]) -> str:
    """The sum with its numbers; empty where one of them is missing."""
    try:
        return template.format_map(values)
    except (KeyError, TypeError, ValueError):
        return ""


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
