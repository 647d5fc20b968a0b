"""What a new user's folder may hold: each ends as a sentence, and none reaches the disk."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
import report_files as files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ingest.records import Outcome
from orchestration.ingest.reports import Ignored, Limits, Record, Unreadable, read_report
from orchestration.ingest.reports.markdown import MarkdownReader

SMALL = Limits(
    max_file_bytes=200_000,
    max_archive_bytes=400_000,
    max_text_chars=100_000,
    max_records=50,
    max_members=20,
    max_unpacked_bytes=600_000,
    max_docx_bytes=400_000,
    max_xml_bytes=300_000,
)


def problem(data: bytes, name: str, limits: Limits | None = None) -> Unreadable:
    (outcome,) = read_report(data, name, limits=limits)
    assert isinstance(outcome, Unreadable), outcome
    return outcome


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("报告.pdf", files.program_bytes(), "a Windows program, not a PDF"),
        ("a.docx", files.program_bytes(), "a Windows program, not a DOCX"),
        ("a.md", b"", "empty"),
        ("a.txt", bytes(5000), "zero bytes"),
        ("a.docx", files.encrypted_docx_bytes(), "password"),
        ("a.pdf", files.pdf_bytes(encrypted=True), "password"),
        ("a.pdf", files.scanned_pdf_bytes(), "no text layer"),
        ("a.doc", files.ole_bytes("WordDocument"), "old Word document"),
        ("a.pdf", files.REPORT.encode(), "content is no PDF"),
        ("a.docx", files.REPORT.encode(), "content is no DOCX"),
        ("a.pdf", files.pdf_bytes()[:400], "damaged"),
        ("a.docx", files.docx_bytes()[:3000], "cannot be read"),
        ("a.zip", files.zip_bytes({}), "empty"),
        ("a.rar", b"Rar!\x1a\x07\x00" + bytes(99), "RAR archive"),
        ("a.wps", b"whatever", ".wps is not read"),
        ("a.txt", bytes(range(256)) * 40, "binary data"),
        ("a.txt", b"\n \n", "no text"),
        ("a.jsonl", b"\t\n", "no text"),  # once vanished without an outcome
        ("a.txt", b"plain English only", "no Chinese text"),
        ("a.dta", b"<stata_dta><header><release>118", "cannot be read"),
        ("a.csv", "正文\n".encode(), "no rows"),
    ],
)
def test_broken_files_are_quarantined_with_a_sentence(name: str, data: bytes, says: str) -> None:
    found = problem(data, name)
    assert says in found.reason
    assert found.reason.endswith(".") and found.hint.endswith(".")


def test_workbooks_among_reports_are_ignored() -> None:
    package = files.zip_bytes({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
    for data, name in ((package, "a.xlsx"), (files.ole_bytes("Workbook"), "a.xls")):
        (outcome,) = read_report(data, name)
        assert isinstance(outcome, Ignored) and "workbook" in outcome.reason


def test_a_folder_named_word_in_an_archive_is_no_docx() -> None:
    outcomes = read_report(files.zip_bytes({"word/2020.md": files.REPORT.encode()}), "a.zip")
    assert [type(o) for o in outcomes] == [Record]


@pytest.mark.parametrize(
    "name", ["../up.md", "a/../../up.md", "/etc/up.md", "C:\\up.md", "..\\up.md", "\\\\host\\up.md"]
)
def test_members_that_point_outside_are_refused_and_written_nowhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    archive = files.zip_bytes({name: files.REPORT.encode(), "good.md": files.REPORT.encode()})
    bad, good = read_report(archive, "a.zip")
    assert isinstance(bad, Unreadable) and "unsafe member name" in bad.reason
    assert isinstance(good, Record) and good.locator == "good.md"
    assert list(tmp_path.rglob("*")) == [inner]


def test_encrypted_members_do_not_stop_the_others() -> None:
    locked = files.marked_encrypted(files.zip_bytes({"a.md": files.REPORT.encode()}))
    found = problem(locked, "a.zip")
    assert "encrypted" in found.reason and found.locator == "a.md"


def test_an_archive_in_an_archive_is_left_closed() -> None:
    inner = files.zip_bytes({"a.md": files.REPORT.encode()})
    nested, good = read_report(
        files.zip_bytes({"in.zip": inner, "b.md": files.REPORT.encode()}), "a.zip"
    )
    assert isinstance(nested, Ignored) and nested.locator == "in.zip"
    assert isinstance(good, Record)


def test_one_name_twice_in_an_archive_gives_two_places() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = files.zip_bytes([("a.md", files.REPORT.encode())] * 2)
    assert [o.locator for o in read_report(archive, "a.zip")] == ["a.md", "a.md (2)"]


def test_bombs_are_stopped_while_unpacking() -> None:
    assert "200 times" in problem(files.bomb_zip_bytes(), "a.zip").reason
    found = problem(files.lying_zip_bytes(b"0" * 300_000, claimed=1000), "a.zip")
    assert "cannot be unpacked" in found.reason
    document = dict(files.zip_members(files.docx_bytes()))
    document["word/document.xml"] += b" " * (32 * 1024 * 1024)
    assert "times its packed size" in problem(files.zip_bytes(document), "a.docx").reason


def test_an_archive_that_unpacks_to_too_much_says_how_many_members_it_left() -> None:
    noise = random.Random(0)
    member = "".join(chr(noise.randrange(0x4E00, 0x9FA5)) for _ in range(60_000)).encode()
    archive = files.zip_bytes({f"{n}.txt": member for n in range(5)}, deflate=False)
    limits = Limits(max_unpacked_bytes=2 * len(member))
    outcomes = read_report(archive, "a.zip", limits=limits)
    assert len(outcomes) == 3
    last = outcomes[-1]
    assert isinstance(last, Unreadable) and "last 3 members" in last.reason


def test_entities_in_a_docx_are_refused_before_they_expand() -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "芯片"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    body = "<w:p><w:r><w:t>&b;</w:t></w:r></w:p>"
    found = problem(files.docx_with_body(body, prolog=entities), "a.docx")
    assert "declares XML entities" in found.reason


def test_a_huge_file_is_refused_by_its_size() -> None:
    found = problem(b"x" * 200_001, "a.txt", SMALL)
    assert "at most" in found.reason
    assert isinstance(read_report(files.REPORT.encode(), "a.txt", limits=SMALL)[0], Record)


def test_a_huge_text_is_refused_after_decoding() -> None:
    assert "100,001 characters" in problem(b"x" * 100_001, "a.txt", SMALL).reason


def test_too_many_records_are_refused() -> None:
    rows = "正文\n" + "各位代表\n" * 51
    assert "more than 50 rows" in problem(rows.encode(), "a.csv", SMALL).reason
    lines = "2020\t各位代表\n" * 51
    assert "51 lines" in problem(lines.encode(), "a.txt", SMALL).reason


def test_pages_that_would_stall_the_parser_are_refused() -> None:
    """100,000 nested elements kept the HTML parser busy for 14 seconds, 5,000 open <b> too."""
    deep = "<html><body>" + "<div>" * 2000 + "芯片" + "</div>" * 2000
    bold = "<html><body>" + "".join(f"<b id={n}><p>" for n in range(2000)) + "芯片"
    for page in (deep, bold):
        assert "deep" in problem(page.encode(), "a.html").reason
    flat = "<html><body>" + "<div><p>各位代表，建设芯片产业。</div>" * 2000
    assert isinstance(read_report(flat.encode(), "a.html")[0], Record)


def test_a_stata_header_that_claims_too_much_takes_no_memory(tmp_path: Path) -> None:
    """One changed byte in the number of observations made pyreadstat ask for 20 GB."""
    made = files.stata_bytes({"year": [2020], "report": [files.REPORT * 2]}, tmp_path)
    data = bytearray(made)
    data[data.find(b"<N>") + 3 + 3] = 2  # 33,554,433 observations in a file of 3 KB
    tracemalloc.start()
    try:
        assert "cannot be read" in problem(bytes(data), "a.dta").reason
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "needs more memory"),
        (RecursionError(), "nested too deeply"),
        (KeyError("first\nsecond"), "cannot be read after 1 records: 'first"),
        (ValueError("x" * 999), "…"),
    ],
)
def test_whatever_a_library_throws_is_one_sentence_and_keeps_what_was_read(
    error: Exception, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = read_report(files.REPORT.encode(), "a.md")[0]

    def failing(self: object, data: bytes, source: object) -> Iterator[Outcome]:
        yield good
        raise error

    monkeypatch.setattr(MarkdownReader, "read", failing)
    kept, problem = read_report(files.REPORT.encode(), "a.md")
    assert kept == good
    assert isinstance(problem, Unreadable) and says in problem.reason
    assert "\n" not in problem.reason and len(problem.reason) < 260


def test_deeply_nested_json_is_a_sentence() -> None:
    assert "not a JSON object" in problem(b"[" * 100_000, "a.jsonl").reason


def test_unclosed_comments_cost_no_time() -> None:
    """A lazy pattern would look for the end of each of 500,000 comments through all the rest."""
    (outcome,) = read_report(("各位代表" + "<!--" * 500_000).encode(), "a.md")
    assert isinstance(outcome, Record)


@pytest.mark.parametrize(
    "name",
    [
        "空 格.md",
        'it\'s "quoted".md',
        "报告🎉.md",
        "'; DROP TABLE files;--.md",
        "a\nb.md",
        "\udcff.md",
    ],
)
def test_odd_names_survive_as_text(name: str) -> None:
    (record,) = read_report(files.REPORT.encode(), name)
    assert isinstance(record, Record)
    record.hints["name"].encode()


SUFFIXES = ("", ".md", ".txt", ".docx", ".pdf", ".html", ".csv", ".tsv", ".jsonl", ".dta")
NAMES = st.sampled_from([f"a{suffix}" for suffix in (*SUFFIXES, ".zip", ".xlsx", ".doc", ".xyz")])


def accounted(data: bytes, name: str) -> None:
    outcomes = read_report(data, name, limits=SMALL)
    assert outcomes
    for outcome in outcomes:
        if isinstance(outcome, Record):
            assert outcome.text.strip()
            outcome.text.encode()
        else:
            assert outcome.reason.endswith(".")


@given(data=st.binary(max_size=2000), name=NAMES)
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(data: bytes, name: str) -> None:
    accounted(data, name)


SOUND = {
    "a.docx": files.docx_bytes(),
    "a.pdf": files.pdf_bytes(),
    "a.zip": files.zip_bytes({"报告.md": files.REPORT.encode(), "b.docx": files.docx_bytes()}),
    "a.html": files.web_page("".join(f"<p>{x}</p>" for x in files.LINES)).encode(),
    "a.csv": f'year,full_text\n2020,"{files.REPORT}"\n'.encode("gb18030"),
    "a.txt": files.REPORT.encode(),
}


@given(
    name=st.sampled_from(sorted(SOUND)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), min_size=1, max_size=6),
    cut=st.floats(0.05, 1),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_damage_to_a_sound_file_raises(
    name: str, edits: list[tuple[float, bytes]], cut: float
) -> None:
    data = bytearray(SOUND[name])
    for place, new in edits:
        at = int(place * len(data))
        data[at : at + len(new)] = new
    accounted(bytes(data[: int(cut * len(data))]), name)
