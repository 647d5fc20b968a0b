"""Lexicons: what they refuse, and what their digest tells apart."""

import pytest

from models_py.text import Lexicon, Term


def test_terms_keep_the_order_given() -> None:
    lexicon = Lexicon.of({"core": ["芯片", "半导体"], "extended": ["晶圆"]}, topic="chips")
    assert lexicon.words == ("芯片", "半导体", "晶圆")
    assert lexicon.terms[2] == Term("晶圆", "extended")


@pytest.mark.parametrize(
    ("words", "exclusions", "says"),
    [
        ({"core": [], "extended": []}, [], "no term"),
        ({"core": [""]}, [], "blank term"),
        ({"core": ["\u3000"]}, [], "blank term"),
        ({"core": ["芯片 "]}, [], "begins or ends with white space"),
        ({"core": ["芯\n片"]}, [], "line break"),
        ({"core": ["芯片", "芯片"]}, [], "twice"),
        ({"core": ["芯片"], "extended": ["芯片"]}, [], "twice"),
        ({"core": ["AI"], "extended": ["ＡＩ"]}, [], "the first time as 'AI'"),
        ({"central": ["芯片"]}, [], "'central'"),
        ({"core": "芯片"}, [], "one string"),
        ({"core": ["芯片"]}, "芯片", "one string"),
        ({"core": ["芯片"]}, ["存储器"], "holds none of the terms"),
        ({"core": ["芯片"]}, [""], "blank exclusion phrase"),
        ({"core": ["芯片"]}, ["存储芯片", "存储芯片"], "twice"),
    ],
)
def test_a_lexicon_that_would_count_wrongly_is_refused_with_a_sentence(
    words: dict[str, list[str]], exclusions: list[str], says: str
) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        Lexicon.of(words, exclusions=exclusions)
    assert str(caught.value).endswith(".")


def test_equal_content_has_one_digest_and_any_change_another() -> None:
    base = Lexicon.of({"core": ["芯片"], "extended": ["晶圆"]}, "chips", ["存储芯片"])
    same = Lexicon.of({"core": ("芯片",), "extended": ("晶圆",)}, "chips", ("存储芯片",))
    others = [
        Lexicon.of({"core": ["芯片"], "extended": ["晶圆"]}, "others", ["存储芯片"]),
        Lexicon.of({"core": ["芯片", "晶圆"]}, "chips", ["存储芯片"]),
        Lexicon.of({"extended": ["晶圆"], "core": ["芯片"]}, "chips", ["存储芯片"]),
        Lexicon.of({"core": ["芯片"], "extended": ["晶圆"]}, "chips"),
    ]
    assert base.digest == same.digest
    assert len(base.digest) == 64
    assert len({base.digest, *(other.digest for other in others)}) == 5
