"""Writers of the sample: a planned report to the bytes of one file format.

Belongs here: how a Markdown, text, Word, PDF, HTML, CSV, ZIP or PNG file is made so that its bytes
repeat on every machine: fixed dates, nothing compressed (deflate streams differ between zlib
builds). Not here: what a report says and where its file stands.
"""

from __future__ import annotations

import csv
import html
import io
import struct
import textwrap
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import docx
import fpdf
import pylopdf_fonts_zh_cn
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from fpdf.enums import WrapMode
from plan import Block, Report

STAMP = datetime(2022, 3, 1, tzinfo=UTC)
CSV_COLUMNS = ("province", "year", "title", "source_url", "publish_date", "full_text")
INDENT = "\u3000\u3000"

# Parts of python-docx's default template that no report needs; they are 90 % of its size.
_DOCX_NEEDLESS = frozenset(
    {
        "stylesWithEffects",
        "thumbnail",
        "customXml",
        "numbering",
        "theme",
        "fontTable",
        "webSettings",
        "extended-properties",
    }
)
_DOCX_STYLES = frozenset({"Normal", "Default Paragraph Font", "Normal Table", "No List"})


def source_url(report: Report) -> str:
    """Return an address that cannot exist (RFC 2606) in the shape of a real one."""
    return f"https://example.invalid/xinku-sample/{report.region.code}/{report.year}.html"


def published(report: Report) -> str:
    """Return an ISO date of publication, the day after delivery."""
    year, month, day = report.date
    return f"{year}-{month:02d}-{day + 1:02d}"


def markdown(report: Report, *, bold: bool, title: str | None = None, decoy: str = "") -> bytes:
    """Return Markdown with YAML front matter.

    Args:
        report: the report.
        bold: headings and the lines above the first paragraph in bold, as many real files have.
        title: title in the front matter where it is not the report's own.
        decoy: ``keywords`` (terms in the front matter), ``comment`` (terms in an HTML comment) or
            nothing: words that no count may include.
    """
    lines = ["---", f"source: {source_url(report)}", f"title: {title or report.title}"]
    if decoy == "keywords":
        lines.append("keywords: 芯片、半导体、高新技术")
    lines += ["---", ""]
    for block in report.blocks:
        strong = bold and block.kind in {"title", "head", "heading"}
        lines += [f"**{block.text}**" if strong else block.text, ""]
        if decoy == "comment" and block.kind == "title":
            lines += ["<!-- 配图：集成电路样例车间，示例记者 摄 -->", ""]
    return "\n".join(lines).encode()


def text(
    report: Report, *, encoding: str = "utf-8", newline: str = "\n", width: int | None = None
) -> bytes:
    """Return plain text with paragraphs indented by two EM spaces.

    Args:
        report: the report.
        encoding: Python codec name; ``utf-8-sig`` writes a byte order mark.
        newline: line ending.
        width: break paragraphs after so many characters, wherever that falls.
    """
    lines: list[str] = []
    for block in report.blocks:
        if block.kind != "text":
            lines.append(block.text)
            continue
        paragraph = INDENT + block.text
        size = width or len(paragraph)
        lines += [paragraph[at : at + size] for at in range(0, len(paragraph), size)]
    return (newline.join(lines).replace("\r\n", "\n").replace("\n", newline) + newline).encode(
        encoding
    )


