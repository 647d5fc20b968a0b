"""What the terminal shows: stages with counts while a build runs, tables at its end."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed
from rich.table import Table

from orchestration.board import Board
from orchestration.settings import UsageError
from orchestration.status import Status, read_status

_SHOWN_PROBLEMS = 10
_SAMPLE = "[bold yellow]Sample data 示例数据:[/] every number here comes from synthetic reports."
_STATE_COLOURS = {"suspicious": "yellow", "quarantined": "red", "expected": "dim"}


class BuildDisplay:
    """Stages of a build, as a live display on a terminal and as plain lines in a log.

    Attributes:
        seconds: how long each stage took, in the order of their beginning.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """Draws on ``stream``, standard error by default, whatever is redirected later."""
        self.console = Console(file=stream or sys.stderr)
        self.seconds: dict[str, float] = {}
        self._live: Progress | None = None
        self._name: str | None = None
        self._began = 0.0
        self._total: int | None = None
        self._done = 0

    def __enter__(self) -> Self:
        """Begin to draw."""
        if self.console.is_terminal:
            self._live = Progress(
                SpinnerColumn(finished_text="✓"),
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                Elapsed(),
                console=self.console,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the last stage and stop drawing."""
        self._finish()
        if self._live:
            self._live.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        """A stage begins and the one before it ends."""
        self._finish()
        self._name, self._total, self._done, self._began = name, total, 0, time.monotonic()
        if self._live:
            self._live.add_task(name, total=total)
        else:
            count = f" ({total})" if total is not None else ""
            self.console.print(f"{time.strftime('%H:%M:%S')} {name}{count}", markup=False)

    def advance(self, count: int = 1) -> None:
        """That many documents of the stage are done."""
        self._done += count
        if self._live and self._live.tasks:
            self._live.advance(self._live.tasks[-1].id, count)

    def _finish(self) -> None:
        if self._name is None:
            return
        took = time.monotonic() - self._began
        self.seconds[self._name] = self.seconds.get(self._name, 0.0) + took
        if self._live and self._live.tasks:
            task = self._live.tasks[-1]
            total = self._total if self._total is not None else 1
            self._live.update(task.id, total=total, completed=total)
            self._live.stop_task(task.id)
        self._name = None


def show_board(board: Board, console: Console) -> None:
    """Which regions' reports of a year have come, those that want a look with the reason."""
    if board.is_sample:
        console.print(_SAMPLE)
    table = Table(
        "region", "state", "delivered on", "file", "note",
        title=f"Reports of {board.year}", title_justify="left",
    )  # fmt: skip
    for column in table.columns[3:]:
        column.overflow = "fold"
    for place in board.places:
        colour = _STATE_COLOURS.get(place.state)
        state = f"[{colour}]{place.state}[/]" if colour else place.state
        table.add_row(
            place.region_name,
            state,
            str(place.delivered_on or "–"),
            escape(place.path or "–"),
            escape(place.note or ""),
        )
    console.print(table)
    console.print(", ".join(f"{count} {state}" for state, count in board.count().items()) + ".")
    for where, reason in board.unplaced[:_SHOWN_PROBLEMS]:
        console.print(f"Of no known region or year: {where}: {reason}", markup=False)


def show_status(status: Status, console: Console) -> None:
    """Files, years, tables, quarantine and checks of a published warehouse."""
    if status.is_sample:
        console.print(_SAMPLE)
    _show_files(status, console)
    years = Table("year", *status.levels, title="Reports counted", title_justify="left")
    for year, counts in status.reports.items():
        years.add_row(str(year), *(str(counts.get(level, "–")) for level in status.levels))
    if len(status.reports) <= 30:
        console.print(years)
    elif status.reports:
        span = f"{min(status.reports)}–{max(status.reports)}"
        total = sum(sum(counts.values()) for counts in status.reports.values())
        console.print(f"Reports counted: {total} in {len(status.reports)} report years, {span}.")
    tables = Table("table", "rows", title="Tables", title_justify="left")
    tables.columns[1].justify = "right"
    for name, rows in status.tables.items():
        tables.add_row(name, f"{rows:,}")
    console.print(tables)
    _show_quarantine(status, console)
    _show_gaps(status, console)
    _show_models(status, console)
    _show_checks(status, console)


def _show_files(status: Status, console: Console) -> None:
    here = {name: count for name, count in status.files.items() if name != "removed"}
    gone = status.files.get("removed", 0)
    parts = ", ".join(f"{count} {name}" for name, count in here.items())
    since = f" {gone} of earlier builds are gone." if gone else ""
    console.print(f"Files: {sum(here.values())} found: {parts}.{since}")


def _show_quarantine(status: Status, console: Console) -> None:
    if status.quarantine:
        problems = Table(
            "quarantined", "why", "what to do", title="Quarantine", title_justify="left"
        )
        for column in problems.columns:
            column.overflow = "fold"
        for place, reason, hint in status.quarantine[:_SHOWN_PROBLEMS]:
            problems.add_row(escape(place), escape(reason), escape(hint))
        console.print(problems)
        if len(status.quarantine) > _SHOWN_PROBLEMS:
            more = len(status.quarantine) - _SHOWN_PROBLEMS
            console.print(f"… and {more} more in quality.quarantine.")


def _show_gaps(status: Status, console: Console) -> None:
    """Which variables of a study cannot be computed, and the file that would change that."""
    if not status.gaps:
        return
    table = Table(
        "study", "indicator", "there", "variables without it",
        title="Missing inputs", title_justify="left",
    )  # fmt: skip
    for column in table.columns:
        column.overflow = "fold"
    for gap in status.gaps[:_SHOWN_PROBLEMS]:
        there = f"{gap.n_values} of {gap.n_region_years}"
        table.add_row(gap.study, escape(gap.name_zh), there, escape(gap.variables))
    console.print(table)
    if len(status.gaps) > _SHOWN_PROBLEMS:
        console.print(f"… and {len(status.gaps) - _SHOWN_PROBLEMS} more.")
    console.print(
        "A table with the columns 地区, 年份, 指标, 数值, 单位, 版本 in the folder tables/ "
        "supplies them; quality.missing_inputs says for which years."
    )


def _show_models(status: Status, console: Console) -> None:
    """How many models are fitted, and why the others are not."""
    if not status.fitted and not status.unfitted:
        return
    parts = ", ".join(f"{count} of {study}" for study, count in status.fitted.items())
    console.print(f"Models fitted: {parts or 'none'}.", highlight=False)
    for one in status.unfitted[:_SHOWN_PROBLEMS]:
        console.print(f"Not fitted: {one.reason}", markup=False, highlight=False, soft_wrap=True)
    more = len(status.unfitted) - _SHOWN_PROBLEMS
    if more > 0:
        console.print(f"… and {more} more: models.notes")


def _show_checks(status: Status, console: Console) -> None:
    failing = [check for check in status.checks if not check.passed]
    console.print(f"Checks: {len(status.checks) - len(failing)} of {len(status.checks)} passed.")
    for check in failing:
        colour = "red" if check.severity == "error" else "yellow"
        console.print(
            f"[{colour}]{check.severity}[/] {escape(check.asset)} {escape(check.name)}: "
            f"{escape(check.detail or '')}"
        )


def show_trouble(working_file: Path, console: Console) -> None:
    """Files and quarantine of a build that failed, as far as it came."""
    try:
        status = read_status(working_file)
    except (UsageError, duckdb.Error):
        return
    _show_files(status, console)
    _show_quarantine(status, console)


def show_seconds(seconds: dict[str, float], console: Console) -> None:
    """Where the time of a build went."""
    parts = ", ".join(f"{name.lower()} {took:.1f} s" for name, took in seconds.items())
    console.print(f"Time: {sum(seconds.values()):.1f} s: {parts}.", soft_wrap=True)
