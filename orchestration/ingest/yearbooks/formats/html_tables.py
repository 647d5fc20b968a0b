"""Tables of a web page, or of an "XLS" that is a web page: spans resolved, one sheet a table.

Only innermost tables hold figures; those around them are layout. The title and the unit that stand
above a table become its name. Prose is the business of the reports' reader.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.ingest.reports.protocol import MIB, CannotRead
from orchestration.ingest.yearbooks.formats.bounds import (
    Bounds,
    Contents,
    check_extent,
    check_sum,
)
from orchestration.ingest.yearbooks.formats.delimited import decode_text
from orchestration.ingest.yearbooks.sheet import CellValue, Sheet

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

OPENING = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?"
    rb"<(?:!doctype\s+html|html|head|body|meta|style|table|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def _words(*rows: str) -> frozenset[str]:
    return frozenset(word for row in rows for word in row.split())


# Elements that close by themselves, and so say nothing about depth.
_SELF_CLOSING = _words(
    "area base br col dd dt embed hr img input li link meta option p param source td tr th track",
    "wbr tbody thead tfoot colgroup",
)
_SKIPPED = _words("script style noscript template svg head -comment")
_INLINE = _words(
    "a abbr b big bdi bdo cite code em font i label mark nobr o:p q s small span strike strong",
    "sub sup tt u var",
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
# The HTML standard's own bounds on spans.
_MOST_COLSPAN, _MOST_ROWSPAN = 1_000, 65_534
_UNIT_LINE = re.compile(
    r"^[(（\[]?\s*(?:计量)?单\s*位\s*[:：]|^[(（]?\s*units?\s*[:：]", re.IGNORECASE
)
# A title is short and is no sentence; the longest of the six bulletins' has 38 characters.
_TITLE_CHARS = 80
_SENTENCE_ENDS = "。；;！!？?，,：:"


@dataclass
class _Walk:
    """What has been passed on the way through a page."""

    line: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    tables: list[tuple[LexborNode, str]] = field(default_factory=list)

    def end_line(self) -> None:
        text = _SPACE.sub(" ", "".join(self.line)).strip()
        self.line.clear()
        if text:
            self.above = [*self.above[-3:], text]


def read_html(data: bytes, bounds: Bounds) -> Contents:
    """Read the tables of a page that have two rows and two columns at least.

    A page that prints one table twice, for wide and for narrow screens, gives it once.

    Raises:
        CannotRead: the page is too large or too deep, or holds no table.
    """
    if len(data) > bounds.max_html_bytes:
        raise CannotRead(
            f"The page has {len(data) / MIB:,.1f} MiB; at most "
            f"{bounds.max_html_bytes / MIB:,.0f} MiB are read.",
            "Save its table as XLSX or CSV.",
        )
    text, encoding, problems = decode_text(data)
    if _depth(text) > bounds.max_html_depth:
        raise CannotRead(
            f"The page nests its elements more than {bounds.max_html_depth:,} deep.",
            "Save its table as XLSX or CSV.",
        )
    lower = text.lower()
    if lower.rfind("<table") > lower.rfind("</table"):
        raise CannotRead("The page breaks off inside of a table.", "Save it again, whole.")
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(text)
    sheets: list[Sheet] = []
    cells = 0
    for node, title in _tables(page.root):
        rows, merged = _grid(node, bounds, bounds.max_cells - cells)
        cells += sum(map(len, rows))
        check_sum(cells, bounds)
        if len(rows) < 2 or max(map(len, rows)) < 2:
            continue
        if any(one.rows == rows and title in (one.name, "") for one in sheets):
            continue
        sheets.append(Sheet(_unique(title or f"table {len(sheets) + 1}", sheets), rows, merged))
        check_extent(len(sheets), 1, Bounds(max_rows=bounds.max_sheets))
    if not sheets:
        raise CannotRead("The page holds no table.", "Save the table itself, as XLSX, CSV or HTML.")
    return Contents(tuple(sheets), encoding, problems)


def _unique(title: str, sheets: list[Sheet]) -> str:
    used = {sheet.name for sheet in sheets}
    name, count = title, 1
    while name in used:
        count += 1
        name = f"{title} ({count})"
    return name


def _depth(text: str) -> int:
    """How many elements stand open at once, at most, if each end tag closes its own kind."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for end, written in _TAG.findall(text):
        name = written.lower()
        if name in _SELF_CLOSING:
            continue
        if not end:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest


