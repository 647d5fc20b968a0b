"""A look at the landing zone: what is there, what is new, which reports must be read.

A file whose reading is remembered is not opened again. What a file holds belongs to ``reading``,
what is counted to ``decision``; writing the tables to the assets.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.ingest.decision import Inventory, LookedAt, decide
from orchestration.ingest.landing import (
    FOLDERS,
    REPORTS,
    FoundFile,
    content_hash,
    landing_origin,
    read,
    walk,
)
from orchestration.ingest.overrides import read_overrides
from orchestration.ingest.reading import Reading, not_read, read_file
from orchestration.ingest.records import Ignored, Unreadable
from orchestration.ingest.regions import RegionTable
from orchestration.progress import Progress, Silent
from orchestration.settings import YearRange

Row = dict[str, Any]

# A change within the clock's grain of the look cannot be told by the file's times: a file that
# was changed less than this before it was hashed is hashed again next time. FAT keeps 2 s.
_RACY_NS = 3_000_000_000


@dataclass(frozen=True)
class Remembered:
    """A reading that was kept: of which content, as of which look, by which program."""

    path: str
    file_id: str
    stat: str
    digest: str
    reading: str


@dataclass(frozen=True)
class Memory:
    """What the last inventory of this landing zone left.

    Attributes:
        readings: kept readings by path.
        documents: status and reason of each document whose text lies in the warehouse.
        files: raw.files.
    """

    readings: Mapping[str, Remembered] = field(default_factory=dict)
    documents: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    files: Sequence[Row] = ()


@dataclass(frozen=True)
class Look:
    """One file as the walk found it: content, and whether that had to be hashed to know."""

    file: FoundFile
    file_id: str
    stat: str

    @property
    def modified_at(self) -> datetime:
        """When the file was last changed, as far as its date tells."""
        return datetime.fromtimestamp(self.file.mtime, UTC).replace(tzinfo=None)


@dataclass
class Taken:
    """An inventory, the readings to remember, files found, and files read for it."""

    inventory: Inventory
    readings: list[Remembered]
    n_found: int
    n_read: int


def look(
    landing: Path, readings: Mapping[str, Remembered], folders: Sequence[str] = FOLDERS
) -> list[Look]:
    """Find every file of a landing zone's folders and know its content.

    A file whose size, times and inode are those of the last look is not opened; any other is
    hashed, and the hash decides.
    """
    found = [file for folder in folders for file in walk(landing, folder)]
    return [_look(file, readings.get(file.relative)) for file in found]


def take_inventory(
    landing: Path,
    regions: RegionTable,
    *,
    digest: str = "",
    years: YearRange | None = None,
    memory: Memory | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Taken:
    """Look at every file of a landing zone, read what is new, decide what is counted.

    Args:
        landing: the landing zone; nothing is written there.
        regions: the region table.
        digest: of the program that reads (`orchestration.program.reading_digest`); a reading by
            another one is not used again.
        years: report years to keep; a file whose every record lies outside is ``ignored``.
        memory: of the last inventory; without it every file is read.
        now: the time of this inventory.
        progress: told of stages and files.

    Raises:
        UsageError: an override of the landing zone matches nothing.
    """
    progress = progress or Silent()
    memory = memory or Memory()
    now = now or datetime.now(UTC).replace(tzinfo=None)
    looks = look(landing, memory.readings, (REPORTS,))
    known = {(row["path"], row["file_id"]): row for row in memory.files if row["kind"] == REPORTS}
    kept = {one.file.relative: _kept(one, memory.readings, digest) for one in looks}
    progress.stage("Reading reports", sum(reading is None for reading in kept.values()))
    read_now: set[str] = set()

    def read_again(one: Look) -> Reading:
        read_now.add(one.file.relative)
        reading = _read(one, regions)
        progress.advance()
        return reading

    def decided(readings: Mapping[str, Reading]) -> Inventory:
        return decide(
            [LookedAt(file_row(one, now, known), readings[one.file.relative]) for one in looks],
            regions,
            now=now,
            years=years,
            is_sample=landing_origin(landing).is_sample,
            overrides=read_overrides(landing),
        )

    readings = {one.file.relative: kept[one.file.relative] or read_again(one) for one in looks}
    inventory = decided(readings)
    # A text that was outside the years of the last build is in no table: its file is read after
    # all, which changes nothing that was decided.
    missing = {
        row["path"]
        for row in inventory.documents
        if row["body"] is None and row["document_id"] not in memory.documents
    }
    if missing:
        readings |= {
            one.file.relative: read_again(one) for one in looks if one.file.relative in missing
        }
        inventory = decided(readings)
    inventory.files += gone_rows(known, inventory.files)
    remembered = [
        Remembered(one.file.relative, one.file_id, one.stat, digest, reading.to_json())
        if one.file.relative in read_now
        else replace(memory.readings[one.file.relative], stat=one.stat)
        for one in looks
        for reading in (readings[one.file.relative],)
        if reading.lasting
    ]
    return Taken(inventory, remembered, len(looks), len(read_now))


def _look(file: FoundFile, last: Remembered | None) -> Look:
    if file.problem is not None:
        return Look(file, _path_id(file), "")
    if last is not None and last.stat and last.stat == file.stat:
        return Look(file, last.file_id, file.stat)
    before = time.time_ns()
    try:
        file_id = content_hash(file.path)
    except OSError:
        return Look(file, _path_id(file), "")
    settled = before - file.changed_ns > _RACY_NS
    return Look(file, file_id, file.stat if settled else "")


def _path_id(file: FoundFile) -> str:
    return hashlib.sha256(file.relative.encode()).hexdigest()


def _kept(one: Look, readings: Mapping[str, Remembered], digest: str) -> Reading | None:
    last = readings.get(one.file.relative)
    if last is None or one.file.problem or (last.file_id, last.digest) != (one.file_id, digest):
        return None
    return Reading.from_json(last.reading)


def _read(one: Look, regions: RegionTable) -> Reading:
    data, same = read_looked_at(one)
    if not isinstance(data, bytes):
        return not_read(data)
    reading = read_file(data, one.file.relative, one.file_id, regions)
    return reading if same else replace(reading, lasting=False)


def read_looked_at(one: Look) -> tuple[bytes | Unreadable | Ignored, bool]:
    """The bytes of a file, or why there are none; and whether they are those that were hashed.

    A file may change between the hash and the reading; then it must be looked at next time.
    """
    data = one.file.problem or read(one.file)
    if not isinstance(data, bytes):
        return data, False
    return data, hashlib.sha256(data).hexdigest() == one.file_id


def file_row(one: Look, now: datetime, known: Mapping[tuple[str, str], Row]) -> Row:
    """A file's row of raw.files, without what became of it."""
    before = known.get((one.file.relative, one.file_id))
    return {
        "file_id": one.file_id,
        "path": one.file.relative,
        "kind": one.file.relative.split("/", 1)[0],
        "bytes": one.file.bytes,
        "modified_at": one.modified_at,
        "first_seen_at": before["first_seen_at"] if before else now,
        "last_seen_at": now,
    }


def gone_rows(known: Mapping[tuple[str, str], Row], here: Sequence[Row]) -> list[Row]:
    """Rows of raw.files for what was there and no longer is."""
    seen = {(row["path"], row["file_id"]) for row in here}
    paths = {path for path, _ in seen}
    return [_gone(row, paths) for key, row in known.items() if key not in seen]


def _gone(row: Row, here: Container[str]) -> Row:
    reason = "Its content has changed." if row["path"] in here else "No longer in the landing zone."
    gone = {"status": "removed", "reason": reason, "n_documents": 0, "n_observations": 0}
    return {**row, **gone}
