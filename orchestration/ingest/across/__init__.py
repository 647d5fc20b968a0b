"""What only shows when documents are laid side by side: copies, cuts, parts and conflicts.

Pure: facts of all documents go in, findings by document come out. ``copies`` judges documents of
one text, ``parts`` those of one region and year that are not; ``lengths`` and ``kinship`` say what
is usual for a region. What one text shows by itself belongs to ``orchestration.ingest.rules``,
which of several documents is counted to ``orchestration.ingest.primary``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from orchestration.ingest.across.copies import Copies
from orchestration.ingest.across.facts import DocumentFacts
from orchestration.ingest.across.kinship import Kinship
from orchestration.ingest.across.lengths import Lengths
from orchestration.ingest.across.parts import parts_and_conflicts
from orchestration.ingest.finding import Finding

__all__ = ["DocumentFacts", "check_together"]

# The shortest sound report with both sections has 0.51 of its region's usual length (吉林 2025);
# two remnants have 0.38 (云南 2007) and, without a review, 0.49 (西藏 2006). Sections are missed in
# 2.4 % of sound reports.
_SHORT = 0.45
_SHORT_WITHOUT_SECTION = 0.55


def check_together(documents: Sequence[DocumentFacts]) -> Mapping[str, tuple[Finding, ...]]:
    """Compare all documents of a landing zone.

    Args:
        documents: every document, each with a ``document_id`` of its own, in any order: the
            findings do not depend on it. The work grows as n log n.

    Returns:
        Findings by ``document_id``, of documents that have any: ``near_duplicate``, ``abridged``,
        ``part_of_report``, ``conflicting_documents`` and ``several_reports``.
    """
    ordered = sorted(documents, key=lambda one: (one.path, one.member, one.document_id))
    counted = [one for one in ordered if not one.quarantined]
    lengths, kinship = Lengths(_whole(counted)), Kinship(counted)
    copies = Copies(ordered, lengths, kinship)
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for document_id, finding in copies.findings():
        found[document_id].append(finding)
    for document_id, finding in parts_and_conflicts(counted, copies, lengths, kinship):
        found[document_id].append(finding)
    for one in counted:
        if not any(finding.rule == "abridged" for finding in found.get(one.document_id, ())):
            short = _far_shorter(one, lengths)
            if short:
                found[one.document_id].append(short)
    return {document_id: tuple(found[document_id]) for document_id in sorted(found)}


def _whole(counted: Sequence[DocumentFacts]) -> list[tuple[str, int, int]]:
    """Region, year and length of what is not known to be cut."""
    return [
        (one.region_code, one.report_year, one.n_chars)
        for one in counted
        if one.region_code and one.report_year and one.completeness == "full"
    ]


def _far_shorter(one: DocumentFacts, lengths: Lengths) -> Finding | None:
    """Whether a document is far shorter than its region's other years, and how that shows."""
    if one.region_code is None or one.report_year is None:
        return None
    usual = lengths.usual(one.region_code, one.report_year)
    share = _SHORT_WITHOUT_SECTION if one.lacks_section else _SHORT
    if usual is None or not usual.is_above(one.n_chars, share):
        return None
    missing = " and ".join(
        name
        for name, there in (("a review", one.has_review), ("a plan", one.has_plan))
        if not there
    )
    lacks = f", and no section reads as {missing}" if missing else ""
    return Finding(
        "abridged",
        "warn",
        f"It has {one.n_chars:,} characters; {usual.compared_with} have {usual.n_chars:,} in the "
        f"median{lacks}.",
        "Find the whole text; a count of zero in this one proves nothing.",
    )
