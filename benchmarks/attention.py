"""Terms and tokens in reports: each engine's speed beside the usual ``jieba.cut`` loop.

Every engine reads strings decoded anew for its turn, because Python keeps a string's UTF-8 form
once asked for it and a second reading would be flattered. Engines take turns within a round, so
that what else the machine does strikes all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jieba
from ahocorasick_rs import AhoCorasick, MatchKind

from models_py.text import Lexicon, TokenCounter, match, split_sections

ROOT = Path(__file__).parents[1]
LEXICON = Lexicon.of(
    {
        "core": ["芯片", "半导体", "集成电路"],
        "extended": [
            "晶圆", "晶片", "电子设计自动化", "封测技术", "电子元器件", "高新技术", "高精尖",
        ],
    },
    topic="chip_innovation",
)  # fmt: skip

Figures = dict[str, Any]
Reader = Callable[[str], int]


def run(corpus: Path | None, rounds: int, loop_mb: float) -> Figures:
    """Time every engine over a corpus and print the table.

    Args:
        corpus: a folder; by default the real reports beside the project, else the sample.
        rounds: each engine's best round counts.
        loop_mb: megabytes, spread over the corpus, that the jieba loop reads once.

    Returns:
        ``rows`` (engine, megabytes, seconds, MB/s), ``targets`` and ``checks``.

    Raises:
        ValueError: the folder holds no report.
    """
    folder = corpus or _default_corpus()
    reports = _reports(folder)
    if not reports:
        raise ValueError(f"{folder} holds no .md or .txt report; name another with --corpus.")
    size = sum(map(len, reports)) / 1e6
    some = reports[:: max(1, round(size / loop_mb))]
    print(f"{len(reports)} reports, {size:.1f} MB of UTF-8, in {folder}")

    scan = AhoCorasick(LEXICON.words, matchkind=MatchKind.LeftmostLongest)
    counter = TokenCounter(LEXICON)
    loop = _jieba_loop()
    engines: dict[str, Reader] = {
        "bare Aho-Corasick scan": lambda text: len(scan.find_matches_as_indexes(text)),
        "match": lambda text: len(match(text, LEXICON)),
        "token_hits": lambda text: len(counter.token_hits(text)),
        "split_sections": lambda text: len(split_sections(text)),
    }
    rows = _best(engines, reports, max(1, rounds))
    tokens = f"n_tokens ({counter.engine})"
    rows |= _best({tokens: counter.n_tokens}, reports, min(2, max(1, rounds)))
    rows |= _best({"jieba.cut loop": lambda text: loop(text)[0]}, some, 1)

    figures: Figures = {"corpus": str(folder), "reports": len(reports), "rows": rows}
    figures["checks"] = _checks(counter, loop, some)
    figures["targets"] = _targets(rows, tokens, figures["checks"])
    _show(figures)
    return figures


def _default_corpus() -> Path:
    real = ROOT.parent / "shared" / "data" / "landing" / "reports"
    return real if real.is_dir() else ROOT / "data" / "landing"


def _reports(folder: Path) -> list[bytes]:
    """Every report as UTF-8; what is neither UTF-8 nor GB18030 is left out."""
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".md", ".txt") or not path.is_file():
            continue
        data = path.read_bytes()
        for encoding in ("utf-8", "gb18030"):
            try:
                texts.append(data.decode(encoding).encode())
                break
            except UnicodeDecodeError:
                continue
    return texts


def _jieba_loop() -> Callable[[str], tuple[int, int]]:
    """What notebooks do: cut everything, compare each token. Gives hits and tokens."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for word in LEXICON.words:
        tokenizer.add_word(word)
    terms = set(LEXICON.words)

    def read(text: str) -> tuple[int, int]:
        hits = tokens = 0
        for token in tokenizer.cut(text):
            tokens += 1
            hits += token in terms
        return hits, tokens

    return read


def _best(engines: dict[str, Reader], reports: list[bytes], rounds: int) -> dict[str, Figures]:
    size = sum(map(len, reports)) / 1e6
    best = dict.fromkeys(engines, float("inf"))
    for _ in range(rounds):
        for name, read in engines.items():
            texts = [report.decode() for report in reports]
            begin = time.perf_counter()
            for text in texts:
                read(text)
            best[name] = min(best[name], time.perf_counter() - begin)
    return {
        name: {"megabytes": size, "seconds": took, "mb_per_s": size / took}
        for name, took in best.items()
    }


def _checks(
    counter: TokenCounter, loop: Callable[[str], tuple[int, int]], reports: list[bytes]
) -> Figures:
    """Whether the short ways count what the loop counts, over the part that it reads."""
    texts = [report.decode() for report in reports]
    expected = [loop(text) for text in texts]
    return {
        "reports": len(texts),
        "token_hits_equal": [len(counter.token_hits(text)) for text in texts]
        == [hits for hits, _ in expected],
        "n_tokens_equal": [counter.n_tokens(text) for text in texts]
        == [tokens for _, tokens in expected],
    }


def _targets(rows: dict[str, Figures], tokens: str, checks: Figures) -> list[Figures]:
    speed = {name: row["mb_per_s"] for name, row in rows.items()}
    loop, scan = speed["jieba.cut loop"], speed["bare Aho-Corasick scan"]
    return [
        _target("match is 100 times the loop or more", speed["match"] / loop, 100),
        _target("match is within 3 times of the bare scan", speed["match"] / scan, 1 / 3),
        _target("token_hits is 25 times the loop or more", speed["token_hits"] / loop, 25),
        _target("n_tokens is faster than the loop", speed[tokens] / loop, 1),
        {"target": "token hits equal the loop's", "met": checks["token_hits_equal"]},
        {"target": "token totals equal the loop's", "met": checks["n_tokens_equal"]},
    ]


def _target(words: str, ratio: float, least: float) -> Figures:
    return {"target": words, "ratio": ratio, "least": least, "met": ratio >= least}


def _show(figures: Figures) -> None:
    rows = figures["rows"]
    loop = rows["jieba.cut loop"]["mb_per_s"]
    scan = rows["bare Aho-Corasick scan"]["mb_per_s"]
    print(f"{'':26}{'MB':>8}{'seconds':>10}{'MB/s':>10}{'x loop':>10}{'of scan':>10}")
    for name, row in rows.items():
        speed = row["mb_per_s"]
        print(
            f"{name:26}{row['megabytes']:8.1f}{row['seconds']:10.3f}{speed:10.1f}"
            f"{speed / loop:10.1f}{speed / scan:10.3f}"
        )
    for target in figures["targets"]:
        ratio = f" ({target['ratio']:.2f})" if "ratio" in target else ""
        print(f"{'met   ' if target['met'] else 'MISSED'} {target['target']}{ratio}")
    print(f"Equality checked on {figures['checks']['reports']} reports, those the loop read.")
