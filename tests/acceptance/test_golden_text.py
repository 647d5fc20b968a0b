"""The matcher against counts made by other programs: K01 by hand, 155 province-years by script.

Both stand beside the project, in ``shared/golden``, with the reports in ``shared/data``.
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from models_py.text import Lexicon, TokenCounter, match, split_sections

SHARED = Path(__file__).parents[2].parent / "shared"
GOLDEN = SHARED / "golden"
REPORTS = SHARED / "data" / "landing" / "reports"

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        not GOLDEN.is_dir(),
        reason="the golden numbers are not beside the project (../shared/golden)",
    ),
]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def hand_counted() -> dict[str, Any]:
    path = GOLDEN / "text" / "K01_keywords.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def test_hand_counted_texts(hand_counted: dict[str, Any]) -> None:
    lexicon = Lexicon.of(hand_counted["keywords"])
    found = {}
    for row in rows_of(GOLDEN / "text" / hand_counted["csv"]):
        hits = match(row["text"], lexicon)
        counts = {word: sum(hit.term == word for hit in hits) for word in lexicon.words}
        core = sum(hit.category == "core" for hit in hits)
        found[row["doc_id"]] = (counts, len(hits), core)
    assert found == {
        name: (case["counts"], case["total"], case["core_total"])
        for name, case in hand_counted["expected"].items()
    }


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not beside the project")
def test_155_province_years_term_by_term(hand_counted: dict[str, Any]) -> None:
    lexicon = Lexicon.of(hand_counted["keywords"])
    rows = rows_of(GOLDEN / "attention_provinces_2018_2022.csv")
    assert len(rows) == 155
    wrong = []
    for row in rows:
        text = (REPORTS / row["file"]).read_text(encoding="utf-8")
        hits = match(text, lexicon)
        found = {word: sum(hit.term == word for hit in hits) for word in lexicon.words}
        found["n_hits"] = len(hits)
        found["n_core_hits"] = sum(hit.category == "core" for hit in hits)
        wrong += [(row["file"], key, n, row[key]) for key, n in found.items() if n != int(row[key])]
    assert wrong == []


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not beside the project")
def test_every_one_of_them_has_a_review_and_a_plan() -> None:
    lacking = []
    for row in rows_of(GOLDEN / "attention_provinces_2018_2022.csv"):
        text = (REPORTS / row["file"]).read_text(encoding="utf-8")
        kinds = [section.kind for section in split_sections(text)]
        if kinds[:3] != ["other", "review", "plan"] or kinds[3:] not in ([], ["annex"]):
            lacking.append((row["file"], kinds))
    assert lacking == []


def test_token_counts_equal_a_full_cut_of_every_golden_report() -> None:
    """jieba itself over 9 MB of real text; the benchmark and decision 0003 cover all of it."""
    import jieba

    lexicon = Lexicon.of({"core": ["芯片", "半导体", "集成电路"], "extended": ["高新技术"]})
    counter = TokenCounter(lexicon)
    reference = jieba.Tokenizer()
    reference.FREQ, reference.total = reference.gen_pfdict(reference.get_dict_file())
    reference.initialized = True
    for word in lexicon.words:
        reference.add_word(word)
    for row in rows_of(GOLDEN / "attention_provinces_2018_2022.csv"):
        text = (REPORTS / row["file"]).read_text(encoding="utf-8")
        tokens = list(reference.cut(text))
        assert counter.n_tokens(text) == len(tokens), row["file"]
        hits = {word: tokens.count(word) for word in lexicon.words}
        assert counter.hits(text) == hits, row["file"]
