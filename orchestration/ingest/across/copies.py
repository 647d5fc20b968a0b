"""Documents of one text: second sources, one report under two years or regions, cut copies.

Which documents are alike is found in ``near_duplicates``; here it is said what that means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from orchestration.ingest.across.facts import DocumentFacts, Filing, places
from orchestration.ingest.across.kinship import ONE_TEXT, Kinship
from orchestration.ingest.across.lengths import Lengths
from orchestration.ingest.finding import Finding, Severity
from orchestration.ingest.near_duplicates import Pair, likeness, near_duplicates

# Of the landing zone's 1,070 reports the least alike of two sources of one report share 0.88 of
# their clauses (0.79 where one has an annex and the other none), and the most alike of two reports
# 0.085. A copy with every fiftieth character wrong keeps 0.57.
SAME_TEXT = 0.5
# Of the smaller text's clauses two reports share at most 0.18, a part and its whole all but all.
INSIDE = 0.75
# A report without its annex is more than so much of the one with it; an abridged one is less.
_CUT_SHARE = 0.6
# With fewer clauses than this share of the other's, a text is a part of it, or it holds two.
_SAME_SIZE = 0.7
# Of whole reports 95 % have 0.75 of their region's usual length or more, 99 % less than 1.55.
_WHOLE_SHARE = 0.75
_TWO_REPORTS = 1.8
_NO_SHORTER = 0.9

_ONE_YEAR = (
    "Look at the date in the text; move the file that lies under the wrong year, or delete it."
)
_ONE_REGION = (
    "Look whose report it is; move the file that lies under the wrong region, or delete it."
)
_WHOLE = "The whole text is there; this file can go."
_OWN_FILES = "Give each report a file of its own, named after its region and year."

Found = Iterator[tuple[str, Finding]]


class Copies:
    """All documents in order, with what is alike among them."""

    def __init__(
        self, ordered: Sequence[DocumentFacts], lengths: Lengths, kinship: Kinship
    ) -> None:
        """Compare all documents.

        Args:
            ordered: all documents, in the order of their places.
            lengths: of the documents that are counted.
            kinship: of the same documents.
        """
        # Named by their order, so that the neighbours compared are the same for any identifiers.
        names = {f"{at:09d}": one for at, one in enumerate(ordered)}
        signatures = {name: one.signature for name, one in names.items()}
        pairs = near_duplicates(signatures, threshold=SAME_TEXT, contained=INSIDE)
        self._ordered = ordered
        self._lengths = lengths
        self._pairs = [(names[pair.first], names[pair.second], pair) for pair in pairs]
        self._kinship = kinship
        self._groups = self._same_texts()

    def findings(self) -> Found:
        """``near_duplicate``, ``abridged`` and ``several_reports``."""
        for group in self._groups:
            yield from self._one_text(group)
        holders: defaultdict[str, list[DocumentFacts]] = defaultdict(list)
        for smaller, larger, pair in self._contained():
            if self._holds_more(larger, smaller):
                holders[larger.document_id].append(smaller)
            else:
                yield _inside(smaller, larger, pair)
        for document_id, held in holders.items():
            said = f"It holds all of {places(held, with_year=True)}, and more."
            yield document_id, Finding("several_reports", "warn", said, _OWN_FILES)
        yield from self._of_quarantined()

    def groups(self) -> Sequence[Sequence[DocumentFacts]]:
        """Counted documents that have one text, two or more together, in order."""
        return self._groups

    def inside_another(self) -> set[str]:
        """Identifiers of documents whose text stands in another's of their region and year."""
        return {
            smaller.document_id
            for smaller, larger, _ in self._contained()
            if smaller.filing == larger.filing
        }

    def _same_texts(self) -> list[list[DocumentFacts]]:
        """Join the pairs of one text into groups."""
        leader = {one.document_id: one.document_id for one in self._ordered}

        def find(name: str) -> str:
            while leader[name] != name:
                leader[name] = leader[leader[name]]
                name = leader[name]
            return name

        for first, second, pair in self._pairs:
            if _is_one_text(first, second, pair) and not (first.quarantined or second.quarantined):
                leader[find(second.document_id)] = find(first.document_id)
        groups: defaultdict[str, list[DocumentFacts]] = defaultdict(list)
        for one in self._ordered:
            groups[find(one.document_id)].append(one)
        return [group for group in groups.values() if len(group) > 1]

    def _contained(self) -> Iterator[tuple[DocumentFacts, DocumentFacts, Pair]]:
        """The smaller and the larger document of each pair of which one stands in the other."""
        for first, second, pair in self._pairs:
            if first.quarantined or second.quarantined or _is_one_text(first, second, pair):
                continue
            if pair.containment >= INSIDE:
                in_order = first.signature.n_clauses <= second.signature.n_clauses
                yield (first, second, pair) if in_order else (second, first, pair)

    def _one_text(self, group: list[DocumentFacts]) -> Found:
        """What it means that several counted documents have one text."""
        filings: defaultdict[Filing, list[DocumentFacts]] = defaultdict(list)
        for one in group:
            filings[one.filing].append(one)
        first_filed = [documents[0] for documents in filings.values()]
        owner = self._owner(group)
        told_years = {one.report_year for one in group if one.year_is_told}
        right_year = told_years.pop() if len(told_years) == 1 else None
        for one in group:
            abroad = [other for other in first_filed if other.region_code != one.region_code]
            moved = [
                other
                for other in first_filed
                if other.region_code == one.region_code and other.report_year != one.report_year
            ]
            if abroad:
                severity: Severity = "info" if owner == one.region_code else "warn"
                said = (
                    f"{_same_text(one, abroad[0])} is filed under region {abroad[0].region_code} "
                    f"in {places(abroad, with_year=True)}; this one under {one.region_code}."
                )
                yield one.document_id, Finding("near_duplicate", severity, said, _ONE_REGION)
            if moved:
                severity = "info" if right_year == one.report_year else "warn"
                said = (
                    f"{_same_text(one, moved[0])} is filed under another year in "
                    f"{places(moved, with_year=True)}; this one under {one.report_year}."
                )
                yield one.document_id, Finding("near_duplicate", severity, said, _ONE_YEAR)
        for sources in filings.values():
            if len(sources) > 1:
                yield from _second_sources(sources)

    def _owner(self, group: list[DocumentFacts]) -> str | None:
        """The region that a text belongs to, if several claim it and one is borne out."""
        fullest = max(group, key=lambda one: one.signature.n_clauses)
        regions = {one.region_code for one in group if one.region_code is not None}
        return self._kinship.closest(
            {region: (region, fullest) for region in regions},
            but={one.document_id for one in group},
            by=ONE_TEXT,
        )

    def _holds_more(self, larger: DocumentFacts, smaller: DocumentFacts) -> bool:
        """Whether a document holds a whole report and another text besides."""
        if smaller.lacks_section or smaller.region_code is None or smaller.report_year is None:
            return False
        usual = self._lengths.usual(smaller.region_code, smaller.report_year)
        if usual is None or smaller.n_chars < _WHOLE_SHARE * usual.n_chars:
            return False
        return smaller.filing != larger.filing or larger.n_chars >= _TWO_REPORTS * usual.n_chars

    def _of_quarantined(self) -> Found:
        """Say of documents that are not counted what they are copies of."""
        told = set()
        for first, second, pair in self._pairs:
            for one, other in ((first, second), (second, first)):
                if one.quarantined and not other.quarantined and one.document_id not in told:
                    told.add(one.document_id)
                    said = f"{_in_both(pair)} {places([other], with_year=True)}, which is counted."
                    yield one.document_id, Finding("near_duplicate", "info", said)


