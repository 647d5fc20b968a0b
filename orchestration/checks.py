"""Checks that are not dbt's: folder against tables, offsets against text, Great Expectations.

Each is a thin asset check over a pure question that its own tests ask without Dagster. What a dbt
test can say in SQL about a model belongs in ``dbt_project``.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
import pandas as pd

from orchestration import model_gates
from orchestration.check_log import DETAIL, ENGINE, N_FAILED
from orchestration.expectations import Finding, read_suite, validate
from orchestration.ingest.landing import FOLDERS, count_entries
from orchestration.progress import Progress
from orchestration.resources import WarehouseResource
from orchestration.review import unmatched_exclusions
from orchestration.settings import EXPECTATIONS, Settings
from orchestration.tables import DOCUMENTS, FILES, KEYWORD_HITS

_SHOWN = 5
_RAW_DOCUMENTS = dg.AssetKey([DOCUMENTS.schema, DOCUMENTS.name])


def count_by_status(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Files of the last inventory by status; those that have gone are not of it."""
    return dict(
        connection.execute(
            "select status, count(*) from raw.files where status <> 'removed' group by status"
        ).fetchall()
    )


def unaccounted(found: int, by_status: Mapping[str, int]) -> int:
    """Files found less those loaded, quarantined, ignored or superseded; zero if none is lost."""
    known = ("loaded", "quarantined", "ignored", "superseded")
    return found - sum(by_status.get(status, 0) for status in known)


def misplaced_hits(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Hits whose offsets do not cut out their term: document, term, what stands there."""
    rows = connection.execute(
        "select h.document_id, h.term,"
        " substring(d.body, h.char_start + 1, h.char_end - h.char_start)"
        " from raw.keyword_hits h left join raw.documents d using (document_id)"
    ).fetchall()
    return [(i, term, there) for i, term, there in rows if _plain(there or "") != _plain(term)]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _result(
    passed: bool,
    detail: str,
    *,
    n_failed: int,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    **place: Any,
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=passed,
        severity=severity,
        description=detail,
        metadata={DETAIL: detail, N_FAILED: n_failed},
        **place,
    )


@dg.asset_check(
    asset=dg.AssetKey([FILES.schema, FILES.name]),
    name="files_are_accounted_for",
    description="Files found = loaded + quarantined + ignored + superseded, counted anew.",
    blocking=True,
    pool="duckdb",
)
def files_are_accounted_for(
    warehouse: WarehouseResource, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """Count the folder by other means than the inventory's and compare."""
    with warehouse.open().read() as connection:
        by_status = count_by_status(connection)
    found = sum(count_entries(settings.landing, folder) for folder in FOLDERS)
    lost = unaccounted(found, by_status)
    parts = ", ".join(f"{n} {status}" for status, n in sorted(by_status.items()))
    return _result(lost == 0, f"{found} files found: {parts}.", n_failed=abs(lost))


@dg.asset_check(
    asset=_RAW_DOCUMENTS,
    name="names_agree_with_text",
    description="Region and year in folder and file names agree with the report's own text.",
    pool="duckdb",
)
def names_agree_with_text(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Name both sides of every disagreement; the text is believed."""
    with warehouse.open().read() as connection:
        rows = connection.execute(
            "select path, evidence from raw.document_findings "
            "where rule in ('wrong_year', 'wrong_region', 'wrong_level') order by all"
        ).fetchall()
    shown = "; ".join(f"{path}: {warning}" for path, warning in rows[:_SHOWN])
    more = f"; and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    detail = f"{shown}{more}" if rows else "All names agree with the texts."
    return _result(not rows, detail, n_failed=len(rows), severity=dg.AssetCheckSeverity.WARN)


@dg.asset_check(
    asset=dg.AssetKey([KEYWORD_HITS.schema, KEYWORD_HITS.name]),
    name="offsets_cut_out_the_term",
    description="The body between char_start and char_end is the term, white space aside.",
    blocking=True,
    pool="duckdb",
)
def offsets_cut_out_the_term(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Open every hit in its text."""
    with warehouse.open().read() as connection:
        wrong = misplaced_hits(connection)
    shown = "; ".join(f"{i}: {term} is not {there!r}" for i, term, there in wrong[:_SHOWN])
    return _result(not wrong, shown or "Every hit opens to its term.", n_failed=len(wrong))


@dg.asset_check(
    asset=dg.AssetKey([KEYWORD_HITS.schema, KEYWORD_HITS.name]),
    name="review_marks_match_hits",
    description="Every hit that a person marked as false is still there to be left out.",
    pool="duckdb",
)
def review_marks_match_hits(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Name the marks that leave nothing out any more, and why."""
    with warehouse.open().read() as connection:
        idle = unmatched_exclusions(connection)
    shown = "; ".join(
        f"{row['topic']} {row['region_code']} {row['report_year']} {row['term']}: {row['why']}"
        for row in idle[:_SHOWN]
    )
    more = f"; and {len(idle) - _SHOWN} more" if len(idle) > _SHOWN else ""
    detail = f"{shown}{more}" if idle else "Every mark matches a hit."
    return _result(not idle, detail, n_failed=len(idle), severity=dg.AssetCheckSeverity.WARN)


def expectations_check(suite: str, table: str, query: str, *, blocking: bool = True) -> Any:
    """The check that runs a Great Expectations suite over a query's rows.

    Args:
        suite: name of the file in ``expectations``.
        table: ``schema.name`` that the results are of.
        query: SQL of the frame.
        blocking: whether an expectation of severity error stops what is downstream in the run.
    """
    read = read_suite(EXPECTATIONS / f"{suite}.json")
    key = dg.AssetKey(table.split("."))

    @dg.multi_asset_check(
        name=f"{suite}_expectations",
        specs=[
            dg.AssetCheckSpec(
                name=expectation.name,
                asset=key,
                description=expectation.description,
                blocking=blocking and expectation.severity == "error",
            )
            for expectation in read.expectations
        ],
        pool="duckdb",
        description=f"Great Expectations over {table}.",
    )
    def check(
        warehouse: WarehouseResource, progress: dg.ResourceParam[Progress]
    ) -> Iterator[dg.AssetCheckResult]:
        progress.stage("Great Expectations")
        with warehouse.open().read() as connection:
            frame: pd.DataFrame = connection.execute(query).df()
        for finding in validate(frame, read):
            yield _expectation_result(key, finding)

    return check


def _expectation_result(key: dg.AssetKey, finding: Finding) -> dg.AssetCheckResult:
    is_error = finding.severity == "error"
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=finding.name,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        metadata={
            ENGINE: "great_expectations",
            N_FAILED: finding.n_failed,
            DETAIL: finding.detail,
        },
    )


CHECKS = [
    files_are_accounted_for,
    names_agree_with_text,
    offsets_cut_out_the_term,
    review_marks_match_hits,
    expectations_check(
        "raw_documents",
        "raw.documents",
        "select * exclude (body), length(body) as body_length from raw.documents",
    ),
    # What fails in these stops the models, and nothing else.
    *(
        expectations_check(gate.suite, gate.table, gate.query, blocking=False)
        for gate in model_gates.GATES
    ),
]
