"""The one error of composite indices: a sentence a user can act on. No arithmetic here."""

from __future__ import annotations

from collections.abc import Iterable


class ScoreError(ValueError):
    """Data or a scheme that no index can come from; the message is a sentence.

    Attributes:
        indicators: codes of the indicators the sentence is about.
        years: the years it is about.
        scheme: name of the scheme whose rule it breaks; empty where no scheme is involved.
    """

    def __init__(
        self,
        message: str,
        indicators: Iterable[object] = (),
        years: Iterable[object] = (),
        scheme: str = "",
    ) -> None:
        super().__init__(message)
        self.indicators: tuple[str, ...] = tuple(str(code) for code in indicators)
        self.years: tuple[object, ...] = tuple(years)
        self.scheme = scheme


SHOWN = 6
# A cell or a code is quoted in a sentence; a whole paragraph pasted into one is not.
LONGEST = 40


def listed(names: Iterable[object], shown: int = SHOWN) -> str:
    """Names in a sentence: all of a few, the first ``shown`` of many and how many more."""
    every = [quoted(name) for name in names]
    if len(every) <= shown:
        return ", ".join(every)
    return f"{', '.join(every[:shown])} and {len(every) - shown} more"


def quoted(value: object) -> str:
    """One value in a sentence, on one line and cut where it is long."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
