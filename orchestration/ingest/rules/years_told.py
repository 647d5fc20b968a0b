"""Which year a report is of, by its date, its headings, front matter and the names it lies under.

Whether a name that says otherwise is accused is decided in ``year``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from orchestration.ingest.dates import (
    DATE,
    MONTH_AND_DAY,
    NUMERIC_DATE,
    SMALL,
    YEAR,
    read_date,
    read_year,
)
from orchestration.ingest.evidence import Evidence, Place
from orchestration.ingest.heading_years import HeadingYears, heading_years
from orchestration.ingest.rules.occasions import occasion_year
from orchestration.ingest.rules.regions_told import SESSION
from orchestration.ingest.rules.report_text import ReportText

_MONTH = re.compile(rf"(?P<year>{YEAR})年(?P<month>{SMALL})月(?=在|于|[）)]|中国|$)")
_TITLE_YEAR = re.compile(rf"(?P<year>{YEAR})年(?:度)?[^，。；]{{0,16}}?政府工作报告")
_PUBLISHED = re.compile(r"(?:来源|发布|时间|日期|编辑|新华社|字体|浏览|时\d|电$|[讯电]）?$)")
_BRACKETS = re.compile(r"[（(][^）)]{0,24}$")
_NAME_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
# How many characters may stand between a day and its session: 日下午在四川省.
_BESIDE = 16
# A session in the last quarter may count for the next year, one before never does.
_LAST_QUARTER = 10


@dataclass(frozen=True)
class Delivery:
    """The day of delivery.

    Attributes:
        day: the day.
        sure: whether it stands beside the session or in brackets: （2003年1月10日 某人）.
        evidence: its place.
    """

    day: date
    sure: bool
    evidence: Evidence


@dataclass(frozen=True)
class YearsTold:
    """Everything that speaks of a report's year.

    Attributes:
        report_year: the year it counts for: the year delivered, or the year planned by a session
            of the last quarter.
        delivery: the day of delivery, unless the rest contradicts it.
        headings: the years of the text's own headings.
        evidence: years with what they were read from, best first.
        accepted: years that a name may rightly carry.
        certain: whether the text's evidence is enough to say that a name is wrong.
        conflict: how the text contradicts itself, in a sentence; empty if it does not.
    """

    report_year: int | None
    delivery: Delivery | None
    headings: HeadingYears
    evidence: tuple[Evidence, ...]
    accepted: frozenset[int]
    certain: bool
    conflict: str = ""


def tell_years(report: ReportText) -> YearsTold:
    """Collect what speaks of a record's year and settle it."""
    delivery = _delivery(report)
    headings = heading_years(report.text)
    names = [*_front_matter_years(report), *_name_year(report)]
    if delivery is not None:
        return _dated(report, delivery, headings, names)
    told: list[tuple[int, Place, str]] = []
    month = _MONTH.search(report.opening.compact, 0, report.opening.before_greeting)
    named = read_year(month["year"]) if month else None
    if month and named:
        told.append((named, "text", month[0]))
    if headings.counted:
        told.append((headings.counted, "text", _of_headings(headings)))
    titled = _own_title_year(report)
    if titled:
        told.append((titled[0], "text", titled[1]))
    occasion = occasion_year(report.text) if not told or not headings.explicit else None
    if occasion:
        told.append((occasion[0], "text", occasion[1]))
    settled = _settled([*told, *names], None, headings, certain=len({one[0] for one in told}) == 1)
    if len(told) == 1 and occasion:
        # A session of December may speak of the anniversary to come.
        return _accepting(settled, {occasion[0] - 1})
    doubtful = len(told) == 1 and headings.counted and not (headings.explicit or _both(headings))
    return _accepting(settled, {_read_otherwise(headings)}) if doubtful else settled


def _read_otherwise(headings: HeadingYears) -> int:
    """The year that "2007年工作" would tell, read as plan instead of review or the other way."""
    return headings.reviewed or (headings.planned or 0) + 1


def _dated(
    report: ReportText,
    delivery: Delivery,
    headings: HeadingYears,
    names: list[tuple[int, Place, str]],
) -> YearsTold:
    """Settle the year of a report that gives its day, which may be misprinted."""
    day = delivery.day
    # The national report of November 1981 speaks of 1982 three times and plans no single year.
    spoken = report.text.count(f"{day.year + 1}年") >= max(3, report.text.count(f"{day.year}年"))
    late = day.month >= _LAST_QUARTER
    ahead = late and (headings.counted == day.year + 1 or spoken)
    counted = day.year + ahead
    by_day = (counted, delivery.evidence.place, f"delivered on {day.isoformat()}")
    if headings.counted is None:
        return _settled([by_day, *names], delivery, headings, certain=delivery.sure, late=late)
    by_headings: tuple[int, Place, str] = (headings.counted, "text", _of_headings(headings))
    if headings.counted == counted:
        return _settled([by_day, by_headings, *names], delivery, headings, certain=True, late=late)
    conflict = f"Its date says {day.isoformat()}, but it {by_headings[2]}."
    if _misprinted(delivery, headings, names):
        # 江苏 2003 carries "2010年2月20日" at its head; its headings and its name both say 2003.
        told = [by_headings, *names, by_day]
        settled = _settled(told, None, headings, certain=_both(headings), conflict=conflict)
    else:
        told = [by_day, by_headings, *names]
        settled = _settled(told, delivery, headings, certain=delivery.sure, conflict=conflict)
    likely = {counted, headings.counted}
    agreed = any(year in likely for year, _, _ in names)
    return settled if not agreed else _accepting(settled, likely)


