"""Bytes of a yearbook to sheets, whatever the format: told from the content, never from the name.

An ``.xls`` from a Chinese site may be a web page, a CSV or an XLSX inside. What cannot be opened
comes back as a problem with a sentence. What the sheets mean is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from orchestration.ingest.reports.protocol import MIB, CannotRead
from orchestration.ingest.yearbooks.formats.bounds import Bounds, Contents
from orchestration.ingest.yearbooks.formats.compound import MAGIC
from orchestration.ingest.yearbooks.formats.html_tables import OPENING
from orchestration.ingest.yearbooks.formats.stata import RELEASES, TAG
from orchestration.ingest.yearbooks.observation import SheetProblem
from orchestration.ingest.yearbooks.sheet import Sheet

_HOW = "Give the table as XLSX, XLS, CSV, HTML or DTA."
# Content that is no table, with what to do about it.
_OTHERS = (
    (b"%PDF", "a PDF document", "Export its table as XLSX or CSV."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it and give the tables themselves."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it and give the tables themselves."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and give the table itself."),
    (b"HH", "a CAJ document", "Export its table as XLSX or CSV."),
    (b"CAJ", "a CAJ document", "Export its table as XLSX or CSV."),
    (b"KDH ", "a KDH document", "Export its table as XLSX or CSV."),
    (b"\x89PNG", "a picture", "Type its table into an XLSX or CSV file."),
    (b"\xff\xd8\xff", "a picture", "Type its table into an XLSX or CSV file."),
    (b"GIF8", "a picture", "Type its table into an XLSX or CSV file."),
    (b"PAR1", "a Parquet file", "Export it as CSV."),
    (b"{\\rtf", "a rich text document", "Copy its table into an XLSX file."),
    (b"MIME-Version:", "a web archive (MHTML)", "Open it in a browser or Excel, save it as XLSX."),
    (b"MZ", "a program", _HOW),
    (b"\x7fELF", "a program", _HOW),
)
_XML_WORKBOOK = b"urn:schemas-microsoft-com:office:spreadsheet"


@dataclass(frozen=True)
class Workbook:
    """What a file holds, or why it cannot be opened.

    Attributes:
        sheets: in the file's order, hidden ones included; empty where a problem is fatal.
        format: xlsx, xls, csv, html or stata; "" where it was not recognised.
        encoding: of text formats; else "".
        problems: what could not be read, a fatal one for the whole file.
    """

    sheets: tuple[Sheet, ...] = ()
    format: str = ""
    encoding: str = ""
    problems: tuple[SheetProblem, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether the file opened."""
        return not any(problem.fatal for problem in self.problems)


def read_sheets(data: bytes, name: str, bounds: Bounds | None = None) -> Workbook:
    """Read every sheet of a yearbook; nothing about its content is raised.

    Args:
        data: the file's bytes.
        name: its name; looked at only where bytes cannot tell (old Stata files).
        bounds: limits on its size; the defaults where not given.

    Returns:
        The sheets, or one fatal problem in two sentences: why not, and what to do.
    """
    bounds = bounds or Bounds()
    kind = ""
    try:
        kind = detect_format(data, name, bounds)
        contents = _read(kind, data, bounds)
    except CannotRead as refusal:
        return Workbook(format=kind, problems=(SheetProblem("", refusal.reason, refusal.hint),))
    if not any(any(row) for sheet in contents.sheets for row in sheet.rows):
        problem = SheetProblem("", "The file holds no cell with content.", "Put the table into it.")
        return Workbook((), kind, contents.encoding, (problem,))
    return Workbook(contents.sheets, kind, contents.encoding, contents.problems)


def detect_format(data: bytes, name: str, bounds: Bounds | None = None) -> str:
    """The format of a file by its content: xlsx, xls, csv, html or stata.

    A ZIP or OLE file may still turn out to hold something else when it is opened.

    Raises:
        CannotRead: it is empty, too large, or plainly something else.
    """
    bounds = bounds or Bounds()
    if len(data) > bounds.max_file_bytes:
        raise CannotRead(
            f"The file has {len(data) / MIB:,.1f} MiB; at most "
            f"{bounds.max_file_bytes / MIB:,.0f} MiB are read.",
            "Split it, for example by year.",
        )
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise CannotRead("The file is empty.", "Get it again from its source.")
    if data.startswith(MAGIC):
        return "xls"
    if data.startswith(b"PK"):
        return "xlsx"
    if data.startswith(TAG) or _is_old_stata(data, name):
        return "stata"
    # Workbooks of Excel 2 to 4 are a bare stream of records.
    if data[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04") and data[2:4] in (b"\x04\0", b"\x06\0"):
        raise CannotRead(
            "The file is a workbook of Excel 4 or older.", "Open it in Excel and save it as XLSX."
        )
    for mark, what, hint in _OTHERS:
        if data.startswith(mark) and (mark != b"HH" or b"\0" in data[:64]):
            raise CannotRead(f"The file is {what}, not a table.", hint)
    head = data[:4_096].removeprefix(b"\xef\xbb\xbf")
    if _XML_WORKBOOK in head and b"<Workbook" in head:
        raise CannotRead(
            "The file is an XML spreadsheet of 2003.",
            "Open it in Excel or WPS and save it as XLSX.",
        )
    if OPENING.match(_plain(head)):
        return "html"
    return "csv"


def _plain(head: bytes) -> bytes:
    """The beginning of a page without the nulls of UTF-16, which Excel writes pages in."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\0", b"")
    return head


def _is_old_stata(data: bytes, name: str) -> bool:
    """A file of Stata 4 to 12: release, byte order, file type 1; text never begins so."""
    if PurePosixPath(name.lower()).suffix == ".dta":
        return data[0] in RELEASES
    return data[0] in RELEASES and data[1:2] in (b"\1", b"\2") and data[2:4] == b"\1\0"


def _read(kind: str, data: bytes, bounds: Bounds) -> Contents:
    if kind in ("xlsx", "xls"):
        from orchestration.ingest.yearbooks.formats import spreadsheet

        return (spreadsheet.read_xlsx if kind == "xlsx" else spreadsheet.read_xls)(data, bounds)
    if kind == "stata":
        from orchestration.ingest.yearbooks.formats.stata import read_stata

        return read_stata(data, bounds)
    if kind == "html":
        from orchestration.ingest.yearbooks.formats.html_tables import read_html

        return read_html(data, bounds)
    from orchestration.ingest.yearbooks.formats.delimited import read_delimited

    return read_delimited(data, bounds)
