"""Whose report it is and of which year, on heads made after the forms that real reports take."""

import time
from datetime import date

import pytest
from speeches import judged, rules, speech

from orchestration.ingest.identity import SAMPLE_MARKER, Identity, identify
from orchestration.ingest.records import Record
from orchestration.ingest.regions import RegionTable

REGIONS = RegionTable.from_seeds()
FILLER = "我们坚持稳中求进，各项工作取得新的进展。" * 20
BODY = f"各位代表：\n\n一、{{back}}年工作回顾\n\n{FILLER}\n\n二、{{ahead}}年工作安排\n\n{FILLER}\n"


def told(
    text: str, path: str = "reports/未分类/文件.md", locator: str = "", **hints: str
) -> Identity:
    record = Record(text, locator, "utf-8", "markdown", hints=hints)
    return identify(record, path, REGIONS)


def report(head: str, back: int, ahead: int) -> str:
    return f"{head}\n\n{BODY.format(back=back, ahead=ahead)}"


@pytest.mark.parametrize(
    ("head", "region", "day"),
    [
        ("——2020年1月12日在江苏省第十三届人民代表大会第三次会议上", "320000", date(2020, 1, 12)),
        ("——二〇二〇年一月十五日在江苏省第十三届人民代表大会第三次会议上", "320000", date(2020, 1, 15)),
        ("——二0二〇年一月十五日在内蒙古自治区第十二届人民代表大会第二次会议上", "150000", date(2020, 1, 15)),
        ("——２０２０年１月２３日在无锡市第十三届人民代表大会第五次会议上", "320200", date(2020, 1, 23)),
        ("在四川省第十三届人民代表大会第二次会议上（2020年1月14日）", "510000", date(2020, 1, 14)),
        ("**政 府 工 作 报 告**\n\n——**2020 年 1 月 9 日**在南京市十六届人大三次会议上", "320100", date(2020, 1, 9)),
        ("新华社北京2020年3月15日电\n\n——2020年3月5日在第十三届全国人民代表大会第三次会议上", "100000", date(2020, 3, 5)),
        ("2020年02月10日 07时41分 来源：某报\n2020年2月3日在四川省第十四届人民代表大会第五次会议上", "510000", date(2020, 2, 3)),
    ],
)  # fmt: skip
def test_region_and_date_from_the_head(head: str, region: str, day: date) -> None:
    identity = told(report(head, 2019, 2020))
    assert identity.region is not None
    assert (identity.region.code, identity.delivered_on) == (region, day)
    assert identity.report_year == 2020
    assert identity.problem is None


def test_every_quote_of_the_text_opens_at_its_offsets() -> None:
    text = report(
        "**政府工作报告**\n——2020 年 1 月 12 日在江苏省第十三届人民代表大会第三次会议上", 2019, 2020
    )
    found = [
        item for item in told(text).evidence if item.start is not None and item.end is not None
    ]
    assert {item.fact for item in found} >= {"region", "delivered_on", "session", "reviewed_year"}
    for item in found:
        shown = "".join(text[item.start : item.end].split()).replace("*", "")
        assert shown.startswith(item.quote) or item.quote in shown


def test_a_name_with_the_year_reviewed_loses_to_the_text() -> None:
    """四川 2018.md was delivered on 2019-01-14; by its name it would be counted a year early."""
    head = "在四川省第十三届人民代表大会第二次会议上（2019年1月14日）"
    identity = told(
        report(head, 2018, 2019), "reports/四川省/2018.md", title="2018年四川省人民政府工作报告"
    )
    assert identity.report_year == 2019
    assert identity.disagreements() == [
        "report_year: the text says 2019 (delivered on 2019-01-14), the name says 2018 (2018.md)"
    ]


def test_names_that_agree_are_not_accused() -> None:
    head = "——2020年1月12日在江苏省第十三届人民代表大会第三次会议上"
    assert told(report(head, 2019, 2020), "reports/江苏省/2020.md").disagreements() == []


