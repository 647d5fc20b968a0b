"""Exports of a published warehouse: files for other programs, made from the snapshot alone.

Which file holds what is ``models_py``'s; here rows are read and folders are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import Settings, UsageError
from orchestration.study import Study, load_studies
from orchestration.warehouse import open_snapshot

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def export_scripts(
    settings: Settings, folder: Path, names: Sequence[str] = ()
) -> dict[str, list[Path]]:
    """Write scripts and data of every study that declares models.

    Args:
        settings: the warehouse, and the landing zone with its studies.
        folder: gets a folder a study.
        names: only these studies.

    Returns:
        The files written, by study.

    Raises:
        UsageError: no such study, none with models, nothing built, or no place to write to.
    """
    if not settings.warehouse.exists():
        # Before studies are read: the commoner mistake.
        open_snapshot(settings.warehouse)
    _check_folder(folder, settings.landing)
    studies = [one for one in load_studies(settings.landing, names) if one.models.any]
    if not studies:
        what = ", ".join(names) or "No study"
        raise UsageError(f"{what} declares no models; docs/how-to/fit-models.md says how.")
    with open_snapshot(settings.warehouse) as connection:
        return {one.name: _write(connection, one, folder / one.name) for one in studies}


def _check_folder(folder: Path, landing: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder.")
    if folder.resolve().is_relative_to(landing.resolve()):
        raise UsageError(
            f"{folder} lies in the landing zone, into which nothing is written; name another."
        )


def _write(connection: duckdb.DuckDBPyConnection, study: Study, folder: Path) -> list[Path]:
    from models_py.bridge import VariableLabel, write_bridge

    def rows(query: str) -> pd.DataFrame:
        return connection.execute(query, [study.name]).df()

    panel = rows("select * from marts.innovation_panel where study = ? order by region_code, year")
    if panel.empty:
        raise UsageError(
            f"The warehouse holds no panel of {study.name}; run `xinku build` with it first."
        )
    labels = [
        VariableLabel(name, spec.label_zh, spec.label_en, spec.unit)
        for name, spec in study.variables.items()
    ]
    digests = connection.execute(
        "select any_value(panel_digest), any_value(code_version) from models.notes where study = ?",
        [study.name],
    ).fetchone()
    panel_digest, code_version = digests or (None, None)
    try:
        return write_bridge(
            folder,
            study.name,
            panel,
            study.to_models(),
            labels,
            results=rows("select * from models.coefficients where study = ?"),
            is_sample=bool(panel["is_sample"].any()),
            note=f"panel {panel_digest}, program {code_version}",
        )
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to: {error.strerror}.") from error
