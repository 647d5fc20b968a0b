"""The `xinku` command: reading the call, and saying what happened. The work is done elsewhere."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from orchestration.settings import Settings, UsageError

app = typer.Typer(
    name="xinku",
    help="芯库 xinku: a research warehouse in which every number opens back to its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Landing = Annotated[
    Path | None,
    typer.Option(help="Landing zone to read: a folder with reports/ in it. [default: the sample]"),
]
WarehouseFile = Annotated[
    Path | None, typer.Option(help="Warehouse file to publish. [default: xinku.duckdb here]")
]
StudyNames = Annotated[
    list[str] | None,
    typer.Option("--study", help="Study to build; may be repeated. [default: all]"),
]
Years = Annotated[
    str | None, typer.Option(help="Report years to load, such as 2018-2022. [default: all]")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.callback()
def _main() -> None:
    """Commands are listed below; `xinku COMMAND --help` explains each."""


@app.command()
def build(
    landing: Landing = None,
    warehouse: WarehouseFile = None,
    study: StudyNames = None,
    years: Years = None,
    debug: Debug = False,
) -> None:
    """Read the landing zone, build and check every table, and publish the warehouse."""
    with _Errors(debug):
        settings = _settings(landing, warehouse, study, years)
        from rich.console import Console

        from orchestration.build import check_call, run_build
        from orchestration.console import BuildDisplay, show_seconds, show_status, show_trouble
        from orchestration.status import read_status

        check_call(settings)
        display = BuildDisplay()
        display.console.print(f"Landing zone: {settings.landing}", markup=False, highlight=False)
        with display:
            outcome = run_build(settings, display)
        if outcome.failures:
            show_trouble(settings.working_file, display.console)
            for failure in outcome.failures:
                typer.echo(failure, err=True)
            kept = (
                "the warehouse is as it was before"
                if settings.warehouse.exists()
                else ("no warehouse was published")
            )
            _fail(f"The build failed; {kept}. Log: {outcome.log}", 1)
        # Progress and errors go to standard error, results to standard output.
        console = Console()
        show_status(read_status(settings.warehouse), console)
        show_seconds(display.seconds, console)
        where = _option(warehouse)
        for line in (
            f"Warehouse: {settings.warehouse}",
            f"Next: xinku ui{where} shows the graph; xinku status{where} shows this again.",
        ):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command()
def status(warehouse: WarehouseFile = None, debug: Debug = False) -> None:
    """Show what a warehouse holds: files, years, rows, quarantine and failing checks."""
    with _Errors(debug):
        settings = _settings(None, warehouse, None, None)
        from rich.console import Console

        from orchestration.console import show_status
        from orchestration.status import read_status

        console = Console()
        console.print(f"Warehouse: {settings.warehouse}", markup=False, highlight=False)
        show_status(read_status(settings.warehouse), console)


@app.command()
def ui(
    warehouse: WarehouseFile = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 3000,
    debug: Debug = False,
) -> None:
    """Open Dagster's web interface on this machine, with its daemon and without telemetry."""
    with _Errors(debug):
        settings = _settings(None, warehouse, None, None)
        from orchestration.ui import serve

        typer.echo(
            f"Warehouse: {settings.warehouse}\nDagster: http://127.0.0.1:{port}  (Ctrl+C ends)"
        )
        raise typer.Exit(serve(settings, port))


def _settings(
    landing: Path | None, warehouse: Path | None, study: list[str] | None, years: str | None
) -> Settings:
    return Settings.resolve(
        landing=landing, warehouse=warehouse, years=years, studies=tuple(study or ())
    )


def _option(warehouse: Path | None) -> str:
    return f" --warehouse {shlex.quote(str(warehouse))}" if warehouse else ""


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


class _Errors:
    """Turns an exception into one sentence and an exit code; with ``--debug`` lets it through."""

    def __init__(self, debug: bool) -> None:
        self._debug = debug or bool(os.environ.get("XINKU_DEBUG"))

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Say what happened; code 2 where the call is wrong, 1 where the run is."""
        if error is None or isinstance(error, (typer.Exit, SystemExit)) or self._debug:
            return
        if isinstance(error, UsageError):
            _fail(str(error), 2)
        if isinstance(error, KeyboardInterrupt):
            _fail("Stopped. The published warehouse is as it was before.", 130)
        sentence = str(error).strip().split("\n", 1)[0] or type(error).__name__
        hint = "" if type(error).__name__ == "WarehouseBusy" else " (--debug shows where)"
        _fail(f"{sentence}{hint}", 1)


def main() -> None:
    """Entry point of the `xinku` command."""
    for stream in (sys.stdout, sys.stderr):
        # A file name that is not valid Unicode must not end the program that reports it.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    app()


if __name__ == "__main__":
    main()
