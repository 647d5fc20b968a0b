"""What only shows beside other documents: each rule finds its case and leaves sound ones alone."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py.text.attention import count_chars
from models_py.text.sections import split_sections
from orchestration.ingest.across import DocumentFacts, check_together
from orchestration.ingest.finding import Finding
from orchestration.ingest.identity import identify
from orchestration.ingest.landing import walk
from orchestration.ingest.near_duplicates import signature
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.repetition import one_copy
from orchestration.ingest.reports import Record, read_report

HAN = "春夏秋冬山水田林路桥港湾城镇乡村企业科技教育文化卫生工业农业商贸旅游金融环保能源交通"
JIANGSU, NANJING, SUZHOU = "320000", "320100", "320500"


def clause(draw: random.Random) -> str:
    return "".join(draw.choice(HAN) for _ in range(draw.randint(6, 18)))


def clauses(region: str, year: int, count: int = 600) -> list[str]:
    """A report's clauses: every twentieth is one that the region says every year."""
    own = random.Random(region)
    refrain = [clause(own) for _ in range(60)]
    draw = random.Random(f"{region}{year}")
    return [draw.choice(refrain) if at % 20 == 0 else clause(draw) for at in range(count)]


def text_of(parts: list[str]) -> str:
    return "，".join(parts)


def facts(
    region: str | None = NANJING,
    year: int | None = 2012,
    parts: list[str] | None = None,
    **other: object,
) -> DocumentFacts:
    text = text_of(parts if parts is not None else clauses(region or "", year or 0))
    name = f"reports/{region}/{year}.md"
    made = DocumentFacts(
        document_id=name,
        path=name,
        member="",
        region_code=region,
        report_year=year,
        delivered_on=date(year, 1, 10) if year else None,
        n_chars=len(text),
        has_review=True,
        has_plan=True,
        completeness="full",
        quarantined=False,
        signature=signature(text),
    )
    changed = replace(made, **other)  # type: ignore[arg-type]
    if "path" in other and "document_id" not in other:
        changed = replace(changed, document_id=changed.path)
    return changed


def years(region: str = NANJING, span: range = range(2006, 2018)) -> list[DocumentFacts]:
    return [facts(region, year) for year in span]


def but(documents: list[DocumentFacts], *years_out: int) -> list[DocumentFacts]:
    return [one for one in documents if one.report_year not in years_out]


def rules(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in found]


def told(documents: list[DocumentFacts]) -> dict[str, list[tuple[str, str]]]:
    return {name: rules(found) for name, found in check_together(documents).items()}


def test_a_sound_landing_zone_has_no_findings() -> None:
    assert check_together(years(NANJING) + years(SUZHOU) + years(JIANGSU)) == {}
    assert check_together([]) == {}


class TestNearDuplicates:
    def test_a_second_source_of_one_region_and_year_is_no_accusation(self) -> None:
        copy = facts(path="reports/2012.csv", member="row 2")
        found = check_together([*years(), copy])
        assert {name: rules(all_) for name, all_ in found.items()} == {
            "reports/2012.csv": [("near_duplicate", "info")],
            f"reports/{NANJING}/2012.md": [("near_duplicate", "info")],
        }
        evidence = found[f"reports/{NANJING}/2012.md"][0].evidence
        assert "reports/2012.csv > row 2" in evidence
        assert "similarity 1.00" in evidence

    def test_one_report_under_two_years_is_held_against_the_one_that_no_date_bears_out(
        self,
    ) -> None:
        stray = facts(
            year=2013, parts=clauses(NANJING, 2012), path="reports/x.md", delivered_on=None
        )
        found = check_together([*but(years(), 2013), stray])
        assert rules(found["reports/x.md"]) == [("near_duplicate", "warn")]
        assert rules(found[f"reports/{NANJING}/2012.md"]) == [("near_duplicate", "info")]
        evidence = found["reports/x.md"][0].evidence
        assert f"reports/{NANJING}/2012.md (2012)" in evidence
        assert "this one under 2013" in evidence

    def test_where_no_date_tells_both_are_told(self) -> None:
        undated = [replace(one, delivered_on=None) for one in years()]
        stray = facts(
            year=2013, parts=clauses(NANJING, 2012), path="reports/x.md", delivered_on=None
        )
        assert told([*but(undated, 2013), stray]) == {
            "reports/x.md": [("near_duplicate", "warn")],
            f"reports/{NANJING}/2012.md": [("near_duplicate", "warn")],
        }

    def test_another_region_s_text_is_held_against_the_region_it_does_not_resemble(self) -> None:
        stray = facts(SUZHOU, 2012, parts=clauses(NANJING, 2012), path="reports/x.md")
        found = check_together([*years(NANJING), *but(years(SUZHOU), 2012), stray])
        assert rules(found["reports/x.md"]) == [("near_duplicate", "warn")]
        assert rules(found[f"reports/{NANJING}/2012.md"]) == [("near_duplicate", "info")]
        assert f"region {NANJING}" in found["reports/x.md"][0].evidence

    def test_where_no_other_year_is_there_both_are_told(self) -> None:
        stray = facts(SUZHOU, 2012, parts=clauses(NANJING, 2012), path="reports/x.md")
        found = told([facts(NANJING, 2012), stray])
        assert set(found) == {"reports/x.md", f"reports/{NANJING}/2012.md"}
        assert all(rule == [("near_duplicate", "warn")] for rule in found.values())

    def test_a_quarantined_copy_is_told_and_harms_nobody(self) -> None:
        stray = facts(
            SUZHOU, 2012, parts=clauses(NANJING, 2012), path="reports/x.md", quarantined=True
        )
        found = check_together([*years(), stray])
        assert rules(found["reports/x.md"]) == [("near_duplicate", "info")]
        assert set(found) == {"reports/x.md"}

    def test_a_session_in_december_counts_for_the_year_after(self) -> None:
        stray = facts(
            year=2014, parts=clauses(NANJING, 2012), path="reports/x.md", delivered_on=None
        )
        december = replace(facts(year=2012), delivered_on=date(2011, 12, 28))
        found = told([*but(years(), 2012, 2014), december, stray])
        assert found[december.document_id] == [("near_duplicate", "info")]


