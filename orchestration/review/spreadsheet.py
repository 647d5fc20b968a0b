"""Spreadsheet files as people save them (XLSX, XLS, ODS, CSV of any encoding), read into rows.

Only the file is read here: which columns there must be and what they mean is the caller's.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orchestration.review.cells import Cell
from orchestration.settings import UsageError

# A sheet of 10,000 hits is 3 MB as XLSX and 15 MB unpacked; what is far beyond is not one.
_MAX_BYTES: Final = 50_000_000
_MAX_UNPACKED: Final = 300_000_000
# 32 bytes each in calamine: 320 MB.
_MAX_CELLS: Final = 10_000_000
_CELL: Final = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
# An XLSX with a password is an OLE file with this in it; calamine takes it for a damaged XLS.
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
# The header need not be in the first row: people put a line of their own above it.
_HEADER_WITHIN: Final = 10


@dataclass(frozen=True)
class Record:
    """One row under the header: its number as the spreadsheet shows it, its cells by column."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True)
class SheetTable:
    """The sheet of a file that has the columns asked for: all its columns, and its rows."""

    columns: tuple[str, ...]
    records: list[Record]


def read_table(path: Path, required: Collection[str], what: str) -> SheetTable:
    """Read the sheet of a file that has all the required columns; empty rows are left out.

    A column is known by the last word of its header, so that ``原因 reason`` is ``reason``.

    Args:
        path: the file.
        required: columns that there must be.
        what: what the file should be, for the sentence that says it is not.

    Raises:
        UsageError: it cannot be read, or no sheet has these columns.
    """
    missing: list[str] = []
    for rows in _sheets(path):
        for index, row in enumerate(rows[:_HEADER_WITHIN]):
            columns = tuple(_column(cell) for cell in row)
            lacking = [name for name in required if name not in columns]
            if not lacking:
                return SheetTable(columns, _records(rows, index, columns))
            if len(lacking) < len(required) and (not missing or len(lacking) < len(missing)):
                missing = lacking
    if missing:
        raise UsageError(
            f"{path} has no column {', '.join(missing)}; put it back as it was in {what}."
        )
    raise UsageError(f"{path} is not {what}: no sheet of it has the column {next(iter(required))}.")


def _column(cell: Cell) -> str:
    words = str(cell or "").split()
    return words[-1].casefold() if words else ""


def _records(rows: Sequence[Sequence[Cell]], header: int, columns: Sequence[str]) -> list[Record]:
    return [
        Record(number, {name: row[i] if i < len(row) else None for i, name in enumerate(columns)})
        for number, row in enumerate(rows[header + 1 :], start=header + 2)
        if any(cell not in (None, "") for cell in row)
    ]


def _sheets(path: Path) -> Iterator[Sequence[Sequence[Cell]]]:
    """The sheets of a file, each as rows; for text, the readings under each delimiter."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB; it is no sheet.")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {path}.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{path} cannot be read ({reason}).") from error
    if content.startswith((_ZIP, _OLE)):
        yield from _workbook(path, content)
        return
    text = _decode(path, content)
    for delimiter in (",", "\t", ";"):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            yield [list(row) for row in reader]
        except csv.Error as error:
            raise UsageError(
                f"{path} cannot be read as CSV ({error}); save it as XLSX and try again."
            ) from error


def _workbook(path: Path, content: bytes) -> Iterator[Sequence[Sequence[Cell]]]:
    import python_calamine

    locked = f"{path} has a password; save it without one and try again."
    if _LOCKED in content:
        raise UsageError(locked)
    again = "open it in Excel or WPS, save it again as XLSX, and try again"
    try:
        if content.startswith(_ZIP):
            _check_extent(path, content, again)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in workbook.sheet_names:
            rows: list[Any] = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield rows
    except python_calamine.PasswordError as error:
        raise UsageError(locked) from error
    except (python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError) as error:
        raise UsageError(f"{path} is damaged and cannot be opened; {again}.") from error


def _check_extent(path: Path, content: bytes, again: str) -> None:
    """Refuse a workbook that would not fit into memory.

    calamine lays a sheet out in full: one cell in XFD1048576 ends the process.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise UsageError(f"{path} is no XLSX file; {again}.")
        unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _MAX_UNPACKED:
            raise UsageError(f"{path} unpacks to {unpacked // 1_000_000} MB; it is no sheet.")
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            places = _CELL.findall(archive.read(name))
            width = max((_column_number(letters) for letters, _ in places), default=0)
            height = max((int(row) for _, row in places), default=0)
            if width * height > _MAX_CELLS:
                raise UsageError(
                    f"{path} has cells as far out as row {height} and column {width}; delete what "
                    "stands beyond the table, save it, and try again."
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _decode(path: Path, content: bytes) -> str:
    """Text of a CSV file: as its mark says, else UTF-8, else what a Chinese Excel or WPS saves."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(
        f"{path} is neither a workbook nor text in UTF-8 or GB18030; save it as XLSX and try again."
    )
