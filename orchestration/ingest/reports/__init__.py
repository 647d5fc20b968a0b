"""Report readers: bytes of one file to records, whatever the format, without ever raising.

This module is the dispatch: refuse what is no report, find the reader by content and then by
name, and turn every failure into a sentence. What a format holds belongs to its own module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from orchestration.ingest.records import Ignored, Outcome, Record, Unreadable
from orchestration.ingest.reports.archive import ArchiveReader
from orchestration.ingest.reports.delimited import DelimitedReader
from orchestration.ingest.reports.docx import DocxReader
from orchestration.ingest.reports.html import HtmlReader
from orchestration.ingest.reports.jsonlines import JsonLinesReader
from orchestration.ingest.reports.markdown import MarkdownReader
from orchestration.ingest.reports.pdf import PdfReader
from orchestration.ingest.reports.protocol import CannotRead, Limits, Reader, Source
from orchestration.ingest.reports.signatures import oversize, refuse, unclaimed
from orchestration.ingest.reports.stata import StataReader
from orchestration.ingest.reports.text import TextReader

__all__ = ["READERS", "Ignored", "Limits", "Record", "Unreadable", "oversize", "read_report"]

_MAX_MESSAGE = 160


def read_report(
    data: bytes, name: str, *, limits: Limits | None = None
) -> list[Record | Unreadable | Ignored]:
    """Read one file of the landing zone's ``reports/``.

    Args:
        data: the whole file.
        name: its path or name as shown to people; it becomes the hint ``name``.
        limits: bounds; the default ones suit a laptop.

    Returns:
        At least one outcome, whatever the bytes: a record for every text found, and an
        ``Unreadable`` or ``Ignored`` with its reason for every place that gave none.
    """
    # A name from the file system may hold bytes that are no UTF-8, which no database stores.
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    source = Source(shown, limits or Limits())
    return list(_outcomes(data, source))


def _outcomes(data: bytes, source: Source) -> Iterator[Outcome]:
    """Read one file or archive member; the only place where library errors are met."""
    label = source.suffix.removeprefix(".").upper() or "file"
    count = 0
    try:
        refused = refuse(data, source)
        if refused is not None:
            yield refused
            return
        reader = next((reader for reader in READERS if reader.accepts(data, source)), None)
        if reader is None:
            yield unclaimed(data, source)
            return
        label = f"{reader.name.upper()} file"
        for outcome in reader.read(data, source):
            count += 1
            yield _with_name_warning(outcome, reader, source)
        if not count:
            yield Unreadable(
                f"There is no text in the {label}.", "Check that the file holds the report itself."
            )
    except CannotRead as problem:
        yield problem.at("")
    except MemoryError:
        yield Unreadable(
            f"The {label} needs more memory than there is.", "Split it, or save its text as TXT."
        )
    except RecursionError:
        yield Unreadable(
            f"The {label} is nested too deeply to be read.", "Save its text as TXT or DOCX."
        )
    except Exception as problem:
        after = f" after {count} records" if count else ""
        yield Unreadable(
            f"The {label} cannot be read{after}: {_message(problem)}.",
            "Open it in the program that made it and save it again, or download it again.",
        )


def _with_name_warning(outcome: Outcome, reader: Reader, source: Source) -> Outcome:
    """Say so when a file's name promises another format than its content has."""
    known = {suffix for other in READERS for suffix in other.suffixes}
    if not isinstance(outcome, Record) or source.suffix in reader.suffixes:
        return outcome
    if source.suffix not in known or outcome.parser != reader.name:
        return outcome
    note = f"The file is named {source.suffix} but its content is {reader.name.upper()}."
    return replace(outcome, warnings=(*outcome.warnings, note))


def _message(problem: Exception) -> str:
    """The first line of a library's message, without its full stop, shortened."""
    lines = str(problem).strip().splitlines()
    text = lines[0].strip().rstrip(".") if lines else ""
    if len(text) > _MAX_MESSAGE:
        text = text[:_MAX_MESSAGE] + " …"
    return text or type(problem).__name__


# Formats with a signature come first, so that content decides before the name does.
READERS: tuple[Reader, ...] = (
    PdfReader(),
    DocxReader(),
    ArchiveReader(_outcomes),
    StataReader(),
    HtmlReader(),
    JsonLinesReader(),
    DelimitedReader(),
    MarkdownReader(),
    TextReader(),
)
