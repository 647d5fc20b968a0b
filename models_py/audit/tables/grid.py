"""A grid of cell texts with its title and notes; its limits, and tables continued overleaf.

Reading grids is in ``text.py`` and ``files.py``; what they mean in ``interpret.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from models_py.audit.digits import plain

#: Limits of hostile or mistaken input; the largest published table seen has 90 rows and 14 columns.
MOST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 3_000
MOST_COLUMNS: Final = 120
MOST_TABLES: Final = 100
LONGEST_TEXT: Final = 400

ACCEPTED: Final = (
    "No table was found. Accepted are a regression table (a row a variable, a column a model, "
    "such as `Govat | 0.069** (2.03) | 0.057** (2.01)`, t or SE in parentheses on the same or "
    "the next line), descriptives (`Variable, N, Mean, SD, Min, Max`), a correlation matrix "
    "(`Chip | 1`, then `Govat | 0.573** | 1`), effects (`Indirect | 0.012 | [0.003, 0.022]`), "
    "and amounts with totals, shares or growth, as CSV, XLSX, Markdown, HTML, DOCX, LaTeX "
    "or pasted text."
)
CONTINUED: Final = re.compile(
    r"续表|续上表|\((?:continued|cont\.?|续)\)|^continued$|^table \S+ continued", re.IGNORECASE
)
NOTE: Final = re.compile(
    r"^(注\s*\d?\s*([:：.\s]|$)|注释|备注|说明|资料来源|数据来源|notes?\b|source|"
    r"(robust |clustered )?standard errors|"
    r"robust standard|[tzp][- ]?(stat|value|ratio)\S*\s.*(parenthes|bracket)|t[- ]stat|"
    r"\d\d ?% (confidence|ci).*(parenthes|bracket)|\(?std\. err|括号|[圆方小中]括号|\(\s*\)内|"
    r"\++\s*p\s*<|\*+\s*(p|[,在、]|表示|indicates|correlation))", re.IGNORECASE,
)  # fmt: skip
#: Rows a table repeats at the top of its next page.
_HEAD_ROWS: Final = 3
_NUMBER: Final = re.compile(r"[-+(\[]*\d*\.\d+.*|[-+]?[\d,]+%?\**")


@dataclass(slots=True)
class Grid:
    """Cell texts by row; rows may differ in length.

    Attributes:
        rows: cell texts.
        title: what stands above.
        notes: what stands below.
        continued: whether it goes on where the table before it ended.
        unread_head: whether a line above could not be divided among the columns, so that nobody
            knows which outcome a column has.
    """

    rows: list[list[str]]
    title: str = ""
    notes: str = ""
    continued: bool = field(default=False)
    unread_head: bool = field(default=False)

    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.rows), default=0)


def check_size(rows: int, columns: int) -> None:
    """Refuse what no published table is.

    Raises:
        ValueError: too many rows or columns.
    """
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise ValueError(
            f"The table has {rows:,} rows and {columns:,} columns; at most {MOST_ROWS:,} rows and "
            f"{MOST_COLUMNS} columns are audited. Give the published table, not its data."
        )


def tidy(grid: Grid) -> Grid:
    """Empty rows and columns taken off, notes inside the grid moved to the notes, texts cut."""
    rows: list[list[str]] = []
    notes = [grid.notes] if grid.notes else []
    title = grid.title
    heads: list[list[str]] = []
    for row in grid.rows:
        cells = [plain(cell[: LONGEST_TEXT * 3]) for cell in row]
        filled = list(dict.fromkeys(cell for cell in cells if cell))
        if not filled:
            continue
        if NOTE.match(filled[0]) and len(filled) <= 2 and rows:
            notes.append(" ".join(cell for cell in dict.fromkeys(row) if cell.strip()))
            continue
        if len(filled) == 1 and CONTINUED.search(filled[0]):
            continue
        if len(filled) == 1 and not rows and re.match(r"^(table|表)\s*\d", filled[0], re.I):
            title = title or filled[0]
            continue
        if cells in heads and not any(_NUMBER.fullmatch(cell) for cell in cells[1:]):
            continue
        if len(heads) < _HEAD_ROWS:
            heads.append(cells)
        rows.append([cell[:LONGEST_TEXT] for cell in cells])
    width = max((len(row) for row in rows), default=0)
    check_size(len(rows), width)
    rows = [row + [""] * (width - len(row)) for row in rows]
    used = [at for at in range(width) if any(row[at] for row in rows)]
    return Grid(
        [[row[at] for at in used] for row in rows], title, "\n".join(notes), grid.continued,
        grid.unread_head,
    )  # fmt: skip


def join_continued(grids: list[Grid]) -> list[Grid]:
    """Tables in reading order, a continued one appended to the one it continues."""
    joined: list[Grid] = []
    for grid in grids:
        first = " ".join(grid.rows[0]) if grid.rows else ""
        continues = (
            grid.continued
            or CONTINUED.search(grid.title)
            or (len(first) < 40 and CONTINUED.search(first))
        )
        last = joined[-1] if joined else None
        # Joined before empty columns go: a column may be empty on one of the two pages only.
        if last and (not tidy(grid).rows or (continues and abs(last.width() - grid.width()) <= 1)):
            last.rows = [*last.rows, *grid.rows]
            last.notes = "\n".join(part for part in (last.notes, grid.notes) if part)
        else:
            joined.append(grid)
    return [clean for grid in joined if (clean := tidy(grid)).rows]
