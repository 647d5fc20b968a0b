"""Members of ZIP packages: their real names, and their bytes within bounds.

Shared by the readers of archives and of DOCX, which is a ZIP too. Nothing is ever written to disk.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from orchestration.ingest.reports.protocol import MIB, CannotRead, Limits

MARK = b"PK\x03\x04"
_EMPTY_MARK = b"PK\x05\x06"
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_CHUNK = 256 * 1024
# Small members may pack well by chance: 2,000 equal lines are no bomb.
_RATIO_FROM = MIB


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a ZIP does."""
    return data.startswith((MARK, _EMPTY_MARK))


def names(data: bytes) -> list[str]:
    """The names in a ZIP, as stored; none if it is not one or is damaged."""
    if not is_zip(data):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError):
        return []


def office_package(inside: list[str], folder: str) -> bool:
    """Whether these names are an Office document's, and not reports in a folder of that name."""
    return "[Content_Types].xml" in inside and any(name.startswith(folder) for name in inside)


def true_name(info: zipfile.ZipInfo) -> str:
    """A member's name as its author saw it.

    Windows in China writes GBK without saying so, macOS UTF-8 without saying so; zipfile then
    decodes the bytes as code page 437, which is undone here.
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        stored = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return stored.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def unpack(
    package: zipfile.ZipFile, info: zipfile.ZipInfo, max_bytes: int, limits: Limits
) -> bytes:
    """The bytes of a member, counted while they are unpacked.

    Raises:
        CannotRead: it is encrypted, damaged, packed by an unknown method, larger than
            ``max_bytes`` or packed too densely to be an honest file.
    """
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise CannotRead("It is encrypted inside the archive.", "Pack it again without a password.")
    dense = max(_RATIO_FROM, limits.max_ratio * info.compress_size)
    parts: list[bytes] = []
    size = 0
    try:
        with package.open(info) as member:
            while chunk := member.read(_CHUNK):
                size += len(chunk)
                if size > dense:
                    raise CannotRead(
                        f"It unpacks to more than {limits.max_ratio} times its packed size.",
                        "Leave it out: no report packs so well, a ZIP bomb does.",
                    )
                if size > max_bytes:
                    raise CannotRead(
                        f"It unpacks to more than {max_bytes / MIB:,.0f} MiB.",
                        "Put the reports themselves into the folder, or split the archive.",
                    )
                parts.append(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as problem:
        raise CannotRead(
            f"It cannot be unpacked: {type(problem).__name__}.", "Pack it again as a plain ZIP."
        ) from problem
    return b"".join(parts)
