"""Stata files (.dta): one report an observation, read by pyreadstat."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.ingest.records import Outcome
from orchestration.ingest.reports import columns
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.protocol import CannotRead, Limits, Source

# Stata 13 and later begin with a tag; before, the first byte is the release (104 to 115).
_TAG = b"<stata_dta>"
_RELEASES = range(102, 116)
# Files of release 118 on are UTF-8; older ones hold whatever Windows wrote, in China GBK.
_UTF8_RELEASE = 118


class StataReader:
    """String variables become text, all others hints."""

    name = "stata"
    suffixes = frozenset({".dta"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By the tag; by the release byte only with the extension."""
        if data.startswith(_TAG):
            return True
        return source.suffix in self.suffixes and bool(data) and data[0] in _RELEASES

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield one outcome an observation, numbered from 1 as Stata does."""
        table = _load(data, source.limits)
        names = list(table)
        count = max(map(len, table.values()), default=0)
        if not count:
            raise CannotRead("The file has no observations.", "Put the reports into it.")
        rows = [{name: _plain(table[name][at]) for name in names} for at in range(count)]
        text = columns.text_column(names, rows[:50])
        for number, row in enumerate(rows, start=1):
            yield compose(
                row[text],
                source,
                parser=self.name,
                locator=f"row {number}",
                hints=columns.hints(row, text),
            )


def _release(data: bytes) -> int:
    if not data.startswith(_TAG):
        return data[0]
    digits = data[:80].partition(b"<release>")[2][:3]
    return int(digits) if digits.isdigit() else 0


def _load(data: bytes, limits: Limits) -> Mapping[str, Sequence[Any]]:
    """Read a file's variables; pyreadstat wants a path, so the bytes take one for a moment."""
    if _release(data) >= _UTF8_RELEASE:
        encodings: list[str | None] = [None]
    else:
        encodings = ["GB18030", None]
    with tempfile.TemporaryDirectory(prefix="xinku-") as folder:
        path = Path(folder) / "report.dta"
        path.write_bytes(data)
        for encoding in encodings[:-1]:
            try:
                return _variables(path, encoding, limits)
            except Exception:  # noqa: S112 - any failure means: try the file's own encoding
                continue
        return _variables(path, encodings[-1], limits)


def _variables(path: Path, encoding: str | None, limits: Limits) -> Mapping[str, Sequence[Any]]:
    import pyreadstat

    _, about = pyreadstat.read_dta(path, encoding=encoding, metadataonly=True, output_format="dict")
    # Without a bound the library takes memory for as many observations as the header claims:
    # one changed byte there made it ask for 20 GB.
    rows = min(limits.max_records, limits.max_cells // max(about.number_columns or 0, 1)) + 1
    table: Mapping[str, Sequence[Any]]
    table, _ = pyreadstat.read_dta(path, encoding=encoding, output_format="dict", row_limit=rows)
    if max(map(len, table.values()), default=0) >= rows:
        raise CannotRead(
            f"There are more than {rows - 1:,} observations.",
            "Split the file, for example by year.",
        )
    return table


def _plain(value: object) -> str:
    """A cell as text: 2020.0 is the year 2020, a missing number nothing."""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return "" if value is None else str(value)
