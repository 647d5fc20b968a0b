"""Every format gives the same report back, found by content before name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import report_files as files

from orchestration.ingest.reports import Ignored, Record, Unreadable, read_report

TERMS = {"集成电路": 1, "芯片": 1, "半导体": 1, "高新技术": 1}


def only(data: bytes, name: str) -> Record:
    """The one record of a file."""
    outcomes = read_report(data, name)
    assert len(outcomes) == 1, outcomes
    (record,) = outcomes
    assert isinstance(record, Record), record
    return record


def counts(text: str) -> dict[str, int]:
    return {term: text.count(term) for term in TERMS}


def the_problem(data: bytes, name: str) -> Unreadable:
    """The one refusal of a file, written as sentences."""
    (problem,) = read_report(data, name)
    assert isinstance(problem, Unreadable), problem
    for sentence in (problem.reason, problem.hint):
        assert sentence[0].isupper() and sentence.endswith("."), sentence
        assert "Traceback" not in sentence and len(sentence) < 260
    return problem


@pytest.fixture
def stata(tmp_path: Path) -> bytes:
    """Two observations in a Stata file."""
    rows = {"year": [2020, 2021], "area": ["示例省", "示例省"], "report": [files.REPORT * 2] * 2}
    return files.stata_bytes(rows, tmp_path)


@pytest.mark.parametrize(
    ("name", "parser", "encoding", "data"),
    [
        ("a.md", "markdown", "utf-8", files.REPORT.encode()),
        ("a.txt", "text", "utf-8", files.REPORT.encode()),
        ("a.txt", "text", "gb18030", files.REPORT.encode("gb18030")),
        ("a.txt", "text", "utf-8-sig", files.REPORT.encode("utf-8-sig")),
        ("a.txt", "text", "utf-16", files.REPORT.encode("utf-16")),
        ("a", "text", "utf-8", files.REPORT.encode()),
        ("a.docx", "docx", None, files.docx_bytes()),
        ("a.pdf", "pdf", None, files.pdf_bytes()),
        (
            "a.html",
            "html",
            "utf-8",
            files.web_page("".join(f"<p>{line}</p>" for line in files.LINES)).encode(),
        ),
        ("a.csv", "csv", "utf-8", f'year,full_text\n2020,"{files.REPORT}"\n'.encode()),
        ("a.jsonl", "jsonlines", "utf-8", json.dumps({"content": files.REPORT}).encode()),
    ],
)
def test_every_format_gives_the_report_back(
    name: str, parser: str, encoding: str | None, data: bytes
) -> None:
    record = only(data, name)
    assert (record.parser, record.encoding, record.warnings) == (parser, encoding, ())
    assert counts(record.text) == TERMS
    lines = [line for line in record.text.split("\n") if line]
    assert lines == list(files.LINES)
    assert record.hints["name"] == name


@pytest.mark.parametrize("wrong", ["a.txt", "a.md", "a.docx", "a"])
def test_content_decides_before_the_name_and_says_so(wrong: str) -> None:
    record = only(files.pdf_bytes(), wrong)
    assert record.parser == "pdf"
    expected = () if wrong == "a" else (f"The file is named {wrong[1:]} but its content is PDF.",)
    assert record.warnings == expected


def test_a_page_named_doc_is_read_as_the_page_that_it_is() -> None:
    """Chinese sites serve HTML as .doc; the text must not be lost with the name."""
    page = files.web_page("".join(f"<p>{line}</p>" for line in files.LINES))
    assert only(page.encode("gb18030"), "政府工作报告.doc").parser == "html"


def test_front_matter_becomes_hints() -> None:
    text = "---\ntitle: 题名：一\nsource:\n- https://x.example/1\n---\n\n" + files.REPORT
    record = only(text.encode(), "2020.md")
    assert record.hints["title"] == "题名：一"
    assert record.hints["source_url"] == "https://x.example/1"
    assert record.text.startswith(files.HEAD)


def test_csv_rows_are_records_with_their_neighbours_as_hints() -> None:
    table = (
        "省份,年份,标题,链接,发布日期,正文\n"
        f'示例省,2020,题名,https://x.example,2020-01-20,"{files.REPORT}"\n'
        "\n"
        f'示例市,2021,,,,"{files.REPORT}"\n'
    )
    first, second = read_report(table.encode("utf-8-sig"), "全部.csv")
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.locator, second.locator) == ("row 2", "row 4")
    assert dict(first.hints) == {
        "name": "全部.csv",
        "region": "示例省",
        "year": "2020",
        "title": "题名",
        "source_url": "https://x.example",
        "publish_date": "2020-01-20",
    }
    assert second.hints["region"] == "示例市" and "title" not in second.hints


def test_an_unquoted_comma_in_a_row_is_refused_not_read_as_half_a_report() -> None:
    """A text cut at its first comma would count a fraction of its hits."""
    table = "year,full_text\n2020," + files.REPORT.replace("\n", "").replace("，", ",") + "\n"
    problem = the_problem(table.encode(), "a.csv")
    assert problem.locator == "row 2" and "cells" in problem.reason


def test_tsv_without_a_telling_header_takes_the_longest_column() -> None:
    body = files.REPORT.replace("\n", " ")
    table = f"编号\t何物\n1\t{body}\n2\t{body}\n"
    assert [
        counts(r.text) for r in read_report(table.encode(), "a.tsv") if isinstance(r, Record)
    ] == [
        TERMS,
        TERMS,
    ]


def test_a_table_of_numbers_is_no_report() -> None:
    problem = the_problem("地区,产值\n示例省,100\n".encode(), "a.csv")
    assert "No column holds the text" in problem.reason


def test_a_field_longer_than_the_csv_module_allows_is_read() -> None:
    """The module's own bound is 131,072 characters; the report of 1955 has 170,000 bytes."""
    text = files.REPORT * 900
    assert len(text) > 200_000
    record = only(f'full_text\n"{text}"\n'.encode(), "a.csv")
    assert counts(record.text)["芯片"] == 900


