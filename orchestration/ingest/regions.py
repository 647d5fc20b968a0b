"""Which region a name means: the GB/T 2260 table, exact lookup, and mentions in running text.

The regions, their aliases and the years that both hold for are data
(``dbt_project/seeds/regions.csv`` and ``region_aliases.csv``); the rules that choose among them
are here. Which region a whole report belongs to is decided elsewhere, from these mentions.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from ahocorasick_rs import AhoCorasick, MatchKind

from orchestration.ingest.region_changes import Succession, successions

Level = Literal["nation", "province", "city"]

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"

# Kinds of alias that may be searched for in running text. One-character abbreviations, names that
# are ordinary words (白银, 中山), misprints and Latin spellings are for exact lookup only.
_SEARCHED_KINDS = frozenset({"full", "short", "former"})

_BLANKS = frozenset(" \t\u00a0\u2002\u2003\u3000\u200b\ufeff")
_NOT_IN_KEY = re.compile(r"[\s\u200b\ufeff'’\-]+")
_HAS_SUFFIX = re.compile(r"..(?:省|市|地区|盟|自治州|自治区)$")

# Words that hold a region's name, or run across one, and mean something else.
_NOT_REGIONS = (
    *("隆重庆祝", "建成都市", "形成都市", "中华人民共和国成立", "全国人大代表", "全国人大常委"),
    *("全国人民代表大会代表", "全国人民代表大会常务委员会"),
)
# Which waters and mountains make a bare name a compass point: 黄河南岸, 太湖北部, 珠江西岸.
_COMPASS_POINT = {
    "河": frozenset("黄淮渭漳滦沂汾洛辽运内"),
    "湖": frozenset("太巢庭阳泽山"),
    "江": frozenset("珠长漓"),
    "海": frozenset("东南黄渤"),
    "山": frozenset("黄泰华燕行"),
}
# What follows a short name when the place is a county, a county-level city or a street
# (河南蒙古族自治县, 海南区, 恩施市, 南京路).
_OTHER_PLACE = re.compile(
    r"县|旗(?![舰帜下])|区(?!域)|市(?![场级县属])|[\u4e00-\u9fff]{0,8}族自治县"
    r"|[东南西北中]?(?:路(?![径线网桥段])|大道|街)"
)
# 吉林市场 is a market in Jilin, not something of 吉林市.
_NOT_A_CITY = frozenset({"场", "值", "价", "容"})


@dataclass(frozen=True)
class Region:
    """A row of the region table; years are inclusive, ``None`` is open."""

    code: str
    name: str
    full_name: str
    level: Level
    parent_code: str | None
    valid_from: int | None
    valid_to: int | None


@dataclass(frozen=True)
class RegionMention:
    """A region named in a text; ``text[start:end]`` is ``matched``.

    ``full`` is true where the name carries its suffix (四川省, 延边州), which is better evidence
    than a bare 四川.
    """

    region: Region
    start: int
    end: int
    matched: str
    full: bool


class UnknownRegion(LookupError):
    """No region has this name at this level in this year; ``nearest`` holds similar names."""

    def __init__(self, message: str, nearest: Sequence[str] = ()) -> None:
        """Keeps the sentence and the names that come nearest."""
        super().__init__(message)
        self.nearest = tuple(nearest)


class AmbiguousRegion(LookupError):
    """The name means more than one region; ``candidates`` holds them by code."""

    def __init__(self, message: str, candidates: Sequence[Region]) -> None:
        """Keeps the sentence and the regions to choose from."""
        super().__init__(message)
        self.candidates = tuple(candidates)


@dataclass(frozen=True)
class _Name:
    """One alias of one region, with the years in which both the alias and the region hold."""

    alias: str
    region: Region
    kind: str
    valid_from: int | None
    valid_to: int | None

    @property
    def full(self) -> bool:
        return self.kind == "full" or (
            self.kind == "former" and bool(_HAS_SUFFIX.search(self.alias))
        )

    def holds_in(self, year: int | None) -> bool:
        return year is None or (
            (self.valid_from is None or self.valid_from <= year)
            and (self.valid_to is None or year <= self.valid_to)
        )

    def outlasts(self, year: int | None) -> bool:
        return self.valid_to is None or (year is not None and year < self.valid_to)


class RegionTable:
    """Regions by code and by name."""

    def __init__(
        self,
        regions: Iterable[Region],
        names: Iterable[_Name],
        changes: Mapping[str, Sequence[Succession]] | None = None,
    ) -> None:
        """Indexes the regions and names; see `from_seeds` for the usual way to get a table.

        ``changes`` holds the successors of abolished regions by code, for the sentences alone.
        """
        self._changes = changes or {}
        self._regions = {region.code: region for region in regions}
        self._names: dict[str, list[_Name]] = defaultdict(list)
        searched: dict[str, list[_Name]] = defaultdict(list)
        for name in names:
            self._names[_key(name.alias)].append(name)
            if name.kind in _SEARCHED_KINDS:
                searched[name.alias].append(name)
        # An empty list claims a stretch of text for no region.
        self._searched = {**searched, **{word: list[_Name]() for word in _NOT_REGIONS}}
        self._patterns = list(self._searched)
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.LeftmostLongest)

    @classmethod
    def from_seeds(cls, folder: Path = SEEDS) -> RegionTable:
        """The table held by ``regions.csv`` and ``region_aliases.csv`` in a folder.

        A folder is read once in the life of the process.

        Raises:
            ValueError: A row has an unknown level, a year that is no number, or an alias names a
                code that is not in ``regions.csv``.
        """
        return _read_seeds(folder.resolve())

    def get(self, code: str) -> Region:
        """The region with a six-digit GB/T 2260 code.

        Raises:
            UnknownRegion: No region has this code.
        """
        try:
            return self._regions[code]
        except KeyError:
            message = f"No region has the code {code!r}; GB/T 2260 codes have six digits (320000)."
            raise UnknownRegion(message) from None

    def provinces(self) -> tuple[Region, ...]:
        """The 34 province-level regions, by code."""
        found = (region for region in self._regions.values() if region.level == "province")
        return tuple(sorted(found, key=lambda region: region.code))

    def resolve(self, name: str, *, level: Level | None = None, year: int | None = None) -> Region:
        """The one region that a name means.

        White space, case and apostrophes do not count (``北 京``, ``innermongolia``, ``Xian``);
        apart from that the name must be an alias in the table.

        Args:
            name: A Chinese or English name, full, short or former.
            level: Only regions of this level.
            year: The year of the text or edition that uses the name, not of the figure beside it:
                a yearbook of 2012 says 襄阳 for 2005 too. In a year of change both names hold.
                Without it, a region that still exists is preferred to one that does not.

        Raises:
            UnknownRegion: No region has this name at this level in this year.
            AmbiguousRegion: Several have it (吉林, Suzhou).
        """
        names = self._names.get(_key(name), [])
        found = _choose(names, level, year)
        if len(found) == 1:
            return found[0].region
        if found:
            regions = sorted((one.region for one in found), key=lambda region: region.code)
            choices = " or ".join(f"{region.full_name} ({region.code})" for region in regions)
            message = (
                f"{name!r} may be {choices}: write the full name, or say which level is meant."
            )
            raise AmbiguousRegion(message, regions)
        raise self._unknown(name, names, level, year)

    def find_all(
        self, text: str, *, level: Level | None = None, year: int | None = None
    ) -> list[RegionMention]:
        """Regions named in a text, in order, longest name first, never overlapping.

        Blanks inside a name are passed over (``四 川 省``); a line break ends it. A bare name that
        means several regions (吉林) is left out unless ``level`` or ``year`` decides, as is one
        that begins the name of a county, a county-level city or a street.

        Args:
            text: Any text; offsets of the mentions count its characters.
            level: Only regions of this level.
            year: The year of the text, as in `resolve`.
        """
        kept = [index for index, char in enumerate(text) if char not in _BLANKS]
        compact = "".join(text[index] for index in kept) if len(kept) < len(text) else text
        mentions = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(compact):
            alias = self._patterns[pattern]
            if alias.endswith("市") and compact[end : end + 1] in _NOT_A_CITY:
                alias, end = alias[:-1], end - 1  # noqa: PLW2901
            found = _choose(self._searched.get(alias, []), level, year)
            if len(found) != 1 or _means_another_place(found[0], compact, start, end):
                continue
            first, past = kept[start], kept[end - 1] + 1
            mention = RegionMention(found[0].region, first, past, text[first:past], found[0].full)
            mentions.append(mention)
        return mentions

    def _unknown(
        self, name: str, names: Sequence[_Name], level: Level | None, year: int | None
    ) -> UnknownRegion:
        """Why a name was not found: other level, other years, or no such name."""
        wanted = (level or "region") + (f" in {year}" if year is not None else "")
        if names:
            known = "; ".join(
                f"{one.region.full_name} ({one.region.code}{_years(one)})" for one in names
            )
            sentences = [f"{name!r} names no {wanted}; it names {known}."]
            sentences += [self._succeeded(one.region, year) for one in names]
            return UnknownRegion(" ".join(dict.fromkeys(filter(None, sentences))))
        nearest = self._nearest(_key(name))
        hint = f"; the nearest names are {', '.join(nearest)}" if nearest else ""
        message = f"{name!r} names no {wanted}{hint}. Add it to region_aliases.csv if it is right."
        return UnknownRegion(message, nearest)

    def _succeeded(self, region: Region, year: int | None) -> str:
        """Who has the area of a region that was abolished before a year; empty otherwise."""
        if year is None or region.valid_to is None or year <= region.valid_to:
            return ""
        takers = self._takers(region, year, since=0)
        if not takers:
            return ""
        names = [f"{one.full_name} ({one.code})" for one in takers]
        since = f"Since {max(takers.values())} the area of {region.full_name} belongs to "
        if len(names) > 1:
            return f"{since}{', '.join(names[:-1])} and {names[-1]}, which have a part of it each."
        return f"{since}{names[0]}; look for its figures there."

    def _takers(self, region: Region, year: int, since: int) -> dict[Region, int]:
        """The regions in force in a year that have the area of one that is not, and since when.

        Only changes later than ``since`` are followed, so that a circle in the table ends.
        """
        found: dict[Region, int] = {}
        for change in self._changes.get(region.code, ()):
            successor = self._regions.get(change.to_code)
            if successor is None or change.year <= since:
                continue
            if successor.valid_to is None or year <= successor.valid_to:
                found[successor] = change.year
            else:
                found.update(self._takers(successor, year, since=change.year))
        return found

    def _nearest(self, key: str) -> tuple[str, ...]:
        """Up to three similar names, those that begin alike first, then provinces."""
        similar = get_close_matches(key, list(self._names), n=20, cutoff=0.5)
        names = [self._names[other][0] for other in similar]
        names.sort(
            key=lambda one: (one.alias[:1].casefold() != key[:1], one.region.level == "city")
        )
        return tuple(one.alias for one in names[:3])


def _key(name: str) -> str:
    """What two spellings of one name share."""
    return _NOT_IN_KEY.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _choose(names: Iterable[_Name], level: Level | None, year: int | None) -> list[_Name]:
    """The names that fit, one a region; those that go on being used take precedence."""
    fitting = {
        one.region.code: one
        for one in names
        if level in (None, one.region.level) and one.holds_in(year)
    }
    lasting = [one for one in fitting.values() if one.outlasts(year)]
    return lasting or list(fitting.values())


def _means_another_place(name: _Name, text: str, start: int, end: int) -> bool:
    """Whether the characters around a bare name make it a county, a street or a compass point."""
    if name.full:
        return False
    if text[max(start - 1, 0) : start] in _COMPASS_POINT.get(text[start], ()):
        return True
    follows = _OTHER_PLACE.match(text, end)
    if follows is None:
        return False
    in_its_own_right = follows.group() == "区" and name.region.full_name.endswith("自治区")
    return not in_its_own_right


def _years(name: _Name) -> str:
    if name.valid_from is None and name.valid_to is None:
        return ""
    return f", {name.valid_from or ''}–{name.valid_to or ''}"


@cache
def _read_seeds(folder: Path) -> RegionTable:
    regions = {row["region_code"]: _region(row) for row in _rows(folder / "regions.csv")}
    aliases = folder / "region_aliases.csv"
    names = []
    for row in _rows(aliases):
        code = row["region_code"]
        if code not in regions:
            raise ValueError(
                f"{aliases.name}: {row['alias']} has code {code}, which is not in regions.csv."
            )
        names.append(_name(row, regions[code]))
    return RegionTable(regions.values(), names, successions(folder))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _region(row: dict[str, str]) -> Region:
    level = row["region_level"]
    if level not in get_args(Level):
        raise ValueError(f"regions.csv: {row['region_code']} has an unknown level {level!r}.")
    return Region(
        code=row["region_code"],
        name=row["region_name"],
        full_name=row["full_name"],
        level=cast(Level, level),
        parent_code=row["parent_code"] or None,
        valid_from=_year(row["valid_from"]),
        valid_to=_year(row["valid_to"]),
    )


def _name(row: dict[str, str], region: Region) -> _Name:
    """An alias holds no longer than its region does."""
    starts = [y for y in (_year(row["valid_from"]), region.valid_from) if y is not None]
    ends = [y for y in (_year(row["valid_to"]), region.valid_to) if y is not None]
    return _Name(
        alias=row["alias"],
        region=region,
        kind=row["alias_kind"],
        valid_from=max(starts, default=None),
        valid_to=min(ends, default=None),
    )


def _year(cell: str) -> int | None:
    return int(cell) if cell else None
