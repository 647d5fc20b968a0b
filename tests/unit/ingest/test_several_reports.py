"""Two different reports in one text are told; one report with its annexes is not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from orchestration.ingest.reports import Record, read_report
from orchestration.ingest.several_reports import several_reports

HEAD = "某市{year}年政府工作报告\n——{year}年1月10日在某市第十三届人民代表大会第一次会议上\n各位代表：\n"
OPENING = "现在，我代表市人民政府，向大会报告工作，请予审议。\n"
BODY = "这一年我们修路架桥，兴办学校，群众的日子越过越好。\n" * 160


def test_a_second_report_is_found_where_it_begins() -> None:
    text = HEAD.format(year=2012) + OPENING + BODY + HEAD.format(year=2013) + OPENING + BODY
    found = several_reports(text)
    assert found is not None
    assert (found.rule, found.severity) == ("several_reports", "warn")
    assert found.start is not None
    assert text[found.start :].lstrip("—").startswith("2013年1月10日")
    assert "2013年1月10日在某市" in found.evidence


@pytest.mark.parametrize("head", [HEAD.format(year=2013), OPENING])
def test_either_the_date_line_or_the_opening_sentence_is_enough(head: str) -> None:
    assert several_reports(BODY + head + BODY) is not None


@pytest.mark.parametrize(
    "sound",
    [
        HEAD.format(year=2012) + OPENING + BODY,
        HEAD.format(year=2012) + OPENING + BODY + "附件：《政府工作报告》名词解释\n" + BODY,
        HEAD.format(year=2012) + OPENING + BODY + "我代表市人民政府，向全市人民致以崇高的敬意！\n" + BODY,
        HEAD.format(year=2012) + OPENING + BODY + "2012年1月10日，市第十三届人民代表大会第一次会议开幕。\n" + BODY,
        HEAD.format(year=2012) + OPENING + BODY + OPENING,
        "",
    ],
    ids=["one", "annex", "thanks", "a sentence on the session", "opening at the end", "empty"],
)  # fmt: skip
def test_one_report_is_one(sound: str) -> None:
    assert several_reports(sound) is None


@pytest.mark.parametrize("unit", ["代表政府向", "\n", "（2012年1月6日在", "（ ", "1"])
def test_hostile_input_takes_seconds_at_most(unit: str) -> None:
    begin = time.perf_counter()
    several_reports(unit * (200_000 // len(unit)))
    assert time.perf_counter() - begin < 10


@pytest.mark.acceptance
def test_no_real_report_is_said_to_hold_two(shared: Path) -> None:
    folder = shared / "data" / "landing" / "reports"
    two = [record_of(path) + "\n" + record_of(other) for path, other in _years(folder)]
    assert sum(several_reports(text) is not None for text in two) >= 0.95 * len(two)
    for path in folder.rglob("*.md"):
        assert several_reports(record_of(path)) is None, path


def record_of(path: Path) -> str:
    (record,) = read_report(path.read_bytes(), path.name)
    assert isinstance(record, Record)
    return record.text


def _years(folder: Path) -> list[tuple[Path, Path]]:
    paths = sorted(folder.rglob("20*.md"))
    return list(zip(paths[0::12], paths[1::12], strict=False))
