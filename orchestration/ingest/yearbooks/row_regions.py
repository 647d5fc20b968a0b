"""The rows of one table that are of a region, and what is said of those that are not.

What a label names is asked of ``regions_told``; here a label is found for each row: in its cell, in
the merged cell above, by its code, or in the words above a table of one region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.header import key_of
from orchestration.ingest.yearbooks.profile import Profile
from orchestration.ingest.yearbooks.regions_told import (
    CITY_WORDS,
    NoRegion,
    RegionReader,
    RowRegion,
)
from orchestration.ingest.yearbooks.sheet import address
from orchestration.ingest.yearbooks.tables import Table
from orchestration.ingest.yearbooks.unit_choice import Tell
from orchestration.ingest.yearbooks.values import printed

_LONGEST_LABEL = 200


class RowRegions:
    """Regions of the rows of one table."""

    def __init__(
        self,
        table: Table,
        profile: Profile,
        regions: RegionTable,
        roles: Mapping[str, int],
        tell: Tell,
    ) -> None:
        """Keeps the table; the level is that of the profile unless the heading says 城市."""
        self._table = table
        self._profile = profile
        self._code_column = roles.get("code")
        self._tell = tell
        self.reader = RegionReader(
            regions,
            "city" if table.label_key in CITY_WORDS else profile.region.level,
            frozenset(key_of(name) for name in profile.region.nation),
            frozenset(key_of(name) for name in profile.region.subtotals),
        )
        self._label_rows = labels_above(table)

    def label(self, row: int) -> str:
        """The label of a row, as printed."""
        value = self._table.sheet.at(self._label_rows.get(row, row), self._table.label_column)
        return value[:_LONGEST_LABEL] if isinstance(value, str) else printed(value)

    def each(
        self, year_of: Callable[[int], int | None], has_values: Callable[[int], bool]
    ) -> list[tuple[int, RowRegion]]:
        """The rows of a region, in order; other rows with numbers are told.

        Args:
            year_of: the year of a row, where known, for names that changed.
            has_values: whether a row has a number.
        """
        table = self._table
        if self._profile.rows == "indicators":
            raise ValueError("a table of indicators has one region; ask `the_one`")
        found: list[tuple[int, RowRegion]] = []
        for row in table.rows:
            region = self._of_row(row, year_of(row))
            if isinstance(region, RowRegion):
                found.append((row, region))
            elif has_values(row):
                self._tell(address(row, table.label_column), region.reason, region.hint)
        for row in table.unlabelled:
            if has_values(row):
                self._tell(
                    address(row, table.label_column),
                    "The row has numbers and no region.",
                    "Write the region, or delete the row.",
                )
        return found

    def the_one(self, named_above: str) -> RowRegion | None:
        """The region of a table whose rows are indicators: given, or named above the table."""
        place = address(self._table.top, self._table.label_column)
        text = self._profile.given.region or named_above
        if not text:
            self._tell(
                place,
                "The table lists indicators of one region and does not name the region.",
                f"Name it in a profile of the landing zone: extends: {self._profile.name}, "
                "files: [its name], given: {region: 北京}.",
            )
            return None
        region = self.reader.by_code(text) if text.isdigit() else self.reader.read(text)
        if isinstance(region, NoRegion):
            self._tell(place, region.reason, region.hint)
            return None
        return region

    def _of_row(self, row: int, year: int | None) -> RowRegion | NoRegion:
        label = self.label(row)
        named = self.reader.read(label, year) if label else _NAMELESS
        code = (
            printed(self._table.sheet.at(row, self._code_column))
            if self._code_column is not None
            else ""
        )
        if not code:
            return named
        by_code = self.reader.by_code(code)
        if isinstance(by_code, NoRegion):
            return by_code if isinstance(named, NoRegion) else named
        if isinstance(named, NoRegion):
            return RowRegion(by_code.code, by_code.kind, label or code)
        if named.kind != "subtotal" and named.code != by_code.code:
            return NoRegion(
                f"The row names {label[:40]!r} and has the code {code[:12]}, which is another "
                "region's.",
                "Mend the one that is wrong.",
            )
        return named


_NAMELESS = NoRegion("The row names no region.", "Write the region, or delete the row.")


def labels_above(table: Table) -> dict[int, int]:
    """For each row inside a merged label, the row that holds the label."""
    column = table.label_column
    return {
        row: first
        for first, left, last, right in table.sheet.merged
        if left <= column <= right and last - first < 100_000
        for row in range(first + 1, last + 1)
    }
