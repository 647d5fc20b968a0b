"""Whose report a text is, and of which year: read from the text first, names last, evidence kept.

Pure: a record and its path go in, an `Identity` with the findings of every rule on single records
comes out. What text and names say is read in ``rules.regions_told`` and ``rules.years_told``;
which document of a region and year is counted is decided in ``orchestration.ingest.primary``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Literal

from orchestration.ingest.evidence import Evidence
from orchestration.ingest.finding import Finding
from orchestration.ingest.records import Record
from orchestration.ingest.regions import Region, RegionTable
from orchestration.ingest.rules.annex import annex_findings
from orchestration.ingest.rules.damage import damage_findings
from orchestration.ingest.rules.extent import extent_findings
from orchestration.ingest.rules.kind import kind_findings
from orchestration.ingest.rules.region import region_findings, settle
from orchestration.ingest.rules.regions_told import SESSION, RegionsTold, tell_regions
from orchestration.ingest.rules.report_text import SAMPLE_MARKER, ReportText
from orchestration.ingest.rules.year import year_findings
from orchestration.ingest.rules.years_told import YearsTold, tell_years
from orchestration.ingest.soundness import Completeness, completeness_of

__all__ = ["SAMPLE_MARKER", "Confidence", "Identity", "identify"]

Confidence = Literal["high", "medium", "low"]

_HEAD_CHARS = 1_500
_SPEAKER = re.compile(
    r"^[*#（(—\-\s]*(?P<who>[^，。：:；]{0,20}?(?:代?省\s*长|代?市\s*长|自治区(?:代)?主席|国务院(?:代)?总理)"
    r"[^，。：:；\d]{2,16})[*）)\s]*$",
    re.MULTILINE,
)
_TITLE_LINE = re.compile(
    r"^[*#\s]*(?P<title>[^，。；\n]{0,40}政\s*府\s*工\s*作\s*报\s*告[^，。；\n]{0,20}?)[*\s]*$",
    re.M,
)
_CONFIDENCE: dict[str, Confidence] = {"text": "high", "front_matter": "medium", "name": "low"}


@dataclass(frozen=True)
class Identity:
    """What a report says of itself, and what the rules say of it.

    Attributes:
        region: whose report it is; ``None`` if nothing says so.
        report_year: the year it counts for.
        reviewed_year: the year it reviews.
        plan_year: the year it plans.
        delivered_on: the day of delivery.
        session: the session's words.
        speaker: the speaker's line.
        title: the title, of front matter or text.
        completeness: ``full``, ``abridged`` or ``truncated``, as the findings say.
        is_sample: whether it carries the mark of the bundled sample.
        confidence: by the weaker of region and year: ``high`` if the text itself tells both,
            ``medium`` if one of them is known from front matter or columns, ``low`` if one is known
            from the names of files and folders alone, or not at all.
        evidence: what region, year, date, session and headings were read from.
        findings: of every rule on single records; with an ``error`` the report is not counted.
    """

    region: Region | None
    report_year: int | None
    reviewed_year: int | None
    plan_year: int | None
    delivered_on: date | None
    session: str | None
    speaker: str | None
    title: str | None
    completeness: Completeness
    is_sample: bool
    confidence: Confidence = "low"
    evidence: tuple[Evidence, ...] = field(default=())
    findings: tuple[Finding, ...] = field(default=())

    @property
    def problem(self) -> str | None:
        """Why the report must not be counted: the evidence of its first error."""
        return next((one.evidence for one in self.findings if one.severity == "error"), None)

    @property
    def hint(self) -> str | None:
        """What to do about the problem."""
        return next((one.hint for one in self.findings if one.severity == "error"), None)

    def evidence_rows(self) -> list[dict[str, object]]:
        """The evidence as plain rows, for JSON."""
        return [asdict(item) for item in self.evidence]

    def disagreements(self) -> list[str]:
        """Facts on which text and names differ, a sentence each."""
        sentences = []
        for fact in ("region", "report_year"):
            told = [item for item in self.evidence if item.fact == fact]
            chosen = told[0] if told else None
            for other in told[1:]:
                if chosen and other.place == "name" and other.value != chosen.value:
                    sentences.append(
                        f"{fact}: the {chosen.place.replace('_', ' ')} says {chosen.value} "
                        f"({chosen.quote}), the name says {other.value} ({other.quote})"
                    )
        return sentences


def identify(record: Record, path: str, regions: RegionTable) -> Identity:
    """Read region, year and the rest from one record, and apply the rules to it.

    Args:
        record: a report's text with what its file says about it, repeated text cut to one copy.
        path: path of the file inside the landing zone.
        regions: the region table.
    """
    names = (record.locator, *reversed(path.split("/")))
    report = ReportText(record.text, record.hints, names, record.warnings)
    years = tell_years(report)
    told = settle(report, tell_regions(report, regions, years.report_year))
    findings = tuple(_findings(report, told, years, regions))
    session = _session(report)
    delivery, headings, year = years.delivery, years.headings, years.report_year
    spoken = _SPEAKER.search(record.text, 0, _HEAD_CHARS)
    heading = _TITLE_LINE.search(record.text, 0, _HEAD_CHARS)
    title = record.hints.get("title") or (re.sub(r"\s+", "", heading["title"]) if heading else None)
    return Identity(
        region=told.evidence[0][0] if told.evidence else None,
        report_year=year,
        reviewed_year=headings.reviewed or (year - 1 if year else None),
        plan_year=headings.planned or year,
        delivered_on=delivery.day if delivery else None,
        session=session.value if session else None,
        speaker=re.sub(r"\s+", " ", spoken["who"]).strip() if spoken else None,
        title=title,
        completeness=completeness_of(findings),
        is_sample=report.is_sample,
        confidence=_confidence(told, years),
        evidence=(
            *(item for _, item in told.evidence),
            *((delivery.evidence,) if delivery else ()),
            *years.evidence,
            *headings.evidence,
            *((session,) if session else ()),
        ),
        findings=findings,
    )


def _findings(
    report: ReportText, told: RegionsTold, years: YearsTold, regions: RegionTable
) -> Iterator[Finding]:
    """The findings of all rules; what is no report is not asked for its region."""
    kind = list(kind_findings(report))
    if kind:
        yield from kind
        return
    yield from region_findings(report, told, regions)
    yield from year_findings(report, years)
    yield from damage_findings(report)
    yield from extent_findings(report)
    yield from annex_findings(report)


def _session(report: ReportText) -> Evidence | None:
    opening = report.opening
    found = SESSION.search(opening.compact, 0, opening.before_greeting)
    return opening.evidence("session", found[0], *found.span()) if found else None


def _confidence(told: RegionsTold, years: YearsTold) -> Confidence:
    if not told.evidence or not years.evidence:
        return "low"
    places = {told.evidence[0][1].place, years.evidence[0].place}
    weakest = next(place for place in ("name", "front_matter", "text") if place in places)
    return _CONFIDENCE[weakest]
