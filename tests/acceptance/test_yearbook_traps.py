"""Every row of the yearbook table in ../shared/design/traps.md, a test each, named after it.

On the real files that hold the trap; rows that no real file holds are played with small files. What
only the warehouse shows is asked of one build of a few real files with tables put beside them.
"""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import duckdb
import pytest

from orchestration.ingest.regions import SEEDS, RegionTable
from orchestration.ingest.yearbooks.extraction import read_workbook, read_yearbook
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.ingest.yearbooks.observation import Observation, YearbookReading
from orchestration.ingest.yearbooks.profile import load_profiles
from orchestration.ingest.yearbooks.sheet import CellValue
from orchestration.ingest.yearbooks.workbook import read_sheets
from tests.conftest import Xinku
from tests.fixtures.prose import report_text
from tests.fixtures.yearbook_files import Cell, csv_of, mainland, personnel, xlsx

pytestmark = pytest.mark.acceptance

REGIONS = RegionTable.from_seeds()
PROFILES = load_profiles()
PERSONNEL = "科技统计年鉴/RD人员全时当量"
OLD_SITE = "国家统计局_分省年度数据"
NEW_SITE = "国家统计局_新站导出"
BULLETIN = "全国科技经费投入统计公报"
Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def root(shared: Path) -> Path:
    return shared / "data" / "landing" / "yearbooks"


def read(root: Path, name: str, data: bytes | None = None) -> YearbookReading:
    """A real file, or other bytes under its name."""
    data = (root / name).read_bytes() if data is None else data
    return read_yearbook(data, f"yearbooks/{name}", REGIONS, PROFILES)


def played(data: bytes, path: str = "yearbooks/表.xlsx") -> YearbookReading:
    return read_yearbook(data, path, REGIONS, PROFILES)


def reasons(reading: YearbookReading) -> str:
    return " ".join(f"[{one.locator}] {one.reason}" for one in reading.problems)


def by_kind(reading: YearbookReading, indicator: str) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = defaultdict(list)
    for one in reading.observations:
        if one.indicator_code == indicator:
            found[one.region_kind].append(one)
    return found


# Layout


def test_bilingual_headers_of_several_rows_with_line_breaks_and_sub_items(root: Path) -> None:
    """Rows of English, of spacers and of # stand between a name and its numbers."""
    columns = {
        "C": "rd_personnel_fte",
        "D": "rd_personnel_fte_researchers",
        "E": "rd_personnel_fte_basic_research",
        "F": "rd_personnel_fte_applied_research",
        "G": "rd_personnel_fte_experimental_development",
    }
    for year, printed in (
        (2010, [2553829, 1210841, 173683, 335587, 2044599]),
        (2018, [4381444, 1866109, 304989, 538817, 3537720]),
    ):
        reading = read(root, f"{PERSONNEL}/raw-{year}.xlsx")
        assert {one.cell[0]: one.indicator_code for one in reading.observations} == columns
        nation = [by_kind(reading, code)["nation"][0] for code in columns.values()]
        assert [one.value for one in nation] == printed
        assert len({one.cell[1:] for one in nation}) == 1
        assert "研究人员" in nation[1].header


def test_regional_subtotals_are_kept_apart(root: Path) -> None:
    for year in range(2012, 2024):
        kinds = by_kind(read(root, f"{PERSONNEL}/raw-{year}.xlsx"), "rd_personnel_fte")
        assert [len(kinds[kind]) for kind in ("nation", "region", "subtotal")] == [1, 31, 4], year
        assert {one.region_code for one in kinds["subtotal"]} == {None}
        nation = kinds["nation"][0].value
        for kind in ("region", "subtotal"):
            assert sum(one.value or 0 for one in kinds[kind]) == pytest.approx(nation, abs=31), year


