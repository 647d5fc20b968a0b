"""The data beside the scripts: a CSV for R, a .dta for Stata and a codebook, of the same rows.

Belongs here: columns, types and bytes of the files. Which names variables have is in ``naming``.
One frame gives the same bytes, whatever the order of its rows and whenever it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models_py.bridge.escaping import in_cell, in_label, one_line
from models_py.bridge.labels import VariableLabel
from models_py.bridge.naming import Names, name_variables
from models_py.panel.errors import PanelError, listed
from models_py.panel.rows import PRODUCT
from models_py.study.declared import ENTITY, TIME, Models

# A .dta holds the time it was written; a fixed one makes equal data equal bytes.
WRITTEN = datetime(2000, 1, 1)
LARGEST = 8.988465674311579e307  # of Stata's double
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Dataset:
    """The rows as both programs read them.

    Attributes:
        frame: region_id, region_code, region_name, year, the variables under their new names, and
            is_sample.
        names: of the variables.
        labels: by name in the study.
    """

    frame: pd.DataFrame
    names: Names
    labels: Mapping[str, VariableLabel]

    def label(self, variable: str) -> VariableLabel:
        """The label of a variable; its own name where none is given."""
        return self.labels.get(variable, VariableLabel(variable))


def build_dataset(
    frame: pd.DataFrame,
    models: Models,
    labels: Sequence[VariableLabel],
    *,
    is_sample: bool = False,
) -> Dataset:
    """Choose, rename, type and sort what goes into the files.

    Args:
        frame: region_code, year, region_name where there is one, and a column a variable.
        models: the declarations, whose variables go in where the frame has them.
        labels: of variables; labelled ones go in too.
        is_sample: whether all rows are synthetic; else the frame's own column says which are.

    Raises:
        PanelError: no column of regions or years, a repeated column, or a variable that is not
            numbers.
    """
    missing = [key for key in (ENTITY, TIME) if key not in frame.columns]
    if missing:
        raise PanelError(
            f"The data have no column {listed(missing)}; scripts for Stata and R need both "
            f"{ENTITY} and {TIME}.",
            missing,
        )
    wanted = [*(one.name for one in labels), *declared_variables(models, frame.columns)]
    variables = [name for name in dict.fromkeys(wanted) if name in frame.columns]
    double = [name for name in (ENTITY, TIME, *variables) if isinstance(frame[name], pd.DataFrame)]
    if double:
        raise PanelError(f"The data have more than one column {listed(double)}.", double)
    names = name_variables(variables, TIME)
    codes = frame[ENTITY].astype(object).map(_text)
    columns: dict[str, object] = {"region_id": _numbered(codes), "region_code": codes}
    if "region_name" in frame.columns:
        columns["region_name"] = frame["region_name"].astype(object).map(_text)
    columns[TIME] = _whole(_numbers(frame, TIME))
    for name in variables:
        if name != TIME:
            columns[names[name]] = _numbers(frame, name)
    made = pd.DataFrame(columns, index=frame.index)
    made["is_sample"] = is_sample
    if "is_sample" in frame.columns and not is_sample:
        made["is_sample"] = frame["is_sample"].astype("boolean").fillna(False).astype(bool)
    made["is_sample"] = made["is_sample"].astype("int8")
    made = made.sort_values(list(made.columns), kind="stable").reset_index(drop=True)
    return Dataset(made, names, {one.name: one for one in labels})


def declared_variables(models: Models, columns: Iterable[object]) -> list[str]:
    """Every variable that a scripted model names, products taken apart."""
    known = set(columns)
    found: list[str] = []
    for section in ("descriptives", "regressions", "mediations", "moderations"):
        for one in getattr(models, section).values():
            regressors = getattr(one, "regressors", ())
            for name in (*one.variables, *regressors):
                found += [name] if name in known else name.split(PRODUCT)
    return list(dict.fromkeys(found))


def _text(value: Any) -> str:
    return "" if pd.isna(value) else in_cell(value, LONGEST_TEXT)


def _numbered(codes: pd.Series) -> pd.Series:
    """A number a region: its code where that is one, else its place among them."""
    known = sorted(set(codes) - {""})
    digits = all(code.isascii() and code.isdigit() and len(code) <= 9 for code in known)
    if digits and len({int(code) for code in known}) == len(known):
        by_code = {code: int(code) for code in known}
    else:
        by_code = {code: at for at, code in enumerate(known, start=1)}
    return _whole(codes.map(by_code).astype("float64"))


def _whole(values: pd.Series) -> pd.Series:
    """Integers where all are, so that no file has 2018.0."""
    number = values.to_numpy(dtype=np.float64)
    small = np.isfinite(number).all() and (number == np.floor(number)).all()
    if small and (np.abs(number) < 2**31).all():
        return values.astype("int32")
    return values


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    try:
        values = pd.to_numeric(frame[name]).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise PanelError(
            f"{one_line(name, 80)} holds values that are not numbers; scripts for Stata and R need "
            "numbers there.",
            [name],
        ) from None
    return pd.Series(values, index=frame.index)


def write_csv(data: Dataset, path: Path) -> None:
    """The rows for R: UTF-8, shortest decimals that read back as the same number."""
    data.frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write_dta(data: Dataset, path: Path, title: str) -> None:
    """The rows for Stata 14 and newer, with labels.

    Args:
        data: the rows.
        path: of the file.
        title: label of the data set.
    """
    frame = data.frame.copy()
    for name in frame.columns:
        if frame[name].dtype.kind == "f":
            # Stata has no infinity; the codebook counts them.
            frame[name] = frame[name].where(frame[name].abs() <= LARGEST)
    labels = {
        "region_id": "region as a number, for absorb() and cluster()",
        "region_code": "行政区划代码 GB/T 2260",
        "region_name": "region",
        TIME: "year",
        "is_sample": "1: synthetic sample data 样例数据",
        **{new: data.label(old).short for old, new in data.names.by_study.items()},
    }
    coded: dict[str, dict[float | int, str]] = {}
    if "region_name" in frame.columns and frame["region_id"].dtype.kind == "i":
        named = frame.drop_duplicates("region_id")
        coded["region_id"] = {
            int(number): in_label(name, 80)
            for number, name in zip(named["region_id"], named["region_name"], strict=True)
            if name
        }
    frame.to_stata(
        path,
        write_index=False,
        version=118,
        time_stamp=WRITTEN,
        data_label=in_label(title),
        variable_labels={name: in_label(labels[name]) for name in frame.columns},
        value_labels={name: texts for name, texts in coded.items() if texts} or None,
    )


def write_codebook(data: Dataset, path: Path) -> None:
    """Which column is which variable, with labels, units and counts; opens in a spreadsheet."""
    rows = [
        {
            "name_in_data": new,
            "name_in_study": in_cell(old),
            "label_zh": in_cell(data.label(old).label_zh),
            "label_en": in_cell(data.label(old).label_en),
            "unit": in_cell(data.label(old).unit),
            "n_values": int(np.isfinite(data.frame[new]).sum()),
            "n_missing": int(data.frame[new].isna().sum()),
            "n_infinite": int(np.isinf(data.frame[new]).sum()),
        }
        for old, new in data.names.by_study.items()
    ]
    columns = ["name_in_data", "name_in_study", "label_zh", "label_en", "unit"]
    columns += ["n_values", "n_missing", "n_infinite"]
    table = pd.DataFrame(rows, columns=columns)
    # With a byte-order mark: Excel takes a CSV without one for the system's own code page.
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8-sig")