@pytest.mark.parametrize(
    ("day", "back", "ahead", "year"),
    [
        ("2022年12月30日", 2022, 2023, 2023),
        ("2022年10月8日", 2021, 2022, 2022),
        ("2022年9月30日", 2021, 2022, 2022),
    ],
)
def test_a_session_in_the_last_quarter_counts_for_the_year_it_plans(
    day: str, back: int, ahead: int, year: int
) -> None:
    identity = told(report(f"——{day}在合肥市第十七届人民代表大会第二次会议上", back, ahead))
    assert identity.report_year == year


@pytest.mark.parametrize(
    ("headings", "year"),
    [
        (("一、2019年工作回顾", "二、2020年重点工作"), 2020),
        (("一、过去五年工作回顾", "二、2018年主要目标"), 2018),
        (("过去五年工作回顾", "2013年的工作"), 2013),
        (("一、“十五”期间回顾和2005年的政府工作", "三、2006年的主要工作"), 2006),
        (("一、“十五”工作回顾", "二、今后五年"), 2006),
        (("一、一九八七年工作的基本估计", "二、一九八八年工作的方针和主要任务"), 1988),
        (("一、“十四五”开局起步之年的工作回顾", "二、2022年经济社会发展的目标要求"), 2022),
    ],
)
def test_without_a_date_the_headings_tell_the_year(headings: tuple[str, str], year: int) -> None:
    text = f"各位代表：\n\n{headings[0]}\n\n{FILLER}\n\n{headings[1]}\n\n{FILLER}\n"
    assert told(text, "reports/甘肃省/无题.md").report_year == year


def test_a_date_that_everything_else_contradicts_is_not_believed() -> None:
    """江苏 2003 carries 2010年2月20日 at its head, its headings and its name say 2003."""
    text = report("（2010年2月20日 某人）", 2002, 2003)
    identity = told(text, "reports/江苏省/2003.md")
    assert identity.report_year == 2003
    assert identity.delivered_on is None


def test_the_folder_decides_where_the_text_names_no_region() -> None:
    text = report("——2020年1月8日在市十六届人大四次会议上", 2019, 2020)
    identity = told(text, "reports/主要城市/苏州市/2020.md")
    assert identity.region is not None
    assert identity.region.code == "320500"


def test_the_province_in_a_folder_above_its_city_is_no_conflict() -> None:
    head = "——2020年1月9日在南京市第十六届人民代表大会第三次会议上"
    assert told(report(head, 2019, 2020), "reports/江苏省/南京市/2020.md").problem is None


def test_a_text_in_the_folder_of_another_region_is_not_counted() -> None:
    head = "——2020年1月9日在南京市第十六届人民代表大会第三次会议上"
    identity = told(report(head, 2019, 2020), "reports/苏州市/2020.md")
    assert identity.problem is not None
    assert "南京市" in identity.problem
    assert "苏州市" in identity.problem


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (report("", 2019, 2020), "reports/文件.md", "No region"),
        (f"各位代表：\n{FILLER}", "reports/江苏省/文件.md", "No year"),
        ("政府工作报告", "reports/江苏省/2020.md", "6 characters"),
        (
            f"安徽省第十三届人民代表大会关于安徽省人民政府工作报告的决议\n{FILLER}",
            "reports/安徽省/2021.md",
            "resolution",
        ),
        ("今天天气很好。" * 400, "reports/安徽省/2021.md", "government work report"),
    ],
)
def test_what_cannot_be_placed_is_not_counted(text: str, path: str, said: str) -> None:
    identity = told(text, path)
    assert identity.problem is not None
    assert said in identity.problem
    assert identity.hint


def test_a_report_that_speaks_of_last_years_resolution_is_a_report() -> None:
    """浙江 1989 opens with the resolution on the report of the year before."""
    text = f"各位代表：\n我报告执行《关于省人民政府工作报告的决议》的情况。{FILLER}"
    assert told(text, "reports/浙江省/1989.md").problem is None


