"""What web pages print around a report: buttons, breadcrumbs, source lines, related links.

Only whole lines are judged, and only what a report never says in a line of its own: a sentence
that holds 全屏 (生态安全屏障) or 打印 (3D打印) is never furniture. Beyond the tables of words there
is one rule of place: source and date lines count only near the top or the end.
"""

from __future__ import annotations

import re

# A line is furniture anywhere when nothing but separators is left after taking these out.
_BUTTONS = re.compile(
    r"(?:打印|关闭|返回)(?:本页|此页|窗口|页面|该页)?|下载(?:文件|全文|打印)?|全屏|我要收藏|收藏|"
    r"加大|还原|减小|放大|缩小|默认|加入收藏|设为首页|"
    r"分享到?(?:微信|微博|新浪微博|朋友圈|QQ空间|人人网)?|一键分享|微信|微博|QQ空间|朋友圈|"
    r"扫一扫(?:在手机)?(?:打开|分享|查看)?(?:当前页|本页|手机版)?|"
    r"(?:字体|字号|文字)(?:大小)?\s*[:：]?\s*[【\[(（]?\s*[大中小特默认超\s]{0,12}|"
    r"E-mail推荐|网站地图|无障碍浏览|语音播报|返回顶部|纠错"
)
_SEPARATORS = re.compile(r"[\s【】\[\]()（）|｜/\\>＞»·•:：×✕*_,，、-]*")
_LONE_SEPARATORS = re.compile(r"[】\[\])）|｜>＞»×✕·•]{1,3}|【")

# Furniture anywhere: fixed openings that run to the end of a short line.
_NOTICES = re.compile(
    r"(?:您现在的位置|您的位置|您所在的位置|当前位置|所在位置)\s*[:：].{0,80}|"
    r"[(（\[【]?\s*责任编辑\s*[:：]?\s*.{0,20}|"
    r"(?:浏览次数|浏览量|阅读量|阅读次数|访问量|点击数|点击量|点击率)\s*[:：]?\s*[\d,\[\]【】次\s]{0,16}|"
    r"中央政府门户网站\s*www\.gov\.cn.{0,60}|"
    r"[》>]*\s*点击(?:图片|这里|此处)进入.{0,20}|"
    r"扫描?二维码.{0,20}|"
    r".{0,30}(?:版权所有|ICP备).{0,60}"
)

# The pager of an article in several pages: furniture, but a sign that pages may be missing.
_PAGER = re.compile(r"[|<>«»\s\d]*(?:上一页|下一页|末页|尾页)[|<>«»\s\d上下一页首末尾共第]*")

# Furniture near the top or the end only.
_LABEL = re.compile(
    r"[(（]?\s*(?P<label>来\s*源|信息来源|文章来源|稿件来源|发布机构|作\s*者|编\s*辑|审\s*核|责\s*编|"
    r"(?:发布|发表|更新|成文)?(?:时间|日期))\s*[:：]\s*(?P<value>[^。；！？]{0,40}?)\s*[)）]?"
)
_PUBLISHERS = frozenset({"来源", "信息来源", "文章来源", "稿件来源", "发布机构"})
_DATE = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})")
_OUTLET = re.compile(r"[^\s。：:]{1,18}(?:报|网|社|台|端|政府|办公厅|办公室|委|厅|局|中心)")
_CLOCK = re.compile(
    r"\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日)"
    r"(?:\s+\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{0,2})?)?\s*"
)
_ATTACHMENT = re.compile(
    r"(?:文档|相关)?附件(?:下载)?\s*[:：]|[-*·\d.、\s]*\S.{0,80}\.(?:pdf|docx?|wps|ofd|xlsx?|zip|rar)",
    re.IGNORECASE,
)
_SIZES = frozenset({"大", "中", "小", "特大", "超大", "Aa", "A+", "A-"})

_TAIL_ANCHOR = re.compile(
    r"相关(?:报道|链接|附件|文档|新闻|阅读|稿件|文章|专题|解读|信息)\s*[:：>＞》»]*|延伸阅读\s*[:：]?|"
    r"(?:上一篇|下一篇|上一条|下一条)\s*[:：].{0,80}"
)
_ANNEX = re.compile(r"附[件录表：:]|名词解释|注\s*释|附\s*注|术语|说\s*明")
_SALUTATION = re.compile(r"(?:各位|同志们)\S{0,6}[:：!！]?")

_TOP_LINES = 40
_END_LINES = 12
# What follows the anchor in the 2026 pages is at most 420 characters, 1.6 % of the text.
_MAX_TAIL_CHARS = 1_500
_MAX_TAIL_SHARE = 0.10
# A longer line than this is prose, not the title of a linked page.
_MAX_LINK_CHARS = 120


