"""`xinku ui`: Dagster's web interface for one warehouse."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import Debug, Errors, WarehouseFile, settings_of


def ui(
    warehouse: WarehouseFile = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 3000,
    debug: Debug = False,
) -> None:
    """Open Dagster's web interface on this machine, with its daemon and without telemetry."""
    with Errors(debug):
        settings = settings_of(warehouse=warehouse)
        from orchestration.ui import serve

        typer.echo(
            f"Warehouse: {settings.warehouse}\nDagster: http://127.0.0.1:{port}  (Ctrl+C ends)"
        )
        raise typer.Exit(serve(settings, port))
