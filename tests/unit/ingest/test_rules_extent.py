"""abridged, part_of_report and truncated, and the completeness that follows from them."""

from __future__ import annotations

import random

import pytest
from speeches import CLOSING, judged, rules, speech

TEXT = speech(times=12)
PARAGRAPHS = TEXT.strip().split("\n\n")


@pytest.mark.parametrize(
    "closing",
    [
        CLOSING,
        "各位代表！我们坚信，在市委的坚强领导下，{place}的明天一定会更加美好。",
        "让我们携起手来，共同创造更美的城市，更好的生活！",
        "不断开创现代化建设的新局面，以优异成绩迎接中国共产党第十八次全国代表大会胜利召开！",
        "为实现全面建设小康社会的宏伟目标而努力奋斗。",
        "为实现全面建设小康社会的宏伟目标而努力奋斗",
        "谢谢大家！",
        CLOSING + "\n\n（完）",
        CLOSING + "\n\n{full}人民政府\n\n2019年1月18日",
        CLOSING + "\n\n来源：安庆市人民政府办公室",
        CLOSING + "\n\n· 2018年政府工作报告\n\n打印 关闭",
        CLOSING + "\n\n1.海交会：中国国际热带农产品冬季交易会\n\n2.双拥：拥军优属、拥政爱民",
        CLOSING + "\n\n附件：2019年十件民生实事\n\n1.新建幼儿园10所\n\n2.改造老旧小区20个",
    ],
)
def test_a_whole_report_is_full_however_it_closes(closing: str) -> None:
    identity = judged(speech(closing=closing))
    assert rules(identity) == []
    assert identity.completeness == "full"


@pytest.mark.parametrize(
    "head",
    [
        "",
        "政府工作报告",
        "安庆市市长 李某",
        "（2019年1月10日 李某）",
        "2019年1月10日在市十七届人大三次会议上",
    ],
)
def test_a_whole_report_is_full_however_it_begins(head: str) -> None:
    text = speech(head=head, own="市")
    assert rules(judged(text)) == []
    without_request = text.replace(
        "现在，我代表市人民政府，向大会报告工作，请予审议，并请政协委员和其他列席人员提出意见。\n\n",
        "",
    )
    assert rules(judged(without_request)) == []


@pytest.mark.parametrize("keep", [12, 30, 60, 66, 90, len(PARAGRAPHS) - 1])
def test_a_report_without_its_end_is_truncated(keep: int) -> None:
    identity = judged("\n\n".join(PARAGRAPHS[:keep]))
    assert rules(identity) == ["truncated"]
    assert identity.completeness == "truncated"
    assert identity.findings[0].severity == "warn"


def test_a_report_that_breaks_off_anywhere_is_truncated() -> None:
    chance = random.Random(2)
    body, whole = TEXT.index("一、"), TEXT.rindex("各位代表")
    missed = [
        at
        for at in chance.sample(range(body + 100, whole), 60)
        if rules(judged(TEXT[:at])) != ["truncated"]
    ]
    assert missed == []


@pytest.mark.parametrize("drop", [5, 12, 30, 66])
def test_a_report_without_its_beginning_is_truncated(drop: int) -> None:
    text = "\n\n".join(PARAGRAPHS[drop:])
    assert "truncated" in rules(judged(text))
    assert "truncated" in rules(judged(text, title="安庆市2019年政府工作报告"))


def test_a_page_of_several_says_so() -> None:
    first_page = "\n\n".join(PARAGRAPHS[:40])
    (finding,) = judged(first_page, pagination="上一页 1 2 3 4 下一页").findings
    assert "one page of several" in finding.evidence
    assert rules(judged(TEXT, pagination="上一页 1 2 3 4 下一页")) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{TEXT}\n（本文有删减）",
        f"{TEXT}\n（此件有删节）",
        f"{TEXT}\n（略有删节）",
        TEXT.replace("政府工作报告\n", "政府工作报告（摘要）\n", 1),
        TEXT.replace("政府工作报告\n", "政府工作报告（节选）\n", 1),
        f"以下为政府工作报告摘要：\n\n{TEXT}",
        TEXT.replace("二、2019年工作安排", "（以下略）\n\n二、2019年工作安排\n\n（略）"),
    ],
)
def test_an_abridged_report_says_so_itself(text: str) -> None:
    identity = judged(text)
    assert rules(identity) == ["abridged"]
    assert identity.completeness == "abridged"


def test_an_abridged_report_need_not_open_and_close() -> None:
    text = "政府工作报告（摘要）\n\n" + "\n\n".join(PARAGRAPHS[4:-1])
    assert rules(judged(text)) == ["abridged"]


@pytest.mark.parametrize(
    "title", ["安庆市政府工作报告（摘要）", "政府工作报告摘登", "2019年政府工作报告节选"]
)
def test_a_title_or_name_may_say_so(title: str) -> None:
    assert rules(judged(TEXT, title=title)) == ["abridged"]
    assert rules(judged(TEXT, f"reports/安庆市/2019{title}.md")) == ["abridged"]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("reports/安庆市/2019（上）.md", ""),
        ("reports/安庆市/2019_下.md", ""),
        ("reports/安庆市/2019-part2.md", ""),
        ("reports/安庆市/2019第2页.md", ""),
        ("reports/安庆市/2019.md", "2019年政府工作报告（二）"),
        ("reports/安庆市/2019.md", "政府工作报告（上）"),
        ("reports/安庆市/2019.md", "政府工作报告（第一部分）"),
    ],
)
def test_a_part_is_known_by_its_name(path: str, title: str) -> None:
    identity = judged(TEXT, path, title=title)
    assert rules(identity) == ["part_of_report"]
    assert identity.completeness == "truncated"


@pytest.mark.parametrize("ending", ["（未完待续）", "（下转第三版）", "下转3版"])
def test_a_part_is_known_by_what_it_says(ending: str) -> None:
    assert "part_of_report" in rules(judged("\n\n".join([*PARAGRAPHS[:60], ending])))
    assert "part_of_report" in rules(judged(f"（上接第一版）\n\n{TEXT}"))


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("reports/安庆市/2019 (1).md", ""),
        ("reports/安庆市/2019.md", "李某市长在安庆市第十七届人民代表大会第三次会议上"),
        ("reports/安庆市/2019.md", "在安庆市十七届人大三次会议上的政府工作报告（2019年）"),
        ("reports/安庆市/2019-01-10.md", "政府工作报告——2019年1月10日在市人民代表大会上"),
    ],
)
def test_a_copys_number_or_a_meeting_is_no_part(path: str, title: str) -> None:
    assert rules(judged(TEXT, path, title=title)) == []
