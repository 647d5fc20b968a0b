"""Review of hits by people: a sheet to mark, and the marks as recorded exclusions.

A sample of the published hits goes out as a sheet (``sample``, ``sheet``), comes back marked
(``spreadsheet``, ``marks``) and is recorded beside the warehouse (``exclusions``). What an
exclusion does to a count is dbt's; when it is loaded is the build's.
"""

from orchestration.review.exclusions import (
    read_exclusions,
    unmatched_exclusions,
)
from orchestration.review.marks import Applied, apply_marks
from orchestration.review.sample import Hit, Sample, draw_sample
from orchestration.review.sheet import write_sheet

__all__ = [
    "Applied",
    "Hit",
    "Sample",
    "apply_marks",
    "draw_sample",
    "read_exclusions",
    "unmatched_exclusions",
    "write_sheet",
]