def test_continued_tables_are_stitched(root: Path) -> None:
    """7-6 of 2023 runs over 续表1 below it and 续表2 on the next sheet; its parts make its total."""
    reading = read(root, "财政预算/raw-2023.xlsx")
    assert not reading.problems
    regions = [one for one in reading.observations if one.region_kind == "region"]
    assert {(one.year, one.unit) for one in regions} == {(2023, "亿元")}
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0])
    for one in regions:
        whole = one.indicator_code == "fiscal_expenditure"
        sums[one.region_code or ""][not whole] += one.value or 0
    assert len(sums) == 31
    assert len({one.indicator_code for one in regions}) == 25
    assert len({one.sheet for one in regions}) == 2
    for region, (whole_sum, parts) in sums.items():
        assert parts == pytest.approx(whole_sum, abs=0.25), region


def test_merged_cells_and_a_name_cut_over_two_rows(root: Path) -> None:
    reading = read(root, "财政预算/raw-2021.xlsx")
    headers = {one.header for one in reading.observations}
    assert any("一般公共" in header for header in headers)
    found = by_kind(reading, "fiscal_st_expenditure")["region"]
    assert len(found) == 31
    assert {one.year for one in found} == {2021}


# Units


@pytest.mark.parametrize(
    ("rows", "path", "unit", "source"),
    [
        ([["地区", "年份", "地区生产总值(亿元)"]], "tables/a.csv", "亿元", "header C1"),
        (
            [["地区", "年份", "地区生产总值"]],
            "tables/各省生产总值（万元）.csv",
            "万元",
            "file name",
        ),
        ([["地区", "年份", "gdp_亿元"]], "tables/a_万元.csv", "亿元", "header C1"),
    ],
    ids=["header", "file name", "header before file name"],
)
def test_unit_where_it_is_printed(rows: list[list[str]], path: str, unit: str, source: str) -> None:
    reading = played(csv_of([*rows, ["北京", 2020, 5], ["天津", 2020, 6]]), path)
    assert {(one.unit, one.unit_source) for one in reading.observations} == {(unit, source)}
    assert [one.value for one in reading.observations] == [5, 6]


def test_unit_in_a_row_of_its_own_or_in_the_cell_a1(root: Path) -> None:
    real = read(root, f"{PERSONNEL}/raw-2018.xlsx")
    assert {(one.unit, one.unit_source) for one in real.observations} == {("人年", "row 3 单位")}
    export = read(root, f"{OLD_SITE}/分省年度数据.csv")
    assert {(one.unit, one.unit_source) for one in export.observations} == {("亿元", "header A2")}
    rows = personnel(2019, dict.fromkeys(mainland(), 7))
    rows[2] = []
    for first, unit, source in (
        ("单位：万人年", "万人年", "row 1 单位"),
        ("各地区人员全时当量(2019年)（人年）", "人年", "cell A1"),
    ):
        grid: list[list[Cell]] = [[first], *rows] if "单位" in first else [[first], *rows[1:]]
        reading = played(xlsx(grid))
        assert {(one.unit, one.unit_source) for one in reading.observations} == {(unit, source)}
    nowhere = played(xlsx(rows))
    assert not nowhere.observations
    assert "has no unit" in reasons(nowhere)


def test_units_are_converted_in_staging_only_and_contradicted_ones_not_used(ask: Ask) -> None:
    path = f"yearbooks/{PERSONNEL}/raw-2018.xlsx"
    assert ask(
        "select o.value, o.unit, s.value, s.unit from raw.observations as o "
        "inner join staging.stg_yearbooks__observations as s using (path, sheet, cell) "
        "where path = ? and o.cell = 'C7'",
        path,
    ) == [(4381444, "人年", 438.1444, "万人年")]
    # The same table a year on, its unit misprinted: what is real stays, what contradicts it does not.
    assert ask(
        "select path from quality.observation_findings where rule = 'unit_contradicts_magnitude'"
    ) == [("yearbooks/错单位.xlsx",)]
    rows = ask(
        "select year, count(value) from intermediate.int_observations__newest as o "
        "inner join staging.regions as r using (region_code) "
        "where indicator_code = 'rd_personnel_fte' and r.region_level = 'province' group by year order by year"
    )
    assert rows == [(2018, 31), (2019, 31), (2020, 0)]


# Names


