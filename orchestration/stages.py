"""The stages that Python computes: each brings its tables up to date in one transaction.

A stage does what the state of the working file asks for and no more, unless it is told to do
everything ``anew``; either way the tables end the same. Assets call these; when they run is
Dagster's affair, what a stage is made from beside the tables before it is in ``inputs``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from models_py.text import Lexicon
from orchestration.ingest.inventory import Memory, Remembered, Taken, take_inventory
from orchestration.ingest.regions import RegionTable
from orchestration.inputs import stage_inputs
from orchestration.program import reading_digest
from orchestration.progress import Progress
from orchestration.review.exclusions import read_exclusions
from orchestration.settings import Settings, UsageError
from orchestration.staleness import left_over_measures, note_inputs, stale_measures
from orchestration.study import load_studies
from orchestration.tables import (
    DOCUMENT_FINDINGS,
    DOCUMENTS,
    FILES,
    HIT_EXCLUSIONS,
    KEYWORD_HITS,
    LEXICON_TERMS,
    QUARANTINE,
    READINGS,
    SECTIONS,
    TEXT_MEASURES,
    Table,
)
from orchestration.text_rows import MeasuredDocument, lexicon_rows, measure_documents
from orchestration.warehouse import Warehouse, replace_rows

Row = dict[str, Any]

# Where tables that hold every kind of file hold reports.
_OURS = "(path like 'reports/%' or path = 'reports')"


def update_inventory(
    store: Warehouse, settings: Settings, progress: Progress, *, anew: bool = False
) -> Taken:
    """Bring files, documents, findings and the quarantine up to date with the landing zone.

    Raises:
        UsageError: an override of the landing zone cannot be carried out.
    """
    # Before anything is read: what changes meanwhile is seen by the next refresh.
    inputs = stage_inputs(settings)["inventory"]
    with store.read() as connection:
        memory = recall(connection)
    if anew:
        memory = Memory(files=memory.files)
    taken = take_inventory(
        settings.landing,
        RegionTable.from_seeds(),
        digest=reading_digest(),
        years=settings.years,
        memory=memory,
        progress=progress,
    )
    with store.write() as connection:
        _save_inventory(connection, taken)
        note_inputs(connection, "inventory", inputs)
    return taken


def recall(connection: duckdb.DuckDBPyConnection) -> Memory:
    """What the last inventory left in a working file or a published one."""
    columns = ("path", "file_id", "stat", "digest", "reading")
    rows = connection.execute(f"select {', '.join(columns)} from {READINGS.relation}").fetchall()
    documents = connection.execute(
        f"select document_id, status, status_reason from {DOCUMENTS.relation}"
    ).fetchall()
    return Memory(
        readings={row[0]: Remembered(*row) for row in rows},
        documents={document: (status, reason) for document, status, reason in documents},
        files=_rows(connection, FILES),
    )


def _save_inventory(connection: duckdb.DuckDBPyConnection, taken: Taken) -> None:
    inventory = taken.inventory
    first_seen = {
        (path, locator): seen
        for path, locator, seen in connection.execute(
            f"select path, locator, first_seen_at from {QUARANTINE.relation} where {_OURS}"
        ).fetchall()
    }
    for row in inventory.quarantine:
        row["first_seen_at"] = first_seen.get((row["path"], row["locator"]), row["first_seen_at"])
    replace_rows(connection, FILES, inventory.files, where=_OURS)
    _replace_documents(connection, inventory.documents)
    replace_rows(connection, DOCUMENT_FINDINGS, inventory.findings)
    replace_rows(connection, QUARANTINE, inventory.quarantine, where=_OURS)
    replace_rows(connection, READINGS, [vars(one) for one in taken.readings], where=_OURS)


def _replace_documents(connection: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> None:
    """Write raw.documents; a text that was not read again stays the one that is there."""
    connection.execute(
        "create or replace temp table kept_texts as select document_id, body, loaded_at "
        f"from {DOCUMENTS.relation} where document_id in (select unnest(?::varchar[]))",
        [[row["document_id"] for row in rows if row["body"] is None]],
    )
    replace_rows(connection, DOCUMENTS, rows)
    connection.execute(
        f"update {DOCUMENTS.relation} as d set body = k.body, loaded_at = k.loaded_at "
        "from kept_texts as k where d.document_id = k.document_id"
    )
    connection.execute("drop table kept_texts")


def update_lexicons(store: Warehouse, settings: Settings) -> None:
    """Write down the terms of every study that is built."""
    studies = load_studies(settings.landing, settings.studies)
    lexicons = [study.to_lexicon() for study in studies]
    with store.write() as connection:
        rows = [row for lexicon in lexicons for row in lexicon_rows(lexicon)]
        replace_rows(connection, LEXICON_TERMS, rows)
        note_inputs(connection, "lexicons", {one.topic: one.digest for one in lexicons})


def update_marks(store: Warehouse, settings: Settings) -> None:
    """Load the hits that people marked as false.

    Raises:
        UsageError: the file of exclusions is not as described.
    """
    inputs = stage_inputs(settings)["marks"]
    rows = read_exclusions(settings.exclusions_file)
    with store.write() as connection:
        replace_rows(connection, HIT_EXCLUSIONS, rows)
        note_inputs(connection, "marks", inputs)


def update_measures(
    store: Warehouse,
    settings: Settings,
    years: Sequence[int],
    progress: Progress,
    *,
    anew: bool = False,
) -> int:
    """Count the terms in the primary reports of some years, where that has not been done.

    Returns:
        How many reports were counted.
    """
    if anew:
        with store.write() as connection:
            connection.execute(
                f"update {TEXT_MEASURES.relation} set input_digest = null "
                "where list_contains(?, report_year)",
                [list(years)],
            )
    with store.read() as connection:
        stale = [row for row in stale_measures(connection) if row[2] in years]
        written_down = dict(
            connection.execute(
                f"select distinct topic, lexicon_digest from {LEXICON_TERMS.relation}"
            ).fetchall()
        )
    lexicons = {
        study.name: study.to_lexicon() for study in load_studies(settings.landing, settings.studies)
    }
    for topic in {topic for _, topic, _, _ in stale}:
        if topic not in lexicons or lexicons[topic].digest != written_down[topic]:
            raise UsageError(f"The word list of {topic} changed while it was used; run this again.")
    progress.stage("Counting terms", len({document for document, *_ in stale}))
    # A year at a time: its texts and rows are what must fit into memory.
    for year in sorted({year for _, _, year, _ in stale}):
        _measure_year(store, settings, [row for row in stale if row[2] == year], lexicons, progress)
    with store.write() as connection:
        _forget(connection, [(d, topic) for d, topic, _ in left_over_measures(connection)])
        connection.execute(
            f"delete from {SECTIONS.relation} as s where not exists (from {DOCUMENTS.relation} d "
            "where d.document_id = s.document_id and d.status = 'primary')"
        )
    return len({document for document, *_ in stale})


def _measure_year(
    store: Warehouse,
    settings: Settings,
    stale: Sequence[tuple[str, str, int, str]],
    lexicons: Mapping[str, Lexicon],
    progress: Progress,
) -> None:
    topics: dict[str, set[str]] = {}
    for document, topic, _, _ in stale:
        topics.setdefault(document, set()).add(topic)
    with store.read() as connection:
        documents = _documents(connection, list(topics))
    measured = _measure(documents, topics, lexicons, settings, progress)
    digests = {(document, topic): digest for document, topic, _, digest in stale}
    for row in measured[TEXT_MEASURES.name]:
        row["input_digest"] = digests[row["document_id"], row["topic"]]
    with store.write() as connection:
        _forget(connection, list(digests))
        connection.execute(
            f"delete from {SECTIONS.relation} where document_id in (select unnest(?::varchar[]))",
            [list(topics)],
        )
        for table in (SECTIONS, KEYWORD_HITS, TEXT_MEASURES):
            replace_rows(connection, table, measured[table.name], where="false")


def _measure(
    documents: Sequence[MeasuredDocument],
    topics: Mapping[str, set[str]],
    lexicons: Mapping[str, Lexicon],
    settings: Settings,
    progress: Progress,
) -> dict[str, list[Row]]:
    """Rows by table; documents that want the same word lists are measured together."""
    groups: dict[frozenset[str], list[MeasuredDocument]] = {}
    for document in documents:
        groups.setdefault(frozenset(topics[document.document_id]), []).append(document)
    rows: dict[str, list[Row]] = {SECTIONS.name: [], KEYWORD_HITS.name: [], TEXT_MEASURES.name: []}
    for wanted, group in groups.items():
        chosen = [lexicon for name, lexicon in lexicons.items() if name in wanted]
        for table, found in measure_documents(
            group, chosen, settings.home / "jieba", progress
        ).items():
            rows[table] += found
    return rows


def _documents(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[str]
) -> list[MeasuredDocument]:
    found = connection.execute(
        "select document_id, region_code, region_level, report_year, body, is_sample "
        f"from {DOCUMENTS.relation} where document_id in (select unnest(?::varchar[])) "
        "order by report_year, region_code, document_id",
        [list(wanted)],
    ).fetchall()
    return [MeasuredDocument(*row) for row in found]


def _forget(connection: duckdb.DuckDBPyConnection, pairs: Sequence[tuple[str, str]]) -> None:
    """Delete the measures and hits of documents under word lists."""
    if not pairs:
        return
    documents, topics = ([pair[place] for pair in pairs] for place in (0, 1))
    for table in (TEXT_MEASURES, KEYWORD_HITS):
        connection.execute(
            f"delete from {table.relation} where (document_id, topic) in "
            "(select unnest(?::varchar[]), unnest(?::varchar[]))",
            [documents, topics],
        )


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Row]:
    cursor = connection.execute(f"select {', '.join(table.column_names)} from {table.relation}")
    return [dict(zip(table.column_names, row, strict=True)) for row in cursor.fetchall()]
