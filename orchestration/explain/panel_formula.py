"""Formulas that studies declare, told for one row: in words, with its numbers, and as a query.

Which variables there are is read from the warehouse. What a formula may hold is
``orchestration.formula``'s; here it is only written out, never evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import duckdb

from orchestration.explain.explainer import Declared, Formula
from orchestration.explain.input_queries import panel_inputs
from orchestration.explain.queries import Row, fetch
from orchestration.formula import Input, column_name, column_of

CELLS = "cells"
_LOGARITHMS = ("ln", "log10")


def declared_by_studies(variable: str = "") -> Declared:
    """Formulas of the variables that the studies of a warehouse declare.

    Args:
        variable: key column that names the variable, of which ``value`` is then the number; without
            it every variable is a column.
    """

    def formula(
        connection: duckdb.DuckDBPyConnection, column: str, values: Mapping[str, Any]
    ) -> Formula | None:
        if variable and column != "value":
            return None
        name = values[variable] if variable else column
        rows = fetch(connection, "select * from raw.study_variables order by position", {})
        own = [row for row in rows if row["variable"] == name]
        study = values.get("study")
        declared = next((row for row in own if row["study"] == study), None)
        if declared is None:
            others = ", ".join(sorted(row["study"] for row in own))
            words = f"The study {study} declares no variable {name}; declared by {others}."
            return Formula(words) if own else None
        formulas = {row["variable"]: row["formula"] for row in rows if row["study"] == study}
        parameter = f"${variable or 'column'}"
        numbers = _numbers(connection, {**values, "variable": name})
        return Formula(
            _words(declared, formulas, values["year"]),
            sql=_sql(declared["sql_expression"], numbers),
            arithmetic=_escaped(
                formula_in_numbers(
                    declared["formula"], formulas, numbers, name, values["year"], declared["zeros"]
                )
            ),
            evidence=CELLS,
            inputs=panel_inputs(parameter),
        )

    return formula


def formula_in_numbers(
    formula: str,
    formulas: Mapping[str, str],
    numbers: Mapping[Input, float | None],
    own: str,
    year: int,
    zeros: str = "missing",
) -> str:
    """A formula down to its inputs, each with its number: ``ln(gdp 119,853.2)``.

    Args:
        formula: as the study declares it.
        formulas: formulas of all variables of the study.
        numbers: values of the inputs, in the units of marts; None where missing.
        own: the variable whose formula it is; inside, its name means the input of that name.
        year: year of the row.
        zeros: ``add_one`` shows the one that is added inside of logarithms.
    """
    tree = ast.parse(formula, mode="eval").body
    return ast.unparse(_Told(formulas, numbers, own, year, zeros).tell(tree, 0))


class _Told:
    """Writes inputs with their numbers into the place of names.

    ``ast.unparse`` writes a name as it stands, whatever it holds, and puts the parentheses.
    """

    def __init__(
        self,
        formulas: Mapping[str, str],
        numbers: Mapping[Input, float | None],
        own: str,
        year: int,
        zeros: str,
    ) -> None:
        self._formulas = formulas
        self._numbers = numbers
        self._open = [own]
        self._year = year
        self._zeros = zeros

    def tell(self, node: ast.expr, lag: int) -> ast.expr:
        told = node
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                told = ast.BinOp(self.tell(left, lag), op, self.tell(right, lag))
            case ast.UnaryOp(op=op, operand=operand):
                told = ast.UnaryOp(op, self.tell(operand, lag))
            case ast.Call(func=ast.Name(id="lag"), args=[inner, *rest]):
                years = rest[0].value if rest and isinstance(rest[0], ast.Constant) else 1
                told = self.tell(inner, lag + (years if isinstance(years, int) else 1))
            case ast.Call(func=ast.Name(id=function) as func, args=[inner]):
                argument = self.tell(inner, lag)
                if function in _LOGARITHMS and self._zeros == "add_one":
                    argument = ast.BinOp(argument, ast.Add(), ast.Constant(1))
                told = ast.Call(func, [argument], [])
            case ast.Name(id=name):
                told = self._name(name, lag)
            case ast.Attribute() if dotted := column_name(node):
                told = self._number(dotted, lag)
        return told

    def _name(self, name: str, lag: int) -> ast.expr:
        # The checks of a study file leave no circle; a warehouse that was written to may hold one.
        if name not in self._formulas or name in self._open:
            return self._number(name, lag)
        self._open.append(name)
        told = self.tell(ast.parse(self._formulas[name], mode="eval").body, lag)
        self._open.pop()
        return told

    def _number(self, name: str, lag: int) -> ast.Name:
        value = self._numbers.get(Input(name, lag))
        when = f" of {self._year - lag}" if lag else ""
        return ast.Name(f"{name}{when} {'missing' if value is None else f'{value:,.15g}'}")


def _words(declared: Row, formulas: Mapping[str, str], year: int) -> str:
    """The declaration in words, with the variables that it names in turn."""
    name, formula = declared["variable"], declared["formula"]
    tree = ast.parse(formula, mode="eval")
    functions = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    # The mart of a column is no variable, though one may have its name.
    marts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in marts
    }
    within = [
        f"{other} = {formulas[other]}"
        for other in formulas
        if other in named - {name} and formulas[other] != other
    ]
    labels = "; ".join(filter(None, (declared["label_zh"], declared["label_en"])))
    unit = f" [{declared['unit']}]" if declared["unit"] else ""
    parts = [
        f"{name} = {formula}" + (f", with {' and '.join(within)}" if within else "") + ".",
        f"Declared by the study {declared['study']}"
        + (f" as {labels}{unit}." if labels else f"{unit}."),
    ]
    if functions & {*_LOGARITHMS} or "ln(" in " ".join(within):
        added = "one is added inside of every logarithm (zeros: add_one)"
        missing = "the logarithm of zero is missing (zeros: missing)"
        parts.append(f"{(added if declared['zeros'] == 'add_one' else missing).capitalize()}.")
    if "lag" in functions:
        parts.append(f"Lagged inputs are of the years before {year}, as named below.")
    if "centred" in functions:
        parts.append("centred(x) is x less its mean over all rows of the study's panel.")
    return " ".join(parts)


def _numbers(
    connection: duckdb.DuckDBPyConnection, values: Mapping[str, Any]
) -> dict[Input, float | None]:
    """Values of a variable's inputs for one row of the panel, in order of name and lag."""
    rows = fetch(
        connection,
        "select i.input, i.lag, v.value from raw.study_inputs as i "
        "left join intermediate.int_panel__inputs as v "
        "on i.study = v.study and i.input = v.input_name and i.lag = v.lag_years "
        "and v.region_code = $region_code and v.year = $year "
        "where i.study = $study and i.variable = $variable order by all",
        values,
    )
    return {Input(row["input"], row["lag"]): row["value"] for row in rows}


def _sql(expression: str, numbers: Mapping[Input, float | None]) -> str:
    """A query that computes the variable from its inputs, as the panel does."""
    columns = "".join(
        f"            max(value) filter (where input_name = '{one.name}' "
        f"and lag_years = {one.lag}) as {column_of(one)},\n"
        for one in numbers
    )
    return (
        f"select if(isfinite(value), value, null) as value\nfrom (\n"
        f"    select region_code, year, {expression} as value\n    from (\n"
        f"        select region_code, year,\n{columns}            true as in_sample\n"
        "        from intermediate.int_panel__inputs\n        where study = $study\n"
        "        group by region_code, year\n    )\n)\n"
        "where region_code = $region_code and year = $year"
    )


def _escaped(text: str) -> str:
    """As a format string that gives the text."""
    return text.replace("{", "{{").replace("}", "}}")
