"""CSV and TSV files: one report a row, the other columns its hints.

Which column is which belongs to ``columns``. A row whose cells do not fit the header is refused
rather than read with its text cut at a comma.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.ingest.records import Outcome, Unreadable
from orchestration.ingest.reports import columns
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.encoding import Decoded, decode
from orchestration.ingest.reports.protocol import CannotRead, Source

_DELIMITERS = ",\t;|"
# Above this a first row is prose, not names of columns.
_MAX_NAME_CHARS = 60


@dataclass(frozen=True)
class _Columns:
    """The names of a table's columns, and which of them is the report."""

    names: list[str]
    text: str


class DelimitedReader:
    """Comma, tab, semicolon or bar separated text."""

    name = "csv"
    suffixes = frozenset({".csv", ".tsv"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By extension: prose holds commas too."""
        return source.suffix in self.suffixes

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield one outcome a row; rows are counted as a spreadsheet does, the header first."""
        decoded = decode(data)
        rows = _rows(decoded.text, source)
        if not rows:
            raise CannotRead("The table is empty.", "Put the reports into it, one a row.")
        names = _header(rows[0][1])
        body = rows[1:] if names else rows
        names = names or [f"column {number}" for number in range(1, len(rows[0][1]) + 1)]
        if not body:
            raise CannotRead(
                "The table has a header and no rows.", "Put the reports into it, one a row."
            )
        sample = [dict(zip(names, cells, strict=False)) for _, cells in body[:50]]
        text = columns.text_column(names, sample)
        for number, cells in body:
            locator = f"row {number}"
            yield self._record(locator, cells, _Columns(names, text), decoded, source)

    def _record(
        self, locator: str, cells: list[str], header: _Columns, decoded: Decoded, source: Source
    ) -> Outcome:
        names, text = header.names, header.text
        extra = [cell for cell in cells[len(names) :] if cell.strip()]
        if extra or len(cells) <= names.index(text):
            return Unreadable(
                f"The row has {len(cells)} cells where the header has {len(names)}.",
                "Put quotation marks around the text, or export the table again.",
                locator,
            )
        row = dict(zip(names, cells, strict=False))
        return compose(
            row[text],
            source,
            parser=self.name,
            locator=locator,
            encoding=decoded.encoding,
            warnings=decoded.warnings,
            hints=columns.hints(row, text),
        )


def _rows(text: str, source: Source) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, with their numbers in the file."""
    text = text.removeprefix("\ufeff")
    limits = source.limits
    # The module's own bound of 131,072 characters a field is below the longest real report.
    before = csv.field_size_limit(limits.max_text_chars + 1)
    try:
        rows = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, source))
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
            if len(rows) > limits.max_records:
                raise CannotRead(
                    f"There are more than {limits.max_records:,} rows.",
                    "Split the table, for example by year.",
                )
        return rows
    except csv.Error as problem:
        raise CannotRead(
            f"The table breaks off: {problem}.", "Export it again as CSV with quoted text."
        ) from problem
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str, source: Source) -> str:
    if source.suffix == ".tsv":
        return "\t"
    head = text.split("\n", 1)[0][:2_000]
    return max(_DELIMITERS, key=head.count)


def _header(cells: list[str]) -> list[str] | None:
    """The names of the columns made unique, or ``None`` if the first row is data."""
    if max(map(len, cells)) > _MAX_NAME_CHARS:
        return None
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {number}"
        names.append(f"{name} ({number})" if name in names else name)
    return names
