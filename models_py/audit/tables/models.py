"""Regression tables read: a column a model, or a column a statistic.

Which kind a grid is was decided in ``interpret.py``.
"""

from __future__ import annotations

import re
from typing import Final

from models_py.audit.digits import Printed, Token, is_empty, parse_cell, parse_number
from models_py.audit.model import (
    Effect,
    Estimate,
    Mediation,
    PublishedTable,
    RegressionColumn,
    label_key,
)
from models_py.audit.tables.grid import Grid
from models_py.audit.tables.roles import is_other_statistic, is_yes_no, role_of

_MODEL_NAME: Final = re.compile(
    r"^(?:模型|model|列|column|m|reg|eq|方程|\()?\s*\(?\s*(\d{1,2}|[ivx]{1,4})\s*\)?$",
    re.IGNORECASE,
)
_NOT_OUTCOMES: Final = re.compile(
    r"^(ols|fe|re|固定效应|双固定效应?|随机效应|全样本|变量|variables?|variable name|变量名称|模型|"
    r"被解释变量|因变量|解释变量|dependent variable.*|outcome|panel [a-z].*|xtreg.*|iv|2sls|logit|"
    r"probit|poisson|gmm|tobit)$", re.IGNORECASE,
)  # fmt: skip
_PANEL: Final = re.compile(r"^(panel\s*[a-z\d]|面板\s*[a-z\d]|[a-d][:：.、])", re.IGNORECASE)
_SECTION_PREFIX: Final = re.compile(
    r"^(?:dep(?:endent)?\.?\s*var(?:iable)?|被解释变量|因变量)\s*[:：]\s*", re.I
)


def regression_table(grid: Grid, table: PublishedTable) -> None:
    """Read a table with a column a model into ``table.columns``."""
    head = _head_rows(grid)
    roles = [
        next((role for row in grid.rows[:head] if (role := role_of(row[at], "coefficient"))), "")
        for at in range(grid.width())
    ]
    columns = _columns(grid, head, roles)
    if not columns:
        return
    heads = list(grid.rows[:head])
    table.notes = "\n".join([table.notes, *(" ".join(row) for row in heads)]).strip()
    last: dict[int, Estimate] = {}
    lines = 0
    done: list[RegressionColumn] = []
    for row in grid.rows[head:]:
        label = row[0].strip()
        if _PANEL.match(label) and all(cell in ("", label) for cell in row[1:]):
            done += [column for column in columns.values() if column.estimates]
            columns = _columns(grid, head, roles)
            for column in columns.values():
                column.label = f"{label[:40]} {column.label}"
            continue
        cells = {at: parse_cell(row[at]) for at in columns}
        lines = 0 if label else lines + 1
        if label:
            last = {}
        if _indicator(row, columns):
            for at in columns:
                columns[at].indicators[label_key(label)] = label_key(row[at])
            continue
        statistic = role_of(label, "statistic")
        if label and statistic:
            _statistic(statistic, cells, columns)
        elif label and is_other_statistic(label):
            continue
        elif label:
            _coefficients(label, cells, columns, last)
            _side_columns(row, roles, columns, last)
        else:
            _continuation(cells, last, lines)
    table.columns = done + [column for column in columns.values() if column.estimates]
    for column in table.columns:
        column.unplaced = grid.unread_head


