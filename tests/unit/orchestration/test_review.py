"""From a sample of hits to a sheet and from a marked sheet to recorded exclusions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from orchestration.review import (
    Applied,
    apply_marks,
    draw_sample,
    read_exclusions,
    write_sheet,
)
from orchestration.review.exclusions import read_entries, standing
from orchestration.review.sheet import COLUMNS, MARK_COLUMNS
from orchestration.settings import Settings, UsageError, YearRange
from orchestration.tables import TABLES

TODAY = date(2026, 3, 6)
NAMES = [column.name for column in COLUMNS]

# region, year, body; the sentences hold what spreadsheets run, GBK lacks or XML cannot say.
BODIES = [
    ("220000", 2020, "开头一句。发展高新技术产业。\n再谈高新技术。"),
    ("320000", 2020, "=HYPERLINK(1)高新技术和高新技术。结尾。"),
    ("320000", 2021, "＋高新技术翻番，“芯片” 𠮷祥\u200b，a\nb。其后。"),
    ("330000", 2021, "- 建高新技术开发区。建高新技术开发区。- 建高新技术开发区。"),
    ("330000", 2022, "集成\x07电路与高新技术，芯片【重点】。"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A warehouse of five reports under two lexicons, made by hand."""
    settings = Settings.resolve(warehouse=tmp_path / "库.duckdb", environment={})
    with duckdb.connect(str(settings.warehouse)) as c:
        for schema in ("marts", "staging"):
            c.execute(f"create schema {schema}")
        for table in TABLES:
            for statement in table.ddl():
                c.execute(statement)
        c.execute("create table staging.regions (region_code varchar, region_name varchar)")
        c.execute("insert into staging.regions values ('220000', '吉林'), ('320000', '江苏')")
        c.execute(
            "create table marts.keyword_hits as select *, false as is_excluded_in_review "
            "from raw.keyword_hits"
        )
        for topic in ("chip_innovation", "chip_strict"):
            for position, term in enumerate(("高新技术", "芯片", "晶片")):
                c.execute(
                    "insert into raw.lexicon_terms values (?, ?, 'term', 'core', ?, 'd')",
                    [topic, term, position],
                )
        for number, (region, year, body) in enumerate(BODIES):
            c.execute(
                "insert into raw.documents (document_id, path, member, body, status, region_code,"
                " report_year) values (?, ?, '', ?, 'primary', ?, ?)",
                [f"d{number}", f"reports/=江苏/{number}.md", body, region, year],
            )
            for row in hits_of(f"d{number}", region, year, body):
                c.execute(f"insert into marts.keyword_hits values ({', '.join('?' * 15)})", row)
    return settings


def hits_of(document: str, region: str, year: int, body: str) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for topic in ("chip_innovation", "chip_strict"):
        for term in ("高新技术", "芯片"):
            start = body.find(term)
            while start >= 0:
                first = body.rfind("。", 0, start) + 1
                last = body.find("。", start) + 1
                sentence = body[first:last]
                first += len(sentence) - len(sentence.lstrip())
                phrase = "开发区" if topic == "chip_strict" and "开发区" in sentence else None
                rows.append([topic, term, "core", document, region, "province", year, "plan", start,
                             start + len(term), sentence.strip(), first, phrase, True, False])  # fmt: skip
                start = body.find(term, start + 1)
    return rows


def drawn(settings: Settings, **choice: Any) -> Any:
    return draw_sample(settings.warehouse, **choice)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(UsageError) as raised:
        call()
    sentence = str(raised.value)
    assert "\n" not in sentence
    return sentence


def test_the_same_seed_draws_the_same_hits_and_a_larger_sample_adds_to_them(
    settings: Settings,
) -> None:
    few, many = (drawn(settings, size=size, seed=7).hits for size in (3, 6))
    assert drawn(settings, size=3, seed=7).hits == few == many[:3]
    orders = {tuple(hit.key for hit in drawn(settings, seed=seed).hits) for seed in range(20)}
    assert len(orders) > 15
    assert len({frozenset(order) for order in orders}) == 1


def test_identical_sentences_of_one_report_are_one_row(settings: Settings) -> None:
    sample = drawn(settings, terms=["高新技术"], regions=["330000"], years=YearRange.parse("2021"))
    assert sorted((hit.key.sentence, hit.occurrences) for hit in sample.hits) == [
        ("- 建高新技术开发区。", 2),
        ("建高新技术开发区。", 1),
    ]


