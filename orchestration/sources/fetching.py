"""Puts a public corpus into a landing zone: fetched aside, verified, moved in whole, recorded.

A landing zone belongs to its user and the rest of the program only reads it; this is the one place
that writes there, into a folder named after the source, because the user asks for it by name. No
file that is there already is ever overwritten.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from orchestration.progress import Progress, Silent
from orchestration.settings import UsageError
from orchestration.sources.catalogue import COMMIT, Source
from orchestration.sources.git import Entry, GitError, Repository, blob_hash, checked_address
from orchestration.sources.origin import Origin, read_origin, write_origin

# Far above any known corpus (the largest has some 3,600 files of 20 to 300 KB each).
MAX_FILES = 50_000
MAX_FILE_BYTES = 256 * 1024**2
MAX_TOTAL_BYTES = 2 * 1024**3
_CHUNK = 1024**2
_SHOWN = 3
_LFS = b"version https://git-lfs.github.com/spec/"


class SourceError(RuntimeError):
    """The corpus could not be put there: one sentence, exit code 1."""


@dataclass(frozen=True)
class Fetched:
    """What became of a fetch.

    Attributes:
        status: ``fetched``, or ``verified`` where everything was there already.
        origin: the origin record.
        record: the file it is in.
        skipped: useful paths that are links, repositories or pointers to files kept elsewhere.
    """

    status: Literal["fetched", "verified"]
    origin: Origin
    record: Path
    skipped: Sequence[str] = ()


def fetch(
    source: Source,
    landing: Path,
    *,
    address: str | None = None,
    commit: str | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """Fetch a corpus at its pinned commit into a landing zone, or verify the one that is there.

    Args:
        source: from the catalogue.
        landing: an existing folder.
        address: where to fetch it from instead of its own address: https, file, a local repository.
        commit: which commit instead of the pinned one; ``HEAD`` for the newest. A source without a
            pin needs it.
        progress: told of the stages.

    Raises:
        UsageError: a folder, address or commit that cannot be meant, or files in the way.
        SourceError: what is there is not what was fetched, or the repository is not usable.
        GitError: git is missing, the address cannot be reached, or an object is damaged.
    """
    if not landing.is_dir():
        raise UsageError(f"The landing zone {landing} is not a folder; create it first.")
    progress = progress or Silent()
    wanted = _wanted(source, commit)
    with _workplace(landing, source.name) as work:
        before = read_origin(landing, source.name)
        if before is not None:
            _same_commit(before, wanted, source, landing)
            progress.stage("Verifying files", len(before.files))
            if not _missing(before, landing, progress):
                shutil.rmtree(work, ignore_errors=True)
                return Fetched("verified", before, _record(landing, source.name))
            wanted = before.commit
        elif wanted is None:
            raise UsageError(
                f"{source.name} has no pinned commit ({source.commit_note.rstrip('.')}); "
                "give --commit with one, or --commit HEAD for the newest."
            )
        place = checked_address(address or source.address)
        repository, found = _repository(work, place, wanted or "HEAD", progress)
        files, skipped = _useful(source, repository.entries(found))
        _check_room(landing, files, before)
        checksums = _stage(repository, files, work / "files", progress)
        skipped = [*skipped, *(path for path in files if path not in checksums)]
        _move_in(work / "files", landing, list(checksums), progress)
        origin = Origin(
            name=source.name,
            title=source.title,
            producer=source.producer,
            address=source.address,
            fetched_from=place,
            commit=found,
            tree=repository.tree(found),
            licence=source.licence,
            accessed_on=before.accessed_on if before else date.today(),
            n_bytes=sum(files[path].bytes for path in checksums),
            files=checksums,
        )
        write_origin(landing, origin)
        shutil.rmtree(work, ignore_errors=True)
        return Fetched("fetched", origin, _record(landing, source.name), skipped)


def _wanted(source: Source, commit: str | None) -> str | None:
    if commit is None or commit == "HEAD":
        return commit or source.commit
    if not COMMIT.fullmatch(commit):
        raise UsageError(
            f"--commit {commit!r} is no commit: give 7 to 40 hexadecimal digits, or HEAD."
        )
    return commit


def _same_commit(before: Origin, wanted: str | None, source: Source, landing: Path) -> None:
    """Nothing is replaced by another edition of itself behind the user's back."""
    if wanted in (None, "HEAD") or before.commit.startswith(wanted or ""):
        return
    folders = ", ".join(sorted({part.into for part in source.parts}))
    raise UsageError(
        f"{source.name} is in {landing} at commit {before.commit[:12]}, not {str(wanted)[:12]}; "
        f"move {folders} and origins/{source.name}.* away first."
    )


