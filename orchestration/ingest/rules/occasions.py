"""The years that a report tells by its occasions: congresses, plenums, anniversaries, plan periods.

Asked only where neither date nor headings settle the year. Of 995 real reports of provinces and
cities 395 speak of an occasion, each of the right one; none names a plenum of its own year or a
later one.
"""

from __future__ import annotations

import re
from collections import Counter

_CONGRESSES = {"十五": 1997, "十六": 2002, "十七": 2007, "十八": 2012, "十九": 2017, "二十": 2022}
_FIRST_YEARS = {
    "九五": 1996,
    "十五": 2001,
    "十一五": 2006,
    "十二五": 2011,
    "十三五": 2016,
    "十四五": 2021,
    "十五五": 2026,
}
# Plenums of the autumn; a report that speaks of one is given after it.
_PLENUMS = {
    **{"十五届三": 1998, "十五届四": 1999, "十五届五": 2000, "十五届六": 2001},
    **{"十六届三": 2003, "十六届四": 2004, "十六届五": 2005, "十六届六": 2006},
    **{"十七届三": 2008, "十七届四": 2009, "十七届五": 2010, "十七届六": 2011},
    **{"十八届三": 2013, "十八届四": 2014, "十八届五": 2015, "十八届六": 2016},
    **{"十九届四": 2019, "十九届五": 2020, "十九届六": 2021},
    **{"二十届三": 2024, "二十届四": 2025},
}
_FOUNDED = {"党": 1921, "国": 1949}
_AWAITED = re.compile(
    r"迎接.{0,24}(?:党的|共产党第)(十五|十六|十七|十八|十九|二十)(?:大|次全国代表大会)"
)
_ANNIVERSARY = re.compile(
    r"(?:迎接|庆祝|喜迎|献礼|向).{0,8}?(?:新中国|建国|共和国|国庆|建党|共产党)(?:成立)?"
    r"(?P<years>[\d一二三四五六七八九十百]{1,3})(?:周年|华诞)"
)
_PLAN_YEAR = re.compile(
    r"今年(?:又)?是.{0,40}?(九五|十五(?!五)|十一五|十二五|十三五|十四五|十五五)[”\"]?"
    r"(?:规划|计划|时期)?.{0,8}?(?P<which>开局|起步|第一年|收官|最后一年)"
)
_PLENUM = re.compile(f"({'|'.join(_PLENUMS)})(?:、[一二三四五六七]中?)*中")
_DIGITS = {char: digit for digit, char in enumerate("〇一二三四五六七八九")}
_TAIL_CHARS = 900
_LENGTH_OF_PLAN = 5


def occasion_year(text: str) -> tuple[int, str] | None:
    """The year that the text's occasions tell, with the words that do.

    Args:
        text: a report's body.

    Returns:
        ``None`` where no occasion is spoken of, or two tell different years alike.
    """
    told: Counter[int] = Counter()
    words: dict[int, str] = {}
    tail = text[-_TAIL_CHARS:]
    for found in (
        *_AWAITED.finditer(tail),
        *_ANNIVERSARY.finditer(tail),
        *_PLAN_YEAR.finditer(text),
    ):
        year = _year_of(found)
        if year:
            told[year] += 1
            words.setdefault(year, found[0])
    best = told.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0], words[best[0][0]]


def earliest_year(text: str) -> tuple[int, str] | None:
    """The first year in which the text can have been spoken, by the last plenum that it names."""
    last = max(_PLENUM.finditer(text), key=lambda found: _PLENUMS[found[1]], default=None)
    return (_PLENUMS[last[1]], last[0]) if last else None


def _year_of(found: re.Match[str]) -> int | None:
    if found.re is _AWAITED:
        return _CONGRESSES[found[1]]
    if found.re is _PLAN_YEAR:
        first = _FIRST_YEARS[found[1]]
        return (
            first if found["which"] in ("开局", "起步", "第一年") else first + _LENGTH_OF_PLAN - 1
        )
    years = _number(found["years"])
    return years + _FOUNDED["党" if "党" in found[0] else "国"] if years else None


def _number(words: str) -> int | None:
    """七十, 60, 一百 as a number."""
    if words.isdigit():
        return int(words)
    if words in ("百", "一百"):
        return 100
    tens, ten, ones = words.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1:
        return None
    return 10 * (_DIGITS.get(tens, 1)) + _DIGITS.get(ones, 0)
