"""What a number can rest on, as plain data with its place: a sentence, a cell, a stretch of text.

A registry's queries return these fields by name. How they are shown belongs to ``display``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

COUNTED = "counted"


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """What every piece of evidence has.

    Attributes:
        file: path inside the landing zone.
        status: ``counted`` where it makes up the number asked for, else what it is instead.
        reason: why it is not counted, or on what ground it is; None where that needs no words.
    """

    kind: ClassVar[str] = ""
    file: str | None
    status: str
    reason: str | None = None

    @property
    def amount(self) -> float | None:
        """What it adds to the number; None where the number is no sum."""
        return None

    @property
    def position(self) -> int:
        """Where it stands among others of its file."""
        return getattr(self, "start", None) or 0

    @property
    def place(self) -> str:
        """File and member, for a heading."""
        member = getattr(self, "member", None)
        return " > ".join(filter(None, (self.file, member)))

    def to_dict(self) -> dict[str, Any]:
        """The fields under stable names, for JSON."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True, kw_only=True)
class Sentence(_Placed):
    """One hit in its sentence.

    Attributes:
        member: row, line or archive member inside the file.
        document_id: the report (raw.documents).
        region_name: short name of the report's region.
        report_year: the report's year.
        section: review, plan, annex or other.
        heading: the heading that opens the section; empty for the opening.
        term: the lexicon term.
        category: core or extended.
        start: first character of the hit in raw.documents.body, from 0.
        end: one past the hit's last character.
        text: the sentence as the body has it.
        sentence_start: first character of the sentence in the body.
        excluded_by: what takes it out of the count, as marts.keyword_hits has it; None if nothing.
    """

    kind: ClassVar[str] = "sentence"
    member: str | None
    document_id: str
    region_name: str | None
    report_year: int
    section: str
    heading: str | None
    term: str
    category: str
    start: int
    end: int
    text: str
    sentence_start: int
    excluded_by: str | None

    @property
    def amount(self) -> float:
        """One hit."""
        return 1

    @property
    def hit(self) -> str:
        """The hit as the body writes it; it may hold white space that the term has not."""
        return self.text[self.start - self.sentence_start : self.end - self.sentence_start]

    def to_dict(self) -> dict[str, Any]:
        """The fields under stable names, with the hit."""
        return {**super().to_dict(), "hit": self.hit}


@dataclass(frozen=True, kw_only=True)
class Passage(_Placed):
    """A stretch of a report whose length is counted; ``n_chars`` leaves white space out."""

    kind: ClassVar[str] = "passage"
    member: str | None
    document_id: str
    section: str
    heading: str | None
    start: int
    end: int
    n_chars: int

    @property
    def amount(self) -> float:
        """Its length in characters."""
        return self.n_chars


@dataclass(frozen=True, kw_only=True)
class Quote(_Placed):
    """What a fact about a report was read from.

    Attributes:
        member: row, line or archive member inside the file.
        document_id: the report (raw.documents).
        rank: 1 for what was believed first.
        fact: region, report_year, delivered_on, session and so on.
        value: what the quote says the fact is.
        source: text, front_matter or name.
        text: the quote, white space and markup left out.
        start: first character in the body; None where it stands outside.
        end: one past its last character.
    """

    kind: ClassVar[str] = "quote"
    member: str | None
    document_id: str
    rank: int
    fact: str
    value: str | None
    source: str | None
    text: str | None
    start: int | None
    end: int | None

    @property
    def position(self) -> int:
        """Its rank."""
        return self.rank


@dataclass(frozen=True, kw_only=True)
class RuleFinding(_Placed):
    """What a named rule says of a report; ``status`` is its severity, ``reason`` its hint."""

    kind: ClassVar[str] = "finding"
    member: str | None
    document_id: str | None
    rule: str
    text: str
    start: int | None
    end: int | None


@dataclass(frozen=True, kw_only=True)
class Cell(_Placed):
    """One cell of a spreadsheet or table file.

    What follows ``unit`` is None where the table keeps nothing of the kind.

    Attributes:
        file_id: the file (raw.files).
        sheet: name of the sheet; empty for a file that has none.
        cell: address such as ``C14``.
        label: what the cell is about, as row and column head say.
        raw_value: the cell as the file has it.
        value: the number it was read as; None where it is missing.
        unit: unit of ``value``.
        indicator: code of what it measures.
        region_code: the region that it is of.
        region_printed: the region's name as printed.
        year: the year that it is of.
        scope: what it covers where the source says.
        header: header of its column.
        input: the input of a formula that it gives.
        printed_value: the number as printed, in ``printed_unit``.
        printed_unit: unit as printed.
        unit_source: where the unit was read.
        factor: what the printed number is multiplied by to be in ``unit``.
        vintage: edition or access date of the source.
        vintage_source: where the vintage was read.
        correction: what was corrected and why, or why a declared correction does not hold.
        footnote: footnote of the cell or its header.
        profile: layout profile that it was read by.
    """

    kind: ClassVar[str] = "cell"
    file_id: str
    sheet: str
    cell: str
    label: str
    raw_value: str | None
    value: float | None
    unit: str | None
    indicator: str | None = None
    region_code: str | None = None
    region_printed: str | None = None
    year: int | None = None
    scope: str | None = None
    header: str | None = None
    input: str | None = None
    printed_value: float | None = None
    printed_unit: str | None = None
    unit_source: str | None = None
    factor: float | None = None
    vintage: str | None = None
    vintage_source: str | None = None
    correction: str | None = None
    footnote: str | None = None
    profile: str | None = None

    @property
    def amount(self) -> float | None:
        """Its value."""
        return self.value


Evidence = Sentence | Passage | Quote | RuleFinding | Cell
