"""What the label of a row names: a region, the nation, a subtotal of regions, or nothing known.

Which names mean which region is the region table's; here is only what a yearbook adds to them:
footnote marks, subtotals, rows of totals. A name is never completed or guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from orchestration.ingest.regions import (
    AmbiguousRegion,
    Level,
    Region,
    RegionTable,
    UnknownRegion,
)
from orchestration.ingest.yearbooks.header import key_of, parsed
from orchestration.ingest.yearbooks.observation import RegionKind

CITY_WORDS = frozenset(key_of(word) for word in ("城市", "地级市", "地市", "市", "city"))

# The longest name of a region has 13 characters (克孜勒苏柯尔克孜自治州), and its blanks.
_LONGEST_NAME = 40
_NATION = frozenset({"全国", "中国", "全国合计", "全国总计"})
_BLANKS = re.compile(r"\s+")
_LATIN_TAIL = re.compile(r"(?<=[\u3400-\u9fff])\s*[A-Za-z][A-Za-z\s'’.&\-]*$")
_SUBTOTAL = re.compile(
    r"(?:东部|中部|西部|东北|华北|华东|华南|华中|西南|西北|东中西部|沿海|内陆)"
    r"(?:地区|区域|六省|三省|合计|小计)?(?:合计|小计|平均)?"
    r"|(?:地方|各地区?|地区|省区市|城市|分省|分地区)(?:合计|总计|小计|级?平均)"
    r"|(?:长江?三角洲|长三角|珠三角|京津冀|长江经济带|粤港澳大湾区)(?:地区|合计)?"
    r"|(?:中央|中央本级|地方|未分地区|不分地区|其他地区|其他)(?:合计)?"
    r"|(?:合计|总计|小计|平均)"
    r"|[a-z]*(?:eastern|middle|central|western|northeast(?:ern)?)region"
    r"|total(?:ofallregions)?"
)


@dataclass(frozen=True)
class RowRegion:
    """What a label names.

    Attributes:
        code: GB/T 2260; ``None`` for a subtotal.
        kind: nation, region, or a subtotal of regions.
        printed: the label as the file has it, white space at its ends taken off.
        mark: footnote mark behind the name.
    """

    code: str | None
    kind: RegionKind
    printed: str
    mark: str = ""


@dataclass(frozen=True)
class NoRegion:
    """Why a label names nothing that can be used: one sentence, and what to do."""

    reason: str
    hint: str


class RegionReader:
    """Reads labels of one table; equal labels are read once."""

    def __init__(
        self,
        regions: RegionTable,
        level: Literal["province", "city"],
        nation: frozenset[str] = frozenset(),
        subtotals: frozenset[str] = frozenset(),
    ) -> None:
        """Keeps what is known of the table: level of its regions and its own words for totals."""
        self._regions = regions
        self._level = level
        self._nation = nation
        self._subtotals = subtotals
        self._known: dict[tuple[str, int | None], RowRegion | NoRegion] = {}

    def read(self, label: str, year: int | None = None) -> RowRegion | NoRegion:
        """What a label names.

        Args:
            label: the cell, as printed.
            year: year of the table, for names that changed.
        """
        found = self._known.get((label, year))
        if found is None:
            found = self._known[label, year] = self._read(label, year)
        return found

    def by_code(self, code: str) -> RowRegion | NoRegion:
        """The region with a GB/T 2260 code."""
        try:
            region = self._regions.get(code)
        except UnknownRegion as error:
            return NoRegion(str(error), "Write the code of regions.csv.")
        return RowRegion(region.code, _kind(region), code)

    def _read(self, label: str, year: int | None) -> RowRegion | NoRegion:
        printed = label.strip()[:100]
        mark = parsed(printed).mark
        name = _BLANKS.sub("", unicodedata.normalize("NFKC", printed.removesuffix(mark)))
        name = name.strip("#:·*")
        bare = _LATIN_TAIL.sub("", name) or name
        if bare.casefold() in self._nation:
            return RowRegion("100000", "nation", printed, mark)
        if bare.casefold() in self._subtotals:
            return RowRegion(None, "subtotal", printed, mark)
        if _SUBTOTAL.fullmatch(bare.casefold()):
            return RowRegion(None, "subtotal", printed, mark)
        try:
            region = self._resolve(bare, year)
        except AmbiguousRegion as error:
            return NoRegion(str(error), "Write the full name (吉林市, 江苏省苏州市) in the file.")
        except UnknownRegion as error:
            return NoRegion(*self._unknown(bare, error))
        return RowRegion(region.code, _kind(region), printed, mark)

    def _resolve(self, name: str, year: int | None) -> Region:
        """The region of a name at the level of the table, or above it."""
        own = _resolved(self._regions, name, self._level, year)
        if isinstance(own, Region) and self._level == "city":
            self._refuse_province(name, own)
        if isinstance(own, AmbiguousRegion):
            raise own
        above: tuple[Level, ...] = ("province", "nation") if self._level == "city" else ("nation",)
        for level in above if isinstance(own, UnknownRegion) else ():
            higher = _resolved(self._regions, name, level, year)
            if isinstance(higher, Region):
                return higher
        if isinstance(own, UnknownRegion):
            raise own
        return own

    def _refuse_province(self, name: str, city: Region) -> None:
        """A bare 吉林 in a table of cities is the city's row or its province's subtotal."""
        if is_region(self._regions, name, "province"):
            province = self._regions.resolve(name, level="province")
            raise AmbiguousRegion(
                f"{name!r} may be {province.full_name} ({province.code}) or {city.full_name} "
                f"({city.code}) in a table of cities.",
                (province, city),
            )

    def _unknown(self, name: str, error: UnknownRegion) -> tuple[str, str]:
        if self._level == "province":
            city = _resolved(self._regions, name, "city", None)
            if isinstance(city, Region):
                return (
                    f"{name!r} is {city.full_name} ({city.code}), a city, in a table of provinces.",
                    "Give the cities in a table of their own, with level: city in its profile.",
                )
        return (
            str(error).split(" Add it", 1)[0],
            "If it is a region, add the spelling to region_aliases.csv; if it is a sum of "
            "regions, name it under region.subtotals of the profile.",
        )


def is_region(regions: RegionTable, text: str, level: Level | None = None) -> bool:
    """Whether a text is the full or short name of a region and nothing else.

    Unlike `RegionTable.resolve` it costs little where the answer is no, which is the answer for
    nearly every cell of a sheet.
    """
    if len(text) > _LONGEST_NAME:
        return False
    bare = _BLANKS.sub("", text)
    if bare in _NATION:
        return level in (None, "nation")
    found = regions.find_all(bare, level=level)
    return len(found) == 1 and found[0].start == 0 and found[0].end == len(bare)


def is_subtotal(text: str) -> bool:
    """Whether a text names a sum of regions, such as 东部地区 or 合计, and nothing else."""
    if len(text) > _LONGEST_NAME:
        return False
    name = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    return bool(_SUBTOTAL.fullmatch((_LATIN_TAIL.sub("", name) or name).casefold()))


@lru_cache(maxsize=65536)
def _resolved(
    regions: RegionTable, name: str, level: Level, year: int | None
) -> Region | UnknownRegion | AmbiguousRegion:
    """What the table says of a name; kept, because saying no takes it 8 ms."""
    for one in (year, None) if year is not None else (None,):
        try:
            return regions.resolve(name, level=level, year=one)
        except UnknownRegion as error:
            unknown = error
        except AmbiguousRegion as error:
            return error
    return unknown


def _kind(region: Region) -> RegionKind:
    return "nation" if region.level == "nation" else "region"
