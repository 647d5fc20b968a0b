"""A grid of texts becomes a published table: which kind it is, where its head ends, what is what.

Reading files is in ``files.py`` and ``text.py``; what columns mean in ``roles.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from models_py.audit.context import Context
from models_py.audit.digits import Printed, is_empty, parse_cell, parse_number
from models_py.audit.model import (
    CorrelationMatrix,
    Descriptive,
    Numbers,
    PublishedTable,
    label_key,
)
from models_py.audit.tables.conversions import amounts_in
from models_py.audit.tables.grid import Grid
from models_py.audit.tables.models import coefficient_table, regression_table
from models_py.audit.tables.roles import role_of

_NUMBERED: Final = re.compile(r"^\(?(\d{1,2})\)?[.．、)]?\s*(\D.*)?$")
_SPEARMAN: Final = re.compile(r"spearman|斯皮尔曼|kendall", re.IGNORECASE)
#: A correlation misprinted as 7.55 is still one; a matrix of larger numbers is none.
_LARGEST_MISPRINT: Final = 12.0


def interpret(grid: Grid, context: Context) -> PublishedTable:
    """The published table a grid holds; empty if it holds none that a rule could judge."""
    table = PublishedTable(grid.title, notes=grid.notes)
    if len(grid.rows) < 2 or grid.width() < 2:
        return table
    kind = context.kind if context.kind != "auto" else kind_of(grid)
    readers: dict[str, Callable[[Grid, PublishedTable], None]] = {
        "descriptives": _descriptives,
        "correlations": _correlations,
        "coefficients": coefficient_table,
        "mediation": coefficient_table,
        "regression": _any_regression,
        "amounts": _numbers,
    }
    readers[kind](grid, table)
    return table


def kind_of(grid: Grid) -> str:
    """What kind of table a grid looks like."""
    described = 0
    estimated: set[str] = set()
    for row in grid.rows[:4]:
        roles = [role_of(cell, "descriptive") for cell in row[1:]]
        described = max(described, len(set(roles) & {"mean", "sd", "min", "max"}))
        estimated |= {role_of(cell, "coefficient") for cell in row[1:]} - {""}
    # An outcome named as a variable and a head of "95 %" look like a numbered matrix.
    if "coef" in estimated and len(estimated & {"se", "t", "p", "ci", "ci_low"}) >= 2:
        return "coefficients"
    matrix = _matrix_columns(grid)
    if described >= 2:
        return "correlations" if matrix is not None and len(matrix) >= 3 else "descriptives"
    if matrix is not None:
        return "correlations"
    if "coef" in estimated and estimated & {"se", "t", "p", "ci", "ci_low"}:
        return "coefficients"
    effects = [role_of(row[0], "effect") for row in grid.rows]
    if {"indirect"} <= set(effects) and estimated & {"se", "t", "p", "ci", "ci_low"}:
        return "coefficients"
    return "regression" if _looks_fitted(grid) else "amounts"


def _any_regression(grid: Grid, table: PublishedTable) -> None:
    """A regression in either layout: a column a model, or a column a statistic."""
    if kind_of(grid) == "coefficients":
        coefficient_table(grid, table)
    else:
        regression_table(grid, table)


def _looks_fitted(grid: Grid) -> bool:
    """Whether cells carry marks or parentheses, or rows name N and R²."""
    marked = statistics = 0
    for row in grid.rows:
        statistics += role_of(row[0], "statistic") in {"r2", "r2_within", "adjusted_r2"}
        for cell in row[1:]:
            tokens = parse_cell(cell) or ()
            marked += any(token.first.stars for token in tokens)
            marked += len(tokens) > 1 or any(token.kind in ("paren", "bracket") for token in tokens)
    return marked >= 2 or (statistics > 0 and len(grid.rows) >= 3)


def _head_row(grid: Grid, family: str, wanted: set[str]) -> tuple[int, list[str]] | None:
    """The row that names most of the wanted roles, with the roles of its columns."""
    best: tuple[int, list[str]] | None = None
    count = 1
    for at, row in enumerate(grid.rows[:4]):
        roles = [role_of(cell, family) for cell in row]
        hits = len(set(roles[1:]) & wanted)
        if hits > count:
            best, count = (at, roles), hits
    return best


def _descriptives(grid: Grid, table: PublishedTable) -> None:
    head = _head_row(grid, "descriptive", {"n", "mean", "sd", "min", "max", "median"})
    if head is None:
        return
    at, roles = head
    columns = {role: column for column, role in reversed(list(enumerate(roles))) if role and column}
    names = [
        column
        for column in range(len(roles))
        if column not in columns.values() and not roles[column]
    ]
    for row in grid.rows[at + 1 :]:
        numbers = {role: parse_number(row[column]) for role, column in columns.items()}
        label = next((row[column] for column in names if row[column]), row[0])
        if not any(numbers.get(role) for role in ("mean", "sd", "min", "max")):
            continue
        table.descriptives.append(
            Descriptive(
                label, numbers.get("n"), numbers.get("mean"), numbers.get("sd"),
                numbers.get("min"), numbers.get("max"), numbers.get("median"),
                row[columns["unit"]] if "unit" in columns else "",
                row[columns["definition"]] if "definition" in columns else "",
            )
        )  # fmt: skip


def _matrix_columns(grid: Grid) -> dict[int, int] | None:
    """Grid columns of a correlation matrix and the row of the variable each stands for."""
    for at, head in enumerate(grid.rows[:3]):
        rows = grid.rows[at + 1 :]
        names = [_variable(row[0]) for row in rows]
        if len(names) < 2:
            return None
        keys = {label_key(name): place for place, name in enumerate(names) if name}
        columns: dict[int, int] = {}
        for column in range(1, len(head)):
            place = keys.get(label_key(_variable(head[column])))
            numbered = _NUMBERED.match(head[column])
            if place is None and numbered:
                place = int(numbered[1]) - 1
            if place is not None and 0 <= place < len(names) and place not in columns.values():
                columns[column] = place
        if len(columns) >= 2 and len(columns) >= len(names) - 2 and _triangular(rows, columns):
            return columns
    return None


def _triangular(rows: list[list[str]], columns: dict[int, int]) -> bool:
    """Whether the numbers are those of a correlation matrix."""
    inside = ones = numbers = 0
    for place, row in enumerate(rows):
        for column, other in columns.items():
            number = parse_number(row[column])
            if number is None:
                continue
            if place == other:
                ones += number.value == 1.0
            else:
                numbers += 1
                inside += abs(number.value) <= 1.0
                if abs(number.value) > _LARGEST_MISPRINT:
                    return False
    # Of the three correlations of three variables one may be misprinted.
    return numbers > 0 and inside >= 0.66 * numbers and (ones > 0 or inside == numbers)


def _variable(label: str) -> str:
    """A variable's name without the number before it: ``(1) Chip``, ``1. Chip``."""
    numbered = _NUMBERED.match(label.strip())
    return (numbered[2] or "").strip() if numbered and numbered[2] else label.strip()


