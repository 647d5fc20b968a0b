"""What a terminal, a pipe and a program are given; document text is hostile in all three."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from orchestration.explain import Cell, Explanation, Passage, Quote, RuleFinding, Sentence
from orchestration.explain.display import show, to_json
from orchestration.explain.one_line import one_line
from orchestration.explain.queries import ColumnNote, fetch, shown

_EMPTY = duckdb.connect()
PLACE: dict[str, Any] = {"file": "reports/江苏省/2021.md", "member": None, "document_id": "a"}
HIT = Sentence(
    **PLACE, region_name="江苏", report_year=2021, section="plan", heading="二、重点工作",
    term="高新技术", category="extended", start=104, end=109, text="发展高新技 术产业。",
    sentence_start=102, excluded_by=None, status="counted",
)  # fmt: skip
AWAY = replace(HIT, status="excluded", reason="inside the exclusion phrase 高新技术产业")
BASE = Explanation(
    table="marts.government_attention",
    key={"region_code": "320000"},
    label="江苏 (320000) · 2021",
    column="n_hits",
    asked=True,
    value=1,
    description="Hits.",
    unit="hit",
    words="Occurrences.",
    sql="select count(*)\nfrom marts.keyword_hits",
    arithmetic="",
    figures={},
    is_sample=False,
    columns=(ColumnNote("n_hits", "Hits.", "hit"), ColumnNote("region_name", "Region.", None)),
    rows=({"n_hits": 1, "region_name": "江苏"},),
    kind="sentence",
    evidence=(HIT, AWAY),
)


def page(it: Explanation, *, width: int = 80, terminal: bool = False) -> str:
    stream = io.StringIO()
    show(it, Console(file=stream, width=width, force_terminal=terminal, highlight=False))
    return stream.getvalue()


def test_the_page_has_value_formula_place_and_the_marked_sentence() -> None:
    said = page(BASE)
    assert "n_hits = 1\n" in said
    assert "Hits. [hit]" in said
    assert "select count(*)" in said
    assert "reports/江苏省/2021.md" in said
    assert "plan 二、重点工作 · characters 104–109" in said
    assert "发展【高新技 术】产业。" in said
    counted, apart = said.split("Not counted: 1")
    assert "Counted: 1" in counted
    assert "inside the exclusion phrase" in apart
    assert "Sample data" not in said


def test_sample_data_says_so() -> None:
    assert page(replace(BASE, is_sample=True)).startswith("Sample data 示例数据")


def test_a_pipe_gets_a_sentence_a_line_and_all_of_them() -> None:
    long = replace(HIT, text="发展高新技 术产业，" + "以及其他" * 90 + "。")
    said = page(replace(BASE, evidence=(long,) * 300))
    assert said.count("【高新技 术】") == 300
    assert said.count("以及其他" * 90 + "。\n") == 300


def test_a_terminal_gets_lines_that_fit() -> None:
    long = replace(HIT, text="发展高新技 术产业，" + "以及其他" * 90 + "。")
    said = page(replace(BASE, evidence=(long,)), width=60, terminal=True)
    plain = [line for line in said.splitlines() if "\x1b" not in line]
    assert max(map(cell_len, plain)) <= 60
    assert said.count("以及其他") > 60


def test_columns_line_up_beside_chinese_values() -> None:
    said = page(replace(BASE, asked=False))
    lines = [line for line in said.splitlines() if line.endswith(("Hits. [hit]", "Region."))]
    ends = {
        cell_len(line[: line.index("Hits." if "Hits." in line else "Region.")]) for line in lines
    }
    assert len(lines) == 2
    assert len(ends) == 1


def test_a_limit_is_said_and_json_has_none() -> None:
    many = replace(BASE, evidence=(HIT,) * 30, listed=20, more="keyword_hits 高新技术")
    said = page(many)
    assert said.count("【高新技 术】") == 20
    assert "… and 10 more: xinku explain keyword_hits 高新技术 lists all." in said
    assert len(json.loads(to_json(many))["evidence"]) == 30


def test_hostile_text_neither_styles_nor_steers() -> None:
    bad = replace(
        HIT, text="发展高新技 术[red]产业[/red]\x1b[2J\u202e\x9b。", reason="[bold]why\x07"
    )
    for terminal in (False, True):
        said = page(
            replace(BASE, evidence=(bad,), notes=("[link=x]note\x1b]0;t\x07",)), terminal=terminal
        )
        assert "[red]产业[/red]" in said
        assert "[bold]why" in said
        assert "[link=x]note" in said
        assert not {"\u202e", "\x9b", "\x07"} & set(said)
        assert "\x1b[2J" not in said
        assert "\x1b]0" not in said
    told = to_json(replace(BASE, evidence=(bad,)))
    assert not {"\x1b", "\u202e", "\x9b", "\x07"} & set(told)
    assert json.loads(told)["evidence"][0]["text"] == bad.text


def test_json_is_utf8_or_escaped_where_the_output_is_not() -> None:
    assert "江苏" in to_json(BASE)
    escaped = to_json(BASE, ascii_only=True)
    assert escaped.isascii()
    assert json.loads(escaped) == json.loads(to_json(BASE))


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            Passage(**PLACE, section="annex", heading="附件", start=9, end=20, n_chars=10, status="annex", reason="an annex"),
            "10 · annex 附件 · characters 9–20",
        ),
        (
            Quote(**PLACE, rank=1, fact="report_year", value="2019", source="name", text="2019.md", start=None, end=None, status="differs"),
            "report_year 2019 · from the name · differs",
        ),
        (
            RuleFinding(**PLACE, rule="truncated", text="It ends in mid-sentence.", start=7, end=9, status="warn"),
            "warn truncated · characters 7–9",
        ),
        (
            Cell(file="y.xlsx", file_id="f", sheet="表4-1", cell="C14", label="GDP", raw_value="—", value=None, unit="亿元", status="missing"),
            "表4-1 C14 · missing · GDP",
        ),
    ],
)  # fmt: skip
def test_every_kind_of_evidence_is_shown(
    item: Passage | Quote | RuleFinding | Cell, said: str
) -> None:
    it = replace(BASE, evidence=(item,), kind=item.kind)
    assert said in page(it)
    assert json.loads(to_json(it))["evidence"][0]["kind"] == item.kind


def test_a_title_without_end_is_cut_on_the_page_and_whole_in_json() -> None:
    source = {"file": "a.md", "status": "primary", "title": "题" * 100_000}
    it = replace(BASE, sources=(source,))
    assert len(page(it)) < 5_000
    assert len(json.loads(to_json(it))["sources"][0]["title"]) == 100_000


def test_a_null_is_no_zero() -> None:
    assert "n_hits = null (missing, not zero)" in page(replace(BASE, value=None, evidence=()))


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")))
def test_a_value_in_sql_is_that_value_and_nothing_else(text: str) -> None:
    assert fetch(_EMPTY, "select $it as it", {"it": text}) == [{"it": text}]


def test_a_value_is_not_searched_for_parameters() -> None:
    assert shown("select $it", {"it": "a'b $it"}) == "select 'a''b $it'"
