"""The tables that Python writes: columns, types, units and descriptions, stated once.

From here come the DDL, the comments stored in DuckDB and the column schema that Dagster shows.
Tables from staging to marts are dbt's and are described in ``dbt_project``.
"""

from orchestration.tables.models import MODEL_TABLES, REPLICATION
from orchestration.tables.reports import (
    DOCUMENT_FINDINGS,
    DOCUMENTS,
    HIT_EXCLUSIONS,
    KEYWORD_HITS,
    LEXICON_TERMS,
    SECTIONS,
    TEXT_MEASURES,
)
from orchestration.tables.results import PUBLISHED_FINDINGS
from orchestration.tables.table import Column, Table
from orchestration.tables.upkeep import (
    BUILDS,
    CHECK_RESULTS,
    DATA_DIFF,
    FILES,
    QUARANTINE,
    READINGS,
    STAGE_INPUTS,
)
from orchestration.tables.yearbooks import (
    OBSERVATION_CORRECTIONS,
    OBSERVATION_PROBLEMS,
    OBSERVATIONS,
    OWN_INDICATORS,
    STUDY_INPUTS,
    STUDY_PANELS,
    STUDY_VARIABLES,
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
    OBSERVATIONS,
    OBSERVATION_PROBLEMS,
    OBSERVATION_CORRECTIONS,
    OWN_INDICATORS,
    STUDY_PANELS,
    STUDY_VARIABLES,
    STUDY_INPUTS,
    PUBLISHED_FINDINGS,
    *MODEL_TABLES,
    REPLICATION,
    QUARANTINE,
    CHECK_RESULTS,
    STAGE_INPUTS,
    BUILDS,
    DATA_DIFF,
)

__all__ = [
    "BUILDS",
    "CHECK_RESULTS",
    "DATA_DIFF",
    "DOCUMENTS",
    "DOCUMENT_FINDINGS",
    "FILES",
    "HIT_EXCLUSIONS",
    "KEYWORD_HITS",
    "LEXICON_TERMS",
    "MODEL_TABLES",
    "OBSERVATIONS",
    "OBSERVATION_CORRECTIONS",
    "OBSERVATION_PROBLEMS",
    "OWN_INDICATORS",
    "PUBLISHED_FINDINGS",
    "QUARANTINE",
    "READINGS",
    "REPLICATION",
    "SECTIONS",
    "STAGE_INPUTS",
    "STUDY_INPUTS",
    "STUDY_PANELS",
    "STUDY_VARIABLES",
    "TABLES",
    "TEXT_MEASURES",
    "Column",
    "Table",
]
