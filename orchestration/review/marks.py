"""A marked sheet, checked row by row, and what it changes in the recorded exclusions.

All rows are sound or nothing is recorded. How a spreadsheet file is read belongs in
``spreadsheet``; how an exclusion is kept in ``exclusions``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from orchestration.review.cells import Cell, read_date, read_integer, read_text
from orchestration.review.exclusions import (
    EXCLUDED,
    MAX_REASON,
    MAX_REVIEWER,
    WITHDRAWN,
    Entry,
    HitKey,
    append_entries,
    read_entries,
    standing,
)
from orchestration.review.sample import Hit, open_hits, read_hits
from orchestration.review.sheet import CLOSE, MARK_COLUMNS, OPEN
from orchestration.review.spreadsheet import Record, read_table
from orchestration.settings import Settings, UsageError
from orchestration.warehouse import WarehouseBusy

_WHAT: Final = "a sheet of `xinku review hits`"
_FALSE: Final = frozenset({"y", "yes", "是", "1", "true", "√", "✓", "✔"})
_TRUE: Final = frozenset({"n", "no", "否", "0", "false", "×", "✗"})
_LOCK_WAIT_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Mark:
    """One marked row that is sound: the hit it is about and what the reviewer said."""

    number: int
    is_false: bool
    key: HitKey
    region_name: str
    reason: str
    reviewer: str
    reviewed_on: date | None


@dataclass(frozen=True)
class Applied:
    """What a sheet came to.

    Attributes:
        n_rows: rows of the sheet.
        n_false: rows marked as false hits.
        n_true: rows marked as true hits.
        recorded: exclusions that are new, or that say something new.
        withdrawn: exclusions that were taken back.
        unchanged: marked rows of which everything was recorded before.
        by_phrase: new exclusions of hits that an exclusion phrase takes out already.
        file: where they are recorded.
    """

    n_rows: int
    n_false: int
    n_true: int
    recorded: int
    withdrawn: int
    unchanged: int
    by_phrase: int
    file: Path


def apply_marks(
    settings: Settings, sheet: Path, *, reviewer: str | None = None, today: date | None = None
) -> Applied:
    """Record the marks of a sheet beside the warehouse; applying it again changes nothing.

    Args:
        settings: the warehouse, whose published snapshot the rows are held against.
        sheet: the marked file, XLSX or CSV.
        reviewer: who marked it, where a row does not say.
        today: the date of marks that have none.

    Raises:
        UsageError: a row is not sound, or a file cannot be read or written; nothing is recorded.
        WarehouseBusy: somebody else is recording marks of this warehouse.
    """
    today = today or date.today()
    records = read_table(sheet, (*MARK_COLUMNS, *HitKey._fields), _WHAT).records
    hits = _published_hits(settings.warehouse, records)
    target = settings.exclusions_file
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(settings.home / "review.lock"))
    try:
        lock.acquire(timeout=_LOCK_WAIT_SECONDS)
    except Timeout as error:
        raise WarehouseBusy(
            f"Another program is recording marks in {target}; run this again when it has ended."
        ) from error
    try:
        current = standing(read_entries(target))
        marks = _Sheet(sheet, hits, current, reviewer, today).marks(records)
        entries = _changes(marks, current, sheet.name, today)
        if entries:
            append_entries(target, entries)
    finally:
        lock.release()
    new = [entry for entry in entries if entry.verdict == EXCLUDED]
    n_false = sum(mark.is_false for mark in marks)
    return Applied(
        n_rows=len(records),
        n_false=n_false,
        n_true=len(marks) - n_false,
        recorded=len(new),
        withdrawn=len(entries) - len(new),
        unchanged=len(marks) - len(entries),
        by_phrase=sum(_is_by_phrase(hits.get(entry.key)) for entry in new),
        file=target,
    )


def _is_by_phrase(hit: Hit | None) -> bool:
    return bool(hit and hit.excluded_by and not hit.excluded_by.startswith("review: "))


def _published_hits(warehouse: Path, records: Sequence[Record]) -> dict[HitKey, Hit]:
    topics = sorted({read_text(record.cells["topic"]).strip() for record in records})
    with open_hits(warehouse) as connection:
        return read_hits(connection, "list_contains(?, h.topic)", [topics])


def _changes(
    marks: Sequence[Mark], current: Mapping[HitKey, Entry], sheet: str, today: date
) -> list[Entry]:
    """What is to be written: marks that say nothing new, or deny what nobody claimed, are not."""
    entries = []
    for mark in marks:
        known = current.get(mark.key)
        if not mark.is_false and known is None:
            continue
        same = known is not None and (
            mark.reason == known.reason
            and mark.reviewer == known.reviewer
            and mark.reviewed_on in (None, known.reviewed_on)
        )
        if mark.is_false and same:
            continue
        entries.append(
            Entry(
                verdict=EXCLUDED if mark.is_false else WITHDRAWN,
                key=mark.key,
                region_name=mark.region_name,
                reason=mark.reason or "marked as a true hit",
                reviewer=mark.reviewer,
                reviewed_on=mark.reviewed_on or today,
                sheet=sheet,
            )
        )
    return entries


class _RowError(ValueError):
    """What is wrong with a row and what to do, without the row's number."""


