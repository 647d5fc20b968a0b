"""Every econometric golden case against programs and textbooks that are not ours.

The cases are data: a test reads which regression, which convention and which numbers from the JSON
and asks the library for that convention by name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models_py import descriptives, inference, mediation, moderation, panel, robustness

GOLDEN = Path(__file__).parents[2].parent / "shared" / "golden"

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        not GOLDEN.is_dir(),
        reason="the golden numbers are not beside the project (../shared/golden)",
    ),
]


def cases(family: str) -> list[Path]:
    return sorted((GOLDEN / family).glob("*.json"))


def read(path: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    case = json.loads(path.read_text(encoding="utf-8"))
    return case, pd.read_csv(path.with_name(case["csv"]))


# The name in the JSON, and how the library is asked for it.
ASKED = {
    "iid": {"covariance": "unadjusted"},
    "hc0": {"covariance": "hc0"},
    "hc1_full": {"covariance": "robust"},
    "hc2": {"covariance": "hc2"},
    "hc3": {"covariance": "hc3"},
    "cl_entity_reghdfe": {"convention": "reghdfe"},
    "cl_entity_areg": {"convention": "areg"},
    "cl_entity_noadj": {"convention": "none"},
    "cl_entity_G_only": {"convention": "clusters_only"},
    "cl_entity_linearmodels_default": {"convention": "linearmodels"},
    "cl_twoway_reghdfe": {"covariance": "cluster_two_way"},
    "plm_sss": {"convention": "plm"},
    "cl_entity_CR3_jackknife": {"covariance": "jackknife"},
    "cl_entity_CR2": {"covariance": "cr2"},
    **{
        f"dk_lag{lag}_{name}": {
            "covariance": "driscoll_kraay",
            "lags": lag,
            "convention": "none" if name == "noadj" else name,
        }
        for lag in range(8)
        for name in ("noadj", "fixest")
    },
}


def fitted(case: dict[str, Any], frame: pd.DataFrame, **asked: Any) -> panel.PanelFit:
    return panel.fit(
        frame,
        case["dependent"],
        case["regressors"],
        case["entity"],
        case["time"],
        time_effects=case["effects"] == "twoway",
        **asked,
    )


@pytest.mark.parametrize("engine", ["linearmodels", "gram"])
@pytest.mark.parametrize("path", cases("twfe"), ids=lambda path: path.stem)
def test_fixed_effects(path: Path, engine: str) -> None:
    case, frame = read(path)
    fit = fitted(case, frame, engine=engine)
    # The recorded programs agree among themselves to 2e-9 on unbalanced panels.
    tolerance = 1e-7 if case["balanced"] else 1e-6
    slopes = fit.coefficients.set_index("term")
    for term, value in case["coef"].items():
        assert slopes.loc[term, "estimate"] == pytest.approx(value, rel=1e-8)
    assert slopes.loc["const", "estimate"] == pytest.approx(
        case["constant_grand_mean_convention"], rel=1e-8
    )
    assert fit.statistics["rss"] == pytest.approx(case["rss"], rel=1e-9)
    assert fit.statistics["n_obs"] == case["n_used"]
    assert fit.statistics["n_entities"] == case["n_entities"]
    assert fit.statistics["df_residual"] == case["df_resid"]
    assert fit.statistics["n_singletons"] == case["singletons"]
    r2 = case["r2"]
    assert fit.statistics["r2_inclusive"] == pytest.approx(r2["overall_lsdv"], abs=1e-9)
    assert fit.statistics["r2_inclusive_adjusted"] == pytest.approx(
        r2["overall_lsdv_adj"], abs=1e-9
    )
    assert fit.statistics["r2_within"] == pytest.approx(r2["within_all_effects_out"], abs=1e-9)
    assert fit.statistics["r2_within_time_dummies"] == pytest.approx(
        r2["xtreg_within_year_dummies_as_regressors"], abs=1e-9
    )
    for name, expected in case["se_types"].items():
        found = fitted(case, frame, engine=engine, **ASKED[name])
        rows = found.coefficients.set_index("term")
        for term, value in expected["se"].items():
            if value is None:
                # A variance below zero; or R's 0/0 for a row of leverage one, which counts 0 here.
                assert np.isnan(rows.loc[term, "std_error"]) or case["singletons"], name
                continue
            assert rows.loc[term, "std_error"] == pytest.approx(value, rel=tolerance), name
            for key, column in (("p", "p"), ("ci95_low", "ci_low"), ("ci95_high", "ci_high")):
                if key in expected:
                    assert rows.loc[term, column] == pytest.approx(
                        expected[key][term], rel=tolerance, abs=1e-8
                    ), (name, key)
        if "df_for_t" in expected:
            assert found.df == expected["df_for_t"], name


# --- mediation ---------------------------------------------------------------------------------

N_DRAWS = 20_000


def mediated(case: dict[str, Any], frame: pd.DataFrame, **asked: Any) -> mediation.Mediation:
    panel_case = "fixed_effects" in case
    entity, time = case["fixed_effects"] if panel_case else (None, None)
    return mediation.mediate(
        frame,
        case["dependent"],
        case["treatment"],
        case["mediator"],
        case.get("controls", []),
        entity,
        time,
        entity_effects=panel_case,
        time_effects=panel_case,
        n_bootstrap=N_DRAWS,
        **asked,
    )


@pytest.mark.parametrize("path", cases("mediation"), ids=lambda path: path.stem)
def test_mediation(path: Path) -> None:
    case, frame = read(path)
    resample = "entity" if "cluster_bootstrap" in case else "row"
    boot = case.get("cluster_bootstrap") or {
        effect: case[f"bootstrap_case_{effect}"] for effect in ("indirect", "direct", "total")
    }
    sds = case.get("bootstrap_mc") or boot["mc"]
    shrink = np.sqrt(sds["batch_size"] / N_DRAWS)
    for method in ("percentile", "bc", "bca"):
        found = mediated(case, frame, resample=resample, interval=method)
        effects = found.effects.set_index("effect")
        for effect in ("indirect", "direct", "total"):
            assert effects.loc[effect, "estimate"] == pytest.approx(case[effect], rel=1e-10)
        sd = sds["mc_sd_of_endpoints_at_batch_size"]
        low, high = boot["indirect"][method]
        assert abs(effects.loc["indirect", "ci_low"] - low) < 4 * sd[method][0] * shrink
        assert abs(effects.loc["indirect", "ci_high"] - high) < 4 * sd[method][1] * shrink
        assert (
            abs(effects.loc["indirect", "std_error"] - boot["indirect"]["boot_se"])
            < 4 * sd["boot_se"] * shrink
        )
        if method == "bca":
            for effect in ("indirect", "direct", "total"):
                assert effects.loc[effect, "acceleration"] == pytest.approx(
                    boot[effect]["acceleration"], rel=1e-7
                )
    paths = found.paths.set_index("path")
    for name, key in (
        ("a", "path_a"),
        ("b", "path_b"),
        ("c", "path_c"),
        ("c_prime", "path_cprime"),
    ):
        if key in case:
            assert paths.loc[name, "estimate"] == pytest.approx(case[key]["b"], rel=1e-10)
            assert paths.loc[name, "std_error"] == pytest.approx(case[key]["se"], rel=1e-8)
    assert found.statistics["proportion_mediated"] == pytest.approx(
        case["proportion_mediated"], rel=1e-9
    )


def test_mediation_by_other_resamples() -> None:
    """M03 also records rows drawn with province dummies, and the pooled estimand."""
    case, frame = read(GOLDEN / "mediation" / "M03_panel_s31.json")
    rows = mediated(case, frame, resample="row").effects.set_index("effect")
    wrong_unit = case["naive_row_bootstrap_with_dummies"]["indirect"]
    assert rows.loc["indirect", "std_error"] == pytest.approx(wrong_unit["boot_se"], rel=0.03)
    assert rows.loc["indirect", "ci_low"] == pytest.approx(wrong_unit["percentile"][0], abs=6e-4)
    assert rows.loc["indirect", "ci_high"] == pytest.approx(wrong_unit["percentile"][1], abs=1e-3)
    pooled_case = {key: value for key, value in case.items() if key != "fixed_effects"}
    pooled = mediated(pooled_case, frame, resample="row").effects.set_index("effect")
    pooled_golden = case["pooled_row_bootstrap_without_FE"]
    for effect in ("indirect", "direct", "total"):
        assert pooled.loc[effect, "estimate"] == pytest.approx(
            pooled_golden[f"{effect}_point"], rel=1e-10
        )
    low, high = pooled_golden["indirect"]["percentile"]
    assert pooled.loc["indirect", "ci_low"] == pytest.approx(low, abs=8e-4)
    assert pooled.loc["indirect", "ci_high"] == pytest.approx(high, abs=8e-4)


def test_mediation_paths_are_clustered_by_default() -> None:
    case, frame = read(GOLDEN / "mediation" / "M03_panel_s31.json")
    found = mediated(case, frame)
    errors = found.paths.set_index("path")["std_error"]
    for path, value in case["se_cluster"].items():
        assert errors[path] == pytest.approx(value, rel=1e-8)
    sobel = case["sobel_cluster"]["sobel.hhi"]
    assert found.statistics["sobel_se"] == pytest.approx(sobel["se"], rel=1e-8)
    assert found.statistics["sobel_p"] == pytest.approx(sobel["p"], rel=1e-7)


# --- moderation --------------------------------------------------------------------------------


def expected_effects(found: panel.PanelFit, x: str, z: str, rows: list[dict[str, Any]]) -> None:
    table = moderation.marginal_effects(found, x, z, [row["at"] for row in rows])
    for (_, ours), row in zip(table.iterrows(), rows, strict=True):
        assert ours["effect"] == pytest.approx(row["dydx"], rel=1e-8, abs=1e-10)
        assert ours["std_error"] == pytest.approx(row["se"], rel=1e-8)
        assert ours["p"] == pytest.approx(row["p"], rel=1e-7)
        assert [ours["ci_low"], ours["ci_high"]] == pytest.approx(row["ci95"], rel=1e-7)


def test_moderation_textbook() -> None:
    case, frame = read(GOLDEN / "moderation" / "I01_hsb2.json")
    pooled = {"entity_effects": False, "time_effects": False, "covariance": "unadjusted"}
    fit = panel.fit(frame, "read", ["math", "socst", "math:socst"], None, None, **pooled)
    for key in ("coef", "se"):
        column = {"coef": "estimate", "se": "std_error"}[key]
        for term, value in case[key].items():
            name = "const" if term == "(Intercept)" else term
            assert fit.row(name)[column] == pytest.approx(value, rel=1e-8)
    assert fit.df == case["df"]
    assert fit.statistics["r2_inclusive"] == pytest.approx(case["r2"], abs=1e-9)
    for key in ("marginal_effects", "at_mean_pm_sd"):
        expected_effects(fit, "math", "socst", case[key])
    expected_effects(fit, "math", "socst", [case["average_marginal_effect"]])
    points = moderation.johnson_neyman(fit, "math", "socst")
    assert points.roots == pytest.approx(case["johnson_neyman"]["roots"], rel=1e-7)
    assert points.t_critical == pytest.approx(case["johnson_neyman"]["t_crit"], rel=1e-9)
    assert points.significant == "outside"
    both = moderation.moderate(frame, "read", "math", "socst", [], None, None, **pooled)
    renamed = {"(Intercept)": "const", "mathc": "math", "socc": "socst", "mathc:socc": "math:socst"}
    for term, value in case["centred"]["coef"].items():
        row = both.centred.row(renamed[term])
        assert row["estimate"] == pytest.approx(value, rel=1e-8)
        assert row["std_error"] == pytest.approx(case["centred"]["se"][term], rel=1e-8)


@pytest.mark.parametrize("how", ["product", "column"])
def test_moderation_panel(how: str) -> None:
    case, frame = read(GOLDEN / "moderation" / "I03_s31.json")
    x, z = case["focal"], case["moderator"]
    term = f"{x}:{z}" if how == "product" else "xz"
    frame = frame.assign(xz=frame[x] * frame[z])
    fit = panel.fit(
        frame, case["dependent"], [x, z, term, *case["controls"]], *case["fixed_effects"]
    )
    for name, value in case["coef"].items():
        row = fit.row(term if name == "xz" else name)
        assert row["estimate"] == pytest.approx(value, rel=1e-8)
        assert row["std_error"] == pytest.approx(case["se_cluster"][name], rel=1e-8)
    assert fit.df == case["df_t"]
    for key in ("marginal_effects_grid", "at_mean_pm_sd", "at_quantiles"):
        expected_effects(fit, x, z, case[key])
    for key, by in (("mean_sd", "at_mean_pm_sd"), ("quantiles", "at_quantiles")):
        ours = moderation.marginal_effects(fit, x, z, key)["at"]
        assert list(ours) == pytest.approx([row["at"] for row in case[by]], rel=1e-9)
    points = moderation.johnson_neyman(fit, x, z)
    assert points.roots == pytest.approx(case["johnson_neyman_cluster"]["roots"], rel=1e-7)
    iid = panel.fit(
        frame,
        case["dependent"],
        [x, z, term, *case["controls"]],
        *case["fixed_effects"],
        covariance="unadjusted",
    )
    points = moderation.johnson_neyman(iid, x, z)
    assert points.roots == pytest.approx(case["johnson_neyman_iid"]["roots"], rel=1e-7)
    both = moderation.moderate(
        frame, case["dependent"], x, z, case["controls"], *case["fixed_effects"]
    )
    for name, value in case["centred"]["coef"].items():
        row = both.centred.row(f"{x}:{z}" if name == "xz" else name)
        assert row["estimate"] == pytest.approx(value, rel=1e-8)
        assert row["std_error"] == pytest.approx(case["centred"]["se_cluster"][name], rel=1e-8)


# --- descriptives ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", cases("descriptives"), ids=lambda path: path.stem)
def test_descriptives(path: Path) -> None:
    case, frame = read(path)
    variables = list(case["table"])
    table = descriptives.descriptive_statistics(frame, variables).set_index("variable")
    named = {
        "N": "n",
        "mean": "mean",
        "sd_sample": "sd",
        "min": "minimum",
        "p25": "p25",
        "median": "median",
        "p75": "p75",
        "max": "maximum",
        "skewness_g1": "skewness",
    }
    for name, row in case["table"].items():
        for key, value in row.items():
            assert table.loc[name, named[key]] == pytest.approx(value, rel=1e-10), (name, key)
    pairs = descriptives.correlations(frame, variables).set_index(["variable_x", "variable_y"])
    ranks = descriptives.correlations(frame, variables, "spearman")
    ranks = ranks.set_index(["variable_x", "variable_y"])
    for x in variables:
        for y in variables:
            assert pairs.loc[(x, y), "r"] == pytest.approx(case["pearson"][x][y], rel=1e-10)
            assert ranks.loc[(x, y), "r"] == pytest.approx(case["spearman"][x][y], rel=1e-10)
            assert pairs.loc[(x, y), "stars"] == case["stars"][x][y]
            assert pairs.loc[(x, y), "n"] == case["n"]
            if x != y:
                assert pairs.loc[(x, y), "p"] == pytest.approx(case["pearson_p"][x][y], rel=1e-9)
    inflation = descriptives.vif(frame, list(case["vif"])).set_index("variable")["vif"]
    for name, value in case["vif"].items():
        assert inflation[name] == pytest.approx(value, rel=1e-10)
    assert descriptives.eigenvalues(frame, variables) == pytest.approx(
        case["eigenvalues"], rel=1e-10
    )
    shares = descriptives.variance_shares(frame, variables, "province").set_index("variable")
    for name, row in case["xtsum"].items():
        for key, value in row.items():
            assert shares.loc[name, f"sd_{key}"] == pytest.approx(value, rel=1e-10)
    for key, level in (("p10", 0.10), ("p05", 0.05), ("p01", 0.01)):
        assert descriptives.critical_r(case["n"], level) == pytest.approx(
            case["r_critical"][key], rel=1e-10
        )


# --- few clusters ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", cases("fewcluster"), ids=lambda path: path.stem)
def test_wild_cluster_bootstrap(path: Path) -> None:
    case, frame = read(path)
    left, effects = case["regression"].split("|")
    outcome, terms = (part.strip() for part in left.split("~"))
    fit = panel.fit(
        frame,
        outcome,
        [term.strip() for term in terms.split("+")],
        *(part.strip() for part in effects.split("+")),
    )
    found = inference.wild_cluster_bootstrap(fit, case["tested"], n_bootstrap=case["B"])
    assert found.enumerated == case["exact_enumeration"]
    assert found.n_clusters == case["G"]
    assert found.estimate == pytest.approx(case["coef"], rel=1e-8)
    assert found.t == pytest.approx(case["t_no_factor"], rel=1e-8)
    margin = 1e-12 if found.enumerated else 3 * case["mc_se_of_p"] + 2 / case["B"]
    assert found.p_strict == pytest.approx(case["p_strict_greater"], abs=margin)
    assert found.p == pytest.approx(case["p_greater_or_equal"], abs=margin)
    if case["ci95_by_inversion_strict"]:
        strict = inference.wild_cluster_bootstrap(
            fit, case["tested"], n_bootstrap=case["B"], count_ties=False
        )
        assert [strict.ci_low, strict.ci_high] == pytest.approx(
            case["ci95_by_inversion_strict"], rel=1e-5
        )


@pytest.mark.parametrize("path", cases("twfe"), ids=lambda path: path.stem)
def test_leave_one_out(path: Path) -> None:
    case, frame = read(path)
    golden = case["se_types"].get("cl_entity_CR3_jackknife")
    if golden is None:
        pytest.skip("not recorded for this case")
    table = inference.leave_one_out_range(fitted(case, frame)).set_index("term")
    for term in case["coef"]:
        for ours, theirs in (("minimum", "leave_one_out_min"), ("maximum", "leave_one_out_max")):
            assert table.loc[term, ours] == pytest.approx(golden[theirs][term], rel=1e-7)


# --- counts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["statsmodels", "absorb"])
@pytest.mark.parametrize("path", cases("ppml"), ids=lambda path: path.stem)
def test_counts(path: Path, engine: str) -> None:
    case, frame = read(path)
    asked = {
        "se_cluster_no_factor": {"convention": "none"},
        "se_cluster_G_factor": {"convention": "ppmlhdfe"},
        "se_cluster_fixest_default": {"convention": "fixest"},
        "se_iid_glm": {"covariance": "unadjusted"},
    }
    for key, options in asked.items():
        fit = robustness.ppml(
            frame, "chip", list(case["coef"]), "province", "year", engine=engine, **options
        )
        rows = fit.coefficients.set_index("term")
        for term, value in case["coef"].items():
            assert rows.loc[term, "estimate"] == pytest.approx(value, rel=1e-6)
            assert rows.loc[term, "std_error"] == pytest.approx(case[key][term], rel=1e-5), key
        if key == "se_cluster_G_factor":
            for term, value in case["z_cluster"].items():
                assert rows.loc[term, "t"] == pytest.approx(value, rel=1e-5)
    assert rows.loc["govat", "irr"] == pytest.approx(case["irr_govat"], rel=1e-6)
    assert fit.statistics["log_likelihood"] == pytest.approx(case["loglik"], rel=1e-9)
    assert fit.statistics["deviance"] == pytest.approx(case["deviance"], rel=1e-9)
    assert fit.statistics["dispersion"] == pytest.approx(case["pearson_dispersion"], rel=1e-6)
    assert fit.statistics["pseudo_r2_adjusted"] == pytest.approx(
        case["pseudo_r2_mcfadden_fixest"], abs=1e-9
    )
    linear = panel.fit(
        frame.assign(log_chip=np.log(frame["chip"])),
        "log_chip",
        list(case["log_ols_comparison"]),
        "province",
        "year",
    )
    for term, value in case["log_ols_comparison"].items():
        assert linear.estimate(term) == pytest.approx(value, rel=1e-8)
