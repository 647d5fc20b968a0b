"""Headers: one name however it is printed, and the path of a column however cells are merged."""

from __future__ import annotations

import pytest

from orchestration.ingest.yearbooks.header import column_headers, key_of, parsed
from orchestration.ingest.yearbooks.sheet import Sheet


@pytest.mark.parametrize(
    "printed",
    [
        "R&D人员\n\n全时当量\n\nTotal",
        "Ｒ＆Ｄ人员 全时当量",
        "R&D人员全时当量①",
        "#R&D人员全时当量",
        "其中：R&D人员全时当量",
        "R&D人员全时当量 Full-time Equivalent of R&D Personnel",
    ],
)
def test_one_name_however_it_is_printed(printed: str) -> None:
    assert key_of(printed) == "r&d人员全时当量"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("人口数", "人口数(人口抽样调查)"),
        ("R&D人员", "R&D人员全时当量"),
        ("发明", "发明专利"),
        ("规模以上工业企业R&D人员全时当量", "R&D人员全时当量"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_english_alone_is_kept() -> None:
    assert key_of("Gross Regional Product") == "grossregionalproduct"


def test_the_mark_of_a_footnote_is_told_and_a_unit_is_no_mark() -> None:
    assert parsed("合计①").mark == "①"
    assert parsed("新 疆a)").mark == "a)"
    assert parsed("地区生产总值(亿元)").mark == ""
    assert parsed("地区生产总值(亿元)").bracketed == ("亿元",)


def test_a_group_without_merged_cells_heads_the_columns_on_its_right() -> None:
    rows = [["地区", "Region", "合计", None, None], [None, None, None, "发明", "实用新型"]]
    headers = column_headers(Sheet("1", rows), 0, 1, range(5))
    assert [headers[column].path for column in (2, 3, 4)] == [
        "合计",
        "合计 / 发明",
        "合计 / 实用新型",
    ]


def test_merged_cells_decide_where_the_file_has_them() -> None:
    rows = [["地区", "申请", None, "授权", None], [None, "发明", "外观", "发明", "外观"]]
    sheet = Sheet("1", rows, merged=((0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)))
    headers = column_headers(sheet, 0, 1, range(5))
    assert headers[0].path == "地区"
    assert [headers[c].path for c in (1, 2, 3, 4)] == [
        "申请 / 发明", "申请 / 外观", "授权 / 发明", "授权 / 外观",
    ]  # fmt: skip


def test_a_name_broken_over_two_rows_is_whole_in_one_of_its_keys() -> None:
    rows = [["地区", "地方一般公"], [None, "共预算支出"]]
    headers = column_headers(Sheet("1", rows), 0, 1, range(2))
    assert "地方一般公共预算支出" in headers[1].keys


def test_years_in_a_header_are_words_too() -> None:
    headers = column_headers(Sheet("1", [["地区", 2012.0, "2013年"]]), 0, 0, range(3))
    assert [headers[c].path for c in (1, 2)] == ["2012", "2013年"]
