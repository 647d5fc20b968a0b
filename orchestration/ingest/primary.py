"""Which document of a region and year is counted, by one written rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Status = Literal["primary", "superseded"]

_COMPLETENESS_RANK = {"full": 0, "abridged": 1, "truncated": 2}


@dataclass(frozen=True)
class Candidate:
    """What the rule looks at.

    Attributes:
        document_id: the document.
        region_code: GB/T 2260 code.
        report_year: the year it counts for.
        completeness: full, abridged or truncated.
        n_chars: length of the text, white space not counted.
        modified_at: modification time of the file.
        place: path and member, for the sentence that names the winner.
        file_id: SHA-256 of the file.
        accepted: whether the user's override asks for it.
    """

    document_id: str
    region_code: str
    report_year: int
    completeness: str
    n_chars: int
    modified_at: datetime
    place: str
    file_id: str = ""
    accepted: bool = False


def choose_primary(candidates: Iterable[Candidate]) -> Mapping[str, tuple[Status, str | None]]:
    """Choose one primary document for each region and year.

    One that an override accepts comes first; then a complete text before an abridged one and that
    before a truncated one, then the longer, then the newer file, then the first path in order.

    Returns:
        Status and, for a superseded document, the reason, by ``document_id``.
    """
    groups: defaultdict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.region_code, candidate.report_year].append(candidate)
    verdicts: dict[str, tuple[Status, str | None]] = {}
    for group in groups.values():
        winner, *others = sorted(group, key=_preference)
        verdicts[winner.document_id] = ("primary", None)
        for other in others:
            verdicts[other.document_id] = ("superseded", _reason(winner, other))
    return verdicts


def _preference(candidate: Candidate) -> tuple[bool, int, int, float, str, str]:
    return (
        not candidate.accepted,
        _COMPLETENESS_RANK[candidate.completeness],
        -candidate.n_chars,
        -candidate.modified_at.timestamp(),
        candidate.place,
        candidate.document_id,
    )


def _path(candidate: Candidate) -> str:
    return candidate.place.partition(" > ")[0]


def _reason(winner: Candidate, other: Candidate) -> str:
    if winner.file_id and winner.file_id == other.file_id and _path(winner) != _path(other):
        why = "the files are equal, byte for byte"
    elif winner.accepted != other.accepted:
        why = "an override accepts that one"
    elif winner.completeness != other.completeness:
        why = f"that one is {winner.completeness}, this one {other.completeness}"
    elif winner.n_chars != other.n_chars:
        why = f"that one is longer ({winner.n_chars} against {other.n_chars} characters)"
    elif winner.modified_at != other.modified_at:
        why = "that file is newer"
    else:
        why = "both are alike and that path comes first"
    return f"Counted instead: {winner.place}; {why}."
