"""What is taken off a text, and what must never be."""

from __future__ import annotations

import pytest
import report_files as files
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.reports.cleaning import clean, split_front_matter, strip_comments

# The frame of a 2026 provincial page, as the CSV exports hold it: one word a line.
PAGE_TOP = (
    "下载\n打印\n全屏\n收藏\n【字号：\n加大\n还原\n减小\n】\n您的位置:\n首页\n>\n示例要闻\n示例要闻\n"
    "2026年示例省政府工作报告\n——2026年2月3日在示例省第十四届人民代表大会第四次会议上\n"
    "来源：示例日报\n时间：2026-02-09\n【字体：\n大\n中\n小\n】\n分享：\n"
    "示例省省长 张 三\n各位代表：\n"
)
PAGE_END = (
    "责任编辑：\n李四\n扫一扫在手机打开当前页\n相关链接>>\n示例省关于政府工作报告的决议\n"
    "示例省干部群众热议政府工作报告\n打印本页\n关闭窗口\n"
)
BODY = "现在，我代表省人民政府向大会报告工作。\n" + "推动芯片产业发展，增进民生福祉。\n" * 60


def test_the_frame_of_a_page_goes_and_the_report_stays() -> None:
    cleaned = clean(PAGE_TOP + BODY + PAGE_END)
    assert cleaned.text == (
        "2026年示例省政府工作报告\n——2026年2月3日在示例省第十四届人民代表大会第四次会议上\n"
        "示例省省长 张 三\n各位代表：\n" + BODY.rstrip()
    )
    assert dict(cleaned.hints) == {"publisher": "示例日报", "publish_date": "2026-02-09"}


@pytest.mark.parametrize(
    "line",
    [
        "筑牢国家西部生态安全屏障",
        "（五）推进绿色发展，筑牢生态安全屏障",
        "3D打印等新技术得到应用",
        "推广“一键下载、一次打印”服务。",
        "让博物馆收藏活起来",
        "返回投资增长迅速",
        "数据来源：各部门统计的年度快报数，最终以统计年鉴为准。",
        "来源于市场的需求更加旺盛",
        "时间：我们要只争朝夕，抓住每一个机遇。",
        "**各位代表！**",
        "---",
        "2020年1月12日",
        "（2004年5月17日 向三）",
        "——二〇二〇年一月十二日在示例省人民代表大会上",
        "（本文有删减）",
        "附件：名词解释",
        "【芯库示例文本：由程序生成，不是政府文件】",
        "  　　EM 空格缩进保留",
    ],
)
def test_lines_of_a_report_are_left_alone(line: str) -> None:
    """A search for 全屏, 打印 or 收藏 would have cut 生态安全屏障 and 3D打印 out of reports."""
    for text in (f"{line}\n{BODY}", f"{BODY}{line}\n{BODY}", f"{BODY}{line}"):
        assert line in clean(text).text.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "【打印】【关闭窗口】",
        "打印本页",
        "【字体：大 中 小】",
        "字号： 大 中 小  打印  收藏",
        "当前位置： 首页>> 示例概况",
        "浏览次数：1234次",
        "（责任编辑： 李四",
        "》》点击图片进入专题《《",
        "扫一扫在手机打开当前页",
        "E-mail推荐",
        "】",
    ],
)
def test_whole_lines_of_furniture_go_wherever_they_stand(line: str) -> None:
    assert line not in clean(f"{BODY}{line}\n{BODY}").text.split("\n")


def test_a_value_on_the_line_after_its_label_goes_with_it() -> None:
    cleaned = clean(
        f"题\n来源：\n示例日报\n发表时间：\n2026-02-09 09:45:30\n阅读量：\n各位代表：\n{BODY}"
    )
    assert cleaned.text.startswith("题\n各位代表：\n")
    assert dict(cleaned.hints) == {"publisher": "示例日报", "publish_date": "2026-02-09"}


def test_an_empty_label_does_not_swallow_the_speaker() -> None:
    assert clean(f"来源：\n省长 张三\n{BODY}").text.startswith("省长 张三\n")


