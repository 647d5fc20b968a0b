"""The January job through the command: what is new is done, the rest stays, and it is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.build import sole_build
from orchestration.progress import Silent
from orchestration.settings import Settings
from tests.conftest import Xinku
from tests.fixtures.prose import report_text

pytestmark = pytest.mark.integration

REGIONS = ("江苏省", "浙江省", "四川省")


def put(zone: Path, region: str, year: int, words: str = "发展芯片产业。") -> Path:
    path = zone / "reports" / region / f"{year}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report_text(region, year, words), encoding="utf-8")
    return path


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory, xinku: Xinku) -> tuple[Path, dict[str, str]]:
    """A warehouse of two years, then a January: a year arrives, one file is wrong, one is edited."""
    folder = tmp_path_factory.mktemp("一月 January")
    zone = folder / "落地区"
    for region in REGIONS:
        for year in (2020, 2021):
            put(zone, region, year)
    said = {}
    options = ("--landing", str(zone))
    done = xinku("refresh", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    said["first"] = done.stdout
    shutil.copy(folder / "xinku.duckdb", folder / "before.duckdb")
    done = xinku("refresh", cwd=folder)
    assert done.returncode == 0, done.stderr
    said["unchanged"] = done.stdout + done.stderr
    for region in REGIONS:
        put(zone, region, 2022, "发展芯片和集成电路。")
    put(zone, "江西省", 2022).write_text(report_text("湖北省", 2022), encoding="utf-8")
    put(zone, "四川省", 2021, "芯片、芯片、芯片。")
    shutil.move(zone / "reports" / "浙江省" / "2020.txt", zone / "reports" / "浙江2020年.txt")
    done = xinku("refresh", cwd=folder)
    assert done.returncode == 0, done.stderr
    said["january"] = done.stdout
    return folder, said


def test_the_first_refresh_is_a_build(january: tuple[Path, dict[str, str]]) -> None:
    folder, said = january
    assert "everything is built" in said["first"]
    assert rows(folder / "before.duckdb", "select count(*) from marts.government_attention") == [
        (12,)
    ]


def test_an_unchanged_refresh_starts_nothing(january: tuple[Path, dict[str, str]]) -> None:
    _, said = january
    assert "Nothing to do" in said["unchanged"]
    assert "unchanged: 6 files" in said["unchanged"]
    for word in ("Importing Dagster", "dbt", "Great Expectations"):
        assert word not in said["unchanged"]


def test_it_says_what_it_does_and_what_it_skips(january: tuple[Path, dict[str, str]]) -> None:
    _, said = january
    text = said["january"]
    assert "new: reports/江苏省/2022.txt" in text
    assert "changed: reports/四川省/2021.txt" in text
    assert "moved: reports/浙江省/2020.txt → reports/浙江2020年.txt" in text
    assert "unchanged: 4 files" in text
    assert "6 files read, 4 kept as they were; 5 reports counted" in text


def test_what_is_wrong_is_not_counted(january: tuple[Path, dict[str, str]]) -> None:
    folder, _ = january
    found = rows(
        folder / "xinku.duckdb",
        "select rule, severity, report_year from quality.document_findings where path like '%江西%'",
    )
    assert ("wrong_region", "error", 2022) in found


def test_old_years_are_the_same_to_the_letter(january: tuple[Path, dict[str, str]]) -> None:
    folder, _ = january
    for table in ("government_attention", "keyword_hits"):
        query = f"select * from marts.{table} where report_year = 2020 and region_code <> '330000' order by all"
        assert rows(folder / "before.duckdb", query) == rows(folder / "xinku.duckdb", query) != []


def test_every_difference_names_the_file_that_caused_it(
    january: tuple[Path, dict[str, str]], xinku: Xinku
) -> None:
    folder, _ = january
    found = rows(
        folder / "xinku.duckdb",
        "select json_extract_string(key, '$.region_code'), column_name, before, after, cause "
        "from quality.data_diff where table_name = 'marts.government_attention' "
        "and column_name = 'n_hits' and json_extract_string(key, '$.topic') = 'chip_innovation'",
    )
    ((region, _, before, after, cause),) = found
    assert (region, before, after) == ("510000", "1", "3")
    assert "reports/四川省/2021.txt" in str(cause)
    moved = "select count(*) from quality.data_diff where key like '%330000%' and key like '%2020%' and table_name like 'marts.%'"
    assert rows(folder / "xinku.duckdb", moved) == [(0,)]
    done = xinku("diff", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "reports/四川省/2021.txt" in done.stdout


def test_the_board_shows_who_has_come(january: tuple[Path, dict[str, str]], xinku: Xinku) -> None:
    folder, _ = january
    done = xinku("status", "--year", "2022", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "3 arrived, 1 quarantined" in done.stdout
    assert "2022-01-12" in done.stdout
    done = xinku("status", "--year", "2023", cwd=folder)
    assert "3 expected" in done.stdout


def test_a_lost_working_file_costs_nothing(
    january: tuple[Path, dict[str, str]], xinku: Xinku, tmp_path: Path
) -> None:
    folder, _ = january
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / ".xinku" / "xinku" / "working.duckdb").unlink()
    put(tmp_path / "copy" / "落地区", "河南省", 2022)
    done = xinku("refresh", "--landing", str(tmp_path / "copy" / "落地区"), cwd=tmp_path / "copy")
    assert done.returncode == 0, done.stderr
    published = tmp_path / "copy" / "xinku.duckdb"
    assert rows(published, "select count(*) from quality.builds")[0][0] >= 2


def test_a_second_build_at_once_is_told_who_holds_it(
    january: tuple[Path, dict[str, str]], xinku: Xinku
) -> None:
    folder, _ = january
    settings = Settings.resolve(warehouse=folder / "xinku.duckdb", environment={})
    with sole_build(settings):
        for command in ("build", "refresh"):
            done = xinku(command, cwd=folder)
            assert done.returncode == 1
            assert f"process {os.getpid()}" in done.stderr
            assert len(done.stderr.strip().splitlines()) <= 2


def test_a_broken_override_stops_before_anything_is_done(
    january: tuple[Path, dict[str, str]], xinku: Xinku
) -> None:
    folder, _ = january
    overrides = folder / "落地区" / "overrides.yaml"
    overrides.write_text("- {file: reports/无.txt, action: reject, reason: x}\n", encoding="utf-8")
    before = (folder / "xinku.duckdb").read_bytes()
    done = xinku("refresh", cwd=folder)
    assert done.returncode in (1, 2)
    assert "reports/无.txt matches nothing" in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "xinku.duckdb").read_bytes() == before
    overrides.unlink()
    done = xinku("refresh", cwd=folder)
    assert "Nothing to do" in done.stdout, done.stdout


def test_the_sensor_takes_the_same_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New file → inventory → its year → nothing; each look asks the state."""
    from dagster._core.events import EngineEventData

    from orchestration.definitions import build_defs
    from orchestration.instance import build_instance

    monkeypatch.setattr(os, "environ", dict(os.environ))
    zone = tmp_path / "zone"
    put(zone, "江苏省", 2020)
    settings = Settings.resolve(landing=zone, warehouse=tmp_path / "w.duckdb", environment={})
    with build_instance(settings) as instance:
        defs = build_defs(settings, {"progress": Silent()})
        sensor = defs.resolve_sensor_def("landing_zone_sensor")

        def look() -> dg.RunRequest | str:
            with dg.build_sensor_context(
                instance=instance, definitions=defs, resources=_resources(defs)
            ) as context:
                data = sensor.evaluate_tick(context)
            return data.run_requests[0] if data.run_requests else str(data.skip_message)

        def run(request: dg.RunRequest | str) -> str:
            assert isinstance(request, dg.RunRequest), request
            job = defs.resolve_job_def(str(request.job_name))
            assert job.execute_in_process(instance=instance, tags=dict(request.tags)).success
            return str(request.job_name)

        assert [run(look()), run(look())] == ["inventory", "measure"]
        assert "Nothing to do: 1 files" in str(look())
        put(zone, "浙江省", 2021)
        assert run(look()) == "inventory"
        measure = look()
        assert isinstance(measure, dg.RunRequest)
        assert measure.tags["dagster/asset_partition_range_start"] == "2021"
        run(measure)
        assert "Nothing to do: 2 files" in str(look())
        # A run of the web interface that was killed says so to nobody.
        killed = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        instance.add_run(started := dg.DagsterRun(job_name="inventory"))
        instance.report_dagster_event(
            dg.DagsterEvent(
                event_type_value=dg.DagsterEventType.RUN_START.value, job_name="inventory"
            ),
            started.run_id,
        )
        instance.report_engine_event(
            "Executing steps", started, EngineEventData.in_process(killed.pid)
        )
        assert str(look()) == "A run is under way."
        killed.kill()
        killed.wait()
        assert "Nothing to do: 2 files" in str(look())
        assert _status(instance, started) is dg.DagsterRunStatus.FAILURE
        instance.add_run(
            launched := dg.DagsterRun(job_name="inventory", status=dg.DagsterRunStatus.STARTING)
        )
        assert str(look()) == "A run is under way."
        monkeypatch.setattr("orchestration.instance._TIME_TO_START", timedelta(0))
        assert "Nothing to do: 2 files" in str(look())
        assert _status(instance, launched) is dg.DagsterRunStatus.FAILURE
    assert rows(settings.warehouse, "select count(*) from marts.government_attention") == [(4,)]


def _status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def _resources(defs: object) -> dict[str, object]:
    found = defs.resources or {}  # type: ignore[attr-defined]
    return {name: found[name] for name in ("warehouse", "settings")}
