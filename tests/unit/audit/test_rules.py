"""Each rule finds what is wrong, passes what is right, and shows its arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py.audit.digits import parse_number, quotient
from models_py.audit.model import Amount, CorrelationMatrix
from models_py.audit.reference import ECONOMICS, NORMAL, critical, p_two_sided, student
from models_py.audit.rules import (
    amounts,
    correlation,
    dispersion,
    fit,
    inference,
    mediation,
    money,
    nested,
    restated,
    scores,
)
from models_py.audit.rules.marks import stars_against_p, stars_against_t


def number(text: str):
    found = parse_number(text)
    assert found is not None
    return found


def numbers(*texts: str):
    return [number(text) for text in texts]


# Printed digits.


def test_a_printed_number_is_an_interval() -> None:
    assert number("2.720").interval == pytest.approx((2.7195, 2.7205))
    assert number("2.72").interval == pytest.approx((2.715, 2.725))
    assert number("11,272.77").value == 11272.77
    assert number("1 220").value == 1220
    assert number("<0.05").high == 0.05
    assert number("近52%").high == 52


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_the_interval_holds_the_number_that_was_printed(value: float, decimals: int) -> None:
    printed = number(f"{value:.{decimals}f}")
    assert printed.low <= value <= printed.high


# Marks.


def test_marks_that_no_reference_gives_are_impossible() -> None:
    check = stars_against_t(2, number("0.17").interval, (NORMAL, student(113)), ECONOMICS)
    assert check.verdict == "impossible"
    assert check.low == pytest.approx(p_two_sided(0.175, math.inf))


def test_a_mark_that_holds_under_one_reference_only_says_so() -> None:
    """Table 4 of the seed paper: t = 2.03 is p = .0447 with t(114) and .0513 with 31 clusters."""
    known = (NORMAL, student(114), student(30, "31 clusters"))
    check = stars_against_t(2, number("2.03").interval, known, ECONOMICS)
    assert check.verdict == "cannot_tell"
    assert "under normal and t(114) and not under t(30)" in check.explanation


def test_too_few_marks_are_inconsistent_not_impossible() -> None:
    check = stars_against_t(0, number("2.29").interval, (NORMAL, student(114)), ECONOMICS)
    assert (check.verdict, check.severity) == ("inconsistent", "medium")


def test_rounding_of_t_never_accuses() -> None:
    edge = critical(math.inf, 0.05)
    assert (
        stars_against_t(2, number(f"{edge:.2f}").interval, (NORMAL,), ECONOMICS).verdict
        == "consistent"
    )
    assert (
        stars_against_t(1, number(f"{edge:.2f}").interval, (NORMAL,), ECONOMICS).verdict
        == "consistent"
    )


def test_marks_against_p() -> None:
    assert stars_against_p(2, number("0.030"), ECONOMICS).verdict == "consistent"
    assert stars_against_p(3, number("0.030"), ECONOMICS).verdict == "impossible"
    assert stars_against_p(0, number("0.030"), ECONOMICS).verdict == "inconsistent"
    assert stars_against_p(2, number("0.050"), ECONOMICS).verdict == "consistent"


# t, SE, p, CI.


def test_t_is_coefficient_over_se() -> None:
    assert inference.t_against_se(*numbers("0.069", "0.034", "2.03")).verdict == "consistent"
    assert inference.t_against_se(*numbers("0.069", "0.034", "2.30")).verdict == "inconsistent"
    assert inference.t_against_se(*numbers("0.069", "0.034", "-2.03")).rule == "t_sign"
    assert inference.t_against_se(*numbers("0.069", "0.000", "2.03")).verdict == "cannot_tell"


def test_p_against_t_two_and_one_sided() -> None:
    known = (NORMAL, student(114))
    assert inference.p_against_t(number("0.045"), (2.025, 2.035), known).verdict == "consistent"
    assert inference.p_against_t(number("0.40"), (2.025, 2.035), known).severity == "high"
    assert "one-sided" in inference.p_against_t(number("0.022"), (2.025, 2.035), known).explanation


def test_interval_rules() -> None:
    ci = (number("0.020"), number("0.194"))
    assert inference.estimate_in_interval(number("0.107"), ci).verdict == "consistent"
    assert inference.estimate_in_interval(number("0.012"), ci).verdict == "inconsistent"
    assert inference.estimate_in_interval(number("0.1"), ci[::-1]).verdict == "impossible"
    spanning = (number("-0.020"), number("0.194"))
    assert inference.zero_in_interval(spanning, 0.05, "**").verdict == "inconsistent"
    assert inference.zero_in_interval(ci, 0.05, "**").verdict == "consistent"
    assert inference.zero_in_interval(ci, None, "no mark").verdict == "inconsistent"
    # The direct effect of the seed paper: its interval and p = 0.007 agree.
    direct = (number("0.0216942"), number("0.1382694"))
    assert inference.p_against_ci(number("0.007"), direct, None, (NORMAL,)).verdict == "consistent"
    indirect = (number("0.0200941"), number("0.193716"))
    check = inference.p_against_ci(number("0.000"), indirect, None, (NORMAL,), symmetric=False)
    assert check.verdict == "implausible"


# Dispersion, GRIM, GRIMMER.


def test_sd_below_its_minimum() -> None:
    """Findev of the seed paper: SD 0.000043, while the two extremes alone need 0.000116."""
    check = dispersion.sd_against_range(
        number("0.000043"), number("0.00170"), number("0.000958"), number("0.00294"), 155
    )[0]
    assert check.verdict == "impossible"
    assert check.low == pytest.approx(0.0001156, rel=1e-2)


@settings(max_examples=200)
@given(st.lists(st.floats(-1000, 1000), min_size=3, max_size=40), st.integers(0, 4))
def test_sd_bounds_hold_for_any_data(values: list[float], decimals: int) -> None:
    x = np.array(values)
    texts = [f"{v:.{decimals}f}" for v in (x.std(ddof=1), x.mean(), x.min(), x.max())]
    for check in dispersion.sd_against_range(*numbers(*texts), len(values)):
        assert check.verdict == "consistent"


@settings(max_examples=200)
@given(st.lists(st.integers(0, 30), min_size=3, max_size=60), st.integers(1, 3))
def test_grim_and_grimmer_pass_any_whole_data(values: list[int], decimals: int) -> None:
    x = np.array(values, dtype=float)
    mean = number(f"{x.mean():.{decimals}f}")
    assert dispersion.grim(mean, len(values)).verdict == "consistent"
    for ddof in (0, 1):
        sd = number(f"{x.std(ddof=ddof):.{decimals}f}")
        check = dispersion.grimmer(sd, mean, len(values))
        assert check is None or check.verdict == "consistent"
        bounds = dispersion.sd_against_range(
            sd, mean, number(f"{x.min():.0f}"), number(f"{x.max():.0f}"), len(values), integer=True
        )
        assert all(one.verdict == "consistent" for one in bounds)


def test_grim_of_brown_and_heathers() -> None:
    """The example of Brown and Heathers (2017): 5.19 cannot be the mean of 28 whole numbers."""
    assert dispersion.grim(number("5.19"), 28).verdict == "impossible"
    assert dispersion.grim(number("5.18"), 28).verdict == "consistent"
    assert dispersion.grim(number("5.19"), 28, items=4).verdict == "consistent"


def test_grimmer_finds_an_impossible_sd() -> None:
    assert dispersion.grimmer(number("2.628"), number("3.41"), 155).verdict == "consistent"
    assert dispersion.grimmer(number("1.30"), number("3.00"), 3).verdict == "impossible"


# Correlations.


def matrix(names: list[str], **pairs: str) -> CorrelationMatrix:
    found = CorrelationMatrix(names, {})
    for pair, text in pairs.items():
        row, column = pair.split("_")
        found.cells[names.index(row), names.index(column)] = number(text)
    return found


def test_a_triple_that_cannot_be() -> None:
    bad = matrix(["F", "E", "H"], E_F="-0.307", H_F="0.081", H_E="0.950")
    check = correlation.positive_semidefinite(bad)
    assert check.verdict == "impossible"
    assert "F, E and H" in check.explanation
    good = matrix(["F", "E", "H"], E_F="0.307", H_F="0.281", H_E="0.950")
    assert correlation.positive_semidefinite(good).verdict == "consistent"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 9), st.integers(1, 3))
def test_a_rounded_correlation_matrix_is_never_accused(seed: int, size: int, decimals: int) -> None:
    rng = np.random.default_rng(seed)
    r = np.corrcoef((rng.normal(size=(size + 1, 2)) @ rng.normal(size=(2, size))
                     + 0.01 * rng.normal(size=(size + 1, size))).T)  # fmt: skip
    cells = {(i, j): number(f"{r[i, j]:.{decimals}f}") for i in range(size) for j in range(i)}
    found = CorrelationMatrix([f"v{i}" for i in range(size)], cells)
    assert correlation.positive_semidefinite(found).verdict == "consistent"
    assert correlation.completeness(found).verdict == "consistent"


def test_range_symmetry_completeness() -> None:
    names = ["A", "B", "C"]
    assert correlation.in_range("A × B", number("1.05")).verdict == "impossible"
    assert correlation.in_range("A × B", number("1.00")) is None
    both = matrix(names, B_A="0.5", A_B="0.6", C_A="0.1", C_B="0.2", A_C="0.1", B_C="0.2")
    assert [c.verdict for _, c in correlation.symmetry(both)] == ["inconsistent"]
    assert correlation.completeness(matrix(names, B_A="0.5", C_A="0.1")).verdict == "inconsistent"


# Fit, nested equations, mediation.


def test_r2_gain_of_one_regressor() -> None:
    check = fit.r2_gain_one(*numbers("0.692", "0.986"), (0.165, 0.175), (113, 148), None, "Hhi")
    assert check.verdict == "inconsistent"
    small = fit.r2_gain_one(*numbers("0.692", "0.700"), (1.0, 1.1), (113, 148), None, "Z")
    assert small.verdict == "cannot_tell"
    told = fit.r2_gain_one(*numbers("0.692", "0.700"), (1.0, 1.1), (113, 148), "classical", "Z")
    assert told.verdict == "inconsistent"
    assert (
        fit.r2_gain_one(*numbers("0.70", "0.65"), (1.0, 1.1), (9, 9), None, "Z").verdict
        == "impossible"
    )


def test_degrees_of_freedom() -> None:
    assert fit.degrees_of_freedom(155, 7, {"p": 31, "y": 5}, None).verdict == "consistent"
    assert fit.degrees_of_freedom(30, 7, {"p": 31, "y": 5}, None).verdict == "impossible"
    assert fit.degrees_of_freedom(160, 7, {"p": 31, "y": 5}, None).verdict == "inconsistent"


def test_nested_identity_recovers_sign_and_cell() -> None:
    """Table 5 of the seed paper: Hhi must be −0.041; Findev −0.283 must have been −2.966."""
    rows = [
        nested.Row(term, *numbers(c, a, prime))
        for term, c, a, prime in [
            ("Govat", "0.069", "-0.007", "0.057"), ("Findev", "-2.981", "0.365", "-0.283"),
            ("Ecodev", "1.566", "0.537", "1.587"), ("Gtech", "0.449", "-0.633", "0.423"),
            ("Psize", "-2.382", "2.262", "-2.289"), ("Hucap", "-0.145", "0.0733", "-0.142"),
            ("Constant", "11.475", "-20.860", "10.622"),
        ]
    ]  # fmt: skip
    found = dict(nested.nested_identity(rows, number("0.041"), "Hhi"))
    assert found["Hhi"].implied == "-0.041"
    assert "minus sign is missing" in found["Hhi"].explanation
    assert (found["Findev"].verdict, found["Findev"].implied) == ("inconsistent", "-2.966")
    assert (found["Govat"].verdict, found["Govat"].implied) == ("inconsistent", "0.069")
    assert {found[t].verdict for t in ("Ecodev", "Gtech", "Psize", "Hucap", "Constant")} == {
        "consistent"
    }


def test_mediation_rules() -> None:
    ci = (number("0.0200941"), number("0.193716"))
    a, b = number("-0.007"), number("0.041")
    product_ = (-0.0003, -0.00026)
    assert mediation.effect_in_interval(product_, ci, "a·b").verdict == "inconsistent"
    assert (
        mediation.sobel_interval(a, b, (0.0124, 0.0126), (0.23, 0.25), ci).verdict == "inconsistent"
    )
    assert mediation.total_is_sum(*numbers("0.30", "0.20", "0.10")).verdict == "consistent"
    assert mediation.total_is_sum(*numbers("0.35", "0.20", "0.10")).verdict == "inconsistent"
    assert mediation.proportion(*numbers("33.3%", "0.100", "0.300")).verdict == "consistent"
    assert mediation.proportion(*numbers("50%", "0.100", "0.300")).verdict == "inconsistent"
    assert (
        mediation.indirect_against_paths(number("0.012"), (0.29, 0.31), (0.03, 0.05)).verdict
        == "consistent"
    )


def test_restated() -> None:
    assert restated.number_restated(*numbers("0.06", "0.057")).verdict == "consistent"
    assert restated.number_restated(*numbers("0.067", "0.057")).verdict == "inconsistent"
    claim = restated.claim_of_significance(number("<0.01"), (0.915, 0.925), (NORMAL,), "t = 0.92")
    assert claim.verdict == "impossible"


# Amounts, money, scores.


def test_parts_shares_growth() -> None:
    regions = numbers("18", "20", "17", "14", "6", "4")
    short = amounts.parts_against_total(number("84"), regions, "fabs")
    assert short.verdict == "inconsistent"
    assert "79" in short.explanation
    assert (
        amounts.parts_against_total(number("84"), numbers("23", "33", "28"), "fabs").verdict
        == "consistent"
    )
    assert (
        amounts.difference_against_levels(*numbers("2616", "4156", "1539"), "gap").verdict
        == "consistent"
    )
    assert (
        amounts.share_against_levels(number("59"), (18.5, 19.5), (31.5, 32.5), "IC").verdict
        == "consistent"
    )
    now, before = number("5201.26").interval, number("5740.84").interval
    assert (
        amounts.growth_against_levels(number("-9.4"), now, before, "sales").verdict == "consistent"
    )
    assert (
        amounts.growth_against_levels(number("-19.4"), now, before, "sales").verdict
        == "inconsistent"
    )
    revised = amounts.growth_against_levels(
        number("-10.8"), (4794.5, 4795.5), (5383.5, 5384.5), "q"
    )
    assert revised.verdict == "base_revised"


def euro(amount: str, usd: str, item: str) -> Amount:
    return Amount(
        item, number(amount), "亿欧元", 1e8, "EUR", number(usd), 1e8, "2023-06", exact=True
    )


def test_one_amount_converted_twice() -> None:
    assert (
        money.one_amount_twice(euro("81", "86", "a"), euro("81", "88", "b")).verdict
        == "inconsistent"
    )
    assert (
        money.one_amount_twice(euro("81", "86", "a"), euro("81", "86", "b")).verdict == "consistent"
    )
    assert money.one_amount_twice(euro("81", "86", "a"), euro("29", "31", "b")) is None
    far = money.rates_against_each_other([euro("81", "86", "a"), euro("200", "260", "b")])
    assert [check.verdict for _, check in far] == ["inconsistent"]
    near = money.rates_against_each_other([euro("81", "86", "a"), euro("29", "31", "b")])
    assert [check.verdict for _, check in near] == ["consistent"]
    yen = Amount(
        "x", number("2"), "万亿日元", 1e12, "JPY", number("130"), 1e8, "2023-06", exact=True
    )
    assert money.rate_against_market(yen).verdict == "inconsistent"


def test_scores_and_tiers() -> None:
    assert scores.score_against_scheme(number("1.065"), "x", scheme="s").verdict == "impossible"
    assert scores.score_against_scheme(number("0.458"), "x", scheme="s").verdict == "consistent"
    tiers = [
        scores.Tier("one", *numbers("4"), above=number(">0.9")),
        scores.Tier("two", number("13"), *numbers("0.210", "0.458", "0.294")),
        scores.Tier("three", number("24"), *numbers("0.029", "0.181", "0.093")),
    ]
    assert {c.verdict for _, c in scores.tiers_partition(tiers, number("41"))} == {"consistent"}
    assert "inconsistent" in {c.verdict for _, c in scores.tiers_partition(tiers, number("40"))}
    tiers[2] = scores.Tier("three", number("24"), *numbers("0.029", "0.281", "0.093"))
    assert "inconsistent" in {c.verdict for _, c in scores.tiers_partition(tiers, number("41"))}
    ranks = [("a", *numbers("0.9", "1")), ("b", *numbers("0.5", "2")), ("c", *numbers("0.7", "3"))]
    assert [c.verdict for _, c in scores.rank_order(ranks)] == ["inconsistent"]


def test_magnitude_against_definition() -> None:
    loans = scores.magnitude_against_definition("贷款余额/GDP", [], "Findev", number("0.0017"))
    assert loans.verdict == "implausible"
    fine = scores.magnitude_against_definition("贷款余额/GDP", [], "Findev", number("1.7"))
    assert fine.verdict == "consistent"
    log = scores.magnitude_against_definition("ln(GDP)", numbers("129513.6"), "Ecodev", None)
    assert log.verdict == "implausible"
    assert scores.magnitude_against_definition("市场化指数", [], "Market", number("8.4")) is None


def test_division_by_what_may_be_zero_is_refused() -> None:
    assert quotient((1.0, 2.0), (-0.1, 0.1)) is None