class TestAbridged:
    def test_far_shorter_than_the_other_years_without_a_section(self) -> None:
        short = facts(parts=clauses(NANJING, 2012, 270), has_plan=False)
        found = check_together([*but(years(), 2012), short])
        assert rules(found[short.document_id]) == [("abridged", "warn")]
        evidence = found[short.document_id][0].evidence
        assert f"It has {short.n_chars:,} characters; 10 reports of its region" in evidence
        assert "no section reads as a plan" in evidence

    def test_a_third_of_the_usual_is_enough_by_itself(self) -> None:
        short = facts(parts=clauses(NANJING, 2012, 200))
        assert told([*but(years(), 2012), short]) == {short.document_id: [("abridged", "warn")]}

    @pytest.mark.parametrize(
        "sound",
        [
            facts(parts=clauses(NANJING, 2012, 330)),
            facts(parts=clauses(NANJING, 2012, 400), has_review=False),
            facts(has_review=False, has_plan=False),
            facts(parts=clauses(NANJING, 2012, 1500)),
        ],
        ids=["half", "two thirds without a review", "no sections", "very long"],
    )
    def test_a_short_year_is_sound(self, sound: DocumentFacts) -> None:
        assert check_together([*but(years(), 2012), sound]) == {}

    def test_too_few_years_tell_nothing(self) -> None:
        short = facts(parts=clauses(NANJING, 2012, 100), has_plan=False)
        assert check_together([facts(year=2010), facts(year=2011), facts(year=2013), short]) == {}

    def test_a_region_with_too_few_years_is_held_against_the_others(self) -> None:
        others = [facts(f"33{at:02d}00", year) for at in range(1, 9) for year in (2011, 2012, 2013)]
        short = facts(parts=clauses(NANJING, 2012, 150), has_plan=False)
        found = check_together([*others, short])
        assert rules(found[short.document_id]) == [("abridged", "warn")]
        assert "reports of other regions of those years" in found[short.document_id][0].evidence

    def test_a_region_whose_lengths_differ_widely_is_not_accused(self) -> None:
        """The nation's reports before 1966 have 18,600 to 56,300 characters."""
        counts = {2008: 300, 2009: 900, 2010: 1800, 2011: 450, 2013: 1300, 2014: 2400}
        uneven = [facts(year=at, parts=clauses(NANJING, at, n)) for at, n in counts.items()]
        short = facts(parts=clauses(NANJING, 2012, 450), has_plan=False)
        assert check_together([*uneven, short]) == {}

    def test_what_is_known_to_be_cut_is_no_measure(self) -> None:
        cut = [
            facts(year=at, parts=clauses(NANJING, at, 100), completeness="abridged")
            for at in (2009, 2010, 2011)
        ]
        whole = but(years(), 2009, 2010, 2011)
        assert not {f"reports/{NANJING}/{at}.md" for at in range(2012, 2018)} & set(
            check_together([*whole, *cut])
        )

    @pytest.mark.parametrize("kept", [slice(0, 300), slice(0, 60), slice(400, 600)])
    def test_a_cut_copy_beside_the_whole_one(self, kept: slice) -> None:
        parts = clauses(NANJING, 2012)[kept]
        cut = facts(parts=parts, path="reports/x.md", has_plan=False, delivered_on=None)
        found = check_together([*years(), cut])
        assert rules(found["reports/x.md"]) == [("abridged", "warn")]
        assert f"stand in reports/{NANJING}/2012.md" in found["reports/x.md"][0].evidence
        assert set(found) == {"reports/x.md"}

    def test_a_copy_without_its_annex_is_another_source(self) -> None:
        copy = facts(parts=clauses(NANJING, 2012)[:470], path="reports/x.md")
        assert set(map(tuple, told([*years(), copy]).values())) == {(("near_duplicate", "info"),)}


