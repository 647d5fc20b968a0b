"""`xinku review`: hits out to a sheet for people to mark, and their marks recorded."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.options import Debug, Errors, WarehouseFile, again, settings_of

if TYPE_CHECKING:
    from orchestration.review import Applied, Sample

review = typer.Typer(
    name="review",
    help="Have people look at hits: write a sheet to mark, and record what they marked.",
    no_args_is_help=True,
)


@review.command()
def hits(
    term: Annotated[
        list[str] | None,
        typer.Option("--term", help="Lexicon term; may be repeated. (default: all of the study)"),
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option("--topic", "--study", help="Study whose hits. (default: first with the term)"),
    ] = None,
    years: Annotated[
        str | None, typer.Option(help="Report years, such as 2018-2022. (default: all)")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", help="Region by name or code; may be repeated. (default: all)"),
    ] = None,
    sample: Annotated[int, typer.Option(help="How many hits to draw.", min=1, max=100_000)] = 50,
    seed: Annotated[int, typer.Option(help="Another number draws another sample.")] = 0,
    counted: Annotated[
        bool, typer.Option("--counted", help="Only hits that count now: no annex, not excluded.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Sheet to write. (default: review-TERM.xlsx here)")
    ] = None,
    warehouse: WarehouseFile = None,
    debug: Debug = False,
) -> None:
    """Write a sheet (XLSX) with a random sample of hits in their context, for people to mark."""
    with Errors(debug):
        settings = settings_of(warehouse=warehouse)
        from orchestration.review import draw_sample, write_sheet
        from orchestration.review.exclusions import read_entries, standing
        from orchestration.settings import YearRange

        drawn = draw_sample(
            settings.warehouse,
            terms=tuple(term or ()),
            topic=topic,
            years=YearRange.parse(years) if years else None,
            regions=tuple(region or ()),
            size=sample,
            seed=seed,
            counted_only=counted,
        )
        file = out or Path(_default_name(term or []))
        write_sheet(file, drawn, standing(read_entries(settings.exclusions_file)))
        _tell_sample(drawn, file, again(warehouse))


def _default_name(terms: list[str]) -> str:
    """Of the terms, without what a file name cannot hold."""
    named = "-".join(re.sub(r"\W+", "_", term) for term in terms)[:40] or "hits"
    return f"review-{named}.xlsx"


def _tell_sample(drawn: Sample, file: Path, where: str) -> None:
    synthetic = " (synthetic sample data)" if any(hit.is_sample for hit in drawn.hits) else ""
    others = f" (also in {', '.join(drawn.other_topics)}: --topic)" if drawn.other_topics else ""
    typer.echo(
        f"{len(drawn.hits)} of {drawn.drawn_from} hits of {drawn.topic}{others}{synthetic}: {file}"
    )
    typer.echo(
        f"Next: mark them there, then run xinku review apply {shlex.quote(str(file))}{where}"
    )


@review.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The marked sheet, as XLSX or CSV.")],
    reviewer: Annotated[
        str | None, typer.Option(help="Who marked it, for rows that do not say.")
    ] = None,
    warehouse: WarehouseFile = None,
    debug: Debug = False,
) -> None:
    """Record the marks of a sheet; the next refresh counts without the hits marked false."""
    with Errors(debug):
        settings = settings_of(warehouse=warehouse)
        from orchestration.review import apply_marks

        _tell_applied(apply_marks(settings, file, reviewer=reviewer), file, again(warehouse))


def _tell_applied(applied: Applied, file: Path, where: str) -> None:
    marked = applied.n_false + applied.n_true
    if not marked:
        typer.echo(f"No row of {file} is marked; nothing to record.")
        return
    typer.echo(
        f"{file}: {_count(applied.n_rows, 'row')}, {applied.n_false} marked false, "
        f"{applied.n_true} true, {applied.n_rows - marked} not marked; "
        f"{applied.n_false / marked:.0%} of the marked ones are false."
    )
    if not applied.recorded and not applied.withdrawn:
        typer.echo(f"Nothing new: {applied.file} stays as it was.")
        return
    by_phrase = (
        f" ({applied.by_phrase} of them excluded by a phrase already)" if applied.by_phrase else ""
    )
    typer.echo(
        f"Recorded {_count(applied.recorded, 'exclusion')}{by_phrase}, withdrew "
        f"{applied.withdrawn}, in {applied.file}"
    )
    typer.echo(f"Next: xinku refresh{where} counts without them.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
