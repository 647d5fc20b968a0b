"""Whose report it is, by the text, by front matter and by the names it lies under.

The text is read where a report names its own region: session, speech on behalf of a government,
speaker, title; a region named in passing is no evidence. A county or district is found too,
although no region of the table: what follows from it is decided in ``region``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from orchestration.ingest.evidence import Evidence
from orchestration.ingest.regions import (
    AmbiguousRegion,
    Level,
    Region,
    RegionMention,
    RegionTable,
)
from orchestration.ingest.rules.report_text import NUMERAL, ReportText

SESSION = re.compile(
    rf"(?:第?{NUMERAL}届)(?:全国)?(?:人民代表大会|人大)(?:第?{NUMERAL}[次届](?:全体)?(?:会议|大会))?"
    rf"|(?:全国)?(?:人民代表大会|人大)第?{NUMERAL}[次届](?:全体)?(?:会议|大会)"
)
_ON_BEHALF = re.compile(
    r"我(?:受.{0,12}委托，?)?代表(?P<whose>.{0,14}?)(?:人民政府|政府|国务院|行政公署|行署)"
)
_TITLE = re.compile(r"(?:人民)?政府(?:(?:19|20)\d\d年)?(?:度)?工作报告")
_SPEAKS = re.compile(
    r"(?:人民政府|行署|行政公署)?(?:代|代理)?(?:省长|市长|州长|盟长|专员|主席|总理)"
)
_OWN_LEVEL = re.compile(r"我.{0,16}代表(?P<level>省|市|州|盟|自治区)(?:人民)?政府")
_LOWER_NAME = r"[\u4e00-\u9fff]{0,24}?(?:自治县|自治旗|县|旗|林区|特区|区|市)"
_ZONE = re.compile(r"我.{0,8}代表(?P<zone>[^，。]{2,24}?)管(?:理)?委(?:员)?会")
_LOWER = re.compile(
    rf"(?:^|[在于：—\-日上）)\d])(?P<session>{_LOWER_NAME})"
    rf"(?=第?{NUMERAL}届(?:人民代表大会|人大)|(?:人民代表大会|人大)第?{NUMERAL}[次届])"
    rf"|(?:我|谨|委托，?)代表(?P<behalf>{_LOWER_NAME})(?=人民政府|政府)"
    rf"|(?P<speaker>{_LOWER_NAME})(?:人民政府)?(?:代|代理)?(?:县长|区长|旗长)"
)
_LOWER_TITLE = re.compile(
    rf"^(?:(?:19|20)\d\d年)?(?P<title>{_LOWER_NAME})(?:人民)?(?:政府)?(?:(?:19|20)\d\d年)?(?:度)?"
    r"(?:人民)?政府工作报告"
)
# 在中共合肥市委领导下: in 118 real reports of cities every committee named so is their own.
_COMMITTEE = re.compile(r"中共(?P<place>[\u4e00-\u9fff]{2,9}?[市州县区旗盟])委(?!员|办)")
_NO_PLACE = re.compile(r"中央|国务院|[省和及与新我本]|自治区")
# 我省, 全市 and the like are no names; 自治区 and 地区 are not below a prefecture.
_NO_NAME = re.compile(r".?市|.*(?:自治区|地区|行政区|开发区)")


@dataclass(frozen=True)
class LowerLevel:
    """A county, district, banner or county-level city that the text speaks of as its own.

    ``name`` is bare (县) where the text gives no more; ``start`` and ``end`` are offsets.
    """

    name: str
    quote: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class RegionsTold:
    """Everything that speaks of a record's region.

    Attributes:
        evidence: regions with what they were read from, best first.
        lower: a place below the prefectures, if the text is of one.
        named: what the nearest name that names any region means, with that name.
        ambiguous: a name that means several regions and is nearer than any that means one.
        overruled: what the text told and was not believed.
    """

    evidence: tuple[tuple[Region, Evidence], ...] = ()
    lower: LowerLevel | None = None
    named: tuple[tuple[Region, str], ...] = ()
    ambiguous: AmbiguousRegion | None = field(default=None, compare=False)
    overruled: tuple[Region, Evidence] | None = None

    def by(self, *places: str) -> list[tuple[Region, Evidence]]:
        """The evidence from some places, best first."""
        return [(region, item) for region, item in self.evidence if item.place in places]


def tell_regions(report: ReportText, regions: RegionTable, year: int | None) -> RegionsTold:
    """Collect what speaks of a record's region.

    Args:
        report: the record.
        regions: the region table.
        year: its report year, where known: names hold for years.
    """
    told = list(_by_text(report, regions, year)) or list(_by_committee(report, regions, year))
    told += _by_front_matter(report, regions, year)
    named: list[tuple[Region, str]] = []
    for name in report.names:
        for region in _regions_of(name, regions, year):
            told.append((region, Evidence("region", region.name, "name", name)))
            named.append((region, name))
        if named:
            break
    ambiguous = _ambiguous(report, regions)
    if ambiguous is not None and (not told or told[0][1].place == "name"):
        meant = list(_by_level(report, ambiguous))
        told, ambiguous = [*meant, *told], None if meant else ambiguous
    return RegionsTold(tuple(told), _lower(report, regions), tuple(named), ambiguous)


def _by_text(
    report: ReportText, regions: RegionTable, year: int | None
) -> Iterator[tuple[Region, Evidence]]:
    """The region of session, speech, speaker and title, in this order."""
    opening = report.opening
    mentions = regions.find_all(opening.compact, year=year)
    session = SESSION.search(opening.compact, 0, opening.before_greeting)
    if session is not None:
        yield from _of_session(report, mentions, session.start())
    for found in _ON_BEHALF.finditer(opening.compact):
        if "国务院" in found[0]:
            yield regions.get("100000"), opening.evidence("region", "全国", *found.span())
            break
        start, end = found.span("whose")
        named = [m for m in mentions if start <= m.start and m.end <= end + 1]
        if named:
            region = named[-1].region
            yield region, opening.evidence("region", region.name, *found.span())
            break
    for pattern in (_SPEAKS, _TITLE):
        for mention in mentions:
            follows = pattern.match(opening.compact, mention.end)
            if follows and mention.end <= opening.before_greeting:
                yield (
                    mention.region,
                    opening.evidence("region", mention.region.name, mention.start, follows.end()),
                )
                break


def _of_session(
    report: ReportText, mentions: list[RegionMention], session_at: int
) -> Iterator[tuple[Region, Evidence]]:
    for mention in mentions:
        reaches = 0 <= session_at - mention.end <= 2 or mention.start <= session_at < mention.end
        national = mention.region.level == "nation" and 0 <= mention.start - session_at <= 8
        if reaches or national:
            first, past = min(mention.start, session_at), max(mention.end, session_at + 2)
            yield (
                mention.region,
                report.opening.evidence("region", mention.region.name, first, past),
            )
            return


def _committees(report: ReportText) -> Iterator[re.Match[str]]:
    for found in _COMMITTEE.finditer(report.text):
        if not _NO_PLACE.search(found["place"]):
            yield found


def _by_committee(
    report: ReportText, regions: RegionTable, year: int | None
) -> Iterator[tuple[Region, Evidence]]:
    """The city whose Party committee the text names most, where nothing else tells."""
    places = Counter(found["place"] for found in _committees(report))
    for place, _ in places.most_common(1):
        named = _regions_of(place, regions, year)
        at = report.text.find(place)
        if named and named[-1].level == "city":
            quote = Evidence(
                "region", named[-1].name, "text", f"中共{place}委", at - 2, at + len(place) + 1
            )
            yield named[-1], quote


def _by_front_matter(
    report: ReportText, regions: RegionTable, year: int | None
) -> Iterator[tuple[Region, Evidence]]:
    column = report.hints.get("region", "")
    found = _resolve(column, regions, year) if column else None
    if found:
        yield found, Evidence("region", found.name, "front_matter", column)
    title = report.hints.get("title", "")
    for region in _regions_of(title, regions, year):
        yield region, Evidence("region", region.name, "front_matter", title)


def _regions_of(name: str, regions: RegionTable, year: int | None) -> list[Region]:
    """The regions in a title or name; one whose name does not hold in the year is meant too."""
    return _last_of_each(regions.find_all(name, year=year)) or _last_of_each(regions.find_all(name))


def _resolve(name: str, regions: RegionTable, year: int | None) -> Region | None:
    for known in (year, None):
        try:
            return regions.resolve(name, year=known)
        except LookupError:
            continue
    return None


def _ambiguous(report: ReportText, regions: RegionTable) -> AmbiguousRegion | None:
    """The first name, column or title word that means two regions (吉林)."""
    candidates = [report.hints.get("region", ""), report.file_stem, *report.names]
    for name in candidates:
        bare = re.sub(r"\.\w{1,8}$|[\d年_\-\s（）()]|政府工作报告", "", name)
        if not 2 <= len(bare) <= _LONGEST_NAME:
            continue
        try:
            regions.resolve(bare)
        except AmbiguousRegion as problem:
            return problem
        except LookupError:
            continue
        return None
    return None


def _by_level(report: ReportText, ambiguous: AmbiguousRegion) -> Iterator[tuple[Region, Evidence]]:
    """Which region a name means whose level the opening tells: 我代表省人民政府, 吉林省第九届."""
    opening = report.opening.compact
    found = _OWN_LEVEL.search(opening)
    level: Level = "city" if found and found["level"] in "市州盟" else "province"
    meant = [region for region in ambiguous.candidates if found and region.level == level]
    spans = [found.span()] if found else []
    if found is None:
        meant = [region for region in ambiguous.candidates if region.full_name in opening]
        spans = [(opening.find(one.full_name),) * 2 for one in meant]
    if len(meant) == 1:
        start, end = spans[0]
        end = end if end > start else start + len(meant[0].full_name)
        yield meant[0], report.opening.evidence("region", meant[0].name, start, end)


def _last_of_each(mentions: list[RegionMention]) -> list[Region]:
    """In 江苏省南京市 the city is meant: a parent right before its child is dropped."""
    found = [mention.region for mention in mentions]
    parents = {first.code for first, then in pairwise(found) if then.parent_code == first.code}
    return [region for region in found if region.code not in parents]


def _lower(report: ReportText, regions: RegionTable) -> LowerLevel | None:
    """A place below the prefectures named by session, speech, speaker or title."""
    opening = report.opening
    for found in _LOWER.finditer(opening.compact, 0, opening.before_greeting + _ON_BEHALF_WITHIN):
        kind = found.lastgroup or "speaker"
        if kind != "behalf" and found.start(kind) > opening.before_greeting:
            continue
        name = _own_name(found[kind], regions)
        if name:
            start, end = found.start(kind), min(found.end() + _QUOTED_AFTER, len(opening.compact))
            return LowerLevel(name, opening.compact[start:end], *opening.place(start, end))
    for line in (*report.title_lines, report.hints.get("title", "")):
        titled = _LOWER_TITLE.search(line)
        name = _own_name(titled["title"], regions) if titled else None
        if titled and name:
            return LowerLevel(name, titled[0], None, None)
    zone = _ZONE.search(opening.compact)
    if zone:
        return LowerLevel(zone["zone"], zone[0], *opening.place(*zone.span()))
    for committee in _committees(report):
        name = _own_name(committee["place"], regions)
        if name:
            return LowerLevel(name, committee[0], *committee.span())
    return None


def _own_name(words: str, regions: RegionTable) -> str | None:
    """The last place in 苏州市昆山市, unless the table knows it: 昆山市."""
    whole = re.split(r"[在于]", words)[-1]
    known = [mention.end for mention in regions.find_all(whole) if mention.end < len(whole)]
    name = whole[max(known, default=0) :]
    if _NO_NAME.fullmatch(name):
        return None
    level: Level | None
    for level in ("city", "province"):
        try:
            regions.resolve(name, level=level)
        except AmbiguousRegion:
            return None
        except LookupError:
            continue
        return None
    return name


_LONGEST_NAME = 12
_ON_BEHALF_WITHIN = 150
_QUOTED_AFTER = 8
