"""A random sample of the hits of a published warehouse, with what a person needs to judge them.

Only the published snapshot is read. How the sample looks in a spreadsheet belongs in ``sheet``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orchestration.review.exclusions import HitKey
from orchestration.settings import UsageError, YearRange
from orchestration.warehouse import open_snapshot

if TYPE_CHECKING:
    import duckdb

# About one sentence of a report to either side; with two, only six hits fit on a screen.
CONTEXT_CHARS: Final = 60


@dataclass(frozen=True)
class Hit:
    """One hit to judge.

    Attributes:
        key: what it is recorded under.
        occurrences: how many hits share the key (the same sentence twice in one report).
        before: text before the hit, from inside and before its sentence.
        matched: the hit as the text has it.
        after: text after it.
        excluded_by: what takes it out of the count now, else null.
    """

    key: HitKey
    region_name: str
    section: str
    char_start: int
    char_end: int
    occurrences: int
    excluded_by: str | None
    is_sample: bool
    document_id: str
    path: str = ""
    member: str = ""
    before: str = ""
    matched: str = ""
    after: str = ""

    @property
    def hit_id(self) -> str:
        """A short name made of the key; it begins with a letter, or Excel would read 12e45."""
        return "h" + _digest(self.key)[:15]


@dataclass(frozen=True)
class Sample:
    """Hits in random order, so that the first k rows are a random sample too.

    Attributes:
        drawn_from: how many different hits there were to draw from.
        other_topics: further studies whose lexicon has the terms.
        read_at: when the warehouse last read its landing zone.
    """

    hits: list[Hit]
    drawn_from: int
    topic: str
    other_topics: tuple[str, ...]
    terms: tuple[str, ...]
    seed: int
    read_at: datetime | None


def draw_sample(
    warehouse: Path,
    *,
    terms: Sequence[str] = (),
    topic: str | None = None,
    years: YearRange | None = None,
    regions: Sequence[str] = (),
    size: int = 50,
    seed: int = 0,
    counted_only: bool = False,
) -> Sample:
    """Draw hits without replacement, each sentence once.

    A hit's place in the draw is a digest of the seed and of the hit itself. The same seed gives
    the same sample on any machine, a larger size adds to it, and a new year of reports changes
    only what it must.

    Args:
        warehouse: the published file.
        terms: lexicon terms; all of the topic by default.
        topic: the study; by default the first by name whose lexicon has all the terms.
        years: report years; all by default.
        regions: names, Chinese or English, or codes; all by default.
        size: how many hits.
        seed: names the draw.
        counted_only: leave out annexes and what is excluded already.

    Raises:
        UsageError: there is no such warehouse, topic, term or region, or no hit.
    """
    with open_hits(warehouse) as connection:
        topic, others = _topic(connection, topic, terms)
        conditions = ["h.topic = ?"]
        parameters: list[Any] = [topic]
        if terms:
            conditions.append("list_contains(?, h.term)")
            parameters.append(list(terms))
        if years:
            conditions.append("h.report_year between ? and ?")
            parameters += [years.first, years.last]
        if regions:
            conditions.append("list_contains(?, h.region_code)")
            parameters.append([_region_code(connection, name) for name in regions])
        if counted_only:
            conditions.append("h.section <> 'annex' and h.excluded_by is null")
        found = read_hits(connection, " and ".join(conditions), parameters)
        if not found:
            what = ", ".join(terms) or "any term"
            raise UsageError(f"There is no hit of {what} in this choice of {topic}.")
        order = sorted(found, key=lambda key: _digest((seed, *key)))
        chosen = _with_context(connection, [found[key] for key in order[:size]])
        row = connection.execute("select max(last_seen_at) from raw.files").fetchone()
    return Sample(chosen, len(found), topic, others, tuple(terms), seed, row[0] if row else None)


@contextmanager
def open_hits(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published snapshot, which must hold hits.

    Raises:
        UsageError: nothing was built there, or not as far as the hits.
    """
    with open_snapshot(warehouse) as connection:
        row = connection.execute(
            "select count(*) from information_schema.tables "
            "where table_schema = 'marts' and table_name = 'keyword_hits'"
        ).fetchone()
        if not row or not row[0]:
            raise UsageError(
                f"{warehouse} holds no table marts.keyword_hits; run `xinku build` first."
            )
        yield connection


