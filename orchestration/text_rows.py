"""Rows of the text tables from documents and lexicons: the measures, laid out as the tables are.

The measures themselves are ``models_py.text``; when they run and for which years is the assets'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from models_py.text import Lexicon, Section, TokenCounter, split_sections
from models_py.text.attention import count_token_hits, measure_lengths, place_hits
from orchestration.progress import Progress
from orchestration.tables import KEYWORD_HITS, SECTIONS, TEXT_MEASURES

Row = dict[str, Any]


class MeasuredDocument(NamedTuple):
    """What measuring needs of a primary document."""

    document_id: str
    region_code: str
    region_level: str
    report_year: int
    body: str
    is_sample: bool


def measure_documents(
    documents: Sequence[MeasuredDocument],
    lexicons: Sequence[Lexicon],
    cache: Path,
    progress: Progress,
) -> dict[str, list[Row]]:
    """Rows of the three text tables for these documents under these lexicons.

    Args:
        documents: primary documents.
        lexicons: one a topic.
        cache: a folder of our own where jieba keeps its prefix dictionary.
        progress: told of each document.

    Returns:
        Rows by table name.
    """
    cache.mkdir(parents=True, exist_ok=True)
    # Lexicons that differ only in their exclusions share one dictionary and one full cut.
    counters = {lexicon.words: _counter(lexicon.words, cache) for lexicon in lexicons}
    rows: dict[str, list[Row]] = {SECTIONS.name: [], KEYWORD_HITS.name: [], TEXT_MEASURES.name: []}
    for document in documents:
        sections = split_sections(document.body)
        rows[SECTIONS.name] += _section_rows(document, sections)
        counts = {
            words: {
                **_fields(measure_lengths(document.body, sections, counter)),
                **_fields(count_token_hits(document.body, sections, counter)),
            }
            for words, counter in counters.items()
        }
        for lexicon in lexicons:
            place = {
                "topic": lexicon.topic,
                "document_id": document.document_id,
                "region_code": document.region_code,
                "report_year": document.report_year,
                "is_sample": document.is_sample,
            }
            rows[TEXT_MEASURES.name].append({**place, **counts[lexicon.words]})
            rows[KEYWORD_HITS.name] += [
                {
                    **place,
                    "region_level": document.region_level,
                    "term": placed.hit.term,
                    "category": placed.hit.category,
                    "section": placed.section,
                    "char_start": placed.hit.start,
                    "char_end": placed.hit.end,
                    "sentence": placed.sentence,
                    "sentence_start": placed.sentence_start,
                    "excluded_by": placed.hit.excluded_by,
                }
                for placed in place_hits(document.body, lexicon, sections)
            ]
        progress.advance()
    return rows


@lru_cache(maxsize=8)
def _counter(words: tuple[str, ...], cache: Path) -> TokenCounter:
    """A counter of these words; jieba's dictionary takes most of a second to load."""
    return TokenCounter(Lexicon.of({"core": words}, topic="words"), cache)


def lexicon_rows(lexicon: Lexicon) -> Iterator[Row]:
    """Rows of raw.lexicon_terms for one lexicon."""
    phrases: list[tuple[str, str, str | None]] = [
        *((term.text, "term", term.category) for term in lexicon.terms),
        *((phrase, "exclusion", None) for phrase in lexicon.exclusions),
    ]
    for position, (phrase, role, category) in enumerate(phrases, start=1):
        yield {
            "topic": lexicon.topic,
            "phrase": phrase,
            "role": role,
            "category": category,
            "position": position,
            "lexicon_digest": lexicon.digest,
        }


def _section_rows(document: MeasuredDocument, sections: Sequence[Section]) -> Iterator[Row]:
    for part in sections:
        yield {
            "document_id": document.document_id,
            "report_year": document.report_year,
            "section": part.kind,
            "heading": part.heading,
            "char_start": part.start,
            "char_end": part.end,
            "is_sample": document.is_sample,
        }


def _fields(measure: Any) -> Row:
    return {name: getattr(measure, name) for name in measure.__dataclass_fields__}
