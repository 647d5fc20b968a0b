"""The catalogue of public corpora: what each is, where, under which licence, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.settings import UsageError

CATALOGUE = Path(__file__).with_name("catalogue.yaml")
COMMIT = re.compile(r"[0-9a-f]{7,40}|[0-9a-f]{64}")
_FOLDERS = ("reports", "yearbooks", "tables")


class Part(BaseModel):
    """Some files of a repository and where they go.

    Attributes:
        include: paths in the repository; ``*`` and ``?`` stay within a folder, ``**`` crosses them.
        base: folder of the repository that is taken off their paths.
        into: folder of the landing zone below which they are put.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    include: tuple[str, ...] = Field(min_length=1)
    base: str = ""
    into: str

    def target(self, path: str) -> str | None:
        """Where a file of the repository goes in the landing zone; ``None`` where it does not."""
        if not any(_pattern(glob).fullmatch(path) for glob in self.include):
            return None
        base = self.base.strip("/")
        return f"{self.into}/{path.removeprefix(base + '/') if base else path}"


class Source(BaseModel):
    """One public corpus.

    Attributes:
        name: what it is called here, and the name of its folder in a landing zone.
        title: what it holds, in one line.
        producer: who put it together.
        address: the git repository.
        commit: the commit to fetch; a beginning of at least 7 digits where no more is known,
            ``None`` where none is.
        commit_note: what the pin rests on.
        licence: as stated where it was found, in words.
        coverage: what was found in it.
        defects: what is known to be wrong with it.
        parts: which of its files are useful, and where they go.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")
    title: str
    producer: str
    address: str
    commit: str | None = None
    commit_note: str
    licence: str
    coverage: str
    defects: tuple[str, ...] = ()
    parts: tuple[Part, ...] = Field(min_length=1)

    @field_validator("commit")
    @classmethod
    def _is_a_commit(cls, value: str | None) -> str | None:
        if value is not None and not COMMIT.fullmatch(value):
            raise ValueError(f"{value!r} is no commit: 7 to 40 hexadecimal digits, lower case")
        return value

    @model_validator(mode="after")
    def _stays_in_its_own_folder(self) -> Self:
        for part in self.parts:
            folder = PurePosixPath(part.into)
            own = len(folder.parts) >= 2 and folder.parts[1] == self.name
            if not own or folder.parts[0] not in _FOLDERS or ".." in folder.parts:
                raise ValueError(
                    f"{part.into!r} must lie in {' or '.join(f'{f}/{self.name}' for f in _FOLDERS)}"
                )
        return self

    def target(self, path: str) -> str | None:
        """Where a file of the repository goes in the landing zone; ``None`` where it does not."""
        for part in self.parts:
            found = part.target(path)
            if found:
                return found
        return None


def load_catalogue(path: Path = CATALOGUE) -> Mapping[str, Source]:
    """Every known corpus by its name.

    Raises:
        UsageError: the file is not as described in `Source`.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        sources = [Source.model_validate(row) for row in rows["sources"]]
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UsageError(f"{path} cannot be read: {reason}.") from error
    return {source.name: source for source in sources}


def find_source(name: str, known: Mapping[str, Source]) -> Source:
    """The corpus of that name, or of the repository ``owner/name``.

    Raises:
        UsageError: none has it; the sentence names the nearest.
    """
    if name in known:
        return known[name]
    for source in known.values():
        if source.address.lower().endswith(f"/{name.lower()}") and name.count("/") == 1:
            return source
    raise UsageError(f"No source is named {name!r}{_nearest(name, list(known))}.")


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.4)
    listed = "`xinku sources list` shows all"
    return f"; the nearest is {near[0]}, and {listed}" if near else f"; {listed}"


def _pattern(glob: str) -> re.Pattern[str]:
    """A glob as a regular expression over paths with ``/``."""
    steps = []
    for token in re.split(r"(\*\*/|\*\*|\*|\?)", glob):
        steps.append(
            {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}.get(
                token, re.escape(token)
            )
        )
    return re.compile("".join(steps), re.DOTALL)
