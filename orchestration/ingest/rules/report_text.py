"""What the rules look at: a record's text, its opening, its tail, its parts and its level words.

Each view is made once for all rules. What the views mean is the rules' business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from models_py.text.sections import Section, split_sections
from orchestration.ingest.evidence import Evidence

SAMPLE_MARKER = "【芯库示例文本：由程序生成，不是政府文件】"
NUMERAL = r"[一二三四五六七八九十百\d]+"
# 名位代表 stands in the national report of 1979, 位代表 where the first characters were lost.
GREETING = re.compile(r"[各名]?位代表|各位委员|同志们")

# Date, session and speaker stand before the first greeting; the longest head of the 1,070 real
# reports, a web page with its furniture, is 700 characters.
_OPENING_CHARS = 1_500
_HEAD_WITHOUT_GREETING = 400
_TAIL_CHARS = 1_500
_MARKUP = re.compile(r"[\s*#＊]+")
_MARKS = frozenset("*#＊")
# Patterns that begin with a set are five times as fast as one that begins with a look behind.
_WHOLE = re.compile(r"[全我]([省市州盟县区旗])(?![长域级])")
_BODY = re.compile(r"([省市州盟县区旗])(?:委(?![员托派])|政府)")
_NO_DISTRICT = frozenset("治社园发新管辖厂林牧灌校片库各县市")
_AREA = ("行署", "地委", "行政公署")


class Opening:
    """The opening of a text without white space and markup, with the way back to its offsets."""

    def __init__(self, text: str) -> None:
        """Reads the first 1,500 characters of a text."""
        opening = text[:_OPENING_CHARS]
        kept = [i for i, char in enumerate(opening) if not char.isspace() and char not in _MARKS]
        self.compact = "".join(opening[i] for i in kept)
        self._offsets = [*kept, len(opening)]
        greeting = GREETING.search(self.compact)
        self.greets = greeting is not None
        short = min(len(self.compact), _HEAD_WITHOUT_GREETING)
        self.before_greeting = greeting.start() if greeting else short

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the text of a stretch of ``compact``."""
        return self._offsets[start], self._offsets[max(end - 1, start)] + 1

    def evidence(self, fact: str, value: str, start: int, end: int) -> Evidence:
        """A fact read from a stretch of ``compact``."""
        return Evidence(fact, value, "text", self.compact[start:end], *self.place(start, end))


class ReportText:
    """A record as the rules see it.

    Attributes:
        text: the body.
        hints: what stands beside it, as in `orchestration.ingest.records.Record`.
        names: the member's name and the file's path, part by part, the nearest first.
        warnings: what its reader said of it.
    """

    def __init__(
        self,
        text: str,
        hints: Mapping[str, str],
        names: tuple[str, ...],
        warnings: tuple[str, ...] = (),
    ) -> None:
        """Keeps the record; the views are made when they are asked for."""
        self.text = text
        self.hints = hints
        self.names = names
        self.warnings = warnings

    @cached_property
    def opening(self) -> Opening:
        """The first 1,500 characters without white space."""
        return Opening(self.text)

    @cached_property
    def is_sample(self) -> bool:
        """Whether it is one of the bundled sample, whose texts are far shorter than a report."""
        return SAMPLE_MARKER in self.text

    @cached_property
    def sections(self) -> list[Section]:
        """Review, plan, annex and the rest."""
        return split_sections(self.text)

    @cached_property
    def main_end(self) -> int:
        """Offset where the annexes begin, or the text's length."""
        return next((part.start for part in self.sections if part.kind == "annex"), len(self.text))

    @cached_property
    def tail(self) -> str:
        """The last 1,500 characters before the annexes, without white space and marks.

        Source lines and links to other reports, which web pages print below, are left out.
        """
        return _tail(self.text, self.main_end)

    @cached_property
    def last_words(self) -> str:
        """The same of the whole text, annexes and all."""
        return _tail(self.text, len(self.text))

    @cached_property
    def n_main_chars(self) -> int:
        """Characters before the annexes, white space not counted."""
        return len("".join(self.text[: self.main_end].split()))

    @cached_property
    def level_words(self) -> Counter[str]:
        """How often 全省, 我市, 县委, 区政府 and the like are said, by 省, 市, 州, 盟, 县, 区, 旗.

        行署 and 地委, the government and committee of an area (地区), count as 地. 自治区, 社区 and
        开发区 are no 区; 全区 and 我区, which may mean any of these, count by themselves.
        """
        text = self.text
        words = Counter(_WHOLE.findall(text))
        words["全区"] = words.pop("区", 0)
        for found in _BODY.finditer(text):
            before = text[found.start() - 1 : found.start()]
            if before not in _NO_DISTRICT if found[1] == "区" else before != "各":
                words[found[1]] += 1
        words["地"] = sum(text.count(word) for word in _AREA)
        return words

    @cached_property
    def title_lines(self) -> tuple[str, ...]:
        """The lines above the greeting without white space, or the short ones at the top."""
        lines = [_MARKUP.sub("", line) for line in self.text[:_OPENING_CHARS].split("\n")[:40]]
        filled = [line for line in lines if line]
        for at, line in enumerate(filled):
            if GREETING.match(line):
                return tuple(filled[:at])
        return tuple(line for line in filled[:4] if len(line) <= _TITLE_CHARS)

    @cached_property
    def file_stem(self) -> str:
        """The name of the member or file without its extension."""
        name = next((part for part in self.names if part and not _ROW.fullmatch(part)), "")
        return re.sub(r"\.\w{1,8}$", "", name.rsplit("/", 1)[-1])

    def speaks_for(self, body: str) -> bool:
        """Whether the opening is spoken on behalf of a body that a pattern names."""
        return re.search(rf"我.{{0,16}}代表.{{0,20}}?(?:{body})", self.opening.compact) is not None


def _tail(text: str, end: int) -> str:
    lines = text[max(end - _TAIL_CHARS, 0) : end].split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _is_page_line(lines[-1])):
        lines.pop()
    return _LAST_NOTE.sub("", _MARKUP.sub("", "\n".join(lines)))


def _is_page_line(line: str) -> bool:
    return len(line) <= _PAGE_LINE_CHARS and _PAGE_LINE.search(line) is not None


_PAGE_LINE = re.compile(
    r"工作报告|来源\s*[:：]|www\.|https?:|相关链接|日电\s*$|责任编辑|编辑\s*[:：]|打印|关闭|上一[篇条]|下一[篇条]|主题词|抄送"
    r"|^\s*\||^\s*注\s*[:：]"
    r"|^.{0,24}(?:人民政府|办公[室厅]|秘书处|[\d一二三四五六七八九十]日|印发?)[\s*]*$"
)
_PAGE_LINE_CHARS = 90
# （《人民日报》1957年6月27日）, （完）, （市政府办公厅年鉴处）.
_LAST_NOTE = re.compile(r"(?:[（(【][^（）()【】]{1,40}[）)】]){1,3}$")
_TITLE_CHARS = 60
_ROW = re.compile(r"(?:row|line) \d+")
