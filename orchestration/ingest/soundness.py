"""Whether a text is a report at all, and whether all of it is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Completeness = Literal["full", "abridged", "truncated"]

_OPENING_CHARS = 1_500
_TITLE_CHARS = 60
_TAIL_CHARS = 200
# The shortest of 1,070 real reports has 5,269 characters, of the bundled sample's 673. What is
# shorter than this is a page that lost its text, and would be counted as a report without a hit.
_MIN_CHARS = 200
_GREETING = re.compile(r"各位代表|各位委员|同志们")
_RESOLUTION = re.compile(r"关于.{0,20}工作报告》?的决议")
_REPORT_WORDS = re.compile(r"政府工作报告|工作报告|各位代表|人民代表大会|向大会")
_ABRIDGED = re.compile(
    r"有删[减节]|有节略|摘\s*要\s*[）)]|[（(]摘要|[（(]节选|^摘要$|摘登", re.MULTILINE
)
# A closing sentence that merely lost its stop: 为……而努力奋斗, 迎接……胜利召开.
_CLOSING = re.compile(r"(?:奋斗|召开|贡献|前进|胜利|篇章|辉煌)$")
_ENDED = re.compile(r"[。！？!?….”’』」）)】》\]*_>]$")


def unlike_a_report(text: str, title: str) -> tuple[str, str] | None:
    """What shows at once that a text is no report: counted, it would be a report without a hit."""
    opening = "".join(text[:_OPENING_CHARS].split())
    if _RESOLUTION.search(_GREETING.split(opening[:_TITLE_CHARS])[0]):
        return (
            "The text is a resolution on a report, not the report.",
            "Put the report itself into the folder; the resolution can stay elsewhere.",
        )
    if not _REPORT_WORDS.search(title + opening):
        return (
            "Nothing in the text's opening says that it is a government work report.",
            "If it is one, add its title line 政府工作报告; if not, move it out of reports/.",
        )
    if (length := len("".join(text.split()))) < _MIN_CHARS:
        return (
            f"The text has {length} characters; a report has thousands.",
            "Look whether the file holds the report itself, and not only its title or a notice.",
        )
    return None


def completeness_of(text: str, hints: Mapping[str, str]) -> Completeness:
    """Whether the text is whole, by its own note, its name or the way it ends."""
    body = text.strip()
    names = f"{hints.get('title', '')}\n{hints.get('name', '')}"
    if _ABRIDGED.search(body[:400]) or _ABRIDGED.search(body[-_TAIL_CHARS:]) or "摘要" in names:
        return "abridged"
    last_line = body.rsplit("\n", 1)[-1].strip()
    # A signature or source line may end without a stop; a long line that does was cut.
    if len(last_line) > 40 and not _ENDED.search(last_line) and not _CLOSING.search(last_line):
        return "truncated"
    return "full"
