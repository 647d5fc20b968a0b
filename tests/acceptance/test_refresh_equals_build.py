"""After any sequence of changes, refreshed step by step, every table is that of a build from nothing.

The stages and dbt are called as the assets call them, without Dagster, which would cost ten seconds a
step; `tests/integration/test_refresh.py` takes the same way through the command.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_args import build_args
from orchestration.inputs import stage_inputs
from orchestration.jobs import years_to_measure
from orchestration.progress import Silent
from orchestration.refresh import compare
from orchestration.review.exclusions import EXCLUDED, Entry, HitKey, append_entries
from orchestration.settings import DBT_PROJECT, Settings
from orchestration.stages import update_inventory, update_lexicons, update_marks, update_measures
from orchestration.staleness import note_inputs, stale_years
from orchestration.warehouse import Warehouse
from orchestration.yearbook_stages import update_observations, update_panels
from tests.fixtures.contents import contents
from tests.fixtures.random_zone import RandomZone

pytestmark = pytest.mark.acceptance

_SHORT, _LONG = 5, 200


class Dbt:
    """The models of the project, run in this process over one parsed manifest."""

    def __init__(self, folder: Path) -> None:
        from dbt.cli.main import dbtRunner

        self._folder = folder
        os.environ |= {"DBT_TARGET_PATH": str(folder / "dbt"), "DO_NOT_TRACK": "1"}
        os.environ["XINKU_WORKING_FILE"] = str(folder / "working.duckdb")
        parsed = dbtRunner().invoke(["parse", *self._where(), "--quiet"])
        assert parsed.success, parsed.exception
        self._runner = dbtRunner(manifest=parsed.result)

    def run(self, store: Warehouse, years: list[int], *, full_refresh: bool) -> None:
        os.environ["XINKU_WORKING_FILE"] = str(store.working_file)
        args = build_args(years, full_refresh=full_refresh)[1:]
        kinds = ["--resource-type", "model", "--resource-type", "seed"]
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        done = self._runner.invoke(["build", *args, *kinds, *self._where(), "--quiet"])
        assert done.success, (done.exception, [r.message for r in done.result or []])
        # dbt keeps the file open for the next call; the stages must have it.
        DuckDBConnectionManager.close_all_connections()

    def _where(self) -> list[str]:
        return ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]


@pytest.fixture(scope="module")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dbt]:
    before = dict(os.environ)
    yield Dbt(tmp_path_factory.mktemp("dbt"))
    os.environ.clear()
    os.environ.update(before)


def bring_up_to_date(settings: Settings, dbt: Dbt, *, anew: bool) -> None:
    """What the two Dagster runs of a build or refresh do."""
    store = Warehouse(settings.working_file, settings.warehouse)
    store.prepare()
    taken = update_inventory(store, settings, Silent(), anew=anew)
    update_observations(store, settings, Silent(), anew=anew)
    update_lexicons(store, settings)
    update_panels(store, settings)
    update_marks(store, settings)
    present = list(taken.inventory.primary_by_year())
    with store.read() as connection:
        stale = None if anew else stale_years(connection)
    years = years_to_measure(present, stale)
    update_measures(store, settings, years, Silent(), anew=anew)
    dbt.run(store, years, full_refresh=anew)
    with store.write() as connection:
        for stage in ("tables_by_year", "tables", "results", "checks"):
            note_inputs(connection, stage, stage_inputs(settings)[stage])


def settings_of(zone: RandomZone, warehouse: Path) -> Settings:
    return Settings.resolve(
        landing=zone.folder,
        warehouse=warehouse,
        years=zone.years,
        studies=zone.studies,
        environment={},
    )


def mark(settings: Settings, hits: list[HitKey]) -> None:
    """Record these hits as false beside the warehouse, and no others."""
    settings.exclusions_file.unlink(missing_ok=True)
    entries = [
        Entry(EXCLUDED, hit, "", "tax status", "reviewer", date(2026, 2, 1), "sheet.xlsx")
        for hit in hits
    ]
    if entries:
        append_entries(settings.exclusions_file, entries)


def hits_of(settings: Settings) -> list[HitKey]:
    with duckdb.connect(str(settings.working_file), read_only=True) as connection:
        found = connection.execute(
            "select topic, region_code, report_year, term, sentence, char_start - sentence_start "
            "from raw.keyword_hits order by all"
        ).fetchall()
    return [HitKey(*row) for row in found]


def play(folder: Path, seed: int, dbt: Dbt, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = RandomZone(folder / "zone", seed)
    if zone.draw.random() < 0.5:
        # Trust dates at once, so that files are also known without being hashed.
        monkeypatch.setattr("orchestration.ingest.inventory._RACY_NS", 0)
    refreshed = settings_of(zone, folder / "refreshed.duckdb")
    bring_up_to_date(refreshed, dbt, anew=True)
    marked: list[HitKey] = []
    for _ in range(zone.draw.randint(1, 3)):
        for _ in range(zone.draw.randint(1, 4)):
            zone.change()
        zone.settle()
        hits = hits_of(refreshed)
        marked = [hits[place] for place in zone.marked if place < len(hits)]
        refreshed = settings_of(zone, folder / "refreshed.duckdb")
        mark(refreshed, marked)
        with duckdb.connect(str(refreshed.working_file), read_only=True) as connection:
            nothing = compare(refreshed, connection).nothing
        if not nothing:  # as the command does: a wrong "nothing to do" shows at the end
            bring_up_to_date(refreshed, dbt, anew=False)
    built = settings_of(zone, folder / "built.duckdb")
    mark(built, marked)
    bring_up_to_date(built, dbt, anew=True)
    story = json.dumps(zone.done, ensure_ascii=False, indent=1)
    expected, got = contents(built.working_file), contents(refreshed.working_file)
    assert expected.keys() == got.keys()
    for table, rows in expected.items():
        assert got[table] == rows, (seed, table, story)
    with duckdb.connect(str(refreshed.working_file), read_only=True) as connection:
        assert compare(refreshed, connection).nothing, (seed, story)


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(_SHORT), id="short"),
        pytest.param(range(_SHORT, _LONG + _SHORT), id="long", marks=pytest.mark.slow),
    ],
)
def test_a_refreshed_warehouse_is_that_of_a_build_from_nothing(
    seeds: range, dbt: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in seeds:
        with monkeypatch.context() as patched:
            play(tmp_path / str(seed), seed, dbt, patched)
        shutil.rmtree(tmp_path / str(seed))
