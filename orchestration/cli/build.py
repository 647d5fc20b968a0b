"""`xinku build`: everything, from the files to the published warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from orchestration.cli.options import (
    Debug,
    Errors,
    Landing,
    StudyNames,
    WarehouseFile,
    Years,
    again,
    fail,
    settings_of,
)
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.build import Outcome
    from orchestration.console import BuildDisplay


def build(
    landing: Landing = None,
    warehouse: WarehouseFile = None,
    study: StudyNames = None,
    years: Years = None,
    debug: Debug = False,
) -> None:
    """Read the landing zone, build and check every table, and publish the warehouse."""
    with Errors(debug):
        settings = settings_of(landing, warehouse, study, years)
        from orchestration.build import check_call, run_build
        from orchestration.console import BuildDisplay

        check_call(settings)
        display = BuildDisplay()
        display.console.print(f"Landing zone: {settings.landing}", markup=False, highlight=False)
        with display:
            outcome = run_build(settings, display)
        if outcome.failures:
            tell_failure(settings, outcome, display)
        tell_result(settings, warehouse, outcome, display)


def tell_failure(settings: Settings, outcome: Outcome, display: BuildDisplay) -> NoReturn:
    """What was found before it failed, each failure in a sentence, and what remains."""
    from orchestration.console import show_trouble

    show_trouble(settings.working_file, display.console)
    for failure in outcome.failures:
        typer.echo(failure, err=True)
    kept = (
        "the warehouse is as it was before"
        if settings.warehouse.exists()
        else "no warehouse was published"
    )
    fail(f"The build failed; {kept}. Log: {outcome.log}", 1)


def tell_result(
    settings: Settings, named: Path | None, outcome: Outcome, display: BuildDisplay
) -> None:
    """What was done, what the warehouse holds now, where the time went, where to look next."""
    from rich.console import Console

    from orchestration.console import show_seconds, show_status
    from orchestration.status import read_status

    # Progress and errors go to standard error, results to standard output.
    console = Console()
    show_status(read_status(settings.warehouse), console)
    show_seconds(display.seconds, console)
    where = again(named)
    for line in (
        f"Warehouse: {settings.warehouse}",
        *_done(outcome, where),
        f"Next: xinku ui{where} shows the graph; xinku status{where} shows this again.",
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _done(outcome: Outcome, where: str) -> Iterator[str]:
    """What was read, counted and changed, a line each."""
    years = ", ".join(map(str, outcome.years))
    yield (
        f"Done: {outcome.files_read} files read, {outcome.files_kept} kept as they were; "
        f"{outcome.reports_counted} reports counted; hits of "
        f"{years or 'no year'} made anew."
    )
    if outcome.changed_cells:
        yield f"{outcome.changed_cells} cells of marts and models have changed: xinku diff{where}"
