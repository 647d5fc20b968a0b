"""What every report reader has in common: its shape, its limits, and how it gives up.

Formats belong to the other modules of this package; this one knows none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from orchestration.ingest.records import Outcome, Unreadable

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds on one file, so that a hostile or mistaken one cannot take the build down.

    Each is far above what real reports need: the longest text seen so far has 350,000
    characters, the largest file 4 MB, the longest PDF a few hundred pages.
    """

    # Read into memory whole; 16 times the largest real file, and still small beside 1.5 GB.
    max_file_bytes: int = 64 * MIB
    # An archive holds many reports, but is in memory too while its members are read.
    max_archive_bytes: int = 256 * MIB
    # A longer single text is a whole collection in one string, or not prose at all.
    max_text_chars: int = 5_000_000
    # A table or line file with more records is a corpus; it should be split by year.
    max_records: int = 20_000
    # Observations times variables of a Stata file: room for a corpus with a hundred columns.
    max_cells: int = 2_000_000
    max_members: int = 10_000
    # Over all members of an archive, counted while unpacking: headers can lie.
    max_unpacked_bytes: int = 1024 * MIB
    # Prose deflates 3 to 10 times, an empty table 100; deflate's own ceiling is 1,032.
    max_ratio: int = 200
    # A DOCX of text and photographs; the parts are unpacked in memory by python-docx.
    max_docx_bytes: int = 128 * MIB
    # lxml's tree needs about ten times the size of the XML.
    max_xml_bytes: int = 48 * MIB
    max_html_bytes: int = 16 * MIB
    # The HTML parser is quadratic in the depth of open elements: 1,000 cost 0.1 s,
    # 100,000 cost 14 s. Real pages stay under 60.
    max_html_depth: int = 1_000
    max_pdf_pages: int = 3_000
    # Looked at between pages; a 25-page report takes 0.2 s.
    max_pdf_seconds: float = 120.0


class CannotRead(Exception):
    """Raised inside a reader to give up on a file: becomes :class:`Unreadable`."""

    def __init__(self, reason: str, hint: str) -> None:
        """Keep the two sentences that the quarantine shows."""
        super().__init__(reason)
        self.reason = reason
        self.hint = hint

    def at(self, locator: str) -> Unreadable:
        """The outcome for a place in the file."""
        return Unreadable(self.reason, self.hint, locator)


@dataclass(frozen=True)
class Source:
    """Where bytes come from: the name shown to people, the bounds, the depth in archives."""

    name: str
    limits: Limits
    depth: int = 0

    @property
    def basename(self) -> str:
        """The last part of the name."""
        return self.name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        """The file name extension in lower case with its dot, ``""`` without one."""
        return PurePosixPath(self.basename.strip()).suffix.lower()


class Reader(Protocol):
    """One format: bytes in, outcomes out."""

    @property
    def name(self) -> str:
        """The parser name that goes into the records."""
        ...

    @property
    def suffixes(self) -> frozenset[str]:
        """The extensions that people give this format."""
        ...

    def accepts(self, data: bytes, source: Source) -> bool:
        """Whether this reader is the one for these bytes, by content before extension."""
        ...

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield every record, and every place that cannot be read.

        Raises:
            CannotRead: nothing (more) can be read from the file.
        """
        ...
