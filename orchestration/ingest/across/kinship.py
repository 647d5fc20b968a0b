"""How much a text resembles the other years of a region: whose it is, when two claim it.

A region's reports speak of the same places and projects from year to year; a text's clauses show
it even where its heading does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from orchestration.ingest.across.facts import DocumentFacts
from orchestration.ingest.near_duplicates import likeness

_YEARS_AROUND = 5
_MOST_ASKED = 6
# Of the clauses of 922 real reports 4.2 % stand in their region's other years, and 2.0 % in those
# of the other region that is most like them (medians); 16 are more like another region. Less than
# half as much more does not decide whose a text is; of two texts, which differ in themselves,
# less than three quarters.
ONE_TEXT = 1.5
TWO_TEXTS = 1.75


class Kinship:
    """The counted documents of each region."""

    def __init__(self, counted: Iterable[DocumentFacts]) -> None:
        """Take the documents that are counted, in order."""
        self._by_region: defaultdict[str, list[DocumentFacts]] = defaultdict(list)
        for one in counted:
            if one.region_code is not None and one.report_year is not None:
                self._by_region[one.region_code].append(one)

    def closest(
        self, claims: Mapping[str, tuple[str, DocumentFacts]], but: Set[str], *, by: float
    ) -> str | None:
        """Which of several claims is borne out, if one is by far.

        Args:
            claims: a region and the document whose text is said to be that region's, by name.
            but: identifiers of documents that are not asked.
            by: how many times closer it must be than the next.

        Returns:
            The name of the claim; ``None`` if it cannot be told.
        """
        scores = []
        for name, (region, document) in sorted(claims.items()):
            score = self._score(document, region, but)
            if score is None:
                return None
            scores.append((score, name))
        if len(scores) < 2:
            return None
        (most, name), (next_most, _) = sorted(scores, reverse=True)[:2]
        return name if most > 0 and most >= by * next_most else None

    def _score(self, document: DocumentFacts, region: str, but: Set[str]) -> float | None:
        """Share of a text's clauses that stand in a region's reports of the years around it."""
        year = document.report_year or 0
        near = [
            (abs((other.report_year or 0) - year), other.signature)
            for other in self._by_region.get(region, ())
            if other.document_id not in but
            and abs((other.report_year or 0) - year) <= _YEARS_AROUND
        ]
        if not near:
            return None
        near.sort(key=lambda pair: pair[0])  # stable: of one distance the first in order
        alike = [likeness(document.signature, other).containment for _, other in near[:_MOST_ASKED]]
        return sum(alike) / len(alike)
