"""Texts of users' files, made fit for comments, labels, file names and spreadsheets.

Names, labels and notes come from study files, which are hostile input: here is the one place that
knows what breaks out of a Stata or R comment. Which name a variable has in the data is in
``naming``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from textwrap import wrap

# Stata expands macros and opens block comments within comments too, so what it would act upon is
# replaced by its full-width twin, which reads the same.
_LOOKALIKES = str.maketrans({"`": "｀", "$": "＄", '"': "＂", "\\": "＼", "{": "｛", "}": "｝"})
_SLASHED = re.compile(r"/(?=[/*])|(?<=[*/])/")
_SPACES = re.compile(r"\s+")
_STEM = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,47}")
_NOT_ASCII_WORD = re.compile(r"[^A-Za-z0-9]+")
# Devices of Windows, which no file may be named after.
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{at}" for port in ("com", "lpt") for at in "123456789"),
}
LONGEST = 300
WIDTH = 96
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~&-])")


def one_line(text: object, longest: int = LONGEST) -> str:
    """A text without line ends, control and direction characters, cut to a length.

    Args:
        text: anything; None is empty.
        longest: in characters; what is cut is marked by an ellipsis.
    """
    # What cannot be seen can still be long: no more than a multiple is looked at.
    shown = "" if text is None else str(text)[: longest * 8]
    visible = "".join(
        " " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one
        for one in shown
        if unicodedata.category(one) not in ("Cf", "Cs", "Co", "Cn")
    )
    clean = _SPACES.sub(" ", visible).strip()
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def in_comment(text: object, longest: int = LONGEST) -> str:
    """A text that cannot end or open a comment, nor expand as a macro, in Stata or R."""
    return _SLASHED.sub("／", one_line(text, longest).translate(_LOOKALIKES))


class Code(str):
    """A comment that this package made of checked names, so that nothing in it is a user's."""

    __slots__ = ()


def comment_lines(mark: str, lines: Iterable[str]) -> list[str]:
    """Lines as comments, long ones wrapped.

    Args:
        mark: what a comment begins with.
        lines: texts of users, or ``Code``.
    """
    out = []
    for line in lines:
        clean = str(line) if isinstance(line, Code) else in_comment(line)
        for part in [clean] if isinstance(line, Code) else wrap(clean, WIDTH) or [""]:
            out.append(f"{mark} {part}".rstrip())
    return out


def in_label(text: object, longest: int = 80) -> str:
    """A variable label of Stata: 80 characters, without what its programs would expand."""
    return one_line(text, longest).translate(_LOOKALIKES)


def in_cell(text: object, longest: int = LONGEST) -> str:
    """A cell of a sheet that no spreadsheet takes for a formula."""
    shown = one_line(text, longest)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@")) else shown


def in_markdown(text: object, longest: int = LONGEST) -> str:
    """A text that stays text in Markdown and its tables."""
    return MARKDOWN.sub(r"\\\1", one_line(text, longest))


def digest(text: str) -> str:
    """Six hexadecimal digits that tell texts apart whose ASCII letters are the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def ascii_part(text: str) -> str:
    """The ASCII letters and digits of a text, joined by single underscores."""
    return _NOT_ASCII_WORD.sub("_", text).strip("_")


def file_stem(name: str, taken: Iterable[str] = ()) -> str:
    """A file name, without suffix, that every system takes; deterministic.

    Args:
        name: of a study or model.
        taken: stems that are used already, in lower case: some systems do not tell cases apart.
    """
    used = set(taken)
    plain = _STEM.fullmatch(name) and name.lower() not in _DEVICES
    stem = name if plain else f"{(ascii_part(name)[:30] or 'model').lower()}_{digest(name)}"
    if not stem[0].isalpha():
        stem = f"m_{stem}"
    base, count = stem, 1
    while stem.lower() in used:
        count += 1
        stem = f"{base}_{count}"
    return stem
