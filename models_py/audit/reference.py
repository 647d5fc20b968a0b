"""Reference distributions and star conventions: under which of them a mark is right.

Which of them a table may have used is read in ``context.py``; the verdict is the rules'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scipy.special import ndtr, ndtri, stdtr, stdtrit

#: Below so many clusters nobody should cluster; a table that does not say what its standard
#: errors are may have had so few, and a mark that is right then is not called wrong.
UNSTATED_CLUSTERS: Final = 21


@dataclass(frozen=True, slots=True)
class Reference:
    """A distribution that a test statistic may have been compared with.

    Attributes:
        name: for the sentence, such as ``t(114)``.
        df: degrees of freedom; infinity for the normal distribution.
    """

    name: str
    df: float


NORMAL: Final = Reference("normal", math.inf)
UNSTATED: Final = Reference(f"t({UNSTATED_CLUSTERS - 1})", UNSTATED_CLUSTERS - 1)
#: Said to be clustered, the number not: the eleven provinces of 东部 or of the Yangtze belt.
FEW_CLUSTERS: Final = Reference("t(10)", 10)
#: Where not even N is known, a sample as small as a class is allowed for.
UNKNOWN_N: Final = Reference("t(8)", 8)


def student(df: float, what: str = "") -> Reference:
    """Student's t with ``df`` degrees of freedom, named with where they are from."""
    return Reference(f"t({df:g}){f', {what}' if what else ''}", df)


@dataclass(frozen=True, slots=True)
class Convention:
    """What one, two, three marks mean: the largest p-value of each, one mark first."""

    name: str
    levels: tuple[float, ...]

    def describe(self) -> str:
        """The convention in a few characters: ``* p<.1, ** p<.05``."""
        return ", ".join(f"{'*' * (n + 1)} p<{level:g}" for n, level in enumerate(self.levels))


ECONOMICS: Final = Convention("10/5/1 %", (0.10, 0.05, 0.01))
PSYCHOLOGY: Final = Convention("5/1/0.1 %", (0.05, 0.01, 0.001))
TWO_MARKS: Final = Convention("5/1 %", (0.05, 0.01))
USUAL: Final = (ECONOMICS, PSYCHOLOGY, TWO_MARKS)


@lru_cache(maxsize=4096)
def critical(df: float, level: float) -> float:
    """Two-sided critical value of |t| at a level."""
    if math.isinf(df):
        return float(-ndtri(level / 2))
    return float(-stdtrit(df, level / 2))


def p_two_sided(t: float, df: float) -> float:
    """Two-sided p-value of a statistic."""
    size = -abs(t)
    return float(2 * (ndtr(size) if math.isinf(df) else stdtr(df, size)))


def p_interval(size: tuple[float, float], df: float) -> tuple[float, float]:
    """Interval of two-sided p-values for an interval of |t|."""
    return p_two_sided(size[1], df), p_two_sided(size[0], df)


def marks(size: float, df: float, convention: Convention) -> int:
    """How many marks a statistic of this size earns."""
    earned = 0
    for level in convention.levels:
        if size < critical(df, level):
            break
        earned += 1
    return earned


def marks_of_p(p: float, convention: Convention) -> int:
    """How many marks a p-value earns; a p-value equal to a level earns its mark."""
    return sum(p <= level for level in convention.levels)


def t_of_r(r: float, n: float) -> float:
    """The t statistic of a correlation of ``n`` pairs."""
    if abs(r) >= 1.0:
        return math.inf
    return r * math.sqrt((n - 2) / (1 - r * r))


def names(references: Sequence[Reference]) -> str:
    """References for a sentence: ``normal and t(114)``."""
    each = [reference.name for reference in references]
    return each[0] if len(each) == 1 else f"{', '.join(each[:-1])} and {each[-1]}"
