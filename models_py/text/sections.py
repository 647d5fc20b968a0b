"""The parts of a report: what it reviews, what it plans, what is annexed, and the rest.

Read from headings at line starts. The year of the report, and whether a part counts, are decided
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["review", "plan", "annex", "other"]
_Style = Literal["part", "number", "plain"]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the text under headings of one kind.

    Attributes:
        kind: ``review`` (years gone by), ``plan`` (years to come), ``annex`` (glossary, notes,
            lists after the speech) or ``other`` (what no heading tells of, such as the opening).
        start: offset in characters of the heading's line; 0 for the first section.
        end: offset after its last character, where the next section starts.
        heading: the words of the heading that opens it; empty for the opening.
    """

    kind: Kind
    start: int
    end: int
    heading: str


@dataclass(frozen=True, slots=True)
class _Heading:
    """A line that may open a part: after "第一部分" or "一、", or short and by itself."""

    style: _Style
    start: int
    words: str
    lead: str


_NUMERAL: Final = "一二三四五六七八九十"
_NUMBERED: Final = re.compile(
    rf"[\s#*>\\]*(?:(?P<part>第[{_NUMERAL}]{{1,3}}部分)|[{_NUMERAL}]{{1,3}}[ \u3000]*[、.．])"
    r"[\s:：、*]*(?P<words>[^\s*].*)"
)
# A numbered heading ends with its bold type, its clause, or the space before the text it leads.
_WORDS_END: Final = re.compile(r"\*\*|[。；;！!？?：:]|(?<=[^\s\d]{4})[ \t\u3000]+(?=\S)")
_MARKS: Final = re.compile(r"[\s#*>_\\]+|^、")
_PLAIN_DIGITS: Final = str.maketrans("０１２３４５６７８９", "0123456789")
_LONGEST_WORDS: Final = 60
_LONGEST_PLAIN_LINE: Final = 60
_LONGEST_ANNEX_LINE: Final = 45
_LEAD_LENGTH: Final = 240

# Of 992 real reports, all but two with a review begin it in the first eighth, and no annex begins
# before 63 %; a list of annexes may stand at the top.
_REVIEW_BEFORE: Final = 0.15
_ANNEX_AFTER: Final = 0.4

_YEAR: Final = rf"(?:19|20)\d\d年|[一二][九〇○Ｏ零][{_NUMERAL}〇○Ｏ零]{{2}}年"
_REVIEW: Final = re.compile(
    r"回顾|回眸|过去|今年以来|[一二三四五两几]年来|成就|成绩|成效|总结|[去上]年|[上本]届政府"
    r"|(?:(?:任务|目标|计划|规划|重点工作)[^，]{0,6})?(?:完成|执行|进展|实施|基本)情况"
)
# Slogans over plans speak of 成就 too ("取得新成就"): only these lead back from plan to review.
_REVIEW_AFTER_PLAN: Final = re.compile(r"回顾|总结|(?:完成|执行)情况")
_FUTURE: Final = re.compile(
    r"今后|未来|今年(?!以来)|明年|新的?一年|下一|远景|展望|设想|打算|(?:做好|抓好).*工作"
)
_GOALS: Final = re.compile(
    r"(?:总体|工作)(?:要求|思路|考虑|安排|部署|目标|任务|重点|建议|意见|打算)|指导思想|思路|任务目标"
    r"|(?:目标任务|主要(?:任务|目标|举措)|重点(?:任务|目标|工作)|奋斗目标"
    rf"|(?:{_YEAR}|[{_NUMERAL}]五).*(?:目标|任务|要求|计划|安排|重点|措施|规划))(?!.*(?:完成|实现))"
)
_YEARS_WORK: Final = re.compile(rf"(?:{_YEAR})[^，]{{0,10}}工作")
# A short line by itself opens a part only if it begins with a time and is no clause or title.
_NAMES_A_TIME: Final = re.compile(
    rf"(?:关于|对|(?:扎实|全力|努力)?做好)?"
    rf"(?:{_YEAR}|过去|今后|未来|今年|去年|本届|[一二三四五]年|[“\"]?十?[{_NUMERAL}]五[”\"]?)"
    r"(?:(?!报告)[^，,。；;！!？?：:])*"
)
_LEADS_REVIEW: Final = re.compile(r"过去|[一二三四五]年来|去年|回顾|[上本]届政府|上年")
_LEADS_PLAN: Final = re.compile(
    r"今后|今年|未来|新的一年|总体要求|指导思想|奋斗目标|主要目标|主要任务|我们要|我们将|必须"
)
_BEGINS_WITH_YEAR: Final = re.compile(rf"[\s*]*(?:{_YEAR})")
_ANNEX: Final = re.compile(
    r"附(?:[件录表页注]?[一二三四五六七八九\d]{0,2}[:：]?|[件录]?[一二三四五六七八九\d]?[:：].*)"
    r"|注释?[:：]?"
    r"|[^，。；]*(?:名词|术语|词语|缩略语|报告》注释|报告》?修改)[^，。；（(]*(?:[（(].*)?"
)
_ANNEX_BRACKETS: Final = "-—[]【】()（）"


