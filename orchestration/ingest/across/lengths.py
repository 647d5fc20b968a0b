"""How long a region's reports usually are, and whether one is far shorter than that.

Lengths only: what else speaks for an abridgement is weighed in ``across``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

_YEARS_AROUND = 5
_FEWEST_YEARS = 4
# A region with too few other years is held against all regions of its level in these years.
_PEER_YEARS_AROUND = 2
_FEWEST_PEERS = 20
# Reports of some regions differ widely (国务院 before 1966: 18,600 to 56,300 characters); short is
# what lies so many of their own median deviations below. No region's deviation is under 0.1.
_DEVIATIONS = 3.5
_LEAST_DEVIATION = 0.1

Filed = tuple[str, int]


@dataclass(frozen=True)
class Usual:
    """What is usual for one region and year.

    Attributes:
        n_chars: median length of the reports compared with, in characters.
        deviation: median deviation of their logarithms.
        compared_with: in words, for the evidence.
    """

    n_chars: int
    deviation: float
    compared_with: str

    def is_above(self, n_chars: int, share: float) -> bool:
        """Whether a length is less than a share of this, and no whim of the region's."""
        if n_chars >= share * self.n_chars:
            return False
        return math.log(self.n_chars / max(n_chars, 1)) >= _DEVIATIONS * self.deviation


class Lengths:
    """The lengths of all reports, by region and year."""

    def __init__(self, reports: Iterable[tuple[str, int, int]]) -> None:
        """Take what is there.

        Args:
            reports: region code, report year and characters of every report; of several for one
                region and year the longest is taken.
        """
        self._by_region: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for region, year, n_chars in reports:
            years = self._by_region[region]
            years[year] = max(years.get(year, 0), n_chars)
        self._by_level: defaultdict[Filed, list[tuple[str, int]]] = defaultdict(list)
        for region, years in self._by_region.items():
            for year, n_chars in years.items():
                self._by_level[_level(region), year].append((region, n_chars))
        self._peers: dict[Filed, list[tuple[str, int]]] = {}

    def usual(self, region: str, year: int) -> Usual | None:
        """What is usual for a region in a year, or ``None`` where too little is there to say."""
        years = self._by_region.get(region, {})
        around = range(year - _YEARS_AROUND, year + _YEARS_AROUND + 1)
        others = [years[other] for other in around if other != year and other in years]
        if len(others) >= _FEWEST_YEARS:
            return _usual(others, f"{len(others)} reports of its region within five years")
        key = (_level(region), year)
        if key not in self._peers:
            near = range(year - _PEER_YEARS_AROUND, year + _PEER_YEARS_AROUND + 1)
            self._peers[key] = [peer for at in near for peer in self._by_level[key[0], at]]
        peers = [n_chars for other, n_chars in self._peers[key] if other != region]
        if len(peers) >= _FEWEST_PEERS:
            return _usual(peers, f"{len(peers)} reports of other regions of those years")
        return None


def _usual(lengths: list[int], compared_with: str) -> Usual:
    middle = median(lengths)
    deviation = median(abs(math.log(max(n_chars, 1) / max(middle, 1))) for n_chars in lengths)
    return Usual(round(middle), max(deviation, _LEAST_DEVIATION), compared_with)


def _level(region: str) -> str:
    """The nation, a province or a city, by the zeros of its GB/T 2260 code."""
    if region == "100000":
        return "nation"
    return "province" if region.endswith("0000") else "city"
