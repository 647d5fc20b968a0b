"""The rule ``not_a_report``: resolutions, word lists, news, plans, budgets, other bodies' reports.

A text that speaks to an assembly on behalf of a government is a report, whatever its title: 北京
2001 and 上海 2006 delivered the outline of a five-year plan as the report of the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestration.ingest.finding import Finding
from orchestration.ingest.rules.report_text import GREETING, ReportText

_ELSEWHERE = "Put the report itself into the folder; this text can stay elsewhere."
# The shortest of 1,070 real reports has 5,269 characters, of the bundled sample's 673. What is
# shorter than this is a page that lost its text, and would be counted as a report without a hit.
_MIN_CHARS = 200
_HEADINGS_ONLY_CHARS = 3_000
_CHARS_A_SENTENCE = 150
_LONG_ENOUGH = 4_000
_LONG_WITHOUT_HEAD = 2_000
_FIRST_CHARS = 300
_TITLE_CHARS = 120
_ADDRESS = re.compile(r"(?:各位代表|各位委员|同志们)[：:，,！!、]|[各名]?位代表[：:！!]")
_REPORT_WORDS = re.compile(r"政府工作报告|工作报告|各位代表|人民代表大会|人大.{1,4}次会议|向大会")
_LOOKS_BACK_AND_AHEAD = re.compile(r"工作回顾|过去[一五]年|[一五]年来|主要工作|工作安排|重点工作")
_FOR_GOVERNMENT = re.compile(
    r"(?:代表|受).{0,24}?(?:人民政府|政府|国务院|行署|行政公署)(?!.{0,6}委托)"
    r"|(?:作|报告)(?:一年来的|过去五年的)?政府工作"
)
_OTHER_BODIES = {
    "the report of a people's congress's standing committee": (
        "人大常委会|人民代表大会常务委员会|常务委员会"
    ),
    "the report of a court": "人民法院|中级法院|高级法院",
    "the report of a procuratorate": "人民检察院",
    "the report of a consultative conference": "政协|政治协商会议",
    "the report of a Party committee": (
        "(?:中国共产党|中共|党).{0,24}(?:委员会|[市省州县区旗盟地]委)"
        "|[市省州县区旗盟地]委(?:常委会|常务委员会)?(?=，?向)"
    ),
}
_BEHALF_OF_OTHERS = tuple(
    (re.compile(rf"我谨?(?:受.{{0,16}}?委托，?)?(?:代表|受).{{0,10}}?(?:{body})"), what)
    for what, body in _OTHER_BODIES.items()
)
# 受市人民政府委托，现将2018年计划执行情况…提请审议: spoken for a government, by its planners.
_ON_PLAN_OR_BUDGET = re.compile(
    r"委托.{0,60}?(?P<what>计划执行情况|计划(?:（?草案）?)?的?报告|预算执行情况|预算（?草案|决算)"
)
# What a title may say that the text is; 说明 and 解读 are written about reports.
_RESOLUTION = re.compile(r"关于.{0,24}工作报告》?的?(?:决议|决定)|(?:批准|同意).{0,16}工作报告")
_TITLES: dict[str, tuple[str, ...]] = {
    "a word list": (
        r"工作报告.{0,12}(?:名词|术语|词语|注释|缩略语)",
        r"^(?:名词|术语|词语|缩略语)(?:解释|注释|释义)",
    ),
    "a report on the economic plan": (
        r"国民经济和?社会发展.{0,16}(?<!五年)计划.{0,36}(?:执行情况|草案|报告)",
        r"计划执行情况",
    ),
    "a report on the budget": (
        r"(?:预算|决算).{0,30}(?:执行|草案|报告)",
        r"财政收支.{0,12}报告",
    ),
    "the report of a people's congress's standing committee": (
        r"(?:人大|人民代表大会)常(?:务委员会|委会).{0,4}工作报告",
    ),
    "the report of a court": (r"法院.{0,4}工作报告",),
    "the report of a procuratorate": (r"检察院.{0,4}工作报告",),
    "the report of a consultative conference": (
        r"(?:政协|政治协商会议|常务委员会).{0,20}(?:工作报告|提案)",
    ),
    "the report of a Party committee": (
        r"(?:中国共产党|中共).{0,24}代表大会.{0,6}报告",
        r"党代会.{0,4}报告",
        r"[市省州县]委(?:常委会)?工作报告",
    ),
    "a statistical communiqué": (r"统计公报",),
    "the outline of a plan": (
        r"(?:五年|十五|十[一二三四五]五|九五).{0,3}(?:计划|规划).{0,16}纲要(?!.{0,16}(?:报告|说明))",
    ),
    "a text about a report": (
        r"(?:起草|修改).{0,8}说明|(?:报告|稿|草案|情况)》?的?说明",
        r"解读|图解|一图|读懂|亮点|速览|数读|学习体会|心得|侧记|综述|问答|答记者问",
    ),
    "a paper that follows from a report": (
        r"(?:任务|责任|工作|目标).{0,4}分[解工]|分工方案",
        r"督查|办理情况|落实.{0,20}工作报告|审议意见",
        r"征求.{0,20}意见.{0,6}(?:通知|函|公告)",
    ),
    "a half-year report": (r"上半年.{0,12}(?:工作|报告)", r"半年.{0,6}报告"),
    "another yearly report": (
        r"(?:信息公开|法治政府建设|依法行政).{0,12}报告(?<!政府工作报告)",
        r"述职",
    ),
    "the report of a department": (
        r"(?:局|厅|办公室|办|委员会|委|中心|处)(?:关于)?(?:(?:19|20)\d\d年)?(?:度)?(?:工作)?"
        r"(?:总结|报告|要点|计划|汇报)",
    ),
    "a speech on another occasion": (r"贺词|致辞|讲话$|新闻发布会",),
}
_OTHER_TITLES = tuple((re.compile("|".join(patterns)), what) for what, patterns in _TITLES.items())
_NEWS = re.compile(
    r"(?:本报|本网|本台|我报|日报|晚报|新华社|中新[社网]|人民网|新华网|电视台|融媒)[^。]{0,24}?"
    r"(?:讯|电|报道|消息|记者)|[网报]讯|记者[^。]{1,16}(?:报道|摄)|（记者|\(记者|通讯员"
)
_REPORTED = re.compile(
    r"会议(?:听取|指出|认为|强调|审议|由)|大会(?:听取|执行主席|由|开幕|审议)"
    r"|代表(?:政府|市政府|县政府)?作(?:了)?(?:政府)?工作报告|作(?:了)?(?:《)?政府工作报告"
    r"|报告(?:指出|提出|认为|强调|回顾|说)"
    r"|(?:市长|省长|州长|他|她)(?:在报告中)?(?:指出|说|强调|表示|提出)"
    r"|代表们|代表团|出席(?:会议|大会)|主持(?:会议|大会)|开幕|讨论(?:审议)?政府工作报告"
)
_RESOLVES = re.compile(
    r"(?:会议|大会).{0,60}(?:审议|听取).{0,80}工作报告|(?:决定|同意).{0,6}批准(?:这个|此|该|市|省)?.{0,10}报告"
)
_GLOSS = re.compile(
    r"^\W*(?:[\d一二三四五六七八九十]{1,3}[、．.\s）)])?.{1,30}(?:[：:]|——|是指|，指)", re.M
)


def kind_findings(report: ReportText) -> Iterator[Finding]:
    """``not_a_report``, once at most.

    Args:
        report: the record.
    """
    what, start, end = _other_kind(report)
    if what:
        yield Finding("not_a_report", "error", what, _ELSEWHERE, start, end)
        return
    length = len("".join(report.text.split()))
    if length < _MIN_CHARS:
        yield Finding(
            "not_a_report",
            "error",
            f"The text has {length} characters; a report has thousands.",
            "Look whether the file holds the report itself, and not only its title or a notice.",
        )
    elif not _says_that_it_is_one(report):
        yield Finding(
            "not_a_report",
            "error",
            "Nothing in the text's opening says that it is a government work report.",
            "If it is one, add its title line 政府工作报告; if not, move it out of reports/.",
        )
    elif length < _HEADINGS_ONLY_CHARS and _only_headings(report, length):
        yield Finding(
            "not_a_report",
            "error",
            f"The text has {length} characters and hardly a sentence: it is a list of headings.",
            "Look whether the file holds the report itself, and not only its table of contents.",
        )


def _other_kind(report: ReportText) -> tuple[str, int | None, int | None]:
    """A sentence on what the text is instead, with its place, or an empty one."""
    lines = _title_zone(report)
    resolution = next(filter(None, map(_RESOLUTION.search, lines)), None)
    if _ADDRESS.search(report.opening.compact):
        if _speaks_for_government(report) and resolution is None:
            return "", None, None
        other = _speech_of_another(report)
        if other[0]:
            return other
    if resolution is not None:
        return _sentence("a resolution on a report", resolution[0]), None, None
    for pattern, what in _OTHER_TITLES:
        found = next(filter(None, map(pattern.search, lines)), None)
        if found is not None:
            return _sentence(what, found[0]), None, None
    if _ADDRESS.search(report.opening.compact):
        return "", None, None
    return _without_a_title(report)


def _after_greeting(report: ReportText) -> str:
    start = report.opening.before_greeting
    return report.opening.compact[start : start + _FIRST_CHARS]


def _speaks_for_government(report: ReportText) -> bool:
    """Whether the speech is a government's: by its first words, or by its head."""
    after = _after_greeting(report)
    if _FOR_GOVERNMENT.search(after):
        return True
    return not _speech_of_another(report)[0] and (
        _FOR_GOVERNMENT.search(report.opening.compact) is not None
    )


