"""Text of documents and file names made safe to print: on one line, nothing that steers a terminal.

Markup is another matter: what prints must not read any.
"""

from __future__ import annotations

import re
import unicodedata

# Control, format (zero-width, direction) and surrogate characters. Unassigned ones stay: rare Han
# characters are unassigned to an older Python.
_STEERS = frozenset({"Cc", "Cf", "Cs"})


def one_line(text: object, longest: int | None = None) -> str:
    """A text without line breaks, control characters and blanks at its ends.

    Args:
        text: whatever is to be printed.
        longest: characters after which it is cut, which an ellipsis says.
    """
    line = unstripped(text).strip()
    return line if longest is None or len(line) <= longest else f"{line[:longest]}…"


def unstripped(text: object) -> str:
    """As `one_line`, a blank at either end kept, for pieces that are put together again."""
    kept = (c for c in str(text) if c.isspace() or unicodedata.category(c) not in _STEERS)
    return re.sub(r"\s+", " ", "".join(kept))
