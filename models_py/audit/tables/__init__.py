"""From what a person pastes or a file holds to published tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from models_py.audit.context import Context
from models_py.audit.model import PublishedTable
from models_py.audit.tables.files import grids_from_bytes
from models_py.audit.tables.grid import ACCEPTED, MOST_TABLES, Grid, check_size, join_continued
from models_py.audit.tables.interpret import interpret
from models_py.audit.tables.text import grids_from_text

__all__ = ["ACCEPTED", "read_tables"]


def read_tables(table: object, context: Context) -> list[PublishedTable]:
    """Published tables of anything ``audit`` accepts.

    Raises:
        ValueError: nothing in it is a table; the sentence shows accepted layouts.
    """
    if isinstance(table, PublishedTable):
        return [table]
    if isinstance(table, Sequence) and not isinstance(table, (str, bytes)):
        published = [one for one in table if isinstance(one, PublishedTable)]
        if published and len(published) == len(table):
            return published
    found: list[PublishedTable] = []
    grids = join_continued(_grids(table))
    for grid in grids[:MOST_TABLES]:
        one = interpret(grid, context)
        if not one.is_empty():
            found.append(one)
    if not found:
        raise ValueError(ACCEPTED)
    notes = "\n".join(grid.notes for grid in grids if grid.notes)
    return [one if one.notes else replace(one, notes=notes) for one in found]


def _grids(table: object) -> list[Grid]:
    if isinstance(table, str):
        return grids_from_text(table)
    if isinstance(table, (bytes, bytearray)):
        return grids_from_bytes(bytes(table))
    if isinstance(table, pd.DataFrame):
        check_size(len(table), len(table.columns))
        head = ["" if str(name).startswith("Unnamed:") else str(name) for name in table.columns]
        body = [["" if value is None else _text(value) for value in row]
                for row in table.itertuples(index=False, name=None)]  # fmt: skip
        if not isinstance(table.index, pd.RangeIndex):
            head = [str(table.index.name or ""), *head]
            body = [[str(label), *row] for label, row in zip(table.index, body, strict=True)]
        return [Grid([head, *body])]
    read = getattr(table, "read_bytes", None)
    if callable(read):
        return grids_from_bytes(bytes(read()))
    if isinstance(table, Sequence) and all(isinstance(row, Sequence) for row in table):
        rows = [["" if cell is None else _text(cell) for cell in row] for row in table]
        check_size(len(rows), max((len(row) for row in rows), default=0))
        return [Grid(rows)]
    raise ValueError(f"A {type(table).__name__} is no table. {ACCEPTED}")


def _text(value: object) -> str:
    if isinstance(value, float) and math.isnan(value):
        return ""
    return str(value)
