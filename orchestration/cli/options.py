"""What the commands share: the options that say where things are, and how an error is told."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from orchestration.settings import Settings, UsageError

Landing = Annotated[
    Path | None,
    typer.Option(help="Landing zone to read: a folder with reports/ in it. (default: the sample)"),
]
WarehouseFile = Annotated[
    Path | None, typer.Option(help="Warehouse file to publish. (default: xinku.duckdb here)")
]
StudyNames = Annotated[
    list[str] | None,
    typer.Option("--study", help="Study to build; may be repeated. (default: all)"),
]
Years = Annotated[
    str | None, typer.Option(help="Report years to load, such as 2018-2022. (default: all)")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def settings_of(
    landing: Path | None = None,
    warehouse: Path | None = None,
    study: list[str] | None = None,
    years: str | None = None,
) -> Settings:
    """The settings of a call.

    Raises:
        UsageError: a path or a year range that cannot be meant.
    """
    return Settings.resolve(
        landing=landing, warehouse=warehouse, years=years, studies=tuple(study or ())
    )


def again(warehouse: Path | None) -> str:
    """The option to repeat in a command that is recommended next; empty for the default."""
    return f" --warehouse {shlex.quote(str(warehouse))}" if warehouse else ""


def fail(sentence: str, code: int) -> NoReturn:
    """Say why and end."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


class Errors:
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
            fail(str(error), 2)
        if isinstance(error, KeyboardInterrupt):
            fail("Stopped. The published warehouse is as it was before.", 130)
        sentence = str(error).strip().split("\n", 1)[0] or type(error).__name__
        hint = "" if type(error).__name__ == "WarehouseBusy" else " (--debug shows where)"
        fail(f"{sentence}{hint}", 1)
