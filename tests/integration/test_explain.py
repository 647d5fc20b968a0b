"""`xinku explain` on the built sample: every number opens to exactly the sentences it counts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.explain import Passage, Sentence, explain_in
from orchestration.explain.answer import read_evidence
from orchestration.explain.evidence import COUNTED
from orchestration.explain.queries import fetch, shown
from orchestration.explain.registry import GOVERNMENT_ATTENTION, LEXICON_COVERAGE
from tests.conftest import Xinku

pytestmark = pytest.mark.integration

Built = tuple[Path, "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def warehouse(sample_build: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        # Thousands of small queries: threads would cost more than they bring.
        connection.execute("set threads = 1")
        yield connection


def check_every_number(
    connection: duckdb.DuckDBPyConnection, rows_where: str = "true"
) -> tuple[int, int]:
    """Cells and pieces of evidence looked at.

    For every row and count column of marts.government_attention: the evidence listed as counted
    adds to the value, the formula's SQL returns it, and the body has each hit where it is said to be.
    """
    explainer = GOVERNMENT_ATTENTION
    where = " and ".join(key.condition for key in explainer.keys)
    rows = fetch(connection, f"select * from {explainer.table} where {rows_where}", {})
    bodies = {
        row["document_id"]: row["body"]
        for row in fetch(connection, "select document_id, body from raw.documents", {})
    }
    n_cells = n_pieces = 0
    for row in rows:
        for column, formula in explainer.columns.items():
            if column not in row:
                continue
            if formula.sql:
                sql = shown(formula.sql.replace("{where}", where), row)
                assert connection.execute(sql).fetchall() == [(row[column],)], (column, row)
            query = explainer.evidence.get(formula.evidence)
            if query is None or query.kind not in (Sentence, Passage) or formula.arithmetic:
                continue
            found = read_evidence(connection, query, formula, where, row)
            counted = sum(item.amount or 0 for item in found if item.status == COUNTED)
            assert counted == row[column], (column, row)
            n_cells += 1
            n_pieces += len(found)
            for item in found:
                if isinstance(item, Sentence):
                    body = bodies[item.document_id]
                    assert re.sub(r"\s+", "", body[item.start : item.end]) == item.term
                    assert body[item.start : item.end] == item.hit
                    assert body[item.sentence_start :].startswith(item.text)
    return n_cells, n_pieces


def test_every_number_is_what_its_evidence_adds_to(warehouse: duckdb.DuckDBPyConnection) -> None:
    n_cells, n_pieces = check_every_number(warehouse, "topic = 'chip_innovation_strict'")
    assert n_cells >= 155 * 8
    assert n_pieces > 1_000


@pytest.mark.acceptance
def test_every_number_of_real_reports_too(shared: Path, xinku: Xinku, tmp_path: Path) -> None:
    """Hits broken by white space and CSV members are in the real reports of these years."""
    landing = str(shared / "data" / "landing")
    done = xinku("build", "--landing", landing, "--years", "2012-2013", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(tmp_path / "xinku.duckdb"), read_only=True) as connection:
        connection.execute("set threads = 1")
        n_cells, _ = check_every_number(connection)
    assert n_cells > 1_000


def test_every_term_is_what_its_evidence_adds_to(warehouse: duckdb.DuckDBPyConnection) -> None:
    terms = fetch(warehouse, "select topic, term from marts.lexicon_coverage", {})
    for row in terms:
        for column in ("n_hits", "n_occurrences", "n_reports_with_term"):
            it = explain_in(warehouse, "lexicon_coverage", [row["term"], row["topic"], column])
            assert it.value == len(it.counted)
            assert warehouse.execute(it.sql).fetchall() == [(it.value,)]
    for column, formula in LEXICON_COVERAGE.columns.items():
        it = explain_in(warehouse, "lexicon_coverage", ["芯片", column])
        if formula.sql:
            assert warehouse.execute(it.sql).fetchall() == [(it.value,)], column


def test_the_command_shows_formula_value_and_sentences(sample_build: Built, xinku: Xinku) -> None:
    done = xinku(
        "explain",
        "marts.government_attention",
        "江苏",
        "2021",
        "n_hits",
        cwd=sample_build[0].parent,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Sample data 示例数据")
    assert "n_hits = 9" in done.stdout
    assert "江苏省/2021.docx" in done.stdout
    assert len(re.findall(r"characters \d+–\d+", done.stdout)) == 9
    assert done.stdout.count("【") == 9


def test_json_is_complete_and_its_sql_runs(
    sample_build: Built, xinku: Xinku, warehouse: duckdb.DuckDBPyConnection
) -> None:
    call = (
        "explain",
        "government_attention",
        "Jiangsu",
        "2021",
        "chip_innovation_strict",
        "--json",
    )
    done = xinku(*call, cwd=sample_build[0].parent)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["is_sample"] is True
    assert told["value"] == 7 == told["n_evidence"]["counted"]
    assert told["n_evidence"]["excluded"] == 2
    assert warehouse.execute(told["formula"]["sql"]).fetchall() == [(7,)]
    assert "江苏" in done.stdout
    ascii_only = xinku(*call, cwd=sample_build[0].parent, PYTHONIOENCODING="ascii")
    assert json.loads(ascii_only.stdout) == told


def test_a_copy_and_an_abridged_text_are_named_beside_the_counted_one(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    copies = explain_in(warehouse, "government_attention", ["山东", "2019"]).sources
    assert [row["status"] for row in copies] == ["primary", "superseded"]
    assert copies[1]["reason"]
    assert copies[0]["file_id"] == copies[1]["file_id"]
    abridged = explain_in(warehouse, "government_attention", ["浙江", "2021"]).sources
    assert "abridged" in abridged[1]["reason"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("government_atention", "江苏"), "nearest is marts.government_attention"),
        (("government_attention", "江苏", "1999"), "missing, not zero"),
        (("government_attention", "江苏", "2021", "n_hit"), "n_hits"),
        (("government_attention", "江酥", "2021"), "江苏"),
    ],
)
def test_a_wrong_call_ends_with_one_sentence(
    sample_build: Built, xinku: Xinku, words: tuple[str, ...], said: str
) -> None:
    done = xinku("explain", *words, cwd=sample_build[0].parent)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_reader_that_closes_early_hears_no_complaint(
    sample_build: Built, option: tuple[str, ...]
) -> None:
    """As `xinku explain … | head -1` does."""
    call = [
        sys.executable,
        "-m",
        "orchestration.cli",
        "explain",
        "keyword_hits",
        "高新技术",
        *option,
    ]
    with subprocess.Popen(
        call, cwd=sample_build[0].parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


def test_an_explanation_needs_neither_dagster_nor_pandas(sample_build: Built) -> None:
    """A bound parameter made DuckDB's client import pandas: 1.3 s for an answer of 0.6 s."""
    code = (
        "import sys, pathlib; from orchestration.explain import explain; "
        "explain(pathlib.Path('xinku.duckdb'), 'government_attention', ['江苏', '2021']); "
        "print([name for name in ('dagster', 'dbt', 'pandas') if name in sys.modules])"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=sample_build[0].parent, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
    # Measured at 0.6 s on an idle machine of two cores.
    assert time.monotonic() - started < 5
