"""Years that come and go: partitions in order, and marts that follow without a full refresh."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import build_defs
from orchestration.instance import build_instance
from orchestration.jobs import INVENTORY_JOB, MEASURE_JOB, year_range
from orchestration.partitions import REPORT_YEARS, set_report_years
from orchestration.settings import Settings
from tests.fixtures.prose import report_text

pytestmark = pytest.mark.integration


def put(landing: Path, year: int, text: str = "发展芯片产业。", region: str = "江苏省") -> Path:
    path = landing / "reports" / region / f"{year}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report_text(region, year, text), encoding="utf-8")
    return path


class Zone:
    """A landing zone with its warehouse, driven through the jobs as the web interface does."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / "zone"
        self.settings = Settings.resolve(
            landing=self.landing, warehouse=folder / "w.duckdb", environment={}
        )

    def run(self, job: str, *years: int) -> bool:
        tags = {}
        if years:
            tags = year_range(years)
        with build_instance(self.settings) as instance:
            resolved = build_defs(self.settings).resolve_job_def(job)
            return resolved.execute_in_process(
                instance=instance, tags=tags, raise_on_error=False
            ).success

    def hits(self) -> dict[tuple[str, int], int]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            rows = connection.execute(
                "select region_name, report_year, n_hits from marts.government_attention "
                "where topic = 'chip_innovation'"
            ).fetchall()
        return {(name, year): count for name, year, count in rows}


@pytest.fixture
def zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Zone:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return Zone(tmp_path)


def test_partitions_stay_in_order_whatever_arrives_when() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for years in ([2019, 2020], [2018, 2019, 2020], [2018, 2020]):
            set_report_years(instance, years)
            keys = instance.get_dynamic_partitions(REPORT_YEARS.name or "")
            assert list(keys) == [str(year) for year in years]


def test_marts_follow_the_folder_one_year_at_a_time(zone: Zone) -> None:
    """delete+insert by year once kept the hits of a year whose last report had gone."""
    put(zone.landing, 2019)
    put(zone.landing, 2021)
    put(zone.landing, 2021, region="浙江省")
    assert zone.run(INVENTORY_JOB)
    assert not zone.settings.warehouse.exists(), "documents without marts are no warehouse"
    assert zone.run(MEASURE_JOB, 2019, 2021)
    start = {("江苏", 2019): 1, ("江苏", 2021): 1, ("浙江", 2021): 1}
    assert zone.hits() == start

    put(zone.landing, 2020, "发展芯片和集成电路产业。")
    assert zone.run(INVENTORY_JOB)
    assert zone.hits() == start, "new documents under old marts are not shown"
    assert zone.run(MEASURE_JOB, 2020)
    assert zone.hits() == start | {("江苏", 2020): 2}

    # A year that is emptied, and one that loses a report, while another is run.
    (zone.landing / "reports" / "江苏省" / "2019.txt").unlink()
    (zone.landing / "reports" / "浙江省" / "2021.txt").unlink()
    assert zone.run(INVENTORY_JOB)
    assert zone.run(MEASURE_JOB, 2020)
    assert zone.hits() == {("江苏", 2020): 2, ("江苏", 2021): 1}
    with duckdb.connect(str(zone.settings.warehouse), read_only=True) as connection:
        removed = connection.execute(
            "select path from raw.files where status = 'removed' order by path"
        ).fetchall()
    assert removed == [("reports/江苏省/2019.txt",), ("reports/浙江省/2021.txt",)]


def test_a_failed_blocking_check_stops_what_is_downstream_and_publication(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later run of another asset once published what the check had condemned."""
    put(zone.landing, 2020)
    assert zone.run(INVENTORY_JOB)
    assert zone.run(MEASURE_JOB, 2020)
    before = zone.settings.warehouse.read_bytes()
    monkeypatch.setattr("orchestration.checks.count_entries", lambda landing, folder: 7)
    assert not zone.run(INVENTORY_JOB)
    assert zone.run(MEASURE_JOB, 2020)
    assert zone.settings.warehouse.read_bytes() == before
    monkeypatch.undo()
    assert zone.run(INVENTORY_JOB)
    # Marts of the inventory before: nothing is published until they have followed.
    assert zone.settings.warehouse.read_bytes() == before
    assert zone.run(MEASURE_JOB, 2020)
    assert zone.settings.warehouse.read_bytes() != before


def test_a_publication_that_fails_is_a_failed_build(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk once ended in exit code 0 and the old numbers."""
    from orchestration.build import run_build
    from orchestration.progress import Silent

    put(zone.landing, 2020)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    # The module's own view of shutil: dagster-dbt copies files with the real one.
    monkeypatch.setattr("orchestration.warehouse.shutil", SimpleNamespace(copyfile=full))
    with pytest.raises(OSError, match="No space left"):
        run_build(zone.settings, Silent())
    assert not zone.settings.warehouse.exists()
    monkeypatch.undo()
    monkeypatch.setattr(os, "environ", dict(os.environ))
    outcome = run_build(zone.settings, Silent())
    assert outcome.failures == []
    assert zone.hits() == {("江苏", 2020): 1}
