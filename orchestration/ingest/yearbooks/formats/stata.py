"""Stata files (.dta): a row of variable names, a row of their labels, then the observations.

Value labels stand in place of their codes, as Stata's data window shows them.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.ingest.reports.protocol import CannotRead
from orchestration.ingest.yearbooks.formats.bounds import Bounds, Contents, check_extent
from orchestration.ingest.yearbooks.sheet import CellValue, Sheet

# Stata 13 and later begin with a tag; before, the first byte is the release (104 to 115) and the
# second the byte order.
TAG = b"<stata_dta>"
RELEASES = range(104, 116)
# Files of release 118 on are UTF-8; older ones hold whatever Windows wrote, in China GBK.
_UTF8_RELEASE = 118


def read_stata(data: bytes, bounds: Bounds) -> Contents:
    """Read a Stata file as one sheet.

    The first row holds the names of the variables; the second their labels, where there are any.

    Raises:
        CannotRead: it is damaged, empty or too large.
    """
    release = _release(data)
    encodings: list[str | None] = [None] if release >= _UTF8_RELEASE else ["GB18030", None]
    with tempfile.TemporaryDirectory(prefix="xinku-") as folder:
        path = Path(folder) / "table.dta"
        path.write_bytes(data)
        problem: Exception | None = None
        for encoding in encodings:
            try:
                rows = _rows(path, encoding, bounds)
            except CannotRead:
                raise
            except Exception as failed:
                problem = failed
                continue
            return Contents((Sheet("", rows),), encoding or "utf-8")
    raise CannotRead(
        f"The Stata file is cut off or damaged: {' '.join(str(problem).split())[:200]}.",
        "Save it again in Stata, or export it as CSV.",
    ) from problem


def _release(data: bytes) -> int:
    if not data.startswith(TAG):
        return data[0]
    digits = data[:80].partition(b"<release>")[2][:3]
    return int(digits) if digits.isdigit() else 0


def _rows(path: Path, encoding: str | None, bounds: Bounds) -> list[list[CellValue]]:
    import pyreadstat

    _, about = pyreadstat.read_dta(path, encoding=encoding, metadataonly=True, output_format="dict")
    names = list(about.column_names)
    # Without a bound the library takes memory for as many observations as the header claims.
    most = bounds.max_cells // max(len(names), 1) + 1
    table: Mapping[str, Sequence[Any]]
    table, about = pyreadstat.read_dta(
        path, encoding=encoding, output_format="dict", row_limit=min(most, bounds.max_rows + 1)
    )
    count = max(map(len, table.values()), default=0)
    if not names or not count:
        raise CannotRead("The Stata file has no observations.", "Put the table into it.")
    check_extent(count, len(names), bounds)
    labels = about.column_names_to_labels
    columns = [
        _column(
            table[name],
            about.variable_value_labels.get(name, {}),
            about.readstat_variable_types.get(name, ""),
        )
        for name in names
    ]
    rows: list[list[CellValue]] = [list(names)]
    if any(labels.get(name) for name in names):
        rows.append([labels.get(name) or None for name in names])
    rows.extend(list(row) for row in zip(*columns, strict=True))
    return rows


def _column(values: Sequence[Any], labels: Mapping[Any, str], kind: str) -> list[CellValue]:
    if labels:
        values = [value if _missing(value) else labels.get(value, value) for value in values]
    return [_plain(value, kind == "float") for value in values]


def _missing(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _plain(value: object, single: bool) -> CellValue:
    """A cell's value; one of single precision as it was typed (0.1, not 0.10000000149)."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if _missing(value):
            return None
        return float(str(np.float32(value))) if single else value
    if isinstance(value, str | bool | int | datetime | date | time | timedelta):
        return None if value == "" else value
    return None if value is None else str(value)
