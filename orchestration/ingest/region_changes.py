"""What became of abolished regions: ``dbt_project/seeds/region_changes.csv``, read for sentences.

Which figures may be added across a change is the warehouse's business
(``int_regions__fixed_boundary``), and which region a name means that of `regions`; here is only
who took over.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

# Kinds of change after which the old code stands for nothing.
_ENDS = frozenset({"renamed", "merged", "split"})


@dataclass(frozen=True)
class Succession:
    """A region that took the area of another, or a part of it, from a year on."""

    to_code: str
    year: int
    kind: str


@cache
def successions(folder: Path) -> Mapping[str, tuple[Succession, ...]]:
    """Successors of each abolished code, by its code, in the order of their own codes.

    A folder without the file gives none; a folder is read once in the life of the process.

    Raises:
        ValueError: A year is no number.
    """
    path = folder / "region_changes.csv"
    found: dict[str, list[Succession]] = defaultdict(list)
    if not path.is_file():
        return MappingProxyType({})
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] not in _ENDS:
                continue
            if not row["year"].isdecimal():
                raise ValueError(
                    f"{path.name}: {row['from_code']} to {row['to_code']} has the year "
                    f"{row['year']!r}, which is no number."
                )
            found[row["from_code"]].append(
                Succession(row["to_code"], int(row["year"]), row["kind"])
            )
    return MappingProxyType(
        {code: tuple(sorted(many, key=lambda one: one.to_code)) for code, many in found.items()}
    )
