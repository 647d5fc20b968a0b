"""The sheet that a reviewer marks: how a sample is laid out as an XLSX file for Excel and WPS.

What is drawn belongs in ``sample``; reading the sheet back to ``marks``.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orchestration.review.cells import displayable, guard
from orchestration.review.exclusions import Entry, HitKey
from orchestration.review.sample import Hit, Sample
from orchestration.review.spreadsheet import read_table
from orchestration.settings import UsageError

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

OPEN, CLOSE = "【", "】"
# What the reviewer fills.
MARK_COLUMNS: Final = ("false_hit", "reason", "reviewer", "date")
_POINTS_PER_LINE: Final = 15.5
_HIGHEST_ROW: Final = 409.0  # Excel's limit, in points


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: its name, its Chinese header, its width in characters."""

    name: str
    header_zh: str
    width: int

    @property
    def header(self) -> str:
        """Chinese, then the name that the column is known by when it is read back."""
        return f"{self.header_zh} {self.name}"


COLUMNS: Final = (
    SheetColumn("region_name", "地区", 13),
    SheetColumn("report_year", "年份", 13),
    SheetColumn("section", "部分", 10),
    SheetColumn("term", "词", 12),
    SheetColumn("context", "上下文", 64),
    SheetColumn("false_hit", "是否误命中", 12),
    SheetColumn("reason", "原因", 24),
    SheetColumn("reviewer", "审阅人", 12),
    SheetColumn("date", "日期", 12),
    SheetColumn("excluded_by", "目前被何排除", 20),
    SheetColumn("file", "文件", 40),
    SheetColumn("char_start", "起始字符", 11),
    SheetColumn("char_end", "结束字符", 11),
    SheetColumn("occurrences", "同句次数", 12),
    SheetColumn("sentence", "原句（勿改）", 48),
    SheetColumn("offset_in_sentence", "句内位置（勿改）", 20),
    SheetColumn("topic", "研究（勿改）", 18),
    SheetColumn("region_code", "地区代码（勿改）", 16),
    SheetColumn("hit_id", "编号（勿改）", 20),
    SheetColumn("is_sample", "合成样本数据", 14),
)

_GUIDE: Final = (
    ("怎样填写", "How to fill it"),
    (
        "1. 到“命中 hits”表，读“上下文”一栏；被统计的词写在【】里。",
        "1. In the sheet “命中 hits” read the column context; the word that was counted stands "
        "in 【】.",
    ),
    (
        "2. 黄色四栏由您填写。false_hit：不该算作命中填 y，确是命中填 n；没有看或拿不准就留空。",
        "2. The four yellow columns are yours. false_hit: y if it should not be counted, n if it "
        "is a true hit; leave it empty if you have not looked or cannot tell.",
    ),
    (
        "3. 填 y 时必须写原因（例如：是园区名称，不是在谈技术）和审阅人。"
        "日期可空，空则为登记当天。",
        "3. A y needs a reason (such as: the name of a zone, not about technology) and a "
        "reviewer. The date may stay empty; the day of recording is used.",
    ),
    (
        "4. 其余各栏请勿改动；整行排序、筛选、删除都可以。"
        "行是随机顺序：只看前面若干行，也是随机样本。",
        "4. Leave the other columns as they are; sorting, filtering or deleting whole rows is "
        "fine. Rows are in random order, so the first rows alone are a random sample too.",
    ),
    (
        "5. 存为 XLSX（或 CSV），然后运行：xinku review apply 文件名 --reviewer 姓名。"
        "任何一行有误，整表都不登记，并指出是哪一行。",
        "5. Save it as XLSX (or CSV), then run: xinku review apply FILE --reviewer NAME. If any "
        "row is wrong nothing is recorded, and you are told which row.",
    ),
    (
        "6. 改主意时把 y 改成 n，再登记一次，排除即撤回。同一报告里一模一样的句子共用一个判断。",
        "6. To take a mark back change y to n and apply the sheet again. Identical sentences of "
        "one report share one verdict.",
    ),
    (
        "文字以 = + - @ 开头时，前面加了一个撇号（'），以免表格软件把它当公式执行。",
        "Text that begins with = + - @ has an apostrophe (') before it, so that no spreadsheet "
        "runs it.",
    ),
)
_SYNTHETIC: Final = (
    "注意：本表取自随程序附带的合成样本，不是真实报告。",
    "Note: this sheet is drawn from the bundled synthetic sample, not from real reports.",
)


