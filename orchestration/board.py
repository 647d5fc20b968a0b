"""The board of a year: which regions' reports have come, and in what state each is.

Read from the tables of a working or published warehouse; how it looks belongs to ``console``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

from orchestration.ingest.regions import RegionTable

State = Literal["expected", "arrived", "duplicate", "suspicious", "quarantined"]

# Expected are all province-level regions that had a report in an earlier year of this warehouse,
# the nation and every city likewise: Hong Kong, Macao and Taiwan give no such reports, and a
# warehouse of ten cities does not wait for three hundred.
_BOARD = """
with warned as (
    select
        path, file_id, member,
        list(rule order by rule) as warnings,
        first(evidence order by rule) as warning
    from raw.document_findings
    where severity = 'warn'
    group by all
),
of_the_year as (
    select d.* exclude (body, warnings), coalesce(w.warnings, []) as warnings, w.warning
    from raw.documents as d
    left join warned as w
        on d.path = w.path and d.file_id = w.file_id and d.member = w.member
    where d.report_year = $year and d.region_code is not null
),
seen as (
    select distinct region_code, region_level
    from raw.documents
    where region_code is not null
        and (report_year = $year or (status = 'primary' and report_year < $year))
),
arrived as (
    select
        region_code,
        count(*) filter (where status <> 'quarantined') as n_documents,
        bool_or(status = 'primary') as has_primary,
        min(delivered_on) filter (where status = 'primary') as delivered_on,
        first(path) filter (where status = 'primary') as path,
        flatten(list(warnings) filter (where status = 'primary')) as warnings,
        first(warning) filter (where status = 'primary') as warning,
        first(status_reason) filter (where status = 'quarantined') as refusal,
        first(path) filter (where status = 'quarantined') as refused_path
    from of_the_year
    group by region_code
)
select
    s.region_code,
    s.region_level,
    case
        when a.has_primary and len(a.warnings) > 0 then 'suspicious'
        when a.has_primary and a.n_documents > 1 then 'duplicate'
        when a.has_primary then 'arrived'
        when a.region_code is not null then 'quarantined'
        else 'expected'
    end as state,
    a.delivered_on,
    coalesce(a.n_documents, 0) as n_documents,
    coalesce(a.path, a.refused_path) as path,
    case when a.has_primary then a.warning else a.refusal end as note
from seen as s
left join arrived as a using (region_code)
order by list_position(['nation', 'province', 'city'], s.region_level), s.region_code
"""


@dataclass(frozen=True)
class Place:
    """One region on the board.

    Attributes:
        region_code: GB/T 2260 code.
        region_name: short Chinese name.
        region_level: nation, province or city.
        state: ``expected``: nothing has come; ``arrived``; ``duplicate``: more than one file, one
            is counted; ``suspicious``: counted, with a warning; ``quarantined``: not counted.
        delivered_on: date of delivery of the report that is counted.
        n_documents: documents of the region and year that may be counted.
        path: the file that is counted or set aside.
        note: the warning, or why it was set aside.
    """

    region_code: str
    region_name: str
    region_level: str
    state: State
    delivered_on: date | None
    n_documents: int
    path: str | None
    note: str | None


@dataclass(frozen=True)
class Board:
    """The regions of one report year, and quarantined files whose region is not known."""

    year: int
    places: tuple[Place, ...]
    unplaced: tuple[tuple[str, str], ...]
    is_sample: bool = False

    def count(self) -> dict[str, int]:
        """Number of regions in each state, those with none left out."""
        states = ("arrived", "duplicate", "suspicious", "quarantined", "expected")
        counts = {state: sum(p.state == state for p in self.places) for state in states}
        return {state: count for state, count in counts.items() if count}


def read_board(connection: duckdb.DuckDBPyConnection, year: int) -> Board:
    """The board of one report year."""
    regions = RegionTable.from_seeds()
    rows = connection.execute(_BOARD, {"year": year}).fetchall()
    unplaced = connection.execute(
        "select concat_ws(' > ', q.path, nullif(q.locator, '')), q.reason "
        "from quality.quarantine q left join raw.documents d "
        "on q.path = d.path and q.locator = d.member "
        "where d.region_code is null or d.report_year is null order by all"
    ).fetchall()
    sample = connection.execute("select bool_or(is_sample) from raw.documents").fetchone()
    return Board(
        year=year,
        is_sample=bool(sample and sample[0]),
        places=tuple(Place(code, regions.get(code).name, *rest) for code, *rest in rows),
        unplaced=tuple(unplaced),
    )