def _tables(root: LexborNode | None) -> list[tuple[LexborNode, str]]:
    """The innermost tables in order, each with the title that stands above it."""
    walk = _Walk()
    # A node to enter, or None where a line ends.
    stack: list[LexborNode | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            walk.end_line()
            continue
        tag = node.tag or ""
        if tag in _SKIPPED:
            continue
        if node.is_text_node:
            walk.line.append(node.text_content or "")
            continue
        if tag not in _INLINE:
            walk.end_line()
            stack.append(None)
        if tag == "table" and len(node.css("table")) == 1:
            walk.tables.append((node, _title(node, walk.above)))
            walk.above = []
            continue
        children: list[LexborNode | None] = []
        child = node.child
        while child is not None:
            children.append(child)
            child = child.next
        stack.extend(reversed(children))
    return walk.tables


def _title(table: LexborNode, above: list[str]) -> str:
    """The caption, or the line above that looks like a title; then the line with the unit."""
    caption = table.css_first("caption")
    if caption is not None and (text := _SPACE.sub(" ", caption.text()).strip()):
        return text[: 2 * _TITLE_CHARS]
    units = [line for line in above if _UNIT_LINE.match(line) and len(line) <= _TITLE_CHARS]
    others = [line for line in above if line not in units]
    title = others[-1:] if others else []
    if title and (len(title[0]) > _TITLE_CHARS or title[0][-1] in _SENTENCE_ENDS):
        title = []
    return " ".join([*title, *units[-1:]])


def _grid(
    table: LexborNode, bounds: Bounds, left: int
) -> tuple[list[list[CellValue]], tuple[tuple[int, int, int, int], ...]]:
    """The cells where a browser would show them, each in the first place of its span."""
    lines = table.css("tr")
    rows: list[list[CellValue]] = [[] for _ in lines]
    taken: set[tuple[int, int]] = set()
    merged = []
    for row, line in enumerate(lines):
        column = 0
        for cell in line.iter():
            if cell.tag not in ("td", "th"):
                continue
            while (row, column) in taken:
                column += 1
            down = min(_span(cell, "rowspan", _MOST_ROWSPAN), len(lines) - row)
            across = _span(cell, "colspan", _MOST_COLSPAN)
            check_extent(len(lines), column + across, bounds)
            if len(taken) + down * across > left:
                check_sum(bounds.max_cells + 1, bounds)
            taken.update((row + y, column + x) for y in range(down) for x in range(across))
            if down * across > 1:
                merged.append((row, column, row + down - 1, column + across - 1))
            rows[row].extend([None] * (column + across - len(rows[row])))
            rows[row][column] = _text(cell, bounds)
            column += across
    return rows, tuple(merged)


def _span(cell: LexborNode, name: str, most: int) -> int:
    """A span as written; 0 rows means: to the end of the table."""
    text = (cell.attributes.get(name) or "1").strip()
    if not (text.isascii() and text.isdigit()):
        return 1
    span = int(text[:6])
    return min(span or (most if name == "rowspan" else 1), most)


def _text(cell: LexborNode, bounds: Bounds) -> CellValue:
    """A cell's text with its lines; raised footnote marks keep apart from the number."""
    pieces: list[str] = []
    stack: list[LexborNode | str] = [cell]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag or ""
        if tag in _SKIPPED:
            continue
        if node.is_text_node:
            pieces.append(_SPACE.sub(" ", node.text_content or ""))
            continue
        if tag == "br":
            pieces.append("\n")
            continue
        children: list[LexborNode | str] = []
        child = node.child
        while child is not None:
            children.append(child)
            child = child.next
        if tag == "sup" and node is not cell:
            children = _raised(node)
        elif tag not in _INLINE and node is not cell:
            children = ["\n", *children, "\n"]
        stack.extend(reversed(children))
    text = re.sub(r" *\n[ \n]*", "\n", "".join(pieces)).strip(" \n")
    return text[: bounds.max_cell_chars] or None


def _raised(node: LexborNode) -> list[LexborNode | str]:
    """A raised mark in brackets: 123 with a raised 1 would read as 1231 otherwise."""
    text = node.text().strip()
    if text.isascii() and text.isalnum():
        return [f"[{text}]"]
    return [text]
