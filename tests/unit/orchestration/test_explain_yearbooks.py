"""How a declared formula is told, and that columns, keys and names may come from the warehouse."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace

import duckdb
import pytest
from rich.console import Console

from orchestration.explain import Cell, EvidenceQuery, Explainer, Formula, Key, explain_in
from orchestration.explain.display import show, to_json
from orchestration.explain.panel_formula import declared_by_studies, formula_in_numbers
from orchestration.explain.registry_yearbooks import YEARBOOK_EXPLAINERS
from orchestration.formula import Input
from orchestration.settings import UsageError

FORMULAS = {
    "population": "population_resident",
    "gdp": "gdp",
    "per_head": "gdp / population",
    "ln_per_head": "ln(per_head)",
}
NUMBERS = {
    Input("gdp"): 119853.2,
    Input("gdp", 2): 100000.0,
    Input("population_resident"): 8505.4,
    Input("attention.n_hits"): 7.0,
    Input("loans_balance"): None,
}


@pytest.mark.parametrize(
    ("formula", "zeros", "told"),
    [
        ("gdp", "missing", "gdp 119,853.2"),
        ("ln(gdp)", "missing", "ln(gdp 119,853.2)"),
        ("ln(attention.n_hits)", "add_one", "ln(attention.n_hits 7 + 1)"),
        ("ln(per_head)", "missing", "ln(gdp 119,853.2 / population_resident 8,505.4)"),
        ("2 * (gdp - lag(gdp, 2))", "missing", "2 * (gdp 119,853.2 - gdp of 2019 100,000)"),
        ("lag(lag(gdp))", "missing", "gdp of 2019 100,000"),
        ("loans_balance / gdp", "missing", "loans_balance missing / gdp 119,853.2"),
        ("centred(-gdp)", "missing", "centred(-gdp 119,853.2)"),
    ],
)
def test_a_formula_is_told_with_its_numbers(formula: str, zeros: str, told: str) -> None:
    assert formula_in_numbers(formula, FORMULAS, NUMBERS, "own", 2021, zeros) == told


def test_a_variable_that_bears_its_inputs_name_means_the_input() -> None:
    assert formula_in_numbers("gdp", FORMULAS, NUMBERS, "gdp", 2021) == "gdp 119,853.2"
    round_in_circles: Mapping[str, str] = {"a": "b", "b": "a"}
    assert formula_in_numbers("b", round_in_circles, {}, "a", 2021) == "a missing"


PANEL = Explainer(
    table="marts.panel",
    keys=(
        Key("region_code", "region", "region", required=True),
        Key("year", "year", "year", required=True),
        Key("study", "choice", "study", required=True, first=True, options="select 's' as study"),
    ),
    shown="",
    columns={"": Formula("A row.")},
    declared=declared_by_studies(),
    column_names="select unnest([label_zh, label_en]) as name, variable from raw.study_variables",
    evidence={
        "cells": EvidenceQuery(
            Cell,
            "select * from raw.cells where $column = 'ln_gdp'",
        )
    },
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema marts; create schema intermediate")
        connection.execute("create schema staging")
        connection.execute(
            "create table marts.panel as select 's' as study, '320000' as region_code, "
            "2021 as year, 2.0::double as ln_gdp, null::double as other"
        )
        connection.execute(
            "create table raw.study_variables as select * from (values "
            "('s', 'ln_gdp', 1, '经济（对数）', 'Log of product', 'log', 'ln(gdp)', 'add_one', "
            "'ln(\"gdp\" + 1)'), ('t', 'other', 1, '', '', '', 'x', 'missing', 'x')) as t (study, "
            "variable, position, label_zh, label_en, unit, formula, zeros, sql_expression)"
        )
        connection.execute(
            "create table raw.study_inputs as select 's' as study, 'ln_gdp' as variable, "
            "'gdp' as input, 'indicator' as origin, 0 as lag"
        )
        connection.execute(
            "create table intermediate.int_panel__inputs as select 's' as study, '320000' as "
            "region_code, 2021 as year, 'gdp' as input_name, 0 as lag_years, exp(2.0) - 1 as value"
        )
        connection.execute(
            "create table raw.cells as select 'y.xls' as file, 'f' as file_id, 'S[red]' as sheet, "
            "'C1' as cell, '江苏' as label, '63890.56' as raw_value, 6.389056 as value, "
            "'亿元' as unit, 63890.56 as printed_value, '万元' as printed_unit, 'A2' as unit_source, "
            "0.0001 as factor, '2023' as vintage, 'name' as vintage_source, 'turned' as correction, "
            "E'note\\n\\x1b[31m' as footnote, 'counted' as status, null as reason"
        )
        yield connection


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Explainer:
    # The tree of inputs reads a dozen of dbt's tables; it is tested on a built warehouse.
    monkeypatch.setattr(
        "orchestration.explain.panel_formula.panel_inputs",
        lambda variable: (
            f"""
