"""What stops models and nothing else: expectations of severity error on what they are fitted to.

The suites are Great Expectations' (``expectations/``); ``checks`` shows their results as asset
checks, and here they are asked before anything is fitted. A failing one leaves the marts published
and the models empty, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from orchestration.expectations import Suite, read_suite, validate
from orchestration.settings import EXPECTATIONS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Gate:
    """A suite and the rows that it is about.

    Attributes:
        suite: name of the file in ``expectations``.
        table: ``schema.name`` that the results are of.
        query: SQL of the frame.
        by_study: whether each study has rows of its own, which alone concern it.
    """

    suite: str
    table: str
    query: str
    by_study: bool = False


OBSERVED = Gate(
    "raw_observations",
    "raw.observations",
    "select *, missing is null as missing_is_null, "
    "unit in ('人', '千人', '万人', '人年', '万人年', '件', '万件', '家', '个') as is_count "
    "from raw.observations",
)
PANEL = Gate(
    "panel_completeness",
    "marts.panel_completeness",
    "select *, n_values / n_expected as share_with_value from marts.panel_completeness",
    by_study=True,
)
GATES = (OBSERVED, PANEL)


def closed_gates(
    connection: duckdb.DuckDBPyConnection, studies: Sequence[str]
) -> dict[str, str | None]:
    """Why a study's models must not be fitted; ``None`` where they may.

    Args:
        connection: the working file.
        studies: their names. What concerns all of them is read and checked once.
    """
    closed: dict[str, str | None] = dict.fromkeys(studies)
    for gate in GATES:
        asked = [study for study in studies if closed[study] is None]
        if not asked:
            break
        suite = _blocking(gate)
        frame = connection.execute(gate.query).df()
        if gate.by_study:
            for study in asked:
                closed[study] = _failure(gate, suite, frame.loc[frame["study"] == study])
        else:
            closed |= dict.fromkeys(asked, _failure(gate, suite, frame))
    return closed


def gate_checks() -> list[str]:
    """The checks that stop models and nothing else, as ``schema.table check_name``."""
    return [f"{gate.table} {one.name}" for gate in GATES for one in _blocking(gate).expectations]


def _blocking(gate: Gate) -> Suite:
    suite = read_suite(EXPECTATIONS / f"{gate.suite}.json")
    errors = tuple(one for one in suite.expectations if one.severity == "error")
    return Suite(suite.name, errors)


def _failure(gate: Gate, suite: Suite, frame: pd.DataFrame) -> str | None:
    """The first expectation that fails, in a sentence."""
    for finding in validate(frame, suite):
        if not finding.passed:
            return (
                f"The check {finding.name} of {gate.table} fails ({finding.detail}), so no "
                "model of the study is fitted; mend its input and build again."
            )
    return None