def _misprinted(
    delivery: Delivery, headings: HeadingYears, names: list[tuple[int, Place, str]]
) -> bool:
    """Whether the headings are to be believed rather than the day.

    In January many still write the year gone by: a report cannot review the year it is given in.
    """
    agree = [year for year, _, _ in names if year in (headings.counted, delivery.day.year)]
    if agree:
        return agree[0] == headings.counted
    return _both(headings) and not (delivery.sure and headings.counted != delivery.day.year + 1)


def _both(headings: HeadingYears) -> bool:
    return headings.reviewed is not None and headings.planned is not None


def _of_headings(headings: HeadingYears) -> str:
    if headings.planned:
        return f"plans {headings.planned}"
    return f"reviews {headings.reviewed}"


def _settled(
    told: list[tuple[int, Place, str]],
    delivery: Delivery | None,
    headings: HeadingYears,
    *,
    certain: bool,
    late: bool = False,
    conflict: str = "",
) -> YearsTold:
    accepted = {told[0][0]} if told else set[int]()
    if delivery and late:
        # Named by the year delivered or by the year counted, both are right.
        accepted |= {delivery.day.year, delivery.day.year + 1}
    return YearsTold(
        report_year=told[0][0] if told else None,
        delivery=delivery,
        headings=headings,
        evidence=tuple(
            Evidence("report_year", str(year), place, quote) for year, place, quote in told
        ),
        accepted=frozenset(accepted),
        certain=certain,
        conflict=conflict,
    )


def _accepting(told: YearsTold, years: set[int]) -> YearsTold:
    return YearsTold(
        told.report_year,
        told.delivery,
        told.headings,
        told.evidence,
        told.accepted | years,
        told.certain,
        told.conflict,
    )


def _delivery(report: ReportText) -> Delivery | None:
    """The day of delivery: the one beside the session, else the first that is no dateline."""
    opening = report.opening
    zone = opening.compact[: opening.before_greeting]
    session = SESSION.search(zone)
    found: list[tuple[bool, int, date, re.Match[str]]] = []
    for pattern in (DATE, NUMERIC_DATE):
        for match in pattern.finditer(zone):
            day = read_date(match)
            beside = session is not None and _is_beside(zone, match, session)
            before, after = zone[max(match.start() - 24, 0) : match.start()], zone[match.end() :]
            stated = beside or (
                not _PUBLISHED.search(before[-8:] + after[:4])
                and (pattern is DATE or _BRACKETS.search(before) is not None)
            )
            if day and stated:
                found.append((not beside, match.start(), day, match))
    if found:
        loose, _, day, match = min(found, key=lambda item: item[:2])
        bracketed = _BRACKETS.search(zone[max(match.start() - 24, 0) : match.start()]) is not None
        place = opening.evidence("delivered_on", day.isoformat(), *match.span())
        return Delivery(day, bracketed or not loose, place)
    return _without_year(report, zone, session) or _by_title(report)


def _is_beside(zone: str, day: re.Match[str], session: re.Match[str]) -> bool:
    """Whether a date and the session belong together: 日在四川省第…届, 会议上（2020年…."""
    between = zone[day.end() : session.start()] or zone[session.end() : day.start()]
    return len(between) <= _BESIDE and "年" not in between and "。" not in between


def _without_year(report: ReportText, zone: str, session: re.Match[str] | None) -> Delivery | None:
    """宁波 2001: 2001年政府工作报告（2月22日在市第十一届人民代表大会第四次会议上."""
    titled = _own_title_year(report)
    match = MONTH_AND_DAY.search(zone)
    if not (titled and match and session and _is_beside(zone, match, session)):
        return None
    day = read_date(match, titled[0])
    if day is None:
        return None
    place = report.opening.evidence("delivered_on", day.isoformat(), *match.span())
    return Delivery(day, sure=True, evidence=place)


def _by_title(report: ReportText) -> Delivery | None:
    title = report.hints.get("title", "")
    compact = "".join(title.split())
    for match in (*DATE.finditer(compact), *NUMERIC_DATE.finditer(compact)):
        day = read_date(match)
        if day:
            place = Evidence("delivered_on", day.isoformat(), "front_matter", title)
            return Delivery(day, sure=True, evidence=place)
    return None


def _own_title_year(report: ReportText) -> tuple[int, str] | None:
    """The year in the text's own title line: 2001年政府工作报告."""
    for line in report.title_lines:
        found = _TITLE_YEAR.search(line)
        year = read_year(found["year"]) if found else None
        if found and year:
            return year, found[0]
    return None


def _front_matter_years(report: ReportText) -> list[tuple[int, Place, str]]:
    told: list[tuple[int, Place, str]] = []
    for key in ("title", "year"):
        hint = report.hints.get(key, "")
        years = re.findall(rf"(?<!\d)({YEAR})(?!\d)", "".join(hint.split()))
        year = read_year(years[0]) if years else None
        if year:
            told.append((year, "front_matter", hint))
    return told


def _name_year(report: ReportText) -> list[tuple[int, Place, str]]:
    """The year of the nearest name that carries one; gov_reports1954-2017.txt carries none."""
    for name in report.names:
        years = {int(year) for year in _NAME_YEAR.findall(name)}
        if len(years) == 1:
            return [(years.pop(), "name", name)]
    return []
