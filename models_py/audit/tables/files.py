"""Grids in the bytes of a file: XLSX, DOCX, HTML, or text in one of the usual encodings.

Files are named by the caller and opened there; nothing in a document is run or fetched.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

from models_py.audit.tables.grid import (
    ACCEPTED,
    LONGEST_TEXT,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TABLES,
    Grid,
    check_size,
)
from models_py.audit.tables.text import grids_from_text

#: What an archive may unpack to; a workbook of published tables unpacks to under 5 MB.
_MOST_UNPACKED: Final = 100_000_000
_LARGEST_SPAN: Final = 50
#: A row, or a cell that is not empty (``<c r="B7" s="1"/>`` is a format only).
_SHEET_CELL: Final = re.compile(
    rb"<(?:\w+:)?(?:row\b[^>]*?\sr=[\"'](?P<alone>\d{1,9})[\"'][^>]*(?<!/)>"
    rb"(?=\s*<(?:\w+:)?c\b(?![^>]*/>))"
    rb"|c\b[^>]*?\sr=[\"'](?P<column>[A-Z]{1,4})(?P<row>\d{1,9})[\"'][^>]*(?<!/)>)"
)


def grids_from_bytes(data: bytes) -> list[Grid]:
    """Grids of a file's bytes, by what they are and not by a name.

    Raises:
        ValueError: too large, damaged, encrypted, or no text.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(
            f"The file has {len(data):,} bytes; at most {MOST_BYTES:,} are read. Give the table "
            "alone."
        )
    if data[:4] == b"PK\x03\x04":
        return _archive(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _workbook(data)
    if data[:5] == b"%PDF-":
        raise ValueError(f"A PDF keeps no tables; copy the table out of it as text. {ACCEPTED}")
    return grids_from_text(_decoded(data))


def grids_from_html(text: str) -> list[Grid]:
    """Grids of the tables of an HTML text, merged cells spread."""
    from selectolax.lexbor import LexborHTMLParser

    grids = []
    tree = LexborHTMLParser(text)
    for table in tree.css("table")[:MOST_TABLES]:
        caption = table.css_first("caption")
        title = caption.text(separator=" ", strip=True)[:LONGEST_TEXT] if caption else ""
        rows: list[list[str]] = []
        waiting: dict[tuple[int, int], str] = {}
        for at, line in enumerate(table.css("tr")[: MOST_ROWS + 1]):
            rows.append(_html_row(line.css("td, th"), at, waiting))
        check_size(len(rows), max((len(row) for row in rows), default=0))
        grids.append(Grid(rows, title))
    if grids and tree.body:
        for node in tree.css("p, caption, figcaption, tfoot, div.note")[:200]:
            said = node.text(strip=True)[: LONGEST_TEXT * 2]
            if said and said not in grids[-1].notes and said != grids[-1].title:
                grids[-1].notes += f"\n{said}"
    return grids


def _html_row(cells: Sequence[object], at: int, waiting: dict[tuple[int, int], str]) -> list[str]:
    row: list[str] = []
    for cell in cells[: MOST_COLUMNS + 1]:
        while (at, len(row)) in waiting and len(row) <= MOST_COLUMNS:
            row.append(waiting.pop((at, len(row))))
        attributes = getattr(cell, "attributes", {})
        text = str(getattr(cell, "text")(separator=" ", strip=True))[: LONGEST_TEXT * 2]  # noqa: B009
        across, down = (_span(attributes.get(name)) for name in ("colspan", "rowspan"))
        for step in range(min(across, MOST_COLUMNS + 1 - len(row))):
            for below in range(1, down):
                waiting[at + below, len(row)] = text
            row.append(text if step == 0 or down >= 1 else "")
    while (at, len(row)) in waiting and len(row) <= MOST_COLUMNS:
        row.append(waiting.pop((at, len(row))))
    return row


def _span(value: str | None) -> int:
    return min(max(int(value), 1), _LARGEST_SPAN) if value and value.strip().isdecimal() else 1


def _archive(data: bytes) -> list[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            size = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ValueError(f"The file is damaged: {error}.") from error
    if size > _MOST_UNPACKED:
        raise ValueError(
            f"The file unpacks to {size:,} bytes; at most {_MOST_UNPACKED:,} are read."
        )
    if "word/document.xml" in names:
        return _document(data)
    if "xl/workbook.xml" in names:
        _check_sheets(data)
        return _workbook(data)
    raise ValueError(f"The archive is neither XLSX nor DOCX. {ACCEPTED}")


def _check_sheets(data: bytes) -> None:
    """Refuse a sheet that spans more than a table, before the reader allots memory for its span.

    A workbook of 5 kB with one number in A1 and one in XFD1048576 made it ask for 550 GB, which
    ends the process.

    Raises:
        ValueError: damaged, or a sheet spans too many rows or columns.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
            for name in sheets:
                rows = columns = 0
                for match in _SHEET_CELL.finditer(archive.read(name)):
                    rows = max(rows, int(match["row"] or match["alone"] or 0))
                    columns = max(columns, _column_number(match["column"] or b""))
                check_size(rows, columns)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise ValueError(f"The file is damaged or encrypted: {error}.") from error


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _document(data: bytes) -> list[Grid]:
    import docx
    from docx.table import Table

    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:
        raise ValueError(f"The DOCX file cannot be opened: {error}.") from error
    grids: list[Grid] = []
    said = ""
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = []
            for row in list(block.rows)[: MOST_ROWS + 1]:
                rows.append([cell.text.replace("\n", " ")[: LONGEST_TEXT * 2]
                             for cell in list(row.cells)[: MOST_COLUMNS + 1]])  # fmt: skip
            check_size(len(rows), max((len(row) for row in rows), default=0))
            grids.append(Grid(rows, said[:LONGEST_TEXT]))
            said = ""
        elif block.text.strip():
            said = block.text.strip()[: LONGEST_TEXT * 2]
            if grids:
                grids[-1].notes = f"{grids[-1].notes}\n{said}".strip()
        if len(grids) >= MOST_TABLES:
            break
    return grids


def _workbook(data: bytes) -> list[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = []
        for name in workbook.sheet_names[:MOST_TABLES]:
            rows = workbook.get_sheet_by_name(name).to_python(nrows=MOST_ROWS + 1)
            check_size(len(rows), max((len(row) for row in rows), default=0))
            grids.append(Grid([[_cell(value) for value in row] for row in rows], str(name)[:80]))
    except CalamineError as error:
        raise ValueError(
            f"The workbook cannot be opened (encrypted or damaged): {error}."
        ) from error
    return [grid for grid in grids if grid.rows]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)[: LONGEST_TEXT * 2]


def _decoded(data: bytes) -> str:
    for encoding in (
        "utf-8-sig",
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030",
    ):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ValueError(f"The file is no text in UTF-8, UTF-16 or GB18030. {ACCEPTED}")
