"""Every accepted layout gives the same findings; what is no table gives one sentence."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from models_py.audit import WRONG, audit

ROWS = [
    ["", "模型 1", "模型 2"],
    ["", "Chip", "Chip"],
    ["Govat", "0.0387 (1.42)", "0.069** (2.43)"],
    ["Findev", "", "−2.981 (−1.17)"],
    ["Constant", "8.809*** (38.59)", "11.475** (0.68)"],
    ["N", "155", "155"],
    ["R2", "0.688", "0.691"],
]
NOTE = "注：***、**和*分别表示在 1%、5%和 10%水平显著，括号中数值为对应 t 统计量。"


def wrong(table: object, context: dict[str, object] | None = None) -> set[tuple[str, str]]:
    found = audit(table, context)
    rows = found[found["verdict"].isin(WRONG)]
    return {(row.rule, row.cell.split("· ")[-1]) for row in rows.itertuples()}


def markdown() -> str:
    lines = ["| " + " | ".join(row) + " |" for row in ROWS]
    return "\n".join(["表 4 直接效应", "", lines[0], "|---|---|---|", *lines[1:], "", NOTE])


def html() -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    return f"<html><body><table>{body}</table><p>{NOTE}</p></body></html>"


def csv() -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [*ROWS, [NOTE, "", ""]])


def latex() -> str:
    lines = [" & ".join(row).replace("**", "^{**}").replace("−", "$-$") + r" \\" for row in ROWS]
    return "\n".join(
        [r"\begin{tabular}{lcc}", r"\hline", *lines, r"\hline", r"\end{tabular}", NOTE]
    )


def pasted() -> str:
    return (
        "表 4. 直接效应\n\n \n模型 1 模型 2\n\nChip Chip\n\nGovat 0.0387 (1.42) 0.069** (2.43)\n\n"
        "Findev  −2.981 (−1.17)\n\nConstant 8.809*** (38.59) 11.475** (0.68)\n\nN 155 155\n\n"
        "R2 0.688 0.691\n\n" + NOTE
    )


def docx() -> bytes:
    import docx as word

    document = word.Document()
    document.add_paragraph("表 4 直接效应")
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        cells = table.add_row().cells
        for at, text in enumerate(row):
            cells[at].text = text
    document.add_paragraph(NOTE)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def xlsx() -> bytes:
    kept = io.BytesIO()
    frame = pd.DataFrame([*ROWS, [NOTE, "", ""]])
    frame.to_excel(kept, header=False, index=False)
    return kept.getvalue()


@pytest.mark.parametrize(
    "make", [markdown, html, csv, latex, pasted, docx, xlsx], ids=lambda make: make.__name__
)
def test_every_layout_finds_the_constant_and_nothing_else(make) -> None:
    assert wrong(make()) == {("stars_vs_t", "Constant")}


def test_a_frame_and_a_list_of_rows_are_tables_too() -> None:
    frame = pd.DataFrame(ROWS[2:], columns=["", "(1) Chip", "(2) Chip"])
    context = {"in_parentheses": "t", "stars": [0.1, 0.05, 0.01]}
    assert wrong(frame, context) == {("stars_vs_t", "Constant")}
    assert wrong(ROWS, context) == {("stars_vs_t", "Constant")}


def test_bytes_in_gb18030_are_read() -> None:
    assert wrong(markdown().encode("gb18030")) == {("stars_vs_t", "Constant")}


@pytest.mark.parametrize(
    "cell",
    ["0.069∗∗ (0.17)", "0.069^{**} (0.17)", "０．０６９** （０．１７）", "0.069$^{**}$ (0.17)", "0.069 ** (0.17)",
     "0.069＊＊ (0.17)", "0.069 (0.17)**", "0.069<sup>**</sup> (0.17)"],
)  # fmt: skip
def test_stars_of_every_kind(cell: str) -> None:
    rows = [["", "(1)"], ["X", cell], ["Z", "0.200*** (4.10)"], ["N", "200"], ["R2", "0.3"]]
    text = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    assert wrong(text, {"in_parentheses": "t"}) == {("stars_vs_t", "X")}


@pytest.mark.parametrize("minus", ["-", "−", "–", "—", "﹣", "－", "‐", "‑"])
def test_minus_signs_of_every_kind(minus: str) -> None:
    rows = [["", "(1)"], ["X", f"{minus}0.145 (0.64)"], ["Z", "0.200*** (4.10)"], ["N", "200"]]
    text = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    assert wrong(text, {"in_parentheses": "t"}) == {("t_sign", "X")}


def test_se_on_the_next_line_and_side_columns() -> None:
    below = "| | (1) |\n|---|---|\n| X | 0.069*** |\n| | (0.060) |\n| Z | 0.2*** |\n| | (0.01) |\n| N | 99 |"
    assert wrong(below, {"in_parentheses": "se"}) == {("stars_vs_t", "X")}
    beside = (
        "变量,系数,标准误,t值,p值\nX,0.069,0.060,1.15,0.25\nZ,0.200,0.050,7.00,0.000\nN,99,,,\n"
    )
    assert ("t_vs_se", "Z") in wrong(beside)
    assert all(cell != "X" for _, cell in wrong(beside))


def test_what_is_in_parentheses_is_inferred_from_signs_and_marks() -> None:
    t = "| | (1) |\n|---|---|\n| X | -0.2*** |\n| | (-4.1) |\n| Z | 0.1 |\n| | (0.9) |\n| N | 99 |\n| R2 | 0.3 |"
    se = t.replace("(-4.1)", "(0.05)").replace("(0.9)", "(0.11)")
    assert wrong(t) == wrong(se) == set()


def test_a_continued_table_is_one_table() -> None:
    text = (
        "| | (1) Y |\n|---|---|\n| X | 0.069** (2.43) |\n\n续表\n\n| | (1) Y |\n|---|---|\n"
        "| Z | 0.1*** (0.3) |\n| N | 155 |\n| R2 | 0.5 |\n"
    )
    found = audit(text, {"in_parentheses": "t"})
    assert set(found["published_table"]) == {""}
    assert ("stars_vs_t", "Z") in wrong(text, {"in_parentheses": "t"})


def test_descriptives_and_correlations_in_one_table() -> None:
    text = "Variable,Mean,SD,1,2,3\nChip,3.2,1.1,1,,\nGovat,2.0,9.9,0.5**,1,\nHhi,1.0,0.2,0.3**,0.4**,1\n"
    found = audit(text, {"n": 155})
    assert not found["verdict"].isin(WRONG).any()
    assert "correlation_psd" in set(found["rule"])


@pytest.mark.parametrize(
    "text", ["", "hello", "A sentence, and another, with 3 numbers 4 and 5.\nAnd one more, here.",
             "\n".join(["第一，政府注意力，显著促进创新。"] * 5)],
)  # fmt: skip
def test_no_table_shows_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="Accepted are a regression table"):
        audit(text)


def test_hostile_input_is_refused_or_survived() -> None:
    with pytest.raises(ValueError, match="at most"):
        audit("a,b\n" + "1,2\n" * 5000)
    with pytest.raises(ValueError, match="at most"):
        audit(b"x" * 20_000_001)
    with pytest.raises(ValueError):
        audit(b"PK\x03\x04 not a zip")
    with pytest.raises(ValueError, match="PDF"):
        audit(b"%PDF-1.7")
    long = "| a | " + "9" * 5000 + " |\n|---|---|\n| x | 1e999 |\n| y | " + "(" * 3000 + " |"
    with pytest.raises(ValueError):
        audit(long)
    nested = "<table><tr><td colspan=99999999>1</td><td>2</td></tr>" * 3
    with pytest.raises(ValueError):
        audit(nested)


def test_unknown_context_keys_are_named() -> None:
    with pytest.raises(ValueError, match="Unknown key 'clustres'"):
        audit(markdown(), {"clustres": 3})
    assert wrong(markdown(), {"样本量": 155, "固定效应": {"省份": 31, "年份": 5}, "括号": "t值"})
