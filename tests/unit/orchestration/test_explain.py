"""Questions asked of a small warehouse: which words name a row, what lies behind it, why there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from models_py.text import Lexicon, split_sections
from models_py.text.attention import count_chars, place_hits
from orchestration.explain import Explanation, Sentence, explain_in
from orchestration.explain.call import year_spans
from orchestration.ingest.regions import SEEDS
from orchestration.settings import UsageError
from orchestration.tables import TABLES

CHIPS = Lexicon.of(
    {"core": ["芯片"], "extended": ["高新技术", "晶片"]}, "chips", exclusions=["高新技术企业"]
)
GREEN = Lexicon.of({"core": ["绿色发展"]}, "green")
BODY = (
    "各位代表：\n\n一、2020年工作回顾\n\n芯片产量增长。高新技术企业三百家。\n\n"
    "二、2021年重点工作\n\n建设芯片基地；发展高新技 术产业。\n\n附件：名词解释\n\n芯片：一种元件。\n"
)
EVIDENCE = [
    {"fact": "report_year", "value": "2021", "place": "text", "quote": "2021年", "start": 0},
    {"fact": "report_year", "value": "2020", "place": "name", "quote": "2020.md"},
    {"fact": "region", "value": "江苏", "place": "text", "quote": "江苏省", "sure": "a new field"},
]
ATTENTION = """
create table marts.government_attention as
select *, 10000.0 * n_hits / n_chars as hits_per_10k_chars, false as is_sample from (select
    t.topic, t.region_code, r.region_name, t.report_year, t.document_id,
    count(h.term) filter (section <> 'annex' and excluded_by is null) as n_hits,
    count(h.term) filter (section <> 'annex' and excluded_by is null and category = 'core') as n_core_hits,
    count(h.term) filter (section = 'annex') as n_annex_hits,
    count(h.term) filter (section <> 'annex' and excluded_by is not null) as n_excluded_hits,
    t.n_chars, t.n_token_hits, t.n_tokens, d.completeness
from raw.text_measures as t
join raw.documents as d using (document_id)
join staging.regions as r on r.region_code = t.region_code
left join marts.keyword_hits as h on h.document_id = t.document_id and h.topic = t.topic
group by all)
"""
COVERAGE = """
create table marts.lexicon_coverage as
select *, n_hits / sum(n_hits) over (partition by topic) as share_of_hits from (select l.topic, phrase as term, count(h.term) filter (section <> 'annex' and h.excluded_by is null) as n_hits,
    count(h.term) as n_occurrences, count(distinct h.document_id) as n_reports_with_term,
    6 as n_reports
from raw.lexicon_terms as l left join marts.keyword_hits as h on h.term = l.phrase and h.topic = l.topic
where role = 'term' group by l.topic, phrase)
"""


def insert(connection: duckdb.DuckDBPyConnection, table: str, **row: Any) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def add_report(
    connection: duckdb.DuckDBPyConnection, code: str, year: int, body: str, **fields: Any
) -> None:
    """A report with its sections, hits and measures, as a build would leave them."""
    number = f"{code}{year}".ljust(20, "a")
    path = fields.pop("path", f"reports/{code}/{year}.md")
    row = {"document_id": number, "file_id": number, "path": path, "member": "", "body": body}
    row |= {"region_code": code, "report_year": year, "n_chars": count_chars(body)}
    row |= {"status": "primary", "completeness": "full", "identity_evidence": "[]", **fields}
    insert(connection, "raw.documents", **row)
    if row["status"] != "primary":
        return
    sections = split_sections(body)
    for part in sections:
        place = {"section": part.kind, "heading": part.heading}
        insert(
            connection, "raw.document_sections", document_id=number, report_year=year, **place,
            char_start=part.start, char_end=part.end,
        )  # fmt: skip
    main = sum(count_chars(body[s.start : s.end]) for s in sections if s.kind != "annex")
    for lexicon in (CHIPS, GREEN):
        key = {"topic": lexicon.topic, "document_id": number, "region_code": code}
        key |= {"report_year": year}
        insert(connection, "raw.text_measures", **key, n_chars=main, n_tokens=9, n_token_hits=1)
        for one in place_hits(body, lexicon, sections):
            insert(
                connection, "marts.keyword_hits", **key, term=one.hit.term, section=one.section,
                category=one.hit.category, char_start=one.hit.start, char_end=one.hit.end,
                sentence=one.sentence, sentence_start=one.sentence_start, excluded_by=one.hit.excluded_by,
            )  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for schema in ("staging", "marts"):
            connection.execute(f"create schema {schema}")
        for table in TABLES:
            for statement in table.ddl():
                connection.execute(statement)
        connection.execute(
            "create table staging.regions as from read_csv($path, all_varchar = true)",
            {"path": str(SEEDS / "regions.csv")},
        )
        connection.execute("create table marts.keyword_hits as from raw.keyword_hits")
        for lexicon in (CHIPS, GREEN):
            words = [(word, "term") for word in lexicon.words]
            words += [(phrase, "exclusion") for phrase in lexicon.exclusions]
            for position, (phrase, role) in enumerate(words):
                insert(
                    connection, "raw.lexicon_terms", topic=lexicon.topic, phrase=phrase, role=role,
                    position=position,
                )  # fmt: skip
        fill(connection)
        connection.execute(ATTENTION)
        connection.execute(COVERAGE)
        connection.execute("comment on column marts.government_attention.n_hits is 'Hits. [hit]'")
        yield connection


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    add_report(connection, "320000", 2021, BODY, identity_evidence=json.dumps(EVIDENCE))
    connection.execute(
        "update marts.keyword_hits set excluded_by = 'review: 地名 (王, 2026-03-05)' "
        "where sentence = '建设芯片基地；'"
    )
    add_report(connection, "320000", 2020, "一、工作回顾\n芯片。\n", completeness="abridged")
    add_report(connection, "320000", 2018, "平安无事。", completeness="abridged")
    add_report(connection, "220000", 2021, "发展芯片。")
    add_report(connection, "220200", 2021, "发展芯片产业。")
    add_report(connection, "140000", 2021, "平安无事。")
    add_report(
        connection, "320000", 2016, "芯片", status="quarantined", path="reports/江苏/乱码.txt",
        status_reason="It is garbled.",
    )  # fmt: skip
    insert(
        connection, "quality.quarantine", path="reports/jiangsu-2015.pdf", locator="",
        reason="It is a scan.\x1b[31m", hint="Run text recognition.",
    )  # fmt: skip
    insert(connection, "raw.files", path="reports/江苏省/2014.md", status="removed", reason="Gone.")
    add_report(
        connection, "320000", 2021, "芯片", status="superseded", path="reports/江苏/2021旧.md",
        document_id="b" * 20, file_id="b", status_reason="Counted instead: another.",
    )  # fmt: skip


def ask(connection: duckdb.DuckDBPyConnection, table: str, *words: str) -> Explanation:
    return explain_in(connection, table, words)


def refusal(connection: duckdb.DuckDBPyConnection, table: str, *words: str) -> str:
    with pytest.raises(UsageError) as caught:
        ask(connection, table, *words)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        ("江苏", "2021", "n_hits"),
        ("n_hits", "2021年", "江苏省"),
        ("Jiangsu", "2021", "N_HITS", "chips"),
        ("３２００００", "２０２１", "n_hits"),
        ("jiangsu province", " 2021 ", "n_hits"),
    ],
)
@pytest.mark.parametrize("table", ["marts.government_attention", "Government_Attention"])
def test_keys_come_in_any_order_and_language(
    small: duckdb.DuckDBPyConnection, table: str, words: tuple[str, ...]
) -> None:
    it = ask(small, table, *words)
    assert it.key == {"region_code": "320000", "report_year": 2021, "topic": "chips"}
    assert (it.column, it.value, it.unit, it.asked) == ("n_hits", 2, "hit", True)
    assert it.description == "Hits."


def test_the_study_that_is_shown_by_default_is_said(small: duckdb.DuckDBPyConnection) -> None:
    (note,) = ask(small, "government_attention", "江苏", "2021").notes
    assert "chips" in note
    assert "green" in note
    assert ask(small, "government_attention", "江苏", "2021", "chips").notes == ()


def test_every_occurrence_is_counted_or_set_aside_with_its_reason(
    small: duckdb.DuckDBPyConnection,
) -> None:
    it = ask(small, "government_attention", "江苏", "2021", "chips", "n_hits")
    counted = [item for item in it.counted if isinstance(item, Sentence)]
    assert [(item.term, item.section) for item in counted] == [
        ("芯片", "review"),
        ("高新技术", "plan"),
    ]
    assert counted[1].hit == "高新技 术"
    for item in counted:
        assert re.sub(r"\s", "", BODY[item.start : item.end]) == item.term
        assert BODY[item.sentence_start :].startswith(item.text)
        assert item.file == "reports/320000/2021.md"
    reasons = {item.reason for item in it.set_aside}
    assert reasons == {
        "in an annex or glossary",
        "inside the exclusion phrase 高新技术企业",
        "marked as no hit in review: 地名 (王, 2026-03-05)",
    }
    assert len(it.counted) + len(it.set_aside) == 5


@pytest.mark.parametrize(
    ("column", "counted", "apart"),
    [("n_core_hits", 1, 2), ("n_annex_hits", 1, 0), ("n_excluded_hits", 2, 0), ("n_hits", 2, 3)],
)
def test_a_part_lists_what_it_counts(
    small: duckdb.DuckDBPyConnection, column: str, counted: int, apart: int
) -> None:
    it = ask(small, "government_attention", "江苏", "2021", column)
    assert it.value == len(it.counted) == counted
    assert len(it.set_aside) == apart
    assert small.execute(it.sql).fetchone() == (it.value,)


def test_lengths_and_rates_show_their_parts(small: duckdb.DuckDBPyConnection) -> None:
    it = ask(small, "government_attention", "江苏", "2021", "n_chars")
    assert sum(item.amount or 0 for item in it.counted) == it.value
    assert [item.status for item in it.set_aside] == ["annex"]
    assert small.execute(it.sql).fetchone() == (it.value,)
    rate = ask(small, "government_attention", "江苏", "2021", "hits_per_10k_chars")
    assert rate.arithmetic == f"10,000 × n_hits 2 / n_chars {it.value}"
    assert len(rate.counted) == 2


def test_tokens_are_counted_not_listed(small: duckdb.DuckDBPyConnection) -> None:
    it = ask(small, "government_attention", "江苏", "2021", "n_token_hits")
    assert it.evidence == ()
    assert it.figures["n_tokens"] == 9
    assert "jieba" in it.words


def test_identity_quotes_come_in_order_of_belief(small: duckdb.DuckDBPyConnection) -> None:
    it = ask(small, "documents", "江苏", "2021", "report_year", "320000202" + "1aaaaaaaaaa")
    ranked = [(item.position, item.status) for item in it.evidence]
    assert ranked == [(1, "agrees"), (2, "differs")]
    superseded = [row["reason"] for row in it.sources if row["status"] == "superseded"]
    assert superseded == ["Counted instead: another."]


def test_hits_of_one_term_and_one_place(small: duckdb.DuckDBPyConnection) -> None:
    every = ask(small, "keyword_hits", "江苏", "2021", "芯片")
    assert len(every.rows) == 3
    start = str(every.rows[0]["char_start"])
    one = ask(small, "keyword_hits", "江苏", "2021", start, "section")
    assert (one.value, len(one.evidence)) == ("review", 1)


def test_a_term_over_all_reports(small: duckdb.DuckDBPyConnection) -> None:
    it = ask(small, "lexicon_coverage", "芯片")
    assert it.value == len(it.counted) == 4
    assert sum(row["n_counted"] for row in it.breakdown) == 4
    share = ask(small, "lexicon_coverage", "芯片", "share_of_hits")
    assert small.execute(share.sql).fetchone() == (share.value,)
    assert share.figures["total"] == 5
    reports = ask(small, "lexicon_coverage", "芯片", "n_reports_with_term")
    assert reports.value == len(reports.counted) == 4


def test_a_term_is_looked_for_in_the_study_that_has_it(small: duckdb.DuckDBPyConnection) -> None:
    """The first study does not look for 绿色发展; its silence once read as a missing report."""
    assert ask(small, "lexicon_coverage", "绿色发展").key["topic"] == "green"
    assert "a zero, not a gap" in ask(small, "keyword_hits", "江苏", "2021", "绿色发展").notes[0]


def test_a_zero_says_that_it_is_one(small: duckdb.DuckDBPyConnection) -> None:
    assert (
        "a zero, not a gap" in ask(small, "government_attention", "山西", "2021", "chips").notes[0]
    )
    (abridged,) = ask(small, "government_attention", "江苏", "2018", "chips").notes
    assert "abridged" in abridged
    assert "never occurs" in ask(small, "keyword_hits", "晶片").notes[0]


@pytest.mark.parametrize(
    ("year", "said"),
    [
        ("2016", "reports/江苏/乱码.txt is quarantined (It is garbled)"),
        ("2015", "jiangsu-2015.pdf is quarantined (It is a scan.[31m Run text recognition)"),
        ("2014", "reports/江苏省/2014.md is removed (Gone)"),
        ("2013", "No file of the landing zone holds it"),
    ],
)
@pytest.mark.parametrize("table", ["government_attention", "keyword_hits"])
def test_a_missing_report_is_never_zero(
    small: duckdb.DuckDBPyConnection, table: str, year: str, said: str
) -> None:
    sentence = refusal(small, table, "江苏", year)
    assert "missing, not zero" in sentence
    assert said in sentence
    assert "2020–2021" in sentence


def test_a_name_of_two_regions_is_settled_by_what_is_there_or_asked_back(
    small: duckdb.DuckDBPyConnection,
) -> None:
    said = refusal(small, "government_attention", "吉林", "2021")
    assert "吉林省 (220000) or 吉林市 (220200)" in said
    assert ask(small, "government_attention", "吉林市", "2021").key["region_code"] == "220200"
    assert "missing" in refusal(small, "government_attention", "吉林省", "2020")


@pytest.mark.parametrize(
    ("table", "words", "said"),
    [
        ("goverment_attention", ("江苏",), "nearest is marts.government_attention"),
        ("raw.files", ("江苏",), "raw.files cannot be explained"),
        ("government_attention", ("江酥", "2021"), "nearest: 江苏"),
        ("government_attention", ("Jiangso", "2021"), "nearest: Jiangsu"),
        ("government_attention", ("江苏", "2021", "n_hit"), "nearest: n_hits"),
        ("government_attention", ("江苏", "2021", "chip"), "nearest: chips"),
        ("government_attention", ("999999", "2021"), "is no column, region, year or study"),
        ("government_attention", ("江苏", "2021", "2020"), "Two years are given"),
        ("government_attention", ("江苏", "山西", "2021"), "Two regions are given"),
        ("government_attention", ("江苏", "2021", "n_hits", "n_chars"), "Two columns are named"),
        ("government_attention", ("江苏",), "also needs a year. Years there: 2018, 2020–2021"),
        ("government_attention", ("2021",), "also needs a region. Regions there: 山西"),
        ("government_attention", ("香港", "2021"), "no row for 香港 (810000)"),
        ("lexicon_coverage", ("江苏",), "not kept by region, as these are: marts.government"),
        ("lexicon_coverage", ("心片",), "nearest: 芯片"),
        ("keyword_hits", (), "at least one key"),
        ("documents", ("江苏/2021.txt",), "The nearest: reports/江苏/"),
        ("documents", ("jiangsu-2015.pdf",), "is quarantined (It is a scan."),
        ("government_attention", ("'; drop table raw.files; --", "2021"), "is no column"),
    ],
)
def test_a_wrong_call_is_told_what_comes_nearest(
    small: duckdb.DuckDBPyConnection, table: str, words: tuple[str, ...], said: str
) -> None:
    assert said in refusal(small, table, *words)


def test_an_explanation_is_plain_data(small: duckdb.DuckDBPyConnection) -> None:
    for words in (("江苏", "2021"), ("江苏", "2021", "report_year"), ("江苏", "2021", "n_chars")):
        told = json.loads(json.dumps(ask(small, "government_attention", *words).to_dict()))
        assert told["key"]["region_code"] == "320000"
        assert told["formula"]["words"]
        assert {"kind", "file", "start", "end", "status"} <= set(told["evidence"][0])
    assert json.dumps(ask(small, "documents", "江苏", "2021").to_dict())


def test_a_warehouse_of_another_version_says_so() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.government_attention (a int)")
        assert "build it again" in refusal(connection, "government_attention", "江苏", "2021")
        assert "build it again" in refusal(connection, "lexicon_coverage", "芯片")


def test_years_are_told_as_spans() -> None:
    assert year_spans([2021, 2003, 2004, 2020, 2018]) == "2003–2004, 2018, 2020–2021"
