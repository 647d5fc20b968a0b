"""Findings as a Markdown page: counts at the top, then paper by paper and table by table.

How findings come about is not here; the command's tables and JSON are its own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

import pandas as pd

from models_py.audit.findings import VERDICTS

_HEAD: Final = """\
# What the five papers' figures say of each other

This page is generated from the findings on the facts of `dbt_project/seeds/facts`, and a test holds
it to them; do not edit it. The rules are in [audit-rules.md](audit-rules.md). A finding is about
printed figures: it says that two of them do not go together, not which is wrong and not why.

*Impossible* and *inconsistent* are contradictions. *Implausible*: possible, but not likely.
*Base revised*: explained by a revision of the base. *Cannot tell*: right under one reading and not
under another. Figures that held are counted by rule."""
#: What a cell of a Markdown table may not hold as it stands.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]|~#])")


def findings_page(frame: pd.DataFrame, sources: pd.DataFrame) -> str:
    """The findings of several papers as a page.

    Args:
        frame: findings as ``audit_published`` returns them.
        sources: source_id and title_zh of the papers, and title_en, authors, year where known.

    Returns:
        Markdown that ends in a line break; the same for the same findings in whatever order.

    Raises:
        ValueError: a paper of the findings is not among the sources.
    """
    texts = sources.astype(object).where(sources.notna(), "").astype(str)
    known = {
        row["source_id"]: {str(key): value for key, value in row.items()}
        for row in texts.to_dict("records")
    }
    unknown = sorted(set(frame["source_id"]) - set(known))
    if unknown:
        raise ValueError(f"The sources lack the papers {', '.join(unknown)}, which have findings.")
    parts = [_HEAD, *_counts(frame)]
    for source, rows in frame.groupby("source_id", sort=True):
        parts += _paper(known[str(source)], rows)
    return "\n\n".join(parts) + "\n"


def _counts(frame: pd.DataFrame) -> Iterator[str]:
    table = pd.crosstab(frame["rule"], frame["verdict"])
    columns = [verdict for verdict in VERDICTS if verdict in table.columns]
    lines = [_line(["rule", *(_words(verdict) for verdict in columns)]),
             _line(["---", *("---:" for _ in columns)])]  # fmt: skip
    for rule in sorted(table.index):
        counts = [int(table.loc[rule, verdict]) for verdict in columns]
        lines.append(_line([f"`{rule}`", *(str(count or "") for count in counts)]))
    totals = [int(table[verdict].sum()) for verdict in columns]
    lines.append(_line(["**all**", *(f"**{total}**" for total in totals)]))
    yield "## Counts by rule and verdict"
    yield "\n".join(lines)


def _paper(source: dict[str, str], rows: pd.DataFrame) -> Iterator[str]:
    yield f"## {_escape(source['title_zh'])}"
    about = [source.get(name, "") for name in ("title_en", "authors", "year")]
    said = ". ".join(_escape(part.rstrip(".")) for part in about if part)
    if said:
        yield f"{said}."
    elsewhere = []
    for place in sorted(set(rows["published_table"]), key=_natural):
        here = rows[rows["published_table"] == place]
        clean = here["verdict"] == "consistent"
        counts = here[clean]["rule"].value_counts().sort_index()
        held = ", ".join(f"`{rule}` {count}" for rule, count in counts.items())
        if clean.all():
            elsewhere.append(f"- {_escape(place)}: {held}")
            continue
        yield f"### {_escape(place)}"
        yield "\n".join(_rows(here[~clean]))
        if held:
            yield f"Held: {held}."
    if elsewhere:
        yield "### Where every check held"
        yield "\n".join(elsewhere)


def _rows(rows: pd.DataFrame) -> Iterator[str]:
    yield _line(["cell", "rule", "verdict", "printed", "implied", "finding"])
    yield _line(["---"] * 6)
    order = {verdict: at for at, verdict in enumerate(VERDICTS)}
    for row in sorted(
        rows.itertuples(index=False),
        key=lambda one: (order[str(one.verdict)], _natural(str(one.cell)), str(one.rule),
                         str(one.implied)),
    ):  # fmt: skip
        verdict = f"{_words(str(row.verdict))} ({row.severity})"
        yield _line([
            _escape(str(row.cell)), f"`{row.rule}`", verdict, _escape(str(row.published)),
            _escape(str(row.implied)), _escape(str(row.explanation)),
        ])  # fmt: skip


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")


def _escape(text: str) -> str:
    """Text as it stands, whatever it holds: no markup, no table cell, no line of its own."""
    return _SPECIAL.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def _natural(text: str) -> tuple[bool, list[tuple[int, str]]]:
    """Tables before sections, and 表10 after 表9."""
    pieces = re.findall(r"\d+|\D+", text)
    return (
        not text.startswith(("表", "Table")),
        [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in pieces],
    )
