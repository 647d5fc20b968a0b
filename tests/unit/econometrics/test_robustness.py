"""Each check changes the one thing it says; a curve keeps its choices; bad models do not stop it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models_py import panel, robustness
from models_py.panel import PanelError

BASE = robustness.Model("y", "x", ("z",), "region", "year")


def test_checks_equal_direct_fits(frame) -> None:
    lagged = robustness.lagged_treatment(frame, BASE, [1]).iloc[0]
    wide = robustness.with_lag(frame, "x", "region", "year")
    direct = panel.fit(wide, "y", ["L1.x", "z"], "region", "year").row("L1.x")
    assert lagged["estimate"] == pytest.approx(direct["estimate"], rel=1e-9)
    assert lagged["std_error"] == pytest.approx(direct["std_error"], rel=1e-9)
    assert lagged["n_obs"] == 48
    assert "12 of 60 rows" in lagged["note"]
    other = robustness.alternative_outcomes(frame, BASE, ["m"]).iloc[0]
    direct = panel.fit(frame, "m", ["x", "z"], "region", "year").row("x")
    assert other["p"] == pytest.approx(direct["p"], rel=1e-6)
    ruled = robustness.counting_rules(frame, BASE, {"mediator": "m"}).iloc[0]
    assert (ruled["term"], ruled["choice"]) == ("m", "mediator")


def test_leave_one_out_names_everyone(frame) -> None:
    table = robustness.leave_one_out(frame, BASE)
    assert table["choice"].tolist() == sorted(frame["region"].unique())
    assert (table["n_obs"] == 55).all()
    assert not table["sign_flips"].any()


def test_groups_and_misspelt_groups(frame) -> None:
    groups = {"municipalities": ["R000", "R001"], "misspelt": ["Beijing"]}
    table = robustness.without_groups(frame, BASE, groups).set_index("choice")
    assert table.loc["municipalities", "n_obs"] == 50
    assert pd.isna(table.loc["misspelt", "estimate"])
    assert "No row has region Beijing" in table.loc["misspelt", "note"]


def test_winsorising_pulls_in_tails() -> None:
    frame = pd.DataFrame({"v": np.arange(101.0), "w": 1.0})
    pulled = robustness.winsorised(frame, ["v"], 0.05)
    assert (pulled["v"].min(), pulled["v"].max()) == (5, 95)
    assert pulled["w"].equals(frame["w"])
    assert robustness.winsorised(frame, ["v"], 0).equals(frame)
    for share in (-0.1, 0.5, 1):
        with pytest.raises(PanelError, match=r"from 0 to below 0\.5"):
            robustness.winsorised(frame, ["v"], share)


def test_curve_keeps_choices_and_survives_bad_ones(frame) -> None:
    choices = {
        "outcome": ["y", "m", "nothing"],
        "controls": {"none": [], "z": ["z"]},
        "lag": [0, 1],
        "winsorise": [0.0, 0.05],
        "effects": ["two_way", "entity"],
    }
    curve = robustness.specification_curve(frame, BASE, choices)
    assert len(curve) == 48
    assert curve["specification_id"].is_unique
    assert json.loads(curve["choices"].iloc[0]).keys() == choices.keys()
    failed = curve[curve["estimate"].isna()]
    assert len(failed) == 16
    assert failed["note"].str.contains("no column nothing").all()
    assert curve["estimate"].dropna().is_monotonic_increasing
    wanted = {"outcome": "m", "controls": "z", "lag": "0", "winsorise": "0.05", "effects": "entity"}
    row = curve[[json.loads(text) == wanted for text in curve["choices"]]].iloc[0]
    direct = replace(BASE, outcome="m", winsorise=0.05, time_effects=False).fit(frame).row("x")
    assert row["estimate"] == direct["estimate"]
    summary = robustness.curve_summary(curve)
    assert (summary["n"], summary["n_failed"]) == (32, 16)


def test_identifiers_stay_when_options_are_added(frame) -> None:
    one = robustness.specifications(BASE, {"lag": [0, 1]})
    two = robustness.specifications(BASE, {"lag": [0, 1, 2]})
    assert {spec.specification_id for spec in one} < {spec.specification_id for spec in two}


def test_curve_refusals() -> None:
    for choices, words in (
        ({"colour": ["red"]}, "no choice colour"),
        ({"lag": []}, "no option"),
        ({"outcome": "y"}, "is the text"),
        ({"effects": ["three_way"]}, "two_way, entity, time, none"),
        ({"lag": range(400), "winsorise": range(400)}, "160,000 specifications"),
    ):
        with pytest.raises(PanelError, match=words):
            robustness.specifications(BASE, choices)


def test_curve_test_tells_an_effect_from_noise(make) -> None:
    choices = {"controls": {"none": [], "z": ["z"]}, "effects": ["two_way", "entity"]}
    strong = robustness.curve_test(make(), BASE, choices, n_permutations=19)
    assert strong["p_median"] == 1 / 20
    noise = make().assign(y=np.random.default_rng(5).normal(size=60))
    assert robustness.curve_test(noise, BASE, choices, n_permutations=19)["p_median"] > 0.05


def test_count_engines_agree(make) -> None:
    for effects in ((True, True), (True, False), (False, True), (False, False)):
        options = {"entity_effects": effects[0], "time_effects": effects[1]}
        both = [
            robustness.ppml(
                make(missing=0.1), "count", ["x", "z"], "region", "year", engine=engine, **options
            )
            for engine in ("statsmodels", "absorb")
        ]
        numbers = [fit.coefficients.drop(columns="term").to_numpy() for fit in both]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-6, abs=1e-9)
        assert both[0].statistics["log_likelihood"] == pytest.approx(
            both[1].statistics["log_likelihood"], rel=1e-10
        )


def test_counts_do_not_depend_on_their_unit(frame) -> None:
    one = robustness.ppml(frame, "count", ["x"], "region", "year")
    two = robustness.ppml(
        frame.assign(count=frame["count"] * 1e3), "count", ["x"], "region", "year"
    )
    assert two.coefficients["estimate"].to_numpy() == pytest.approx(
        one.coefficients["estimate"].to_numpy(), rel=1e-8
    )
    assert two.coefficients["std_error"].to_numpy() == pytest.approx(
        one.coefficients["std_error"].to_numpy(), rel=1e-8
    )


def test_groups_of_zeros_are_left_out_and_named(frame) -> None:
    frame.loc[frame["region"] == "R002", "count"] = 0
    found = robustness.ppml(frame, "count", ["x"], "region", "year")
    rest = robustness.ppml(frame[frame["region"] != "R002"], "count", ["x"], "region", "year")
    assert found.statistics["n_separated"] == 5
    assert "region R002" in " ".join(found.warnings)
    assert found.coefficients.equals(rest.coefficients)


def test_count_refusals(frame) -> None:
    with pytest.raises(PanelError, match="y is below zero"):
        robustness.ppml(frame, "y", ["x"], "region", "year")
    with pytest.raises(PanelError, match="ppmlhdfe, fixest, none"):
        robustness.ppml(frame, "count", ["x"], "region", "year", convention="areg")


def test_zero_policies(frame) -> None:
    table = robustness.zero_policies(frame, BASE, "count")
    assert table["choice"].tolist() == ["log, zeros left out", "log(1+y)", "asinh", "any", "ppml"]
    zeros = int((frame["count"] == 0).sum())
    assert zeros > 0
    assert table["n_obs"].iloc[0] == 60 - zeros
    either = robustness.without_zeros(frame.assign(x=frame["x"].clip(lower=0)), BASE)
    assert either["choice"].tolist() == ["above zero", "any"]
    assert either["n_obs"].iloc[0] < 60