def test_names_of_regions_as_they_are_printed_and_misread(root: Path) -> None:
    slips = {
        "内蒙占": "150000", "江两": "360000", "江四": "360000", "两藏": "540000", "四藏": "540000",
        "山两": "140000", "浙汀": "330000",
    }  # fmt: skip
    seen: dict[str, set[str | None]] = defaultdict(set)
    for path in sorted(root.rglob("*.xls*")):
        for one in read(root, path.relative_to(root).as_posix()).observations:
            seen["".join(one.region_printed.split())].add(one.region_code)
    assert {name: seen[name] for name in slips} == {name: {code} for name, code in slips.items()}
    assert seen["北京"] == {"110000"}
    assert seen["内蒙古"] == {"150000"}
    aliases = csv.DictReader(
        (SEEDS / "region_aliases.csv").read_text(encoding="utf-8").splitlines()
    )
    notes = {row["alias"]: (row["alias_kind"], bool(row["note"])) for row in aliases}
    assert {notes[name] for name in slips} == {("ocr_slip", True)}


@pytest.mark.parametrize(
    "name", ["内蒙", "内蒙古", "内蒙古自治区", "内蒙 古", "Innermongolia", "Inner Mongolia"]
)
def test_one_region_by_all_its_names(name: str) -> None:
    reading = played(
        csv_of([["地区", "年份", "地区生产总值(亿元)"], [name, 2020, 5]]), "tables/a.csv"
    )
    assert [one.region_code for one in reading.observations] == ["150000"]


def test_an_unmapped_name_is_told_and_never_completed() -> None:
    rows: list[list[Cell]] = [
        ["地区", "年份", "地区生产总值(亿元)"],
        ["内蒙右", 2020, 5],
        ["北京", 2020, 6],
    ]
    reading = played(csv_of(rows), "tables/a.csv")
    assert [one.region_code for one in reading.observations] == ["110000"]
    assert "[A2]" in reasons(reading)
    assert "内蒙右" in reasons(reading)


def test_province_and_city_of_one_name_and_pinyin_of_two_cities() -> None:
    header: list[Cell] = ["城市", "年份", "地区生产总值(亿元)"]
    names = ("吉林市", "吉林省", "吉林", "Taizhou", "Suzhou", "苏州", "泰州市")
    rows: list[list[Cell]] = [header, *([name, 2020, 5] for name in names)]
    reading = played(csv_of(rows), "tables/城市.csv")
    found = {one.region_printed: one.region_code for one in reading.observations}
    assert found == {"吉林市": "220200", "吉林省": "220000", "苏州": "320500", "泰州市": "321200"}
    said = {one.locator: one.reason for one in reading.problems}
    assert set(said) == {"A4", "A5", "A6"}
    assert all(code in said["A4"] for code in ("220000", "220200"))
    assert all(code in said["A5"] for code in ("321200", "331000"))
    assert all(code in said["A6"] for code in ("320500", "341300"))
    provinces: list[list[Cell]] = [["省份", *header[1:]], ["吉林", 2020, 5], ["吉林市", 2020, 6]]
    reading = played(csv_of(provinces), "tables/省.csv")
    assert [one.region_code for one in reading.observations] == ["220000"]
    assert "a city, in a table of provinces" in reasons(reading)


# Exports of the National Bureau


def test_exports_of_both_sites(root: Path) -> None:
    old, new = f"{OLD_SITE}/分省年度数据.csv", f"{NEW_SITE}/分省年度数据_6.csv"
    assert not (root / old).read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\t," in (root / new).read_bytes()
    found = {}
    for name in (old, new):
        reading = read(root, name)
        assert {one.indicator_code for one in reading.observations} == {"gdp"}
        found[name] = {
            (one.region_code, one.year): one.value for one in reading.observations if one.value
        }
    both = found[old].keys() & found[new].keys()
    assert len(both) > 300
    assert all(found[old][key] == found[new][key] for key in both)


