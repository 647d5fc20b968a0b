"""One printed fact: what it is of, its number as an interval, its place, its links to others.

Reading rows is here; what follows from several facts is in the other modules of this package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pandas as pd

from models_py.audit.digits import Printed, parse_number
from models_py.audit.findings import Check
from models_py.audit.tables.conversions import SCALES

#: The source whose rows are the official series.
REFERENCE: Final = "nbs_communique"

Judged = tuple[str, str, Check]

_NEEDED: Final = (
    "fact_id", "source_id", "subject_area", "entity", "measure", "period", "unit", "details",
    "published_table", "locator",
)  # fmt: skip
_ALSO: Final = (
    "label_zh", "label_en", "currency", "qualifier", "scope", "status", "value_text",
)  # fmt: skip
#: Signs that stand for the qualifiers of the mart.
_SIGNS: Final = {
    "": "", "approx": "约", "over": ">", "at_least": ">=", "up_to": "<=", "at_most": "<=",
    "less_than": "<",
}  # fmt: skip
_SCALE_WORDS: Final = tuple(sorted((word for word in SCALES if word), key=len, reverse=True))


@dataclass(frozen=True)
class Fact:
    """A row of ``marts.published_facts``.

    Attributes:
        number: the printed number, its interval widened or opened by the qualifier; None where
            the fact is none.
        digits: the printed number without its qualifier.
        details: keys and values of the column of that name.
        text: ``value_text``.
    """

    fact_id: str
    source_id: str
    area: str
    entity: str
    measure: str
    period: str
    unit: str
    label_zh: str
    label_en: str
    currency: str
    qualifier: str
    scope: str
    status: str
    text: str
    published_table: str
    section: str
    number: Printed | None
    digits: Printed | None
    details: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The table, or the section where the text has it."""
        return self.section if self.published_table in ("", "text") else self.published_table

    @property
    def cell(self) -> str:
        """What a finding calls it: the identifier and the Chinese label."""
        return f"{self.fact_id} {self.label_zh or self.entity}".strip()

    @property
    def what(self) -> str:
        """What a sentence calls it: the English label and the period."""
        label = self.label_en or f"{self.entity} {self.measure}"
        return f"{label} ({self.period.replace('/', ' to ')})" if self.period else label

    @property
    def year(self) -> int | None:
        """The year, if the period is one year."""
        return int(self.period) if re.fullmatch(r"\d{4}", self.period) else None

    @property
    def scale(self) -> float:
        """Units of one in the unit: 1e8 for 亿元."""
        return next((SCALES[word] for word in _SCALE_WORDS if self.unit.startswith(word)), 1.0)

    def links(self, key: str) -> tuple[str, ...]:
        """The identifiers that a key of ``details`` lists."""
        return tuple(part.strip() for part in self.details.get(key, "").split(",") if part.strip())


@dataclass(frozen=True)
class Facts:
    """The facts of one source."""

    every: tuple[Fact, ...]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.every)

    @cached_property
    def by_id(self) -> dict[str, Fact]:
        """Facts by identifier."""
        return {fact.fact_id: fact for fact in self.every}

    def of(self, *areas: str) -> list[Fact]:
        """Facts of these subject areas."""
        return [fact for fact in self.every if fact.area in areas]

    def linked(self, fact: Fact, key: str) -> list[Fact]:
        """The facts of this source that a key of its details names."""
        return [self.by_id[one] for one in fact.links(key) if one in self.by_id]


def read_facts(frame: pd.DataFrame) -> list[Fact]:
    """Rows as facts, in their order.

    Raises:
        ValueError: a column is missing, a fact_id twice, or a number cannot be read.
    """
    number = "printed_value" if "printed_value" in frame.columns else "value"
    missing = [name for name in (*_NEEDED, number) if name not in frame.columns]
    if missing:
        raise ValueError(f"The facts lack the columns {', '.join(missing)}.")
    names = [name for name in (*_NEEDED, *_ALSO) if name in frame.columns]
    texts = frame[[*names, number]].astype(object).where(frame[[*names, number]].notna(), "")
    rows = texts.astype(str).to_dict("records")
    facts = [_fact({str(key): value for key, value in row.items()}, number) for row in rows]
    if len({fact.fact_id for fact in facts}) < len(facts):
        raise ValueError("The facts hold a fact_id twice; one row a fact is needed.")
    return facts


def places(first: Fact, second: Fact) -> str:
    """Where two facts stand."""
    return first.place if first.place == second.place else f"{first.place} / {second.place}"


def numbered(facts: Iterable[Fact]) -> list[tuple[Fact, Printed]]:
    """The facts that are numbers, with them."""
    return [(fact, fact.number) for fact in facts if fact.number]


def _fact(row: dict[str, str], number: str) -> Fact:
    printed = row[number].strip()
    qualifier = row.get("qualifier", "").strip()
    digits = parse_number(printed) if printed else None
    if (printed and digits is None) or qualifier not in _SIGNS:
        raise ValueError(
            f"The fact {row['fact_id']} has the number {printed[:40]!r} with the qualifier "
            f"{qualifier[:40]!r}; a number and one of {', '.join(filter(None, _SIGNS))} are read."
        )
    return Fact(
        row["fact_id"], row["source_id"], row["subject_area"], row["entity"], row["measure"],
        row["period"], row["unit"], row.get("label_zh", ""), row.get("label_en", ""),
        row.get("currency", ""), qualifier, row.get("scope", ""), row.get("status", ""),
        row.get("value_text", ""), row["published_table"].strip(),
        row["locator"].split("|")[0].strip(),
        parse_number(_SIGNS[qualifier] + printed) if printed else None, digits,
        {
            key.strip(): value.strip()
            for pair in row["details"].split(";") if "=" in pair
            for key, _, value in [pair.partition("=")]
        },
    )  # fmt: skip
