"""Temporary tables with the causes of a publication, a sentence each.

By region and year, by file, by topic, by review mark. They are filled once from the raw tables of
both states. Which cause a row has is ``causes``.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from orchestration.data_diff.names import identifier

_SHOWN_FILES = 3

_DOCUMENTS = {
    "file_id": "varchar",
    "path": "varchar",
    "member": "varchar",
    "region_code": "varchar",
    "report_year": "integer",
    "status": "varchar",
    "status_reason": "varchar",
    "override": "varchar",
}
_FILES = {"path": "varchar", "file_id": "varchar", "status": "varchar", "reason": "varchar"}
_TERMS = {"topic": "varchar", "lexicon_digest": "varchar"}
_MARKS = {
    "topic": "varchar",
    "region_code": "varchar",
    "report_year": "integer",
    "term": "varchar",
    "sentence": "varchar",
    "offset_in_sentence": "integer",
    "reason": "varchar",
    "reviewer": "varchar",
    "sheet": "varchar",
}
_INPUTS = {
    "documents": ("documents", _DOCUMENTS),
    "files": ("files", _FILES),
    "terms": ("lexicon_terms", _TERMS),
    "marks": ("hit_exclusions", _MARKS),
}


def prepare_causes(connection: duckdb.DuckDBPyConnection, before: str, after: str) -> None:
    """Create the temporary tables of causes from the raw tables of both states.

    A table or column that an earlier version of the warehouse did not have counts as empty.

    Args:
        connection: has both databases attached.
        before: name of the database that readers had.
        after: name of the one that they get.
    """
    for side, database in (("before", before), ("after", after)):
        for name, (table, columns) in _INPUTS.items():
            connection.execute(
                f"create or replace temp table cause_{name}_{side} as "
                + _selected(connection, database, table, columns)
            )
    for statement in (_REGION_YEARS, _FILE_CAUSES, _TOPICS, _MARK_CAUSES):
        connection.execute(statement)


def changed_reports(connection: duckdb.DuckDBPyConnection) -> str:
    """What became of the counted reports: the first sentences and how many more; may be empty."""
    rows = connection.execute(
        "select sentence, count(*) over () from (select distinct sentence from cause_region_years) "
        f"order by sentence limit {_SHOWN_FILES}"
    ).fetchall()
    more = rows[0][1] - len(rows) if rows else 0
    return " ".join([row[0] for row in rows] + ([f"And {more} more."] if more else []))


def _selected(
    connection: duckdb.DuckDBPyConnection, database: str, table: str, columns: Mapping[str, str]
) -> str:
    present = {
        row[0]
        for row in connection.execute(
            "select column_name from duckdb_columns() "
            "where database_name = ? and schema_name = 'raw' and table_name = ?",
            [database, table],
        ).fetchall()
    }
    listed = ", ".join(
        f"cast({name if name in present else 'null'} as {kind}) as {name}"
        for name, kind in columns.items()
    )
    source = f"from {identifier(database)}.raw.{table}" if present else "where false"
    return f"select {listed} {source}"


_REGION_YEARS = """
create or replace temp table cause_region_years as
with documents as (
    select
        *,
        concat_ws(' > ', path, nullif(member, '')) as place
    from (
        select *, true as is_after from cause_documents_after
        union all by name
        select *, false as is_after from cause_documents_before
    )
),
earlier as (select * from documents where not is_after),
later as (select * from documents where is_after),
files_then as (select * from cause_files_before where status <> 'removed'),
files_now as (select * from cause_files_after where status <> 'removed'),
pairs as (
    select
        coalesce(new.region_code, old.region_code) as region_code,
        coalesce(new.report_year, old.report_year) as report_year,
        old.file_id as old_file, old.path as old_path,
        old.place as old_place, old.override as old_override,
        new.file_id as new_file, new.path as new_path,
        new.place as new_place, new.override as new_override
    from (from earlier where status = 'primary') as old
    full join (from later where status = 'primary') as new
        on old.region_code = new.region_code and old.report_year = new.report_year
    where
        (old.place, old.file_id, old.override)
        is distinct from (new.place, new.file_id, new.override)
),
moves as (
    select files_now.file_id, min(files_then.path) as source, min(files_now.path) as target
    from files_then
    inner join files_now on files_then.file_id = files_now.file_id
    where
        files_then.path not in (select path from files_now)
        and files_now.path not in (select path from files_then)
    group by files_now.file_id
),
known as (
    select
        pairs.*,
        now_at_old.file_id as file_at_old_path,
        then_at_new.file_id as file_at_new_path,
        now_at_old.reason as old_file_reason,
        old_now.status as old_status,
        rtrim(old_now.status_reason, '.。') as old_reason,
        concat_ws(' ', old_now.region_code, old_now.report_year) as old_counts_for,
        new_then.status as new_status,
        concat_ws(' ', new_then.region_code, new_then.report_year) as new_counted_for,
        moved_away.target,
        moved_here.source,
        case
            when new_then.place is not null and new_then.override is distinct from new_override
                then coalesce(new_override, 'An override was taken out.')
            when old_now.place is not null and old_now.override is distinct from old_override
                then coalesce(old_now.override, 'An override was taken out.')
        end as override
    from pairs
    left join files_now as now_at_old on pairs.old_path = now_at_old.path
    left join files_then as then_at_new on pairs.new_path = then_at_new.path
    left join later as old_now
        on pairs.old_place = old_now.place and pairs.old_file = old_now.file_id
    left join earlier as new_then
        on pairs.new_place = new_then.place and pairs.new_file = new_then.file_id
    left join moves as moved_away on pairs.old_file = moved_away.file_id
    left join moves as moved_here on pairs.new_file = moved_here.file_id
)
select
    region_code,
    report_year,
    case
        when old_file is null or new_file is null then 'row'
        when old_file = new_file and old_path <> new_path then 'moved'
        else 'text'
    end as kind,
    case
        when old_place = new_place and old_file = new_file
            then new_place || ': its override changed.'
        when old_file is not null and new_file is not null then case
            when old_path = new_path and old_file <> new_file then new_place || ' changed.'
            when old_file = new_file and old_path <> new_path and file_at_old_path is null
                then old_place || ' was moved to ' || new_place || '.'
            else concat(
                new_place,
                case
                    when file_at_new_path is null and source is null then ' is new and'
                    when file_at_new_path <> new_file then ' changed and'
                end,
                ' is counted instead of ', old_place,
                case
                    when file_at_old_path is null then ', which was removed'
                    when file_at_old_path <> old_file then ', which changed'
                    when old_status = 'quarantined'
                        then concat(', which is quarantined now: ', old_reason)
                    when old_status = 'primary'
                        then concat(', which counts for ', old_counts_for, ' now')
                    when old_status is null
                        then concat(', which is left out now: ', rtrim(old_file_reason, '.'))
                end,
                '.'
            ) end
        when new_file is not null then case
            when file_at_new_path is null and source is not null
                then source || ' was moved to ' || new_place || '.'
            when file_at_new_path is null then new_place || ' is new.'
            when file_at_new_path <> new_file then new_place || ' changed.'
            when new_status = 'primary'
                then concat(new_place, ' counted for ', new_counted_for, ' before.')
            when new_status is not null then concat(new_place, ' was ', new_status, ' before.')
            else new_place || ' was left out before.' end
        when file_at_old_path is null and target is not null
            then old_place || ' was moved to ' || target || '.'
        when file_at_old_path is null then old_place || ' was removed.'
        when file_at_old_path <> old_file
            then old_place || ' changed and no longer counts for this region and year.'
        when old_status = 'quarantined'
            then concat(old_place, ' is quarantined now: ', old_reason, '.')
        when old_status = 'primary'
            then concat(old_place, ' counts for ', old_counts_for, ' now.')
        else concat(
            old_place, ' is no longer counted: ',
            coalesce(old_reason, rtrim(old_file_reason, '.'), 'it is left out'), '.'
        )
    end
    || case
        when override is null or contains(coalesce(old_reason, ''), rtrim(override, '.。')) then ''
        else ' ' || override
    end as sentence
