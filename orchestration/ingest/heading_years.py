"""The years that a report's own headings name: the one it reviews and the one it plans."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.ingest.dates import YEAR, read_year
from orchestration.ingest.evidence import Evidence

_NUMERAL = r"[一二三四五六七八九十百\d]+"
# A heading is numbered, or short and without a comma; "一、2019年工作回顾 过去一年…" runs on.
_HEADING = re.compile(
    rf"^[*# \t\u3000\u00a0]*(?P<line>(?:第?{_NUMERAL}(?:部分|[、．.]|\s))[^\n。；]{{4,60}}"
    r"|[^\n。；，,]{4,40}$)",
    re.MULTILINE,
)
_FIRST = re.compile(r"第?[一1１](?:部分|[、．.\s])")
_NUMBERED = re.compile(rf"第?{_NUMERAL}(?:部分|[、．.\s])")
_LOOKS_BACK = re.compile(
    rf"(?<!到)({YEAR})年(?:.{{0,22}}?)(?:回顾|总结|工作情况|完成情况|执行情况|成就|成绩)"
)
_LOOKS_AHEAD = re.compile(
    rf"(?<!到)({YEAR})年(?:.{{0,10}}?)(?:总体|(?<!远景)目标|任务|安排|重点|部署|打算|预期|建议|思路)"
)
# Either, by its place: "一、2005年的政府工作" looks back, "三、2006年的主要工作" ahead, as does
# "完成2006年的各项任务", which is a vow after a review and a deed in its place.
_EITHER_WAY = re.compile(rf"(?<!到)({YEAR})年(?:.{{0,8}}?)工作")
_DONE = re.compile(r"完成.{0,12}(?:任务|目标)|(?:任务|目标).{0,12}完成")
_REVIEW = re.compile(r"回顾|总结")
# An unnumbered "关于2007年工作" this far into the text looks ahead, as in 新疆 2007.
_REVIEW_BEFORE = 0.3
_FIVE_YEAR_PLAN = re.compile(
    r"[“\"]?(八五|九五|十五(?!五)|十一五|十二五|十三五|十四五)[”\"]?+(?!规划|开局).{0,12}(?:回顾|成就|成绩)"
)
_PLAN_ENDS = dict(
    zip(
        ("八五", "九五", "十五", "十一五", "十二五", "十三五", "十四五"),
        range(1995, 2030, 5),
        strict=True,
    )
)


@dataclass(frozen=True)
class HeadingYears:
    """The years that headings name.

    Attributes:
        reviewed: the year that a heading reviews.
        planned: the year that a heading plans, one after ``reviewed`` where both are there.
        explicit: whether a heading says by its words that it looks back or ahead; where it does
            not ("2019年工作"), its place told, which can mislead.
        evidence: one for each of the two years.
    """

    reviewed: int | None
    planned: int | None
    explicit: bool
    evidence: tuple[Evidence, ...]

    @property
    def counted(self) -> int | None:
        """The year that the report plans, also where only the year before is named."""
        return self.planned or (self.reviewed + 1 if self.reviewed else None)


@dataclass(frozen=True)
class _Told:
    fact: str
    year: int
    explicit: bool
    evidence: Evidence

    @property
    def counted(self) -> int:
        return self.year + (self.fact == "reviewed_year")


def heading_years(text: str) -> HeadingYears:
    """The year reviewed and the year planned, from the report's own headings.

    Headings that disagree are weighed: one that says what it does counts twice, and of years that
    weigh the same the one named first is taken.
    """
    told = list(_tell(text))
    weights: dict[int, int] = defaultdict(int)
    for one in told:
        weights[one.counted] += 1 + one.explicit
    if not weights:
        return HeadingYears(None, None, False, ())
    counted = max(weights, key=lambda year: weights[year])
    agreeing = [one for one in told if one.counted == counted]
    chosen = {one.fact: one for one in reversed(agreeing)}
    reviewed, planned = chosen.get("reviewed_year"), chosen.get("plan_year")
    return HeadingYears(
        reviewed=reviewed.year if reviewed else None,
        planned=planned.year if planned else None,
        explicit=any(one.explicit for one in agreeing),
        evidence=tuple(one.evidence for one in (reviewed, planned) if one),
    )


def _tell(text: str) -> Iterator[_Told]:
    reviewing = False
    for heading in _HEADING.finditer(text):
        line = re.sub(r"[\s*]", "", heading["line"])
        late = reviewing or heading.start() > _REVIEW_BEFORE * len(text)
        told = None if "工作报告" in line else _heading_year(line, late)
        reviewing = reviewing or bool(_REVIEW.search(line))
        if told:
            fact, year, explicit = told
            quote = Evidence(fact, str(year), "text", line[:60], *heading.span("line"))
            yield _Told(fact, year, explicit, quote)


def _heading_year(line: str, late: bool) -> tuple[str, int, bool] | None:
    """Which year a heading names, whether it reviews or plans it, and whether it says so.

    Args:
        line: the heading without white space and emphasis.
        late: whether an earlier heading has opened the review, or the text has gone far.
    """
    first = bool(_FIRST.match(line)) or (not late and not _NUMBERED.match(line))
    by_place = "reviewed_year" if first else "plan_year"
    done = bool(_DONE.search(line))
    for fact, pattern, explicit in (
        ("reviewed_year", _LOOKS_BACK, True),
        (by_place if done else "plan_year", _LOOKS_AHEAD, not done),
        (by_place, _EITHER_WAY, False),
    ):
        found = pattern.search(line)
        year = read_year(found[1]) if found else None
        if year:
            return fact, year, explicit
    plan = _FIVE_YEAR_PLAN.search(line)
    return ("reviewed_year", _PLAN_ENDS[plan[1]], False) if plan and first else None
