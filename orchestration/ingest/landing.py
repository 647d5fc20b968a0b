"""Finds the files of a landing zone and tells what each is, without opening a single report.

The folder belongs to the user: it is read, never written, and nothing in it is followed out of
it. What a report holds belongs to ``reports``; what becomes of the files to the assets.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.ingest.records import Ignored, Unreadable
from orchestration.ingest.reports.protocol import Limits
from orchestration.ingest.reports.signatures import oversize

ORIGIN_FILE = "landing.yaml"
REPORTS = "reports"
# The folders of a landing zone that hold data; studies and profiles beside them say what to do.
FOLDERS = (REPORTS, "yearbooks", "tables")
_MAX_ORIGIN_BYTES = 64 * 1024
_CHUNK = 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class FoundFile:
    r"""One entry of the landing zone that is not a folder, or a folder that cannot be listed.

    Attributes:
        path: for opening; may hold bytes that are no UTF-8.
        relative: for showing and storing: below the landing zone, ``/`` between folders, bytes
            that are no UTF-8 as ``\xff``.
        bytes: size; 0 where it is not known.
        mtime: time of last change, seconds since 1970.
        changed_ns: the later of its times of change, nanoseconds since 1970.
        stat: size, times and inode: equal ones mean an unchanged content.
        problem: why it is not to be opened, or ``None``.
    """

    path: Path
    relative: str
    bytes: int
    mtime: float
    changed_ns: int = 0
    stat: str = ""
    problem: Unreadable | Ignored | None = None


class LandingOrigin(BaseModel):
    """What ``landing.yaml`` at the root of a landing zone says about its files."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str = ""
    is_sample: bool = False
    licence: str = ""
    producer: str = ""
    note: str = ""


def walk(
    landing: Path, folder: str = "reports", *, limits: Limits | None = None
) -> list[FoundFile]:
    """List every file below one folder of a landing zone, ordered by the bytes of its path.

    Symbolic links are not followed, devices and pipes not opened, files that are too large or not
    allowed to be read are listed with their problem.

    Args:
        landing: the landing zone; may itself be a link.
        folder: the folder in it; a missing one holds no files.
        limits: bounds on the size of a file.

    Raises:
        NotADirectoryError: the landing zone is not a folder.
    """
    if not landing.is_dir():
        raise NotADirectoryError(f"The landing zone {landing} is not a folder that can be read.")
    top = landing / folder
    try:
        status = os.lstat(top)
    except FileNotFoundError:
        return []
    except OSError as problem:
        return [_unreadable(top, landing, problem)]
    found = list(_below(top, landing, status, limits or Limits()))
    return sorted(found, key=lambda file: os.fsencode(file.path))


def _below(top: Path, landing: Path, status: os.stat_result, limits: Limits) -> Iterator[FoundFile]:
    pending = [(top, status)]
    while pending:
        path, status = pending.pop()
        if not stat.S_ISDIR(status.st_mode):
            yield _found(path, landing, status, limits)
            continue
        try:
            with os.scandir(path) as entries:
                names = [entry.name for entry in entries]
        except OSError as problem:
            yield _unreadable(path, landing, problem)
            continue
        for name in names:
            inner = path / name
            try:
                pending.append((inner, os.lstat(inner)))
            except OSError as problem:
                yield _unreadable(inner, landing, problem)


def _found(path: Path, landing: Path, status: os.stat_result, limits: Limits) -> FoundFile:
    return FoundFile(
        path=path,
        relative=display(path, landing),
        bytes=status.st_size,
        mtime=status.st_mtime,
        changed_ns=max(status.st_mtime_ns, status.st_ctime_ns),
        stat=f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}",
        problem=_problem(path, status, limits),
    )


def _problem(path: Path, status: os.stat_result, limits: Limits) -> Unreadable | Ignored | None:
    mode = status.st_mode
    if stat.S_ISLNK(mode):
        return Ignored(
            "It is a symbolic link; copy the file here or point --landing at its target."
        )
    if not stat.S_ISREG(mode):
        kinds = ((stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"))
        kind = next((name for test, name in kinds if test(mode)), "device")
        return Ignored(f"It is a {kind}, not a file.")
    if not os.access(path, os.R_OK):
        return _not_allowed("file")
    return oversize(path.name, status.st_size, limits)


def _unreadable(path: Path, landing: Path, problem: OSError) -> FoundFile:
    if isinstance(problem, PermissionError):
        reason = _not_allowed("folder")
    else:
        reason = Unreadable(
            f"It cannot be looked at: {problem.strerror or type(problem).__name__}.",
            "Check the disk or network drive that it is on.",
        )
    return FoundFile(path, display(path, landing), 0, 0.0, problem=reason)


def _not_allowed(kind: str) -> Unreadable:
    return Unreadable(
        f"There is no permission to read the {kind}.",
        f"Give your user the right to read the {kind}, or copy what is in it.",
    )


def display(path: Path, landing: Path) -> str:
    """A path below the landing zone as text that every database and terminal can hold."""
    relative = os.fsencode(path.relative_to(landing)).decode("utf-8", "backslashreplace")
    # A line break or an escape in a name would write its own lines on a terminal.
    plain = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", relative)
    return plain.replace(os.sep, "/")


def count_entries(landing: Path, folder: str = "reports") -> int:
    """Count what :func:`walk` must list, by another way: for the check that nothing vanishes."""
    top = landing / folder
    if top.is_symlink() or top.is_file():
        return 1
    count = 0
    failed: list[OSError] = []
    for where, folders, files in os.walk(top, onerror=failed.append, followlinks=False):
        count += len(files) + sum(Path(where, name).is_symlink() for name in folders)
    return count + len(
        [problem for problem in failed if not isinstance(problem, FileNotFoundError)]
    )


def read(file: FoundFile) -> bytes | Unreadable:
    """The bytes of a found file, or why it could not be read after all."""
    try:
        with os.fdopen(_open(file.path), "rb") as handle:
            return handle.read()
    except OSError as problem:
        return Unreadable(
            f"The file cannot be read: {problem.strerror or type(problem).__name__}.",
            "Check its permissions and the disk, and build again.",
        )


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces.

    Raises:
        OSError: the file cannot be read, or has become a symbolic link.
    """
    digest = hashlib.sha256()
    with os.fdopen(_open(path), "rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _open(path: Path) -> int:
    """Open for reading only, and not through a link put there since the walk."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))


def landing_origin(landing: Path) -> LandingOrigin:
    """Read ``landing.yaml``; without one the zone is the user's own, and no sample.

    Raises:
        ValueError: the file is not as described in the docs; one sentence that names it.
    """
    path = landing / ORIGIN_FILE
    if not path.is_file():
        return LandingOrigin(title=landing.resolve().name)
    try:
        if path.stat().st_size > _MAX_ORIGIN_BYTES:
            raise ValueError("it is too large")
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {}
        if not isinstance(loaded, dict):
            raise ValueError("it must be a list of keys and values")
        return LandingOrigin.model_validate(loaded)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ValueError(f"{path}: the key {key!r} is wrong: {first['msg']}.") from problem
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as problem:
        line = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise ValueError(f"{path} cannot be used: {line}.") from problem
