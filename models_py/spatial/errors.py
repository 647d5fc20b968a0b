"""The one error of the spatial measures: a sentence a user can act on. No arithmetic here."""

from __future__ import annotations

from collections.abc import Iterable

from models_py.panel.errors import listed

__all__ = ["SpatialError", "listed"]


class SpatialError(ValueError):
    """Values, edges or points that no measure can come from; the message is a sentence.

    Attributes:
        regions: the regions the sentence is about, so that a caller can point at their rows.
    """

    def __init__(self, message: str, regions: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.regions: tuple[str, ...] = tuple(str(region) for region in regions)
