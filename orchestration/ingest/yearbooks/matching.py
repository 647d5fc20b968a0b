"""Which profile knows a table: by the words in and above it, never by its file's name alone.

What a profile then reads is in ``extraction``. Where two profiles know a table equally well,
neither is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orchestration.ingest.yearbooks.header import column_headers, key_of, parsed
from orchestration.ingest.yearbooks.profile import Profile
from orchestration.ingest.yearbooks.regions_told import is_subtotal
from orchestration.ingest.yearbooks.sheet import Sheet
from orchestration.ingest.yearbooks.tables import Table, find_tables, table_by_content, text_of

# Cells searched for the words that `match.cells` asks for.
_SEARCHED_ROWS = 400
_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Found:
    """A table and the profiles that know it best; more than one is a tie.

    Attributes:
        continues: the table that this one continues (续表), whose title and profile it takes.
    """

    table: Table
    profiles: tuple[Profile, ...]
    score: int
    continues: Table | None = None


def match_sheets(
    sheets: Sequence[Sheet],
    profiles: Sequence[Profile],
    path: str,
    page_title: str,
    is_region: Callable[[str], bool],
) -> tuple[list[Found], list[Table]]:
    """The tables of a file that profiles know, and the tables that none knows.

    Args:
        sheets: the sheets to search.
        profiles: the profiles to choose from.
        path: path of the file, for profiles that name files.
        page_title: title of a web page; empty elsewhere.
        is_region: whether a text is the name of a region.
    """
    found: dict[tuple[int, int, int], Found] = {}
    unknown: dict[tuple[int, int, int], Table] = {}
    usable = [profile for profile in profiles if profile.match.allows_file(path)]
    by_words: dict[tuple[str, ...], list[Profile]] = {}
    for profile in usable:
        by_words.setdefault(label_words(profile), []).append(profile)
    for index, sheet in enumerate(sheets):
        for words, group in by_words.items():
            if words:
                tables = find_tables(sheet, words)
            else:
                tables = []
                for profile in group:
                    if _has_cells(sheet, range(len(sheet.rows)), profile.match.cells):
                        table = table_by_content(sheet, is_region, is_subtotal)
                        tables = [table] if table else []
                        break
            for table in tables:
                place = (index, table.top, table.label_column)
                best = _best(table, group, page_title)
                if best is None:
                    if words:
                        unknown.setdefault(place, table)
                    continue
                known = found.get(place)
                if known is None or best.score > known.score:
                    found[place] = best
                elif best.score == known.score:
                    found[place] = replace(known, profiles=(*known.profiles, *best.profiles))
    _join_continued(found, unknown)
    rows_known = {(index, row) for (index, _, _), one in found.items() for row in one.table.rows}
    left = [
        table
        for (index, _, _), table in sorted(unknown.items(), key=lambda item: item[0])
        if table.rows and not any((index, row) in rows_known for row in table.rows)
    ]
    return [found[place] for place in sorted(found)], left


def label_words(profile: Profile) -> tuple[str, ...]:
    """The headings by which the column of row labels is found; none where known by content."""
    if profile.rows == "indicators":
        return tuple(profile.words_for("indicator"))
    return () if profile.region.by_content else tuple(profile.region.header)


def knows_title(profile: Profile, sheet: Sheet, page_title: str) -> bool:
    """Whether the words at the top of a sheet are the title that a profile asks for."""
    wanted = profile.match.title
    top = [text_of(value) for cells in sheet.rows[:15] for value in cells]
    text = _joined([*top, sheet.name, page_title])
    return (
        bool(wanted)
        and all(_has(text, entry) for entry in wanted)
        and not any(_has(text, entry) for entry in profile.match.none)
    )


def _best(table: Table, profiles: Sequence[Profile], page_title: str) -> Found | None:
    title = _joined([*(line.text for line in table.before), table.sheet.name, page_title])
    names = _header_names(table)
    scores = [(score, one) for one in profiles if (score := _score(one, table, title, names))]
    if not scores:
        return None
    top = max(score for score, _ in scores)
    return Found(table, tuple(one for score, one in scores if score == top), top)


def _score(profile: Profile, table: Table, title: str, names: frozenset[str]) -> int:
    """How many conditions of a profile a table meets; 0 unless it meets all."""
    match = profile.match
    if match.first_row and _has_words_above(table):
        return 0
    if not all(_has(title, entry) for entry in match.title):
        return 0
    if not all(any(key_of(one) in names for one in entry.split("|")) for entry in match.header):
        return 0
    if any(_has(title, entry) or key_of(entry) in names for entry in match.none):
        return 0
    if not _has_cells(table.sheet, [*range(table.top), *table.rows], match.cells):
        return 0
    return len(match.title) + len(match.header) + len(match.cells) + len(match.files)


def _has_words_above(table: Table) -> bool:
    return any(line.row < table.top for line in table.before)


def _header_names(table: Table) -> frozenset[str]:
    """Every way in which a heading of the table may be named."""
    names: set[str] = set()
    headers = column_headers(table.sheet, table.top, table.bottom, range(table.width))
    for header in headers.values():
        keys = [*header.keys, *(level.key for level in header.levels)]
        names.update(keys)
        names.update(_BRACKETS.sub("", key) for key in keys)
        names.update(key[: -len(_last_bracket(key))] for key in keys if _last_bracket(key))
    return frozenset(names)


def _last_bracket(key: str) -> str:
    found = re.search(r"\([^()]*\)$", key)
    return found.group() if found else ""


def _has_cells(sheet: Sheet, rows: Sequence[int], wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    keys = {
        parsed(value).key
        for row in rows[:_SEARCHED_ROWS]
        for value in sheet.rows[row]
        if isinstance(value, str) and value
    }
    bare = keys | {_BRACKETS.sub("", key) for key in keys}
    return all(any(key_of(one) in bare for one in entry.split("|")) for entry in wanted)


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(key_of(text) + re.sub(r"\s", "", text) for text in texts if text).casefold()


def _has(text: str, entry: str) -> bool:
    """Whether a text has one of the words of an entry."""
    return any(key_of(one) in text for one in entry.split("|"))


def _join_continued(
    found: dict[tuple[int, int, int], Found], unknown: dict[tuple[int, int, int], Table]
) -> None:
    """Gives each table that continues another the profile and the title of that one.

    Its number (7-6) decides which; without a number it is the one before it in the file.
    """
    firsts = {place: one for place, one in found.items() if not one.table.is_continued}
    pending = [(place, table) for place, table in unknown.items() if table.is_continued]
    pending += [(place, one.table) for place, one in found.items() if one.table.is_continued]
    for place, table in pending:
        numbered = [p for p, one in firsts.items() if one.table.number == table.number != ""]
        before = [p for p in firsts if p < place]
        base = numbered or ([] if table.number and _all_numbered(firsts) else before[-1:])
        if not base:
            continue
        first = firsts[max((p for p in base if p < place), default=base[0])]
        found[place] = Found(table, first.profiles, first.score, first.table)
        unknown.pop(place, None)


def _all_numbered(firsts: dict[tuple[int, int, int], Found]) -> bool:
    return all(one.table.number for one in firsts.values())
