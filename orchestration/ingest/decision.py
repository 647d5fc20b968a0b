"""What is counted: from the readings of all files to rows of files, documents and findings.

One document a region and year becomes primary, the rest are superseded or quarantined, each with
its reason. The user's overrides are applied here, before the choice. Reading a file belongs to
``reading``, the choice itself to ``primary``.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from orchestration.ingest.across import DocumentFacts, check_together
from orchestration.ingest.finding import Finding
from orchestration.ingest.overrides import (
    OVERRIDES_FILE,
    Override,
    match_overrides,
    region_of,
)
from orchestration.ingest.primary import Candidate, choose_primary
from orchestration.ingest.reading import ReadDocument, Reading
from orchestration.ingest.regions import RegionTable
from orchestration.settings import UsageError, YearRange

Row = dict[str, Any]
FileKey = tuple[str, str]

# Rules that a `set` answers: the user says whose report it is, or of which year.
_ANSWERED = {
    "region": {"wrong_region", "wrong_level", "unknown_region", "ambiguous_region"},
    "year": {"wrong_year", "no_year"},
}


@dataclass(frozen=True)
class LookedAt:
    """One file of the landing zone with its reading; ``row`` is its row of raw.files so far."""

    row: Row
    reading: Reading


@dataclass
class Inventory:
    """Rows of raw.files, raw.documents, raw.document_findings and quality.quarantine.

    ``body`` of a document is ``None`` where its text lies in the warehouse already.
    """

    files: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
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
class _Decided:
    """A document with the overrides applied to it."""

    document: ReadDocument
    file: Row
    accepted: Override | None = None
    rejected: Override | None = None
    changed: tuple[Override, ...] = ()

    @property
    def place(self) -> str:
        return " > ".join(filter(None, (self.file["path"], self.document.member)))

    @property
    def override(self) -> str | None:
        """Every decision on it, a sentence each."""
        made = (self.rejected, *self.changed, self.accepted)
        return " ".join(one.sentence() for one in made if one) or None

    def errors(self) -> list[Finding]:
        """The findings that keep it from being counted."""
        return [finding for finding in self.document.findings if finding.severity == "error"]


def decide(
    looked_at: Sequence[LookedAt],
    regions: RegionTable,
    *,
    now: datetime,
    years: YearRange | None = None,
    is_sample: bool = False,
    overrides: Sequence[Override] = (),
) -> Inventory:
    """Decide what is counted.

    Args:
        looked_at: every file of the landing zone, in order.
        regions: the region table.
        now: the time of this inventory.
        years: report years to keep; a file whose every record lies outside is ``ignored``.
        is_sample: whether the whole landing zone is synthetic.
        overrides: the user's own decisions.

    Raises:
        UsageError: an override matches nothing, or cannot be carried out.
    """
    every = [(one, document) for one in looked_at for document in one.reading.documents]
    matched = match_overrides(
        overrides,
        {document.document_id: (one.row["path"], document.member) for one, document in every},
        (one.row["path"] for one in looked_at),
    )
    decided = [
        _overridden(document, one.row, matched.get(document.document_id, []), regions)
        for one, document in every
    ]
    kept = [one for one in decided if not _outside(one.document, years)]
    together = check_together([_facts(one) for one in kept])
    kept = [_with_findings(one, together.get(one.document.document_id, ())) for one in kept]
    verdicts = choose_primary(_candidate(one) for one in kept if not _refusal(one))
    inventory = Inventory()
    for one in kept:
        status, reason = verdicts.get(one.document.document_id, ("quarantined", _refusal(one)))
        inventory.documents.append(_document_row(one, status, reason, is_sample, now))
        inventory.findings += [
            _finding_row(finding, one.file, one.document, is_sample)
            for finding in one.document.findings
        ]
        if status == "quarantined":
            inventory.quarantine.append(_quarantined(one, is_sample, now))
    for looked in looked_at:
        for problem in looked.reading.unreadable:
            inventory.quarantine.append(
                _quarantine_row(
                    looked.row, problem.locator, problem.reason, problem.hint, is_sample, now
                )
            )
            unread = Finding("unreadable", "error", problem.reason, problem.hint)
            inventory.findings.append(
                _finding_row(unread, looked.row, None, is_sample, problem.locator)
            )
    inventory.files = _settled(looked_at, inventory, years, is_sample)
    return inventory


def _overridden(
    document: ReadDocument, file: Row, overrides: Sequence[Override], regions: RegionTable
) -> _Decided:
    one = _Decided(document, file)
    for override in overrides:
        if override.action == "reject":
            one = replace(one, rejected=override)
        elif override.action == "accept":
            one = replace(one, accepted=override)
        else:
            one = replace(
                one,
                document=_set(one.document, override, regions),
                changed=(*one.changed, override),
            )
    findings = one.document.findings
    if one.accepted:
        if one.document.region_code is None or one.document.report_year is None:
            raise UsageError(
                f"{OVERRIDES_FILE}: {one.accepted.place} has no region or year of its own; `set` "
                "both as well, or it cannot be counted."
            )
        findings = tuple(
            replace(finding, severity="info") if finding.severity == "error" else finding
            for finding in findings
        )
    if one.override:
        findings = (*findings, Finding("overridden", "info", one.override))
    return replace(one, document=replace(one.document, findings=findings))


def _set(document: ReadDocument, override: Override, regions: RegionTable) -> ReadDocument:
    answered: set[str] = set()
    if override.year is not None:
        answered |= _ANSWERED["year"]
        document = replace(document, report_year=override.year)
    region = region_of(override, regions, document.report_year)
    if region is not None:
        answered |= _ANSWERED["region"]
        document = replace(document, region_code=region.code, region_level=region.level)
    left = tuple(finding for finding in document.findings if finding.rule not in answered)
    return replace(document, findings=left)


def _outside(document: ReadDocument, years: YearRange | None) -> bool:
    """Whether a report is of no year that was asked for; one without a region stays in sight."""
    return bool(years and document.region_code and document.report_year not in years)


def _facts(one: _Decided) -> DocumentFacts:
    document = one.document
    return DocumentFacts(
        document_id=document.document_id,
        path=one.file["path"],
        member=document.member,
        region_code=document.region_code,
        report_year=document.report_year,
        delivered_on=document.delivered_on,
        n_chars=document.n_chars,
        has_review=document.has_review,
        has_plan=document.has_plan,
        completeness=document.completeness,
        quarantined=bool(_refusal(one)),
        signature=document.signature,
    )


def _with_findings(one: _Decided, found: Sequence[Finding]) -> _Decided:
    """Add what shows beside other documents; an abridgement found so is one."""
    document = replace(one.document, findings=(*one.document.findings, *found))
    if document.completeness == "full" and any(item.rule == "abridged" for item in found):
        document = replace(document, completeness="abridged")
    return replace(one, document=document)


def _refusal(one: _Decided) -> str | None:
    """Why it must not be counted."""
    if one.rejected:
        return one.rejected.sentence()
    errors = one.errors()
    if errors:
        return errors[0].evidence
    if one.document.region_code is None or one.document.report_year is None:
        return "Its region or its year is not known."
    return None


def _candidate(one: _Decided) -> Candidate:
    document = one.document
    return Candidate(
        document_id=document.document_id,
        file_id=one.file["file_id"],
        region_code=document.region_code or "",
        report_year=document.report_year or 0,
        completeness=document.completeness,
        n_chars=document.n_chars,
        modified_at=one.file["modified_at"],
        place=one.place,
        accepted=one.accepted is not None,
    )


def _document_row(
    one: _Decided, status: str, reason: str | None, is_sample: bool, now: datetime
) -> Row:
    document = one.document
    return {
        "document_id": document.document_id,
        "file_id": one.file["file_id"],
        "path": one.file["path"],
        "member": document.member,
        "region_code": document.region_code,
        "region_level": document.region_level,
        "report_year": document.report_year,
        "reviewed_year": document.reviewed_year,
        "plan_year": document.plan_year,
        "delivered_on": document.delivered_on,
        "session": document.session,
        "title": document.title,
        "speaker": document.speaker,
        "source_url": document.source_url,
        "body": document.body,
        "body_digest": document.body_digest,
        "n_chars": document.n_chars,
        "completeness": document.completeness,
        "status": status,
        "status_reason": reason,
        "confidence": document.confidence,
        "override": one.override,
        "identity_evidence": json.dumps(list(document.evidence), ensure_ascii=False),
        "encoding": document.encoding,
        "parser": document.parser,
        "warnings": list(document.warnings),
        "is_sample": is_sample or document.is_sample,
        "loaded_at": now,
    }


def _finding_row(
    finding: Finding, file: Row, document: ReadDocument | None, is_sample: bool, member: str = ""
) -> Row:
    return {
        "document_id": document.document_id if document else None,
        "file_id": file["file_id"],
        "path": file["path"],
        "member": document.member if document else member,
        "rule": finding.rule,
        "severity": finding.severity,
        "evidence": finding.evidence,
        "hint": finding.hint,
        "char_start": finding.start,
        "char_end": finding.end,
        "is_sample": is_sample or bool(document and document.is_sample),
    }


def _quarantined(one: _Decided, is_sample: bool, now: datetime) -> Row:
    errors = one.errors()
    hint = errors[0].hint if errors and not one.rejected else "Take the override out to count it."
    sample = is_sample or one.document.is_sample
    reason = _refusal(one) or ""
    return _quarantine_row(one.file, one.document.member, reason, hint, sample, now)


def _quarantine_row(
    file: Row, locator: str, reason: str, hint: str, is_sample: bool, now: datetime
) -> Row:
    return {
        "file_id": file["file_id"],
        "path": file["path"],
        "locator": locator,
        "reason": reason,
        "hint": hint,
        "is_sample": is_sample,
        "first_seen_at": now,
    }


def _settled(
    looked_at: Sequence[LookedAt], inventory: Inventory, years: YearRange | None, is_sample: bool
) -> list[Row]:
    """Say of each file what became of it."""
    documents, quarantine = _by_file(inventory.documents), _by_file(inventory.quarantine)
    files = []
    for one in looked_at:
        key = (one.row["path"], one.row["file_id"])
        own = documents.get(key, [])
        by_status = {row["status"]: row for row in reversed(own)}
        if "primary" in by_status:
            status, reason = "loaded", None
        elif "superseded" in by_status:
            status, reason = "superseded", by_status["superseded"]["status_reason"]
        elif key in quarantine:
            status, reason = "quarantined", quarantine[key][0]["reason"]
        else:
            status, reason = "ignored", _why_ignored(one.reading, years)
        files.append(
            {
                **one.row,
                "status": status,
                "reason": reason,
                "parser": next((d.parser for d in one.reading.documents), None),
                "n_documents": len(own),
                "n_observations": 0,
                "is_sample": is_sample or any(row["is_sample"] for row in own),
            }
        )
    return files


def _why_ignored(reading: Reading, years: YearRange | None) -> str:
    if reading.documents:
        told = sorted({document.report_year or 0 for document in reading.documents})
        return f"Report year {', '.join(map(str, told))} is outside {years}."
    return reading.left_out[0].reason if reading.left_out else "The file holds no record."


def _by_file(rows: Sequence[Row]) -> Mapping[FileKey, list[Row]]:
    groups: defaultdict[FileKey, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["path"], row["file_id"]].append(row)
    return groups
