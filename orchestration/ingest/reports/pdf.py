"""PDF reports: the text layer, page by page, read by pypdfium2.

Line ends inside a paragraph stay (the matcher looks through white space between Han characters);
page numbers and running heads go. Pictures of pages are not read: that is a job for OCR, outside.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator

from orchestration.ingest.records import Outcome
from orchestration.ingest.reports.cleaning import fold_radicals
from orchestration.ingest.reports.composition import compose
from orchestration.ingest.reports.encoding import reads_as_chinese
from orchestration.ingest.reports.protocol import CannotRead, Limits, Source

# The standard allows junk before the mark, within the first kilobyte.
_MARK = b"%PDF-"
_MARK_WITHIN = 1024
_PAGE_NUMBER = re.compile(
    r"[-—–·•~\s]*(?:第\s*)?[\d\uff10-\uff19]{1,4}\s*页?"
    r"(?:\s*[/／,，共]\s*共?\s*[\d\uff10-\uff19]{1,4}\s*页?)?[-—–·•~\s]*"
)
# Running heads and feet take at most two lines, and stand on most pages of at least three.
_EDGE_LINES = 2
_MIN_PAGES = 3
_RUNNING_SHARE = 0.5
_SENTENCE = re.compile(r"[。，；！？]")
# A page of a report has some 700 characters; a scan with a stamped number or link a handful.
_MIN_CHARS_A_PAGE = 10


class PdfReader:
    """One document a file."""

    name = "pdf"
    suffixes = frozenset({".pdf"})

    def accepts(self, data: bytes, source: Source) -> bool:
        """By the mark near the beginning."""
        return _MARK in data[:_MARK_WITHIN]

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield the one record of the file."""
        title, pages = _pages(data, source.limits)
        filled = sum(len("".join(page.split())) for page in pages)
        if filled < _MIN_CHARS_A_PAGE * len(pages):
            raise CannotRead(
                f"The PDF has {len(pages)} pages and no text layer: they are pictures.",
                "Run it through OCR, check the result, and put the text or the new PDF here.",
            )
        text = fold_radicals("\n".join(_without_running_lines(pages)))
        if not reads_as_chinese(text):
            raise CannotRead(
                "The text layer of the PDF is not readable: its fonts do not say which "
                "characters they draw.",
                "Run it through OCR, or get the report in another format.",
            )
        empty = [str(number) for number, page in enumerate(pages, start=1) if not page.strip()]
        shown = ", ".join(empty[:10]) + (" …" if len(empty) > 10 else "")
        warnings = [f"Pages without text, perhaps pictures: {shown}."] if empty else []
        yield compose(text, source, parser=self.name, warnings=warnings, hints={"title": title})


def _pages(data: bytes, limits: Limits) -> tuple[str, list[str]]:
    """The title in the metadata, and the text of every page.

    Raises:
        CannotRead: the file is protected, damaged, too long or too slow.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as problem:
        raise _not_opened(str(problem)) from problem
    deadline = time.monotonic() + limits.max_pdf_seconds
    try:
        count = len(document)
        if count > limits.max_pdf_pages:
            raise CannotRead(
                f"The PDF has {count:,} pages; a report has at most {limits.max_pdf_pages:,}.",
                "Cut the report out of the collection.",
            )
        texts: list[str] = []
        for number in range(count):
            if time.monotonic() > deadline:
                raise CannotRead(
                    f"Reading the PDF took more than {limits.max_pdf_seconds:.0f} s "
                    f"(page {number + 1} of {count}).",
                    "Print it to a new PDF, or save its text.",
                )
            page = document[number]
            layer = page.get_textpage()
            texts.append(layer.get_text_bounded().replace("\r\n", "\n"))
            layer.close()
            page.close()
        return str(document.get_metadata_value("Title")).strip(), texts
    finally:
        document.close()


def _not_opened(message: str) -> CannotRead:
    if "assword" in message or "security" in message.lower():
        return CannotRead(
            "The PDF is protected with a password.",
            "Open it with the password and save it again without one.",
        )
    return CannotRead(
        "The PDF is damaged and cannot be opened.",
        "Download it again; if a viewer still opens it, print it to a new PDF.",
    )


def _without_running_lines(pages: list[str]) -> list[str]:
    """Take page numbers and repeated heads and feet off every page."""
    split = [[line.strip("\r ") for line in page.split("\n")] for page in pages]
    seen: Counter[str] = Counter()
    for lines in split:
        seen.update({_shape(lines[at]) for edge in _edges(lines) for at in edge})
    enough = max(_RUNNING_SHARE * len(pages), _MIN_PAGES - 1)

    def runs(line: str) -> bool:
        if _PAGE_NUMBER.fullmatch(line):
            return True
        return seen[_shape(line)] > enough and not _SENTENCE.search(line)

    bodies: list[str] = []
    for lines in split:
        drop: set[int] = set()
        for edge in _edges(lines):
            for at in edge:
                if not runs(lines[at]):
                    break
                drop.add(at)
        bodies.append("\n".join(line for at, line in enumerate(lines) if at not in drop))
    return bodies


def _edges(lines: list[str]) -> tuple[list[int], list[int]]:
    """Numbers of the first two and the last two filled lines, each from the outside in."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return filled[:_EDGE_LINES], filled[::-1][:_EDGE_LINES]


def _shape(line: str) -> str:
    """A line without white space, its numbers made equal: 第 3 页 and 第 4 页 are one."""
    return re.sub(r"\d+", "#", "".join(line.split()))
