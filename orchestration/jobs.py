"""The two runs that a build is made of, by name, and the years that the second is for.

Which assets a job holds is decided in ``definitions``.
"""

from __future__ import annotations

from collections.abc import Iterable

INVENTORY_JOB = "inventory"
MEASURE_JOB = "measure"


def year_range(years: Iterable[int]) -> dict[str, str]:
    """Tags that make one run of all report years from the first of these to the last."""
    ordered = sorted(years)
    return {
        "dagster/asset_partition_range_start": str(ordered[0]),
        "dagster/asset_partition_range_end": str(ordered[-1]),
    }


def years_to_measure(present: Iterable[int], stale: set[int] | None) -> list[int]:
    """Report years that the second run is for.

    Args:
        present: the years that have a report.
        stale: those that are behind; ``None`` for all.

    Returns:
        Years in order; the last one present where none is behind, because the tables that are not
        kept by year are made in the same run.
    """
    ordered = sorted(present)
    behind = [year for year in ordered if stale is None or year in stale]
    return behind or ordered[-1:]
