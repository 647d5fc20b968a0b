"""The sample's numbers: calibrated to the published table, effects found again, files readable.

Not here: whether the files are written again byte for byte (``test_sample_generator.py``) and
whether the program's own reader gets them (integration tests). Regressions are least squares on
dummies, which shares no code with the generator's demeaning nor with ``models_py``.
"""

from __future__ import annotations

import csv
import io
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import openpyxl
import pytest
from numpy.typing import NDArray

DATA = Path(__file__).parents[2] / "data"
LANDING = DATA / "landing"
YEARBOOKS, TABLES = LANDING / "yearbooks", LANDING / "tables"
Array = NDArray[np.float64]
T_30 = 2.0423  # 97.5 % of t with 30 degrees of freedom: 31 clusters less one
CONTROLS = ["findev", "ln_gdp", "gtech", "ln_population", "hucap"]
EQUATIONS = {
    "direct": ("ln_chip_patents", ["attention"]),
    "mediator": ("coagglomeration_index", ["attention"]),
    "outcome_given_mediator": ("ln_chip_patents", ["attention", "coagglomeration_index"]),
    "moderation": (
        "ln_chip_patents",
        ["attention", "marketization_index", "attention_x_marketization"],
    ),
    "alternative_outcome": ("ln_patents_alternative", ["attention"]),
}
# Seed paper 000, Table 2: mean, sd, minimum, maximum of N = 155. Findev as a ratio (× 1000, and
# sd 0.43: the printed one is impossible); gtech is not published in a unit that can be read.
TABLE_2 = {
    "chip_patents": (11272.77, 24669.457, 1, 154936),
    "coagglomeration_index": (2.720, 0.386, 2.052, 3.443),
    "marketization_index": (8.484, 2.158, 1.126, 12.864),
    "findev": (1.70, 0.43, 0.958, 2.94),
    "gdp": (33824.73, 27561.69, 1548.4, 129513.6),
    "gtech": (0.0045, 0.0020, 0.0012, 0.0100),
    "population": (4543.002, 3004.625, 354, 12684),
    "hucap": (17.088, 20.415, 0.157, 97.249),
}


@pytest.fixture(scope="module")
def generator() -> Iterator[ModuleType]:
    """The generator's panel module; its folder is no package."""
    before = set(sys.modules)
    sys.path.insert(0, str(DATA))
    try:
        import panel

        yield panel
    finally:
        sys.path.remove(str(DATA))
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(DATA)):
                del sys.modules[name]


