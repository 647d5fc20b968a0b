"""Distances and gradients on the map, with the points and edges of the seeds."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models_py.spatial import (
    SpatialError,
    distances,
    edges_of_kind,
    gradient,
    great_circle_km,
    moran,
    nearest_core,
)

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
DELTA = ("31", "32", "33", "34")


def seed(name: str) -> pd.DataFrame:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return pd.DataFrame(list(csv.DictReader(file)))


@pytest.fixture(scope="module")
def points() -> pd.DataFrame:
    return seed("region_points").astype({"longitude": float, "latitude": float})


@pytest.fixture(scope="module")
def apart(points: pd.DataFrame) -> pd.DataFrame:
    return distances(points)


def test_a_degree_of_latitude_and_half_the_globe() -> None:
    assert great_circle_km(0, 0, 0, 1) == pytest.approx(111.195, abs=0.001)
    assert great_circle_km(0, 90, 50, -90) == pytest.approx(np.pi * 6371.0088)
    assert great_circle_km(179.5, 0, -179.5, 0) == pytest.approx(111.195, abs=0.001)
    assert great_circle_km(120, 30, 120, 30) == 0


@pytest.mark.parametrize(
    ("one", "other", "km", "within"),
    [
        ("310000", "330100", 165, 10),  # 上海 杭州
        ("310000", "320100", 270, 10),  # 上海 南京
        ("310000", "320500", 85, 8),  # 上海 苏州
        ("320100", "340100", 150, 10),  # 南京 合肥
        ("110000", "120000", 115, 10),  # 北京 天津
        ("110000", "310000", 1068, 15),
        ("110000", "440100", 1890, 20),
        ("510100", "500000", 265, 15),  # 成都 重庆
        ("230100", "460100", 3250, 80),  # 哈尔滨 海口
        ("650100", "310000", 3270, 50),  # 乌鲁木齐 上海
    ],
)
def test_cities_are_as_far_apart_as_known(
    apart: pd.DataFrame, one: str, other: str, km: float, within: float
) -> None:
    assert apart.loc[one, other] == pytest.approx(km, abs=within)
    assert apart.loc[one, other] == apart.loc[other, one]


def test_no_city_of_the_delta_is_out_of_place(apart: pd.DataFrame) -> None:
    """A digit mistyped by a degree is 100 km: every city has a neighbour within 115, none in 8."""
    delta = [code for code in apart.index if code[:2] in DELTA]
    far = apart.loc[delta, delta].to_numpy(copy=True)
    np.fill_diagonal(far, np.inf)
    assert far.min() > 8
    assert far.min(axis=1).max() < 115


def test_the_points_are_the_delta_and_the_seats(points: pd.DataFrame) -> None:
    assert len(points) == 68
    assert Counter(code[:2] for code in points["region_code"] if code[:2] in DELTA) == {
        "31": 1, "32": 13, "33": 11, "34": 16,
    }  # fmt: skip
    seats = points[points["seat_of"] != ""]
    regions = seed("regions").set_index("region_code")
    mainland = [c for c in regions.index[regions["region_level"] == "province"] if c < "700000"]
    assert sorted(seats["seat_of"]) == sorted(mainland)
    for code, seat in seats[["region_code", "seat_of"]].itertuples(index=False):
        assert code == seat or regions.loc[code, "parent_code"] == seat
    assert (regions.loc[points["region_code"], "valid_to"] == "").all()


def test_a_province_is_near_the_provinces_it_borders_on(
    points: pd.DataFrame, apart: pd.DataFrame
) -> None:
    """Seats of neighbouring provinces: none beyond 2,200 km, half as far as others on the whole."""
    seat = points[points["seat_of"] != ""].set_index("seat_of")["region_code"]
    edges = edges_of_kind(seed("region_adjacency"), "land")
    km = [
        apart.loc[seat[a], seat[b]] for a, b in edges[["region_code", "neighbour_code"]].to_numpy()
    ]
    assert max(km) < 2200  # 西藏 新疆, 甘肃 新疆
    seats = apart.loc[seat, seat].to_numpy()
    assert np.median(km) < np.median(seats[np.triu_indices(31, 1)]) / 2


def test_the_adjacency_has_68_land_edges_each_once_and_an_island() -> None:
    edges = seed("region_adjacency")
    land = edges_of_kind(edges, "land")
    assert len(land) == 68
    assert len(edges) == 69
    pairs = edges[["region_code", "neighbour_code"]].to_numpy().tolist()
    assert pairs == sorted(pairs)
    assert all(a < b for a, b in pairs)
    assert len({tuple(pair) for pair in pairs}) == 69
    degree = Counter(land[["region_code", "neighbour_code"]].to_numpy().ravel())
    # As school books have it: 内蒙古 and 陕西 border on eight, 四川 on seven.
    assert (degree["150000"], degree["610000"], degree["510000"]) == (8, 8, 7)
    assert (degree["310000"], degree["110000"], degree["230000"]) == (2, 2, 2)
    assert edges_of_kind(edges, "sea_link")[["region_code", "neighbour_code"]].to_numpy().tolist() == [
        ["440000", "460000"]
    ]  # fmt: skip
    assert "460000" not in degree
    assert len(degree) == 30


def test_the_seeds_serve_moran(points: pd.DataFrame) -> None:
    """Longitudes of provinces are as spatial as a variable gets."""
    values = points[points["seat_of"] != ""].set_index("seat_of")["longitude"]
    edges = seed("region_adjacency")
    land = moran(values, edges_of_kind(edges, "land"))
    assert land.isolates == ("460000",)
    assert land.n == 30
    assert land.i > 0.6
    linked = moran(values, edges_of_kind(edges, "land", "sea_link"))
    assert linked.isolates == ()
    assert linked.n == 31


def test_the_nearest_core_and_how_far(points: pd.DataFrame) -> None:
    delta = points[points["region_code"].str[:2].isin(DELTA)]
    cores = ["310000", "320100", "330100", "340100"]
    found = nearest_core(delta, cores).set_index("region_code")
    assert len(found) == 41
    assert found.loc["320500", "core_code"] == "310000"
    assert found.loc["330600", "core_code"] == "330100"
    assert found.loc["340500", "core_code"] == "320100"
    assert found.loc["341500", "core_code"] == "340100"
    assert (found.loc[cores, "distance_km"] == 0).all()
    assert found.loc["320500", "distance_km"] == pytest.approx(85, abs=8)


def test_a_gradient_is_found_with_its_direction(points: pd.DataFrame) -> None:
    delta = points[points["region_code"].str[:2].isin(DELTA)].set_index("region_code")
    score = -0.01 * (delta["latitude"] - 31) * 111 + 0.01 * (delta["longitude"] - 119) * 95
    found = gradient(score, points)
    assert found.n == 41
    assert found.slope_per_100km == pytest.approx(-np.sqrt(2), rel=0.02)
    assert found.rank_correlation < -0.99
    assert found.sentence().startswith("The score falls towards the north-west (-1.4")
    assert found.positions["341600"] > 250
    assert found.positions["331000"] < -250
    turned = gradient(score, points, bearing=135)
    assert turned.slope_per_100km == pytest.approx(-found.slope_per_100km)
    assert turned.sentence().startswith("The score rises towards the south-east")
    assert "the bearing of 300 degrees" in gradient(score, points, bearing=300).sentence()


def test_a_gradient_equals_scipy(points: pd.DataFrame) -> None:
    delta = points[points["region_code"].str[:2].isin(DELTA)].set_index("region_code")
    random = np.random.default_rng(3)
    score = pd.Series(random.normal(size=41).round(1), index=delta.index)
    found = gradient(score, points)
    line = stats.linregress(found.positions, score[found.positions.index])
    assert found.slope_per_100km == pytest.approx(100 * line.slope, rel=1e-10)
    assert found.std_error == pytest.approx(100 * line.stderr, rel=1e-10)
    assert found.p == pytest.approx(line.pvalue, rel=1e-10)
    ranks = stats.spearmanr(found.positions, score[found.positions.index])
    assert found.rank_correlation == pytest.approx(ranks.statistic, rel=1e-10)
    assert found.p_rank == pytest.approx(ranks.pvalue, rel=1e-10)


def test_noise_is_no_gradient(points: pd.DataFrame) -> None:
    delta = points[points["region_code"].str[:2].isin(DELTA)].set_index("region_code")
    random = np.random.default_rng(5)
    found = [
        gradient(pd.Series(random.normal(size=41), index=delta.index), points) for _ in range(300)
    ]
    assert np.mean([f.p < 0.05 for f in found]) == pytest.approx(0.05, abs=0.035)
    quiet = next(f for f in found if f.p > 0.5)
    assert quiet.sentence().startswith("No gradient towards the north-west can be told from chance")


FOUR = pd.DataFrame(
    {"region_code": list("abcd"), "longitude": [118, 119, 120, 121], "latitude": [30, 31, 30, 31]}
)
SCORE = {"a": 1.0, "b": 2.0, "c": 4.0, "d": 3.0}


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (FOUR.rename(columns={"longitude": "latitude", "latitude": "longitude"}), "not on the globe: are longitude and latitude exchanged"),
        (FOUR.assign(longitude=[118, 119, 120, 400]), "The point of d is not on the globe: give both in degrees"),
        (FOUR.assign(latitude=[30, None, 30, 31]), "The point of b is not on the globe"),
        (FOUR.assign(latitude=[30, "31°N", 30, 31]), "The point of b is not on the globe"),
        (FOUR.drop(columns="latitude"), "no column latitude"),
        (pd.concat([FOUR, FOUR.iloc[:1]]), "a has more than one point"),
        (FOUR.assign(region_code=["a", None, "c", "d"]), "The region of a point is missing"),
    ],
)  # fmt: skip
def test_points_off_the_map_are_refused(points: pd.DataFrame, said: str) -> None:
    with pytest.raises(SpatialError, match=said):
        distances(points)


def test_a_gradient_that_cannot_be_drawn_is_refused() -> None:
    for scores, points, bearing, said in [
        ({**SCORE, "e": 5.0}, FOUR, 315, "a score but no point for e"),
        (dict.fromkeys("abcd", 1.0), FOUR, 315, "All 4 values are equal"),
        ({"a": 1.0, "b": 2.0}, FOUR, 315, "A gradient needs at least 4 regions; there are 2"),
        (SCORE, FOUR, float("nan"), "bearing must be degrees"),
        (SCORE, FOUR.assign(longitude=118, latitude=30), 315, "All regions stand at one position"),
    ]:
        with pytest.raises(SpatialError, match=said):
            gradient(scores, points, bearing=bearing)


def test_cores_that_are_not_there_are_refused() -> None:
    with pytest.raises(SpatialError, match="The core city z has no point"):
        nearest_core(FOUR, ["a", "z"])
    with pytest.raises(SpatialError, match="at least one"):
        nearest_core(FOUR, [])
    with pytest.raises(SpatialError, match="as a list"):
        nearest_core(FOUR, "a")
