"""Composite indices: by hand, what never changes, every refusal, and an independent program."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models_py.index import Indicator, Scheme, ScoreError, score
from models_py.index.normalisation import constant, normalise, oriented
from models_py.index.scheme import IMPUTATIONS
from models_py.index.weighting import critic_weights, entropy_weights, rank

FRAME = pd.DataFrame(
    {
        "region_code": ["A", "B", "C"],
        "year": 2018,
        "good": [1.0, 2, 3],
        "bad": [10.0, 30, 20],
    }
)
SYSTEM = [Indicator("good", "positive", "output", 0.75), Indicator("bad", "negative", "cost", 0.25)]


def drawn(
    seed: int, n: int = 12, m: int = 5, years: int = 1
) -> tuple[pd.DataFrame, list[Indicator]]:
    rng = np.random.default_rng(seed)
    codes = [f"i{place}" for place in range(m)]
    frame = pd.DataFrame(np.exp(rng.normal(size=(n * years, m))), columns=codes)
    frame["region_code"] = np.tile([f"{at:06d}" for at in range(n)], years)
    frame["year"] = np.repeat(np.arange(2018, 2018 + years), n)
    signs = rng.choice(["positive", "negative"], size=m)
    return frame, [
        Indicator(c, s, f"L{k % 2}", 1 / m)
        for k, (c, s) in enumerate(zip(codes, signs, strict=True))
    ]


def scores(index: Any) -> np.ndarray[Any, Any]:
    return index.scores["score"].to_numpy()


def test_entropy_by_hand() -> None:
    """good: 0, 1/2, 1 and shares 0, 1/3, 2/3; bad reversed: 1, 0, 1/2, the same shares."""
    index = score(FRAME, SYSTEM)
    entropy = (math.log(3) / 3 + 2 / 3 * math.log(1.5)) / math.log(3)
    np.testing.assert_allclose(index.weights["entropy"], entropy, rtol=1e-15)
    np.testing.assert_allclose(index.weights["divergence"], 1 - entropy, rtol=1e-14)
    np.testing.assert_allclose(index.weights["weight"], 0.5, rtol=1e-15)
    np.testing.assert_allclose(scores(index), [0.5, 0.25, 0.75], rtol=1e-15)
    assert list(index.scores["rank"]) == [2, 3, 1]
    assert list(index.scores) == ["scheme", "region_code", "year", "score", "rank"]
    assert set(index.scores["scheme"]) == {"min_max_entropy"}
    columns = "scheme year indicator_code layer direction entropy divergence weight"
    assert list(index.weights) == columns.split()
    assert list(index.weights["direction"]) == ["positive", "negative"]
    np.testing.assert_allclose(index.layer_scores["score"], [0, 0.5, 0.25, 0, 0.5, 0.25])


def test_normalisations_by_hand() -> None:
    raw = np.array([[1.0, 10], [2, 30], [3, 20]])
    negative = np.array([False, True])
    expected = {
        "min_max": [[0, 1], [0.5, 0], [1, 0.5]],
        "z_score_shifted": [[-1, 1], [0, -1], [1, 0]],
        "ratio_to_mean": [[0.5, 1.5], [1, 0.5], [1.5, 1]],
        "rank": [[1 / 3, 1], [2 / 3, 1 / 3], [1, 2 / 3]],
    }
    upward = oriented(raw, negative)
    for rule, values in expected.items():
        found = normalise(upward, negative, rule, constant(upward))
        np.testing.assert_allclose(found, values, atol=1e-15, err_msg=rule)
    index = score(FRAME, SYSTEM, normalisation="z_score_shifted", weighting="equal")
    assert index.shifts == {2018: pytest.approx(1.01)}
    np.testing.assert_allclose(scores(index), [1.01, 0.51, 1.51])


def test_base_year_keeps_its_ends() -> None:
    later = FRAME.assign(year=2019, good=[1.0, 3, 5], bad=[10.0, 20, 25])
    both = pd.concat([later, FRAME])
    index = score(both, SYSTEM, normalisation="min_max_base", weighting="equal")
    np.testing.assert_allclose(scores(index)[:3], [0.5, 0.25, 0.75])
    # 2019: good 0, 1, 2 (above one), bad reversed 1, 1/2, 1/4.
    np.testing.assert_allclose(scores(index)[3:], [0.5, 0.75, 1.125])
    named = score(both, SYSTEM, normalisation="min_max_base", weighting="equal", base_year=2018)
    np.testing.assert_array_equal(scores(named), scores(index))
    assert "2018" in named.scheme.name
    with pytest.raises(ScoreError, match="base year 2017"):
        score(both, SYSTEM, normalisation="min_max_base", weighting="equal", base_year=2017)


def test_given_and_geometric_by_hand() -> None:
    index = score(
        FRAME, SYSTEM, normalisation="ratio_to_mean", weighting="given", aggregation="geometric"
    )
    np.testing.assert_allclose(
        scores(index), [0.5**0.75 * 1.5**0.25, 0.5**0.25, 1.5**0.75], rtol=1e-14
    )
    product = index.layer_scores.groupby("region_code")["score"].prod()
    np.testing.assert_allclose(product, scores(index), rtol=1e-14)
    raised = score(FRAME, SYSTEM, weighting="equal", aggregation="geometric", floor=0.04)
    np.testing.assert_allclose(scores(raised), [0.2, math.sqrt(0.02), math.sqrt(0.5)], rtol=1e-14)


def test_critic_by_hand() -> None:
    """Three indicators on 0, 1/2, 1; r(1,2) = 1/2, r(1,3) = -1/2, r(2,3) = 1/2."""
    values = np.array([[0, 0.5, 1], [0.5, 0, 0], [1, 1, 0.5]])
    found = critic_weights(values).weight
    np.testing.assert_allclose(found, np.array([2, 1, 2]) / 5, rtol=1e-13)


def test_ties_share_the_better_rank() -> None:
    np.testing.assert_array_equal(rank(np.array([0.3, 0.1 + 0.2, 0.9, 0.1])), [2, 2, 1, 4])
    np.testing.assert_array_equal(rank(np.array([[0.0, 0], [1e-3, 2e-3]])), [[1, 1], [2, 1]])


SCHEMES = [
    {"normalisation": n, "weighting": w}
    for n in ("min_max", "z_score_shifted", "ratio_to_mean", "rank")
    for w in ("entropy", "equal", "critic", "given")
    if (n, w) != ("rank", "entropy")
]


@pytest.mark.parametrize("choices", SCHEMES, ids=lambda c: "-".join(c.values()))
def test_order_units_and_strangers_change_nothing(choices: dict[str, str]) -> None:
    for seed in range(8):
        frame, system = drawn(seed)
        usual = score(frame, system, **choices)
        assert usual.weights["weight"].sum() == pytest.approx(1, abs=1e-12)
        assert (usual.weights["weight"] >= 0).all()
        layers = usual.layer_scores.groupby("region_code", sort=False)["score"].sum()
        np.testing.assert_allclose(layers, scores(usual), rtol=1e-12)
        mixed = frame.sample(frac=1, random_state=seed)
        turned = score(mixed, system[::-1], **choices).scores.set_index("region_code")
        np.testing.assert_allclose(
            turned.loc[frame["region_code"], "score"], scores(usual), rtol=1e-10
        )
        scaled = frame.assign(i1=frame["i1"] * 1e4)
        np.testing.assert_allclose(
            scores(score(scaled, system, **choices)), scores(usual), rtol=1e-9
        )


def test_years_do_not_meet_unless_pooled() -> None:
    frame, system = drawn(3, years=3)
    alone = score(frame[frame["year"] == 2019], system)
    among = score(frame, system)
    own = among.scores["year"] == 2019
    np.testing.assert_array_equal(among.scores.loc[own, "score"], alone.scores["score"])
    pooled = score(frame, system, pool="all")
    assert pooled.scheme.name == "min_max_entropy_pooled"
    assert abs(pooled.scores.loc[own, "score"] - alone.scores["score"].to_numpy()).max() > 1e-4
    # One vector for all years, and ranks within each of them.
    assert (pooled.weights.groupby("indicator_code")["weight"].nunique() == 1).all()
    assert (pooled.scores.groupby("year")["rank"].max() == 12).all()


def test_min_max_scores_stay_between_zero_and_one() -> None:
    for seed in range(20):
        frame, system = drawn(seed, n=7)
        for weighting in ("entropy", "equal", "critic"):
            found = scores(score(frame, system, weighting=weighting))
            assert found.min() >= 0 and found.max() <= 1 + 1e-12


def test_a_constant_filled_with_its_mean_gets_no_weight() -> None:
    """The mean of three 0.1 is 0.10000000000000002, which min-max would make 1 and the rest 0."""
    frame, system = drawn(1, n=4)
    frame["still"] = [0.1, 0.1, 0.1, np.nan]
    index = score(frame, [*system, Indicator("still", "positive")], imputation="mean_of_year")
    assert index.weights.set_index("indicator_code").loc["still", "weight"] == 0
    np.testing.assert_allclose(scores(index), scores(score(frame, system)), rtol=1e-14)
    assert any("still" in line and "weight 0" in line for line in index.warnings)


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_all_zero_and_all_equal_are_told(value: float) -> None:
    frame = FRAME.assign(flat=value)
    for weighting, words in (
        ("entropy", "weight 0"),
        ("critic", "weight 0"),
        ("equal", "equal share"),
    ):
        index = score(frame, [*SYSTEM, Indicator("flat", "positive")], weighting=weighting)
        (line,) = index.warnings
        assert "Indicator flat" in line and "2018" in line and words in line
        assert f"min_max_{weighting}" in line
    assert not score(FRAME, SYSTEM).warnings


def refused(frame: pd.DataFrame, system: Any = SYSTEM, **choices: Any) -> ScoreError:
    with warnings.catch_warnings(), pytest.raises(ScoreError) as caught:
        warnings.simplefilter("error")
        score(frame, system, **choices)
    return caught.value


def test_every_refusal_names_indicator_year_and_rule() -> None:
    hole = FRAME.assign(good=[1.0, np.nan, 3])
    flat = FRAME.assign(good=1.0, bad=2.0)
    below = FRAME.assign(good=[-1.0, 2, 3])
    cases: list[tuple[pd.DataFrame, Any, dict[str, Any], list[str]]] = [
        (hole, SYSTEM, {}, ["good", "B", "2018", "min_max_entropy", "mean_of_year"]),
        (
            pd.concat([FRAME, FRAME[:1]]),
            SYSTEM,
            {},
            ["good", "A in 2018", "twice", "min_max_entropy"],
        ),
        (flat, SYSTEM, {}, ["good, bad", "2018", "same in every region", "entropy weights"]),
        (FRAME[:1], SYSTEM, {}, ["good", "2018", "one region only", "min_max_entropy"]),
        (
            FRAME.assign(bad=[1, np.inf, 2]),
            SYSTEM,
            {},
            ["bad", "B in 2018", "infinite", "min_max_entropy"],
        ),
        (
            FRAME.assign(bad=["1", "n/a", "2"]),
            SYSTEM,
            {},
            ["bad", '"n/a"', "B in 2018", "no number"],
        ),
        (FRAME.assign(bad=[True, False, True]), SYSTEM, {}, ["bad", "True", "2018", "no number"]),
        (
            below,
            {"good": 1},
            {"normalisation": "none"},
            ["good", "2018", "none_entropy", "not negative"],
        ),
        (
            below,
            SYSTEM,
            {"normalisation": "ratio_to_mean"},
            ["good", "2018", "divides by the mean"],
        ),
        (FRAME, SYSTEM, {"normalisation": "none"}, ["bad", "2018", "cannot reverse"]),
        (FRAME, SYSTEM, {"aggregation": "geometric"}, ["good", "bad", "2018", "floor"]),
        (
            FRAME,
            SYSTEM,
            {"normalisation": "z_score_shifted", "shift": 0.5},
            ["good", "2018", "below zero", "shift_0.5"],
        ),
        (FRAME, {"good": 1}, {"weighting": "critic"}, ["good", "2018", "critic", "move together"]),
        (FRAME.assign(good=[1e308, -1e308, 0]), SYSTEM, {}, ["good", "2018", "too large"]),
    ]
    for frame, system, choices, words in cases:
        error = refused(frame, system, **choices)
        for word in words:
            assert word in str(error), (word, str(error))
        assert str(error).endswith(".") and "\n" not in str(error)
        assert list(error.years) == [2018] and error.indicators and error.scheme


def test_directions_weights_and_choices_are_refused() -> None:
    for direction in (None, "", "upwards", float("nan"), 0):
        error = refused(FRAME, [Indicator("good", direction), SYSTEM[1]])
        assert "direction of indicator good" in str(error) and error.indicators == ("good",)
    for direction in ("正向", 1, 1.0, "Positive ", "+"):
        assert not Indicator("good", direction).negative
    assert Indicator("bad", "负向").negative
    for weights in ((0.75, 0.2), (0.75, None), (1.5, -0.5), (0.5, "half"), (math.nan, 1)):
        system = [
            Indicator(one.code, one.direction, "x", w)
            for one, w in zip(SYSTEM, weights, strict=True)
        ]
        error = refused(FRAME, system, weighting="given")
        assert "good" in str(error) or "bad" in str(error)
        assert "given weights" in str(error) and "year" in str(error)
    assert "0.95" in str(
        refused(FRAME, [SYSTEM[0], Indicator("bad", -1, "x", 0.2)], weighting="given")
    )
    assert "entropic" in str(refused(FRAME, weighting="entropic"))
    assert "floor" in str(refused(FRAME, floor=0.1))
    assert "base_year" in str(refused(FRAME, base_year=2018))
    assert "CRITIC" in str(refused(FRAME, weighting="critic", imputation="available_case"))
    assert "empty" in str(refused(FRAME, []))
    assert "twice" in str(refused(FRAME, [SYSTEM[0], SYSTEM[0]]))
    assert "no columns other" in str(refused(FRAME, {"other": 1}))
    assert "no row" in str(refused(FRAME[:0]))
    assert "no year" in str(refused(FRAME.assign(year=[2018, None, 2018])))
    assert "no region" in str(refused(FRAME.assign(region_code=["A", None, "C"])))
    assert "no value at all in 2018" in str(
        refused(FRAME.assign(good=np.nan), imputation="mean_of_year")
    )
    assert "none is left" in str(refused(FRAME.assign(good=np.nan), imputation="drop_region"))


def test_a_base_year_without_spread_is_refused() -> None:
    both = pd.concat([FRAME.assign(good=1.0), FRAME.assign(year=2019)])
    error = refused(both, normalisation="min_max_base", weighting="equal")
    assert "good" in str(error) and "2019" in str(error) and "base year" in str(error)


def test_an_absent_city_is_told() -> None:
    frame, system = drawn(2, years=2)
    index = score(frame[1:], system)
    assert any("1 of 12 regions have no row in 2018" in line for line in index.warnings)


def test_imputations_are_named_in_the_scheme() -> None:
    hole = pd.concat(
        [FRAME.assign(good=[1.0, np.nan, 3]), FRAME.assign(region_code=["D", "E", "F"])]
    )
    for imputation in set(IMPUTATIONS) - {"none"}:
        index = score(hole, SYSTEM, imputation=imputation)
        assert imputation in index.scheme.name
        assert any("good for B in 2018" in line for line in index.warnings)
        assert ("B" in set(index.scores["region_code"])) == (imputation != "drop_region")
        assert score(FRAME, SYSTEM, imputation=imputation).warnings == ()


def test_hostile_names_are_cut() -> None:
    long = "x" * 5_000 + "\n[bold]"
    error = refused(FRAME.rename(columns={"good": long}).assign(bad=np.nan), {long: 1, "bad": 1})
    assert len(str(error)) < 600


def test_equals_scikit_criteria() -> None:
    """scikit-criteria 0.10: min-max, entropy or CRITIC weights, weighted sum."""
    pytest.importorskip("skcriteria")
    from skcriteria import mkdm
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.pipelines import mkpipe
    from skcriteria.preprocessing import invert_objectives, scalers, weighters

    for seed in range(10):
        frame, system = drawn(seed, n=9, m=6)
        codes = [indicator.code for indicator in system]
        senses = [min if indicator.negative else max for indicator in system]
        matrix = mkdm(frame[codes].to_numpy(), senses)
        for weighting, weigher in (
            ("entropy", weighters.EntropyWeighter()),
            ("critic", weighters.CRITIC()),
            ("equal", weighters.EqualWeighter()),
        ):
            pipe = mkpipe(
                invert_objectives.NegateMinimize(),
                scalers.MinMaxScaler(target="matrix"),
                weigher,
                WeightedSumModel(),
            )
            theirs = pipe.evaluate(matrix)
            ours = score(frame, system, weighting=weighting)
            np.testing.assert_allclose(scores(ours), theirs.e_.score, rtol=1e-12)
            np.testing.assert_array_equal(ours.scores["rank"], theirs.rank_)


def test_equals_pymcdm() -> None:
    """pymcdm 1.4.0, on ratios to the mean: it sets the entropy of a column with a zero to 0."""
    pytest.importorskip("pymcdm")
    from pymcdm import weights

    frame, system = drawn(5)
    system = [Indicator(one.code, "positive") for one in system]
    ours = score(frame, system, normalisation="ratio_to_mean")
    values = frame[[one.code for one in system]].to_numpy()
    np.testing.assert_allclose(ours.weights["weight"], weights.entropy_weights(values), rtol=1e-12)
    np.testing.assert_allclose(entropy_weights(values).weight, ours.weights["weight"], rtol=1e-12)


def test_names_say_what_is_not_the_default() -> None:
    named = Scheme("z_score_shifted", "entropy", "geometric", "all", shift=3.0, floor=0.01)
    assert named.name == "z_score_shifted_entropy_geometric_pooled_shift_3_floor_0.01"
    assert Scheme(label="长三角").name == "长三角"
