"""Every format opens or is refused in a sentence: errors, encryption, bombs, cut files, encodings."""

from __future__ import annotations

import csv
import io
import random
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from orchestration.ingest.yearbooks.formats.bounds import Bounds
from orchestration.ingest.yearbooks.sheet import NEVER_CALCULATED, CellError
from orchestration.ingest.yearbooks.workbook import Workbook, read_sheets

EXPORT = (
    "数据库：分省年度数据\r\n指标：地区生产总值(亿元)\r\n时间：最近2年\r\n"
    "地区,2024年,2023年\r\n北京市,49843.1,47353.7\r\n天津市,18024.3,\r\n数据来源：国家统计局\r\n"
)
NEW_SITE = (
    "\ufeff数据库：分省年度数据 \n时间： \n指标\t,2024年\t,2023年\t,\n"
    "地方财政一般公共预算支出 (亿元)\t,8396.49\t,7971.25\t,\n地方财政外交支出 (亿元) \t,\t,1.77\t,\n"
)
PAGE = """<!DOCTYPE html><html><head><title>公报</title></head><body>
<table><tr><td>
<p>附表　2018年各地区研究与试验发展（R&amp;D）经费情况</p><p>单位：亿元</p>
<table><tr><th rowspan="2">地　区</th><th colspan="2">经费</th></tr>
<tr><th>R&amp;D<br>经费</th><th>强度<sup>[4]</sup></th></tr>
<tr><td>北　京</td><td>1870.8<sup>1</sup></td><td>6.17</td></tr></table>
</td></tr></table></body></html>"""


def xlsx(**sheets: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The package with parts replaced; the name is the end of the part's path, dots as ``__``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for info in old.infolist():
            key = info.filename.rsplit("/", 1)[-1].replace(".", "__")
            new.writestr(info.filename, parts.get(key, old.read(info)))
    return out.getvalue()


def sheet_xml(cells: str) -> bytes:
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        f'2006/main"><sheetData>{cells}</sheetData></worksheet>'
    ).encode()


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE file with one stream, in sectors of 512 bytes."""
    stream = stream.ljust(max(4_096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(title: str, kind: int, first: int, size: int, child: int) -> bytes:
        written = title.encode("utf-16-le") + b"\0\0"
        return (
            written.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(written), kind, 1, free, free, child)
            + bytes(36)
            + struct.pack("<III", first, size, 0)
        )

    fat = [fat_sector, end, *range(3, count + 2), end]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(10)
        + struct.pack("<IIIIIIII", 1, 1, 0, 4_096, end, 0, end, 0)
        + struct.pack("<109I", 0, *[free] * 108)
    )
    directory = entry("Root Entry", 5, end, 0, 1) + entry(name, 2, 2, len(stream), free)
    table = struct.pack("<128I", *fat, *[free] * (128 - len(fat)))
    return header + table + directory.ljust(512, b"\0") + stream


def biff(*cells: bytes, extra: bytes = b"") -> bytes:
    """The stream of a workbook with one sheet 表1."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    begin = struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 1996, 0, 6)
    name = "表1".encode("utf-16-le")
    globals_length = 4 + len(begin) + len(extra) + 4 + 8 + len(name) + 4
    book = (
        record(0x0809, begin)
        + extra
        + record(0x0085, struct.pack("<IBBBB", globals_length, 0, 0, 2, 1) + name)
        + record(0x000A, b"")
    )
    sheet_begin = struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 1996, 0, 6)
    return book + record(0x0809, sheet_begin) + b"".join(cells) + record(0x000A, b"")


def number(row: int, column: int, value: float) -> bytes:
    return struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, value)


def the_problem(book: Workbook) -> str:
    assert not book.readable
    assert book.sheets == ()
    (problem,) = book.problems
    assert problem.fatal
    assert problem.reason.endswith(".")
    assert problem.hint.endswith(".")
    return problem.reason