def _record(landing: Path, name: str) -> Path:
    return landing / "origins" / f"{name}.yaml"


@contextmanager
def _workplace(landing: Path, name: str) -> Iterator[Path]:
    """A hidden folder beside ``reports/``, on the same disk, that only one fetch uses at a time."""
    top = landing / ".xinku-fetch"
    try:
        top.mkdir(exist_ok=True)
        lock = FileLock(str(top / f"{name}.lock"))
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SourceError(f"Another fetch of {name} into {landing} is running.") from error
    except OSError as error:
        raise UsageError(f"{landing} cannot be written to: {error.strerror}.") from error
    work = top / name
    try:
        yield work
    finally:
        if not (work / "complete").exists():
            # Git cannot go on with half a transfer; there is nothing in it to keep.
            shutil.rmtree(work, ignore_errors=True)
            (top / f"{name}.lock").unlink(missing_ok=True)
        lock.release()
        with suppress(OSError):
            top.rmdir()


def _missing(origin: Origin, landing: Path, progress: Progress) -> bool:
    """Whether a recorded file has gone.

    Raises:
        SourceError: one has another content than was fetched.
    """
    altered, missing = [], False
    for name, sha256 in origin.files.items():
        path = landing / name
        if not os.path.lexists(path):
            missing = True
        elif path.is_symlink() or not path.is_file() or _sha256(path) != sha256:
            altered.append(name)
        progress.advance()
    if altered:
        raise SourceError(
            f"{_few(altered)} of {origin.name} changed since they were fetched; nothing was "
            "overwritten. Move them away and run this again to have the originals back."
        )
    return missing


def _repository(
    work: Path, address: str, wanted: str, progress: Progress
) -> tuple[Repository, str]:
    """A repository that holds the wanted commit whole; one that an earlier run completed serves."""
    marker = work / "complete"
    with suppress(OSError, GitError):
        known, folder, asked = marker.read_text(encoding="utf-8").split(" ", 2)
        if asked == f"{wanted} {address}":
            repository = Repository(work / folder)
            repository.verify(known)
            return repository, known
    shutil.rmtree(work, ignore_errors=True)
    # Of another name each time: the git of a run that was killed may still be writing.
    repository = Repository(work / f"git-{uuid.uuid4().hex[:8]}")
    repository.create()
    progress.stage(f"Fetching {address}", 100)
    done = 0

    def percent(value: int) -> None:
        nonlocal done
        progress.advance(max(value - done, 0))
        done = max(value, done)

    found = repository.fetch(address, wanted, percent)
    progress.stage("Checking the repository")
    repository.verify(found)
    marker.write_text(f"{found} {repository.folder.name} {wanted} {address}", encoding="utf-8")
    return repository, found


