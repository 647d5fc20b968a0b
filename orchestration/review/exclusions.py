"""The recorded exclusions of one warehouse: a CSV beside it, the user's own, that people can read.

It is a record: a later row for the same hit stands for it, and one that says ``withdrawn`` takes
the exclusion back. Checking a marked sheet belongs in ``marks``.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestration.review.cells import guard, read_date, read_integer, read_text
from orchestration.review.spreadsheet import Record, read_table
from orchestration.settings import UsageError
from orchestration.tables import HIT_EXCLUSIONS, KEYWORD_HITS

if TYPE_CHECKING:
    import duckdb

EXCLUDED: Final = "excluded"
WITHDRAWN: Final = "withdrawn"
# Reasons and names end in marts.keyword_hits.excluded_by, which people read in a terminal.
MAX_REASON: Final = 500
MAX_REVIEWER: Final = 100
_COLUMNS: Final = (
    *("verdict", "topic", "region_code", "region_name", "report_year", "term", "reason"),
    *("reviewer", "reviewed_on", "sentence", "offset_in_sentence", "sheet"),
)
_WHAT: Final = "a record of exclusions"

Row = dict[str, Any]


class HitKey(NamedTuple):
    """What makes a hit the same one in a file that was renamed or fetched again.

    Two identical sentences of one report are one key: same words, same meaning, one verdict.
    """

    topic: str
    region_code: str
    report_year: int
    term: str
    sentence: str
    offset_in_sentence: int


@dataclass(frozen=True)
class Entry:
    """One row of the file: a hit, what was decided about it, why, by whom and when."""

    verdict: str
    key: HitKey
    region_name: str
    reason: str
    reviewer: str
    reviewed_on: date
    sheet: str

    def row(self) -> Row:
        """As a row of raw.hit_exclusions."""
        values = {**self.key._asdict(), **self.__dict__}
        return {name: values[name] for name in HIT_EXCLUSIONS.column_names}


def read_exclusions(path: Path) -> list[Row]:
    """The exclusions that hold now, as rows of raw.hit_exclusions; none without a file.

    Raises:
        UsageError: the file cannot be read, or a row of it does not say what it must.
    """
    return [entry.row() for entry in standing(read_entries(path)).values()]


def standing(entries: Iterable[Entry]) -> dict[HitKey, Entry]:
    """The exclusions that hold: the last entry of each hit, unless it withdraws."""
    last: dict[HitKey, Entry] = {}
    for entry in entries:
        last.pop(entry.key, None)
        if entry.verdict == EXCLUDED:
            last[entry.key] = entry
    return last


def read_entries(path: Path) -> list[Entry]:
    """Every entry of the file, in order.

    Raises:
        UsageError: the file cannot be read, or a row of it does not say what it must.
    """
    if not path.exists():
        return []
    required = (*HIT_EXCLUSIONS.grain, "reason", "reviewer", "reviewed_on")
    table = read_table(path, required, _WHAT)
    return [_entry(path, record) for record in table.records]


def _entry(path: Path, record: Record) -> Entry:
    cells = record.cells
    # A person may have written a line break into a reason; Excel writes \r\n for one.
    text = {name: " ".join(read_text(cell).split()) for name, cell in cells.items()}
    for name in ("topic", "region_code", "term", "sentence", "reason", "reviewer"):
        if not text[name]:
            raise _broken(path, record, f"has no {name}")
    verdict = text.get("verdict", "").casefold() or EXCLUDED
    if verdict not in (EXCLUDED, WITHDRAWN):
        raise _broken(path, record, f"has the verdict {verdict!r}, not {EXCLUDED} or {WITHDRAWN}")
    try:
        year = read_integer(cells["report_year"])
        offset = read_integer(cells["offset_in_sentence"])
        reviewed_on = read_date(cells["reviewed_on"])
    except ValueError as error:
        raise _broken(path, record, f"holds what cannot be read: {error}") from error
    if reviewed_on is None:
        raise _broken(path, record, "has no reviewed_on")
    return Entry(
        verdict=verdict,
        key=HitKey(
            text["topic"],
            text["region_code"],
            year,
            text["term"],
            read_text(cells["sentence"]).replace("\r\n", "\n"),
            offset,
        ),
        region_name=text.get("region_name", ""),
        reason=text["reason"],
        reviewer=text["reviewer"],
        reviewed_on=reviewed_on,
        sheet=text.get("sheet", ""),
    )


def _broken(path: Path, record: Record, what: str) -> UsageError:
    return UsageError(f"Row {record.number} of {path} {what}; mend that row or delete it.")


def append_entries(path: Path, entries: Sequence[Entry]) -> None:
    """Add entries to the file: a new one takes its place whole, or the old one stays.

    The file is text that Excel opens as it is: UTF-8 with a mark, every field quoted. Rows and
    columns that a person added stay.

    Raises:
        UsageError: the file cannot be read or written.
    """
    columns: tuple[str, ...] = _COLUMNS
    kept = []
    if path.exists():
        table = read_table(path, HIT_EXCLUSIONS.grain, _WHAT)
        columns += tuple(name for name in table.columns if name and name not in _COLUMNS)
        kept = [
            {name: read_text(cell) for name, cell in record.cells.items()}
            for record in table.records
        ]
    added = [{**entry.row(), "verdict": entry.verdict, "region_name": entry.region_name}
             for entry in entries]  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in (*kept, *added):
        writer.writerow([guard(str(row.get(name, ""))) for name in columns])
    _replace(path, text.getvalue())


def _replace(path: Path, text: str) -> None:
    path = path.resolve()  # of a link its target: people keep the record on a shared drive
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8-sig", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"{path} cannot be written ({reason}); close it if it is open in Excel or WPS, and "
            "run this again."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def unmatched_exclusions(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Exclusions that match no hit any more.

    Args:
        connection: to a file that holds raw.keyword_hits and raw.hit_exclusions.

    Returns:
        Rows of raw.hit_exclusions, each with ``why``: what there is no longer.
    """
    columns = ", ".join(f"e.{name}" for name in HIT_EXCLUSIONS.column_names)
    same = " and ".join(
        "e.offset_in_sentence = h.char_start - h.sentence_start"
        if name == "offset_in_sentence"
        else f"e.{name} = h.{name}"
        for name in HIT_EXCLUSIONS.grain
    )
    found = connection.execute(
        f"""
        select {columns}, case
            when not exists (from raw.lexicon_terms t where t.topic = e.topic)
                then 'its study is not in this warehouse'
            when not exists (from raw.lexicon_terms t
                             where t.topic = e.topic and t.role = 'term' and t.phrase = e.term)
                then 'its term is no longer in the lexicon'
            when not exists (from raw.documents d where d.status = 'primary'
                             and d.region_code = e.region_code and d.report_year = e.report_year)
                then 'no report of its region and year is counted'
            else 'its sentence is no longer in the report'
        end as why
        from {HIT_EXCLUSIONS.relation} e
        where not exists (from {KEYWORD_HITS.relation} h where {same})
        order by e.topic, e.region_code, e.report_year, e.term, e.sentence, e.offset_in_sentence
        """
    )
    names = (*HIT_EXCLUSIONS.column_names, "why")
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
