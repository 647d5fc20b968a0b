"""Years, small numbers and dates as reports print them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.dates import DATE, read_date, read_small, read_year

DIGITS = "〇一二三四五六七八九"


@pytest.mark.parametrize("text", ["2020", "２０２０", "二〇二〇", "二零二零", "二0二〇", "二OO八"])
def test_years(text: str) -> None:
    assert read_year(text) == (2008 if "八" in text else 2020)


@pytest.mark.parametrize("text", ["", "20", "1900", "2200", "二十"])
def test_what_is_no_year(text: str) -> None:
    assert read_year(text) is None


def in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")
    )


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_every_date_reads_back_from_both_scripts(day: date) -> None:
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    for text in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{year}年{in_words(day.month)}月{in_words(day.day)}日",
    ):
        found = DATE.search(f"——{text}在会议上")
        assert found is not None
        assert read_date(found) == day


def test_a_day_that_does_not_exist_is_no_date() -> None:
    found = DATE.search("2021年2月30日")
    assert found is not None
    assert read_date(found) is None


@pytest.mark.parametrize("text", ["十十", "一二", "百"])
def test_what_is_no_small_number(text: str) -> None:
    assert read_small(text) is None
