"""Every bad yearbook and table of the issue in one landing zone: a sentence, nothing lost or guessed.

One build; then the published warehouse is asked. The studies of the landing zone ask for an own
indicator, an older vintage and fixed boundaries.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import Xinku
from tests.fixtures.prose import report_text
from tests.fixtures.yearbook_files import (
    Cell,
    csv_of,
    locked,
    mainland,
    patents,
    personnel,
    xlsx,
)

pytestmark = pytest.mark.integration

Ask = Callable[..., list[tuple[Any, ...]]]
NAMES = mainland()
SIZES = {name: 1_000 * number for number, name in enumerate(NAMES, start=1)}
LONG = ["地区", "年份", "指标", "数值", "单位", "版本"]

TIE = """
name: {name}
match: {{title: 平局表, header: [地区, 数量]}}
year: title
indicator: patents_applied
unit: 件
"""
OWN_INDICATORS = """\
indicator_code,name_zh,name_en,dimension,canonical_unit,scope,additive,tolerance,aliases
green_patents,绿色专利申请数,Green patent applications,patents,件,all applicants,true,0.01,绿色专利
"""
CORRECTIONS = """
- {indicator: gdp, region: 天津, year: 2020, vintage: 2022, expect: 2000, value: 2222,
   reason: two digits were lost in print, source: errata of 2023}
- {indicator: gdp, region: 河北, year: 2020, vintage: 2022, expect: 1, value: 9,
   reason: the source has mended it since, source: errata of 2023}
- {indicator: gdp, region: 山西, year: 2020, vintage: 2022, expect: 4000,
   reason: known to be wrong and by how much is not, source: errata of 2023}
- {indicator: gdp, region: 辽宁, year: 2020, vintage: 1999, expect: 5000, value: 9,
   reason: of an edition that is not here, source: errata of 2023}
