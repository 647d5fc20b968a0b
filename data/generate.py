"""Write the bundled sample: ``python data/generate.py [--out DIR]``.

Belongs here: which file each report goes into, the files that are there to be refused, and the
planted tables. Not here: sentences (``grammar.py``), the plan (``plan.py``), numbers
(``panel.py``) and their files (``yearbooks.py``), bytes (``formats.py``). The same call writes
the same bytes, whatever the day, machine or hash seed.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import formats
from formats import dedented
from grammar import TERMS
from panel import panel
from plan import MUNICIPALITIES, YEARS, Block, Report, plan
from yearbooks import landing_files as yearbook_files
from yearbooks import planted_effects, planted_rows

PRODUCER = "xinku data/generate.py"
MAIN = ("review", "plan")
COUNT_COLUMNS = (
    "region_code",
    "region_name",
    "report_year",
    "term",
    "n_hits",
    "n_review_hits",
    "n_plan_hits",
    "n_annex_hits",
    "n_strict_excluded",
)
REGION_YEAR_COLUMNS = (
    "region_code",
    "region_name",
    "report_year",
    "delivered_on",
    "n_hits",
    "n_annex_hits",
    "n_strict_excluded",
    "file",
)
CSV_REGIONS = ("海南", "贵州", "西藏", "甘肃", "青海", "新疆")
ZIP_REGIONS = ("内蒙古", "重庆")
MIXED_REGIONS = ("湖北", "云南")

Writer = Callable[[Report], bytes]

_DOCX: tuple[str, Writer] = ("docx", formats.word)
_PDF: tuple[str, Writer] = ("pdf", formats.pdf)
_PAGE: tuple[str, Writer] = ("html", formats.page)
_TXT: tuple[str, Writer] = ("txt", formats.text)
_GB18030: tuple[str, Writer] = ("txt", partial(formats.text, encoding="gb18030", newline="\r\n"))
_BOLD: tuple[str, Writer] = ("md", partial(formats.markdown, bold=True))
_PLAIN: tuple[str, Writer] = ("md", partial(formats.markdown, bold=False))

_WRITERS: dict[str, tuple[str, Writer]] = {
    "北京": _PAGE,
    "天津": ("html", partial(formats.page, encoding="gb18030")),
    "河北": ("md", partial(formats.markdown, bold=True, decoy="comment")),
    "山西": ("md", partial(formats.markdown, bold=False, decoy="keywords")),
    "内蒙古": _GB18030,
    "辽宁": _TXT,
    "吉林": ("txt", partial(formats.text, encoding="utf-8-sig", newline="\r\n")),
    "黑龙江": ("txt", partial(formats.text, width=20)),
    "上海": _PDF,
    "江苏": _DOCX,
    "浙江": _BOLD,
    "安徽": _GB18030,
    "福建": _PLAIN,
    "江西": _GB18030,
    "山东": _PLAIN,
    "河南": _BOLD,
    "湖南": _GB18030,
    "广东": _DOCX,
    "广西": _PAGE,
    "重庆": _DOCX,
    "陕西": _BOLD,
    "宁夏": _PLAIN,
}
_MIXED = dict(zip(YEARS, (_PLAIN, _TXT, _DOCX, _PDF, _PAGE), strict=True))

_NAMES = {
    "安徽": "{full} 政府工作报告（{year}年） .txt",
    "广东": "【{year}】{full}政府工作报告 全文.docx",
    "辽宁": "《政府工作报告》 {year} 年.txt",
}

_LANDING = f"""
    title: 芯库示例语料
    is_sample: true
    producer: {PRODUCER}
    licence: CC0-1.0
    note: >-
      Synthetic text and numbers. No sentence comes from a real report and every figure is a
      random number; see data/README.md. 全部文本由程序生成，不是政府文件，数字为随机数；
      年鉴与表格为样本数据，非真实。
