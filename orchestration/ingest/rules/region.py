"""Rules on a record's region and level: those it tells against the names it lies under."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from orchestration.ingest.evidence import Evidence
from orchestration.ingest.finding import Finding
from orchestration.ingest.regions import Region, RegionTable
from orchestration.ingest.rules.regions_told import RegionsTold
from orchestration.ingest.rules.report_text import ReportText

_MOVE = "Move it to the folder of its own region, or correct the name."
_TABLE = "Only reports of the nation, provinces and prefecture-level cities are counted."
# Areas that became a city of another name; those that kept theirs need no entry.
_RENAMED = {
    "哲里木": "通辽",
    "昭乌达": "赤峰",
    "伊克昭": "鄂尔多斯",
    "宿县": "宿州",
    "滁县": "滁州",
    "徽州": "黄山",
    "晋江": "泉州",
    "龙溪": "漳州",
    "淮阴": "淮安",
    "郧阳": "十堰",
    "零陵": "永州",
    "梅县": "梅州",
    "惠阳": "惠州",
    "达川": "达州",
    "思茅": "普洱",
    "雁北": "大同",
    "晋东南": "长治",
}
# A city's report names its own city at least 18 times and no other city more than 10 times
# (118 real ones); what names another so often, and its folder's so rarely, is not of that city.
_FEW = 5
_MANY = 12
_TIMES = 6
# 县委, 全县 and the like: at most 3 in any of 995 real reports of provinces and cities.
_LOWER_WORDS = 6
_SOME_LOWER_WORDS = 3
# 全市, 市委 and the like: at most 3 in the report of a province that is no municipality, at least
# 6 in that of a city.
_CITY_WORDS = 6
_SEAT_WORDS = 10
_PLACES = {"text": "text", "front_matter": "title", "name": "name"}
_AUTONOMOUS = ("15", "45", "54", "64", "65")


def region_findings(
    report: ReportText, told: RegionsTold, regions: RegionTable
) -> Iterator[Finding]:
    """``unknown_region``, ``ambiguous_region``, ``wrong_level``, ``wrong_region`` and conflicts.

    Args:
        report: the record.
        told: what speaks of its region.
        regions: the region table.
    """
    lower = _of_a_lower_level(report, told)
    if lower is not None:
        yield lower
        return
    if not told.evidence:
        yield _unknown(report, told, regions)
        return
    yield from _contradictions(report, told)
    known, basis = told.evidence[0]
    if told.ambiguous is not None and basis.place == "name" and known.level != "city":
        yield _unknown(report, told, regions)
    elif basis.place != "name" and told.named and not _agrees(known, told):
        yield _misplaced(told)
    elif basis.place != "text" and known.level != "nation":
        yield from _by_the_body(report, known, regions)


def settle(report: ReportText, told: RegionsTold) -> RegionsTold:
    """Put aside a region that only the opening names, where body and name both know better.

    A province named as the one that the city lies in, or a neighbour's name in a headline, is no
    reason to move a report. What is put aside is kept in ``overruled``.

    Args:
        report: the record.
        told: everything that speaks of its region.

    Returns:
        The same with the chosen region first.
    """
    by_name = told.by("name")
    if not told.evidence or not by_name or not told.named:
        return told
    known, basis = told.evidence[0]
    if basis.place == "name" or _agrees(known, told):
        return told
    named = told.named[0][0]
    if known.code == named.parent_code:
        if known.level == "nation" or not _speaks_as_a_city(report):
            return told
    elif known.level != named.level or not _body_names(report, named, known):
        return told
    others = tuple(item for item in told.evidence if item not in by_name)
    return replace(told, evidence=(*by_name, *others), overruled=(known, basis))


def _agrees(known: Region, told: RegionsTold) -> bool:
    return any(_same_place(known, other) for other, _ in told.named)


def _speaks_as_a_city(report: ReportText) -> bool:
    return _prefecture_words(report) >= _CITY_WORDS and not _for_province(report)


def _for_province(report: ReportText) -> bool:
    return report.speaks_for("省人民政府|省政府|自治区人民政府|自治区政府|国务院")


def _body_names(report: ReportText, named: Region, known: Region) -> bool:
    """Whether the body speaks more of the region that its name says than of the one it told."""
    own, others = report.text.count(named.name), report.text.count(known.name)
    return own >= _FEW and own > others


def _unknown(report: ReportText, told: RegionsTold, regions: RegionTable) -> Finding:
    if told.ambiguous is not None:
        choices = " or ".join(region.full_name for region in told.ambiguous.candidates)
        return Finding(
            "ambiguous_region",
            "error",
            f"Its name may mean {choices}, and the text does not say which.",
            "Write the full name, such as 吉林省 or 吉林市, into the folder's or file's name.",
        )
    most = _most_named(report, regions)
    likely = f" The text names {most[0].full_name} {most[1]} times." if most else ""
    return Finding(
        "unknown_region",
        "error",
        f"No region is named in the text, in its title or in the file's name.{likely}",
        "Put it into a folder named after its region, such as 江苏省.",
    )


def _of_a_lower_level(report: ReportText, told: RegionsTold) -> Finding | None:
    """A county's, district's or county-level city's report, by its own name or by its words."""
    words = report.level_words
    expected = [region for region, _ in told.named] or [region for region, _ in told.evidence]
    autonomous = any(region.code.startswith(_AUTONOMOUS) for region in expected)
    district = words["区"] + (0 if words["地"] or autonomous else words["全区"])
    counties = words["县"] + words["旗"]
    low, own = max(counties, district), _prefecture_words(report)
    lower = told.lower
    if lower is not None and _is_its_own(report, lower.name, low, own, expected):
        return Finding(
            "wrong_level",
            "error",
            f"The report is of a lower level: {lower.quote}.",
            _TABLE,
            lower.start,
            lower.end,
        )
    if low >= _LOWER_WORDS and low > own:
        said = "县委, 全县 or 旗政府" if low == counties else "区委, 我区 or 区政府"
        return Finding(
            "wrong_level",
            "error",
            f"The report speaks as one of a county or district: {said} stand {low} times, "
            f"市委, 全市 and the like {own} times.",
            _TABLE,
        )
    return None


