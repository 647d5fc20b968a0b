"""Which unit a number is in, and where that is printed; contradictions and lacks are told once.

What words state a unit is in ``units_told``. Nothing is converted here, and no magnitude judged.
"""

from __future__ import annotations

from collections.abc import Callable

from orchestration.ingest.yearbooks.columns import Named, ValueColumn
from orchestration.ingest.yearbooks.facts import TableFacts
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.ingest.yearbooks.profile import Profile
from orchestration.ingest.yearbooks.units import Unit, known_units, unit_named

# Tells a problem at a cell: address, reason, hint.
Tell = Callable[[str, str, str], None]


class UnitChoice:
    """Units of one table."""

    def __init__(
        self, profile: Profile, facts: TableFacts, indicators: IndicatorTable, tell: Tell
    ) -> None:
        """Keeps what the profile and the words around the table say."""
        self._profile = profile
        self._facts = facts
        self._indicators = indicators
        self._tell = tell
        self._by_text: dict[str, Unit | None] = {}
        self._chosen: dict[tuple[int, Named], tuple[Unit, str] | None] = {}

    def of_row(self, text: str, cell: str) -> tuple[str, str] | None:
        """The unit that a unit column gives in a row; `None`, and told, if it is none."""
        if text not in self._by_text:
            self._by_text[text] = unit_named(text)
        unit = self._by_text[text]
        if unit is not None:
            return unit.name, f"column {cell}"
        self._tell(
            cell,
            f"No unit named {text[:40]!r}; the row is not read.",
            "Write a unit of units.csv, such as 亿元, 万人 or 件.",
        )
        return None

    def of_column(
        self, column: ValueColumn, named: Named, in_cell: str, cell: str
    ) -> tuple[str, str] | None:
        """The unit of a column: its cell's own sign, its heading, the lines above, the profile."""
        key = (column.column, named)
        if key not in self._chosen:
            self._chosen[key] = self._choose(column, named)
        told = self._chosen[key]
        if in_cell and (told is None or told[0].name != in_cell):
            return in_cell, f"cell {cell}"
        return (told[0].name, told[1]) if told else None

    def _choose(self, column: ValueColumn, named: Named) -> tuple[Unit, str] | None:
        canonical = known_units()[self._indicators.get(named.code).unit]
        stated = self._facts.unit_for(canonical.dimension)
        if named.unit is not None:
            if (
                stated
                and stated.unit != named.unit
                and stated.unit.dimension == named.unit.dimension
                and named != self._facts.indicator
            ):
                self._tell(
                    column.cell,
                    f"The heading says {named.unit.name} and {stated.source} says "
                    f"{stated.unit.name}; the heading is taken.",
                    "Look at the magnitude, and mend the file if it is wrong.",
                )
            cell = self._facts.indicator_cell if named == self._facts.indicator else column.cell
            return named.unit, named.unit_source or f"header {cell}"
        if stated is not None:
            return stated.unit, stated.source
        for text in (named.fallback, self._profile.given.unit, self._profile.unit):
            if text:
                unit = unit_named(text)
                if unit is not None:
                    return unit, f"profile {self._profile.name}"
        if canonical.dimension == "index":
            return canonical, "an index has no unit"
        self._tell(column.cell, self._lack(column, named), self._remedy(named))
        return None

    def _lack(self, column: ValueColumn, named: Named) -> str:
        other = self._facts.other_units
        stated = (
            f" ({'、'.join(other)} is stated, which is no unit of "
            f"{self._indicators.get(named.code).name_zh})"
            if other
            else ""
        )
        return f"The column {column.header[:60]!r} has no unit{stated}; it is not read."

    def _remedy(self, named: Named) -> str:
        indicator = self._indicators.get(named.code)
        return (
            "Write it in parentheses behind the name, such as "
            f"{indicator.name_zh}({indicator.unit})."
        )
