"""Grids in text: CSV, Markdown, LaTeX, HTML source, or lines as a person copies them out of a page.

Bytes of files are in ``files.py``; what the numbers mean is in ``interpret.py``.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import Final

from models_py.audit.digits import parse_cell, plain
from models_py.audit.tables.conversions import amounts_of
from models_py.audit.tables.grid import (
    CONTINUED,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    NOTE,
    Grid,
)

_TITLE: Final = re.compile(r"^\s*(table|tab\.|表)\s*[A-Z]?\d+", re.IGNORECASE)
_MODEL: Final = re.compile(r"(?:模型|model|列|column)\s*\(?\d+\)?|\(\d+\)", re.IGNORECASE)
_LONGEST_LABEL: Final = 80
#: Longest line and field; Python's own limit of a field raises an error that names neither.
_LONGEST_LINE: Final = 100_000
_STATA_RULE: Final = re.compile(r"\s*-{5,40}\+-{5,200}\s*")
_STATA_STATISTIC: Final = re.compile(
    r"(Number of obs|(?:Adj )?R-squared)\s*=\s*([\d.,]+)", re.IGNORECASE
)


def grids_from_text(text: str) -> list[Grid]:
    """Grids of a text in whichever layout it shows.

    Raises:
        ValueError: more text than a paper has.
    """
    if len(text) > MOST_BYTES:
        raise ValueError(f"The text has {len(text):,} characters; at most {MOST_BYTES:,} are read.")
    if re.search(r"<t(able|r|d)\b", text[:200_000], re.IGNORECASE):
        from models_py.audit.tables.files import grids_from_html

        return grids_from_html(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [line[:_LONGEST_LINE] for line in lines]
    lines = _stata_screen(lines) or lines
    if sum(line.count("|") >= 2 or line.count("｜") >= 2 for line in lines) >= 2:
        return _by_lines(lines, _markdown_row)
    if sum("&" in line and "\\\\" in line for line in lines) >= 2:
        return _by_lines(lines, _latex_row)
    delimiter = _delimiter(lines)
    if delimiter:
        return [_csv("\n".join(lines), delimiter)]
    from models_py.audit.tables.pasted import grids_from_lines

    return grids_from_lines(lines[: MOST_ROWS * 4])


def _stata_screen(lines: list[str]) -> list[str] | None:
    """Lines of Stata's screen (``name |  number  number``) with tabs between cells.

    Returns:
        None where no rule with a plus in it shows that the bars are Stata's.
    """
    if not any(_STATA_RULE.fullmatch(line) for line in lines[: MOST_ROWS * 4]):
        return None
    kept: list[str] = []
    after: list[str] = []
    for line in lines[: MOST_ROWS * 4]:
        for name, value in _STATA_STATISTIC.findall(line):
            after.append(f"{name}\t{value}")
        label, bar, rest = line.partition("|")
        if not bar or "=" in line:
            if re.search(r"adjusted for|std\. err", line, re.IGNORECASE):
                after.append(f"Notes: {line.strip()}")
            continue
        rest = re.sub(r"\[\s*\d\d% conf\. interval\]", "LLCI ULCI", rest, flags=re.IGNORECASE)
        rest = re.sub(r"P>\|[tz]\|", "P-value", rest)
        rest = re.sub(r"std\. (err|dev)\.", r"Std.\1.", rest, flags=re.IGNORECASE)
        words = rest.split()
        if words and (label.strip() or len(words) > 1):
            kept.append("\t".join([label.strip(), *words]))
    return kept + after if len(kept) >= 2 else None


def _by_lines(lines: list[str], cells_of: object) -> list[Grid]:
    """Grids of lines that each hold a row; other lines are titles before and notes after."""
    grids: list[Grid] = []
    current: Grid | None = None
    title: list[str] = []
    continued = False
    for line in lines[: MOST_ROWS * 4]:
        cells = cells_of(line) if callable(cells_of) else None
        if cells is None:
            said = line.strip().strip("_# ")
            if not said:
                continue
            if CONTINUED.search(said) and len(said) < 60:
                continued = True
            elif _TITLE.match(said) or current is None:
                title.append(said)
                current = None
            else:
                current.notes = f"{current.notes}\n{said}".strip()
                if not NOTE.match(plain(said)):
                    title = [said]
            continue
        if not cells:
            continue
        if current is None or continued or (current.notes and not continued):
            current = Grid([], title=title[-1][:200] if title else "")
            current.continued = continued and bool(grids)
            grids.append(current)
            continued, title = False, []
        current.rows.append(cells[: MOST_COLUMNS + 1])
    return grids


def _markdown_row(line: str) -> list[str] | None:
    line = re.sub(r">\s*\|([tz])\|", r">\1", line.replace("｜", "|").strip())
    if line.count("|") < 1 or not (line.startswith("|") or line.count("|") >= 1):
        return None
    body = line.removeprefix("|")
    body = body.removesuffix("|") if not body.endswith("\\|") else body
    cells = [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", body)]
    if all(re.fullmatch(r":?-{2,}:?|", cell) for cell in cells) and any(cells):
        return []
    # Stars escaped or doubled for bold are marks of the table, bold around a number is not.
    return [_without_bold(cell.replace("\\*", "＊").replace("<br>", " ").replace("<br/>", " "))
            for cell in cells]  # fmt: skip


def _without_bold(cell: str) -> str:
    bold = re.fullmatch(r"(\*\*|__)([^*]+)\1", cell)
    inner = re.sub(r"</?su[pb]>", "", bold[2] if bold else cell)
    return inner.replace("＊", "*")


def _latex_row(line: str) -> list[str] | None:
    if "&" not in line:
        return None
    body = re.sub(r"\\(hline|toprule|midrule|bottomrule|cline\{[^}]*\}|cmidrule\S*)", "", line)
    body = re.sub(r"\\\\.*$", "", body)
    body = re.sub(
        r"\\multicolumn\{(\d{1,2})\}\{[^}]*\}\{([^{}]*)\}",
        lambda m: m[2] + " & " * (min(int(m[1]), MOST_COLUMNS) - 1), body,
    )  # fmt: skip
    body = re.sub(r"\\(textbf|textit|emph|text|mathrm)\{([^{}]*)\}", r"\2", body)
    return [cell.strip() for cell in re.split(r"(?<!\\)&", body)]


def _delimiter(lines: list[str]) -> str | None:
    filled = [line for line in lines if line.strip()][:200]
    if len(filled) < 2:
        return None
    for delimiter in ("\t", ",", ";"):
        if delimiter == "," and sum(map(_thousands_only, filled)) >= 0.4 * len(filled):
            continue
        counts = [len(row) for row in csv.reader(filled, delimiter=delimiter) if row]
        wide = [count for count in counts if count >= 2]
        common = max(set(wide), key=wide.count) if wide else 0
        needed = 0.4 if delimiter == "\t" else 0.6
        if common >= 2 and wide.count(common) >= needed * len(counts) and _has_numbers(
            filled, delimiter
        ):  # fmt: skip
            return delimiter
    return None


def _thousands_only(line: str) -> bool:
    """Whether a line's commas stand inside numbers (``规模 3,456 0.505``) and spaces divide it."""
    commas = line.count(",")
    return (
        commas > 0
        and len(line.split()) >= 3
        and len(re.findall(r"(?<=\d),(?=\d{3}(?!\d))", line)) == commas
    )