def word(report: Report) -> bytes:
    """Return a .docx whose parts are stored uncompressed under one fixed date."""
    document = docx.Document()
    for style in list(document.styles):
        if style.name not in _DOCX_STYLES:
            document.styles.element.remove(style.element)
    document.styles.element.remove(document.styles.element.find(_w("latentStyles")))
    for relations in (document.part.rels, document.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.rsplit("/", 1)[1] in _DOCX_NEEDLESS:
                del relations[key]
    properties = document.core_properties
    properties.author = properties.last_modified_by = "xinku data/generate.py"
    properties.title = report.title
    properties.comments = "synthetic sample"
    properties.created = properties.modified = STAMP.replace(tzinfo=None)
    for block in report.blocks:
        _word_paragraph(document, block)
    packed = io.BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as package:
        return archive({name: package.read(name) for name in package.namelist()})


def _word_paragraph(document: Document, block: Block) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(block.text)
    run.bold = block.kind in {"title", "heading"}
    if block.kind == "title":
        run.font.size = Pt(18)
    if block.kind in {"title", "head"}:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif block.kind == "text":
        paragraph.paragraph_format.first_line_indent = Pt(24)


def _w(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{tag}"


def pdf(report: Report) -> bytes:
    """Return an A4 PDF with the glyphs it uses of Noto Sans SC (OFL) embedded."""
    page = fpdf.FPDF(format="A4")
    page.set_compression(False)
    page.set_creation_date(STAMP)
    page.set_title(report.title)
    page.set_author("xinku data/generate.py")
    page.set_margin(22)
    page.add_page()
    page.add_font("NotoSansSC", fname=str(pylopdf_fonts_zh_cn.sans_path()))
    for block in report.blocks:
        page.set_font("NotoSansSC", size=20 if block.kind == "title" else 14)
        centred = block.kind in {"title", "head"}
        shown = INDENT + block.text if block.kind == "text" else block.text
        page.multi_cell(
            0,
            13 if block.kind == "title" else 10,
            shown,
            align="C" if centred else "L",
            wrapmode=WrapMode.CHAR,
            new_x="LMARGIN",
            new_y="NEXT",
        )
    return bytes(page.output())


_PAGE = """\
<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{charset}">
<title>{title}_示例门户网</title>
<style>body {{ font-family: serif; }} .nav li {{ float: left; }}</style>
<script>var channel = "半导体专题"; document.title = document.title + " 芯片";</script>
</head>
<body>
<nav class="nav"><ul><li><a href="/">首页</a></li><li><a href="/chip">芯片专题</a></li>
<li><a href="/hi-tech">高新技术专栏</a></li><li><a href="/open">信息公开</a></li></ul></nav>
<!-- 模板编号 07：集成电路频道 -->
<main><article>
<h1>{title}</h1>
<p class="meta">发布时间：{date}&nbsp;&nbsp;来源：示例门户网
&nbsp;&nbsp;【字体：大 中 小】 打印 收藏</p>
<div class="content">
{paragraphs}
</div>
</article></main>
<footer><p>主办单位：示例办公厅&nbsp;|&nbsp;网站标识码 0000000000
&nbsp;|&nbsp;示例备案 00000000 号</p>
<p><a href="/map">网站地图</a> <a href="/contact">联系我们</a></p></footer>
</body>
</html>
"""


def page(report: Report, *, encoding: str = "utf-8") -> bytes:
    """Return an HTML page with the furniture of a portal (which holds terms) round the report."""
    wrap = {"title": "h2", "head": "p", "heading": "h3", "text": "p"}
    paragraphs = []
    for block in report.blocks:
        tag = wrap[block.kind]
        indent = "&emsp;&emsp;" if tag == "p" else ""
        paragraphs.append(f"<{tag}>{indent}{html.escape(block.text)}</{tag}>")
    return _PAGE.format(
        charset="gb2312" if encoding == "gb18030" else encoding,
        title=report.title,
        date=published(report),
        paragraphs="\n".join(paragraphs),
    ).encode(encoding)


def table(reports: Iterable[Report]) -> bytes:
    """Return a CSV, one report a row, with a byte order mark and CRLF between rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(CSV_COLUMNS)
    for report in reports:
        writer.writerow(
            (
                report.region.full,
                report.year,
                report.title,
                source_url(report),
                published(report),
                report.text,
            )
        )
    return buffer.getvalue().encode("utf-8-sig")


def archive(members: Mapping[str, bytes], *, name_encoding: str = "ascii") -> bytes:
    """Return a ZIP of ``members``, stored uncompressed.

    With ``name_encoding="gbk"`` the names are raw GBK without the UTF-8 flag, as Chinese Windows
    writes them. ``zipfile`` cannot write such names, so that it is given ASCII stand-ins of the
    same length in bytes; names are outside every checksum.
    """
    packed = io.BytesIO()
    real: dict[bytes, bytes] = {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as package:
        for number, (name, content) in enumerate(members.items()):
            raw = name.encode(name_encoding)
            shown = name if raw.isascii() else f"@{number:03d}".ljust(len(raw), "@")
            real[shown.encode()] = raw
            entry = zipfile.ZipInfo(shown, STAMP.timetuple()[:6])
            entry.create_system = 0
            entry.external_attr = 0
            package.writestr(entry, content)
    blob = packed.getvalue()
    for shown_bytes, raw in real.items():
        if shown_bytes != raw:
            blob = blob.replace(shown_bytes, raw)
    return blob


def picture() -> bytes:
    """Return a PNG of 24 by 24 grey squares."""
    side = 24
    rows = b"".join(
        b"\0" + bytes(255 if (x // 6 + y // 6) % 2 else 160 for x in range(side))
        for y in range(side)
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def dedented(words: str) -> bytes:
    """Return the UTF-8 bytes of an indented triple-quoted text."""
    return textwrap.dedent(words).lstrip("\n").encode()
