"""The tables that Python writes: columns, types, units and descriptions, stated once.

From here come the DDL, the comments stored in DuckDB and the column schema that Dagster shows.
Tables from staging to marts are dbt's and are described in ``dbt_project``.
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
        columns = ", ".join(f"{column.name} {column.type}" for column in self.columns)
        statements = [
            f"create schema if not exists {self.schema}",
            f"create table if not exists {self.relation} ({columns})",
            f"comment on table {self.relation} is {_literal(self.description)}",
        ]
        statements += [
            f"comment on column {self.relation}.{column.name} is {_literal(column.comment)}"
            for column in self.columns
        ]
        return statements


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_IS_SAMPLE = Column(
    "is_sample", "boolean", "True where the input is the bundled synthetic sample, not real data."
)
_REGION_CODE = Column("region_code", "varchar", "GB/T 2260 code of six digits, as text.")
_REGION_LEVEL = Column("region_level", "varchar", "nation, province or city.")
_REPORT_YEAR = Column(
    "report_year",
    "integer",
    "Year the report was delivered; a session in October to December counts for the next year.",
    "year",
)
_DOCUMENT_ID = Column("document_id", "varchar", "Identifier of one record of one file.")

FILES = Table(
    "raw",
    "files",
    "Every file ever seen in the landing zone, with what became of it. A file that has gone stays "
    "as `removed`.",
    ("path", "file_id"),
    (
        Column("file_id", "varchar", "SHA-256 of the content; of the path where it was not read."),
        Column("path", "varchar", "Path inside the landing zone."),
        Column("kind", "varchar", "reports, yearbooks or tables: the folder it lies in."),
        Column("bytes", "bigint", "Size of the file.", "byte"),
        Column("modified_at", "timestamp", "Modification time of the file."),
        Column("status", "varchar", "loaded, quarantined, ignored, superseded or removed."),
        Column("reason", "varchar", "Why the status is not `loaded`, in one sentence."),
        Column("parser", "varchar", "The reader that read it."),
        Column("n_documents", "integer", "Records read from it.", "record"),
        _IS_SAMPLE,
        Column("first_seen_at", "timestamp", "When a build first saw this content at this path."),
        Column("last_seen_at", "timestamp", "When a build last saw it."),
    ),
)

DOCUMENTS = Table(
    "raw",
    "documents",
    "One report a row: a file, or a record or archive member inside one. At most one is `primary` "
    "for a region and year.",
    ("document_id",),
    (
        _DOCUMENT_ID,
        Column("file_id", "varchar", "The file it came from (raw.files)."),
        Column("path", "varchar", "Path of that file inside the landing zone."),
        Column("member", "varchar", "Row, line or archive member inside the file; empty for all."),
        _REGION_CODE,
        _REGION_LEVEL,
        _REPORT_YEAR,
        Column("reviewed_year", "integer", "Year whose work the report reviews.", "year"),
        Column("plan_year", "integer", "Year whose work the report plans.", "year"),
        Column("delivered_on", "date", "Date of delivery, where the text gives a full date."),
        Column("session", "varchar", "The congress session, as the text names it."),
        Column("title", "varchar", "Title from the text, front matter or table column."),
        Column("speaker", "varchar", "Who delivered it, as the text names them."),
        Column("source_url", "varchar", "Where the file says it came from."),
        Column("body", "varchar", "The report's text; character offsets elsewhere count in it."),
        Column("body_digest", "varchar", "SHA-256 of the body, its first 20 digits."),
        Column("n_chars", "integer", "Length of the body, white space not counted.", "character"),
        Column("completeness", "varchar", "full, abridged or truncated."),
        Column("status", "varchar", "primary, superseded or quarantined."),
        Column("status_reason", "varchar", "Why it is not primary, in one sentence."),
        Column(
            "confidence",
            "varchar",
            "How region and year are known: high from the text, medium from front matter or a "
            "table column, low from names only.",
        ),
        Column("override", "varchar", "What the user's overrides.yaml decided on it, and why."),
        Column("identity_evidence", "json", "What region and year were read from, with quotes."),
        Column("encoding", "varchar", "Character encoding the text was decoded from."),
        Column("parser", "varchar", "The reader that read it."),
        Column("warnings", "varchar[]", "What the reader noticed, a sentence each."),
        _IS_SAMPLE,
        Column("loaded_at", "timestamp", "When a build read it."),
    ),
)

READINGS = Table(
    "raw",
    "readings",
    "What reading each file gave, without the texts, so that a file that has not changed is not "
    "read again. The program's own memory.",
    ("path",),
    (
        Column("path", "varchar", "Path inside the landing zone."),
        Column("file_id", "varchar", "SHA-256 of the content."),
        Column("stat", "varchar", "Size, times and inode at the last look; empty if too recent."),
        Column("digest", "varchar", "Of the program that read it."),
        Column("reading", "varchar", "Documents, findings and what could not be read, as JSON."),
    ),
)

STAGE_INPUTS = Table(
    "quality",
    "stage_inputs",
    "What each stage of the last build was made from beside the tables before it. The program's "
    "own memory: a stage whose inputs have changed is run again.",
    ("stage", "input"),
    (
        Column("stage", "varchar", "inventory, tables or checks."),
        Column("input", "varchar", "Name of the input, such as years or program."),
        Column("value", "varchar", "Its value, or a digest of it."),
        Column("noted_at", "timestamp", "When the stage ended."),
    ),
)

SECTIONS = Table(
    "raw",
    "document_sections",
    "The sections of each primary document, contiguous from its first to its last character.",
    ("document_id", "char_start"),
    (
        _DOCUMENT_ID,
        _REPORT_YEAR,
        Column("section", "varchar", "review, plan, annex or other."),
        Column("heading", "varchar", "The heading that opens it; empty for the opening."),
        Column("char_start", "integer", "First character in the body.", "character"),
        Column("char_end", "integer", "One past its last character.", "character"),
        _IS_SAMPLE,
    ),
)

KEYWORD_HITS = Table(
    "raw",
    "keyword_hits",
    "Every occurrence of a lexicon term in a primary document: leftmost, longest, never "
    "overlapping.",
    ("topic", "document_id", "char_start"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        Column("term", "varchar", "The lexicon term."),
        Column("category", "varchar", "core or extended."),
        _DOCUMENT_ID,
        _REGION_CODE,
        _REGION_LEVEL,
        _REPORT_YEAR,
        Column("section", "varchar", "review, plan, annex or other."),
        Column("char_start", "integer", "First character of the hit in the body.", "character"),
        Column("char_end", "integer", "One past its last character.", "character"),
        Column(
            "sentence",
            "varchar",
            "The sentence it stands in, as the body has it; at most 400 characters.",
        ),
        Column("sentence_start", "integer", "First character of that sentence.", "character"),
        Column("excluded_by", "varchar", "The exclusion phrase that takes it out, else null."),
        _IS_SAMPLE,
    ),
)

TEXT_MEASURES = Table(
    "raw",
    "text_measures",
    "Length and token counts of each primary document under each lexicon.",
    ("topic", "document_id"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        _DOCUMENT_ID,
        _REGION_CODE,
        _REPORT_YEAR,
        Column("n_chars", "integer", "Outside annexes, white space not counted.", "character"),
        Column("n_annex_chars", "integer", "In annexes, white space not counted.", "character"),
        Column("n_tokens", "integer", "jieba tokens outside annexes.", "token"),
        Column("n_annex_tokens", "integer", "jieba tokens in annexes.", "token"),
        Column("n_token_hits", "integer", "jieba tokens equal to a term, no annexes.", "token"),
        Column("n_annex_token_hits", "integer", "jieba tokens equal to a term, annexes.", "token"),
        Column(
            "input_digest",
            "varchar",
            "Of everything the row was made from: text, identity, word list and program.",
        ),
        _IS_SAMPLE,
    ),
)

LEXICON_TERMS = Table(
    "raw",
    "lexicon_terms",
    "The terms and exclusion phrases of every lexicon in this warehouse.",
    ("topic", "phrase"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        Column("phrase", "varchar", "Term or exclusion phrase."),
        Column("role", "varchar", "term or exclusion."),
        Column("category", "varchar", "core or extended; null for an exclusion phrase."),
        Column("position", "integer", "Order in the study file.", "rank"),
        Column("lexicon_digest", "varchar", "SHA-256 of the whole lexicon."),
    ),
)

QUARANTINE = Table(
    "quality",
    "quarantine",
    "What could not be read or identified, why, and what to do. Nothing in it is counted.",
    ("file_id", "path", "locator"),
    (
        Column("file_id", "varchar", "The file (raw.files)."),
        Column("path", "varchar", "Path inside the landing zone."),
        Column("locator", "varchar", "Row, line or member inside the file; empty for all of it."),
        Column("reason", "varchar", "What was wrong, in one sentence."),
        Column("hint", "varchar", "What to do about it, in one sentence."),
        _IS_SAMPLE,
        Column("first_seen_at", "timestamp", "When a build first met it."),
    ),
)

CHECK_RESULTS = Table(
    "quality",
    "check_results",
    "Every check of every run of this warehouse, whichever engine ran it.",
    ("run_id", "asset", "check_name"),
    (
        Column("run_id", "varchar", "Dagster's run."),
        Column("checked_at", "timestamp", "When the check ran."),
        Column("layer", "varchar", "raw, staging, intermediate, marts, models or quality."),
        Column("asset", "varchar", "The table that was checked."),
        Column("check_name", "varchar", "Name of the check."),
        Column("engine", "varchar", "dbt, great_expectations or dagster."),
        Column("severity", "varchar", "error stops what is downstream; warn informs."),
        Column("passed", "boolean", "Whether it passed."),
        Column("n_failed", "bigint", "Rows that failed, where the engine counts them.", "row"),
        Column("detail", "varchar", "What was found."),
    ),
)

DOCUMENT_FINDINGS = Table(
    "raw",
    "document_findings",
    "What the rules of identity and soundness found in each document, a finding a row.",
    ("path", "file_id", "member", "rule", "evidence"),
    (
        Column("document_id", "varchar", "The document; null for what could not be read."),
        Column("file_id", "varchar", "The file it came from (raw.files)."),
        Column("path", "varchar", "Path of that file inside the landing zone."),
        Column("member", "varchar", "Row, line or archive member inside the file; empty for all."),
        Column("rule", "varchar", "Name of the rule, such as wrong_region."),
        Column(
            "severity",
            "varchar",
            "error: it is not counted; warn: it is counted, look at it; info: good to know.",
        ),
        Column("evidence", "varchar", "What was found, in one sentence with its quotes."),
        Column("hint", "varchar", "What to do about it, in one sentence."),
        Column(
            "char_start", "integer", "First character of the evidence in the body.", "character"
        ),
        Column("char_end", "integer", "One past its last character.", "character"),
        _IS_SAMPLE,
    ),
)

HIT_EXCLUSIONS = Table(
    "raw",
    "hit_exclusions",
    "Hits that a person marked as false: what, who, when and why. Read from the warehouse's own "
    "`.exclusions.csv`.",
    ("topic", "region_code", "report_year", "term", "sentence", "offset_in_sentence"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        _REGION_CODE,
        _REPORT_YEAR,
        Column("term", "varchar", "The lexicon term."),
        Column("sentence", "varchar", "The sentence it stands in, as raw.keyword_hits has it."),
        Column("offset_in_sentence", "integer", "First character of the hit in it.", "character"),
        Column("reason", "varchar", "Why it is no hit, in the reviewer's words."),
        Column("reviewer", "varchar", "Who marked it."),
        Column("reviewed_on", "date", "When it was marked."),
        Column("sheet", "varchar", "Name of the sheet file that the mark came from."),
    ),
)

BUILDS = Table(
    "quality",
    "builds",
    "Every publication of this warehouse: when, by which run, from what.",
    ("run_id",),
    (
        Column("run_id", "varchar", "Dagster's run that it was published by."),
        Column("published_at", "timestamp", "When."),
        Column("kind", "varchar", "build, refresh, or run (of a part, from the web interface)."),
        Column("n_documents", "integer", "Primary documents.", "document"),
        Column("n_changes", "integer", "Cells of the marts that differ from before.", "cell"),
        Column("inputs", "json", "Settings, and digests of the code and lists it was made with."),
    ),
)

DATA_DIFF = Table(
    "quality",
    "data_diff",
    "What each publication changed in the marts, cell by cell, with the cause.",
    ("run_id", "table_name", "key", "column_name"),
    (
        Column("run_id", "varchar", "The publication (quality.builds)."),
        Column("table_name", "varchar", "schema.table."),
        Column("key", "varchar", "The row, as JSON of its key columns."),
        Column("column_name", "varchar", "The column; `(row)` where a row came or went."),
        Column("before", "varchar", "The value before, as text; null for a row that is new."),
        Column("after", "varchar", "The value after, as text; null for a row that has gone."),
        Column("cause", "varchar", "The file, word list, mark or program change behind it."),
    ),
)

TABLES = (
    FILES,
    DOCUMENTS,
    DOCUMENT_FINDINGS,
    READINGS,
    SECTIONS,
    KEYWORD_HITS,
    TEXT_MEASURES,
    LEXICON_TERMS,
    HIT_EXCLUSIONS,
    QUARANTINE,
    CHECK_RESULTS,
    STAGE_INPUTS,
    BUILDS,
    DATA_DIFF,
)
