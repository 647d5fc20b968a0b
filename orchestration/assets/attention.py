"""Assets of the text measures: the lexicons, and what each year's reports hold of them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.metadata import asset_spec, table_metadata
from orchestration.partitions import REPORT_YEARS
from orchestration.progress import Progress
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.study import load_studies
from orchestration.tables import DOCUMENTS, KEYWORD_HITS, LEXICON_TERMS, SECTIONS, TEXT_MEASURES
from orchestration.text_rows import MeasuredDocument, lexicon_rows, measure_documents
from orchestration.warehouse import replace_rows

_DOCUMENTS_KEY = dg.AssetKey([DOCUMENTS.schema, DOCUMENTS.name])
_LEXICONS_KEY = dg.AssetKey([LEXICON_TERMS.schema, LEXICON_TERMS.name])
_TABLES = (SECTIONS, KEYWORD_HITS, TEXT_MEASURES)


@dg.multi_asset(
    name="lexicons",
    specs=[asset_spec(LEXICON_TERMS, group="attention")],
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def lexicons(
    warehouse: WarehouseResource, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult[None]:
    """Write down the terms of every study that is built."""
    rows = [
        row
        for study in load_studies(settings.landing, settings.studies)
        for row in lexicon_rows(study.to_lexicon())
    ]
    store = warehouse.open()
    with store.write() as connection:
        replace_rows(connection, LEXICON_TERMS, rows)
        metadata = table_metadata(connection, LEXICON_TERMS.relation)
    return dg.MaterializeResult(asset_key=_LEXICONS_KEY, metadata=metadata)


@dg.multi_asset(
    name="text_measures",
    specs=[
        asset_spec(table, group="attention", deps=[_DOCUMENTS_KEY, _LEXICONS_KEY])
        for table in _TABLES
    ],
    partitions_def=REPORT_YEARS,
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def text_measures(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult[None]]:
    """Count the terms in the primary reports of the years asked for."""
    years = [int(key) for key in context.partition_keys]
    store = warehouse.open()
    with store.read() as connection:
        found = connection.execute(
            "select document_id, region_code, region_level, report_year, body, is_sample "
            "from raw.documents where status = 'primary' and list_contains(?, report_year) "
            "order by report_year, region_code",
            [years],
        ).fetchall()
    studies = load_studies(settings.landing, settings.studies)
    measured = measure_documents(
        [MeasuredDocument(*row) for row in found],
        [study.to_lexicon() for study in studies],
        settings.home / "jieba",
        progress,
    )
    with store.write() as connection:
        for table in _TABLES:
            where = "list_contains(?, report_year)"
            replace_rows(connection, table, measured[table.name], where=where, parameters=[years])
        # A report that was withdrawn, or that counts for another year now, may have left a year
        # that this run does not touch.
        for table in _TABLES:
            connection.execute(
                f"delete from {table.relation} t where not exists (from raw.documents d where "
                "d.status = 'primary' and d.document_id = t.document_id "
                "and d.report_year = t.report_year)"
            )
    # Yielded when the file is free again: Dagster may hold a result for as long as it likes.
    with store.read() as connection:
        shown = {table: table_metadata(connection, table.relation) for table in _TABLES}
    facts: dict[str, Any] = {"years": ", ".join(map(str, years)), "documents": len(found)}
    for table, metadata in shown.items():
        yield dg.MaterializeResult(
            asset_key=[table.schema, table.name], metadata={**metadata, **facts}
        )
