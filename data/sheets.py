"""Writers of the sample's tables: rows to the bytes of one workbook or delimited file.

Belongs here: how an XLSX or CSV is made so that its bytes repeat on every machine: written by hand,
no dates but one, nothing compressed. Not here: what stands in the rows (``yearbooks.py``).
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterable, Mapping, Sequence

from formats import STAMP, archive

Cell = str | int | float | None
Row = Sequence[Cell]

NOTE = "样本数据，由程序生成，非真实。Synthetic sample data, not real."

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(sheets: Mapping[str, Sequence[Row]]) -> bytes:
    """Return an XLSX; text stays text, also where it looks like a number.

    Args:
        sheets: rows by name of the sheet; ``None`` leaves a cell out.
    """
    numbers = range(1, len(sheets) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for n in numbers
    )
    entries = "".join(
        f'<sheet name="{html.escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{parts}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": _properties(),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{links}</Relationships>",
    }
    for number, rows in zip(numbers, sheets.values(), strict=True):
        members[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    return archive({name: (_HEAD + text).encode() for name, text in members.items()})


def _properties() -> str:
    when = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>xinku data/generate.py</dc:creator><dc:description>{NOTE}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{when}</dcterms:modified>'
        "</cp:coreProperties>"
    )


def _sheet(rows: Sequence[Row]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            _cell(f"{chr(ord('A') + column)}{number}", value) for column, value in enumerate(row)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(place: str, value: Cell) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        shown = html.escape(value, quote=False)
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def delimited(rows: Iterable[Row], *, encoding: str = "utf-8", newline: str = "\n") -> bytes:
    """Return comma-separated rows, quoted where a value holds a comma."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=newline).writerows(rows)
    return buffer.getvalue().encode(encoding)


def old_export(indicator: str, period: str, rows: Iterable[Row], notes: Iterable[str]) -> bytes:
    """Return what the National Bureau's old site exports: GB18030, three lines first."""
    before = ("数据库：分省年度数据", f"指标：{indicator}", f"时间：{period}")
    body = delimited(rows, newline="\r\n").decode()
    return "".join(
        (*(f"{line}\r\n" for line in before), body, *(f"{line}\r\n" for line in notes))
    ).encode("gb18030")


def new_export(period: str, rows: Iterable[Row], notes: Iterable[str]) -> bytes:
    """Return what its new site exports: byte order mark, TAB before each comma, no indicator."""
    lines = ["数据库：分省年度数据 ", f"时间：{period} "]
    lines += ["".join(f"{cell}\t," for cell in row) for row in rows]
    return "\n".join((*lines, *notes)).encode("utf-8-sig")
