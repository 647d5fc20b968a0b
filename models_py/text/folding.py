"""How a text is read before words are compared: look-alikes made plain, broken words joined.

PDF and web extraction leaves a word on two lines, or "２０２２" for "2022". Folding undoes that
and can say where in the given text every folded character stood. It knows nothing of lexicons.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

# Only ranges whose characters are another way to write one letter, digit or Han character. Full
# NFKC would also read ① as 1 and ㎡ as m2, and would move every offset after it.
_DISGUISED: Final = (
    (0x2E80, 0x2FDF),  # CJK radicals supplement, Kangxi radicals
    (0xF900, 0xFAFF),  # CJK compatibility ideographs
    (0xFF10, 0xFF19),  # full-width digits
    (0xFF21, 0xFF3A),  # full-width capitals
    (0xFF41, 0xFF5A),  # full-width small letters
    (0x2F800, 0x2FA1F),  # CJK compatibility ideographs supplement
)


def _plain_forms() -> dict[str, str]:
    """Each disguised character that NFKC reads as one other character, with that character."""
    characters = (chr(c) for first, last in _DISGUISED for c in range(first, last + 1))
    pairs = ((c, unicodedata.normalize("NFKC", c)) for c in characters)
    return {c: plain for c, plain in pairs if plain != c and len(plain) == 1}


PLAIN_FORMS: Final = _plain_forms()
_DISGUISE: Final = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in _DISGUISED) + "]")

_HAN: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAN_PAIR: Final = re.compile(f"[{_HAN}][{_HAN}]")
# The space comes first and the look back second: this order scans a text three times as fast.
_GAP: Final = re.compile(rf"\s(?<=[{_HAN}]\s)\s*+(?=[{_HAN}])")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain, with the way back.

    Attributes:
        text: the folded text.
        folded_starts: where each unbroken stretch begins in ``text``; the first is 0.
        given_starts: where the same stretch begins in the text as given.
    """

    text: str
    folded_starts: tuple[int, ...] = (0,)
    given_starts: tuple[int, ...] = (0,)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the given text that a non-empty span of the folded text came from."""
        return self._given(start), self._given(end - 1) + 1

    def _given(self, position: int) -> int:
        stretch = bisect_right(self.folded_starts, position) - 1
        return self.given_starts[stretch] + position - self.folded_starts[stretch]


def fold(text: str) -> Folded:
    """Read full-width, radical and compatibility forms plainly; join words broken by white space.

    White space between two Han characters goes, unless it holds a blank line: a paragraph's end
    is never crossed. White space beside a letter, digit or mark stays.

    Args:
        text: any string.

    Returns:
        The folded text and the map back to ``text``.
    """
    plain = _DISGUISE.sub(lambda found: PLAIN_FORMS.get(found[0], found[0]), text)
    kept: list[str] = []
    folded_starts, given_starts = [0], [0]
    for gap in _GAP.finditer(plain):
        if gap.group().count("\n") > 1:
            continue
        kept.append(plain[given_starts[-1] : gap.start()])
        folded_starts.append(folded_starts[-1] + len(kept[-1]))
        given_starts.append(gap.end())
    kept.append(plain[given_starts[-1] :])
    return Folded("".join(kept), tuple(folded_starts), tuple(given_starts))


def is_han_pair(pair: str) -> bool:
    """Whether both of two characters are Han, so that white space between them is not read."""
    return _HAN_PAIR.fullmatch(pair) is not None
