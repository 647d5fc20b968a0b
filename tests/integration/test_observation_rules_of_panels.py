"""What panels make of observations: what a lag still needs, quotients over gaps, the same bytes again.

One small landing zone, built in process three times: as it is, again, and with its tables turned
upside down.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.explain import Explanation, explain_in
from tests.fixtures.contents import contents
from tests.fixtures.in_process import Dbt, build_zone
from tests.fixtures.prose import report_text
from tests.fixtures.yearbook_files import Cell, Rows, csv_of, mainland, size_of, wide

pytestmark = pytest.mark.integration

NAMES = mainland()
YEARS = (2019, 2020)
SERVICES = ("transport", "information", "finance", "leasing_business_services")
RESEARCH = "scientific_technical_services"
STUDY = """
name: growth
title: Growth and agglomeration
region_level: province
years: [2019, 2020]
lexicon: {core: [芯片]}
panel:
  exclude: {台湾: no mainland statistics, 香港: no mainland statistics, 澳门: no mainland statistics}
  service_sectors: five_sectors
  national_totals: sample
variables:
  growth: {formula: "gdp / lag(gdp, 1) - 1"}
  people: {formula: population_resident}
  loans_then: {formula: "lag(loans_balance, 1)"}
  loans_before: {formula: "lag(loans_balance, 2)"}
  staff: {formula: rd_personnel_fte}
  index: {formula: agglomeration.coagglomeration_index}
"""
JOBS = [f"employment_{one}_urban_units" for one in (*SERVICES, RESEARCH, "manufacturing", "total")]
# What a province does not tell, by sector.
GAPS = {"finance": "青海", "manufacturing": "西藏"}


def jobs() -> list[list[Cell]]:
    """Employment whose sums depend on the order of adding, unless they are made exact."""
    draw = random.Random(7)
    rows: list[list[Cell]] = [["地区", "年份", *(f"{one}(万人)" for one in JOBS)]]
    for year in YEARS:
        for name in NAMES:
            sectors: list[Cell] = [round(draw.uniform(0.1, 90), 2) for _ in JOBS[:-1]]
            total = round(sum(one for one in sectors if isinstance(one, float)) * 1.7, 3)
            for number, indicator in enumerate(JOBS[:-1]):
                if any(sector in indicator and name == gap for sector, gap in GAPS.items()):
                    sectors[number] = "…"
            rows.append([name, year, *sectors, total])
    return rows


def tables() -> dict[str, list[list[Cell]]]:
    return {
        "tables/就业.csv": jobs(),
        "tables/产值.csv": wide({"地区生产总值(亿元)": size_of}, YEARS),
        "tables/人口.csv": wide({"年末常住人口(万人)": size_of}, YEARS),
        "tables/贷款.csv": wide({"金融机构贷款余额(亿元)": size_of}, (2017, 2018, 2019)),
    }


def zone(*, upside_down: bool = False) -> dict[str, bytes]:
    def ordered(rows: Rows) -> Rows:
        return [rows[0], *reversed(rows[1:])] if upside_down else rows

    return {
        "reports/江苏省2020.txt": report_text("江苏省", 2020, "发展芯片产业。").encode(),
        "studies/growth.yaml": STUDY.encode(),
        **{path: csv_of(ordered(rows)) for path, rows in tables().items()},
    }


@pytest.fixture(scope="module")
def built(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_zone(dbt, tmp_path_factory.mktemp("panels"), zone(), ["growth"])


@pytest.fixture(scope="module")
def warehouse(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built), read_only=True) as connection:
        yield connection


def rows_of(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(query).fetchall()


def test_years_before_the_first_are_asked_for_where_a_lag_needs_them(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Growth lacks 2018 of GDP, all of R&D staff is missing; nothing is asked that is there."""
    found = rows_of(
        warehouse,
        "select indicator_code, variables, n_region_years, n_values, first_year, last_year "
        "from quality.missing_inputs where indicator_code not like 'employment%' order by all",
    )
    assert found == [
        ("gdp", "growth", 3 * 31, 2 * 31, 2018, 2018),
        ("rd_personnel_fte", "staff", 2 * 31, 0, 2019, 2020),
    ]
    ((hint,),) = rows_of(
        warehouse, "select hint from quality.missing_inputs where indicator_code = 'gdp'"
    )
    assert "地区生产总值 in 亿元" in hint
    assert hint.endswith("for 2018–2018.")
    lacking = rows_of(
        warehouse,
        "select indicator_code, n_region_years - n_values, first_year, last_year "
        "from quality.missing_inputs where indicator_code like 'employment%' order by all",
    )
    assert lacking == [
        ("employment_finance_urban_units", 2, 2019, 2020),
        ("employment_manufacturing_urban_units", 2, 2019, 2020),
    ]