class TestParts:
    def test_a_review_and_a_plan_are_two_parts(self) -> None:
        parts = clauses(NANJING, 2012)
        first = facts(parts=parts[:280], path="reports/a.md", has_plan=False)
        second = facts(parts=parts[280:], path="reports/b.md", has_review=False, delivered_on=None)
        found = check_together([*but(years(), 2012), first, second])
        assert ("part_of_report", "warn") in rules(found["reports/a.md"])
        assert ("part_of_report", "warn") in rules(found["reports/b.md"])
        assert "reports/b.md" in found["reports/a.md"][0].evidence

    @pytest.mark.parametrize(
        "names",
        [
            ("2012年（上）.md", "2012年（下）.md"),
            ("报告1.txt", "报告2.txt"),
            ("2012_第1页.html", "2012_第2页.html"),
            ("2012 part1.txt", "2012 part2.txt"),
            ("政府工作报告（一）.docx", "政府工作报告（二）.docx"),
        ],
    )
    def test_names_tell_parts(self, names: tuple[str, str]) -> None:
        parts = clauses(NANJING, 2012)
        first = facts(parts=parts[:400], path=f"reports/{names[0]}")
        second = facts(parts=parts[400:], path=f"reports/{names[1]}", delivered_on=None)
        found = told([*but(years(), 2012), first, second])
        assert ("part_of_report", "warn") in found[first.document_id]
        assert ("part_of_report", "warn") in found[second.document_id]

    def test_the_parts_beside_the_whole_are_cut_copies_of_it(self) -> None:
        parts = clauses(NANJING, 2012)
        first = facts(parts=parts[:280], path="reports/a.md", has_plan=False)
        second = facts(parts=parts[280:], path="reports/b.md", has_review=False, delivered_on=None)
        found = told([*years(), first, second])
        assert set(found) == {"reports/a.md", "reports/b.md"}
        assert all(one[0] == ("abridged", "warn") for one in found.values())


class TestConflicts:
    def test_two_reports_of_one_region_and_year(self) -> None:
        stray = facts(parts=clauses(NANJING, 1999), path="reports/x.md")
        found = check_together([*years(), stray])
        assert rules(found["reports/x.md"]) == [("conflicting_documents", "warn")]
        assert f"reports/{NANJING}/2012.md" in found["reports/x.md"][0].evidence

    def test_the_one_that_its_date_bears_out_is_not_accused(self) -> None:
        stray = facts(parts=clauses(NANJING, 1999), path="reports/x.md", delivered_on=None)
        assert told([*years(), stray]) == {
            "reports/x.md": [("conflicting_documents", "warn")],
            f"reports/{NANJING}/2012.md": [("conflicting_documents", "info")],
        }

    def test_another_region_s_report_beside_the_right_one(self) -> None:
        stray = facts(parts=clauses(SUZHOU, 2012), path="reports/x.md")
        assert told([*years(), stray, *but(years(SUZHOU), 2012)]) == {
            "reports/x.md": [("conflicting_documents", "warn")],
            f"reports/{NANJING}/2012.md": [("conflicting_documents", "info")],
        }

    def test_two_versions_of_one_speech_are_no_conflict(self) -> None:
        """国务院 1964: a part of the speech and a summary share 0.36 of the summary's clauses."""
        other = clauses(NANJING, 2012)[:240] + clauses(NANJING, 1999)[:360]
        version = facts(parts=other, path="reports/x.md")
        assert told([*years(), version]) == {
            "reports/x.md": [("near_duplicate", "info")],
            f"reports/{NANJING}/2012.md": [("near_duplicate", "info")],
        }

    def test_copies_of_the_conflicting_report_do_not_multiply_the_conflict(self) -> None:
        strays = [
            facts(parts=clauses(NANJING, 1999), path=f"reports/x{at}.md", delivered_on=None)
            for at in range(3)
        ]
        found = check_together([*years(), *strays])
        conflicts = [
            finding
            for all_ in found.values()
            for finding in all_
            if finding.rule != "near_duplicate"
        ]
        assert len(conflicts) == 2


