"""What one report holds of one lexicon: hits in their sections and sentences, lengths, tokens.

The measures of ``matcher``, ``sections``, ``sentences`` and ``tokens`` put together for one body.
Adding up over reports is the warehouse's work.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from models_py.text.lexicon import Lexicon
from models_py.text.matcher import Hit, match
from models_py.text.sections import Kind, Section
from models_py.text.sentences import sentence_span
from models_py.text.tokens import TokenCounter

_WHITE_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PlacedHit:
    """A hit with the section and the sentence it stands in.

    Attributes:
        hit: the hit, its offsets in the body.
        section: review, plan, annex or other.
        sentence: the sentence as the body has it.
        sentence_start: offset of its first character in the body.
    """

    hit: Hit
    section: Kind
    sentence: str
    sentence_start: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a body is, annexes apart; characters without white space, tokens with marks."""

    n_chars: int
    n_annex_chars: int
    n_tokens: int
    n_annex_tokens: int


@dataclass(frozen=True, slots=True)
class TokenHits:
    """Tokens equal to a term, annexes apart."""

    n_token_hits: int
    n_annex_token_hits: int


def count_chars(text: str) -> int:
    """Characters of a text, white space not counted."""
    return len(_WHITE_SPACE.sub("", text))


def place_hits(body: str, lexicon: Lexicon, sections: Sequence[Section]) -> list[PlacedHit]:
    """Find the lexicon's hits in a body and say where each stands.

    Args:
        body: the report's text as stored.
        lexicon: terms and exclusion phrases.
        sections: `split_sections` of the same body.

    Returns:
        Hits in order; a hit that runs across a section's end belongs to where it begins.
    """
    starts = [section.start for section in sections]
    placed = []
    for hit in match(body, lexicon):
        first, last = sentence_span(body, hit.start, hit.end)
        kind = sections[bisect_right(starts, hit.start) - 1].kind
        placed.append(PlacedHit(hit, kind, body[first:last], first))
    return placed


def measure_lengths(body: str, sections: Sequence[Section], counter: TokenCounter) -> Lengths:
    """Characters and tokens of a body, annexes apart.

    Sections begin at line starts, and jieba cuts no token across a line break, so the parts add to
    a cut of the whole.
    """
    annexes = [body[part.start : part.end] for part in sections if part.kind == "annex"]
    n_annex_chars = sum(count_chars(part) for part in annexes)
    n_annex_tokens = sum(counter.n_tokens(part) for part in annexes)
    return Lengths(
        n_chars=count_chars(body) - n_annex_chars,
        n_annex_chars=n_annex_chars,
        n_tokens=counter.n_tokens(body) - n_annex_tokens,
        n_annex_tokens=n_annex_tokens,
    )


def count_token_hits(body: str, sections: Sequence[Section], counter: TokenCounter) -> TokenHits:
    """Tokens equal to a term, annexes apart."""
    starts = [section.start for section in sections]
    kinds = [sections[bisect_right(starts, hit.start) - 1].kind for hit in counter.token_hits(body)]
    n_annex = kinds.count("annex")
    return TokenHits(n_token_hits=len(kinds) - n_annex, n_annex_token_hits=n_annex)
