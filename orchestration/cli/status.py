"""`xinku status`: what a warehouse holds."""

from __future__ import annotations

from orchestration.cli.options import Debug, Errors, WarehouseFile, settings_of


def status(warehouse: WarehouseFile = None, debug: Debug = False) -> None:
    """Show what a warehouse holds: files, years, rows, quarantine and failing checks."""
    with Errors(debug):
        settings = settings_of(warehouse=warehouse)
        from rich.console import Console

        from orchestration.console import show_status
        from orchestration.status import read_status

        console = Console()
        console.print(f"Warehouse: {settings.warehouse}", markup=False, highlight=False)
        show_status(read_status(settings.warehouse), console)