def read_hits(
    connection: duckdb.DuckDBPyConnection, condition: str, parameters: Sequence[Any]
) -> dict[HitKey, Hit]:
    """The published hits that a condition on ``h`` selects, by key, without their context."""
    rows = connection.execute(
        f"""
        select h.topic, h.region_code, h.report_year, h.term, h.sentence,
            h.char_start - h.sentence_start,
            coalesce(r.region_name, h.region_code), h.section, h.char_start, h.char_end,
            h.excluded_by, h.is_sample, h.document_id
        from marts.keyword_hits h left join staging.regions r using (region_code)
        where {condition}
        order by h.document_id, h.char_start
        """,
        list(parameters),
    ).fetchall()
    hits: dict[HitKey, Hit] = {}
    for *key, region_name, section, start, end, excluded_by, is_sample, document_id in rows:
        name = HitKey(*key)
        if name in hits:
            hits[name] = replace(hits[name], occurrences=hits[name].occurrences + 1)
            continue
        hits[name] = Hit(
            name, region_name, section, start, end, 1, excluded_by, is_sample, document_id
        )
    return hits


def _digest(parts: Sequence[object]) -> str:
    text = json.dumps(list(parts), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _topic(
    connection: duckdb.DuckDBPyConnection, wanted: str | None, terms: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """The topic to draw from, and the others whose lexicon has all the terms too."""
    lexicons: Mapping[str, list[str]] = dict(
        connection.execute(
            "select topic, list(phrase order by position) from raw.lexicon_terms "
            "where role = 'term' group by topic order by topic"
        ).fetchall()
    )
    if wanted is not None and wanted not in lexicons:
        raise UsageError(
            f"No study in this warehouse is named {wanted!r}; it holds {', '.join(lexicons)}."
        )
    searched = {wanted: lexicons[wanted]} if wanted is not None else lexicons
    known = [term for lexicon in searched.values() for term in lexicon]
    for term in terms:
        if term not in known:
            near = list(dict.fromkeys(get_close_matches(term, known, n=3, cutoff=0.3) or known))
            raise UsageError(
                f"No lexicon here has the term {term!r}; terms are {', '.join(near[:12])}."
            )
    holding = [topic for topic, lexicon in searched.items() if set(terms) <= set(lexicon)]
    if not holding:
        raise UsageError("No one study has all these terms; name the terms of one study.")
    return holding[0], tuple(holding[1:])


def _region_code(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The code of a region by code or name; of two of one name, the one that has reports here."""
    from orchestration.ingest.regions import AmbiguousRegion, RegionTable, UnknownRegion

    table = RegionTable.from_seeds()
    try:
        return table.get(name).code if name.isdigit() else table.resolve(name).code
    except AmbiguousRegion as error:
        codes = [region.code for region in error.candidates]
        present = connection.execute(
            "select distinct region_code from marts.keyword_hits "
            "where list_contains(?, region_code)",
            [codes],
        ).fetchall()
        if len(present) == 1:
            return str(present[0][0])
        raise UsageError(str(error)) from error
    except UnknownRegion as error:
        raise UsageError(str(error)) from error


def _with_context(connection: duckdb.DuckDBPyConnection, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with their file and the text around them."""
    documents = {
        row[0]: row
        for row in connection.execute(
            "select document_id, path, member, body from raw.documents "
            "where list_contains(?, document_id)",
            [[hit.document_id for hit in hits]],
        ).fetchall()
    }
    placed = []
    for hit in hits:
        _, path, member, body = documents.get(hit.document_id, ("", "", "", ""))
        first = hit.char_start - hit.key.offset_in_sentence
        last = first + len(hit.key.sentence)
        begin, end = max(0, first - CONTEXT_CHARS), min(len(body), last + CONTEXT_CHARS)
        placed.append(
            replace(
                hit,
                path=path,
                member=member or "",
                before=("…" if begin else "") + body[begin : hit.char_start],
                matched=body[hit.char_start : hit.char_end],
                after=body[hit.char_end : end] + ("…" if end < len(body) else ""),
            )
        )
    return placed