"""


def landing_files(reports: list[Report]) -> tuple[dict[str, bytes], dict[tuple[str, int], str]]:
    """Lay the landing zone out.

    Returns:
        Content by path under the landing zone, and the path of the primary file of each
        (region code, year). Paths use forward slashes.
    """
    files: dict[str, bytes] = {}
    home: dict[tuple[str, int], str] = {}
    bundled: dict[str, bytes] = {}
    for report in reports:
        short, year = report.region.short, report.year
        if short in CSV_REGIONS:
            path = f"reports/省级政府工作报告汇编/{year}年部分省区政府工作报告.csv"
            files.setdefault(path, b"")
        elif short in ZIP_REGIONS:
            path = "reports/两地政府工作报告.zip"
            ending, write = _WRITERS[short]
            bundled[f"{report.region.full}/{report.title}.{ending}"] = write(report)
        else:
            path, write = _own_file(report)
            files[path] = write(report)
        home[report.region.code, year] = path
    files["reports/两地政府工作报告.zip"] = formats.archive(bundled, name_encoding="gbk")
    for year in YEARS:
        rows = [r for r in reports if r.year == year and r.region.short in CSV_REGIONS]
        files[home[rows[0].region.code, year]] = formats.table(rows)
    files |= _awkward_files({(r.region.short, r.year): r for r in reports})
    files["landing.yaml"] = dedented(_LANDING)
    return files, home


def _own_file(report: Report) -> tuple[str, Writer]:
    short, full, year = report.region.short, report.region.full, report.year
    group = "直辖市" if short in MUNICIPALITIES else "省自治区"
    folder = f"reports/政府工作报告-{group}/{full}"
    if short == "四川":
        # Named by the year reviewed, one less than the year of delivery.
        title = f"{year - 1}年{full}人民政府工作报告"
        return f"{folder}/{year - 1}.md", partial(formats.markdown, bold=True, title=title)
    ending, write = _MIXED[year] if short in MIXED_REGIONS else _WRITERS[short]
    name = _NAMES.get(short, f"{{year}}.{ending}").format(full=full, year=year)
    return f"{folder}/{name}", write


def _awkward_files(reports: dict[tuple[str, int], Report]) -> dict[str, bytes]:
    """Return the files that must not end up as a primary document."""
    whole = reports["浙江", 2021]
    first_heading = next(i for i, block in enumerate(whole.blocks) if block.kind == "heading")
    cut = [*whole.blocks[: first_heading + 2], Block("text", "（本文有删减）")]
    abridged = Report(whole.region, whole.year, whole.date, cut)
    broken = formats.pdf(reports["上海", 2022])
    return {
        "reports/转载/浙江省政府工作报告（2021年） 摘登.txt": formats.text(abridged),
        "reports/转载/山东省2019年政府工作报告 (1).md": formats.markdown(
            reports["山东", 2019], bold=False
        ),
        "reports/政府工作报告-直辖市/上海市/2022（下载未完成）.pdf": broken[: len(broken) // 3],
        "reports/政府工作报告-省自治区/江苏省/封面 图片.png": formats.picture(),
    }


def planted_counts(reports: list[Report]) -> list[tuple[str | int, ...]]:
    """Return one row a (region, year, term) that was planted, from the plan alone."""
    rows: list[tuple[str | int, ...]] = []
    for report in reports:
        for term in TERMS:
            review, ahead, annex = (
                report.count((section,), term) for section in ("review", "plan", "annex")
            )
            if review + ahead + annex:
                strict = report.count(MAIN, term, excluded=True)
                key = (report.region.code, report.region.short, report.year, term)
                rows.append((*key, review + ahead, review, ahead, annex, strict))
    return rows


def planted_region_years(
    reports: list[Report], home: dict[tuple[str, int], str]
) -> list[tuple[str | int, ...]]:
    """Return one row a region and year, true zeros included."""
    return [
        (
            report.region.code,
            report.region.short,
            report.year,
            "{}-{:02d}-{:02d}".format(*report.date),
            sum(report.count(MAIN, term) for term in TERMS),
            sum(report.count(("annex",), term) for term in TERMS),
            sum(report.count(MAIN, term, excluded=True) for term in TERMS),
            home[report.region.code, report.year],
        )
        for report in reports
    ]


def write(out: Path) -> int:
    """Write landing zone and planted tables under ``out``; return the number of bytes.

    Raises:
        FileExistsError: ``out/landing`` is there and was not written by this program.
    """
    landing = out / "landing"
    if landing.exists():
        about = landing / "landing.yaml"
        if not about.is_file() or PRODUCER not in about.read_text(encoding="utf-8"):
            raise FileExistsError(f"{landing} was not written by {PRODUCER}; choose another --out.")
    reports = plan()
    files, home = landing_files(reports)
    region_years = planted_region_years(reports, home)
    numbers = panel({(str(row[0]), int(row[2])): int(row[4]) for row in region_years})
    files |= yearbook_files(numbers)
    if landing.exists():
        shutil.rmtree(landing)
    for path, content in files.items():
        target = landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    _write_csv(out / "planted_counts.csv", COUNT_COLUMNS, planted_counts(reports))
    _write_csv(out / "planted_region_years.csv", REGION_YEAR_COLUMNS, region_years)
    for name, (columns, *rows) in {
        "planted_panel.csv": planted_rows(numbers),
        "planted_effects.csv": planted_effects(numbers),
    }.items():
        _write_csv(out / name, columns, rows)
    return sum(len(content) for content in files.values())


def _write_csv(path: Path, columns: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main() -> None:
    """Read the command line and write the sample."""
    parser = argparse.ArgumentParser(description="Write the bundled synthetic landing zone.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="default: data/")
    out: Path = parser.parse_args().out
    sys.stdout.write(f"{write(out):,} bytes under {out / 'landing'}\n")


if __name__ == "__main__":
    main()
