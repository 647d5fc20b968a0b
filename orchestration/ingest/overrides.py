"""What the user decides against the rules: ``overrides.yaml`` at the root of the landing zone.

Reading and checking the file, and finding the documents that an entry means, belong here; what
an override changes is applied in ``decision``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from orchestration.ingest.regions import AmbiguousRegion, Region, RegionTable, UnknownRegion
from orchestration.settings import UsageError

OVERRIDES_FILE = "overrides.yaml"
_MAX_BYTES = 4 * 1024 * 1024

Action = Literal["accept", "reject", "set"]


class Override(BaseModel):
    """One entry of the file.

    Attributes:
        file: path inside the landing zone, as ``raw.files.path`` has it.
        member: record or archive member; left out, the file's only one, or all of them.
        action: ``accept``: count it, whatever the rules say, before any other of its region and
            year; ``reject``: never count it; ``set``: it is of this region or year.
        region: with ``set``: name or code of the region.
        year: with ``set``: the report year.
        reason: why.
        by: who decided.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    file: str
    member: str | None = None
    action: Action
    region: str | None = None
    year: int | None = Field(None, ge=1949, le=2100)
    reason: str
    by: str = ""

    @field_validator("reason")
    @classmethod
    def _is_a_reason(cls, reason: str) -> str:
        plain = " ".join(reason.split())
        if not plain:
            raise ValueError("say why")
        return plain

    @model_validator(mode="after")
    def _says_what_to_set(self) -> Override:
        if self.action == "set" and self.region is None and self.year is None:
            raise ValueError("`set` needs a region, a year or both")
        if self.action != "set" and (self.region is not None or self.year is not None):
            raise ValueError(f"`{self.action}` takes no region and no year; use `set`")
        return self

    @property
    def place(self) -> str:
        """File and member, as shown."""
        return self.file if self.member is None else f"{self.file} > {self.member}"

    def sentence(self) -> str:
        """What was decided and why."""
        set_to = ", ".join(str(value) for value in (self.region, self.year) if value is not None)
        verb = {"accept": "Accepted", "reject": "Rejected", "set": f"Set to {set_to}"}[self.action]
        return f"{verb} by {OVERRIDES_FILE}{f' ({self.by})' if self.by else ''}: {self.reason}"


def read_overrides(landing: Path) -> tuple[Override, ...]:
    """The overrides of a landing zone; none where it has no such file.

    Raises:
        UsageError: the file is not as described; one sentence that names the entry.
    """
    path = landing / OVERRIDES_FILE
    if not path.is_file():
        return ()
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError("it is too large")
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or []
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as problem:
        line = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise UsageError(f"{path} cannot be used: {line}.") from problem
    if not isinstance(loaded, list):
        raise UsageError(f"{path} must be a list; each entry begins with `- file:`.")
    return tuple(_entry(path, number, entry) for number, entry in enumerate(loaded, start=1))


def _entry(path: Path, number: int, entry: object) -> Override:
    try:
        return Override.model_validate(entry)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(map(str, first["loc"]))
        where = f"entry {number}, key {key!r}" if key else f"entry {number}"
        raise UsageError(f"{path}: {where}: {first['msg']}.") from problem


def match_overrides(
    overrides: Sequence[Override], places: Mapping[str, tuple[str, str]], paths: Iterable[str]
) -> dict[str, list[Override]]:
    """The overrides of each document.

    Args:
        overrides: as read.
        places: path and member of each document, by its identifier.
        paths: every file of the landing zone.

    Raises:
        UsageError: an entry matches no document: its file is gone, renamed or unreadable.
    """
    by_place: dict[str, dict[str, str]] = {}
    for document, (path, member) in places.items():
        by_place.setdefault(path, {})[member] = document
    known = sorted(set(paths))
    matched: dict[str, list[Override]] = {}
    for override in overrides:
        members = by_place.get(override.file, {})
        if override.member is not None:
            chosen = [members[override.member]] if override.member in members else []
        else:
            chosen = list(members.values())
        if not chosen:
            raise UsageError(_unmatched(override, known, list(members)))
        for document in chosen:
            matched.setdefault(document, []).append(override)
    for decisions in matched.values():
        _refuse_contradictions(decisions)
    return matched


def _refuse_contradictions(decisions: Sequence[Override]) -> None:
    """Two entries that cannot both be carried out on one document."""
    place = decisions[0].place
    if {"accept", "reject"} <= {one.action for one in decisions}:
        raise UsageError(f"{OVERRIDES_FILE}: {place} is both accepted and rejected; keep one.")
    for name in ("region", "year"):
        values = {value for one in decisions if (value := getattr(one, name)) is not None}
        if len(values) > 1:
            told = " and ".join(sorted(map(str, values)))
            raise UsageError(f"{OVERRIDES_FILE}: {place} is set to {told}; keep one.")


def _unmatched(override: Override, paths: Sequence[str], members: Sequence[str]) -> str:
    beginning = f"{OVERRIDES_FILE}: {override.place} matches nothing"
    if override.file not in paths:
        near = get_close_matches(override.file, paths, n=1, cutoff=0.5)
        guess = f"; the nearest is {near[0]}" if near else ""
        return f"{beginning}: the landing zone has no such file{guess}."
    if not members:
        return f"{beginning}: no text could be read from the file, so there is none to decide on."
    near = get_close_matches(override.member or "", members, n=1, cutoff=0)
    return f"{beginning}: the file has no such member; the nearest is {near[0]}."


def region_of(override: Override, regions: RegionTable, year: int | None) -> Region | None:
    """The region that a `set` names, by name or code.

    Raises:
        UsageError: no region, or more than one, has this name.
    """
    if override.region is None:
        return None
    try:
        if override.region.isdigit():
            return regions.get(override.region)
        return regions.resolve(override.region, year=year)
    except (UnknownRegion, AmbiguousRegion) as problem:
        raise UsageError(f"{OVERRIDES_FILE}: {override.place}: {problem}") from problem