def test_a_choice_narrows_what_is_drawn_from(settings: Settings) -> None:
    every = drawn(settings)
    assert (every.topic, every.other_topics) == ("chip_innovation", ("chip_strict",))
    assert every.drawn_from == len(every.hits) == 10
    assert {h.key.region_code for h in drawn(settings, regions=["江苏"]).hits} == {"320000"}
    # 吉林 is a province and a city; the city has no report here.
    assert {h.key.region_code for h in drawn(settings, regions=["吉林"]).hits} == {"220000"}
    assert {h.key.report_year for h in drawn(settings, years=YearRange.parse("2022")).hits} == {
        2022
    }
    assert {h.key.term for h in drawn(settings, terms=["芯片"]).hits} == {"芯片"}
    assert drawn(settings, topic="chip_strict").drawn_from == 10
    assert drawn(settings, topic="chip_strict", counted_only=True).drawn_from == 8


def test_a_choice_that_means_nothing_is_told(settings: Settings) -> None:
    assert "高新技术" in refused(lambda: drawn(settings, terms=["高新科技"]))
    assert "chip_strict" in refused(lambda: drawn(settings, topic="green"))
    assert "江苏" in refused(lambda: drawn(settings, regions=["江苏苏"]))
    assert "no hit of 晶片" in refused(lambda: drawn(settings, terms=["晶片"]))
    assert "xinku build" in refused(lambda: draw_sample(settings.warehouse.with_name("no.duckdb")))
    empty = settings.warehouse.with_name("empty.duckdb")
    duckdb.connect(str(empty)).close()
    assert "marts.keyword_hits" in refused(lambda: draw_sample(empty))


