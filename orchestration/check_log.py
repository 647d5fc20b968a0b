"""Asset check evaluations of a run as rows of quality.check_results, whichever engine ran them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dagster as dg

ENGINE = "xinku/engine"
N_FAILED = "xinku/n_failed"
DETAIL = "xinku/detail"

_DBT_FAILED = "dagster_dbt/failed_row_count"


def check_rows(instance: dg.DagsterInstance, run_id: str) -> list[dict[str, Any]]:
    """Every check that the run evaluated, the last evaluation of each.

    Args:
        instance: where Dagster keeps its events.
        run_id: the run.
    """
    records = instance.get_records_for_run(
        run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        event = record.event_log_entry
        if event.dagster_event is None:
            continue
        evaluation = event.dagster_event.asset_check_evaluation_data
        row = _row(evaluation, run_id, event.timestamp)
        rows[row["asset"], row["check_name"]] = row
    return list(rows.values())


def _row(evaluation: Any, run_id: str, timestamp: float) -> dict[str, Any]:
    metadata = {key: value.value for key, value in evaluation.metadata.items()}
    path = evaluation.asset_key.path
    engine = metadata.get(ENGINE) or ("dbt" if "unique_id" in metadata else "dagster")
    return {
        "run_id": run_id,
        "checked_at": datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None),
        "layer": path[0],
        "asset": ".".join(path),
        "check_name": evaluation.check_name,
        "engine": engine,
        "severity": evaluation.severity.value.lower(),
        "passed": evaluation.passed,
        "n_failed": metadata.get(N_FAILED, metadata.get(_DBT_FAILED)),
        "detail": metadata.get(DETAIL) or evaluation.description or metadata.get("status"),
    }
