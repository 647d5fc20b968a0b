"""Documents of one region and year that are not one text: parts of one report, or a conflict."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

from orchestration.ingest.across.copies import Copies
from orchestration.ingest.across.facts import DocumentFacts, places
from orchestration.ingest.across.kinship import TWO_TEXTS, Kinship
from orchestration.ingest.across.lengths import Lengths
from orchestration.ingest.finding import Finding, Severity
from orchestration.ingest.near_duplicates import likeness

# Two reports share at most 0.18 of the smaller one's clauses; versions of one speech share more
# (国务院 1964, a part and a summary: 0.36).
_UNRELATED = 0.25
# Each part is clearly shorter than a report, and two together are hardly longer than one.
_LONGEST_PART = 0.85
_LONGEST_TOGETHER = 1.5
# A region and year with more unlike documents than this is in disorder anyway.
_MOST_COMPARED = 8

_PART_NAME = re.compile(
    r"(?P<stem>.*?)[\s_\-—·.（(【\[]*"
    r"(?:(?P<half>[上中下])(?:篇|部|册|半?部分)?"
    r"|(?:第|part|page|p|(?<=[\s_\-—·.（(【\[\u4e00-\u9fff]))\s?"
    r"(?P<number>[一二三四五六七八九]|\d{1,2})\s?(?:部分|页|节|篇|集)?)[）)】\]]*",
    re.IGNORECASE,
)
_TOGETHER = "Put the parts together into one file."
_CONFLICT = "Read both; move the one of another year or region, or delete it."


Kind = Literal["part", "conflict", "version"]


def parts_and_conflicts(
    counted: Sequence[DocumentFacts], copies: Copies, lengths: Lengths, kinship: Kinship
) -> Iterator[tuple[str, Finding]]:
    """``part_of_report``, ``conflicting_documents`` and versions of one report.

    Args:
        counted: the documents that are counted, in order.
        copies: which documents have one text, and which stand in another.
        lengths: what is usual.
        kinship: of the same documents.
    """
    inside = copies.inside_another()
    text_of = {one.document_id: group[0].document_id for group in copies.groups() for one in group}
    filed: defaultdict[tuple[str, int], dict[str, DocumentFacts]] = defaultdict(dict)
    for one in counted:
        if one.region_code and one.report_year and one.document_id not in inside:
            text = text_of.get(one.document_id, one.document_id)
            filed[one.region_code, one.report_year].setdefault(text, one)
    for (region, year), texts in filed.items():
        documents = list(texts.values())[:_MOST_COMPARED]
        if len(documents) > 1:
            usual = lengths.usual(region, year)
            yield from _judge(documents, usual.n_chars if usual else None, kinship)


def _judge(
    documents: Sequence[DocumentFacts], usual: int | None, kinship: Kinship
) -> Iterator[tuple[str, Finding]]:
    """Say of each document of one region and year what the others are to it."""
    others: defaultdict[tuple[str, Kind], list[DocumentFacts]] = defaultdict(list)
    for first, second in combinations(documents, 2):
        kind = _relation(first, second, usual)
        others[first.document_id, kind].append(second)
        others[second.document_id, kind].append(first)
    for one in documents:
        parts = others.get((one.document_id, "part"))
        if parts:
            said = f"The rest of this report stands in {places(parts)}."
            yield one.document_id, Finding("part_of_report", "warn", said, _TOGETHER)
        versions = others.get((one.document_id, "version"))
        if versions:
            said = f"{places(versions)} shares much with it: another version of this report."
            yield one.document_id, Finding("near_duplicate", "info", said)
        conflicting = others.get((one.document_id, "conflict"))
        if conflicting:
            severity: Severity = "info" if _is_right(one, conflicting, kinship) else "warn"
            said = f"{places(conflicting)} is another text of the same region and year."
            yield one.document_id, Finding("conflicting_documents", severity, said, _CONFLICT)


def _relation(first: DocumentFacts, second: DocumentFacts, usual: int | None) -> Kind:
    """What two unlike documents of one region and year are to each other."""
    if likeness(first.signature, second.signature).containment >= _UNRELATED:
        return "version"
    marks = _part_mark(first), _part_mark(second)
    if marks[0] and marks[1] and marks[0][0] == marks[1][0] and marks[0][1] != marks[1][1]:
        return "part"
    if usual is not None:
        longest = _LONGEST_PART * usual
        if max(first.n_chars, second.n_chars) > longest:
            return "conflict"
        if first.n_chars + second.n_chars > _LONGEST_TOGETHER * usual:
            return "conflict"
        if first.lacks_section or second.lacks_section:
            return "part"
    complement = (
        (first.has_review, first.has_plan, second.has_review, second.has_plan),
        (second.has_review, second.has_plan, first.has_review, first.has_plan),
    )
    return "part" if (True, False, False, True) in complement else "conflict"


def _part_mark(document: DocumentFacts) -> tuple[str, str] | None:
    """The name without its mark of a part, and the mark: 报告（上） and 报告（下）."""
    name = document.member if "." in document.member else document.path
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    found = _PART_NAME.fullmatch(stem)
    return (found["stem"], found["half"] or found["number"]) if found else None


def _is_right(one: DocumentFacts, others: Sequence[DocumentFacts], kinship: Kinship) -> bool:
    """Whether of conflicting documents this one shows that it lies where it belongs."""
    if one.year_is_told and not any(other.year_is_told for other in others):
        return True
    everyone = {document.document_id: document for document in (one, *others)}
    claims = {
        document_id: (document.region_code or "", document)
        for document_id, document in everyone.items()
    }
    return kinship.closest(claims, but=everyone.keys(), by=TWO_TEXTS) == one.document_id