def test_year_tab_text_is_one_record_a_line() -> None:
    body = files.REPORT.replace("\n", "　")
    data = f"1999\t{body}\n2000\t{body}\tmore\n".encode()
    first, second = read_report(data, "gov_reports.txt")
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.locator, first.hints["year"]) == ("line 1", "1999")
    assert (second.locator, second.hints["year"]) == ("line 2", "2000")
    assert second.text.endswith("more")


def test_a_stray_line_in_a_collection_is_quarantined_alone() -> None:
    body = files.REPORT.replace("\n", "　")
    lines = [f"{year}\t{body}" for year in range(1990, 2010)]
    lines.insert(3, "stray")
    outcomes = read_report("\n".join(lines).encode(), "a.txt")
    assert [o.locator for o in outcomes if isinstance(o, Unreadable)] == ["line 4"]
    assert sum(isinstance(o, Record) for o in outcomes) == 20


def test_stata_observations(stata: bytes) -> None:
    first, second = read_report(stata, "a.dta")
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.parser, first.encoding) == ("stata", None)
    assert (first.hints["year"], first.hints["region"]) == ("2020", "示例省")
    assert second.locator == "row 2" and second.text.count("芯片") == 2


def test_json_lines_quarantine_the_bad_line_only() -> None:
    good = json.dumps({"year": 2020, "province": "示例省", "text": files.REPORT})
    outcomes = read_report(f"{good}\nnot json\n[1]\n{good}\n".encode(), "a.jsonl")
    assert [type(o) for o in outcomes] == [Record, Unreadable, Unreadable, Record]
    assert [o.locator for o in outcomes] == ["line 1", "line 2", "line 3", "line 4"]


def test_docx_keeps_order_tables_and_leaves_footers_out() -> None:
    table = [["指标", "产量"], ["晶圆", "三万片"]]
    record = only(files.docx_bytes(table=table, title="题名", footer="第1页 芯片"), "a.docx")
    assert record.hints["title"] == "题名"
    assert record.text.endswith("指标\t产量\n\n晶圆\t三万片")
    assert counts(record.text) == TERMS


def test_docx_text_that_python_docx_passes_over_is_read() -> None:
    """Content controls and tracked insertions hold text; deletions and copies do not count."""

    def run(text: str) -> str:
        return f"<w:r><w:t>{text}</w:t></w:r>"

    body = (
        f"<w:sdt><w:sdtContent><w:p>{run('控件里的芯片。')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p>{run('集成')}<w:ins>{run('电路')}</w:ins>"
        "<w:del><w:r><w:delText>半导体</w:delText></w:r></w:del></w:p>"
        "<w:p><mc:AlternateContent><mc:Choice><w:txbxContent>"
        f"<w:p>{run('框中晶圆')}</w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
        f"<w:p>{run('框中晶圆')}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:p>"
    )
    text = only(files.docx_with_body(body), "a.docx").text
    assert text.split("\n\n") == ["控件里的芯片。", "集成电路", "框中晶圆"]


