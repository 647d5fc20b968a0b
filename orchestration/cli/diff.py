"""`xinku diff`: what a publication changed, cell by cell, with the cause."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.options import Debug, Errors, WarehouseFile, settings_of

if TYPE_CHECKING:
    from rich.console import Console

    from orchestration.data_diff.history import Changes, Difference, Publication

# A hit's row holds its sentence of up to 400 characters; on a terminal its beginning will do.
_SHOWN_CHARS = 120
_SHOWN_PART = 40

Runs = Annotated[
    list[str] | None,
    typer.Argument(
        help="Nothing: what the last publication changed. One run: all since that one. Two: what "
        "came after the first up to the second. The beginning of a run's name is enough.",
        show_default=False,
    ),
]
TableName = Annotated[
    str | None, typer.Option(help="Only this table, such as marts.government_attention.")
]
List = Annotated[bool, typer.Option("--list", help="List the publications: time, run, cells.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, every cell.")]
Shown = Annotated[
    int, typer.Option("--limit", min=0, help="Cells shown of each cause; 0 shows every one.")
]


def diff(
    runs: Runs = None,
    warehouse: WarehouseFile = None,
    table: TableName = None,
    listing: List = False,
    as_json: Json = False,
    limit: Shown = 10,
    debug: Debug = False,
) -> None:
    """Show what changed in the marts between publications, and which file was behind it."""
    with Errors(debug):
        from rich.console import Console

        from orchestration.data_diff.history import read_changes, read_publications
        from orchestration.settings import UsageError

        settings = settings_of(warehouse=warehouse)
        runs = runs or []
        if len(runs) > 2:
            raise UsageError(f"Name at most two runs; {len(runs)} were given.")
        console = Console()
        if listing:
            if runs or table:
                raise UsageError("--list shows every publication; leave out runs and --table.")
            publications = read_publications(settings.warehouse)
            if as_json:
                _write_json([asdict(one) for one in publications])
            else:
                _show_publications(publications, console)
            return
        changes = read_changes(settings.warehouse, runs, table)
        if as_json:
            _write_json(asdict(changes))
        else:
            _show_changes(changes, console, limit)


def _write_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _show_publications(publications: list[Publication], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    if not publications:
        console.print("No publication is recorded; the warehouse is of an earlier version.")
        return
    shown = Table("published (UTC)", "kind", "run", "reports", "cells changed")
    for column in shown.columns[3:]:
        column.justify = "right"
    shown.columns[2].overflow = "fold"
    for place, one in enumerate(publications):
        shown.add_row(
            f"{one.published_at:%Y-%m-%d %H:%M:%S}",
            Text(one.kind),
            Text(one.run_id),
            f"{one.n_documents:,}",
            f"{one.n_changes:,}" if place else "first",
        )
    console.print(shown)


def _show_changes(changes: Changes, console: Console, limit: int) -> None:
    def say(text: str, indent: int = 0) -> None:
        # Values come from documents: no markup, no control characters, no colour of their own.
        console.print(" " * indent + _plain(text), markup=False, highlight=False, soft_wrap=True)

    until = _named(changes.until)
    if changes.is_first:
        say(f"{until} is the first publication; there is nothing to compare it with.")
        return
    since = f"{_named(changes.since)} and " if changes.since else "the beginning and "
    if not changes.differences:
        say(f"Nothing changed between {since}{until}.")
        return
    say(f"Changed between {since}{until}:")
    for table, in_table in groupby(changes.differences, key=lambda one: one.table_name):
        of_table = list(in_table)
        say("")
        say(f"{table}: {_count(of_table)}")
        for cause, of_cause in groupby(of_table, key=lambda one: one.cause):
            listed = list(of_cause)
            say(f"{cause} ({_count(listed)})", 2)
            for one in listed[: limit or None]:
                say(_line(one), 4)
            more = len(listed) - (limit or len(listed))
            if more > 0:
                say(f"… and {more:,} more; --limit 0 or --json shows all.", 4)


def _named(publication: Publication | None) -> str:
    if publication is None:
        return "nothing"
    return f"{publication.run_id[:8]} ({publication.published_at:%Y-%m-%d %H:%M})"


def _count(listed: list[Difference]) -> str:
    came = sum(1 for one in listed if one.column_name == "(row)" and one.before is None)
    went = sum(1 for one in listed if one.column_name == "(row)" and one.after is None)
    cells = len(listed) - came - went
    parts = [
        f"{number:,} {what}{'s' if number != 1 else ''} {verb}".strip()
        for number, what, verb in (
            (cells, "cell", ""),
            (came, "new row", ""),
            (went, "row", "gone"),
        )
        if number
    ]
    return ", ".join(parts)


def _line(one: Difference) -> str:
    key = _key(one.key)
    if one.column_name == "(row)":
        what = "new" if one.before is None else "gone"
        return f"{key}: {what}: {_short(_key(one.after or one.before or '{}'))}"
    return (
        f"{key}{': ' if key else ''}{one.column_name}: {_value(one.before)} → {_value(one.after)}"
    )


def _key(text: str) -> str:
    """``topic=chip_innovation region_code=320000`` for the JSON of a key or of a row."""
    try:
        loaded = json.loads(text)
    except ValueError:
        return text
    if not isinstance(loaded, dict):
        return text
    return " ".join(
        f"{name}={'null' if v is None else _short(str(v), _SHOWN_PART)}"
        for name, v in loaded.items()
    )


def _value(text: str | None) -> str:
    return "null" if text is None else _short(text)


def _short(text: str, limit: int = _SHOWN_CHARS) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
