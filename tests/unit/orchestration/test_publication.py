"""Which failing checks keep the working file from readers, and which stop the models only."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.model_gates import gate_checks
from orchestration.publication import unfit
from orchestration.staleness import MARTS, inventory_token, note_inputs
from orchestration.warehouse import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse without a report, its marts made of that."""
    warehouse = Warehouse(tmp_path / "working.duckdb", tmp_path / "w.duckdb")
    warehouse.prepare()
    with warehouse.write() as connection:
        connection.execute(
            "create view intermediate.int_attention__hits_reviewed as from raw.keyword_hits"
        )
        connection.execute("create table marts.keyword_hits as from raw.keyword_hits")
        connection.execute(
            "create table marts.government_attention (document_id varchar, report_year integer)"
        )
        note_inputs(connection, MARTS, {"inventory": inventory_token(connection)})
    return warehouse


def put(
    warehouse: Warehouse,
    asset: str,
    *,
    passed: bool,
    severity: str = "error",
    run: str = "run 1",
    check: str = "a_check",
) -> None:
    with warehouse.write() as connection:
        connection.execute(
            "insert into quality.check_results "
            "(run_id, checked_at, asset, check_name, severity, passed) "
            "values (?, ?, ?, ?, ?, ?)",
            [run, datetime.now(UTC).replace(tzinfo=None), asset, check, severity, passed],
        )


def test_a_warehouse_whose_checks_pass_is_fit(warehouse: Warehouse) -> None:
    put(warehouse, "marts.government_attention", passed=True)
    assert unfit(warehouse) is None


@pytest.mark.parametrize("gate", gate_checks())
def test_what_stops_the_models_does_not_keep_the_rest_from_readers(
    warehouse: Warehouse, gate: str
) -> None:
    asset, check = gate.split()
    put(warehouse, asset, check=check, passed=False)
    assert unfit(warehouse) is None
    assert unfit(warehouse, ["run 1"]) is None


@pytest.mark.parametrize(
    "asset",
    [
        *("raw.documents", "marts.innovation_panel", "raw.observation_problems", "raw.files"),
        # Of the tables of the gates it is the gates' own checks alone that readers may do without.
        *("marts.panel_completeness", "raw.observations"),
    ],
)
def test_every_other_failing_check_keeps_the_file_back(warehouse: Warehouse, asset: str) -> None:
    put(warehouse, "raw.observations", check="gx_observation_has_a_cell", passed=False)
    put(warehouse, asset, passed=False)
    assert unfit(warehouse) == f"the last result of a blocking check is a failure: {asset} a_check"


def test_a_warning_and_a_failure_that_has_passed_since_do_not(warehouse: Warehouse) -> None:
    put(warehouse, "raw.documents", passed=False, severity="warn")
    put(warehouse, "raw.files", passed=False)
    assert unfit(warehouse) is not None
    put(warehouse, "raw.files", passed=True, run="run 2")
    assert unfit(warehouse) is None
    assert unfit(warehouse, ["run 2"]) is None
    assert unfit(warehouse, ["run 1"]) is not None
