"""What a refresh has to do: the published warehouse against the landing zone, lists and program.

Compared with the *published* state, not with the working file: a build that was killed half way
has left the published state behind, so that the next refresh still sees all that is to be done.
Nothing heavier than DuckDB is imported here, and no report is opened that has not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from orchestration.ingest.inventory import Look, Memory, look, take_inventory
from orchestration.ingest.regions import RegionTable
from orchestration.inputs import name_of, stage_inputs
from orchestration.program import reading_digest
from orchestration.settings import Settings
from orchestration.stages import recall
from orchestration.staleness import noted_inputs
from orchestration.warehouse import open_snapshot

Kind = Literal["new", "changed", "moved", "removed"]

_SHOWN = 8


@dataclass(frozen=True)
class FileChange:
    """A file that is not as it was; ``before`` is the old path of one that was moved."""

    kind: Kind
    path: str
    before: str | None = None

    def __str__(self) -> str:
        return (
            f"{self.kind}: {self.before} → {self.path}"
            if self.before
            else (f"{self.kind}: {self.path}")
        )


@dataclass(frozen=True)
class Plan:
    """What differs from the published warehouse.

    Attributes:
        files: what became of the landing zone's files.
        inputs: stage and name of each setting, list or part of the program that has changed.
        n_same: files that are as they were; ``n_touched`` of them only carry another date.
        first: nothing has been published yet, or it was made by an older version.
    """

    files: tuple[FileChange, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    n_same: int = 0
    n_touched: int = 0
    first: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the published warehouse is what a build would give."""
        return not (self.files or self.inputs or self.first)

    def sentences(self) -> Iterator[str]:
        """What will be done and what will not, for people."""
        if self.first:
            yield "Nothing has been published yet, or by an older version: everything is built."
            return
        for kind in ("new", "changed", "moved", "removed"):
            some = [change for change in self.files if change.kind == kind]
            for change in some[:_SHOWN]:
                yield f"{change}"
            if len(some) > _SHOWN:
                yield f"… and {len(some) - _SHOWN} more {kind}"
        yield from dict.fromkeys(f"changed: {name_of(*one)}" for one in self.inputs)
        touched = f", {self.n_touched} of them with a new date only" if self.n_touched else ""
        yield f"unchanged: {self.n_same} files{touched}"


def make_plan(settings: Settings) -> Plan:
    """Find what differs from the published warehouse.

    Raises:
        UsageError: a study or an override cannot be used.
        WarehouseBusy: the published warehouse is open for writing elsewhere.
    """
    stage_inputs(settings)
    if not settings.warehouse.exists():
        return Plan(first=True)
    try:
        with open_snapshot(settings.warehouse) as connection:
            return compare(settings, connection)
    except duckdb.Error:  # an older version's, which lacks tables
        return Plan(first=True)


def compare(settings: Settings, connection: duckdb.DuckDBPyConnection) -> Plan:
    """Find what differs from a warehouse that is open, published or at work.

    Raises:
        UsageError: a study or an override cannot be used.
    """
    noted = noted_inputs(connection)
    if not noted:
        return Plan(first=True)
    memory = recall(connection)
    looks = look(settings.landing, memory.readings)
    changes = tuple(file_changes(looks, memory))
    inputs = _changed_inputs(noted, stage_inputs(settings))
    touched = _touched(looks, memory)
    if (
        touched
        and not (changes or inputs)
        and _dates_may_decide(connection, touched)
        and _dates_decide(settings, memory)
    ):
        inputs = (("inventory", "dates"),)
    same = len(looks) - sum(change.kind != "removed" for change in changes)
    return Plan(changes, inputs, same, len(touched))


def file_changes(looks: Sequence[Look], memory: Memory) -> Iterator[FileChange]:
    """What became of each file since it was last looked at."""
    before = {row["path"]: row["file_id"] for row in memory.files if row["status"] != "removed"}
    here = {one.file.relative: one.file_id for one in looks}
    # One whose reading failed, as a network drive may: it is tried again.
    unread = {
        one.file.relative
        for one in looks
        if one.file.problem is None and one.file.relative not in memory.readings
    }
    gone = {path: file_id for path, file_id in before.items() if path not in here}
    old_paths: dict[str, list[str]] = {}
    for path, file_id in sorted(gone.items()):
        old_paths.setdefault(file_id, []).append(path)
    moved = set()
    for path, file_id in here.items():
        if path not in before:
            if old_paths.get(file_id):
                origin = old_paths[file_id].pop(0)
                moved.add(origin)
                yield FileChange("moved", path, origin)
            else:
                yield FileChange("new", path)
        elif before[path] != file_id or path in unread:
            yield FileChange("changed", path)
    yield from (FileChange("removed", path) for path in sorted(gone) if path not in moved)


def _touched(looks: Sequence[Look], memory: Memory) -> list[str]:
    """Files of the same content whose date has changed."""
    dates = {(row["path"], row["file_id"]): row["modified_at"] for row in memory.files}
    return [
        one.file.relative
        for one in looks
        if (key := (one.file.relative, one.file_id)) in dates and one.modified_at != dates[key]
    ]


def _dates_may_decide(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> bool:
    """Whether any of these files holds a text that only its date can set before another."""
    found = connection.execute(
        "select 1 from raw.documents where status <> 'quarantined' "
        "group by region_code, report_year, completeness, n_chars "
        "having count(*) > 1 and bool_or(list_contains(?, path)) limit 1",
        [list(paths)],
    ).fetchone()
    return found is not None


def _dates_decide(settings: Settings, memory: Memory) -> bool:
    """Whether new dates alone change what is counted: of two equally long texts, the newer is."""
    taken = take_inventory(
        settings.landing,
        RegionTable.from_seeds(),
        digest=reading_digest(),
        years=settings.years,
        memory=memory,
    )
    return dict(memory.documents) != {
        row["document_id"]: (row["status"], row["status_reason"])
        for row in taken.inventory.documents
    }


def _changed_inputs(
    noted: Mapping[str, Mapping[str, str]], inputs: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (stage, name)
        for stage, now in inputs.items()
        for before in (noted.get(stage, {}),)
        for name in sorted({*now, *before})
        if before.get(name) != now.get(name)
    )
