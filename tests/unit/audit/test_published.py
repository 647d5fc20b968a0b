"""The five papers' facts: what contradicts itself is found, what is clean passes, nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

from models_py.audit import WRONG, audit_published
from models_py.audit.digits import parse_number
from models_py.audit.reference import NORMAL
from models_py.audit.rules import mediation, restated
from tests.unit.audit.papers import facts, findings

# Every accusation of the five papers, by place, a part of the cell's name, rule and verdict.
EXPECTED = {
    ("表2", "Findev", "sd_bounds", "impossible"),
    ("表3", "matrix", "correlation_psd", "impossible"),
    ("表3", "matrix", "correlation_completeness", "inconsistent"),
    ("表3", "Ecodev × Govat", "stars_vs_r", "inconsistent"),
    ("表3", "Psize × Govat", "stars_vs_r", "inconsistent"),
    ("表3", "Psize × Gtech", "stars_vs_r", "inconsistent"),
    ("表4", "模型2 Chip · Constant", "stars_vs_t", "impossible"),
    ("表4", "模型2 Chip · Hucap", "t_sign", "inconsistent"),
    ("表5", "模型1 Chip · Constant", "stars_vs_t", "impossible"),
    ("表5", "模型1 Chip · Hucap", "t_sign", "inconsistent"),
    ("表5", "模型2 Hhi · Constant", "stars_vs_t", "impossible"),
    ("表5", "模型2 Hhi · Psize", "stars_vs_t", "inconsistent"),
    ("表5", "模型3 Chip · Hhi", "stars_vs_t", "impossible"),
    ("表5", "模型3 Chip · Hhi", "nested_identity", "inconsistent"),
    ("表5", "模型3 Chip · Hhi (text)", "claim_vs_t", "impossible"),
    ("表5", "模型3 Chip · Govat", "nested_identity", "inconsistent"),
    ("表5", "模型3 Chip · Govat", "c_minus_c_prime", "inconsistent"),
    ("表5", "模型3 Chip · Findev", "nested_identity", "inconsistent"),
    ("表5", "模型3 Chip · Findev", "t_sign", "inconsistent"),
    ("表5", "模型3 Chip · R²", "r2_gain", "inconsistent"),
    ("§5.2.2 / 表5", "indirect effect", "effect_in_interval", "inconsistent"),
    ("§5.2.2 / 表5", "indirect effect", "sobel_interval", "inconsistent"),
    ("表6", "模型1 Chip · Govat", "stars_vs_t", "impossible"),
    ("表6", "模型1 Chip · Market", "stars_vs_t", "inconsistent"),
    ("表6", "模型1 Chip · InterGM", "stars_vs_t", "impossible"),
    ("表6", "模型1 Chip · InterGM (text)", "claim_vs_t", "impossible"),
    ("表7", "模型1 Chip · Govat", "stars_vs_t", "impossible"),
    ("表7", "模型1 Chip · Govat (text)", "claim_vs_t", "impossible"),
    ("表7", "模型3 Chip · Hhi (text)", "claim_vs_t", "impossible"),
    ("表7", "模型5 Chip · InterGM (text)", "claim_vs_t", "impossible"),
    ("表7", "模型1 Chip · Constant", "stars_vs_t", "inconsistent"),
    ("表7", "模型2 Hhi · Govat", "stars_vs_t", "impossible"),
    ("表7", "模型3 Chip · Hhi", "stars_vs_t", "impossible"),
    ("表7", "模型3 Chip · Constant", "stars_vs_t", "inconsistent"),
    ("表7", "模型3 Chip · Govat", "nested_identity", "inconsistent"),
    ("表7", "模型3 Chip · Constant", "nested_identity", "inconsistent"),
    ("表7", "模型3 Chip · Govat", "c_minus_c_prime", "inconsistent"),
    ("表7", "模型3 Chip · R²", "r2_gain", "inconsistent"),
    ("表7", "模型4 Hhi · Govat", "stars_vs_t", "impossible"),
    ("表7", "模型5 Chip · Govat", "stars_vs_t", "inconsistent"),
    ("表7", "模型5 Chip · Market", "stars_vs_t", "inconsistent"),
    ("表7", "模型5 Chip · InterGM", "stars_vs_t", "impossible"),
    ("表7", "模型5 Chip · Constant", "stars_vs_t", "inconsistent"),
    ("表7", "模型2 / 模型4 Hhi", "same_equation", "inconsistent"),
    ("§5.2.2 / 表5", "S000-0285", "mediation_claim", "inconsistent"),
    ("§2.3", "S001-0029", "score_scheme", "inconsistent"),
    ("§3", "S001-0056", "share_vs_levels", "inconsistent"),
    ("§一(三) / §三(三)", "S002-0025", "document_status", "inconsistent"),
    ("表5 / §1.2", "S003-0048", "same_amount_twice", "inconsistent"),
    ("表5 / 表2", "S003-0048", "same_amount_twice", "inconsistent"),
    ("表5 / §1.2", "S003-0049", "same_amount_twice", "inconsistent"),
    ("表5 / §1.2", "S003-0052", "same_amount_twice", "inconsistent"),
    ("表5 / 表2", "S003-0052", "same_amount_twice", "inconsistent"),
    ("表5", "S003-0053", "exchange_rate", "inconsistent"),
    ("§二(三)", "S004-0049", "parts_vs_total", "inconsistent"),
}  # fmt: skip

CLEAN = [
    ("Govat", "grimmer"), ("Chip", "grim"), ("Psize", "sd_bounds"), ("tiers", "tiers"),
    ("S001-0052", "ratio"), ("S002-0011", "share_vs_levels"), ("S004-0001", "growth"),
    ("S004-0003", "growth"), ("S004-0017", "difference"), ("S004-0018", "growth"),
    ("S004-0023", "difference"), ("S004-0024", "growth"), ("S004-0051", "parts_vs_total"),
    ("S004-0062", "growth"), ("S004-0092", "exchange_rate"), ("S003-0054", ""),
    ("S004-0100", ""), ("S000-0262", "text_vs_table"), ("S000-0284", "text_vs_table"),
    ("S003-0125", ""), ("S004-0035", "growth"), ("S003-0056", "parts_vs_total"),
    ("安徽", ""), ("江苏 CV", "cv_bounds"), ("direct effect", "p_vs_ci"),
]  # fmt: skip


def test_the_papers_contradictions_are_found_and_nothing_else() -> None:
    frame = findings()
    rows = frame[frame["verdict"].isin(WRONG)]
    found = {
        (row.published_table, row.cell, row.rule, row.verdict)
        for row in rows.itertuples(index=False)
    }
    missing = {
        one for one in EXPECTED
        if not any(
            one[0] == place and one[2:] == rest and (one[1] == cell or cell.startswith(one[1] + " "))
            for place, cell, *tail in found
            for rest in [tuple(tail)]
        )
    }  # fmt: skip
    extra = {
        (place, cell, rule, verdict) for place, cell, rule, verdict in found
        if not any(
            (place, rule, verdict) == (one[0], *one[2:])
            and (one[1] == cell or cell.startswith(one[1] + " "))
            for one in EXPECTED
        )
    }  # fmt: skip
    assert (missing, extra) == (set(), set())


def test_what_is_clean_passes() -> None:
    frame = findings()
    for cell, rule in CLEAN:
        rows = frame[frame["cell"].str.startswith(cell)]
        if rule:
            rows = rows[rows["rule"] == rule]
            assert len(rows), (cell, rule)
            assert "consistent" in set(rows["verdict"]), (cell, rule)
        assert not rows["verdict"].isin(WRONG).any(), (cell, rule)


def test_a_revised_base_is_its_own_verdict() -> None:
    frame = findings()
    rows = frame[frame["verdict"] == "base_revised"]
    assert [cell.split()[0] for cell in rows["cell"]] == ["S004-0026", "S004-0028"]


def test_p_047_and_t_of_clusters_is_said() -> None:
    frame = findings()
    rows = frame[(frame["cell"] == "模型2 Chip · Govat") & (frame["rule"] == "stars_vs_t")]
    row = rows[rows["published_table"] == "表4"].iloc[0]
    assert row["verdict"] == "cannot_tell"
    assert "not under t(30), 31 clusters" in row["explanation"]


def test_misprints_are_recovered() -> None:
    frame = findings()
    rows = frame[(frame["rule"] == "nested_identity") & (frame["published_table"] == "表5")]
    implied = dict(zip(rows["cell"], rows["implied"], strict=True))
    assert implied["模型3 Chip · Hhi"] == "-0.041"
    assert implied["模型3 Chip · Findev"] == "-2.966"


def test_rows_as_the_mart_types_them_say_the_same() -> None:
    typed = facts().replace("", None)
    typed["printed_value"] = typed["value"]
    typed["value"] = pd.to_numeric(typed["value"])
    typed["value_usd"] = pd.to_numeric(typed["value_usd"])
    pd.testing.assert_frame_equal(audit_published(typed), findings())


def test_a_sum_rounded_to_tens_is_said_and_graver_than_nothing() -> None:
    frame = findings()
    rows = frame[frame["cell"].str.startswith("S003-0052") & (frame["rule"] == "same_amount_twice")]
    wrong = rows[rows["verdict"] == "inconsistent"]
    assert set(wrong["severity"]) == {"low"}
    assert wrong["explanation"].str.contains("220 rounded to tens would agree").all()
    rest = frame[frame["cell"].str.startswith("S003-0049") & (frame["verdict"] == "inconsistent")]
    assert not rest["explanation"].str.contains("rounded").any()


def test_a_claim_that_some_rates_bear_out_is_no_accusation() -> None:
    frame = findings()
    row = frame[frame["rule"] == "claim_vs_growth"].iloc[0]
    assert (row["cell"].split()[0], row["verdict"]) == ("S004-0181", "implausible")


def fact(fact_id: str, measure: str, value: str, **more: str) -> dict[str, str]:
    row = dict.fromkeys(
        ("subject_area", "entity", "period", "unit", "currency", "qualifier", "scope", "details"),
        "",
    )
    place = {"source_id": "p", "published_table": "text", "locator": "§1 | L1"}
    return {**row, **place, "fact_id": fact_id, "measure": measure, "value": value, **more}


def verdicts(*rows: dict[str, str]) -> list[tuple[str, str]]:
    frame = audit_published(pd.DataFrame(rows))
    return list(zip(frame["rule"], frame["verdict"], strict=True))


def test_parts_against_their_total_in_counts_and_in_money() -> None:
    total = fact("1", "fabs", "10", unit="家", entity="全球")
    part = {"unit": "家", "details": "parent=1"}
    north = fact("2", "fabs", "6", entity="北", **part)
    assert verdicts(total, north, fact("3", "fabs", "4", entity="南", **part)) == [
        ("parts_vs_total", "consistent")
    ]
    assert verdicts(total, north, fact("3", "fabs", "3", entity="南", **part)) == [
        ("parts_vs_total", "inconsistent")
    ]
    # Branches of two entities are not parts of the two.
    assert verdicts(fact("1", "entities", "2", unit="个"),
                    fact("2", "branches", "8", unit="个", details="parent=1")) == []  # fmt: skip
    budget = fact("1", "total", "390", unit="亿元", currency="CNY")
    share = {"currency": "CNY", "unit": "亿元", "details": "parent=1"}
    assert verdicts(budget, fact("2", "part", "64", **share)) == [("parts_vs_total", "consistent")]
    assert verdicts(budget, fact("2", "part", "400", **share)) == [
        ("parts_vs_total", "inconsistent")
    ]
    # The same in another unit.
    share["unit"] = "万亿元"
    assert verdicts(budget, fact("2", "part", "0.05", **share))[0][1] == "inconsistent"


def test_growth_takes_the_official_base_where_the_paper_prints_none() -> None:
    level = fact("1", "output", "110", period="2021", unit="亿块", entity="中国", scope="chips")
    rate = {"period": "2021", "unit": "%", "details": "of=output;level=1"}
    base = fact("N", "output", "100", period="2020", unit="亿块", entity="中国",
                scope="chips, number", source_id="nbs_communique")  # fmt: skip
    right = fact("2", "year_on_year_growth", "10", **rate)
    wrong = fact("2", "year_on_year_growth", "30", **rate)
    assert verdicts(level, right, base) == [("growth", "consistent")]
    assert verdicts(level, wrong, base) == [("growth", "inconsistent")]
    assert verdicts(level, wrong) == []
    assert verdicts(base) == []


def test_a_number_restated_and_a_unit_that_differs() -> None:
    first = fact("1", "n", "23", unit="项")
    assert verdicts(first, fact("2", "n", "23", unit="种", details="restates=1")) == [
        ("text_vs_table", "consistent")
    ]
    assert verdicts(first, fact("2", "n", "32", unit="种", details="restates=1")) == [
        ("text_vs_table", "inconsistent")
    ]
    assert verdicts(first, fact("2", "n", "23", unit="万项", details="restates=1")) == []


def test_overlapping_shares_of_a_market_are_not_added() -> None:
    share = {"unit": "%", "scope": "chips, world", "period": "2019"}
    top = fact("1", "market_share", "90", entity="全球前十供应商", **share)
    one = fact("2", "market_share", "15", entity="甲", **share)
    two = fact("3", "market_share", "95", entity="乙", **share)
    assert verdicts(top, one) == []
    assert verdicts(one, two) == [("parts_vs_total", "inconsistent")]


@pytest.mark.parametrize(
    ("size_a", "size_b", "verdict"),
    [
        ((0.5, 0.6), (0.1, 0.2), "inconsistent"),
        ((0.9, 0.95), (40.0, 41.0), "inconsistent"),
        ((1.5, 1.6), (1.7, 1.8), "cannot_tell"),
        ((4.0, 4.1), (5.0, 5.1), "consistent"),
        ((0.0, 0.0), (0.0, 0.0), "inconsistent"),
    ],
)
def test_mediation_claimed(
    size_a: tuple[float, float], size_b: tuple[float, float], verdict: str
) -> None:
    assert mediation.claim_of_mediation("partial_mediation", size_a, size_b).verdict == verdict


def test_a_claim_in_words_is_told_as_one() -> None:
    claimed = parse_number("<0.1")
    assert claimed
    check = restated.claim_of_significance(
        claimed, (0.9, 1.0), (NORMAL,), "t = 0.95", "significant"
    )
    assert check.verdict == "impossible"
    assert check.explanation.startswith("The text calls this significant (p <0.1), but t = 0.95")


def test_a_direction_that_every_rate_contradicts() -> None:
    down, up = parse_number("-3.9"), parse_number("0.3")
    assert down and up
    assert restated.claim_of_direction("increase", [("a", down)]).verdict == "inconsistent"
    assert (
        restated.claim_of_direction("increase", [("a", down), ("b", up)]).verdict == "implausible"
    )
    assert restated.claim_of_direction("decrease", [("a", down)]).verdict == "consistent"


def test_wrong_rows_are_told() -> None:
    with pytest.raises(ValueError, match="lack the columns source_id"):
        audit_published(pd.DataFrame({"fact_id": ["1"]}))
    with pytest.raises(ValueError, match="fact_id twice"):
        audit_published(pd.DataFrame([fact("1", "n", "2"), fact("1", "n", "3")]))
    with pytest.raises(ValueError, match="The fact 1 has the number 'two'"):
        audit_published(pd.DataFrame([fact("1", "n", "two")]))
    with pytest.raises(ValueError, match="qualifier 'nearly'"):
        audit_published(pd.DataFrame([fact("1", "n", "2", qualifier="nearly")]))


def test_no_facts_are_no_findings() -> None:
    empty = audit_published(facts().head(0))
    assert list(empty.columns) == list(findings().columns) and empty.empty
