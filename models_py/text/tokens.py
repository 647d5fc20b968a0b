"""jieba's tokens in a text: how many there are, and which of them are a lexicon's terms.

A token hit is a token of ``jieba.cut(text)`` (accurate mode, HMM on) equal to a term, the terms
having been added as user words in the lexicon's order. jieba cuts each run of Han characters,
letters and digits by itself, so only the runs that hold a term need cutting to find them, and
the other runs may be counted by any engine that is known to cut them as jieba does
(docs/decisions/0003-token-engine.md). Substring hits belong to ``matcher``.
"""

from __future__ import annotations

import importlib.metadata
import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from ahocorasick_rs import AhoCorasick, MatchKind

from models_py.text.lexicon import Lexicon
from models_py.text.matcher import find_all

# jieba's own re_han_default; and, of the runs it finds, those that rjieba cuts as jieba does:
# rjieba 0.2.2 keeps "1-2" and "a_1.html" whole, which jieba cuts.
_RUN: Final = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+")
_PLAIN_RUN: Final = re.compile(
    r"(?:[\u4e00-\u9fd5]|[a-zA-Z0-9]++(?:\.[0-9]++)?%?(?![a-zA-Z0-9+#&._%\-]))*+"
)
_PROVEN_RJIEBA: Final = "0.2.2"

# Private use: outside every run, so no cut can see it.
_NO_WORD: Final = "\ue000"


@dataclass(frozen=True, slots=True)
class TokenHit:
    """One token equal to a term.

    Attributes:
        term: the term.
        start: offset in characters of the token's first character.
    """

    term: str
    start: int


class TokenCounter:
    """jieba with a lexicon as user words, in a dictionary of its own.

    Attributes:
        engine: what ``n_tokens`` counts with: ``"rjieba"`` (and jieba where the two differ) or
            ``"jieba"``. The counts are the same.
    """

    engine: Literal["rjieba", "jieba"]

    def __init__(
        self, lexicon: Lexicon, cache_dir: Path | None = None, *, accelerate: bool = True
    ) -> None:
        """Load jieba's dictionary and add the terms.

        Args:
            lexicon: the terms, added in order.
            cache_dir: a folder of the caller's own where jieba may keep its prefix dictionary;
                without it the dictionary is built anew, in 0.7 s. The shared temporary folder,
                jieba's own choice, is never read: what lies there may be anybody's.
            accelerate: count tokens with rjieba, if a version known to agree is installed.
        """
        self._words = lexicon.words
        self._terms = frozenset(self._words)
        self._jieba = _load_jieba(cache_dir)
        for word in self._words:
            self._jieba.add_word(word)
        self._rjieba = _load_rjieba(self._jieba, self._words) if accelerate else None
        self.engine = "jieba" if self._rjieba is None else "rjieba"
        # A longer word that holds a character outside every run is never one token.
        possible = [word for word in self._words if len(word) == 1 or _RUN.fullmatch(word)]
        self._candidates = AhoCorasick(possible, matchkind=MatchKind.LeftmostLongest)

    def token_hits(self, text: str) -> list[TokenHit]:
        """The tokens equal to a term, in order.

        Args:
            text: the text as stored; it is cut as it stands, white space and all.

        Returns:
            Hits in order of ``start``, offsets in characters of ``text``.
        """
        hits: list[TokenHit] = []
        done = 0
        for _, start, _ in find_all(self._candidates, text):
            if start < done:
                continue
            run = _RUN.match(text, start)
            if run is None:  # a mark outside every run is a token by itself
                hits.append(TokenHit(text[start], start))
                continue
            position, done = _run_start(text, start, done), run.end()
            for token in self._jieba.cut(text[position:done]):
                if token in self._terms:
                    hits.append(TokenHit(token, position))
                position += len(token)
        return hits

    def hits(self, text: str) -> dict[str, int]:
        """How many tokens equal each term; terms that none equals have 0."""
        counts = dict.fromkeys(self._words, 0)
        for hit in self.token_hits(text):
            counts[hit.term] += 1
        return counts

    def n_tokens(self, text: str) -> int:
        """How many tokens ``jieba.cut`` makes of the whole text, marks and spaces among them."""
        if self._rjieba is None:
            return _length(self._jieba.cut(text))
        runs = _RUN.findall(text)
        plain = [run for run in runs if run.isalnum() or _PLAIN_RUN.fullmatch(run)]
        count = len(self._rjieba.cut("\n".join(plain))) - max(0, len(plain) - 1)
        if len(plain) < len(runs):
            others = (run for run in runs if not (run.isalnum() or _PLAIN_RUN.fullmatch(run)))
            count += sum(_length(self._jieba.cut(run)) for run in others)
        marks = len(text) - sum(map(len, runs)) - text.count("\r\n")
        return count + marks


def _length(tokens: Any) -> int:
    return sum(1 for _ in tokens)


def _run_start(text: str, position: int, floor: int) -> int:
    while position > floor and _RUN.match(text[position - 1]):
        position -= 1
    return position


def _load_jieba(cache_dir: Path | None) -> Any:
    """A tokenizer apart from jieba's global one, with the built-in dictionary."""
    # Imported here because it takes half a second, which a plain match need not pay. Python 3.12
    # and later warn of jieba's escapes, setuptools of its pkg_resources; neither is the user's.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    logging.getLogger("jieba").setLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer()
    if cache_dir is None:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        tokenizer.initialized = True
    else:
        tokenizer.tmp_dir = str(cache_dir)
        tokenizer.cache_file = f"jieba-{jieba.__version__}.cache"
        tokenizer.initialize()
    return tokenizer


def _load_rjieba(tokenizer: Any, words: tuple[str, ...]) -> Any:
    """An rjieba with the tokenizer's user words, frequencies and total, or None."""
    try:
        import rjieba

        if importlib.metadata.version("rjieba") != _PROVEN_RJIEBA:
            return None
    except ImportError:
        return None
    engine = rjieba.Jieba()
    for word in words:
        engine.add_word(word, tokenizer.FREQ[word], None)
    # jieba's total counts words twice that its dictionary lists twice, or that a user adds anew;
    # rjieba's is the sum. The last bit of the total's logarithm decides ties such as 盯紧/盯 and
    # 盯/紧盯, so the difference goes on a word that no run can hold.
    surplus = tokenizer.total - sum(tokenizer.FREQ.values())
    if surplus:
        engine.add_word(_NO_WORD, surplus, None)
    return engine
