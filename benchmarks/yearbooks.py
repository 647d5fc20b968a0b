"""Yearbook reader: time on every real sheet, beside pandas.read_excel with the same engine.

Both read the same bytes from memory in the same run, all sheets of a file, by turns. Encrypted
workbooks, which both refuse, are counted and not timed; CSV and HTML, which the peer does not
read, are timed alone. Then all of them are taken as a build takes them: found, matched with a
profile, made observations and loaded into an empty warehouse.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from orchestration.ingest.yearbooks.workbook import read_sheets
from orchestration.progress import Silent
from orchestration.settings import SAMPLE_LANDING, Settings
from orchestration.warehouse import Warehouse
from orchestration.yearbook_stages import update_observations

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "data" / "landing" / "yearbooks"
ROUNDS = 7
# As fast as the peer, on the sheets that both read.
LARGEST_RATIO = 1.0
LONGEST_SECONDS = 20.0
# A tidy table as a user may bring one: regions, years and indicators, a row each.
LARGE_ROWS = 40_000
_MADE_FILES = 12

_WORKBOOKS = frozenset({".xlsx", ".xls"})

Figures = dict[str, Any]


def run(corpus: Path = REAL, rounds: int = ROUNDS, large_rows: int = LARGE_ROWS) -> Figures:
    """Time both readers and print the table.

    Args:
        corpus: a folder of yearbooks; small workbooks made here where there is none, and the
            bundled sample for loading.
        rounds: how often each file is read; the median counts.
        large_rows: rows of the one large table.

    Returns:
        ``source``, ``rows`` (a kind of file each: files, cells, seconds of both), ``loading``
        (files, observations, seconds) and ``targets``.
    """
    # The landing zone around the folder, with its own profiles and indicators.
    landing = corpus.parent if corpus.is_dir() else SAMPLE_LANDING
    with tempfile.TemporaryDirectory(prefix="xinku-") as folder:
        source = "real yearbooks"
        if not corpus.is_dir():
            source, corpus = "workbooks made here", Path(folder)
            for number in range(_MADE_FILES):
                (corpus / f"{number}.xlsx").write_bytes(_made(35))
        files = {path: path.read_bytes() for path in sorted(corpus.rglob("*")) if path.is_file()}
    read_sheets(next(iter(files.values())), "warm up")
    rows = []
    for kind in sorted({path.suffix for path in files}):
        chosen = [data for path, data in files.items() if path.suffix == kind]
        rows.append(_timed(kind, chosen, rounds, beside=kind in _WORKBOOKS))
    rows.append(_timed(f".xlsx, {large_rows:,} rows", [_made(large_rows)], 3, beside=True))
    figures: Figures = {"source": source, "rows": rows, "loading": _loaded(landing)}
    figures["targets"] = _targets(rows, figures["loading"])
    _show(figures)
    return figures


def _made(rows: int) -> bytes:
    """A table with a header, regions as text, and numbers as numbers and as text."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("表1")
    sheet.write_row(0, 0, ["地区", "年份", "R&D人员(人年)", "R&D经费(亿元)", "专利(件)", "备注"])
    for row in range(1, rows):
        cells = [f"地区{row % 340}", 2000 + row % 25, str(row * 7), row / 3, row * 11, "…"]
        sheet.write_row(row, 0, cells)
    book.close()
    return stream.getvalue()


def _timed(kind: str, files: Sequence[bytes], rounds: int, *, beside: bool) -> Figures:
    """Median seconds over rounds, summed over files."""
    ours = peers = 0.0
    cells = refused = disagreements = 0
    for data in files:
        book = read_sheets(data, "x")
        if not book.readable:
            refused += 1
            continue
        cells += sum(len(row) for sheet in book.sheets for row in sheet.rows)
        # By turns, so that a disturbance of the machine meets both.
        mine, theirs = [], []
        for _ in range(rounds):
            mine.append(_seconds(partial(read_sheets, data, "x")))
            if beside:
                theirs.append(_seconds(partial(_peer, data)))
        ours += statistics.median(mine)
        if beside:
            peers += statistics.median(theirs)
            disagreements += not _agree(book.sheets, _peer(data))
    return {
        "kind": kind,
        "files": len(files),
        "refused": refused,
        "cells": cells,
        "seconds": ours,
        "peer_s": peers if beside else None,
        "disagreements": disagreements,
    }


