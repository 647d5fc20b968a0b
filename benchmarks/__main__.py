"""``python -m benchmarks`` and the name of one: the command line only."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import (
    attention,
    audit,
    build,
    econometrics,
    index,
    near_duplicates,
    panel,
    refresh,
    yearbooks,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark, print its table and, if asked, write its figures as JSON.

    Returns:
        0 if every target is met, 1 if one is not, 2 if the call is wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    text = commands.add_parser("attention", help="terms and tokens against jieba.cut")
    text.add_argument("--corpus", type=Path, help="a folder of .md and .txt reports")
    text.add_argument("--rounds", type=int, default=5, help="the best of so many rounds counts")
    text.add_argument("--loop-mb", type=float, default=4.0, help="how much the slow loop reads")
    whole = commands.add_parser("build", help="xinku build on the sample, as a whole process")
    whole.add_argument("--landing", type=Path, help="another landing zone than the sample")
    alike = commands.add_parser("near-duplicates", help="750 to 3,000 reports compared")
    january = commands.add_parser("refresh", help="a new year beside 25, and nothing to do")
    sheets = commands.add_parser("yearbooks", help="every real sheet, beside pandas.read_excel")
    millions = commands.add_parser("panel", help="dbt from observations to the panel, ten times")
    millions.add_argument("--rows", type=int, default=panel.ROWS, help="of the larger run")
    millions.add_argument("--with-tests", action="store_true", help="run dbt's tests as well")
    papers = commands.add_parser("audit", help="10,000 tables judged")
    models = commands.add_parser("econometrics", help="bootstrap, curve, a million rows")
    sizes = commands.add_parser("size", help="how often each test rejects a true hypothesis")
    indices = commands.add_parser(
        "index", help="draws of a composite index against an MCDM library"
    )
    for command in (text, whole, alike, january, sheets, millions, papers, models, sizes, indices):
        command.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args(arguments)
    runs: dict[str, Callable[[], dict[str, Any]]] = {
        "attention": lambda: attention.run(asked.corpus, asked.rounds, asked.loop_mb),
        "build": lambda: build.run(asked.landing),
        "near-duplicates": near_duplicates.run,
        "refresh": refresh.run,
        "yearbooks": yearbooks.run,
        "panel": lambda: panel.run(asked.rows, with_tests=asked.with_tests),
        "audit": audit.run,
        "econometrics": econometrics.run,
        "size": econometrics.sizes,
        "index": index.run,
    }
    try:
        figures = runs[asked.command]()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if asked.json:
        asked.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(target["met"] for target in figures["targets"]) else 1


if __name__ == "__main__":
    sys.exit(main())
