"""The partitions of the expensive step: one a report year that the landing zone holds."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

REPORT_YEARS = dg.DynamicPartitionsDefinition(name="report_year")


def set_report_years(instance: dg.DagsterInstance, years: Iterable[int]) -> None:
    """Make the partitions equal to these years, in order.

    A range of partitions runs in the order in which they were added; a year that arrives later
    but lies earlier would fall out of it, so the list is laid anew whenever it changes.
    """
    name = REPORT_YEARS.name or ""
    wanted = [str(year) for year in sorted(years)]
    present = list(instance.get_dynamic_partitions(name))
    kept = [key for key in present if key in wanted]
    # New years that all come last need no new order, which is the usual January.
    if kept != wanted[: len(kept)]:
        kept = []
    for key in present:
        if key not in kept:
            instance.delete_dynamic_partition(name, key)
    instance.add_dynamic_partitions(name, wanted[len(kept) :])
