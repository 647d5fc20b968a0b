"""Yearbooks of every layout, made small: what is read, what is kept apart, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.extraction import read_workbook, read_yearbook
from orchestration.ingest.yearbooks.observation import Observation, YearbookReading
from orchestration.ingest.yearbooks.profile import Profile, load_profiles, read_profile
from orchestration.ingest.yearbooks.sheet import CellError, CellValue, Sheet
from orchestration.ingest.yearbooks.workbook import Workbook

Rows = Sequence[Sequence[CellValue]]


@cache
def _regions() -> RegionTable:
    return RegionTable.from_seeds()


def read(
    *sheets: Sheet | Rows,
    path: str = "yearbooks/表.xlsx",
    profiles: Sequence[Profile] | None = None,
) -> YearbookReading:
    whole = tuple(
        one if isinstance(one, Sheet) else Sheet(f"Sheet{number}", one)
        for number, one in enumerate(sheets, 1)
    )
    book = Workbook(whole, "xlsx")
    return read_workbook(book, b"", path, _regions(), profiles or load_profiles())


def values(reading: YearbookReading) -> dict[tuple[str, str, int], float | None]:
    return {
        (one.indicator_code, one.region_code or one.region_printed, one.year): one.value
        for one in reading.observations
    }


def reasons(reading: YearbookReading) -> str:
    return " ".join(f"[{one.locator}] {one.reason}" for one in reading.problems)


RD: list[list[CellValue]] = [
    ["1-4 各地区研究与试验发展(R&D)人员全时当量(2019年)", None, None, None],
    ["Full-time Equivalent of R&D Personnel by Region (2019)", None, None, None],
    ["单位:人年", None, None, None],
    ["(man-year)", None, None, None],
    ["地 区", "Region", "R&D人员\n\n全时当量\n\nTotal", None],
    [None, None, None, "#研究人员\n\nResearchers"],
    ["全 国", "National Total", "480", "200"],
    [None, None, None, None],
    ["东部地区", "Eastern Region", "350", "150"],
    ["北   京", "Beijing", "300", "140"],
    ["内蒙 古", "Inner Mongolia", "50", "10"],
    ["江两", "Jiangxi", "1,30", "50"],
]
RD[-1][2] = "130"


def rd(**changes: CellValue) -> list[list[CellValue]]:
    """The table with cells changed: A5="区" and so on."""
    rows = [list(row) for row in RD]
    for cell, value in changes.items():
        rows[int(cell[1:]) - 1]["ABCD".index(cell[0])] = value
    return rows


# What is read


def test_a_bilingual_header_of_two_rows_gives_both_its_columns() -> None:
    reading = read(rd())
    found = values(reading)
    assert found["rd_personnel_fte", "110000", 2019] == 300
    assert found["rd_personnel_fte_researchers", "110000", 2019] == 140
    assert found["rd_personnel_fte", "150000", 2019] == 50
    assert found["rd_personnel_fte", "360000", 2019] == 130
    assert len(reading.observations) == 10
    assert not reading.problems


def test_an_observation_says_where_everything_was_read() -> None:
    one = next(o for o in read(rd()).observations if o.cell == "D10")
    assert one == Observation(
        sheet="Sheet1", cell="D10", region_code="110000", region_printed="北   京",
        region_kind="region", year=2019, indicator_code="rd_personnel_fte_researchers", scope="",
        value=140.0, raw_value="140", missing=None, unit="人年", unit_source="row 3 单位",
        vintage="2020", vintage_source="the year after 2019 (title A1)", footnote="",
        header="R&D人员 全时当量 Total / #研究人员 Researchers", profile="cst_yearbook_rd_personnel",
    )  # fmt: skip


def test_the_nation_and_subtotals_are_kept_apart() -> None:
    kinds = {
        one.region_printed: (one.region_kind, one.region_code) for one in read(rd()).observations
    }
    assert kinds["全 国"] == ("nation", "100000")
    assert kinds["东部地区"] == ("subtotal", None)
    assert kinds["北   京"] == ("region", "110000")


def test_the_sum_of_the_regions_is_not_the_nation() -> None:
    budget = [
        ["分地区一般公共预算支出 (2021年)", None, None],
        ["单位：亿元", None, None],
        ["地   区", "地方一般公", "一般公共"],
        [None, "共预算支出", "服务支出"],
        ["地方合计", 210623.04, 18307.54],
        [" 北  京", 7205.1201, 532.6544],
    ]
    reading = read(budget)
    kinds = {one.region_printed: one.region_kind for one in reading.observations}
    assert kinds == {"地方合计": "subtotal", "北  京": "region"}
    assert values(reading)["fiscal_expenditure", "110000", 2021] == 7205.1201


@pytest.mark.parametrize(
    ("cell", "missing"),
    [(None, "blank"), ("…", "not_published"), ("-", "nil"), ("不详", "not_published"),
     ("*", "suppressed"), (CellError("#REF!"), "error"), ("见注", "unreadable")],
)  # fmt: skip
def test_a_cell_without_a_number_is_missing_and_never_zero(cell: CellValue, missing: str) -> None:
    one = next(o for o in read(rd(C10=cell)).observations if o.cell == "C10")
    assert (one.value, one.missing) == (None, missing)


def test_zero_is_a_number() -> None:
    one = next(o for o in read(rd(C10="0")).observations if o.cell == "C10")
    assert (one.value, one.missing) == (0.0, None)


@pytest.mark.parametrize(
    "printed", ["1,234,567", "１２３４５６７", "1234567 ", 1234567, "1 234 567"]
)
def test_thousands_separators_and_full_width_digits(printed: CellValue) -> None:
    one = next(o for o in read(rd(C10=printed)).observations if o.cell == "C10")
    assert one.value == 1234567


def test_a_continued_table_takes_title_year_and_unit_of_the_first() -> None:
    upper = [
        ["7-6 分地区一般公共预算支出(2023年)", None, None],
        ["单位:亿元", None, None],
        ["地区", "地方一般公\n共预算支出\nBudget", "一般公共\n服务支出"],
        ["地方合计", "300", "30"],
        ["北京", "100", "10"],
        ["新疆", "200", "20"],
        ["注:由于体制调整,2022年起新疆数据包含新疆生产建设兵团。", None, None],
        [None, None, None],
        ["7-6续表1", None, None],
        ["地区", "科学\n技术支出", None],
        ["北京", "4", None],
        ["新疆", "5", None],
    ]
    third = [["7-6 续表2", None], [" continued", None], ["地区", "住房保障\n支出"], ["北京", "6"]]
    for sheets in ((upper, third), (third, upper)):
        reading = read(*sheets)
        found = values(reading)
        assert found["fiscal_st_expenditure", "650000", 2023] == 5
        assert found["fiscal_housing_expenditure", "110000", 2023] == 6
        assert {one.unit for one in reading.observations} == {"亿元"}
        assert not reading.problems
    notes = {o.region_code: o.footnote for o in reading.observations if o.cell.startswith("B")}
    assert "兵团" in notes["650000"] or any("兵团" in o.footnote for o in reading.observations)
    assert not any("兵团" in o.footnote for o in reading.observations if o.region_code == "110000")


def test_a_continued_table_without_its_first_is_not_guessed() -> None:
    reading = read([["7-6 续表2"], ["地区", "住房保障支出"], *([n, "6"] for n in "京津冀晋辽吉")])
    assert not reading.observations
    assert reading.problems[0].fatal


NBS: list[list[CellValue]] = [
    ["数据库：分省年度数据"],
    ["指标：地区生产总值(亿元)"],
    ["时间：最近20年"],
    ["地区", "2020年", "2019年", "2018年"],
    ["北京市", None, "37767.0", "35161.4"],
    ["吉林省", None, "11700.1", "11200.2"],
    ["注：1.历史数据进行了系统修订。"],
    ["数据来源：国家统计局"],
]


def test_an_export_of_the_bureau_names_its_indicator_above_the_table() -> None:
    reading = read(NBS)
    assert values(reading)["gdp", "220000", 2018] == 11200.2
    one = reading.observations[1]
    assert (one.unit, one.unit_source) == ("亿元", "header A2")
    assert (one.vintage, one.vintage_source) == (
        "2020", "the year after 2019, the last with a figure",
    )  # fmt: skip
    assert one.footnote == "注：1.历史数据进行了系统修订。"


def test_an_unknown_indicator_is_told_with_its_neighbours() -> None:
    rows = [list(row) for row in NBS]
    rows[1] = ["指标：地区生产总值增速(亿元)"]
    reading = read(rows)
    assert not reading.observations
    assert "No indicator named '地区生产总值增速(亿元)'; nearest" in reading.problems[0].reason
    assert reading.problems[0].fatal
    assert reading.problems[0].locator == "Sheet1!A2"


NEW: list[list[CellValue]] = [
    ["数据库：分省年度数据 "],
    ["时间：2018年-2020年 "],
    ["地区\t", "2020年\t", "2019年\t"],
    ["北京市\t", "1.5\t", "2.5\t"],
    ["天津市\t", "3.5\t", "4.5\t"],
]


def test_an_export_that_does_not_name_its_indicator_is_refused_with_the_remedy() -> None:
    reading = read(NEW)
    assert not reading.observations
    assert "does not say which indicator" in reading.problems[0].reason
    assert "given: {indicator" in reading.problems[0].hint


def test_its_user_names_the_indicator_in_a_profile(tmp_path: Path) -> None:
    (tmp_path / "st.yaml").write_text(
        "name: st\nextends: nbs_export_new\nmatch: {files: ['st*.csv']}\n"
        "given: {indicator: loans_balance, unit: 万元}\n",
        encoding="utf-8",
    )
    profiles = load_profiles(tmp_path)
    reading = read(NEW, path="yearbooks/st_2020.csv", profiles=profiles)
    assert values(reading)["loans_balance", "120000", 2019] == 4.5
    assert {(o.unit, o.unit_source) for o in reading.observations} == {("万元", "profile st")}
    assert not read(NEW, path="yearbooks/other.csv", profiles=profiles).observations


KNOWN = """
name: known
match: {title: 分省年度数据, header: 地区, none: "指标:"}
year: header
known:
  - indicator: gdp
    unit: 亿元
    publication: somewhere
    values: [[北京, 2020, 1.5], [天津, 2020, 3.5], [北京, 2019, 2.5], [天津, 2019, 4.5]]