from known
"""
_FILE_CAUSES = """
create or replace temp table cause_changed_files as
with pairs as (
    select
        coalesce(new.path, old.path) as path,
        old.file_id as old_file,
        new.file_id as new_file,
        old.status as old_status,
        new.status as new_status,
        new.reason
    from (from cause_files_before where status <> 'removed') as old
    full join (from cause_files_after where status <> 'removed') as new on old.path = new.path
    where (old.file_id, old.status) is distinct from (new.file_id, new.status)
)
select
    path, old_file, new_file,
    case
        when old_file is null then concat_ws(' ', path, case when exists (
            from pairs as gone where gone.old_file = pairs.new_file and gone.new_file is null
        ) then 'was moved here.' else 'is new.' end)
        when new_file is null then path || ' was removed or moved.'
        when old_file <> new_file then path || ' changed.'
        else concat_ws(' ', path, 'is', new_status, 'now, not', old_status || '.', reason)
    end as sentence
from pairs;
create or replace temp table cause_paths as
select path, min(sentence) as sentence from cause_changed_files group by path;
create or replace temp table cause_file_ids as
select file_id, min(sentence) as sentence
from (select unnest([old_file, new_file]) as file_id, sentence from cause_changed_files)
where file_id is not null
group by file_id
"""
_TOPICS = """
create or replace temp table cause_topics as
with old as (select topic, min(lexicon_digest) as digest from cause_terms_before group by topic),
new as (select topic, min(lexicon_digest) as digest from cause_terms_after group by topic)
select
    coalesce(new.topic, old.topic) as topic,
    case
        when old.topic is null then concat('Study ', new.topic, ' is new.')
        when new.topic is null then concat('Study ', old.topic, ' is no longer built.')
        else concat('The word list of study ', new.topic, ' changed.')
    end as sentence
from old
full join new on old.topic = new.topic
where old.digest is distinct from new.digest
"""
_MARK_CAUSES = """
create or replace temp table cause_changed_marks as
select *, true as is_set from (from cause_marks_after except from cause_marks_before)
union all
select *, false as is_set from (from cause_marks_before except from cause_marks_after);
create or replace temp table cause_marks as
select topic, region_code, report_year, string_agg(sentence, ' ' order by sentence) as sentence
from (
    select distinct topic, region_code, report_year, concat(
        'Review marks ', case when is_set then 'of ' else 'taken back, of ' end,
        coalesce(reviewer, 'an unnamed reviewer'), ' (', coalesce(sheet, 'no sheet'), ').'
    ) as sentence
    from cause_changed_marks
)
group by topic, region_code, report_year;
create or replace temp table cause_topic_marks as
select topic, string_agg(distinct sentence, ' ' order by sentence) as sentence
from cause_marks
group by topic
"""
