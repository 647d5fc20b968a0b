"""wrong_region, wrong_level, unknown_region, ambiguous_region and conflicts of region."""

from __future__ import annotations

import pytest
from speeches import REGIONS, judged, rules, speech

NO_HEAD = ""


@pytest.mark.parametrize(
    ("full", "level"),
    [
        ("安庆市", "市"), ("黄山市", "市"), ("吉林市", "市"), ("德州市", "市"), ("襄阳市", "市"),
        ("红河哈尼族彝族自治州", "州"), ("巴音郭楞蒙古自治州", "州"), ("锡林郭勒盟", "盟"),
        ("安徽省", "省"), ("重庆市", "市"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "head", [None, "政府工作报告\n\n——{ahead}年1月10日在{level}四届人大二次会议上", NO_HEAD]
)
def test_a_report_in_its_own_folder_is_not_accused(full: str, level: str, head: str | None) -> None:
    head = head.replace("{level}", level) if head else head
    text = speech(full, level=level, place=full.rstrip("市省盟"), head=head)
    identity = judged(text, f"reports/{full}/2019.md")
    assert rules(identity) == []
    assert identity.region is not None
    assert identity.region.full_name == full


def test_every_prefecture_may_report_under_its_own_name() -> None:
    """Former areas, prefectures, leagues, names that are ordinary words: none is accused."""
    accused = {}
    for code in sorted(REGIONS._regions):
        region = REGIONS.get(code)
        if region.level != "city" or region.valid_to is not None:
            continue
        level = {"区": "区", "盟": "盟", "州": "州"}.get(region.full_name[-1], "市")
        text = speech(region.full_name, level=level, place=region.name)
        if level == "区":
            text = text.replace("区政府", "行署").replace("区委", "地委")
        for path in (region.full_name, region.name):
            found = rules(judged(text, f"reports/{path}/2019.md"))
            if found and region.name != "吉林":
                accused[path] = found
    assert accused == {}


def test_a_citys_report_that_names_others_in_passing_is_not_accused() -> None:
    passing = "我们积极融入合肥都市圈，对接南京、上海、杭州，承接合肥产业转移，桐城市、怀宁县、潜山市发展加快。"
    text = speech(head=NO_HEAD, own="市") + passing * 2
    assert rules(judged(text.replace("各位代表！蓝图", passing * 3 + "各位代表！蓝图"))) == []


def test_another_citys_text_is_accused_by_its_session() -> None:
    identity = judged(speech("芜湖市"), "reports/安庆市/2019.md")
    assert rules(identity) == ["wrong_region"]
    (finding,) = identity.findings
    assert finding.severity == "error"
    assert "芜湖市" in finding.evidence
    assert "安庆市" in finding.evidence
    assert finding.start is not None


def test_another_citys_text_without_a_head_is_accused_by_what_it_names() -> None:
    """Its opening says 市人民政府 and no more; its body names 芜湖 a dozen times, 安庆 never."""
    text = speech("芜湖市", head=NO_HEAD, own="市")
    assert rules(judged(text, "reports/安庆市/2019.md")) == ["wrong_region"]


def test_a_committee_in_the_body_tells_the_city() -> None:
    text = speech("芜湖市", head=NO_HEAD, own="市", place="我市").replace(
        "在市委的", "在中共芜湖市委的"
    )
    identity = judged(text, "reports/芜湖市/2019.md")
    assert (identity.confidence, rules(identity)) == ("high", [])
    assert rules(judged(text, "reports/安庆市/2019.md")) == ["wrong_region"]


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        (speech("安徽省"), "安庆市"),
        (speech("安徽省", head=NO_HEAD, own="省"), "安庆市"),
        (speech("安徽省", head=NO_HEAD, own="省"), "苏州市"),
        (speech("安庆市"), "安徽省"),
        (speech("安庆市", head=NO_HEAD, own="市"), "安徽省"),
        (speech("昆山市"), "苏州市"),
        (speech("江苏省苏州市昆山市", place="昆山"), "苏州市"),
        (speech("怀宁县"), "安庆市"),
        (speech("怀宁县", head=NO_HEAD, own="县"), "安庆市"),
        (speech("西湖区"), "杭州市"),
        (speech("西湖区", head=NO_HEAD, own="区"), "杭州市"),
        (speech("乌审旗"), "鄂尔多斯市"),
        (speech("浦东新区", level="区"), "上海市"),
        (speech("大理市", head=NO_HEAD, own="市"), "大理白族自治州"),
    ],
)
def test_the_report_of_another_level_is_accused(text: str, folder: str) -> None:
    identity = judged(text, f"reports/{folder}/2019.md")
    assert rules(identity) == ["wrong_level"]
    assert identity.findings[0].severity == "error"


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        # An area before it became a city, a city before it changed its name.
        (speech("毕节地区", level="区", own="行署", place="毕节").replace("区委", "地委").replace("区政府", "行署"), "毕节市"),
        (speech("襄樊市", back=2008, ahead=2009), "襄阳市"),
        (speech("思茅市", back=2004, ahead=2005), "普洱市"),
        (speech("伊克昭盟", back=1998, ahead=1999), "鄂尔多斯市"),
        # Full and short names, parents and children in the path.
        (speech("安庆市"), "安徽省/安庆市"),
        (speech("安庆市"), "安徽/安庆"),
        (speech("延边州", level="州", place="延边"), "延边朝鲜族自治州"),
    ],
)  # fmt: skip
def test_other_names_of_the_same_place_are_no_conflict(text: str, folder: str) -> None:
    identity = judged(
        text,
        f"reports/{folder}/{'2009' if '襄樊' in text else '2005' if '思茅' in text else '1999' if '伊克昭' in text else '2019'}.md",
    )
    assert rules(identity) == []


