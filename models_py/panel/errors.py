"""The one error of the econometrics: a sentence a user can act on. No estimation here."""

from __future__ import annotations

from collections.abc import Iterable


class PanelError(ValueError):
    """Data or a call that no estimate can come from; the message is a sentence.

    Attributes:
        variables: the columns the sentence is about, so that a caller can point at the line of the
            study file that names them.
    """

    def __init__(self, message: str, variables: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.variables: tuple[str, ...] = tuple(variables)


class Absorbed(PanelError):
    """Regressors that the effects take in full; a product of theirs may still be estimated."""


SHOWN = 6


def listed(names: Iterable[object], shown: int = SHOWN) -> str:
    """Names in a sentence: all of a few, the first ``shown`` of many and how many more."""
    every = [str(name) for name in names]
    if len(every) <= shown:
        return ", ".join(every)
    return f"{', '.join(every[:shown])} and {len(every) - shown} more"
