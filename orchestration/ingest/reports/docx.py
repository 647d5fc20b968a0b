"""DOCX reports: paragraphs and tables in the order of the document, read by python-docx.

The body is walked as XML, because text in content controls, tracked insertions and text boxes is
part of a report and ``Document.paragraphs`` passes over it. Headers, footers, footnotes, comments
and deleted text stay out. Automatic numbers are not text, and are not made up.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from orchestration.ingest.records import Outcome
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.members import names, office_package, unpack
from orchestration.ingest.reports.protocol import CannotRead, Source

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted text, the source of moved text, and Word's second copy of a text box.
_SKIPPED = frozenset({_WORD + "del", _WORD + "moveFrom", _FALLBACK})
_CHARACTERS = {
    _WORD + "tab": "\t",
    _WORD + "br": "\n",
    _WORD + "cr": "\n",
    _WORD + "noBreakHyphen": "-",
}
_DAMAGED = "Open it in Word or WPS and save it again as DOCX."


class DocxReader:
    """One document a file."""

    name = "docx"
    suffixes = frozenset({".docx", ".docm"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By the parts of the package."""
        return office_package(names(data), "word/")

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield the one record of the file."""
        _check_parts(data, source)
        import docx

        document = docx.Document(io.BytesIO(data))
        text = "\n\n".join(_blocks(document.element.body))
        yield compose(
            text,
            source,
            parser=self.name,
            hints={"title": (document.core_properties.title or "").strip()},
        )


def _check_parts(data: bytes, source: Source) -> None:
    """Unpack every part within the bounds before lxml sees any of them.

    Raises:
        CannotRead: the parts are too large, or declare entities, which Word never writes and
            which can expand without end.
    """
    limits = source.limits
    left = limits.max_docx_bytes
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for info in package.infolist():
            xml = info.filename.lower().endswith((".xml", ".rels"))
            part = unpack(package, info, min(left, limits.max_xml_bytes) if xml else left, limits)
            left -= len(part)
            if xml and (b"<!DOCTYPE" in part or b"<!ENTITY" in part):
                raise CannotRead(
                    f"The part {info.filename} of the DOCX declares XML entities.", _DAMAGED
                )


def _blocks(element: Any) -> Iterator[str]:
    """The paragraphs of an element, table rows as one paragraph with tabs between cells."""
    for child in element:
        if child.tag == _WORD + "p":
            yield from _paragraph(child)
        elif child.tag == _WORD + "tbl":
            yield from _rows(child)
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _blocks(child)


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(_WORD + "tr"):
        if next(row.iterancestors(_WORD + "tbl")) is not table:
            continue
        cells = [
            "\n".join(_blocks(cell))
            for cell in row.iter(_WORD + "tc")
            if next(cell.iterancestors(_WORD + "tr")) is row
        ]
        yield "\t".join(cells)


def _paragraph(paragraph: Any) -> Iterator[str]:
    """The text of a paragraph, then of the text boxes anchored in it."""
    pieces: list[str] = []
    boxes: list[Any] = []
    _collect(paragraph, pieces, boxes)
    yield "".join(pieces)
    for box in boxes:
        yield from _blocks(box)


def _collect(element: Any, pieces: list[str], boxes: list[Any]) -> None:
    for child in element:
        if child.tag == _WORD + "t":
            pieces.append(child.text or "")
        elif child.tag in _CHARACTERS:
            pieces.append(_CHARACTERS[child.tag])
        elif child.tag == _WORD + "txbxContent":
            boxes.append(child)
        elif child.tag not in _SKIPPED:
            _collect(child, pieces, boxes)
