"""The rule ``annex``: what follows the speech, such as a word list, and is not counted."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.ingest.finding import Finding
from orchestration.ingest.rules.report_text import ReportText


def annex_findings(report: ReportText) -> Iterator[Finding]:
    """``annex``, an info and no accusation.

    Args:
        report: the record.
    """
    for part in report.sections:
        if part.kind == "annex":
            length = len("".join(report.text[part.start : part.end].split()))
            yield Finding(
                "annex",
                "info",
                f"An annex of {length:,} characters follows: {part.heading[:40]}.",
                "It is left out of the counts by default.",
                part.start,
                part.end,
            )