select 'gdp' as name, '产值' as label, null as part_of, 0 as depth, 'indicator' as origin,
    $year as year, 6.389056 as value, '亿元' as unit, '2023' as vintage, null as missing,
    null as supply, null as call where {variable} = 'ln_gdp'"""
        ),
    )
    return PANEL


def test_a_declared_column_has_its_formula_from_the_warehouse(
    connection: duckdb.DuckDBPyConnection, panel: Explainer
) -> None:
    it = explain_in(connection, "panel", ["江苏", "2021", "经济(对数)"], [panel])
    assert (it.column, it.value, it.kind) == ("ln_gdp", 2.0, "cell")
    assert it.words.startswith("ln_gdp = ln(gdp). Declared by the study s as 经济（对数）; Log of")
    assert "zeros: add_one" in it.words
    assert it.arithmetic == "ln(gdp 6.38905609893065 + 1)"
    assert connection.execute(it.sql).fetchone() == pytest.approx((2.0,))
    assert [row["name"] for row in it.to_dict()["inputs"]] == ["gdp"]
    assert it.sources[0]["reason"] == "1 of 1 cells is used"


def test_a_variable_of_another_study_says_whose_it_is(
    connection: duckdb.DuckDBPyConnection, panel: Explainer
) -> None:
    it = explain_in(connection, "panel", ["江苏", "2021", "other"], [panel])
    assert it.words == "The study s declares no variable other; declared by t."
    assert it.evidence == ()


@pytest.fixture
def of_studies(connection: duckdb.DuckDBPyConnection, panel: Explainer) -> Explainer:
    """The panel of the studies s and t, asked as the registry asks for a study."""
    connection.execute("create table raw.study_panels as select unnest(['t', 's']) as study")
    connection.execute(
        "insert into marts.panel select 't', '320000', 2021, null::double, 7.0::double"
    )
    innovation = next(one for one in YEARBOOK_EXPLAINERS if one.name == "innovation_panel")
    keys = [one for one in innovation.keys if one.column != "study"]
    study = next(one for one in innovation.keys if one.column == "study")
    return replace(panel, keys=(*keys, study))


@pytest.mark.parametrize(
    ("words", "study", "value"),
    [(["ln_gdp"], "s", 2.0), (["other"], "t", 7.0), (["other", "t"], "t", 7.0)],
)
def test_the_one_study_that_declares_a_variable_is_taken(
    connection: duckdb.DuckDBPyConnection,
    of_studies: Explainer,
    words: list[str],
    study: str,
    value: float,
) -> None:
    it = explain_in(connection, "panel", ["江苏", "2021", *words], [of_studies])
    assert (it.key["study"], it.value) == (study, value)
    assert f"Declared by the study {study}" in it.words
    assert not any("also holds" in note for note in it.notes)


def test_a_study_that_is_named_stays_also_where_it_declares_nothing_of_the_name(
    connection: duckdb.DuckDBPyConnection, of_studies: Explainer
) -> None:
    it = explain_in(connection, "panel", ["江苏", "2021", "other", "s"], [of_studies])
    assert it.words == "The study s declares no variable other; declared by t."


@pytest.mark.parametrize("words", [[], ["year"]])
def test_where_no_variable_is_named_the_other_studies_are_told(
    connection: duckdb.DuckDBPyConnection, of_studies: Explainer, words: list[str]
) -> None:
    it = explain_in(connection, "panel", ["江苏", "2021", *words], [of_studies])
    assert it.key["study"] == "s"
    assert any("Shown for the study s; this warehouse also holds t" in note for note in it.notes)


def test_a_row_without_a_column_is_shown_as_such(
    connection: duckdb.DuckDBPyConnection, panel: Explainer
) -> None:
    it = explain_in(connection, "panel", ["江苏", "2021"], [panel])
    assert (it.words, it.inputs, it.evidence) == ("A row.", (), ())


def test_an_unknown_label_names_the_nearest(
    connection: duckdb.DuckDBPyConnection, panel: Explainer
) -> None:
    connection.execute(
        "create table staging.regions as select '320000' as region_code, '江苏' as region_name, "
        "'江苏省' as full_name, 'Jiangsu' as english_name"
    )
    with pytest.raises(UsageError, match="the nearest: 经济"):
        explain_in(connection, "panel", ["江苏", "2021", "经济对数"], [panel])


def test_a_cell_is_shown_with_unit_edition_and_correction(
    connection: duckdb.DuckDBPyConnection, panel: Explainer
) -> None:
    it = explain_in(connection, "panel", ["江苏", "2021", "ln_gdp"], [panel])
    console = Console(width=400, record=True, file=io.StringIO())
    show(it, console)
    text = console.export_text()
    assert "S[red] C1 · 6.389056 亿元 · 江苏" in text
    assert "as written: 63890.56 · unit 万元 (read from: A2) · × 0.0001 to 亿元" in text
    assert "edition 2023 (read from: name) · correction: turned · footnote: note [31m" in text
    assert "\x1b" not in text
    assert "gdp = 6.389056 亿元 · 产值 · 2021 · edition 2023" in text
    assert '"unit_source": "A2"' in to_json(it)


def test_the_tables_of_yearbooks_are_registered_once() -> None:
    names = [one.table for one in YEARBOOK_EXPLAINERS]
    assert len(set(names)) == len(names) == 5
    for explainer in YEARBOOK_EXPLAINERS:
        assert explainer.evidence
