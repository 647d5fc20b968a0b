"""lost_characters and html_residue, below the share at which the reader refuses a text."""

from __future__ import annotations

import re

import pytest
from speeches import judged, rules, speech

TEXT = speech()


def replaced(sign: str, times: int) -> str:
    """The text with single Han characters of its body replaced, spread evenly."""
    body = [at for at, char in enumerate(TEXT) if "\u4e00" <= char <= "\u9fff" and at > 200]
    chars = list(TEXT)
    for at in body[7 :: len(body) // times][:times]:
        chars[at] = sign
    return "".join(chars)


def island(text: str, start: int, length: int, wrong: str, right: str) -> str:
    """A stretch of the text that was decoded wrongly."""
    garbled = text[start : start + length].encode(right, "ignore").decode(wrong, "ignore")
    return text[:start] + garbled + text[start + length :]


@pytest.mark.parametrize(
    "text",
    [
        replaced("\ufffd", 4),
        replaced("?", 6),
        replaced("□", 6),
        replaced("■", 6),
        replaced("\ue5d2", 6),
        replaced("？", 12),
        TEXT.replace("发展", "????", 1),
        re.sub(r"(\d)\.(\d)", "$1.$2", TEXT),
        "\n".join(line[1:] for line in TEXT.split("\n")),
        re.sub(r"[\d.]+%", "%", TEXT),
        island(TEXT, 900, 60, "gb18030", "utf-8"),
        island(TEXT, 900, 30, "latin-1", "gbk"),
        TEXT.replace("改革", "锟斤拷", 1),
    ],
)
def test_lost_characters_in_number_are_told(text: str) -> None:
    (finding,) = [one for one in judged(text).findings if one.severity != "info"]
    assert (finding.rule, finding.severity) == ("lost_characters", "warn")


@pytest.mark.parametrize(
    "said",
    [
        "一个字�没有印出来。",
        "发展为了谁？发展依靠谁？钱从哪里来？怎么干？能不能如期完成？我们的回答是肯定的！",
        "目录…………………………1\n一、工作回顾··················3\n占地××××平方米。",
        "□ 第一项\n□ 第二项\n□ 第三项\n□ 第四项",
        "一）聚焦发展\n二）聚焦改革\n三）聚焦民生\n四）聚焦稳定",
        "R&D经费支出占GDP比重达到2.5%，增长12.3%，提高0.2个百分点，达亿元以上企业20家。",
        "外资到账$1.2亿，占30％。",
    ],
)
def test_what_is_odd_but_right_is_not_accused(said: str) -> None:
    text = TEXT.replace("二、2019年工作安排", f"{said}\n\n二、2019年工作安排")
    assert rules(judged(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n\n", "</p>\n<p style='text-indent:2em'>"),
        TEXT.replace("\n\n", "<br/>\n"),
        TEXT.replace("\n\n", "\n&nbsp&nbsp"),
        TEXT + '\nfunction doZoom(size){document.getElementById("zoom").style.fontSize=size;}',
        ".TRS_Editor P{line-height:1.5;font-family:宋体;font-size:12pt;}\n" + TEXT,
        TEXT + "\n<!--[if !supportLists]-->",
    ],
)
def test_markup_left_in_the_text_is_told(text: str) -> None:
    found = [one for one in judged(text).findings if one.rule == "html_residue"]
    assert [one.severity for one in found] == ["warn"]
    assert found[0].start is not None


@pytest.mark.parametrize(
    "said",
    [
        "PM2.5<35微克/立方米，x<y，A&B公司。",
        "| 指标 | 单位 | 2018 |\n|---|---|---|\n| 财政收入 | 亿元 | 12 |",
        "**（一）加快发展。**R&D投入（function）增长。",
        "详见<br>附表。",
    ],
)
def test_signs_that_are_no_markup_are_not_accused(said: str) -> None:
    text = TEXT.replace("二、2019年工作安排", f"{said}\n\n二、2019年工作安排")
    assert rules(judged(text)) == []