class TestXlsx:
    def test_values_keep_their_type_and_place(self) -> None:
        book = read_sheets(xlsx(表1=[[], ["", "地 区\n", 12, 1.5, True], ["", "007"]]), "a.xlsx")
        assert book.format == "xlsx"
        (sheet,) = book.sheets
        assert sheet.name == "表1"
        assert sheet.at(1, 1) == "地 区\n"
        assert sheet.at(1, 2) == 12
        assert sheet.at(1, 4) is True
        assert sheet.at(2, 1) == "007"
        assert sheet.at(0, 0) is None

    def test_an_error_is_told_from_text_and_from_a_blank(self) -> None:
        # python-calamine gives an empty text for #REF!: a lost total looked like a blank.
        stream = io.BytesIO()
        made = xlsxwriter.Workbook(stream)
        made.add_worksheet("first").write(0, 0, "x")
        sheet = made.add_worksheet("second")
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("A4", "=NA()", None, "#N/A")
        sheet.write_string("C2", "#REF!")
        sheet.write_formula("D2", "=1+1", None, 2)
        made.close()
        first, second = read_sheets(stream.getvalue(), "a.xlsx").sheets
        assert first.rows == [["x"]]
        assert second.at(1, 1) == CellError("#DIV/0!")
        assert second.at(3, 0) == CellError("#N/A")
        assert second.at(1, 2) == "#REF!"
        assert second.at(1, 3) == 2

    def test_a_formula_that_was_never_calculated_is_an_error_not_a_blank(self) -> None:
        cells = (
            '<row r="1"><c r="A1"><f>B1+C1</f><v></v></c><c r="B1"><v>1</v></c>'
            '<c r="C1"><f>B1*2</f></c><c r="D1" t="str"><f>""</f><v></v></c></row>'
        )
        book = read_sheets(repacked(xlsx(a=[[1]]), sheet1__xml=sheet_xml(cells)), "a.xlsx")
        assert book.sheets[0].rows[0][:3] == [
            CellError(NEVER_CALCULATED),
            1,
            CellError(NEVER_CALCULATED),
        ]
        assert book.sheets[0].at(0, 3) is None

    def test_errors_are_placed_where_cells_leave_their_reference_out(self) -> None:
        cells = "<row><c><v>1</v></c></row><row><c><v>2</v></c><c t='e'><v>#REF!</v></c></row>"
        book = read_sheets(repacked(xlsx(a=[[1]]), sheet1__xml=sheet_xml(cells)), "a.xlsx")
        assert book.sheets[0].rows == [[1, None], [2, CellError("#REF!")]]

    def test_merged_ranges_and_hidden_sheets(self) -> None:
        stream = io.BytesIO()
        made = xlsxwriter.Workbook(stream)
        made.add_worksheet("shown").merge_range("B2:D3", "经费")
        hidden = made.add_worksheet("hidden")
        hidden.write(0, 0, 1)
        hidden.hide()
        made.close()
        shown, hidden_sheet = read_sheets(stream.getvalue(), "a.xlsx").sheets
        assert shown.merged == ((1, 1, 2, 3),)
        assert (shown.at(1, 1), shown.at(1, 2)) == ("经费", None)
        assert (shown.hidden, hidden_sheet.hidden) == (False, True)

    def test_dates_are_dates(self) -> None:
        stream = io.BytesIO()
        made = xlsxwriter.Workbook(stream, {"default_date_format": "yyyy-mm-dd"})
        made.add_worksheet().write_datetime(0, 0, date(2020, 1, 1))
        made.close()
        assert read_sheets(stream.getvalue(), "a.xlsx").sheets[0].at(0, 0) == date(2020, 1, 1)

    def test_two_cells_at_opposite_corners_are_refused_before_memory_is_taken(self) -> None:
        cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        book = read_sheets(repacked(xlsx(a=[[1]]), sheet1__xml=sheet_xml(cells)), "a.xlsx")
        assert "cells" in the_problem(book)

    def test_a_corner_hidden_in_rows_without_references_is_refused(self) -> None:
        cells = '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>'
        book = read_sheets(repacked(xlsx(a=[[1]]), sheet1__xml=sheet_xml(cells)), "a.xlsx")
        assert "cells" in the_problem(book)

    @pytest.mark.parametrize("corner", ["A4000000000", "ZZZZZ1", "XFD999999"])
    def test_references_beyond_any_sheet_are_refused(self, corner: str) -> None:
        cells = f'<row r="1"><c r="A1"><v>1</v></c><c r="{corner}"><v>1</v></c></row>'
        book = read_sheets(repacked(xlsx(a=[[1]]), sheet1__xml=sheet_xml(cells)), "a.xlsx")
        assert "at most" in the_problem(book)

    def test_formatting_down_to_the_last_row_is_no_reason_to_refuse(self) -> None:
        cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
        book = read_sheets(repacked(xlsx(a=[[1]]), sheet1__xml=sheet_xml(cells)), "a.xlsx")
        assert book.readable

    def test_a_bomb_is_measured_while_unpacking_whatever_its_header_says(self) -> None:
        data = repacked(xlsx(a=[[1]]), sheet1__xml=sheet_xml("<row>" + " " * 3_000_000 + "</row>"))
        bounds = Bounds(max_unpacked_bytes=1_000_000)
        assert "unpacks to more" in the_problem(read_sheets(data, "a.xlsx", bounds))
        true = struct.pack("<I", len(sheet_xml("<row>" + " " * 3_000_000 + "</row>")))
        assert true in data
        lying = data.replace(true, struct.pack("<I", 100))
        assert "unpacks to more" in the_problem(read_sheets(lying, "a.xlsx", bounds))

    def test_a_sheet_in_a_part_that_is_not_looked_through_is_refused(self) -> None:
        # The engine follows relations anywhere: a bomb hid in what looked like a theme.
        data = xlsx(a=[[1]])
        relations = zipfile.ZipFile(io.BytesIO(data)).read("xl/_rels/workbook.xml.rels")
        moved = relations.replace(b"worksheets/sheet1.xml", b"theme/theme1.xml")
        book = read_sheets(repacked(data, workbook__xml__rels=moved), "a.xlsx")
        assert "has no part of its own" in the_problem(book)

    def test_one_long_string_used_a_thousand_times_is_refused(self) -> None:
        data = xlsx(a=[["长" * 30_000] * 10 for _ in range(100)])
        assert read_sheets(data, "a.xlsx").readable
        bounds = Bounds(max_text_chars=1_000_000)
        assert "characters" in the_problem(read_sheets(data, "a.xlsx", bounds))

    def test_entities_are_refused(self) -> None:
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet_xml("<row><c><v>&a;</v></c></row>")
        book = read_sheets(repacked(xlsx(a=[[1]]), sheet1__xml=bomb), "a.xlsx")
        assert "entities" in the_problem(book)

    @pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
    def test_a_cut_file_is_refused(self, share: float) -> None:
        data = xlsx(a=[[n, str(n)] for n in range(200)])
        reason = the_problem(read_sheets(data[: int(len(data) * share)], "a.xlsx"))
        assert "cut off or damaged" in reason

    def test_rows_and_sheets_beyond_the_bounds(self) -> None:
        data = xlsx(a=[[1]] * 20, b=[[1]])
        assert "rows" in the_problem(read_sheets(data, "a.xlsx", Bounds(max_rows=10)))
        assert "2 sheets" in the_problem(read_sheets(data, "a.xlsx", Bounds(max_sheets=1)))
        assert "MiB" in the_problem(read_sheets(data, "a.xlsx", Bounds(max_file_bytes=100)))


class TestXls:
    def test_numbers_and_errors(self) -> None:
        cells = [
            number(0, 0, 12.5),
            struct.pack("<HHHHHBB", 0x0205, 8, 1, 0, 0, 0x17, 1),
            struct.pack("<HHHHHBB", 0x0205, 8, 1, 1, 0, 1, 0),
            struct.pack("<HHHHH", 0x0006, 22, 2, 1, 0)
            + bytes([2, 0, 0x07, 0, 0, 0, 0xFF, 0xFF])
            + bytes(8),
            number(3, 0, 0),
        ]
        book = read_sheets(compound(biff(*cells)), "a.xls")
        assert book.problems == ()
        (sheet,) = book.sheets
        assert (book.format, sheet.name) == ("xls", "表1")
        assert sheet.at(0, 0) == 12.5
        assert sheet.at(1, 0) == CellError("#REF!")
        assert sheet.at(1, 1) is True
        assert sheet.at(2, 1) == CellError("#DIV/0!")
        assert sheet.at(3, 0) == 0

    def test_a_protected_xls_says_so_and_what_to_do(self) -> None:
        locked = compound(biff(number(0, 0, 1), extra=struct.pack("<HH", 0x002F, 6) + bytes(6)))
        book = read_sheets(locked, "2020.xls")
        assert "encrypted workbook" in the_problem(book)
        assert "save it as XLSX" in book.problems[0].hint

    def test_a_protected_xlsx_says_so(self) -> None:
        book = read_sheets(compound(b"x" * 5_000, "EncryptedPackage"), "2020.xlsx")
        assert "encrypted workbook" in the_problem(book)

    def test_a_protected_xlsx_of_the_library_says_so(self) -> None:
        office = pytest.importorskip("msoffcrypto.format.ooxml")
        stream = io.BytesIO()
        office.OOXMLFile(io.BytesIO(xlsx(a=[[1]]))).encrypt("secret", stream)
        assert "encrypted workbook" in the_problem(read_sheets(stream.getvalue(), "a.xlsx"))

    def test_opposite_corners_are_refused(self) -> None:
        data = compound(biff(number(0, 0, 1), number(65_535, 255, 1)))
        assert "cells" in the_problem(read_sheets(data, "a.xls"))

    def test_a_sheet_without_its_end_is_refused(self) -> None:
        stream = biff(*[number(row, 0, row) for row in range(1_000)])[:-100]
        assert "cut off" in the_problem(read_sheets(compound(stream), "a.xls"))

    def test_a_chain_that_runs_in_a_circle_is_refused(self) -> None:
        data = bytearray(compound(biff(number(0, 0, 1))))
        data[512 + 4 * 5 : 512 + 4 * 6] = struct.pack("<I", 2)
        assert "damaged" in the_problem(read_sheets(bytes(data), "a.xls"))

    def test_a_word_document_is_named(self) -> None:
        book = read_sheets(compound(b"x" * 5_000, "WordDocument"), "表.xls")
        assert "Word document" in the_problem(book)


class TestDelimited:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_a_bureau_export_in_any_encoding(self, encoding: str) -> None:
        book = read_sheets(EXPORT.encode(encoding), "分省年度数据.csv")
        assert book.format == "csv"
        assert book.encoding == encoding
        (sheet,) = book.sheets
        assert sheet.rows[1] == ["指标：地区生产总值(亿元)"]
        assert sheet.rows[4] == ["北京市", "49843.1", "47353.7"]
        assert sheet.at(5, 2) is None

    def test_the_new_site_pads_with_tabs(self) -> None:
        (sheet,) = read_sheets(NEW_SITE.encode(), "x.csv").sheets
        assert sheet.rows[2] == ["指标", "2024年", "2023年", None]
        assert sheet.rows[3][1] == "8396.49"
        assert sheet.rows[4][1:3] == [None, "1.77"]

    def test_tabs_divide_where_commas_group_digits(self) -> None:
        text = "地区\t2019\t2020\n北京\t1,234\t5,678\n天津\t1,000\t2,000\n"
        (sheet,) = read_sheets(text.encode(), "x.tsv").sheets
        assert sheet.rows[1] == ["北京", "1,234", "5,678"]

    def test_semicolons_divide_where_they_do(self) -> None:
        (sheet,) = read_sheets(b"a;b\n1,5;2\n", "x.csv").sheets
        assert sheet.rows == [["a", "b"], ["1,5", "2"]]

    def test_quoted_cells_hold_commas_and_lines(self) -> None:
        (sheet,) = read_sheets('地区,"R&D\n人员"\n北京,"1,234"\n'.encode(), "x.csv").sheets
        assert sheet.rows == [["地区", "R&D\n人员"], ["北京", "1,234"]]

    def test_text_kept_from_a_spreadsheet_program_is_unwrapped_not_evaluated(self) -> None:
        (sheet,) = read_sheets(b'code,x\n="110000",=1+1\n', "x.csv").sheets
        assert sheet.rows[1] == ["110000", "=1+1"]

    def test_unquoted_thousands_that_push_a_row_to_the_right_are_refused(self) -> None:
        text = "地区,2019年,2020年\n北京,1234,5678\n天津,1,234,5,678\n"
        reason = the_problem(read_sheets(text.encode(), "x.csv"))
        assert "Row 3 has 5 cells where its header has 3" in reason

    def test_a_wide_note_below_the_table_is_no_row(self) -> None:
        text = "地区,2019年\n北京,12\nNote: a, b, c, d, and 3,5 more\n"
        assert read_sheets(text.encode(), "x.csv").readable

    def test_a_wider_header_row_is_no_pushed_row(self) -> None:
        text = "表1,,\n地区,合计\n,,发明,外观\n北京,12,3,4\n"
        assert read_sheets(text.encode(), "x.csv").readable

    def test_an_open_quotation_mark_is_refused_with_its_row(self) -> None:
        reason = the_problem(read_sheets(b'a,b\n1,2\n3,"4\n5,6\n', "x.csv"))
        assert "breaks off in row 3" in reason

    def test_a_cut_download_is_refused(self) -> None:
        text = "地区,2019年,2020年\n北京,12,13\n天津,14,15\n河北,16"
        assert "breaks off in row 4" in the_problem(read_sheets(text.encode(), "x.csv"))
        assert read_sheets((text + ",17").encode(), "x.csv").readable

    def test_a_few_lost_bytes_are_told_and_many_refuse(self) -> None:
        good = EXPORT.encode("utf-8-sig")
        book = read_sheets(good.replace("津".encode(), b"\xe6\xb4", 1), "x.csv")
        assert book.readable
        assert book.problems[0].locator == "line 6"
        assert not book.problems[0].fatal
        spoilt = good + b"\xff," * 40
        assert "damaged" in the_problem(read_sheets(spoilt, "x.csv"))

    def test_big5_is_not_read_as_gb18030(self) -> None:
        text = "地區,就業人數,年份\n臺北市,12,2019\n高雄市,13,2019\n新竹縣,14,2020\n嘉義縣,5,2020\n"
        assert "encoding" in the_problem(read_sheets(text.encode("big5"), "x.csv"))

    def test_more_cells_than_the_bounds(self) -> None:
        data = b"1,2,3\n" * 100
        assert "299 cells" in the_problem(read_sheets(data, "x.csv", Bounds(max_cells=299)))

    def test_what_is_written_comes_back(self) -> None:
        draw = random.Random(3)
        rows = [
            [
                "".join(draw.choice('京沪,"\n;| \t12.') for _ in range(draw.randrange(1, 6)))
                for _ in "abc"
            ]
            for _ in range(30)
        ]
        rows = [[cell.strip("\t") or "x" for cell in row] for row in rows]
        stream = io.StringIO()
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
        (sheet,) = read_sheets(stream.getvalue().encode(), "x.csv").sheets
        assert [[cell if cell.strip() else None for cell in row] for row in rows] == sheet.rows[1:]


class TestHtml:
    def test_spans_titles_units_and_raised_marks(self) -> None:
        book = read_sheets(PAGE.encode(), "2018.html")
        assert book.format == "html"
        (sheet,) = book.sheets
        assert sheet.name == "附表　2018年各地区研究与试验发展（R&D）经费情况 单位：亿元"
        assert sheet.rows[0] == ["地　区", "经费", None]
        assert sheet.rows[1] == [None, "R&D\n经费", "强度[4]"] or sheet.rows[1][1:] == [
            "R&D\n经费",
            "强度[4]",
        ]
        assert sheet.merged == ((0, 0, 1, 0), (0, 1, 0, 2))
        assert sheet.at(2, 1) == "1870.8[1]"

    def test_an_xls_that_is_a_page_is_read_as_one(self) -> None:
        for data in (PAGE.encode("gb18030"), PAGE.encode("utf-16")):
            book = read_sheets(data, "统计.xls")
            assert book.format == "html"
            assert book.sheets[0].at(2, 2) == "6.17"

    def test_a_table_printed_twice_for_two_screens_is_one(self) -> None:
        table = "<p>表1 地区</p><table><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>"
        page = f"<html><body>{table}{table}{table.replace('>2<', '>3<')}</body></html>"
        sheets = read_sheets(page.encode(), "x.html").sheets
        assert [sheet.name for sheet in sheets] == ["表1 地区", "表1 地区 (2)"]

    def test_a_sentence_above_is_no_title(self) -> None:
        page = "<html><p>数据来源于调查。</p><table><tr><td>a<td>1<tr><td>b<td>2</table></html>"
        assert read_sheets(page.encode(), "x.html").sheets[0].name == "table 1"

    def test_hostile_spans_are_bounded(self) -> None:
        row = '<tr><td colspan="1000" rowspan="65534">1</td></tr>'
        page = f"<html><table>{row * 9_000}</table></html>"
        assert "cells" in the_problem(read_sheets(page.encode(), "x.html"))

    def test_a_page_nested_too_deep_or_cut_or_without_table(self) -> None:
        deep = "<html>" + "<div>" * 5_000 + "<table><tr><td>1<td>2</table>"
        assert "nests" in the_problem(read_sheets(deep.encode(), "x.html"))
        cut = PAGE[: PAGE.index("6.17")]
        assert "breaks off" in the_problem(read_sheets(cut.encode(), "x.html"))
        assert "no table" in the_problem(read_sheets(b"<html><p>x</p></html>", "x.html"))


class TestStata:
    def test_labels_and_single_precision(self, tmp_path: Path) -> None:
        import numpy as np
        import pandas as pd

        frame = pd.DataFrame(
            {"prov": [1, 2], "rd": np.array([0.1, np.nan], "float32"), "名称": ["北京", ""]}
        )
        path = tmp_path / "a.dta"
        frame.to_stata(
            path,
            version=118,
            write_index=False,
            variable_labels={"prov": "地区", "rd": "R&D经费(亿元)"},
            value_labels={"prov": {1: "北京市", 2: "天津市"}},
        )
        book = read_sheets(path.read_bytes(), "a.dta")
        assert book.format == "stata"
        assert book.sheets[0].rows == [
            ["prov", "rd", "名称"],
            ["地区", "R&D经费(亿元)", None],
            ["北京市", 0.1, "北京"],
            ["天津市", None, None],
        ]

    def test_a_damaged_file_is_refused(self) -> None:
        data = b"<stata_dta><header><release>118</release>" + bytes(200)
        assert "Stata file" in the_problem(read_sheets(data, "a.dta"))


class TestNoTable:
    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"", "empty"),
            (b"\xef\xbb\xbf\r\n", "empty"),
            (b"%PDF-1.7 ...", "PDF"),
            (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
            (b"Rar!\x1a\x07\x00" + bytes(50), "RAR"),
            (bytes(range(256)) * 4, "binary"),
            ("今年工作报告。\n第二段。\n".encode(), "one column"),
            (b"PK\x03\x04" + bytes(30), "package"),
        ],
    )
    def test_it_is_named(self, data: bytes, told: str) -> None:
        assert told in the_problem(read_sheets(data, "表.xlsx"))

    def test_a_zip_and_a_word_document_are_named(self) -> None:
        for member, told in (("a.csv", "ZIP archive"), ("word/document.xml", "Word document")):
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as package:
                package.writestr(member, "x")
            assert told in the_problem(read_sheets(stream.getvalue(), "表.xlsx"))

    def test_a_workbook_without_a_cell(self) -> None:
        assert "no cell" in the_problem(read_sheets(xlsx(a=[]), "a.xlsx"))

    def test_content_decides_not_the_name(self) -> None:
        assert read_sheets(xlsx(a=[[1]]), "a.xls").format == "xlsx"
        assert read_sheets(EXPORT.encode("gb18030"), "a.xls").format == "csv"
        assert read_sheets(PAGE.encode(), "a.csv").format == "html"

    def test_no_damage_raises(self) -> None:
        draw = random.Random(4)
        whole = [
            xlsx(a=[[n, str(n)] for n in range(50)]),
            compound(biff(*[number(row, 0, row) for row in range(300)])),
            EXPORT.encode("gb18030"),
            PAGE.encode(),
        ]
        for data in whole:
            for turn in range(60):
                spoilt = bytearray(data)
                for _ in range(1 + turn % 5):
                    spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
                read_sheets(bytes(spoilt), "x")


@pytest.mark.acceptance
class TestRealYearbooks:
    ENCRYPTED = frozenset(
        {
            *(f"科技统计年鉴/RD人员全时当量/raw-{year}.xls" for year in (2020, 2021, 2022)),
            *(f"财政预算/raw-{year}.xls" for year in (2019, 2022, 2023)),
        }
    )

    def test_every_file_opens_or_is_refused_with_the_right_sentence(self, shared: Path) -> None:
        folder = shared / "data" / "landing" / "yearbooks"
        refused = set()
        count = 0
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            book = read_sheets(path.read_bytes(), path.name)
            count += 1
            if not book.readable:
                assert "encrypted workbook" in the_problem(book), path
                refused.add(path.relative_to(folder).as_posix())
            else:
                assert book.problems == (), path
        assert count == 97
        assert refused == self.ENCRYPTED

    def test_the_workbook_that_openpyxl_cannot_open(self, shared: Path) -> None:
        path = shared / "data/landing/yearbooks/科技统计年鉴/RD人员全时当量/raw-2018.xlsx"
        (sheet,) = read_sheets(path.read_bytes(), path.name).sheets
        assert sheet.at(6, 0) == "全 国"
        assert sheet.at(6, 2) == "4381444"

    def test_both_sites_of_the_bureau(self, shared: Path) -> None:
        folder = shared / "data/landing/yearbooks"
        old = folder / "国家统计局_分省年度数据/分省年度数据.csv"
        (sheet,) = read_sheets(old.read_bytes(), old.name).sheets
        assert sheet.rows[4][:3] == ["北京市", "49670.2", "47353.7"]
        new = folder / "国家统计局_新站导出/分省年度数据.csv"
        (sheet,) = read_sheets(new.read_bytes(), new.name).sheets
        assert sheet.rows[3][:3] == ["地方财政一般公共预算支出 (亿元)", "8396.49", "7971.25"]

    def test_a_bulletin_gives_each_table_once(self, shared: Path) -> None:
        path = shared / "data/landing/yearbooks/全国科技经费投入统计公报/2022.html"
        sheets = read_sheets(path.read_bytes(), path.name).sheets
        assert [len(sheet.rows) for sheet in sheets] == [5, 46, 33]
        assert sheets[2].name.endswith("2022年各地区研究与试验发展（R&D）经费情况")
        assert sheets[2].rows[2] == ["北\u3000京", "2843.3", "6.83"]