"""


def test_figures_printed_with_their_name_elsewhere_tell_the_indicator_and_one_that_differs_does_not() -> (
    None
):
    profile = read_profile(KNOWN)
    assert values(read(NEW, profiles=[profile]))["gdp", "110000", 2020] == 1.5
    other = [list(row) for row in NEW]
    other[3][1] = "1.51\t"
    assert not read(other, profiles=[profile]).observations


def test_a_list_of_indicators_of_one_region() -> None:
    rows = [
        ["数据库：分省年度数据"],
        ["地区：北京市"],
        ["指标", "2020年", "2019年"],
        ["地方财政科学技术支出 (亿元)", "410.96", "433.42"],
        ["地方财政教育支出 (亿元)", "1138.29", "1137.18"],
        ["天上的星星 (颗)", "1", "2"],
    ]
    reading = read(rows)
    assert values(reading)["fiscal_st_expenditure", "110000", 2019] == 433.42
    assert "No indicator named '天上的星星 (颗)'" in reasons(reading)
    assert not any(one.fatal for one in reading.problems)
    nameless = read([rows[0], *rows[2:]])
    assert not nameless.observations
    assert "does not name the region" in nameless.problems[0].reason


# Tidy tables

LONG: list[list[CellValue]] = [
    ["地区", "年份", "指标", "数值", "单位", "版本", "口径", "注释"],
    ["北京", 2019, "GDP", 35445.1, "亿元", "2020", None, None],
    ["北京", 2019, "gdp", 35371.3, "亿元", "2019", None, "初步核算"],
    ["天津", "2019年", "年末常住人口", "1385", "万人", None, "全市", None],
]


def test_a_long_tidy_table() -> None:
    reading = read(LONG, path="tables/a.csv")
    assert not reading.problems
    found = {(o.indicator_code, o.vintage): o for o in reading.observations}
    assert found["gdp", "2020"].value == 35445.1
    assert found["gdp", "2019"].footnote == "初步核算"
    assert found["population_resident", "2020"].scope == "全市"
    assert {o.header for o in reading.observations} == {"数值"}


def test_a_wide_tidy_table() -> None:
    rows = [
        ["region", "year", "gdp(亿元)", "年末常住人口_万人", "市场化指数", "贷款余额"],
        ["江苏", 2019, 99631.5, 8469, 11.5, 133329],
    ]
    reading = read(rows)
    assert values(reading) == {
        ("gdp", "320000", 2019): 99631.5,
        ("population_resident", "320000", 2019): 8469.0,
        ("marketization_index", "320000", 2019): 11.5,
    }
    assert "[Sheet1!F1] The column '贷款余额' has no unit" in reasons(reading)


def test_columns_of_words_are_no_indicators() -> None:
    rows = [["地区", "年份", "GDP(亿元)", "来源", "说明文字"], ["江苏", 2019, 1, "手册", "第 3 页"]]
    reading = read(rows)
    assert values(reading) == {("gdp", "320000", 2019): 1}
    assert not reading.problems


def test_a_column_with_an_unknown_name_is_told_and_the_others_load() -> None:
    reading = read([["地区", "年份", "GDP(亿元)", "星星(颗)"], ["江苏", 2019, 1, 2]])
    assert len(reading.observations) == 1
    assert "[Sheet1!D1] No indicator named '星星(颗)'" in reasons(reading)


def test_a_tidy_table_with_a_column_a_year() -> None:
    reading = read(
        [["地区", "指标", "单位", 2018, "2019年"], ["江苏", "制造业就业人员", "万人", 1, 2]]
    )
    assert values(reading)["employment_manufacturing_urban_units", "320000", 2019] == 2


def test_a_code_column_that_contradicts_the_name_is_told() -> None:
    rows = [
        ["地区代码", "地区", "年份", "GDP(亿元)"],
        ["320000", "江苏", 2019, 1],
        ["330000", "江苏", 2018, 2],
    ]
    reading = read(rows)
    assert values(reading) == {("gdp", "320000", 2019): 1}
    assert "[Sheet1!B3] The row names '江苏' and has the code 330000" in reasons(reading)


def test_a_city_table_is_read_at_city_level_and_ambiguous_names_go_to_quarantine() -> None:
    rows = [
        ["城市", "年份", "GDP(亿元)"],
        ["南京", 2019, 1], ["吉林", 2019, 2], ["Suzhou", 2019, 3], ["Taizhou", 2019, 4],
        ["吉林市", 2019, 5], ["襄樊", 2009, 6], ["上海", 2019, 7],
    ]  # fmt: skip
    reading = read(rows)
    assert values(reading) == {
        ("gdp", "320100", 2019): 1, ("gdp", "220200", 2019): 5,
        ("gdp", "420600", 2009): 6, ("gdp", "310000", 2019): 7,
    }  # fmt: skip
    told = reasons(reading)
    assert "'吉林' may be 吉林省 (220000) or 吉林市 (220200)" in told
    assert "苏州市 (320500) or 宿州市" in told
    assert "泰州市 (321200) or 台州市" in told


# What is refused or told


def test_an_unknown_region_is_told_and_the_other_rows_load() -> None:
    reading = read(rd(A11="内蒙占古"))
    assert "110000" in {o.region_code for o in reading.observations}
    assert "150000" not in {o.region_code for o in reading.observations}
    assert "[Sheet1!A11] '内蒙占古' names no province" in reasons(reading)
    assert not any(one.fatal for one in reading.problems)


def test_a_city_in_a_table_of_provinces_is_told() -> None:
    assert "is 大连市 (210200), a city, in a table of provinces" in reasons(read(rd(A11="大连")))


def test_a_sheet_without_its_column_of_regions() -> None:
    reading = read(rd(A5=None))
    assert not reading.observations
    assert reading.problems[0].locator == "Sheet1"
    assert "no column of regions" in reading.problems[0].reason


def test_two_profiles_that_know_a_table_equally() -> None:
    profiles = load_profiles()
    own = next(one for one in profiles if one.name == "cst_yearbook_rd_personnel")
    reading = read(rd(), profiles=[*profiles, own.model_copy(update={"name": "mine"})])
    assert not reading.observations
    assert "The profiles cst_yearbook_rd_personnel and mine know this table equally" in reasons(
        reading
    )


def test_a_profile_with_more_words_goes_before_one_with_fewer() -> None:
    general = read_profile(
        "name: general\nmatch: {title: 人员全时当量, header: 地区}\nyear: title\nindicator: rd_personnel"
    )
    reading = read(rd(), profiles=[*load_profiles(), general])
    assert {one.profile for one in reading.observations} == {"cst_yearbook_rd_personnel"}


def test_a_file_no_profile_knows() -> None:
    rows = [
        ["某表"],
        ["地区", "甲乙丙丁"],
        *([name, 1] for name in ("北京", "天津", "河北", "山西", "辽宁")),
    ]
    reading = read(rows)
    assert [(one.fatal, one.locator) for one in reading.problems] == [(True, "")]
    assert "No layout profile knows this file" in reading.problems[0].reason
    assert "xinku profile FILE" in reading.problems[0].hint


def test_a_table_no_profile_knows_beside_one_that_is_known() -> None:
    rows = [
        ["某表"],
        ["地区", "甲乙丙丁"],
        *([name, 1] for name in ("北京", "天津", "河北", "山西", "辽宁")),
    ]
    reading = read(rd(), rows)
    assert reading.observations
    assert "[Sheet2!A2] No layout profile knows" in reasons(reading)


def test_industrial_firms_staff_is_not_taken_for_all_staff() -> None:
    reading = read(rd(A1="1-4 各地区规模以上工业企业研究与试验发展(R&D)人员全时当量(2019年)"))
    assert not reading.observations


def test_the_content_wins_over_the_name_of_the_file() -> None:
    reading = read(rd(), path="yearbooks/raw-2021.xlsx")
    assert {one.year for one in reading.observations} == {2019}
    assert "The name of the file says 2021 and the title A1 says 2019" in reasons(reading)
    assert not any(one.fatal for one in reading.problems)
    assert not read(rd(), path="yearbooks/raw-2019.xlsx").problems
    assert not read(rd(), path="yearbooks/中国科技统计年鉴2020.xlsx").problems


def test_an_edition_named_on_the_page_is_the_vintage() -> None:
    reading = read([["中国科技统计年鉴—2021"], *rd()])
    assert {(o.year, o.vintage, o.vintage_source) for o in reading.observations} == {
        (2019, "2021", "A1")
    }


def test_units_that_contradict_each_other_are_told() -> None:
    reading = read(rd(C5="R&D人员全时当量(万人年)"))
    assert {o.unit for o in reading.observations if o.cell.startswith("C")} == {"万人年"}
    assert "The heading says 万人年 and row 3 单位 says 人年" in reasons(reading)


def test_a_column_of_another_dimension_keeps_its_own_unit_without_a_word() -> None:
    rows = [
        ["2019年全国科技经费投入统计公报"], ["单位：亿元"],
        ["地区", "R&D经费", "R&D经费投入强度（%）"], ["北京", "2233.6", "6.31"],
    ]  # fmt: skip
    reading = read(rows)
    assert {(o.indicator_code, o.unit) for o in reading.observations} == {
        ("rd_expenditure", "亿元"), ("rd_intensity", "%"),
    }  # fmt: skip
    assert not reading.problems


def test_an_unknown_unit_is_told() -> None:
    reading = read(rd(A3="单位:担", A4=None))
    assert not reading.observations
    assert "The unit '担' is not known" in reasons(reading)


def test_a_workbook_without_a_year_takes_the_one_of_its_name_and_else_none() -> None:
    rows = [["地区", "RD经费", "RD强度"], ["北京", 1.5, 2.5], ["全国", 8.5, 3.5]]
    assert {o.year for o in read(rows, path="yearbooks/raw-2016.xlsx").observations} == {2016}
    nameless = read(rows, path="yearbooks/raw.xlsx")
    assert not nameless.observations
    assert "The number has no year" in nameless.problems[0].reason


def test_the_figure_of_the_nation_dates_a_workbook_under_the_wrong_years_name() -> None:
    """`raw-2018.xlsx` of the real bulletins holds the table of 2019."""
    rows = [["地区", "RD经费", "RD强度"], ["全国", 22143.6, 2.23], ["北京", 2233.6, 6.31]]
    reading = read(rows, path="yearbooks/raw-2018.xlsx")
    assert {o.year for o in reading.observations} == {2019}
    assert "The name of the file says 2018; 全国 has the figure" in reasons(reading)


def test_two_values_of_one_number_are_told_and_both_kept_for_staging_to_dispute() -> None:
    reading = read([*rd(), ["北京", "Beijing", "301", "140"]])
    assert "has two values of rd_personnel_fte: 300 in Sheet1!C10 and 301 here" in reasons(reading)
    printed = [
        one.value
        for one in reading.observations
        if (one.indicator_code, one.region_code) == ("rd_personnel_fte", "110000")
    ]
    assert printed == [300, 301]
    assert values(reading)["rd_personnel_fte_researchers", "110000", 2019] == 140


def test_one_number_twice_is_no_contradiction() -> None:
    assert not read(rd(), rd()).problems


def test_numbers_without_a_region_are_told() -> None:
    assert "[Sheet1!A11] The row has numbers and no region" in reasons(read(rd(A11=None)))


def test_a_hidden_sheet_is_not_read_and_told() -> None:
    names = ["河北", "山西", "辽宁"]
    hidden = Sheet("旧", [*rd(), *([name, None, "1", "1"] for name in names)], hidden=True)
    reading = read(rd(), hidden)
    assert {o.sheet for o in reading.observations} == {"Sheet1"}
    assert "[旧] The sheet is hidden" in reasons(reading)


def test_a_region_merged_over_its_years() -> None:
    rows = [["地区", "年份", "GDP(亿元)"], ["江苏", 2018, 1], [None, 2019, 2], ["浙江", 2018, 3]]
    merged = Sheet("a", rows, merged=((1, 0, 2, 0),))
    assert values(read(merged))["gdp", "320000", 2019] == 2
    assert "The row has numbers and no region" in reasons(read(rows))


def test_the_notes_of_a_mark_go_with_the_cells_that_bear_it() -> None:
    reading = read([*rd(A10="北 京a)"), ["a) 不含中央单位。", None, None, None]])
    notes = {o.region_code: o.footnote for o in reading.observations}
    assert notes["110000"] == "a) 不含中央单位。"
    assert notes["150000"] == ""


def test_an_encrypted_or_broken_file_gives_the_readers_sentence() -> None:
    reading = read_yearbook(b"%PDF-1.7", "yearbooks/a.xlsx", _regions(), load_profiles())
    assert not reading.observations
    assert reading.problems[0].fatal
    assert "PDF" in reading.problems[0].reason


# Invariance


def _told(reading: YearbookReading) -> set[Observation]:
    return {
        replace(one, cell="", vintage_source="", unit_source="") for one in reading.observations
    }


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6, len(RD))))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    shuffled = [*rd()[:6], *(rd()[row] for row in order)]
    assert _told(read(shuffled)) == _told(read(rd()))


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(8)), st.permutations(range(1, 4)))
def test_the_order_of_columns_and_rows_of_a_tidy_table_does_not_matter(
    columns: list[int], rows: list[int]
) -> None:
    shuffled = [[LONG[row][column] for column in columns] for row in (0, *rows)]
    assert _told(read(shuffled)) == _told(read(LONG))


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_columns_of_an_export_does_not_matter(order: list[int]) -> None:
    shuffled = [*NBS[:3], *([row[column] for column in order] for row in NBS[3:6]), *NBS[6:]]
    assert _told(read(shuffled)) == _told(read(NBS))


@settings(max_examples=20, deadline=None)
@given(st.text(min_size=1, max_size=30).filter(lambda name: not any(c.isdigit() for c in name)))
def test_the_name_of_a_file_does_not_matter_where_the_content_tells(name: str) -> None:
    assert read(rd(), path=f"yearbooks/{name}.xlsx") == read(rd())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(), st.integers(), st.floats(), st.text(max_size=8),
                st.sampled_from(["地区", "北京", "年份", "2019年", "单位：亿元", "续表", "GDP(亿元)"]),
            ),
            max_size=5,
        ),
        max_size=12,
    )
)  # fmt: skip
def test_any_grid_is_read_or_refused_and_never_raises(rows: list[list[CellValue]]) -> None:
    reading = read(rows)
    assert reading.observations or any(problem.fatal for problem in reading.problems)
