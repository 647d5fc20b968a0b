"""Which column of a table is the report, and what its neighbours say about it.

Shared by the readers of delimited files, JSON lines and Stata files; it knows names, not formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orchestration.ingest.reports.protocol import CannotRead

_TEXT_NAMES = (
    "full_text",
    "fulltext",
    "正文",
    "全文",
    "content",
    "text",
    "内容",
    "body",
    "report",
    "报告",
    "报告正文",
    "报告内容",
)
_HINT_NAMES = {
    "region": ("region", "province", "地区", "省份", "省", "城市", "city", "area", "prov"),
    "year": ("year", "年份", "年度", "年", "report_year"),
    "title": ("title", "标题", "题名", "名称"),
    "source_url": ("source_url", "url", "link", "链接", "网址"),
    "publish_date": ("publish_date", "pub_date", "date", "日期", "发布日期", "发布时间", "时间"),
}
# Without a telling name, the longest column is the report only if it is as long as prose:
# the shortest real report has 2,000 characters, the longest title 60.
_PROSE_CHARS = 200


def text_column(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Name the column that holds the reports.

    Args:
        columns: the column names as the file has them.
        rows: the rows, or the first of them, as text.

    Raises:
        CannotRead: no column has a telling name or text of a report's length.
    """
    plain = {column.strip().lower(): column for column in columns}
    for name in _TEXT_NAMES:
        if name in plain:
            return plain[name]
    longest, length = "", 0.0
    sample = list(rows)
    for column in columns:
        mean = sum(len(row.get(column, "")) for row in sample) / max(len(sample), 1)
        if mean > length:
            longest, length = column, mean
    if length < _PROSE_CHARS:
        raise CannotRead(
            f"No column holds the text of reports; the longest, “{longest[:40]}”, has "
            f"{length:.0f} characters a row.",
            "Name the text column full_text or 正文; tables of numbers belong in tables/.",
        )
    return longest


def hints(row: Mapping[str, str], text: str) -> dict[str, str]:
    """What the other columns of a row say, under the names of :class:`Record.hints`."""
    plain = {column.strip().lower(): value for column, value in row.items() if column != text}
    found: dict[str, str] = {}
    for hint, names in _HINT_NAMES.items():
        value = next((plain[name].strip() for name in names if plain.get(name)), "")
        if value:
            found[hint] = value
    return found
