"""Where things are: defaults, what overrides what, and calls that cannot be meant."""

from pathlib import Path

import pytest

from orchestration.settings import SAMPLE_LANDING, Settings, UsageError, YearRange


def resolve(folder: Path, **options: object) -> Settings:
    return Settings.resolve(
        warehouse=folder / "w.duckdb", environment=options.pop("environment", {}), **options
    )  # type: ignore[arg-type]


def test_a_new_warehouse_is_built_from_the_sample_beside_itself(tmp_path: Path) -> None:
    settings = resolve(tmp_path)
    assert settings.landing == SAMPLE_LANDING
    assert settings.home == tmp_path / ".xinku" / "w"
    assert settings.years is None


def test_the_call_comes_before_the_environment(tmp_path: Path) -> None:
    environment = {"XINKU_LANDING": str(tmp_path / "env"), "XINKU_YEARS": "2019"}
    assert resolve(tmp_path, environment=environment).landing == tmp_path / "env"
    settings = resolve(tmp_path, environment=environment, landing=tmp_path / "call", years="2020")
    assert settings.landing == tmp_path / "call"
    assert str(settings.years) == "2020"


def test_a_second_build_does_not_replace_real_reports_by_the_sample(tmp_path: Path) -> None:
    resolve(tmp_path, landing=tmp_path / "real", years="2018-2022").remember("published")
    again = resolve(tmp_path)
    assert again.landing == tmp_path / "real"
    assert str(again.years) == "2018-2022"


def test_years_are_not_remembered_when_the_landing_zone_is_named_anew(tmp_path: Path) -> None:
    resolve(tmp_path, landing=tmp_path / "real", years="2018-2022").remember("published")
    assert resolve(tmp_path, landing=tmp_path / "real").years is None


def test_two_warehouses_of_one_name_do_not_share_a_home(tmp_path: Path) -> None:
    environment = {"XINKU_HOME": str(tmp_path / "home")}
    (tmp_path / "a").mkdir()
    resolve(tmp_path / "a", environment=environment).remember("published")
    with pytest.raises(UsageError, match="belongs to the warehouse"):
        resolve(tmp_path / "b", environment=environment)


def test_a_damaged_memory_is_named(tmp_path: Path) -> None:
    settings = resolve(tmp_path)
    settings.remember("published")
    (settings.home / "published.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match=r"published\.json cannot be read"):
        resolve(tmp_path)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2020", 2020, 2020), ("2018-2022", 2018, 2022), (" 2018–2022 ", 2018, 2022)],
)
def test_year_ranges(text: str, first: int, last: int) -> None:
    assert YearRange.parse(text) == YearRange(first=first, last=last)


@pytest.mark.parametrize("text", ["2022-2018", "18-22", "all", "2018-2022-2023"])
def test_what_is_no_year_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--years"):
        YearRange.parse(text)


def test_a_folder_that_was_moved_is_still_its_own(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    resolve(tmp_path / "before", landing=tmp_path / "real").remember("published")
    (tmp_path / "before").rename(tmp_path / "after")
    assert resolve(tmp_path / "after").landing == tmp_path / "real"


def test_a_failed_attempt_is_not_repeated_by_default(tmp_path: Path) -> None:
    resolve(tmp_path, landing=tmp_path / "real").remember("published")
    resolve(tmp_path, landing=tmp_path / "wrong").remember("working")
    assert resolve(tmp_path).landing == tmp_path / "real"


def test_a_child_process_is_told_that_all_years_are_meant(tmp_path: Path) -> None:
    """An empty XINKU_YEARS was once taken for an unset one, and the remembered years came back."""
    resolve(tmp_path, landing=tmp_path / "real", years="2020").remember("published")
    everything = resolve(tmp_path, landing=tmp_path / "real")
    assert everything.years is None
    assert Settings.resolve(environment=everything.environment()) == everything


def test_the_environment_round_trips(tmp_path: Path) -> None:
    settings = resolve(tmp_path, landing=tmp_path / "real", years="2018-2022", studies=("a", "b"))
    assert Settings.resolve(environment=settings.environment()) == settings


def test_no_part_reports_home(tmp_path: Path) -> None:
    environment = resolve(tmp_path).environment()
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "False"
    assert environment["DAGSTER_DISABLE_TELEMETRY"] == "1"


def test_a_warehouse_says_itself_what_it_was_made_from(tmp_path: Path) -> None:
    """Without its working folder, or under another name, a warehouse once fell back to the sample."""
    import duckdb

    from orchestration.staleness import note_inputs
    from orchestration.tables import STAGE_INPUTS

    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        for statement in STAGE_INPUTS.ddl():
            connection.execute(statement)
        note_inputs(connection, "inventory", {"landing": str(tmp_path / "real"), "years": "2020"})
    found = resolve(tmp_path)
    assert (found.landing, str(found.years)) == (tmp_path / "real", "2020")
    (tmp_path / "w.duckdb").rename(tmp_path / "renamed.duckdb")
    renamed = Settings.resolve(warehouse=tmp_path / "renamed.duckdb", environment={})
    assert renamed.landing == tmp_path / "real"
    resolve(tmp_path, landing=tmp_path / "other").remember("published")
    (tmp_path / "renamed.duckdb").rename(tmp_path / "w.duckdb")
    assert resolve(tmp_path).landing == tmp_path / "real"
