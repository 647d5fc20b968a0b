"""Published tables as structures: regressions, descriptives, correlations, effects, amounts.

Reading them from files is in ``tables/``; judging them in ``rules/``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from models_py.audit.digits import Printed

_CONSTANT: Final = re.compile(r"^(_?cons(tant)?|\(?(intercept|constant)\)?|常数项?|截距项?|c)$")


@lru_cache(maxsize=20_000)
def label_key(label: str) -> str:
    """A label for comparing: width, case, white space and punctuation at its ends left out."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", label)).casefold().strip(":.,;*")


def is_constant(label: str) -> bool:
    """Whether a row is the constant of a regression."""
    return bool(_CONSTANT.match(label_key(label)))


@dataclass(slots=True)
class Estimate:
    """One coefficient and what is printed with it.

    Attributes:
        term: the regressor.
        coefficient: as printed; None where only its statistic is.
        stars: marks behind it; None where the table marks nothing.
        t: t or z statistic.
        se: standard error.
        p: p-value.
        ci: ends of its interval.
        stat: the number in parentheses while it is not known whether it is t, SE or p.
        second: another one, in brackets or a line below, as long as it is not known what it is.
    """

    term: str
    coefficient: Printed | None
    stars: int = 0
    t: Printed | None = None
    se: Printed | None = None
    p: Printed | None = None
    ci: tuple[Printed, Printed] | None = None
    stat: Printed | None = None
    second: Printed | None = None


@dataclass(slots=True)
class RegressionColumn:
    """One fitted model as a table's column.

    Attributes:
        label: what heads the column.
        outcome: the explained variable, empty if unsaid.
        estimates: rows by term key.
        statistics: N, R², clusters and the like by name (``n``, ``r2``, ``r2_within``,
            ``adjusted_r2``, ``f``, ``clusters``, ``df``).
        indicators: rows of yes and no (fixed effects, controls) as printed.
        unplaced: whether its rows could not be told to stand in one column.
    """

    label: str
    outcome: str = ""
    estimates: dict[str, Estimate] = field(default_factory=dict)
    statistics: dict[str, Printed] = field(default_factory=dict)
    indicators: dict[str, str] = field(default_factory=dict)
    unplaced: bool = False

    def terms(self) -> frozenset[str]:
        """Keys of its regressors without the constant."""
        return frozenset(key for key in self.estimates if not is_constant(key))

    @property
    def n(self) -> int | None:
        """Number of observations as printed."""
        printed = self.statistics.get("n")
        return int(printed.value) if printed else None


@dataclass(slots=True)
class Descriptive:
    """A row of descriptive statistics; what is not printed is None."""

    variable: str
    n: Printed | None = None
    mean: Printed | None = None
    sd: Printed | None = None
    minimum: Printed | None = None
    maximum: Printed | None = None
    median: Printed | None = None
    unit: str = ""
    definition: str = ""


@dataclass(slots=True)
class CorrelationMatrix:
    """A correlation matrix as printed, full or one triangle.

    Attributes:
        variables: names in order.
        cells: correlation by (row, column), indices into ``variables``.
        n: pairs behind each correlation, if said.
        two_kinds: whether the triangles hold different coefficients.
    """

    variables: list[str]
    cells: dict[tuple[int, int], Printed]
    n: int | None = None
    two_kinds: bool = False


@dataclass(slots=True)
class Effect:
    """An indirect, direct or total effect with what is printed about it."""

    kind: str
    estimate: Printed | None = None
    se: Printed | None = None
    t: Printed | None = None
    p: Printed | None = None
    ci: tuple[Printed, Printed] | None = None
    label: str = ""


@dataclass(slots=True)
class Mediation:
    """The paths of a mediation: ``a``, ``b``, and effects by kind."""

    effects: dict[str, Effect] = field(default_factory=dict)
    a: Estimate | None = None
    b: Estimate | None = None


@dataclass(slots=True)
class Amount:
    """A printed amount, and its conversion if one is printed beside it.

    Attributes:
        item: what it is.
        printed: the number.
        unit: as printed.
        scale: units of one (1e8 for 亿).
        currency: ISO code; empty for what is not money.
        usd: its printed conversion into ``other``.
        usd_scale: scale of the conversion.
        period: ``2023`` or ``2023-06``; empty if undated.
        where: for the cell column.
        exact: whether the amount is given without rounding (the sum decided on, not a conversion).
    """

    item: str
    printed: Printed
    unit: str = ""
    scale: float = 1.0
    currency: str = ""
    usd: Printed | None = None
    usd_scale: float = 1.0
    period: str = ""
    where: str = ""
    exact: bool = False
    other: str = "USD"


@dataclass(slots=True)
class Numbers:
    """A table of plain numbers: labels of rows and columns, and the numbers between."""

    row_labels: list[str]
    column_labels: list[str]
    cells: dict[tuple[int, int], Printed]


@dataclass(slots=True)
class PublishedTable:
    """A table of one kind, or several kinds that one printed table holds.

    Attributes:
        name: such as ``Table 4``; empty if unsaid.
        columns: regressions.
        descriptives: rows of descriptive statistics.
        correlations: a correlation matrix.
        mediation: effects and paths.
        amounts: amounts with conversions.
        numbers: plain numbers with totals, shares or growth.
        notes: the text under and above it.
        source_id: whose table it is.
    """

    name: str = ""
    columns: list[RegressionColumn] = field(default_factory=list)
    descriptives: list[Descriptive] = field(default_factory=list)
    correlations: CorrelationMatrix | None = None
    mediation: Mediation | None = None
    amounts: list[Amount] = field(default_factory=list)
    numbers: Numbers | None = None
    notes: str = ""
    source_id: str = ""

    def is_empty(self) -> bool:
        """Whether nothing was read that a rule could judge."""
        return not (
            self.columns or self.descriptives or self.correlations or self.mediation
            or self.amounts or self.numbers
        )  # fmt: skip
