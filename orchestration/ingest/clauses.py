"""A report cut into clauses: the unit in which texts are compared with themselves and each other.

A clause is what stands between two punctuation marks, read without white space and Markdown
marks, so that line breaks, indents and full-width forms make no difference. Where the sentence of
a hit begins and ends is another question; ``models_py.text`` answers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models_py.text.folding import PLAIN_FORMS

# A few ranges around the plain forms' keys: one class of all the keys scans a hundred times slower.
_DISGUISED = re.compile(
    "[\u2e80-\u2fdf\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0002f800-\U0002fa1f]"
)
# ①, ㈠ and ⒈ are numbers to a regular expression; here they part clauses, as "（一）" does.
_ENCLOSED = "\u2460-\u24ff\u2776-\u2793\u3220-\u3247\u3280-\u32bf"
# White space and Markdown marks stand inside clauses: PDF lines break in the middle of a word.
_MARK_CHARACTERS = r"\s*#>\\_\u200b-\u200f\ufeff"
_MARKS = re.compile(f"[{_MARK_CHARACTERS}]+")
_WORD = rf"[^\W_{_ENCLOSED}]+"
_UNMARKED_CLAUSE = re.compile(_WORD)
_CLAUSE = re.compile(rf"{_WORD}(?:[{_MARK_CHARACTERS}]+{_WORD})*")
# The longest clause of 1,070 real reports has 76 characters. A text that lost its punctuation is
# cut behind the commonest function words, so that its copies are cut at the same places.
_LONGEST_CLAUSE = 80
_PIECE = re.compile(r".{4,}?[的和在为]|.+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of one text, in order; the three sequences are of one length.

    Attributes:
        keys: the clauses as they are compared, none empty.
        starts: offset of each clause's first character in the text.
        ends: one past its last character.
    """

    keys: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def clause_keys(text: str) -> list[str]:
    """The clauses of a text as they are compared, without their places.

    Args:
        text: any string; the time is linear in its length.
    """
    keys = _UNMARKED_CLAUSE.findall(_MARKS.sub("", _plain(text)))
    if max(map(len, keys), default=0) <= _LONGEST_CLAUSE:
        return keys
    return [key[first:past] for key in keys for first, past in _pieces(key)]


def split_clauses(text: str) -> Clauses:
    """Cut a text into clauses and say where each stands.

    Args:
        text: any string; the time is linear in its length.
    """
    plain = _plain(text)
    keys, starts, ends = [], [], []
    for found in _CLAUSE.finditer(plain):
        start, end = found.span()
        key = _MARKS.sub("", found[0])
        if len(key) <= _LONGEST_CLAUSE:
            keys.append(key)
            starts.append(start)
            ends.append(end)
            continue
        kept = [start + at for at, char in enumerate(found[0]) if not _MARKS.match(char)]
        for first, past in _pieces(key):
            keys.append(key[first:past])
            starts.append(kept[first])
            ends.append(kept[past - 1] + 1)
    return Clauses(tuple(keys), tuple(starts), tuple(ends))


def _plain(text: str) -> str:
    """Full-width and compatibility forms as their plain characters, every offset kept."""
    return _DISGUISED.sub(lambda found: PLAIN_FORMS.get(found[0], found[0]), text)


def _pieces(key: str) -> Iterator[tuple[int, int]]:
    """One clause, or the parts of one that is too long to have kept its punctuation."""
    if len(key) <= _LONGEST_CLAUSE:
        yield 0, len(key)
        return
    for found in _PIECE.finditer(key):
        yield found.span()
