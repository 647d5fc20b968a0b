"""Which declared part of a study stands for which printed table, fitted or not, and why not.

Belongs here: labels and reasons. Matching cells and judging them is ``compare``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models_py.study.declared import Models


@dataclass(frozen=True)
class StandsFor:
    """A declared part that stands for a printed table or model.

    Attributes:
        variables: those that it declares.
        reason: why it was not fitted, as a sentence; empty where it was.
    """

    variables: tuple[str, ...] = ()
    reason: str = ""


def stands_for(
    models: Models, reasons: Mapping[tuple[str, str], str | None]
) -> dict[str, StandsFor]:
    """Declared parts by the label of the printed table or model.

    Args:
        models: of the study.
        reasons: why a part was not fitted, by section and name.
    """
    return {
        label: StandsFor(variables, reasons.get((section, name)) or "")
        for section, name, label, variables in _labels(models)
        if label
    }


def _labels(models: Models) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    for name, block in models.descriptives.items():
        for label in (block.published, block.published_correlations):
            yield "descriptives", name, label, block.variables
    for name, regression in models.regressions.items():
        yield "regressions", name, regression.published, regression.variables
    for name, mediated in models.mediations.items():
        for label in mediated.published.values():
            yield "mediations", name, label, mediated.variables
    for name, moderated in models.moderations.items():
        yield "moderations", name, moderated.published, moderated.variables
