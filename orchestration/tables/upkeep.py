"""Tables of the warehouse's upkeep: files, quarantine, checks, builds, and its own memory."""

from __future__ import annotations

from orchestration.tables.table import IS_SAMPLE, Column, Table

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
        Column("n_documents", "integer", "Reports read from it.", "record"),
        Column("n_observations", "integer", "Numbers read from it.", "cell"),
        IS_SAMPLE,
        Column("first_seen_at", "timestamp", "When a build first saw this content at this path."),
        Column("last_seen_at", "timestamp", "When a build last saw it."),
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
        IS_SAMPLE,
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
        Column(
            "panels",
            "json",
            "Digest of each study's rows of marts.innovation_panel, by study: panel_digest of the "
            "tables of models.",
        ),
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
