"""Everything that a study declares, fitted: the numbers are those of direct calls, and one bad
part costs its own rows only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models_py import inference, robustness
from models_py.descriptives import tables as moments
from models_py.mediation import mediate
from models_py.moderation import moderate
from models_py.panel.estimate import fit
from models_py.robustness import Model
from models_py.robustness.counts import ppml
from models_py.study import (
    Descriptives,
    Family,
    Inference,
    Mediated,
    Models,
    Moderated,
    Regression,
    Robustness,
    SpecificationCurve,
)
from models_py.study.declared import SECTIONS
from models_py.study.fitting import Note, Results, fit_models

KEYS = ("region_code", "year")
BEIJING, TIANJIN = "110000", "120000"


def panel(n_regions: int = 31, n_years: int = 5, seed: int = 1) -> pd.DataFrame:
    """alt and y move with x, m and z; w moderates nothing."""
    draw = np.random.default_rng(seed)
    region = np.repeat(np.arange(n_regions), n_years)
    own = draw.normal(size=n_regions)[region]
    size = len(region)
    x = draw.poisson(np.exp(0.5 * own + 1)).astype("float64")
    z = draw.normal(size=size) + own
    m = 0.6 * x + own + draw.normal(size=size)
    y = 0.5 * x + 0.8 * m + 0.3 * z + own + draw.normal(size=size)
    return pd.DataFrame(
        {
            "region_code": [f"{11 + code}0000" for code in region],
            "region_name": [f"省{code}" for code in region],
            "year": np.tile(np.arange(2018, 2018 + n_years), n_regions),
            "y": y,
            "x": x,
            "m": m,
            "z": z,
            "w": draw.normal(size=size) + own,
            "count": draw.poisson(np.exp(x / 15 + 1)).astype("float64"),
            "alt": y + draw.normal(size=size),
        }
    )


ALL = Models(
    descriptives={"table": Descriptives(("y", "x", "m", "z"), "表2", "表3")},
    regressions={
        "base": Regression("y", ("x", "z"), published="表4 模型1"),
        "other": Regression("alt", ("w",)),
        "counted": Regression("count", ("x", "z"), estimator="ppml"),
    },
    mediations={"through": Mediated("y", "x", "m", ("z",), n_bootstrap=200, seed=7)},
    moderations={"by": Moderated("y", "x", "w", ("z",))},
    robustness={
        "checks": Robustness(
            "base",
            alternative_outcomes=("alt",),
            counting_rules={"otherwise": "w"},
            lags=(1,),
            winsorise=(0.05,),
            leave_one_out=True,
            without={"two": (BEIJING, TIANJIN)},
            counts="count",
            treatment_zeros=True,
        )
    },
    specification_curves={
        "curve": SpecificationCurve(
            "base",
            {"outcome": ["y", "alt"], "lag": [0, 1], "controls": {"none": [], "z": ["z"]}},
            n_permutations=19,
            seed=3,
        )
    },
    inference={"tests": Inference("base", n_bootstrap=499, n_permutations=99, seed=5)},
    families={"two": Family({"H1": ("base", "x"), "H2": ("other", "w")}, n_bootstrap=199, seed=2)},
)


def note_of(results: Results, section: str) -> Note:
    return next(note for note in results.notes if note.section == section)


def unfitted(results: Results) -> dict[str, Note]:
    return {f"{note.section}.{note.name}": note for note in results.notes if note.reason}


def table(results: Results, name: str, **wanted: object) -> pd.DataFrame:
    frame = results.tables[name]
    for column, value in wanted.items():
        frame = frame.loc[frame[column] == value]
    assert len(frame), f"{name} has no row with {wanted}"
    return frame.reset_index(drop=True)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return panel()


@pytest.fixture(scope="module")
def whole(frame: pd.DataFrame) -> Results:
    return fit_models(frame, ALL)


def same(ours: pd.DataFrame, theirs: pd.DataFrame, *columns: str) -> None:
    assert len(ours) == len(theirs)
    for column in columns:
        left = ours[column].to_numpy(dtype="float64", na_value=np.nan)
        right = theirs[column].to_numpy(dtype="float64", na_value=np.nan)
        assert left == pytest.approx(right, rel=1e-12, nan_ok=True), column


NUMBERS = ("estimate", "std_error", "t", "p", "ci_low", "ci_high")


def test_every_declared_part_is_fitted_and_noted_in_order(whole: Results) -> None:
    assert not unfitted(whole)
    assert [(note.section, note.name) for note in whole.notes] == [
        (section, name) for section, name, _ in ALL.parts()
    ]
    assert {note.section for note in whole.notes} == set(SECTIONS)
    assert {note.reason for note in whole.notes} == {""}


def test_regressions_are_those_of_panel_fit(frame: pd.DataFrame, whole: Results) -> None:
    direct = fit(frame, "y", ["x", "z"], *KEYS)
    ours = table(whole, "coefficients", model="base")
    same(ours, direct.coefficients, *NUMBERS)
    assert ours["term"].tolist() == direct.coefficients["term"].tolist()
    assert ours["stars"].tolist() == [moments.stars(p) for p in direct.coefficients["p"]]
    assert set(ours["published"]) == {"表4 模型1"}
    assert set(ours["sample"]) == {"155 rows, 31 regions, 5 years"}
    row = table(whole, "fit_statistics", model="base").iloc[0]
    for name in ("n_obs", "n_entities", "n_periods", "r2_within", "r2_inclusive", "f", "df_t"):
        assert row[name] == direct.statistics[name], name
    counted = ppml(frame, "count", ["x", "z"], *KEYS)
    same(table(whole, "coefficients", model="counted"), counted.coefficients, *NUMBERS)
    assert table(whole, "fit_statistics", model="counted").iloc[0]["pseudo_r2"] > 0


def test_mediations_are_those_of_mediate(frame: pd.DataFrame, whole: Results) -> None:
    for interval in ("percentile", "bc", "bca"):
        direct = mediate(
            frame, "y", "x", "m", ["z"], *KEYS, n_bootstrap=200, interval=interval, seed=7
        )
        ours = table(whole, "mediation", ci_method=interval)
        same(ours, direct.effects, "estimate", "ci_low", "ci_high")
        # The share of draws beyond zero agrees with the percentile interval and no other.
        if interval == "percentile":
            same(ours, direct.effects, "p")
        else:
            assert ours["p"].isna().all()
        assert ours["effect"].tolist() == ["indirect", "direct", "total"]
    for part in ("total", "mediator", "outcome"):
        ours = table(whole, "coefficients", model=f"through.{part}")
        same(ours, direct.fits[part].coefficients, *NUMBERS)
    sobel = table(whole, "inference", method="sobel").iloc[0]
    assert sobel["std_error"] == direct.statistics["sobel_se"]


def test_moderations_are_those_of_moderate(frame: pd.DataFrame, whole: Results) -> None:
    direct = moderate(frame, "y", "x", "w", ["z"], *KEYS)
    same(table(whole, "coefficients", model="by"), direct.raw.coefficients, *NUMBERS)
    same(table(whole, "coefficients", model="by.centred"), direct.centred.coefficients, *NUMBERS)
    points = table(whole, "marginal_effects", kind="point")
    same(points, direct.effects, "at", "effect", "std_error", "ci_low", "ci_high")
    same(table(whole, "marginal_effects", kind="grid"), direct.plot, "at", "effect", "ci_low")
    row = table(whole, "johnson_neyman").iloc[0]
    assert row["sentence"] == direct.johnson_neyman.sentence
    roots = [value for value in (row["root_low"], row["root_high"]) if not np.isnan(value)]
    assert roots == list(direct.johnson_neyman.roots)


def test_robustness_checks_are_those_of_direct_calls(frame: pd.DataFrame, whole: Results) -> None:
    base = Model("y", "x", ("z",), *KEYS)
    direct = fit(frame, "y", ["x", "z"], *KEYS)
    baseline = table(whole, "robustness", check="baseline").iloc[0]
    assert baseline["estimate"] == pytest.approx(direct.estimate("x"), rel=1e-10)
    for check, made in (
        ("counting_rule", robustness.counting_rules(frame, base, {"otherwise": "w"})),
        ("lagged_treatment", robustness.lagged_treatment(frame, base, [1])),
        ("winsorise", robustness.winsorising(frame, base, [0.05])),
        ("without", robustness.without_groups(frame, base, {"two": [BEIJING, TIANJIN]})),
        ("leave_one_out", robustness.leave_one_out(frame, base)),
        ("ppml", robustness.count_models(frame, base, ["count"])),
        ("zero_policy", robustness.zero_policies(frame, base, "count")),
        ("zeros", robustness.without_zeros(frame, base)),
    ):
        ours = table(whole, "robustness", check=check)
        same(ours, made, "estimate", "std_error", "n_obs")
        assert ours["choice"].tolist() == made["choice"].tolist()
    assert table(whole, "robustness", check="without").iloc[0]["n_entities"] == 29
    assert len(table(whole, "robustness", check="leave_one_out")) == 31


def test_curves_and_families_are_those_of_direct_calls(frame: pd.DataFrame, whole: Results) -> None:
    base = Model("y", "x", ("z",), *KEYS)
    choices = ALL.specification_curves["curve"].choices
    direct = robustness.specification_curve(frame, base, choices)
    ours = table(whole, "specification_curve", curve="curve")
    assert len(ours) == 8
    same(ours, direct, *NUMBERS)
    assert ours["choices"].tolist() == direct["choices"].tolist()
    joint = robustness.curve_test(frame, base, choices, n_permutations=19, seed=3)
    rows = table(whole, "inference", model="curve").set_index("method")
    assert rows.loc["curve_p_median", "p"] == joint["p_median"]
    assert rows.loc["curve_median", "value"] == direct["estimate"].median()
    hypotheses = [
        inference.Hypothesis("H1", fit(frame, "y", ["x", "z"], *KEYS), "x"),
        inference.Hypothesis("H2", fit(frame, "alt", ["w"], *KEYS), "w"),
    ]
    family = inference.romano_wolf(hypotheses, n_bootstrap=199, seed=2)
    for method in ("holm", "romano_wolf"):
        ours = table(whole, "inference", model="two", method=method)
        assert ours["p"].tolist() == family[f"p_{method}"].tolist()


def test_tests_for_few_clusters_are_those_of_direct_calls(
    frame: pd.DataFrame, whole: Results
) -> None:
    direct = fit(frame, "y", ["x", "z"], *KEYS)
    rows = table(whole, "inference", model="tests").set_index("method")
    few = inference.few_cluster_tests(direct, ["x"], n_bootstrap=499, seed=5).set_index("method")
    for method in few.index:
        assert rows.loc[method, "p"] == pytest.approx(few.loc[method, "p"], rel=1e-12)
    drawn = inference.randomisation_test(direct, "x", n_permutations=99, statistic="t", seed=5)
    assert rows.loc["randomisation_t", "p"] == drawn.p
    assert rows.loc["oster_delta", "value"] == inference.oster(direct, "x").delta
    detectable = inference.minimum_detectable_effect(direct, "x")
    assert rows.loc["minimum_detectable_effect", "value"] == detectable["mde"]
    assert rows.loc["leave_one_out_minimum", "sentence"].startswith("Without 省")
    assert rows.loc["leave_one_out_minimum", "value"] < rows.loc["leave_one_out_maximum", "value"]
    assert {"placebo_lead", "placebo_leads_joint"} <= set(rows.index)


def test_descriptives_are_those_of_direct_calls(frame: pd.DataFrame, whole: Results) -> None:
    direct = moments.descriptive_statistics(frame, ["y", "x", "m", "z"])
    ours = table(whole, "descriptive_statistics", block="table")
    same(ours, direct, "n", "mean", "sd", "minimum", "maximum", "median")
    pairs = moments.correlations(frame, ["y", "x", "m", "z"])
    same(table(whole, "correlations", block="table"), pairs, "r", "p", "n")
    assert set(ours["published"]) == {"表2"}
    assert set(table(whole, "correlations")["published"]) == {"表3"}
    inflated = moments.vif(frame, ["y", "x", "m", "z"], entity="region_code", time="year")
    assert ours["vif_within"].tolist() == inflated["vif"].tolist()


def test_a_second_run_and_another_order_of_rows_give_the_same_bytes(
    frame: pd.DataFrame, whole: Results
) -> None:
    shuffled = frame.sample(frac=1, random_state=9).reset_index(drop=True)
    for again in (fit_models(frame, ALL), fit_models(shuffled, ALL)):
        assert again.notes == whole.notes
        assert list(again.tables) == list(whole.tables)
        for name, made in again.tables.items():
            left, right = made.to_csv(index=False), whole.tables[name].to_csv(index=False)
            assert left == right, name


def test_the_panel_that_is_given_is_left_as_it_was(frame: pd.DataFrame, whole: Results) -> None:
    assert frame.equals(panel())


# What is wrong, what the sentence says, the variable, and what is fitted all the same.
BAD: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str, str, str]] = {
    "constant treatment": (lambda f: f.assign(x=1.0), "x is 1 in all", "x", "regressions.other"),
    "treatment of regions": (
        lambda f: f.assign(x=f.groupby("region_code")["x"].transform("first")),
        "x never changes within a region, so the region effects",
        "x",
        "regressions.other",
    ),
    "one period": (
        lambda f: f.loc[f["year"] == 2018],
        "one year only",
        "year",
        "descriptives.table",
    ),
    "duplicates": (
        lambda f: pd.concat([f, f.iloc[[3]]]),
        "more than one row",
        "region_code",
        "descriptives.table",
    ),
    "infinite": (
        lambda f: f.assign(x=f["x"].where(f.index != 3, np.inf)),
        "x is infinite in 省0/2021",
        "x",
        "regressions.other",
    ),
    "collinear": (lambda f: f.assign(z=2 * f["x"]), "linear combination", "z", "regressions.other"),
    "empty": (lambda f: f.assign(x=np.nan), "No row has a value", "x", "regressions.other"),
    "texts": (
        lambda f: f.assign(x="多"),
        "x holds values that are not numbers",
        "x",
        "regressions.other",
    ),
    "huge": (lambda f: f.assign(x=f["x"] * 1e200), "change its unit", "x", "regressions.other"),
    "constant outcome": (lambda f: f.assign(y=1.0), "nothing to explain", "y", "regressions.other"),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_told_in_a_sentence_and_the_others_are_fitted(
    frame: pd.DataFrame, kind: str
) -> None:
    spoil, said, variable, still = BAD[kind]
    results = fit_models(spoil(frame), ALL)
    bad = unfitted(results)
    assert said in bad["regressions.base"].reason
    assert bad["regressions.base"].variables[0] == variable
    assert still not in bad
    assert len(results.notes) == len(list(ALL.parts()))
    for note in bad.values():
        assert "\n" not in note.reason
        assert note.reason.endswith(".")
        assert "Traceback" not in note.reason


def test_one_region_leaves_moments_only_and_says_so_of_each_part(frame: pd.DataFrame) -> None:
    results = fit_models(frame.loc[frame["region_code"] == BEIJING], ALL)
    assert set(results.tables) == {"descriptive_statistics", "correlations"}
    assert len(unfitted(results)) == len(results.notes) - 1
    assert "With values in one region only" in note_of(results, "descriptives").warnings[0]
    assert "one region only (省0)" in note_of(results, "regressions").reason


def test_no_rows_at_all_leave_nothing_and_say_so_of_each_part(frame: pd.DataFrame) -> None:
    results = fit_models(frame.iloc[:0], ALL)
    assert not results.tables
    assert len(unfitted(results)) == len(results.notes)


def test_a_moderator_that_never_varies_costs_the_moderation(frame: pd.DataFrame) -> None:
    bad = unfitted(fit_models(frame.assign(w=2.0), ALL))
    assert set(bad) == {"moderations.by", "regressions.other", "families.two"}
    assert bad["moderations.by"].variables == ("w",)
    assert "nothing for the effect to vary with" in bad["moderations.by"].reason


def test_fewer_clusters_than_regressors_cost_the_larger_models(frame: pd.DataFrame) -> None:
    three = frame.loc[frame["region_code"].isin([BEIJING, TIANJIN, "130000"])]
    bad = unfitted(fit_models(three, ALL))
    assert set(bad) == {"moderations.by"}
    assert "4 regressors and only 3 clusters" in bad["moderations.by"].reason


def test_chinese_names_give_the_same_numbers(frame: pd.DataFrame) -> None:
    named = frame.rename(columns={"x": "政府注意力", "y": "芯片专利（对数）"})
    models = Models(regressions={"base": Regression("芯片专利（对数）", ("政府注意力", "z"))})
    ours = fit_models(named, models)
    assert not unfitted(ours)
    same(
        table(ours, "coefficients", model="base"),
        fit(frame, "y", ["x", "z"], *KEYS).coefficients,
        *NUMBERS,
    )
    assert "政府注意力" in table(ours, "coefficients")["term"].tolist()


def test_an_unknown_variable_costs_its_models_in_every_section(frame: pd.DataFrame) -> None:
    models = replace(
        ALL,
        descriptives={"table": Descriptives(("y", "xx"))},
        regressions={**ALL.regressions, "base": Regression("y", ("xx", "z"))},
        mediations={"through": Mediated("y", "x", "xx")},
        moderations={"by": Moderated("y", "x", "xx")},
    )
    bad = unfitted(fit_models(frame, models))
    assert {note.section for note in bad.values()} == set(SECTIONS)
    for note in bad.values():
        assert note.variables == ("xx",)
        assert "no variable xx (did you mean x?)" in note.reason
    assert "regressions.other" not in bad
    assert "regressions.counted" not in bad


@pytest.mark.parametrize(
    ("models", "place"),
    [
        ({"robustness": {"r": Robustness("other", alternative_outcomes=("no",))}}, "robustness.r"),
        ({"robustness": {"r": Robustness("other", counting_rules={"a": "no"})}}, "robustness.r"),
        ({"robustness": {"r": Robustness("other", counts="no")}}, "robustness.r"),
        (
            {"specification_curves": {"c": SpecificationCurve("other", {"controls": [["no"]]})}},
            "specification_curves.c",
        ),
        (
            {"specification_curves": {"c": SpecificationCurve("other", {"outcome": ["no"]})}},
            "specification_curves.c",
        ),
        ({"families": {"f": Family({"a": ("other", "no"), "b": ("other", "w")})}}, "families.f"),
    ],
)
def test_an_unknown_variable_of_a_check_is_named(
    frame: pd.DataFrame, models: dict[str, dict[str, object]], place: str
) -> None:
    whole = Models(regressions={"other": Regression("alt", ("w",))}, **models)  # type: ignore[arg-type]
    bad = unfitted(fit_models(frame, whole))
    assert set(bad) == {place}
    assert bad[place].variables == ("no",)


def test_a_reference_to_no_regression_is_told_its_neighbour(frame: pd.DataFrame) -> None:
    models = Models(
        regressions={"base": Regression("y", ("x",))},
        robustness={"r": Robustness("bass")},
        specification_curves={"c": SpecificationCurve("bass", {"lag": [0]})},
        inference={"i": Inference("bass")},
        families={"f": Family({"a": ("bass", "x"), "b": ("base", "x")})},
    )
    bad = unfitted(fit_models(frame, models))
    assert len(bad) == 4
    for note in bad.values():
        assert "There is no regression bass (did you mean base?)" in note.reason


def test_a_control_without_values_stops_or_is_left_out_and_told(frame: pd.DataFrame) -> None:
    gap = frame.assign(z=np.nan)
    stop = Regression("y", ("x", "w", "z"))
    models = Models(
        regressions={"stops": stop, "goes": replace(stop, missing_controls="leave_out")},
        inference={"tests": Inference("goes", n_bootstrap=199, n_permutations=0)},
    )
    results = fit_models(gap, models)
    assert set(unfitted(results)) == {"regressions.stops"}
    # All variables are told, and the empty one first: it is its line that is looked at.
    assert unfitted(results)["regressions.stops"].variables[0] == "z"
    same(
        table(results, "coefficients", model="goes"),
        fit(frame, "y", ["x", "w"], *KEYS).coefficients,
        *NUMBERS,
    )
    assert set(table(results, "coefficients", model="goes")["sample"]) == {
        "155 rows, 31 regions, 5 years; without z"
    }
    goes = next(note for note in results.notes if note.name == "goes")
    assert goes.warnings == ("Fitted without z, which have no value in any region and year.",)


def test_a_control_with_some_values_and_an_empty_treatment_are_never_left_out(
    frame: pd.DataFrame,
) -> None:
    leave = Regression("y", ("x", "z"), missing_controls="leave_out")
    some = fit_models(
        frame.assign(z=frame["z"].where(frame["year"] > 2018)), Models(regressions={"r": leave})
    )
    assert "z" in table(some, "coefficients")["term"].tolist()
    assert table(some, "fit_statistics").iloc[0]["n_missing"] == 31
    assert "31 rows without every variable" in table(some, "coefficients")["sample"].iloc[0]
    none = fit_models(frame.assign(x=np.nan), Models(regressions={"r": leave}))
    assert unfitted(none)["regressions.r"].variables[0] == "x"


def test_empty_variables_are_left_out_of_the_moments_and_told(frame: pd.DataFrame) -> None:
    results = fit_models(frame.assign(m=np.nan), Models(descriptives=ALL.descriptives))
    assert table(results, "descriptive_statistics")["variable"].tolist() == ["y", "x", "z"]
    assert len(table(results, "correlations")) == 9
    assert note_of(results, "descriptives").warnings[0] == ("Without any value and left out: m.")
    nothing = fit_models(
        frame.assign(m=np.nan), Models(descriptives={"only": Descriptives(("m",))})
    )
    assert not nothing.tables
    assert nothing.notes[0].reason == "None of m has a value."


def test_collinear_variables_still_have_moments(frame: pd.DataFrame) -> None:
    results = fit_models(frame.assign(z=2 * frame["x"]), Models(descriptives=ALL.descriptives))
    assert table(results, "descriptive_statistics")["vif_within"].isna().all()
    assert "No variance inflation factors" in note_of(results, "descriptives").warnings[-1]


def test_a_block_where_nothing_can_be_fitted_says_why(frame: pd.DataFrame) -> None:
    models = Models(
        regressions={"base": Regression("y", ("x",))},
        robustness={"r": Robustness("base", lags=(1,), leave_one_out=True)},
        specification_curves={"c": SpecificationCurve("base", {"lag": [0, 1]})},
    )
    results = fit_models(frame.assign(x=1.0), models)
    assert "robustness" not in results.tables
    assert "specification_curve" not in results.tables
    assert "x is 1 in all 155 rows" in unfitted(results)["robustness.r"].reason
    assert "L1.x is 1" in unfitted(results)["specification_curves.c"].reason or (
        "x is 1" in unfitted(results)["specification_curves.c"].reason
    )


def test_a_check_that_cannot_be_made_costs_its_own_rows(frame: pd.DataFrame) -> None:
    """Counts below zero used to cost the whole block."""
    block = Robustness("base", lags=(1, 99), counts="w", without={"two": ("999999",)})
    models = Models(regressions={"base": Regression("y", ("x", "z"))}, robustness={"r": block})
    results = fit_models(frame, models)
    assert not unfitted(results)
    made = table(results, "robustness").set_index(["check", "choice"])
    assert made.loc[("baseline", "y"), "estimate"] == pytest.approx(
        fit(frame, "y", ["x", "z"], *KEYS).estimate("x"), rel=1e-10
    )
    assert made.loc[("lagged_treatment", "L1"), "n_obs"] == 124
    assert np.isnan(made.loc[("lagged_treatment", "L99"), "estimate"])
    assert "No row has a value" in made.loc[("lagged_treatment", "L99"), "note"]
    assert "999999" in made.loc[("without", "two"), "note"]
    assert note_of(results, "robustness").warnings == (
        "w is below zero somewhere, so it is no count.",
    )


def test_a_curve_of_which_some_cannot_be_fitted_counts_them(frame: pd.DataFrame) -> None:
    choices = {"outcome": ["y", "alt"], "treatment": ["x", "w"]}
    models = Models(
        regressions={"base": Regression("y", ("x", "z"))},
        specification_curves={"c": SpecificationCurve("base", choices)},
    )
    results = fit_models(frame.assign(w=3.0), models)
    assert not unfitted(results)
    made = table(results, "specification_curve")
    assert made["estimate"].notna().tolist() == [True, True, False, False]
    assert made["note"].str.contains("w is 3 in all").tolist() == [False, False, True, True]
    assert note_of(results, "specification_curves").warnings == (
        "2 of 4 specifications cannot be fitted.",
    )
    rows = table(results, "inference", model="c").set_index("method")
    assert rows.loc["curve_n_failed", "value"] == 2
    assert rows.loc["curve_share_positive", "value"] == 1


def test_a_joint_test_that_cannot_be_made_leaves_the_curve(frame: pd.DataFrame) -> None:
    models = Models(
        regressions={"base": Regression("y", ("x",))},
        specification_curves={"c": SpecificationCurve("base", {"lag": [0]}, n_permutations=5)},
    )
    results = fit_models(frame, models)
    assert len(table(results, "specification_curve")) == 1
    (warning,) = note_of(results, "specification_curves").warnings
    assert "No joint test of the curve: n_permutations is 5" in warning
    assert "curve_p_median" not in set(table(results, "inference")["method"])


def test_a_test_that_cannot_be_made_is_a_warning_beside_the_others(frame: pd.DataFrame) -> None:
    models = Models(
        regressions={"bare": Regression("y", ("x",))},
        inference={"i": Inference("bare", n_bootstrap=199, n_permutations=0, leads=9)},
    )
    results = fit_models(frame, models)
    assert not unfitted(results)
    assert len(note_of(results, "inference").warnings) == 2  # nine leads; no controls for Oster
    methods = set(table(results, "inference")["method"])
    assert "minimum_detectable_effect" in methods
    assert not methods & {"oster_delta", "placebo_lead", "randomisation_t"}


def test_least_squares_tests_refuse_a_count_model(frame: pd.DataFrame) -> None:
    models = Models(
        regressions={"p": Regression("count", ("x",), estimator="ppml")},
        inference={"i": Inference("p")},
        robustness={"r": Robustness("p", lags=(1,))},
    )
    results = fit_models(frame, models)
    assert set(unfitted(results)) == {"inference.i"}
    assert "PPML" in unfitted(results)["inference.i"].reason
    assert table(results, "robustness")["estimate"].notna().all()


def test_intervals_are_named_once_and_at_least_one(frame: pd.DataFrame) -> None:
    one = Mediated("y", "x", "m", n_bootstrap=100, intervals=("bc", "bc"))
    results = fit_models(
        frame, Models(mediations={"twice": one, "never": replace(one, intervals=())})
    )
    assert table(results, "mediation", model="twice")["ci_method"].tolist() == ["bc"] * 3
    assert "intervals is empty" in unfitted(results)["mediations.never"].reason
