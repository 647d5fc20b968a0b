"""Every row of the report table in ../shared/design/traps.md, on the real files that hold it.

One look at the real landing zone and one at the dirty set; rows that no real file holds are played
with made-up texts. Where a row has tests of its own elsewhere, this one shows the whole way.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models_py.text import Lexicon, TokenCounter, match, split_sections
from orchestration.ingest.inventory import Taken, take_inventory
from orchestration.ingest.regions import RegionTable
from orchestration.study import load_studies
from tests.fixtures.prose import prose, report_text

pytestmark = pytest.mark.acceptance

REGIONS = RegionTable.from_seeds()
Row = dict[str, Any]


class Look:
    """An inventory with its rows at hand."""

    def __init__(self, taken: Taken) -> None:
        self.files = {row["path"].removeprefix("reports/"): row for row in taken.inventory.files}
        self.documents = taken.inventory.documents
        self.findings = taken.inventory.findings
        self.quarantine = taken.inventory.quarantine

    def of(self, part: str) -> list[Row]:
        return [row for row in self.documents if part in row["path"]]

    def rules(self, part: str) -> set[str]:
        return {row["rule"] for row in self.findings if part in row["path"]}


@pytest.fixture(scope="module")
def real(shared: Path) -> Look:
    return Look(take_inventory(shared / "data" / "landing", REGIONS))


@pytest.fixture(scope="module")
def dirty(shared: Path) -> Look:
    return Look(take_inventory(shared / "data" / "dirty", REGIONS))


def played(folder: Path, **texts: str) -> Look:
    for name, text in texts.items():
        path = folder / "reports" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".txt").write_text(text, encoding="utf-8")
    return Look(take_inventory(folder, REGIONS))


def test_year_in_the_name_is_the_year_reviewed(real: Look) -> None:
    for reviewed in range(2003, 2020):
        (row,) = real.of(f"四川省/{reviewed}.md")
        assert row["report_year"] == reviewed + 1
        assert "wrong_year" in real.rules(f"四川省/{reviewed}.md")
    (speech,) = real.of("四川省/2018.md")
    assert speech["delivered_on"] == date(2019, 1, 14)
    statuses = sorted(real.of(f"四川省/{name}.md")[0]["status"] for name in (2019, 2020))
    assert statuses == ["primary", "superseded"]


def test_session_held_in_october_to_december_before(tmp_path: Path) -> None:
    head = "——2022年12月30日在合肥市第十七届人民代表大会第二次会议上"
    look = played(tmp_path, 合肥市__2022=report_text("合肥市", 2023, head=head))
    (row,) = look.documents
    assert (row["report_year"], row["plan_year"], row["reviewed_year"]) == (2023, 2023, 2022)
    assert row["delivered_on"] == date(2022, 12, 30)
    assert "wrong_year" not in look.rules("合肥市")


def test_one_region_year_from_two_sources(real: Look) -> None:
    for year in (2025, 2026):
        by_region: dict[str, list[Row]] = {}
        for row in real.documents:
            if row["report_year"] == year and row["region_level"] == "province":
                by_region.setdefault(row["region_code"], []).append(row)
        assert len(by_region) == 31
        for rows in by_region.values():
            assert [row["status"] for row in rows].count("primary") == 1
            assert {row["status"] for row in rows} <= {"primary", "superseded"}
            assert all(row["status_reason"] for row in rows if row["status"] == "superseded")


def test_wrong_region_in_the_folder(real: Look, tmp_path: Path) -> None:
    look = played(tmp_path, 南京市__2015=report_text("苏州市", 2015))
    assert look.rules("南京市") >= {"wrong_region"}
    (row,) = look.quarantine
    assert "苏州" in row["reason"]
    assert "南京" in row["reason"]
    assert not [row for row in real.findings if row["rule"] in ("wrong_region", "wrong_level")]


def test_text_repeated_inside_one_file(dirty: Look, real: Look) -> None:
    sound = {
        row["report_year"]: row["body"]
        for row in real.of("国务院")
        if row["status"] == "primary" and row["report_year"]
    }
    repeated = [row for row in dirty.findings if row["rule"] == "repetition"]
    assert len(repeated) >= 10
    for finding in repeated:
        (row,) = [row for row in dirty.documents if row["document_id"] == finding["document_id"]]
        whole = sound.get(row["report_year"])
        if row["status"] == "quarantined" or whole is None:
            continue
        # One copy, and not a quarter more than the sound text elsewhere.
        assert row["n_chars"] <= 1.25 * len("".join(whole.split())), row["path"]
    assert sum(row["rule"] == "repetition" for row in real.findings) <= 4


def test_mojibake_is_never_counted_as_zero(dirty: Look) -> None:
    garbled = [row for row in dirty.quarantine if "garbled" in row["reason"]]
    assert len(garbled) >= 30
    assert {row["path"].rsplit("/", 1)[-1] for row in garbled} >= {"gov_reports1954-2019.txt"}
    assert all(row["hint"] for row in garbled)


def test_abridged_and_truncated_texts_carry_it(real: Look, dirty: Look) -> None:
    for name in (
        "浙江省/2020",
        "浙江省/2021",
        "浙江省/2022",
        "浙江省/2023",
        "甘肃省/2018",
        "甘肃省/2019",
    ):
        (row,) = real.of(f"{name}.md")
        assert row["completeness"] == "abridged", name
        assert "abridged" in real.rules(f"{name}.md")
    for year in (2006, 2007, 2008, 2009):
        rows = [
            row
            for row in dirty.of("全国_重复文本")
            if row["path"].endswith(f"{year}.txt") and row["n_chars"] < 8_000
        ]
        assert all(
            row["status"] == "quarantined" or row["completeness"] != "full" for row in rows
        ), year


@pytest.mark.parametrize(
    "text",
    [
        "江苏省第十三届人民代表大会第三次会议关于政府工作报告的决议\n" + prose(40, 1),
        "政府工作报告名词解释\n" + "\n".join(f"{n}.某词：指{one}" for n, one in enumerate(prose(30, 2).split("。"), 1)),
        "关于江苏省2019年国民经济和社会发展计划执行情况与2020年计划草案的报告\n各位代表：\n" + prose(40, 3),
        "江苏省人民代表大会常务委员会工作报告\n——2020年1月14日在江苏省第十三届人民代表大会第三次会议上\n各位代表：\n" + prose(40, 4),
    ],
    ids=["resolution", "word list", "plan report", "congress report"],
)  # fmt: skip
def test_not_a_report_at_all(tmp_path: Path, text: str) -> None:
    look = played(tmp_path, 江苏省__2020=text)
    assert {row["rule"] for row in look.findings if row["severity"] == "error"} == {"not_a_report"}
    assert [row["status"] for row in look.documents] == ["quarantined"]


def test_another_level_in_the_folder(tmp_path: Path) -> None:
    look = played(
        tmp_path,
        南京市__2015=report_text("江苏省", 2015),
        苏州市__2016=report_text(
            "昆山市", 2016, "昆山经济增长。昆山开发区扩大。", plan="建设美丽昆山。"
        ),
    )
    assert {row["rule"] for row in look.findings if row["severity"] == "error"} == {"wrong_level"}
    assert {row["status"] for row in look.documents} == {"quarantined"}


def test_several_records_in_one_file(dirty: Look, real: Look) -> None:
    lines = dirty.of("gov_reports1954-2017.txt")
    assert len(lines) > 40
    assert len({row["member"] for row in lines}) == len(lines)
    assert all(row["member"].startswith("line ") for row in lines)
    assert all(row["member"].startswith("row ") for row in dirty.of("shanghai_reports.dta"))
    assert len(real.of("2026_raw_text")) == 31


def test_zip_with_names_in_gbk(real: Look) -> None:
    members = real.of("31省区市政府工作报告.zip")
    assert len(members) == 31
    assert all("\ufffd" not in row["member"] and row["region_code"] for row in members)


def test_encodings_and_page_furniture(real: Look) -> None:
    bodies = [row["body"] for row in real.documents]
    for residue in ("<U+00A0>", "&amp;", "&nbsp;", "<!--", "\r", "\ufeff"):
        assert not [body for body in bodies if residue in body], residue
    assert {row["encoding"] for row in real.of("国务院_gb18030")} == {"gb18030"}
    for row in real.of("2026_raw_text"):
        lines = {line.strip() for line in row["body"].split("\n")}
        assert not lines & {"下载", "打印", "全屏", "收藏"}


def test_glossaries_and_annexes_are_sections_of_their_own(real: Look) -> None:
    annexed = {row["document_id"] for row in real.findings if row["rule"] == "annex"}
    assert len(annexed) >= 80
    for row in real.documents:
        kinds = {section.kind for section in split_sections(row["body"])}
        assert ("annex" in kinds) == (row["document_id"] in annexed), row["path"]


def test_a_term_split_by_a_space(real: Look) -> None:
    (row,) = real.of("无锡市/2013.md")
    (study,) = load_studies(Path(row["path"]), ["chip_innovation"])
    hits = [row["body"][hit.start : hit.end] for hit in match(row["body"], study.to_lexicon())]
    assert any(" " in hit and "".join(hit.split()) == "高新技术" for hit in hits)


def test_jieba_swallows_the_term() -> None:
    text = "发展存储芯片和半导体芯片，电子元器件出口增长。"
    lexicon = Lexicon.of({"core": ["芯片", "电子元器件"]}, topic="t")
    tokens = TokenCounter(lexicon).hits(text)
    assert len(match(text, lexicon)) == 3
    assert sum(tokens.values()) <= 3


def test_the_term_means_something_else(tmp_path: Path) -> None:
    (strict,) = load_studies(tmp_path, ["chip_innovation_strict"])
    text = "新增高新技术企业百家，高新技术产业开发区和半导体照明，引进高精尖缺人才；发展高新技术。"
    hits = match(text, strict.to_lexicon())
    assert [hit.excluded_by for hit in hits] == [
        "高新技术企业", "高新技术产业开发区", "半导体照明", "高精尖缺", None,
    ]  # fmt: skip


def test_terms_that_never_occur(sample_build: tuple[Path, Any]) -> None:
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        rows = connection.execute(
            "select term, n_hits, share_of_hits from marts.lexicon_coverage "
            "where topic = 'chip_innovation' and n_occurrences = 0"
        ).fetchall()
        listed = connection.execute(
            "select count(*) from marts.lexicon_coverage where topic = 'chip_innovation'"
        ).fetchone()
    assert listed == (10,)
    assert all(hits == 0 and share is None for _, hits, share in rows)


def test_a_missing_report_is_not_a_zero(sample_build: tuple[Path, Any]) -> None:
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        nothing = connection.execute(
            "select count(*) from marts.government_attention where report_year = 2017"
        ).fetchone()
    assert nothing == (0,)
