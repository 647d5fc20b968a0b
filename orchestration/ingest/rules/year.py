"""Rules on a record's year: what it tells against the names it lies under."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.ingest.evidence import Evidence
from orchestration.ingest.finding import Finding
from orchestration.ingest.rules.occasions import earliest_year
from orchestration.ingest.rules.report_text import ReportText
from orchestration.ingest.rules.years_told import YearsTold

_PLACES = {"text": "text", "front_matter": "title", "name": "name"}
# How often the body must say the year told, and may at most say the name's, where its own headings
# leave a doubt.
_OFTEN = 3


def year_findings(report: ReportText, told: YearsTold) -> Iterator[Finding]:
    """``no_year``, ``wrong_year``, and ``conflicting_evidence`` of the text itself."""
    if told.report_year is None:
        yield Finding(
            "no_year",
            "error",
            "No year is given in the text, in its title or in the file's name.",
            "Put the year of delivery into the file's name, such as 2026.md.",
        )
        return
    if told.conflict:
        yield Finding("conflicting_evidence", "info", told.conflict, "Look which year is right.")
    told_by_text = [item for item in told.evidence if item.place == "text"]
    chosen = told.evidence[0]
    by_name = next((item for item in told.evidence if item.place == "name"), None)
    if by_name is None or int(by_name.value) in told.accepted:
        if chosen.place == "name":
            yield from _too_early(report, chosen)
        return
    if chosen.place == "text" and not told.certain and not _spoken_of(report, told, by_name):
        return
    if chosen.place == "front_matter" and told_by_text:
        return
    yield Finding(
        "wrong_year",
        "warn",
        f"The {_PLACES[chosen.place]} says {chosen.value} ({chosen.quote}), the name says "
        f"{by_name.value} ({by_name.quote}).",
        f"It is counted for {told.report_year}; rename the file if that is right.",
    )


def _spoken_of(report: ReportText, told: YearsTold, by_name: Evidence) -> bool:
    """Whether the body, too, speaks of the year told rather than of the name's."""
    year = told.report_year or 0
    counts = {other: report.text.count(f"{other}年") for other in (year, int(by_name.value))}
    return counts[year] >= _OFTEN > counts[int(by_name.value)]


def _too_early(report: ReportText, by_name: Evidence) -> Iterator[Finding]:
    """A name's year in which the text cannot have been spoken yet."""
    earliest = earliest_year(report.text)
    if earliest is not None and int(by_name.value) < earliest[0]:
        yield Finding(
            "wrong_year",
            "warn",
            f"The text speaks of a plenum of {earliest[0]} ({earliest[1]}), the name says "
            f"{by_name.value} ({by_name.quote}).",
            f"It is counted for {by_name.value}; rename the file after the year of delivery.",
        )
