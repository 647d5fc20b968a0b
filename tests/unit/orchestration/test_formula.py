"""Formulas of studies: what may be written, what SQL comes of it, what is refused and how."""

from __future__ import annotations

import math

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.formula import FormulaError, Input, compile_formula

KNOWN = {"gdp", "population", "attention.n_hits"}


def known(name: str) -> None:
    if name not in KNOWN:
        raise FormulaError(f"no indicator is named {name}")


def value(formula: str, row: dict[str, float | None], **options: object) -> float | None:
    """The formula's value over one row of inputs, as DuckDB computes it."""
    compiled = compile_formula(formula, known, **options)  # type: ignore[arg-type]
    columns = ", ".join(f'{number!r}::double as "{name}"' for name, number in row.items())
    columns = columns.replace("None::", "null::")
    query = f"select {compiled.sql} from (select {columns}, true as in_sample)"
    found = duckdb.sql(query).fetchone()
    assert found
    return found[0]  # type: ignore[no-any-return]


def reason(formula: str, row: dict[str, float]) -> str | None:
    compiled = compile_formula(formula, known)
    columns = ", ".join(f'{number!r}::double as "{name}"' for name, number in row.items())
    found = duckdb.sql(f"select {compiled.undefined} from (select {columns})").fetchone()
    assert found
    return found[0]  # type: ignore[no-any-return]


def test_arithmetic_is_what_it_looks_like() -> None:
    row = {"gdp": 8.0, "population": 2.0}
    assert value("gdp / population + 1", row) == 5
    assert value("-gdp * (population - 5) ** 2", row) == -72
    assert value("ln(gdp)", row) == pytest.approx(math.log(8))
    assert value("log10(gdp) + exp(0) + sqrt(population * 8) + abs(-1)", row) == pytest.approx(
        math.log10(8) + 1 + 4 + 1
    )


@settings(max_examples=60, deadline=None)
@given(
    st.floats(min_value=1e-6, max_value=1e9),
    st.floats(min_value=1e-6, max_value=1e9),
)
def test_a_product_of_logs_is_what_python_computes(gdp: float, population: float) -> None:
    row = {"gdp": gdp, "population": population}
    expected = math.log(gdp) * population / gdp - population**2
    assert value("ln(gdp) * population / gdp - population ** 2", row) == pytest.approx(expected)


def test_zero_is_never_made_up() -> None:
    assert value("ln(gdp)", {"gdp": 0.0}) is None
    assert reason("ln(gdp)", {"gdp": 0.0}) == "logarithm of zero"
    assert reason("ln(gdp)", {"gdp": -1.0}) == "logarithm of a negative number"
    assert value("population / gdp", {"gdp": 0.0, "population": 1.0}) is None
    assert reason("population / gdp", {"gdp": 0.0, "population": 1.0}) == "division by zero"
    assert value("sqrt(gdp)", {"gdp": -1.0}) is None
    assert value("gdp ** 0.5", {"gdp": -1.0}) is None
    assert value("gdp ** -1", {"gdp": 0.0}) is None
    assert value("gdp + population", {"gdp": None, "population": 1.0}) is None
    assert value("ln(gdp)", {"gdp": 0.0}, zeros="add_one") == 0


def test_lags_are_inputs_of_their_own() -> None:
    compiled = compile_formula("gdp / lag(gdp) - lag(lag(population), 2)", known)
    assert compiled.inputs == (Input("gdp"), Input("gdp", 1), Input("population", 3))
    row = {"gdp": 6.0, "gdp 1": 3.0, "population 3": 1.0}
    assert value("gdp / lag(gdp) - lag(lag(population), 2)", row) == 1


def test_variables_may_name_each_other_and_themselves_as_the_input() -> None:
    told = {"gdp": "gdp / 2", "twice": "gdp * 4", "past": "lag(twice)"}
    variables = {name: (formula, "missing") for name, formula in told.items()}
    assert value("ln(twice)", {"gdp": 1.0}, variables=variables) == pytest.approx(math.log(2))
    assert value("gdp / 2", {"gdp": 1.0}, variables=variables, own="gdp") == 0.5
    assert compile_formula("past", known, variables=variables).inputs == (Input("gdp", 1),)


def test_a_variable_keeps_its_own_rule_for_zeros() -> None:
    """Twice ln(9 + 1) was twice ln(9) where the other variable named the logarithm."""
    variables = {"log": ("ln(gdp)", "add_one")}
    assert value("log * 2", {"gdp": 9.0}, variables=variables) == pytest.approx(2 * math.log(10))
    assert value("log * 2", {"gdp": 0.0}, variables=variables) == 0
    assert value("log - ln(gdp)", {"gdp": 0.0}, variables=variables) is None


def test_centring_is_over_the_sample() -> None:
    compiled = compile_formula("centred(gdp)", known)
    rows = duckdb.sql(
        f"select {compiled.sql} from (values ('a', 2020, 1.0, true), ('a', 2021, 3.0, true), "
        "('b', 2020, 100.0, false)) as t(region_code, year, gdp, in_sample) order by all"
    ).fetchall()
    assert [row[0] for row in rows] == [-1, 1, 98]


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("gpd", "no indicator is named gpd"),
        ("ln(gdp", "is no formula"),
        ("", "is no formula"),
        ("gdp if population else 1", "a formula holds numbers"),
        ("__import__('os').system('true')", "a formula holds numbers"),
        ("gdp.__class__.x", "a formula holds numbers"),
        ("'; drop table raw.files; --'", "numbers and names only"),
        ("log2(gdp)", "log2 is no function"),
        ("ln(gdp, population)", "takes one argument"),
        ("ln(gdp, base=2)", "a formula holds numbers"),
        ("lag(gdp, 0)", "from 1 to 30"),
        ("lag(gdp, population)", "from 1 to 30"),
        ("lag(lag(gdp, 20), 20)", "more than 30 years"),
        ("centred(centred(gdp))", "cannot be put into itself"),
        ("True", "numbers and names only"),
        ("2 * 3", "names nothing that varies"),
        ("gdp * 1e999", "too large"),
        ("gdp * " + "9" * 400, "too large"),
        ("(" * 9 + "gdp" + " ** 2)" * 9, "too deep"),
        ("a", "goes round in a circle"),
        ("+".join(["gdp"] * 400), "more than 1000 characters"),
    ],
)
def test_what_is_no_formula_is_refused_in_a_sentence(formula: str, said: str) -> None:
    variables = {
        name: (text, "missing") for name, text in {"a": "b", "b": "c + 1", "c": "a"}.items()
    }
    with pytest.raises(FormulaError, match=said.replace("(", r"\(")):
        compile_formula(formula, known, variables=variables)
