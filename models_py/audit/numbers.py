"""Tables of plain numbers judged: totals, shares, growth, scores and ranks.

Tables of statistics are in ``tabular.py`` and ``regression.py``; the arithmetic in ``rules/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from models_py.audit.context import Context
from models_py.audit.findings import Check
from models_py.audit.model import Numbers, label_key
from models_py.audit.rules import amounts
from models_py.audit.rules.scores import rank_order, score_against_scheme

Placed = tuple[str, Check]

_TOTAL: Final = re.compile(
    r"^(合计|总计|总和|总额|总量|总数|小计|全部|total|sum|all|grandtotal|overall)$"
)
_SHARE: Final = re.compile(r"占比|比重|份额|share|percent|proportion|^%$|构成|\(%\)$")
_GROWTH: Final = re.compile(r"增长|增速|同比|growth|yoy|change|变化率|涨幅|%chg")
#: Columns whose numbers have no sum, and rows that are part of another row.
_NOT_ADDED: Final = re.compile(
    r"rank|名次|排名|序号|均|mean|rate|率|index|指数|price|价格|ratio|系数|score|得分|per|年龄|倍"
)
_OF_WHICH: Final = re.compile(r"^(其中|#|ofwhich|including|incl)")
#: Growth of these is usually printed in constant prices beside levels in current ones.
_REAL_GROWTH: Final = re.compile(r"gdp|生产总值|增加值|实际|可比价|不变价|real|constant")
_YEAR: Final = re.compile(r"^(?:fy)?((?:19|20)\d{2})(?:年|e|a|f)?$")
_SCORE: Final = re.compile(r"得分|指数|综合评价|score|index", re.IGNORECASE)
_RANK: Final = re.compile(r"排名|名次|位次|rank", re.IGNORECASE)


def judge_numbers(table: Numbers, context: Context) -> Iterator[Placed]:
    """Totals, shares, growth, scores and ranks in a table of plain numbers."""
    yield from _scores(table, context)
    yield from _totals(table)
    yield from _totals(_transposed(table))
    yield from _growth(table)
    yield from _growth(_transposed(table))


def _totals(table: Numbers) -> Iterator[Placed]:
    total = next(
        (at for at, label in enumerate(table.row_labels) if _TOTAL.match(label_key(label))), None
    )
    if total is None:
        return
    for column, name in enumerate(table.column_labels):
        if _GROWTH.search(label_key(name)) or _NOT_ADDED.search(label_key(name)):
            continue
        whole = table.cells.get((total, column))
        parts = {
            row: table.cells[row, column]
            for row in range(len(table.row_labels))
            if row != total
            and (row, column) in table.cells
            and not _OF_WHICH.match(label_key(table.row_labels[row]))
        }
        if whole is None or len(parts) < 2 or any(_TOTAL.match(label_key(table.row_labels[row]))
                                                  for row in parts):  # fmt: skip
            continue
        yield (
            f"{table.row_labels[total]} · {name}",
            amounts.parts_against_total(whole, list(parts.values()), name or "The column"),
        )
    yield from _shares(table, total)


def _shares(table: Numbers, total: int) -> Iterator[Placed]:
    for column, name in enumerate(table.column_labels):
        if not _SHARE.search(label_key(name)) or _GROWTH.search(label_key(name)) or column == 0:
            continue
        base = next(
            (at for at in range(column - 1, -1, -1)
             if not _SHARE.search(label_key(table.column_labels[at]))
             and not _GROWTH.search(label_key(table.column_labels[at]))), None
        )  # fmt: skip
        whole = table.cells.get((total, base)) if base is not None else None
        if base is None or whole is None:
            continue
        for row, label in enumerate(table.row_labels):
            share, part = table.cells.get((row, column)), table.cells.get((row, base))
            if share and part and row != total:
                scale = 1.0 if _scale(table, column) <= 1.0 else 100.0
                yield (
                    f"{label} · {name}",
                    amounts.share_against_levels(
                        share, part.interval, whole.interval, f"{label}: {name}", scale=scale
                    ),
                )


def _scale(table: Numbers, column: int) -> float:
    """The largest share of a column: at most 1 where shares are printed as fractions."""
    values = [number for (_, at), number in table.cells.items() if at == column]
    if any(number.percent for number in values):
        return 100.0
    return max((number.value for number in values), default=0.0)


def _growth(table: Numbers) -> Iterator[Placed]:
    """Growth columns of a table whose rows are years, against the level column before them."""
    years = [_YEAR.match(label_key(label)) for label in table.row_labels]
    if sum(year is not None for year in years) < 2:
        return
    by_year = {int(year[1]): row for row, year in enumerate(years) if year}
    for column, name in enumerate(table.column_labels):
        if not _GROWTH.search(label_key(name)) or column == 0:
            continue
        level = next(
            (at for at in range(column - 1, -1, -1)
             if not _GROWTH.search(label_key(table.column_labels[at]))
             and not _SHARE.search(label_key(table.column_labels[at]))), None
        )  # fmt: skip
        if level is None:
            continue
        for year, row in sorted(by_year.items()):
            rate, now = table.cells.get((row, column)), table.cells.get((row, level))
            before = table.cells.get((by_year.get(year - 1, -1), level))
            if rate and now and before:
                check = amounts.growth_against_levels(
                    rate, now.interval, before.interval, f"{table.column_labels[level]} {year}",
                    revision=amounts.REVISION_IN_A_TABLE,
                )  # fmt: skip
                real = _REAL_GROWTH.search(label_key(f"{table.column_labels[level]} {name}"))
                if check.verdict == "inconsistent" and real:
                    check = replace(
                        check, verdict="implausible",
                        explanation=f"{check.explanation} A rate in constant prices would differ.",
                    )  # fmt: skip
                yield f"{year} · {name}", check


def _scores(table: Numbers, context: Context) -> Iterator[Placed]:
    """Scores against the largest the scheme allows, and against the ranks beside them."""
    scored = next((at for at, name in enumerate(table.column_labels) if _SCORE.search(name)), None)
    if scored is None:
        return
    ranked = next((at for at, name in enumerate(table.column_labels) if _RANK.search(name)), None)
    pairs = []
    for row, label in enumerate(table.row_labels):
        score = table.cells.get((row, scored))
        rank = table.cells.get((row, ranked)) if ranked is not None else None
        if score and context.score_max is not None:
            yield (
                f"{label} · {table.column_labels[scored]}",
                score_against_scheme(
                    score, label, largest=context.score_max, scheme="the scheme's score"
                ),
            )
        if score and rank:
            pairs.append((label, score, rank))
    # Rank 1 may be the lowest score; then nearly all pairs are the other way round.
    checks = rank_order(pairs)
    if len([check for _, check in checks if check.verdict != "consistent"]) * 2 <= len(pairs):
        yield from checks


def _transposed(table: Numbers) -> Numbers:
    return Numbers(
        table.column_labels,
        table.row_labels,
        {(column, row): number for (row, column), number in table.cells.items()},
    )
