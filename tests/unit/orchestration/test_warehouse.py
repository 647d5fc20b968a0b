"""One writer, many readers: transactions, locks and snapshots."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import UsageError
from orchestration.tables import QUARANTINE, TABLES
from orchestration.warehouse import Warehouse, WarehouseBusy, open_snapshot, replace_rows


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path / "state" / "working.duckdb", tmp_path / "out.duckdb")
    warehouse.prepare()
    return warehouse


def row(path: str) -> dict[str, object]:
    return {**dict.fromkeys(QUARANTINE.column_names), "path": path, "reason": "r'); drop"}


def paths(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        p
        for (p,) in connection.execute("select path from quality.quarantine order by 1").fetchall()
    ]


def test_a_failure_while_writing_changes_nothing(warehouse: Warehouse) -> None:
    with warehouse.write() as connection:
        replace_rows(connection, QUARANTINE, [row("a")])
    with pytest.raises(RuntimeError), warehouse.write() as connection:
        replace_rows(connection, QUARANTINE, [row("b")])
        raise RuntimeError
    with warehouse.read() as connection:
        assert paths(connection) == ["a"]


def test_rows_replace_only_what_they_stand_for(warehouse: Warehouse) -> None:
    with warehouse.write() as connection:
        replace_rows(connection, QUARANTINE, [row("a"), row("b")])
        replace_rows(connection, QUARANTINE, [row("c")], where="path = ?", parameters=["a"])
        replace_rows(connection, QUARANTINE, [], where="path = ?", parameters=["b"])
        assert paths(connection) == ["c"]


def test_a_reader_keeps_its_snapshot_while_the_next_is_published(warehouse: Warehouse) -> None:
    with warehouse.write() as connection:
        replace_rows(connection, QUARANTINE, [row("old")])
    warehouse.publish()
    with open_snapshot(warehouse.published) as reader:
        with warehouse.write() as connection:
            replace_rows(connection, QUARANTINE, [row("new")])
        warehouse.publish()
        assert paths(reader) == ["old"]
    with open_snapshot(warehouse.published) as reader:
        assert paths(reader) == ["new"]
    assert list(warehouse.published.parent.glob("*.partial")) == []


def test_a_crash_while_publishing_leaves_the_old_snapshot(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.publish()
    before = warehouse.published.read_bytes()

    def crash(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("orchestration.warehouse.shutil.copyfile", crash)
    with pytest.raises(OSError, match="no space"):
        warehouse.publish()
    assert warehouse.published.read_bytes() == before


def test_a_second_writer_waits_and_then_says_so(warehouse: Warehouse) -> None:
    with (
        warehouse.writing(),
        pytest.raises(WarehouseBusy, match="Another build"),
        Warehouse(warehouse.working_file, warehouse.published).writing(wait=0.1),
    ):
        pass


def test_a_file_open_in_another_program_is_named(warehouse: Warehouse) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(warehouse.working_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with (
            pytest.raises(WarehouseBusy, match="open in another program") as caught,
            warehouse.read(),
        ):
            pass
        assert str(holder.pid) in str(caught.value)
    finally:
        holder.communicate(b"\n")


def test_a_snapshot_that_is_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match="xinku build"),
        open_snapshot(tmp_path / "x.duckdb"),
    ):
        pass


def test_every_table_of_ours_describes_itself() -> None:
    for table in TABLES:
        assert table.description.endswith(".")
        assert set(table.grain) <= set(table.column_names)
        for column in table.columns:
            assert column.description.endswith("."), (table.name, column.name)
            if column.type in ("integer", "bigint"):
                assert column.unit, (table.name, column.name)
