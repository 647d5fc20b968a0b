"""`xinku refresh`: what a build would give, doing only what has changed."""

from __future__ import annotations

import typer

from orchestration.cli.build import tell_failure, tell_result
from orchestration.cli.options import (
    Debug,
    Errors,
    Landing,
    StudyNames,
    WarehouseFile,
    Years,
    settings_of,
)


def refresh(
    landing: Landing = None,
    warehouse: WarehouseFile = None,
    study: StudyNames = None,
    years: Years = None,
    debug: Debug = False,
) -> None:
    """Bring the warehouse up to date: read what is new, count what has changed, publish.

    The warehouse ends as `xinku build` would leave it. Files whose content has not changed are not
    read again; when nothing has changed nothing is started.
    """
    with Errors(debug):
        settings = settings_of(landing, warehouse, study, years)
        from orchestration.build import check_call, run_build, sole_build
        from orchestration.refresh import make_plan

        check_call(settings)
        with sole_build(settings):
            plan = make_plan(settings)
        for sentence in plan.sentences():
            typer.echo(sentence)
        if plan.nothing:
            settings.remember("published")
            typer.echo(f"Nothing to do: {settings.warehouse} is what a build would give.")
            return
        from orchestration.console import BuildDisplay

        display = BuildDisplay()
        with display:
            outcome = run_build(settings, display, anew=False)
        if outcome.failures:
            tell_failure(settings, outcome, display)
        tell_result(settings, warehouse, outcome, display)