def test_an_export_that_names_no_indicator_is_refused_until_its_user_names_it(
    root: Path, tmp_path: Path
) -> None:
    name = f"{NEW_SITE}/分省年度数据_1.csv"
    # 广东 2020, by which the file would be known for what it is.
    changed = (root / name).read_bytes().replace(b"955.73", b"955.74")
    refused = read(root, name, changed)
    assert not refused.observations
    assert "does not say which indicator it holds" in reasons(refused)
    assert "extends: nbs_export_new" in refused.problems[0].hint
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nextends: nbs_export_new\nmatch: {files: [分省年度数据_1.csv]}\n"
        "given: {indicator: fiscal_st_expenditure, unit: 亿元}\n",
        encoding="utf-8",
    )
    own = load_profiles(tmp_path)
    reading = read_yearbook(changed, f"yearbooks/{name}", REGIONS, own)
    assert {one.indicator_code for one in reading.observations} == {"fiscal_st_expenditure"}
    assert len(reading.observations) == len(read(root, name).observations)
    regionless = read(root, f"{NEW_SITE}/分省年度数据.csv")
    assert not regionless.observations
    assert "does not name the region" in reasons(regionless)


# What a number covers


def test_survey_counts_that_look_like_population(root: Path) -> None:
    reading = read(root, f"{OLD_SITE}/分省年度数据 (1).csv")
    assert {one.indicator_code for one in reading.observations} == {"population_survey_sample"}
    indicators = IndicatorTable.from_seeds()
    survey, all_residents = (
        indicators.get(code) for code in ("population_survey_sample", "population_resident")
    )
    assert survey.scope != all_residents.scope
    assert not set(survey.names) & set(all_residents.names)


def test_industrial_firms_staff_that_looks_like_all_staff(root: Path) -> None:
    name = f"{PERSONNEL}/raw-2018.xlsx"
    book = read_sheets((root / name).read_bytes(), name)
    (sheet,) = book.sheets
    rows: list[Sequence[CellValue]] = [list(row) for row in sheet.rows]
    rows[0] = [str(rows[0][0]).replace("各地区", "各地区规模以上工业企业"), *rows[0][1:]]
    firms = read_workbook(
        replace(book, sheets=(replace(sheet, rows=rows),)), b"", name, REGIONS, PROFILES
    )
    assert len(read(root, name).observations) == 180
    assert not [one for one in firms.observations if one.indicator_code == "rd_personnel_fte"]
    assert any(problem.fatal for problem in firms.problems)


# Vintages


def published(shared: Path, entity: str) -> dict[str, float]:
    path = shared / "facts" / "seed000_table2_descriptives.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    return {row["measure"]: float(row["value"]) for row in rows if row["entity"] == entity}


def test_gdp_in_three_vintages(shared: Path, root: Path, ask: Ask) -> None:
    """天津 2018 as first printed, after the fourth census and after the fifth: 40 % apart."""
    prints = {"2019": 18809.64, "2020": 13362.92, "2025": 13411.1}
    assert (
        dict(
            ask(
                "select vintage, value from intermediate.int_observations__editions "
                "where indicator_code = 'gdp' and region_code = '120000' and year = 2018"
            )
        )
        == prints
    )
    for study, vintage in (("first_print", "2019"), ("revised", "2020"), ("newest", "2025")):
        ((value,),) = ask(
            "select value from marts.panel_variables where study = ? and region_name = '天津' "
            "and year = 2018 and variable = 'output'",
            study,
        )
        assert [when for when, print_ in prints.items() if print_ == value] == [vintage]
    ((n, revision),) = ask(
        "select n_vintages, revision from marts.indicator_revisions "
        "where indicator_code = 'gdp' and region_name = '天津' and year = 2018"
    )
    assert (n, round(1 / (1 + revision) - 1, 3)) == (3, 0.403)
    # Today's export is not the vintage of the published table, and nothing makes it so.
    table = published(shared, "Ecodev")
    found = [
        one.value
        for one in read(root, f"{OLD_SITE}/分省年度数据.csv").observations
        if one.year in range(2018, 2023) and one.value is not None
    ]
    assert len(found) == table["N"]
    assert (min(found), max(found)) != (table["min"], table["max"])
    assert round(mean(found), 2) != table["mean"]


