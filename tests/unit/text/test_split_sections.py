"""Sections: headings as reports set them, and lines that only look like headings."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.text import split_sections

BODY = "工作稳步推进，各项指标符合预期。" * 40


def kinds(text: str) -> list[str]:
    return [section.kind for section in split_sections(text)]


def report(*headings: str, after: str = "\n\n") -> str:
    parts = [f"{heading}{after}{BODY}" for heading in headings]
    return "\n\n".join(["政府工作报告\n\n各位代表：\n\n现在，我向大会报告工作。", *parts])


@pytest.mark.parametrize(
    ("review", "plan"),
    [
        ("一、2019年工作回顾", "二、2020年工作安排"),
        ("**一、过去五年的工作**", "**二、今后五年的目标任务**"),
        ("## 2018年工作回顾", "## 2019年工作安排"),
        ("第一部分 二〇一八年工作回顾", "第二部分 二〇一九年总体要求"),
        ("一、2018年工作", "二、2019年工作"),
        ("一、关于过去一年的工作", "二、关于今年的工作"),
        ("一、2021年主要工作和成效", "二、2022年目标任务和重点工作"),
        ("一、“十三五”发展成就和2020年主要工作", "二、“十四五”发展的总体思路"),
        ("一、２００６年工作回顾", "二、２００７年工作总体要求"),
        ("一、2019年和今年以来工作回顾", "二、今年发展主要目标"),
        ("一、十二届人大六次会议确定任务完成情况", "二、今年的目标任务"),
        ("、2016年工作回顾", "、2017年主要任务"),
        ("2018年工作回顾", "关于2019年工作"),
    ],
)
def test_review_and_plan_are_told_by_their_headings(review: str, plan: str) -> None:
    text = report(review, plan)
    sections = split_sections(text)
    assert [section.kind for section in sections] == ["other", "review", "plan"]
    assert [section.start for section in sections[1:]] == [text.index(review), text.index(plan)]


def test_a_heading_leads_its_text_on_one_line() -> None:
    text = report("一、2019年工作回顾", "**二、2020年工作安排**", after=" ")
    assert [(s.kind, s.heading) for s in split_sections(text)] == [
        ("other", ""), ("review", "2019年工作回顾"), ("plan", "2020年工作安排"),
    ]  # fmt: skip


def test_an_unknown_heading_continues_its_section() -> None:
    text = report("一、2019年工作回顾", "二、2020年工作安排", "三、加强政府自身建设")
    assert kinds(text) == ["other", "review", "plan"]


def test_slogans_are_told_by_the_lines_under_them() -> None:
    """云南 2022: none of the three headings names a review or a plan."""
    text = (
        f"各位代表：\n\n**一、攻坚克难，实现良好开局**\n\n2021年是很不平凡的一年。{BODY}\n\n"
        f"**二、统一思想统一行动**\n\n新理念是行动先导。{BODY}\n\n"
        f"**三、以强大自信奋进新征程**\n\n今年政府工作的总体要求是稳中求进。{BODY}"
    )
    sections = split_sections(text)
    assert [section.kind for section in sections] == ["other", "review", "plan"]
    assert sections[2].start == text.index("**三、")


def test_numbers_below_plain_headings_decide_nothing() -> None:
    """西藏 2019: 一、 to 七、 stand below "2018年工作回顾" and again below the plan's heading."""
    text = report("2018年工作回顾", "一、抓好重点项目建设工作", "2019年工作安排", "一、回顾历史")
    sections = split_sections(text)
    assert [section.kind for section in sections] == ["other", "review", "plan"]
    assert sections[2].heading == "2019年工作安排"


def test_one_heading_for_both_leaves_the_rest_to_the_plan() -> None:
    text = report("一、2004年工作回顾和2005年工作总体要求", "二、大力推进结构升级")
    assert kinds(text) == ["other", "review", "plan"]


def test_goals_that_were_reached_are_no_plan() -> None:
    reached = "一、“十五”计划确定的目标和任务全面完成\n\n2005年，我们必须面对的困难很多。"
    assert kinds(report(reached, "二、“十一五”的奋斗目标")) == ["other", "review", "plan"]


