"""The published measure on the real reports, right to the last hit, through the main command."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.regions import RegionTable
from tests.conftest import Xinku

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def real(shared: Path, xinku: Xinku, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    done = xinku(
        "build", "--landing", str(shared / "data" / "landing"),
        "--warehouse", "real.duckdb", "--years", "2018-2022", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "real.duckdb"


def golden(shared: Path) -> dict[tuple[str, int], dict[str, str]]:
    regions = RegionTable.from_seeds()
    path = shared / "golden" / "attention_provinces_2018_2022.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (regions.resolve(row["region"], level="province").code, int(row["report_year"])): row
            for row in csv.DictReader(file)
        }


def test_every_province_year_has_the_golden_total(real: Path, shared: Path) -> None:
    with duckdb.connect(str(real), read_only=True) as connection:
        rows = connection.execute(
            "select region_code, report_year, n_hits + n_annex_hits + n_excluded_hits, n_core_hits "
            "from marts.government_attention "
            "where topic = 'chip_innovation' and region_level = 'province'"
        ).fetchall()
    ours = {(code, year): total for code, year, total, _ in rows}
    assert ours == {key: int(row["n_hits"]) for key, row in golden(shared).items()}
    assert len(ours) == 155


@pytest.mark.parametrize("topic", ["chip_innovation", "chip_innovation_strict"])
def test_every_term_of_every_province_year(real: Path, shared: Path, topic: str) -> None:
    with duckdb.connect(str(real), read_only=True) as connection:
        rows = connection.execute(
            "select region_code, report_year, term, count(*) from marts.keyword_hits "
            "join (select region_code from staging.regions where region_level = 'province') "
            "using (region_code) where topic = ? group by all",
            [topic],
        ).fetchall()
    ours = {(code, year, term): count for code, year, term, count in rows}
    terms = ("芯片", "半导体", "集成电路", "晶圆", "晶片", "电子设计自动化", "封测技术", "电子元器件",
             "高新技术", "高精尖")  # fmt: skip
    expected = {
        (code, year, term): int(row[term])
        for (code, year), row in golden(shared).items()
        for term in terms
        if int(row[term])
    }
    assert ours == expected


def test_nation_provinces_and_cities_have_one_primary_a_year(real: Path) -> None:
    with duckdb.connect(str(real), read_only=True) as connection:
        rows = connection.execute(
            "select report_year, region_level, count(*), count(distinct region_code) "
            "from raw.documents where status = 'primary' group by all order by all"
        ).fetchall()
    expected = [
        (year, level, count, count)
        for year in range(2018, 2023)
        for level, count in (("city", 6), ("nation", 1), ("province", 31))
    ]
    assert rows == expected


def test_the_sichuan_names_that_carry_the_year_reviewed(real: Path) -> None:
    """2019.md and 2020.md are one speech of 2020-05-09; 2018.md was delivered on 2019-01-14."""
    with duckdb.connect(str(real), read_only=True) as connection:
        rows = connection.execute(
            "select parse_filename(path), report_year, status, delivered_on::varchar from raw.documents "
            "where region_code = '510000' order by all"
        ).fetchall()
        (warned,) = connection.execute(
            "select detail from quality.check_results where check_name = 'names_agree_with_text'"
        ).fetchone() or ("",)
    assert rows == [
        ("2017.md", 2018, "primary", "2018-01-26"),
        ("2018.md", 2019, "primary", "2019-01-14"),
        ("2019.md", 2020, "primary", "2020-05-09"),
        ("2020.md", 2020, "superseded", "2020-05-09"),
        ("2021.md", 2021, "primary", "2021-01-30"),
        ("2022.md", 2022, "primary", "2022-01-18"),
    ]
    assert "2018.md" in warned


def test_abridged_texts_say_so_in_the_mart(real: Path) -> None:
    with duckdb.connect(str(real), read_only=True) as connection:
        rows = connection.execute(
            "select distinct region_name, report_year from marts.government_attention "
            "where completeness <> 'full' order by all"
        ).fetchall()
    assert set(rows) >= {
        ("浙江", 2020),
        ("浙江", 2021),
        ("浙江", 2022),
        ("甘肃", 2018),
        ("甘肃", 2019),
    }


@pytest.mark.slow
def test_without_years_all_files_load(shared: Path, xinku: Xinku, tmp_path: Path) -> None:
    landing = shared / "data" / "landing"
    done = xinku("build", "--landing", str(landing), "--warehouse", "all.duckdb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(tmp_path / "all.duckdb"), read_only=True) as connection:
        statuses = dict(
            connection.execute(
                "select status, count(*) from raw.files where kind = 'reports' group by all"
            ).fetchall()
        )
        documents = connection.execute("select count(*) from raw.documents").fetchone()
    assert set(statuses) == {"loaded", "superseded"}
    assert sum(statuses.values()) == sum(1 for p in (landing / "reports").rglob("*") if p.is_file())
    assert documents == (1070,)