def test_the_published_table_is_matched_by_one_vintage_and_no_other(
    shared: Path, sample_build: tuple[Path, Any]
) -> None:
    """The sample's GDP is calibrated to Table 2; with 2018 as first printed it is another table."""
    table = published(shared, "Ecodev")
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        rows = connection.execute(
            "select year, vintage, region_code, value from intermediate.int_observations__editions "
            "where indicator_code = 'gdp' and year between 2018 and 2022 and region_code <> '100000'"
        ).fetchall()
    assert len({vintage for year, vintage, _, _ in rows if year == 2018}) == 2
    newest: dict[tuple[str, int], float] = {}
    first: dict[tuple[str, int], float] = {}
    for year, _, region, value in sorted(rows, key=lambda row: row[1]):
        newest[region, year] = value
        first.setdefault((region, year), value)
    matches = [
        {name: round(one, digits) for name, one, digits in
         (("mean", mean(it.values()), 2), ("min", min(it.values()), 1), ("max", max(it.values()), 1))}
        == {name: table[name] for name in ("mean", "min", "max")}
        and round(stdev(it.values()), 1) == round(table["sd"], 1)
        for it in (newest, first)
    ]  # fmt: skip
    assert matches == [True, False]


# Workbooks


def test_a_workbook_that_openpyxl_cannot_open_with_numbers_stored_as_text(root: Path) -> None:
    import openpyxl

    path = root / PERSONNEL / "raw-2018.xlsx"
    with pytest.raises(KeyError):
        openpyxl.load_workbook(path)
    found = by_kind(read(root, f"{PERSONNEL}/raw-2018.xlsx"), "rd_personnel_fte")
    assert isinstance(read_sheets(path.read_bytes(), path.name).sheets[0].at(6, 2), str)
    assert found["nation"][0].value == 4381444
    assert len(found["region"]) == 31


def test_one_table_as_xls_and_as_xlsx_is_one_set_of_observations(root: Path, ask: Ask) -> None:
    def numbers(name: str) -> dict[tuple[object, ...], float | None]:
        return {
            (one.region_code or one.region_printed, one.indicator_code, one.year, one.vintage, one.unit): one.value
            for one in read(root, name).observations
        }  # fmt: skip

    xls, xlsx_ = numbers("财政预算/raw-2021.xls"), numbers("财政预算/raw-2021.xlsx")
    assert len(xls) == 800
    assert xls.keys() == xlsx_.keys()
    assert xls == {key: pytest.approx(value, nan_ok=True) for key, value in xlsx_.items()}
    ((n, most, least),) = ask(
        "select count(*), max(n_cells), min(n_cells) from intermediate.int_observations__editions "
        "where indicator_code = 'fiscal_st_expenditure' and year = 2021 and vintage = '2022'"
    )
    assert (n, most, least) == (31, 2, 2)
    assert not ask("select 1 from quality.observation_findings where rule = 'files_disagree'")


def test_encrypted_xls_of_cnki(root: Path) -> None:
    locked = [f"{PERSONNEL}/raw-{year}.xls" for year in (2020, 2021, 2022)]
    locked += [f"财政预算/raw-{year}.xls" for year in (2019, 2022, 2023)]
    for name in locked:
        reading = read(root, name)
        assert not reading.observations
        (problem,) = reading.problems
        assert problem.fatal
        assert "encrypted workbook" in problem.reason
        assert "save it as XLSX" in problem.hint


# Absence


def test_blank_and_signs_are_typed_missing_and_never_zero(root: Path) -> None:
    signs = {
        None: "blank", "…": "not_published", "......": "not_published", "-": "nil", "—": "nil",
        "－": "nil", "不详": "not_published", "*": "suppressed",
    }  # fmt: skip
    names = mainland()[: len(signs)]
    rows = personnel(2019, {**dict(zip(names, signs, strict=True)), "新疆": 0, "西藏": 157})
    found = by_kind(played(xlsx(rows)), "rd_personnel_fte")["region"]
    assert [(one.value, one.missing) for one in found] == [
        *((None, why) for why in signs.values()), (0, None), (157, None),
    ]  # fmt: skip
    blanks = 0
    for path in sorted(root.rglob("*")):
        if not path.is_file():
            continue
        for one in read(root, path.relative_to(root).as_posix()).observations:
            assert (one.value is None) == (one.missing is not None)
            assert one.value != 0 or one.raw_value.strip("0.") == ""
            assert one.raw_value != "" or one.missing == "blank"
            blanks += one.missing == "blank"
    assert blanks == 2151


