"""Which cells of a workbook show their number as a percentage: 0.0234 under the format 0.00%.

The reading engine gives the stored number, a hundredth of what the sheet shows.
"""

from __future__ import annotations

import re

from orchestration.ingest.yearbooks.formats.sheet_xml import attributes_of, cells_of

# ECMA-376, 18.8.30: 9 is 0%, 10 is 0.00%.
_BUILT_IN = frozenset({b"9", b"10"})
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
# A percent sign in quotes or behind a backslash is text and multiplies nothing.
_LITERAL = re.compile(rb"&quot;.*?&quot;|\\.", re.DOTALL)


def percent_styles(styles: bytes) -> frozenset[bytes]:
    """Numbers of the cell styles, as cells name them, that show percentages.

    Args:
        styles: the package's part ``styles.xml``.
    """
    formats = set(_BUILT_IN)
    for found in _FORMAT.findall(styles):
        attributes = attributes_of(found)
        # The first section is that of positive numbers.
        code = _LITERAL.sub(b"", attributes.get(b"formatCode", b"")).split(b";")[0]
        if b"%" in code:
            formats.add(attributes.get(b"numFmtId", b""))
    cell_formats = _CELL_FORMATS.search(styles)
    used = _CELL_FORMAT.findall(cell_formats[0]) if cell_formats else []
    return frozenset(
        str(number).encode()
        for number, attributes in enumerate(used)
        if attributes_of(attributes).get(b"numFmtId") in formats
    )


def percent_cells(sheet: bytes, styles: frozenset[bytes]) -> frozenset[tuple[int, int]]:
    """0-based row and column of the cells of a sheet that have one of these styles."""
    # A plain search first: few sheets have any, and looking through every cell takes a while.
    if not any(
        b's="' + style + b'"' in sheet or b"s='" + style + b"'" in sheet for style in styles
    ):
        return frozenset()
    return frozenset(
        (row, column)
        for row, column, attributes, _ in cells_of(sheet)
        if attributes.get(b"s") in styles
    )