def split_sections(text: str) -> list[Section]:
    """Divide a report into review, plan, annex and other.

    A heading's words decide; words such as "2019年工作", which fit either, mean the review the
    first time and the plan after it. A heading that tells nothing continues the part it stands
    in, unless the lines under it speak of the year to come. An annex begins with a heading of its
    own in the later part of the text and runs to the end.

    Args:
        text: a report's body, paragraphs on lines of their own.

    Returns:
        Sections in order, without gaps; none for an empty text. Neighbours differ in kind.
    """
    reading = _Reading(len(text))
    marks: list[tuple[Kind, _Heading]] = []
    annex: _Heading | None = None
    for heading in _headings(text):
        if reading.is_annex(heading):
            annex = annex or heading
            continue
        kind = reading.kind(heading)
        if kind is None or (annex and not _names_a_part(heading)):
            continue
        annex = None
        if reading.enter(kind, heading):
            marks.append((kind, heading))
    if annex:
        marks.append(("annex", annex))
    return _cover(text, marks)


def _headings(text: str) -> Iterator[_Heading]:
    start = 0
    for line in text.split("\n"):
        heading = _heading(text, line, start) if line else None
        if heading is not None:
            yield heading
        start += len(line) + 1


def _heading(text: str, line: str, start: int) -> _Heading | None:
    numbered = _NUMBERED.match(line)
    if numbered is None:
        if len(line) > _LONGEST_PLAIN_LINE:
            return None
        words, end = line, len(line)
    else:
        words = numbered["words"]
        for stop in _WORDS_END.finditer(words):
            if len(line) > _LONGEST_PLAIN_LINE or not stop[0].isspace():
                words = words[: stop.start()]
                break
        if len(words) > _LONGEST_WORDS:
            return None
        end = numbered.start("words") + len(words)
    words = _MARKS.sub("", words).translate(_PLAIN_DIGITS)
    if not words:
        return None
    style: _Style = "plain" if numbered is None else "part" if numbered["part"] else "number"
    lead = text[start + end : start + end + _LEAD_LENGTH]
    if style != "plain" and _is_listed(style, lead):
        return None
    return _Heading(style, start, words, lead)


def _is_listed(style: _Style, lead: str) -> bool:
    """Whether the next of the same style follows at once: a table of contents, not a heading."""
    following = _NUMBERED.match(lead.lstrip("*；;。 \t\n\u3000"))
    return following is not None and (style == "part") == bool(following["part"])


def _names_a_part(heading: _Heading) -> bool:
    """Whether the words alone show a part of a report, however the line is set."""
    return _NAMES_A_TIME.fullmatch(heading.words) is not None


@dataclass(slots=True)
class _Reading:
    """Where the reading of one report stands.

    Attributes:
        length: characters of the report.
        state: the part read now.
        opening: the words of the heading that opened it.
        style: how the report sets its top headings, known once one has told; numbers below
            headings of another style are of a lower level and decide nothing.
    """

    length: int
    state: Kind = "other"
    opening: str = ""
    style: _Style | None = None

    def enter(self, kind: Kind, heading: _Heading) -> bool:
        """Go on under a heading that told its kind; say whether that is another part."""
        self.style = self.style or heading.style
        if kind == self.state:
            return False
        self.state, self.opening = kind, heading.words
        return True

    def is_annex(self, heading: _Heading) -> bool:
        """Whether a line by itself in the later part of the text opens its annex."""
        if heading.style != "plain" or heading.start < self.length * _ANNEX_AFTER:
            return False
        words = heading.words.strip("-—[]【】()（）")
        return len(words) <= _LONGEST_ANNEX_LINE and _ANNEX.fullmatch(words) is not None

    def kind(self, heading: _Heading) -> Kind | None:
        """What a heading opens, or None for one that continues the part it stands in."""
        top = heading.style != "plain" and self.style in (None, heading.style)
        if not top and not _names_a_part(heading):
            return None
        words = heading.words
        if self.state == "plan":
            return "review" if _REVIEW_AFTER_PLAN.search(words) else None
        review, future, goals = (rule.search(words) for rule in (_REVIEW, _FUTURE, _GOALS))
        if review and (not future or review.start() <= future.start()):
            return "review"
        trusted = self.state == "review" or not top
        if future or (goals and (trusted or not _leads_first(heading, _LEADS_REVIEW))):
            return "plan"
        begins = self.state == "other" and heading.start < self.length * _REVIEW_BEFORE
        if _YEARS_WORK.search(words):
            return "review" if begins else "plan"
        return self._kind_by_lead(heading, begins) if top else None

    def _kind_by_lead(self, heading: _Heading, begins: bool) -> Kind | None:
        """What the lines under a top heading of slogans speak of."""
        if begins:
            past = _LEADS_REVIEW.search(heading.lead) or _BEGINS_WITH_YEAR.match(heading.lead)
            return "review" if past else None
        # One heading for both ("2004年工作回顾和2005年工作总体要求") leaves the rest to the plan.
        both = _FUTURE.search(self.opening) or _GOALS.search(self.opening)
        return "plan" if both or _leads_first(heading, _LEADS_PLAN) else None


def _leads_first(heading: _Heading, rule: re.Pattern[str]) -> bool:
    """Whether, of what the lines under a heading say of past and future, the rule's is first."""
    found = [other.search(heading.lead) for other in (rule, _LEADS_REVIEW, _LEADS_PLAN)]
    first = min((match.start() for match in found if match), default=-1)
    return found[0] is not None and found[0].start() == first


def _cover(text: str, marks: list[tuple[Kind, _Heading]]) -> list[Section]:
    sections: list[Section] = []
    if text and (not marks or marks[0][1].start > 0):
        end = marks[0][1].start if marks else len(text)
        sections.append(Section("other", 0, end, ""))
    ends = [heading.start for _, heading in marks[1:]] + [len(text)] * bool(marks)
    for (kind, heading), end in zip(marks, ends, strict=True):
        sections.append(Section(kind, heading.start, end, heading.words))
    return sections
