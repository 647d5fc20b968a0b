"""Takes off what is not the report: markup left-overs, invisible characters, page furniture.

Pure text to text and hints. A line goes only when the whole of it is furniture; within a line
nothing is taken out but comments, escapes and characters without a shape. Words, punctuation,
full-width forms, indents, Markdown marks stay as the file has them, because character offsets
into this text are what every hit points to. Which words are furniture belongs to ``furniture``.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from orchestration.ingest.reports import furniture

_LINE_ENDS = re.compile(r"\r+\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Zero-width and directional marks, soft hyphen, control characters, lone surrogates (which no
# database stores), noncharacters (pdfium marks line-end hyphens with U+FFFE).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CODE_POINT = re.compile(r"<U\+([0-9A-Fa-f]{4,6})>")
_MAX_ESCAPES = 4
_BLANK_LINES = re.compile(r"\n{3,}")
_RADICALS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
# Radicals that PDF fonts put for whole characters, and Unicode does not fold (from its
# EquivalentUnifiedIdeograph table; the Kangxi block is folded by NFKC).
_SIMPLIFIED_RADICALS = str.maketrans(
    "⺠⺟⺎⺩⺫⺼⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰",
    "民母兀王罒肉虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙",
)

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,8000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_KEY = re.compile(r"^([A-Za-z_]\w*)[ \t]*:[ \t]*(.*)$", re.MULTILINE)
_FRONT_HINTS = {
    "title": "title",
    "source": "source_url",
    "source_url": "source_url",
    "url": "source_url",
    "date": "publish_date",
    "publish_date": "publish_date",
    "year": "year",
    "region": "region",
    "province": "region",
}


@dataclass(frozen=True)
class Cleaned:
    """The body, and what the lines taken off said about it."""

    text: str
    hints: Mapping[str, str] = field(default_factory=dict)


def clean(text: str) -> Cleaned:
    """Clean a decoded text.

    Returns:
        The body with line feeds as line ends, no trailing white space and at most one blank line in
        a row; hints as in :class:`orchestration.ingest.records.Record`.
    """
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    front, text = split_front_matter(text)
    text = fold_radicals(_INVISIBLE.sub("", _unescape(strip_comments(text))))
    # An escape may have brought line ends and marks of its own.
    text = _LINE_ENDS.sub("\n", text)
    lines = [line.rstrip() for line in text.split("\n")]
    kept, found = furniture.strip(lines)
    body = _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip("\n")
    return Cleaned(body, {**found, **front})


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Take YAML front matter off; text that only begins with a rule stays whole.

    Returns:
        Hints from the known keys (a list of sources is joined with spaces), and the rest.
    """
    match = _FRONT_MATTER.match(text.lstrip())
    if match is None or not _FRONT_KEY.search(match[1]):
        return {}, text
    hints: dict[str, str] = {}
    for key, value in _front_values(match[1]).items():
        hint = _FRONT_HINTS.get(key.lower())
        if hint and value:
            hints.setdefault(hint, value)
    return hints, text.lstrip()[match.end() :]


def _front_values(block: str) -> dict[str, str]:
    """The scalar and list values of a block; by lines when it is not valid YAML."""
    try:
        loaded = yaml.safe_load(block)
    except (yaml.YAMLError, ValueError, RecursionError):
        loaded = None
    if not isinstance(loaded, dict):
        return {key: value.strip().strip("\"'") for key, value in _FRONT_KEY.findall(block)}
    values: dict[str, str] = {}
    for key, value in loaded.items():
        items = value if isinstance(value, list) else [value]
        plain = [str(item).strip() for item in items if isinstance(item, str | int | float)]
        plain += [item.isoformat() for item in items if hasattr(item, "isoformat")]
        values[str(key)] = " ".join(plain)
    return values


def strip_comments(text: str) -> str:
    """Remove HTML comments; one that never ends stays as it is."""
    # By find, not by a lazy pattern: that is quadratic in openings without an end.
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join([*parts, text[at:]]) if parts else text


def _unescape(text: str) -> str:
    """Decode HTML entities, also those escaped more than once, and ``<U+00A0>`` escapes."""
    for _ in range(_MAX_ESCAPES):
        plain = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
        plain = _CODE_POINT.sub(_character, plain)
        if plain == text:
            break
        text = plain
    return text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0x1F < code <= 0x10FFFF else ""


def fold_radicals(text: str) -> str:
    """Give Kangxi radicals and compatibility ideographs their ordinary characters.

    PDF text layers hold 工 as U+2F2F where fonts share the glyph; a term written so would never
    match. Full-width letters and digits are left alone.
    """
    return _RADICALS.sub(_fold, text)


def _fold(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0]).translate(_SIMPLIFIED_RADICALS)
