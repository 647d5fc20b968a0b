"""ZIP archives: every member goes through the same dispatch, in memory.

Names are decoded and checked here; what a member is, the dispatch decides.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace

from orchestration.ingest.records import Ignored, Outcome, Unreadable
from orchestration.ingest.reports.members import is_zip, true_name, unpack
from orchestration.ingest.reports.protocol import MIB, CannotRead, Source

Dispatch = Callable[[bytes, Source], Iterator[Outcome]]


class ArchiveReader:
    """Each member one or more outcomes, located by its path in the archive."""

    name = "zip"
    suffixes = frozenset({".zip"})

    def __init__(self, dispatch: Dispatch) -> None:
        """Take the function that reads one member."""
        self._dispatch = dispatch

    def accepts(self, data: bytes, source: Source) -> bool:
        """By signature; DOCX, which has the same, is asked before."""
        return is_zip(data)

    def read(self, data: bytes, source: Source) -> Iterator[Outcome]:
        """Yield what the members hold, in the order of the archive."""
        if source.depth:
            yield Ignored("It is an archive inside an archive, which is not opened.")
            return
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = [info for info in package.infolist() if not info.is_dir()]
            if not infos:
                raise CannotRead("The archive is empty.", "Put the reports into it.")
            if len(infos) > source.limits.max_members:
                raise CannotRead(
                    f"The archive has {len(infos):,} members, more than "
                    f"{source.limits.max_members:,}.",
                    "Split the archive, for example by year.",
                )
            yield from self._members(package, infos, source)

    def _members(
        self, package: zipfile.ZipFile, infos: list[zipfile.ZipInfo], source: Source
    ) -> Iterator[Outcome]:
        left = source.limits.max_unpacked_bytes
        used: set[str] = set()
        for number, info in enumerate(infos):
            if left <= 0:
                raise CannotRead(
                    f"The archive unpacks to more than "
                    f"{source.limits.max_unpacked_bytes / MIB:,.0f} MiB; its last "
                    f"{len(infos) - number} members were not read.",
                    "Split the archive, for example by year.",
                )
            name = true_name(info)
            place = _unique(name, used)
            refused = _refuse(name, info)
            if refused is not None:
                yield replace(refused, locator=place)
                continue
            try:
                limit = min(left, source.limits.max_file_bytes)
                data = unpack(package, info, limit, source.limits)
            except CannotRead as problem:
                # What was unpacked before giving up counts too, or a thousand bombs add up.
                left -= min(limit, info.file_size)
                yield problem.at(place)
                continue
            left -= len(data)
            member = Source(name, source.limits, source.depth + 1)
            for outcome in self._dispatch(data, member):
                where = f"{place} > {outcome.locator}" if outcome.locator else place
                yield replace(outcome, locator=where)


def _refuse(name: str, info: zipfile.ZipInfo) -> Unreadable | Ignored | None:
    """Refuse a member by its name or kind, before unpacking it."""
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "__MACOSX":
        return Ignored("It is a macOS side file, not a report.")
    if not parts[0] or parts[0].endswith(":") or ".." in parts or "\x00" in name:
        return Unreadable(
            f"The archive has an unsafe member name, {name!r}, that points outside of it.",
            "Pack the report again under a plain name.",
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        return Ignored("It is a symbolic link; pack the file itself.")
    return None


def _unique(name: str, used: set[str]) -> str:
    """A locator for a member: archives may hold one name twice."""
    place, count = name, 1
    while place in used:
        count += 1
        place = f"{name} ({count})"
    used.add(place)
    return place
