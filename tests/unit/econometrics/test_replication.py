"""Published figures beside ours: which status, and why; never equal where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from models_py.replication.compare import COLUMNS, STATUSES, replicate
from models_py.replication.names import PrintedName
from models_py.replication.stands import stands_for
from models_py.study import Descriptives, Mediated, Models, Moderated, Regression

NAMES = {
    "Chip": PrintedName(("patents", "ln_patents")),
    "Govat": PrintedName(("attention",), "hits are counted otherwise"),
    "Market": PrintedName(("market",)),
    "Inter": PrintedName(("attention:market",)),
}


def fact(
    area: str, measure: str, value: float | None, details: str, place: str = "表4", **more: Any
) -> dict[str, Any]:
    return {
        "fact_id": f"F{measure}{details}",
        "subject_area": area,
        "measure": measure,
        "value": value,
        "printed_value": str(value),
        "details": details,
        "published_table": place,
        **more,
    }


def coefficients(**changes: Any) -> pd.DataFrame:
    """Model 1 without and model 2 with a variable that is defined otherwise."""
    rows = [
        ("plain", "market", 0.5, 2.0),
        ("plain", "const", 11.0, 1.0),
        ("full", "attention", 0.07, 3.0),
        ("full", "attention:market", 0.02, 1.5),
    ]
    return pd.DataFrame(
        [
            {
                "model": model,
                "term": term,
                "estimate": estimate,
                "t": t,
                "outcome": "ln_patents",
                "published": "表4 模型1" if model == "plain" else "表4 模型2",
                "sample": "155 rows, 31 regions, 5 years",
                **changes,
            }
            for model, term, estimate, t in rows
        ]
    )


def tables(**changes: Any) -> dict[str, pd.DataFrame]:
    return {
        "coefficients": coefficients(**changes),
        "fit_statistics": pd.DataFrame([{"model": "plain", "n_obs": 155, "r2_inclusive": 0.6884}]),
        "descriptive_statistics": pd.DataFrame(
            [
                {
                    "published": "表2",
                    "variable": name,
                    "n": 155,
                    "mean": 12.5,
                    "sd": 3.25,
                    "minimum": 1.0,
                    "maximum": np.nan,
                }
                for name in ("market", "attention")
            ]
        ),
        "correlations": pd.DataFrame(
            [
                {"published": "表3", "variable_x": x, "variable_y": y, "r": 1.0 if x == y else 0.4}
                for x in ("patents", "market")
                for y in ("patents", "market")
            ]
        ),
        "mediation": pd.DataFrame(
            [
                {
                    "model": "path",
                    "outcome": "ln_patents",
                    "treatment": "x",
                    "mediator": "market",
                    "effect": effect,
                    "ci_low": 0.0217,
                    "ci_high": 0.1383,
                    "ci_method": method,
                    "n_bootstrap": 5000,
                    "resample": "entity",
                    "p": 0.01,
                    "published": "text",
                }
                for effect in ("indirect", "direct")
                for method in ("percentile", "bc")
            ]
        ),
    }


FINDINGS = pd.DataFrame(columns=["published_table", "cell", "verdict", "explanation"])


def verdict(
    one: dict[str, Any],
    *,
    ours: dict[str, pd.DataFrame] | None = None,
    findings: pd.DataFrame = FINDINGS,
    is_sample: bool = False,
) -> pd.Series[Any]:
    found = replicate(
        pd.DataFrame([one]),
        findings,
        tables() if ours is None else ours,
        NAMES,
        is_sample=is_sample,
    )
    assert list(found.columns) == list(COLUMNS)
    assert len(found) == 1
    row = found.iloc[0]
    assert row["status"] in STATUSES
    assert row["reason"].endswith(".") or row["status"] == "contradicts_itself"
    return row


def finding(place: str, cell: str, said: str = "impossible", rule: str = "") -> pd.DataFrame:
    row = {"published_table": place, "cell": cell, "rule": rule, "verdict": said}
    return pd.DataFrame([{**row, "explanation": "It cannot be."}])


def coefficient(term: str, value: float, decimals: int = 3) -> dict[str, Any]:
    model = 2 if term in ("Govat", "Inter") else 1
    details = f"table=4;model={model};outcome=Chip;term={term};stars=0;decimals={decimals}"
    return fact("regression", "coefficient", value, details)


@pytest.mark.parametrize(
    ("published", "decimals", "equal"),
    [
        (0.5, 3, True),
        (0.5005, 3, True),
        (0.4995, 3, True),
        (0.5006, 3, False),
        (0.4994, 3, False),
        (0.5, 0, True),
        (1.0, 0, True),
        (1.1, 0, False),
        (0.6, 1, False),
        (0.55, 1, True),
        (0.50000004, 7, True),
        (0.50000006, 7, False),
        (-0.5, 3, False),
    ],
)
def test_equal_means_equal_at_the_printed_digits(
    published: float, decimals: int, equal: bool
) -> None:
    row = verdict(coefficient("Market", published, decimals))
    assert row["our_value"] == 0.5
    assert row["difference"] == pytest.approx(0.5 - published)
    assert row["status"] == ("equal" if equal else "differs_by_vintage")
    assert row["our_cell"] == "plain market estimate"
    assert row["our_table"] == "coefficients"


def test_half_a_digit_of_figures_that_binary_cannot_hold() -> None:
    """0.0435 lies half a digit from 0.043 and from 0.044, as both are printed."""
    ours = tables(estimate=0.0435)
    for published in (0.043, 0.044):
        assert verdict(coefficient("Market", published), ours=ours)["status"] == "equal"
    for published in (0.042, 0.045):
        assert verdict(coefficient("Market", published), ours=ours)["status"] != "equal"


def test_sample_data_reproduce_nothing() -> None:
    row = verdict(coefficient("Market", 0.5), is_sample=True)
    assert row["status"] == "cannot_be_computed"
    assert "sample data" in row["reason"]
    assert row["our_value"] == 0.5
    away = verdict(coefficient("Market", 0.9), is_sample=True)
    assert away["status"] == "cannot_be_computed"


def test_a_declared_difference_of_definition_comes_before_the_edition() -> None:
    row = verdict(coefficient("Govat", 0.9))
    assert row["status"] == "differs_by_definition"
    assert row["reason"] == "Hits are counted otherwise."
    assert verdict(coefficient("Govat", 0.07))["status"] == "equal"


def test_a_part_of_a_product_brings_its_definition() -> None:
    row = verdict(coefficient("Inter", 0.9))
    assert row["status"] == "differs_by_definition"
    assert row["our_cell"] == "full attention:market estimate"


def test_only_definitions_of_what_is_in_the_cell_count() -> None:
    row = verdict(fact("descriptive_stat", "mean", 9.0, "variable=Market;decimals=1", "表2"))
    assert row["status"] == "differs_by_vintage"
    assert "edition" in row["reason"]
    row = verdict(fact("descriptive_stat", "mean", 9.0, "variable=Govat;decimals=1", "表2"))
    assert row["status"] == "differs_by_definition"


def test_a_model_without_a_control_differs_by_definition() -> None:
    ours = tables(sample="150 rows, 30 regions, 5 years; without rd, gdp")
    row = verdict(coefficient("Market", 0.9), ours=ours)
    assert row["status"] == "differs_by_definition"
    assert "Ours is fitted without rd, gdp" in row["reason"]
    missing = tables(sample="150 rows, 30 regions, 5 years; 5 rows without every variable")
    assert verdict(coefficient("Market", 0.9), ours=missing)["status"] == "differs_by_vintage"


def test_a_constant_and_a_t_value() -> None:
    assert verdict(coefficient("Constant", 11.0))["our_cell"] == "plain const estimate"
    t = verdict(
        fact("regression", "t_statistic", 2.0, "model=1;outcome=Chip;term=Market;decimals=2")
    )
    assert (t["status"], t["our_cell"]) == ("equal", "plain market t")


def test_statistics_of_a_model() -> None:
    n_obs = verdict(fact("regression", "n_obs", 155.0, "model=1;outcome=Chip;decimals=0"))
    assert n_obs["status"] == "equal"
    r2 = fact("regression", "r_squared", 0.688, "model=1;outcome=Chip;decimals=3")
    assert verdict(r2)["status"] == "equal"
    away = verdict({**r2, "value": 0.5})
    assert away["status"] == "differs_by_definition"
    assert "does not say which R²" in away["reason"]


def test_a_contradiction_is_told_unless_ours_has_the_printed_digits() -> None:
    cell = "模型1 Chip · Market"
    for said in ("impossible", "inconsistent"):
        row = verdict(coefficient("Market", 0.9), findings=finding("表4", cell, said))
        assert row["status"] == "contradicts_itself"
        assert "It cannot be." in row["reason"]
    near = verdict(coefficient("Market", 0.5), findings=finding("表4", cell))
    assert near["status"] == "equal"
    assert "contradicts its neighbours: It cannot be." in near["reason"]
    sample = verdict(coefficient("Market", 0.5), findings=finding("表4", cell), is_sample=True)
    assert sample["status"] == "contradicts_itself"


@pytest.mark.parametrize(
    ("place", "cell", "said"),
    [
        ("表5", "模型1 Chip · Market", "impossible"),
        ("表4", "模型2 Chip · Market", "impossible"),
        ("表4", "模型1 Chip · Govat", "impossible"),
        ("表4", "模型1 Chip · Market", "consistent"),
        ("表4", "模型1 Chip · Market", "unlikely"),
        ("表4", "模型1 Chip · R²", "impossible"),
    ],
)
def test_findings_of_other_cells_accuse_nobody(place: str, cell: str, said: str) -> None:
    row = verdict(coefficient("Market", 0.9), findings=finding(place, cell, said))
    assert row["status"] == "differs_by_vintage"


@pytest.mark.parametrize(
    ("rule", "accused"),
    [
        ("sd_bounds", {"standard_deviation"}),
        ("grim", {"mean"}),
        ("mean_in_range", {"mean"}),
        ("no_rule_we_know", {"n_obs", "mean", "standard_deviation", "minimum", "maximum"}),
    ],
)
def test_only_the_moment_at_fault_contradicts_itself(rule: str, accused: set[str]) -> None:
    found = finding("表2", "Market", rule=rule)
    for measure in ("n_obs", "mean", "standard_deviation", "minimum", "maximum"):
        one = fact("descriptive_stat", measure, 9.0, "variable=Market;decimals=1", "表2")
        status = verdict(one, findings=found)["status"]
        assert (status == "contradicts_itself") == (measure in accused), measure


@pytest.mark.parametrize(
    ("rule", "accused"),
    [
        ("stars_vs_t", {"coefficient", "t_statistic"}),
        ("t_sign", {"coefficient", "t_statistic"}),
        ("nested_identity", {"coefficient"}),
        ("c_minus_c_prime", {"coefficient"}),
    ],
)
def test_only_the_figure_of_a_term_at_fault_contradicts_itself(
    rule: str, accused: set[str]
) -> None:
    found = finding("表4", "模型1 Chip · Market", rule=rule)
    for measure in ("coefficient", "t_statistic"):
        details = "model=1;outcome=Chip;term=Market;decimals=3"
        status = verdict(fact("regression", measure, 9.0, details), findings=found)["status"]
        assert (status == "contradicts_itself") == (measure in accused), measure


def test_a_finding_of_r2_is_none_of_n_and_one_of_an_interval_none_of_p() -> None:
    n_obs = fact("regression", "n_obs", 9.0, "model=1;outcome=Chip;decimals=0")
    r2 = finding("表4", "模型1 Chip · R²", rule="r2_gain")
    assert verdict(n_obs, findings=r2)["status"] == "differs_by_vintage"
    of_n = finding("表4", "模型1 Chip · N", rule="degrees_of_freedom")
    assert verdict(n_obs, findings=of_n)["status"] == "contradicts_itself"
    outside = finding("表5", "indirect effect", rule="effect_in_interval")
    low = verdict(bootstrap("indirect", "ci_low", 0.5), findings=outside)
    assert low["status"] == "contradicts_itself"
    p = fact("bootstrap", "indirect_effect_p_value", 0.5, "effect=indirect;decimals=3", "text")
    assert verdict(p, findings=outside)["status"] == "differs_by_definition"


def test_every_finding_of_a_figure_is_told() -> None:
    found = pd.concat(
        [
            finding("表4", "模型1 Chip · Market", rule="t_sign"),
            finding("表4", "模型1 Chip · Market", rule="stars_vs_t").assign(
                explanation="Nor can this."
            ),
        ]
    )
    reason = verdict(coefficient("Market", 0.9), findings=found)["reason"]
    assert reason.endswith("It cannot be. Nor can this.")


def test_a_correlation_with_itself_is_no_figure_that_could_be_reproduced() -> None:
    facts = pd.DataFrame(
        [fact("correlation", "correlation", 1.0, "row=Chip;column=Chip;decimals=0", "表3")]
    )
    assert replicate(facts, FINDINGS, tables(), NAMES, is_sample=False).empty


def test_a_declared_model_that_was_not_fitted_is_told_with_its_reason() -> None:
    models = Models(
        descriptives={"levels": Descriptives(("nothing", "market"), "表2", "表3")},
        regressions={
            "plain": Regression("y", ("market",), published="表4 模型1"),
            "direct": Regression("y", ("x",), published="表4 模型9"),
        },
        mediations={"path": Mediated("y", "x", "m", published={"effects": "elsewhere"})},
        moderations={"by": Moderated("y", "x", "w", published="表6 模型1")},
    )
    why = "study.yaml, line 7: x has no value."
    sections = {"regressions": "direct", "mediations": "path", "moderations": "by"}
    stands = stands_for(models, dict.fromkeys(sections.items(), why))
    names = {**NAMES, "Nothing": PrintedName(("nothing",))}

    def told(one: dict[str, Any]) -> str:
        found = replicate(
            pd.DataFrame([one]), FINDINGS, tables(), names, is_sample=False, stands=stands
        )
        assert found["status"].tolist() == ["cannot_be_computed"]
        return str(found["reason"].iloc[0])

    details = "model={};outcome=Chip;term=Market;decimals=1"
    one = fact("regression", "coefficient", 0.5, details.format(9))
    assert told(one) == f"What stands for 表4 模型9 is not fitted: {why}"
    one = fact("regression", "coefficient", 0.5, details.format(1), "表6")
    assert told(one) == f"What stands for 表6 模型1 is not fitted: {why}"
    effect = fact("bootstrap", "direct_effect_p_value", 0.1, "effect=direct", "elsewhere")
    assert told(effect) == f"What stands for elsewhere is not fitted: {why}"
    one = fact("regression", "coefficient", 0.5, details.format(3))
    assert told(one) == "No fitted model of the study stands for 表4 模型3."
    one = fact("descriptive_stat", "mean", 1.0, "variable=Nothing;decimals=0", "表2")
    assert told(one).startswith("No region and year has a value of nothing, so the table")
    one = fact("correlation", "correlation", 0.1, "row=Nothing;column=Market;decimals=1", "表3")
    assert told(one).startswith("No region and year has a value of nothing")


def test_a_model_without_a_control_keeps_the_reason_of_its_r2() -> None:
    ours = tables(sample="150 rows, 30 regions, 5 years; without rd")
    r2 = fact("regression", "r_squared", 0.1, "model=1;outcome=Chip;decimals=3")
    reason = verdict(r2, ours=ours)["reason"]
    assert "without rd" in reason
    assert "does not say which R²" in reason


def test_a_p_value_stands_beside_the_row_that_has_one() -> None:
    ours = tables()
    effects = ours["mediation"].iloc[::-1].reset_index(drop=True)
    effects["p"] = effects["p"].where(effects["ci_method"] == "percentile")
    row = verdict(bootstrap("direct", "p", 0.01), ours={**ours, "mediation": effects})
    assert (row["status"], row["our_cell"]) == ("equal", "path direct percentile p")


def test_findings_of_moments_correlations_and_r2() -> None:
    mean = fact("descriptive_stat", "mean", 9.0, "variable=Market;decimals=1", "表2")
    assert verdict(mean, findings=finding("表2", "Market"))["status"] == "contradicts_itself"
    r = fact("correlation", "correlation", 0.9, "row=Chip;column=Market;decimals=1", "表3")
    found = verdict(r, findings=finding("表3", "Chip × Market"))
    assert found["status"] == "contradicts_itself"
    r2 = fact("regression", "r_squared", 0.1, "model=1;outcome=Chip;decimals=3")
    assert verdict(r2, findings=finding("表4", "模型1 Chip · R²"))["status"] == "contradicts_itself"


def bootstrap(effect: str, bound: str, value: float) -> dict[str, Any]:
    measure = f"{effect}_effect_{bound}" if bound != "p" else f"{effect}_effect_p_value"
    details = f"effect={effect};bound={bound};treatment=Govat;mediator=Hhi;outcome=Chip;decimals=4"
    return fact("bootstrap", measure, value, details, "text")


def test_bootstrap_intervals_are_set_beside_ours_with_how_ours_was_drawn() -> None:
    for bound, value in (("ci_low", 0.0217), ("ci_high", 0.1383), ("p", 0.01)):
        row = verdict(bootstrap("direct", bound, value))
        assert row["status"] == "equal"
        assert row["our_cell"] == f"path direct percentile {bound}"
    away = verdict(bootstrap("indirect", "ci_low", -0.5))
    assert away["status"] == "differs_by_definition"
    assert "5000 draws by entity, percentile" in away["reason"]


def test_a_finding_of_an_effect_is_told_wherever_the_audit_reads_it() -> None:
    row = verdict(bootstrap("indirect", "ci_low", 0.5), findings=finding("表5", "indirect effect"))
    assert row["status"] == "contradicts_itself"
    other = verdict(bootstrap("direct", "ci_low", 0.5), findings=finding("表5", "indirect effect"))
    assert other["status"] == "differs_by_definition"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            coefficient("Nobody", 0.5),
            "The model plain, which stands for 表4 模型1, has no term Nobody",
        ),
        (
            fact("regression", "coefficient", 0.5, "model=9;outcome=Chip;term=Market;decimals=1"),
            "No fitted model of the study stands for 表4 模型9",
        ),
        (
            fact("descriptive_stat", "mean", 1.0, "variable=Hhi;decimals=0", "表2"),
            "No table of the study stands for Hhi in 表2",
        ),
        (
            fact("descriptive_stat", "mean", 1.0, "variable=Market;decimals=0", "表9"),
            "No table of the study stands for Market in 表9",
        ),
        (
            fact("correlation", "correlation", 1.0, "row=Chip;column=Hhi;decimals=0", "表3"),
            "No table of the study stands for Chip × Hhi in 表3",
        ),
        ({**bootstrap("total", "ci_low", 0.5)}, "No fitted mediation of the study"),
        (
            fact("descriptive_stat", "maximum", 1.0, "variable=Market;decimals=0", "表2"),
            "Ours has no value",
        ),
    ],
)
def test_what_has_no_number_of_ours_says_why(one: dict[str, Any], said: str) -> None:
    row = verdict(one)
    assert row["status"] == "cannot_be_computed"
    assert said in row["reason"]
    assert np.isnan(row["our_value"])
    assert np.isnan(row["difference"])


def test_nothing_fitted_at_all_cannot_be_computed() -> None:
    for ours in ({}, {name: table.iloc[:0] for name, table in tables().items()}):
        for one in (
            coefficient("Market", 0.5),
            bootstrap("direct", "ci_low", 0.1),
            fact("descriptive_stat", "mean", 1.0, "variable=Market;decimals=0", "表2"),
            fact("correlation", "correlation", 1.0, "row=Chip;column=Market;decimals=0", "表3"),
        ):
            assert verdict(one, ours=ours)["status"] == "cannot_be_computed"


def test_facts_that_are_no_statistics_are_left_out() -> None:
    facts = pd.DataFrame(
        [
            fact("trade", "import_value", 3856.0, "decimals=0"),
            fact("regression", "parenthesis_statistic", 1.0, "table=4"),
            fact("regression", "coefficient", None, "model=1;outcome=Chip;term=Market"),
            fact("intext", "mean", 1.0, "variable=Market;decimals=0", "表2"),
            coefficient("Market", 0.5),
        ]
    )
    found = replicate(facts, FINDINGS, tables(), NAMES, is_sample=False)
    assert len(found) == 1
    none = replicate(facts.iloc[:0], FINDINGS, tables(), NAMES, is_sample=False)
    assert list(none.columns) == list(COLUMNS)
    assert none["our_value"].dtype == np.float64


def test_the_order_of_facts_and_of_tables_changes_nothing() -> None:
    facts = pd.DataFrame(
        [coefficient(term, 0.5) for term in ("Market", "Govat", "Inter", "Constant", "Nobody")]
    )
    whole = replicate(facts, FINDINGS, tables(), NAMES, is_sample=False)
    turned = replicate(facts.iloc[::-1], FINDINGS, tables(), NAMES, is_sample=False)
    assert whole.to_csv() == turned.to_csv()
    assert set(whole["status"]) == {
        *("equal", "differs_by_definition", "differs_by_vintage", "cannot_be_computed")
    }


def test_a_name_takes_the_variable_that_the_table_has() -> None:
    """Chip is patents among correlations, where their logarithm is not."""
    row = verdict(
        fact("correlation", "correlation", 0.4, "row=Market;column=Chip;decimals=1", "表3")
    )
    assert (row["our_cell"], row["status"]) == ("market × patents r", "equal")
