"""Text that stands more than once in a file: found, and sound reports left alone."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py.text.attention import count_chars
from orchestration.ingest.clauses import clause_keys, split_clauses
from orchestration.ingest.repetition import OneCopy, one_copy
from orchestration.ingest.reports import Record, read_report
from tests.fixtures.prose import report_text

TERMS = ("芯片", "半导体", "集成电路", "高新技术")
HAN = "春夏秋冬山水田林路桥港湾城镇乡村企业科技教育文化卫生工业农业商贸旅游金融环保能源交通"
FURNITURE = "\n首页 > 政务公开 > 政府工作报告\n【字体：大 中 小】 打印 分享\n"


def report(seed: int = 1, paragraphs: int = 25) -> str:
    """A text as long as a short report, no clause of it twice."""
    draw = random.Random(seed)

    def clause() -> str:
        return "".join(draw.choice(HAN) for _ in range(draw.randint(4, 18)))

    def paragraph(at: int) -> str:
        sentences = ["，".join(clause() for _ in range(draw.randint(2, 6))) for _ in range(4)]
        return f"（{at + 1}）{clause()}。{'。'.join(sentences)}。"

    head = "某市政府工作报告\n各位代表：\n现在，我代表市人民政府向大会报告工作，请予审议。\n"
    return (
        head + "\n".join(paragraph(at) for at in range(paragraphs)) + "\n发展集成电路，发展芯片。"
    )


def noisy(text: str, share: float, seed: int = 3) -> str:
    """The text with single characters read wrongly."""
    draw = random.Random(seed)
    return "".join(
        draw.choice(HAN) if not char.isspace() and draw.random() < share else char for char in text
    )


def paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


SOUND = report()


@pytest.mark.parametrize("times", [2, 3, 6, 12])
@pytest.mark.parametrize("between", ["", "\n", "\n\n    "])
def test_a_text_that_stands_several_times_is_kept_once(times: int, between: str) -> None:
    found = one_copy(between.join([SOUND] * times))
    assert found.finding is not None
    assert (found.finding.rule, found.finding.severity) == ("repetition", "warn")
    assert f"stands {times} times" in found.finding.evidence
    assert found.text.strip() == SOUND.strip()
    assert (found.finding.start, found.finding.end) == (0, len(found.text))


def test_the_evidence_says_how_much_is_counted() -> None:
    found = one_copy(SOUND + SOUND)
    assert found.finding is not None
    length = len("".join(SOUND.split()))
    assert found.finding.evidence == (
        f"The text stands 2 times in the file; one copy of {length:,} characters is counted."
    )


def test_page_furniture_between_copies_is_left_and_the_copies_go() -> None:
    found = one_copy((SOUND + FURNITURE) * 6)
    assert found.finding is not None
    assert len(SOUND) <= len(found.text) <= len(SOUND) + 6 * len(FURNITURE)
    assert all(found.text.count(term) == SOUND.count(term) for term in TERMS)


@pytest.mark.parametrize("share", [0.01, 0.02, 0.05])
def test_copies_that_differ_in_single_characters_are_copies(share: float) -> None:
    found = one_copy(f"{SOUND}\n{noisy(SOUND, share)}")
    assert found.finding is not None
    assert len(SOUND) <= len(found.text) < 1.15 * len(SOUND)


def test_copies_set_with_other_line_breaks_and_marks_are_copies() -> None:
    respaced = re.sub(r"(.{30})", r"\1\n", SOUND.replace("，", "， ").replace("1", "１"))
    found = one_copy(f"{SOUND}\n{respaced}")
    assert found.finding is not None
    assert "".join(found.text.split()) == "".join(SOUND.split())


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_last_copy_that_is_cut_off_goes(cut: float) -> None:
    found = one_copy(f"{SOUND}\n{SOUND}\n{SOUND[: int(cut * len(SOUND))]}")
    assert found.finding is not None
    assert abs(len(found.text) - len(SOUND)) < 60


def test_of_a_first_copy_that_is_cut_off_and_a_whole_one_the_whole_is_kept() -> None:
    found = one_copy(f"{SOUND[: len(SOUND) // 3]}\n{SOUND}")
    assert found.finding is not None
    assert abs(len(found.text) - len(SOUND)) < 60
    assert found.text.rstrip().endswith("发展集成电路，发展芯片。")


@pytest.mark.parametrize("length", [600, 1500])
@pytest.mark.parametrize("place", ["behind", "end", "start"])
def test_a_page_pasted_twice_is_counted_once(length: int, place: str) -> None:
    start = 900
    page = SOUND[start : start + length]
    at = {"behind": start + length, "end": len(SOUND), "start": 0}[place]
    found = one_copy(SOUND[:at] + page + SOUND[at:])
    assert found.finding is not None
    assert "A part of" in found.finding.evidence
    assert "stands 2 times in the text (“" in found.finding.evidence
    assert abs(len(found.text) - len(SOUND)) < 50
    assert found.finding.start is not None
    assert found.finding.end is not None
    quoted = found.text[found.finding.start : found.finding.end]
    assert len(quoted) == pytest.approx(length, abs=60)


def test_a_part_pasted_three_times_says_so() -> None:
    part = SOUND[500:1300]
    found = one_copy(f"{SOUND}\n{part}\n{part}")
    assert found.finding is not None
    assert "stands 3 times in the text" in found.finding.evidence


@pytest.mark.parametrize("times", [2, 3])
def test_paragraphs_each_of_which_stands_twice_are_kept_once(times: int) -> None:
    """Read with the block around it, a page gives each paragraph twice in a row."""
    found = one_copy("\n".join(line for line in paragraphs(SOUND) for _ in range(times)))
    assert found.finding is not None
    assert f"stands {times} times" in found.finding.evidence
    assert paragraphs(found.text) == paragraphs(SOUND)


def test_sentences_each_of_which_stands_twice_lose_none() -> None:
    """What stands between two copies is the next original, never another wording."""
    found = one_copy(re.sub(r"([^。]*。)", r"\1\1", SOUND))
    assert found.finding is not None
    assert set(clause_keys(SOUND)) <= set(clause_keys(found.text))


def test_a_copy_that_adds_a_paragraph_keeps_it() -> None:
    lines = paragraphs(SOUND)
    added = "本届政府新增加的一段话" * 12 + "，到此为止，不再重复。"
    fuller = "\n".join([*lines[:20], added, *lines[20:]])
    found = one_copy(f"{SOUND}\n{fuller}")
    assert found.finding is not None
    assert added in found.text
    assert len(found.text) < len(SOUND) + 2 * len(added)


def test_a_sound_report_is_returned_as_it_is() -> None:
    assert one_copy(SOUND).finding is None
    assert one_copy(SOUND).text is SOUND


def _with_refrain(text: str) -> str:
    refrain = "坚持稳中求进工作总基调，完整准确全面贯彻新发展理念，加快构建新发展格局"
    return text.replace("。\n", f"，{refrain}。\n")


def _with_contents(text: str) -> str:
    headings = [line.split("。")[0] for line in paragraphs(text)[3:]]
    return "目录\n" + "\n".join(headings) + "\n" + text


def _with_slogan(text: str) -> str:
    slogan = (
        "让我们更加紧密地团结起来，高举旗帜，坚定信心，同心同德，埋头苦干，奋勇前进，"
        "为夺取现代化建设新胜利，谱写人民美好生活新篇章而努力奋斗"
    )
    return text[:3000] + f"{slogan}。" + text[3000:] + f"{slogan}！"


def _with_targets(text: str) -> str:
    targets = (
        "地区生产总值增长百分之六，固定资产投资增长百分之八，社会消费品零售总额增长百分之七，"
        "财政收入增长百分之五，居民收入与经济增长同步，居民消费价格涨幅控制在百分之三左右。"
    )
    return targets + text[:5000] + targets + text[5000:]


def _with_short_paragraph(text: str) -> str:
    lines = paragraphs(text)
    return "\n".join([*lines[:10], lines[5][:150], *lines[10:]])


def _with_annex_of_promises(text: str) -> str:
    return f"{text}\n\n附件：\n{text[2000:2700]}"


@pytest.mark.parametrize(
    "harmless",
    [
        _with_refrain,
        _with_contents,
        _with_slogan,
        _with_targets,
        _with_short_paragraph,
        _with_annex_of_promises,
    ],
)
def test_the_way_reports_speak_is_no_repetition(harmless: object) -> None:
    assert callable(harmless)
    text = harmless(SOUND)
    assert one_copy(text).finding is None
    assert one_copy(text).text == text


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "\n" * 200_000,
        "芯" * 200_000,
        "芯，" * 100_000,
        "的" * 200_000,
        "我们要发展芯片。\n" * 22_000,
        "，".join(random.Random(1).choices(["甲乙丙丁", "戊己庚辛", "子丑寅卯"], k=40_000)),
    ],
    ids=["empty", "lines", "character", "clause", "的", "line", "three clauses"],
)
def test_hostile_input_takes_seconds_at_most(hostile: str) -> None:
    """Measured: 2 s at most for a million characters; quadratic work would take hours."""
    begin = time.perf_counter()
    found = one_copy(hostile)
    assert time.perf_counter() - begin < 10
    assert len(found.text) <= len(hostile)


def test_a_line_over_and_over_is_kept_once() -> None:
    assert one_copy("我们要发展芯片。\n" * 1000).text == "我们要发展芯片。\n"


LINES = paragraphs(report(5, 12))[3:-1]


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(LINES))), length=st.integers(4, 12), times=st.integers(2, 5))
def test_whole_copies_of_any_text_leave_that_text(
    order: list[int], length: int, times: int
) -> None:
    text = "\n".join(LINES[at] for at in order[:length]) + "\n"
    found = one_copy(text * times)
    assert found.finding is not None
    assert found.text == text
    assert one_copy(found.text).finding is None


@settings(max_examples=25, deadline=None)
@given(places=st.lists(st.integers(0, len(LINES) - 1), max_size=30))
def test_every_paragraph_stands_at_least_once_and_none_that_did_not(places: list[int]) -> None:
    text = "\n".join(LINES[at] for at in places)
    found = one_copy(text)
    assert set(paragraphs(found.text)) == set(paragraphs(text))
    assert (found.text == text) == (found.finding is None)


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="芯片发展的，。\n **（）1１①㈠_ab \u3000\u200b", max_size=300))
def test_clauses_are_the_same_with_and_without_their_places(text: str) -> None:
    clauses = split_clauses(text)
    assert list(clauses.keys) == clause_keys(text)
    assert all(clauses.keys)
    bounds = [0, *(at for pair in zip(clauses.starts, clauses.ends, strict=True) for at in pair)]
    assert bounds == sorted(bounds)


@pytest.mark.acceptance
def test_the_national_reports_that_stand_six_and_twelve_times(shared: Path) -> None:
    """46 files of the dirty set; counted as they are, every number is six times too large.

    The hits of four terms are those of the sound text; 2006 to 2009 are excerpts in the dirty
    set, which no copy makes whole.
    """
    dirty = shared / "data" / "dirty" / "reports" / "全国_重复文本_gb18030"
    sound = shared / "data" / "landing" / "reports" / "政府工作报告-国务院"
    times = {}
    for path in sorted(dirty.glob("*.txt")):
        (record,) = read_report(path.read_bytes(), path.name)
        assert isinstance(record, Record)
        found = one_copy(record.text)
        year = int(path.stem)
        told = re.search(
            r"stands (\d+) times in the file", found.finding.evidence if found.finding else ""
        )
        times[year] = int(told[1]) if told else 1
        if year == 1964 or 2006 <= year <= 2009:
            continue
        (whole,) = read_report((sound / f"{year}.md").read_bytes(), path.name)
        assert isinstance(whole, Record)
        assert [found.text.count(term) for term in TERMS] == [
            whole.text.count(term) for term in TERMS
        ], year
        assert count_chars(found.text) == pytest.approx(count_chars(whole.text), rel=0.03), year
    assert times[1991] == 12
    assert times[2014] == 2
    assert {year for year, count in times.items() if count == 1} == {2015, 2016, 2017, 2018}
    assert {count for year, count in times.items() if year not in (1991, 2014)} == {1, 6}


@pytest.mark.acceptance
def test_of_the_real_reports_only_the_two_with_a_part_pasted_twice_are_told(shared: Path) -> None:
    reports = shared / "data" / "landing" / "reports"
    told = []
    for path in sorted(reports.rglob("*.md")):
        (record,) = read_report(path.read_bytes(), path.name)
        assert isinstance(record, Record)
        found = one_copy(record.text)
        if found.finding:
            told.append((path.parent.name, path.stem, found.finding.evidence.split(" (")[0]))
        else:
            assert found.text == record.text
    assert told == [
        ("云南省", "2007", "A part of 1,754 characters stands 2 times in the text"),
        ("广东省", "2008", "A part of 578 characters stands 2 times in the text"),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_sentences_of_one_pattern_are_no_repetition(seed: int) -> None:
    """Half of a report was once cut out: every third of its clauses came again by chance."""
    text = report_text(f"某{seed}市", 2020, size=30 + seed)
    assert one_copy(text) == OneCopy(text, None)
