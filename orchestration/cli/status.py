"""`xinku status`: what a warehouse holds, and the board of one year."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import Debug, Errors, WarehouseFile, settings_of


def status(
    warehouse: WarehouseFile = None,
    year: Annotated[
        int | None,
        typer.Option(help="Show the board of this report year: which reports have come.", min=1949),
    ] = None,
    debug: Debug = False,
) -> None:
    """Show what a warehouse holds: files, years, rows, quarantine and failing checks."""
    with Errors(debug):
        settings = settings_of(warehouse=warehouse)
        from rich.console import Console

        from orchestration.board import read_board
        from orchestration.console import show_board, show_status
        from orchestration.status import read_status
        from orchestration.warehouse import open_snapshot

        console = Console()
        console.print(f"Warehouse: {settings.warehouse}", markup=False, highlight=False)
        if year is None:
            show_status(read_status(settings.warehouse), console)
            return
        with open_snapshot(settings.warehouse) as connection:
            board = read_board(connection, year)
        show_board(board, console)
