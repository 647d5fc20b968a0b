"""What a paper's printed names stand for in a study."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PrintedName:
    """A name that a paper prints, and what it may stand for in a study.

    Attributes:
        variables: ours; a table takes the one that it has.
        definition: how ours is defined otherwise, as a clause; empty where only the edition of
            the source can differ.
    """

    variables: tuple[str, ...]
    definition: str = ""
