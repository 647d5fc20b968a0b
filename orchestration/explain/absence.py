"""Why a key has no row: a zero that was counted, a report that was set aside, or nothing there.

A missing report is never shown as zero; the sentence says which of the three it is.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import duckdb

from orchestration.explain.call import Call, label_of, name_values
from orchestration.explain.explainer import Explainer
from orchestration.explain.one_line import one_line
from orchestration.explain.queries import Row, column_of, fetch
from orchestration.settings import UsageError

# A region may have as many files as years; the reasons of a few say enough.
_PLACES = 5
_LONGEST = 300


def explain_absence(connection: duckdb.DuckDBPyConnection, explainer: Explainer, call: Call) -> str:
    """The sentence for a key whose absence means none at all.

    Raises:
        UsageError: nothing is known of the key: the report is missing, set aside, or the key is
            wrong; the sentence says why and what there is.
    """
    values: dict[str, Any] = {key.column: None for key in explainer.keys} | call.values
    if explainer.zero:
        found = column_of(connection, explainer.zero, values)
        if found:
            return str(found[0])
    inputs = [key for key in explainer.keys if key.kind in ("region", "year")]
    both = len(inputs) == 2 and all(key.column in call.values for key in inputs)
    missing = ", which is missing, not zero" if both else ""
    sentences = [f"{explainer.table} has no row for {label_of(explainer, call.values)}{missing}."]
    reasons = _reasons(connection, explainer, values)
    sentences += [f"{_reason(row)}." for row in reasons[:_PLACES]]
    if len(reasons) > _PLACES:
        sentences.append(f"{len(reasons) - _PLACES} more files were set aside.")
    if not reasons and explainer.absent and both:
        sentences.append("No file of the landing zone holds it or bears its name.")
    raise UsageError(" ".join([*sentences, _existing(connection, explainer, call)]).strip())


def _reasons(
    connection: duckdb.DuckDBPyConnection, explainer: Explainer, values: dict[str, Any]
) -> list[Row]:
    """Inputs that are of the key, or are named after it, and what became of them."""
    rows: dict[str, Row] = {}
    for row in fetch(connection, explainer.absent, values) if explainer.absent else ():
        rows.setdefault(row["place"], row)
    return list(rows.values())


def _reason(row: Row) -> str:
    place = one_line(row["place"], _LONGEST)
    why = one_line(row["reason"] or "", _LONGEST).rstrip(".")
    if row["status"] == "primary":
        return f"{place} is read but not measured: build again"
    return f"{place} is {row['status']}" + (f" ({why})" if why else "")


def _existing(connection: duckdb.DuckDBPyConnection, explainer: Explainer, call: Call) -> str:
    """What there is when one of the keys is left open, the most telling first."""
    for key in sorted(explainer.keys, key=lambda key: key.kind not in ("year", "integer")):
        if key.column not in call.values or key.kind == "pattern":
            continue
        others = {name: value for name, value in call.values.items() if name != key.column}
        found = column_of(
            connection,
            f"select distinct {key.column} from {explainer.table} "
            f"where {Call(call.columns, others).where(explainer)} order by 1",
            others,
        )
        if key.kind == "path":
            near = get_close_matches(call.values[key.column], found, n=3, cutoff=0.3)
            return f"The nearest: {', '.join(near)}." if near else ""
        if found:
            given = label_of(explainer, others) or explainer.table
            return f"{key.plural.capitalize()} of {given}: {name_values(key.kind, found)}."
    return ""
