"""Whose report a text is, and of which year: read from the text first, names last, evidence kept.

Pure: a record and its path go in, an `Identity` comes out. Which document of a region and year is
counted is decided in ``orchestration.ingest.primary``; how a file becomes text in
``orchestration.ingest.reports``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import pairwise

from orchestration.ingest.dates import DATE, SMALL, YEAR, read_date, read_year
from orchestration.ingest.evidence import Evidence, Place
from orchestration.ingest.heading_years import heading_years
from orchestration.ingest.records import Record
from orchestration.ingest.regions import Level, Region, RegionMention, RegionTable
from orchestration.ingest.soundness import Completeness, completeness_of, unlike_a_report

SAMPLE_MARKER = "【芯库示例文本：由程序生成，不是政府文件】"

# Date, session and speaker stand before the first greeting; the longest head of the 1,070 real
# reports, a web page with its furniture, is 700 characters.
_HEAD_CHARS = 1_500
_MARKUP = re.compile(r"[\s*#＊]+")
_NUMERAL = r"[一二三四五六七八九十百\d]+"
_SESSION = re.compile(
    rf"(?:第?{_NUMERAL}届)(?:全国)?(?:人民代表大会|人大)(?:第?{_NUMERAL}[次届](?:全体)?(?:会议|大会))?"
    rf"|(?:全国)?(?:人民代表大会|人大)第?{_NUMERAL}[次届](?:全体)?(?:会议|大会)"
)
_MONTH = re.compile(rf"(?P<year>{YEAR})年{SMALL}月(?=在|于)")
_ON_BEHALF = re.compile(r"我(?:受.{0,12}委托，?)?代表(.{0,14}?)(?:人民政府|政府|国务院)")
_SPEAKER = re.compile(
    r"^[*#（(—\-\s]*(?P<who>[^，。：:；]{0,20}?(?:代?省\s*长|代?市\s*长|自治区(?:代)?主席|国务院(?:代)?总理)"
    r"[^，。：:；\d]{2,16})[*）)\s]*$",
    re.MULTILINE,
)
_TITLE_LINE = re.compile(
    r"^[*#\s]*(?P<title>[^，。；\n]{0,40}政\s*府\s*工\s*作\s*报\s*告[^，。；\n]{0,20}?)[*\s]*$",
    re.M,
)
_GREETING = re.compile(r"各位代表|各位委员|同志们")
_PUBLISHED = re.compile(r"(?:来源|发布|时间|日期|编辑|新华社|字体|浏览|时\d|电$)")


@dataclass(frozen=True)
class Identity:
    """What a report says of itself; ``problem`` is set where it must not be counted."""

    region: Region | None
    report_year: int | None
    reviewed_year: int | None
    plan_year: int | None
    delivered_on: date | None
    session: str | None
    speaker: str | None
    title: str | None
    completeness: Completeness
    is_sample: bool
    problem: str | None = None
    hint: str | None = None
    evidence: tuple[Evidence, ...] = field(default=())

    def evidence_rows(self) -> list[dict[str, object]]:
        """The evidence as plain rows, for JSON."""
        return [asdict(item) for item in self.evidence]

    def disagreements(self) -> list[str]:
        """Facts on which text and names differ, a sentence each."""
        sentences = []
        for fact in ("region", "report_year"):
            told = [item for item in self.evidence if item.fact == fact]
            chosen = told[0] if told else None
            for other in told[1:]:
                if chosen and other.place == "name" and other.value != chosen.value:
                    sentences.append(
                        f"{fact}: the {chosen.place.replace('_', ' ')} says {chosen.value} "
                        f"({chosen.quote}), the name says {other.value} ({other.quote})"
                    )
        return sentences


@dataclass(frozen=True)
class _Names:
    """What stands beside the text: front matter or columns, and the names it lies under."""

    hints: Mapping[str, str]
    nearest_first: tuple[str, ...]


class _Head:
    """The opening of a text without white space and markup, with the way back to its offsets."""

    def __init__(self, text: str) -> None:
        opening = text[:_HEAD_CHARS]
        kept = [i for i, char in enumerate(opening) if not _MARKUP.match(char)]
        self.compact = "".join(opening[i] for i in kept)
        self._offsets = [*kept, len(opening)]
        greeting = _GREETING.search(self.compact)
        self.before_greeting = greeting.start() if greeting else min(len(self.compact), 400)

    def evidence(self, fact: str, value: str, start: int, end: int) -> Evidence:
        first, past = self._offsets[start], self._offsets[max(end - 1, start)] + 1
        return Evidence(fact, value, "text", self.compact[start:end], first, past)


def identify(record: Record, path: str, regions: RegionTable) -> Identity:
    """Read region, year and the rest from one record.

    Args:
        record: a report's text with what its file says about it.
        path: path of the file inside the landing zone.
        regions: the region table.
    """
    text = record.text
    head = _Head(text)
    hints = record.hints
    delivered, date_evidence = _delivered(head, hints)
    session, session_at = _session(head)
    reviewed, planned, heading_evidence = heading_years(text)
    names = _Names(hints, (record.locator, *reversed(path.split("/"))))
    year, year_evidence = _report_year(text, delivered, reviewed, planned, head, names)
    told = list(_region_evidence(head, session_at, names, regions, year))
    region = told[0][0] if told else None
    problem, hint = _problem(told, year, text, hints.get("title", ""))
    evidence = (
        *(item for _, item in told),
        *date_evidence,
        *year_evidence,
        *heading_evidence,
        *session,
    )
    spoken = _SPEAKER.search(text, 0, _HEAD_CHARS)
    heading = _TITLE_LINE.search(text, 0, _HEAD_CHARS)
    return Identity(
        region=region,
        report_year=year,
        reviewed_year=reviewed or (year - 1 if year else None),
        plan_year=planned or year,
        delivered_on=delivered if delivered and abs(delivered.year - (year or 0)) <= 1 else None,
        session=session[0].value if session else None,
        speaker=re.sub(r"\s+", " ", spoken["who"]).strip() if spoken else None,
        title=hints.get("title") or (re.sub(r"\s+", "", heading["title"]) if heading else None),
        completeness=completeness_of(text, hints),
        is_sample=SAMPLE_MARKER in text,
        problem=problem,
        hint=hint,
        evidence=evidence,
    )


def _session(head: _Head) -> tuple[list[Evidence], int | None]:
    found = _SESSION.search(head.compact, 0, head.before_greeting)
    if not found:
        return [], None
    return [head.evidence("session", found[0], *found.span())], found.start()


def _delivered(head: _Head, hints: Mapping[str, str]) -> tuple[date | None, list[Evidence]]:
    """The date of delivery: the one beside the session, else the first that is no dateline."""
    zone = head.compact[: head.before_greeting]
    session = _SESSION.search(zone)
    dated = []
    for found in DATE.finditer(zone):
        day = read_date(found)
        beside = session is not None and _is_beside(zone, found, session)
        around = (
            zone[max(found.start() - 8, 0) : found.start()] + zone[found.end() : found.end() + 4]
        )
        if day and (beside or not _PUBLISHED.search(around)):
            dated.append((not beside, found.start(), day, found))
    if dated:
        _, _, day, found = min(dated, key=lambda item: item[:2])
        return day, [head.evidence("delivered_on", day.isoformat(), *found.span())]
    title = hints.get("title", "")
    for found in DATE.finditer(re.sub(r"\s+", "", title)):
        day = read_date(found)
        if day:
            return day, [Evidence("delivered_on", day.isoformat(), "front_matter", title)]
    return None, []


def _is_beside(zone: str, day: re.Match[str], session: re.Match[str]) -> bool:
    """Whether a date and the session belong together: 日在四川省第…届, 会议上（2020年…."""
    between = zone[day.end() : session.start()] or zone[session.end() : day.start()]
    return len(between) <= 16 and "年" not in between and "。" not in between


def _report_year(
    text: str,
    delivered: date | None,
    reviewed: int | None,
    planned: int | None,
    head: _Head,
    names: _Names,
) -> tuple[int | None, list[Evidence]]:
    """The year the report counts for, and everything that speaks of it, best first."""
    told: list[tuple[int, Place, str]] = []
    if delivered:
        year = delivered.year
        # A session in the last quarter counts for the year its plan is for, where it has one. The
        # national report of November 1981 speaks of 1982 three times and plans no single year.
        spoken = text.count(f"{year + 1}年") >= max(3, text.count(f"{year}年"))
        ahead = planned == year + 1 or reviewed == year or spoken
        late = delivered.month >= 10 and ahead
        told.append((year + late, "text", f"delivered on {delivered.isoformat()}"))
    month = _MONTH.search(head.compact, 0, head.before_greeting)
    named = read_year(month["year"]) if month else None
    if month and named and not delivered:
        told.append((named, "text", month[0]))
    if planned or reviewed:
        year = planned or (reviewed or 0) + 1
        told.append((year, "text", f"plans {planned}" if planned else f"reviews {reviewed}"))
    for key in ("title", "year"):
        hint = names.hints.get(key, "")
        years = re.findall(rf"(?<!\d)({YEAR})(?!\d)", re.sub(r"\s+", "", hint))
        told += [(year, "front_matter", hint) for year in map(read_year, years[:1]) if year]
    for name in names.nearest_first:
        years = re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", name)
        if years:
            told.append((int(years[0]), "name", name))
            break
    # 江苏 2003 carries "2010年2月20日" at its head; its headings and its name both say 2003.
    if len(told) > 2 and {item[0] for item in told[1:]} == {told[1][0]} and told[1][1] == "text":
        told = [*told[1:], told[0]] if abs(told[0][0] - told[1][0]) > 1 else told
    evidence = [Evidence("report_year", str(year), place, quote) for year, place, quote in told]
    return (told[0][0] if told else None), evidence


def _region_evidence(
    head: _Head,
    session_at: int | None,
    names: _Names,
    regions: RegionTable,
    year: int | None,
) -> Iterator[tuple[Region, Evidence]]:
    """Every region that the report or its name speaks of as its own, best evidence first."""
    mentions = regions.find_all(head.compact, year=year)
    if session_at is not None:
        for mention in mentions:
            reaches = (
                0 <= session_at - mention.end <= 2 or mention.start <= session_at < mention.end
            )
            national = mention.region.level == "nation" and 0 <= mention.start - session_at <= 8
            if reaches or national:
                first, past = min(mention.start, session_at), max(mention.end, session_at + 2)
                yield mention.region, head.evidence("region", mention.region.name, first, past)
                break
    for found in _ON_BEHALF.finditer(head.compact):
        if "国务院" in found[0]:
            yield regions.get("100000"), head.evidence("region", "全国", *found.span())
            break
        named = [m for m in mentions if found.start(1) <= m.start and m.end <= found.end(1) + 1]
        if named:
            yield named[-1].region, head.evidence("region", named[-1].region.name, *found.span())
            break
    for mention in mentions:
        follows = head.compact[mention.end : mention.end + 8]
        if mention.end <= head.before_greeting and re.match(
            r"(?:人民政府)?代?(?:省长|市长|主席|总理)", follows
        ):
            yield (
                mention.region,
                head.evidence("region", mention.region.name, mention.start, mention.end + 4),
            )
            break
    yield from _named_regions(names, regions, year)


def _named_regions(
    names: _Names, regions: RegionTable, year: int | None
) -> Iterator[tuple[Region, Evidence]]:
    column = names.hints.get("region", "")
    found = _resolve(column, regions, year) if column else None
    if found:
        yield found, Evidence("region", found.name, "front_matter", column)
    title = names.hints.get("title", "")
    for mention in _last_of_each(regions.find_all(title, year=year)):
        yield mention, Evidence("region", mention.name, "front_matter", title)
    for name in names.nearest_first:
        for region in _last_of_each(regions.find_all(name, year=year)):
            yield region, Evidence("region", region.name, "name", name)


def _resolve(name: str, regions: RegionTable, year: int | None) -> Region | None:
    """The region of a table column, where 吉林 without a suffix means the province."""
    levels: tuple[Level | None, ...] = (None, "province", "city")
    for level in levels:
        try:
            return regions.resolve(name, level=level, year=year)
        except LookupError:
            continue
    return None


def _last_of_each(mentions: list[RegionMention]) -> list[Region]:
    """In 江苏省南京市 the city is meant: a parent right before its child is dropped."""
    found = [mention.region for mention in mentions]
    parents = {first.code for first, then in pairwise(found) if then.parent_code == first.code}
    return [region for region in found if region.code not in parents]


def _problem(
    told: list[tuple[Region, Evidence]], year: int | None, text: str, title: str
) -> tuple[str | None, str | None]:
    """Why the report must not be counted, and what to do about it."""
    unlike = unlike_a_report(text, title)
    if unlike:
        return unlike
    if not told:
        return (
            "No region is named in the text, in its title or in the file's name.",
            "Put it into a folder named after its region, such as 江苏省, and build again.",
        )
    region, basis = told[0]
    named = [(other, item) for other, item in told if item.place == "name"]
    related = {region.code, region.parent_code}
    agrees = [r for r, _ in named if r.code in related or r.parent_code == region.code]
    if basis.place == "text" and named and not agrees:
        other, item = named[0]
        return (
            f"The text is {region.full_name}'s ({basis.quote}), its name says {other.full_name} "
            f"({item.quote}).",
            "Move it to the folder of its own region, or correct the name, and build again.",
        )
    if year is None:
        return (
            "No year is given in the text, in its title or in the file's name.",
            "Put the year of delivery into the file's name, such as 2026.md, and build again.",
        )
    return None, None
