"""The rules that judge observations: each accuses what it should, and nothing that is sound.

Small tables in one landing zone, one indicator a case, so that each case stands alone; one build in
process. What the reader refuses is in `test_bad_yearbooks`; what panels make of it in
`test_observation_rules_of_panels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import pytest

from tests.fixtures.in_process import Dbt, build_zone
from tests.fixtures.prose import report_text
from tests.fixtures.yearbook_files import (
    LONG_HEADER,
    Cell,
    csv_of,
    mainland,
    patents,
    personnel,
    size_of,
    wide,
    xlsx,
)

pytestmark = pytest.mark.integration

NAMES = mainland()
SIX = range(2015, 2021)
THREE = range(2018, 2021)
JIANGSU = "320000"
CONTRADICTED = "unit contradicts the magnitude"
DISPUTED = "files of one edition disagree"
OF_ANOTHER_KIND = "unit of another kind"

Number = Callable[[str, int], Cell]


def years_times(factors: Mapping[int, float]) -> Number:
    """Whole years in another unit than the heading says."""
    return lambda name, year: round(size_of(name, year) * factors.get(year, 1), 3)


def jiangsu_times(factors: Mapping[int, float]) -> Number:
    """The numbers of one province in another unit, or another in truth."""
    return lambda name, year: round(
        size_of(name, year) * (factors.get(year, 1) if name == "江苏" else 1), 3
    )


def growing(factor: float) -> Number:
    return lambda name, year: round(size_of(name, 2015) * factor ** (year - 2015), 2)


# Heading, indicator, numbers, and the years that are not used.
UNITS: dict[str, tuple[str, Number, set[int]]] = {
    "教育支出(亿元)": ("fiscal_education_expenditure", years_times({}), set()),
    "节能环保支出(亿元)": ("fiscal_environment_expenditure", growing(2.4), set()),
    "国防支出(亿元)": ("fiscal_defence_expenditure", years_times({2018: 1e4}), {2018}),
    "公共安全支出(亿元)": ("fiscal_public_security_expenditure", years_times({2015: 0.1}), {2015}),
    "农林水支出(亿元)": ("fiscal_agriculture_expenditure", years_times({2020: 1e4}), {2020}),
    "交通运输支出(亿元)": (
        "fiscal_transport_expenditure", years_times({2019: 1e4, 2020: 1e4}), {2019, 2020},
    ),
    "城乡社区支出(亿元)": (
        "fiscal_community_affairs_expenditure", years_times(dict.fromkeys(THREE, 1e4)), set(SIX),
    ),
}  # fmt: skip
FEW_YEARS: dict[str, tuple[str, Number, set[int]]] = {
    "文化旅游体育与传媒支出(亿元)": ("fiscal_culture_expenditure", years_times({}), set()),
    "卫生健康支出(亿元)": ("fiscal_health_expenditure", years_times({2020: 1e4}), {2020}),
    "商业服务业等支出(亿元)": (
        "fiscal_commerce_services_expenditure", years_times({2019: 1e-4}), {2019},
    ),
    "金融支出(亿元)": ("fiscal_financial_affairs_expenditure", years_times({2018: 10}), {2018}),
}  # fmt: skip
# Heading, indicator, numbers, and the years of Jiangsu that are told.
JUMPS: dict[str, tuple[str, Number, list[int]]] = {
    "科学技术支出(亿元)": ("fiscal_st_expenditure", jiangsu_times({2018: 1e4}), [2018]),
    "住房保障支出(亿元)": ("fiscal_housing_expenditure", jiangsu_times({2019: 1e4}), [2019]),
    "其他支出(亿元)": ("fiscal_other_expenditure", jiangsu_times({2020: 1e-4}), [2020]),
    "债务付息支出(亿元)": (
        "fiscal_debt_interest_expenditure", jiangsu_times({2018: 50, 2019: 50, 2020: 50}), [],
    ),
    "援助其他地区支出(亿元)": (
        "fiscal_aid_other_regions_expenditure",
        lambda name, year: 3 if (name, year) == ("江苏", 2018) else 90, [],
    ),
}  # fmt: skip


def columns(cases: Mapping[str, tuple[str, Number, Any]]) -> dict[str, Number]:
    return {heading: number for heading, (_, number, _) in cases.items()}


def with_nation(values: Mapping[str, int]) -> dict[str, int]:
    return {"全国": sum(values.values()), **values}


def editions() -> list[list[Cell]]:
    """Two editions of 2019 in one sheet, each with its nation; Beijing stands twice in both.

    The nation's people are wrong in the newer edition; the loans of Jiangsu exceed the nation of
    the older and not that of the newer; the second Beijing has other R&D staff.
    """
    rows: list[list[Cell]] = [
        [
            "地区",
            "年份",
            "版本",
            "R&D经费(亿元)",
            "年末常住人口(万人)",
            "贷款余额(亿元)",
            "R&D人员(万人)",
        ]
    ]
    for vintage, times in (("2020", 1.0), ("2021", 1.5)):
        values = {name: round(times * size_of(name, 2019), 2) for name in NAMES}
        nation = round(sum(values.values()), 2)
        people = round(nation * (1.03 if vintage == "2021" else 1), 2)
        rows.append(["全国", 2019, vintage, nation, people, nation, nation])
        for number, name in enumerate((*NAMES, "北京")):
            one = values[name]
            loans = one * (60 if (name, vintage) == ("江苏", "2020") else 1)
            rows.append([name, 2019, vintage, one, one, round(loans, 2), one + number // 31])
    return rows


CONTRADICTIONS: list[list[Cell]] = [
    [*LONG_HEADER],
    ["北京", 2020, "有效专利数", 7, "件", "2021"],
    ["北京", 2020, "有效专利数", 8, "件", "2021"],
    ["天津", 2020, "有效专利数", 6, "件", "2021"],
    ["天津", 2020, "有效专利数", 6, "件", "2021"],
    ["河北", 2020, "地区生产总值", 1, "亿元", "2021"],
    ["河北", 2020, "地区生产总值", 10000, "万元", "2021"],
    ["山西", 2020, "地区生产总值", 1, "亿元", "2021"],
    ["山西", 2020, "地区生产总值", 20000, "万元", "2021"],
    ["辽宁", 2020, "地区生产总值", "12.5%", "亿元", "2021"],
]
PRINTS: list[list[Cell]] = [
    ["地区", "年份", "外交支出(亿元)", "R&D经费投入强度(%)"],
    ["北京", 2020, "12.5%", "12.5%"],
    ["天津", 2020, "12.5", "12.5"],
    ["河北", 2020, "0,123", "0.123"],
    ["山西", 2020, "1,123", "1"],
]


def zone() -> dict[str, bytes]:
    large = {name: 100 * number for number, name in enumerate(NAMES, start=1)}
    stopped: list[list[Cell]] = [
        [name, year, "芯片专利申请数", value, "件", vintage]
        for year, value, vintage in ((2019, "5", "2020"), (2021, "…", "2022-05"))
        for name in NAMES
    ]
    survey = {
        "抽样调查人口数(万人)": lambda name, year: size_of(name, year) * (25 if year == 2015 else 1)
    }
    never: list[list[Cell]] = [["北京", 2021, "有效发明专利数", "…", "件", "2022"]]
    return {
        "reports/江苏省2020.txt": report_text("江苏省", 2020, "发展芯片产业。").encode(),
        "tables/六年.csv": csv_of(wide(columns(UNITS), SIX)),
        "tables/三年.csv": csv_of(wide(columns(FEW_YEARS), THREE)),
        "tables/两年.csv": csv_of(wide({"一般公共服务支出(亿元)": years_times({2020: 1e4})}, THREE[1:])),
        "tables/江苏.csv": csv_of(wide(columns(JUMPS), SIX)),
        "tables/抽样.csv": csv_of(wide(survey, range(2013, 2018))),
        "tables/两版.csv": csv_of(editions()),
        "yearbooks/人员/2019.xlsx": xlsx(personnel(2019, with_nation(large))),
        "yearbooks/专利/2019.xlsx": xlsx(
            patents(2019, {**with_nation(large), "江苏": 5 * sum(large.values())})
        ),
        "tables/矛盾.csv": csv_of(CONTRADICTIONS),
        "tables/写法.csv": csv_of(PRINTS),
        "tables/停.csv": csv_of([[*LONG_HEADER], *stopped, *never]),
    }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(
    dbt: Dbt, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    built = build_zone(dbt, tmp_path_factory.mktemp("rules"), zone())
    with duckdb.connect(str(built), read_only=True) as connection:
        yield connection


def told(warehouse: duckdb.DuckDBPyConnection, rule: str) -> list[tuple[Any, ...]]:
    """Indicator, region and year, file and place, evidence of every finding of a rule."""
    return warehouse.execute(
        "select indicator_code, region_code, year, path, place, evidence "
        "from quality.observation_findings where rule = ? order by all",
        [rule],
    ).fetchall()


def newest(
    warehouse: duckdb.DuckDBPyConnection, indicator: str
) -> dict[tuple[str, int], tuple[float | None, str | None]]:
    """Value and what is missing, by the region's name and the year."""
    return {
        (name, year): (value, missing)
        for name, year, value, missing in warehouse.execute(
            "select region_name, o.year, o.value, o.missing "
            "from intermediate.int_observations__newest as o "
            "inner join staging.regions using (region_code) where o.indicator_code = ?",
            [indicator],
        ).fetchall()
    }