class TestSeveralReports:
    def test_a_text_that_holds_another_year_s_report_too(self) -> None:
        both = facts(parts=clauses(NANJING, 2012) + clauses(NANJING, 2013), year=2012)
        found = check_together([*but(years(), 2012), both])
        assert ("several_reports", "warn") in rules(found[both.document_id])
        assert "2013.md (2013)" in found[both.document_id][0].evidence
        assert set(found) == {both.document_id}

    def test_it_is_not_held_against_the_report_of_the_same_year(self) -> None:
        both = facts(parts=clauses(NANJING, 2012) + clauses(NANJING, 2013), path="reports/x.md")
        found = check_together([*years(), both])
        assert {one for one, all_ in found.items() for item in all_ if item.severity == "warn"} == {
            "reports/x.md"
        }


POOL = [
    *years(),
    *years(SUZHOU, range(2009, 2014)),
    facts(path="reports/copy.md"),
    facts(parts=clauses(NANJING, 2012)[:250], path="reports/cut.md", has_plan=False),
    facts(year=2013, parts=clauses(NANJING, 2012), path="reports/year.md", delivered_on=None),
    facts(SUZHOU, 2010, parts=clauses(NANJING, 2010), path="reports/region.md"),
    facts(year=2014, parts=clauses(NANJING, 1999), path="reports/conflict.md"),
    facts(year=2008, parts=clauses(NANJING, 2008, 100), path="reports/short.md", has_plan=False),
    facts(None, 2012, parts=clauses(NANJING, 2012), path="reports/none.md", quarantined=True),
    facts(year=2015, parts=clauses("x", 1)[:250], path="reports/上.md", has_plan=False),
    facts(year=2015, parts=clauses("x", 1)[250:], path="reports/下.md", has_review=False),
]


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(POOL), names=st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_identifiers_of_documents_change_anything(
    order: list[DocumentFacts], names: random.Random
) -> None:
    expected = check_together(POOL)
    assert check_together(order) == expected
    numbers = names.sample(range(len(order)), len(order))
    renamed = {one.document_id: f"{at}" for one, at in zip(order, numbers, strict=True)}
    again = check_together([replace(one, document_id=renamed[one.document_id]) for one in order])
    assert again == {renamed[name]: found for name, found in expected.items()}


@settings(max_examples=10, deadline=None)
@given(kept=st.sets(st.integers(0, len(POOL) - 1)))
def test_any_landing_zone_is_judged_and_only_its_documents(kept: set[int]) -> None:
    documents = [POOL[at] for at in kept]
    found = check_together(documents)
    assert set(found) <= {one.document_id for one in documents}
    assert all(finding.evidence.endswith(".") for all_ in found.values() for finding in all_)


def test_a_thousand_documents_of_one_text_take_seconds() -> None:
    """Measured: 1 s. All of one text, one region and one year is the worst case."""
    same = facts()
    crowd = [replace(same, document_id=f"{at}", path=f"reports/{at}.md") for at in range(1000)]
    begin = time.perf_counter()
    found = check_together(crowd)
    assert time.perf_counter() - begin < 20
    assert len(found) == 1000
    assert max(len(finding.evidence) for all_ in found.values() for finding in all_) < 300


@pytest.mark.acceptance
def test_of_the_real_landing_zone_three_documents_are_accused(shared: Path) -> None:
    """云南 2007 and 西藏 2006 are remnants; 国务院 1960 is whole, and a third of its neighbours."""
    regions = RegionTable.from_seeds()
    documents = []
    for file in walk(shared / "data" / "landing"):
        if not file.relative.startswith("reports/"):
            continue
        for outcome in read_report(file.path.read_bytes(), file.path.name):
            assert isinstance(outcome, Record)
            record = replace(outcome, text=one_copy(outcome.text).text)
            identity = identify(record, file.relative, regions)
            kinds = {section.kind for section in split_sections(record.text)}
            documents.append(
                DocumentFacts(
                    document_id=f"{file.relative} > {record.locator}",
                    path=file.relative,
                    member=record.locator,
                    region_code=identity.region.code if identity.region else None,
                    report_year=identity.report_year,
                    delivered_on=identity.delivered_on,
                    n_chars=count_chars(record.text),
                    has_review="review" in kinds,
                    has_plan="plan" in kinds,
                    completeness=identity.completeness,
                    quarantined=False,
                    signature=signature(record.text),
                )
            )
    found = check_together(documents)
    accused = {
        (Path(one.path).parent.name, Path(one.path).stem): finding.rule
        for one in documents
        for finding in found.get(one.document_id, ())
        if finding.severity != "info"
    }
    assert accused == {
        ("政府工作报告-国务院", "1960"): "abridged",
        ("云南省", "2007"): "abridged",
        ("西藏自治区", "2006"): "abridged",
    }
    every = Counter(finding.rule for all_ in found.values() for finding in all_)
    assert every["near_duplicate"] == 160
