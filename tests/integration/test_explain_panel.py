"""`xinku explain` from the panel down to cells: recomputed from what is listed, and set aside."""

from __future__ import annotations

import ast
import json
import math
import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from orchestration.explain import Cell, Explanation, explain_in
from orchestration.explain.queries import fetch
from orchestration.formula import Input, column_name, compile_formula
from tests.conftest import Xinku

pytestmark = pytest.mark.integration

Built = tuple[Path, "subprocess.CompletedProcess[str]"]
JIANGSU = "320000"


@pytest.fixture(scope="module")
def warehouse(sample_build: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        yield connection


@pytest.fixture
def changed(sample_build: Built, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy to write to: what stands over raw.observations follows, marts stay as built."""
    shutil.copy(sample_build[0], tmp_path / "changed.duckdb")
    made = sample_build[0].parent.glob(".xinku/*/dbt_runs/*-dbt_tables/compiled/**/*.sql")
    compiled = {path.stem: path.read_text(encoding="utf-8") for path in made}
    with duckdb.connect(str(tmp_path / "changed.duckdb")) as connection:
        # Tables for speed; as views they follow what a test changes below them.
        for name in ("int_observations__magnitudes", "int_observations__editions"):
            connection.execute(f"drop table intermediate.{name}")
            connection.execute(f"create view intermediate.{name} as {compiled[name]}")
        yield connection


def explain(connection: duckdb.DuckDBPyConnection, call: str) -> Explanation:
    table, *words = call.split()
    return explain_in(connection, table, words)


def computed(
    node: ast.expr, formulas: Mapping[str, str], numbers: Mapping[Input, float], lag: int, own: str
) -> float:
    """A formula evaluated here, apart from the SQL that dbt runs."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = (computed(side, formulas, numbers, lag, own) for side in (left, right))
            symbol = {ast.Add: a + b, ast.Sub: a - b, ast.Mult: a * b}
            return symbol[type(op)] if type(op) in symbol else a / b
        case ast.Call(func=ast.Name(id="lag"), args=[inner, ast.Constant(value=int() as years)]):
            return computed(inner, formulas, numbers, lag + years, own)
        case ast.Call(func=ast.Name(id="ln"), args=[inner]):
            return math.log(computed(inner, formulas, numbers, lag, own))
        case ast.Name(id=name) if name in formulas and name != own:
            return computed(
                ast.parse(formulas[name], mode="eval").body, formulas, numbers, lag, name
            )
        case ast.Name(id=name):
            return numbers[Input(name, lag)]
        case ast.Attribute() if dotted := column_name(node):
            return numbers[Input(dotted, lag)]
    raise AssertionError(ast.dump(node))


def numbers_of(connection: duckdb.DuckDBPyConnection, it: Explanation) -> dict[Input, float]:
    """Inputs of a panel's variable, from the listed cells and the calls that are named alone."""
    region, year = it.key["region_code"], it.key["year"]
    cells = {}
    for cell in it.counted:
        assert isinstance(cell, Cell)
        assert cell.value is not None
        if not cell.correction:
            assert cell.printed_value is not None
            assert cell.factor is not None
            assert math.isclose(cell.value, cell.printed_value * cell.factor, rel_tol=1e-12)
        key = (cell.indicator, cell.region_code, cell.year)
        assert key not in cells, "one number has one cell"
        cells[key] = cell.value
    numbers = {}
    for row in it.inputs:
        one = Input(row["name"], year - row["year"])
        if row["depth"] == 0 and row["origin"] == "indicator" and row["value"] is not None:
            numbers[one] = cells[row["name"], region, row["year"]]
        elif row["depth"] == 0 and row["origin"] == "attention" and row["value"] is not None:
            found = explain(connection, row["call"].removeprefix("xinku explain "))
            n_hits = float(len(found.counted))
            if row["name"] == "attention.hits_per_10k_chars":
                (n_chars,) = connection.execute(
                    "select n_chars from marts.government_attention where topic = 'chip_innovation' "
                    "and region_code = ? and report_year = ?",
                    [region, row["year"]],
                ).fetchone() or (0,)
                n_hits *= 10_000 / n_chars
            # Tokens are counted and not kept, so that none can be listed.
            tokens = row["name"] == "attention.n_token_hits"
            numbers[one] = found.value if tokens else n_hits
            assert found.value == pytest.approx(numbers[one], rel=1e-12)
        elif row["name"] == "agglomeration.coagglomeration_index" and row["value"] is not None:
            sums: dict[str, float] = {}
            for part in it.inputs:
                if part["origin"] == "indicator" and part["depth"] > 1:
                    sums[part["name"]] = cells[part["name"], region, part["year"]]
            nation = {part["name"]: part["value"] for part in it.inputs}
            total = sums.pop("employment_total_urban_units")
            made = sums.pop("employment_manufacturing_urban_units")
            all_of_it = nation["total of the nation"]
            s = (sum(sums.values()) / total) / (
                nation["producer_services of the nation"] / all_of_it
            )
            m = (made / total) / (nation["manufacturing of the nation"] / all_of_it)
            numbers[one] = 1 - abs(s - m) / (s + m) + s + m
    return numbers


def check_cells_of_panel(connection: duckdb.DuckDBPyConnection, n_cells: int) -> tuple[int, int]:
    """Cells of the panel that were recomputed from what is listed, and those without a value.

    Args:
        connection: a built warehouse.
        n_cells: how many of the panel's cells are drawn.
    """
    rows = fetch(connection, "select * from marts.panel_variables order by all", {})
    declared = fetch(connection, "select * from raw.study_variables", {})
    n_equal = n_missing = 0
    for row in random.Random(4).sample(rows, n_cells):
        formulas = {
            one["variable"]: one["formula"] for one in declared if one["study"] == row["study"]
        }
        call = (
            f"innovation_panel {row['region_code']} {row['year']} {row['study']} {row['variable']}"
        )
        it = explain(connection, call)
        assert connection.execute(it.sql).fetchall() == [(it.value,)]
        assert it.value == row["value"]
        if row["value"] is None:
            assert any(row["missing"] in note for note in it.notes), call
            assert any(one["supply"] for one in it.inputs), call
            n_missing += 1
            continue
        value = computed(
            ast.parse(row["formula"], mode="eval").body,
            formulas,
            numbers_of(connection, it),
            0,
            row["variable"],
        )
        assert math.isclose(value, row["value"], rel_tol=1e-9), (call, value, row["value"])
        assert it.arithmetic
        n_equal += 1
    return n_equal, n_missing


def test_the_listed_cells_give_the_numbers_of_the_panel(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert check_cells_of_panel(warehouse, 25) == (25, 0)


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "n_cells", [pytest.param(60, id="short"), pytest.param(200, id="long", marks=pytest.mark.slow)]
)
def test_they_do_on_real_yearbooks(
    n_cells: int, shared: Path, xinku: Xinku, tmp_path: Path
) -> None:
    landing = str(shared / "data" / "landing")
    done = xinku("build", "--landing", landing, "--years", "2018-2022", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(tmp_path / "xinku.duckdb"), read_only=True) as connection:
        n_equal, n_missing = check_cells_of_panel(connection, n_cells)
    assert min(n_equal, n_missing) > 0.2 * n_cells


def test_the_command_goes_from_formula_to_cell(sample_build: Built, xinku: Xinku) -> None:
    call = ("explain", "marts.innovation_panel", "江苏", "2021", "ln_gdp")
    done = xinku(*call, cwd=sample_build[0].parent)
    assert done.returncode == 0, done.stderr
    assert "ln(gdp 107,564.2) = 11.58584" in done.stdout
    assert (
        "分省年度数据.csv\n     1. C14 · 107,564.2 亿元 · 江苏省 2021 地区生产总值" in done.stdout
    )
    assert "unit 亿元 (read from: header A2) · edition 2023-10-15 (read from: B36)" in done.stdout
    told = json.loads(xinku(*call, "--json", cwd=sample_build[0].parent).stdout)
    (cell,) = told["evidence"]
    assert (cell["kind"], cell["cell"], cell["printed_value"]) == ("cell", "C14", 107564.2)
    assert cell["unit_source"] == "header A2"
    assert told["inputs"][0]["name"] == "gdp"
    assert told["is_sample"] is True


def test_names_of_any_kind_ask_for_the_same(warehouse: duckdb.DuckDBPyConnection) -> None:
    one = explain(warehouse, "innovation_panel 江苏 2021 ln_gdp")
    for call in (
        "innovation_panel 320000 2021年 chip_innovation ln_gdp",
        "innovation_panel Jiangsu 2021 经济发展程度（对数）",
        "panel_variables 江苏省 2021 ln_gdp",
        "panel_variables 江苏 2021 经济发展程度（对数）",
    ):
        it = explain(warehouse, call)
        assert (it.value, it.arithmetic, it.evidence) == (one.value, one.arithmetic, one.evidence)
    by_name = explain(warehouse, "observations 江苏 2021 地区生产总值")
    assert by_name.evidence == explain(warehouse, "observations 江苏 2021 gdp").evidence
    assert {cell.file for cell in by_name.counted} == {cell.file for cell in one.counted}


def test_counts_of_another_word_list_open_to_its_hits(warehouse: duckdb.DuckDBPyConnection) -> None:
    it = explain(warehouse, "panel_variables 北京 2022 attention_strict")
    (row,) = it.inputs
    assert row["call"] == (
        "xinku explain government_attention 110000 2022 chip_innovation_strict n_hits"
    )
    assert row["label"].startswith("Occurrences of lexicon terms")
    found = explain(warehouse, row["call"].removeprefix("xinku explain "))
    assert len(found.counted) == it.value
    assert it.arithmetic == "attention.chip_innovation_strict.n_hits 9"
    # attention is a mart there, and not the variable of that name.
    assert "with attention" not in it.words


def test_the_index_is_spelled_in_numbers(warehouse: duckdb.DuckDBPyConnection) -> None:
    for column, n_cells in (
        ("lq_producer_services", 6),
        ("lq_manufacturing", 2),
        ("coagglomeration_index", 7),
    ):
        it = explain(warehouse, f"industrial_agglomeration 江苏 2021 {column}")
        numbers = [
            float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*\.?\d*", it.arithmetic)
        ]
        if column == "coagglomeration_index":
            _, s, m, *again = numbers
            assert again == [s, m, s, m]
            value = 1 - abs(s - m) / (s + m) + (s + m)
        else:
            ours, total, theirs, all_of_it = numbers
            value = (ours / total) / (theirs / all_of_it)
        assert math.isclose(value, it.value, rel_tol=1e-12), it.arithmetic
        ((found,),) = warehouse.execute(it.sql).fetchall()
        assert math.isclose(found, it.value, rel_tol=1e-12)
        assert len(it.counted) == n_cells
        assert it.figures["n_rows_in_national_totals"] == 31


def test_published_totals_bring_the_cells_of_the_nation(
    changed: duckdb.DuckDBPyConnection,
) -> None:
    changed.execute("update raw.study_panels set national_totals = 'published'")
    it = explain(changed, "industrial_agglomeration 江苏 2021 coagglomeration_index")
    codes = [cell.region_code for cell in it.counted if isinstance(cell, Cell)]
    assert codes.count(JIANGSU) == codes.count("100000") == 7


def _copy(connection: duckdb.DuckDBPyConnection, path: str, vintage: str, times: float) -> None:
    """The province's products of a year once more, in another file."""
    connection.execute(
        "insert into raw.observations select * replace ($path as path, $vintage as vintage, "
        "value * $times as value, (value * $times)::varchar as raw_value) from raw.observations "
        "where indicator_code = 'gdp' and year = 2021 and vintage = '2023-10-15'",
        {"path": path, "vintage": vintage, "times": times},
    )


def _statuses(it: Explanation) -> dict[str | None, tuple[str, str | None]]:
    return {item.file: (item.status, item.reason) for item in it.evidence}


PANEL = "innovation_panel 江苏 2021 ln_gdp"


def test_editions_that_are_not_used_are_set_aside(changed: duckdb.DuckDBPyConnection) -> None:
    _copy(changed, "older.csv", "2022", 1.01)
    _copy(changed, "copy.csv", "2023-10-15", 1)
    _copy(changed, "older_still.csv", "2021", 0.99)
    _copy(changed, "in_ten_thousand.csv", "2024", 10_000)
    found = _statuses(explain(changed, PANEL))
    assert found.pop("older.csv") == (
        "older edition",
        "edition 2022; edition 2023-10-15 is newer and has a number",
    )
    assert found.pop("older_still.csv")[0] == "older edition"
    status, reason = found.pop("in_ten_thousand.csv")
    assert status == "contradicted"
    assert reason is not None
    assert "1e+04 times" in reason
    # The copy and the original are equal prints: one of them is used.
    assert sorted(status for status, _ in found.values()) == ["counted", "same print"]
    observed = _statuses(explain(changed, "observations 江苏 2021 gdp"))
    assert observed == _statuses(explain(changed, PANEL))


def test_files_of_one_edition_that_disagree_are_not_used(
    changed: duckdb.DuckDBPyConnection,
) -> None:
    _copy(changed, "other.csv", "2023-10-15", 1.05)
    it = explain(changed, PANEL)
    assert {status for status, _ in _statuses(it).values()} == {"disputed"}
    assert it.inputs[0]["missing"] == "files of one edition disagree"


def test_a_study_that_looks_back_leaves_newer_editions_aside(
    changed: duckdb.DuckDBPyConnection,
) -> None:
    changed.execute("update raw.study_panels set as_of = '2022'")
    it = explain(changed, "innovation_panel 江苏 2018 ln_gdp")
    assert [cell.vintage for cell in it.counted if isinstance(cell, Cell)] == ["2019"]
    assert {item.status for item in it.set_aside} == {"too new"}
    assert "2022, as of which the study looks" in (it.set_aside[0].reason or "")


@pytest.mark.parametrize(("expected", "applied"), [(107564.2, True), (1.0, False)])
def test_a_correction_is_told_with_its_reason(
    changed: duckdb.DuckDBPyConnection, expected: float, applied: bool
) -> None:
    changed.execute(
        "insert into raw.observation_corrections values "
        "('gdp', '320000', 2021, '2023-10-15', '', $expected, 110000, 'digits turned', 'the errata')",
        {"expected": expected},
    )
    (cell,) = explain(changed, PANEL).counted
    assert isinstance(cell, Cell)
    assert cell.value == (110000 if applied else 107564.2)
    assert cell.printed_value == 107564.2
    assert cell.correction is not None
    assert "digits turned" in cell.correction
    assert cell.correction.startswith("printed 107564.2, corrected to 110000") is applied
    assert ("not applied" in cell.correction) is not applied


def test_lags_are_shown_with_their_year(changed: duckdb.DuckDBPyConnection) -> None:
    formula = "ln(gdp) - ln(lag(gdp, 2))"
    sql = compile_formula(formula, lambda name: None).sql
    changed.execute(
        "insert into raw.study_variables (study, variable, position, formula, zeros, "
        "sql_expression) values ('chip_innovation', 'growth', 99, $formula, 'missing', $sql)",
        {"formula": formula, "sql": sql},
    )
    changed.execute(
        "insert into raw.study_inputs values ('chip_innovation', 'growth', 'gdp', 'indicator', 0), "
        "('chip_innovation', 'growth', 'gdp', 'indicator', 2)"
    )
    changed.execute(
        "insert into marts.panel_variables by name select 'chip_innovation' as study, '320000' as "
        "region_code, 2021 as year, 'growth' as variable"
    )
    it = explain(changed, "panel_variables 江苏 2021 growth")
    assert [row["year"] for row in it.inputs] == [2021, 2019]
    assert it.arithmetic.startswith("ln(gdp 107,564.2) - ln(gdp of 2019 ")
    ((value,),) = changed.execute(it.sql).fetchall()
    numbers = numbers_of(changed, it)
    tree = ast.parse(formula, mode="eval").body
    assert math.isclose(value, computed(tree, {}, numbers, 0, "growth"), rel_tol=1e-12)


def test_a_missing_number_says_what_would_supply_it(changed: duckdb.DuckDBPyConnection) -> None:
    changed.execute("delete from raw.observations where indicator_code = 'loans_balance'")
    changed.execute(
        "update marts.panel_variables set value = null, missing = 'loans_balance: no observation' "
        "where variable = 'loans_to_gdp'"
    )
    it = explain(changed, "panel_variables 江苏 2021 loans_to_gdp")
    assert it.value is None
    assert "loans_to_gdp has no value: loans_balance: no observation" in it.notes
    assert "loans_balance missing / gdp 107,564.2" in it.arithmetic
    (supply,) = [row["supply"] for row in it.inputs if row["supply"]]
    assert "金融机构贷款余额" in supply
    assert "tables/" in supply


def test_revisions_show_both_editions(warehouse: duckdb.DuckDBPyConnection) -> None:
    it = explain(warehouse, "indicator_revisions 辽宁 2018 地区生产总值")
    assert [cell.vintage for cell in it.counted if isinstance(cell, Cell)] == ["2019", "2023-10-15"]
    assert it.arithmetic == "last_value 16,410.4 / first_value 16,481.6 - 1"
    assert warehouse.execute(it.sql).fetchall() == [(it.value,)]
    first = explain(warehouse, "indicator_revisions 辽宁 2018 gdp first_value")
    assert [cell.amount for cell in first.counted] == [16481.6]


def test_observations_by_file(warehouse: duckdb.DuckDBPyConnection) -> None:
    it = explain(warehouse, "observations loans.csv 江苏")
    assert len(it.evidence) == len(it.rows) > 1
    assert {item.file for item in it.evidence} == {"tables/loans.csv"}
    one = explain(warehouse, f"observations loans.csv {it.rows[0]['cell']}")
    assert len(one.rows) == len(one.evidence) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("innovation_panel", "江苏", "2021", "ln_gpd"), "ln_gdp"),
        (("innovation_panel", "江苏", "1990", "ln_gdp"), "2018–2022"),
        (("innovation_panel", "台湾", "2021"), "leaves this region out"),
        (("panel_variables", "江苏", "2021"), "also needs a variable"),
        (("observations", "江苏", "2021", "地区生产总之"), "地区生产总值"),
        (("observations", "loan.csv"), "tables/loans.csv"),
    ],
)
def test_a_wrong_key_ends_with_the_nearest(
    sample_build: Built, xinku: Xinku, words: tuple[str, ...], said: str
) -> None:
    done = xinku("explain", *words, cwd=sample_build[0].parent)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr
