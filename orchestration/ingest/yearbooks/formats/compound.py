"""What the reading engine does not tell of an .xls file: protection, extent, formula errors.

An .xls file is an OLE compound file ([MS-CFB]) with one stream of records ([MS-XLS]). Only the few
structures needed for that are read; the cells are python-calamine's business.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from orchestration.ingest.reports.protocol import CannotRead
from orchestration.ingest.yearbooks.formats.bounds import Bounds, check_extent
from orchestration.ingest.yearbooks.sheet import CellError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END_OF_CHAIN = 0xFFFFFFFA
_HEADER = 512
_ENTRY = 128
_STREAM, _ROOT = 2, 5

_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FORMULA, _BOOLERR, _MULRK = 0x0006, 0x0205, 0x00BD
# Number, RK, shared text, inline text, rich text: records that begin with row and column.
_CELLS = frozenset({_FORMULA, _BOOLERR, _MULRK, 0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6})
_CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
Errors = dict[tuple[int, int], CellError]


@dataclass
class BinaryNotes:
    """What was seen in an .xls file.

    Attributes:
        errors: of each sheet, in the workbook's order: errors by 0-based row and column.
    """

    errors: dict[int, Errors] = field(default_factory=dict)


class CompoundFile:
    """The directory of an OLE file, and its streams.

    Raises:
        CannotRead: the file is cut off or damaged.
    """

    def __init__(self, data: bytes) -> None:
        """Read the allocation tables and the directory."""
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError, UnicodeDecodeError) as problem:
            raise _damaged() from problem

    def _open(self) -> None:
        sector_shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        if sector_shift not in (9, 12) or mini_shift != 6:
            raise _damaged()
        self._sector = 1 << sector_shift
        directory, self._cutoff, first_mini, _, more, _ = struct.unpack_from(
            "<I4x5I", self._data, 48
        )
        table = list(struct.unpack_from("<109I", self._data, 76))
        seen = set()
        while more < _END_OF_CHAIN and more not in seen:
            seen.add(more)
            numbers = struct.unpack(f"<{self._sector // 4}I", self._at(more))
            table += numbers[:-1]
            more = numbers[-1]
        fat: list[int] = []
        for sector in table:
            if sector < _END_OF_CHAIN:
                fat += struct.unpack(f"<{self._sector // 4}I", self._at(sector))
        self._fat = fat
        self._mini_fat = [
            number
            for sector in self._chain(first_mini, fat)
            for number in struct.unpack(f"<{self._sector // 4}I", self._at(sector))
        ]
        self._entries: dict[str, tuple[int, int]] = {}
        self._mini = b""
        sectors = self._chain(directory, fat)
        # A last sector may be short; the engine panics where it belongs to the directory.
        if max(sectors, default=0) + 2 > len(self._data) // self._sector:
            raise _damaged()
        listing = b"".join(self._at(sector) for sector in sectors)
        for start in range(0, len(listing) - _ENTRY + 1, _ENTRY):
            self._add(listing[start : start + _ENTRY])

    def _add(self, entry: bytes) -> None:
        length, kind = struct.unpack_from("<HB", entry, 64)
        first, size = struct.unpack_from("<II", entry, 116)
        if kind == _ROOT:
            self._mini = self._joined(first, size)
        elif kind == _STREAM:
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            self._entries[name.lower()] = (first, size)

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        piece = self._data[start : start + self._sector]
        if not piece:
            raise _damaged()
        return piece.ljust(self._sector, b"\0")

    @staticmethod
    def _chain(first: int, table: list[int]) -> list[int]:
        """The sectors of a stream; a chain that runs in a circle is damage."""
        chain: list[int] = []
        while first < _END_OF_CHAIN:
            if first >= len(table) or len(chain) > len(table):
                raise _damaged()
            chain.append(first)
            first = table[first]
        return chain

    def _joined(self, first: int, size: int) -> bytes:
        return b"".join(self._at(sector) for sector in self._chain(first, self._fat))[:size]

    @property
    def names(self) -> frozenset[str]:
        """Names of the streams, in lower case."""
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """The bytes of a stream; short ones lie together in the root's."""
        first, size = self._entries[name.lower()]
        if size >= self._cutoff:
            return self._joined(first, size)
        pieces = self._chain(first, self._mini_fat)
        return b"".join(self._mini[64 * at : 64 * at + 64] for at in pieces)[:size]


