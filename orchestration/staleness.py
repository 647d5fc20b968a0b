"""What the working file holds that is not what its own tables, or the program, would give now.

Only questions are asked here, in SQL and without changing anything: a killed or partial run leaves
no note of itself, but it leaves rows that do not agree. Who acts on the answers: ``stages``,
``refresh``, and ``resources`` before it publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from orchestration.program import measuring_digest
from orchestration.tables import STAGE_INPUTS

# Each primary report under each word list, with the digest of all that its measures are made of.
_EXPECTED = """
select
    documents.document_id,
    lexicons.topic,
    documents.report_year,
    sha256(
        concat_ws(
            ' ', documents.body_digest, documents.region_code, documents.region_level,
            documents.report_year, documents.is_sample, lexicons.lexicon_digest, $program
        )
    ) as input_digest
from raw.documents as documents
cross join (select distinct topic, lexicon_digest from raw.lexicon_terms) as lexicons
where documents.status = 'primary'
"""
_STALE = f"""
with expected as ({_EXPECTED})
select expected.document_id, expected.topic, expected.report_year, expected.input_digest
from expected
left join raw.text_measures as measures using (document_id, topic)
where measures.input_digest is distinct from expected.input_digest
order by all
"""
_LEFT_OVER = f"""
with expected as ({_EXPECTED})
select distinct document_id, topic, report_year
from raw.text_measures as measures
where not exists (
    select 1 from expected
    where expected.document_id = measures.document_id and expected.topic = measures.topic
)
order by all
"""
# The mart against the view that it is filled from, a checksum a year: 20 million hits in a second.
_MART_YEARS = """
with wanted as (
    select report_year, count(*) as n_rows, bit_xor(hash(h)) as checksum
    from (select {columns} from {view}) as h group by report_year
),
present as (
    select report_year, count(*) as n_rows, bit_xor(hash(h)) as checksum
    from (select {columns} from marts.keyword_hits) as h group by report_year
)
select coalesce(wanted.report_year, present.report_year) as report_year
from wanted full join present using (report_year)
where (wanted.n_rows, wanted.checksum) is distinct from (present.n_rows, present.checksum)
order by report_year
"""
# The stage whose note says which inventory the marts were made from.
MARTS = "marts"
_HITS_VIEW = "intermediate.int_attention__hits_reviewed"


def stale_measures(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[str, str, int, str]]:
    """Documents to be measured: identifier, topic, report year, digest of what to measure."""
    return connection.execute(_STALE, {"program": measuring_digest()}).fetchall()


def left_over_measures(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """Measures of what is no longer counted: identifier, topic, report year."""
    return connection.execute(_LEFT_OVER, {"program": measuring_digest()}).fetchall()


def stale_mart_years(connection: duckdb.DuckDBPyConnection) -> set[int] | None:
    """Report years whose hits in the mart are not those of the view; ``None``: there is no mart."""
    columns = [
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' "
            "and table_name = 'keyword_hits' order by column_index"
        ).fetchall()
    ]
    try:
        statement = _MART_YEARS.format(columns=", ".join(columns), view=_HITS_VIEW)
        return {year for (year,) in connection.execute(statement).fetchall()} if columns else None
    except (duckdb.CatalogException, duckdb.BinderException):
        return None


def stale_years(connection: duckdb.DuckDBPyConnection) -> set[int] | None:
    """Report years that the measures or the hits mart must be made anew for; ``None``: all."""
    marts = stale_mart_years(connection)
    if marts is None:
        return None
    measures = {year for _, _, year, _ in stale_measures(connection)}
    return marts | measures | {year for _, _, year in left_over_measures(connection)}


def inventory_token(connection: duckdb.DuckDBPyConnection) -> str:
    """What tells one state of inventory, observations, lists and marks from the next."""
    row = connection.execute(
        f"select string_agg(stage || ' ' || noted_at, ', ' order by stage) from "
        f"(select stage, max(noted_at) as noted_at from {STAGE_INPUTS.relation} "
        "where stage in ('inventory', 'observations', 'lexicons', 'panels', 'marks') "
        "group by stage)"
    ).fetchone()
    return str(row[0]) if row else ""


def noted_inputs(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """What each stage was last made from, by stage and input; empty where there is no such note."""
    try:
        rows = connection.execute(f"select stage, input, value from {STAGE_INPUTS.relation}")
    except duckdb.CatalogException:
        return {}
    noted: dict[str, dict[str, str]] = {}
    for stage, name, value in rows.fetchall():
        noted.setdefault(stage, {})[name] = value
    return noted


def note_inputs(
    connection: duckdb.DuckDBPyConnection, stage: str, inputs: Mapping[str, str]
) -> None:
    """Note what a stage was made from, in the transaction that writes what it made."""
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.execute(f"delete from {STAGE_INPUTS.relation} where stage = ?", [stage])
    for name, value in inputs.items():
        connection.execute(
            f"insert into {STAGE_INPUTS.relation} values (?, ?, ?, ?)", [stage, name, value, now]
        )