def _is_its_own(report: ReportText, name: str, low: int, own: int, expected: list[Region]) -> bool:
    """Whether a lower-level place is the report's own, and not one at which a city met."""
    if len(name) == 1:
        return low >= _SOME_LOWER_WORDS
    if not name.endswith("市"):
        return low >= _SOME_LOWER_WORDS or own < _SOME_LOWER_WORDS
    counted = report.text.count(name[:-1])
    others = max((report.text.count(region.name) for region in expected), default=0)
    return counted >= _FEW and 2 * counted >= others


def _contradictions(report: ReportText, told: RegionsTold) -> Iterator[Finding]:
    """Two regions that the text calls its own, or one that body and name contradict."""
    if told.overruled is not None:
        region, basis = told.overruled
        known, _ = told.evidence[0]
        if region.code != known.parent_code:
            yield _conflict(
                f"Its opening says {region.full_name} ({basis.quote}), its body and its name "
                f"{known.full_name}.",
                basis,
            )
        return
    text = told.by("text")
    for (first, one), (second, other) in pairwise(text):
        related = _same_place(first, second) or second.code == first.parent_code
        if not related and report.text.count(second.name) > report.text.count(first.name):
            yield _conflict(
                f"The text calls itself {first.full_name}'s ({one.quote}) and "
                f"{second.full_name}'s ({other.quote}).",
                other,
            )
            return


def _conflict(said: str, basis: Evidence) -> Finding:
    hint = "Look whose report it is; two texts may have been mixed."
    return Finding("conflicting_evidence", "warn", said, hint, basis.start, basis.end)


def _misplaced(told: RegionsTold) -> Finding:
    """Text or title says one region, the name another: which rule that breaks."""
    (region, basis), (named, name) = told.evidence[0], told.named[0]
    related = region.code == named.parent_code or region.parent_code == named.code
    return Finding(
        "wrong_level" if related else "wrong_region",
        "error",
        f"The {_PLACES[basis.place]} is {region.full_name}'s ({basis.quote}), its name says "
        f"{named.full_name} ({name}).",
        _MOVE,
        basis.start,
        basis.end,
    )


def _by_the_body(report: ReportText, known: Region, regions: RegionTable) -> Iterator[Finding]:
    """Whether a text that does not name its region is of another one, or of another level."""
    words = report.level_words
    if _speaks_as_another_level(report, known):
        yield Finding(
            "wrong_level",
            "error",
            f"It speaks as a report of another level (省 {words['省']} times, 市 {words['市']} "
            f"times in words such as 全省 and 市委), its name says {known.full_name}.",
            _MOVE,
        )
        return
    if report.text.count(known.name) >= _FEW:
        return
    most = _most_named(report, regions, known)
    if most is None:
        return
    other, times = most
    if times >= max(_MANY, _TIMES * report.text.count(known.name)):
        yield Finding(
            "wrong_region",
            "error",
            f"The text names {other.full_name} {times} times and {known.name} "
            f"{report.text.count(known.name)} times; its name says {known.full_name}.",
            _MOVE,
        )


def _speaks_as_another_level(report: ReportText, known: Region) -> bool:
    """Whether 省, 市 or 州 in words such as 全省 and 市委 show a level that is not the region's."""
    words, own = report.level_words, _prefecture_words(report)
    for_province = _for_province(report)
    if known.level == "province":
        return (
            not known.full_name.endswith("市")
            and own >= _CITY_WORDS
            and not for_province
            and own > words["省"] / _TIMES
        )
    above = words["省"] + report.text.count("自治区")
    if (for_province and own < above) or (own < _SOME_LOWER_WORDS and above >= _MANY):
        return True
    rural = known.full_name.endswith(("州", "盟", "地区"))
    return rural and words["市"] >= _SEAT_WORDS and own - words["市"] < _SOME_LOWER_WORDS


def _prefecture_words(report: ReportText) -> int:
    words = report.level_words
    area = words["地"] + words["全区"] if words["地"] else 0
    return words["市"] + words["州"] + words["盟"] + area


def _most_named(
    report: ReportText, regions: RegionTable, known: Region | None = None
) -> tuple[Region, int] | None:
    """The region of the same level that a text names most, with how often.

    Naming its cities is naming a province, whose own name may not stand in its report at all.
    """
    counts: Counter[str] = Counter()
    for mention in regions.find_all(report.text[:_BODY_CHARS]):
        region = mention.region
        if known is not None and known.level == "province" and region.level == "city":
            counts[region.parent_code or ""] += 1
        elif known is None or region.level == known.level:
            counts[region.code] += 1
    if not counts:
        return None
    code, times = counts.most_common(1)[0]
    if known is not None and _same_place(regions.get(code), known):
        return None
    return regions.get(code), times


# Enough to tell, and little enough for a text of five million characters.
_BODY_CHARS = 60_000


def _same_place(one: Region, other: Region) -> bool:
    """Whether two rows of the table are one place at two times: 毕节地区, then 毕节市."""
    if one.code == other.code:
        return True
    names = {_RENAMED.get(region.name, region.name) for region in (one, other)}
    return (
        one.level == other.level == "city"
        and len(names) == 1
        and (one.parent_code == other.parent_code)
    )
