"""Web pages: the report's own lines, without scripts, menus and lists of links.

selectolax parses; what is the report is decided by where the Han text stands: the smallest element
that holds nearly all of it, with the title and session lines printed above it. trafilatura was
measured against this and left out: it turns a page set in a table into one line, so that no
heading is found, and its cost grows with the square of the nesting. Buttons and source lines are
left to ``furniture``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.ingest.records import Outcome
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.encoding import HAN, decode
from orchestration.ingest.reports.protocol import MIB, CannotRead, Source

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_OPENING = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def _words(*rows: str) -> frozenset[str]:
    return frozenset(word for row in rows for word in row.split())


# Elements that close by themselves, and so say nothing about depth.
_SELF_CLOSING = _words(
    "area base br col dd dt embed hr img input li link meta option p param source td tr th track",
    "wbr tbody thead colgroup",
)
_SKIPPED = _words(
    "script style noscript template nav footer aside form select button iframe object svg head",
    "title textarea audio video canvas -comment",
)
_BLOCKS = _words(
    "address article blockquote body center dd div dl dt fieldset figcaption figure h1 h2 h3 h4",
    "h5 h6 header hr li main ol p pre section table tbody td th tr ul",
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
# The body's element holds nearly all the text; menus and footers have a few percent.
_BODY_SHARE = 0.9
# Title, session, speaker and source lines stand within this many lines above the body.
_HEAD_LINES = 15
# A line that is mostly a link and no longer than a headline belongs to a menu.
_LINK_SHARE = 0.5
_LINK_CHARS = 60
_TITLE_META = ("ArticleTitle", "og:title", "title")
_DATE_META = ("PubDate", "publishdate", "article:published_time")


@dataclass
class _Line:
    """One line of the page as it would be shown."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0

    @property
    def text(self) -> str:
        return _SPACE.sub(" ", "".join(self.pieces)).strip(" ")

    @property
    def is_link(self) -> bool:
        han = len(HAN.findall(self.text))
        return han <= _LINK_CHARS and self.linked > 0 and self.linked >= _LINK_SHARE * han


class HtmlReader:
    """One document a page."""

    name = "html"
    suffixes = frozenset({".html", ".htm", ".shtml", ".xhtml"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By the opening of the page, whatever its name; else by extension."""
        return _OPENING.match(data.removeprefix(b"\xef\xbb\xbf")[:2_000]) is not None or (
            source.suffix in self.suffixes
        )

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield the one record of the page."""
        limits = source.limits
        if len(data) > limits.max_html_bytes:
            raise CannotRead(
                f"The page has {len(data) / MIB:,.1f} MiB; a report's page has at most "
                f"{limits.max_html_bytes / MIB:,.0f} MiB.",
                "Save its text as TXT or DOCX.",
            )
        decoded = decode(data)
        if _depth(decoded.text) > limits.max_html_depth:
            raise CannotRead(
                f"The page nests its elements more than {limits.max_html_depth:,} deep.",
                "Save its text as TXT or DOCX.",
            )
        from selectolax.lexbor import LexborHTMLParser

        page = LexborHTMLParser(decoded.text)
        yield compose(
            _report(page),
            source,
            parser=self.name,
            encoding=decoded.encoding,
            warnings=decoded.warnings,
            hints=_hints(page),
        )


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


def _report(page: LexborHTMLParser) -> str:
    """The lines of the element that holds the text, and the head lines above it."""
    if page.body is None:
        return ""
    lines, spans = _lines(page.body)
    shown = [line.text for line in lines]
    before = [0]
    for line, text in zip(lines, shown, strict=True):
        before.append(before[-1] + (0 if line.is_link else len(HAN.findall(text))))
    enough = _BODY_SHARE * before[-1]
    holding = [
        (end - start, start, end) for start, end in spans if before[end] - before[start] >= enough
    ]
    if not before[-1] or not holding:
        return ""
    _, start, end = min(holding)
    start = _head(shown, start, _title(page))
    kept = [
        text
        for line, text in zip(lines[start:end], shown[start:end], strict=True)
        if not line.is_link
    ]
    return "\n".join(kept)


def _head(shown: list[str], start: int, title: str) -> int:
    """Where the title line stands above the body, if it does."""
    filled = [at for at in range(start) if shown[at]][-_HEAD_LINES:]
    for at in filled:
        text = shown[at]
        if "政府工作报告" in text or (len(text) >= 4 and title.startswith(text)):
            return at
    return start


def _lines(body: LexborNode) -> tuple[list[_Line], list[tuple[int, int]]]:
    """The lines of a page, and for each block the range of lines it covers.

    Walks with a stack of its own: pages can nest deeper than Python recurses.
    """
    lines = [_Line()]
    spans: list[tuple[int, int]] = []
    # (node, first line of its block, inside a link); a closing visit has no node.
    stack: list[tuple[LexborNode | None, int, bool]] = [(body, 0, False)]
    while stack:
        node, first, linked = stack.pop()
        if node is None:
            lines.append(_Line())
            spans.append((first, len(lines)))
            continue
        tag = node.tag or ""
        if tag in _SKIPPED:
            continue
        if node.is_text_node:
            _add(lines[-1], node.text_content or "", linked)
        elif tag == "br":
            lines.append(_Line())
        else:
            if tag in _BLOCKS:
                lines.append(_Line())
                stack.append((None, len(lines) - 1, linked))
            children = []
            child = node.child
            while child is not None:
                children.append((child, 0, linked or tag == "a"))
                child = child.next
            stack.extend(reversed(children))
    return lines, spans


def _add(line: _Line, text: str, linked: bool) -> None:
    line.pieces.append(text)
    if linked:
        line.linked += len(HAN.findall(text))


def _meta(page: LexborHTMLParser, names: tuple[str, ...]) -> str:
    wanted = [name.lower() for name in names]
    found: dict[str, str] = {}
    for node in page.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        found.setdefault(name, (attributes.get("content") or "").strip())
    return next((found[name] for name in wanted if found.get(name)), "")


def _title(page: LexborHTMLParser) -> str:
    """The title of the article: its meta tag, the first heading, or the page's title."""
    stated = _meta(page, _TITLE_META)
    if stated:
        return stated
    for selector in ("h1", "title"):
        node = page.css_first(selector)
        text = _SPACE.sub(" ", node.text()).strip() if node is not None else ""
        if text:
            return text
    return ""


def _hints(page: LexborHTMLParser) -> dict[str, str]:
    link = page.css_first("link[rel=canonical]")
    address = (link.attributes.get("href") or "") if link is not None else ""
    return {
        "title": _title(page),
        "publish_date": _meta(page, _DATE_META)[:10],
        "source_url": address or _meta(page, ("og:url",)),
    }
