"""`xinku explain`: where a number comes from."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from orchestration.cli.options import Debug, Errors, WarehouseFile, settings_of


def explain(
    table: Annotated[
        str, typer.Argument(help="Table, its schema given or not: government_attention.")
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY... [COLUMN]",
            help="What names the row, in any order: region (江苏, 江苏省, Jiangsu, 320000), year, "
            "study, term; and the column to explain, without which all are shown.",
        ),
    ] = None,
    warehouse: WarehouseFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The complete explanation as JSON, for programs.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show the formula of a number and every sentence or cell behind it, the excluded ones too."""
    with Errors(debug):
        settings = settings_of(warehouse=warehouse)
        from orchestration.explain import explain as find
        from orchestration.explain.display import show, to_json

        explanation = find(settings.warehouse, table, words or ())
        if not as_json:
            from rich.console import Console

            show(explanation, Console(highlight=False))
            return
        text = to_json(explanation, ascii_only="utf" not in (sys.stdout.encoding or "").casefold())
    # Outside of Errors: a reader that closes the pipe early is no error of ours.
    typer.echo(text)
