"""`xinku explain models.coefficients`: the equation, the rows it was fitted to, and its variables."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from orchestration.explain import explain_in
from orchestration.settings import UsageError

pytestmark = pytest.mark.integration

Built = tuple[Path, "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def warehouse(sample_build: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        yield connection


def test_a_coefficient_comes_back_from_the_rows_that_are_shown(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Least squares on dummies over the shown query, apart from the program's own estimator."""
    it = explain_in(warehouse, "models.coefficients", ["direct", "attention"])
    rows = warehouse.execute(it.sql).df()
    assert len(rows) == 155
    dummies = [rows[name] == value for name in ("region_name", "year") for value in set(rows[name])]
    names = [name for name in rows.columns[2:] if name != "ln_chip_patents"]
    columns = np.column_stack([rows[names].to_numpy(float), *dummies]).astype(float)
    found = np.linalg.lstsq(columns, rows["ln_chip_patents"].to_numpy(float), rcond=None)[0]
    assert found[names.index("attention")] == pytest.approx(it.value, rel=1e-8)


def test_its_variables_open_further(warehouse: duckdb.DuckDBPyConnection) -> None:
    it = explain_in(warehouse, "coefficients", ["by_marketization", "attention:marketization", "p"])
    assert "attention:marketization" in it.words
    assert [row["name"] for row in it.inputs][:3] == [
        "ln_chip_patents",
        "attention",
        "marketization",
    ]
    for row in it.inputs:
        table, *words = row["call"].partition("xinku explain ")[2].split()
        opened = explain_in(warehouse, table, words)
        assert opened.value is not None
        assert opened.inputs


def test_a_mediations_warnings_are_told(warehouse: duckdb.DuckDBPyConnection) -> None:
    it = explain_in(warehouse, "coefficients", ["through_coagglomeration.mediator", "attention"])
    assert any("sequential ignorability" in note for note in it.notes)


def test_wrong_names_list_what_there_is(warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="models alternative_outcome"):
        explain_in(warehouse, "coefficients", ["nope", "attention"])