class _Sheet:
    """The rows of one sheet against the hits they must be about."""

    def __init__(
        self,
        path: Path,
        hits: Mapping[HitKey, Hit],
        current: Mapping[HitKey, Entry],
        reviewer: str | None,
        today: date,
    ) -> None:
        self._path = path
        # A recorded exclusion whose hit has gone can still be withdrawn.
        self._known = {
            **{key: entry.region_name for key, entry in current.items()},
            **{key: hit.region_name for key, hit in hits.items()},
        }
        self._by_id = {hit.hit_id: key for key, hit in hits.items()}
        self._current = current
        self._reviewer = " ".join((reviewer or "").split())
        self._today = today

    def marks(self, records: Sequence[Record]) -> list[Mark]:
        """The marked rows, all of them sound, each hit once.

        Raises:
            UsageError: they are not; the sentence names the first that is wrong, and the others.
        """
        marks: dict[HitKey, Mark] = {}
        wrong: dict[int, str] = {}
        for record in records:
            try:
                mark = self._mark(record)
                if mark is None:
                    continue
                other = marks.setdefault(mark.key, mark)
                if (other.is_false, other.reason) != (mark.is_false, mark.reason):
                    raise _RowError(
                        f"says otherwise than row {other.number} of the same sentence; "
                        "give both the same mark and reason"
                    )
            except _RowError as error:
                wrong[record.number] = str(error)
        if wrong:
            (first, what), *others = wrong.items()
            more = f" Wrong too: row {', '.join(str(row) for row, _ in others)}." if others else ""
            raise UsageError(f"Row {first} of {self._path} {what}; nothing was recorded.{more}")
        return list(marks.values())

    def _mark(self, record: Record) -> Mark | None:
        """The mark of a row; ``None`` where the reviewer left it empty."""
        cells = record.cells
        reason = " ".join(read_text(cells["reason"]).split())
        is_false = _verdict(cells["false_hit"], reason)
        if is_false is None:
            return None
        key = self._key(record)
        reviewer = " ".join(read_text(cells["reviewer"]).split()) or self._reviewer
        if is_false and not reason:
            raise _RowError("is marked as a false hit without a reason; write one into reason")
        if not reviewer and (is_false or key in self._current):
            raise _RowError("has no reviewer; write a name into reviewer, or give --reviewer NAME")
        if len(reason) > MAX_REASON or len(reviewer) > MAX_REVIEWER:
            raise _RowError(
                f"has a reason of more than {MAX_REASON} characters, or a reviewer of more than "
                f"{MAX_REVIEWER}; shorten it"
            )
        return Mark(
            number=record.number,
            is_false=is_false,
            key=key,
            region_name=self._known[key],
            reason=reason,
            reviewer=reviewer,
            reviewed_on=self._date(cells["date"]),
        )

    def _date(self, cell: Cell) -> date | None:
        try:
            given = read_date(cell)
        except (ValueError, OverflowError) as error:
            raise _RowError(
                f"has a date that cannot be read, {read_text(cell)[:40]!r}; write it as 2026-03-05"
            ) from error
        # A day's grace for a reviewer east of this machine.
        if given and not date(2000, 1, 1) <= given <= self._today + timedelta(days=1):
            raise _RowError(f"has the date {given}, which cannot be meant; mend it or clear it")
        return given

    def _key(self, record: Record) -> HitKey:
        """The hit that a row is about.

        Its own cells say so. Its id does where they lost characters on the way: GBK, in which WPS
        saves CSV, has a question mark for each that it lacks.
        """
        cells = record.cells
        named = self._by_id.get(read_text(cells.get("hit_id")).strip())
        try:
            key = HitKey(
                topic=read_text(cells["topic"]).strip(),
                region_code=read_text(cells["region_code"]).strip(),
                report_year=read_integer(cells["report_year"]),
                term=read_text(cells["term"]).strip(),
                sentence=read_text(cells["sentence"]).replace("\r\n", "\n"),
                offset_in_sentence=read_integer(cells["offset_in_sentence"]),
            )
        except ValueError as error:
            raise _RowError(
                "has lost its year or its place in the sentence; restore the row from the "
                "original sheet, or delete it"
            ) from error
        if key not in self._known:
            if named is None or not _same_but_for_loss(key, named):
                raise _RowError(
                    "matches no hit of this warehouse: a cell that is not yours to fill was "
                    "changed, or the reports were; restore the row, delete it, or draw a new sheet"
                )
            key = named
        if (named is not None and named != key) or not _context_agrees(cells.get("context"), key):
            raise _RowError(
                "mixes two hits: some columns were sorted or pasted without the others; restore "
                "the row from the original sheet, or delete it"
            )
        return key


def _verdict(cell: Cell, reason: str) -> bool | None:
    text = unicodedata.normalize("NFKC", read_text(cell)).strip().casefold()
    if text in _FALSE:
        return True
    if text in _TRUE:
        return False
    if text:
        raise _RowError(f"has the unknown mark {text[:20]!r}; write y or n into false_hit")
    if reason:
        raise _RowError(
            "has a reason and no mark; write y or n into false_hit, or clear the reason"
        )
    return None


def _same_but_for_loss(found: HitKey, known: HitKey) -> bool:
    return found._replace(sentence="") == known._replace(sentence="") and (
        _lasting(found.sentence) == _lasting(known.sentence)
    )


def _context_agrees(cell: Cell, key: HitKey) -> bool:
    """Whether the reviewer read the sentence that the mark would be recorded for."""
    context = _lasting(read_text(cell))
    return not context or _lasting(key.sentence) in context


def _lasting(text: str) -> str:
    """What is left of a text on every way that a sheet may take.

    A workbook cannot hold control characters, GBK has a question mark for what it lacks, white
    space is not safe anywhere, and the context has brackets of its own.
    """
    kept = text.encode("gbk", errors="ignore").decode("gbk")
    return "".join(
        char
        for char in kept
        if char not in ("?", OPEN, CLOSE)
        and not char.isspace()
        and unicodedata.category(char) != "Cc"
    )
