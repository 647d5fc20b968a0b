"""Lines copied out of a page: a label and numbers, columns kept only by spaces.

Two habits of copying are known: one space a cell border (an empty cell leaves a second space), and
columns aligned under each other. Layouts with real borders are in ``text.py``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from models_py.audit.digits import parse_cell, plain
from models_py.audit.tables.grid import CONTINUED, MOST_COLUMNS, NOTE, Grid, check_size
from models_py.audit.tables.text import display_width, header_cells, is_title

_LONGEST_LABEL: Final = 80
#: In one line: a coefficient, its t and the ends of its interval in each column.
_MOST_NUMBERS: Final = 4 * MOST_COLUMNS
_MODEL: Final = re.compile(r"\(\d{1,2}\)")
_PROSE: Final = re.compile(r"[。；！？]|[，,].*[，,].*[\u4e00-\u9fff]{6}")
_INTERVAL: Final = re.compile(r"([\[(]\s*-?[\d.]+)\s*,\s+(-?[\d.]+\s*[\])])")


@dataclass(slots=True)
class _Line:
    label: str
    cells: list[str]
    starts: list[int]
    ends: list[int]
    gaps: list[int]


@dataclass(slots=True)
class _Block:
    title: str = ""
    heads: list[str] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def grids_from_lines(lines: list[str]) -> list[Grid]:
    """Grids of pasted lines; prose between them is left out."""
    blocks = [_Block()]
    for raw in lines:
        text = raw.rstrip()
        if not text.strip():
            continue
        block = blocks[-1]
        if is_title(text.strip()):
            if block.lines:
                blocks.append(_Block(title=text.strip()))
            else:
                blocks[-1] = _Block(title=text.strip() if not block.title else block.title)
            continue
        if NOTE.match(plain(text)):
            block.notes.append(text.strip())
            continue
        if CONTINUED.search(text) and len(text) < 40:
            continue
        line = _line(text)
        if line is not None:
            if block.notes and line.label:
                blocks.append(_Block())
                block = blocks[-1]
            block.lines.append(line)
        elif not block.lines and len(text) <= 2 * _LONGEST_LABEL:
            block.heads.append(text)
        elif block.lines and _PROSE.search(text):
            blocks.append(_Block())
    grids = [_grid(block) for block in blocks]
    return [grid for grid in grids if grid is not None]


def _line(text: str) -> _Line | None:
    """A line as label and numbers; None for prose and headers."""
    folded = _INTERVAL.sub(r"\1, \2", plain_keeping_spaces(text))
    folded = re.sub(r"\(\s+", "(", re.sub(r"\s+\)", ")", folded))
    # A full-width minus takes two columns of the page and one of the folded line.
    page = text.rstrip() if len(text.rstrip()) == len(folded) else folded
    chunks = [(m.group(), m.start(), m.end()) for m in re.finditer(r"\[[^\]]*\]|\S+", folded)]
    first = len(chunks)
    while first > 0 and _numeric(chunks[first - 1][0]):
        first -= 1
    if len(chunks) - first > _MOST_NUMBERS:
        check_size(1, len(chunks) - first)
    label = folded[: chunks[first][1]].strip() if first < len(chunks) else ""
    if first == len(chunks) or len(label) > _LONGEST_LABEL or _PROSE.search(label):
        return None
    # The 2 of "模型 2" and the year of a sentence are no cells.
    if len(chunks) - first == 1 and re.search(r"(模型|model|table|表)$", label, re.IGNORECASE):
        return None
    if (
        label
        and re.search(r"(模型|model)\s*\(?\d", label, re.IGNORECASE)
        and all(re.fullmatch(r"\(?\d{1,2}\)?", chunk) for chunk, _, _ in chunks[first:])
    ):
        return None
    if _numbering([chunk for chunk, _, _ in chunks[first:]]):
        return None
    line = _Line(label, [], [], [], [])
    end = chunks[first - 1][2] if first else 0
    column = list(accumulate((display_width(char) for char in page), initial=0))
    for chunk, start, stop in chunks[first:]:
        gap = column[start] - column[end]
        joins = chunk[0] in "([" and line.cells and line.cells[-1][0] not in "([" and gap <= 1
        if joins or (set(chunk) == {"*"} and line.cells):
            line.cells[-1] += f" {chunk}" if joins else chunk
            line.ends[-1] = column[stop]
        else:
            line.cells.append(chunk)
            line.starts.append(column[start])
            line.ends.append(column[stop])
            line.gaps.append(gap)
        end = stop
    return line


def plain_keeping_spaces(text: str) -> str:
    """A line folded to plain characters with its spaces where they were."""
    return "".join(
        char if char == " " else (plain(char) or " ") if not char.isspace() else " "
        for char in text.replace("\t", "    ").replace("^{", "").replace("}", "").replace("$", "")
    ).rstrip()


def _numbering(chunks: list[str]) -> bool:
    """Whether a line's numbers are those of models: (1) (2) (3)."""
    return len(chunks) >= 2 and chunks == [f"({at})" for at in range(1, len(chunks) + 1)]


