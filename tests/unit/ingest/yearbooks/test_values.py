"""Printed numbers, typed absences, footnotes and years: nothing lost, nothing guessed."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.yearbooks.observation import Missing
from orchestration.ingest.yearbooks.sheet import NEVER_CALCULATED, CellError, CellValue
from orchestration.ingest.yearbooks.values import (
    RAW_CHARS,
    folded,
    label_and_footnote,
    printed,
    read_value,
    read_year,
)

FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("4381444", 4381444),
        ("1825403        ", 1825403),
        ("1,234,567", 1234567),
        ("1，234．5", 1234.5),
        ("4 381 444", 4381444),
        ("4\u00a0381\u202f444", None),
        ("12\u3000345.6", 12345.6),
        ("１２，３４５", 12345),
        ("-5.2", -5.2),
        ("−5.2", -5.2),
        ("－5.2", -5.2),
        ("–5.2", -5.2),
        ("— 5.2", -5.2),
        ("+5", 5),
        (".5", 0.5),
        ("12.", 12),
        ("1.2E+05", 120000),
        ("'123", 123),
        ("\u200b12\ufeff", 12),
        ("0", 0),
        ("0.00", 0),
        ("-0", 0),
        (0, 0),
        (0.0, 0),
        (12, 12),
        (0.1, 0.1),
    ],
)
def test_numbers(cell: CellValue, value: float | None) -> None:
    read = read_value(cell)
    assert read.value == value
    assert read.missing == (None if value is not None else "unreadable")
    assert str(read.value) != "-0.0"


@pytest.mark.parametrize(
    ("cell", "missing"),
    [
        (None, "blank"),
        ("", "blank"),
        (" \u3000\n", "blank"),
        ("…", "not_published"),
        ("……", "not_published"),
        ("...", "not_published"),
        ("..", "not_published"),
        ("⋯", "not_published"),
        ("不详", "not_published"),
        ("不 详", "not_published"),
        ("缺", "not_published"),
        ("n.a.", "not_published"),
        ("NA", "not_published"),
        ("-", "nil"),
        ("－", "nil"),
        ("—", "nil"),
        ("——", "nil"),
        ("—-", "nil"),
        ("- -", "nil"),
        ("×", "suppressed"),
        ("*", "suppressed"),
        ("***", "suppressed"),
        ("保密", "suppressed"),
        ("#REF!", "error"),
        ("#DIV/0!", "error"),
        ("＃N/A", "error"),
        (CellError("#REF!"), "error"),
        (CellError(NEVER_CALCULATED), "error"),
        ("北京", "unreadable"),
        ("约12", "unreadable"),
        ("12亿元", "unreadable"),
        ("12万", "unreadable"),
        ("12k", "unreadable"),
        ("12B", "unreadable"),
        ("1,23", "unreadable"),
        ("12,34,567", "unreadable"),
        ("1234,567", "unreadable"),
        ("1,234 567", "unreadable"),
        ("12 34", "unreadable"),
        ("12\n345", "unreadable"),
        ("12-", "unreadable"),
        ("12-15", "unreadable"),
        ("(123)", "unreadable"),
        ("1.2.3", "unreadable"),
        (".", "unreadable"),
        ("²", "unreadable"),
        ("①", "unreadable"),
        ("١٢", "unreadable"),
        ("1e999", "unreadable"),
        ("1e-999", "unreadable"),
        ("inf", "unreadable"),
        ("9" * 5_000, "unreadable"),
        ("1," * 5_000, "unreadable"),
        (True, "unreadable"),
        (date(2020, 1, 1), "unreadable"),
        (time(1, 2), "unreadable"),
        (float("nan"), "unreadable"),
        (float("inf"), "unreadable"),
        (10**400, "unreadable"),
    ],
)
def test_what_is_no_number_is_typed_and_never_zero(cell: CellValue, missing: Missing) -> None:
    read = read_value(cell)
    assert (read.value, read.missing) == (None, missing)


@pytest.mark.parametrize(
    ("cell", "value", "footnote"),
    [
        ("123①", 123, "①"),
        ("123 ①②", 123, "①②"),
        ("123[1]", 123, "[1]"),
        ("123［12］", 123, "[12]"),
        ("1870.8[1]", 1870.8, "[1]"),
        ("123(1)", 123, "(1)"),
        ("123*", 123, "*"),
        ("123 a", 123, "a"),
        ("123a)", 123, "a)"),
        ("12.5e", 12.5, "e"),
        # NFKC read these as 122 and 1231.
        ("12²", 12, "²"),
        ("0*", 0, "*"),
        ("1,234†", 1234, "†"),
    ],
)
def test_footnote_marks_are_kept_and_no_part_of_the_number(
    cell: str, value: float, footnote: str
) -> None:
    read = read_value(cell)
    assert (read.value, read.footnote) == (value, footnote)


def test_a_sign_keeps_its_footnote() -> None:
    read = read_value("…①")
    assert (read.value, read.missing, read.footnote) == (None, "not_published", "①")


def test_percent_signs_are_told_and_divide_nothing() -> None:
    assert (read_value("12.5%").value, read_value("１２％").unit) == (12.5, "%")
    assert read_value("3‰").unit == "‰"
    assert read_value("3").unit == ""


def test_a_source_may_say_what_its_signs_mean() -> None:
    assert read_value("－", {"-": "not_published"}).missing == "not_published"
    zero = read_value("-", {"-": 0.0})
    assert (zero.value, zero.missing) == (0.0, None)
    assert read_value("-5", {"-": 0.0}).value == -5
    assert read_value("—", {"-": 0.0}).missing == "nil"


@given(st.integers(-(10**12), 10**12), st.sampled_from([",", "，", " ", "\u00a0", "\u3000"]))
def test_grouped_integers_come_back(number: int, mark: str) -> None:
    assert read_value(f"{number:,}".replace(",", mark)).value == number


@given(st.floats(-1e300, 1e300))
def test_stored_numbers_come_back_and_their_print_is_close(number: float) -> None:
    read = read_value(number)
    assert read.value == number
    again = read_value(read.raw_value)
    if len(read.raw_value) <= 40:
        assert again.value == pytest.approx(number, rel=1e-14)


@given(
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False), st.sampled_from(["", "%", "①", "*"])
)
def test_full_width_is_half_width(number: object, mark: str) -> None:
    text = f"{number:f}{mark}"
    half, full = read_value(text), read_value(text.translate(FULL_WIDTH))
    assert half.value == full.value == float(str(number))
    assert (half.missing, half.unit, half.footnote) == (full.missing, full.unit, full.footnote)


@given(st.text(alphabet="0123456789.,，eE+-− %①²*a[]() …×\n亿", max_size=14))
def test_zero_only_where_every_digit_before_marks_is_zero(text: str) -> None:
    read = read_value(text)
    assert (read.value is None) == (read.missing is not None)
    if read.value == 0:
        body = text.translate({ord(one): None for one in ",， \n"})
        head = body.partition("e")[0].partition("E")[0].partition("[")[0].partition("(")[0]
        assert not set(head) & set("123456789")


@given(st.text(max_size=200))
def test_any_text_is_read_without_raising(text: str) -> None:
    read = read_value(text)
    assert "\n" not in read.raw_value
    read_year(text)
    label_and_footnote(text)
    assert not any(one.isspace() for one in folded(text))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (1.905817520314897, "1.9058175203149"),
        (1e15, "1000000000000000"),
        (5e-7, "0.0000005"),
        (-0.0, "0"),
        (1e300, "1e+300"),
        (None, ""),
        (True, "TRUE"),
        (date(2020, 1, 2), "2020-01-02"),
        (datetime(2020, 1, 2), "2020-01-02"),
        (datetime(2020, 1, 2, 3, 4), "2020-01-02 03:04:00"),
        ("R&D\n\n人员 ", "R&D 人员"),
        (CellError("#REF!"), "#REF!"),
        ("1,234①", "1,234①"),
    ],
)
def test_printed(cell: CellValue, text: str) -> None:
    assert printed(cell) == text


def test_a_cell_full_of_text_is_cut_in_what_is_kept() -> None:
    assert len(printed("长" * 100_000)) == RAW_CHARS


def test_labels_fold() -> None:
    assert folded("北　 京\n") == "北京"
    assert folded("Ｒ＆Ｄ 经费") == "R&D经费"
    assert label_and_footnote("北京①") == ("北京", "①")
    assert label_and_footnote("人口（万人） [1]") == ("人口（万人）", "[1]")
    assert label_and_footnote("合计*") == ("合计", "*")
    for whole in ("R&D经费（亿元）", "产量[吨]", "①", "Region"):
        assert label_and_footnote(whole) == (whole, "")


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        (2019, 2019),
        (2019.0, 2019),
        ("2019", 2019),
        ("2019年", 2019),
        ("2019.0", 2019),
        ("2019年末", 2019),
        ("２０１９年", 2019),
        ("2 0 1 9", 2019),
        ("（2018年）", 2018),
        ("2019①", 2019),
        ("二〇一九年", 2019),
        (date(2019, 1, 1), 2019),
        (date(2019, 12, 31), 2019),
        ("2019-2020", None),
        ("2019/2018", None),
        ("2019年1-6月", None),
        ("2019年12月", None),
        ("2019年一季度", None),
        ("19年", None),
        ("1899", None),
        ("20190", None),
        (2019.5, None),
        (110000, None),
        (float("nan"), None),
        (True, None),
        (None, None),
        (date(2019, 5, 1), None),
        ("北京", None),
    ],
)
def test_years(cell: CellValue, year: int | None) -> None:
    assert read_year(cell) == year