@pytest.fixture
def sheet(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "表.xlsx"
    write_sheet(path, drawn(settings), {})
    return path


def test_no_cell_of_the_sheet_is_a_formula(sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    values = [cell for tab in book for row in tab.iter_rows() for cell in row if cell.value]
    assert len(values) > 100
    assert all(cell.data_type in ("s", "n") for cell in values)
    texts = [cell.value for cell in values if isinstance(cell.value, str)]
    assert not [text for text in texts if text.lstrip()[:1] in "=+-@＝＋－＠"]
    assert [text for text in texts if text.startswith("'=HYPERLINK(1)高新技术和高新技术")]
    assert [cell for cell in values if str(cell.value)[:2] == "'-" and cell.quotePrefix]


def test_the_sheet_is_laid_out_for_a_reviewer(sheet: Path) -> None:
    guide, hits = openpyxl.load_workbook(sheet)
    told = "\n".join(str(cell.value) for row in guide.iter_rows() for cell in row)
    assert "合成样本" in told
    assert "synthetic sample" in told
    assert hits.freeze_panes == "A2"
    assert hits.auto_filter.ref
    assert [str(cell.value).split()[-1] for cell in hits[1]] == NAMES
    (validation,) = hits.data_validations.dataValidation
    assert validation.formula1 == '"y,n"'
    for row in hits.iter_rows(min_row=2):
        cells = dict(zip(NAMES, row, strict=True))
        assert f"【{cells['term'].value}】" in cells["context"].value
        assert cells["context"].alignment.wrap_text
        assert cells["reason"].number_format == "@"
        assert all(cells[name].value is None for name in MARK_COLUMNS)


def test_the_same_sample_gives_the_same_bytes(settings: Settings, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_sheet(tmp_path / name, drawn(settings), {})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_reviewers_work_is_not_overwritten(settings: Settings, sheet: Path) -> None:
    write_sheet(sheet, drawn(settings), {})  # nobody has marked it: written anew
    mark(sheet, {2: {"false_hit": "y"}})
    assert "holds a reviewer's marks" in refused(lambda: write_sheet(sheet, drawn(settings), {}))
    letter = sheet.with_name("letter.xlsx")
    letter.write_text("dear professor", encoding="utf-8")
    assert "left alone" in refused(lambda: write_sheet(letter, drawn(settings), {}))
    assert "folder" in refused(
        lambda: write_sheet(sheet.parent / "no" / "a.xlsx", drawn(settings), {})
    )
    assert ".xlsx" in refused(lambda: write_sheet(sheet.with_suffix(".csv"), drawn(settings), {}))


def mark(sheet: Path, rows: dict[int, dict[str, Any]]) -> None:
    book = openpyxl.load_workbook(sheet)
    for number, cells in rows.items():
        for name, value in cells.items():
            book["命中 hits"].cell(number, NAMES.index(name) + 1).value = value
    book.save(sheet)


FALSE = {"false_hit": "y", "reason": "- 园区名称", "reviewer": "王", "date": date(2026, 3, 5)}


def applied(settings: Settings, sheet: Path, **given: Any) -> Applied:
    return apply_marks(settings, sheet, today=TODAY, **given)


def records(settings: Settings) -> list[dict[str, Any]]:
    return read_exclusions(settings.exclusions_file)


def test_every_row_of_a_sheet_comes_back_to_its_hit(settings: Settings, sheet: Path) -> None:
    mark(sheet, dict.fromkeys(range(2, 12), FALSE))
    outcome = applied(settings, sheet)
    assert (outcome.n_rows, outcome.n_false, outcome.recorded) == (10, 10, 10)
    keys = {tuple(row.values())[:6] for row in records(settings)}
    assert keys == {tuple(hit.key) for hit in drawn(settings).hits}
    assert {row["reason"] for row in records(settings)} == {"- 园区名称"}
    assert {row["reviewed_on"] for row in records(settings)} == {date(2026, 3, 5)}


@pytest.mark.parametrize(
    ("encoding", "errors"), [("gb18030", "strict"), ("utf-8-sig", "strict"), ("gbk", "replace")]
)
def test_a_sheet_saved_as_csv_comes_back_too(
    settings: Settings, sheet: Path, encoding: str, errors: str
) -> None:
    """WPS writes GBK with a question mark for 𠮷; the row still names its hit."""
    mark(sheet, dict.fromkeys(range(2, 12), FALSE))
    out = io.StringIO()
    csv.writer(out).writerows(openpyxl.load_workbook(sheet)["命中 hits"].values)
    saved = sheet.with_suffix(".csv")
    saved.write_bytes(out.getvalue().encode(encoding, errors))
    assert applied(settings, saved).recorded == 10
    assert {tuple(r.values())[:6] for r in records(settings)} == {
        tuple(hit.key) for hit in drawn(settings).hits
    }


def test_applying_twice_changes_nothing(settings: Settings, sheet: Path) -> None:
    mark(sheet, {2: FALSE, 3: {**FALSE, "date": None}, 4: {"false_hit": "n"}})
    first = applied(settings, sheet)
    assert (first.recorded, first.n_true, first.unchanged) == (2, 1, 1)
    before = settings.exclusions_file.read_bytes()
    again = apply_marks(settings, sheet, today=date(2026, 4, 1))
    assert (again.recorded, again.withdrawn, again.unchanged) == (0, 0, 3)
    assert settings.exclusions_file.read_bytes() == before


def test_a_mark_that_is_taken_back_is_withdrawn_and_stays_on_record(
    settings: Settings, sheet: Path
) -> None:
    mark(sheet, {2: FALSE, 3: FALSE})
    applied(settings, sheet)
    mark(sheet, {2: {"false_hit": "n", "reason": "是在谈技术", "reviewer": "李"}})
    outcome = applied(settings, sheet)
    assert (outcome.recorded, outcome.withdrawn, outcome.unchanged) == (0, 1, 1)
    assert len(records(settings)) == 1
    last = read_entries(settings.exclusions_file)[-1]
    assert (last.verdict, last.reviewer, last.reason) == ("withdrawn", "李", "是在谈技术")


def test_a_new_sheet_shows_what_is_recorded_before_it_is_built(
    settings: Settings, sheet: Path
) -> None:
    mark(sheet, {2: FALSE})
    applied(settings, sheet)
    known = standing(read_entries(settings.exclusions_file))
    write_sheet(sheet.with_name("b.xlsx"), drawn(settings), known)
    row = openpyxl.load_workbook(sheet.with_name("b.xlsx"))["命中 hits"][2]
    assert row[NAMES.index("excluded_by")].value == "review: - 园区名称 (王, 2026-03-05)"


def test_an_unmarked_sheet_records_nothing(settings: Settings, sheet: Path) -> None:
    outcome = applied(settings, sheet)
    assert (outcome.n_rows, outcome.n_false, outcome.n_true) == (10, 0, 0)
    assert not settings.exclusions_file.exists()


def test_the_reviewer_may_be_named_in_the_call(settings: Settings, sheet: Path) -> None:
    mark(sheet, {2: {"false_hit": "Ｙ", "reason": "园区"}, 3: {**FALSE, "false_hit": "是"}})
    applied(settings, sheet, reviewer=" 张 三 ")
    assert sorted(r["reviewer"] for r in records(settings)) == ["张 三", "王"]
    assert {r["reviewed_on"] for r in records(settings)} == {date(2026, 3, 5), TODAY}


def test_marks_of_hits_that_a_phrase_excludes_are_told_apart(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "strict.xlsx"
    write_sheet(path, drawn(settings, topic="chip_strict"), {})
    mark(path, dict.fromkeys(range(2, 12), FALSE))
    outcome = applied(settings, path)
    assert (outcome.recorded, outcome.by_phrase) == (10, 2)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"false_hit": "maybe"}, "unknown mark 'maybe'"),
        ({"reason": None}, "without a reason"),
        ({"reviewer": None}, "--reviewer"),
        ({"false_hit": None}, "a reason and no mark"),
        ({"date": "下周"}, "date that cannot be read"),
        ({"date": date(2027, 1, 1)}, "2027-01-01"),
        ({"reason": "长" * 501}, "more than 500"),
        ({"sentence": "别的句子。"}, "matches no hit"),
        ({"report_year": 1999}, "matches no hit"),
        ({"topic": "other"}, "matches no hit"),
        ({"region_code": 110000}, "matches no hit"),
        ({"report_year": "去年"}, "has lost its year"),
        ({"offset_in_sentence": None}, "has lost its year"),
        ({"context": "别的【高新技术】。"}, "mixes two hits"),
        ({"hit_id": "SWAP"}, "mixes two hits"),
    ],
)
def test_a_row_that_is_not_sound_stops_the_whole_sheet(
    settings: Settings, sheet: Path, cells: dict[str, Any], said: str
) -> None:
    if cells.get("hit_id") == "SWAP":
        other = openpyxl.load_workbook(sheet)["命中 hits"][6][NAMES.index("hit_id")].value
        cells = {"hit_id": other}
    mark(sheet, {2: FALSE, 5: {**FALSE, **cells}, 7: {"false_hit": "x"}, 8: {"false_hit": "x"}})
    sentence = refused(lambda: applied(settings, sheet))
    assert said in sentence
    assert "Row 5 of" in sentence
    assert sentence.endswith("nothing was recorded. Wrong too: row 7, 8.")
    assert not settings.exclusions_file.exists()


