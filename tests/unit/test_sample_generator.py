"""The bundled sample: it can be written again byte for byte, and holds what the plan says.

Not here: whether the program's own readers and matcher find it (integration tests). The naive
extraction below shares no code with them, so that both can be wrong only independently.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import docx
import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

DATA = Path(__file__).parents[2] / "data"
LANDING = DATA / "landing"
MARKER = "【芯库示例文本：由程序生成，不是政府文件】"
TERMS = [
    "芯片",
    "半导体",
    "集成电路",
    "晶圆",
    "晶片",
    "电子设计自动化",
    "封测技术",
    "电子元器件",
    "高新技术",
    "高精尖",
]
STRICT = {
    "高新技术": ("高新技术企业", "高新技术产业开发区"),
    "高精尖": ("高精尖缺",),
    "半导体": ("半导体照明",),
}
DEV_ONLY = ("fpdf", "pylopdf_fonts_zh_cn")
ENCODINGS = {"吉林": "utf-8-sig", "安徽": "gb18030", "江西": "gb18030", "湖南": "gb18030"}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def naive_markdown(data: bytes) -> str:
    body = data.decode("utf-8").split("---\n", 2)[2]
    return re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)


def naive_page(data: bytes, encoding: str) -> str:
    tree = LexborHTMLParser(data.decode(encoding))
    content = tree.css_first("div.content")
    assert content is not None
    text: str = content.text(separator="\n")
    return text


def naive_text(name: str, data: bytes, region: str) -> str:
    match name.rsplit(".", 1)[-1]:
        case "md":
            return naive_markdown(data)
        case "html":
            return naive_page(data, "gb18030" if region == "天津" else "utf-8")
        case "docx":
            return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)
        case "pdf":
            pages = pypdfium2.PdfDocument(data)
            return "\n".join(page.get_textpage().get_text_range() for page in pages)
        case "csv":
            table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
            found = [row["full_text"] for row in table if row["province"].startswith(region)]
            assert len(found) == 1
            return found[0]
        case _:
            return data.decode(ENCODINGS.get(region, "utf-8"))


def naive_member(data: bytes, region: str, year: str) -> str:
    """Read the one member of a ZIP whose GBK name holds region and year."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        found = {
            info.filename.encode("cp437").decode("gbk"): package.read(info)
            for info in package.infolist()
        }
    wanted = [name for name in found if region in name and year in name]
    assert len(wanted) == 1
    name = wanted[0]
    if name.endswith(".txt"):
        return found[name].decode("gb18030")
    return naive_text(name, found[name], region)


