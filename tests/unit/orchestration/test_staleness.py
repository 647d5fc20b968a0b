"""What is behind is found from the rows themselves, and nothing else is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from orchestration.inputs import NAMES, name_of, stage_inputs
from orchestration.jobs import year_range, years_to_measure
from orchestration.progress import Silent
from orchestration.refresh import Plan, compare, make_plan
from orchestration.settings import Settings, UsageError
from orchestration.stages import update_inventory, update_lexicons, update_marks, update_measures
from orchestration.staleness import (
    left_over_measures,
    note_inputs,
    noted_inputs,
    stale_measures,
    stale_years,
)
from orchestration.tables import KEYWORD_HITS, SECTIONS, TEXT_MEASURES
from orchestration.warehouse import Warehouse
from orchestration.yearbook_stages import update_observations, update_panels
from tests.fixtures.prose import report_text

GREEN = "name: green\ntitle: Green\nlexicon: {core: [绿色发展]}\n"


class Stages:
    """The Python stages on a small landing zone, without Dagster and dbt."""

    def __init__(self, folder: Path) -> None:
        self.zone = folder / "zone"
        self.put("江苏省", 2020)
        self.put("江苏省", 2021)
        self.settings = Settings.resolve(
            landing=self.zone, warehouse=folder / "w.duckdb", environment={}
        )
        self.store = Warehouse(self.settings.working_file, self.settings.warehouse)
        self.store.prepare()
        self.inputs()
        self.measure(2020, 2021)

    def put(self, region: str, year: int, words: str = "发展芯片。") -> Path:
        path = self.zone / "reports" / region / f"{year}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report_text(region, year, words), encoding="utf-8")
        return path

    def inputs(self) -> None:
        update_inventory(self.store, self.settings, Silent())
        update_observations(self.store, self.settings, Silent())
        update_lexicons(self.store, self.settings)
        update_panels(self.store, self.settings)
        update_marks(self.store, self.settings)

    def measure(self, *years: int) -> int:
        return update_measures(self.store, self.settings, years, Silent())

    def ask(self, question: Any) -> Any:
        with self.store.read() as connection:
            return question(connection)

    def rows(self, table: Any) -> list[tuple[Any, ...]]:
        return self.ask(lambda c: c.execute(f"from {table.relation} order by all").fetchall())


@pytest.fixture
def stages(tmp_path: Path) -> Stages:
    return Stages(tmp_path)


def test_after_measuring_nothing_is_stale(stages: Stages) -> None:
    assert stages.ask(stale_measures) == stages.ask(left_over_measures) == []
    assert stages.measure(2020, 2021) == 0


def test_only_what_changed_is_measured_again(stages: Stages) -> None:
    before = [row for row in stages.rows(KEYWORD_HITS) if 2020 in row]
    stages.put("江苏省", 2021, "发展集成电路。")
    stages.inputs()
    assert {year for _, _, year, _ in stages.ask(stale_measures)} == {2021}
    assert stages.measure(2021) == 1
    assert [row for row in stages.rows(KEYWORD_HITS) if 2020 in row] == before
    assert stages.ask(stale_measures) == []


def test_a_year_that_is_not_asked_for_stays_stale(stages: Stages) -> None:
    stages.put("江苏省", 2021, "发展集成电路。")
    stages.inputs()
    stages.measure(2020)
    assert {year for _, _, year, _ in stages.ask(stale_measures)} == {2021}


def test_another_word_list_is_counted_and_the_others_are_not(stages: Stages) -> None:
    (stages.zone / "studies").mkdir()
    (stages.zone / "studies" / "green.yaml").write_text(GREEN, encoding="utf-8")
    stages.inputs()
    assert {topic for _, topic, _, _ in stages.ask(stale_measures)} == {"green"}
    assert stages.measure(2020, 2021) == 2
    assert len(stages.rows(TEXT_MEASURES)) == 6
    sections = stages.rows(SECTIONS)
    (stages.zone / "studies" / "green.yaml").unlink()
    stages.inputs()
    assert len(stages.ask(left_over_measures)) == 2
    stages.measure(2020, 2021)
    assert len(stages.rows(TEXT_MEASURES)) == 4
    # Sections belong to the report and not to a word list: they once went with it.
    assert stages.rows(SECTIONS) == sections


def test_a_report_that_has_gone_leaves_its_numbers_behind(stages: Stages) -> None:
    stages.put("江苏省", 2021).unlink()
    stages.inputs()
    assert {year for _, _, year in stages.ask(left_over_measures)} == {2021}
    stages.measure(2021)
    for table in (TEXT_MEASURES, KEYWORD_HITS, SECTIONS):
        assert not [row for row in stages.rows(table) if 2021 in row]


def test_without_a_mart_every_year_is_behind(stages: Stages) -> None:
    assert stages.ask(stale_years) is None


def test_a_mart_that_differs_from_its_view_is_behind(stages: Stages) -> None:
    with stages.store.write() as connection:
        connection.execute(
            "create view intermediate.int_attention__hits_reviewed as from raw.keyword_hits"
        )
        connection.execute("create table marts.keyword_hits as from raw.keyword_hits")
    assert stages.ask(stale_years) == set()
    with stages.store.write() as connection:
        connection.execute("update marts.keyword_hits set term = '晶圆' where report_year = 2021")
    assert stages.ask(stale_years) == {2021}
    with stages.store.write() as connection:
        connection.execute("delete from marts.keyword_hits where report_year = 2020")
    assert stages.ask(stale_years) == {2020, 2021}


def test_inputs_are_noted_and_told_by_name(stages: Stages) -> None:
    assert stages.ask(noted_inputs)["inventory"] == stage_inputs(stages.settings)["inventory"]
    for stage, names in stage_inputs(stages.settings).items():
        for name in names:
            assert (stage, name) in NAMES or stage in ("lexicons", "panels", "models")
            assert name_of(stage, name)


def test_a_plan_names_what_has_changed(stages: Stages) -> None:
    with stages.store.write() as connection:
        for stage in ("tables_by_year", "tables", "models", "results", "checks"):
            note_inputs(connection, stage, stage_inputs(stages.settings)[stage])
    assert stages.ask(lambda c: compare(stages.settings, c)).nothing
    stages.put("江苏省", 2021, "发展集成电路。")
    stages.put("浙江省", 2020)
    (stages.zone / "reports" / "江苏省" / "2020.txt").rename(stages.zone / "reports" / "江苏.txt")
    (stages.zone / "overrides.yaml").write_text("[]\n", encoding="utf-8")
    told = list(stages.ask(lambda c: compare(stages.settings, c)).sentences())
    assert told == [
        "new: reports/浙江省/2020.txt",
        "changed: reports/江苏省/2021.txt",
        "moved: reports/江苏省/2020.txt → reports/江苏.txt",
        "changed: overrides.yaml",
        "unchanged: 0 files",
    ]


def test_a_file_whose_reading_failed_is_a_change(stages: Stages) -> None:
    """A network drive that failed once left its file in quarantine for good."""
    with stages.store.write() as connection:
        connection.execute("delete from raw.readings where path like '%2021%'")
    told = list(stages.ask(lambda c: compare(stages.settings, c)).sentences())
    assert "changed: reports/江苏省/2021.txt" in told


def test_new_dates_are_a_change_only_where_they_decide(stages: Stages) -> None:
    """Files that stayed `loaded` hid documents in them that changed places."""
    one, other = (stages.put("浙江省", 2020).with_name(name) for name in ("2020.txt", "2020年.txt"))
    other.write_text(one.read_text("utf-8").replace("任务", "工作"), "utf-8")
    for newest, path in enumerate((one, other)):
        os.utime(path, (1_600_000_000 + newest, 1_600_000_000 + newest))
    stages.inputs()
    with stages.store.write() as connection:
        for stage in ("tables_by_year", "tables", "models", "results", "checks"):
            note_inputs(connection, stage, stage_inputs(stages.settings)[stage])
    alone = stages.zone / "reports" / "江苏省" / "2021.txt"
    os.utime(alone, (1_700_000_000, 1_700_000_000))
    plan = stages.ask(lambda c: compare(stages.settings, c))
    assert (plan.n_touched, plan.nothing) == (1, True)
    os.utime(one, (1_650_000_000, 1_650_000_000))
    plan = stages.ask(lambda c: compare(stages.settings, c))
    assert plan.inputs == (("inventory", "dates"),)


def test_a_word_list_that_changes_meanwhile_stops_the_count(stages: Stages) -> None:
    """Rows of the new list under the digest of the old one would have stayed for good."""
    (stages.zone / "studies").mkdir()
    study = stages.zone / "studies" / "green.yaml"
    study.write_text(GREEN, encoding="utf-8")
    stages.inputs()
    study.write_text(GREEN.replace("绿色发展", "生态文明"), encoding="utf-8")
    with pytest.raises(UsageError, match="green changed while it was used"):
        stages.measure(2020, 2021)


def test_a_new_program_is_a_change(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.inputs.reading_digest", lambda: "another")
    told = list(stages.ask(lambda c: compare(stages.settings, c)).sentences())
    assert "changed: the program that reads files" in told


def test_without_a_warehouse_everything_is_built(stages: Stages) -> None:
    assert make_plan(stages.settings) == Plan(first=True)
    unknown = stages.settings.model_copy(update={"studies": ("none",)})
    with pytest.raises(UsageError, match="No study is named"):
        make_plan(unknown)


def test_years_run_from_the_first_to_the_last_that_is_behind() -> None:
    assert years_to_measure([2022, 2020, 2021], {2020}) == [2020]
    assert years_to_measure([2020, 2021, 2022], None) == [2020, 2021, 2022]
    assert years_to_measure([2020, 2021], set()) == [2021]
    assert years_to_measure([], set()) == []
    assert list(year_range([2022, 2020]).values()) == ["2020", "2022"]
