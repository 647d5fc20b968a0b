"""An explanation as text for a terminal, or, where the output is a file or a pipe, a line a piece.

Document text is hostile: it is never read as markup, and characters that steer a terminal are left
out. What is said is decided in ``answer``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from orchestration.explain.answer import Explanation
from orchestration.explain.evidence import Cell, Evidence, Passage, Quote, RuleFinding, Sentence
from orchestration.explain.one_line import one_line, unstripped

_LABEL = 12
# A narrower column than this is left to the terminal to break.
_LEAST_WIDTH = 20
# More sources than these are counted, not described: every sentence names its own file.
_SOURCES = 8
# A value longer than three lines is a text to open, not a figure; JSON has it whole. What is
# counted is never cut: a sentence has 400 characters at most.
_VALUE_CHARS = 240
_TEXT_CHARS = 400
# JSON leaves these bare, and a terminal or a line reader acts on them.
_BARE = re.compile("[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# As wide as the longest key of the tables, a document's number.
_VALUE_CELLS = 22
_SUMMED = frozenset({Sentence.kind, Passage.kind, Cell.kind})
_SOURCE_FACTS = ("title", "delivered_on", "session", "speaker", "source_url", "override")
_SOURCE_NAMES = {"text": "text", "front_matter": "front matter", "name": "name"}
_HIT_STYLE = "bold reverse"


def to_json(explanation: Explanation, *, ascii_only: bool = False) -> str:
    """The complete explanation as JSON.

    Args:
        explanation: what is explained.
        ascii_only: write every other character as an escape, for an output that has no UTF-8.
    """
    text = json.dumps(explanation.to_dict(), ensure_ascii=ascii_only, indent=2)
    return _BARE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def show(explanation: Explanation, console: Console) -> None:
    """Formula, value and everything behind it."""
    _Page(console).show(explanation)


class _Page:
    """Writes paragraphs, wrapped and indented on a terminal, whole lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def _write(
        self, text: str | Text, indent: int = 0, first: str = "", *, wraps: bool = True
    ) -> None:
        body = text if isinstance(text, Text) else Text(text)
        head = set_cell_size(first, indent) if cell_len(first) < indent else first
        width = self._console.width - indent
        lines: Iterable[Text] = [body]
        if wraps and self._console.is_terminal and width >= _LEAST_WIDTH:
            lines = body.wrap(self._console, width, overflow="fold")
        for number, line in enumerate(lines):
            margin = head if number == 0 else " " * indent
            line.rstrip()
            self._console.print(Text(margin) + line, soft_wrap=True, highlight=False)

    def _heading(self, text: str) -> None:
        self._write("")
        self._write(Text(text, style="bold"))

    def _field(self, label: str, text: str | Text) -> None:
        self._write(text, _LABEL, label)

    def show(self, it: Explanation) -> None:
        if it.is_sample:
            self._write(
                Text("Sample data 示例数据: this comes from synthetic input.", "bold yellow")
            )
        self._write(Text(f"{it.table} · {one_line(it.label)}", style="bold"))
        if it.asked:
            self._asked(it)
        else:
            self._columns(it)
        for note in it.notes:
            self._field("Note", one_line(note, _TEXT_CHARS))
        if not it.rows:
            return
        self._formula(it)
        self._inputs(it)
        self._sources(it)
        self._breakdown(it)
        self._evidence(it)

    def _asked(self, it: Explanation) -> None:
        if len(it.rows) == 1:
            gap = " (missing, not zero)" if it.value is None and it.unit else ""
            self._write(Text(f"{it.column} = {_value(it.value)}{gap}", style="bold"))
        elif it.rows:
            self._write(Text(f"{it.column} of {len(it.rows)} rows", style="bold"))
        self._write(_described(it.description, it.unit))

    def _columns(self, it: Explanation) -> None:
        """Every column with its value, unit and description."""
        if not it.rows:
            return
        row = it.rows[0] if len(it.rows) == 1 else {}
        names = max(len(note.name) for note in it.columns)
        values = {note.name: _value(row[note.name]) for note in it.columns if note.name in row}
        wide = min(max(map(cell_len, values.values()), default=0), _VALUE_CELLS)
        if not row:
            self._write(f"{len(it.rows)} rows")
        for note in it.columns:
            head, indent = f"  {note.name:<{names}}  ", names + 4
            value = values.get(note.name, "…")
            if row and cell_len(value) > wide:
                self._write(value, indent, head)
                head = " " * indent
            elif row:
                head += set_cell_size(value, wide) + "  "
                indent += wide + 2
            self._write(_described(note.description, note.unit), indent, head)

    def _formula(self, it: Explanation) -> None:
        self._heading(f"How {it.column or 'a row'} comes about")
        self._write(it.words or one_line(it.description), 2, "  ")
        if it.arithmetic:
            self._write(f"{it.arithmetic} = {_value(it.value)}", 2, "  ")
        for name, figure in it.figures.items():
            if name not in it.arithmetic:
                self._write(f"{name}: {_value(figure)}", 4, "  ")
        for line in it.sql.splitlines():
            # Not wrapped, so that it can be copied.
            margin = " " * (4 + len(line) - len(line.lstrip()))
            self._write(one_line(line), len(margin), margin, wraps=False)

    def _inputs(self, it: Explanation) -> None:
        """The numbers that the formula names, each above those that it is made of."""
        if not it.inputs:
            return
        self._heading("Made of")
        for row in it.inputs:
            margin = 2 + 2 * row["depth"]
            value = "missing" if row["value"] is None else f"{row['value']:,.15g}"
            number = f"{row['name']} = {' '.join(filter(None, (value, row['unit'])))}"
            edition = f"edition {row['vintage']}" if row["vintage"] and not row["missing"] else None
            why = row["missing"]
            facts = filter(None, (number, row["label"], f"{row['year']}", edition, why))
            self._write(one_line(" · ".join(facts)), margin + 2, " " * margin)
            # The cells of an indicator are listed below.
            call = row["call"] if row["origin"] != "indicator" else None
            for more in filter(None, (call, row["supply"])):
                self._write(one_line(more, _TEXT_CHARS), margin + 4, " " * (margin + 4))

    def _sources(self, it: Explanation) -> None:
        if not it.sources:
            return
        used = [row for row in it.sources if row["status"] == "primary"]
        self._heading("Source" if len(it.sources) == 1 else "Sources")
        if len(it.sources) > _SOURCES:
            noun = "reports" if "document_id" in it.sources[0] else "files"
            self._write(
                f"  {len(used)} {noun} that are counted, {len(it.sources) - len(used)} that are "
                "not; --json lists them."
            )
            return
        for row in it.sources:
            place = " > ".join(one_line(row[name]) for name in ("file", "member") if row.get(name))
            status = "counted" if row["status"] == "primary" else row["status"]
            self._write(Text(f"{place}  [{status}]"), 2, "  ")
            if row.get("reason"):
                self._write(one_line(row["reason"], _TEXT_CHARS), 4, "    ")
            facts = [f"{name} {_value(row[name])}" for name in _SOURCE_FACTS if row.get(name)]
            if row.get("completeness"):
                facts.append(f"{row['completeness']}, {row['n_chars']:,} characters")
            if facts:
                self._write("; ".join(facts), 4, "    ")
            for warning in row.get("warnings") or ():
                self._write(one_line(warning, _TEXT_CHARS), 4, "    ")

    def _breakdown(self, it: Explanation) -> None:
        if not it.breakdown:
            return
        self._heading("By year and region (counted, and where more occur, all occurrences)")
        for year, rows in groupby(it.breakdown, key=lambda row: row["report_year"]):
            group = list(rows)
            total = sum(row["n_counted"] for row in group)
            parts = [f"{one_line(row['region_name'])} {_both(row)}" for row in group]
            self._write(" · ".join(parts), 14, f"  {year} {total:>6}")

    def _evidence(self, it: Explanation) -> None:
        if it.kind in _SUMMED and (it.evidence or it.kind != Cell.kind):
            self._counts(it)
        elif it.evidence:
            self._heading("What it rests on")
            self._items(it.evidence)
        elif it.kind:
            self._write("")
            self._write(f"No {it.kind} is on record.")
        elif it.asked and it.sql and not it.inputs:
            self._write("")
            self._write("There is nothing to list; the query above returns the number.")

    def _counts(self, it: Explanation) -> None:
        """The counted pieces, then those that are not, each with its reason."""
        whole = f"xinku explain {one_line(it.more)} lists all" if it.more else "--json lists all"
        for title, items, rest in (
            ("Counted", it.counted, whole),
            ("Not counted", it.set_aside, "the same command lists them"),
        ):
            if not items and title == "Not counted":
                continue
            # Cells are divided and weighed, not added: how many there are is all a sum could say.
            cells = it.kind == Cell.kind
            amounts = [1.0 if cells else item.amount or 0.0 for item in items]
            self._heading(f"{title}: {sum(amounts):,.15g}")
            self._items(items[: it.listed])
            if it.listed is not None and len(items) > it.listed:
                self._write(f"… and {len(items) - it.listed:,} more: {rest}.", 2, "  ")

    def _items(self, items: Sequence[Evidence]) -> None:
        numbered = enumerate(items, start=1)
        reports = {_report(item) for item in items}
        for place, group in groupby(numbered, key=lambda pair: pair[1].place):
            self._write(Text(one_line(place), style="underline"), 2, "  ")
            for number, item in group:
                head, body = _lines(item)
                if len(reports) > 1:
                    head = " · ".join(filter(None, (_report(item), head)))
                self._write(one_line(head), 8, f"{number:>6}. ")
                if item.reason:
                    self._write(one_line(item.reason, _TEXT_CHARS), 8)
                if body:
                    self._write(body, 8)