@cache
def texts() -> dict[tuple[str, str], str]:
    """Return the text of each region and year without white space."""
    found = {}
    for row in rows("planted_region_years.csv"):
        region, year = row["region_name"], row["report_year"]
        data = (LANDING / row["file"]).read_bytes()
        if row["file"].endswith(".zip"):
            text = naive_member(data, region, year)
        else:
            text = naive_text(row["file"], data, region)
        found[region, year] = "".join(text.replace("**", "").split())
    return found


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    missing = [name for name in DEV_ONLY if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the generator needs {', '.join(missing)} of the dev extra")
    out = tmp_path_factory.mktemp("sample")
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"}
    command = [sys.executable, str(DATA / "generate.py"), "--out", str(out)]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    yield out


def test_a_second_run_writes_the_same_bytes(again: Path) -> None:
    committed, written = tree(LANDING), tree(again / "landing")
    assert sorted(written) == sorted(committed)
    assert [path for path in committed if committed[path] != written[path]] == []
    for table in ("counts", "region_years", "panel", "effects"):
        name = f"planted_{table}.csv"
        assert (again / name).read_bytes() == (DATA / name).read_bytes()


def test_generator_refuses_a_folder_it_did_not_write(tmp_path: Path, again: Path) -> None:
    own = tmp_path / "landing" / "notes.txt"
    own.parent.mkdir()
    own.write_text("mine", encoding="utf-8")
    command = [sys.executable, str(DATA / "generate.py"), "--out", str(tmp_path)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode != 0
    assert "was not written by" in run.stderr
    assert own.read_text(encoding="utf-8") == "mine"


def test_every_region_and_year_is_there_once() -> None:
    keys = [(row["region_code"], row["report_year"]) for row in rows("planted_region_years.csv")]
    assert len(keys) == len(set(keys)) == 155
    assert len({code for code, _ in keys}) == 31
    assert {year for _, year in keys} == {"2018", "2019", "2020", "2021", "2022"}


def test_totals_are_the_sums_of_the_counts() -> None:
    counts = rows("planted_counts.csv")
    for total in rows("planted_region_years.csv"):
        mine = [
            row
            for row in counts
            if (row["region_code"], row["report_year"])
            == (total["region_code"], total["report_year"])
        ]
        for column in ("n_hits", "n_annex_hits", "n_strict_excluded"):
            assert sum(int(row[column]) for row in mine) == int(total[column])
    assert any(total["n_hits"] == "0" for total in rows("planted_region_years.csv"))


def test_all_terms_are_planted() -> None:
    assert {row["term"] for row in rows("planted_counts.csv")} == set(TERMS)


def test_each_report_carries_the_marker_and_is_short() -> None:
    for key, text in texts().items():
        assert MARKER in text[:40], key
        assert 500 <= len(text.split("名词解释")[0]) <= 1200, key


def test_a_naive_recount_gives_the_plan() -> None:
    planned = {
        (row["region_name"], row["report_year"], row["term"]): (
            int(row["n_review_hits"]),
            int(row["n_plan_hits"]),
            int(row["n_annex_hits"]),
            int(row["n_strict_excluded"]),
        )
        for row in rows("planted_counts.csv")
    }
    counted = {}
    for (region, year), text in texts().items():
        main, _, annex = text.partition("名词解释")
        review, heading, ahead = main.partition("工作总体要求和主要目标")
        assert heading, (region, year)
        for term in TERMS:
            strict = sum(main.count(phrase) for phrase in STRICT.get(term, ()))
            found = (review.count(term), ahead.count(term), annex.count(term), strict)
            if any(found):
                counted[region, year, term] = found
    assert counted == planned


def test_some_hits_are_broken_in_the_file() -> None:
    """A reader that does not join broken lines must get fewer hits than the plan says."""
    for path, term in (
        ("省自治区/浙江省/2019.md", "高新技 术"),
        ("省自治区/福建省/2020.md", "集成电\n路"),
        ("省自治区/黑龙江省/2019.txt", "\n"),
    ):
        text = (LANDING / f"reports/政府工作报告-{path}").read_text(encoding="utf-8")
        assert term in text
        joined = "".join(text.split())
        assert any(joined.count(word) > text.count(word) for word in TERMS), path


def test_furniture_holds_terms_that_no_count_may_include() -> None:
    page = (LANDING / "reports/政府工作报告-直辖市/北京市/2018.html").read_text(encoding="utf-8")
    whole, content = page, naive_page(page.encode(), "utf-8")
    assert sum(map(whole.count, TERMS)) >= sum(map(content.count, TERMS)) + 4


def test_every_format_is_there_and_the_folder_is_small() -> None:
    files = tree(LANDING)
    endings = {path.rsplit(".", 1)[-1] for path in files}
    assert {"md", "txt", "docx", "pdf", "html", "csv", "zip", "png", "yaml", "xlsx"} <= endings
    everything = sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file())
    assert everything < 3_000_000


def test_files_that_must_not_become_a_primary_document() -> None:
    reports = LANDING / "reports"
    copy = (reports / "转载/山东省2019年政府工作报告 (1).md").read_bytes()
    assert copy == (reports / "政府工作报告-省自治区/山东省/2019.md").read_bytes()
    abridged = (reports / "转载/浙江省政府工作报告（2021年） 摘登.txt").read_text(encoding="utf-8")
    assert abridged.rstrip().endswith("（本文有删减）")
    assert len("".join(abridged.split())) < len(texts()["浙江", "2021"])
    cut = (reports / "政府工作报告-直辖市/上海市/2022（下载未完成）.pdf").read_bytes()
    assert cut.startswith(b"%PDF")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(cut)


def test_zip_names_are_gbk_without_the_flag() -> None:
    with zipfile.ZipFile(LANDING / "reports/两地政府工作报告.zip") as package:
        assert len(package.namelist()) == 10
        assert all(not info.flag_bits & 0x800 for info in package.infolist())
        assert package.testzip() is None
