"""A new year of 31 reports beside 25 years of them: what the text stage costs, and nothing to do.

The full text stage in the same process is the yardstick: reading, identifying and counting every
report. dbt and Dagster's own start are not of it; they cost the same however many years there are.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.ingest.regions import RegionTable
from orchestration.progress import Silent
from orchestration.settings import Settings
from orchestration.stages import update_inventory, update_lexicons, update_marks, update_measures
from orchestration.warehouse import Warehouse

ROOT = Path(__file__).parents[1]
FIRST, LAST = 2001, 2025
LARGEST_SHARE = 0.15
LONGEST_IDLE_SECONDS = 2.0

_CLAUSES = [
    "持续优化营商环境",
    "加快推进乡村振兴",
    "着力保障改善民生",
    "扎实做好防灾减灾",
    "深入实施创新驱动",
    "不断完善基础设施",
    "稳步推进城镇建设",
    "积极发展现代农业",
    "统筹推进污染防治",
    "大力培育市场主体",
    "全面落实惠企政策",
    "有序推进重点工程",
    "支持高新技术企业发展",
    "建设集成电路产业基地",
]


def run(reports_chars: int = 15_000) -> dict[str, Any]:
    """Measure the text stage in full and for one more year, and a refresh without a change.

    Args:
        reports_chars: length of each report; real ones have 15,000 characters.

    Returns:
        ``full_seconds``, ``year_seconds``, ``share``, ``files_read``, ``idle_seconds`` and
        ``targets``.
    """
    with tempfile.TemporaryDirectory() as folder, _environment():
        zone = Path(folder) / "zone"
        for year in range(FIRST, LAST + 1):
            _write_year(zone, year, reports_chars)
        settings = Settings.resolve(
            landing=zone, warehouse=Path(folder) / "refresh.duckdb", environment={}
        )
        store = Warehouse(settings.working_file, settings.warehouse)
        store.prepare()
        _warm_up(Path(folder), reports_chars)
        full, _ = _text_stage(store, settings, list(range(FIRST, LAST + 1)))
        _write_year(zone, LAST + 1, reports_chars)
        more, files_read = _text_stage(store, settings, [LAST + 1])
        idle = _idle_seconds(Path(folder))
    figures: dict[str, Any] = {
        "full_seconds": full,
        "year_seconds": more,
        "share": more / full,
        "files_read": files_read,
        "idle_seconds": idle,
    }
    cheap, only_new = f"a new year costs at most {LARGEST_SHARE:.0%}", "only its 31 files are read"
    idles = f"an unchanged refresh ends within {LONGEST_IDLE_SECONDS:.0f} s"
    figures["targets"] = [
        {"target": cheap, "met": more / full <= LARGEST_SHARE},
        {"target": only_new, "met": files_read == 31},
        {"target": idles, "met": idle <= LONGEST_IDLE_SECONDS},
    ]
    n_years = LAST - FIRST + 1
    print(f"text stage of {n_years} years ({31 * n_years} reports): {full:.2f} s")
    print(f"text stage of one more year: {more:.2f} s, {more / full:.1%}; files read: {files_read}")
    print(f"unchanged refresh, the whole command: {idle:.2f} s")
    for target in figures["targets"]:
        print(f"{'met   ' if target['met'] else 'MISSED'} {target['target']}")
    return figures


def _text_stage(store: Warehouse, settings: Settings, years: list[int]) -> tuple[float, int]:
    begin = time.perf_counter()
    taken = update_inventory(store, settings, Silent())
    update_lexicons(store, settings)
    update_marks(store, settings)
    update_measures(store, settings, years, Silent())
    return time.perf_counter() - begin, taken.n_read


def _warm_up(folder: Path, n_chars: int) -> None:
    """Load jieba's dictionary and the region table, which either side would pay once."""
    zone = folder / "warm"
    _write_year(zone, LAST, n_chars)
    settings = Settings.resolve(landing=zone, warehouse=folder / "warm.duckdb", environment={})
    store = Warehouse(settings.working_file, settings.warehouse)
    store.prepare()
    _text_stage(store, settings, [LAST])


def _idle_seconds(folder: Path) -> float:
    """Wall time of `xinku refresh` on the sample right after it was built, the best of three."""
    environment = {**os.environ, "XINKU_HOME": str(folder / "home")}

    def call(*arguments: str) -> float:
        command = [sys.executable, "-m", "orchestration.cli", *arguments]
        begin = time.perf_counter()
        done = subprocess.run(
            [*command, "--warehouse", str(folder / "sample.duckdb")],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ValueError(f"xinku {arguments[0]} ended with {done.returncode}:\n{done.stderr}")
        if arguments[0] == "refresh" and "Nothing to do" not in done.stdout:
            raise ValueError(f"xinku refresh found something to do:\n{done.stdout}")
        return time.perf_counter() - begin

    call("build", "--landing", str(ROOT / "data" / "landing"))
    return min(call("refresh") for _ in range(3))


def _write_year(zone: Path, year: int, n_chars: int) -> None:
    for region in RegionTable.from_seeds().provinces():
        if region.code[0] in "78":  # Taiwan, Hong Kong and Macao give no such reports
            continue
        draw = random.Random(f"{region.code} {year}")
        half = n_chars // 2
        path = zone / "reports" / region.full_name / f"{year}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"政府工作报告\n——{year}年1月12日在{region.full_name}第十届人民代表大会第三次会议上\n"
            f"各位代表：\n一、{year - 1}年工作回顾\n{_prose(draw, half)}\n"
            f"二、{year}年工作安排\n{_prose(draw, half)}\n",
            encoding="utf-8",
        )


def _prose(draw: random.Random, n_chars: int) -> str:
    made, length = [], 0
    while length < n_chars:
        clauses = [f"{draw.choice(_CLAUSES)}{draw.randint(2, 9999)}项" for _ in range(3)]
        sentence = "，".join(clauses) + ("。\n" if draw.random() < 0.2 else "。")
        made.append(sentence)
        length += len(sentence)
    return "".join(made)


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """Without settings from outside, which would redirect the warehouses."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("XINKU_")]:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
