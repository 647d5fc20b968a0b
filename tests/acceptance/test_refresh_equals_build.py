"""After any sequence of changes, refreshed step by step, every table is that of a build from nothing.

In process, as `tests.fixtures.in_process` says; `tests/integration/test_refresh.py` takes the same
way through the command.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.refresh import compare
from orchestration.review.exclusions import EXCLUDED, Entry, HitKey, append_entries
from orchestration.settings import Settings
from tests.fixtures.contents import contents
from tests.fixtures.in_process import Dbt, bring_up_to_date
from tests.fixtures.random_zone import RandomZone

pytestmark = pytest.mark.acceptance

_SHORT, _LONG = 2, 200


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
    models = seed % 10 == 0  # fitting all of them in every sequence would take hours
    if zone.draw.random() < 0.5:
        # Trust dates at once, so that files are also known without being hashed.
        monkeypatch.setattr("orchestration.ingest.inventory._RACY_NS", 0)
    refreshed = settings_of(zone, folder / "refreshed.duckdb")
    bring_up_to_date(refreshed, dbt, anew=True, models=models)
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
            bring_up_to_date(refreshed, dbt, anew=False, models=models)
    built = settings_of(zone, folder / "built.duckdb")
    mark(built, marked)
    bring_up_to_date(built, dbt, anew=True, models=models)
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
