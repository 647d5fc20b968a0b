"""Where the unit of a column is printed: its own heading, a line above the table, the profile.

What is a unit, and of what dimension, is ``units``' knowledge; here only which one holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.ingest.yearbooks.header import Level, without_parentheses
from orchestration.ingest.yearbooks.sheet import address
from orchestration.ingest.yearbooks.tables import Line
from orchestration.ingest.yearbooks.units import (
    AmbiguousUnit,
    FoundUnit,
    Unit,
    UnknownUnit,
    find_unit,
    known_units,
    unit_named,
)

_INDICATOR = re.compile(r"^\s*指\s*标\s*[:：]\s*(.{1,200})$", re.DOTALL)
_REGION = re.compile(r"^\s*地\s*区\s*[:：]\s*(.{1,60})$")
_UNIT_ALONE = re.compile(r"^\s*[(（][^()（）]{1,40}[)）]\s*$")


@dataclass(frozen=True)
class UnitTold:
    """A unit and the place that prints it (``header B3``, ``row 3 单位``, ``profile x``)."""

    unit: Unit
    source: str


def stated_units(lines: Sequence[Line]) -> tuple[list[UnitTold], list[tuple[str, Line]]]:
    """The units that the lines above a table state, and units stated that nobody knows.

    A line with 单位 counts before one in parentheses, which counts before the end of a title. A
    line may state several (单位：人、亿元); each column then takes the one of its dimension.
    """
    ranked: dict[int, list[UnitTold]] = {0: [], 1: [], 2: []}
    unknown: list[tuple[str, Line]] = []
    for line in lines:
        found = find_unit(line.text)
        named = bool(re.search(r"单\s*位\s*[:：]", line.text))
        if isinstance(found, UnknownUnit) and named:
            unknown.append((found.printed[:40], line))
        if not isinstance(found, (FoundUnit, AmbiguousUnit)):
            continue
        rank = 0 if named else 1 if _UNIT_ALONE.match(line.text) else 2
        place = address(line.row, line.column)
        source = f"row {line.row + 1} 单位" if named else f"cell {place}"
        for name in found.units if isinstance(found, AmbiguousUnit) else (found.unit,):
            ranked[rank].append(UnitTold(known_units()[name], source))
    return next((told for told in ranked.values() if told), []), unknown


def unit_of_level(level: Level) -> tuple[str, Unit | None]:
    """The key of a heading without its unit, and that unit.

    A heading that is nothing but a unit has an empty key.
    """
    for inner in reversed(level.bracketed):
        unit = unit_named(inner)
        if unit is not None:
            return without_parentheses(level.key, inner), unit
    name, mark, last = level.key.rpartition("_")
    unit = unit_named(last) if mark else None
    return (name, unit) if unit else (level.key, None)


def preamble_indicator(lines: Sequence[Line]) -> tuple[str, Line] | None:
    """The name in a line 指标：地区生产总值(亿元), with the line."""
    for line in lines:
        found = _INDICATOR.match(line.text)
        if found and found.group(1).strip():
            return found.group(1).strip(), line
    return None


def preamble_region(lines: Sequence[Line]) -> tuple[str, Line] | None:
    """The name in a line 地区：北京市, with the line."""
    for line in lines:
        found = _REGION.match(line.text)
        if found and found.group(1).strip():
            return found.group(1).strip(), line
    return None
