"""The index lab: its draws equal one score a draw, and what is planted is found and no more."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models_py.index import Indicator, Scheme, ScoreError, score
from models_py.index import lab as lab_module
from models_py.index.editions import STEPS, Edition, rank_change
from models_py.index.influence import one_at_a_time, sobol
from models_py.index.lab import draw_ranks, sensitivity
from models_py.index.table import read

SCHEMES = [
    Scheme(),
    Scheme(weighting="equal"),
    Scheme(weighting="critic"),
    Scheme("z_score_shifted", "entropy"),
    Scheme("rank", "equal", "geometric"),
    Scheme("ratio_to_mean", "given"),
    Scheme(pool="all"),
    Scheme("min_max_base", "equal", base_year=2018),
    Scheme(aggregation="geometric", floor=0.01),
]


def drawn(
    seed: int = 0, n: int = 10, m: int = 5, years: int = 1
) -> tuple[pd.DataFrame, list[Indicator]]:
    rng = np.random.default_rng(seed)
    codes = [f"i{place}" for place in range(m)]
    frame = pd.DataFrame(np.exp(rng.normal(size=(n * years, m))), columns=codes)
    frame["region_code"] = np.tile([f"{at:06d}" for at in range(n)], years)
    frame["year"] = np.repeat(np.arange(2018, 2018 + years), n)
    system = [
        Indicator(code, "negative" if place == 1 else "positive", "all", 1 / m)
        for place, code in enumerate(codes)
    ]
    return frame, system


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_draws_equal_one_score_each(scheme: Scheme) -> None:
    frame, system = drawn(1, years=2)
    codes = [one.code for one in system]
    table = read(frame, system, scheme, "region_code", "year")
    rng = np.random.default_rng(0)
    values = table.values * np.exp(0.1 * rng.normal(size=(6, *table.values.shape)))
    kept = rng.random((6, 5)) < 0.7
    kept[:, :2] = True
    given = np.array([one.weight for one in system])
    found = draw_ranks(table, scheme, values, kept, given if scheme.weighting == "given" else None)
    for draw in range(6):
        stays = [one for one, stay in zip(system, kept[draw], strict=True) if stay]
        shared = [Indicator(s.code, s.direction, s.layer, 1 / len(stays)) for s in stays]
        choices = {k: v for k, v in vars(scheme).items() if k != "label"}
        alone = score(
            frame.assign(**dict(zip(codes, values[draw].T, strict=True))), shared, **choices
        )
        np.testing.assert_array_equal(found[draw], alone.scores["rank"])


def test_nothing_uncertain_gives_the_rank_itself() -> None:
    frame, system = drawn(years=2)
    found = sensitivity(frame, system, [Scheme()], draws=20, removed=0, noise=0)
    own = score(frame, system).scores["rank"]
    columns = ["region_code", "year", "rank_mean", "rank_p05", "rank_p95", "n_draws"]
    assert list(found.ranks) == columns
    for name in columns[2:5]:
        np.testing.assert_array_equal(found.ranks[name], own)
    assert set(found.ranks["n_draws"]) == {20}


def test_two_schemes_mix_their_ranks() -> None:
    frame, system = drawn(3)
    pair = [Scheme(), Scheme(weighting="critic")]
    found = sensitivity(frame, system, pair, draws=4_000, removed=0, noise=0)
    share = found.schemes["n_draws"] / 4_000
    ranks = [score(frame, system, weighting=one.weighting).scores["rank"] for one in pair]
    np.testing.assert_allclose(found.ranks["rank_mean"], share[0] * ranks[0] + share[1] * ranks[1])
    assert share.between(0.45, 0.55).all()
    assert found.schemes["mean_shift"].tolist() == [0, (ranks[1] - ranks[0]).abs().mean()]


def test_a_seed_repeats_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, system = drawn(4)
    first = sensitivity(frame, system, SCHEMES[:5], draws=300, removed=2, seed=3).ranks
    monkeypatch.setattr(lab_module, "CHUNK", 700)
    second = sensitivity(frame, system, SCHEMES[:5], draws=300, removed=2, seed=3).ranks
    pd.testing.assert_frame_equal(first, second)
    other = sensitivity(frame, system, SCHEMES[:5], draws=300, removed=2, seed=4).ranks
    assert (first["rank_mean"] != other["rank_mean"]).any()


def test_more_noise_more_width_and_the_clear_winner_stays() -> None:
    frame, system = drawn(5)
    best = frame.index == 0
    for one in system:
        ends = frame[one.code].agg(["min", "max"])
        frame.loc[best, one.code] = ends["min"] / 9 if one.negative else ends["max"] * 9
    widths = []
    for noise in (0.01, 0.1, 0.4):
        ranks = sensitivity(frame, system, [Scheme()], draws=500, noise=noise).ranks
        widths.append((ranks["rank_p95"] - ranks["rank_p05"]).mean())
        assert (ranks["rank_p05"] <= ranks["rank_mean"]).all()
        assert (ranks["rank_mean"] <= ranks["rank_p95"]).all()
        # Ranks of a draw without ties add to n (n + 1) / 2.
        assert ranks["rank_mean"].sum() == pytest.approx(55, abs=0.1)
    assert widths == sorted(widths)
    assert ranks.loc[0, ["rank_mean", "rank_p95"]].tolist() == [1, 1]


def test_noise_gives_a_constant_no_weight() -> None:
    """With an error of its own a constant indicator would take as much weight as any other."""
    frame, system = drawn(6)
    without = sensitivity(frame, system, [Scheme()], draws=50, removed=0, noise=0.2)
    more = [*system, Indicator("flat", "positive")]
    found = sensitivity(frame.assign(flat=3.0), more, [Scheme()], draws=50, removed=0, noise=0.2)
    assert (found.ranks["rank_mean"] - without.ranks["rank_mean"]).abs().max() < 1.5
    table = read(frame.assign(flat=3.0), more, Scheme(), "region_code", "year")
    values = lab_module._noisy(table, Scheme(), 8, 0.2, np.random.default_rng(0))
    assert (values[..., -1] == 3).all() and (values[..., 0].std(axis=0) > 0).all()
    assert any("flat" in line for line in found.warnings)


def test_refused_never_passed_over() -> None:
    frame, system = drawn(7, years=2)
    base = Scheme("min_max_base", "entropy")
    frame.loc[frame["year"] == 2019, "i0"] = frame["i0"].max() * 2
    calls = [
        ([], {}, "needs schemes"),
        ([Scheme(), Scheme()], {}, "each once"),
        ([Scheme(), Scheme(weighting="equal", imputation="drop_region")], {}, "same imputation"),
        ([Scheme(), Scheme(aggregation="geometric")], {}, "floor"),
        ([Scheme()], {"removed": 5}, "cannot be left out"),
        ([Scheme(weighting="critic")], {"removed": 4}, "need 2 that stay"),
        ([Scheme()], {"noise": 1}, "noise 1"),
        ([Scheme()], {"draws": 0}, "at least 1"),
        ([Scheme()], {"draws": 10**9}, "memory"),
        ([base], {}, "2019"),
    ]
    for schemes, options, words in calls:
        with pytest.raises(ScoreError, match=words):
            sensitivity(frame, system, schemes, **options)


def test_a_draw_that_cannot_be_scored_is_told() -> None:
    """One indicator has all the given weight: what leaves it out has no index."""
    frame, _ = drawn(8)
    system = [Indicator("i0", 1, "all", 1.0), Indicator("i2", 1, "all", 0.0)]
    with pytest.raises(ScoreError, match=r"cannot be applied to .* draws in 2018.*left out: i0"):
        sensitivity(frame, system, [Scheme(weighting="given")], draws=50)


def test_leaving_one_out_equals_the_index_without_it() -> None:
    frame, system = drawn(9, years=2)
    found = one_at_a_time(frame, system, Scheme())
    whole = score(frame, system).scores
    for row in found.itertuples():
        without = score(frame, [one for one in system if one.code != row.indicator_code]).scores
        mine = whole["year"] == row.year
        shift = without.loc[mine, "rank"] - whole.loc[mine, "rank"]
        assert row.mean_shift == pytest.approx(shift.abs().mean())
        assert row.max_shift == shift.abs().max() == abs(row.most_moved_by)
        assert shift[whole.loc[mine, "region_code"] == row.most_moved].tolist() == [
            row.most_moved_by
        ]
    assert len(found) == 10
    with pytest.raises(ScoreError, match="only indicator"):
        one_at_a_time(frame, system[:1], Scheme())


def test_sobol_shares_of_a_score_are_those_of_its_weights() -> None:
    """An indicator nobody differs on moves nothing; a region's only strength moves most."""
    pytest.importorskip("SALib")
    frame, system = drawn(10, n=12, m=4)
    frame.loc[0, ["i0", "i1", "i2", "i3"]] = [99.0, 99.0, 0.001, 0.001]
    frame["flat"] = 1.0
    more = [*system, Indicator("flat", "positive")]
    found = sobol(frame, more, Scheme(), of="000000", base=512).set_index("indicator_code")
    assert found["first_order"].idxmax() == "i0"
    assert abs(found.loc["flat", "total_order"]) < 1e-9
    # Nearly additive in the weights, so the shares nearly add to one.
    assert found["first_order"].sum() == pytest.approx(1, abs=0.06)
    ranks = sobol(frame, more, Scheme(), base=256)
    again = sobol(frame, more, Scheme(), base=256)  # SALib forgets a seed of 0
    pd.testing.assert_frame_equal(ranks, again)
    assert (ranks["total_order"] > -0.01).all()
    for options, words in (
        ({"of": "999999"}, "no region"),
        ({"base": 100}, "power of two"),
        ({"spread": 0}, "spread"),
    ):
        with pytest.raises(ScoreError, match=words):
            sobol(frame, more, Scheme(), **options)
    clear = pd.DataFrame({"region_code": ["a", "b"], "year": 2018, "x": [1.0, 2], "y": [1.0, 3]})
    with pytest.raises(ScoreError, match="no variance"):
        sobol(clear, {"x": 1, "y": 1}, Scheme(), base=64)


