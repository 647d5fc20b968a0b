"""Neighbours and values as users hand them over: the forms that are read, and those refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models_py.spatial import (
    SpatialError,
    among,
    edges_of_kind,
    moran,
    nearest_neighbours,
    within_distance,
)

NEAR = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "e"], "e": ["d"]}
VALUES = {"a": 1.0, "b": 3.0, "c": 2.0, "d": 6.0, "e": 9.0}
ONCE = pd.DataFrame({"region_code": list("abcd"), "neighbour_code": list("bcde")})
BOTH = pd.DataFrame([(a, b) for a, others in NEAR.items() for b in others], columns=["i", "j"])


def i_of(neighbours: Any, **call: Any) -> float:
    return moran(VALUES, neighbours, permutations=0, **call).i


def test_a_mapping_and_both_kinds_of_frame_say_the_same() -> None:
    assert i_of(ONCE) == i_of(BOTH) == i_of(NEAR) == i_of(ONCE.assign(weight=2.5))
    assert i_of({a: dict.fromkeys(others, 2.0) for a, others in NEAR.items()}) == i_of(NEAR)


def test_codes_may_be_numbers_on_one_side() -> None:
    numbers = {110000 + i: value for i, value in enumerate(VALUES.values())}
    edges = pd.DataFrame(
        {"i": [f"11000{i}" for i in range(4)], "j": [f"11000{i + 1}" for i in range(4)]}
    )
    assert moran(pd.Series(numbers), edges, permutations=0).i == i_of(NEAR)


def test_weights_count() -> None:
    assert i_of(ONCE.assign(weight=[1.0, 1, 1, 5]), standardise="none") > i_of(
        ONCE, standardise="none"
    )


def test_columns_beyond_the_ends_are_not_read() -> None:
    assert i_of(ONCE.assign(kind="land", origin="map")) == i_of(ONCE)


def test_lists_of_nearest_neighbours_need_not_be_mutual() -> None:
    nearest = {"a": ["b"], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["d"]}
    found = moran(VALUES, nearest, permutations=0)
    assert found.directed
    assert found.n_links == 5
    assert not moran(VALUES, NEAR, permutations=0).directed
    with pytest.raises(SpatialError, match="in one direction only"):
        i_of(nearest, directed=False)


def test_directed_edges_are_taken_as_they_stand_where_that_is_said() -> None:
    one_way = {"a": ["b", "c"], "b": ["a"], "c": [], "d": ["e"], "e": ["d", "c"]}
    assert moran(VALUES, one_way, permutations=0, directed=True).n_links == 6
    assert moran(VALUES, ONCE, permutations=0, directed=True).n_links == 4
    assert moran(VALUES, ONCE, permutations=0).n_links == 8


def test_a_study_of_fewer_regions_takes_the_neighbours_among_them() -> None:
    values = {code: value for code, value in VALUES.items() if code != "e"}
    for given in (NEAR, ONCE, {a: dict.fromkeys(others, 1.0) for a, others in NEAR.items()}):
        assert moran(values, among(given, values), permutations=0).n_links == 6


def test_kinds_of_edges_are_chosen() -> None:
    edges = ONCE.assign(kind=["land", "land", "land", "sea_link"])
    assert moran(VALUES, edges_of_kind(edges, "land"), permutations=0).isolates == ("e",)
    assert i_of(edges_of_kind(edges, "land", "sea_link")) == i_of(ONCE)
    with pytest.raises(SpatialError, match=r"several kinds \(land, sea_link\); choose"):
        i_of(edges)
    with pytest.raises(
        SpatialError, match="No edge is of the kind 'rail'; there are land, sea_link"
    ):
        edges_of_kind(edges, "rail")
    with pytest.raises(SpatialError, match="No edge is of the kind"):
        edges_of_kind(edges)


@pytest.mark.parametrize(
    ("neighbours", "said"),
    [
        ({**NEAR, "a": ["b", "a"]}, "a stands as its own neighbour"),
        ({**NEAR, "a": ["b", "b"]}, "The edge from a to b stands twice"),
        (pd.concat([ONCE, ONCE.iloc[:1]]), "The edge from a to b stands twice"),
        ({**NEAR, "b": ["c"]}, "a has b as a neighbour, but b does not have a .1 of 7 edges"),
        (BOTH.iloc[1:], "b has a as a neighbour, but a does not have b"),
        ({"a": ["b"], "b": ["c"], "c": ["d"], "d": ["e"], "e": []}, "in one direction only"),
        ({**NEAR, "e": ["d", "f"], "f": ["e"]}, "name f, which has no value. Give a value, or leave"),
        ({k.replace("e", "E"): [o.replace("e", "E") for o in v] for k, v in NEAR.items()}, "name E, which has no value. e has a value and no neighbours: is a code misspelt"),
        ({**{k: v for k, v in NEAR.items() if k != "d" and k != "e"}, "c": ["b"], "d": []}, "There is a value for e, a region that the neighbours do not know"),
        ({a: [] for a in NEAR}, "the edges are empty"),
        ({}, "the edges are empty"),
        (ONCE.iloc[:0], "the edges are empty"),
        (ONCE[["region_code"]], "needs two columns, region_code and neighbour_code; this has region_code"),
        (ONCE.replace("b", None), "The region of an edge is missing"),
        (ONCE.assign(weight=[1, 0, 1, 1]), "The weight from b to c is 0"),
        (ONCE.assign(weight=[1, np.nan, 1, 1]), "The weight from b to c is nan"),
        (ONCE.assign(weight=["1", "near", "1", "1"]), "The weight from b to c is near"),
        ({**NEAR, "a": "b"}, r"The neighbours of a are not a list; write \['b'\]"),
        ({**NEAR, "a": 3}, "The neighbours of a are not a list"),
    ],
)  # fmt: skip
def test_unclear_neighbours_are_refused(neighbours: Any, said: str) -> None:
    with pytest.raises(SpatialError, match=said):
        i_of(neighbours)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**VALUES, "b": float("nan")}, "The value of b is missing or is not a finite number"),
        ({**VALUES, "b": None}, "The value of b is missing"),
        ({**VALUES, "b": float("inf")}, "The value of b is missing or is not a finite"),
        ({**VALUES, "b": "n.a."}, "The value of b is missing or is not"),
        (
            dict.fromkeys(VALUES, 2.0),
            "All 5 values are equal .2.; Moran's I needs values that differ",
        ),
        (dict.fromkeys("ace", 0.3) | dict.fromkeys("bd", 0.1 + 0.2), "All 5 values are equal"),
        ({"a": 1.0, "b": 2.0, "c": 4.0}, "at least 4 regions; there are 3"),
        ({}, "at least 4 regions; there are 0"),
        (pd.Series([*VALUES.values(), 1.0], index=list("abcdea")), "a has more than one value"),
        (
            pd.Series(list(VALUES.values()), index=[*"abcd", None]),
            "The region of a value is missing",
        ),
    ],
)
def test_values_no_statistic_can_come_from_are_refused(values: Any, said: str) -> None:
    with pytest.raises(SpatialError, match=said):
        moran(values, NEAR)


def test_regions_in_the_error_can_be_pointed_at() -> None:
    with pytest.raises(SpatialError) as refused:
        moran({**VALUES, "b": float("nan")}, NEAR)
    assert refused.value.regions == ("b",)


def test_too_few_regions_with_neighbours_are_refused() -> None:
    values: Mapping[str, float] = {**VALUES, "x": 3.0}
    with pytest.raises(SpatialError, match="4 regions with neighbours; there are 3"):
        moran(values, pd.DataFrame({"i": ["a", "b"], "j": ["b", "c"]}))
    assert moran(values, pd.DataFrame({"i": ["a", "b"], "j": ["b", "c"]}), isolates="keep").n == 6


POINTS = pd.DataFrame(
    {
        "region_code": list("abcde"),
        "longitude": [118.0, 118.1, 118.3, 118.4, 121.0],
        "latitude": [31.0, 31.0, 31.0, 31.0, 31.0],
    }
)


def test_neighbours_from_points() -> None:
    nearest = nearest_neighbours(POINTS, 1)
    assert nearest.to_numpy().tolist() == [
        ["a", "b"],
        ["b", "a"],
        ["c", "d"],
        ["d", "c"],
        ["e", "d"],
    ]
    assert moran(VALUES, nearest_neighbours(POINTS, 2), permutations=0).directed
    band = within_distance(POINTS, 20)
    assert {frozenset(pair) for pair in band.to_numpy()} == {
        frozenset("ab"), frozenset("bc"), frozenset("cd"),
    }  # fmt: skip
    assert moran(VALUES, band, permutations=0).isolates == ("e",)
    with pytest.raises(SpatialError, match="0 nearest neighbours cannot be had of 5 regions"):
        nearest_neighbours(POINTS, 0)
    with pytest.raises(SpatialError, match="choose 1 to 4"):
        nearest_neighbours(POINTS, 5)
