"""What cannot be estimated is a sentence that names the column; what can be is not refused."""

import numpy as np
import pandas as pd
import pytest

from models_py import panel
from models_py.panel import PanelError


def refused(frame, regressors=("x", "z"), outcome="y", entity="region", time="year", **options):
    with pytest.raises(PanelError) as caught:
        panel.fit(frame, outcome, list(regressors), entity, time, **options)
    message = str(caught.value)
    assert message.endswith(".")
    return message, caught.value.variables


def test_constant_treatment(frame) -> None:
    message, variables = refused(frame.assign(x=3.0))
    assert "x is 3 in all 60 rows" in message
    assert variables == ("x",)


def test_constant_outcome(frame) -> None:
    assert "nothing to explain" in refused(frame.assign(y=1.0))[0]


def test_one_period(frame) -> None:
    message, variables = refused(frame[frame["year"] == 2020])
    assert "one year only (2020)" in message
    assert variables == ("year",)


def test_one_entity(frame) -> None:
    message, variables = refused(frame[frame["region"] == "R003"])
    assert "one region only (R003)" in message
    assert variables == ("region",)


def test_one_entity_clustered_without_effects(frame) -> None:
    one = frame[frame["region"] == "R003"]
    message, _ = refused(one, ["x"], entity_effects=False, time_effects=False)
    assert "at least two groups of region" in message


def test_duplicated_entity_and_year(frame) -> None:
    double = pd.concat([frame, frame[(frame["region"] == "R001") & (frame["year"] == 2019)]])
    message, _ = refused(double)
    assert "1 pairs of region and year" in message
    assert "R001/2019" in message


def test_infinite_values_name_the_rows(frame) -> None:
    frame.loc[(frame["region"] == "R002") & (frame["year"] == 2021), "z"] = -np.inf
    message, variables = refused(frame)
    assert "z is infinite in R002/2021" in message
    assert variables == ("z",)


def test_perfect_collinearity(frame) -> None:
    message, variables = refused(frame.assign(w=2 * frame["z"] - 3), ["x", "z", "w"])
    assert "w is an exact linear combination of z" in message
    assert variables == ("w",)


def test_collinearity_through_effects_is_seen(frame) -> None:
    """w - z is an entity and a year effect: only after the effects are the two the same."""
    level = frame["region"].str[1:].astype(float)
    message, _ = refused(frame.assign(w=frame["z"] + level + frame["year"]), ["x", "z", "w"])
    assert "w is an exact linear combination of z and the region and year effects" in message


def test_absorbed_by_entity_and_by_year(frame) -> None:
    coastal = (frame["region"] < "R005").astype(int)
    message, variables = refused(frame.assign(coastal=coastal), ["x", "coastal"])
    assert "coastal never changes within a region" in message
    assert variables == ("coastal",)
    after = (frame["year"] > 2019).astype(int)
    assert (
        "after is the same for all in each year"
        in refused(frame.assign(after=after), ["x", "after"])[0]
    )
    both = frame["region"].str[1:].astype(float) + frame["year"]
    assert (
        "absorbed by the region and year effects together"
        in refused(frame.assign(both=both), ["x", "both"])[0]
    )


def test_collinear_can_be_left_out_instead(frame) -> None:
    wide = frame.assign(w=2 * frame["z"], c=(frame["region"] < "R005") * 1)
    found = panel.fit(wide, "y", ["x", "z", "w", "c"], "region", "year", collinear="drop")
    expected = panel.fit(frame, "y", ["x", "z"], "region", "year")
    assert found.coefficients["term"].tolist() == ["x", "z", "const"]
    assert found.estimate("x") == pytest.approx(expected.estimate("x"), rel=1e-12)
    assert sum("It is left out." in note for note in found.warnings) == 2


def test_nothing_left_to_estimate(frame) -> None:
    coastal = (frame["region"] < "R005").astype(int)
    message, _ = refused(frame.assign(c=coastal), ["c"], collinear="drop")
    assert "No regressor is left" in message


def test_fewer_clusters_than_regressors(make) -> None:
    frame = make(n_entities=4, n_periods=12)
    rng = np.random.default_rng(0)
    names = [f"v{at}" for at in range(5)]
    wide = frame.assign(**{name: rng.normal(size=len(frame)) for name in names})
    message, _ = refused(wide, names)
    assert "5 regressors and only 4 clusters" in message
    assert panel.fit(wide, "y", names[:4], "region", "year").statistics["n_clusters"] == 4
    assert panel.fit(wide, "y", names, "region", "year", covariance="robust").df > 0


def test_unknown_variable_lists_what_there_is(frame) -> None:
    message, variables = refused(frame, ["x", "zz"])
    assert "no column zz" in message
    assert "region" in message
    assert variables == ("zz",)


def test_unknown_part_of_a_product(frame) -> None:
    assert refused(frame, ["x", "x:w"])[1] == ("w",)


def test_text_column(frame) -> None:
    frame["z"] = frame["z"].astype(object)
    frame.loc[0, "z"] = "约12"
    message, variables = refused(frame)
    assert "'约12'" in message
    assert variables == ("z",)


def test_no_regressors_repeated_ones_and_the_outcome(frame) -> None:
    assert "no regressor" in refused(frame, [])[0]
    assert "twice" in refused(frame, ["x", "x"])[0]
    assert "outcome and a regressor" in refused(frame, ["x", "y"])[0]
    with pytest.raises(PanelError, match="give a list"):
        panel.fit(frame, "y", "x", "region", "year")


