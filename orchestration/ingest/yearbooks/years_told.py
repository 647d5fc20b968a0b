"""Which year a table is of, and which edition it comes from, as its own words tell.

Words only: a year column or a row of years is read in ``extraction``. The name of a file is read
here too, but only to be compared, or where nothing inside tells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestration.ingest.yearbooks.sheet import address
from orchestration.ingest.yearbooks.tables import Line, Table

FIRST_YEAR, LAST_YEAR = 1949, 2100

_HEADER_YEAR = re.compile(r"^((?:19|20)\d{2})(?:\.0+)?\s*(?:年|年度|年末)?$")
# 中国科技统计年鉴—2014, 《中国统计年鉴2021》, 2019年版, 年鉴(2020)
_EDITION = re.compile(
    r"年鉴\s*[》」]?\s*[-—–－:：(（]*\s*((?:19|20)\d{2})|((?:19|20)\d{2})\s*年?\s*(?:版|[\u4e00-\u9fff]{0,8}年鉴)"
)
_ACCESSED = re.compile(
    r"(?:下载|导出|访问|查询|获取|截至|更新)(?:时间|日期|于)?\s*[:：]?\s*"
    r"(20\d{2})\s*[-./年]\s*(\d{1,2})(?:\s*[-./月]\s*(\d{1,2}))?"
)
_IN_PARENTHESES = re.compile(r"[(（]\s*((?:19|20)\d{2})\s*年?\s*[)）]")
_WITH_SIGN = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年(?!鉴)")
_BARE = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_SPAN = re.compile(r"(?:19|20)\d{2}\s*年?\s*[-—–－~～至到]\s*(?:19|20)\d{2}")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Told:
    """Something that words tell, and where they stand (``A1``, ``file name``)."""

    text: str
    source: str


def header_year(key: str) -> int | None:
    """The year that a heading is, as 2019, 2019年 or 2019.0; `None` for any other heading."""
    found = _HEADER_YEAR.match(key)
    return int(found.group(1)) if found and _plausible(int(found.group(1))) else None


def years_in(text: str) -> tuple[int, ...]:
    """The years that a title names, in order: those in parentheses, else with 年, else bare.

    The year of an edition (统计年鉴2019) is none of them, nor is either end of a span.
    """
    text = unicodedata.normalize("NFKC", text)
    text = _EDITION.sub(" ", _ACCESSED.sub(" ", text))
    if _SPAN.search(text):
        return ()
    for pattern in (_IN_PARENTHESES, _WITH_SIGN, _BARE):
        years = dict.fromkeys(int(year) for year in pattern.findall(text) if _plausible(int(year)))
        if years:
            return tuple(years)
    return ()


def title_years(lines: Iterable[Line]) -> tuple[list[tuple[int, Line]], list[tuple[int, Line]]]:
    """The years of the lines above a table: those of Chinese lines, and those of all others."""
    chinese: list[tuple[int, Line]] = []
    other: list[tuple[int, Line]] = []
    for line in lines:
        for year in years_in(line.text):
            (chinese if _HAN.search(line.text) else other).append((year, line))
    return chinese, other


def file_name_years(path: str) -> tuple[int, ...]:
    """The years in the name of a file, the folder left out; editions are none."""
    stem = path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    stem = _EDITION.sub(" ", unicodedata.normalize("NFKC", stem))
    return tuple(dict.fromkeys(int(y) for y in _BARE.findall(stem) if _plausible(int(y))))


def edition(texts: Sequence[tuple[str, str]]) -> Told | None:
    """The year of the edition that words and their places name (年鉴—2014), if any."""
    for text, place in texts:
        if found := _EDITION.search(unicodedata.normalize("NFKC", text)):
            return Told(found.group(1) or found.group(2), place)
    return None


def accessed(texts: Sequence[tuple[str, str]]) -> Told | None:
    """The day or month of download that words name, as 2024-03-05 or 2024-03, if any."""
    for text, place in texts:
        if found := _ACCESSED.search(unicodedata.normalize("NFKC", text)):
            year, month, day = found.groups()
            told = f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
            return Told(told, place)
    return None


def words_of(table: Table, page_title: str) -> list[tuple[str, str]]:
    """Everything said around a table with the place of each."""
    around = [*table.before, *table.after]
    words = [(line.text, address(line.row, line.column)) for line in around]
    return [*words, (page_title, "page title")] if page_title else words


def _plausible(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR
