"""Cells and files of spreadsheets: nothing runs, and everything comes back."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from orchestration.review.cells import guard, read_date, read_integer, read_text, unguard
from orchestration.review.spreadsheet import read_table
from orchestration.settings import UsageError

HOSTILE = [
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "﹦1",
    "  =1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=1",
    "'=1",
    "''=1",
]
HARMLESS = ["发展高新技术", "1-2", "a=b", "—— 芯片", "'芯片' 一词", "", " 芯片", "％ 增长", "2021"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_it_would_not_run_is_left_alone(text: str) -> None:
    assert guard(text) == text
    assert unguard(text) == text


@given(
    st.text(alphabet=st.sampled_from("'=+-@＝ \t\n\u200b芯a1"), max_size=6) | st.text(max_size=9)
)
def test_every_text_comes_back_and_none_starts_a_formula(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    assert not guarded.startswith(("\t", "\r", "\n"))
    assert not guarded.lstrip(" \t\n\u200b").startswith(tuple("=+-@＝＋－＠"))


@pytest.mark.parametrize(
    "cell",
    ["2026-03-05", "2026/3/5", "2026.3.5", "2026年3月5日", "２０２６-0３-05", "20260305", 20260305.0,
     "2026-03-05 10:20:30", "2026/3/5 0:00", datetime(2026, 3, 5, 8), date(2026, 3, 5), 46086, 46086.0],
)  # fmt: skip
def test_dates_are_read_as_spreadsheets_write_them(cell: Any) -> None:
    assert read_date(cell) == date(2026, 3, 5)


@pytest.mark.parametrize("cell", ["3/5/2026", "昨天", "2026-13-01", "2026年", "5", True])
def test_what_may_be_another_date_is_none(cell: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_date(cell)


def test_an_empty_cell_is_no_date() -> None:
    assert read_date(None) is read_date("") is read_date("  ") is None


def test_numbers_lose_what_the_spreadsheet_added() -> None:
    assert read_text(320000.0) == "320000"
    assert read_integer(2021.0) == read_integer("２０２１") == read_integer(" 2021 ") == 2021


ROWS = [["名 name", "值 value"], ["芯片, “一”\n二", 1], ["'=1+1", 2]]


def workbook(path: Path, *, far: str = "", sheets: tuple[str, ...] = ("guide", "data")) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in ROWS if name == "data" else [["read this first"]]:
            sheet.append(row)
        if far:
            sheet[far] = "x"
    book.save(path)
    return path


def text_file(path: Path, encoding: str, delimiter: str = ",") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(ROWS)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def cells(path: Path) -> list[tuple[int, str, str]]:
    table = read_table(path, ["name", "value"], "a table")
    return [
        (r.number, read_text(r.cells["name"]), read_text(r.cells["value"])) for r in table.records
    ]


EXPECTED = [(2, "芯片, “一”\n二", "1"), (3, "=1+1", "2")]


def test_a_workbook_is_read_whichever_sheet_has_the_columns(tmp_path: Path) -> None:
    assert cells(workbook(tmp_path / "a.xlsx")) == EXPECTED
    assert cells(workbook(tmp_path / "b.xlsx", sheets=("data", "guide"))) == EXPECTED


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_text_is_read_as_excel_and_wps_save_it(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    assert cells(text_file(tmp_path / "a.csv", encoding, delimiter)) == EXPECTED


def test_control_characters_come_back_from_a_workbook(tmp_path: Path) -> None:
    """`_x000D_` in a text was an escape to Excel and is a text again to us."""
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(["名 name", "a_x000D_b", "a\rb", "c\x07d"]):
            sheet.write_string(row, 0, text)
    table = read_table(tmp_path / "a.xlsx", ["name"], "a table")
    assert [r.cells["name"] for r in table.records][:2] == ["a_x000D_b", "a\rb"]


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as raised:
        read_table(path, ["name", "value"], "a table")
    sentence = str(raised.value)
    assert "\n" not in sentence
    return sentence


def test_what_is_no_sheet_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    assert "no file" in refused(path)
    path.write_bytes(b"PK\x03\x04 broken")
    assert "damaged" in refused(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0 broken")
    assert "damaged" in refused(path)
    path.write_bytes(bytes(range(256)))
    assert "neither a workbook nor text" in refused(path)
    path.write_text("", encoding="utf-8")
    assert "is not a table" in refused(path)
    path.write_text("name\n芯片\n", encoding="utf-8")
    assert "no column value" in refused(path)
    assert "cannot be read" in refused(tmp_path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "no XLSX" in refused(path)


def test_one_cell_far_out_does_not_end_the_process(tmp_path: Path) -> None:
    """calamine lays sheets out in full: a blank typed into XFD1048576 aborted Python."""
    assert "as far out as row 1048576" in refused(workbook(tmp_path / "a.xlsx", far="XFD1048576"))
    assert len(cells(workbook(tmp_path / "b.xlsx", far="Z900"))) == 3


def test_a_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    import msoffcrypto.format.ooxml

    plain, locked = workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    with plain.open("rb") as source, locked.open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("secret", target)
    assert "password" in refused(locked)
