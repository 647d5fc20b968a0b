"""The sample's numbers as yearbooks, exports and tidy tables: which number stands in which cell.

Belongs here: layouts, in the structure of the real publications (headers, subtotals, spaced
names, text for numbers), and the warts put in on purpose. Not here: the numbers (``panel.py``)
and bytes (``sheets.py``). No figure and no sentence is taken from a publication.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration import Array
from employment import MANUFACTURING, NAMES, PRODUCER_SERVICES, index_of
from formats import dedented
from grammar import Draw
from panel import FIRST_PRINT_YEAR, SEED, STUDY, YEARS, Panel
from plan import FULL_WIDTH, Region, regions
from sheets import NOTE, Row, delimited, new_export, old_export, workbook

TIDY = ("region", "year", "indicator", "value", "unit", "vintage", "source")
SOURCE = "样本，非真实"
EXPORTED = f"注：{NOTE}导出时间：2023-10-15。"
BLANK: Row = ()

SUBTOTALS = {
    ("东部地区", "Eastern Region"): "北京 天津 河北 上海 江苏 浙江 福建 山东 广东 海南",
    ("中部地区", "Middle Region"): "山西 安徽 江西 河南 湖北 湖南",
    ("西部地区", "Western Region"): "内蒙古 广西 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆",
    ("东北地区", "Northeast Region"): "辽宁 吉林 黑龙江",
}
ENGLISH = (
    "Beijing Tianjin Hebei Shanxi Inner_Mongolia Liaoning Jilin Heilongjiang Shanghai Jiangsu "
    "Zhejiang Anhui Fujian Jiangxi Shandong Henan Hubei Hunan Guangdong Guangxi Hainan Chongqing "
    "Sichuan Guizhou Yunnan Tibet Shaanxi Gansu Qinghai Ningxia Xinjiang"
)
# Regions of the patent tables that no study of 31 regions uses.
BEYOND = {"香港": "Hong Kong", "澳门": "Macao", "台湾": "Taiwan"}
# Share of each item in general public budget expenditure; the last takes what is left.
BUDGET = {
    "一般公共\n服务支出\nExpenditure\nfor General\nPublic\nServices": 0.09,
    "公共\n安全支出\nExpenditure\nfor\nPublic\nSecurity": 0.06,
    "教育支出\nExpenditure\nfor\nEducation": 0.16,
    "科学\n技术支出\nExpenditure\nfor\nScience and\nTechnology": 0.0,
}
BUDGET_CONTINUED = {
    "社会保障和\n就业支出\nExpenditure\nfor Social\nSecurity and\nEmployment": 0.15,
    "卫生健康\n支出\nExpenditure\nfor Health\nCare": 0.09,
    "农林水支出\nExpenditure\nfor\nAgriculture,\nForestry and\nWater": 0.11,
    "其他支出\nOther\nExpendi-\nture": 0.0,
}
# Warts in single cells: a value not published, thousands separators, a full-width digit.
NOT_PUBLISHED = {("吉林", 2020), ("海南", 2018)}
SEPARATED_YEAR = 2019
FULL_WIDTH_CELL = ("湖南", 2021)

_YEARBOOKS_README = """
    示例年鉴：数字由程序生成，非真实；版式仿照真实年鉴与国家统计局导出文件。见 data/README.md。
    Sample yearbooks: synthetic numbers in the layouts of real publications. See data/README.md.
"""
_TABLES_README = """
    示例整洁表：数字由程序生成，非真实。列 region, year, indicator, value, unit, vintage, source。
    Sample tidy tables: synthetic numbers. vintage is the year of the edition; the newest counts.
"""
# The new site's export names no indicator, so that the user has to.
_PROFILE = """
    name: sample_new_site_export
    title: 示例：新站导出，地方财政科学技术支出
    extends: nbs_export_new
    match:
      files: ["国家统计局_新站导出/分省年度数据_1.csv", "*/国家统计局_新站导出/分省年度数据_1.csv"]
    known: []
    indicator: fiscal_st_expenditure
    unit: 亿元
    notes: Sample data, not real. The export of the new site says nowhere what it holds.
