"""What a check says: the printed number, the arithmetic beside it, a verdict and a sentence.

How verdicts are reached stands in the rules; how they are shown, in the command.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

Verdict = Literal[
    "consistent", "inconsistent", "impossible", "implausible", "base_revised", "cannot_tell"
]
Severity = Literal["none", "low", "medium", "high"]

#: Verdicts that accuse: the exit code of `xinku audit` is 1 if there is one.
WRONG: Final[frozenset[str]] = frozenset({"inconsistent", "impossible"})

COLUMNS: Final = (
    "source_id", "published_table", "cell", "rule", "published", "implied", "verdict",
    "severity", "explanation", "implied_low", "implied_high",
)  # fmt: skip

_ORDER: Final = {
    "impossible": 0, "inconsistent": 1, "implausible": 2, "base_revised": 3, "cannot_tell": 4,
    "consistent": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one rule on one printed number.

    Attributes:
        rule: name of the rule, as in ``docs/audit-rules.md``.
        published: what is printed.
        implied: what the other printed numbers imply, in words and digits.
        verdict: consistent, inconsistent, impossible, implausible, base_revised or cannot_tell.
        severity: none for what is consistent; low where no conclusion hangs on it.
        explanation: the sentence a person would write.
        low: smallest implied number, where there is one.
        high: largest implied number, where there is one.
    """

    rule: str
    published: str
    implied: str
    verdict: Verdict
    severity: Severity
    explanation: str
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True, slots=True)
class Finding:
    """A check and the place it is about."""

    source_id: str
    table: str
    cell: str
    check: Check


def consistent(
    rule: str, published: str, implied: str, explanation: str, low: float = math.nan,
    high: float = math.nan,
) -> Check:  # fmt: skip
    """A check that found nothing wrong."""
    return Check(rule, published, implied, "consistent", "none", explanation, low, high)


#: Verdicts, the gravest first.
VERDICTS: Final = tuple(_ORDER)


def to_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a table, the gravest first and otherwise in the order of the rules' reading.

    Returns:
        One row a check with the columns of ``quality.published_findings``, severity, and the
        implied interval as numbers (NaN where the implication is not a number).
    """
    rows = sorted(findings, key=lambda finding: _ORDER[finding.check.verdict])
    columns: dict[str, list[object]] = {
        "source_id": [row.source_id for row in rows],
        "published_table": [row.table for row in rows],
        "cell": [row.cell for row in rows],
        "rule": [row.check.rule for row in rows],
        "published": [row.check.published for row in rows],
        "implied": [row.check.implied for row in rows],
        "verdict": [row.check.verdict for row in rows],
        "severity": [row.check.severity for row in rows],
        "explanation": [row.check.explanation for row in rows],
    }
    frame = pd.DataFrame(columns, dtype="object")
    frame["implied_low"] = [float(row.check.low) for row in rows]
    frame["implied_high"] = [float(row.check.high) for row in rows]
    return frame
