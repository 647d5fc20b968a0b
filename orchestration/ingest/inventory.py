"""The landing zone as tables: every file accounted for, every record identified, one primary each.

A file that was there before and has gone stays, as ``removed``. Writing the tables belongs to the
assets.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models_py.text.attention import count_chars
from orchestration.ingest.identity import identify
from orchestration.ingest.landing import FoundFile, content_hash, landing_origin, read, walk
from orchestration.ingest.primary import Candidate, choose_primary
from orchestration.ingest.records import Record, Unreadable
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.reports import read_report
from orchestration.progress import Progress, Silent
from orchestration.settings import YearRange

Row = dict[str, Any]
FileKey = tuple[str, str]


@dataclass
class Inventory:
    """Rows of raw.files, raw.documents and quality.quarantine."""

    files: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)

    def by_status(self) -> dict[str, int]:
        """Number of files by status, those that have gone among them."""
        return dict(Counter(row["status"] for row in self.files))

    def primary_by_year(self) -> dict[int, frozenset[str]]:
        """Identifiers of the primary documents of each report year."""
        years: dict[int, set[str]] = {}
        for row in self.documents:
            if row["status"] == "primary":
                years.setdefault(row["report_year"], set()).add(row["document_id"])
        return {year: frozenset(ids) for year, ids in sorted(years.items())}


@dataclass(frozen=True)
class _Reader:
    landing: Path
    regions: RegionTable
    years: YearRange | None
    is_sample: bool
    now: datetime


def take_inventory(
    landing: Path,
    regions: RegionTable,
    *,
    years: YearRange | None = None,
    before: Sequence[Row] = (),
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Inventory:
    """Look at every file of a landing zone and read it.

    Args:
        landing: the landing zone; nothing is written there.
        regions: the region table.
        years: report years to keep; a file whose every record lies outside is ``ignored``.
        before: raw.files as the last inventory of this landing zone left it.
        now: the time of this inventory.
        progress: told of stages and files.
    """
    progress = progress or Silent()
    reader = _Reader(
        landing,
        regions,
        years,
        landing_origin(landing).is_sample,
        now or datetime.now(UTC).replace(tzinfo=None),
    )
    found = walk(landing)
    known = {(row["path"], row["file_id"]): row for row in before}
    inventory = Inventory()
    first_path: dict[str, str] = {}
    progress.stage("Reading reports", len(found))
    for file in found:
        file_id = _file_id(file)
        row = _file_row(file, file_id, reader, known.get((file.relative, file_id)))
        inventory.files.append(row)
        if file_id in first_path:
            row.update(status="superseded", reason=f"Same bytes as {first_path[file_id]}.")
        else:
            first = len(inventory.documents)
            _read_file(file, row, reader, inventory)
            # A copy in the wrong folder must not stand in for the one that lies right.
            if any(own["status"] != "quarantined" for own in inventory.documents[first:]):
                first_path[file_id] = file.relative
        progress.advance()
    _settle(inventory)
    seen = {(row["path"], row["file_id"]) for row in inventory.files}
    here = {path for path, _ in seen}
    inventory.files += [_gone(row, here) for key, row in known.items() if key not in seen]
    return inventory


def _read_file(file: FoundFile, row: Row, reader: _Reader, inventory: Inventory) -> None:
    """Read one file into documents and quarantine rows, and note what became of it."""
    data = file.problem or read(file)
    outcomes = read_report(data, file.path.name) if isinstance(data, bytes) else [data]
    left_out = []
    for outcome in outcomes:
        if isinstance(outcome, Record):
            document = _document_row(outcome, row, reader)
            row["parser"] = row["parser"] or outcome.parser
            if (
                reader.years
                and document["report_year"] not in reader.years
                and document["region_code"]
            ):
                left_out.append(f"Report year {document['report_year']} is outside {reader.years}.")
                continue
            inventory.documents.append(document)
            row["is_sample"] = row["is_sample"] or document["is_sample"]
            if document["status"] == "quarantined":
                problem = Unreadable(
                    document["status_reason"], document.pop("hint"), outcome.locator
                )
                inventory.quarantine.append(_quarantine_row(problem, row, reader))
            document.pop("hint", None)
        elif isinstance(outcome, Unreadable):
            inventory.quarantine.append(_quarantine_row(outcome, row, reader))
        else:
            left_out.append(outcome.reason)
    # Settled after the primary documents are known; this is what holds if there are none.
    row["status"] = "ignored"
    row["reason"] = left_out[0] if left_out else "The file holds no record."


def _document_row(record: Record, file: Row, reader: _Reader) -> Row:
    identity = identify(record, file["path"], reader.regions)
    digest = hashlib.sha256(f"{file['file_id']}\n{file['path']}\n{record.locator}".encode())
    warnings = [*record.warnings, *identity.disagreements()]
    return {
        "document_id": digest.hexdigest()[:20],
        "file_id": file["file_id"],
        "path": file["path"],
        "member": record.locator,
        "region_code": identity.region.code if identity.region else None,
        "region_level": identity.region.level if identity.region else None,
        "report_year": identity.report_year,
        "reviewed_year": identity.reviewed_year,
        "plan_year": identity.plan_year,
        "delivered_on": identity.delivered_on,
        "session": identity.session,
        "title": identity.title,
        "speaker": identity.speaker,
        "source_url": record.hints.get("source_url"),
        "body": record.text,
        "n_chars": count_chars(record.text),
        "completeness": identity.completeness,
        "status": "quarantined" if identity.problem else "primary",
        "status_reason": identity.problem,
        "identity_evidence": json.dumps(identity.evidence_rows(), ensure_ascii=False),
        "encoding": record.encoding,
        "parser": record.parser,
        "warnings": warnings,
        "is_sample": reader.is_sample or identity.is_sample,
        "loaded_at": reader.now,
        "hint": identity.hint,
    }


def _settle(inventory: Inventory) -> None:
    """Choose the primary documents, then say of each file what became of it."""
    modified = {(row["path"], row["file_id"]): row["modified_at"] for row in inventory.files}
    verdicts = choose_primary(
        Candidate(
            document_id=row["document_id"],
            region_code=row["region_code"],
            report_year=row["report_year"],
            completeness=row["completeness"],
            n_chars=row["n_chars"],
            modified_at=modified[row["path"], row["file_id"]],
            place=" > ".join(filter(None, (row["path"], row["member"]))),
        )
        for row in inventory.documents
        if row["status"] != "quarantined"
    )
    for row in inventory.documents:
        if row["document_id"] in verdicts:
            row["status"], row["status_reason"] = verdicts[row["document_id"]]
    documents, quarantine = _grouped(inventory.documents), _grouped(inventory.quarantine)
    for file in inventory.files:
        key = (file["path"], file["file_id"])
        own = documents.get(key, [])
        file["n_documents"] = len(own)
        by_status = {row["status"]: row for row in reversed(own)}
        if "primary" in by_status:
            file.update(status="loaded", reason=None)
        elif "superseded" in by_status:
            file.update(status="superseded", reason=by_status["superseded"]["status_reason"])
        elif key in quarantine:
            file.update(status="quarantined", reason=quarantine[key][0]["reason"])


def _file_id(file: FoundFile) -> str:
    if file.problem is None:
        try:
            return content_hash(file.path)
        except OSError:
            pass  # _read_file meets the same error and says what it is
    return hashlib.sha256(file.relative.encode()).hexdigest()


def _file_row(file: FoundFile, file_id: str, reader: _Reader, known: Row | None) -> Row:
    return {
        "file_id": file_id,
        "path": file.relative,
        "kind": file.relative.split("/", 1)[0],
        "bytes": file.bytes,
        "modified_at": datetime.fromtimestamp(file.mtime, UTC).replace(tzinfo=None),
        "status": "ignored",
        "reason": None,
        "parser": None,
        "n_documents": 0,
        "is_sample": reader.is_sample,
        "first_seen_at": known["first_seen_at"] if known else reader.now,
        "last_seen_at": reader.now,
    }


def _quarantine_row(problem: Unreadable, file: Row, reader: _Reader) -> Row:
    return {
        "file_id": file["file_id"],
        "path": file["path"],
        "locator": problem.locator,
        "reason": problem.reason,
        "hint": problem.hint,
        "is_sample": reader.is_sample,
        "first_seen_at": reader.now,
    }


def _gone(row: Row, here: Container[str]) -> Row:
    reason = "Its content has changed." if row["path"] in here else "No longer in the landing zone."
    return {**row, "status": "removed", "reason": reason, "n_documents": 0}


def _grouped(rows: list[Row]) -> Mapping[FileKey, list[Row]]:
    groups: dict[FileKey, list[Row]] = {}
    for row in rows:
        groups.setdefault((row["path"], row["file_id"]), []).append(row)
    return groups
