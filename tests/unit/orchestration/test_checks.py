"""Each check is seen to pass, to fail, and to have its severity."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration import checks
from orchestration.expectations import Suite, read_suite, validate
from orchestration.ingest.yearbooks.values import YEARS
from orchestration.settings import EXPECTATIONS
from orchestration.tables import TABLES


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in TABLES:
        for statement in table.ddl():
            connection.execute(statement)
    return connection


def put(connection: duckdb.DuckDBPyConnection, table: str, **row: object) -> None:
    marks = ", ".join("?" for _ in row)
    connection.execute(
        f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
    )


@pytest.mark.parametrize(
    ("found", "by_status", "lost"),
    [
        (4, {"loaded": 1, "quarantined": 1, "ignored": 1, "superseded": 1}, 0),
        (5, {"loaded": 4}, 1),
        (3, {"loaded": 4}, -1),
        (1, {"loaded": 0, "vanished": 1}, 1),
    ],
)
def test_files_are_counted_against_their_statuses(
    found: int, by_status: dict[str, int], lost: int
) -> None:
    assert checks.unaccounted(found, by_status) == lost


def test_files_that_have_gone_are_not_of_this_inventory(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    for path, status in (("a", "loaded"), ("b", "removed"), ("c", "loaded")):
        put(connection, "raw.files", path=path, status=status)
    assert checks.count_by_status(connection) == {"loaded": 2}


def test_a_hit_must_open_to_its_term(connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, "raw.documents", document_id="a", body="发展集成电\n路和芯片")
    hit = {"document_id": "a", "term": "集成电路", "char_start": 2, "char_end": 7}
    put(connection, "raw.keyword_hits", **hit)
    assert checks.misplaced_hits(connection) == []
    put(connection, "raw.keyword_hits", **{**hit, "char_start": 3, "char_end": 8})
    put(connection, "raw.keyword_hits", **{**hit, "document_id": "gone"})
    assert len(checks.misplaced_hits(connection)) == 2


def test_severities() -> None:
    blocking = {
        key.name: spec.blocking for check in checks.CHECKS for key, spec in
        ((spec.key, spec) for spec in check.check_specs)
    }  # fmt: skip
    assert blocking["files_are_accounted_for"]
    assert blocking["offsets_cut_out_the_term"]
    assert not blocking["names_agree_with_text"]
    assert not blocking["review_marks_match_hits"]
    assert blocking["gx_primary_has_a_region"]
    assert not blocking["gx_primary_is_long_enough"]


SOUND = {
    "region_code": "320000", "report_year": 2020, "status": "primary", "n_chars": 9000,
    "body_length": 9100, "is_sample": False,
}  # fmt: skip


def failed(suite: Suite, *rows: dict[str, object]) -> set[str]:
    return {finding.name for finding in validate(pd.DataFrame(rows), suite) if not finding.passed}


def test_each_expectation_fails_on_what_it_names_and_on_nothing_else() -> None:
    suite = read_suite(EXPECTATIONS / "raw_documents.json")
    assert failed(suite, SOUND) == set()
    quarantined = {
        **SOUND,
        "region_code": None,
        "report_year": None,
        "status": "quarantined",
        "body_length": 3,
    }
    assert failed(suite, SOUND, quarantined) == set()
    for change, names in (
        ({"region_code": "32"}, {"gx_region_code_has_six_digits"}),
        ({"region_code": None}, {"gx_primary_has_a_region"}),
        ({"report_year": 1900}, {"gx_report_year_is_plausible"}),
        ({"report_year": None}, {"gx_primary_has_a_year"}),
        ({"body_length": 10}, {"gx_primary_has_a_body"}),
        ({"n_chars": 2000}, {"gx_primary_is_long_enough"}),
    ):
        assert failed(suite, SOUND, {**SOUND, **change}) == names
    empty = pd.DataFrame([SOUND]).iloc[:0]
    assert "gx_documents_are_there" in {f.name for f in validate(empty, suite) if not f.passed}


def test_the_years_that_are_expected_are_those_that_are_read() -> None:
    """With other bounds in the two places the readers' own years failed the check."""
    suite = json.loads((EXPECTATIONS / "raw_observations.json").read_text(encoding="utf-8"))
    (years,) = (one for one in suite["expectations"] if one["kwargs"].get("column") == "year")
    assert years["type"] == "expect_column_values_to_be_between"
    assert (years["kwargs"]["min_value"], years["kwargs"]["max_value"]) == (YEARS[0], YEARS[-1])
    assert not {"strict_min", "strict_max", "mostly"} & set(years["kwargs"])


def test_an_expectation_that_cannot_be_run_has_not_passed(tmp_path: Path) -> None:
    path = tmp_path / "suite.json"
    item = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "absent"},
            "meta": {"name": "n", "severity": "error", "description": "d"}}  # fmt: skip
    path.write_text(json.dumps({"name": "s", "expectations": [item]}), encoding="utf-8")
    (finding,) = validate(pd.DataFrame([SOUND]), read_suite(path))
    assert not finding.passed


def test_a_suite_without_severity_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "suite.json"
    item = {"type": "expect_table_row_count_to_be_between", "kwargs": {}, "meta": {"name": "n"}}
    path.write_text(json.dumps({"name": "s", "expectations": [item]}), encoding="utf-8")
    with pytest.raises(ValueError, match="severity"):
        read_suite(path)
