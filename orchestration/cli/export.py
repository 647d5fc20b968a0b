"""`xinku export`: what Stata and R need to return the numbers of a study's models."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.options import Debug, Errors, WarehouseFile, settings_of

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        help="Gets a folder a study; is made where it is not there.",
        show_default=False,
    ),
]
StudyNames = Annotated[
    list[str] | None,
    typer.Option(
        "--study", help="Only this study; may be given several times.", show_default=False
    ),
]


class Format(StrEnum):
    """What is written."""

    SCRIPTS = "scripts"


FormatName = Annotated[
    Format,
    typer.Option(
        "--format",
        help="scripts: a .do and an .R file for each model, the labelled data beside them.",
    ),
]


def export(
    folder: Folder,
    format_name: FormatName = Format.SCRIPTS,
    study: StudyNames = None,
    warehouse: WarehouseFile = None,
    debug: Debug = False,
) -> None:
    """Write a study's models and data for Stata and R."""
    with Errors(debug):
        from orchestration.exports import export_scripts

        settings = settings_of(warehouse=warehouse)
        for name, files in export_scripts(settings, folder, study or []).items():
            typer.echo(f"{name}: {len(files)} files in {folder / name}; begin with README.md.")