def _peer(data: bytes) -> dict[str, pd.DataFrame]:
    return pd.read_excel(
        io.BytesIO(data), sheet_name=None, header=None, engine="calamine", keep_default_na=False
    )


def _agree(sheets: Sequence[Any], frames: dict[str, pd.DataFrame]) -> bool:
    """Whether both found the same filled cells in every sheet, text trimmed by neither."""
    for sheet in sheets:
        frame = frames[sheet.name]
        mine = [cell for row in sheet.rows for cell in row if cell is not None]
        theirs = [cell for row in frame.to_numpy().tolist() for cell in row]
        theirs = [cell for cell in theirs if not pd.isna(cell) and cell != ""]
        if mine != theirs:
            return False
    return True


def _loaded(landing: Path) -> Figures:
    """Take every yearbook and table of a landing zone into an empty warehouse."""
    with tempfile.TemporaryDirectory(prefix="xinku-") as folder:
        settings = Settings.resolve(
            landing=landing, warehouse=Path(folder) / "yearbooks.duckdb", environment={}
        )
        store = Warehouse(settings.working_file, settings.warehouse)
        store.prepare()
        begin = time.perf_counter()
        taken = update_observations(store, settings, Silent(), anew=True)
        seconds = time.perf_counter() - begin
    return {
        "files": taken.n_read,
        "observations": len(taken.observations),
        "quarantined": len(taken.quarantine),
        "seconds": seconds,
    }


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _targets(rows: Sequence[Figures], loading: Figures) -> list[Figures]:
    small = [row for row in rows if row["peer_s"] and "rows" not in row["kind"]]
    large = rows[-1]
    ratio = sum(row["seconds"] for row in small) / sum(row["peer_s"] for row in small)
    all_files = sum(row["seconds"] for row in rows[:-1])
    return [
        {
            "target": "all workbooks at least as fast as pandas.read_excel, same engine",
            "value": ratio,
            "met": ratio <= LARGEST_RATIO,
        },
        {
            "target": "the large table at least as fast as pandas.read_excel, same engine",
            "value": large["seconds"] / large["peer_s"],
            "met": large["seconds"] <= LARGEST_RATIO * large["peer_s"],
        },
        {
            "target": f"all files parsed in under {LONGEST_SECONDS:.0f} s",
            "value": all_files,
            "met": all_files < LONGEST_SECONDS,
        },
        {
            "target": f"all files parsed and loaded in under {LONGEST_SECONDS:.0f} s",
            "value": loading["seconds"],
            "met": loading["observations"] > 0 and loading["seconds"] < LONGEST_SECONDS,
        },
        {
            "target": "both readers find the same filled cells",
            "met": not any(row["disagreements"] for row in rows),
        },
    ]


def _show(figures: Figures) -> None:
    print(figures["source"])
    print(f"{'':22}{'files':>6}{'refused':>8}{'cells':>9}{'ms':>10}{'pandas ms':>11}{'ratio':>7}")
    for row in figures["rows"]:
        peer = row["peer_s"]
        beside = f"{1e3 * peer:11.1f}{row['seconds'] / peer:7.2f}" if peer else ""
        print(
            f"{row['kind']:22}{row['files']:6}{row['refused']:8}{row['cells']:9,}"
            f"{1e3 * row['seconds']:10.1f}{beside}"
        )
    loading = figures["loading"]
    print(
        f"parsed and loaded: {loading['files']} files, {loading['observations']:,} observations, "
        f"{loading['seconds']:.2f} s"
    )
    for target in figures["targets"]:
        value = f" ({target['value']:.2f})" if "value" in target else ""
        print(f"{'met   ' if target['met'] else 'MISSED'} {target['target']}{value}")
