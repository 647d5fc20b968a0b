"""Markdown reports: front matter becomes hints, the marks stay in the body.

Headings and emphasis are left as they stand, because sections are found by them. In the 992
Markdown reports of the corpus no lexicon term is split by a mark.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.ingest.records import Outcome
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.encoding import decode
from orchestration.ingest.reports.protocol import Source


class MarkdownReader:
    """One document a file."""

    name = "markdown"
    suffixes = frozenset({".md", ".markdown"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By extension: Markdown has no signature."""
        return source.suffix in self.suffixes

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield the one record of the file."""
        decoded = decode(data)
        yield compose(
            decoded.text,
            source,
            parser=self.name,
            encoding=decoded.encoding,
            warnings=decoded.warnings,
        )