def _lines(item: Evidence) -> tuple[str, Text | None]:
    """What a piece of evidence is, and its text."""
    if isinstance(item, Cell):
        address = " ".join(filter(None, (item.sheet, item.cell)))
        value = "missing" if item.value is None else f"{item.value:,.15g} {item.unit or ''}"
        return f"{address} · {value.strip()} · {item.label}", Text(_printed(item))
    where = f" · characters {item.start}–{item.end}" if item.start is not None else ""
    if isinstance(item, Quote):
        differs = " · differs" if item.status == "differs" else ""
        head = f"{item.fact} {item.value} · from the {_SOURCE_NAMES.get(item.source or '', 'rest')}"
        return f"{head}{where}{differs}", Text(one_line(item.text or "", _TEXT_CHARS))
    if isinstance(item, RuleFinding):
        return f"{item.status} {item.rule}{where}", Text(one_line(item.text, _TEXT_CHARS))
    section = " ".join(filter(None, (item.section, item.heading)))
    if isinstance(item, Passage):
        return f"{item.n_chars:,} · {section}{where}", None
    return f"{item.term} ({item.category}) · {section}{where}", _marked(item)


def _printed(item: Cell) -> str:
    """What stands in a cell, its unit and edition and where they were read."""
    unit = item.printed_unit and f"unit {item.printed_unit} (read from: {item.unit_source or '?'})"
    same = item.factor is None or item.factor == 1
    edition = item.vintage and f"edition {item.vintage} (read from: {item.vintage_source or '?'})"
    facts = (
        None if item.raw_value is None else f"as written: {item.raw_value}",
        unit,
        None if same else f"× {item.factor:.15g} to {item.unit}",
        edition,
        item.correction and f"correction: {item.correction}",
        item.header and f"header: {item.header}",
        item.footnote and f"footnote: {item.footnote}",
    )
    return " · ".join(one_line(fact, _VALUE_CHARS) for fact in facts if fact)


def _report(item: Evidence) -> str:
    """Region and year of the report that a sentence stands in."""
    if not isinstance(item, Sentence):
        return ""
    return " ".join(filter(None, (item.region_name, str(item.report_year))))


def _described(description: str, unit: str | None) -> str:
    return one_line(f"{description} [{unit}]" if unit else description)


def _marked(item: Sentence) -> Text:
    """The sentence with its hit between 【 and 】."""
    start, end = item.start - item.sentence_start, item.end - item.sentence_start
    text = Text(unstripped(item.text[:start]).lstrip())
    text.append(f"【{one_line(item.hit)}】", style=_HIT_STYLE)
    return text.append(unstripped(item.text[end:]).rstrip())


def _value(value: Any) -> str:
    """A value for people; a null is never shown as nothing or zero."""
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:.7g}"
    text = "; ".join(map(str, value)) if isinstance(value, list) else value
    return one_line(text, _VALUE_CHARS)


def _both(row: dict[str, Any]) -> str:
    if row["n_counted"] == row["n_occurrences"]:
        return str(row["n_counted"])
    return f"{row['n_counted']} of {row['n_occurrences']}"