def test_source_lines_in_the_middle_stay() -> None:
    """Under a table 来源：… belongs to the report; only head and end are the page's."""
    long = "\n".join(f"第{n}项工作取得进展。" for n in range(100))
    assert "来源：示例统计局" in clean(f"{long}\n来源：示例统计局\n{long}").text


def test_a_tail_that_is_long_or_an_annex_is_never_cut() -> None:
    annex = "相关链接\n名词解释\n1.芯片：指集成电路。\n"
    assert "1.芯片：指集成电路。" in clean(BODY + annex).text
    long = "相关链接\n" + "这一段是正文而不是链接，" * 11 + "\n"
    assert "这一段是正文" in clean(BODY * 5 + long).text
    assert "干部群众热议" not in clean(BODY * 5 + "相关链接\n干部群众热议\n").text
    half = "相关链接\n" + "芯片发展一行\n" * 200
    assert clean(BODY + half).text.count("芯片发展一行") == 200


def test_a_pager_goes_and_leaves_a_hint_that_pages_may_be_missing() -> None:
    cleaned = clean(f"{BODY}\n上一页  1  2  3  4  下一页\n")
    assert "上一页" not in cleaned.text
    assert cleaned.hints["pagination"] == "上一页 1 2 3 4 下一页"


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("深入落实&ldquo;双减&amp;amp;rdquo;政策", "深入落实“双减”政策"),
        ("甲<U+00A0>乙", "甲\xa0乙"),
        ("研发（R&D）经费&研究", "研发（R&D）经费&研究"),
        ("集\u200b成\ufeff电\u00ad路\x00", "集成电路"),
        ("一\r\n二\r\r\n三\r四", "一\n二\n三\n四"),
        ("甲 \t\n乙　　\n", "甲\n乙"),
        ("甲\n\n\n\n乙", "甲\n\n乙"),
        ("甲<!-- 省长作\n报告 -->乙", "甲乙"),
        ("甲<!-- 没有结尾", "甲<!-- 没有结尾"),
        ("⼯业和⾼新技术、⻓江；ＡＢ１２", "工业和高新技术、长江；ＡＢ１２"),
        ("孤\ud800字", "孤字"),
    ],
)
def test_escapes_and_invisible_characters(raw: str, plain: str) -> None:
    assert clean(raw).text == plain


def test_front_matter_forms() -> None:
    for block, hints in (
        ("title: 题\nsource: https://x", {"title": "题", "source_url": "https://x"}),
        ("source:\n- https://x\n- https://y", {"source_url": "https://x https://y"}),
        (
            "title: 题: 带冒号: 的\nsource: https://x",
            {"title": "题: 带冒号: 的", "source_url": "https://x"},
        ),
        ("title: [未闭合\nyear: 2020", {"title": "[未闭合", "year": "2020"}),
        ("date: 2020-13-45", {"publish_date": "2020-13-45"}),
        ("title: " + "[" * 5000, {"title": "[" * 5000}),
    ):
        found, rest = split_front_matter(f"---\n{block}\n---\n正文")
        assert (found, rest) == (hints, "正文")


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    text = "---\n\n各位代表：推动芯片发展\n\n---\n\n正文"
    assert split_front_matter(text) == ({}, text)
    assert clean(text).text == text


def test_comments_by_pairs() -> None:
    assert strip_comments("a<!--b-->c<!--d--><!--e") == "ac<!--e"
    assert strip_comments("a-->b") == "a-->b"


@given(
    st.text(alphabet="各位代表芯片，。 \n\r\t<!->&;amp#x4E00U+打印收藏—*【】来源：", max_size=300)
)
def test_any_text_cleans_to_lines_without_trailing_space(text: str) -> None:
    cleaned = clean(text).text
    assert "\r" not in cleaned and "\n\n\n" not in cleaned
    assert all(line == line.rstrip() for line in cleaned.split("\n"))
    assert cleaned.count("芯") <= text.count("芯")


@given(st.lists(st.sampled_from(files.LINES), max_size=30))
def test_prose_is_kept_to_the_letter(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert clean(text).text == text
