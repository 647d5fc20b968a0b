"""Texts that are all but the same are found among many; successive years are not."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingest.identity import identify
from orchestration.ingest.landing import walk
from orchestration.ingest.near_duplicates import (
    SIGNATURE_VERSION,
    Signature,
    likeness,
    near_duplicates,
    signature,
)
from orchestration.ingest.regions import RegionTable
from orchestration.ingest.reports import Record, read_report

HAN = "春夏秋冬山水田林路桥港湾城镇乡村企业科技教育文化卫生工业农业商贸旅游金融环保能源交通"


def clauses(seed: int, count: int = 1200) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choice(HAN) for _ in range(draw.randint(5, 18))) for _ in range(count)]


def text_of(parts: list[str], mark: str = "，") -> str:
    return "。\n".join(mark.join(parts[at : at + 5]) for at in range(0, len(parts), 5))


FIRST = clauses(1)
SECOND = clauses(2)
COPY = "　　" + text_of(FIRST).replace("\n", "\n\n　　").replace("，", "； ") + "\n打印 关闭"


def found(**texts: str) -> list[tuple[str, str]]:
    pairs = near_duplicates({name: signature(text) for name, text in texts.items()})
    return [(pair.first, pair.second) for pair in pairs]


def test_another_source_of_a_text_is_found() -> None:
    assert found(a=text_of(FIRST), b=text_of(SECOND), c=COPY) == [("a", "c")]


def test_marks_white_space_and_full_width_forms_make_no_difference() -> None:
    plain = "2021年，生产总值增长8.1%，高于全国。\n**发展芯片产业**"
    other = "２０２１年， 生产\n总值增长８.１%； 高于全国。\n\n# 发展芯片产业"
    assert signature(plain) == signature(other)


def test_texts_that_share_a_fifth_are_not_alike() -> None:
    """Successive years of one region share 0.18 of the smaller report's clauses at most."""
    next_year = FIRST[:240] + SECOND[:960]
    assert found(a=text_of(FIRST), b=text_of(next_year)) == []


@pytest.mark.parametrize("kept", [1150, 600, 240, 60])
def test_a_text_inside_another_is_found_as_contained(kept: int) -> None:
    pairs = near_duplicates(
        {"part": signature(text_of(FIRST[-kept:])), "whole": signature(text_of(FIRST))}
    )
    assert len(pairs) == 1
    assert pairs[0].containment >= 0.9
    assert pairs[0].similarity == pytest.approx(kept / 1200, abs=0.06)


def test_estimates_are_near_the_share_of_common_clauses() -> None:
    for common in (1100, 900, 600, 300):
        other = FIRST[:common] + SECOND[: 1200 - common]
        like = likeness(signature(text_of(FIRST)), signature(text_of(other)))
        assert like.similarity == pytest.approx(common / (2400 - common), abs=0.06)
        assert like.containment == pytest.approx(common / 1200, abs=0.06)


def test_the_threshold_is_the_caller_s() -> None:
    other = text_of(FIRST[:800] + SECOND[:400])
    signatures = {"a": signature(text_of(FIRST)), "b": signature(other)}
    assert near_duplicates(signatures, threshold=0.8) == []
    assert len(near_duplicates(signatures, threshold=0.4)) == 1


def test_a_few_words_alike_are_not_contained() -> None:
    assert found(a=text_of(FIRST[:6]), b=text_of(FIRST)) == []


def test_short_texts_of_the_same_words_are_alike() -> None:
    assert found(a="政府工作报告。正文加载失败", b="政府工作报告，正文加载失败") == [("a", "b")]


def test_empty_texts_are_like_nothing() -> None:
    assert found(a="", b="", c="，。", d=text_of(FIRST)) == []
    assert near_duplicates({}) == []
    assert near_duplicates({"a": signature("")}) == []


def test_of_many_copies_each_has_a_partner() -> None:
    """All of a hundred copies share every clause: the search must not look only at rare ones."""
    pairs = near_duplicates({f"{at:03d}": signature(text_of(FIRST)) for at in range(100)})
    partners = defaultdict(set)
    for pair in pairs:
        partners[pair.first].add(pair.second)
        partners[pair.second].add(pair.first)
    assert len(partners) == 100
    assert len(pairs) < 100 * 9


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(8)))
def test_the_order_of_the_texts_changes_nothing(order: list[int]) -> None:
    texts = [text_of(clauses(at % 3, 200)[: 200 - at]) for at in range(8)]
    named = {f"t{at}": signature(texts[at]) for at in range(8)}
    expected = near_duplicates(named)
    assert near_duplicates({f"t{at}": named[f"t{at}"] for at in order}) == expected
    assert expected == sorted(expected, key=lambda pair: (pair.first, pair.second))


def test_a_signature_is_stored_and_read_again() -> None:
    made = signature(text_of(FIRST))
    stored = made.to_bytes()
    assert len(stored) <= 2056
    assert Signature.from_bytes(stored) == made
    assert Signature.from_bytes(signature("").to_bytes()) == signature("")


@pytest.mark.parametrize("stored", [b"", b"abc", b"12345678a"])
def test_what_is_no_signature_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="make it anew"):
        Signature.from_bytes(stored)


def test_a_signature_of_another_version_is_refused() -> None:
    stored = (SIGNATURE_VERSION + 1).to_bytes(4, "little") + signature(text_of(FIRST)).to_bytes()[
        4:
    ]
    with pytest.raises(ValueError, match=f"version {SIGNATURE_VERSION + 1}"):
        Signature.from_bytes(stored)


def test_the_signature_is_the_same_in_every_process_and_on_every_machine() -> None:
    """Stored signatures are compared in the next run; a change of these bytes raises the version."""
    text = "加快发展集成电路产业，建设芯片设计基地。"
    expected = "010000000200000040e0f919ac95e3aa"
    code = (
        "from orchestration.ingest.near_duplicates import signature;"
        f"print(signature({text!r}).to_bytes().hex())"
    )
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[3],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected


@pytest.mark.acceptance
def test_every_second_source_of_the_landing_zone_is_found_and_nothing_else(shared: Path) -> None:
    """2025 and 2026 stand there as Markdown, docx and CSV, 2003 to 2018 of the nation as text too.

    The one region and year with two texts that are not alike is the nation's 1964: a part of the
    speech, and a summary of it.
    """
    regions = RegionTable.from_seeds()
    texts, filing = {}, {}
    for file in walk(shared / "data" / "landing"):
        if not file.relative.startswith("reports/"):
            continue
        for record in read_report(file.path.read_bytes(), file.path.name):
            assert isinstance(record, Record)
            name = f"{file.relative} > {record.locator}"
            identity = identify(record, file.relative, regions)
            assert identity.region is not None
            texts[name] = signature(record.text)
            filing[name] = (identity.region.code, identity.report_year)
    together = defaultdict(list)
    for name, filed in filing.items():
        together[filed].append(name)
    expected = {tuple(sorted(names)) for names in together.values() if len(names) > 1}
    pairs = near_duplicates(texts)
    alike = {(pair.first, pair.second) for pair in pairs}
    (nation,) = expected - alike
    assert all("1964" in name for name in nation)
    assert alike <= expected
    assert len(alike) == 79
    assert min(pair.similarity for pair in pairs) > 0.75
    loose = near_duplicates(texts, threshold=0.4, contained=0.5)
    assert {(pair.first, pair.second) for pair in loose} == alike
