"""A printed number: its digits, the interval they stand for, its marks and its qualifier.

Where a number stands in a table is not decided here.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, NamedTuple

# A cell longer than this is prose; the longest real cell seen is an interval of 40 characters.
LONGEST_CELL: Final = 200

_MINUS: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2796\u30fc\ufe58"
_STAR: Final = "\u2217\u204e\u2731\u22c6\u2605\u2606\u066d\u2042\u2051"
_SPACE: Final = "\u00a0\u2007\u2009\u200a\u202f\u2002\u2003\u3000"
_DROP: Final = "\u200b\u200c\u200d\ufeff$\u2061\u2062"
_PLAIN_FORMS: Final = str.maketrans(
    dict.fromkeys(_MINUS, "-")
    | dict.fromkeys(_STAR, "*")
    | dict.fromkeys(_SPACE, " ")
    | dict.fromkeys(_DROP, "")
    | {"≤": "<=", "≥": ">=", "〔": "[", "〕": "]", "【": "[", "】": "]", "、": ","}
)
_MARKUP: Final = re.compile(
    r"\\sym\{|\\textsuperscript\{|\^\{|\{|\}|\^|\\(?=[*\[\]()%_])|\\,|~(?=\*)"
)
_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_DIGITS: Final = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
)
_NUMBER: Final = rf"[-+]?\s?{_DIGITS}(?:[eE][-+]?\d{{1,3}}|\s?[×x]\s?10-?\d{{1,2}})?"
_RELATION: Final = r"(?:<=|>=|<|>|=|约|近|超过|超|逾|高达|不足|~)?"
_QUALIFIED: Final = rf"{_RELATION}\s*{_NUMBER}\s*%?"
_TOKEN: Final = re.compile(
    rf"(?P<interval>[\[(]\s*(?P<low>{_NUMBER})\s*(?:,\s+|;\s*|,(?=\s*-|\s*\.|0)|\s+to\s+|~|至)\s*"
    rf"(?P<high>{_NUMBER})\s*[\])])"
    rf"|\((?P<paren>{_QUALIFIED})\s*(?P<paren_stars>\**)\)(?P<after_paren>\s?\*+)?"
    rf"|\[(?P<bracket>{_QUALIFIED})\s*\**\](?P<after_bracket>\s?\*+)?"
    rf"|(?P<plain>{_QUALIFIED})(?:\s?(?P<stars>\*{{1,4}}))?(?P<other>[†+‡])?"
)
_BARE: Final = re.compile(
    rf"\s*(?P<relation>{_RELATION})\s*(?P<number>{_NUMBER})\s*(?P<percent>%?)\s*(?P<stars>\**)\s*"
)
_EMPTY: Final = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "/",
        ".",
        "..",
        "...",
        "…",
        "……",
        "na",
        "n/a",
        "nan",
        "none",
        "null",
        "不详",
        "无",
        "\\",
        "_",
    }
)
# Float noise at a rounding border must never decide; half a unit is stretched by so much.
_BORDER: Final = 1.0 + 1e-9


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed.

    Attributes:
        text: the digits as they stood, without marks.
        value: the number they name.
        low: smallest number that is printed like this.
        high: largest number that is printed like this.
        decimals: digits after the point; negative where a factor of ten was printed.
        stars: significance marks behind it.
        relation: ``=``, ``<``, ``>`` or ``~`` (about).
        percent: whether a percent sign followed.
    """

    text: str
    value: float
    low: float
    high: float
    decimals: int
    stars: int = 0
    relation: str = "="
    percent: bool = False

    @property
    def interval(self) -> tuple[float, float]:
        """Smallest and largest number the digits can stand for."""
        return self.low, self.high

    @property
    def is_integer(self) -> bool:
        """Whether it was printed without a decimal point."""
        return self.decimals <= 0


