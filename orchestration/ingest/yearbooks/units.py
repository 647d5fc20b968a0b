"""Which unit a text states: 单位：亿元, (万人), Unit: 10 000 persons.

The units are data (``dbt_project/seeds/units.csv``), shared with dbt's staging, which converts.
Only a statement counts: a unit in brackets, behind 单位 or Unit, at the end of a name, or alone in
its cell. 元 inside 单元 is none.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from orchestration.ingest.regions import SEEDS

# A heading; what is longer is prose and states units of other things too.
_HEADING_CHARS = 1_000

_STATED = re.compile(r"(?:计\s*量\s*)?单\s*位\s*:\s*(?P<rest>[^()\[\]\n]*)")
_ENGLISH = re.compile(r"\bunits?\s*:\s*(?P<rest>[^()\[\]\n\u4e00-\u9fff]+)", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)(?:[)\]]|\Z)")
_SEPARATORS = re.compile(r"[,;、]|和|及|(?<=[\u4e00-\u9fff%])(?=[0-9A-Za-z])")
_CIRCLED = re.compile(r"[①-⑳❶-❿*]")
_TAIL = re.compile(r"(?P<mark>[_\s,:;])\s*(?P<unit>[^_\s,:;]+)\Z")
_GROUPED = re.compile(r"(?<=\d)[,\s](?=\d{3}(?!\d))")
_ENGLISH_SCALE = re.compile(
    r"(?P<currency>rmb|cny|usd|us\$)?(?P<number>10{0,8}|ten|hundred)?"
    r"(?P<word>thousand|million|billion|trillion)?(?P<base>\D.*)?"
)
_NUMBERS = {"ten": 10, "hundred": 100}
_WORDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_HAN = re.compile(r"[\u4e00-\u9fff]")
# A name may end in 人次 or 个 and mean no unit by it; scaled ones and money are plain.
_PLAIN_TAIL = re.compile(r"[千万亿百].|.*元\Z")
_BRACKET_FORMS = str.maketrans("【】〔〕［］｛｝", "[][][][]")


@dataclass(frozen=True)
class Unit:
    """A unit of the seed.

    Attributes:
        name: as yearbooks print it: 亿元.
        dimension: what it measures; only units of one dimension and canonical unit convert.
        to_canonical: how many canonical units one of it is.
        canonical_unit: the unit that staging converts to.
    """

    name: str
    dimension: str
    to_canonical: float
    canonical_unit: str


@dataclass(frozen=True)
class FoundUnit:
    """One unit, and the piece of text that states it."""

    unit: str
    where: str


@dataclass(frozen=True)
class AmbiguousUnit:
    """Several units in one text (亿元 and %), in their order; which one holds is not said."""

    units: tuple[str, ...]
    where: str


@dataclass(frozen=True)
class UnknownUnit:
    """A text that states a unit (单位：担) which the seed does not have."""

    printed: str
    where: str


@cache
def known_units(path: Path = SEEDS / "units.csv") -> Mapping[str, Unit]:
    """The units of the seed by their printed name.

    Raises:
        ValueError: the seed gives one name to two units.
    """
    return _read_seed(path)[0]


def unit_named(text: str) -> Unit | None:
    """The unit that a text is, by name or alias and nothing around it: 万人, 10 000 persons."""
    units, aliases = _read_seed(SEEDS / "units.csv")
    key = _key(text)
    if key in aliases:
        return aliases[key]
    match = _ENGLISH_SCALE.fullmatch(key)
    if match is None or not (match["number"] or match["word"]):
        return None
    nouns = (match["base"], match["currency"])
    base = next((aliases[noun] for noun in nouns if noun and noun in aliases), None)
    if base is None or (match["base"] and match["base"] not in aliases):
        return None
    number = match["number"] or "1"
    factor = _NUMBERS.get(number) or int(number)
    factor *= _WORDS.get(match["word"] or "", 1)
    size = base.to_canonical * factor
    # Ten thousand square metres are 万平方米 and not 公顷, which is as large.
    return next(
        (
            unit
            for unit in units.values()
            if unit.name.endswith(base.name) and abs(unit.to_canonical / size - 1) < 1e-9
        ),
        None,
    )


@lru_cache(maxsize=4_096)
def find_unit(text: str) -> FoundUnit | AmbiguousUnit | UnknownUnit | None:
    """The unit that a heading, a unit row or a title states.

    Several statements of one unit (亿元 and 100 million yuan) are one.

    Returns:
        ``None`` where no unit is stated; :class:`AmbiguousUnit` where different ones are;
        :class:`UnknownUnit` where the text says 单位 and what follows is not in the seed.
    """
    text = _CIRCLED.sub("", text[:_HEADING_CHARS])
    shown = unicodedata.normalize("NFKC", text).translate(_BRACKET_FORMS).strip()
    found: dict[str, str] = {}
    unknown: UnknownUnit | None = None
    for where, content, must_be_unit in _statements(shown):
        names = _names(content)
        for name in names:
            found.setdefault(name, where)
        if must_be_unit and not names and content.strip():
            unknown = UnknownUnit(content.strip(), where)
    if not found and unknown is None:
        found = _alone_or_last(shown)
    if len(found) > 1:
        return AmbiguousUnit(tuple(found), " ".join(dict.fromkeys(found.values())))
    if found:
        ((name, where),) = found.items()
        return FoundUnit(name, where)
    return unknown


def _statements(shown: str) -> Iterator[tuple[str, str, bool]]:
    """Places that state a unit: the place, the content, and whether it must be a unit."""
    for match in _STATED.finditer(shown):
        # 填报单位：国家统计局 names a body, 支出单位：亿元 lacks a blank: a unit or nothing.
        plain = not _HAN.match(shown[max(match.start() - 1, 0) : match.start()])
        yield match.group().strip(), match["rest"], plain
    for match in _ENGLISH.finditer(shown):
        yield match.group().strip(), match["rest"], False
    for match in _BRACKETS.finditer(shown):
        if not re.search(r"单\s*位\s*:|units?\s*:", match.group(1), re.IGNORECASE):
            yield match.group().strip(), match.group(1), False


def _names(content: str) -> list[str]:
    """The units that a statement names: as a whole, in its parts, or in its first word."""
    whole = unit_named(content)
    if whole is not None:
        return [whole.name]
    content = _GROUPED.sub("", content)
    named = [name for part in _SEPARATORS.split(content) for name in _either(part)]
    if named:
        return list(dict.fromkeys(named))
    words = content.split()
    first = unit_named(words[0]) if words else None
    return [first.name] if first is not None else []


def _either(part: str) -> list[str]:
    """The unit of a part, or the units on both sides of a stroke; 床/千人 is neither."""
    whole = unit_named(part)
    if whole is not None:
        return [whole.name]
    sides = [unit_named(side) for side in part.split("/")]
    return [side.name for side in sides if side is not None] if all(sides) else []


def _alone_or_last(shown: str) -> dict[str, str]:
    """The unit that is the whole text, or stands at the end of a name: gdp_亿元, 总产值 万元."""
    whole = unit_named(shown)
    if whole is not None and whole.dimension != "index":
        return {whole.name: shown}
    match = _TAIL.search(shown)
    last = unit_named(match["unit"]) if match is not None else None
    if match is None or last is None:
        return {}
    plain = _PLAIN_TAIL.match(match["unit"]) and len(match["unit"]) > 1
    return {last.name: match["unit"]} if plain or match["mark"] == "_" else {}


def _key(text: str) -> str:
    """A name for lookup: NFKC, lower case, no white space, digits not grouped."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"\s+", "", _GROUPED.sub("", plain)).strip("。.")


@cache
def _read_seed(path: Path) -> tuple[Mapping[str, Unit], Mapping[str, Unit]]:
    units: dict[str, Unit] = {}
    aliases: dict[str, Unit] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            unit = Unit(
                row["unit"], row["dimension"], float(row["to_canonical"]), row["canonical_unit"]
            )
            units[unit.name] = unit
            for alias in (unit.name, *row["aliases"].split("|")):
                if alias and aliases.setdefault(_key(alias), unit) != unit:
                    raise ValueError(
                        f"{path.name}: {alias!r} names both {aliases[_key(alias)].name} and "
                        f"{unit.name}; give it to one of them."
                    )
    return MappingProxyType(units), MappingProxyType(aliases)
