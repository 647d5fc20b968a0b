"""What the reading engine does not tell of an .xlsx package: its true size, and its errors.

python-calamine reads the cells. It unpacks whatever a file claims, takes memory for every cell
between the first and the last, and returns an empty text for a formula error; so the parts are
unpacked here first, within bounds, and looked through.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TypeVar

from orchestration.ingest.reports.protocol import MIB, CannotRead
from orchestration.ingest.yearbooks.formats.bounds import Bounds, check_extent
from orchestration.ingest.yearbooks.formats.percentages import percent_cells, percent_styles
from orchestration.ingest.yearbooks.formats.sheet_xml import attributes_of, cells_of, column_of
from orchestration.ingest.yearbooks.sheet import NEVER_CALCULATED, CellError

_CHUNK = 4 * MIB
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_REFERENCE = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]{1,7})(\d{1,10})["'][^>]*?(/?)>"""
)
_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*["'](\d{1,10})["']""")
# A cell or a row that does not begin as nearly all do, or lies beyond column Z or row 99,999.
# Three searches: one expression with alternatives takes four times as long as the three.
_UNUSUAL = (
    re.compile(rb'<c(?! r="[A-Z]\d{1,5}"|[A-Za-z])'),
    re.compile(rb'<row(?! r="\d{1,5}"|[A-Za-z])'),
    re.compile(rb":(?:c|row)[\s/>]"),
)
_PLAIN_CELLS = 26 * 99_999
# Never sheets, whatever relations say: `_places` sees to that.
_XML = (".xml", ".rels", ".XML", ".RELS")
_LEFT_PACKED = re.compile(r"^(?:docProps/|xl/theme/|\[Content_Types\])")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_KINDS = {
    "xl/workbook.bin": "an XLSB workbook",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "content.xml": "an OpenDocument file",
}
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_PREFIXED_FORMULA = re.compile(rb":f[\s/>]")
_BARE_FORMULA = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_SHARED_CELL = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?t="s"[^>]*>\s*<(?:\w+:)?v>(\d{1,7})</(?:\w+:)?v>', re.DOTALL
)
_SHORTEST_CELL = len(b'<c t="s"><v>0</v></c>')
_END_OF_STRING = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
# What the library raises at damage: flipped bits give it wrong names and unknown methods, too.
_TROUBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)

Errors = dict[tuple[int, int], CellError]
Places = frozenset[tuple[int, int]]


_Found = TypeVar("_Found")


@dataclass(frozen=True)
class PackageNotes:
    """What was seen in a package.

    Attributes:
        errors: of each sheet, in the workbook's order: errors by 0-based row and column.
        percentages: of each sheet: cells whose numbers are shown times a hundred, with a sign.
    """

    errors: dict[int, Errors]
    percentages: dict[int, Places]


def inspect_package(data: bytes, bounds: Bounds) -> PackageNotes:
    """Look through the parts of an .xlsx workbook before its cells are read.

    Raises:
        CannotRead: the package is damaged, protected, no workbook, or larger than the bounds.
    """
    package = _opened(data)
    _check_kind(package.namelist())
    left = bounds.max_unpacked_bytes
    small: dict[str, bytes] = {}
    suspects: dict[str, Errors] = {}
    percentages: dict[str, Places] = {}
    strings, styles = b"", frozenset[bytes]()
    texts = 0
    seen: set[str] = set()
    # Strings and styles first, which matter where they are used.
    for info in sorted(package.infolist(), key=lambda info: not _comes_first(info.filename)):
        if not info.filename.endswith(_XML) or _LEFT_PACKED.match(info.filename):
            continue
        xml = _unpacked(package, info, left, bounds)
        left -= len(xml)
        seen.add(info.filename.lower())
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            raise CannotRead(
                f"The workbook's part {info.filename!r} declares entities, which no spreadsheet "
                "program writes.",
                "Open it in Excel or WPS and save it as XLSX.",
            )
        if _is_strings(info.filename):
            strings = xml
        elif _is_styles(info.filename):
            styles = percent_styles(xml)
        elif b"sheetData" in xml:
            _check_cells(xml, info.filename, bounds)
            texts += _text_chars(xml, strings, bounds)
            found = _errors(xml)
            if found:
                suspects[info.filename] = found
            shown = percent_cells(xml, styles)
            if shown:
                percentages[info.filename] = shown
        else:
            small[info.filename] = xml
    if texts > bounds.max_text_chars:
        raise CannotRead(
            f"The cells' texts add up to {texts:,} characters; at most "
            f"{bounds.max_text_chars:,} are read.",
            "Split the file, for example by year.",
        )
    places = _places(small, seen)
    return PackageNotes(_by_sheet(suspects, places), _by_sheet(percentages, places))


def _comes_first(name: str) -> bool:
    return _is_strings(name) or _is_styles(name)


def _is_strings(name: str) -> bool:
    return name.lower().endswith("sharedstrings.xml")


def _is_styles(name: str) -> bool:
    return name.lower().endswith("styles.xml")


def _check_kind(names: list[str]) -> None:
    """Refuse a package that is something else, by the name people give it."""
    lower = {name.lower() for name in names}
    if "xl/workbook.xml" in lower or any(name.startswith("xl/worksheets/") for name in lower):
        return
    kind = next((kind for part, kind in _KINDS.items() if part in lower), "a ZIP archive")
    raise CannotRead(
        f"The file is {kind}, not a workbook that is read here.",
        "Give the table as XLSX, XLS, CSV, HTML or DTA.",
    )


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _TROUBLE as problem:
        raise CannotRead(
            "The workbook is cut off or damaged: its package does not open.",
            "Download it again; if it opens in Excel or WPS, save it there as XLSX.",
        ) from problem


