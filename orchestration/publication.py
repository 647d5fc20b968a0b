"""From the working file to the readers' place: is it fit, what does it change, and the copy.

A run may rebuild a part of the graph only, and may follow one that failed. So it is the state that
is judged and not the run. The files themselves belong to ``warehouse``, the comparison to
``data_diff``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import dagster as dg
import duckdb

from orchestration.check_log import check_rows
from orchestration.data_diff import Grain, read_grains, record_diff
from orchestration.inputs import name_of, stage_inputs
from orchestration.model_gates import gate_checks
from orchestration.panel_frames import panel_digests
from orchestration.settings import Settings
from orchestration.staleness import (
    MARTS,
    inventory_token,
    note_inputs,
    noted_inputs,
    stale_years,
)
from orchestration.study import load_studies
from orchestration.tables import CHECK_RESULTS, MODEL_TABLES, REPLICATION
from orchestration.warehouse import Warehouse, replace_rows

# A run with this tag leaves publication to the build that it is a part of.
KEEP_SNAPSHOT = "xinku/keep_snapshot"

Kind = Literal["build", "refresh", "run"]

# By the order in which they were written: a clock that is set back must not bring back a failure.
_FAILING = """
select asset || ' ' || check_name
from quality.check_results
where ($runs is null or list_contains($runs, run_id))
    and not list_contains($of_models, asset || ' ' || check_name)
qualify row_number() over (partition by asset, check_name order by rowid desc) = 1
    and not passed and severity = 'error'
order by all limit 1
"""
_BEHIND = """
with reports as (select document_id, report_year from raw.documents where status = 'primary'),
measured as (select distinct document_id, report_year from marts.government_attention)
(from reports except from measured) union all (from measured except from reports)
limit 1
"""


def record_checks(warehouse: Warehouse, instance: dg.DagsterInstance, run_id: str) -> None:
    """Write the checks of a run to quality.check_results."""
    rows = check_rows(instance, run_id)
    with warehouse.write() as connection:
        replace_rows(connection, CHECK_RESULTS, rows, where="run_id = ?", parameters=[run_id])


def unfit(warehouse: Warehouse, runs: Sequence[str] | None = None) -> str | None:
    """Why the working file must not be shown to readers; ``None`` where it may.

    Args:
        warehouse: the warehouse.
        runs: the runs that have run every check there is; without them the last result of each
            check counts, also of one that no longer exists.

    The last result of every blocking check is a pass, every primary report has been measured
    under every word list, and the marts speak of the same reports and hits.
    """
    with warehouse.read() as connection:
        failing = connection.execute(
            _FAILING, {"runs": runs and list(runs), "of_models": gate_checks()}
        ).fetchone()
        if failing:
            return f"the last result of a blocking check is a failure: {failing[0]}"
        years = stale_years(connection)
        if years is None:
            return "the marts have not been built yet"
        if years:
            shown = ", ".join(map(str, sorted(years)[:5]))
            return f"hits of {shown} are behind the documents; run the job `measure`"
        if noted_inputs(connection).get(MARTS) != {"inventory": inventory_token(connection)}:
            return "the marts are behind the inventory; run the job `measure`"
        try:
            behind = connection.execute(_BEHIND).fetchone()
        except duckdb.CatalogException:
            return "the marts have not been built yet"
    return "the marts are behind the documents; run the job `measure`" if behind else None


def publish(
    warehouse: Warehouse, settings: Settings, *, run_id: str, kind: Kind, checked: bool
) -> int:
    """Note what the marts have become since the last publication, then put them in its place.

    Args:
        warehouse: the warehouse.
        settings: what it is made from.
        run_id: Dagster's run that ends with this.
        kind: what the run was a part of.
        checked: whether all checks have been run, and not only those of a part.

    Returns:
        Number of cells of marts and models that changed.
    """
    grains = {**read_grains(settings.dbt_target / "manifest.json"), **_model_grains()}
    with warehouse.write() as connection:
        if checked:
            note_inputs(connection, "checks", stage_inputs(settings)["checks"])
        changed = record_diff(
            connection,
            warehouse.published,
            run_id=run_id,
            kind=kind,
            inputs=stage_inputs(settings),
            panels=panel_digests(connection, load_studies(settings.landing, settings.studies)),
            grains=grains,
            describe=name_of,
        )
    warehouse.publish()
    return changed


def _model_grains() -> dict[str, Grain]:
    """How rows of the models are paired; what only says where they come from is not compared."""
    return {
        table.relation: Grain(table.grain, ("code_version", "panel_digest", "origin"))
        for table in (*MODEL_TABLES, REPLICATION)
    }
