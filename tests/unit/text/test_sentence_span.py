"""Sentences around hits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.text import sentence_span


def around(text: str, word: str) -> str:
    start = text.index(word)
    first, last = sentence_span(text, start, start + len(word))
    return text[first:last]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("一。二芯片三。四", "二芯片三。"),
        ("他说：“做芯片！”然后", "他说：“做芯片！”"),
        ("他说：“好。”芯片呢？是", "芯片呢？"),
        ("题\n\n芯片业\n\n下段", "芯片业"),
        ("题\n\u3000\u3000芯片业\n\u3000\u3000下段", "芯片业"),
        ("抓好芯片和集成\n电路产业。下", "抓好芯片和集成\n电路产业。"),
        ("上；芯片；下", "芯片；"),
        ("芯片", "芯片"),
        ("**一、回顾**\n\n芯片", "芯片"),
    ],
)
def test_bounds(text: str, sentence: str) -> None:
    assert around(text, "芯片") == sentence


def test_a_hit_over_two_lines_stays_whole() -> None:
    assert sentence_span("上。集成电\n路下。", 2, 7) == (2, 9)


def test_a_table_read_as_one_line_is_cut_around_the_hit() -> None:
    text = "表" * 1000 + "芯片" + "表" * 1000
    first, last = sentence_span(text, 1000, 1002)
    assert last - first == 400
    assert first < 1000 < 1002 < last


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="is not in a text of 2"):
        sentence_span("芯片", 1, 3)


@given(st.text(alphabet="芯。！\n \u3000”a", max_size=900), st.data())
def test_the_sentence_holds_the_hit_and_is_bounded(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    first, last = sentence_span(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
    assert last - first <= 400