def _unpacked(package: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, bounds: Bounds) -> bytes:
    """A part's bytes, however many its header says that there are."""
    if info.flag_bits & 1:
        raise CannotRead(
            "The file is an encrypted workbook: its parts are protected by a password.",
            "Open it with its password and save it as XLSX without one.",
        )
    # The library stops where the header says that the part ends; the engine does not.
    info.file_size = left + 2 * _CHUNK
    pieces = []
    size = 0
    try:
        with package.open(info) as part:
            while piece := part.read(_CHUNK):
                size += len(piece)
                if size > left:
                    raise CannotRead(
                        f"The workbook unpacks to more than {bounds.max_unpacked_bytes / MIB:,.0f}"
                        " MiB.",
                        "Split it, for example by year, or save it as CSV.",
                    )
                pieces.append(piece)
    except _TROUBLE as problem:
        raise CannotRead(
            f"The workbook is cut off or damaged: its part {info.filename!r} does not unpack.",
            "Download it again; if it opens in Excel or WPS, save it there as XLSX.",
        ) from problem
    return b"".join(pieces)


def _check_cells(xml: bytes, part: str, bounds: Bounds) -> None:
    """Bound the grid by the cells that hold something; formatted blanks cost nothing."""
    if _is_plainly_small(xml, bounds):
        return
    rows = columns = 0
    seen: set[bytes] = set()
    stated = _REFERENCE.findall(xml)
    for letters, digits, empty in stated:
        if empty:
            continue
        rows = max(rows, int(digits))
        if letters not in seen:
            seen.add(letters)
            columns = max(columns, column_of(letters) + 1)
    # A cell may leave its reference out and stand in the row that its element states.
    if len(stated) < len(_CELL.findall(xml)):
        rows = max([rows, *map(int, _ROW.findall(xml))])
    check_extent(rows, columns, bounds, part)


def _is_plainly_small(xml: bytes, bounds: Bounds) -> bool:
    """Whether one look settles it: up to column Z and row 99,999, everything stated.

    The full look costs a large sheet as much time as reading it.
    """
    return (
        bounds.max_cells >= _PLAIN_CELLS
        and bounds.max_rows >= 99_999
        and bounds.max_columns >= 26
        and not any(unusual.search(xml) for unusual in _UNUSUAL)
    )


def _text_chars(xml: bytes, strings: bytes, bounds: Bounds) -> int:
    """How many characters the shared strings of a sheet come to, where that may matter."""
    most_cells = len(xml) // _SHORTEST_CELL
    if len(strings) * most_cells < bounds.max_text_chars:
        return 0
    lengths = [len(piece) for piece in _END_OF_STRING.split(strings)]
    if max(lengths) * most_cells < bounds.max_text_chars:
        return 0
    places = (int(digits) for digits in _SHARED_CELL.findall(xml))
    return sum(lengths[place] for place in places if place < len(lengths))


def _errors(xml: bytes) -> Errors:
    """The formula errors of a sheet, and its formulas that were never calculated."""
    # Plain searches first: the expressions take a tenth of the time of reading a large sheet.
    stated = (b'"e"' in xml or b"'e'" in xml) and _ERROR.search(xml)
    formulas = b"<f" in xml or _PREFIXED_FORMULA.search(xml)
    if not stated and not (formulas and _BARE_FORMULA.search(xml)):
        return {}
    found: Errors = {}
    for row, column, attributes, body in cells_of(xml):
        kind = attributes.get(b"t", b"n")
        value = _VALUE.search(body)
        if kind == b"e":
            code = value.group(1).decode("utf-8", "replace").strip() if value else ""
            found[row, column] = CellError(code[:20] or "#VALUE!")
        elif kind == b"n" and _FORMULA.search(body) and not (value and value.group(1).strip()):
            found[row, column] = CellError(NEVER_CALCULATED)
    return found


def _places(small: dict[str, bytes], seen: set[str]) -> list[str]:
    """The path of each sheet's part, in the workbook's order.

    Raises:
        CannotRead: a sheet lies in a part that was not looked through.
    """
    book = next((name for name in small if name.lower().endswith("xl/workbook.xml")), "")
    folder = posixpath.dirname(book) or "xl"
    relations = next(
        (xml for name, xml in small.items() if name.lower().endswith("workbook.xml.rels")), b""
    )
    targets = {}
    for found in _RELATION.findall(relations):
        attributes = attributes_of(found)
        target = attributes.get(b"Target", b"").decode("utf-8", "replace")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        targets[attributes.get(b"Id", b"")] = posixpath.normpath(path).lower()
    places: list[str] = []
    for found in _SHEET.findall(small.get(book, b"")):
        ids = [value for key, value in attributes_of(found).items() if key.endswith(b":id")]
        place = targets.get(ids[0], "") if ids else ""
        if place not in seen:
            raise CannotRead(
                f"The workbook is damaged: its sheet {len(places) + 1} has no part of its own.",
                "Open it in Excel or WPS and save it as XLSX.",
            )
        places.append(place)
    return places


def _by_sheet(found: dict[str, _Found], places: list[str]) -> dict[int, _Found]:
    """Findings by the order of the sheets; those of parts that are no sheet concern nobody."""
    lower = {name.lower(): one for name, one in found.items()}
    return {number: lower[place] for number, place in enumerate(places) if place in lower}
