"""Plain text: one report a file, or one a line as ``year TAB text``.

Tables with a header line belong to ``delimited``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestration.ingest.records import Outcome, Unreadable
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.encoding import Decoded, decode
from orchestration.ingest.reports.protocol import CannotRead, Source

_YEAR_LINE = re.compile(r"\ufeff?\s*((?:1[89]|20)\d\d)\t(.*)", re.DOTALL)
# One stray line does not make one document of fifty reports; a single tab in prose no table.
_YEAR_LINE_SHARE = 0.9


class TextReader:
    """A text file, or the collection that some repositories keep in one."""

    name = "text"
    suffixes = frozenset({".txt", ".text"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By extension, or for want of one."""
        return source.suffix in self.suffixes or not source.suffix

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield the record of the file, or one a line."""
        decoded = decode(data)
        lines = [
            (number, line)
            for number, line in enumerate(decoded.text.split("\n"), start=1)
            if line.strip()
        ]
        dated = sum(_YEAR_LINE.match(line) is not None for _, line in lines)
        if lines and dated >= _YEAR_LINE_SHARE * len(lines):
            yield from self._collection(lines, decoded, source)
            return
        yield compose(
            decoded.text,
            source,
            parser=self.name,
            encoding=decoded.encoding,
            warnings=decoded.warnings,
        )

    def _collection(
        self, lines: list[tuple[int, str]], decoded: Decoded, source: Source
    ) -> Iterator[Outcome]:
        if len(lines) > source.limits.max_records:
            raise CannotRead(
                f"There are {len(lines):,} lines of one report each, more than "
                f"{source.limits.max_records:,}.",
                "Split the file, for example by year.",
            )
        for number, line in lines:
            locator = f"line {number}"
            match = _YEAR_LINE.match(line)
            if match is None:
                yield Unreadable(
                    "The line does not begin with a year and a tab as the others do.",
                    "Give it its year, or join it to the line before.",
                    locator,
                )
                continue
            yield compose(
                match[2],
                source,
                parser=self.name,
                locator=locator,
                encoding=decoded.encoding,
                warnings=decoded.warnings,
                hints={"year": match[1]},
            )
