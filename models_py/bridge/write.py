"""Write the folder of a study: data, codebook, two scripts a model, and a README.

Belongs here: files and their names. What stands in scripts is in ``scripts``, in data ``dataset``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from models_py.bridge.dataset import build_dataset, write_codebook, write_csv, write_dta
from models_py.bridge.escaping import file_stem, one_line
from models_py.bridge.labels import VariableLabel
from models_py.bridge.readme import readme
from models_py.bridge.scripts import Writer
from models_py.panel.errors import PanelError, listed
from models_py.study.declared import Models

RESULT_COLUMNS = ("model", "term", "estimate", "std_error", "p")


def write_bridge(
    folder: Path,
    study: str,
    frame: pd.DataFrame,
    models: Models,
    labels: Sequence[VariableLabel],
    *,
    results: pd.DataFrame | None = None,
    is_sample: bool = False,
    note: str = "",
) -> list[Path]:
    """Write what lets Stata and R return a study's numbers.

    Args:
        folder: made where it is not there; files of the same names are replaced.
        study: name of the study.
        frame: the panel: region_code, year, region_name where there is one, and a column a
            variable; any order of rows.
        models: what the study declares. Descriptives, regressions, mediations and moderations are
            written.
        labels: of variables, in the order of the data files.
        results: our numbers, which scripts show as comments: model, term, estimate, std_error, p;
            models named as in ``models.coefficients``.
        is_sample: whether the data are synthetic; then every file says so, as where the frame's own
            column is_sample is true in any row.
        note: a line for the head of each script, such as when and from what this was made.

    Returns:
        The files written: data/<study>.csv, data/<study>.dta, data/<study>_codebook.csv,
        <model>.do and <model>.R, and README.md. The same input gives the same bytes.

    Raises:
        PanelError: data without regions or years, a variable that is not numbers, or results
            without the columns named above.
    """
    if results is not None:
        lacking = [name for name in RESULT_COLUMNS if name not in results.columns]
        if lacking:
            raise PanelError(f"The results have no column {listed(lacking)}.", lacking)
    data = build_dataset(frame, models, labels, is_sample=is_sample)
    is_sample = is_sample or bool(data.frame["is_sample"].any())
    stem = file_stem(study)
    where = folder / "data"
    where.mkdir(parents=True, exist_ok=True)
    written = [where / f"{stem}.csv", where / f"{stem}.dta", where / f"{stem}_codebook.csv"]
    write_csv(data, written[0])
    write_dta(data, written[1], f"{one_line(study, 50)}{' (SAMPLE DATA)' if is_sample else ''}")
    write_codebook(data, written[2])
    writer = Writer(study, stem, frame, data, models, results, is_sample, note)
    done = list(writer.all())
    for one in done:
        for text, suffix in ((one.do, ".do"), (one.r, ".R")):
            if text:
                written.append(_written(folder / f"{one.stem}{suffix}", text))
    page = readme(study, stem, done, data, is_sample=is_sample, note=note)
    written.append(_written(folder / "README.md", page))
    return written


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
