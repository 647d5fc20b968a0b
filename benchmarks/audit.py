"""The audit's speed, recall and false accusations on synthetic tables.

Tables are simulated, fitted and printed by ``tests/fixtures/audit_tables.py``, which knows nothing
of the audit. For speed the tables are repeated as text, so that reading is timed too.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from models_py.audit import WRONG, audit

TABLES = 10_000
DISTINCT = 1_000
LONGEST_SECONDS = 60.0
LEAST_RECALL = 0.95
MOST_FALSE = 0.01

Figures = dict[str, Any]


def run(tables: int = TABLES, distinct: int = DISTINCT, judged: int = 200) -> Figures:
    """Audit many tables against the clock, and clean and planted ones against the truth.

    Args:
        tables: how many are timed.
        distinct: different ones among them.
        judged: clean and planted tables each.

    Returns:
        Seconds, recall by kind of error, false accusations, and ``targets``.
    """
    made = _generator()
    cases = [made.clean_table(seed) for seed in range(min(distinct, tables))]
    begin = time.perf_counter()
    for at in range(tables):
        case = cases[at % len(cases)]
        audit(case.text, case.context)
    seconds = time.perf_counter() - begin
    accused = sum(_accuses(made.clean_table(seed)) for seed in range(50_000, 50_000 + judged))
    planted = [made.planted_table(seed) for seed in range(60_000, 60_000 + judged)]
    missed = [f"{case.kind}/{case.planted}" for case in planted if not _accuses(case)]
    figures: Figures = {
        "tables": tables, "seconds": seconds, "ms_a_table": 1e3 * seconds / tables,
        "clean": judged, "accused": accused, "planted": judged, "missed": missed,
    }  # fmt: skip
    figures["targets"] = _targets(figures)
    for target in figures["targets"]:
        print(
            f"{'met   ' if target['met'] else 'MISSED'} {target['target']} ({target['value']:.4g})"
        )
    return figures


def _targets(figures: Figures) -> list[Figures]:
    scaled = figures["seconds"] / figures["tables"] * TABLES
    recall = 1 - len(figures["missed"]) / figures["planted"]
    false = figures["accused"] / figures["clean"]
    return [
        {"target": f"{TABLES:,} tables in under {LONGEST_SECONDS:.0f} s", "value": scaled,
         "met": scaled < LONGEST_SECONDS},
        {"target": f"at least {LEAST_RECALL:.0%} of planted errors found", "value": recall,
         "met": recall >= LEAST_RECALL},
        {"target": f"less than {MOST_FALSE:.0%} of clean tables accused", "value": false,
         "met": false < MOST_FALSE},
    ]  # fmt: skip


def _accuses(case: Any) -> bool:
    return bool(audit(case.text, case.context)["verdict"].isin(WRONG).any())


def _generator() -> ModuleType:
    """The generator of the tests, which is in no package."""
    path = Path(__file__).parents[1] / "tests" / "fixtures" / "audit_tables.py"
    spec = importlib.util.spec_from_file_location("audit_tables", path)
    if spec is None or spec.loader is None:
        raise ValueError("tests/fixtures/audit_tables.py is not beside the benchmarks.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
