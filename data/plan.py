"""What the sample holds: 31 regions, five years, and the planted terms of each report.

Belongs here: regions, the wart list, and the drawing of a report from the grammar.
Not here: sentences (``grammar.py``) and bytes (``formats.py``, ``generate.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from grammar import (
    CLOSINGS,
    GLOSSARY,
    GOALS,
    PLAN_LEADS,
    PLAN_NEUTRAL,
    PLAN_PLANTS,
    REVIEW_NEUTRAL,
    REVIEW_OPENINGS,
    REVIEW_PLANTS,
    STRICT_PHRASES,
    TERMS,
    Draw,
    plain,
    plants,
    unplanted,
)

SEED = "xinku-sample-1"
YEARS = (2018, 2019, 2020, 2021, 2022)
MARKER = "【芯库示例文本：由程序生成，不是政府文件】"
LENGTH = (500, 1200)

MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})
_AUTONOMOUS = {
    "内蒙古": "内蒙古自治区",
    "广西": "广西壮族自治区",
    "西藏": "西藏自治区",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
}
# code short congress intensity: the number of the congress sitting in 2018-2022 and the expected
# number of planting sentences in a 2018 report.
_REGIONS = """
110000 北京 15 2.6 | 120000 天津 17 1.6 | 130000 河北 13 1.2 | 140000 山西 13 1.0
150000 内蒙古 13 0.7 | 210000 辽宁 13 1.3 | 220000 吉林 13 1.0 | 230000 黑龙江 13 0.9
310000 上海 15 3.0 | 320000 江苏 13 2.6 | 330000 浙江 13 2.4 | 340000 安徽 13 2.2
350000 福建 13 1.6 | 360000 江西 13 1.5 | 370000 山东 13 1.6 | 410000 河南 13 1.3
420000 湖北 13 2.2 | 430000 湖南 13 1.6 | 440000 广东 13 2.6 | 450000 广西 13 0.8
460000 海南 6 0.5 | 500000 重庆 5 2.0 | 510000 四川 13 1.9 | 520000 贵州 13 0.9
530000 云南 13 0.8 | 540000 西藏 11 0.3 | 610000 陕西 13 2.1 | 620000 甘肃 13 0.8
630000 青海 13 0.4 | 640000 宁夏 12 0.7 | 650000 新疆 13 0.5
"""
_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

CHINESE_NUMERAL_DATES = frozenset({"河南"})
FULL_WIDTH_REPORTS = frozenset({("吉林", 2019), ("吉林", 2021)})
ZERO_REPORTS = frozenset(
    {
        ("西藏", 2018),
        ("西藏", 2019),
        ("青海", 2018),
        ("海南", 2019),
        ("新疆", 2018),
        ("内蒙古", 2019),
        ("吉林", 2020),
    }
)
# 海南 2019 has hits in the annex and none in the main text.
ANNEX_REPORTS = frozenset({("浙江", 2022), ("广东", 2021), ("海南", 2019)})
# What is planted, and how the file breaks it; the first sentence that plants it is forced in.
BROKEN: dict[tuple[str, int], tuple[str, str]] = {
    ("浙江", 2019): ("[高新技术]", "[高新技 术]"),
    ("福建", 2020): ("[集成电路]", "[集成电\n路]"),
    ("湖南", 2021): ("[电子元器件]", "[电子\u3000元器件]"),
    ("江苏", 2019): ("[集成电路]", "[集成电\n路]"),
    ("广西", 2020): ("[半导体]", "[半导 体]"),
    ("贵州", 2020): ("[高新技术!]企业", "[高新技术!] 企业"),
}


@dataclass(frozen=True)
class Region:
    """A province-level region; ``order`` is its place in GB/T 2260."""

    code: str
    short: str
    congress: int
    intensity: float
    order: int

    @property
    def full(self) -> str:
        """Full name: 江苏省, 北京市, 内蒙古自治区."""
        suffix = "市" if self.short in MUNICIPALITIES else "省"
        return _AUTONOMOUS.get(self.short, self.short + suffix)

    @property
    def office(self) -> str:
        """Title of the head of government."""
        if self.short in MUNICIPALITIES:
            return "市长"
        return "自治区主席" if self.short in _AUTONOMOUS else "省长"


@dataclass(frozen=True)
class Block:
    """A paragraph with its planting marks; ``kind`` is title, head, heading or text."""

    kind: str
    marked: str

    @property
    def text(self) -> str:
        """The paragraph as the file shows it."""
        return plain(self.marked)


@dataclass
class Report:
    """One planned report.

    ``planted`` and ``excluded`` count (section, term), section being review, plan or annex.
    """

    region: Region
    year: int
    date: tuple[int, int, int]
    blocks: list[Block] = field(default_factory=list)
    planted: Counter[tuple[str, str]] = field(default_factory=Counter)
    excluded: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """Title for front matter, pages and tables."""
        return f"{self.year}年{self.region.full}政府工作报告"

    @property
    def text(self) -> str:
        """All paragraphs, one a line."""
        return "\n".join(block.text for block in self.blocks)

    def count(self, sections: Iterable[str], term: str, *, excluded: bool = False) -> int:
        """Return how often ``term`` was planted in ``sections``."""
        counts = self.excluded if excluded else self.planted
        return sum(counts[section, term] for section in sections)


def regions() -> list[Region]:
    """Return the 31 province-level regions in the order of GB/T 2260."""
    rows = [row.split() for line in _REGIONS.strip().splitlines() for row in line.split("|")]
    return [
        Region(code, short, int(congress), float(intensity), order)
        for order, (code, short, congress, intensity) in enumerate(rows)
    ]


def plan() -> list[Report]:
    """Plan all 155 reports, by region and then year.

    Raises:
        ValueError: a sentence holds a term that was not planted, a length is out of range, or
            a term or strict phrase is planted nowhere.
    """
    reports = [_report(region, year) for region in regions() for year in YEARS]
    for report in reports:
        _check(report)
    everything = "".join("".join(report.text.split()) for report in reports)
    missing = [word for word in (*TERMS, *STRICT_PHRASES) if word not in everything]
    if missing:
        raise ValueError(f"The sample plants {missing} nowhere; add a sentence or another seed.")
    return reports


def chinese_number(value: int) -> str:
    """Return 1 to 99 in Chinese numerals: 15 is 十五."""
    tens, units = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[units] if units else "")


def chinese_date(date: tuple[int, int, int]) -> str:
    """Return 二〇二〇年一月十五日 for (2020, 1, 15)."""
    year = "".join(_DIGITS[int(digit)] for digit in str(date[0]))
    return f"{year}年{chinese_number(date[1])}月{chinese_number(date[2])}日"


def _report(region: Region, year: int) -> Report:
    draw = Draw(f"{SEED}/{region.code}/{year}")
    late = year == 2020 and region.short in {"四川", "云南"}
    date = (year, 5 if late else 1, draw.integer(6, 29))
    report = Report(region, year, date)
    report.blocks += _head(report)
    sentences = int(region.intensity * (1 + 0.3 * (year - YEARS[0])) + draw.fraction())
    if (region.short, year) in ZERO_REPORTS:
        sentences = 0
    _review(report, draw, sentences // 2)
    _outlook(report, draw, sentences - sentences // 2)
    report.blocks.append(Block("text", draw.pick(CLOSINGS)))
    if (region.short, year) in ANNEX_REPORTS:
        report.blocks.append(Block("heading", "名词解释"))
        report.blocks += [Block("text", _plant(report, "annex", entry)) for entry in GLOSSARY]
    if (region.short, year) in FULL_WIDTH_REPORTS:
        report.blocks = [
            Block(block.kind, block.marked.translate(FULL_WIDTH)) for block in report.blocks
        ]
    return report


def _head(report: Report) -> list[Block]:
    """Return marker, heading, delivery line, speaker and opening in one of seven forms."""
    region, year = report.region, report.year
    chinese = region.short in CHINESE_NUMERAL_DATES
    date = chinese_date(report.date) if chinese else "{}年{}月{}日".format(*report.date)
    session = (
        f"{region.full}第{chinese_number(region.congress)}届"
        f"人民代表大会第{chinese_number(year - 2017)}次会议上"
    )
    name = ("示例" if region.order % 2 else "样例") + _STEMS[(region.order + year) % 10]
    own_government = region.full + "人民政府"
    speaker = f"{region.office} {name}" if year % 2 else f"{own_government}{region.office} {name}"
    forms = (
        ("政府工作报告", f"——{date}在{session}", speaker),
        ("政府工作报告", f"{date}在{session}", speaker),
        ("政府工作报告", f"在{session}（{date}）", speaker),
        ("政府工作报告", f"（{date}在{session}）", speaker),
        (report.title, f"——{date}在{session}", speaker),
        (f"{region.full}政府工作报告（{date} {name}）", f"在{session}", speaker),
        ("政府工作报告", f"——{date}在{session} {region.office} {name}"),
    )
    title, *lines = forms[(region.order * 3 + year) % len(forms)]
    opening = f"现在，我代表{own_government}，按示例程序向大会报告工作，请审议，请列席人员提意见。"
    return [
        Block("head", MARKER),
        Block("title", title),
        *(Block("head", line) for line in lines),
        Block("text", "各位代表："),
        Block("text", opening),
    ]


def _review(report: Report, draw: Draw, planting: int) -> None:
    year = report.year
    heading = f"一、{year - 1}年工作回顾"
    if year == 2018:
        heading = "一、2017年和过去五年工作回顾"
    elif year == 2021 and report.region.order % 2:
        heading = "一、2020年和“十三五”时期工作回顾"
    report.blocks.append(Block("heading", heading))
    broken = BROKEN.get((report.region.short, year))
    forced = next(s for s in REVIEW_PLANTS if broken[0] in s) if broken else None
    pool = [sentence for sentence in REVIEW_PLANTS if sentence != forced]
    chosen = draw.several(REVIEW_NEUTRAL, max(5, 8 - planting)) + draw.several(pool, planting)
    body = [_plant(report, "review", draw.expand(s)) for s in draw.several(chosen, len(chosen))]
    if broken and forced:
        body.insert(1, _plant(report, "review", draw.expand(forced)).replace(*broken, 1))
    body.insert(0, draw.expand(draw.pick(REVIEW_OPENINGS)))
    middle = (len(body) + 1) // 2
    report.blocks += [Block("text", "".join(part)) for part in (body[:middle], body[middle:])]


def _outlook(report: Report, draw: Draw, planting: int) -> None:
    year = report.year
    report.blocks.append(Block("heading", f"二、{year}年工作总体要求和主要目标"))
    report.blocks.append(Block("text", draw.expand(draw.pick(GOALS))))
    report.blocks.append(Block("heading", f"三、{year}年重点工作"))
    chosen = draw.several(PLAN_NEUTRAL, max(5, 8 - planting))
    chosen += draw.several(PLAN_PLANTS, planting)
    body = [_plant(report, "plan", draw.expand(s)) for s in draw.several(chosen, len(chosen))]
    third = -(-len(body) // 3)
    for place, lead in enumerate(draw.several(PLAN_LEADS, 3)):
        part = "".join(body[place * third : (place + 1) * third])
        report.blocks.append(Block("text", lead.replace("{n}", chinese_number(place + 1)) + part))


def _plant(report: Report, section: str, marked: str) -> str:
    """Enter the marks of ``marked`` into the report's plan and return it unchanged."""
    for plant in plants(marked):
        report.planted[section, plant.term] += 1
        report.excluded[section, plant.term] += plant.excluded
    return marked


def _check(report: Report) -> None:
    where = f"{report.region.short} {report.year}"
    stray = unplanted("".join(block.marked for block in report.blocks))
    for term in TERMS:
        if term in stray:
            raise ValueError(f"{where}: 「{term}」 stands in the text without being planted.")
    joined = "".join(report.text.split())
    phrases = sum(joined.count(phrase) for phrase in STRICT_PHRASES)
    if phrases != report.excluded.total():
        raise ValueError(f"{where}: a strict phrase stands in the text without a ! mark.")
    main = joined.split("名词解释")[0]
    if not LENGTH[0] <= len(main) <= LENGTH[1]:
        raise ValueError(f"{where}: {len(main)} characters, outside {LENGTH}; change the grammar.")
