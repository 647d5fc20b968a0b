"""`xinku profile`: how a yearbook file would be read, and a layout profile for one nobody knows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.options import Debug, Errors, Landing, settings_of
from orchestration.settings import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from orchestration.ingest.yearbooks.proposal import Proposal

_SHOWN_ROWS = 12
_SHOWN_PROBLEMS = 10


def profile(
    file: Annotated[Path, typer.Argument(help="Yearbook file: XLSX, XLS, CSV, HTML or DTA.")],
    write: Annotated[
        Path | None, typer.Option(help="Write the proposed profile (YAML) here, for review.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file of --write.")] = False,
    landing: Landing = None,
    debug: Debug = False,
) -> None:
    """Show how a yearbook file would be read, and propose a layout profile where none knows it."""
    with Errors(debug):
        if not file.is_file():
            raise UsageError(f"{file} is not a file.")
        if write is not None and write.exists() and not force:
            raise UsageError(f"{write} exists; give another name, or --force to overwrite it.")
        zone = settings_of(landing=landing).landing
        from rich.console import Console

        from orchestration.ingest.regions import RegionTable
        from orchestration.ingest.yearbooks.indicators import IndicatorTable
        from orchestration.ingest.yearbooks.profile import load_profiles
        from orchestration.ingest.yearbooks.proposal import propose

        try:
            profiles = load_profiles(zone / "profiles")
            indicators = IndicatorTable.of_landing(zone)
        except ValueError as error:
            raise UsageError(str(error)) from error
        regions = RegionTable.from_seeds()
        found = propose(file.read_bytes(), file.name, regions, profiles, indicators)
        console = Console()
        _show(found, console)
        if not found.observations and not found.profile_yaml:
            raise typer.Exit(1)
        if write is not None and found.profile_yaml:
            write.parent.mkdir(parents=True, exist_ok=True)
            write.write_text(found.profile_yaml, encoding="utf-8")
            console.print(
                f"Written to {write}. Review it, then put it into profiles/ of the landing zone.",
                markup=False,
                highlight=False,
            )
        elif write is not None:
            console.print("Nothing is written: the file is known already.", markup=False)


def _show(found: Proposal, console: Console) -> None:
    for reason in found.reasons:
        console.print(reason, markup=False, highlight=False)
    _show_observations(found, console)
    for problem in found.problems[:_SHOWN_PROBLEMS]:
        place = f"{problem.locator}: " if problem.locator else ""
        console.print(f"- {place}{problem.reason} {problem.hint}", markup=False, highlight=False)
    more = len(found.problems) - _SHOWN_PROBLEMS
    if more > 0:
        console.print(f"- and {more} more.", markup=False, highlight=False)
    if found.profile_yaml:
        console.print(f"\nConfidence: {found.confidence:.0%}. The profile:\n", markup=False)
        # Not through the console: YAML that is wrapped is other YAML.
        typer.echo(found.profile_yaml)


def _show_observations(found: Proposal, console: Console) -> None:
    """A table of the first numbers, and how many there are of each indicator."""
    from rich.markup import escape
    from rich.table import Table

    if not found.observations:
        console.print("As it stands the profile reads no number.", markup=False)
        return
    table = Table(title="What is read (first rows)")
    for heading in ("cell", "region", "year", "indicator", "value", "unit", "vintage"):
        table.add_column(heading)
    for one in found.observations[:_SHOWN_ROWS]:
        place = f"{one.sheet}!{one.cell}" if one.sheet else one.cell
        shown = one.raw_value if one.value is not None else f"({one.missing})"
        cells = (place, one.region_printed, str(one.year), one.indicator_code, shown, one.unit)
        table.add_row(*(escape(cell[:60]) for cell in (*cells, one.vintage)))
    console.print(table)
    counts = Counter(one.indicator_code for one in found.observations)
    told = ", ".join(f"{code} {count}" for code, count in counts.most_common(12))
    console.print(
        f"{len(found.observations)} numbers: {told}", markup=False, highlight=False, soft_wrap=True
    )
