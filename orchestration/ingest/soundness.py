"""How much of a report is there, as the marts carry it.

The rules that tell are in ``orchestration.ingest.rules.extent``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from orchestration.ingest.finding import Finding

Completeness = Literal["full", "abridged", "truncated"]


def completeness_of(findings: Iterable[Finding]) -> Completeness:
    """What the findings say: a part or a torn text is ``truncated``, a noted cut ``abridged``."""
    rules = {finding.rule for finding in findings}
    if rules & {"truncated", "part_of_report"}:
        return "truncated"
    return "abridged" if "abridged" in rules else "full"