"""
STUDY = """
name: {name}
title: {name}
region_level: {level}
years: {years}
lexicon: {{core: [芯片]}}
panel: {{{panel}}}
variables:
{variables}
"""
CITIES: Sequence[tuple[str, int, Cell, Cell]] = [
    # city, year, gdp, population
    ("济南市", 2017, 7000, 730), ("莱芜市", 2017, 900, 138),
    ("济南市", 2018, 7800, 746), ("莱芜市", 2018, 1000, "不详"),
    ("济南市", 2019, 9400, 891), ("济南市", 2020, 10100, 920),
    ("青岛市", 2017, 11000, 929), ("青岛市", 2018, 12000, 939),
    ("青岛市", 2019, 11700, 950), ("青岛市", 2020, 12400, 1007),
]  # fmt: skip


def long(indicator: str, year: int, values: dict[str, Cell], unit: str, vintage: str) -> bytes:
    rows = [[name, year, indicator, value, unit, vintage] for name, value in values.items()]
    return csv_of([LONG, *rows])


def budget(year: int, unit: str = "亿元") -> list[list[Cell]]:
    return [
        ["地区", "年份", f"财政科技支出({unit})"],
        *([name, year, size] for name, size in SIZES.items()),
    ]


def study(
    name: str, years: list[int], level: str = "province", panel: str = "", **formulas: str
) -> str:
    lines = "\n".join(f"  {key}: {{formula: {one}}}" for key, one in formulas.items())
    return STUDY.format(name=name, level=level, years=years, panel=panel, variables=lines)


def files() -> dict[str, bytes]:
    """The landing zone beside its report."""
    good = {name: 10 * size for name, size in SIZES.items()}
    misspelt = {("冮苏" if name == "江苏" else name): size for name, size in SIZES.items()}
    no_regions = [
        [None, *row[1:]] if row and row[0] != "地区" else row for row in patents(2019, SIZES)
    ]
    no_regions[0], no_regions[1] = ["8-7 国内三种专利申请受理数按地区分布(2019年)"], ["单位：件"]
    no_regions[2] = ["", "合计", None, None, None]
    gdp = {name: size for name, size in SIZES.items() if name != "西藏"}
    first = {name: round(0.9 * size, 1) for name, size in gdp.items()}
    found = {
        "yearbooks/人员/raw-2018.xlsx": xlsx(personnel(2018, good)),
        "yearbooks/人员/raw-2019.xlsx": xlsx(personnel(2019, good)),
        "yearbooks/人员/raw-2020.xlsx": xlsx(personnel(2020, good, unit="万人年")),
        "yearbooks/人员/raw-2021.xls": locked(xlsx(personnel(2021, good))),
        "yearbooks/专利/没有地区列.xlsx": xlsx(no_regions, "分地区"),
        "yearbooks/专利/raw-2021.xlsx": xlsx(patents(2020, SIZES)),
        "yearbooks/授权/新写法.xlsx": xlsx(patents(2020, misspelt, "申请授权"), "授权"),
        "yearbooks/平局.xlsx": xlsx([["平局表(2019年)"], ["地区", "数量"], *SIZES.items()], "甲"),
        "tables/数字写法.csv": csv_of(
            [["地区", "年份", "金融机构贷款余额(亿元)"],
             ["北京", 2020, "12,345.6"], ["天津", 2020, "１２３４５．６"], ["河北", 2020, "１，２３４，５６７"],
             ["山西", 2020, "1,23"], ["内蒙古", 2020, "-"], ["辽宁", 2020, "0"], ["吉林", 2020, ""]]
        ),
        "tables/公式.xlsx": xlsx(
            [["地区", "年份", "年末常住人口(万人)"], *([name, 2020, 100] for name in NAMES[:6])],
            "人口", {"C3": ("=Sheet9!A1", "#REF!"), "C5": ("=1/0", "#DIV/0!")},
        ),
        "tables/单位.csv": csv_of(
            [LONG, ["北京", 2020, "有效专利数", 5, "担子", 2021], ["天津", 2020, "有效专利数", 6, "万人", 2021],
             ["河北", 2020, "有效专利数", 7, "件", 2021]]
        ),
        "tables/gdp_2020.csv": long("地区生产总值", 2020, {**gdp, "青海": "…"}, "亿元", "2022"),
        "tables/gdp_2019.csv": long("地区生产总值", 2019, {**gdp}, "亿元", "2022"),
        "tables/gdp_first_print.csv": long("地区生产总值", 2019, first, "亿元", "2020"),
        "tables/公共预算.xlsx": xlsx(
            budget(2018), "2018", **{"2019": budget(2019), "2020": budget(2020, unit="万元")}
        ),
        "tables/同版_甲.csv": long("专利申请授权数", 2019, {"北京": 7, "天津": 8}, "件", "2020"),
        "tables/同版_乙.csv": long("专利申请授权数", 2019, {"北京": 7, "天津": 9}, "件", "2020"),
        "tables/绿色.csv": long("绿色专利", 2020, dict.fromkeys(NAMES, 5), "件", "2021"),
        "tables/城市.csv": csv_of([["城市", "年份", "地区生产总值(亿元)", "年末常住人口(万人)"], *CITIES]),
        "profiles/tie_one.yaml": TIE.format(name="tie_one").encode(),
        "profiles/tie_two.yaml": TIE.format(name="tie_two").encode(),
        "indicators.csv": OWN_INDICATORS.encode(),
        "corrections.yaml": CORRECTIONS.encode(),
        "studies/newest.yaml": study(
            "newest", [2019, 2020], output="gdp", green="green_patents", ratio="loans_balance / gdp",
            people="population_resident", staff="rd_personnel_fte",
        ).encode(),
        "studies/pinned.yaml": study("pinned", [2019, 2020], panel="as_of: 2021", output="gdp").encode(),
        "studies/fixed_cities.yaml": study(
            "fixed_cities", [2017, 2020], "city", "boundaries: fixed", output="gdp",
            people="population_resident", each="gdp / population_resident",
        ).encode(),
        "studies/reported_cities.yaml": study(
            "reported_cities", [2017, 2020], "city", output="gdp"
        ).encode(),
        "reports/江苏省2020.txt": report_text(
            "江苏省", 2020, "发展芯片产业。", plan="建设集成电路基地。", size=30
        ).encode(),
    }  # fmt: skip
    return found


def write(zone: Path, contents: dict[str, bytes]) -> Path:
    for name, data in contents.items():
        path = zone / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return zone


@pytest.fixture(scope="module")
def built(
    xinku: Xinku, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    zone = write(tmp_path_factory.mktemp("bad") / "坏年鉴", files())
    folder = tmp_path_factory.mktemp("built")
    done = xinku("build", "--landing", str(zone), cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout
    return folder / "xinku.duckdb", done


@pytest.fixture(scope="module")
def ask(built: tuple[Path, subprocess.CompletedProcess[str]]) -> Ask:
    def rows(query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(built[0]), read_only=True) as connection:
            return connection.execute(query, list(parameters)).fetchall()

    return rows


def findings(ask: Ask, path: str, rule: str) -> list[tuple[Any, ...]]:
    """Place, severity, evidence of the findings of a rule in a file; each has what to do."""
    found = ask(
        "select place, severity, evidence, hint from quality.observation_findings "
        "where path = ? and rule = ? order by place",
        path,
        rule,
    )
    assert all(hint and evidence.endswith(".") for _, _, evidence, hint in found)
    return [row[:3] for row in found]


def quarantined(ask: Ask, path: str) -> tuple[str, str]:
    """Where and why a file is not used; it is never without what to do, nor has observations."""
    ((locator, reason, hint),) = ask(
        "select locator, reason, hint from quality.quarantine where path = ?", path
    )
    assert hint
    assert ask("select status, n_observations from raw.files where path = ?", path) == [
        ("quarantined", 0)
    ]
    assert ask("select count(*) from raw.observations where path = ?", path) == [(0,)]
    return locator, reason


def newest(ask: Ask, indicator: str, year: int) -> dict[str, tuple[float | None, str | None]]:
    return {
        name: (value, missing)
        for name, value, missing in ask(
            "select r.region_name, o.value, o.missing "
            "from intermediate.int_observations__newest as o "
            "inner join staging.regions as r using (region_code) "
            "where o.indicator_code = ? and o.year = ? and r.region_level = 'province'",
            indicator,
            year,
        )
    }


def panel(
    ask: Ask, study: str, variable: str
) -> dict[tuple[str, int], tuple[float | None, str | None]]:
    return {
        (name, year): (value, missing)
        for name, year, value, missing in ask(
            "select region_name, year, value, missing from marts.panel_variables "
            "where study = ? and variable = ?",
            study,
            variable,
        )
    }


def test_nothing_of_it_stops_the_attention_marts(
    built: tuple[Path, subprocess.CompletedProcess[str]], ask: Ask
) -> None:
    assert "Traceback" not in built[1].stderr + built[1].stdout
    assert ask(
        "select region_name, report_year, n_hits from marts.government_attention "
        "where topic = 'chip_innovation'"
    ) == [("江苏", 2020, 2)]


def test_every_file_has_a_status_and_one_without_numbers_a_reason(ask: Ask) -> None:
    rows = ask("select path, status, reason from raw.files where kind in ('yearbooks', 'tables')")
    expected = {name for name in files() if name.startswith(("yearbooks/", "tables/"))}
    assert {path for path, _, _ in rows} == expected
    bad = {"yearbooks/人员/raw-2021.xls", "yearbooks/专利/没有地区列.xlsx", "yearbooks/平局.xlsx"}
    assert {path for path, status, _ in rows if status == "quarantined"} == bad
    assert all(reason for _, status, reason in rows if status == "quarantined")
    assert {status for _, status, _ in rows} == {"loaded", "quarantined"}


def test_encrypted_workbook(ask: Ask) -> None:
    locator, reason = quarantined(ask, "yearbooks/人员/raw-2021.xls")
    assert (locator, "encrypted workbook" in reason) == ("", True)
    assert newest(ask, "rd_personnel_fte", 2021) == {}


def test_region_column_missing(ask: Ask) -> None:
    locator, reason = quarantined(ask, "yearbooks/专利/没有地区列.xlsx")
    assert locator == "分地区"
    assert "no column of regions" in reason
    assert newest(ask, "patents_applied", 2019) == {}


def test_two_profiles_match(ask: Ask) -> None:
    locator, reason = quarantined(ask, "yearbooks/平局.xlsx")
    assert locator == "甲!A2"
    assert "tie_one and tie_two know this table equally well" in reason


def test_unit_that_contradicts_the_magnitude(ask: Ask) -> None:
    """Of three years one is 10^4 off: that one is not used, and the two good ones are."""
    path = "yearbooks/人员/raw-2020.xlsx"
    ((place, severity, evidence),) = findings(ask, path, "unit_contradicts_magnitude")
    assert (place, severity) == ("表1!B7", "error")
    assert "1e+04 times" in evidence
    assert ask("select count(*) from raw.observations where path = ? and value > 0", path) == [
        (31,)
    ]
    for year in (2018, 2019):
        assert {one for one, _ in newest(ask, "rd_personnel_fte", year).values()} == {
            size / 1_000 for size in SIZES.values()
        }, year
    assert set(newest(ask, "rd_personnel_fte", 2020).values()) == {
        (None, "unit contradicts the magnitude")
    }
    told = ask(
        "select path from quality.observation_findings "
        "where rule = 'unit_contradicts_magnitude' and indicator_code = 'rd_personnel_fte'"
    )
    assert told == [(path,)]


def test_unit_of_one_sheet_that_contradicts_the_other_sheets(ask: Ask) -> None:
    path = "tables/公共预算.xlsx"
    ((place, _, evidence),) = findings(ask, path, "unit_contradicts_magnitude")
    assert (place, "2 other tables" in evidence) == ("2020!C2", True)
    assert newest(ask, "fiscal_st_expenditure", 2019)["江苏"] == (SIZES["江苏"], None)
    assert newest(ask, "fiscal_st_expenditure", 2020)["江苏"][0] is None


def test_files_of_one_edition_that_disagree(ask: Ask) -> None:
    assert newest(ask, "patents_granted", 2019) == {
        "北京": (7, None), "天津": (None, "files of one edition disagree"),
    }  # fmt: skip
    ((place, severity, evidence),) = findings(ask, "tables/同版_乙.csv", "files_disagree")
    assert (place, severity) == ("D3", "error")
    assert "8 in tables/同版_甲.csv D3, 9 in tables/同版_乙.csv D3; none is used" in evidence


def test_new_spelling_of_a_province(ask: Ask) -> None:
    ((place, _, evidence),) = findings(ask, "yearbooks/授权/新写法.xlsx", "noticed_while_reading")
    assert place == "授权!A14"
    assert "冮苏" in evidence
    found = newest(ask, "patents_granted", 2020)
    assert set(found) == set(NAMES) - {"江苏"}
    assert found["浙江"] == (6 * SIZES["浙江"], None)


def test_thousands_separators_and_full_width_digits(ask: Ask) -> None:
    assert newest(ask, "loans_balance", 2020) == {
        "北京": (12345.6, None), "天津": (12345.6, None), "河北": (1234567, None),
        "山西": (None, "unreadable"), "内蒙古": (None, "nil"), "辽宁": (0, None), "吉林": (None, "blank"),
    }  # fmt: skip
    ((place, _, evidence),) = findings(ask, "tables/数字写法.csv", "formula_error")
    assert place.endswith("C5")
    assert "1,23" in evidence


def test_formula_error(ask: Ask) -> None:
    told = findings(ask, "tables/公式.xlsx", "formula_error")
    assert [(place, severity) for place, severity, _ in told] == [
        ("人口!C3", "warn"), ("人口!C5", "warn"),
    ]  # fmt: skip
    assert "#REF!" in told[0][2]
    found = newest(ask, "population_resident", 2020)
    assert [found[name] for name in NAMES[:4]] == [
        (100, None), (None, "error"), (100, None), (None, "error"),
    ]  # fmt: skip
    assert panel(ask, "newest", "people")["天津", 2020] == (None, "population_resident: error")


def test_yearbook_of_another_year_under_this_years_name(ask: Ask) -> None:
    ((_, _, evidence),) = findings(ask, "yearbooks/专利/raw-2021.xlsx", "noticed_while_reading")
    assert "name of the file says 2021" in evidence
    assert newest(ask, "patents_applied", 2021) == {}
    assert newest(ask, "patents_applied", 2020)["北京"] == (6 * SIZES["北京"], None)


def test_units_that_are_unknown_or_of_another_kind(ask: Ask) -> None:
    path = "tables/单位.csv"
    ((place, _, evidence),) = findings(ask, path, "noticed_while_reading")
    assert (place, "担子" in evidence) == ("E2", True)
    ((place, severity, evidence),) = findings(ask, path, "unit_of_another_kind")
    assert (place, severity, "万人" in evidence) == ("D3", "error", True)
    assert newest(ask, "patents_valid", 2020) == {
        "天津": (None, "unit of another kind"), "河北": (7, None),
    }  # fmt: skip


def test_corrections_hold_only_while_the_source_says_what_they_expect(ask: Ask) -> None:
    found = newest(ask, "gdp", 2020)
    assert found["天津"] == (2222, None)
    assert found["河北"] == (3000, None)
    assert found["山西"] == (None, "dropped by a correction")
    assert found["辽宁"][0] == SIZES["辽宁"]
    path = "tables/gdp_2020.csv"
    applied = findings(ask, path, "corrected")
    assert [(place, severity) for place, severity, _ in applied] == [("D3", "info"), ("D5", "info")]
    assert "Printed 2000, used 2222" in applied[0][2]
    ((place, severity, evidence),) = findings(ask, path, "correction_not_applied")
    assert (place, severity) == ("D4", "error")
    assert "now says 3000, the correction expects 1" in evidence
    ((_, _, evidence),) = findings(ask, "", "correction_not_applied")
    assert "edition 1999 meets no number" in evidence
    printed = ask(
        "select raw_value, printed_value from staging.stg_yearbooks__observations "
        "where path = ? and region_code = '120000'",
        path,
    )
    assert printed == [("2000", 2000)]


def test_an_indicator_of_the_landing_zone_reaches_its_study(ask: Ask) -> None:
    found = panel(ask, "newest", "green")
    assert {found[name, 2020] for name in NAMES} == {(5, None)}
    assert found["北京", 2019] == (None, "green_patents: no observation")


def test_a_study_may_pin_an_older_vintage(ask: Ask) -> None:
    now, then = panel(ask, "newest", "output"), panel(ask, "pinned", "output")
    assert now["江苏", 2019] == (SIZES["江苏"], None)
    assert then["江苏", 2019] == (0.9 * SIZES["江苏"], None)
    assert then["江苏", 2020] == (None, "gdp: no edition up to 2021 has it")
    revised = ask(
        "select first_vintage, last_vintage, round(revision, 4) from marts.indicator_revisions "
        "where indicator_code = 'gdp' and region_name = '江苏'"
    )
    assert revised == [("2020", "2022", 0.1111)]


def test_a_region_year_with_a_missing_input_is_null_with_its_reason(ask: Ask) -> None:
    output, ratio = panel(ask, "newest", "output"), panel(ask, "newest", "ratio")
    assert output["青海", 2020] == (None, "gdp: not_published")
    assert output["西藏", 2020] == (None, "gdp: no observation")
    assert ratio["内蒙古", 2020] == (None, "loans_balance: nil")
    assert ratio["辽宁", 2020] == (0, None)
    assert ratio["青海", 2020] == (None, "loans_balance: no observation")
    assert panel(ask, "newest", "staff")["北京", 2020] == (
        None, "rd_personnel_fte: unit contradicts the magnitude",
    )  # fmt: skip
    rows = ask("select region_name, year from marts.innovation_panel where study = 'newest'")
    assert len(set(rows)) == len(rows) == 2 * 34
    assert (
        ask(
            "select n_missing, missing_because from marts.innovation_panel "
            "where study = 'newest' and region_name = '西藏' and year = 2020"
        )[0][0]
        == 4
    )


def test_laiwu_is_in_jinan_under_fixed_boundaries(ask: Ask) -> None:
    output, people = panel(ask, "fixed_cities", "output"), panel(ask, "fixed_cities", "people")
    assert [output["济南", year] for year in range(2017, 2021)] == [
        (7900, None), (8800, None), (9400, None), (10100, None),
    ]  # fmt: skip
    assert people["济南", 2017] == (868, None)
    value, missing = people["济南", 2018]
    assert value is None
    assert missing is not None
    assert "not_published of 371200, now a part" in missing
    assert panel(ask, "fixed_cities", "each")["济南", 2018][0] is None
    assert people["青岛", 2018] == (939, None)
    assert ("莱芜", 2017) not in output
    assert output["烟台", 2019] == (None, "gdp: no observation")
    reported = panel(ask, "reported_cities", "output")
    assert reported["济南", 2017] == (7000, None)
    assert [reported.get(("莱芜", year)) for year in range(2017, 2021)] == [
        (900, None), (1000, None), None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("studies/wrong.yaml", study("wrong", [2019, 2020], output="ln(gpd)"), ("variables.output", "did you mean gdp")),
        ("studies/wrong.yaml", study("wrong", [2019, 2020], output="gdp +"), ("variables.output", "is no formula")),
        ("studies/wrong.yaml", study("wrong", [2019, 2020], a="b", b="a"), ("variables.a",)),
        ("corrections.yaml", "- {indicator: gdp, region: 江苏}", ("entry 1", "'year'")),
        ("indicators.csv", "code,name\n", ("no column indicator_code",)),
        ("profiles/bad.yaml", "name: bad\nmatch: {titel: x}\n", ("bad.yaml", "titel")),
    ],
    ids=["unknown name", "no formula", "circle", "correction", "indicators", "profile"],
)  # fmt: skip
def test_a_wrong_list_ends_the_call_with_one_sentence(
    tmp_path: Path, xinku: Xinku, name: str, content: str, told: tuple[str, ...]
) -> None:
    report = report_text("江苏省", 2020, "发展芯片产业。", size=30).encode()
    zone = write(tmp_path / "落地区", {"reports/江苏省2020.txt": report, name: content.encode()})
    done = xinku("build", "--landing", str(zone), cwd=tmp_path)
    assert done.returncode == 2, done.stderr + done.stdout
    said = done.stderr.strip()
    assert "\n" not in said
    assert name.rsplit("/", 1)[-1] in said
    assert all(one in said for one in told), said
    assert not (tmp_path / "xinku.duckdb").exists()