def _correlations(grid: Grid, table: PublishedTable) -> None:
    columns = _matrix_columns(grid)
    if columns is None:
        columns = {column: column - 1 for column in range(1, grid.width())}
    head = next(
        (at for at in range(min(3, len(grid.rows))) if not parse_number(grid.rows[at][-1])
         or _matrix_head(grid, at, columns)), 0
    )  # fmt: skip
    rows = [row for row in grid.rows[head + 1 :] if any(parse_number(row[c]) for c in columns)]
    names = [_variable(row[0]) for row in rows]
    cells: dict[tuple[int, int], Printed] = {}
    for place, row in enumerate(rows):
        for column, other in columns.items():
            tokens = parse_cell(row[column])
            if tokens and 0 <= other < len(names):
                cells[place, other] = tokens[0].first
    n = None
    both = _SPEARMAN.search(table.notes) or _SPEARMAN.search(table.name)
    table.correlations = CorrelationMatrix(names, cells, n, two_kinds=bool(both))
    _descriptives(grid, table)


def _matrix_head(grid: Grid, at: int, columns: dict[int, int]) -> bool:
    cells = [grid.rows[at][column] for column in columns]
    return all(_NUMBERED.match(cell) for cell in cells if cell)


def _numbers(grid: Grid, table: PublishedTable) -> None:
    table.amounts = amounts_in(grid.rows)
    heads = 0
    for row in grid.rows[:3]:
        filled = [cell for cell in row[1:] if not is_empty(cell)]
        years = all(re.fullmatch(r"(19|20)\d{2}年?[EAFeaf]?", cell) for cell in filled)
        if filled and not years and any(parse_number(cell) for cell in filled):
            break
        heads += 1
        if years and filled:
            break
    labels = [
        " ".join(dict.fromkeys(row[column] for row in grid.rows[:heads] if row[column]))
        for column in range(1, grid.width())
    ]
    body = grid.rows[heads:]
    cells = {
        (at, column - 1): number
        for at, row in enumerate(body)
        for column in range(1, len(row))
        if (number := parse_number(row[column])) is not None
    }
    if len(cells) >= 2 and heads:
        table.numbers = Numbers([row[0] for row in body], labels, cells)