@pytest.mark.parametrize(
    ("years", "cases"), [(SIX, UNITS), (THREE, FEW_YEARS)], ids=["six years", "three years"]
)
def test_a_year_in_another_unit_is_put_out_by_its_tables_own_years(
    warehouse: duckdb.DuckDBPyConnection,
    years: range,
    cases: dict[str, tuple[str, Number, set[int]]],
) -> None:
    """Also beside one other sound year: the median of both lay half-way, and took it along."""
    for indicator, number, not_used in cases.values():
        found = newest(warehouse, indicator)
        for year in years:
            for name in ("北京", "江苏", "新疆"):
                expected = (None, CONTRADICTED) if year in not_used else (number(name, year), None)
                assert found[name, year] == expected, (indicator, year)


def test_of_two_years_that_disagree_neither_is_used(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = newest(warehouse, "fiscal_general_services_expenditure")
    assert set(found) == {(name, year) for name in NAMES for year in (2019, 2020)}
    assert set(found.values()) == {(None, CONTRADICTED)}


def test_units_that_are_sound_are_not_accused(warehouse: duckdb.DuckDBPyConnection) -> None:
    expected = {
        (indicator, year)
        for cases in (UNITS, FEW_YEARS)
        for indicator, _, not_used in cases.values()
        for year in not_used
    } | {("fiscal_general_services_expenditure", year) for year in (2019, 2020)}
    found = told(warehouse, "unit_contradicts_magnitude")
    assert len(found) == len(expected)
    assert {(indicator, year) for indicator, _, year, *_ in found} == expected
    ((*_, place, evidence),) = [one for one in found if one[0] == "fiscal_defence_expenditure"]
    assert place == "E95"
    assert "1e+04 times what the other years of its table say; its 31 numbers" in evidence


def test_a_survey_of_more_people_is_no_other_unit(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The survey counts 1 % of all people in 2015, 1 ‰ before and after."""
    found = newest(warehouse, "population_survey_sample")
    assert found["江苏", 2015] == (25 * size_of("江苏", 2015), None)
    assert all(missing is None for _, missing in found.values())


def test_a_province_far_from_the_year_before_is_told_once(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Neither the sound year after it, though it be the last, nor a lasting change, nor 3 after 90."""
    found = told(warehouse, "far_from_the_year_before")
    assert [one[:3] for one in found] == sorted(
        (indicator, JIANGSU, year) for indicator, _, years in JUMPS.values() for year in years
    )
    place = {indicator: place for indicator, _, _, _, place, _ in found}
    # Six years of 31 provinces below the heading; the fourth year, the tenth province.
    assert place["fiscal_st_expenditure"] == f"C{1 + 3 * 31 + 10}"
    assert place["fiscal_housing_expenditure"] == f"D{1 + 4 * 31 + 10}"


def test_a_number_that_is_far_off_is_told_and_used(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = newest(warehouse, "fiscal_st_expenditure")
    assert found["江苏", 2018] == (round(1e4 * size_of("江苏", 2018), 3), None)
    assert found["江苏", 2019] == (size_of("江苏", 2019), None)


def test_a_province_larger_than_its_nation_is_told(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Its nation: of the same sheet and edition."""
    found = told(warehouse, "larger_than_the_nation")
    assert [(one[0], one[1], one[3], one[4]) for one in found] == [
        ("loans_balance", JIANGSU, "tables/两版.csv", "F12"),
        ("patents_applied", JIANGSU, "yearbooks/专利/2019.xlsx", "表1!B15"),
        ("patents_applied_design", JIANGSU, "yearbooks/专利/2019.xlsx", "表1!E15"),
        ("patents_applied_invention", JIANGSU, "yearbooks/专利/2019.xlsx", "表1!C15"),
        ("patents_applied_utility_model", JIANGSU, "yearbooks/专利/2019.xlsx", "表1!D15"),
    ]


def test_sums_are_judged_by_sheet_and_edition(warehouse: duckdb.DuckDBPyConnection) -> None:
    """A province that stands twice is one; the edition that is wrong is told, and no other."""
    found = told(warehouse, "provinces_do_not_add_up")
    assert [(one[0], one[3], one[4]) for one in found] == [
        ("loans_balance", "tables/两版.csv", "F2"),
        ("patents_applied", "yearbooks/专利/2019.xlsx", "表1!B5"),
        ("patents_applied_design", "yearbooks/专利/2019.xlsx", "表1!E5"),
        ("patents_applied_invention", "yearbooks/专利/2019.xlsx", "表1!C5"),
        ("patents_applied_utility_model", "yearbooks/专利/2019.xlsx", "表1!D5"),
        ("population_resident", "tables/两版.csv", "E35"),
    ]
    assert "-2.91 %, more than the 1 % of this source" in found[-1][-1]
    judged = warehouse.execute(
        "select indicator_code, vintage, n_provinces, is_additive "
        "from intermediate.int_observations__additivity where path like 'tables/%' "
        "or path like '%人员%' order by all"
    ).fetchall()
    assert judged == [
        ("loans_balance", "2020", 31, False),
        ("loans_balance", "2021", 31, True),
        ("population_resident", "2020", 31, True),
        ("population_resident", "2021", 31, False),
        ("rd_expenditure", "2020", 31, True),
        ("rd_expenditure", "2021", 31, True),
        ("rd_personnel_fte", "2020", 31, True),
    ]


def test_a_province_with_two_numbers_is_disputed_and_its_sum_is_not_judged(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = newest(warehouse, "rd_personnel")
    assert found["北京", 2019] == (None, DISPUTED)
    assert found["江苏", 2019] == (round(1.5 * size_of("江苏", 2019), 2), None)


def test_contradicting_cells_of_one_file_are_kept_and_neither_is_used(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    path = "tables/矛盾.csv"
    printed = warehouse.execute(
        "select cell, value, unit from raw.observations "
        "where path = ? and region_code in ('110000', '140000') order by cell",
        [path],
    ).fetchall()
    assert printed == [("D2", 7, "件"), ("D3", 8, "件"), ("D8", 1, "亿元"), ("D9", 20000, "万元")]
    patents_valid, gdp = newest(warehouse, "patents_valid"), newest(warehouse, "gdp")
    assert patents_valid == {("北京", 2020): (None, DISPUTED), ("天津", 2020): (6, None)}
    assert (gdp["山西", 2020], gdp["河北", 2020]) == ((None, DISPUTED), (1, None))
    disagree = [one[:3] for one in told(warehouse, "files_disagree") if one[3] == path]
    assert disagree == [("gdp", "140000", 2020), ("patents_valid", "110000", 2020)]
    noticed = [one[4:] for one in told(warehouse, "noticed_while_reading") if one[3] == path]
    assert [place for place, _ in noticed] == ["D3", "D9"]
    assert "two values of patents_valid: 7 in D2 and 8 here" in noticed[0][1]


def test_a_percentage_where_money_is_expected_is_not_used(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Whether the heading or a column of the row names the unit."""
    money = newest(warehouse, "fiscal_foreign_affairs_expenditure")
    assert (money["北京", 2020], money["天津", 2020]) == ((None, OF_ANOTHER_KIND), (12.5, None))
    assert newest(warehouse, "gdp")["辽宁", 2020] == (None, OF_ANOTHER_KIND)
    assert newest(warehouse, "rd_intensity")["北京", 2020] == (12.5, None)
    found = told(warehouse, "unit_of_another_kind")
    assert [(one[3], one[4]) for one in found] == [
        ("tables/写法.csv", "C2"), ("tables/矛盾.csv", "D10"),
    ]  # fmt: skip
    assert all("The unit % of " in one[-1] and "1 numbers" in one[-1] for one in found)


def test_a_zero_before_a_thousands_mark_is_no_number(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    money = newest(warehouse, "fiscal_foreign_affairs_expenditure")
    assert (money["河北", 2020], money["山西", 2020]) == ((None, "unreadable"), (1123, None))
    assert newest(warehouse, "rd_intensity")["河北", 2020] == (0.123, None)
    ((*_, path, place, evidence),) = told(warehouse, "formula_error")
    assert (path, place) == ("tables/写法.csv", "C4")
    assert "0,123" in evidence


def test_availability_says_when_a_series_that_stopped_was_last_looked_at(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.execute(
        "select distinct indicator_code, last_year, last_vintage, last_looked_at "
        "from marts.indicator_availability where indicator_code in "
        "('chip_patents_applied', 'fiscal_education_expenditure', 'patents_valid_invention') "
        "order by all"
    ).fetchall()
    assert found == [
        ("chip_patents_applied", 2019, "2020", "2022-05"),
        ("fiscal_education_expenditure", 2020, "2021", "2021"),
        ("patents_valid_invention", None, None, "2022"),
    ]
