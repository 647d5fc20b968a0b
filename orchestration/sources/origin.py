"""The origin record of a fetched corpus: ``origins/NAME.yaml`` and the checksums beside it.

The list of checksums is in the form of ``sha256sum``, so that anybody can check it without this
program: ``sha256sum -c origins/NAME.sha256`` in the landing zone.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.settings import UsageError

_MAX_BYTES = 64 * 1024**2
_HEADER = "# Written by `xinku sources fetch`; it verifies the files by it. Not a report.\n"


class Origin(BaseModel):
    """Where the files of one corpus come from.

    Attributes:
        name: the source in the catalogue.
        title: what it holds.
        producer: who put it together.
        address: its public address.
        fetched_from: where it was taken from, the address or another.
        commit: the commit, in full.
        tree: Git's hash of all names and contents of that commit.
        licence: as stated.
        accessed_on: the day of the first fetch.
        n_bytes: size of all files.
        files: SHA-256 of every file, by its path in the landing zone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    title: str
    producer: str
    address: str
    fetched_from: str
    commit: str
    tree: str
    licence: str
    accessed_on: date
    n_bytes: int
    files: dict[str, str]


def write_origin(landing: Path, origin: Origin) -> None:
    """Write the checksums, then the record that names their own checksum."""
    folder = landing / "origins"
    folder.mkdir(exist_ok=True)
    data = "".join(f"{sha256}  {path}\n" for path, sha256 in origin.files.items()).encode()
    facts: dict[str, Any] = origin.model_dump(exclude={"files"})
    facts |= {
        "checksum": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "n_files": len(origin.files),
    }
    text = _HEADER + yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)
    for path, content in (
        (folder / f"{origin.name}.sha256", data),
        (folder / f"{origin.name}.yaml", text.encode()),
    ):
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(content)
        partial.replace(path)


def read_origin(landing: Path, name: str) -> Origin | None:
    """The record of a corpus in a landing zone; ``None`` where it was not fetched.

    Raises:
        UsageError: the record or its checksums were altered.
    """
    path = landing / "origins" / f"{name}.yaml"
    if not path.exists():
        return None
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError("it is too large")
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))
        data = path.with_suffix(".sha256").read_bytes()
        if facts.pop("checksum") != f"sha256:{hashlib.sha256(data).hexdigest()}":
            raise ValueError(f"{name}.sha256 is not the one it was written with")
        del facts["n_files"]
        lines = [line.split("  ", 1) for line in data.decode().split("\n") if line]
        facts["files"] = {file: sha256 for sha256, file in lines}
        return Origin.model_validate(facts)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        if isinstance(error, ValidationError):
            reason = str(error.errors()[0]["msg"])
        raise UsageError(
            f"{path} cannot be used ({reason}); move it and {name}.sha256 away, then fetch again."
        ) from error
