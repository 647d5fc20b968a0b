"""The sample's panel: what was planted comes back through files, SQL and formulas; nothing is made up."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from models_py.index import coagglomeration, location_quotient
from orchestration.settings import CHECKOUT

pytestmark = pytest.mark.integration

SERVICES = ("transport", "information", "finance", "leasing_business_services")
SERVICES += ("scientific_technical_services",)


@pytest.fixture(scope="module")
def warehouse(sample_build: tuple[Path, Any]) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(sample_build[0]), read_only=True)


def planted() -> dict[tuple[str, int], dict[str, str]]:
    with (CHECKOUT / "data" / "planted_panel.csv").open(encoding="utf-8") as file:
        return {(row["region_code"], int(row["year"])): row for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("variable", "column", "factor"),
    [
        ("chip_patents", "chip_patents_applied", 1),
        ("coagglomeration", "coagglomeration_index", 1),
        ("marketization", "marketization_index", 1),
        ("gdp", "gdp", 1),
        ("population", "population_resident", 1),
        ("rd_personnel", "rd_personnel_fte", 1e-4),
        ("attention", "attention_hits", 1),
    ],
)
def test_every_planted_value_comes_back(
    warehouse: duckdb.DuckDBPyConnection, variable: str, column: str, factor: float
) -> None:
    expected = {
        key: float(row[column]) * factor for key, row in planted().items() if key[1] >= 2018
    }
    found = {
        (region, year): value
        for region, year, value in warehouse.execute(
            "select region_code, year, value from marts.panel_variables "
            "where study = 'chip_innovation' and variable = ?",
            [variable],
        ).fetchall()
    }
    assert len(expected) == len(found) == 155
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-9), key


def test_counts_of_another_word_list_are_those_of_the_same_reports(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "select p.attention, p.attention_strict, own.n_hits, other.n_hits "
        "from marts.innovation_panel as p "
        "join marts.government_attention as own on own.topic = 'chip_innovation' "
        "and own.region_code = p.region_code and own.report_year = p.year "
        "join marts.government_attention as other on other.topic = 'chip_innovation_strict' "
        "and other.region_code = p.region_code and other.report_year = p.year "
        "where p.study = 'chip_innovation'"
    ).fetchall()
    assert len(rows) == 155
    assert all((one, other) == (mine, theirs) for one, other, mine, theirs in rows)
    # The strict list takes hits out and adds none.
    assert all(strict <= attention for attention, strict, *_ in rows)
    assert any(strict < attention for attention, strict, *_ in rows)


def test_moments_are_those_of_the_published_table(warehouse: duckdb.DuckDBPyConnection) -> None:
    mean, sd, low, high = warehouse.execute(
        "select avg(rd_personnel), stddev_samp(rd_personnel), min(rd_personnel), max(rd_personnel) "
        "from marts.innovation_panel"
    ).fetchall()[0]
    assert (round(mean, 3), round(sd, 3)) == (17.088, 20.415)
    assert (round(low, 3), round(high, 3)) == (0.157, 97.249)


def test_wide_and_long_say_the_same(warehouse: duckdb.DuckDBPyConnection) -> None:
    wide = warehouse.execute("select * from marts.innovation_panel").df()
    long = warehouse.execute("select * from marts.panel_variables").df()
    turned = long.pivot_table(
        index=["study", "region_code", "year"], columns="variable", values="value", dropna=False
    )
    wide = wide.set_index(["study", "region_code", "year"])
    pd.testing.assert_frame_equal(
        wide[turned.columns].sort_index(), turned.sort_index(), check_names=False, rtol=1e-15
    )
    assert (wide["n_missing"] == 0).all()
    assert wide["is_sample"].all()


def test_the_index_is_that_of_its_python_twin(warehouse: duckdb.DuckDBPyConnection) -> None:
    frame = warehouse.execute(
        "select region_code, year, producer_services, manufacturing, total "
        "from intermediate.int_agglomeration__employment where not is_nation order by all"
    ).df()
    mart = warehouse.execute(
        "select * from marts.industrial_agglomeration order by region_code, year"
    ).df()
    services = location_quotient(frame, "producer_services", "total")
    manufacturing = location_quotient(frame, "manufacturing", "total")
    for column, ours in {
        "lq_producer_services": services,
        "lq_manufacturing": manufacturing,
        "coagglomeration_index": coagglomeration(services, manufacturing),
    }.items():
        pd.testing.assert_series_equal(mart[column], ours, check_names=False, rtol=1e-12)


def test_every_number_opens_to_its_cell(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The R&D personnel of 江苏 in 2021 stands in the yearbook of 2022, in 人年, as text."""
    rows = warehouse.execute(
        "select path, sheet, cell, raw_value, unit, unit_source, vintage from raw.observations "
        "where region_code = '320000' and year = 2021 and indicator_code = 'rd_personnel_fte'"
    ).fetchall()
    value = warehouse.execute(
        "select rd_personnel from marts.innovation_panel where region_code = '320000' and year = 2021"
    ).fetchall()[0][0]
    ((path, _, cell, raw, unit, source, vintage),) = rows
    assert path.endswith("raw-2021.xlsx")
    assert cell[0].isalpha()
    assert unit == "人年"
    assert source
    assert vintage
    assert float(raw.replace(",", "")) / 1e4 == pytest.approx(value)


def test_revisions_and_availability_are_shown(warehouse: duckdb.DuckDBPyConnection) -> None:
    (revised,) = warehouse.execute(
        "select count(*) from marts.indicator_revisions "
        "where indicator_code = 'gdp' and year = 2018 and revision <> 0"
    ).fetchall()[0]
    assert revised > 0
    years = warehouse.execute(
        "select year, n_regions from marts.indicator_availability "
        "where indicator_code = 'rd_personnel_fte' and region_level = 'province' order by year"
    ).fetchall()
    assert years == [(year, 31) for year in range(2017, 2023)]


def test_columns_of_the_wide_panel_are_described(warehouse: duckdb.DuckDBPyConnection) -> None:
    comments = dict(
        warehouse.execute(
            "select column_name, comment from duckdb_columns() "
            "where schema_name = 'marts' and table_name = 'innovation_panel'"
        ).fetchall()
    )
    assert comments["rd_personnel"] == "R&D personnel, full-time equivalent [万人年]"
    assert all(comments.values()), comments
