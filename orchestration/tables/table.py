"""A table that Python writes: its columns, types, units and descriptions, and its DDL.

The tables themselves are in ``reports``, ``yearbooks`` and ``upkeep``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: name, DuckDB type, what it holds, and its unit where it has one."""

    name: str
    type: str
    description: str
    unit: str | None = None

    @property
    def comment(self) -> str:
        """Description with the unit, as stored in the database."""
        return f"{self.description} [{self.unit}]" if self.unit else self.description


@dataclass(frozen=True)
class Table:
    """One table in ``raw`` or ``quality``; ``grain`` names the columns that make a row unique."""

    schema: str
    name: str
    description: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def relation(self) -> str:
        """``schema.name``."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def ddl(self) -> list[str]:
        """Statements that create the table and store its descriptions; safe to repeat."""
        # Quoted: at and check are columns of ours and words of SQL.
        columns = ", ".join(f'"{column.name}" {column.type}' for column in self.columns)
        statements = [
            f"create schema if not exists {self.schema}",
            f"create table if not exists {self.relation} ({columns})",
            f"comment on table {self.relation} is {_literal(self.description)}",
        ]
        statements += [
            f'comment on column {self.relation}."{column.name}" is {_literal(column.comment)}'
            for column in self.columns
        ]
        return statements


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


IS_SAMPLE = Column(
    "is_sample", "boolean", "True where the input is the bundled synthetic sample, not real data."
)
REGION_CODE = Column("region_code", "varchar", "GB/T 2260 code of six digits, as text.")
REGION_LEVEL = Column("region_level", "varchar", "nation, province or city.")
REPORT_YEAR = Column(
    "report_year",
    "integer",
    "Year the report was delivered; a session in October to December counts for the next year.",
    "year",
)
DOCUMENT_ID = Column("document_id", "varchar", "Identifier of one record of one file.")