class Token(NamedTuple):
    """A number inside a cell, or two that bound an interval."""

    kind: str
    first: Printed
    second: Printed | None = None


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Fold full-width digits, minus signs, stars and superscripts of all kinds to plain ones."""
    if text.isascii() and not any(mark in text for mark in "^{}\\$~"):
        return text.strip()
    text = text.translate(_SUPERSCRIPT).translate(_PLAIN_FORMS)
    text = unicodedata.normalize("NFKC", text).translate(_PLAIN_FORMS)
    return _MARKUP.sub("", text).strip()


def is_empty(text: str) -> bool:
    """Whether a cell holds nothing, or one of the ways to print nothing."""
    return plain(text[: LONGEST_CELL + 1]).lower() in _EMPTY


@lru_cache(maxsize=100_000)
def parse_number(text: str) -> Printed | None:
    """The one number a text holds, with its stars and qualifier; None if it is not one."""
    if len(text) > LONGEST_CELL:
        return None
    match = _BARE.fullmatch(plain(text))
    if match is None:
        return None
    return _printed(
        match["number"], len(match["stars"]), match["relation"], match["percent"] == "%"
    )


@lru_cache(maxsize=100_000)
def parse_cell(text: str) -> tuple[Token, ...] | None:
    """The numbers of a cell in order; empty for an empty cell, None where words stand in it."""
    if len(text) > LONGEST_CELL:
        return None
    folded = plain(text)
    if folded.lower() in _EMPTY:
        return ()
    tokens: list[Token] = []
    at = 0
    while at < len(folded):
        if folded[at] in " \n\t\r":
            at += 1
            continue
        match = _TOKEN.match(folded, at)
        token = _token(match) if match else None
        if match is None or token is None or match.end() == at:
            return None
        tokens.append(token)
        at = match.end()
    return tuple(tokens)


def interval_of(value: float, decimals: int) -> tuple[float, float]:
    """The numbers that round to ``value`` at so many decimals."""
    half = 0.5 * 10.0**-decimals * _BORDER
    return value - half, value + half


def overlaps(first: tuple[float, float], second: tuple[float, float]) -> bool:
    """Whether two closed intervals share a number, but for float noise."""
    slack = 1e-12 * max(1.0, *(abs(end) for end in (*first, *second) if math.isfinite(end)))
    return first[0] <= second[1] + slack and second[0] <= first[1] + slack


def same_number(first: Printed, second: Printed) -> bool:
    """Whether two printings can be of one number: equal digits, or one rounds to the other."""
    if first.decimals == second.decimals:
        return first.value == second.value
    return overlaps(first.interval, second.interval)


def product(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """The interval of products."""
    ends = [a * b for a in first for b in second]
    return min(ends), max(ends)


def quotient(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float] | None:
    """The interval of quotients; None where the divisor may be zero."""
    if second[0] <= 0.0 <= second[1]:
        return None
    ends = [a / b for a in first for b in second]
    return min(ends), max(ends)


def difference(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """The interval of differences."""
    return first[0] - second[1], first[1] - second[0]


def magnitude(interval: tuple[float, float]) -> tuple[float, float]:
    """The interval of absolute values."""
    low, high = interval
    if low <= 0.0 <= high:
        return 0.0, max(-low, high)
    return min(abs(low), abs(high)), max(abs(low), abs(high))


def show(value: float, digits: int = 4) -> str:
    """A computed number for a sentence: so many significant digits, no exponent where avoidable."""
    if not math.isfinite(value):
        return "unbounded"
    if value == 0.0:
        return "0"
    size = abs(value)
    if 1e-7 <= size < 1e-4:
        return f"{value:.{digits - 1 - math.floor(math.log10(size))}f}".rstrip("0").rstrip(".")
    if 10.0 ** (digits - 1) <= size < 1e12:
        return f"{value:,.{max(0, digits - len(str(int(size))))}f}"
    return f"{value:.{digits}g}"


def show_interval(interval: tuple[float, float], digits: int = 4) -> str:
    """An interval for a sentence; one number where its ends look alike."""
    low, high = show(interval[0], digits), show(interval[1], digits)
    return low if low == high else f"{low} to {high}"


def _token(match: re.Match[str]) -> Token | None:
    if match["interval"]:
        low, high = _printed(match["low"]), _printed(match["high"])
        return Token("interval", low, high) if low and high else None
    if match["paren"]:
        stars = len(match["paren_stars"] or "") + len((match["after_paren"] or "").strip())
        found = _bare(match["paren"], stars)
        return Token("paren", found) if found else None
    if match["bracket"]:
        found = _bare(match["bracket"], len((match["after_bracket"] or "").strip()))
        return Token("bracket", found) if found else None
    found = _bare(match["plain"] or "", len(match["stars"] or ""))
    if found is None:
        return None
    return Token("other_mark" if match["other"] else "plain", found)


def _bare(text: str, stars: int) -> Printed | None:
    match = _BARE.fullmatch(text)
    if match is None:
        return None
    return _printed(match["number"], stars, match["relation"], match["percent"] == "%")


_RELATIONS: Final = {
    "": "=", "=": "=", "<=": "<", "<": "<", ">=": ">", ">": ">", "约": "~", "~": "~", "近": "<",
    "不足": "<", "超": ">", "超过": ">", "逾": ">", "高达": "~",
}  # fmt: skip


def _printed(
    digits: str, stars: int = 0, relation: str = "", percent: bool = False
) -> Printed | None:
    text = digits.replace(" ", "").removeprefix("+")
    if re.fullmatch(r"-?0,\d+", text):
        text = text.replace(",", ".")
    power = re.search(r"[×x]10(-?\d+)$", text)
    number = text.replace(",", "")
    if power:
        number = f"{number[: -len(power[0])]}e{power[1]}"
    try:
        exact = Decimal(number)
    except InvalidOperation:
        return None
    if not exact.is_finite() or abs(exact.adjusted()) > 60:
        return None
    value = float(exact)
    decimals = -int(exact.as_tuple().exponent)
    low, high = interval_of(value, decimals)
    sign = _RELATIONS[relation]
    if sign == "<":
        # "近 52%" is a little less; of a p-value anything down to nothing.
        low = low if relation == "近" else -math.inf
        low = value * 0.97 if relation == "近" and value > 0 else low
        high = value
    elif sign == ">":
        low, high = value, math.inf
    return Printed(text, value, low, high, decimals, stars, sign, percent)
