"""The real yearbooks beside the checkout: every file is read or rightly refused, figures agree.

Golden numbers: the published Table 2 for R&D personnel; sums of the yearbooks' own rows.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

import pytest

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.extraction import read_yearbook
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.ingest.yearbooks.observation import Observation, YearbookReading
from orchestration.ingest.yearbooks.profile import load_profiles

pytestmark = pytest.mark.acceptance

YEARS = range(2018, 2023)
ENCRYPTED = {
    "RD人员全时当量/raw-2020.xls", "RD人员全时当量/raw-2021.xls", "RD人员全时当量/raw-2022.xls",
    "财政预算/raw-2019.xls", "财政预算/raw-2022.xls", "财政预算/raw-2023.xls",
}  # fmt: skip
NAMELESS = "国家统计局_新站导出/分省年度数据.csv"
# What a file gives beside its numbers. A new line here is a finding; look before adding it.
TOLD = {
    "全国科技经费投入统计公报/raw-2018.xlsx": "The name of the file says 2018; 全国 has the figure",
}
# Sums that the rows do not meet, as share of the nation: the cell of 吉林 (F14) is empty in the file.
PRINTED_WRONG = {("patents_applied_design", 2019): 0.004}


@pytest.fixture(scope="module")
def files(request: pytest.FixtureRequest) -> dict[str, Path]:
    root = request.getfixturevalue("shared") / "data" / "landing" / "yearbooks"
    return {
        path.relative_to(root).as_posix(): path
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def readings(files: dict[str, Path]) -> dict[str, YearbookReading]:
    regions, profiles = RegionTable.from_seeds(), load_profiles()
    started = time.monotonic()
    found = {
        name: read_yearbook(path.read_bytes(), f"yearbooks/{name}", regions, profiles)
        for name, path in files.items()
    }
    # The whole load is to take less than 20 s; reading takes about one.
    assert time.monotonic() - started < 15
    return found


@pytest.fixture(scope="module")
def mainland() -> set[str]:
    codes = {region.code for region in RegionTable.from_seeds().provinces()}
    return codes - {"710000", "810000", "820000"}


def _newest(
    readings: dict[str, YearbookReading], code: str, mainland: set[str]
) -> dict[tuple[str, int], Observation]:
    found: dict[tuple[str, int], Observation] = {}
    for reading in readings.values():
        for one in reading.observations:
            key = (one.region_code or "", one.year)
            fits = one.indicator_code == code and key[0] in mainland and one.year in YEARS
            if (
                fits
                and one.value is not None
                and one.vintage >= getattr(found.get(key), "vintage", "")
            ):
                found[key] = one
    return found


def test_every_file_gives_observations_or_a_right_refusal(
    readings: dict[str, YearbookReading],
) -> None:
    assert len(readings) > 90
    for name, reading in readings.items():
        told = [problem.reason for problem in reading.problems]
        if any(name.endswith(one) for one in ENCRYPTED):
            assert "encrypted workbook" in told[0]
            assert reading.problems[0].fatal
        elif name == NAMELESS:
            assert "does not name the region" in told[0]
            assert reading.problems[0].fatal
        else:
            assert len(reading.observations) >= 60, name
            assert [one.startswith(TOLD.get(name, "nothing")) for one in told] in ([], [True]), told


def test_rd_personnel_is_what_the_published_table_prints(
    readings: dict[str, YearbookReading], mainland: set[str]
) -> None:
    found = _newest(readings, "rd_personnel_fte", mainland)
    values = [(one.value or 0) / 1e4 for one in found.values()]
    assert len(values) == 155
    assert {one.unit for one in found.values()} == {"人年"}
    printed = [
        round(figure, 3) for figure in (mean(values), stdev(values), min(values), max(values))
    ]
    assert printed == [17.088, 20.415, 0.157, 97.249]


@pytest.mark.parametrize(
    ("code", "least", "most"),
    [
        ("patents_applied_invention", 453, 242551),
        ("patents_applied_utility_model", 669, 489165),
        ("fiscal_st_expenditure", 7.28, 1168.79),
        # After the fifth economic census. The published table has an earlier vintage (1548.4 to
        # 129513.6), which is in none of these files.
        ("gdp", 1583.5, 132547.1),
        ("rd_expenditure", 3.7, 4411.9),
    ],
)
def test_the_variables_are_complete_for_31_provinces_and_five_years(
    readings: dict[str, YearbookReading], mainland: set[str], code: str, least: float, most: float
) -> None:
    found = _newest(readings, code, mainland)
    values = [one.value or 0 for one in found.values()]
    assert len(values) == 155
    assert (min(values), max(values)) == (least, most)


def test_regions_add_to_the_total_that_is_printed_with_them(
    readings: dict[str, YearbookReading],
) -> None:
    indicators = IndicatorTable.from_seeds()
    compared = 0
    for name, reading in readings.items():
        groups: dict[tuple[str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for one in reading.observations:
            if one.value is None:
                continue
            total = one.region_kind == "nation" or one.region_printed == "地方合计"
            kind = "total" if total else one.region_kind
            groups[one.indicator_code, one.year][kind] += one.value
        for (code, year), sums in groups.items():
            indicator = indicators.get(code)
            if not indicator.additive or "total" not in sums:
                continue
            compared += 1
            off = abs(sums["region"] / sums["total"] - 1)
            allowed = PRINTED_WRONG.get((code, year), indicator.tolerance or 0)
            assert off <= allowed, (name, code, year, off)
    assert compared > 300


def test_one_vintage_of_one_number_is_the_same_in_all_files(
    readings: dict[str, YearbookReading],
) -> None:
    found: dict[tuple[object, ...], set[float]] = defaultdict(set)
    for reading in readings.values():
        for one in reading.observations:
            if one.value is not None and one.region_kind == "region":
                key = (
                    one.indicator_code,
                    one.region_code,
                    one.year,
                    one.vintage,
                    one.unit,
                    one.scope,
                )
                found[key].add(one.value)
    assert not {key: values for key, values in found.items() if len(values) > 1}


def test_files_renamed_at_random_give_the_same_numbers(
    files: dict[str, Path], readings: dict[str, YearbookReading]
) -> None:
    regions, profiles = RegionTable.from_seeds(), load_profiles()
    chosen = random.Random(4)
    for name in chosen.sample(sorted(files), 25):
        renamed = f"yearbooks/{chosen.randrange(10**6)}x.dat"
        reading = read_yearbook(files[name].read_bytes(), renamed, regions, profiles)
        assert _told(reading) == _told(readings[name]), name


def _told(reading: YearbookReading) -> list[tuple[object, ...]]:
    return [
        (one.cell, one.region_code, one.year, one.indicator_code, one.value, one.unit, one.vintage)
        for one in reading.observations
    ]
