"""How a build tells what it is doing. The silent form is here; the CLI brings its own."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of stages and of documents done; what it shows is its own affair."""

    def stage(self, name: str, total: int | None = None) -> None:
        """A stage begins; ``total`` is how many documents it will handle, if known."""

    def advance(self, count: int = 1) -> None:
        """That many documents of the stage are done."""


class Silent:
    """For Dagster's own processes and for tests."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Nothing is shown."""

    def advance(self, count: int = 1) -> None:
        """Nothing is shown."""
