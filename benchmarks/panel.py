"""From raw.observations to the panel: dbt's models over millions of made observations.

Ten times the rows at most eleven times the time; the larger in minutes, and in the memory of a
small laptop, of which DuckDB gives itself four fifths. Making the rows is not timed. Checks of
the data (dbt tests) are not part of it; ``with_tests`` runs them too.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import yaml

from benchmarks.made_observations import STUDY, Shape, write_observations, wrong_cells
from orchestration.settings import DBT_PROJECT, Settings
from orchestration.warehouse import Warehouse
from orchestration.yearbook_stages import update_panels

ROWS = 20_000_000
LONGEST_SECONDS = 300.0
LARGEST_MB = 4_000.0
# Ten times the rows may take eleven times the time.
LARGEST_GROWTH = 1.1
# What DuckDB would give itself on a machine of 4 GB.
MEMORY_LIMIT = "3.2GB"
# What the panel is made of, and what else is made of every observation.
_SELECTED = (
    *("+innovation_panel", "+panel_completeness", "+indicator_revisions"),
    *("+indicator_availability", "+observation_findings", "+int_observations__newest"),
)

Figures = dict[str, Any]


def run(rows: int = ROWS, *, with_tests: bool = False) -> Figures:
    """Build the panel over a tenth of ``rows`` and over all of them, and print the table.

    Args:
        rows: observations of the larger run.
        with_tests: run dbt's tests of these models too; their time counts.

    Returns:
        ``runs`` (rows, seconds of the command, of its models and of the processors, peak_mb,
        spilled_mb, database_mb, ``models``, ``failed_tests``), ``growth`` (seconds of a row over
        those of a row in the smaller run) and ``targets``.

    Raises:
        ValueError: dbt failed; its output is in the sentence.
    """
    runs = [_run(size, with_tests=with_tests) for size in (rows // 10, rows)]
    small, large = runs
    growth = large["models_s"] / large["rows"] / (small["models_s"] / small["rows"])
    figures: Figures = {"runs": runs, "growth": growth}
    figures["targets"] = [
        {
            "target": f"under {LONGEST_SECONDS:.0f} s, dbt's start included",
            "value": large["seconds"],
            "met": large["seconds"] < LONGEST_SECONDS,
        },
        {
            "target": f"under {LARGEST_MB:.0f} MB, the whole process",
            "value": large["peak_mb"],
            "met": large["peak_mb"] < LARGEST_MB,
        },
        {
            "target": f"a row costs at most {LARGEST_GROWTH} times what it does among a tenth",
            "value": growth,
            "met": growth <= LARGEST_GROWTH,
        },
        {
            "target": "the panel says what was planted",
            "met": all(one["region_years"] and not one["wrong_cells"] for one in runs),
        },
    ]
    _show(figures)
    return figures


def _run(rows: int, *, with_tests: bool) -> Figures:
    shape = Shape.of(rows)
    with tempfile.TemporaryDirectory(prefix="xinku-") as name, _environment():
        folder = Path(name)
        studies = folder / "zone" / "studies"
        studies.mkdir(parents=True)
        (studies / f"{STUDY}.yaml").write_text(shape.study(), encoding="utf-8")
        settings = Settings.resolve(
            landing=folder / "zone",
            warehouse=folder / "panel.duckdb",
            studies=(STUDY,),
            environment={},
        )
        store = Warehouse(settings.working_file, settings.warehouse)
        store.prepare()
        with store.write() as connection:
            made = write_observations(connection, shape)
        update_panels(store, settings)
        with duckdb.connect(str(settings.working_file)) as connection:
            connection.execute("checkpoint")
        figures = {"rows": made, "raw_mb": settings.working_file.stat().st_size / 1e6}
        figures |= _built(settings, folder, with_tests=with_tests)
        with duckdb.connect(str(settings.working_file)) as connection:
            count = connection.execute("select count(*) from marts.innovation_panel").fetchall()
            figures["region_years"] = count[0][0]
            figures["wrong_cells"] = wrong_cells(connection, shape)
    return figures


def _built(settings: Settings, folder: Path, *, with_tests: bool) -> Figures:
    """Run dbt in a process of its own, and say what it took."""
    profile = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    profile["xinku"]["outputs"]["duckdb"]["settings"] = {"memory_limit": MEMORY_LIMIT}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    target = folder / "target"
    kinds = ["model", "seed", *(["test"] if with_tests else [])]
    command = [
        *(sys.executable, "-m", "dbt.cli.main", "build", "--quiet", "--select", *_SELECTED),
        *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(folder)),
        *(word for kind in kinds for word in ("--resource-type", kind)),
        # No test that also looks at a table that is not made here.
        *("--indirect-selection", "cautious"),
    ]
    environment = {**os.environ, **settings.environment(), "DBT_LOG_PATH": str(folder)}
    environment["DBT_TARGET_PATH"] = str(target)
    begin = time.perf_counter()
    spilled = 0.0
    with (folder / "output").open("w+", encoding="utf-8") as output:
        dbt = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        while True:
            ended, status, usage = os.wait4(dbt.pid, os.WNOHANG)
            if ended:
                break
            spilled = max(spilled, _megabytes(Path(f"{settings.working_file}.tmp")))
            time.sleep(0.1)
        dbt.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begin
        output.seek(0)
        said = output.read()
    # A test that finds something is an answer, too; a model that fails is not.
    results = target / "run_results.json"
    told = json.loads(results.read_text(encoding="utf-8"))["results"] if results.exists() else []
    if not told or any(one["status"] in ("error", "skipped") for one in told):
        raise ValueError(f"dbt ended with {dbt.returncode}:\n{said}")
    failed = [one["unique_id"].split(".")[2] for one in told if one["status"] == "fail"]
    models = {one["unique_id"].split(".", 2)[2]: one["execution_time"] for one in told}
    return {
        "seconds": seconds,
        # Two at a time: the sum is work, not waiting, and holds nothing of dbt's own start.
        "models_s": sum(models.values()),
        "processor_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * 1024 / 1e6,
        "spilled_mb": spilled,
        "database_mb": settings.working_file.stat().st_size / 1e6,
        "models": models,
        "failed_tests": failed,
    }


def _megabytes(folder: Path) -> float:
    """Bytes of the files in which DuckDB keeps what memory does not hold."""
    total = 0
    for path in folder.glob("*"):
        with contextlib.suppress(OSError):  # it has just gone
            total += path.stat().st_size
    return total / 1e6


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


def _show(figures: Figures) -> None:
    small, large = figures["runs"]
    print(f"{'':40}{small['rows']:>14,}{large['rows']:>14,}  observations")
    names = sorted(large["models"], key=lambda name: -large["models"][name])
    for name in [name for name in names if large["models"][name] >= 0.5]:
        print(f"{name[:39]:40}{small['models'][name]:14.1f}{large['models'][name]:14.1f}  s")
    for label, key, unit in (
        ("all models", "models_s", "s"),
        ("the whole command", "seconds", "s"),
        ("processor time of it", "processor_s", "s"),
        ("peak memory", "peak_mb", "MB"),
        ("spilled to disk", "spilled_mb", "MB"),
        ("raw file", "raw_mb", "MB"),
        ("file after", "database_mb", "MB"),
        ("region-years of the panel", "region_years", ""),
    ):
        print(f"{label:40}{small[key]:14,.1f}{large[key]:14,.1f}  {unit}")
    for target in figures["targets"]:
        value = f" ({target['value']:.2f})" if "value" in target else ""
        print(f"{'met   ' if target['met'] else 'MISSED'} {target['target']}{value}")
