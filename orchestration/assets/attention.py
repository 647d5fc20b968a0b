"""Assets of the text measures: word lists, review marks, and what each year's reports hold."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.assets.reports import Thoroughness
from orchestration.metadata import asset_spec, table_metadata
from orchestration.partitions import REPORT_YEARS
from orchestration.progress import Progress
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.stages import update_lexicons, update_marks, update_measures
from orchestration.tables import (
    DOCUMENTS,
    HIT_EXCLUSIONS,
    KEYWORD_HITS,
    LEXICON_TERMS,
    SECTIONS,
    TEXT_MEASURES,
)

_DOCUMENTS_KEY = dg.AssetKey([DOCUMENTS.schema, DOCUMENTS.name])
_LEXICONS_KEY = dg.AssetKey([LEXICON_TERMS.schema, LEXICON_TERMS.name])
_MARKS_KEY = dg.AssetKey([HIT_EXCLUSIONS.schema, HIT_EXCLUSIONS.name])
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
    store = warehouse.open()
    update_lexicons(store, settings)
    with store.read() as connection:
        metadata = table_metadata(connection, LEXICON_TERMS.relation)
    return dg.MaterializeResult(asset_key=_LEXICONS_KEY, metadata=metadata)


@dg.multi_asset(
    name="review_marks",
    specs=[asset_spec(HIT_EXCLUSIONS, group="attention")],
    pool="duckdb",
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def review_marks(
    warehouse: WarehouseResource, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult[None]:
    """Load the hits that people marked as false."""
    store = warehouse.open()
    update_marks(store, settings)
    with store.read() as connection:
        metadata = table_metadata(connection, HIT_EXCLUSIONS.relation)
    return dg.MaterializeResult(asset_key=_MARKS_KEY, metadata=metadata)


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
    config: Thoroughness,
    warehouse: WarehouseResource,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult[None]]:
    """Count the terms in the primary reports of the years asked for, where that is not done."""
    years = [int(key) for key in context.partition_keys]
    store = warehouse.open()
    counted = update_measures(store, settings, years, progress, anew=config.anew)
    # Yielded when the file is free again: Dagster may hold a result for as long as it likes.
    with store.read() as connection:
        shown = {table: table_metadata(connection, table.relation) for table in _TABLES}
    facts: dict[str, Any] = {"years": ", ".join(map(str, years)), "documents_counted": counted}
    for table, metadata in shown.items():
        yield dg.MaterializeResult(
            asset_key=[table.schema, table.name], metadata={**metadata, **facts}
        )