def _numeric(chunk: str) -> bool:
    if set(chunk) == {"*"} or chunk in {"-", "--", "—"}:
        return True
    return bool(parse_cell(chunk))


def _grid(block: _Block) -> Grid | None:
    if len(block.lines) < 2:
        return None
    width = _width(block)
    check_size(len(block.lines), width)
    rows = _merged(block.lines, width)
    single = _one_space(rows, width)
    columns = _columns(block, rows, width)
    placed = _all_placed(rows, width, single, columns)
    body = [[row.label, *cells] for row, cells in zip(rows, placed, strict=True)]
    names = [row.label for row in rows if row.label]
    read = [
        header_cells(plain(line), width)
        or named_cells(plain(line), names, width)
        or header_cells(_names_joined(plain(line), names), width)
        for line in block.heads
        if len(line.split()) >= width
    ]
    heads = [["", *(cell.replace("\0", " ") for cell in cells)] for cells in read if cells]
    return Grid(
        heads + body, block.title, "\n".join(block.notes), unread_head=len(heads) < len(read)
    )


def _width(block: _Block) -> int:
    counts = Counter(len(line.cells) for line in block.lines if line.label)
    widest = max(counts) if counts else max(len(line.cells) for line in block.lines)
    models = [re.findall(r"(?:模型|model)\s*\(?\d+", head, re.IGNORECASE) for head in block.heads]
    numbered = [len(found) for head in block.heads if _numbering(found := _MODEL.findall(head))]
    # Every row of a triangle may lack a cell; its head does not.
    spaced = [len(pieces) - 1 for head in block.heads if len(pieces := _spaced(head)) > 2]
    wider = [count for count in spaced if count == widest + 1 and len(block.lines) > widest]
    return max([widest, *(len(found) for found in models), *numbered, *wider])


def _spaced(head: str) -> list[str]:
    return re.split(r"\s{2,}", head.strip()) if not head.startswith(" ") else []


def _columns(block: _Block, rows: list[_Line], width: int) -> list[tuple[int, int]]:
    """Where each column begins and ends on the page; empty if no line shows all of them."""
    full = next((one for one in rows if len(one.cells) == width), None)
    if full is not None:
        return list(zip(full.starts, full.ends, strict=True))
    for head in block.heads:
        pieces = [(m.start(), m.end()) for m in re.finditer(r"\S+(?: \S+)*", head)]
        pieces = pieces[1:] if len(pieces) == width + 1 else pieces
        if len(pieces) == width:
            return [(display_width(head[:a]), display_width(head[:b])) for a, b in pieces]
    return []


