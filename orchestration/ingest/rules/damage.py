"""Rules on damage that leaves most of a text readable: ``lost_characters`` and ``html_residue``.

A text garbled beyond one character in 200 has no record: the reader refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestration.ingest.finding import Finding
from orchestration.ingest.reports.encoding import garbled_share
from orchestration.ingest.rules.report_text import ReportText

_AGAIN = "Get the report again from its source; what is lost is not counted."
_QUOTED = 12
_SHOWN = 3
_HAN = "[\u4e00-\u9fff]"
# One lost character may be a rare character of a name; three are no accident.
_IN_NUMBER = 3
# The traces of a replacement that went wrong, as in 合肥 2007 and 无锡 2007: １０７$1.$2６亿元.
_TEMPLATE = re.compile(r"\$\d(?:[.．]\$\d)+")
_REPLACED = re.compile("\ufffd+")
_ANY_PRIVATE = re.compile("[\ue000-\uf8ff]")
_PRIVATE = re.compile(f"[\ue000-\uf8ff](?={_HAN})")
_BOXES = "□■▯◻"
_BOX = re.compile(f"[{_BOXES}](?=[\u4e00-\u9fff0-9])")
_BEFORE = re.compile("[\u4e00-\u9fff0-9]")
_RUN = re.compile(r"\?{3,}")
# A question needs its word; 吗？ 呢？ 怎样？ are questions, 书香天府？全民阅读 is a lost 、 or ·.
_MARK = re.compile(f"[?？](?={_HAN})")
_ASKS = re.compile(
    r"[吗呢么吧啊]$|[谁哪何怎几否]|什么|为啥|能不能|是不是|有没有|要不要|难道|多少|够不够|请问|不是"
)
_MARKS_IN_NUMBER = 5
_MARKS_LOOKED_AT = 1_000
_CLAUSE_CHARS = 40
_UNIT = re.compile("[％%]|个百分点")
_BEFORE_FIGURE = (
    *("增长", "下降", "提高", "上升", "降低", "达到", "完成", "占比", "突破", "增长了", "下降了"),
)
_BEFORE_SHARE = ("达", "占", "为")
# 合肥 2017 and 新疆 2020 lost the first character of every paragraph: 位代表, 一）聚焦, 、2016年.
_NO_FIRST = re.compile(
    r"(?P<certain>位代表|去的?[一五]年|在，我|、\d|刚过去的)|[一二三四五六七八九十]{1,2}[）)]"
    r"|、[一二三四五六七八九十]|年来，"
)
# Of UTF-8 read as GBK come 锛 for ， and 銆 for 。; of GBK read as Latin 1, pairs of such letters.
# A row of dots or of × is none.
_MOJIBAKE = re.compile("(?:[\u00b0-\u00f7][\u00a1-\u00fe]){2,}")
_KINDS_OF_LETTERS = 3
_SWAPPED = ("锛", "銆", "鐨", "涓€", "鏀")
_REFILLED = ("锟斤拷", "烫烫烫", "屯屯屯")

_TAG = re.compile(
    r"</?(?:p|div|span|br|hr|table|tbody|tr|td|th|font|img|a|b|i|u|strong|em|center|ul|ol|li|h[1-6]"
    r"|script|style|iframe|input|form|meta|link|o:p|st1:\w{1,20}|v:\w{1,20}|\?xml)"
    r"(?:[\s/][^<>\n]{0,300})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|[lr][ds]quo|mdash|hellip|middot|ensp|emsp|#\d{2,6})(?![a-z])"
)
_STYLE = re.compile(
    r"(?:font-(?:family|size|weight)|text-(?:indent|align|decoration)|line-height|margin(?:-\w{1,6})?"
    r"|mso-[\w-]{1,30}|background(?:-color)?|padding(?:-\w{1,6})?)\s?:\s?[\w#\"'-]"
)
_SCRIPT = re.compile(
    r"function\s?\w{0,30}\s?\(|document\.\w|window\.\w|javascript:|\bvar \w{1,30}\s?="
    r"|\$\(['\"]|\}\s?else\s?\{"
)
_COMMENT = re.compile(r"<!--|-->|\[endif\]|\[if [!g]")
# Each with characters without which it cannot stand.
_MARKUP = ((_TAG, "<"), (_ENTITY, "&"), (_STYLE, ":"), (_SCRIPT, "("), (_COMMENT, "-->"))
_ALONE = frozenset({_SCRIPT, _COMMENT})


def damage_findings(report: ReportText) -> Iterator[Finding]:
    """``lost_characters`` and ``html_residue``, each once at most.

    Args:
        report: the record.
    """
    text = report.text
    lost = _replaced(text) or _asked(text) or _swapped(text) or _missing(text)
    if lost:
        yield lost
    markup = _markup(text)
    if markup:
        yield markup


def _replaced(text: str) -> Finding | None:
    """Signs that stand where a character or a figure was."""
    for looked_for, pattern, enough, what in (
        ("$" in text, _TEMPLATE, 1, "figures are replaced by $1.$2"),
        ("\ufffd" in text, _REPLACED, _IN_NUMBER, "characters are lost (U+FFFD)"),
        ("???" in text, _RUN, 1, "runs of characters are lost (???)"),
    ):
        found = list(pattern.finditer(text)) if looked_for else []
        if len(found) >= enough:
            return _finding(text, found, what)
    for looked_for, pattern, what in (
        (any(box in text for box in _BOXES), _BOX, "characters are boxes (□)"),
        (_ANY_PRIVATE.search(text) is not None, _PRIVATE, "characters have no glyph"),
    ):
        between = _between(text, pattern) if looked_for else []
        if len(between) >= _IN_NUMBER:
            return _finding(text, between, what)
    return None


def _between(text: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """Matches that follow a Han character or a digit."""
    return [
        found
        for found in pattern.finditer(text)
        if _BEFORE.match(text[found.start() - 1 : found.start()])
    ]


def _asked(text: str) -> Finding | None:
    """Question marks between Han characters where nothing is asked."""
    found = _between(text, _MARK)[:_MARKS_LOOKED_AT] if "?" in text or "？" in text else []
    if len(found) < _IN_NUMBER:
        return None
    odd = [one for one in found if not _ASKS.search(_clause(text, one.start()))]
    plain = [one for one in odd if one[0] == "?"]
    if len(plain) >= _IN_NUMBER:
        return _finding(text, plain, "characters are lost (?)")
    if len(odd) >= _MARKS_IN_NUMBER and 2 * len(odd) > len(found):
        return _finding(text, odd, "characters are lost (？)")
    return None


def _clause(text: str, end: int) -> str:
    return re.split(r"[。！!；;\n]", text[max(end - _CLAUSE_CHARS, 0) : end])[-1]


def _swapped(text: str) -> Finding | None:
    """Islands of text in a wrong encoding, too small for the reader to refuse the whole."""
    runs = (run for run in _MOJIBAKE.finditer(text) if len(set(run[0])) >= _KINDS_OF_LETTERS)
    latin = next(runs, None)
    refilled = next((sign for sign in _REFILLED if sign in text), None)
    if latin is None and refilled is None and not any(sign in text for sign in _SWAPPED):
        return None
    count = round(garbled_share(text) * len(text))
    quote = latin[0] if latin else refilled
    if not count and quote is None:
        return None
    at = text.find(quote) if quote else 0
    said = f"{count} characters are" if count else "Characters are"
    shown = f" (“{quote}”)" if quote else ""
    return Finding(
        "lost_characters",
        "warn",
        f"{said} garbled, text in a wrong encoding{shown}.",
        _AGAIN,
        at if quote else None,
        at + len(quote) if quote else None,
    )


def _missing(text: str) -> Finding | None:
    """Figures or first characters that are simply not there."""
    figures = [unit for unit in _UNIT.finditer(text) if _lacks_figure(text, unit)]
    if len(figures) >= _IN_NUMBER:
        return _finding(text, figures, "figures are missing")
    first: list[re.Match[str]] = []
    at = 0
    for line in text.split("\n"):
        begun = line.lstrip(" \t\u3000\u00a0*#")
        found = _NO_FIRST.match(text, at + len(line) - len(begun), at + len(line))
        if found:
            first.append(found)
        at += len(line) + 1
    if len(first) >= _IN_NUMBER and sum(one["certain"] is not None for one in first) > 1:
        return _finding(text, first, "paragraphs lack their first character")
    return None


def _lacks_figure(text: str, unit: re.Match[str]) -> bool:
    before = text[max(unit.start() - 3, 0) : unit.start()]
    share = unit[0] in "％%" and before.endswith(_BEFORE_SHARE)
    return share or before.endswith(_BEFORE_FIGURE)


def _markup(text: str) -> Finding | None:
    found = [match for pattern, sign in _MARKUP if sign in text for match in pattern.finditer(text)]
    if len(found) < _IN_NUMBER and not any(one.re in _ALONE for one in found):
        return None
    shown = ", ".join(dict.fromkeys(one[0].strip()[:30] for one in found[: 4 * _SHOWN]))
    return Finding(
        "html_residue",
        "warn",
        f"Markup is left in the text, {len(found)} pieces: {shown[:120]}.",
        "Save the page's text again, without its tags and scripts.",
        *found[0].span(),
    )


def _finding(text: str, found: list[re.Match[str]], what: str) -> Finding:
    quotes = [
        text[max(one.start() - _QUOTED, 0) : one.end() + _QUOTED].strip().replace("\n", " ")
        for one in found[:_SHOWN]
    ]
    shown = ", ".join(f"“{quote}”" for quote in quotes)
    said = f"{len(found)} times {what}: {shown}."
    return Finding("lost_characters", "warn", said, _AGAIN, *found[0].span())