def _is_one_text(first: DocumentFacts, second: DocumentFacts, pair: Pair) -> bool:
    """Whether two documents have one text, and not one of them a part of the other's."""
    sizes = sorted((first.signature.n_clauses, second.signature.n_clauses))
    return pair.similarity >= SAME_TEXT and sizes[0] >= _SAME_SIZE * sizes[1]


def _second_sources(sources: Sequence[DocumentFacts]) -> Found:
    """Documents of one text, region and year; cut are those of which another has far more."""
    longest, next_longest = sorted(sources, key=lambda one: -one.n_chars)[:2]
    for one in sources:
        other = next_longest if one is longest else longest
        if _is_cut(one, other):
            share = likeness(one.signature, other.signature).containment
            yield one.document_id, _cut(one, other, share)
            continue
        said = f"{_same_text(one, other)} stands in {places([other])}"
        said += f" and {len(sources) - 2:,} more" if len(sources) > 2 else ""
        yield one.document_id, Finding("near_duplicate", "info", f"{said}: another source.")


def _inside(smaller: DocumentFacts, larger: DocumentFacts, pair: Pair) -> tuple[str, Finding]:
    """A document whose text stands in a larger one, and is no whole report."""
    if smaller.filing == larger.filing:
        if _is_cut(smaller, larger):
            return smaller.document_id, _cut(smaller, larger, pair.containment)
        said = f"{_in_both(pair)} {larger.place}: another source of this report, which has more."
        return smaller.document_id, Finding("near_duplicate", "info", said)
    what, hint = ("region", _ONE_REGION)
    if smaller.region_code == larger.region_code:
        what, hint = ("year", _ONE_YEAR)
    said = (
        f"{_in_both(pair)} {places([larger], with_year=True)}, filed under another {what} than "
        f"this one ({smaller.region_code}, {smaller.report_year})."
    )
    return smaller.document_id, Finding("near_duplicate", "warn", said, hint)


def _is_cut(one: DocumentFacts, other: DocumentFacts) -> bool:
    if one.n_chars < _CUT_SHARE * other.n_chars:
        return True
    shorter = one.n_chars < _NO_SHORTER * other.n_chars
    return shorter and one.lacks_section and not other.lacks_section


def _cut(one: DocumentFacts, other: DocumentFacts, containment: float) -> Finding:
    said = (
        f"{100 * containment:.0f} % of its clauses stand in {other.place}, which has "
        f"{other.n_chars:,} characters against {one.n_chars:,}."
    )
    return Finding("abridged", "warn", said, _WHOLE)


def _same_text(one: DocumentFacts, other: DocumentFacts) -> str:
    return f"The same text (similarity {likeness(one.signature, other.signature).similarity:.2f})"


def _in_both(pair: Pair) -> str:
    return f"{100 * max(pair.containment, pair.similarity):.0f} % of its clauses stand in"