def _merged(lines: list[_Line], width: int) -> list[_Line]:
    """Lines without a label that continue a row cell by cell are put into it."""
    rows: list[_Line] = []
    for line in lines:
        last = rows[-1] if rows else None
        if line.label or last is None:
            rows.append(line)
            continue
        alone = len(line.cells) == 1
        if (
            alone
            and line.cells[0][0] in "(["
            and last.label
            and (len(last.cells) <= width and line.cells[0][0] not in last.cells[-1])
        ):
            last.cells[-1] += f" {line.cells[0]}"
        elif (
            last.label
            and len(last.cells) + len(line.cells) <= width
            and (line.cells[0][0] not in "([")
        ):
            last.cells += line.cells
            last.gaps += [1] * len(line.cells)
            last.starts += [last.ends[-1] + 1] * len(line.cells)
            last.ends += [last.ends[-1] + 2] * len(line.cells)
        else:
            rows.append(line)
    return rows


def _one_space(rows: list[_Line], width: int) -> bool:
    full = [gap for row in rows if len(row.cells) == width for gap in row.gaps[1:]]
    # Where every row lacks a cell, the gaps of all rows tell; empty cells widen some of them.
    full = full or [gap for row in rows for gap in row.gaps[1:] if len(row.cells) > 1]
    return not full or sum(gap <= 1 for gap in full) >= 0.8 * len(full)


def _all_placed(
    rows: list[_Line], width: int, single: bool, columns: list[tuple[int, int]]
) -> list[list[str]]:
    """Cells by column; a line of as many t or SE as the line above has cells stands under them."""
    placed: list[list[str]] = []
    above: list[int] = []
    for row in rows:
        cells = _placed(row, width, single, columns)
        if row.label:
            above = [at for at, cell in enumerate(cells) if cell]
        elif single and len(row.cells) == len(above):
            cells = [""] * width
            for at, cell in zip(above, row.cells, strict=True):
                cells[at] = cell
        placed.append(cells)
    return placed


def _placed(row: _Line, width: int, single: bool, columns: list[tuple[int, int]]) -> list[str]:
    cells = [""] * width
    if len(row.cells) >= width:
        return row.cells[:width]
    if single:
        at = -1
        for cell, gap in zip(row.cells, row.gaps, strict=True):
            at += max(1, gap) if row.label or at >= 0 else 1
            if at < width:
                cells[at] = cell
        return cells
    if not columns:
        return row.cells + [""] * (width - len(row.cells))
    for cell, at in zip(row.cells, _nearest(row, columns), strict=True):
        cells[at] = cell
    return cells


def _nearest(row: _Line, columns: list[tuple[int, int]]) -> list[int]:
    """The column of each cell: in order, no two in one, as near to the columns as can be."""
    cells = list(zip(row.starts, row.ends, strict=True))
    # least[at]: distance of the cells so far if the last of them stands at or before column at.
    least = [0.0] * len(columns)
    choices: list[list[int]] = []
    for place, (start, end) in enumerate(cells):
        now, chosen, best, best_at = [math.inf] * len(columns), [0] * len(columns), math.inf, 0
        for at in range(place, len(columns)):
            before = (least[at - 1] if at else math.inf) if place else 0.0
            left, right = columns[at]
            distance = before + min(abs(right - end), abs(left - start))
            if distance < best:
                best, best_at = distance, at
            now[at], chosen[at] = best, best_at
        least = now
        choices.append(chosen)
    taken: list[int] = []
    at = len(columns) - 1
    for chosen in reversed(choices):
        taken.append(chosen[at])
        at = chosen[at] - 1
    return taken[::-1]


def _names_joined(line: str, names: list[str]) -> str:
    """A head in which spaces inside the names of rows no longer divide: a mediator as outcome."""
    for name in sorted({name for name in names if " " in name}, key=len, reverse=True):
        line = line.replace(name, name.replace(" ", "\0"))
    return line


def named_cells(line: str, labels: list[str], width: int) -> list[str] | None:
    """The head of a matrix: its columns are named as its rows, with spaces in the names."""
    joined, at, cells = " ".join(line.split()), 0, []
    for label in labels[:width]:
        found = joined.find(label, at)
        if found < 0:
            return None
        cells.append(label)
        at = found + len(label)
    return cells if len(cells) == width else None
