"""Near-duplicate search: time against the number of reports, and beside comparing all pairs.

The texts are sentences of real reports, or of the sample's grammar, drawn at random to the length
of a report; every tenth is a copy of another with other punctuation and a few sentences left out.
The peer is what a notebook does: sets of five characters, every pair compared.
"""

from __future__ import annotations

import importlib.util
import random
import sys
import time
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

from orchestration.ingest.near_duplicates import near_duplicates, signature

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "data" / "landing" / "reports"
SIZES = (750, 1_500, 3_000)
LONGEST_SECONDS = 30.0
# Each report may cost half as much again among 3,000 as among 750: caches, and a sort.
LARGEST_GROWTH = 1.5
LEAST_GAIN = 50.0
PEER_TEXTS = 40

_TEXT_CHARS = 18_000
_POOL = 60_000
_COPIES_EVERY = 10
_LEFT_OUT = 0.04
_REPUNCTUATED = 0.1

Figures = dict[str, Any]


def run(
    sizes: tuple[int, ...] = SIZES, text_chars: int = _TEXT_CHARS, corpus: Path = REAL
) -> Figures:
    """Time signatures and search at several numbers of reports and print the table.

    Args:
        sizes: numbers of reports, ascending.
        text_chars: characters of a report.
        corpus: a folder of real reports in Markdown; the sample's grammar where there is none.

    Returns:
        ``rows`` (reports, seconds for signatures and search, pairs found and planted), ``peer``
        and ``targets``.
    """
    sentences, source = _sentences(corpus)
    print(f"{len(sentences):,} sentences of {source}, {text_chars:,} characters a report")
    texts, planted = _texts(sentences, sizes[-1], text_chars)
    rows = [_timed(texts[:size], planted) for size in sizes]
    peer = _peer(texts[:PEER_TEXTS])
    figures: Figures = {"source": source, "rows": rows, "peer": peer}
    figures["targets"] = _targets(rows, peer)
    _show(figures)
    return figures


def _sentences(corpus: Path) -> tuple[list[str], str]:
    """Sentences to draw from, and where they are from."""
    draw = random.Random(1)
    if corpus.is_dir():
        pool = [
            sentence
            for path in sorted(corpus.rglob("*.md"))
            for sentence in path.read_text(encoding="utf-8").replace("\n", "").split("。")
            if len(sentence) > 10
        ]
        return draw.sample(pool, min(_POOL, len(pool))), "real reports"
    grammar = _grammar()
    templates = [*grammar.REVIEW_NEUTRAL, *grammar.PLAN_NEUTRAL]
    drawn = grammar.Draw("near-duplicates")
    return [drawn.expand(drawn.pick(templates)) for _ in range(_POOL)], "the sample's grammar"


def _grammar() -> ModuleType:
    """The sample's grammar, which lies beside the data it wrote and in no package."""
    spec = importlib.util.spec_from_file_location("sample_grammar", ROOT / "data" / "grammar.py")
    if spec is None or spec.loader is None:
        raise ValueError("data/grammar.py is not beside the benchmarks; run them in a checkout.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _texts(
    sentences: list[str], count: int, text_chars: int
) -> tuple[list[str], set[tuple[str, str]]]:
    """Texts, and the pairs of names of those that are copies."""
    draw = random.Random(2)
    texts: list[str] = []
    planted = set()
    for at in range(count):
        if at % _COPIES_EVERY == _COPIES_EVERY - 1:
            original = draw.randrange(at - _COPIES_EVERY + 1, at)
            texts.append(_copy(texts[original], draw))
            planted.add((_name(original), _name(at)))
            continue
        body: list[str] = []
        length = 0
        while length < text_chars:
            body.append(draw.choice(sentences))
            length += len(body[-1])
        texts.append("。\n".join(body))
    return texts, planted


def _copy(text: str, draw: random.Random) -> str:
    kept = [line for line in text.split("\n") if draw.random() >= _LEFT_OUT]
    marks = [
        "；" if mark == "，" and draw.random() < _REPUNCTUATED else mark for mark in "\n".join(kept)
    ]
    return "".join(marks)


def _name(at: int) -> str:
    return f"{at:05d}"


def _timed(texts: list[str], planted: set[tuple[str, str]]) -> Figures:
    begin = time.perf_counter()
    signatures = {_name(at): signature(text) for at, text in enumerate(texts)}
    signed = time.perf_counter()
    pairs = near_duplicates(signatures)
    done = time.perf_counter()
    here = {pair for pair in planted if pair[1] in signatures}
    found = {(pair.first, pair.second) for pair in pairs}
    return {
        "reports": len(texts),
        "signatures_s": signed - begin,
        "search_s": done - signed,
        "seconds": done - begin,
        "planted": len(here),
        "missed": len(here - found),
        "wrong": len(found - here),
    }


def _peer(texts: list[str]) -> Figures:
    """Compare every pair of a few texts by their sets of five characters."""
    begin = time.perf_counter()
    sets = [{text[at : at + 5] for at in range(len(text) - 4)} for text in texts]
    made = time.perf_counter()
    pairs = [
        len(first & second) / max(len(first | second), 1) for first, second in combinations(sets, 2)
    ]
    done = time.perf_counter()
    return {
        "reports": len(texts),
        "set_s": (made - begin) / len(texts),
        "pair_s": (done - made) / max(len(pairs), 1),
    }


def _targets(rows: list[Figures], peer: Figures) -> list[Figures]:
    first, last = rows[0], rows[-1]
    count = last["reports"]
    growth = (last["seconds"] / count) / (first["seconds"] / first["reports"])
    all_pairs = peer["set_s"] * count + peer["pair_s"] * count * (count - 1) / 2
    gain = all_pairs / last["seconds"]
    return [
        {
            "target": f"{count:,} reports in under {LONGEST_SECONDS:.0f} s",
            "value": last["seconds"],
            "met": last["seconds"] < LONGEST_SECONDS,
        },
        {
            "target": f"a report among {count:,} costs at most {LARGEST_GROWTH} times what it "
            f"costs among {first['reports']:,}",
            "value": growth,
            "met": growth <= LARGEST_GROWTH,
        },
        {
            "target": f"at least {LEAST_GAIN:.0f} times faster than all pairs would be",
            "value": gain,
            "met": gain >= LEAST_GAIN,
        },
        {
            "target": "every planted copy found and nothing else",
            "met": all(row["missed"] == row["wrong"] == 0 for row in rows),
        },
    ]


def _show(figures: Figures) -> None:
    print(f"{'reports':>8}{'signatures s':>14}{'search s':>10}{'ms a report':>13}{'copies':>8}")
    for row in figures["rows"]:
        print(
            f"{row['reports']:8,}{row['signatures_s']:14.2f}{row['search_s']:10.2f}"
            f"{1e3 * row['seconds'] / row['reports']:13.2f}{row['planted'] - row['missed']:8,}"
        )
    peer = figures["peer"]
    print(
        f"all pairs, measured on {peer['reports']}: {1e3 * peer['set_s']:.1f} ms a report and "
        f"{1e3 * peer['pair_s']:.2f} ms a pair"
    )
    for target in figures["targets"]:
        value = f" ({target['value']:.2f})" if "value" in target else ""
        print(f"{'met   ' if target['met'] else 'MISSED'} {target['target']}{value}")
