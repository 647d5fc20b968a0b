"""Proposed profiles for three made-up files that no profile knows, and for what is no table."""

from __future__ import annotations

import io
from functools import cache

import pytest
import xlsxwriter
from typer.testing import CliRunner

from orchestration.cli.profile import profile as command
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.extraction import read_yearbook
from orchestration.ingest.yearbooks.profile import Profile, load_profiles, read_profile
from orchestration.ingest.yearbooks.proposal import Proposal, propose

PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁")


@cache
def _regions() -> RegionTable:
    return RegionTable.from_seeds()


@cache
def _profiles() -> tuple[Profile, ...]:
    return load_profiles()


def workbook(
    rows: list[list[object]], merged: tuple[tuple[int, int, int, int, str], ...] = ()
) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表一")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
        for first_row, first, last_row, last, text in merged:
            sheet.merge_range(first_row, first, last_row, last, text)
    return out.getvalue()


EMPLOYMENT = workbook(
    [
        ["4-5 各地区城镇单位分行业就业人员(2021年)"],
        ["单位：万人"],
        ["省(区、市)名", "制造业就业人员", "金融业就业人员", "量子产业人数\nQuantum Industry"],
        ["全 国", 600, 60, 6],
        *([name, 100 + n, 10 + n, 1] for n, name in enumerate(PROVINCES)),
    ]
)
CITIES = (
    "长三角城市主要指标\n城市名称x,年度,地区生产总值(亿元),贷款余额,专利授权量(件)\n"
    + "".join(f"{name},{year},{n}00,{n}50,{n}\n" for n, name in enumerate(("南京市", "苏州市", "杭州市"), 1) for year in (2019, 2020))
).encode("gb18030")  # fmt: skip
LOANS = workbook(
    [
        [None, 2019, 2020, 2021],
        *([name, n, n + 1, n + 2] for n, name in enumerate(PROVINCES)),
    ]
)


def proposed(data: bytes, path: str) -> Proposal:
    return propose(data, path, _regions(), _profiles())


def test_a_yearbook_table_with_an_unknown_heading_of_regions_and_one_unknown_column() -> None:
    assert not read_yearbook(EMPLOYMENT, "a.xlsx", _regions(), _profiles()).observations
    found = proposed(EMPLOYMENT, "a.xlsx")
    assert not found.known_by
    assert {(o.indicator_code, o.year, o.unit) for o in found.observations} == {
        ("employment_manufacturing_urban_units", 2021, "万人"),
        ("employment_finance_urban_units", 2021, "万人"),
    }
    assert len(found.observations) == 14
    assert 0.8 < found.confidence < 1
    assert (
        "# TODO: code of indicators.csv, or a new one such as quantum_industry"
        in found.profile_yaml
    )
    profile = read_profile(found.profile_yaml)
    assert profile.region.header == ["省(区、市)名"]
    assert profile.match.title == ["各地区城镇单位分行业就业人员"]


def test_the_proposed_profile_reads_next_years_file_too() -> None:
    found = proposed(EMPLOYMENT, "a.xlsx")
    rows: list[list[object]] = [
        ["4-5 各地区城镇单位分行业就业人员(2022年)"],
        ["单位：万人"],
        ["省(区、市)名", "金融业就业人员", "制造业就业人员", "量子产业人数"],
        *([name, 10, 100, 1] for name in reversed(PROVINCES)),
    ]
    reading = read_yearbook(
        workbook(rows), "b.xlsx", _regions(), [*_profiles(), read_profile(found.profile_yaml)]
    )
    values = {(o.indicator_code, o.region_code, o.year): o.value for o in reading.observations}
    assert values["employment_manufacturing_urban_units", "150000", 2022] == 100


def test_a_table_of_cities_with_years_in_a_column() -> None:
    found = proposed(CITIES, "yearbooks/城市.csv")
    assert {(o.region_code, o.year) for o in found.observations} == {
        (code, year) for code in ("320100", "320500", "330100") for year in (2019, 2020)
    }
    assert {o.indicator_code for o in found.observations} >= {"gdp", "patents_granted"}
    profile = read_profile(found.profile_yaml)
    assert profile.region.level == "city"
    assert "unit: …, such as 亿元 (the file prints none)" in found.profile_yaml
    assert any("贷款余额" in problem.reason for problem in found.problems)


def test_a_table_without_heading_title_or_indicator() -> None:
    found = proposed(LOANS, "yearbooks/新表.xlsx")
    assert not found.observations
    assert found.confidence <= 0.6
    profile = read_profile(found.profile_yaml)
    assert profile.region.by_content
    assert "# TODO: the one indicator of the table" in found.profile_yaml
    filled = found.profile_yaml.replace("# indicator: …", "indicator: loans_balance\nunit: 亿元")
    reading = read_yearbook(LOANS, "x.xlsx", _regions(), [read_profile(filled)])
    assert len(reading.observations) == 18
    assert {o.year for o in reading.observations} == {2019, 2020, 2021}


HEAD = "省(区、市)名,制造业就业人员(万人),金融业就业人员(万人)"