def test_pdf_pages_lose_numbers_and_running_heads_only() -> None:
    pages = [
        [
            "示例省政府工作报告",
            f"第{n}段，建设集成电路产业基地，推动芯片企业发展，",
            "做好民生工作。",
            f"— {n} —",
        ]
        for n in range(1, 6)
    ]
    text = only(files.pdf_bytes(pages, title="题"), "a.pdf").text
    assert "示例省政府工作报告" not in text and "—" not in text
    assert text.count("集成电路") == 5 and text.count("做好民生工作。") == 5


def test_pdf_page_numbers_go_from_few_pages_too() -> None:
    pages = [[*files.LINES, number] for number in ("1", "第 2 页 共 2 页")]
    text = only(files.pdf_bytes(pages), "a.pdf").text
    assert text.split("\n") == [*files.LINES, *files.LINES]


def test_pdf_radicals_become_characters() -> None:
    """Kangxi radicals in a text layer (⼯ for 工) made a term match nowhere."""
    lines = [*files.LINES, "推动⼯业和⾼新技术发展，⻓江沿线。ＡＢ"]
    text = only(files.pdf_bytes([lines]), "a.pdf").text
    assert text.endswith("推动工业和高新技术发展，长江沿线。ＡＢ")


def test_html_holds_neither_scripts_nor_menus() -> None:
    head = (
        '<meta name="ArticleTitle" content="政府工作报告">'
        '<meta name="PubDate" content="2020-01-20 08:00">'
    )
    body = (
        f"<div><h1>政府工作报告</h1><p>{files.SESSION}</p><p>来源：示例日报 时间：2020-01-20</p>"
        "<div id='zoom'>"
        + "".join(f"<p>{line}</p>" for line in files.PARAGRAPHS)
        + "<p>各地各部门要抓好落实，让人民群众过上好日子。</p>" * 40
        + "</div></div>"
    )
    record = only(files.web_page(body, head=head).encode(), "a.html")
    assert counts(record.text) == TERMS
    assert record.text.startswith(f"政府工作报告\n\n{files.SESSION}")
    assert record.hints["title"] == "政府工作报告"
    assert record.hints["publish_date"] == "2020-01-20"
    assert record.hints["publisher"] == "示例日报"


def test_html_set_in_a_table_keeps_its_lines_and_inline_marks_split_no_term() -> None:
    cell = "<br>".join(files.LINES).replace("集成电路", "集成<b>电路</b>")
    text = only(files.web_page(f"<table><tr><td>{cell}</td></tr></table>").encode(), "a.htm").text
    assert text.split("\n") == list(files.LINES)


def test_archive_members_are_read_under_their_chinese_names() -> None:
    members = {
        "2020年示例省.docx": files.docx_bytes(),
        "子目录/2020年.txt": files.REPORT.encode("gb18030"),
        "子目录/全部.csv": f'full_text\n"{files.REPORT}"\n'.encode(),
    }
    for names in ("gb18030", "utf-8"):
        outcomes = read_report(files.zip_bytes(members, names=names), "all.zip")
        assert [o.locator for o in outcomes] == [
            "2020年示例省.docx",
            "子目录/2020年.txt",
            "子目录/全部.csv > row 2",
        ]
        assert all(isinstance(o, Record) and counts(o.text) == TERMS for o in outcomes)


def test_light_formats_do_not_pay_for_heavy_ones() -> None:
    """Reading Markdown, text and CSV must not import the libraries of the other formats."""
    code = (
        "import sys\n"
        "from orchestration.ingest.reports import read_report\n"
        "assert read_report('各位代表'.encode(), 'a.md')\n"
        "assert read_report('各位代表'.encode('gb18030'), 'a.txt')\n"
        "heavy = {'pypdfium2', 'docx', 'pyreadstat', 'selectolax', 'pandas', 'dagster'}\n"
        "sys.exit(bool(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "~$报告.docx", "README.md", "a.png"])
def test_side_files_are_ignored(name: str) -> None:
    (outcome,) = read_report(files.REPORT.encode(), name)
    assert isinstance(outcome, Ignored)
