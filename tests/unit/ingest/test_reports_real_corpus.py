"""The readers on the real reports beside the project: all read, none accused, hits as published."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.ingest.landing import count_entries, walk
from orchestration.ingest.reports import Record, Unreadable, read_report

SHARED = Path(__file__).parents[3].parent / "shared"
LANDING = SHARED / "data" / "landing"
DIRTY = SHARED / "data" / "dirty"
GOLDEN = SHARED / "golden" / "attention_provinces_2018_2022.csv"
TERMS = (
    "芯片 半导体 集成电路 晶圆 晶片 电子设计自动化 封测技术 电子元器件 高新技术 高精尖".split()  # noqa: SIM905
)

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        not GOLDEN.exists(), reason="the shared real reports are not beside the project"
    ),
]


def test_every_real_file_is_read_without_a_warning() -> None:
    found = walk(LANDING)
    assert len(found) == count_entries(LANDING) == 1040
    records = 0
    for file in found:
        for outcome in read_report(file.path.read_bytes(), file.relative):
            assert isinstance(outcome, Record), (file.relative, outcome)
            assert outcome.warnings == (), (file.relative, outcome.warnings)
            records += 1
    assert records == 992 + 31 + 31 + 16


def test_the_garbled_records_of_the_dirty_set_are_all_and_only_those_quarantined() -> None:
    data = (DIRTY / "reports" / "gov_reports1954-2019.txt").read_bytes()
    outcomes = read_report(data, "gov_reports1954-2019.txt")
    assert sum(isinstance(o, Unreadable) for o in outcomes) == 30
    sound = (DIRTY / "reports" / "gov_reports1954-2017.txt").read_bytes()
    assert all(isinstance(o, Record) for o in read_report(sound, "gov_reports1954-2017.txt"))


def test_cleaned_bodies_hold_exactly_the_golden_occurrences() -> None:
    wrong = []
    with GOLDEN.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            path = LANDING / "reports" / row["file"]
            (record,) = read_report(path.read_bytes(), row["file"])
            assert isinstance(record, Record)
            wrong += [
                (row["file"], term) for term in TERMS if record.text.count(term) != int(row[term])
            ]
    assert wrong == []


def test_pages_of_2026_begin_with_the_report_and_end_with_it() -> None:
    for path in sorted((LANDING / "reports" / "2026_raw_text").glob("*.csv")):
        (record,) = read_report(path.read_bytes(), path.name)
        assert isinstance(record, Record)
        first, last = record.text.split("\n")[0], record.text.split("\n")[-1]
        assert "政府工作报告" in first, (path.name, first)
        assert last.endswith(("。", "！", "!")), (path.name, last)
        assert set(record.hints) >= {"region", "year", "title", "source_url", "publish_date"}
