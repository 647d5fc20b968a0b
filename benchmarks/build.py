"""``xinku build`` as a user starts it: a process of its own, its time and its peak memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LONGEST_SECONDS = 60
LARGEST_MB = 1500

# The line with which the command says where its time went.
_TIMES = re.compile(r"^Time: .*", re.MULTILINE)
_STAGE = re.compile(r"([^,:]+?) ([\d.]+) s(?=[,.])")


def run(landing: Path | None) -> dict[str, Any]:
    """Build into a temporary warehouse and print wall time, peak memory and stages.

    Args:
        landing: a landing zone; by default the bundled sample.

    Returns:
        ``seconds``, ``peak_mb``, ``stages`` and ``targets``.

    Raises:
        ValueError: the build failed; its output is in the sentence.
    """
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "benchmark.duckdb"
        command = [
            sys.executable, "-m", "orchestration.cli", "build", "--warehouse", str(warehouse),
        ]  # fmt: skip
        if landing:
            command += ["--landing", str(landing)]
        # A home of its own, so that no earlier build's cache flatters this one.
        environment = {**os.environ, "XINKU_HOME": str(Path(folder) / "home"), "COLUMNS": "1000"}
        begin = time.perf_counter()
        with (Path(folder) / "log").open("w+", encoding="utf-8") as log:
            build = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
            peak = 0.0
            while build.poll() is None:
                peak = max(peak, _session_mb(build.pid))
                time.sleep(0.1)
            seconds = time.perf_counter() - begin
            log.seek(0)
            said = log.read()
    if build.returncode:
        raise ValueError(f"xinku build ended with {build.returncode}:\n{said}")
    line = _TIMES.search(said)
    stages = {name.strip(): float(took) for name, took in _STAGE.findall(line[0] if line else "")}
    stages.pop("Time", None)
    figures: dict[str, Any] = {"seconds": seconds, "peak_mb": peak, "stages": stages}
    figures["targets"] = [
        {"target": f"under {LONGEST_SECONDS} s", "met": seconds < LONGEST_SECONDS},
        {"target": f"under {LARGEST_MB} MB", "met": peak < LARGEST_MB},
    ]
    print(f"wall {seconds:.1f} s, peak memory {peak:.0f} MB (all its processes together)")
    for name, took in stages.items():
        print(f"  {name:24}{took:8.1f} s")
    print(f"  {'start and end':24}{seconds - sum(stages.values()):8.1f} s")
    for target in figures["targets"]:
        print(f"{'met   ' if target['met'] else 'MISSED'} {target['target']}")
    return figures


def _session_mb(session: int) -> float:
    """Resident memory of a session's processes in MB, as Linux counts it (shared pages twice)."""
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The command's name, in brackets, may hold spaces: the fields are counted behind it.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[3]) == session:
            pages += int(fields[21])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