def test_a_sheet_whose_columns_were_sorted_apart_is_refused(
    settings: Settings, sheet: Path
) -> None:
    """Sorting only the columns on the screen would have excluded other hits than were marked."""
    book = openpyxl.load_workbook(sheet)
    tab = book["命中 hits"]
    left = [[cell.value for cell in row[:9]] for row in tab.iter_rows(min_row=2)]
    for number, values in enumerate(reversed(left), start=2):
        for column, value in enumerate(values, start=1):
            tab.cell(number, column).value = value
        tab.cell(number, NAMES.index("false_hit") + 1).value = "y"
        tab.cell(number, NAMES.index("reason") + 1).value = "x"
        tab.cell(number, NAMES.index("reviewer") + 1).value = "王"
    book.save(sheet)
    assert "nothing was recorded" in refused(lambda: applied(settings, sheet))
    assert not settings.exclusions_file.exists()


def test_rows_may_be_sorted_and_deleted_whole(settings: Settings, sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    tab = book["命中 hits"]
    rows = sorted(
        ([cell.value for cell in row] for row in tab.iter_rows(min_row=2)), key=lambda r: r[4]
    )
    tab.delete_rows(2, 20)
    for row in rows[:4]:
        tab.append([*row[:5], "y", "园区", "王", *row[8:]])
    book.save(sheet)
    assert applied(settings, sheet).recorded == 4


def test_two_rows_of_one_sentence_must_agree(settings: Settings, sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    tab = book["命中 hits"]
    tab.append([cell.value for cell in tab[2]])
    book.save(sheet)
    mark(sheet, {2: FALSE, 12: {"false_hit": "n"}})
    assert "than row 2" in refused(lambda: applied(settings, sheet))
    mark(sheet, {12: FALSE})
    assert applied(settings, sheet).recorded == 1


def test_an_exclusion_whose_hit_has_gone_can_be_withdrawn(settings: Settings, sheet: Path) -> None:
    mark(sheet, {2: FALSE})
    applied(settings, sheet)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("delete from marts.keyword_hits")
    mark(sheet, {2: {"false_hit": "n"}})
    assert applied(settings, sheet).withdrawn == 1
    assert records(settings) == []


def test_a_file_that_is_no_sheet_is_refused(settings: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "is not a sheet of `xinku review hits`" in refused(lambda: applied(settings, other))
    assert "no file" in refused(lambda: applied(settings, tmp_path / "no.xlsx"))
