"""JSON lines: one object, and so one report, a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestration.ingest.records import Outcome, Unreadable
from orchestration.ingest.reports import columns
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.encoding import Decoded, decode
from orchestration.ingest.reports.protocol import CannotRead, Source


class JsonLinesReader:
    """Objects with a text under one of the usual names."""

    name = "jsonlines"
    suffixes = frozenset({".jsonl", ".ndjson"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By extension."""
        return source.suffix in self.suffixes

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield one outcome a line that is not blank."""
        decoded = decode(data)
        lines = [
            (number, line)
            for number, line in enumerate(decoded.text.split("\n"), start=1)
            if line.strip()
        ]
        if len(lines) > source.limits.max_records:
            raise CannotRead(
                f"There are {len(lines):,} lines of one report each, more than "
                f"{source.limits.max_records:,}.",
                "Split the file, for example by year.",
            )
        for number, line in lines:
            yield self._record(line, f"line {number}", decoded, source)

    def _record(self, line: str, locator: str, decoded: Decoded, source: Source) -> Outcome:
        try:
            row = _flat(line)
            text = columns.text_column(list(row), [row])
        except CannotRead as problem:
            return problem.at(locator)
        except (ValueError, RecursionError):
            return Unreadable("The line is not a JSON object.", "Write one object a line.", locator)
        return compose(
            row[text],
            source,
            parser=self.name,
            locator=locator,
            encoding=decoded.encoding,
            warnings=decoded.warnings,
            hints=columns.hints(row, text),
        )


def _flat(line: str) -> dict[str, str]:
    """The texts and numbers of an object, as text.

    Raises:
        ValueError: the line is not JSON, or not an object.
    """
    loaded = json.loads(line)
    if not isinstance(loaded, dict):
        raise ValueError("not an object")
    return {
        str(key): str(value)
        for key, value in loaded.items()
        if isinstance(value, str | int | float)
    }