def _has_numbers(lines: list[str], delimiter: str) -> bool:
    """Whether the pieces between delimiters are numbers, as in no prose."""
    numeric = 0
    rows = 0
    for row in csv.reader(lines, delimiter=delimiter):
        if len(row) >= 2:
            rows += 1
            cells = [_without_formula(cell) for cell in row[1:]]
            numeric += any(parse_cell(cell) or amounts_of(cell) for cell in cells)
    return rows > 0 and numeric >= 0.4 * rows


def _csv(text: str, delimiter: str) -> Grid:
    rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            rows.append([_without_formula(cell) for cell in row[: MOST_COLUMNS + 1]])
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        raise ValueError(f"The CSV cannot be read ({error}); is a quotation mark open?") from error
    return Grid(rows)


def _without_formula(cell: str) -> str:
    """The text in ``="0.069**"``, as Stata's esttab writes cells to keep their digits in Excel."""
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"').strip()
    return cell


def display_width(text: str) -> int:
    """Columns a text takes in a fixed-width font: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def header_cells(line: str, width: int) -> list[str] | None:
    """The words of a header line, if they are as many as there are columns."""
    models = _MODEL.findall(line)
    if len(models) == width:
        return list(models)
    folded = re.sub(
        r"(?i)\b(std\.|standard|conf\.|adj\.) (dev|err|error|deviation|int)", r"\1\2", line
    )
    for pieces in (re.split(r"\s{2,}|\t", line.strip()), line.split(), folded.split()):
        if len(pieces) == width:
            return list(pieces)
        if len(pieces) == width + 1:
            return list(pieces[1:])
    return None


def is_title(line: str) -> bool:
    """Whether a line begins a table: ``Table 4 …`` or ``表 4 …``."""
    return bool(_TITLE.match(line)) and len(line) <= 2 * _LONGEST_LABEL
