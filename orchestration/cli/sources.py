"""`xinku sources`: the known public corpora, and fetching one where the user asks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.options import Debug, Errors, fail

if TYPE_CHECKING:
    from orchestration.sources import Fetched, Source

sources = typer.Typer(
    name="sources",
    help="Known public corpora: list them, or fetch one into a landing zone.",
    no_args_is_help=True,
)

_KINDS = {"reports": "reports", "yearbooks": "yearbook sheets", "tables": "tables"}


@sources.command("list")
def list_sources(
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    debug: Debug = False,
) -> None:
    """List the known public corpora: what, where, licence, coverage, known defects."""
    with Errors(debug):
        from orchestration.sources import load_catalogue

        known = load_catalogue()
        if as_json:
            rows = [source.model_dump() for source in known.values()]
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for source in known.values():
            _show(source)
        typer.echo("Nothing is fetched until you ask: xinku sources fetch NAME --into LANDING")


@sources.command("fetch")
def fetch_source(
    name: Annotated[str, typer.Argument(help="A name that `xinku sources list` shows.")],
    into: Annotated[Path, typer.Option(help="Landing zone to put the files into.")],
    address: Annotated[
        str | None,
        typer.Option(
            "--from", help="Fetch from here instead: an https or file address, a local repository."
        ),
    ] = None,
    commit: Annotated[
        str | None,
        typer.Option(help="Commit to fetch instead of the pinned one; HEAD: the newest."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Fetch one corpus at its pinned commit, check it and write where it came from."""
    with Errors(debug):
        from orchestration.console import BuildDisplay
        from orchestration.sources import fetch, find_source, load_catalogue

        source = find_source(name, load_catalogue())
        landing = into.expanduser()
        try:
            with BuildDisplay() as display:
                done = fetch(source, landing, address=address, commit=commit, progress=display)
        except KeyboardInterrupt:
            if debug:
                raise
            fail("Stopped. What was done is kept; run the same command to go on.", 130)
        _tell(done, source, into)


def _show(source: Source) -> None:
    pin = source.commit or "not pinned"
    kinds = sorted({_KINDS[part.into.split("/")[0]] for part in source.parts})
    facts = {
        "what": f"{source.title} ({', '.join(kinds)})",
        "address": source.address,
        "commit": f"{pin}. {source.commit_note}",
        "licence": source.licence,
        "coverage": source.coverage,
        "defects": "\n".join(source.defects),
    }
    typer.secho(source.name, bold=True)
    for label, value in facts.items():
        for place, line in enumerate(value.splitlines()):
            typer.echo(f"  {label + ':' if place == 0 else '':<10}{line}")
    typer.echo()


def _tell(done: Fetched, source: Source, into: Path) -> None:
    origin = done.origin
    size = f"{len(origin.files):,} files, {origin.n_bytes / 1024**2:.1f} MB"
    where = ", ".join(sorted({part.into for part in source.parts}))
    if done.status == "verified":
        typer.echo(f"Already there, verified: {origin.name} at {origin.commit[:12]}, {size}.")
    else:
        typer.echo(
            f"Fetched {origin.name} at {origin.commit[:12]}: {size} in {where}. "
            f"Origin record: {done.record}"
        )
    if done.skipped:
        typer.echo(
            f"{len(done.skipped)} entries were left out: links, other repositories or Git LFS "
            "pointers."
        )
    typer.echo(f"Licence as stated: {origin.licence}.")
    if done.status == "fetched":
        typer.echo(f"Next: xinku build --landing {into}")
