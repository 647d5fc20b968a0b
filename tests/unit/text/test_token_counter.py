"""Token counts: those of a full jieba cut, whatever engine or short way gives them."""

import marshal
from collections import Counter
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py.text import Lexicon, TokenCounter, tokens

SEED = Lexicon.of(
    {
        "core": ["芯片", "半导体", "集成电路"],
        "extended": ["晶圆", "电子元器件", "高新技术", "5G", "C++", "·", "电 路", "芯"],
    }
)
ACCELERATED = TokenCounter(SEED)
PLAIN = TokenCounter(SEED, accelerate=False)

WORDS = st.sampled_from(
    [
        "芯片", "存储芯片", "半导体", "集成电路", "晶圆", "电子元器件", "高新技术", "企业",
        "中欣晶圆", "芯", "5G", "C++", "·", "，", "。\n", "\r\n", " ", "10.4%", "1-2家", "a_1.html",
        "增长", "了", "㐀", "🀄", "\ud800", "%", ".", "犇", "磏港", "盯紧盯实", "3.5.7", "2022年",
    ]
)  # fmt: skip
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5)
TEXTS = st.one_of(
    st.lists(WORDS, max_size=16).map("".join),
    st.text(st.one_of(HAN, st.sampled_from("0a.%-+#&_ ，\r\n芯片")), max_size=24),
)


@pytest.fixture(scope="module")
def cut() -> jieba.Tokenizer:
    """jieba by its own front door, the terms added by hand."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for word in SEED.words:
        tokenizer.add_word(word)
    return tokenizer


@settings(max_examples=400)
@given(text=TEXTS)
def test_hits_equal_a_full_cut(cut: jieba.Tokenizer, text: str) -> None:
    expected, position = [], 0
    for token in cut.cut(text):
        if token in SEED.words:
            expected.append((token, position))
        position += len(token)
    assert [(hit.term, hit.start) for hit in PLAIN.token_hits(text)] == expected
    counts = Counter(term for term, _ in expected)
    assert PLAIN.hits(text) == {word: counts[word] for word in SEED.words}


@settings(max_examples=400)
@given(text=TEXTS)
def test_both_engines_count_the_tokens_of_a_full_cut(cut: jieba.Tokenizer, text: str) -> None:
    expected = len(list(cut.cut(text)))
    assert PLAIN.n_tokens(text) == expected
    assert ACCELERATED.n_tokens(text) == expected


def test_a_term_inside_a_longer_word_is_no_token() -> None:
    """半导体芯片 is a word of jieba's own: one token, no term, though two substring hits."""
    counts = PLAIN.hits("半导体芯片，高新技术企业。")
    assert (counts["芯片"], counts["半导体"], counts["高新技术"]) == (0, 0, 1)


def test_a_term_that_jieba_would_part_is_whole_once_the_lexicon_is_loaded() -> None:
    text = "电子元器件"
    assert PLAIN.hits(text)[text] == 1
    assert TokenCounter(Lexicon.of({"core": ["芯片"]})).n_tokens(text) == 2


@pytest.mark.parametrize("extra", [[], ["经济"], ["存储芯片", "工作"]])
def test_ties_fall_as_jieba_lets_them(extra: list[str]) -> None:
    """盯紧/盯 and 盯/紧盯 weigh the same: the last bit of the dictionary's total decides.

    rjieba's total was 2,420 less than jieba's, and 盯紧盯实芯片 had one token too few.
    """
    lexicon = Lexicon.of({"core": ["芯片", "半导体", *extra]})
    fast, slow = TokenCounter(lexicon), TokenCounter(lexicon, accelerate=False)
    for tie in ("盯紧盯", "上划上", "上变上", "上照上", "上选上", "下传下"):
        for suffix in ("", "实芯片", "经济", "2022年"):
            assert fast.n_tokens(tie + suffix) == slow.n_tokens(tie + suffix)


def test_the_engine_says_its_name() -> None:
    assert PLAIN.engine == "jieba"
    assert ACCELERATED.engine in ("rjieba", "jieba")


def test_an_unproven_accelerator_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_PROVEN_RJIEBA", "0.0.0")
    assert TokenCounter(SEED).engine == "jieba"


def test_counters_do_not_share_words() -> None:
    word = "晶圆芯片厂"
    with_word = TokenCounter(Lexicon.of({"core": [word]}))
    assert with_word.hits(word) == {word: 1}
    assert PLAIN.hits(word)["芯片"] == 1
    assert jieba.dt.FREQ.get(word) is None


def test_the_dictionary_cache_stays_in_the_folder_given(tmp_path: Path) -> None:
    first = TokenCounter(SEED, cache_dir=tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".cache"]
    again = TokenCounter(SEED, cache_dir=tmp_path)
    text = "半导体芯片产业增长10.4%。"
    assert first.n_tokens(text) == again.n_tokens(text) == PLAIN.n_tokens(text)


def test_the_shared_temporary_folder_is_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A jieba.cache left there by anyone would be unmarshalled and trusted."""
    planted = tmp_path / "jieba.cache"
    planted.write_bytes(marshal.dumps(({"芯": 1}, 1)))
    before = planted.read_bytes()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    counter = TokenCounter(SEED)
    assert list(tmp_path.iterdir()) == [planted]
    assert planted.read_bytes() == before
    assert counter.token_hits("半导体芯片") == []  # two hits, had the planted words been read
