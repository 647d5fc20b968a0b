"""Lexicons as data: which words a topic counts, and the phrases that take a hit out.

Finding the words in a text belongs to ``matcher``; choosing them belongs to a study's file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from models_py.text.folding import fold

CATEGORIES: Final = ("core", "extended")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a lexicon.

    Attributes:
        text: the word as the study writes it.
        category: ``core`` or ``extended``.
    """

    text: str
    category: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one topic, checked when it is made.

    Attributes:
        topic: the study's name, or empty.
        terms: the words, in the order in which a tokenizer is to learn them.
        exclusions: phrases inside which a hit means something else.

    Raises:
        ValueError: a term or phrase is blank, doubled, or could never count.
    """

    topic: str
    terms: tuple[Term, ...]
    exclusions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a lexicon that would count wrongly without saying so."""
        where = f"Lexicon {self.topic!r}" if self.topic else "The lexicon"
        if not self.terms:
            raise ValueError(f"{where} holds no term; give it at least one.")
        for term in self.terms:
            if term.category not in CATEGORIES:
                raise ValueError(
                    f"{where}: the category of {term.text!r} is {term.category!r}; "
                    f"it must be one of {', '.join(CATEGORIES)}."
                )
        folded = _folded(where, "term", self.words)
        for phrase, text in zip(
            self.exclusions, _folded(where, "exclusion phrase", self.exclusions), strict=True
        ):
            if not any(word in text for word in folded):
                raise ValueError(
                    f"{where}: the exclusion phrase {phrase!r} holds none of the terms, "
                    "so it could never take a hit out; correct or remove it."
                )

    @classmethod
    def of(
        cls,
        words: Mapping[str, Iterable[str]],
        topic: str = "",
        exclusions: Iterable[str] = (),
    ) -> Lexicon:
        """Make a lexicon from words by category.

        Args:
            words: for example ``{"core": ["芯片"], "extended": ["晶圆"]}``.
            topic: the study's name.
            exclusions: phrases inside which a hit means something else.

        Returns:
            The lexicon, its terms in the order given.

        Raises:
            ValueError: as for the class; also for one string where a list of words belongs.
        """
        for name, value in (*words.items(), ("exclusions", exclusions)):
            if isinstance(value, str):
                raise ValueError(
                    f"Lexicon {topic!r}: {name} is the one string {value!r}; write a list of words."
                )
        terms = tuple(Term(text, category) for category, texts in words.items() for text in texts)
        return cls(topic, terms, tuple(exclusions))

    @property
    def words(self) -> tuple[str, ...]:
        """The terms' texts, in order."""
        return tuple(term.text for term in self.terms)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the content: equal digests give equal hits and tokens."""
        content = {
            "topic": self.topic,
            "terms": [[term.text, term.category] for term in self.terms],
            "exclusions": list(self.exclusions),
        }
        text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def _folded(where: str, kind: str, texts: tuple[str, ...]) -> list[str]:
    """The texts as the matcher compares them; blank, ragged and doubled ones are refused."""
    seen: dict[str, str] = {}
    for text in texts:
        if not text.strip():
            raise ValueError(f"{where}: a blank {kind} ({text!r}) stands in it; remove it.")
        if text != text.strip() or "\n" in text:
            raise ValueError(
                f"{where}: the {kind} {text!r} begins or ends with white space or holds a line "
                "break; write it on one line without."
            )
        folded = fold(text).text
        if folded in seen:
            raise ValueError(
                f"{where}: the {kind} {text!r} stands in it twice"
                + (f", the first time as {seen[folded]!r}" if seen[folded] != text else "")
                + "; keep one."
            )
        seen[folded] = text
    return list(seen)
