"""A table whose numbers rest on spreadsheet cells is explained by its entry in the registry alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.explain import (
    EXPLAINERS,
    Cell,
    EvidenceQuery,
    Explainer,
    Formula,
    Key,
    explain,
    explain_in,
)
from orchestration.settings import UsageError

NEWLY_BUILT = Explainer(
    table="marts.newly_built",
    keys=(
        Key("region_code", "region", "region", required=True),
        Key("year", "year", "year", required=True),
        Key("scheme", "choice", "scheme", first=True, required=True, options="select unnest(['a', 'b'])"),
    ),
    shown="lq_manufacturing",
    columns={
        "lq_manufacturing": Formula(
            "(E_is/E_i)/(E_s/E).",
            sql="select lq_manufacturing from marts.newly_built where {where}",
            arithmetic="({local} / {total}) / ({nation} / {all})",
            evidence="cells",
            figures="select 30 as local, 100 as total, 10 as nation, 100 as all",
        )
    },
    evidence={
        "cells": EvidenceQuery(
            Cell,
            "select 'y.xlsx' as file, file_id, sheet, cell, indicator_code as label, raw_value, "
            "value, unit, if(value is null, 'missing', 'counted') as status, null as reason "
            "from raw.observations where region_code = $region_code and year = $year",
        )
    },
    notes="select 'Vintage ' || vintage from raw.observations where year = $year",
)  # fmt: skip
REGISTRY = (*EXPLAINERS, NEWLY_BUILT)


@pytest.fixture
def cells(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "cells.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw; create schema marts")
        connection.execute(
            "create table raw.observations as select 'f' as file_id, '表4-1' as sheet, 'C14' as cell, "
            "'320000' as region_code, 2020 as year, 'employment' as indicator_code, 30.0 as value, "
            "'万人' as unit, '30.0' as raw_value, 'first' as vintage"
        )
        connection.execute(
            "create table marts.newly_built as select 'a' as scheme, '320000' as "
            "region_code, 2020 as year, 3.0 as lq_manufacturing"
        )
    yield path


def test_a_cell_is_shown_with_its_sheet_and_address(cells: Path) -> None:
    it = explain(cells, "newly_built", ["江苏", "2020", "lq_manufacturing"], REGISTRY)
    (cell,) = it.counted
    assert isinstance(cell, Cell)
    assert (cell.file, cell.sheet, cell.cell, cell.amount) == ("y.xlsx", "表4-1", "C14", 30.0)
    assert it.arithmetic == "(30 / 100) / (10 / 100)"
    assert it.value == 3
    assert it.notes[1:] == ("Vintage first",)
    assert it.to_dict()["evidence"][0]["kind"] == "cell"


def test_a_missing_row_names_the_years_that_there_are(cells: Path) -> None:
    with duckdb.connect(str(cells)) as connection, pytest.raises(UsageError) as caught:
        explain_in(connection, "newly_built", ["江苏", "2021"], REGISTRY)
    assert "Years of 江苏 (320000) · a: 2020" in str(caught.value)


def test_a_warehouse_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="xinku build"):
        explain(tmp_path / "none.duckdb", "government_attention", ["江苏"])


def test_the_registry_is_whole() -> None:
    """A formula that names no query, or evidence that is never used, is a slip of the pen."""
    for explainer in EXPLAINERS:
        used = {formula.evidence for formula in explainer.columns.values()} - {""}
        assert used <= set(explainer.evidence), explainer.table
        assert explainer.shown in explainer.columns
        assert explainer.keys
        for formula in explainer.columns.values():
            assert formula.words.endswith("."), (explainer.table, formula)
