"""The facts of the published papers: their form, and that each figure stands where it says.

What the figures mean, and whether they agree with each other, is the audit's.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

import pytest

FACTS: Final = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "facts"
PAPERS: Final = sorted(FACTS.glob("facts_seed*.csv"))
COMMUNIQUES: Final = FACTS / "facts_nbs_communique.csv"
FILES: Final = [*PAPERS, COMMUNIQUES]
COLUMNS: Final = [
    "fact_id", "source_id", "subject_area", "entity", "entity_en", "measure", "label_zh",
    "label_en", "period", "value", "value_text", "unit", "currency", "value_usd", "qualifier",
    "scope", "status", "details", "published_table", "locator",
]  # fmt: skip
QUALIFIERS: Final = {"", "approx", "over", "up_to", "at_least", "at_most", "less_than"}
STATUSES: Final = {
    "measured", "estimated", "model_result", "derived", "reported",
    "claim", "hypothesis", "definition", "classification", "assessment",
    "recommended", "planned", "target", "forecast", "proposed", "draft",
    "announced", "agreed", "awarded", "enacted", "in_force",
}  # fmt: skip
LONGEST_LABEL: Final = 80
#: Han characters in a row that may stand in the paper as they do here, names aside.
LONGEST_COPY: Final = 15
#: Names of more than 15 characters that are no document in 《》.
NAMES: Final = (
    "长三角集成电路产业国家高新区创新发展联盟",
    "国家集成电路设计自动化技术创新中心",
    "长三角科技创新共同体建设办公室",
    "长三角集成电路产业联合攻关工作专班",
    "长三角集成电路产业发展专家咨询委员会",
)
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
CHINESE: Final = {
    "1": "一", "2": "二两双", "3": "三", "4": "四", "5": "五", "6": "六", "7": "七", "8": "八",
    "9": "九", "10": "十", "100": "百",
}  # fmt: skip

Fact = dict[str, str]


@lru_cache(maxsize=16)
def facts_of(path: Path) -> tuple[Fact, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def details(fact: Fact) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in fact["details"].split(";") if pair)


def normal(text: str) -> str:
    """Digits and signs of one kind, no thousands separators, no space within a number."""
    # Before the widths are made one: the full-width comma of 1.01，2018年 is punctuation.
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[−–—‒﹣]", "-", text)
    # 004 sets a space behind the point of 9. 4%.
    text = re.sub(r"(?<=\d)\. (?=\d)", ".", text)
    # Justified lines of 001 spread their characters: "1 2 寸" is 12.
    return re.sub(r"(?<!\d)(\d) (?=\d(?!\d))(?=\d ?\n?寸)", r"\1", text)


def numbers(text: str) -> list[str]:
    """Numbers as printed; a dash after a digit or letter is a range and no sign."""
    return [
        found.group().lstrip("-") if found.start() and text[found.start() - 1].isalnum()
        else found.group()
        for found in NUMBER.finditer(text)
    ]  # fmt: skip


def chinese_number(value: str, text: str) -> bool:
    """Whether a small number stands there in Chinese, as an ordinal or before a measure word."""
    return any(
        re.search(f"[第前]{sign}|{sign}[个家项大市省级位类种国方期年条款倍]", text)
        for sign in CHINESE.get(value, "")
    )


def located(locator: str, lines: list[str]) -> str:
    """The text of the lines a locator names, blank lines left out."""
    spans = re.findall(r"L(\d+)(?:-L?(\d+))?", locator)
    chosen: list[str] = []
    for first, last in spans:
        chosen += lines[int(first) - 1 : int(last or first)]
    return normal("\n".join(line for line in chosen if line.strip()))


def han(text: str) -> str:
    return "".join(re.findall(r"[\u3400-\u9fff]", text))


def copied(label: str, paper: str) -> str:
    """The first run of Han characters longer than allowed that also stands in the paper."""
    own = re.sub("《[^》]*》", "|", label)
    for name in NAMES:
        own = own.replace(name, "|")
    for part in re.split("[|;,=]", own):  # the details hold lists of names
        signs = han(part)
        for start in range(len(signs) - LONGEST_COPY):
            if signs[start : start + LONGEST_COPY + 1] in paper:
                return signs[start : start + LONGEST_COPY + 1]
    return ""


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def facts(request: pytest.FixtureRequest) -> tuple[Fact, ...]:
    return facts_of(request.param)


@pytest.fixture(params=PAPERS, ids=lambda path: path.stem)
def printed(request: pytest.FixtureRequest) -> tuple[Fact, ...]:
    """Facts of a source whose text is at hand."""
    return facts_of(request.param)


@pytest.fixture
def paper(printed: tuple[Fact, ...], shared: Path) -> list[str]:
    source_id = printed[0]["source_id"]
    with (FACTS / "published_sources.csv").open(encoding="utf-8", newline="") as rows:
        names = {row["source_id"]: row["file_name"] for row in csv.DictReader(rows)}
    # Not splitlines: a form feed inside a line would shift every locator after it.
    return (shared / "seeds" / names[source_id]).read_text(encoding="utf-8").split("\n")


def test_columns_and_ids() -> None:
    every: list[str] = []
    assert FILES
    for path in FILES:
        with path.open(encoding="utf-8", newline="") as lines:
            assert next(csv.reader(lines)) == COLUMNS, path.name
        rows = facts_of(path)
        source_id = path.stem.removeprefix("facts_")
        assert {row["source_id"] for row in rows} == {source_id}
        every += [row["fact_id"] for row in rows]
    assert len(every) == len(set(every))
    assert all(re.fullmatch(r"(S00\d|NBS)-\d{4}", fact_id) for fact_id in every)


def test_every_source_has_an_origin_record() -> None:
    with (FACTS / "published_sources.csv").open(encoding="utf-8", newline="") as rows:
        sources = list(csv.DictReader(rows))
    known = [row["source_id"] for row in sources]
    assert len(known) == len(set(known))
    assert {path.stem.removeprefix("facts_") for path in FILES} <= set(known)
    assert all(row["title_zh"] and row["licence"] and row["accessed_on"] for row in sources)


def test_values_are_numbers_or_told_in_words(facts: tuple[Fact, ...]) -> None:
    for fact in facts:
        assert fact["value"] or fact["value_text"], fact["fact_id"]
        for column in ("value", "value_usd"):
            assert not fact[column] or NUMBER.fullmatch(fact[column]), fact["fact_id"]
        decimals = details(fact).get("decimals")
        if fact["value"] and decimals is not None:
            exponent = Decimal(fact["value"]).as_tuple().exponent
            assert exponent == -int(decimals), fact["fact_id"]


def test_codes_are_known(facts: tuple[Fact, ...]) -> None:
    for fact in facts:
        assert fact["qualifier"] in QUALIFIERS, fact["fact_id"]
        assert fact["status"] in STATUSES, fact["fact_id"]
        assert re.fullmatch(r"[a-z][a-z0-9_]*", fact["measure"]), fact["fact_id"]
        assert re.fullmatch(r"|\d{4}(-\d\d(-\d\d)?)?(/\d{4}(-\d\d(-\d\d)?)?)?", fact["period"]), (
            fact["fact_id"]
        )
        assert all(
            re.fullmatch(r"[a-z][a-z0-9_]*=.+", pair)
            for pair in fact["details"].split(";")
            if fact["details"]
        ), fact["fact_id"]


def test_labels_and_places_are_there(facts: tuple[Fact, ...]) -> None:
    for fact in facts:
        for column in ("entity", "entity_en", "label_zh", "label_en", "published_table"):
            assert fact[column], (fact["fact_id"], column)
        place = (
            r"《\d{4}年国民经济和社会发展统计公报》"
            if fact["fact_id"][:3] == "NBS"
            else r".+\| L\d+"
        )
        assert re.match(place, fact["locator"]), fact["fact_id"]
        assert max(len(fact["label_zh"]), len(fact["label_en"])) <= LONGEST_LABEL, fact["fact_id"]
        assert not han(fact["label_en"] + fact["entity_en"]), fact["fact_id"]


def test_references_between_facts_hold() -> None:
    known = {fact["fact_id"] for path in FILES for fact in facts_of(path)}
    for path in FILES:
        for fact in facts_of(path):
            referred = set(re.findall(r"\b(?:S00\d|NBS)-\d{4}\b", fact["details"]))
            assert referred <= known, (fact["fact_id"], referred - known)
            restated = details(fact).get("restates")
            assert restated != fact["fact_id"]


def test_notes_speak_of_nothing_that_readers_lack() -> None:
    for path in FILES:
        assert "facts file" not in path.read_text(encoding="utf-8"), path.name


def test_communiques_series_are_whole_and_their_rates_follow_from_their_levels() -> None:
    facts = {fact["fact_id"]: fact for fact in facts_of(COMMUNIQUES)}
    levels = {
        (fact["measure"], fact["unit"], fact["currency"], fact["period"]): fact
        for fact in facts.values() if fact["unit"] != "%"
    }  # fmt: skip
    rates = [fact for fact in facts.values() if fact["unit"] == "%"]
    assert len(levels) + len(rates) == len(facts) and len(rates) == len(levels)
    for rate in rates:
        said, level = details(rate), facts[details(rate)["level"]]
        assert said["of"] == level["measure"] and rate["period"] == level["period"]
        assert f"《{rate['period']}年" in rate["locator"] and rate["locator"] == level["locator"]
        implied = Decimal(level["value"]) / (1 + Decimal(rate["value"]) / 100)
        assert abs(implied - Decimal(said["implied_prior_level"])) <= Decimal("0.1")
        key = level["measure"], level["unit"], level["currency"], str(int(level["period"]) - 1)
        before = levels.get(key)
        assert said.get("prior_first_print") == (before["value"] if before else None)
        if before:
            moved = (implied / Decimal(before["value"]) - 1) * 100
            assert abs(moved - Decimal(said["base_revision_pct"])) <= Decimal("0.006")


@pytest.mark.acceptance
def test_communiques_are_as_first_transcribed(shared: Path) -> None:
    path = next((shared / "facts").glob("external_nbs*.csv"))
    with path.open(encoding="utf-8", newline="") as lines:
        wanted = {
            (row["year"], row["measure"], row["unit"],
             Decimal(row["printed_level"]), Decimal(row["printed_yoy_pct"]))
            for row in csv.DictReader(lines)
        }  # fmt: skip
    facts = {fact["fact_id"]: fact for fact in facts_of(COMMUNIQUES)}
    rates = {details(fact)["level"]: fact for fact in facts.values() if "level" in details(fact)}
    found = {
        (level["period"], level["measure"], level["unit"], Decimal(level["value"]),
         Decimal(rates[fact_id]["value"]))
        for fact_id, level in facts.items() if fact_id in rates
    }  # fmt: skip
    assert found == wanted


@pytest.mark.acceptance
def test_every_value_stands_where_it_says(printed: tuple[Fact, ...], paper: list[str]) -> None:
    """``not_printed=reason`` in the details is the exception, and only where it is needed."""
    absent, needless = [], []
    for fact in printed:
        text = located(fact["locator"], paper)
        assert text, fact["fact_id"]
        said = details(fact)
        # 003 parts thousands by a space, 000 parts columns by one: both readings count.
        digits = {*numbers(text), *numbers(re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text))}
        if re.search("[降减缩跌负]", text):  # a fall told in words and not by a sign
            digits |= {"-" + number for number in digits}
        wanted = [fact["value"], said.get("low", ""), said.get("high", "")]
        wanted = [number for number in wanted + numbers(said.get("usd_printed", "")) if number]
        missing = [n for n in wanted if n not in digits and not chinese_number(n, text)]
        if "not_printed" in said:
            needless += [fact["fact_id"]] if wanted and digits.issuperset(wanted) else []
        elif missing:
            absent.append(f"{fact['fact_id']} {missing} in {fact['locator']}")
    assert not absent, "\n".join(absent)
    assert not needless


@pytest.mark.acceptance
def test_stars_are_as_printed(printed: tuple[Fact, ...], paper: list[str]) -> None:
    for fact in printed:
        stars = details(fact).get("stars")
        if stars is not None:
            text = located(fact["locator"], paper)
            marked = re.escape(fact["value"]) + r"\*" * int(stars)
            assert re.search(rf"(?<![\d.]){marked}(?![\d.*])", text), fact["fact_id"]


@pytest.mark.acceptance
def test_no_sentence_is_copied(printed: tuple[Fact, ...], paper: list[str]) -> None:
    whole = han("".join(paper))
    for fact in printed:
        for column in ("label_zh", "value_text", "entity", "scope", "details"):
            assert not copied(fact[column], whole), (fact["fact_id"], column)


def test_a_copied_run_and_a_wrong_place_are_noticed() -> None:
    line = "政府注意力显著促进区域芯片技术创新并提高水平"
    assert copied("文称" + line[:16], line)
    assert not copied(line[:15], line)
    assert not copied("《" + line + "》", line)
    assert numbers(normal("N 155 11,272.77 −0.145 2018–2022 0.057** (2.01)")) == [
        "155", "11272.77", "-0.145", "2018", "2022", "0.057", "2.01",
    ]  # fmt: skip
    assert numbers(normal("达到1.01，2018年")) == ["1.01", "2018"]
    assert located("表1 | L2-4", ["1", "2", "", "４"]) == "2\n4"
    assert chinese_number("7", "排名第七") and not chinese_number("7", "七上八下")
