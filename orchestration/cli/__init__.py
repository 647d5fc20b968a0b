"""The `xinku` command: a module a subcommand, which reads the call and says what happened.

The work is done elsewhere, and imported only by the command that needs it.
"""

from __future__ import annotations

import sys

import typer

from orchestration.cli.audit import audit
from orchestration.cli.build import build
from orchestration.cli.diff import diff
from orchestration.cli.explain import explain
from orchestration.cli.export import export
from orchestration.cli.profile import profile
from orchestration.cli.refresh import refresh
from orchestration.cli.review import review
from orchestration.cli.sources import sources
from orchestration.cli.status import status
from orchestration.cli.ui import ui

app = typer.Typer(
    name="xinku",
    help="芯库 xinku: a research warehouse in which every number opens back to its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _main() -> None:
    """Commands are listed below; `xinku COMMAND --help` explains each."""


for _command in (build, refresh, status, explain, diff, profile, audit, export, ui):
    app.command()(_command)
app.add_typer(review, name="review")
app.add_typer(sources, name="sources")


def main() -> None:
    """Entry point of the `xinku` command."""
    for stream in (sys.stdout, sys.stderr):
        # A file name that is not valid Unicode must not end the program that reports it.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    app()