def test_what_missing_inputs_asks_for_is_what_the_panel_lacks(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows_of(
        warehouse,
        "select variable, year, count(value), count(*), min(missing) from marts.panel_variables "
        "where variable not in ('index', 'people') group by all order by all",
    )
    assert found == [
        ("growth", 2019, 0, 31, "gdp: no observation (1 before)"),
        ("growth", 2020, 31, 31, None),
        ("loans_before", 2019, 31, 31, None),
        ("loans_before", 2020, 31, 31, None),
        ("loans_then", 2019, 31, 31, None),
        ("loans_then", 2020, 31, 31, None),
        ("staff", 2019, 0, 31, "rd_personnel_fte: no observation"),
        ("staff", 2020, 0, 31, "rd_personnel_fte: no observation"),
    ]


def quotient_of(name: str, year: int, sector: str) -> float:
    """The location quotient from the table itself: the nation is who has the sector and a total."""
    rows = {row[0]: row[2:] for row in jobs() if row[1] == year}
    total, number = len(JOBS) - 1, {"producer_services": range(5), "manufacturing": (5,)}[sector]
    there = [
        row for row in rows.values() if all(isinstance(row[one], float) for one in (*number, total))
    ]

    def share(chosen: list[list[Cell]]) -> float:
        jobs_in_sector = sum(float(row[one] or 0) for row in chosen for one in number)
        return jobs_in_sector / sum(float(row[total] or 0) for row in chosen)

    return share([rows[name]]) / share(there)


def explained(warehouse: duckdb.DuckDBPyConnection, name: str, column: str) -> Explanation:
    return explain_in(warehouse, "industrial_agglomeration", [name, "2019", "growth", column])


@pytest.mark.parametrize("sector", ["producer_services", "manufacturing"])
@pytest.mark.parametrize("name", ["北京", "江苏", "西藏", "青海"])
def test_a_quotient_is_explained_where_another_region_lacks_the_sector(
    warehouse: duckdb.DuckDBPyConnection, name: str, sector: str
) -> None:
    column = f"lq_{sector}"
    it = explained(warehouse, name, column)
    again = [value for (value,) in warehouse.execute(it.sql).fetchall()]
    if (name, sector) in {("西藏", "manufacturing"), ("青海", "producer_services")}:
        assert (it.value, again) == (None, [None])
        return
    assert it.value == pytest.approx(quotient_of(name, 2019, sector), rel=1e-12)
    assert again == pytest.approx([it.value], rel=1e-12)
    told = it.arithmetic.replace(",", "")
    beside = it.figures[f"national_total_beside_{sector}"]
    others = {"producer_services": "manufacturing", "manufacturing": "producer_services"}
    assert f"nation's total {beside:.15g}" in told
    assert beside != it.figures[f"national_total_beside_{others[sector]}"]


def test_the_parts_of_a_quotient_are_those_it_was_made_of(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    it = explained(warehouse, "江苏", "lq_manufacturing")
    parts = {row["name"]: row["value"] for row in it.inputs if row["origin"] == "sum"}
    assert parts["manufacturing"] / parts["total"] / (
        parts["manufacturing of the nation"] / parts["total of the nation"]
    ) == pytest.approx(it.value, rel=1e-12)


def test_sums_are_exact(warehouse: duckdb.DuckDBPyConnection) -> None:
    """As decimals add up: so no order of adding, which threads decide, can change a digit."""
    found = rows_of(
        warehouse,
        "select region_name, year, producer_services "
        "from intermediate.int_agglomeration__employment inner join staging.regions "
        "using (region_code) where producer_services is not null",
    )
    printed = {(row[0], row[1]): row[2:7] for row in jobs()}
    exact = {
        (name, year): float(sum(Decimal(str(one)) for one in printed[name, year]))
        for name, year, _ in found
    }
    assert len(found) == 2 * 30
    assert {(name, year): value for name, year, value in found} == exact


@pytest.mark.parametrize("upside_down", [False, True], ids=["again", "upside down"])
def test_equal_inputs_make_equal_bytes(
    dbt: Dbt, built: Path, tmp_path: Path, *, upside_down: bool
) -> None:
    """Whatever the order of the rows, to the last digit."""
    other = contents(build_zone(dbt, tmp_path, zone(upside_down=upside_down), ["growth"]))
    first = contents(built)
    for table in ("industrial_agglomeration", "panel_variables", "innovation_panel"):
        expected = [repr(row) for row in first[f"marts.{table}"]]
        assert [repr(row) for row in other[f"marts.{table}"]] == expected, table
    # Two years of the panel and two before them for the lags, of which nothing is known.
    values = [row[4] for row in first["marts.industrial_agglomeration"]]
    assert (len(values), values.count(None)) == (4 * 31, 2 * 31 + 2)
