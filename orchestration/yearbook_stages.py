"""The stages that Python computes for yearbooks and panels, each in one transaction.

As in ``stages``: a stage does what the state of the working file asks for and no more, unless it
is told to do everything ``anew``; either way the tables end the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from orchestration.ingest.inventory import Memory
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.corrections import read_corrections
from orchestration.ingest.yearbooks.indicators import Indicator, IndicatorTable
from orchestration.ingest.yearbooks.inventory import TakenYearbooks, take_yearbooks
from orchestration.ingest.yearbooks.profile import Profile, ProfileError, load_profiles
from orchestration.inputs import PROFILES_FOLDER, stage_inputs
from orchestration.progress import Progress
from orchestration.settings import Settings, UsageError
from orchestration.stages import recall
from orchestration.staleness import note_inputs
from orchestration.study import load_studies
from orchestration.tables import (
    FILES,
    OBSERVATION_CORRECTIONS,
    OBSERVATION_PROBLEMS,
    OBSERVATIONS,
    OWN_INDICATORS,
    QUARANTINE,
    READINGS,
    STUDY_INPUTS,
    STUDY_PANELS,
    STUDY_VARIABLES,
)
from orchestration.warehouse import Warehouse, replace_rows

# Where raw.files, raw.readings and quality.quarantine hold yearbooks and tables.
_OURS = "path not like 'reports/%' and path <> 'reports'"


def update_observations(
    store: Warehouse, settings: Settings, progress: Progress, *, anew: bool = False
) -> TakenYearbooks:
    """Bring observations, their files and problems up to date with the landing zone.

    Raises:
        UsageError: a profile or a correction of the landing zone cannot be used.
    """
    # Before anything is read: what changes meanwhile is seen by the next refresh.
    inputs = stage_inputs(settings)["observations"]
    regions, indicators = RegionTable.from_seeds(), indicators_of(settings)
    corrections = read_corrections(settings.landing, regions, indicators)
    with store.read() as connection:
        memory = recall(connection)
    if anew:
        memory = Memory(files=memory.files)
    taken = take_yearbooks(
        settings.landing,
        regions,
        indicators,
        profiles_of(settings),
        digest=" ".join(inputs[name] for name in ("program", "profiles", "indicators")),
        memory=memory,
        now=datetime.now(UTC).replace(tzinfo=None),
        progress=progress,
    )
    with store.write() as connection:
        _save(connection, taken)
        replace_rows(connection, OBSERVATION_CORRECTIONS, corrections)
        replace_rows(connection, OWN_INDICATORS, [_indicator_row(one) for one in indicators.own])
        note_inputs(connection, "observations", inputs)
    return taken


def indicators_of(settings: Settings) -> IndicatorTable:
    """The indicators: the shipped ones and the landing zone's own.

    Raises:
        UsageError: the landing zone's indicators.csv cannot be used.
    """
    try:
        return IndicatorTable.of_landing(settings.landing)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _indicator_row(one: Indicator) -> dict[str, Any]:
    return {
        "indicator_code": one.code,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "unit": one.unit,
        "covers": one.scope,
        "is_additive": one.additive,
        "tolerance": one.tolerance,
    }


def profiles_of(settings: Settings) -> tuple[Profile, ...]:
    """The layout profiles: the shipped ones and the landing zone's own.

    Raises:
        UsageError: a profile cannot be used.
    """
    try:
        return load_profiles(settings.landing / PROFILES_FOLDER)
    except ProfileError as error:
        raise UsageError(str(error)) from error


def _save(connection: duckdb.DuckDBPyConnection, taken: TakenYearbooks) -> None:
    first_seen = {
        (path, locator): seen
        for path, locator, seen in connection.execute(
            f"select path, locator, first_seen_at from {QUARANTINE.relation}"
        ).fetchall()
    }
    for row in taken.quarantine:
        row["first_seen_at"] = first_seen.get((row["path"], row["locator"]), row["first_seen_at"])
    replace_rows(connection, FILES, taken.files, where=_OURS)
    replace_rows(connection, QUARANTINE, taken.quarantine, where=_OURS)
    replace_rows(connection, OBSERVATION_PROBLEMS, taken.problems)
    replace_rows(connection, READINGS, [vars(one) for one in taken.readings], where=_OURS)
    replace_rows(
        connection,
        OBSERVATIONS,
        taken.observations,
        where="not list_contains(?, path)",
        parameters=[taken.kept],
    )


def update_panels(store: Warehouse, settings: Settings) -> int:
    """Write down the panel, variables and inputs of every study that is built.

    Returns:
        How many studies declare a panel.
    """
    declared = _declared(settings)
    with store.write() as connection:
        replace_rows(connection, STUDY_PANELS, declared.panels)
        replace_rows(connection, STUDY_VARIABLES, declared.variables)
        replace_rows(connection, STUDY_INPUTS, declared.inputs)
        note_inputs(connection, "panels", declared.digests)
    return len(declared.panels)


@dataclass
class _Declared:
    panels: list[dict[str, Any]]
    variables: list[dict[str, Any]]
    inputs: list[dict[str, Any]]
    digests: dict[str, str]


def _declared(settings: Settings) -> _Declared:
    found = _Declared([], [], [], {})
    for study in load_studies(settings.landing, settings.studies):
        rows = study.panel_rows()
        found.digests[study.name] = study.panel_declaration_digest
        if rows is not None:
            panel, variables, inputs = rows
            found.panels.append(panel)
            found.variables += variables
            found.inputs += inputs
    return found
