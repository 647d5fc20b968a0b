"""Profiles: read from YAML, refused in a sentence, extended and replaced by those of a landing zone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.ingest.regions import SEEDS
from orchestration.ingest.yearbooks.indicators import Indicator, IndicatorTable, UnknownIndicator
from orchestration.ingest.yearbooks.profile import (
    SHIPPED,
    ProfileError,
    load_profiles,
    read_profile,
)
from orchestration.ingest.yearbooks.units import known_units

GOOD = "name: mine\nmatch: {title: 就业人员, header: 地区}\nindicator: gdp\n"


def test_every_shipped_profile_loads_under_its_own_name() -> None:
    names = [profile.name for profile in load_profiles()]
    assert names == sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    assert {"nbs_export_old", "nbs_export_new", "tidy_long", "tidy_wide", "rd_bulletin"} <= {*names}


def test_every_shipped_profile_names_known_indicators_and_units() -> None:
    indicators = IndicatorTable.from_seeds()
    for profile in load_profiles():
        codes = [entry.code for entry in profile.indicators]
        codes += [known.indicator for known in profile.known]
        codes += [profile.indicator, profile.given.indicator]
        for code in filter(None, codes):
            assert code == "-" or code in indicators, (profile.name, code)
        for unit in filter(None, (*(entry.unit for entry in profile.indicators), profile.unit)):
            assert unit in known_units(), (profile.name, unit)


def test_no_shipped_profile_goes_by_the_name_of_a_file() -> None:
    assert not [profile.name for profile in load_profiles() if profile.match.files]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: [", "no YAML"),
        ("- 1", "holds no profile"),
        ("name: Mine\nmatch: {title: x}", "name"),
        ("name: mine\nmatch: {files: a.xlsx}", "a file name alone is no evidence"),
        ("name: mine\nmatch: {title: x}\ncolour: red", "colour"),
        ("name: mine\nmatch: {title: x}\nyear: [guess]", "year"),
        ("name: mine\nmatch: {title: x}\ncolumns: {price: [价格]}", "price"),
    ],
)
def test_a_wrong_profile_is_refused_with_its_file_and_key(text: str, told: str) -> None:
    with pytest.raises(ProfileError, match=told) as refused:
        read_profile(text, "mine.yaml")
    assert str(refused.value).startswith("mine.yaml:")


def test_a_landing_zone_adds_profiles_and_replaces_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(
        "name: tidy_long\nmatch: {header: [地区, 年, 数]}\n", encoding="utf-8"
    )
    profiles = {profile.name: profile for profile in load_profiles(tmp_path)}
    assert profiles["mine"].match.title == ["就业人员"]
    assert profiles["tidy_long"].match.header == ["地区", "年", "数"]
    assert len(profiles) == len(load_profiles()) + 1


def test_a_profile_extends_another_and_changes_only_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "name: st\nextends: nbs_export_new\nmatch: {files: [st.csv]}\n"
        "given: {indicator: fiscal_st_expenditure, unit: 亿元}\n",
        encoding="utf-8",
    )
    profile = next(one for one in load_profiles(tmp_path) if one.name == "st")
    base = next(one for one in load_profiles() if one.name == "nbs_export_new")
    assert profile.match.title == base.match.title
    assert profile.match.files == ["st.csv"]
    assert profile.given.indicator == "fiscal_st_expenditure"
    assert profile.match.allows_file("yearbooks/x/st.csv")
    assert not profile.match.allows_file("yearbooks/x/gdp.csv")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a.yaml": "name: a\nextends: nothing\n"}, "extends 'nothing'"),
        ({"a.yaml": GOOD, "b.yaml": GOOD}, "another file"),
        ({"a.yaml": "name: a\n"}, "match"),
    ],
)
def test_a_wrong_folder_is_refused(tmp_path: Path, files: dict[str, str], told: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError, match=told):
        load_profiles(tmp_path)


def test_without_a_folder_the_shipped_ones_are_used(tmp_path: Path) -> None:
    assert load_profiles(tmp_path / "none") == load_profiles() == load_profiles(None)


# Indicators


def test_an_indicator_is_found_by_every_name_it_has() -> None:
    indicators = IndicatorTable.from_seeds()
    for name in ("地区生产总值", "GDP", "gdp", "国内生产总值", "地区 生产总值"):
        assert indicators.resolve(name).code == "gdp"


def test_an_unknown_indicator_tells_its_neighbours() -> None:
    with pytest.raises(UnknownIndicator, match="no indicator named '地区生产总值指数x'; nearest"):
        IndicatorTable.from_seeds().resolve("地区生产总值指数x")


def test_scope_is_part_of_an_indicators_identity() -> None:
    """Survey counts look like population, staff of industrial firms like all R&D staff."""
    indicators = IndicatorTable.from_seeds()
    assert indicators.resolve("人口数(人口抽样调查)").code == "population_survey_sample"
    assert indicators.resolve("年末常住人口").code == "population_resident"
    assert indicators.find("人口数") is None
    assert (
        indicators.resolve("规模以上工业企业R&D人员全时当量").code
        == "rd_personnel_fte_industrial_firms"
    )
    assert indicators.resolve("R&D人员全时当量").code == "rd_personnel_fte"


def test_two_indicators_never_share_a_name() -> None:
    one = Indicator("a", "甲", "", "", "件", "", True, None, ("甲", "共"))
    other = Indicator("b", "乙", "", "", "件", "", True, None, ("乙", "共"))
    with pytest.raises(ValueError, match="'共' names both a and b"):
        IndicatorTable([one, other])


def test_the_seed_agrees_with_the_units() -> None:
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert known_units()[row["canonical_unit"]].dimension == row["dimension"]
            assert (row["additive"] == "true") == bool(row["tolerance"])
