"""The README of an exported folder: which file makes which numbers, and what must be installed."""

from __future__ import annotations

from collections.abc import Sequence

from models_py.bridge.dataset import Dataset
from models_py.bridge.escaping import in_markdown
from models_py.bridge.scripts import Scripts

_TOP = """\
# {study}: the same numbers in Stata and R

{sample}{note}在 Stata 或 R 中复算本研究的结果：每个模型一个 .do 和一个 .R 文件，数据在 `data/`。
For each model a .do and an .R file that return its numbers from the data in `data/`.

## 用法 How to run

- R 4.0+: `install.packages("sandwich")`, then `Rscript MODEL.R`; prints the table and writes
  `MODEL_r.csv`. 打印结果，并写入 `MODEL_r.csv`。
- Stata 14+: `cd` to this folder, `do MODEL.do`. 先 `cd` 到本文件夹。Needed once 首次需安装:
  `ssc install ftools`, `ssc install reghdfe`, `ssc install ppmlhdfe`, `ssc install boottest`.
- The .do files were not run by us, who have no Stata; our tests run such R files and compare.
  .do 文件未经我们在 Stata 中运行；同类 R 文件由我们的测试运行并比对。
- Bootstraps draw by each program's own generator: intervals agree within Monte-Carlo error, not to
  the digit. 自助法各用自己的随机数，区间只在蒙特卡洛误差内一致。
- Our numbers stand as comments (`ours: …`) at the head of each script. 我们的结果写在脚本开头。

## 文件 Files

| model | files | Stata | R |
|---|---|---|---|
"""
_DATA = """
`data/{stem}.csv` (R) and `data/{stem}.dta` (Stata) hold the same rows; `data/{stem}_codebook.csv`
says which column is which variable. Stata has no infinity: infinite values are missing there.
`region_id` is the region as a number. 两个数据文件内容相同；变量对照见 codebook。
"""
_RENAMED = """
## 改名的变量 Renamed variables

Stata and R do not both take these names. 以下变量名不能同时用于 Stata 和 R，已改名。

| in the data | in the study |
|---|---|
"""
_REST = """
Robustness checks, specification curves, families of hypotheses and randomisation tests have no
scripts here; `docs/statistics.md` of xinku names their commands. 稳健性检验等未写成脚本。
"""


def readme(
    study: str,
    stem: str,
    scripts: Sequence[Scripts],
    data: Dataset,
    *,
    is_sample: bool,
    note: str,
) -> str:
    """The page, in Chinese and English.

    Args:
        study: its name.
        stem: of the data files.
        scripts: those written, and those that could not be.
        data: for the names.
        is_sample: whether the data are synthetic.
        note: of whoever exports.
    """
    sample = (
        "**样例数据，并非真实数据。SAMPLE DATA: the numbers are made up.**\n\n" if is_sample else ""
    )
    said = f"{in_markdown(note)}\n\n" if note.strip() else ""
    lines = [_TOP.format(study=in_markdown(study, 80), sample=sample, note=said)]
    for one in scripts:
        files = f"`{one.stem}.do`, `{one.stem}.R`" if one.do else in_markdown(one.problem)
        lines.append(
            f"| {in_markdown(one.name, 80)} | {files} | {one.commands[0]} | {one.commands[1]} |\n"
        )
    lines.append(_DATA.format(stem=stem))
    renamed = data.names.changed()
    if renamed:
        lines.append(_RENAMED)
        lines += [f"| `{new}` | {in_markdown(old, 80)} |\n" for new, old in renamed.items()]
    lines.append(_REST)
    return "".join(lines)