def test_a_slogan_over_plans_does_not_lead_back_to_the_review() -> None:
    """天津 2007: 取得新成效 in the plan's fifth heading made the last fifth a review."""
    text = report("一、2006年工作回顾", "二、2007年目标任务", "三、推进和谐建设取得新成效")
    assert kinds(text) == ["other", "review", "plan"]


@pytest.mark.parametrize(
    "line",
    [
        "2020年工作回顾和2021年工作安排报告如下",
        "今年，我们要抓好以下工作：",
        "各位代表！",
        "（一）2019年目标任务完成情况",
        "2019年政府工作报告",
        "现在，我报告2020年工作回顾和2021年工作安排，请予审议。",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    assert kinds(f"{line}\n\n{BODY}") == ["other"]


def test_a_table_of_contents_is_no_section() -> None:
    contents = "一、2019年工作回顾\n二、2020年工作安排\n三、加强政府自身建设\n"
    text = f"目录\n{contents}{BODY}\n" + report("一、2019年工作回顾", "二、2020年工作安排")
    sections = split_sections(text)
    assert [section.kind for section in sections] == ["other", "review", "plan"]
    assert sections[1].start == text.rindex("一、2019年工作回顾")


@pytest.mark.parametrize(
    "heading",
    [
        "附件",
        "附件1：",
        "**名词解释和说明**",
        "《政府工作报告》有关名词解释",
        "附：《政府工作报告》部分词语解释",
        "注 释",
        "附录一：《政府工作报告》名词解释",
        "-资料：《政府工作报告》名词解释（按报告中出现顺序排列）：",
        "[政府工作报告名词解释]",
        "附：\n\n2011年十方面实事项目",
    ],
)
def test_an_annex_runs_to_the_end(heading: str) -> None:
    report_part = report("一、2019年工作回顾", "二、2020年工作安排")
    text = f"{report_part}\n\n{heading}\n\n一、芯片：指集成电路。\n\n二、今后五年的目标任务：略。"
    sections = split_sections(text)
    assert [section.kind for section in sections] == ["other", "review", "plan", "annex"]
    assert sections[3].start == len(report_part) + 2


def test_a_sentence_that_mentions_an_annex_is_no_annex() -> None:
    text = report("一、2019年工作回顾", "二、2020年工作安排") + "\n\n具体项目见附件，请审议。\n"
    assert kinds(text) == ["other", "review", "plan"]


def test_a_list_of_annexes_at_the_top_does_not_swallow_the_report() -> None:
    contents = "附件：\n名词解释\n\n"
    text = contents + report("一、2019年工作回顾", "二、2020年工作安排")
    assert kinds(text) == ["other", "review", "plan"]
    assert kinds(contents + report("抓改革", "促发展")) == ["other"]


def test_a_part_after_an_annex_line_shows_that_it_was_none() -> None:
    text = report("一、2019年工作回顾") + "\n\n附件：\n\n" + f"二、2020年工作安排\n\n{BODY}"
    assert kinds(text) == ["other", "review", "plan"]


def test_an_empty_text_has_no_section() -> None:
    assert split_sections("") == []


LINES = st.sampled_from(
    [
        "一、2019年工作回顾", "**二、2020年工作安排**", "2021年工作", "附件", "名词解释", "",
        "第一部分 过去五年", "（一）推进", "普通的一行。", "三、目标 今年要", "\u3000今年", "\r",
    ]
)  # fmt: skip


@given(st.one_of(st.lists(LINES, max_size=14).map("\n".join), st.text(max_size=60)))
def test_sections_cover_the_text_without_gap_and_change_kind(text: str) -> None:
    sections = split_sections(text)
    assert "".join(text[section.start : section.end] for section in sections) == text
    assert all(section.start < section.end for section in sections)
    assert all(left.kind != right.kind for left, right in pairwise(sections))
    assert all(section.kind != "annex" for section in sections[:-1])
