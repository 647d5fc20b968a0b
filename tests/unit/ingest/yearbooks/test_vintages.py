"""Editions: which words of a column of vintages are read, and which are told and not used."""

from __future__ import annotations

from functools import cache

import pytest

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.extraction import read_workbook
from orchestration.ingest.yearbooks.observation import YearbookReading
from orchestration.ingest.yearbooks.profile import Profile, load_profiles
from orchestration.ingest.yearbooks.sheet import CellValue, Sheet
from orchestration.ingest.yearbooks.workbook import Workbook


@cache
def _profiles() -> tuple[Profile, ...]:
    return load_profiles()


def read(*vintages: CellValue) -> YearbookReading:
    """A tidy table of one province a row, each with the vintage given for it."""
    names = ("北京", "天津", "河北")
    rows: list[list[CellValue]] = [["地区", "年份", "指标", "数值", "单位", "版本"]]
    rows += [
        [name, 2019, "GDP", 100.0, "亿元", vintage]
        for name, vintage in zip(names, vintages, strict=False)
    ]
    book = Workbook((Sheet("", rows),), "csv")
    return read_workbook(book, b"", "tables/a.csv", RegionTable.from_seeds(), _profiles())


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        ("2023", "2023"),
        ("2023-06", "2023-06"),
        ("2023-06-30", "2023-06-30"),
        (2023, "2023"),
        (2023.0, "2023"),
        (" 2023 ", "2023"),
    ],
)
def test_a_year_a_month_and_a_day_are_editions(cell: CellValue, read_as: str) -> None:
    reading = read(cell)
    (one,) = reading.observations
    assert (one.vintage, one.vintage_source) == (read_as, "column F2")
    assert not reading.problems


@pytest.mark.parametrize(
    "cell",
    ["初步核算", "第四次经济普查", "2023年版", "2023/06/30", "23", "v2023", "20231", "2023-6"],
)
def test_what_does_not_sort_by_time_is_told_and_not_used(cell: str) -> None:
    reading = read(cell)
    (one,) = reading.observations
    assert one.value == 100
    assert one.vintage == "2020"
    assert one.vintage_source.startswith("the year after 2019")
    (problem,) = reading.problems
    assert problem.locator == "F2"
    assert problem.reason == f"The vintage {cell!r} is no year and no date; it is not used."
    assert not problem.fatal


def test_a_column_of_them_is_told_once_and_an_empty_cell_not_at_all() -> None:
    reading = read("初步核算", None, "最终核实")
    assert [problem.locator for problem in reading.problems] == ["F2"]
    assert len(reading.observations) == 3
    assert not read(None, "2021", "").problems
