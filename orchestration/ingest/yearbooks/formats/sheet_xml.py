"""The cells of a sheet's XML, with their attributes, as a package stores them.

For what the reading engine does not tell of a cell; values are read by the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROW_OR_CELL = re.compile(
    rb"<(?:\w+:)?(?:row\b(?P<row>[^>]*)>"
    rb"|c\b(?P<cell>(?:[^>/]|/(?!>))*)(?:/>|>(?P<body>.*?)</(?:\w+:)?c>))",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def cells_of(xml: bytes) -> Iterator[tuple[int, int, dict[bytes, bytes], bytes]]:
    """Row, column, attributes and content of each cell; references may be left out."""
    row, column = -1, -1
    for match in _ROW_OR_CELL.finditer(xml):
        if match["row"] is not None:
            stated = attributes_of(match["row"]).get(b"r", b"")
            row = int(stated) - 1 if stated.isdigit() else row + 1
            column = -1
            continue
        attributes = attributes_of(match["cell"])
        reference = attributes.get(b"r", b"")
        letters = reference.rstrip(b"0123456789")
        column = column_of(letters) if letters.isalpha() else column + 1
        digits = reference[len(letters) :]
        yield int(digits) - 1 if digits else row, column, attributes, match["body"] or b""


def attributes_of(text: bytes) -> dict[bytes, bytes]:
    """Names and values of an element's attributes, entities left as they are."""
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}


def column_of(letters: bytes) -> int:
    """The 0-based column of its letters."""
    column = 0
    for letter in letters.upper()[:7]:
        column = column * 26 + letter - ord("A") + 1
    return column - 1
