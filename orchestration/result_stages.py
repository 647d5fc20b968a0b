"""The stages that compute results from marts: the audit of published figures.

As in ``stages``: each brings its tables up to date in one transaction. The arithmetic is
``models_py``'s.
"""

from __future__ import annotations

from typing import Any

from orchestration.inputs import RESULTS, results_inputs
from orchestration.staleness import note_inputs
from orchestration.tables import PUBLISHED_FINDINGS
from orchestration.warehouse import Warehouse, replace_rows


def update_published_findings(store: Warehouse) -> dict[str, int]:
    """Judge the figures of marts.published_facts against themselves.

    Returns:
        Number of findings by verdict.
    """
    from models_py.audit import audit_published

    with store.read() as connection:
        facts = connection.execute("select * from marts.published_facts order by fact_id").df()
    found = audit_published(facts)
    rows: list[dict[str, Any]] = [
        {str(name): _plain(value) for name, value in row.items()}
        for row in found[list(PUBLISHED_FINDINGS.column_names)].to_dict("records")
    ]
    with store.write() as connection:
        replace_rows(connection, PUBLISHED_FINDINGS, rows)
        note_inputs(connection, RESULTS, results_inputs())
    return {str(verdict): int(n) for verdict, n in found["verdict"].value_counts().items()}


def _plain(value: Any) -> Any:
    """A cell of a frame as DuckDB takes it: not-a-number is null."""
    return None if value is None or value != value else value  # noqa: PLR0124
