"""One printed number of a yearbook with everything that says what it is and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Why a cell holds no number. Zero is a number.
#   blank: the cell is empty.          not_published: …, 不详, "not available".
#   suppressed: kept secret (*, c, 保密).  nil: a dash that the source's notes do not call zero.
#   error: a formula error (#REF!).    unreadable: text that is no number.
Missing = Literal["blank", "not_published", "suppressed", "nil", "error", "unreadable"]
RegionKind = Literal["nation", "region", "subtotal"]


@dataclass(frozen=True)
class Observation:
    """One cell of one sheet, as printed.

    Attributes:
        sheet: name of the sheet; empty where the format names none.
        cell: address such as B14 (of the value).
        region_code: GB/T 2260; ``None`` for a subtotal such as 东部地区.
        region_printed: the name as the file has it.
        region_kind: nation, region, or a subtotal of regions, which is kept apart.
        year: that the number is of (not the edition's).
        indicator_code: a code of ``dbt_project/seeds/indicators.csv``.
        scope: what the number covers where the source says (全市, 市辖区, 规模以上工业); else "".
        value: in ``unit``, as printed and unconverted; ``None`` where missing.
        raw_value: the printed text, as the reader of the sheet sees it.
        missing: why there is no value; ``None`` where there is one.
        unit: the printed one by its name in ``dbt_project/seeds/units.csv`` (人年, 万元).
        unit_source: where the unit was read: ``header B3``, ``row 2 单位``, ``cell A1``,
            ``file name``, ``profile nbs_export``.
        vintage: edition or access date, ISO-like text that sorts by time: 2019, 2024-03.
        vintage_source: where that was read.
        footnote: of the cell or its header; else "".
        header: the header path of the column, levels joined by " / ".
        profile: name of the layout profile it was read by.
    """

    sheet: str
    cell: str
    region_code: str | None
    region_printed: str
    region_kind: RegionKind
    year: int
    indicator_code: str
    scope: str
    value: float | None
    raw_value: str
    missing: Missing | None
    unit: str
    unit_source: str
    vintage: str
    vintage_source: str
    footnote: str
    header: str
    profile: str


@dataclass(frozen=True)
class SheetProblem:
    """What could not be read, where, and what to do; goes to quality.quarantine.

    Attributes:
        locator: sheet and cell (``表1!B14``); empty for the whole file.
        reason: one sentence.
        hint: what to do, one sentence.
        fatal: whether nothing of the file is to be used.
    """

    locator: str
    reason: str
    hint: str
    fatal: bool = True


@dataclass(frozen=True)
class YearbookReading:
    """Everything that one yearbook or tidy table gave; depends on bytes, path and program alone."""

    observations: tuple[Observation, ...] = ()
    problems: tuple[SheetProblem, ...] = ()
    parser: str = ""
