"""The rows of a study's panel as a frame, with a digest of them.

Belongs here: reading marts.innovation_panel for models and for the record of a publication. What is
fitted to it is ``model_stages``'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from orchestration.settings import UsageError
from orchestration.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PanelFrame:
    """A study's panel as its models see it.

    Attributes:
        frame: region_code, region_name, year and a column a variable; in the order of the keys.
        digest: of the frame to the last bit; the same rows have the same digest in any build.
        is_sample: whether any row is made from the bundled sample.
    """

    frame: pd.DataFrame
    digest: str
    is_sample: bool


def panel_frame(connection: duckdb.DuckDBPyConnection, study: Study) -> PanelFrame:
    """The study's rows, in an order of their own so that the same rows give the same bytes.

    Raises:
        UsageError: the panel does not have a variable of the study yet.
    """
    behind = _behind(connection, study)
    if behind:
        raise UsageError(
            f"marts.innovation_panel has no column {behind[0]} yet, which the study {study.name} "
            "declares; build again, so that the panel is made before its models."
        )
    # DuckDB gives a column the capitals of its table, not those of the question.
    columns = ["region_code", "region_name", "year", *study.variables]
    named = ", ".join(f'"{name}" as "{name}"' for name in columns)
    frame = connection.execute(
        f"select {named}, is_sample from marts.innovation_panel where study = ? "
        "order by region_code, year",
        [study.name],
    ).df()
    is_sample = bool(frame.pop("is_sample").any())
    told = frame.to_csv(index=False, float_format="%.17g").encode()
    return PanelFrame(frame, hashlib.sha256(told).hexdigest()[:16], is_sample)


def panel_digests(
    connection: duckdb.DuckDBPyConnection, studies: Sequence[Study]
) -> dict[str, str]:
    """Digest of every study's rows as marts.innovation_panel has them now.

    Args:
        connection: the warehouse.
        studies: those asked for; one whose panel is not there as declared is left out.
    """
    there = connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database() "
        "and schema_name = 'marts' and table_name = 'innovation_panel'"
    ).fetchone()
    return {
        study.name: panel_frame(connection, study).digest
        for study in studies
        if there and study.variables and not _behind(connection, study)
    }


def _behind(connection: duckdb.DuckDBPyConnection, study: Study) -> list[str]:
    """Variables of the study that the panel has no column of."""
    there = connection.execute("select * from marts.innovation_panel limit 0").description or []
    known = {str(column[0]).casefold() for column in there}
    return [name for name in study.variables if name.casefold() not in known]
