"""The sentence around a hit, for people to read beside the number.

Bounds only: nothing here cleans or shortens the words.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 400

# A line break alone is no end: extraction breaks lines anywhere. One before a blank line, an
# indented line or a Markdown mark is.
_STOP: Final = re.compile(
    r"[。！？；!?;]+[”’」』）)\]\"']*"
    r"|\s*\n(?=[^\S\n]*\n|[ \t\u3000\xa0]{2}|\u3000|[#>|*-])"
)


def sentence_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Bound the sentence in which a hit stands.

    A sentence ends after 。！？；!?; and the closing quotes that follow, or where a paragraph
    does. White space at either end is left out.

    Args:
        text: the text as stored.
        start: the hit's first character.
        end: the offset after the hit's last character.

    Returns:
        Offsets of the sentence, the hit within; longer ones are cut to 400 characters around it.

    Raises:
        ValueError: the span does not lie in the text.
    """
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"The span {start} to {end} is not in a text of {len(text)} characters.")
    first, last = max(0, start - LONGEST), min(len(text), end + LONGEST)
    for stop in _STOP.finditer(text, first, start):
        first = stop.end()
    following = _STOP.search(text, end, last)
    if following is not None:
        last = following.end()
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    if last - first > LONGEST:
        room = max(0, LONGEST - (end - start))
        first = max(first, start - room // 2)
        last = min(last, first + max(LONGEST, end - start))
        first = max(first, last - LONGEST) if last == len(text) else first
    return first, last
