"""What must be said of a table so that its numbers can be explained: the shape of the registry.

The tables themselves are in ``registry``. SQL here may hold ``$name`` (the value of a key or, where
the key is one row, of a column of it), ``$column`` (the name of the column that is explained) and
``{where}`` (the conditions on the keys that were given).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import duckdb

from orchestration.explain.evidence import COUNTED, Evidence

KeyKind = Literal["region", "year", "choice", "integer", "pattern", "path"]


@dataclass(frozen=True)
class Key:
    """One column by which a row is asked for.

    Attributes:
        column: name in the table.
        kind: how a word of the call is recognised as this key. ``choice`` is one of ``options``,
            ``pattern`` whatever fits ``pattern``, ``path`` the end of a file's path.
        called: what it is called in a sentence.
        required: a call without it cannot be answered.
        first: where it is not given, the first of ``options`` is taken, and that is said.
        options: query of one column, the values that exist; ``$name`` in it is another key's
            value, or null while none is given, and ``$column`` the column that was named.
        names: query of two columns, a further name of an option and that option.
        pattern: regular expression.
    """

    column: str
    kind: KeyKind
    called: str
    required: bool = False
    first: bool = False
    options: str = ""
    names: str = ""
    pattern: str = ""

    @property
    def plural(self) -> str:
        """What several are called."""
        return f"{self.called[:-1]}ies" if self.called.endswith("y") else f"{self.called}s"

    @property
    def condition(self) -> str:
        """SQL that selects the rows with the key's value."""
        if self.kind == "path":
            return f"suffix({self.column}, ${self.column})"
        return f"{self.column} = ${self.column}"


@dataclass(frozen=True)
class EvidenceQuery:
    """A query whose columns are the fields of one kind of evidence."""

    kind: type[Evidence]
    sql: str


@dataclass(frozen=True)
class Formula:
    """How one column comes about.

    Attributes:
        words: the formula in words.
        sql: a query that returns the value; shown with its parameters filled in.
        arithmetic: the sum with its numbers, a format string over the row's columns.
        evidence: name of one of the explainer's queries; empty where nothing can be listed.
        scope: SQL condition on the evidence that has to do with this column.
        counts: status of the evidence that the number counts; empty counts all of it.
        figures: query of one row, the raw figures beside the number.
        inputs: query of the numbers that the formula names, from the number down to what was read;
            its columns are name, label, part_of (the input that it is a part of, or null), depth
            (0 for those of the formula itself), year, value, unit, vintage, missing (why there is
            no value), supply (which file would give it) and call (what explains it).
    """

    words: str
    sql: str = ""
    arithmetic: str = ""
    evidence: str = ""
    scope: str = "true"
    counts: str = COUNTED
    figures: str = ""
    inputs: str = ""


class Declared(Protocol):
    """Gives the formula of a column that is declared in the warehouse, not in the registry."""

    def __call__(
        self, connection: duckdb.DuckDBPyConnection, column: str, values: Mapping[str, Any]
    ) -> Formula | None:
        """The formula of a column; None for a column that nobody declares.

        Args:
            connection: a published warehouse.
            column: name of the column.
            values: values of the keys and, where the key is one row, of its columns.
        """


@dataclass(frozen=True)
class Explainer:
    """One table.

    Attributes:
        table: ``schema.name``.
        keys: in the order in which they are told.
        columns: formulas; a column without one is explained by its description alone.
        shown: the column that is explained where none is named; empty for the rows as such, whose
            formula then stands under the empty name.
        declared: formulas of the columns that the warehouse itself declares, such as the variables
            of a study; asked before ``columns``.
        column_names: query of two columns, a further name of a column and that column.
        evidence: queries by name.
        several: the keys may select several rows; then at least one key must be given.
        large: columns that are shown only when they are asked for.
        listed: how many counted pieces of evidence the terminal lists; None lists all. JSON
            always holds all.
        more: the call that lists the rest, a format string over the keys.
        sources: query of file, member, status, reason and whatever else describes the inputs;
            without it the files of the cells are told.
        breakdown: query of report_year, region_name, region_code, n_counted and n_occurrences.
        notes: query of one column, sentences that a reader of the number must know.
        zero: query of one sentence for a key without a row whose absence means none at all.
        absent: query of place, status and reason of inputs that should have given the row.
    """

    table: str
    keys: tuple[Key, ...]
    columns: Mapping[str, Formula]
    shown: str
    declared: Declared | None = None
    column_names: str = ""
    evidence: Mapping[str, EvidenceQuery] = field(default_factory=dict)
    several: bool = False
    large: tuple[str, ...] = ()
    listed: int | None = None
    more: str = ""
    sources: str = ""
    breakdown: str = ""
    notes: str = ""
    zero: str = ""
    absent: str = ""

    @property
    def name(self) -> str:
        """The table's name without its schema."""
        return self.table.partition(".")[2]

    def key(self, kind: KeyKind) -> Key | None:
        """The key of a kind, if the table has one."""
        return next((key for key in self.keys if key.kind == kind), None)

    def formula(
        self, connection: duckdb.DuckDBPyConnection, column: str, values: Mapping[str, Any]
    ) -> Formula:
        """How a column comes about: as the warehouse declares it, else as the registry says."""
        found = self.declared(connection, column, values) if self.declared else None
        return found or self.columns.get(column, Formula(""))
