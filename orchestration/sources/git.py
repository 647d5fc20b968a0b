"""Git, run so that a hostile repository can only give us bytes: no checkout, no hooks, no prompts.

A repository is fetched into a bare one and read with ``ls-tree`` and ``cat-file``. Nothing is ever
checked out, so no link, submodule, filter or attribute of the repository takes effect here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from orchestration.settings import UsageError

# The largest of the known corpora is far below; a repository without end must not fill the disk.
MAX_REPOSITORY_BYTES = 4 * 1024**3
_LOOK_SECONDS = 1.0
_PERCENT = re.compile(rb"(Receiving objects|Resolving deltas|Counting objects):\s+(\d+)%")
_SHOWN_ERROR = 300

_SETTINGS = {
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.file.allow": "always",
    "protocol.version": "2",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "core.fsmonitor": "false",
    "core.askPass": "",
    "credential.helper": "",
    "fetch.recurseSubmodules": "no",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    # A line that has gone dead is given up after a minute.
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
}


class GitError(RuntimeError):
    """Git could not do it: one sentence, exit code 1."""


@dataclass(frozen=True)
class Entry:
    """One file of a commit.

    Attributes:
        mode: ``100644``, ``120000`` (a link), ``160000`` (another repository) and so on.
        object_id: Git's hash of its content.
        bytes: size; 0 for another repository.
        path: with ``/``; bytes that are no UTF-8 as Python's surrogates.
    """

    mode: str
    object_id: str
    bytes: int
    path: str


def checked_address(address: str) -> str:
    """An address that may be fetched from: https, file, or the path of a local repository.

    Raises:
        UsageError: anything else, or an address with a password in it.
    """
    parts = urlsplit(address) if "://" in address else None
    if parts is None:
        # Git reads `host:path` as ssh and `name::address` as a helper program.
        path = Path(address).expanduser()
        if not address or not path.exists():
            raise UsageError(
                f"{address!r} is neither a local folder nor an address that begins with https:// "
                "or file://."
            )
        return os.path.abspath(path)
    if parts.scheme not in ("https", "file") or any(not c.isprintable() for c in address):
        raise UsageError(
            f"{address!r} is not fetched from: use an https or file address, or a local folder."
        )
    if parts.username or parts.password:
        raise UsageError(
            f"The address on {parts.hostname} holds a name or password; leave it out, "
            "the corpora are public."
        )
    return address


class Repository:
    """A bare repository of our own.

    Args:
        folder: where it lies or will lie.
        limit: size in bytes at which a fetch is stopped.

    Raises:
        GitError: git is not installed.
    """

    def __init__(self, folder: Path, limit: int = MAX_REPOSITORY_BYTES) -> None:
        self.folder = folder
        self._limit = limit
        program = shutil.which("git")
        if program is None:
            raise GitError("git is not installed or not on the PATH; install it, then try again.")
        self._program = program

    def create(self) -> None:
        """Make it anew and empty."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        # An empty template: the user's own may hold hooks.
        self._run("init", "--quiet", "--bare", "--template=")

    def fetch(self, address: str, wanted: str, percent: Callable[[int], None]) -> str:
        """Fetch one commit, alone if the other side gives it alone, else with all history.

        Args:
            address: as `checked_address` returns it.
            wanted: a commit, the beginning of one, or ``HEAD``.
            percent: told how much of the transfer is done.

        Returns:
            The commit, in full.

        Raises:
            GitError: the other side cannot be reached or has no such commit.
        """
        found = self._fetched(address, wanted, percent)
        if wanted != "HEAD" and not found.startswith(wanted):
            raise GitError(f"{wanted} at {address} is not a commit; nothing was copied.")
        return found

    def _fetched(self, address: str, wanted: str, percent: Callable[[int], None]) -> str:
        whole = len(wanted) >= 40 or wanted == "HEAD"
        try:
            if whole:
                self._fetch(address, [wanted], percent, "--depth=1")
                return self._commit("FETCH_HEAD" if wanted == "HEAD" else wanted)
        except GitError:
            # Some servers give only what a branch points to.
            if wanted == "HEAD":
                raise
        self._fetch(address, ["+refs/heads/*:refs/all/*", "+refs/tags/*:refs/tagged/*"], percent)
        try:
            return self._commit(wanted)
        except GitError as error:
            raise GitError(
                f"The repository at {address} has no commit {wanted}, or several that begin so; "
                "nothing was copied. --commit HEAD takes what it has instead."
            ) from error

    def verify(self, commit: str) -> None:
        """Check every object against its hash and that none that the commit needs is missing.

        Raises:
            GitError: one is damaged or missing.
        """
        self._run("fsck", "--full", "--no-dangling", "--no-progress", commit)

    def tree(self, commit: str) -> str:
        """Hash of the commit's tree: the checksum of all its names and contents."""
        return self._commit(f"{commit}^{{tree}}")

    def entries(self, commit: str) -> list[Entry]:
        """Every file of a commit."""
        listed = self._run("ls-tree", "-r", "-l", "-z", "--full-tree", commit)
        entries = []
        for line in filter(None, listed.split(b"\0")):
            facts, _, path = line.partition(b"\t")
            mode, _, object_id, size = facts.split()
            count = 0 if size == b"-" else int(size)
            entries.append(Entry(mode.decode(), object_id.decode(), count, os.fsdecode(path)))
        return entries

    def contents(self, object_ids: Sequence[str]) -> Iterator[bytes]:
        """Contents of files, in order, each checked against its hash.

        Raises:
            GitError: one is missing or damaged.
        """
        command = [*self._command(), "cat-file", "--batch"]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as process:
            if process.stdin is None or process.stdout is None:
                raise GitError("git gave no pipe to read from.")
            try:
                for object_id in object_ids:
                    process.stdin.write(f"{object_id}\n".encode())
                    process.stdin.flush()
                    header = process.stdout.readline().split()
                    if len(header) != 3 or header[1] != b"blob":
                        raise GitError(f"The object {object_id} is missing or damaged.")
                    data = process.stdout.read(int(header[2]))
                    process.stdout.read(1)
                    if blob_hash(data, len(object_id)) != object_id:
                        raise GitError(f"The object {object_id} does not have that hash.")
                    yield data
            finally:
                process.kill()

    def _commit(self, name: str) -> str:
        kind = "" if "^{" in name else "^{commit}"
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", name + kind)
        return found.split()[-1].decode()

    def _fetch(
        self, address: str, wanted: Sequence[str], percent: Callable[[int], None], *options: str
    ) -> None:
        command = [*self._command(), "fetch", "--no-tags", "--progress", *options]
        log = self.folder / "fetch.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [*command, "--", address, *wanted],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=_environment(),
            )
            try:
                self._watch(process, log, percent)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if process.returncode:
            raise GitError(
                f"{address} could not be fetched: {_last_line(log.read_bytes())}. "
                "Run the same command to try again."
            )

    def _watch(
        self, process: subprocess.Popen[bytes], log: Path, percent: Callable[[int], None]
    ) -> None:
        looked = time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
            found = _PERCENT.findall(log.read_bytes()[-400:])
            if found and found[-1][0] == b"Receiving objects":
                percent(int(found[-1][1]))
            if process.returncode is not None:
                return
            if time.monotonic() - looked > _LOOK_SECONDS:
                looked = time.monotonic()
                if _size(self.folder) > self._limit:
                    raise GitError(
                        f"The repository is larger than {self._limit / 1024**3:.1f} GiB; "
                        "the fetch was stopped and nothing copied."
                    )

    def _command(self) -> list[str]:
        settings = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
        return [self._program, *settings, f"--git-dir={self.folder}"]

    def _run(self, *arguments: str) -> bytes:
        done = subprocess.run(
            [*self._command(), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            check=False,
        )
        if done.returncode:
            raise GitError(f"git {arguments[0]} failed: {_last_line(done.stderr)}.")
        return done.stdout


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        # Git renames its files while we look.
        with suppress(OSError):
            total += path.lstat().st_size
    return total


def blob_hash(data: bytes, digits: int = 40) -> str:
    """Git's hash of a file's content; 64 digits for a repository that uses SHA-256."""
    new = hashlib.sha256 if digits == 64 else _sha1
    return new(b"blob %d\0" % len(data) + data).hexdigest()


def _sha1(data: bytes) -> hashlib._Hash:
    return hashlib.sha1(data, usedforsecurity=False)


def _environment() -> dict[str, str]:
    """Ours without what could point git elsewhere; proxies and certificates stay."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") or key.startswith("GIT_SSL")
    }
    return {
        **kept,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:file",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }


def _last_line(errors: bytes) -> str:
    """The line of git's errors that says most, made harmless for a terminal."""
    text = errors[-10_000:].decode("utf-8", "replace").replace("\r", "\n")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    last = telling[0] if telling else "git gave no reason"
    plain = "".join(c if c.isprintable() else " " for c in last)
    return plain.removeprefix("fatal: ").removeprefix("error: ").rstrip(".")[:_SHOWN_ERROR]
