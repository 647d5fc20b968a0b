"""Cells of delimited text that are longer than a cell may be."""

from __future__ import annotations

import pytest

from orchestration.ingest.yearbooks.formats.bounds import Bounds
from orchestration.ingest.yearbooks.values import read_value
from orchestration.ingest.yearbooks.workbook import Workbook, read_sheets

MOST = Bounds().max_cell_chars


def book(note: str, *more: str) -> Workbook:
    rows = ["地区,年份,GDP,说明", f"北京,2019,35371.3,{note}", "天津,2019,14104.3,", *more]
    return read_sheets("\n".join(rows).encode(), "a.csv")


def test_a_long_note_is_cut_and_told_and_the_rest_of_the_file_is_read() -> None:
    read = book("注" * (MOST + 1), "河北,2019,35104.5," + "注" * (2 * MOST))
    assert read.readable
    (sheet,) = read.sheets
    assert [sheet.at(row, 2) for row in (1, 2, 3)] == ["35371.3", "14104.3", "35104.5"]
    cut = sheet.at(1, 3)
    assert isinstance(cut, str)
    assert len(cut) == MOST
    (problem,) = read.problems
    assert problem.locator == "D2"
    assert problem.reason.startswith("Cell D2 and 1 more has more than 32,767 characters")
    assert not problem.fatal


@pytest.mark.parametrize("note", ["注" * MOST, '"' + "第一行\n第二行，" * 3_000 + '"', ""])
def test_a_note_within_the_bound_is_read_whole(note: str) -> None:
    read = book(note)
    assert not read.problems
    assert read.sheets[0].at(1, 3) == (note.strip('"') or None)


def test_a_cut_cell_is_never_a_number() -> None:
    """0…05 is not 0, and the first 32,767 digits of a number are another."""
    for digits in ("0" * MOST + "5", "1" * (MOST + 5)):
        assert read_value(book(digits).sheets[0].at(1, 3)).value is None


def test_rows_swallowed_by_a_quotation_mark_are_refused_with_the_cell() -> None:
    """One mark too many and the next: the rows between would be gone without a word."""
    rows = [f"某市{number},2019,1,甲" for number in range(3_000)]
    read = book('"一', *rows, '某市,2019,1,二"', "河北,2019,2,")
    assert not read.readable
    (problem,) = read.problems
    assert "Cell D2 goes over 3,003 lines" in problem.reason
    assert "quotation mark" in problem.hint


def test_a_quotation_mark_that_never_closes_is_refused_with_its_row() -> None:
    (problem,) = book('"一', *(f"某市{number},2019,1,甲" for number in range(3_000))).problems
    assert problem.fatal
    assert "breaks off in row 2" in problem.reason
