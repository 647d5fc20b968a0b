"""What reading one file gives: its texts, whose they are, and what the rules say of each.

A reading depends on the file's bytes, its path and the program, and on nothing else, so that it
can be kept and used again. What is counted is decided from all readings in ``decision``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter

from models_py.text import split_sections
from models_py.text.attention import count_chars
from orchestration.ingest.finding import Finding
from orchestration.ingest.identity import identify
from orchestration.ingest.near_duplicates import Signature, signature
from orchestration.ingest.records import Ignored, Record, Unreadable
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.repetition import one_copy
from orchestration.ingest.reports import read_report
from orchestration.ingest.several_reports import several_reports
from orchestration.ingest.soundness import Completeness


@dataclass(frozen=True)
class ReadDocument:
    """One text of a file with everything that its own words tell.

    Attributes:
        document_id: identifier of the record: of the file's bytes, its path and the locator.
        body: the text; ``None`` where the reading was kept and the text lies in the warehouse.
        body_digest: SHA-256 of the body, shortened.
        signature: for the search of near-duplicates.

    The others are columns of ``raw.documents``.
    """

    document_id: str
    member: str
    body: str | None
    body_digest: str
    n_chars: int
    region_code: str | None
    region_level: str | None
    report_year: int | None
    reviewed_year: int | None
    plan_year: int | None
    delivered_on: date | None
    session: str | None
    title: str | None
    speaker: str | None
    source_url: str | None
    completeness: Completeness
    confidence: str
    evidence: Sequence[Mapping[str, Any]]
    encoding: str | None
    parser: str
    warnings: tuple[str, ...]
    is_sample: bool
    has_review: bool
    has_plan: bool
    findings: tuple[Finding, ...]
    signature: Signature


@dataclass(frozen=True)
class Reading:
    """Everything that one file gave.

    Attributes:
        documents: its texts.
        unreadable: places that should hold a report and cannot be read.
        left_out: members that are no reports.
        lasting: whether it holds as long as the file does; one that failed is tried again.
    """

    documents: tuple[ReadDocument, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    left_out: tuple[Ignored, ...] = ()
    lasting: bool = True

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    def to_json(self) -> str:
        """The reading without its texts, for `from_json`."""
        bare = replace(self, documents=tuple(replace(d, body=None) for d in self.documents))
        return _ADAPTER.dump_json(bare).decode()

    @staticmethod
    def from_json(text: str) -> Reading:
        """A reading as `to_json` wrote it."""
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(Reading)


def read_file(data: bytes, path: str, file_id: str, regions: RegionTable) -> Reading:
    """Read, identify and judge every record of one file.

    Args:
        data: the whole file.
        path: its path inside the landing zone.
        file_id: SHA-256 of the data.
        regions: the region table.
    """
    outcomes = read_report(data, path.rsplit("/", 1)[-1])
    return Reading(
        documents=tuple(
            _document(outcome, path, file_id, regions)
            for outcome in outcomes
            if isinstance(outcome, Record)
        ),
        unreadable=tuple(outcome for outcome in outcomes if isinstance(outcome, Unreadable)),
        left_out=tuple(outcome for outcome in outcomes if isinstance(outcome, Ignored)),
    )


def not_read(problem: Unreadable | Ignored) -> Reading:
    """The reading of a file that could not be opened; the next look tries again."""
    if isinstance(problem, Unreadable):
        return Reading(unreadable=(problem,), lasting=False)
    return Reading(left_out=(problem,), lasting=False)


def document_id(file_id: str, path: str, locator: str) -> str:
    """Identifier of one record of one file at one path."""
    return hashlib.sha256(f"{file_id}\n{path}\n{locator}".encode()).hexdigest()[:20]


def _document(record: Record, path: str, file_id: str, regions: RegionTable) -> ReadDocument:
    copy = one_copy(record.text)
    record = replace(record, text=copy.text)
    identity = identify(record, path, regions)
    kinds = {section.kind for section in split_sections(record.text)}
    told = (copy.finding, several_reports(record.text))
    return ReadDocument(
        document_id=document_id(file_id, path, record.locator),
        member=record.locator,
        body=record.text,
        body_digest=hashlib.sha256(record.text.encode()).hexdigest()[:20],
        n_chars=count_chars(record.text),
        region_code=identity.region.code if identity.region else None,
        region_level=identity.region.level if identity.region else None,
        report_year=identity.report_year,
        reviewed_year=identity.reviewed_year,
        plan_year=identity.plan_year,
        delivered_on=identity.delivered_on,
        session=identity.session,
        title=identity.title,
        speaker=identity.speaker,
        source_url=record.hints.get("source_url"),
        completeness=identity.completeness,
        confidence=identity.confidence,
        evidence=identity.evidence_rows(),
        encoding=record.encoding,
        parser=record.parser,
        warnings=record.warnings,
        is_sample=identity.is_sample,
        has_review="review" in kinds,
        has_plan="plan" in kinds,
        findings=(*filter(None, told), *identity.findings),
        signature=signature(record.text),
    )
