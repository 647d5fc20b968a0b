"""The main command on the bundled sample, from an empty folder, with nothing but its defaults."""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.landing import FOLDERS
from orchestration.settings import CHECKOUT, SAMPLE_LANDING
from tests.conftest import Xinku

pytestmark = pytest.mark.integration

Built = tuple[Path, "subprocess.CompletedProcess[str]"]
PLANTED = CHECKOUT / "data" / "planted_counts.csv"


@pytest.fixture(scope="module")
def warehouse(sample_build: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        yield connection


def counted(connection: duckdb.DuckDBPyConnection, sql: str) -> Counter[tuple[object, ...]]:
    return Counter(
        {tuple(row[:-1]): row[-1] for row in connection.execute(sql).fetchall() if row[-1]}
    )


def planted(column: str) -> Counter[tuple[object, ...]]:
    with PLANTED.open(encoding="utf-8-sig", newline="") as file:
        return Counter(
            {
                (row["region_code"], int(row["report_year"]), row["term"]): int(row[column])
                for row in csv.DictReader(file)
                if int(row[column])
            }
        )


def test_the_command_says_what_it_built_and_where_to_look_next(sample_build: Built) -> None:
    path, done = sample_build
    assert path.exists()
    said = done.stdout
    assert "Sample data" in said
    assert "quarantined" in said
    assert "xinku ui" in said
    assert "Traceback" not in said


def test_every_planted_hit_is_found_and_no_other(warehouse: duckdb.DuckDBPyConnection) -> None:
    hits = "select region_code, report_year, term, count(*) from marts.keyword_hits where {} group by all"
    ours = "topic = 'chip_innovation' and section <> 'annex'"
    assert counted(warehouse, hits.format(ours)) == planted("n_hits")
    ours = "topic = 'chip_innovation' and section = 'annex'"
    assert counted(warehouse, hits.format(ours)) == planted("n_annex_hits")
    for section in ("review", "plan"):
        ours = f"topic = 'chip_innovation' and section = '{section}'"
        assert counted(warehouse, hits.format(ours)) == planted(f"n_{section}_hits")
    ours = "topic = 'chip_innovation_strict' and section <> 'annex' and excluded_by is not null"
    assert counted(warehouse, hits.format(ours)) == planted("n_strict_excluded")


def test_all_155_region_years_are_there_zeros_among_them(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "select count(*), count(distinct region_code), min(report_year), max(report_year), "
        "count(*) filter (where n_hits = 0) from marts.government_attention where topic = 'chip_innovation'"
    ).fetchone()
    assert rows is not None
    assert rows[:4] == (155, 31, 2018, 2022)
    assert rows[4] > 0


def test_everything_says_that_it_is_sample(warehouse: duckdb.DuckDBPyConnection) -> None:
    tables = warehouse.execute(
        "select table_schema || '.' || table_name from information_schema.columns "
        "where column_name = 'is_sample'"
    ).fetchall()
    assert len(tables) >= 8
    for (table,) in tables:
        assert warehouse.execute(
            f"select count(*) from {table} where is_sample is not true"
        ).fetchone() == (0,)


def test_files_of_every_kind_are_accounted_for(warehouse: duckdb.DuckDBPyConnection) -> None:
    statuses = dict(
        warehouse.execute("select status, count(*) from raw.files group by all").fetchall()
    )
    assert set(statuses) == {"loaded", "quarantined", "ignored", "superseded"}
    found = sum(
        path.is_file() for folder in FOLDERS for path in (SAMPLE_LANDING / folder).rglob("*")
    )
    assert sum(statuses.values()) == found
    parsers = {
        row[0] for row in warehouse.execute("select distinct parser from raw.documents").fetchall()
    }
    assert parsers >= {"markdown", "text", "docx", "pdf", "html", "csv"}
    encodings = {
        row[0]
        for row in warehouse.execute("select distinct encoding from raw.documents").fetchall()
    }
    assert "gb18030" in encodings


def test_every_table_and_column_is_described(warehouse: duckdb.DuckDBPyConnection) -> None:
    schemas = "('raw', 'staging', 'intermediate', 'marts', 'models', 'quality')"
    bare = warehouse.execute(
        f"select schema_name || '.' || table_name from duckdb_tables() where schema_name in {schemas} "
        "and coalesce(comment, '') = ''"
    ).fetchall()
    assert bare == []
    bare = warehouse.execute(
        f"select table_name || '.' || column_name from duckdb_columns() where schema_name in {schemas} "
        "and coalesce(comment, '') = ''"
    ).fetchall()
    assert bare == []
    unitless = warehouse.execute(
        "select table_name || '.' || column_name from duckdb_columns() where schema_name in ('staging', 'intermediate', 'marts') "
        "and data_type in ('BIGINT', 'INTEGER', 'DOUBLE') and comment not like '%[%]'"
    ).fetchall()
    assert unitless == []


def test_checks_of_all_three_engines_are_written_down(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select engine, count(*), bool_and(passed) from quality.check_results where severity = 'error' "
        "group by all"
    ).fetchall()
    assert {engine for engine, _, _ in rows} == {"dbt", "great_expectations", "dagster"}
    assert all(passed for _, _, passed in rows)


def test_the_snapshot_opens_under_any_name(sample_build: Built, tmp_path: Path) -> None:
    """Views once named the working file's catalog and broke in the published copy."""
    copy = tmp_path / "另一个名字.duckdb"
    shutil.copy(sample_build[0], copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        relations = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
        for (relation,) in relations:
            connection.execute(f"select * from {relation} limit 1").fetchall()


def test_status_shows_the_published_warehouse(sample_build: Built, xinku: Xinku) -> None:
    done = xinku("status", cwd=sample_build[0].parent)
    assert done.returncode == 0, done.stderr
    assert "marts.government_attention" in done.stdout
    assert "Sample data" in done.stdout


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def test_a_second_build_gives_the_same_tables_and_leaves_the_landing_zone_alone(
    sample_build: Built, xinku: Xinku
) -> None:
    path, _ = sample_build
    before = _digest(SAMPLE_LANDING)

    def marts() -> dict[str, list[tuple[object, ...]]]:
        with duckdb.connect(str(path), read_only=True) as connection:
            names = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            ).fetchall()
            return {
                name: connection.execute(f"select * from marts.{name} order by all").fetchall()
                for (name,) in names
            }

    first = marts()
    done = xinku("build", cwd=path.parent)
    assert done.returncode == 0, done.stderr
    assert marts() == first
    assert _digest(SAMPLE_LANDING) == before