def test_a_series_that_stopped_being_published(ask: Ask) -> None:
    series = "employment_private_and_self_employed"
    rows = ask(
        "select year, n_regions, n_without, last_year from marts.indicator_availability "
        "where indicator_code = ? and region_level = 'province' and year between 2018 and 2021 order by year",
        series,
    )
    assert rows == [
        (2018, 31, 0, 2019),
        (2019, 31, 0, 2019),
        (2020, 0, 31, 2019),
        (2021, 0, 31, 2019),
    ]
    stopped = ask(
        "select year, count(value), count(missing), min(missing) from marts.panel_variables "
        "where study = 'newest' and variable = 'private_staff' and region_name not in ('台湾', '香港', '澳门') "
        "group by year order by year"
    )
    assert [row[:3] for row in stopped] == [
        (2018, 31, 0), (2019, 31, 0), (2020, 0, 31), (2021, 0, 31),
    ]  # fmt: skip
    assert {row[3] for row in stopped[2:]} == {f"{series}: blank"}
    told_study = ask(
        "select n_values, usual_reason from marts.panel_completeness "
        "where study = 'newest' and variable = 'private_staff' and year = 2020"
    )
    assert told_study == [(0, f"{series}: blank")]


# The warehouse of a few real files


STUDY = """
name: {name}
title: {name}
years: [2018, 2021]
lexicon: {{core: [芯片]}}
{panel}
variables:
  output: {{formula: gdp}}
  private_staff: {{formula: employment_private_and_self_employed}}
"""


@pytest.fixture(scope="module")
def ask(root: Path, xinku: Xinku, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Questions to the warehouse of some real files, a wrong unit and older prints of GDP."""
    folder = tmp_path_factory.mktemp("traps")
    zone = folder / "落地区"
    chosen = [
        f"{OLD_SITE}/分省年度数据.csv", f"{OLD_SITE}/分省年度数据 (4).csv",
        "财政预算/raw-2021.xls", "财政预算/raw-2021.xlsx",
        f"{PERSONNEL}/raw-2018.xlsx", f"{PERSONNEL}/raw-2019.xlsx",
    ]  # fmt: skip
    for name in chosen:
        target = zone / "yearbooks" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
    staff = {
        one.region_printed: one.value
        for one in by_kind(read(root, f"{PERSONNEL}/raw-2019.xlsx"), "rd_personnel_fte")["region"]
    }
    (zone / "yearbooks" / "错单位.xlsx").write_bytes(xlsx(personnel(2020, staff, unit="万人年")))
    prints: list[list[Cell]] = [
        ["天津", 2018, "地区生产总值", 18809.64, "亿元", 2019],
        ["天津", 2018, "地区生产总值", 13362.92, "亿元", 2020],
    ]
    (zone / "tables").mkdir()
    (zone / "tables" / "gdp.csv").write_bytes(
        csv_of([["地区", "年份", "指标", "数值", "单位", "版本"], *prints])
    )
    (zone / "studies").mkdir()
    panels = {
        "newest": "",
        "first_print": "panel: {as_of: 2019}",
        "revised": "panel: {as_of: 2020}",
    }
    for name, panel in panels.items():
        (zone / "studies" / f"{name}.yaml").write_text(
            STUDY.format(name=name, panel=panel), encoding="utf-8"
        )
    (zone / "reports").mkdir()
    text = report_text("江苏省", 2020, "发展芯片产业。", plan="建设集成电路基地。", size=30)
    (zone / "reports" / "江苏省2020.txt").write_text(text, encoding="utf-8")
    done = xinku("build", "--landing", str(zone), cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout

    def rows(query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(folder / "xinku.duckdb"), read_only=True) as connection:
            return connection.execute(query, list(parameters)).fetchall()

    return rows