def _useful(source: Source, entries: Sequence[Entry]) -> tuple[Mapping[str, Entry], Sequence[str]]:
    """The files to copy by their place in the landing zone, and what cannot be copied.

    Raises:
        SourceError: an unsafe path, two files for one place, too many or too large, or none.
    """
    files: dict[str, Entry] = {}
    skipped = []
    folded: set[str] = set()
    for entry in entries:
        target = source.target(entry.path)
        if target is None:
            continue
        if entry.mode not in ("100644", "100755", "100664"):
            skipped.append(entry.path)
            continue
        if not _is_safe(target):
            raise SourceError(
                f"The repository of {source.name} holds the unsafe path {entry.path!r}; "
                "nothing was copied."
            )
        if target.casefold() in folded:
            raise SourceError(
                f"The repository of {source.name} holds two files for {target}; nothing was copied."
            )
        folded.add(target.casefold())
        files[target] = entry
    large = [path for path, entry in files.items() if entry.bytes > MAX_FILE_BYTES]
    total = sum(entry.bytes for entry in files.values())
    if large or total > MAX_TOTAL_BYTES or len(files) > MAX_FILES:
        raise SourceError(
            f"{source.name} is too large to be what the catalogue describes ({len(files):,} files, "
            f"{total / 1024**2:,.0f} MB); nothing was copied."
        )
    if not files:
        raise SourceError(
            f"The repository holds none of the files that {source.name} should have; "
            "nothing was copied. Is it the right repository and commit?"
        )
    return files, skipped


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    return all(
        part not in ("", ".", "..")
        and part.casefold() != ".git"
        and part.isprintable()
        and not set(part) & set('\\:*?"<>|')
        and part == part.rstrip(" .")
        and len(os.fsencode(part)) <= 255
        for part in parts
    )


def _check_room(landing: Path, files: Mapping[str, Entry], before: Origin | None) -> None:
    """Refuse before anything is written where a file of the user's is in the way.

    Raises:
        UsageError: another file has the name of one to be copied, or a folder on the way is a link.
    """
    own = before.files if before else {}
    in_the_way: list[str] = []
    links: set[str] = set()
    for path, entry in files.items():
        target = landing / path
        links.update(
            str(folder.relative_to(landing))
            for folder in target.parents
            if folder.is_relative_to(landing) and folder != landing and folder.is_symlink()
        )
        if not os.path.lexists(target) or path in own:
            continue
        is_same = (
            target.is_file()
            and not target.is_symlink()
            and target.stat().st_size == entry.bytes
            and blob_hash(target.read_bytes(), len(entry.object_id)) == entry.object_id
        )
        if not is_same:
            in_the_way.append(path)
    if links:
        raise UsageError(f"{sorted(links)[0]} in {landing} is a link; nothing is written through.")
    if in_the_way:
        raise UsageError(
            f"{_few(in_the_way)} in {landing} would be overwritten; move them away first. "
            "Nothing was copied."
        )


def _stage(
    repository: Repository, files: Mapping[str, Entry], folder: Path, progress: Progress
) -> dict[str, str]:
    """Write the files aside; those that an interrupted run wrote are checked and kept.

    Returns:
        SHA-256 by path; without the files that are only pointers to Git LFS.
    """
    progress.stage("Copying files", len(files))
    checksums: dict[str, str] = {}
    wanted: list[tuple[str, Entry]] = []
    for path, entry in files.items():
        with suppress(OSError):
            data = (folder / path).read_bytes()
            if blob_hash(data, len(entry.object_id)) == entry.object_id:
                checksums[path] = hashlib.sha256(data).hexdigest()
                progress.advance()
                continue
        wanted.append((path, entry))
    contents = repository.contents([entry.object_id for _, entry in wanted])
    for (path, _), data in zip(wanted, contents, strict=True):
        progress.advance()
        if data.startswith(_LFS):
            continue
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        checksums[path] = hashlib.sha256(data).hexdigest()
    return {path: checksums[path] for path in files if path in checksums}


def _move_in(staged: Path, landing: Path, paths: Sequence[str], progress: Progress) -> None:
    """Put the staged files in their places: a folder at once where it is not there yet."""
    progress.stage("Moving files into the landing zone", len(paths))
    for top in sorted({"/".join(path.split("/")[:2]) for path in paths}):
        source, target = staged / top, landing / top
        target.parent.mkdir(exist_ok=True)
        if not os.path.lexists(target):
            source.rename(target)
    for path in paths:
        source, target = staged / path, landing / path
        if not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _put(source, target)
        progress.advance()


def _put(source: Path, target: Path) -> None:
    """Give a file its name, unless a file of that name has come meanwhile."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links; mode x fails on a file that is there.
        with source.open("rb") as old, target.open("xb") as new:
            shutil.copyfileobj(old, new)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _few(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more files" if len(paths) > _SHOWN else ""
    return ", ".join(ascii(p)[1:-1] if not p.isprintable() else p for p in paths[:_SHOWN]) + more
