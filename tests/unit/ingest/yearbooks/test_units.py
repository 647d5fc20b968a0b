"""A unit is found where a text states one, under its printed name, and nowhere else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.ingest.regions import SEEDS
from orchestration.ingest.yearbooks.units import (
    AmbiguousUnit,
    FoundUnit,
    UnknownUnit,
    find_unit,
    known_units,
    unit_named,
)
from orchestration.ingest.yearbooks.workbook import read_sheets


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：亿元", "亿元"),
        ("单位:亿元", "亿元"),
        ("单 位：亿 元", "亿元"),
        ("计量单位：万元", "万元"),
        ("（单位：亿元）", "亿元"),
        ("单位：亿元 地区：全国", "亿元"),
        ("单位：亿元100 million yuan", "亿元"),
        ("单位:亿元\n(100 million yuan)", "亿元"),
        ("单位：件 (piece)", "件"),
        ("单位：亿元①", "亿元"),
        ("7-6  分地区一般公共预算支出 (2021年) 单位：亿元", "亿元"),
        ("支出单位：亿元", "亿元"),
        ("(亿元)", "亿元"),
        ("（万人）", "万人"),
        ("【万元】", "万元"),
        ("（亿\n元）", "亿元"),
        ("（亿元，当年价）", "亿元"),
        ("(亿元 100 million yuan)", "亿元"),
        ("R&D人员全时当量(人年)", "人年"),
        ("指标：地区生产总值(亿元)", "亿元"),
        ("一般公共预算支出（亿元）i", "亿元"),
        ("比上年增长（%）", "%"),
        ("占比（％）", "%"),
        ("人均GDP（元/人）", "元/人"),
        ("单位：人/平方公里", "人/平方公里"),
        ("单位GDP能耗(吨标准煤/万元)", "吨标准煤/万元"),
        ("指数(上年=100)", "上年=100"),
        ("产量[吨]", "吨"),
        ("面积（km²）", "平方公里"),
        ("发电量(亿千瓦时)", "亿千瓦时"),
        ("Unit: 10 000 persons", "万人"),
        ("(10,000 persons)", "万人"),
        ("(man-year)", "人年"),
        ("(1 000 man-years)", "千人年"),
        ("(100 million yuan)", "亿元"),
        ("(RMB 100 million)", "亿元"),
        ("(billion yuan)", "十亿元"),
        ("(USD 10 000)", "万美元"),
        ("(100 million US dollars)", "亿美元"),
        ("(1 000 hectares)", "千公顷"),
        ("(10 000 hectares)", "万公顷"),
        ("(10 000 sq.m)", "万平方米"),
        ("亿元", "亿元"),
        ("gdp_亿元", "亿元"),
        ("总产值 万元", "万元"),
    ],
)
def test_one_unit(text: str, unit: str) -> None:
    found = find_unit(text)
    assert isinstance(found, FoundUnit), found
    assert found.unit == unit
    assert found.where


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "单元",
            "国 家",
            "工 人",
            "专 家",
            "个 人",
            "入园 人次",
            "法人单位",
            "单位",
            "单位：",
        ),
        *(
            "(2018年)",
            "R&D(内部)",
            "1亿元以上项目",
            "全员劳动生产率",
            "指数",
            "(unit)",
            "(床/千人)",
        ),
        *("填报单位：国家统计局", "GDP/人", "能耗/万元", "北京市", "Total", "(R&D)"),
    ],
)
def test_no_unit(text: str) -> None:
    assert find_unit(text) is None


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("单位：万人、亿元", ("万人", "亿元")),
        ("单位：亿元，%", ("亿元", "%")),
        ("R&D经费(亿元)占GDP比重(%)", ("亿元", "%")),
        ("(元/吨)", ("元", "吨")),
        ("Unit: 100 million yuan, 10 000 persons", ("亿元", "万人")),
        # The Chinese and the English of a header contradict each other.
        ("单位：亿元 (10 000 yuan)", ("亿元", "万元")),
    ],
)
def test_several_units_are_reported_not_chosen_from(text: str, units: tuple[str, ...]) -> None:
    found = find_unit(text)
    assert isinstance(found, AmbiguousUnit), found
    assert found.units == units


def test_a_stated_unit_that_the_seed_lacks_is_told() -> None:
    assert find_unit("单位：担") == UnknownUnit("担", "单位:担")


def test_a_heading_of_any_length_is_looked_at_in_bounded_time() -> None:
    assert find_unit("(" * 100_000) is None
    assert find_unit("单位 " * 100_000) is None


def test_the_seed() -> None:
    units = known_units()
    with (SEEDS / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(units), "a unit stands twice"
    for unit in units.values():
        canonical = units[unit.canonical_unit]
        assert canonical.to_canonical == 1, unit
        assert canonical.canonical_unit == canonical.name, unit
        assert unit.to_canonical > 0
        assert unit_named(unit.name) == unit
        assert unit_named(f" {unit.name[0]} {unit.name[1:]}") == unit
        found = find_unit(f"单位：{unit.name}")
        assert isinstance(found, FoundUnit), unit
        assert found.unit == unit.name


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("亿元", 1e8),
        ("万元", 1e4),
        ("万人年", 1e4),
        ("‰", 0.1),
        ("公顷", 1e4),
        ("万平方公里", 1e10),
    ],
)
def test_factors(unit: str, factor: float) -> None:
    assert known_units()[unit].to_canonical == factor


def test_a_name_given_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        "unit,dimension,to_canonical,canonical_unit,aliases\n元,a,1,元,yuan\n角,a,0.1,元,yuan\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="'yuan' names both 元 and 角"):
        known_units(path)


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("file", "sheet", "cell", "unit"),
    [
        ("科技统计年鉴/RD人员全时当量/raw-2018.xlsx", 0, (2, 0), "人年"),
        ("科技统计年鉴/RD人员全时当量/raw-2018.xlsx", 0, (3, 0), "人年"),
        ("科技统计年鉴/RD经费投入强度/raw-2021.xlsx", 0, (3, 0), "%"),
        ("科技统计年鉴/有效专利/raw-2010.xlsx", 0, (3, 0), "件"),
        ("财政预算/raw-2020.xls", 0, (1, 0), "亿元"),
        ("财政预算/raw-2023.xlsx", 1, (3, 0), "亿元"),
        ("国家统计局_分省年度数据/一般公共预算等.xls", 0, (1, 1), "亿元"),
        ("国家统计局_分省年度数据/分省年度数据.csv", 0, (1, 0), "亿元"),
        ("国家统计局_新站导出/分省年度数据.csv", 0, (3, 0), "亿元"),
        ("全国科技经费投入统计公报/2022.html", 2, (0, 1), "亿元"),
        ("全国科技经费投入统计公报/2022.html", 2, (0, 2), "%"),
    ],
)
def test_units_where_real_files_print_them(
    shared: Path, file: str, sheet: int, cell: tuple[int, int], unit: str
) -> None:
    path = shared / "data" / "landing" / "yearbooks" / file
    text = read_sheets(path.read_bytes(), path.name).sheets[sheet].at(*cell)
    found = find_unit(str(text))
    assert isinstance(found, FoundUnit), text
    assert found.unit == unit
