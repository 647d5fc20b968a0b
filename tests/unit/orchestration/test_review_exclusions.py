"""The record of exclusions: what is in the file, what holds, and what no longer matches."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.review import exclusions as module
from orchestration.review import read_exclusions, unmatched_exclusions
from orchestration.review.exclusions import (
    EXCLUDED,
    WITHDRAWN,
    Entry,
    HitKey,
    append_entries,
    read_entries,
)
from orchestration.settings import Settings, UsageError
from orchestration.tables import DOCUMENTS, HIT_EXCLUSIONS, KEYWORD_HITS, LEXICON_TERMS
from orchestration.warehouse import replace_rows

KEY = HitKey("chip_innovation", "320000", 2021, "高新技术", "=高新技术产业开发区，“扩容”。", 1)
ENTRY = Entry(EXCLUDED, KEY, "江苏", "是园区名称", "王", date(2026, 3, 5), "a.xlsx")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "库.exclusions.csv"


def test_the_file_lies_beside_the_warehouse_and_bears_its_name(tmp_path: Path) -> None:
    settings = Settings.resolve(warehouse=tmp_path / "库 2026.duckdb", environment={})
    assert settings.exclusions_file == tmp_path / "库 2026.exclusions.csv"
    assert read_exclusions(settings.exclusions_file) == []


def test_what_is_written_is_read_as_rows_of_the_table(path: Path) -> None:
    append_entries(path, [ENTRY])
    (row,) = read_exclusions(path)
    assert tuple(row) == HIT_EXCLUSIONS.column_names
    assert row == {
        **KEY._asdict(),
        "reason": "是园区名称",
        "reviewer": "王",
        "reviewed_on": date(2026, 3, 5),
        "sheet": "a.xlsx",
    }
    with duckdb.connect() as connection:
        for statement in HIT_EXCLUSIONS.ddl():
            connection.execute(statement)
        assert replace_rows(connection, HIT_EXCLUSIONS, [row]) == 1


def test_excel_opens_the_file_and_runs_nothing_of_it(path: Path) -> None:
    hostile = replace(ENTRY, reason="＝cmd|'/c calc'!A0", reviewer="@王", sheet="-1.xlsx")
    append_entries(path, [hostile])
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@＝＋－＠" and cell]
    assert all(line.startswith('"') for line in content.decode("utf-8-sig").splitlines())
    (row,) = read_exclusions(path)
    assert (row["reason"], row["reviewer"], row["sheet"]) == (
        hostile.reason,
        hostile.reviewer,
        hostile.sheet,
    )
    assert row["sentence"] == KEY.sentence


def test_the_last_word_about_a_hit_holds(path: Path) -> None:
    other = replace(ENTRY, key=KEY._replace(offset_in_sentence=9))
    append_entries(path, [ENTRY, other])
    append_entries(path, [replace(ENTRY, reason="是园区")])
    assert [row["reason"] for row in read_exclusions(path)] == ["是园区名称", "是园区"]
    append_entries(path, [replace(ENTRY, verdict=WITHDRAWN, reviewer="李")])
    assert [row["offset_in_sentence"] for row in read_exclusions(path)] == [9]
    assert [(e.verdict, e.reviewer) for e in read_entries(path)] == [
        (EXCLUDED, "王"),
        (EXCLUDED, "王"),
        (EXCLUDED, "王"),
        (WITHDRAWN, "李"),
    ]
    append_entries(path, [ENTRY])
    assert len(read_exclusions(path)) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_file_saved_again_by_a_spreadsheet_says_the_same(
    path: Path, encoding: str, delimiter: str
) -> None:
    """Excel drops the quotes, writes dates its own way, and may use the code page."""
    append_entries(path, [ENTRY])
    before = read_exclusions(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows = [[cell.replace("2026-03-05", "2026/3/5") for cell in row] for row in rows]
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([[*row, ""] for row in rows] + [[""] * 13])
    assert read_exclusions(path) == before


def test_what_a_person_added_stays(path: Path) -> None:
    append_entries(path, [ENTRY])
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([[*header, "备注"], [*row, "=待查"]])
    append_entries(path, [replace(ENTRY, key=KEY._replace(report_year=2022))])
    with path.open(encoding="utf-8-sig", newline="") as file:
        notes = [row["备注"] for row in csv.DictReader(file)]
    assert notes == ["'=待查", ""]
    assert len(read_exclusions(path)) == 2


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("reason", "", "has no reason"),
        ("reviewer", " ", "has no reviewer"),
        ("reviewed_on", "", "has no reviewed_on"),
        ("reviewed_on", "March", "cannot be read"),
        ("report_year", "二〇二一", "cannot be read"),
        ("offset_in_sentence", "", "cannot be read"),
        ("verdict", "maybe", "verdict 'maybe'"),
    ],
)
def test_a_broken_row_is_named_in_one_sentence(
    path: Path, column: str, value: str, said: str
) -> None:
    append_entries(path, [ENTRY, ENTRY])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1][column] = value
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(UsageError, match=said) as raised:
        read_exclusions(path)
    assert "Row 3 of" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_something_else_is_not_overwritten(path: Path) -> None:
    path.write_text("dear professor", encoding="utf-8")
    with pytest.raises(UsageError):
        read_exclusions(path)
    with pytest.raises(UsageError):
        append_entries(path, [ENTRY])
    assert path.read_text(encoding="utf-8") == "dear professor"


def test_a_crash_while_writing_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_entries(path, [ENTRY])
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        append_entries(path, [replace(ENTRY, reason="x")])
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for table in (HIT_EXCLUSIONS, KEYWORD_HITS, LEXICON_TERMS, DOCUMENTS):
            for statement in table.ddl():
                connection.execute(statement)
        yield connection


def put(connection: duckdb.DuckDBPyConnection, table: Any, **values: Any) -> None:
    replace_rows(
        connection, table, [{**dict.fromkeys(table.column_names), **values}], where="false"
    )


def test_an_exclusion_that_matches_nothing_is_told_with_why(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    put(connection, LEXICON_TERMS, topic=KEY.topic, phrase=KEY.term, role="term")
    put(
        connection, DOCUMENTS, document_id="a", region_code="320000", report_year=2021,
        status="primary",
    )  # fmt: skip
    hit = KEY._asdict()
    del hit["offset_in_sentence"]
    put(connection, KEYWORD_HITS, **hit, document_id="a", char_start=101, sentence_start=100)
    gone = {
        "its study is not in this warehouse": KEY._replace(topic="gone"),
        "its term is no longer in the lexicon": KEY._replace(term="芯片"),
        "no report of its region and year is counted": KEY._replace(report_year=2020),
        "its sentence is no longer in the report": KEY._replace(offset_in_sentence=2),
    }
    for key in (KEY, *gone.values()):
        put(connection, HIT_EXCLUSIONS, **replace(ENTRY, key=key).row())
    found = unmatched_exclusions(connection)
    assert {row["why"]: HitKey(*(row[name] for name in HitKey._fields)) for row in found} == gone
    assert all(row["reviewer"] == "王" for row in found)


def test_a_link_to_a_shared_drive_stays_a_link(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "shared" / "record.csv"
    target.parent.mkdir()
    append_entries(target, [ENTRY])
    path.symlink_to(target)
    append_entries(path, [replace(ENTRY, reason="x")])
    assert path.is_symlink()
    assert len(read_entries(target)) == 2
