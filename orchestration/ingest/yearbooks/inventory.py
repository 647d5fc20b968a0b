"""Every yearbook and tidy table of a landing zone: what is new is read, the rest is kept.

How one file is read belongs to ``extraction``; finding and hashing files is shared with the
reports (``orchestration.ingest.inventory``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from orchestration.ingest.inventory import (
    Look,
    Memory,
    Remembered,
    file_row,
    gone_rows,
    look,
    read_looked_at,
)
from orchestration.ingest.landing import landing_origin
from orchestration.ingest.records import Ignored, Unreadable
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.extraction import read_yearbook
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.ingest.yearbooks.observation import (
    Observation,
    SheetProblem,
    YearbookReading,
)
from orchestration.ingest.yearbooks.profile import Profile
from orchestration.progress import Progress, Silent

Row = dict[str, Any]
KINDS = ("yearbooks", "tables")

# Notes and pictures that people keep beside their tables; a .txt may hold a table.
_NO_TABLES = frozenset({".md", ".doc", ".docx", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".yaml"})


@dataclass(frozen=True)
class Summary:
    """What is kept of a reading beside its observations.

    Attributes:
        problems: what could not be read, and what was noticed.
        n_observations: how many numbers it gave.
        parser: the profiles it was read by.
        ignored: why the file is none of ours; empty where it is.
        lasting: whether it holds as long as the file does.
    """

    problems: tuple[SheetProblem, ...] = ()
    n_observations: int = 0
    parser: str = ""
    ignored: str = ""
    lasting: bool = True


_SUMMARY = TypeAdapter(Summary)


@dataclass
class TakenYearbooks:
    """Rows for the warehouse; ``observations`` of the files that were read, and of no others.

    ``kept`` are the paths whose observations in the warehouse stay as they are.
    """

    files: list[Row] = field(default_factory=list)
    observations: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    readings: list[Remembered] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def n_found(self) -> int:
        """Files that are there."""
        return sum(row["status"] != "removed" for row in self.files)

    @property
    def n_read(self) -> int:
        """Files that were read."""
        return self.n_found - len(self.kept)


def take_yearbooks(
    landing: Path,
    regions: RegionTable,
    indicators: IndicatorTable,
    profiles: Sequence[Profile],
    *,
    digest: str,
    memory: Memory,
    now: datetime,
    progress: Progress | None = None,
) -> TakenYearbooks:
    """Look at every yearbook and table of a landing zone and read those that are new.

    Args:
        landing: the landing zone.
        regions: the region table.
        indicators: the indicators that columns may mean.
        profiles: the layouts to choose from.
        digest: of the program, profiles and indicators that read; other readings are made anew.
        memory: of the last inventory.
        now: the time of this one.
        progress: told of stages and files.
    """
    progress = progress or Silent()
    looks = look(landing, memory.readings, KINDS)
    known = {(row["path"], row["file_id"]): row for row in memory.files if row["kind"] in KINDS}
    sample = landing_origin(landing).is_sample
    taken = TakenYearbooks()
    kept = {one.file.relative: _kept(one, memory.readings, digest) for one in looks}
    progress.stage("Reading yearbooks", sum(summary is None for summary in kept.values()))
    for one in looks:
        row = file_row(one, now, known)
        summary = kept[one.file.relative]
        if summary is None:
            reading, summary = _read(one, regions, indicators, profiles)
            taken.observations += [
                _observation_row(found, row, sample, now) for found in reading.observations
            ]
            progress.advance()
        else:
            taken.kept.append(one.file.relative)
        _add(taken, row, summary, sample, now)
        if summary.lasting:
            told = _SUMMARY.dump_json(summary).decode()
            taken.readings.append(
                Remembered(one.file.relative, one.file_id, one.stat, digest, told)
            )
    taken.files += gone_rows(known, taken.files)
    return taken


def _kept(one: Look, readings: Mapping[str, Remembered], digest: str) -> Summary | None:
    last = readings.get(one.file.relative)
    if last is None or one.file.problem or (last.file_id, last.digest) != (one.file_id, digest):
        return None
    return _SUMMARY.validate_json(last.reading)


def _read(
    one: Look, regions: RegionTable, indicators: IndicatorTable, profiles: Sequence[Profile]
) -> tuple[YearbookReading, Summary]:
    if one.file.path.suffix.lower() in _NO_TABLES:
        return YearbookReading(), Summary(ignored="It is a note or a picture, no table.")
    data, same = read_looked_at(one)
    if isinstance(data, Unreadable):
        problem = SheetProblem("", data.reason, data.hint)
        return YearbookReading(), Summary((problem,), lasting=False)
    if isinstance(data, Ignored):
        return YearbookReading(), Summary(ignored=data.reason, lasting=False)
    reading = read_yearbook(data, one.file.relative, regions, profiles, indicators)
    summary = Summary(reading.problems, len(reading.observations), reading.parser, lasting=same)
    return reading, summary


def _add(taken: TakenYearbooks, row: Row, summary: Summary, sample: bool, now: datetime) -> None:
    """What became of one file, its problems and its place in the quarantine."""
    place = {"file_id": row["file_id"], "path": row["path"]}
    for problem in summary.problems:
        told = {**place, "locator": problem.locator, "reason": problem.reason}
        told |= {"hint": problem.hint, "is_sample": sample}
        if problem.fatal:
            taken.quarantine.append({**told, "first_seen_at": now})
        else:
            taken.problems.append(told)
    fatal = [problem.reason for problem in summary.problems if problem.fatal]
    if summary.n_observations:
        status, reason = "loaded", None
    elif fatal:
        status, reason = "quarantined", fatal[0]
    else:
        status, reason = "ignored", summary.ignored or "The file holds no number."
    taken.files.append(
        {
            **row,
            "status": status,
            "reason": reason,
            "parser": summary.parser or None,
            "n_documents": 0,
            "n_observations": summary.n_observations,
            "is_sample": sample,
        }
    )


def _observation_row(found: Observation, file: Row, sample: bool, now: datetime) -> Row:
    return {
        **vars(found),
        "file_id": file["file_id"],
        "path": file["path"],
        "is_sample": sample,
        "loaded_at": now,
    }