def test_a_city_that_names_its_districts_and_their_committees_is_not_a_district() -> None:
    said = "各县（市、区）委、政府要抓好落实，怀宁县委、县政府和迎江区委、区政府作了有益探索。"
    text = speech().replace("一、2018年", said + "\n\n一、2018年")
    assert rules(judged(text)) == []


def test_the_province_in_a_headline_does_not_move_a_citys_report() -> None:
    head = "安徽省省长王某出席会议\n\n政府工作报告\n\n——{ahead}年1月10日在市十七届人大三次会议上"
    identity = judged(speech(head=head, own="市"))
    assert rules(identity) == []
    assert identity.region is not None
    assert identity.region.name == "安庆"


def test_an_opening_that_contradicts_body_and_name_is_a_conflict_not_a_wrong_region() -> None:
    text = (
        speech()
        .replace("在安庆市第十七届", "在芜湖市第十七届")
        .replace("代表安庆市人民政府", "代表市人民政府")
    )
    identity = judged(text)
    assert rules(identity) == ["conflicting_evidence"]
    assert identity.findings[0].severity == "warn"
    assert identity.region is not None
    assert identity.region.name == "安庆"


def test_a_text_that_calls_itself_two_regions_is_a_conflict() -> None:
    text = speech("芜湖市", own="芜湖市").replace("在芜湖市第十七届", "在安庆市第十七届")
    found = judged(text, "reports/文件/2019.md").findings
    assert [one.rule for one in found] == ["conflicting_evidence"]


def test_no_region_anywhere_is_unknown_and_the_likely_one_is_only_a_hint() -> None:
    text = speech("安庆市", head=NO_HEAD, own="市")
    identity = judged(text, "reports/文件/2019.md")
    assert rules(identity) == ["unknown_region"]
    assert identity.region is None
    assert "安庆市" in identity.findings[0].evidence


@pytest.mark.parametrize(
    "path",
    ["reports/吉林/2019.md", "reports/吉林省/吉林/2019.md", "reports/吉林2019年政府工作报告.md"],
)
def test_jilin_alone_is_a_finding_never_a_guess(path: str) -> None:
    text = speech("某市", head=NO_HEAD, place="我市").replace("代表某市人民政府", "代表人民政府")
    identity = judged(text, path)
    assert rules(identity) == ["ambiguous_region"]
    assert "吉林省 or 吉林市" in identity.findings[0].evidence


@pytest.mark.parametrize(
    ("full", "own", "path", "code"),
    [
        ("吉林市", "吉林市", "吉林", "220200"),
        ("吉林省", "吉林省", "吉林", "220000"),
        ("吉林省", "省", "吉林", "220000"),
        ("吉林市", "市", "吉林市/吉林2019", "220200"),
    ],
)
def test_the_text_says_which_jilin(full: str, own: str, path: str, code: str) -> None:
    text = speech(full, head=NO_HEAD, own=own)
    identity = judged(text, f"reports/{path}/2019.md")
    assert rules(identity) == []
    assert identity.region is not None
    assert identity.region.code == code