"""


def landing_files(panel: Panel) -> dict[str, bytes]:
    """Return the content of each file by its path under the landing zone."""
    book, bureau = "yearbooks/科技统计年鉴", "yearbooks/国家统计局_分省年度数据"
    files = {
        "yearbooks/README.md": dedented(_YEARBOOKS_README),
        "tables/README.md": dedented(_TABLES_README),
        "profiles/sample_new_site_export.yaml": dedented(_PROFILE),
        f"{bureau}/分省年度数据.csv": _old_export(panel, "gdp", "地区生产总值(亿元)", ".1f"),
        f"{bureau}/分省年度数据 (7).csv": _old_export(
            panel, "population_resident", "年末常住人口(万人)", ".0f"
        ),
        "yearbooks/国家统计局_新站导出/分省年度数据_1.csv": _new_export(panel),
        "tables/employment_by_sector.csv": delimited(_employment(panel)),
        "tables/loans.csv": delimited(
            _tidy(panel, "loans_balance", "金融机构本外币各项贷款余额", "亿元", ".2f"),
            encoding="utf-8-sig",
        ),
        "tables/chip_patents.csv": delimited(
            _tidy(panel, "chip_patents_applied", "芯片相关专利申请数", "件", ".0f")
        ),
        f"tables/gdp_{FIRST_PRINT_YEAR}_first_print.csv": delimited(_first_print(panel)),
        "tables/marketization_index.xlsx": workbook({"市场化指数": _marketization(panel)}),
    }
    for column, year in enumerate(YEARS):
        files[f"{book}/RD人员全时当量/raw-{year}.xlsx"] = workbook({"1": _staff(panel, column)})
        files[f"{book}/专利申请受理/raw-{year}.xlsx"] = workbook({"1": _patents(panel, column)})
        if column in range(*STUDY.indices(len(YEARS))):
            sheet = {"1-2": _budget(panel, column)}
            files[f"yearbooks/财政预算/raw-{year}.xlsx"] = workbook(sheet)
    return files


def planted_rows(panel: Panel) -> list[Row]:
    """Return the header and a row a region and year: values as printed, indices from them."""
    index, lq_s, lq_m = index_of(panel.sectors)
    sums = {
        "employment_total_urban_units": np.sum(list(panel.sectors.values()), axis=0),
        "employment_manufacturing_urban_units": panel.sectors[MANUFACTURING],
        "employment_producer_services": np.sum(
            [panel.sectors[one] for one in PRODUCER_SERVICES], axis=0
        ),
    }
    derived = {
        "lq_producer_services": lq_s,
        "lq_manufacturing": lq_m,
        "coagglomeration_index": index,
    }
    names = (*panel.series, *sums, *derived)
    rows: list[Row] = [("region_code", "region_name", "year", "attention_hits", *names)]
    for place, region in enumerate(regions()):
        for column, year in enumerate(YEARS):
            hits = f"{panel.attention[place, column - 1]:.0f}" if column else ""
            own = [_shown(values[place, column]) for values in panel.series.values()]
            own += [f"{values[place, column]:.2f}" for values in sums.values()]
            own += [f"{values[place, column]:.10f}" for values in derived.values()]
            rows.append((region.code, region.short, year, hits, *own))
    return rows


def planted_effects(panel: Panel) -> list[Row]:
    """Return the header and a row a planted coefficient."""
    rows: list[Row] = [("equation", "term", "value", "note")]
    rows += [(one.equation, one.term, one.value, one.note) for one in panel.planted]
    return rows


def _shown(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _spaced(name: str, blanks: str = " ") -> str:
    """Return a two-character name as tables set it: 北 京."""
    return blanks.join(name) if len(name) == 2 else name


def _english() -> list[str]:
    return [name.replace("_", " ") for name in ENGLISH.split()]


def _labelled() -> Iterator[tuple[int, Region, str]]:
    for place, (region, english) in enumerate(zip(regions(), _english(), strict=True)):
        yield place, region, english


def _old_export(panel: Panel, code: str, indicator: str, form: str) -> bytes:
    rows: list[Row] = [("地区", *(f"{year}年" for year in reversed(YEARS)))]
    for place, region in enumerate(regions()):
        shown = {
            year: format(panel.series[code][place, column], form)
            for column, year in enumerate(YEARS)
        }
        if code == "population_resident" and region.short == FULL_WIDTH_CELL[0]:
            year = FULL_WIDTH_CELL[1]
            shown[year] = shown[year][0] + shown[year][1].translate(FULL_WIDTH) + shown[year][2:]
        rows.append((region.full, *(shown[year] for year in reversed(YEARS))))
    period = f"{YEARS[0]}-{YEARS[-1]}"
    return old_export(indicator, period, rows, (EXPORTED, "数据来源：芯库示例程序"))


def _new_export(panel: Panel) -> bytes:
    science = panel.series["fiscal_st_expenditure"]
    rows: list[Row] = [("地区", *(f"{year}年" for year in reversed(YEARS)))]
    rows += [
        (region.full, *(f"{value:.2f}" for value in reversed(science[place])))
        for place, region in enumerate(regions())
    ]
    period = f"{YEARS[0]}年-{YEARS[-1]}年"
    return new_export(period, rows, (EXPORTED, "数据来源：芯库示例程序"))


def _staff(panel: Panel, column: int) -> list[Row]:
    """Lay out R&D personnel: bilingual header in two rows, subtotals, numbers as text."""
    year = YEARS[column]
    total = panel.series["rd_personnel_fte"][:, column]
    draw = Draw(f"{SEED} staff {year}")
    spread = np.array([0.9 + 0.2 * draw.fraction() for _ in total])
    researchers, basic, applied = ((total * s * spread).round() for s in (0.43, 0.08, 0.12))
    columns = (total, researchers, basic, applied, total - basic - applied)
    rows: list[Row] = [
        (f"1-4 各地区研究与试验发展(R&D)人员全时当量({year}年)",),
        (f"Full-time Equivalent of R&D Personnel by Region ({year})",),
        ("单位:人年",),
        ("(man-year)",),
        ("地 区", "Region", "R&D人员\n全时当量\nTotal"),
        (
            *("", "", "", "#研究人员①\nResearchers", "基础研究\nBasic\nResearch"),
            *("应用研究\nApplied\nResearch", "试验发展\nExperimental\nDevelopment"),
        ),
        ("全 国", "National Total", *(_whole(values.sum()) for values in columns)),
    ]
    for (name, english), members in SUBTOTALS.items():
        inside = np.array([region.short in members.split() for region in regions()])
        rows.append((name, english, *(_whole(values[inside].sum()) for values in columns)))
    blanks = "  " if year % 2 else " "
    for place, region, english in _labelled():
        shown = (_whole(values[place]) for values in columns)
        rows.append((_spaced(region.short, blanks), english, *shown))
    return [*rows, ("①样本脚注，不改变数值。",), (f"注：{NOTE}",)]


def _patents(panel: Panel, column: int) -> list[Row]:
    """Lay out patents applied for; 2019 with thousands separators, two designs not published."""
    year = YEARS[column]
    form = ",.0f" if year == SEPARATED_YEAR else ".0f"
    kinds = ("invention", "utility_model", "design")
    parts = [panel.series[f"patents_applied_{kind}"][:, column] for kind in kinds]
    draw = Draw(f"{SEED} beyond {year}")
    beyond = [[200 + int(3000 * draw.fraction()) for _ in kinds] for _ in BEYOND]
    sums = [part.sum() + sum(row[k] for row in beyond) for k, part in enumerate(parts)]
    rows: list[Row] = [
        (f"8-7 国内三种专利申请数按地区分布({year}年)",),
        (f"Three Kinds of Domestic Patent Applications by Region ({year})",),
        ("单位:件",),
        ("(piece)",),
        ("地 区", "Region", "合 计\nTotal"),
        ("", "", "", "发 明\nInvention", "实用新型\nUtility Model", "外观设计\nDesign"),
        ("全 国", "National Total", *(format(value, form) for value in (sum(sums), *sums))),
    ]
    for place, region, english in _labelled():
        own = [part[place] for part in parts]
        shown = [format(value, form) for value in (sum(own), *own)]
        if (region.short, year) in NOT_PUBLISHED:
            shown[-1] = "…"
        rows.append((_spaced(region.short), english, *shown))
    for (name, english), own in zip(BEYOND.items(), beyond, strict=True):
        shown = [format(value, form) for value in (sum(own), *own)]
        rows.append((_spaced(name), english, *shown))
    return [*rows, (f"注：{NOTE}",)]


def _budget(panel: Panel, column: int) -> list[Row]:
    """Lay out general public budget expenditure: two tables in one sheet, the second 续表."""
    year = YEARS[column]
    total = panel.series["fiscal_expenditure"][:, column]
    science = panel.series["fiscal_st_expenditure"][:, column]
    items = {name: (total * share).round(2) for name, share in (BUDGET | BUDGET_CONTINUED).items()}
    items[list(BUDGET)[-1]] = science
    items[list(BUDGET_CONTINUED)[-1]] = total - sum(items.values())
    whole = "地方一般公\n共预算支出\nGeneral Public\nBudget\nExpenditure"
    first = {whole: total} | {name: items[name] for name in BUDGET}
    rest = {name: items[name] for name in BUDGET_CONTINUED}
    return [
        (f"7-6 分地区一般公共预算支出({year}年)",),
        (f"General Public Budget Expenditure by Region ({year})",),
        *_budget_table(first),
        BLANK,
        ("7-6续表1",),
        (" continued",),
        *_budget_table(rest),
    ]


def _budget_table(columns: dict[str, Array]) -> list[Row]:
    rows: list[Row] = [("单位:亿元",), ("(100 million yuan)",), ("地区", "Region", *columns)]
    sums = (f"{values.sum():.2f}" for values in columns.values())
    rows.append(("地方合计", "Total of All\nRegions", *sums))
    for place, region, english in _labelled():
        own = (f"{values[place]:.2f}" for values in columns.values())
        rows.append((region.short, english, *own))
    return [*rows, (f"注：{NOTE}",)]


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _tidy(panel: Panel, code: str, name: str, unit: str, form: str) -> list[Row]:
    """Return one indicator long: nation first, each year in the edition of the year after."""
    values = panel.series[code]
    rows: list[Row] = [TIDY]
    for column, year in enumerate(YEARS):
        both = [("全国", values[:, column].sum())]
        both += [(r.full, values[place, column]) for place, r in enumerate(regions())]
        rows += [(who, year, name, format(v, form), unit, year + 1, SOURCE) for who, v in both]
    return rows


def _first_print(panel: Panel) -> list[Row]:
    """Return GDP before revision, in the edition of the year after; the export is newer."""
    year = FIRST_PRINT_YEAR
    rows: list[Row] = [TIDY]
    for place, region in enumerate(regions()):
        value = f"{panel.gdp_first_print[place]:.1f}"
        rows.append((region.full, year, "地区生产总值", value, "亿元", year + 1, SOURCE))
    return rows


def _employment(panel: Panel) -> list[Row]:
    """Return employment in urban units by sector, long, with the total of all sectors."""
    sectors = {f"{NAMES[key]}城镇单位就业人员": values for key, values in panel.sectors.items()}
    names = {"城镇单位就业人员": np.sum(list(sectors.values()), axis=0), **sectors}
    rows: list[Row] = [TIDY]
    for column, year in enumerate(YEARS):
        for name, values in names.items():
            both = [("全国", values[:, column].sum())]
            both += [(r.full, values[place, column]) for place, r in enumerate(regions())]
            rows += [(who, year, name, f"{v:.2f}", "万人", year + 1, SOURCE) for who, v in both]
    return rows


def _marketization(panel: Panel) -> list[Row]:
    """Return the market index in its own column, a row a region and year, numbers as numbers."""
    rows: list[Row] = [("region", "year", "市场化指数", "vintage", "source")]
    for place, region in enumerate(regions()):
        for column, year in enumerate(YEARS):
            value = float(panel.series["marketization_index"][place, column])
            rows.append((region.full, year, value, YEARS[-1] + 1, SOURCE))
    return rows