def inspect_compound(data: bytes, bounds: Bounds) -> BinaryNotes:
    """Look through an OLE file before its cells are read.

    Raises:
        CannotRead: it is encrypted, no workbook, damaged, or larger than the bounds.
    """
    file = CompoundFile(data)
    if {"encryptedpackage", "encryptioninfo"} & file.names:
        raise encrypted()
    book = next((name for name in ("workbook", "book") if name in file.names), None)
    if book is None:
        kind = "a Word document" if "worddocument" in file.names else "no workbook"
        raise CannotRead(
            f"The file is {kind}, though its name may say otherwise.",
            "Give the table as XLSX, XLS, CSV, HTML or DTA.",
        )
    try:
        return _records(file.stream(book), bounds)
    except struct.error as problem:
        raise _damaged() from problem


def _damaged() -> CannotRead:
    return CannotRead(
        "The workbook is cut off or damaged: its compound file does not open.",
        "Download it again; if it opens in Excel or WPS, save it there as XLSX.",
    )


def encrypted() -> CannotRead:
    """The refusal of a protected workbook, the same for every format."""
    return CannotRead(
        "The file is an encrypted workbook: its cells cannot be read as they are.",
        "Open it in Excel or WPS (files from CNKI open there without asking for a password) and "
        "save it as XLSX without a password beside this one.",
    )


def _records(stream: bytes, bounds: Bounds) -> BinaryNotes:
    """Walk the globals for the sheets' offsets, then each sheet for its cells."""
    notes = BinaryNotes()
    offsets = []
    at, end = 0, len(stream)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _BOUNDSHEET and length >= 6:
            offsets.append(struct.unpack_from("<I", stream, at + 4)[0])
        if kind == _EOF:
            break
        at += 4 + length
    if len(offsets) > bounds.max_sheets:
        raise CannotRead(
            f"The workbook has {len(offsets):,} sheets; at most {bounds.max_sheets:,} are read.",
            "Split it.",
        )
    if max(offsets, default=0) >= end:
        raise _damaged()
    for number, offset in enumerate(offsets):
        errors = _sheet(stream, offset, number, bounds)
        if errors:
            notes.errors[number] = errors
    return notes


def _sheet(stream: bytes, at: int, number: int, bounds: Bounds) -> Errors:
    """The formula errors of one sheet; its extent is checked on the way."""
    errors: Errors = {}
    rows = columns = depth = 0
    end = len(stream)
    head = struct.Struct("<HH")
    while at + 4 <= end:
        kind, length = head.unpack_from(stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif kind in _CELLS and length >= 6 and depth == 1:
            row, column = head.unpack_from(stream, at + 4)
            last = (
                struct.unpack_from("<H", stream, at + 2 + length)[0] if kind == _MULRK else column
            )
            rows, columns = max(rows, row + 1), max(columns, last + 1)
            code = _error_code(stream, at + 4, kind, length)
            if code is not None:
                errors[row, column] = CellError(_CODES.get(code, "#VALUE!"))
        at += 4 + length
    # A sheet without its end is cut off, and the engine would give the rows before the cut.
    if depth > 0:
        raise _damaged()
    check_extent(rows, columns, bounds, f"sheet {number + 1}")
    return errors


def _error_code(stream: bytes, body: int, kind: int, length: int) -> int | None:
    """The error that a cell's record holds, if it holds one."""
    if kind == _BOOLERR and length >= 8 and stream[body + 7] == 1:
        return stream[body + 6]
    if kind == _FORMULA and length >= 14:
        result = stream[body + 6 : body + 14]
        if result[0] == 2 and result[6:] == b"\xff\xff":
            return result[2]
    return None
