"""What is known of one document when it is laid beside the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from orchestration.ingest.near_duplicates import Signature

Filing = tuple[str | None, int | None]

_MOST_NAMED = 3


@dataclass(frozen=True)
class DocumentFacts:
    """One document, without its text.

    Attributes:
        document_id: the document.
        path: its file inside the landing zone.
        member: the record or archive member inside the file; ``""`` for the whole file.
        region_code: GB/T 2260 code, where known.
        report_year: the year it counts for, where known.
        delivered_on: date of delivery, where the text tells it.
        n_chars: characters of the text, white space not counted.
        has_review: whether a section reviews the years gone by.
        has_plan: whether a section plans the years to come.
        completeness: ``full``, ``abridged`` or ``truncated``, by the text's own signs.
        quarantined: whether an error keeps it from being counted; such a document is told what
            it is a copy of, and nothing is held against others because of it.
        signature: of the text.
    """

    document_id: str
    path: str
    member: str
    region_code: str | None
    report_year: int | None
    delivered_on: date | None
    n_chars: int
    has_review: bool
    has_plan: bool
    completeness: str
    quarantined: bool
    signature: Signature

    @property
    def place(self) -> str:
        """Path and member, as people read them."""
        return " > ".join(filter(None, (self.path, self.member)))

    @property
    def filing(self) -> Filing:
        """The region and year it is filed under."""
        return self.region_code, self.report_year

    @property
    def lacks_section(self) -> bool:
        """Whether review or plan is missing."""
        return not (self.has_review and self.has_plan)

    @property
    def year_is_told(self) -> bool:
        """Whether its own date of delivery speaks for the year it is filed under."""
        if self.delivered_on is None or self.report_year is None:
            return False
        ahead = self.report_year - self.delivered_on.year
        # A session in the last quarter counts for the year its plan is for.
        return ahead == 0 or (ahead == 1 and self.delivered_on.month >= 10)


def places(documents: Iterable[DocumentFacts], *, with_year: bool = False) -> str:
    """Name documents in a sentence, the first few of many."""
    named = list(documents)
    told = [
        f"{one.place} ({one.report_year or 'year unknown'})" if with_year else one.place
        for one in named[:_MOST_NAMED]
    ]
    more = len(named) - _MOST_NAMED
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")
