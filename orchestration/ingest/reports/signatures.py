"""Files that no reader takes, told by their first bytes or their name, each with its sentence.

Content is looked at before the name, because names lie. What a reader can read is its own
business: a signature here means that there is nothing to read.
"""

from __future__ import annotations

import re

from orchestration.ingest.records import Ignored, Unreadable
from orchestration.ingest.reports.members import names, office_package
from orchestration.ingest.reports.protocol import MIB, Limits, Source

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"#!/", "a script"),
)
_ARCHIVES = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
)
_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg", ".ico"}
)
_SIDE_FILES = re.compile(
    r"\.ds_store|thumbs\.db|desktop\.ini|~\$.*|\._.*|\.~lock\..*#?|\.git(?:keep|ignore|attributes)|"
    r"readme(?:\.\w+)*|licen[cs]e(?:\.\w+)*|.*\.(?:tmp|swp|part|crdownload|lnk|url)",
    re.IGNORECASE,
)
_WORKBOOKS = frozenset({".xlsx", ".xls", ".xlsm", ".et"})
_SAVE_AS = {
    ".doc": "Open it in Word or WPS and save it as DOCX.",
    ".wps": "Open it in WPS and save it as DOCX.",
    ".rtf": "Open it in Word or WPS and save it as DOCX.",
    ".odt": "Open it in LibreOffice and save it as DOCX.",
    ".mht": "Open it in a browser and save it as HTML.",
    ".mhtml": "Open it in a browser and save it as HTML.",
    ".ofd": "Open it in an OFD viewer and export it as PDF with text.",
    ".caj": "Open it in CAJViewer and export it as PDF with text.",
    ".json": "Write it as JSON lines (.jsonl), one report a line.",
    ".parquet": "Export it as CSV or JSON lines.",
}
_BINARY = {
    ".pdf": "PDF",
    ".docx": "DOCX",
    ".docm": "DOCX",
    ".zip": "ZIP archive",
    ".dta": "Stata file",
}
_READABLE = "Reports may be MD, TXT, DOCX, PDF, HTML, CSV, TSV, JSONL, DTA, or a ZIP of these."


def oversize(name: str, size: int, limits: Limits) -> Unreadable | None:
    """Refuse a file by its size, before anything is read.

    Args:
        name: the file name; archives may be larger.
        size: bytes.
        limits: the bounds.
    """
    archive = name.lower().endswith(".zip")
    allowed = limits.max_archive_bytes if archive else limits.max_file_bytes
    if size <= allowed:
        return None
    return Unreadable(
        f"The file has {size / MIB:,.1f} MiB; a report has at most {allowed / MIB:,.0f} MiB.",
        "Check that it is one report; split a collection into smaller files.",
    )


def refuse(data: bytes, source: Source) -> Unreadable | Ignored | None:
    """Say why no reader should be asked, or ``None`` when one may.

    Raises nothing.
    """
    side = _side_file(source)
    if side is not None:
        return side
    if not data:
        return Unreadable("The file is empty (0 bytes).", "Download or copy it again.")
    large = oversize(source.name, len(data), source.limits)
    if large is not None:
        return large
    if not data.strip(b"\x00"):
        return Unreadable(
            "The file holds nothing but zero bytes; its copying was broken off.",
            "Download or copy it again.",
        )
    return _by_signature(data, source) or _by_package(data)


def unclaimed(data: bytes, source: Source) -> Unreadable | Ignored:
    """Say why a file that no reader takes is left out."""
    expected = _BINARY.get(source.suffix)
    if expected:
        return Unreadable(
            f"The file is named {source.suffix} but its content is no {expected}.",
            "Open it in the program that made it and save it again, or download it again.",
        )
    if source.suffix in _WORKBOOKS:
        return Ignored("It is a workbook; tables belong in yearbooks/ or tables/.")
    hint = _SAVE_AS.get(source.suffix, _READABLE)
    return Unreadable(f"The format {source.suffix or 'of the file'} is not read.", hint)


def _side_file(source: Source) -> Ignored | None:
    if _SIDE_FILES.fullmatch(source.basename):
        return Ignored("It is a side file of a system or program, not a report.")
    return None


def _by_signature(data: bytes, source: Source) -> Unreadable | Ignored | None:
    for mark, kind in _PROGRAMS:
        if data.startswith(mark) and _is_program(data, mark):
            expected = _BINARY.get(source.suffix, "report")
            return Unreadable(
                f"The file is {kind}, not a {expected}.",
                "Do not open it; delete it, and download the report again.",
            )
    for mark, kind in _ARCHIVES:
        if data.startswith(mark):
            return Unreadable(
                f"The file is {kind}, which is not opened.", "Unpack it, or pack it as ZIP."
            )
    if data.startswith(_IMAGES) or source.suffix in _IMAGE_SUFFIXES:
        return Ignored("It is a picture, not a report.")
    if data.startswith(_OLE):
        return _ole(data)
    if data.startswith(b"{\\rtf"):
        return Unreadable("The file is RTF, which is not read.", _SAVE_AS[".rtf"])
    return None


def _is_program(data: bytes, mark: bytes) -> bool:
    """Two letters may begin a text; a program has zero bytes after them, a script a line."""
    return mark == b"#!/" or b"\x00" in data[:256] or len(mark) > 2


def _ole(data: bytes) -> Unreadable | Ignored:
    """Tell the kinds of Microsoft's compound file apart by the names of their streams."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return Unreadable(
            "The document is protected with a password.",
            "Open it with the password and save it again without one.",
        )
    if holds("WordDocument"):
        return Unreadable("The file is an old Word document (.doc).", _SAVE_AS[".doc"])
    if holds("Workbook") or holds("Book"):
        return Ignored("It is a workbook; tables belong in yearbooks/ or tables/.")
    return Unreadable("The file is an old Office file of an unknown kind.", _SAVE_AS[".doc"])


def _by_package(data: bytes) -> Unreadable | Ignored | None:
    """Tell the formats that are ZIP inside apart from archives of reports."""
    inside = names(data)
    if office_package(inside, "xl/"):
        return Ignored("It is a workbook; tables belong in yearbooks/ or tables/.")
    if office_package(inside, "ppt/"):
        return Unreadable("The file is a presentation, not a report.", _READABLE)
    if "OFD.xml" in inside:
        return Unreadable("The file is an OFD document, which is not read.", _SAVE_AS[".ofd"])
    if "mimetype" in inside and "content.xml" in inside:
        return Unreadable("The file is an OpenDocument text.", _SAVE_AS[".odt"])
    if "mimetype" in inside and "META-INF/container.xml" in inside:
        return Unreadable("The file is an e-book (EPUB).", "Save the report as HTML or text.")
    return None