def _speech_of_another(report: ReportText) -> tuple[str, int | None, int | None]:
    """What the first words of a speech say that is no government's work report."""
    after, start = _after_greeting(report), report.opening.before_greeting
    for pattern, what in (*_BEHALF_OF_OTHERS, (_ON_PLAN_OR_BUDGET, "on the plan or the budget")):
        found = pattern.search(after)
        if found:
            place = report.opening.place(found.start() + start, found.end() + start)
            return _sentence(what, found[0]), *place
    return "", None, None


def _without_a_title(report: ReportText) -> tuple[str, int | None, int | None]:
    """Resolutions, news and word lists that only their words show."""
    opening = report.opening
    found = _RESOLVES.search(opening.compact, 0, _FIRST_CHARS)
    if found and len(report.text) < _LONG_ENOUGH:
        return _sentence("a resolution on a report", found[0]), *opening.place(*found.span())
    reported = _REPORTED.findall(opening.compact)
    news = _NEWS.search(opening.compact, 0, _FIRST_CHARS)
    whole = {"review", "plan"} <= {part.kind for part in report.sections}
    short = len(report.text) < _LONG_ENOUGH
    if (news and reported and (short or not whole)) or (len(reported) > 1 and short):
        quote = news[0] if news else reported[0]
        return _sentence("news of a report", quote), None, None
    lines = [line for line in report.text.split("\n")[:200] if line.strip()]
    glosses = sum(_GLOSS.match(line) is not None for line in lines)
    if len(lines) > 3 and glosses >= 0.8 * len(lines) and not report.opening.greets:
        return _sentence("a word list", lines[0].strip()[:30]), None, None
    return "", None, None


def _sentence(what: str, quote: str) -> str:
    return f"The text is {what}, not a government work report: {quote[:60]}."


def _title_zone(report: ReportText) -> list[str]:
    """Everything that may be a title: the lines at the top, front matter, the file's name."""
    lines = [line[:_TITLE_CHARS] for line in report.title_lines if not GREETING.search(line)]
    return [*lines, "".join(report.hints.get("title", "").split()), report.file_stem]


def _says_that_it_is_one(report: ReportText) -> bool:
    if _REPORT_WORDS.search(report.hints.get("title", "") + report.opening.compact):
        return True
    return len(report.text) >= _LONG_WITHOUT_HEAD and (
        GREETING.search(report.text) is not None
        or len(_LOOKS_BACK_AND_AHEAD.findall(report.text)) > 1
    )


def _only_headings(report: ReportText, length: int) -> bool:
    stops = sum(report.text.count(stop) for stop in "。！!；")
    return not report.is_sample and stops * _CHARS_A_SENTENCE < length