def test_each_step_between_editions_is_found_alone() -> None:
    frame, system = drawn(11, n=14)
    old = Edition(frame, system, Scheme(weighting="given"), 2018)
    other = [
        Indicator(s.code, s.direction, s.layer, w)
        for s, w in zip(system, [0.6, 0.1, 0.1, 0.1, 0.1], strict=True)
    ]
    revised = frame.assign(i0=frame["i0"].to_numpy()[::-1])
    wider = pd.concat([frame, frame[:3].assign(region_code=["x", "y", "z"], i2=9.0)])
    cases = {
        "data_revision": Edition(revised, system, old.scheme, 2018),
        "new_data": Edition(wider, system, old.scheme, 2018),
        "weight_change": Edition(frame, other, old.scheme, 2018),
        "scheme_change": Edition(frame, system, Scheme("rank", "given"), 2018),
    }
    for step, new in cases.items():
        found = rank_change(old, new).changes
        assert found["change"].abs().sum() > 0, step
        np.testing.assert_allclose(found[step], found["change"])
        assert not found[[one for one in STEPS if one != step]].to_numpy().any()
    assert not rank_change(old, old).changes["change"].any()


def test_all_steps_add_to_the_change_in_both_orders() -> None:
    for seed in range(6):
        frame, system = drawn(seed, n=14, years=2)
        rng = np.random.default_rng(seed)
        early = frame[frame["year"] == 2018]
        later = frame.assign(
            i0=frame["i0"] * np.exp(0.3 * rng.normal(size=len(frame))), i9=rng.random(len(frame))
        )
        later = later[~((later["region_code"] == "000003") & (later["year"] == 2019))]
        more = [*system[1:], Indicator("i0", "positive"), Indicator("i9", "positive")]
        old = Edition(early.assign(year="2018"), system, Scheme(), 2018)
        new = Edition(later, more, Scheme("z_score_shifted", "critic", pool="all"), 2019)
        found = rank_change(old, new)
        changes = found.changes
        np.testing.assert_allclose(changes[list(STEPS)].sum(axis=1), changes["change"], atol=1e-12)
        stated, reverse, average = (
            changes[changes["order"] == name].reset_index(drop=True)[list(STEPS)]
            for name in ("stated", "reverse", "average")
        )
        pd.testing.assert_frame_equal((stated + reverse) / 2, average)
        before = score(early, system).scores.set_index("region_code")["rank"]
        after = score(
            later, more, normalisation="z_score_shifted", weighting="critic", pool="all"
        ).scores
        after = after[after["year"] == 2019].set_index("region_code")["rank"]
        mine = changes[changes["order"] == "stated"].set_index("region_code")
        assert len(mine) == 13
        np.testing.assert_array_equal(mine["rank_old"], before[mine.index])
        np.testing.assert_array_equal(mine["rank_new"], after[mine.index])
        assert any("i9" in line for line in found.warnings)
        assert any("000003" in line for line in found.warnings)
        turned = rank_change(old, new, order=STEPS[::-1]).changes
        again = turned[turned["order"] == "reverse"].reset_index(drop=True)[list(STEPS)]
        pd.testing.assert_frame_equal(again, stated)


def test_editions_are_refused() -> None:
    frame, system = drawn(12)
    old = Edition(frame, system, Scheme(), 2018)
    with pytest.raises(ScoreError, match="ranks 2020"):
        rank_change(old, Edition(frame, system, Scheme(), 2020))
    with pytest.raises(ScoreError, match="each of"):
        rank_change(old, old, order=["new_data"])
    with pytest.raises(ScoreError, match="no region in common"):
        rank_change(
            old,
            Edition(frame.assign(region_code="z" + frame["region_code"]), system, Scheme(), 2018),
        )
    with pytest.raises(ScoreError, match="no indicator in common"):
        rank_change(
            Edition(frame, system[:2], Scheme(), 2018), Edition(frame, system[2:], Scheme(), 2018)
        )
