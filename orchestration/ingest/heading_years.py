"""The years that a report's own headings name: the one it reviews and the one it plans."""

from __future__ import annotations

import re

from orchestration.ingest.dates import YEAR, read_year
from orchestration.ingest.evidence import Evidence

_NUMERAL = r"[一二三四五六七八九十百\d]+"
# A heading is numbered, or short and without a comma; "一、2019年工作回顾 过去一年…" runs on.
_HEADING = re.compile(
    rf"^[*#\s]*(?P<line>(?:第?{_NUMERAL}(?:部分|[、．.]|\s))[^\n。；]{{4,60}}"
    r"|[^\n。；，,]{4,40}$)",
    re.MULTILINE,
)
_FIRST = re.compile(r"第?[一1１](?:部分|[、．.\s])")
_NUMBERED = re.compile(rf"第?{_NUMERAL}(?:部分|[、．.\s])")
_LOOKS_BACK = re.compile(
    rf"({YEAR})年(?:.{{0,22}}?)(?:回顾|总结|工作情况|完成情况|执行情况|成就|成绩)"
)
_LOOKS_AHEAD = re.compile(
    rf"({YEAR})年(?:.{{0,10}}?)(?:总体|目标|任务|安排|重点|部署|打算|预期|建议|思路)"
)
# Either, by its place: "一、2005年的政府工作" looks back, "三、2006年的主要工作" ahead.
_EITHER_WAY = re.compile(rf"({YEAR})年(?:.{{0,8}}?)工作")
_REVIEW = re.compile(r"回顾|总结")
_FIVE_YEAR_PLAN = re.compile(
    r"[“\"]?(八五|九五|十五|十一五|十二五|十三五|十四五)[”\"]?+(?!规划|开局).{0,12}(?:回顾|成就|成绩)"
)
_PLAN_ENDS = dict(
    zip(
        ("八五", "九五", "十五", "十一五", "十二五", "十三五", "十四五"),
        range(1995, 2030, 5),
        strict=True,
    )
)


def heading_years(text: str) -> tuple[int | None, int | None, list[Evidence]]:
    """The year reviewed and the year planned, from the report's own headings."""
    years: dict[str, int] = {}
    evidence = []
    reviewing = False
    for heading in _HEADING.finditer(text):
        line = re.sub(r"[\s*]", "", heading["line"])
        told = None if "工作报告" in line else _heading_year(line, reviewing)
        reviewing = reviewing or bool(_REVIEW.search(line))
        if told is None:
            continue
        fact, year = told
        other = years.get("plan_year" if fact == "reviewed_year" else "reviewed_year")
        expected = {"reviewed_year": -1, "plan_year": 1}[fact]
        if fact in years or (other is not None and year != other + expected):
            continue
        years[fact] = year
        evidence.append(Evidence(fact, str(year), "text", line[:60], *heading.span("line")))
        if len(years) == 2:
            break
    return years.get("reviewed_year"), years.get("plan_year"), evidence


def _heading_year(line: str, reviewing: bool) -> tuple[str, int] | None:
    """Which year a heading names and whether it reviews or plans it.

    Args:
        line: the heading without white space and emphasis.
        reviewing: whether an earlier heading has opened the review.
    """
    first = bool(_FIRST.match(line)) or (not reviewing and not _NUMBERED.match(line))
    for fact, pattern in (
        ("reviewed_year", _LOOKS_BACK),
        ("plan_year", _LOOKS_AHEAD),
        ("reviewed_year" if first else "plan_year", _EITHER_WAY),
    ):
        found = pattern.search(line)
        year = read_year(found[1]) if found else None
        if year:
            return fact, year
    plan = _FIVE_YEAR_PLAN.search(line)
    return ("reviewed_year", _PLAN_ENDS[plan[1]]) if plan and first else None