def write_sheet(path: Path, sample: Sample, recorded: Mapping[HitKey, Entry]) -> None:
    """Write a sample as a workbook: a guide, and the hits with columns to mark.

    The same sample gives the same bytes. Every text is written as text, guarded.

    Args:
        path: the file; one that is there is replaced only if it is a sheet without marks.
        sample: the hits.
        recorded: exclusions that are recorded, which the snapshot may not show yet.

    Raises:
        UsageError: the file exists and is somebody's work, or cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    _check_free(path)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with xlsxwriter.Workbook(str(partial)) as workbook:
            # Of the data, not of the clock.
            workbook.set_properties({"created": sample.read_at or datetime(2000, 1, 1)})
            _write_guide(workbook, sample)
            _write_hits(workbook, sample, recorded)
        partial.replace(path)
    except (OSError, XlsxWriterException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be written ({reason}); name another --out.") from error
    finally:
        partial.unlink(missing_ok=True)


def _check_free(path: Path) -> None:
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in a folder that does not exist"
        raise UsageError(f"{path} {what}; name a file with --out.")
    if path.suffix.casefold() != ".xlsx":
        raise UsageError(f"{path} does not end in .xlsx; the sheet is written as XLSX only.")
    if not path.exists():
        return
    try:
        records = read_table(path, [*MARK_COLUMNS, "hit_id"], "a review sheet").records
    except UsageError as error:
        raise UsageError(
            f"{path} exists and is not a review sheet; it is left alone. Name another --out."
        ) from error
    if any(record.cells[name] not in (None, "") for record in records for name in MARK_COLUMNS):
        raise UsageError(
            f"{path} exists and holds a reviewer's marks; apply it or move it away, or name "
            "another --out."
        )


def _write_guide(workbook: Workbook, sample: Sample) -> None:
    guide = workbook.add_worksheet("说明 guide")
    text = workbook.add_format({"text_wrap": True, "valign": "top"})
    title = workbook.add_format({"bold": True, "font_size": 14, "valign": "top"})
    alarm = workbook.add_format(
        {"text_wrap": True, "valign": "top", "bold": True, "font_color": "#C00000"}
    )
    guide.set_column(0, 1, 60)
    guide.hide_gridlines(2)
    guide.set_landscape()
    guide.fit_to_pages(1, 1)
    terms = "、".join(sample.terms) or "（全部词 all terms）"
    drawn = len(sample.hits)
    about = (
        f"研究 {sample.topic}；词：{terms}；从 {sample.drawn_from} 处命中中随机抽取 {drawn} 处"
        f"（种子 {sample.seed}）。",
        f"Study {sample.topic}; terms: {terms}; {drawn} of {sample.drawn_from} hits drawn at "
        f"random (seed {sample.seed}).",
    )
    lines: list[tuple[tuple[str, str], Format]] = [(("命中复核", "Review of hits"), title)]
    if any(hit.is_sample for hit in sample.hits):
        lines.append((_SYNTHETIC, alarm))
    lines += [(about, text), (_GUIDE[0], title), *((pair, text) for pair in _GUIDE[1:])]
    for row, (pair, style) in enumerate(lines):
        for column, line in enumerate(pair):
            guide.write_string(row, column, displayable(guard(line)), style)
        if style is not title:
            guide.set_row(row, _height([(line, 60) for line in pair]))


def _write_hits(workbook: Workbook, sample: Sample, recorded: Mapping[HitKey, Entry]) -> None:
    sheet = workbook.add_worksheet("命中 hits")
    base = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D9D9D9"}
    yellow = {**base, "bg_color": "#FFF7D6"}
    header = workbook.add_format({**base, "bold": True, "bg_color": "#DCE6F1"})
    marked_header = workbook.add_format({**base, "bold": True, "bg_color": "#FFE699"})
    plain = workbook.add_format(base)
    guarded = workbook.add_format({**base, "quote_prefix": True})
    red = workbook.add_format({"bold": True, "font_color": "#C00000"})
    # A General cell would make a formula of "- 园区名称" as the reviewer types it.
    as_text = workbook.add_format({**yellow, "num_format": "@"})
    as_date = workbook.add_format({**yellow, "num_format": "yyyy-mm-dd"})
    for index, column in enumerate(COLUMNS):
        style = {"date": as_date}.get(column.name, as_text)
        is_mark = column.name in MARK_COLUMNS
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.header, marked_header if is_mark else header)
        for row, hit in enumerate(sample.hits, start=1):
            if is_mark:
                sheet.write_blank(row, index, None, style)
            elif column.name == "context":
                _write_context(sheet, row, index, hit, plain, guarded, red)
            else:
                _write_value(sheet, row, index, _values(hit, recorded)[column.name], plain, guarded)
    for row, hit in enumerate(sample.hits, start=1):
        sheet.set_row(row, _height([(_context(hit), 64), (hit.key.sentence, 48), (_file(hit), 40)]))
    sheet.set_row(0, 2 * _POINTS_PER_LINE)
    last = len(sample.hits)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    _offer_marks(sheet, last)
    # On paper: what the reviewer reads and fills, one page wide.
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, last, [column.name for column in COLUMNS].index("date"))
    sheet.fit_to_pages(1, 0)


def _offer_marks(sheet: Worksheet, last: int) -> None:
    """The list of marks, and what they mean, where the reviewer clicks."""
    column = [column.name for column in COLUMNS].index("false_hit")
    sheet.data_validation(
        1,
        column,
        last,
        column,
        {
            "validate": "list",
            "source": ["y", "n"],
            "input_title": "是否误命中 false_hit",
            "input_message": (
                "y 误命中，不应计入 · not a hit\nn 确是命中 · a true hit\n空 未看 · not reviewed"
            ),
            "error_title": "y / n",
            "error_message": "请填 y 或 n，或留空。Write y or n, or leave it empty.",
        },
    )


def _values(hit: Hit, recorded: Mapping[HitKey, Entry]) -> dict[str, str | int]:
    entry = recorded.get(hit.key)
    pending = f"review: {entry.reason} ({entry.reviewer}, {entry.reviewed_on})" if entry else ""
    return {
        **hit.key._asdict(),
        "region_name": hit.region_name,
        "section": hit.section,
        "excluded_by": hit.excluded_by or pending,
        "file": _file(hit),
        "char_start": hit.char_start,
        "char_end": hit.char_end,
        "occurrences": hit.occurrences,
        "hit_id": hit.hit_id,
        "is_sample": "是 yes" if hit.is_sample else "否 no",
    }


def _write_value(
    sheet: Worksheet, row: int, column: int, value: str | int, plain: Format, guarded: Format
) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value, plain)
        return
    text = guard(value)
    # The flag keeps the apostrophe when somebody edits the cell and presses Enter.
    sheet.write_string(row, column, displayable(text), plain if text == value else guarded)


def _write_context(
    sheet: Worksheet, row: int, column: int, hit: Hit, plain: Format, guarded: Format, red: Format
) -> None:
    """Sentence and surroundings, the hit in red where there is anything around it."""
    whole = displayable(_context(hit))
    style = guarded if whole.startswith("'") else plain
    before, mark, rest = whole.partition(displayable(OPEN + _flat(hit.matched) + CLOSE))
    parts: list[Any] = [part for part in (before, mark and red, mark, rest) if part]
    if len(parts) < 3 or sheet.write_rich_string(row, column, *parts, style) != 0:
        sheet.write_string(row, column, whole, style)


def _context(hit: Hit) -> str:
    return guard(f"{_flat(hit.before)}{OPEN}{_flat(hit.matched)}{CLOSE}{_flat(hit.after)}")


def _flat(text: str) -> str:
    """White space as one blank: line breaks of a PDF would tear the cell apart."""
    inner = " ".join(text.split())
    return inner if not text[:1].isspace() or not inner else f" {inner}"


def _file(hit: Hit) -> str:
    return f"{hit.path} > {hit.member}" if hit.member else hit.path


def _height(texts: Sequence[tuple[str, int]]) -> float:
    """Height of a row in points: WPS does not fit rows of wrapped text when it opens a file."""
    lines = max(
        sum(max(1, math.ceil(_display_width(line) / (width - 2))) for line in text.split("\n"))
        for text, width in texts
    )
    return min(_HIGHEST_ROW, _POINTS_PER_LINE * lines + 3)


def _display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
