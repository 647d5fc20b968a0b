"""Which indicator a printed name means: the table of indicators and exact lookup in it.

The names are data (``dbt_project/seeds/indicators.csv``); a name is never guessed, only its
nearest neighbours are told.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from orchestration.ingest.regions import SEEDS
from orchestration.ingest.yearbooks.header import key_of
from orchestration.ingest.yearbooks.units import unit_named

INDICATORS_FILE = "indicators.csv"
_MAX_BYTES = 4 * 1024 * 1024
_CODE = re.compile(r"[a-z][a-z0-9_]{1,79}")
_COLUMNS = (
    *("indicator_code", "name_zh", "name_en", "canonical_unit", "scope", "additive"),
    *("tolerance", "aliases"),
)


@dataclass(frozen=True)
class Indicator:
    """A row of the table; ``unit`` is the canonical one, ``names`` all that mean it."""

    code: str
    name_zh: str
    name_en: str
    dimension: str
    unit: str
    scope: str
    additive: bool
    tolerance: float | None
    names: tuple[str, ...]


class UnknownIndicator(LookupError):
    """No indicator has this name; ``nearest`` holds similar ones."""

    def __init__(self, message: str, nearest: tuple[str, ...]) -> None:
        """Keeps the sentence and the names that come nearest."""
        super().__init__(message)
        self.nearest = nearest


class IndicatorTable:
    """Indicators by code and by printed name."""

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        """Indexes the indicators.

        Raises:
            ValueError: Two indicators have one code or one name.
        """
        # Those that a landing zone adds to the seeds'.
        self.own: tuple[Indicator, ...] = ()
        self._by_code: dict[str, Indicator] = {}
        self._by_key: dict[str, Indicator] = {}
        self._printed: dict[str, str] = {}
        for one in indicators:
            if one.code in self._by_code:
                raise ValueError(f"indicators.csv: {one.code} stands twice.")
            self._by_code[one.code] = one
            for name in (one.code, *one.names):
                key = key_of(name)
                other = self._by_key.setdefault(key, one)
                if other is not one:
                    raise ValueError(
                        f"indicators.csv: {name!r} names both {other.code} and {one.code}."
                    )
                self._printed.setdefault(key, name)

    @classmethod
    def from_seeds(cls, folder: Path = SEEDS) -> IndicatorTable:
        """The table held by ``indicators.csv`` in a folder, read once in the life of the process.

        Raises:
            ValueError: Two indicators share a code or a name.
        """
        return _read(folder.resolve())

    @classmethod
    def of_landing(cls, landing: Path) -> IndicatorTable:
        """The table of the seeds with the landing zone's own ``indicators.csv`` behind it.

        Raises:
            ValueError: The file cannot be used, or names what another indicator is named; the
                sentence says where.
        """
        seeds, path = cls.from_seeds(), landing / INDICATORS_FILE
        if not path.is_file():
            return seeds
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise ValueError("it is too large")
            table = cls([*seeds, *_rows(path.read_text(encoding="utf-8-sig"))])
        except (OSError, ValueError, csv.Error) as problem:
            told = str(problem).removeprefix("indicators.csv: ")
            raise ValueError(f"{path} cannot be used: {told.rstrip('.')}.") from problem
        table.own = tuple(one for one in table if one.code not in seeds)
        return table

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._by_code.values())

    def get(self, code: str) -> Indicator:
        """The indicator with a code.

        Raises:
            UnknownIndicator: No indicator has this code.
        """
        if code in self._by_code:
            return self._by_code[code]
        raise self._unknown(code)

    def find(self, key: str) -> Indicator | None:
        """The indicator that a folded name (`header.key_of`) means, if any."""
        return self._by_key.get(key)

    def resolve(self, name: str) -> Indicator:
        """The indicator that a name means, as printed or as a code.

        Raises:
            UnknownIndicator: No indicator has this name.
        """
        found = self.find(key_of(name))
        if found is None:
            raise self._unknown(name)
        return found

    def nearest(self, name: str) -> tuple[str, ...]:
        """Up to three known names that are like this one."""
        near = get_close_matches(key_of(name), list(self._by_key), n=3, cutoff=0.55)
        return tuple(self._printed[key] for key in near)

    def _unknown(self, name: str) -> UnknownIndicator:
        nearest = self.nearest(name)
        told = f"; nearest {', '.join(nearest)}" if nearest else ""
        return UnknownIndicator(f"no indicator named {name[:80]!r}{told}", nearest)


@cache
def _read(folder: Path) -> IndicatorTable:
    return IndicatorTable(_rows((folder / "indicators.csv").read_text(encoding="utf-8")))


def _rows(text: str) -> list[Indicator]:
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise ValueError(f"it has no column {missing[0]}; its columns are {', '.join(_COLUMNS)}")
    return [_indicator({name: value or "" for name, value in row.items()}) for row in rows]


def _indicator(row: dict[str, str]) -> Indicator:
    code = row["indicator_code"].strip()
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code[:40]!r} is no code; write one such as green_patents")
    unit = unit_named(row["canonical_unit"])
    if unit is None:
        raise ValueError(f"{code}: no unit {row['canonical_unit'][:20]!r}; such as 亿元, 万人, 件")
    try:
        tolerance = float(row["tolerance"]) if row["tolerance"] else None
    except ValueError:
        raise ValueError(f"{code}: the tolerance is a share such as 0.01") from None
    return Indicator(
        code=code,
        name_zh=row["name_zh"].strip(),
        name_en=row["name_en"].strip(),
        dimension=unit.dimension,
        unit=unit.name,
        scope=row["scope"].strip(),
        additive=row["additive"].strip().lower() == "true",
        tolerance=tolerance,
        names=(row["name_zh"], *filter(None, row["aliases"].split("|"))),
    )
