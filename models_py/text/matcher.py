"""Occurrences of a lexicon's terms in a text, with offsets into the text as given.

What an occurrence means (which section, which sentence, counted or not) is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from models_py.text.folding import PLAIN_FORMS, Folded, fold, is_han_pair
from models_py.text.lexicon import Lexicon

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence of a term.

    Attributes:
        term: the term as the lexicon writes it.
        category: the term's category.
        start: offset in characters of its first character in the text as given.
        end: offset after its last character; a hit broken by white space spans it.
        excluded_by: the longest exclusion phrase whose occurrence covers the hit, or None.
    """

    term: str
    category: str
    start: int
    end: int
    excluded_by: str | None = None


class _Scanner:
    """A lexicon made ready to scan: its automaton and what tells that a text needs folding."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._terms = lexicon.terms
        words = [fold(word).text for word in lexicon.words]
        phrases = [(fold(phrase).text, phrase) for phrase in lexicon.exclusions]
        phrases.sort(key=lambda pair: len(pair[0]), reverse=True)
        self._automaton = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)
        self._covers = [
            [(at, text, phrase) for text, phrase in phrases for at in _occurrences(word, text)]
            for word in words
        ]
        patterns = words + [text for text, _ in phrases]
        letters = set().union(*patterns)
        self._disguises = [form for form, plain in PLAIN_FORMS.items() if plain in letters]
        pairs = {a + b for pattern in patterns for a, b in pairwise(pattern)}
        self._joints = frozenset(filter(is_han_pair, pairs))

    def scan(self, text: str) -> list[Hit]:
        folded = fold(text) if self._hides_a_term(text) else Folded(text)
        hits = []
        for index, start, end in find_all(self._automaton, folded.text):
            term, cover = self._terms[index], self._cover(index, start, folded.text)
            hits.append(Hit(term.text, term.category, *folded.span(start, end), cover))
        return hits

    def _hides_a_term(self, text: str) -> bool:
        """Whether folding could change what is found.

        Folding is the slow step, and 7 of 992 real reports need it for the seed lexicon: those in
        which a character of a term or exclusion phrase stands in another form, or white space
        parts two of them that stand side by side in it.
        """
        return any(form in text for form in self._disguises) or any(
            left[-1] + right[0] in self._joints for left, right in pairwise(text.split())
        )

    def _cover(self, index: int, start: int, text: str) -> str | None:
        """The longest exclusion phrase around the term found at ``start``."""
        for lead, phrase, written in self._covers[index]:
            if start >= lead and text.startswith(phrase, start - lead):
                return written
        return None


def _occurrences(word: str, phrase: str) -> list[int]:
    """Every offset, overlapping ones too, at which a word stands in a phrase."""
    return [at for at in range(len(phrase)) if phrase.startswith(word, at)]


def find_all(automaton: AhoCorasick, text: str) -> list[tuple[int, int, int]]:
    """The automaton's matches in any string: pattern number, first character, end."""
    try:
        return automaton.find_matches_as_indexes(text)
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form; nothing matches one
        return automaton.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text))


@lru_cache(maxsize=32)
def _scanner(lexicon: Lexicon) -> _Scanner:
    return _Scanner(lexicon)


def match(text: str, lexicon: Lexicon | Mapping[str, Iterable[str]]) -> list[Hit]:
    """Find a lexicon's terms: the leftmost first, the longest there, never overlapping.

    White space between two Han characters is read over, but never a blank line. Full-width
    letters and digits, radicals and compatibility ideographs count as the characters they show.

    Args:
        text: the text as stored.
        lexicon: a lexicon, or words by category such as ``{"core": ["芯片"], "extended": []}``.

    Returns:
        Hits in order of ``start``; offsets are characters of ``text``, ends exclusive.

    Raises:
        ValueError: the mapping does not make a lexicon.
    """
    if not isinstance(lexicon, Lexicon):
        lexicon = Lexicon.of(lexicon)
    return _scanner(lexicon).scan(text)