def employment(*first: str, head: str = HEAD) -> bytes:
    """Employment by province, with other rows between the header and the first province."""
    rows = [f"{name},{100 + n},{10 + n}" for n, name in enumerate(PROVINCES)]
    return "\n".join(["各地区就业人员(2021年),,", head, *first, *rows, ""]).encode()


@pytest.mark.parametrize(
    ("first", "kept_apart"),
    [
        ([], 0),
        (["全国,600,60"], 2),
        (["合计,600,60"], 2),
        (["总 计 Total,600,60"], 2),
        (["东部地区,600,60"], 2),
        (["东部地区,,"], 2),
        (["合计,…,…"], 2),
        (["合计,2021,2019"], 2),
        (["合计,600,60", "东部,300,30"], 4),
        (["甲,1,2", "合计,600,60"], 2),
        (["甲,(1),(2)"], 0),
    ],
)
def test_rows_before_the_first_region_are_not_taken_for_the_header(
    first: list[str], kept_apart: int
) -> None:
    found = proposed(employment(*first), "a.csv")
    regions = [one for one in found.observations if one.region_kind == "region"]
    assert {(o.indicator_code, o.region_code, o.value) for o in regions} >= {
        ("employment_manufacturing_urban_units", "110000", 100),
        ("employment_finance_urban_units", "150000", 14),
    }
    assert (len(regions), len(found.observations)) == (12, 12 + kept_apart)
    assert "The header is in rows 2 to 2." in found.reasons
    assert read_profile(found.profile_yaml).region.header == ["省(区、市)名"]


def test_a_header_of_years_above_a_sum_stays_the_header() -> None:
    found = proposed(employment("合计,600,60", head="省x名,2019,2020"), "a.csv")
    assert "Years head the columns." in found.reasons
    assert "The header is in rows 2 to 2." in found.reasons


def test_problems_of_a_profile_that_reads_nothing_are_told_beside_the_proposal() -> None:
    """They were dropped, and with them what had to be mended in one's own profile."""
    own = read_profile(
        "name: mine\ntitle: Mine\nmatch: {header: [制造业就业人员]}\n"
        "region: {header: ['省(区、市)名'], level: province}\n"
        "indicators: [{header: 制造业就业人员, code: quantum_staff}]\n"
    )
    found = propose(employment(), "a.csv", _regions(), [*_profiles(), own])
    assert found.profile_yaml
    assert "Profile mine cannot be used" in found.problems[0].reason
    assert not any(problem.fatal for problem in found.problems)


def test_that_no_profile_knows_a_file_is_no_problem_of_its_proposal() -> None:
    assert not proposed(employment(), "a.csv").problems


def test_a_known_file_is_named_and_nothing_is_proposed() -> None:
    data = "地区,年份,GDP(亿元)\n北京,2019,1\n".encode()
    found = proposed(data, "a.csv")
    assert found.known_by == ("tidy_wide",)
    assert not found.profile_yaml
    assert found.observations


def test_words_of_a_file_never_become_yaml_of_their_own() -> None:
    evil = '坏"]\nname: evil\nx: ["'
    rows: list[list[object]] = [
        [f"标题{evil}(2021年)"],
        ["地x区", f"列{evil}"],
        *([name, 1] for name in PROVINCES),
    ]
    found = proposed(workbook(rows), "a.xlsx")
    profile = read_profile(found.profile_yaml)
    assert profile.name.startswith("layout_")


@pytest.mark.parametrize("data", [b"%PDF-1.4", b"a,b\n1,2\n3,4\n", b""])
def test_what_holds_no_regions_is_told_and_nothing_is_proposed(data: bytes) -> None:
    found = proposed(data, "a.csv")
    assert not found.profile_yaml
    assert found.problems[0].fatal


# The command


def _run(*arguments: str) -> tuple[int, str]:
    import typer

    app = typer.Typer()
    app.command()(command)
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(arguments))
    return result.exit_code, result.output


def test_the_command_shows_and_writes_and_never_overwrites(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file, out = tmp_path / "就业 2021.xlsx", tmp_path / "就业.yaml"
    file.write_bytes(EMPLOYMENT)
    code, shown = _run(str(file), "--write", str(out))
    assert code == 0, shown
    assert "employment_manufacturing_urban_units" in shown
    assert "Confidence: " in shown
    assert read_profile(out.read_text(encoding="utf-8")).name in shown
    out.write_text("mine", encoding="utf-8")
    code, shown = _run(str(file), "--write", str(out))
    assert code == 2
    assert "exists" in shown
    assert out.read_text(encoding="utf-8") == "mine"
    assert _run(str(file), "--write", str(out), "--force")[0] == 0
    assert out.read_text(encoding="utf-8") != "mine"


def test_the_command_refuses_what_is_no_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    code, shown = _run(str(tmp_path / "none.xlsx"))
    assert code == 2
    assert "is not a file" in shown


def test_the_command_ends_with_1_where_nothing_can_be_read(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n1,2\n3,4\n")
    assert _run(str(file))[0] == 1
