"""Rules on how much of a report is there: ``abridged``, ``part_of_report`` and ``truncated``.

A whole report ends with an appeal or a vow and begins with a head, a greeting or its first heading.
A report that says of itself that it is abridged need do neither. Whether a report is short beside
its region's other years is a question for ``orchestration.ingest.across``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestration.ingest.finding import Finding
from orchestration.ingest.rules.report_text import ReportText

_WHOLE = "Find the whole text; a count of zero in this one proves nothing."
_PARTS = "Put the parts together into one file."

_SHORTENED = "摘要|节选|摘登|摘编|摘录|要点|简本|简版|缩略|节录|删节"
_NOTE = re.compile(
    r"有(?:所)?(?:删[减节改]|节[略选])|略有删|内容(?:有)?(?:删[减节]|节选)"
    rf"|[（(【\[](?:内容)?(?:{_SHORTENED})[^）)】\]]{{0,6}}[）)】\]]"
    r"|^[*#\s]*(?:摘\s*要|节\s*选|摘\s*登|摘\s*编|要\s*点)[*\s]*$"
    rf"|工作报告》?[（(—－\-\s]*(?:{_SHORTENED}|精简版)"
    rf"|(?:以下|现将|下面)(?:是|为|将)?[^。\n]{{0,12}}报告[^。\n]{{0,6}}(?:{_SHORTENED}|主要内容)",
    re.MULTILINE,
)
_NAME_NOTE = re.compile(r"摘要|节选|摘登|摘编|摘录|要点|简本|简版|缩略|节录|删节|有删减")
# Printed for words left out: （略）, ……（以下略）.
_LEFT_OUT = re.compile(r"[（(](?:以下|下|全文|此处|中间|具体|详|内容|原文)?(?:从)?略[）)]")
_LEFT_OUT_NUMBER = 2
_HEAD_CHARS = 400
_END_CHARS = 300

_PART_NAME = re.compile(
    r"[（(【\[_\-—\s]"
    r"(?:[上中下]|第?[一二三四五六七八九十]{1,2}(?:部分|篇|页|期|节)?|续[一二三四]?)[）)】\]]?$"
    r"|(?<!会议)[（(][上中下][）)]|之[一二三四五六](?:$|[）)])|[上中下](?:篇|半部分)"
    r"|第\s?[\d一二三四五六七八九十]{1,2}\s?(?:页|部分)"
    r"|(?:^|[\W_])(?:part|page)[\s_-]?\d{0,2}(?=$|[\W_])",
    re.IGNORECASE,
)
_TO_BE_CONTINUED = re.compile(r"未完待?续|待续|下转第?.{0,4}版?|转下(?:页|期|版)|未完[，,）)]")
_CONTINUED = re.compile(
    r"[（(【\[]?(?:上接|接上|续上)(?:第?.{0,4}版|页|期|文|篇|次)|[（(]续[一二三四]?[）)]"
)
_EDGE_CHARS = 120

_SENTENCE = re.compile(r"[^。！!？?]+[。！!？?]?[”」]?")
# A call to the listeners: 1,031 of 1,070 real reports end with one, or with a vow to struggle.
_APPEAL = re.compile(
    r"让我们(?!的|国|省|市|家)|团结(?:起来|在以|在党|在中)|谢谢(?:大家|各位)|万岁|行动起来|[^一-龥]谢谢"
    r"|请予?审议[。！]?$|必胜的?信心[。！]?$"
)
_VOWED = (
    "(?:奋斗|前进|贡献|召开|篇章|献礼|胜利|局面|辉煌|明天|未来|答卷|跨越|征程|步伐|凯歌|乐章|华章"
    "|画卷|传奇|新高|复兴|出发|业绩|目标|成就|成绩|周年|期望|重托|迈进|崛起|振兴|腾飞|幸福|美好"
    "|进步|强[省市州]|家园|发展|梦想|力量|奇迹|康庄大道)"
)
# The last stop may be lost: 迎接……胜利召开.
_VOW = re.compile(rf"{_VOWED}[！!]$|(?:奋斗|召开|贡献|前进|胜利|篇章|辉煌)$")
_PLAIN_VOW = re.compile(rf"{_VOWED}[。”]?$")
_STRUGGLE = re.compile(r"(?:而|为之|努力|不懈|共同|团结|接续|继续|顽强|竭力|，)奋斗[！!。]?$")
_STRUGGLE_SENTENCES = 2
_LISTENERS = re.compile(r"[各名]?位代表|同志们")
_RESOLVED = re.compile(r"一定(?:能|会|可以|要)|必将|必定|坚信|相信")
_THANKS = re.compile(r"(?:感谢|敬意|谢意|问候|致敬|祝愿|慰问|祝福)[^。！!]{0,6}[！!。]$")
_LAST_SENTENCES = 4
_LAST_CLAUSE_CHARS = 200
_CLOSING_CHARS = 500
_SEARCHED_CHARS = 600
# An appeal may be followed by a list or a word list that no heading announces.
_CLOSED_AFTER = 0.5
_ADDRESS_BEFORE = 300

_ENDED = re.compile(r"[。！？!?….”’』」）)】》\]*_>|；;]$")
_SIGNATURE = re.compile(r"(?:日|月|印发?|摄|稿|网|报|厅|办|办公室|政府|秘书处|完|来源.*|注.*)$")
# What is left of a second copy that was cut away.
_SECOND_HEAD = re.compile(r"工作报告|会议上|[各名]?位代表[：:]$")
_LONG_LINE = 40
_SIGNATURE_CHARS = 30
# Fewer line ends, and the parts of a text cannot be told: its headings stand in running lines.
_LINES_WITH_HEADINGS = 10
# The shortest of 1,070 real reports has 5,269 characters; a report shorter than its region's other
# years is for ``across`` to find.
_SHORT = 300
_MARKS = re.compile(r"[\s*#>]+")
_OPENING_CHARS = 1_500

# How a report begins: what it asks of the assembly, its title, its session, its day; or, where the
# head is gone, its greeting or its first heading. 10 of 1,070 real reports do without the first,
# none without all; of texts cut at random places 98 % have none.
_ASKS = re.compile(
    r"请予审[议查]|请(?:各位|大会|代表|连同|一并|同时|与).{0,60}审[议查]|提出(?:宝贵)?(?:修改)?意见"
    r"|我(?:谨|受.{0,20}委托，?)?代表.{0,24}(?:向(?:大会|本次|各位代表|.{2,20}会议)|(?<!工)作|报告)"
    r"(?!.{0,20}(?:敬意|感谢|谢意|敬礼))|受.{0,16}委托，?(?:现在?)?向|向大会(?:作|报告)|国务院的决定"
)
_TITLE = re.compile(r"^[^，。；]{0,60}(?:工作报告|计划.{0,30}报告|的报告|有关问题)[^，。；]{0,40}$")
_MEETING = re.compile(r"(?:届|次)(?:全国)?(?:人民代表大会|人大|会议)|[年月]\S{1,3}日")
_FIRST_LINE = re.compile(
    r"一、[^，。]{2,30}$|一、.{0,12}(?:回顾|总结|工作)|第一部分|目录"
    r"|[^，。；]{0,16}(?:回顾|总结|成就)[^，。；]{0,12}$"
    r"|(?:过去的?|刚刚?过去的)(?:[一五]年|\d{4}年)?[，是]"
    r"|(?:19|20)\d\d年(?:，|是(?!.{0,40}(?:重要|关键)))"
)
_GREETS = re.compile(r"[各名]?位(?:代表|委员)[^。，！]{0,12}[：:]$|同志们[：:]$")
_ASKS_WITHIN, _MEETS_WITHIN, _GREETS_WITHIN = 700, 120, 6


def extent_findings(report: ReportText) -> Iterator[Finding]:
    """``abridged``, ``part_of_report`` and ``truncated``.

    Args:
        report: the record; one of the bundled sample is judged by its notes alone.
    """
    abridged = _abridged(report)
    if abridged:
        yield abridged
    part = _part(report)
    if part:
        yield part
    broken = _broken_off(report)
    if broken is None and not (abridged or report.is_sample):
        broken = _begins_late(report) or _ends_early(report)
    if broken:
        yield broken


def _abridged(report: ReportText) -> Finding | None:
    text = report.text
    end = max(len(text) - _END_CHARS, 0)
    found = _NOTE.search(text, 0, _HEAD_CHARS) or _NOTE.search(text, end)
    before_annex = max(report.main_end - _END_CHARS, 0)
    found = found or _NOTE.search(text, before_annex, report.main_end)
    if found:
        return _finding("abridged", f"It says so itself: {found[0].strip()[:40]}.", _WHOLE, found)
    for name in (report.hints.get("title", ""), report.file_stem):
        if _NAME_NOTE.search(name):
            return Finding("abridged", "warn", f"Its title or name says so: {name[:60]}.", _WHOLE)
    left_out = list(_LEFT_OUT.finditer(text))
    if len(left_out) >= _LEFT_OUT_NUMBER:
        said = f"Words are left out {len(left_out)} times: {left_out[0][0]}."
        return _finding("abridged", said, _WHOLE, left_out[0])
    return None


def _part(report: ReportText) -> Finding | None:
    titles = [line for line in report.title_lines if "工作报告" in line]
    for name in (report.file_stem, report.hints.get("title", ""), *titles):
        found = _PART_NAME.search(name)
        if found:
            said = f"Its name or title is that of a part: {name[:60]}."
            return Finding("part_of_report", "warn", said, _PARTS)
    text = report.text.strip()
    offset = report.text.find(text[:1]) if text else 0
    for pattern, zone in (
        (_TO_BE_CONTINUED, (max(len(text) - _EDGE_CHARS, 0), len(text))),
        (_CONTINUED, (0, _EDGE_CHARS)),
    ):
        at = pattern.search(text, *zone)
        if at:
            first, past = at.span()
            said = f"It says that it is a part: {at[0]}."
            return Finding("part_of_report", "warn", said, _PARTS, first + offset, past + offset)
    return None


def _broken_off(report: ReportText) -> Finding | None:
    """The speech ends in mid-sentence."""
    main = report.text[: report.main_end].rstrip()
    line = main.rsplit("\n", 1)[-1].strip(" \t\u3000\u00a0*")
    if len(line) <= _LONG_LINE or _ENDED.search(line) or _PLAIN_VOW.search(line):
        return None
    rest = re.split(r"[。！!？?]", line[-_LAST_CLAUSE_CHARS:])[-1]
    if _SECOND_HEAD.search(rest) or (len(rest) <= _SIGNATURE_CHARS and _SIGNATURE.search(rest)):
        return None
    if _appealed_before_a_list(report) or (report.main_end < len(report.text) and _closed(report)):
        return None
    said = f"It ends in mid-sentence: …{line[-30:]}"
    return Finding("truncated", "warn", said, _WHOLE, len(main) - len(line), len(main))


def _ends_early(report: ReportText) -> Finding | None:
    """There is no closing, or hardly a text."""
    closing = _closed(report)
    kinds = {part.kind for part in report.sections}
    in_lines = report.text.count("\n") >= _LINES_WITH_HEADINGS
    ends_in_review = in_lines and "review" in kinds and "plan" not in kinds
    pages = report.hints.get("pagination")
    if closing == "appeal" or (closing and not ends_in_review):
        if report.n_main_chars >= _SHORT:
            return None
        said = f"It has {report.n_main_chars:,} characters; a report has thousands."
        return Finding("truncated", "warn", said, _WHOLE)
    said = f"It ends without a closing: …{report.tail[-30:]}"
    if ends_in_review:
        said = f"It ends in its review, before any plan: …{report.tail[-30:]}"
    if pages:
        said += f" It is one page of several ({pages[:40]})."
    end = len(report.text[: report.main_end].rstrip())
    return Finding("truncated", "warn", said, _WHOLE, max(end - 30, 0), end)


def _closed(report: ReportText) -> str:
    """How the speech closes: with an ``appeal``, a ``vow``, weaker, or not at all.

    Looked for before the annexes, and at the very end too: an annex may not be one.
    """
    for tail in (report.tail, report.last_words):
        closing = _closing_of(tail[-_SEARCHED_CHARS:])
        if closing:
            return closing
    return "appeal" if _appealed_before_a_list(report) else ""


def _closing_of(tail: str) -> str:
    if _APPEAL.search(tail[-_CLOSING_CHARS:]):
        return "appeal"
    sentences = [one.strip("”」") for one in _SENTENCE.findall(tail)][-_LAST_SENTENCES:]
    if any(_STRUGGLE.search(one) for one in sentences[-_STRUGGLE_SENTENCES:]):
        return "appeal"
    if not sentences or _THANKS.search(sentences[-1]):
        return ""
    if _VOW.search(sentences[-1]):
        return "vow"
    if not _LISTENERS.search(tail[-_CLOSING_CHARS:]):
        return ""
    vowed = _PLAIN_VOW.search(sentences[-1]) or any(_VOW.search(one) for one in sentences)
    return "vow" if vowed or any(_RESOLVED.search(one) for one in sentences) else ""


def _appealed_before_a_list(report: ReportText) -> bool:
    """Whether the speech closed earlier, and what follows is a list that no heading announces."""
    text = report.text
    at = max(text.rfind("让我们"), text.rfind("团结在以"), text.rfind("团结在党"))
    if at < _CLOSED_AFTER * len(text):
        return False
    return "各位代表" in text[max(at - _ADDRESS_BEFORE, 0) : at] and "各位代表" not in text[at:]


def _begins_late(report: ReportText) -> Finding | None:
    """The text begins in the middle of a report: no head, no greeting, no first heading."""
    start = report.opening.compact
    filled = [line for line in report.text[:_OPENING_CHARS].split("\n") if line.strip()]
    lines = [_MARKS.sub("", line) for line in filled[:_GREETS_WITHIN]] or [""]
    if (
        _ASKS.search(start, 0, _ASKS_WITHIN)
        or _MEETING.search(start, 0, _MEETS_WITHIN)
        or any(_TITLE.search(line) for line in report.title_lines)
        or any(_GREETS.fullmatch(line) for line in lines)
        or _FIRST_LINE.match(lines[0])
    ):
        return None
    said = f"It begins in the middle: {lines[0][:40]}…"
    return Finding("truncated", "warn", said, _WHOLE, 0, min(len(report.text), 40))


def _finding(rule: str, said: str, hint: str, found: re.Match[str]) -> Finding:
    return Finding(rule, "warn", said, hint, *found.span())
