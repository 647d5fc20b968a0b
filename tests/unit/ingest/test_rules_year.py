"""wrong_year, no_year and conflicts of year."""

from __future__ import annotations

import pytest
from speeches import judged, rules, speech

SAID = "政府工作报告\n\n——{day}在{{full}}第十七届人民代表大会第三次会议上"
LATE = "2022年12月30日"


def dated(day: str, back: int, ahead: int) -> str:
    return speech(head=SAID.format(day=day), back=back, ahead=ahead)


@pytest.mark.parametrize(
    ("text", "name", "year"),
    [
        (dated("2019年1月10日", 2018, 2019), "2019", 2019),
        (dated("二○一九年一月十日", 2018, 2019), "2019", 2019),
        (dated("2019年元月10日", 2018, 2019), "2019", 2019),
        (dated("2019.1.10", 2018, 2019), "2019", 2019),
        # A session of the last quarter: the year delivered and the year counted are both right.
        (dated(LATE, 2022, 2023), "2022", 2023),
        (dated(LATE, 2022, 2023), "2023", 2023),
        (dated("2021年9月28日", 2020, 2021), "2021", 2021),
        # No date: the headings tell, or nothing does.
        (speech(head=""), "2019", 2019),
        (speech(head="").replace("一、2018年工作回顾", "一、工作回顾").replace("二、2019年工作安排", "二、今年工作"), "2012", 2012),
        # In January many still write the year gone by.
        (dated("2018年1月10日", 2018, 2019), "2019", 2019),
        # The page's own date is no delivery.
        (speech(head="发布时间：2021年5月6日\n\n政府工作报告"), "2019", 2019),
    ],
)  # fmt: skip
def test_a_name_that_is_right_is_not_accused(text: str, name: str, year: int) -> None:
    identity = judged(text, f"reports/安庆市/{name}.md")
    assert rules(identity) == []
    assert identity.report_year == year


@pytest.mark.parametrize("name", ["2015", "2017", "2018", "2020", "2021"])
@pytest.mark.parametrize("head", [None, ""])
def test_a_name_with_another_year_loses_to_the_text(name: str, head: str | None) -> None:
    identity = judged(speech(head=head), f"reports/安庆市/{name}.md")
    (finding,) = identity.findings
    assert (finding.rule, finding.severity) == ("wrong_year", "warn")
    assert name in finding.evidence
    assert identity.report_year == 2019
    assert identity.problem is None


@pytest.mark.parametrize("name", ["2021", "2024"])
def test_a_late_session_under_a_third_year_is_accused(name: str) -> None:
    assert rules(judged(dated(LATE, 2022, 2023), f"reports/安庆市/{name}.md")) == ["wrong_year"]


def test_a_folder_of_names_by_the_year_reviewed_is_accused_file_by_file() -> None:
    """四川 2003–2019: 2018.md was delivered on 2019-01-14."""
    for year in (2015, 2016, 2017):
        text = dated(f"{year + 1}年1月14日", year, year + 1)
        identity = judged(
            text, f"reports/四川省/{year}.md", title=f"{year}年四川省人民政府工作报告"
        )
        assert "wrong_year" in rules(identity)
        assert identity.report_year == year + 1


def test_title_and_name_that_differ_are_accused_where_the_text_is_silent() -> None:
    text = speech(head="").replace("一、2018年", "一、").replace("二、2019年", "二、")
    identity = judged(text, "reports/安庆市/2018.md", title="安庆市2016年政府工作报告")
    assert rules(identity) == ["wrong_year"]
    assert (identity.report_year, identity.confidence) == (2016, "medium")


@pytest.mark.parametrize("name", ["gov_reports1954-2019.txt", "政府工作报告2001—2020.csv"])
def test_a_collections_span_of_years_is_no_year_of_its_records(name: str) -> None:
    assert rules(judged(speech(), f"reports/安庆市/{name}", "row 3")) == []


def test_a_date_that_headings_and_name_contradict_only_informs() -> None:
    """江苏 2003 carries 2010年2月20日 at its head; its headings and its name both say 2003."""
    identity = judged(speech(head="（2010年2月20日 某人）"), "reports/安庆市/2019.md")
    assert rules(identity) == []
    assert rules(identity, infos=True) == ["conflicting_evidence"]
    assert (identity.report_year, identity.delivered_on) == (2019, None)


def test_no_year_anywhere_is_an_error() -> None:
    text = speech(head="").replace("一、2018年", "一、").replace("二、2019年", "二、")
    identity = judged(text, "reports/安庆市/文件.md")
    assert rules(identity) == ["no_year"]
    assert identity.findings[0].severity == "error"


@pytest.mark.parametrize(
    ("closing", "year"),
    [
        ("各位代表！让我们团结起来，以优异成绩迎接党的十八大胜利召开！", 2012),
        ("各位代表！让我们团结起来，以优异成绩庆祝新中国成立七十周年！", 2019),
        ("各位代表！让我们团结起来，以优异成绩向建党100周年献礼！", 2021),
        ("今年是“十三五”规划的开局之年。让我们为之努力奋斗！", 2016),
    ],
)
def test_an_occasion_tells_the_year_where_date_and_headings_do_not(closing: str, year: int) -> None:
    text = (
        speech(head="", closing=closing).replace("一、2018年", "一、").replace("二、2019年", "二、")
    )
    assert judged(text, "reports/安庆市/文件.md").report_year == year
    assert rules(judged(text, f"reports/安庆市/{year}.md")) == []
    assert rules(judged(text, f"reports/安庆市/{year + 2}.md")) == ["wrong_year"]


def test_a_report_cannot_be_older_than_the_plenum_it_speaks_of() -> None:
    silent = speech(head="").replace("一、2018年", "一、").replace("二、2019年", "二、")
    text = silent.replace("一年来，", "一年来，我们深入贯彻党的十八届三中、四中全会精神，", 1)
    assert rules(judged(text, "reports/安庆市/2009.md")) == ["wrong_year"]
    assert rules(judged(text, "reports/安庆市/2015.md")) == []


@pytest.mark.parametrize(("name", "accused"), [("2018", False), ("2019", False), ("2016", True)])
def test_a_heading_that_may_look_either_way_accuses_neither(name: str, accused: bool) -> None:
    text = (
        speech(head="")
        .replace("一、2018年工作回顾", "关于2018年的工作")
        .replace("二、2019年工作安排", "二、今后")
    )
    assert rules(judged(text, f"reports/安庆市/{name}.md")) == ["wrong_year"] * accused
