"""One writer, many readers: the working file that builds write, the snapshot that people open.

Opening, locking, DDL and publishing belong here. What goes into a table does not.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from orchestration.settings import UsageError
from orchestration.tables import TABLES, Table

SCHEMAS = ("raw", "staging", "intermediate", "marts", "models", "quality")
# A step waits this long for another step's write; a year's partition takes seconds.
LOCK_WAIT_SECONDS = 120.0
# What a dbt whose parent was killed needs to end: on two slow cores the sample's takes ten seconds.
_ORPHAN_SECONDS = 60.0


class WarehouseBusy(RuntimeError):
    """Another process holds the file: one sentence for the user, exit code 1."""


class Warehouse:
    """The working file of one warehouse and its published snapshot.

    Args:
        working_file: DuckDB file that only builds open.
        published: DuckDB file that readers open; replaced whole, never edited.
    """

    def __init__(self, working_file: Path, published: Path) -> None:
        self.working_file = working_file
        self.published = published

    @contextmanager
    def writing(self, wait: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
        """Hold the right to write; DuckDB itself may then be opened, here or by dbt.

        Raises:
            WarehouseBusy: another process writes for longer than ``wait`` seconds.
        """
        self.working_file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self.working_file) + ".lock")
        try:
            lock.acquire(timeout=wait)
        except Timeout as error:
            raise WarehouseBusy(
                f"Another build is writing {self.published.name}; wait until it ends, "
                "then run this again."
            ) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for writing, inside one transaction that a failure rolls back."""
        with self.writing(), _connect(self.working_file) as connection:
            connection.begin()
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the working file for the steps of a build."""
        with self.writing(), _connect(self.working_file, read_only=True) as connection:
            yield connection

    def prepare(self) -> None:
        """Create schemas and the tables that Python writes, where they are missing."""
        with self.write() as connection:
            for schema in SCHEMAS:
                connection.execute(f"create schema if not exists {schema}")
            for table in TABLES:
                # A table of an earlier version is made anew: every build fills it again.
                present = connection.execute(
                    "select list(column_name order by column_index) from duckdb_columns() "
                    "where schema_name = ? and table_name = ?",
                    [table.schema, table.name],
                ).fetchone()
                if present and present[0] and tuple(present[0]) != table.column_names:
                    connection.execute(f"drop table {table.relation}")
                for statement in table.ddl():
                    connection.execute(statement)

    def reset(self) -> None:
        """Forget the working file; the published snapshot stays until the next one replaces it."""
        with self.writing():
            # The journal first: without its file it would be replayed into the next one.
            for suffix in (".wal", ""):
                Path(str(self.working_file) + suffix).unlink(missing_ok=True)

    def heal(self) -> None:
        """Make the working file one that can be opened, whatever happened to the last build.

        A dbt that outlived its killed build is waited for; a file that cannot be opened is thrown
        away; one that is not there is begun from the published copy.
        """
        if self.working_file.exists():
            try:
                with self.writing(), _waiting_for(self.working_file):
                    pass
            except WarehouseBusy:
                raise
            except duckdb.Error:
                self.reset()
        if not self.working_file.exists() and self.published.exists():
            self.working_file.parent.mkdir(parents=True, exist_ok=True)
            partial = self.working_file.with_suffix(".partial")
            with self.writing():
                Path(f"{self.working_file}.wal").unlink(missing_ok=True)
                shutil.copyfile(self.published, partial)
                partial.replace(self.working_file)

    def publish(self) -> None:
        """Put a copy of the working file in the readers' place, in one atomic rename.

        A reader that has the old snapshot open keeps reading it; a crash while copying leaves the
        old one in place.
        """
        with self.writing():
            with _connect(self.working_file) as connection:
                connection.execute("checkpoint")
            # Only one process is here at a time: any other partial copy is a crash's.
            for left in self.published.parent.glob(f".{self.published.name}.*.partial"):
                left.unlink(missing_ok=True)
            partial = self.published.with_name(f".{self.published.name}.{os.getpid()}.partial")
            try:
                shutil.copyfile(self.working_file, partial)
                # What another program wrote into the old snapshot and did not close would be
                # replayed into the new one.
                journal = Path(f"{self.published}.wal")
                if journal.exists():
                    journal.replace(f"{journal}.old")
                partial.replace(self.published)
            finally:
                partial.unlink(missing_ok=True)


@contextmanager
def open_snapshot(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published warehouse for reading.

    Raises:
        UsageError: nothing has been built there.
        WarehouseBusy: another program holds the file open for writing.
    """
    if not path.exists():
        raise UsageError(f"There is no warehouse at {path}; run `xinku build` first.")
    with _connect(path, read_only=True) as connection:
        yield connection


@contextmanager
def _waiting_for(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection, as soon as a process that a killed build left behind lets the file go."""
    end = time.monotonic() + _ORPHAN_SECONDS
    while True:
        try:
            connection = _connect(path)
            break
        except WarehouseBusy:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
    with connection:
        yield connection


def _connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "Could not set lock" not in str(error):
            raise
        holder = re.search(r"held in (.+?)\. ", str(error))
        who = f" ({holder[1]})" if holder else ""
        raise WarehouseBusy(
            f"{path} is open in another program{who}; close it there, then run this again."
        ) from error


def replace_rows(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    *,
    where: str = "true",
    parameters: Sequence[Any] = (),
) -> int:
    """Delete the rows of ``table`` that ``where`` selects and insert ``rows``.

    Args:
        connection: inside a transaction.
        table: the table; ``rows`` must give exactly its columns.
        rows: one mapping a row.
        where: SQL condition with ``?`` for each of ``parameters``.
        parameters: values for ``where``.

    Returns:
        Number of rows inserted.
    """
    connection.execute(f"delete from {table.relation} where {where}", list(parameters))
    records = list(rows)
    if not records:
        return 0
    import pyarrow  # a quarter of a second that no reading command need pay

    incoming = pyarrow.table(
        {name: [record[name] for record in records] for name in table.column_names}
    )
    columns = ", ".join(
        f'cast("{column.name}" as {column.type}) as "{column.name}"' for column in table.columns
    )
    connection.register("incoming_rows", incoming)
    connection.execute(f"insert into {table.relation} by name select {columns} from incoming_rows")
    connection.unregister("incoming_rows")
    return len(records)
