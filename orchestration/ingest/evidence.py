"""What a fact about a report was read from, with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["text", "front_matter", "name"]


@dataclass(frozen=True)
class Evidence:
    """One thing a fact was read from; ``start`` and ``end`` are offsets into the body."""

    fact: str
    value: str
    place: Place
    quote: str
    start: int | None = None
    end: int | None = None
