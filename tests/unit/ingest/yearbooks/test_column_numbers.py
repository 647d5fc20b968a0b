"""Rows that count the columns (甲, 1, 2), as statistical forms print them below their header."""

from __future__ import annotations

from functools import cache

import pytest

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.extraction import read_yearbook
from orchestration.ingest.yearbooks.observation import YearbookReading
from orchestration.ingest.yearbooks.profile import Profile, load_profiles


@cache
def _profiles() -> tuple[Profile, ...]:
    return load_profiles()


def read(*below_header: str) -> YearbookReading:
    lines = ["地区,年份,GDP(亿元),年末常住人口(万人)", *below_header, "北京,2021,40270,2189", ""]
    data = "\n".join([*lines[:-1], "天津,2021,15695,1373", "河北,2021,40391,7448", ""]).encode()
    return read_yearbook(data, "tables/a.csv", RegionTable.from_seeds(), _profiles())


@pytest.mark.parametrize(
    "row", ["甲,乙,1,2", "栏次,,1,2", "列次,,(1),(2)", " 甲 ,乙,①,②", "甲,乙,1,2=1/3"]
)
def test_they_are_no_part_of_a_name_and_no_numbers(row: str) -> None:
    """With them no heading was known, and the whole table was lost."""
    reading = read(row)
    assert not reading.problems
    assert len(reading.observations) == 6
    plain = {(o.indicator_code, o.region_code, o.value, o.header) for o in read().observations}
    assert {(o.indicator_code, o.region_code, o.value, o.header) for o in reading.observations} == (
        plain
    )


def test_a_row_with_another_label_stays_a_row() -> None:
    reading = read("甲县,2021,1,2")
    assert any("甲县" in problem.reason for problem in reading.problems)
    assert len(reading.observations) == 6
