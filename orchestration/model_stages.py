"""The stage that fits the models of studies, from marts.innovation_panel to the tables of models.

As in ``stages``: it does what the state of the working file asks for and no more. A study is fitted
again when its panel, its declarations or the program have changed; what a paper prints is then set
beside it. Estimation and verdicts are ``models_py``'s.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.inputs import MODELS
from orchestration.model_gates import closed_gates
from orchestration.panel_frames import PanelFrame, panel_frame
from orchestration.program import results_digest
from orchestration.settings import Settings
from orchestration.staleness import note_inputs
from orchestration.study import Study, load_studies
from orchestration.tables import MODEL_TABLES, REPLICATION, Table
from orchestration.tables.models import NOTES
from orchestration.warehouse import Warehouse, replace_rows

if TYPE_CHECKING:
    from models_py.study.fitting import Note, Results

FITTED, NOT_FITTED = "fitted", "not_fitted"


@dataclass(frozen=True)
class FittedStudies:
    """What the stage has done.

    Attributes:
        fitted: studies that were fitted now.
        kept: studies whose rows were kept.
        n_fitted, n_not_fitted: declared parts of all studies, as the tables have them now.
    """

    fitted: tuple[str, ...]
    kept: tuple[str, ...]
    n_fitted: int
    n_not_fitted: int


def update_models(store: Warehouse, settings: Settings, *, anew: bool = False) -> FittedStudies:
    """Fit what studies declare, and leave alone what cannot have changed.

    Args:
        store: the warehouse.
        settings: which studies.
        anew: fit everything.

    Raises:
        UsageError: a study cannot be read.
    """
    declared = load_studies(settings.landing, settings.studies)
    studies = [one for one in declared if one.models.any]
    fitted: dict[str, dict[Table, list[dict[str, Any]]]] = {}
    with store.read() as connection:
        known = {} if anew else _known(connection)
        gates = closed_gates(connection, [one.name for one in studies])
        for study in studies:
            panel = panel_frame(connection, study)
            gate = gates[study.name]
            origin = _origin(study, panel, gate)
            if known.get(study.name) != origin:
                fitted[study.name] = _rows(study, panel, gate, origin)
    kept = [one.name for one in studies if one.name not in fitted]
    with store.write() as connection:
        for table in MODEL_TABLES:
            rows = [row for made in fitted.values() for row in made.get(table, [])]
            replace_rows(
                connection, table, rows, where="not list_contains(?, study)", parameters=[kept]
            )
        note_inputs(connection, MODELS, {one.name: one.models_digest for one in declared})
        counted: dict[str, int] = dict(
            connection.execute(
                f"select status, count(*) from {NOTES.relation} group by all"
            ).fetchall()
        )
    return FittedStudies(
        tuple(fitted), tuple(kept), counted.get(FITTED, 0), counted.get(NOT_FITTED, 0)
    )


def _known(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What the rows of each study were made from."""
    return dict(
        connection.execute(
            f"select study, any_value(origin) from {NOTES.relation} group by all"
        ).fetchall()
    )


def _origin(study: Study, panel: PanelFrame, gate: str | None) -> str:
    told = [study.models_digest, panel.digest, results_digest(), str(panel.is_sample), gate or ""]
    # A table of another shape is made anew, empty, and would stay so.
    told += [f"{table.relation} {table.column_names}" for table in MODEL_TABLES]
    return hashlib.sha256(" ".join(told).encode()).hexdigest()[:16]


def _rows(
    study: Study, panel: PanelFrame, gate: str | None, origin: str
) -> dict[Table, list[dict[str, Any]]]:
    from models_py.study.fitting import Note, Results, fit_models

    if gate is None:
        results = fit_models(panel.frame, study.to_models())
    else:
        notes = [Note(section, name, gate) for section, name, _ in study.parts()]
        results = Results({}, notes)
    known = {
        "study": study.name,
        "code_version": results_digest(),
        "panel_digest": panel.digest,
        "is_sample": panel.is_sample,
    }
    made: dict[Table, list[dict[str, Any]]] = {
        NOTES: [_note(study, note) | known | {"origin": origin} for note in results.notes]
    }
    for table in MODEL_TABLES:
        if table.name in results.tables:
            made[table] = list(_records(results, table, known))
    return made


def _note(study: Study, note: Note) -> dict[str, Any]:
    place = ("models", note.section, note.name)
    word = note.variables[0] if note.variables else None
    reason = None
    if note.reason:
        line = study.line_of(*place, word=word)
        reason = f"{study.name}.yaml, line {line} ({'.'.join(place)}): {note.reason}"
    return {
        "section": note.section,
        "model": note.name,
        "status": NOT_FITTED if note.reason else FITTED,
        "reason": reason,
        "warnings": list(note.warnings),
        "source_line": study.line_of(*place),
    }


def _records(results: Results, table: Table, known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A table's rows with the columns that it has; what a check does not have is null."""
    frame = results.tables[table.name]
    for row in frame.to_dict("records"):
        whole: dict[Any, Any] = {**row, **known}
        yield {name: plain(whole.get(name)) for name in table.column_names}


def update_replication(store: Warehouse, settings: Settings) -> dict[str, int]:
    """Set published figures beside ours, for every study that names its paper.

    Returns:
        Number of published figures by status.
    """
    from models_py.replication.compare import replicate
    from models_py.replication.stands import stands_for

    rows: list[dict[str, Any]] = []
    with store.read() as connection:
        for study in load_studies(settings.landing, settings.studies):
            if study.replication is None:
                continue
            source = [study.replication.source]
            facts, findings = (
                connection.execute(f"select * from {name} where source_id = ?", source).df()
                for name in ("marts.published_facts", "quality.published_findings")
            )
            tables = {
                table.name: connection.execute(
                    f"select * from {table.relation} where study = ?", [study.name]
                ).df()
                for table in MODEL_TABLES
            }
            notes = tables[NOTES.name]
            if notes.empty:
                continue
            known = {
                "study": study.name,
                **{name: notes[name].iloc[0] for name in ("code_version", "panel_digest")},
                "is_sample": bool(notes["is_sample"].any()),
            }
            reasons = {
                (row["section"], row["model"]): row["reason"] if row["status"] != FITTED else None
                for row in notes.to_dict("records")
            }
            found = replicate(
                facts,
                findings,
                tables,
                study.replication.to_names(),
                is_sample=known["is_sample"],
                stands=stands_for(study.to_models(), reasons),
            )
            rows += [
                {str(name): plain(value) for name, value in row.items()} | known
                for row in found.to_dict("records")
            ]
    with store.write() as connection:
        replace_rows(connection, REPLICATION, rows)
    return dict(Counter(row["status"] for row in rows))


def plain(value: Any) -> Any:
    """A cell of a frame as DuckDB takes it: not-a-number and pandas' NA are null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), -float("inf")) else value  # noqa: PLR0124
    import pandas as pd

    if value is pd.NA:
        return None
    return plain(value.item()) if hasattr(value, "item") else value