def coefficient_table(grid: Grid, table: PublishedTable) -> None:
    """Read a table with a column a statistic (coefficient, SE, t, p, interval)."""
    at, roles = _role_row(grid)
    if "coef" not in roles and "ci_low" not in roles and "ci" not in roles and "p" not in roles:
        regression_table(grid, table)
        return
    groups = _groups(roles)
    models = [RegressionColumn(_group_name(grid, at, group)) for group in groups]
    effects: dict[str, Effect] = {}
    # 外商直接投资 and "total assets" are effects only beside an indirect one.
    mediated = any(role_of(row[0], "effect") == "indirect" for row in grid.rows[at + 1 :])
    for row in grid.rows[at + 1 :]:
        label = row[0].strip()
        statistic = role_of(label, "statistic")
        for model, group in zip(models, groups, strict=True):
            numbers = {role: parse_cell(row[column]) for role, column in group.items()}
            if statistic and not numbers.get("se") and not numbers.get("t"):
                first = next((tokens for tokens in numbers.values() if tokens), None)
                if first:
                    _keep_statistic(model, statistic, first[0].first)
                continue
            estimate = _estimate(label, numbers)
            if estimate is None or not label:
                continue
            kind = role_of(label, "effect") if mediated else ""
            if kind and kind not in effects:
                effects[kind] = Effect(
                    kind, estimate.coefficient, estimate.se, estimate.t, estimate.p, estimate.ci,
                    label,
                )  # fmt: skip
            elif label_key(label) not in model.estimates:
                model.estimates[label_key(label)] = estimate
    if effects:
        table.mediation = Mediation(effects)
        for estimate in models[0].estimates.values() if models else ():
            key = label_key(estimate.term)
            if re.search(r"(^|\b|路径)a(\b|$|路径)|path\s*a", key) and not table.mediation.a:
                table.mediation.a = estimate
            elif re.search(r"(^|\b|路径)b(\b|$|路径)|path\s*b", key) and not table.mediation.b:
                table.mediation.b = estimate
    table.columns = [model for model in models if model.estimates]


def _head_rows(grid: Grid) -> int:
    """How many rows stand above the first row of coefficients."""
    for at, row in enumerate(grid.rows):
        cells = [parse_cell(cell) for cell in row[1:]]
        numeric = [tokens for tokens in cells if tokens]
        numbered = all(_MODEL_NAME.match(cell) or is_empty(cell) for cell in row[1:])
        if numeric and not (numbered and at < 4 and not role_of(row[0], "statistic")):
            return at
    return len(grid.rows)


def _columns(grid: Grid, head: int, roles: list[str]) -> dict[int, RegressionColumn]:
    side = {
        at for at, role in enumerate(roles) if role in {"se", "t", "p", "ci", "ci_low", "ci_high"}
    }
    found: dict[int, RegressionColumn] = {}
    for at in range(1, grid.width()):
        if at in side:
            continue
        label = outcome = ""
        for row in grid.rows[:head]:
            text = _SECTION_PREFIX.sub("", row[at].strip())
            if not text or role_of(text, "coefficient"):
                continue
            if _MODEL_NAME.match(text):
                label = label or text
            elif _NOT_OUTCOMES.match(text) or (
                _MODEL_NAME.match(label) is None and label and outcome
            ):
                label = f"{label} {text}".strip()
            else:
                outcome = outcome or text
                if outcome != text:
                    label = f"{label} {text}".strip()
        found[at] = RegressionColumn(label or f"({at})", outcome)
        for row in grid.rows[:head]:
            text = row[at].strip()
            if text and text not in (label, outcome) and not _MODEL_NAME.match(text):
                found[at].indicators.setdefault("head", "")
                found[at].indicators["head"] += label_key(text)
    return found


def _indicator(row: list[str], columns: dict[int, RegressionColumn]) -> bool:
    filled = [row[at] for at in columns if not is_empty(row[at])]
    return bool(filled) and all(is_yes_no(cell) for cell in filled)


def _statistic(
    name: str, cells: dict[int, tuple[Token, ...] | None], columns: dict[int, RegressionColumn]
) -> None:
    for at, tokens in cells.items():
        if tokens:
            _keep_statistic(columns[at], name, tokens[0].first)


def _keep_statistic(column: RegressionColumn, name: str, value: Printed) -> None:
    if name == "r2_other":
        return
    if name == "r2" and "r2" in column.statistics:
        return
    column.statistics[name] = value