def rows(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def study() -> dict[str, Array]:
    """Variables of the study's 155 rows, computed here from what ``planted_panel.csv`` prints."""
    inside = [row for row in rows(DATA / "planted_panel.csv") if row["year"] != "2017"]

    def column(name: str) -> Array:
        return np.array([float(row[name]) for row in inside])

    return {
        "entity": np.repeat(np.arange(31), 5).astype(float),
        "time": np.tile(np.arange(5), 31).astype(float),
        "attention": column("attention_hits"),
        "chip_patents": column("chip_patents_applied"),
        "ln_chip_patents": np.log(column("chip_patents_applied")),
        "ln_patents_alternative": np.log(
            column("patents_applied_invention") + column("patents_applied_utility_model")
        ),
        "coagglomeration_index": column("coagglomeration_index"),
        "marketization_index": column("marketization_index"),
        "attention_x_marketization": column("attention_hits") * column("marketization_index"),
        "findev": column("loans_balance") / column("gdp"),
        "gdp": column("gdp"),
        "ln_gdp": np.log(column("gdp")),
        "gtech": column("fiscal_st_expenditure") / column("gdp"),
        "population": column("population_resident"),
        "ln_population": np.log(column("population_resident")),
        "hucap": column("rd_personnel_fte") / 10_000,
    }


def fit(data: dict[str, Array], outcome: str, terms: list[str]) -> tuple[Array, Array]:
    """Two-way fixed effects by dummies: coefficients, standard errors clustered by region.

    G/(G−1) and (N−1)/(N−K) with all K columns counted but the region dummies, as reghdfe.
    """
    entity = np.eye(31)[data["entity"].astype(int)]
    time = np.eye(5)[data["time"].astype(int)][:, 1:]
    design = np.column_stack([*(data[term] for term in terms), time, entity])
    orthogonal, triangle = np.linalg.qr(design)
    beta = np.linalg.solve(triangle, orthogonal.T @ data[outcome])
    inverse = np.linalg.inv(triangle) @ np.linalg.inv(triangle).T
    scores = design * (data[outcome] - design @ beta)[:, None]
    sums = entity.T @ scores
    n, k = len(data[outcome]), len(terms) + time.shape[1] + 1
    factor = 31 / 30 * (n - 1) / (n - k)
    errors = np.sqrt(np.diag(inverse @ (sums.T @ sums) @ inverse) * factor)
    return beta[: len(terms)], errors[: len(terms)]


def planted() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows(DATA / "planted_effects.csv"):
        found[row["equation"]][row["term"]] = float(row["value"])
    return found


@pytest.mark.parametrize("name", TABLE_2)
def test_printed_values_have_the_published_moments(name: str) -> None:
    """Mean and deviation within 0.02 %, extremes as printed (ratios as near as rounding lets)."""
    mean, sd, low, high = TABLE_2[name]
    values = study()[name]
    assert len(values) == 155
    assert values.mean() == pytest.approx(mean, rel=2e-4)
    assert values.std(ddof=1) == pytest.approx(sd, rel=2e-4)
    slack = {"coagglomeration_index": 1e-3, "gtech": 5e-6}.get(name, 1e-4)
    assert values.min() == pytest.approx(low, abs=slack)
    assert values.max() == pytest.approx(high, abs=slack)


@pytest.mark.parametrize("equation", EQUATIONS)
def test_each_planted_coefficient_lies_in_its_interval(equation: str) -> None:
    outcome, terms = EQUATIONS[equation]
    terms = terms + CONTROLS
    beta, errors = fit(study(), outcome, terms)
    wanted = planted()[equation]
    assert set(wanted) == set(terms)
    reach = T_30
    for term, found, error in zip(terms, beta, errors, strict=True):
        assert abs(found - wanted[term]) < reach * error, (term, found, error)


def test_the_effects_that_matter_can_be_told_from_zero() -> None:
    """A sample in which nothing is significant would show nothing."""
    for equation, term in (
        ("direct", "attention"),
        ("mediator", "attention"),
        ("outcome_given_mediator", "coagglomeration_index"),
        ("moderation", "attention_x_marketization"),
    ):
        outcome, terms = EQUATIONS[equation]
        beta, errors = fit(study(), outcome, terms + CONTROLS)
        place = terms.index(term)
        assert abs(beta[place]) > T_30 * errors[place], equation


def test_planted_paths_fit_together() -> None:
    effects = planted()
    a = effects["mediator"]["attention"]
    b = effects["outcome_given_mediator"]["coagglomeration_index"]
    assert effects["direct"]["attention"] == 0.069
    assert effects["indirect"]["attention"] == pytest.approx(a * b)
    direct = effects["outcome_given_mediator"]["attention"]
    assert effects["direct"]["attention"] == pytest.approx(direct + a * b)


@pytest.fixture(scope="module")
def exact(generator: ModuleType) -> tuple[dict[str, Array], dict[str, dict[str, float]]]:
    """The panel without disturbance and rounding, and what is planted in it."""
    attention = {
        (row["region_code"], int(row["report_year"])): int(row["n_hits"])
        for row in rows(DATA / "planted_region_years.csv")
    }
    made = generator.panel(attention, noise=0, rounded=False)
    data = {name: values.ravel() for name, values in made.variables().items()}
    data |= {name: study()[name] for name in ("entity", "time")}
    wanted: dict[str, dict[str, float]] = defaultdict(dict)
    for one in made.planted:
        wanted[one.equation][one.term] = one.value
    return data, wanted


@pytest.mark.parametrize("equation", EQUATIONS)
def test_without_noise_each_coefficient_comes_back(
    equation: str, exact: tuple[dict[str, Array], dict[str, dict[str, float]]]
) -> None:
    data, wanted = exact
    outcome, terms = EQUATIONS[equation]
    beta, _ = fit(data, outcome, terms + CONTROLS)
    for term, found in zip(terms + CONTROLS, beta, strict=True):
        assert found == pytest.approx(wanted[equation][term], abs=1e-6), term


def cells(path: str, sheet: str = "1") -> list[list[str]]:
    book = openpyxl.load_workbook(YEARBOOKS / path, read_only=True)
    return [
        ["" if value is None else str(value) for value in row]
        for row in book[sheet].iter_rows(values_only=True)
    ]


def number(text: str) -> float:
    return float(text.replace(",", ""))


def truth(column: str, year: int) -> dict[str, float]:
    return {
        row["region_name"]: float(row[column])
        for row in rows(DATA / "planted_panel.csv")
        if row["year"] == str(year)
    }


@pytest.mark.parametrize("year", range(2017, 2023))
def test_staff_workbook_adds_up_and_prints_the_panel(year: int) -> None:
    sheet = cells(f"科技统计年鉴/RD人员全时当量/raw-{year}.xlsx")
    assert sheet[2][0] == "单位:人年"
    body = {"".join(row[0].split()): row[2:] for row in sheet[6:] if len(row) > 2 and row[2]}
    want = truth("rd_personnel_fte", year)
    assert {name: number(body[name][0]) for name in want} == want
    areas = ("东部地区", "中部地区", "西部地区", "东北地区")
    for place in range(5):
        total = number(body["全国"][place])
        assert sum(number(body[name][place]) for name in want) == total
        assert sum(number(body[area][place]) for area in areas) == total
    for row in body.values():
        assert number(row[0]) == sum(map(number, row[2:5])), "basic + applied + experimental"


@pytest.mark.parametrize("year", range(2017, 2023))
def test_patent_workbook_adds_up_and_prints_the_panel(year: int) -> None:
    sheet = cells(f"科技统计年鉴/专利申请受理/raw-{year}.xlsx")
    body = {"".join(row[0].split()): row[2:] for row in sheet[6:] if len(row) > 2 and row[2]}
    for place, code in ((1, "invention"), (2, "utility_model")):
        want = truth(f"patents_applied_{code}", year)
        assert {name: number(body[name][place]) for name in want} == want
        everyone = sum(number(row[place]) for name, row in body.items() if name != "全国")
        assert everyone == number(body["全国"][place])
    assert any("," in row[0] for row in body.values()) == (year == 2019)
    hidden = {name for name, row in body.items() if row[3] == "…"}
    assert hidden == {2020: {"吉林"}, 2018: {"海南"}}.get(year, set())


@pytest.mark.parametrize("year", range(2018, 2023))
def test_budget_workbook_stacks_two_tables_that_add_to_the_total(year: int) -> None:
    sheet = cells(f"财政预算/raw-{year}.xlsx", "1-2")
    second = next(place for place, row in enumerate(sheet) if row and "续表" in row[0])
    first = {row[0]: row[2:] for row in sheet[:second] if len(row) > 2 and row[2]}
    rest = {row[0]: row[2:] for row in sheet[second:] if len(row) > 2 and row[2]}
    science, total = truth("fiscal_st_expenditure", year), truth("fiscal_expenditure", year)
    for name in science:
        assert number(first[name][4]) == science[name]
        assert number(first[name][0]) == total[name]
        parts = [number(text) for text in (*first[name][1:], *rest[name]) if text]
        assert math.isclose(sum(parts), total[name], abs_tol=1e-6)


def test_exports_print_the_panel() -> None:
    """GB18030 with three lines above, and the new site's byte order mark and TABs."""
    folder = YEARBOOKS / "国家统计局_分省年度数据"
    for name, code in (
        ("分省年度数据.csv", "gdp"),
        ("分省年度数据 (7).csv", "population_resident"),
    ):
        lines = (folder / name).read_bytes().decode("gb18030").split("\r\n")
        assert lines[1].startswith("指标：")
        table = list(csv.DictReader(io.StringIO("\n".join(lines[3:35]))))
        assert len(table) == 31
        for year in range(2017, 2023):
            want = truth(code, year)
            found = {row["地区"]: float(row[f"{year}年"]) for row in table}
            assert sorted(found.values()) == sorted(want.values())
    wide = (folder / "分省年度数据 (7).csv").read_bytes().decode("gb18030")
    assert sum(wide.count(digit) for digit in "０１２３４５６７８９") == 1
    new = (YEARBOOKS / "国家统计局_新站导出/分省年度数据_1.csv").read_bytes().decode("utf-8")
    assert new.startswith("\ufeff数据库")
    line = next(line for line in new.split("\n") if line.startswith("广东省"))
    assert [float(one) for one in line.split("\t,")[1:-1]] == [
        truth("fiscal_st_expenditure", year)["广东"] for year in range(2022, 2016, -1)
    ]


def test_employment_gives_the_index_worked_by_hand() -> None:
    """LQ = (E_is/E_i)/(E_s/E) of the printed 万人, with the 31 regions' own totals."""
    table: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in rows(TABLES / "employment_by_sector.csv"):
        name = row["indicator"].removesuffix("城镇单位就业人员")
        table[row["year"], name][row["region"]] = float(row["value"])
    services = (
        "交通运输、仓储和邮政业",
        "信息传输、软件和信息技术服务业",
        "金融业",
        "租赁和商务服务业",
        "科学研究和技术服务业",
    )
    sectors = {name for _, name in table if name}
    assert len(sectors) == 19
    for year in map(str, range(2017, 2023)):
        total = table[year, ""]
        for region, value in total.items():
            parts = sum(table[year, name][region] for name in sectors)
            assert parts == pytest.approx(value, abs=1e-6)
        want = truth("coagglomeration_index", int(year))
        for short, index in want.items():
            region = next(name for name in total if name.startswith(short))
            quotients = []
            for group in (services, ("制造业",)):
                own = sum(table[year, name][region] for name in group) / total[region]
                whole = sum(table[year, name]["全国"] for name in group) / total["全国"]
                quotients.append(own / whole)
            s, m = quotients
            assert 1 - abs(s - m) / (s + m) + s + m == pytest.approx(index, abs=1e-8)


def test_first_print_of_gdp_is_older_and_far_off_for_one_region() -> None:
    first = rows(TABLES / "gdp_2018_first_print.csv")
    assert {row["vintage"] for row in first} == {"2019"}
    newest = truth("gdp", 2018)
    off = [
        float(row["value"]) / value - 1
        for row in first
        for short, value in newest.items()
        if row["region"].startswith(short)
    ]
    assert len(off) == 31
    assert 0.3 < max(map(abs, off)) < 0.4
    assert sorted(map(abs, off))[-3] < 0.08


def test_every_file_says_that_it_is_not_real() -> None:
    files = [path for folder in (YEARBOOKS, TABLES) for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 2 + 3 + 6 + 6 + 5 + 5
    for path in files:
        data = path.read_bytes()
        text = data.decode("gb18030" if "国家统计局_分省" in str(path) else "utf-8", "ignore")
        assert "非真实" in text, path
    assert sum(path.stat().st_size for path in files) < 1_000_000