def test_a_passing_mention_of_the_state_council_does_not_make_it_national() -> None:
    """甘肃 2008: "三个代表"重要思想为指导，在党中央、国务院 was once read as 代表国务院."""
    text = f"甘肃省省长某某\n\n各位代表：\n\n以“三个代表”重要思想为指导，在党中央、国务院领导下，{FILLER}"
    identity = told(text, "reports/甘肃省/2008.md")
    assert identity.region is not None
    assert identity.region.code == "620000"


@pytest.mark.parametrize(
    ("ending", "completeness"),
    [
        ("为实现目标而努力奋斗！", "full"),
        ("为实现目标而努力奋斗！\n\n（本文有删减）", "abridged"),
        ("不断开创现代化建设的新局面，以优异的成绩迎接各项工作目标任务的全面完成和胜利召开", "full"),
        ("加快推进重大项目建设，进一步完善基础设施，积极发展现代农业和服务业，大力培育新的增长点，着力提高", "truncated"),
        ("为实现目标而努力奋斗！\n\n来源：某市人民政府", "full"),
    ],
)  # fmt: skip
def test_completeness(ending: str, completeness: str) -> None:
    text = report("——2020年1月12日在江苏省第十三届人民代表大会第三次会议上", 2019, 2020) + ending
    assert told(text).completeness == completeness


def test_the_sample_is_known_by_its_own_text() -> None:
    text = report("——2020年1月12日在江苏省第十三届人民代表大会第三次会议上", 2019, 2020)
    assert told(f"{SAMPLE_MARKER}\n{text}").is_sample
    assert not told(text).is_sample


@pytest.mark.parametrize(
    ("text", "path", "title", "confidence"),
    [
        (speech(), "reports/安庆市/2019.md", "", "high"),
        (speech(head="政府工作报告", own="市"), "reports/文件.md", "安庆市2019年政府工作报告", "medium"),
        (speech(head="政府工作报告", own="市"), "reports/安庆市/2019.md", "", "low"),
        (speech(head="", own="市", place="我市"), "reports/文件.md", "", "low"),
    ],
)  # fmt: skip
def test_confidence_is_that_of_the_weaker_of_region_and_year(
    text: str, path: str, title: str, confidence: str
) -> None:
    assert judged(text, path, title=title).confidence == confidence


def test_problem_and_hint_are_those_of_the_first_error() -> None:
    identity = judged(speech("芜湖市"), "reports/安庆市/2018.md")
    assert rules(identity) == ["wrong_region", "wrong_year"]
    assert identity.problem == identity.findings[0].evidence
    assert identity.hint == identity.findings[0].hint


def test_a_sound_report_has_no_findings_and_no_problem() -> None:
    identity = judged(speech())
    assert (identity.findings, identity.problem, identity.hint) == ((), None, None)


def test_a_report_of_the_bundled_sample_may_be_short_and_end_as_it_likes() -> None:
    text = f"{SAMPLE_MARKER}\n{report('——2020年1月12日在江苏省第十三届人民代表大会第三次会议上', 2019, 2020)}"
    assert rules(judged(text, "reports/江苏省/2020.md")) == []


@pytest.mark.parametrize(
    "unit",
    ["各位代表", "2020年", "1", "一", "（", "第一届", "\n", "\n\u3000", "位代表\n", "？啊", "<", "&nbsp",
     "在", "中共", "县委", "团结在以", "。", "我代表", "关于", "2020年1月1日在"],
)  # fmt: skip
def test_time_grows_with_length_whatever_is_repeated(unit: str) -> None:
    """Blank lines once took minutes: a heading's pattern began anew at each of them."""
    begun = time.perf_counter()
    judged(unit * (200_000 // len(unit)), title=unit * 500)
    assert time.perf_counter() - begun < 5
