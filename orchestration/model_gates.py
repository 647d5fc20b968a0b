"""What stops models and nothing else: expectations of severity error on what they are fitted to.

The suites are Great Expectations' (``expectations/``); ``checks`` shows their results as asset
checks, and here they are asked before anything is fitted. A failing one leaves the marts published
and the models empty, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.expectations import Suite, read_suite, validate
from orchestration.settings import EXPECTATIONS


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


def closed_gate(connection: duckdb.DuckDBPyConnection, study: str) -> str | None:
    """Why a study's models must not be fitted; ``None`` where they may.

    Args:
        connection: the working file.
        study: its name.
    """
    for gate in GATES:
        suite = read_suite(EXPECTATIONS / f"{gate.suite}.json")
        errors = tuple(one for one in suite.expectations if one.severity == "error")
        frame = connection.execute(gate.query).df()
        if gate.by_study:
            frame = frame.loc[frame["study"] == study]
        for finding in validate(frame, Suite(suite.name, errors)):
            if not finding.passed:
                return (
                    f"The check {finding.name} of {gate.table} fails ({finding.detail}), so no "
                    "model of the study is fitted; mend its input and build again."
                )
    return None
