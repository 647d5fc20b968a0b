"""The matcher, against hand-made texts and against a slow reader that is plainly right."""

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.text import Hit, Lexicon, match

SEED = Lexicon.of(
    {
        "core": ["芯片", "半导体", "集成电路"],
        "extended": [
            "晶圆", "晶片", "电子设计自动化", "封测技术", "电子元器件", "高新技术", "高精尖",
        ],
    }
)  # fmt: skip
STRICT = Lexicon.of(
    {"core": ["半导体"], "extended": ["高新技术"]},
    exclusions=["高新技术企业", "国家高新技术企业", "半导体照明"],
)
# Terms that overlap, contain and repeat themselves, with letters beside Han characters.
TINY = Lexicon.of(
    {"core": ["甲乙", "乙丙甲", "甲乙甲"], "extended": ["丙", "ab", "a甲", "b a"]},
    exclusions=["甲乙丙", "乙甲乙", "丙丙", "abab"],
)
# Whole terms often enough to overlap, in pieces often enough to be broken and disguised.
TEXTS = st.lists(
    st.sampled_from(["甲乙", "甲", "乙", "丙", "⼄", "a", "ａ", "b", "丁", " ", "\n", "\u3000"]),
    max_size=24,
).map("".join)


def plain(character: str) -> str:
    """One character as NFKC reads it, for the ranges that hold look-alikes."""
    folded = unicodedata.normalize("NFKC", character)
    alike = re.match("[\u2e80-\u2fdf\uf900-\ufaff０-９Ａ-Ｚａ-ｚ]", character)
    return folded if alike and len(folded) == 1 else character


def is_han(character: str) -> bool:
    return character >= "\uf900" or ("\u2e80" <= character <= "\u9fff" and character != "\u3000")


def compact(text: str) -> list[tuple[str, int]]:
    """Plain characters with their places, white space between two Han characters left out."""
    kept = []
    for place, character in enumerate(text):
        if character.isspace():
            left = len(text[:place].rstrip())
            right = len(text) - len(text[place:].lstrip())
            run = text[left:right]
            between = left > 0 and right < len(text) and run.count("\n") < 2
            if between and is_han(plain(text[left - 1])) and is_han(plain(text[right])):
                continue
        kept.append((plain(character), place))
    return kept


def reference(text: str, lexicon: Lexicon) -> list[Hit]:
    """Leftmost, then longest, one character after another."""
    kept = compact(text)
    letters = "".join(character for character, _ in kept)
    hits, at = [], 0
    by_length = sorted(lexicon.terms, key=lambda term: -len(term.text))
    while at < len(letters):
        term = next((term for term in by_length if letters.startswith(term.text, at)), None)
        if term is None:
            at += 1
            continue
        end = at + len(term.text)
        covers = [
            phrase
            for phrase in lexicon.exclusions
            for begin in range(len(letters))
            if letters.startswith(phrase, begin) and begin <= at and end <= begin + len(phrase)
        ]
        longest = max(covers, key=len, default=None)
        hits.append(Hit(term.text, term.category, kept[at][1], kept[end - 1][1] + 1, longest))
        at = end
    return hits


@given(TEXTS)
def test_hits_equal_the_slow_reader(text: str) -> None:
    assert match(text, TINY) == reference(text, TINY)


@given(TEXTS)
def test_hits_stand_in_order_and_never_overlap(text: str) -> None:
    hits = match(text, TINY)
    assert all(left.end <= right.start for left, right in pairwise(hits))


@given(TEXTS)
def test_offsets_give_the_term_back(text: str) -> None:
    for hit in match(text, TINY):
        found = text[hit.start : hit.end]
        assert "".join(plain(c) for c in found if not c.isspace()) == hit.term.replace(" ", "")


@given(TEXTS, TEXTS)
def test_a_paragraph_break_keeps_the_counts_apart(first: str, second: str) -> None:
    shift = len(first) + 2
    moved = [
        Hit(h.term, h.category, h.start + shift, h.end + shift, h.excluded_by)
        for h in match(second, TINY)
    ]
    assert match(f"{first}\n\n{second}", TINY) == match(first, TINY) + moved


@given(st.text("甲乙丙", max_size=20), st.sampled_from([" ", "\n", "\u3000", "\xa0", "\t "]))
def test_white_space_between_han_characters_changes_no_count(text: str, space: str) -> None:
    terms = [hit.term for hit in match(text, TINY)]
    assert [hit.term for hit in match(space.join(text), TINY)] == terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("推进集成电\n路和半 导 体。芯\u3000片。", ["集成电\n路", "半 导 体", "芯\u3000片"]),
        ("半导体芯片", ["半导体", "芯片"]),
        ("存储芯片片区", ["芯片"]),
        ("芯\xa0片和芯\r\n片", ["芯\xa0片", "芯\r\n片"]),
        ("芯\n\n片，芯\n \t\n片，芯\r\n\r\n片", []),
        ("⾼新技术与晶⽚", ["⾼新技术", "晶⽚"]),
        ("集成电\uf937", ["集成电\uf937"]),
        ("芯\u200b片", []),
        ("", []),
        ("无关", []),
        ("\ud800芯片\udfff", ["芯片"]),
        ("𠀀芯 片", ["芯 片"]),
    ],
)
def test_words_as_extraction_leaves_them(text: str, found: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in match(text, SEED)] == found


def test_a_word_split_by_a_space_counts_as_in_the_2013_report_of_wuxi() -> None:
    """高新技 术 counted 0 without folding; the report's own count is 1."""
    assert match("发展高新技 术产业", SEED) == [Hit("高新技术", "extended", 2, 7)]


def test_white_space_between_letters_is_read() -> None:
    lexicon = {"core": ["AI", "machine learning", "5G"], "extended": []}
    text = "A I，machine learning，machinelearning，5 G，ＡＩ，５G"
    assert [hit.term for hit in match(text, lexicon)] == ["machine learning", "AI", "5G"]


def test_only_look_alikes_are_folded_never_symbols_that_stand_for_a_number() -> None:
    assert match("①㎡²", {"core": ["1", "2", "m"]}) == []


def test_the_longest_exclusion_phrase_around_a_hit_is_named() -> None:
    text = "国家高新技术企业、高新技术企业、高新技术、半导体\n照明、半导体"
    assert [hit.excluded_by for hit in match(text, STRICT)] == [
        "国家高新技术企业", "高新技术企业", None, "半导体照明", None,
    ]  # fmt: skip


def test_an_exclusion_phrase_does_not_cross_a_paragraph() -> None:
    assert match("半导体\n\n照明", STRICT)[0].excluded_by is None


def test_a_term_is_given_as_the_lexicon_writes_it() -> None:
    assert [hit.term for hit in match("AI", {"core": ["ＡＩ"]})] == ["ＡＩ"]


def test_a_mapping_is_checked_like_a_lexicon() -> None:
    with pytest.raises(ValueError, match="twice"):
        match("芯片", {"core": ["芯片", "芯片"]})
