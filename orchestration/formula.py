"""Formulas of a study's variables: read as arithmetic, checked, and written as SQL.

A formula is a Python expression over indicators (`gdp`), columns of marts (`attention.n_hits`;
with the word list of another study `attention.other_study.n_hits`) and the study's other variables,
with `+ - * / **`, `ln`, `log10`, `exp`, `sqrt`, `abs`, `lag(x, n)` and `centred(x)`. Nothing of it
is ever evaluated in Python. What a name stands for belongs to ``study_panel``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Zeros = Literal["missing", "add_one"]

MAX_LAG = 30
_MAX_LENGTH = 1_000
# A power is written four times over, so that nine of them in one another would be 9 MB.
_MAX_SQL = 100_000
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_FUNCTIONS = ("ln", "log10", "exp", "sqrt", "abs", "lag", "centred")


class FormulaError(ValueError):
    """A formula that cannot be used; the message is one sentence."""


@dataclass(frozen=True, order=True)
class Input:
    """A name of a formula and how many years before the row it is taken."""

    name: str
    lag: int = 0


@dataclass(frozen=True)
class Compiled:
    """A formula in SQL.

    Attributes:
        sql: the value, over columns named after the inputs.
        inputs: what it is made of, in order of appearance.
        undefined: SQL of the reason where every input is there and the value is not.
    """

    sql: str
    inputs: tuple[Input, ...]
    undefined: str


def compile_formula(
    formula: str,
    known: Callable[[str], None],
    *,
    variables: Mapping[str, tuple[str, Zeros]] | None = None,
    own: str | None = None,
    zeros: Zeros = "missing",
) -> Compiled:
    """Write a formula as SQL.

    Args:
        formula: as the study file has it.
        known: raises `FormulaError` for a name that is no input.
        variables: formulas of the study's variables, which may be named, each with its own
            ``zeros``.
        own: the variable whose formula it is: inside, its name means the input of that name.
        zeros: what becomes of ``ln(0)``: no value, or ``ln(0 + 1)`` for every row of that ``ln``.

    Raises:
        FormulaError: it is no arithmetic, or names something unknown.
    """
    writer = _Writer(known, variables or {}, zeros, own)
    sql = writer.write(_parse(formula), 0)
    if not writer.inputs:
        raise FormulaError("the formula names nothing that varies")
    if len(sql) > _MAX_SQL:
        raise FormulaError("the formula is too deep; name its parts as variables of their own")
    reasons = " ".join(writer.undefined)
    undefined = f"case {reasons} end" if reasons else "cast(null as varchar)"
    return Compiled(sql, tuple(dict.fromkeys(writer.inputs)), undefined)


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def column_name(node: ast.expr) -> str | None:
    """``table.column``, or ``attention.study.column``, as a formula names it; else ``None``."""
    match node:
        case ast.Attribute(value=ast.Name(id=table), attr=column):
            return f"{table}.{column}"
        case ast.Attribute(
            value=ast.Attribute(value=ast.Name(id="attention"), attr=study), attr=column
        ):
            return f"attention.{study}.{column}"
    return None


def _parse(formula: str) -> ast.expr:
    if len(formula) > _MAX_LENGTH:
        raise FormulaError(f"the formula has more than {_MAX_LENGTH} characters")
    try:
        return ast.parse(formula.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise FormulaError(f"{formula!r} is no formula; write one such as ln(gdp)") from problem


def _number(number: float) -> str:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise FormulaError("a number of the formula is too large")
    return f"({value!r})"


class _Writer:
    """Writes one formula; inputs and the places where a value is undefined are collected."""

    def __init__(
        self,
        known: Callable[[str], None],
        variables: Mapping[str, tuple[str, Zeros]],
        zeros: Zeros,
        own: str | None,
    ) -> None:
        self._known = known
        self._variables = variables
        self._zeros = zeros
        self._open = [own] if own else []
        self.inputs: list[Input] = []
        self.undefined: list[str] = []

    def write(self, node: ast.expr, lag: int) -> str:
        match node:
            case ast.Constant(value=bool() | str() | bytes() | None):
                raise FormulaError("a formula holds numbers and names only")
            case ast.Constant(value=int() | float() as number):
                return _number(number)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{self.write(operand, lag)})"
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self._operation(self.write(left, lag), op, self.write(right, lag))
            case ast.Call(func=ast.Name(id=function), args=args, keywords=[]):
                return self._call(function, args, lag)
            case ast.Name(id=name):
                return self._name(name, lag)
            case ast.Attribute() if dotted := column_name(node):
                return self._input(dotted, lag)
        raise FormulaError(
            "a formula holds numbers, names, + - * / ** and the functions " + ", ".join(_FUNCTIONS)
        )

    def _operation(self, left: str, op: ast.operator, right: str) -> str:
        if isinstance(op, ast.Div):
            self.undefined.append(f"when {right} = 0 then 'division by zero'")
            return f"({left} / nullif({right}, 0))"
        if len(left) + len(right) > _MAX_SQL:
            raise FormulaError("the formula is too deep; name its parts as variables of their own")
        if isinstance(op, ast.Pow):
            self.undefined.append(
                f"when {left} < 0 and {right} <> round({right}) then 'a root of a negative number'"
            )
            self.undefined.append(f"when {left} = 0 and {right} < 0 then 'division by zero'")
            fine = (
                f"{left} > 0 or ({left} = 0 and {right} >= 0) "
                f"or ({left} < 0 and {right} = round({right}))"
            )
            return f"(case when {fine} then power({left}, {right}) end)"
        return f"({left} {_OPERATORS[type(op)]} {right})"

    def _call(self, function: str, args: list[ast.expr], lag: int) -> str:
        if function == "lag":
            return self._lag(args, lag)
        if function not in _FUNCTIONS:
            raise FormulaError(f"{function} is no function; there are {', '.join(_FUNCTIONS)}")
        if len(args) != 1:
            raise FormulaError(f"{function} takes one argument")
        inner = self.write(args[0], lag)
        if function in ("ln", "log10"):
            if self._zeros == "add_one":
                inner = f"({inner} + 1)"
            self.undefined.append(
                f"when {inner} = 0 then 'logarithm of zero' "
                f"when {inner} < 0 then 'logarithm of a negative number'"
            )
            return f"(case when {inner} > 0 then {function}({inner}) end)"
        if function == "sqrt":
            self.undefined.append(f"when {inner} < 0 then 'a root of a negative number'")
            return f"(case when {inner} >= 0 then sqrt({inner}) end)"
        if function == "centred":
            if " over (" in inner:
                raise FormulaError("centred stands outside; it cannot be put into itself")
            # In a fixed order: the last digits of a mean depend on it.
            over = (
                "over (order by region_code, year "
                "rows between unbounded preceding and unbounded following)"
            )
            return f"({inner} - avg({inner}) filter (where in_sample) {over})"
        return f"{function}({inner})"

    def _lag(self, args: list[ast.expr], lag: int) -> str:
        years = 1
        if len(args) == 2:
            match args[1]:
                case ast.Constant(value=int() as number) if 1 <= number <= MAX_LAG:
                    years = number
                case _:
                    raise FormulaError(f"lag goes back a number of years from 1 to {MAX_LAG}")
        elif len(args) != 1:
            raise FormulaError("lag takes what is lagged and a number of years, as lag(gdp, 1)")
        if lag + years > MAX_LAG:
            raise FormulaError(f"lags add up to more than {MAX_LAG} years")
        return self.write(args[0], lag + years)

    def _name(self, name: str, lag: int) -> str:
        if name not in self._variables or self._open[-1:] == [name]:
            return self._input(name, lag)
        if name in self._open:
            raise FormulaError(f"{' → '.join([*self._open, name])} goes round in a circle")
        formula, zeros = self._variables[name]
        outer, self._zeros = self._zeros, zeros
        self._open.append(name)
        sql = self.write(_parse(formula), lag)
        self._open.pop()
        self._zeros = outer
        return sql

    def _input(self, name: str, lag: int) -> str:
        self._known(name)
        self.inputs.append(Input(name, lag))
        return column_of(Input(name, lag))


def reason_column_of(one: Input) -> str:
    """The column that says why an input is missing."""
    return quoted(f"{one.name} {one.lag} reason")


def column_of(one: Input) -> str:
    """The column that holds an input in the SQL that `compile_formula` writes."""
    return quoted(f"{one.name} {one.lag}" if one.lag else one.name)