def strip(lines: list[str]) -> tuple[list[str], dict[str, str]]:
    """Take page furniture off.

    Args:
        lines: the lines of a text, without trailing white space.

    Returns:
        The lines kept, and hints from source and date lines (``publisher``, ``publish_date``)
        and from a pager (``pagination``).
    """
    lines = _cut_tail(lines)
    hints: dict[str, str] = {}
    top, end = _top(lines), _end(lines)
    crumbs = _breadcrumbs(lines[:top])
    kept: list[str] = []
    pending = ""
    for at, line in enumerate(lines):
        key = _key(line)
        if pending and key:
            label, pending = pending, ""
            if _answers(label, key):
                _note(hints, label, key)
                continue
        if _PAGER.fullmatch(key):
            hints.setdefault("pagination", " ".join(key.split()))
            continue
        if at in crumbs or (key and _is_furniture(key)):
            continue
        if at < top or at >= end:
            label_only = _edge(key, hints)
            if label_only is not None:
                pending = label_only
                continue
        kept.append(line)
    return kept, hints


def _key(line: str) -> str:
    """A line without indent and Markdown marks, as the tables of words have it."""
    return line.strip().strip("*_#").strip()


def _is_furniture(key: str) -> bool:
    if len(key) > 120:
        return False
    if _LONE_SEPARATORS.fullmatch(key) or _NOTICES.fullmatch(key) or _TAIL_ANCHOR.fullmatch(key):
        return True
    bare = _BUTTONS.sub("", key)
    return bare != key and _SEPARATORS.fullmatch(bare) is not None


def _edge(key: str, hints: dict[str, str]) -> str | None:
    """Judge a line near the top or end.

    Returns:
        None to keep it; the label whose value stands on the next line, or ``""``, to drop it.
    """
    if not key or len(key) > 120:
        return None
    if key in _SIZES or _ATTACHMENT.fullmatch(key):
        return ""
    clock = _CLOCK.fullmatch(key)
    # A bare 2014年1月16日 may be the day of delivery; with a time of day it is the page's own.
    if clock and ("年" not in key or "时" in key or ":" in key):
        _note(hints, "时间", key)
        return ""
    label = _LABEL.fullmatch(key)
    if label is None:
        return None
    name = re.sub(r"\s", "", label["label"])
    _note(hints, name, label["value"])
    return "" if label["value"] else name


def _answers(label: str, key: str) -> bool:
    """Whether a line is the value of a label that stood alone on the line before."""
    if label in _PUBLISHERS:
        return _OUTLET.fullmatch(key) is not None
    return _CLOCK.fullmatch(key) is not None


def _note(hints: dict[str, str], label: str, value: str) -> None:
    """Keep what a source or date line says; the first of each wins."""
    dated = _DATE.search(value)
    if dated:
        year, month, day = (int(part) for part in dated.groups())
        hints.setdefault("publish_date", f"{year}-{month:02}-{day:02}")
    if label in _PUBLISHERS and value:
        hints.setdefault("publisher", value.split(maxsplit=1)[0])


def _top(lines: list[str]) -> int:
    """Where the head of the page ends: at the salutation, or after 40 lines."""
    filled = 0
    for at, line in enumerate(lines):
        filled += bool(line.strip())
        if filled > _TOP_LINES or _SALUTATION.fullmatch(_key(line)):
            return at
    return len(lines)


def _end(lines: list[str]) -> int:
    """Where the last dozen filled lines begin."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return filled[-_END_LINES] if len(filled) > _END_LINES else 0


def _breadcrumbs(lines: list[str]) -> set[int]:
    """Line numbers of 首页 > 政务信息 > 要闻 that stands one word a line."""
    found: set[int] = set()
    filled = [(at, _key(line)) for at, line in enumerate(lines) if line.strip()]
    index = 0
    while index < len(filled):
        at, word = filled[index]
        index += 1
        if word != "首页":
            continue
        found.add(at)
        while index + 1 < len(filled) and filled[index][1] in (">", ">>", "＞", "»"):
            word = filled[index + 1][1]
            if len(word) > 20:
                break
            found.update((filled[index][0], filled[index + 1][0]))
            index += 2
        # The last crumb is often printed again as the heading of the column.
        if index < len(filled) and filled[index][1] == word != "首页":
            found.add(filled[index][0])
            index += 1
    return found


def _cut_tail(lines: list[str]) -> list[str]:
    """Cut the links that follow a page's end, if they are few, short and no annex."""
    total = sum(map(len, lines))
    allowed = min(_MAX_TAIL_CHARS, _MAX_TAIL_SHARE * total)
    size = 0
    cut = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        key = _key(lines[at])
        size += len(lines[at])
        if size > allowed or len(key) > _MAX_LINK_CHARS or _ANNEX.match(key):
            break
        if _TAIL_ANCHOR.fullmatch(key) or (key and _is_tail_button(key)):
            cut = at
    return lines[:cut]


def _is_tail_button(key: str) -> bool:
    return key.startswith(("打印本页", "关闭窗口", "责任编辑", "扫一扫")) and _is_furniture(key)