def _coefficients(
    label: str,
    cells: dict[int, tuple[Token, ...] | None],
    columns: dict[int, RegressionColumn],
    last: dict[int, Estimate],
) -> None:
    for at, tokens in cells.items():
        if not tokens or tokens[0].kind not in ("plain", "other_mark"):
            continue
        estimate = Estimate(label, tokens[0].first, tokens[0].first.stars)
        for token in tokens[1:]:
            _attach(estimate, token)
        key = label_key(label)
        if key not in columns[at].estimates:
            columns[at].estimates[key] = estimate
            last[at] = estimate


def _attach(estimate: Estimate, token: Token) -> None:
    if token.kind == "interval" and token.second:
        estimate.ci = (token.first, token.second)
    elif token.kind in ("paren", "plain", "bracket") and estimate.stat is None:
        estimate.stat = token.first
        # Stars are sometimes put behind the parenthesis.
        estimate.stars = max(estimate.stars, token.first.stars)
    elif token.kind in ("paren", "bracket") and estimate.second is None:
        estimate.second = token.first


def _continuation(
    cells: dict[int, tuple[Token, ...] | None], last: dict[int, Estimate], lines: int
) -> None:
    """A line without a label below a line of coefficients: t or SE, then perhaps an interval."""
    for at, tokens in cells.items():
        if tokens and at in last and lines <= 3:
            for token in tokens:
                _attach(last[at], token)


def _side_columns(
    row: list[str],
    roles: list[str],
    columns: dict[int, RegressionColumn],
    last: dict[int, Estimate],
) -> None:
    """t, SE or p in columns of their own, right of each model's coefficients."""
    current: Estimate | None = None
    for at in range(1, len(row)):
        if at in columns:
            current = last.get(at)
            continue
        number = parse_number(row[at].strip("()[]")) if roles[at] else None
        if current is None or number is None:
            continue
        if roles[at] == "t":
            current.t = number
        elif roles[at] == "se":
            current.se = number
        elif roles[at] == "p":
            current.p = number
        current.stars = max(current.stars, number.stars)


def _role_row(grid: Grid) -> tuple[int, list[str]]:
    best, roles, most = 0, [""] * grid.width(), 0
    for at, row in enumerate(grid.rows[:4]):
        named = [role_of(cell, "coefficient") if column else "" for column, cell in enumerate(row)]
        count = sum(bool(role) for role in named)
        if count > most:
            best, roles, most = at, named, count
    return best, roles


def _groups(roles: list[str]) -> list[dict[str, int]]:
    """Columns of each model: a coefficient column begins the next."""
    groups: list[dict[str, int]] = []
    for at, role in enumerate(roles):
        if not role:
            continue
        if not groups or role == "coef" or (role in groups[-1] and role != "ci"):
            groups.append({})
        # A head of 95% CI over two columns names both ends, and so does "[95% Conf.", "Interval]".
        if role in ("ci", "ci_high") and "ci" in groups[-1]:
            groups[-1]["ci_low"] = groups[-1].pop("ci")
            groups[-1]["ci_high"] = at
        else:
            groups[-1][role] = at
    return groups


def _group_name(grid: Grid, at: int, group: dict[str, int]) -> str:
    column = min(group.values())
    return next((row[column] for row in reversed(grid.rows[:at]) if row[column]), "")


def _estimate(label: str, numbers: dict[str, tuple[Token, ...] | None]) -> Estimate | None:
    def one(role: str) -> Printed | None:
        tokens = numbers.get(role)
        return tokens[0].first if tokens else None

    coefficient = one("coef")
    estimate = Estimate(label, coefficient, 0, one("t"), one("se"), one("p"))
    for token in (numbers.get("coef") or ())[1:]:
        _attach(estimate, token)
    low, high = one("ci_low"), one("ci_high")
    if low and high:
        estimate.ci = (low, high)
    whole = numbers.get("ci") or ()
    if whole and whole[0].kind == "interval" and whole[0].second:
        estimate.ci = (whole[0].first, whole[0].second)
    marked = (coefficient, estimate.t, estimate.p, estimate.se)
    estimate.stars = max((number.stars for number in marked if number), default=0)
    if coefficient is None and estimate.ci is None:
        return None
    return estimate
