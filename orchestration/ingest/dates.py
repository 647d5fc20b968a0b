"""Years and dates as reports print them: 2020年, ２０２０年, 二〇二〇年, 二○二〇年, 2003.1.8.

Only reading belongs here; which date of a text is the delivery is ``identity``'s question.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_ZERO = "〇○零0０OoＯ"
_YEAR_DIGIT = rf"[{_ZERO}一二三四五六七八九\d]"
YEAR = rf"(?:(?:19|20|１９|２０)[\d]{{2}}|[一二]{_YEAR_DIGIT}{{3}})"
SMALL = r"(?:[\d]{1,2}|[元一二三四五六七八九十廿]{1,3})"
# The 日 may be lost before 在: 2月26在宁波市第十一届….
DATE = re.compile(rf"(?P<year>{YEAR})年(?P<month>{SMALL})月(?P<day>{SMALL})(?:[日号]|(?=在|于))")
# Also how web pages print the day of publication, so it wants a session or brackets beside it.
NUMERIC_DATE = re.compile(
    r"(?P<year>(?:19|20|１９|２０)\d\d)(?P<sign>[.．/-])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)"
)
MONTH_AND_DAY = re.compile(rf"(?<!年)(?P<month>{SMALL})月(?P<day>{SMALL})日")

_DIGITS = {char: str(n) for n, char in enumerate("〇一二三四五六七八九")} | dict.fromkeys(
    _ZERO, "0"
)


def read_year(text: str) -> int | None:
    """A year of four digits, Western or Chinese; ``None`` where it is outside 1949–2100."""
    digits = "".join(_DIGITS.get(char, char) for char in unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\d{4}", digits):
        return None
    year = int(digits)
    return year if 1949 <= year <= 2100 else None


def read_small(text: str) -> int | None:
    """A number below 100: 7, ７, 七, 十七, 二十七, 廿七; 元 is the first month."""
    plain = unicodedata.normalize("NFKC", text).replace("廿", "二十").replace("元", "一")
    if plain.isdigit():
        return int(plain)
    tens, ten, ones = plain.partition("十")
    if not ten:
        return int(_DIGITS[plain]) if plain in _DIGITS else None
    if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
        return None
    return 10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0"))


def read_date(found: re.Match[str], year: int | None = None) -> date | None:
    """The date of a match of one of the patterns, or ``None`` where there is no such day.

    Args:
        found: a match of `DATE`, `NUMERIC_DATE` or `MONTH_AND_DAY`.
        year: the year of a day that does not name one.
    """
    year = year or read_year(found["year"])
    month, day = read_small(found["month"]), read_small(found["day"])
    if not (year and month and day):
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
