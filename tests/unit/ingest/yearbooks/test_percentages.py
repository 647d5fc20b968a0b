"""A number shown as a percentage is read as it is shown, and as no other number is."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from orchestration.ingest.yearbooks.formats.percentages import percent_cells, percent_styles
from orchestration.ingest.yearbooks.workbook import read_sheets

_STYLES = b"""<styleSheet><numFmts count="2">
<numFmt numFmtId="164" formatCode="0.0%;[Red]\\-0.0%"/>
<numFmt formatCode='0&quot;%&quot;' numFmtId='165'/></numFmts>
<cellStyleXfs count="1"><xf numFmtId="9"/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="10"><alignment/></xf><xf numFmtId="164"/>
<xf numFmtId="165"/><xf numFmtId="9"/></cellXfs></styleSheet>"""


def workbook(*cells: tuple[object, str]) -> bytes:
    """One row of values, each under its number format."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    book.add_worksheet("说明").write(0, 0, "空")
    sheet = book.add_worksheet("表1")
    for column, (value, code) in enumerate(cells):
        sheet.write(0, column, value, book.add_format({"num_format": code}))
    book.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("value", "code", "read"),
    [
        (0.0234, "0.00%", "2.34%"),
        (0.125, "0%", "12.5%"),
        (1, "0.0%", "100%"),
        (-0.07, "0.0%;[Red]-0.0%", "-7%"),
        (0.29, "0%", "29%"),
        (0, "0%", "0%"),
    ],
)
def test_a_number_shown_as_a_percentage_reads_as_shown(value: float, code: str, read: str) -> None:
    assert read_sheets(workbook((value, code)), "表.xlsx").sheets[1].rows[0] == [read]


@pytest.mark.parametrize(
    ("value", "code"),
    [(12.5, '0.0"%"'), (12.5, "0.0\\%"), (12.5, "0.00"), (12.5, "General"), ("增速", "0%")],
)
def test_other_formats_and_texts_stay_as_they_are(value: object, code: str) -> None:
    assert read_sheets(workbook((value, code)), "表.xlsx").sheets[1].rows[0] == [value]


def test_only_the_cells_of_that_format_are_shown_so() -> None:
    cells = [(0.5, "0%"), (0.5, "0.0"), (None, "0%"), (True, "0%")]
    rows = read_sheets(workbook(*cells), "表.xlsx").sheets[1].rows
    assert rows[0][:2] == ["50%", 0.5]
    assert "100%" not in rows[0]


def test_styles_are_those_of_cells_not_of_named_styles() -> None:
    assert percent_styles(_STYLES) == {b"1", b"2", b"4"}
    assert percent_styles(b"<styleSheet/>") == frozenset()


def test_cells_are_found_by_their_style() -> None:
    sheet = (
        b'<row r="2"><c r="A2" s="1"><v>1</v></c><c s=\'2\'><v>1</v></c><c r="D2" s="11"/></row>'
    )
    assert percent_cells(sheet, frozenset({b"1", b"2"})) == {(1, 0), (1, 1)}
    assert percent_cells(sheet, frozenset({b"7"})) == frozenset()
