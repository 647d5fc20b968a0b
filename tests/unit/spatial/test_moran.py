"""Moran's I: against every order of few values, against esda, and what it must not depend on."""

from __future__ import annotations

import importlib
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py.spatial import SpatialError, autocorrelation, moran

# A rook's lattice of 5 x 5 and the values of a polynomial modulo 23 on it; esda 2.9.0 with
# libpysal 4.14.1, 99,999 permutations, its local statistics times n / (n - 1) as spdep has them.
LATTICE = pd.Series({f"{i:02d}": (7 * i * i + 3 * i) % 23 + 0.5 * (i // 5) for i in range(25)})
ESDA = {
    "row": (-0.1771740827478532, 0.02297804093658127, 0.02257122507122507, 0.3713559835541148),
    "none": (-0.1953161592505855, 0.02178154425850115, 0.02140090811965812, 0.297835424498388),
}
ESDA_LOCAL = [
    0.583372365339578, 0.0154566744730679, 0.00218579234972678, -0.0415300546448088,
    -0.0243559718969555, -0.118423106947697, 0.0242388758782202, 0.448126463700234,
    0.0400468384074942, 0.118110850897736, -0.392818110850898, -0.0969555035128806,
    0.0224824355971897, -0.602810304449649, 0.0131147540983607, -0.0161592505854801,
    -0.298360655737705, 0.0418032786885245, -1.61627634660422, -0.134816549570648,
    -0.100468384074941, -1.49586260733802, 0.0107728337236533, -0.651209992193599,
    -0.159016393442623,
]  # fmt: skip
ESDA_QUADRANT = [
    3, 3, 1, 2, 2, 2, 1, 1, 1, 1, 4, 2, 3, 2, 1, 4, 2, 3, 4, 2, 2, 4, 3, 2, 4,
]  # fmt: skip


def lattice(side: int) -> dict[str, list[str]]:
    return {
        f"{r * side + c:02d}": [
            f"{(r + dr) * side + c + dc:02d}"
            for dr, dc in ((0, 1), (0, -1), (1, 0), (-1, 0))
            if 0 <= r + dr < side and 0 <= c + dc < side
        ]
        for r in range(side)
        for c in range(side)
    }


SIX = {
    "a": ["b", "c"],
    "b": ["a", "c", "d"],
    "c": ["a", "b"],
    "d": ["b", "e"],
    "e": ["d", "f"],
    "f": ["e"],
}
SIX_VALUES = dict(zip("abcdef", [1.0, 2.5, 2.0, 7.0, 4.0, 11.0], strict=True))


# Few enough for every order of them: 120.
FIVE = {"a": ["b", "c"], "b": ["a", "c", "d"], "c": ["a", "b"], "d": ["b", "e"], "e": ["d"]}
FIVE_VALUES = dict(zip("abcde", [1.0, 2.5, 2.0, 7.0, 11.0], strict=True))


@pytest.mark.parametrize("style", ["row", "none", "global", "unit", "variance"])
def test_moments_are_those_of_all_orders_of_the_values(style: str) -> None:
    drawn = [
        moran(dict(zip("abcde", order, strict=True)), FIVE, standardise=style, permutations=0).i
        for order in permutations(FIVE_VALUES.values())
    ]
    found = moran(FIVE_VALUES, FIVE, standardise=style, permutations=9999)
    assert found.expectation == pytest.approx(np.mean(drawn), abs=1e-12)
    assert found.variance_randomisation == pytest.approx(np.var(drawn), rel=1e-10)
    exact = np.mean(np.array(drawn) >= found.i - 1e-9)
    assert found.p_permutation == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 9999))


def test_local_moments_are_those_of_all_orders_of_the_other_values() -> None:
    found = moran(FIVE_VALUES, FIVE, permutations=9999).local.set_index("region_code")
    for region in FIVE:
        others = [other for other in FIVE if other != region]
        drawn = []
        for order in permutations([FIVE_VALUES[other] for other in others]):
            values = {region: FIVE_VALUES[region], **dict(zip(others, order, strict=True))}
            local = moran(values, FIVE, permutations=0).local.set_index("region_code")
            drawn.append(local.loc[region, "local_i"])
        assert found.loc[region, "expectation"] == pytest.approx(np.mean(drawn), abs=1e-12)
        assert found.loc[region, "variance"] == pytest.approx(np.var(drawn), rel=1e-10)
        ours, all_of_them = found.loc[region, "local_i"], np.array(drawn)
        exact = min(np.mean(all_of_them >= ours - 1e-9), np.mean(all_of_them <= ours + 1e-9))
        assert found.loc[region, "p"] == pytest.approx(exact, abs=0.025)


@pytest.mark.parametrize("style", list(ESDA))
def test_equals_esda(style: str) -> None:
    found = moran(LATTICE, lattice(5), standardise=style, permutations=0)
    ours = (found.i, found.variance_randomisation, found.variance_normality, found.p_randomisation)
    assert ours == pytest.approx(ESDA[style], rel=1e-12)
    assert found.expectation == -1 / 24


def test_local_equals_esda() -> None:
    local = moran(LATTICE, lattice(5), permutations=0).local
    np.testing.assert_allclose(local["local_i"], ESDA_LOCAL, rtol=1e-12)
    assert [["", "HH", "LH", "LL", "HL"][q] for q in ESDA_QUADRANT] == local["quadrant"].tolist()


def test_local_p_is_that_of_all_the_sets_of_neighbours_a_region_could_have() -> None:
    """Ties count on both sides. esda 2.9.0 loses those to rounding: 0.0351 for region 18, not 0.0408."""
    near = lattice(5)
    local = moran(LATTICE, near, permutations=99_999).local.set_index("region_code")
    z = LATTICE - LATTICE.mean()
    for region, others in near.items():
        sums = np.array([sum(chosen) for chosen in combinations(z.drop(region), len(others))])
        drawn, ours = z[region] * sums, z[region] * z[others].sum()
        exact = min(np.mean(drawn >= ours - 1e-9), np.mean(drawn <= ours + 1e-9))
        error = np.sqrt(exact * (1 - exact) / 99_999)
        assert local.loc[region, "p"] == pytest.approx(exact, abs=4 * error), region
    np.testing.assert_allclose(local["p_two_sided"], np.minimum(1, 2 * local["p"]))


def test_a_hand_worked_line_of_four() -> None:
    """Deviations -3 -1 1 3 in a row: links 3, 1, -1, ... sum to 2(3 - 1 + 3) = 10 over s0 = 6."""
    line = {"1": ["2"], "2": ["1", "3"], "3": ["2", "4"], "4": ["3"]}
    found = moran({"1": 2, "2": 4, "3": 6, "4": 8}, line, standardise="none", permutations=0)
    assert found.i == pytest.approx(4 / 6 * 10 / 20)
    assert found.local["quadrant"].tolist() == ["LL", "LL", "HH", "HH"]


def test_finds_a_pattern_and_its_opposite() -> None:
    near = lattice(6)
    slope = {code: float(int(code) // 6) for code in near}
    board = {code: float((int(code) // 6 + int(code)) % 2) for code in near}
    alike, unlike = moran(slope, near), moran(board, near)
    assert alike.i > 0.7
    assert alike.p_permutation == 0.001
    assert "more alike" in alike.sentence()
    assert unlike.i == pytest.approx(-1)
    assert unlike.p_permutation == 1
    assert unlike.p_randomisation < 1e-6
    assert "no more alike" in unlike.sentence()


def test_does_not_cry_wolf() -> None:
    near = lattice(6)
    random = np.random.default_rng(7)
    found = [
        moran(dict(zip(near, random.normal(size=36), strict=True)), near, permutations=199)
        for _ in range(300)
    ]
    share = np.mean([f.p_permutation <= 0.05 for f in found])
    assert share == pytest.approx(0.05, abs=0.033)
    both = np.mean([f.local["p_two_sided"].le(0.05).mean() for f in found])
    assert both == pytest.approx(0.05, abs=0.015)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(-50, 50), min_size=9, max_size=9).filter(lambda v: len(set(v)) > 1),
    st.sampled_from([1e-150, 1e-6, 3.0, 1e8, 1e150]),
    st.randoms(use_true_random=False),
)
def test_neither_unit_nor_order_of_rows_matters(values, unit, random) -> None:  # type: ignore[no-untyped-def]
    near = lattice(3)
    codes = list(near)
    one = moran(dict(zip(codes, map(float, values), strict=True)), near, permutations=99)
    rows = list(zip(codes, [v * unit for v in values], strict=True))
    random.shuffle(rows)
    listing = list(near.items())
    random.shuffle(listing)
    two = moran(dict(rows), dict(listing), permutations=99)
    for name in ("i", "variance_randomisation", "p_randomisation", "p_permutation"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.local["local_i"], two.local["local_i"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.local["p"], two.local["p"])
    assert one.local["local_i"].sum() / one.s0 == pytest.approx(one.i, rel=1e-9, abs=1e-12)


def test_an_isolate_adds_nothing_and_has_no_p() -> None:
    values = {**SIX_VALUES, "island": 20.0}
    dropped = moran(values, {**SIX, "island": []})
    kept = moran(values, {**SIX, "island": []}, isolates="keep")
    assert (dropped.n, kept.n) == (6, 7)
    assert dropped.isolates == kept.isolates == ("island",)
    assert dropped.i == pytest.approx(kept.i * 6 / 7)
    assert dropped.expectation == -1 / 5
    assert kept.expectation == -1 / 6
    assert dropped.p_permutation == kept.p_permutation
    row = dropped.local.set_index("region_code").loc["island"]
    assert row["local_i"] == 0
    assert np.isnan(row["p"])
    assert row["n_neighbours"] == 0
    assert "island without neighbours not counted in n" in dropped.sentence()
    assert "counted in n" in kept.sentence()


def test_the_seed_decides_the_draws() -> None:
    one, same, other = (moran(LATTICE, lattice(5), seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.local, same.local)
    assert one.p_permutation == same.p_permutation
    assert one.permutation_mean != other.permutation_mean


def test_draws_in_chunks_are_as_good_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = moran(LATTICE, lattice(5), permutations=4999)
    module = importlib.import_module("models_py.spatial.moran")  # the name is also a function
    monkeypatch.setattr(module, "NUMBERS_A_CHUNK", 1000)
    parts = moran(LATTICE, lattice(5), permutations=4999)
    assert parts.p_permutation == pytest.approx(whole.p_permutation, abs=0.03)
    np.testing.assert_allclose(parts.local["p"], whole.local["p"], atol=0.04)


def test_without_draws_there_is_no_p_of_them() -> None:
    found = moran(LATTICE, lattice(5), permutations=0)
    assert np.isnan(found.p_permutation)
    assert found.local["p"].isna().all()
    assert "normal approximation" in found.sentence()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"permutations": -1}, "-1 permutations cannot be drawn"),
        ({"permutations": 9.5}, "9.5 permutations cannot be drawn"),
        ({"seed": -3}, "seed must be a whole number"),
        ({"isolates": "ignore"}, "not 'ignore'"),
        ({"standardise": "rows"}, "'rows' is no standardisation of weights; choose row"),
    ],
)
def test_a_wrong_call_is_refused(call: dict[str, object], said: str) -> None:
    with pytest.raises(SpatialError, match=said):
        moran(SIX_VALUES, SIX, **call)  # type: ignore[arg-type]


def test_the_table_has_a_row_a_year_and_one_a_region() -> None:
    one = pd.DataFrame({"region_code": list(SIX), "year": 2020, "score": list(SIX_VALUES.values())})
    two = one.assign(year=2021, score=one["score"].to_numpy()[::-1])
    table = autocorrelation(pd.concat([two, one]), "score", SIX)
    assert list(table.columns[:7]) == [
        "variable", "year", "statistic", "region_code", "value", "p", "quadrant",
    ]  # fmt: skip
    assert table.groupby(["year", "statistic"]).size().to_dict() == {
        (2020, "local_moran"): 6, (2020, "moran_i"): 1, (2021, "local_moran"): 6, (2021, "moran_i"): 1,
    }  # fmt: skip
    whole = table[(table["statistic"] == "moran_i") & (table["year"] == 2020)].iloc[0]
    found = moran(SIX_VALUES, SIX)
    assert (whole["value"], whole["p"]) == (found.i, found.p_permutation)
    assert whole["region_code"] is None
    assert whole["quadrant"] is None
    alone = autocorrelation(one, "score", SIX)
    pd.testing.assert_frame_equal(alone, table[table["year"] == 2020].reset_index(drop=True))


def test_the_table_names_the_variable_and_the_year_of_what_is_wrong() -> None:
    frame = pd.DataFrame({"region_code": list(SIX), "year": 2020, "score": 1.0})
    with pytest.raises(SpatialError, match=r"^score, 2020: All 6 values are equal"):
        autocorrelation(frame, "score", SIX)
    with pytest.raises(SpatialError, match="no column innovation"):
        autocorrelation(frame, "innovation", SIX)
    with pytest.raises(SpatialError, match="no rows"):
        autocorrelation(frame.iloc[:0], "score", SIX)
    with pytest.raises(SpatialError, match="6 rows have no year"):
        autocorrelation(frame.assign(year=np.nan), "score", SIX)