def test_no_rows_left(frame) -> None:
    message, _ = refused(frame.assign(x=np.nan))
    assert "No row has a value" in message
    assert "x 60" in message


def test_too_few_rows(make) -> None:
    few = make(n_entities=3, n_periods=2)
    assert "leaves nothing to estimate from" in refused(few, ["x", "z"], covariance="robust")[0]


def test_unknown_options_list_the_known_ones(frame) -> None:
    for option in ("covariance", "convention", "engine", "singletons", "collinear"):
        with pytest.raises(PanelError, match=f"{option} is 'nonsense'; it is one of"):
            panel.fit(frame, "y", ["x"], "region", "year", **{option: "nonsense"})
    with pytest.raises(PanelError, match="use 0 to 4"):
        panel.fit(frame, "y", ["x"], "region", "year", covariance="driscoll_kraay", lags=5)


def test_effects_without_their_column(frame) -> None:
    assert "no entity column" in refused(frame, entity=None)[0]
    assert "no time column" in refused(frame, time=None)[0]


def test_every_group_a_singleton(make) -> None:
    frame = make(n_entities=6, n_periods=6)
    diagonal = frame[frame["region"].str[1:].astype(int) == frame["year"] - 2018]
    assert "single row" in refused(diagonal, ["x"], singletons="drop")[0]


def test_non_ascii_names(frame) -> None:
    chinese = {
        "region": "地区",
        "year": "年份",
        "y": "专利数",
        "x": "政府关注度",
        "z": "财政 支出(亿元)",
    }
    theirs = frame.rename(columns=chinese)
    found = panel.fit(theirs, "专利数", ["政府关注度", "财政 支出(亿元)"], "地区", "年份")
    plain = panel.fit(frame, "y", ["x", "z"], "region", "year")
    assert found.coefficients.drop(columns="term").equals(plain.coefficients.drop(columns="term"))
    _message, variables = refused(
        theirs.assign(政府关注度=1.0), ["政府关注度"], "专利数", "地区", "年份"
    )
    assert variables == ("政府关注度",)


def test_nullable_and_boolean_columns(frame) -> None:
    nullable = frame.assign(
        x=frame["x"].astype("Float64"), big=(frame["z"] > 0), year=frame["year"].astype("Int64")
    )
    nullable.loc[0, "x"] = pd.NA
    found = panel.fit(nullable, "y", ["x", "big"], "region", "year")
    assert found.statistics["n_obs"] == 59


def test_missing_rows_and_singletons_are_told(frame) -> None:
    frame.loc[frame["region"] == "R000", "x"] = [np.nan] * 4 + [1.0]
    found = panel.fit(frame, "y", ["x", "z"], "region", "year")
    assert found.statistics["n_missing"] == 4
    assert found.statistics["n_singletons"] == 1
    said = " ".join(found.warnings)
    assert "4 of 60 rows have a missing value" in said
    assert "x 4" in said
    assert "R000/20" in said
    assert "1 groups have a single row (region R000): kept" in said
    dropped = panel.fit(frame, "y", ["x", "z"], "region", "year", singletons="drop")
    assert dropped.statistics["n_obs"] == 55
    assert dropped.estimate("x") == pytest.approx(found.estimate("x"), rel=1e-10)


def test_complete_data_of_31_regions_warn_of_nothing(make) -> None:
    found = panel.fit(make(n_entities=31), "y", ["x", "z"], "region", "year")
    assert found.warnings == ()


def test_few_periods_are_stamped(frame, make) -> None:
    for name in ("driscoll_kraay", "cluster_two_way"):
        found = panel.fit(frame, "y", ["x"], "region", "year", covariance=name)
        assert "unreliable with 5 periods" in found.warnings[0]
    long = make(n_entities=25, n_periods=25)
    found = panel.fit(long, "y", ["x"], "region", "year", covariance="driscoll_kraay")
    assert found.warnings == ()


def test_near_copies_are_told(frame) -> None:
    near = frame.assign(w=frame["z"] + np.random.default_rng(0).normal(size=60) * 1e-4)
    found = panel.fit(near, "y", ["x", "z", "w"], "region", "year")
    assert "z, w are nearly copies" in " ".join(found.warnings)


def test_numbers_whose_squares_overflow(frame) -> None:
    assert "change its unit" in refused(frame.assign(x=frame["x"] * 1e200))[0]
    assert "change its unit" in refused(frame.assign(y=frame["y"] * 1e-200))[0]
    large = panel.fit(frame.assign(x=frame["x"] * 1e60), "y", ["x"], "region", "year")
    small = panel.fit(frame, "y", ["x"], "region", "year")
    assert large.row("x")["t"] == pytest.approx(small.row("x")["t"], rel=1e-9)


def test_an_outcome_computed_from_its_regressors_is_told(frame) -> None:
    found = panel.fit(
        frame.assign(y=2 * frame["x"] - frame["z"]), "y", ["x", "z"], "region", "year"
    )
    assert "explain y exactly" in found.warnings[-1]


def test_entity_and_time_are_two_columns(frame) -> None:
    assert "both entity and time" in refused(frame, entity="year", time="year")[0]
