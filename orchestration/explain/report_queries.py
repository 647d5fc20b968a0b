"""SQL over the tables of reports: hits in their sentences, quotes, findings, files behind them.

``{where}`` holds for the table that is explained and for every table it stands over here; queries
that need one document take ``$document_id`` from the row.
"""

from __future__ import annotations

from typing import Final

# What dbt's int_attention__hits_rolled_up counts, in its words.
IS_COUNTED: Final = "section <> 'annex' and excluded_by is null"
IS_EXCLUDED: Final = "section <> 'annex' and excluded_by is not null"

HITS: Final = """
select
    d.path as file,
    nullif(d.member, '') as member,
    h.document_id,
    r.region_name,
    h.report_year,
    h.section,
    s.heading,
    h.term,
    h.category,
    h.char_start as start,
    h.char_end as "end",
    h.sentence as text,
    h.sentence_start,
    h.excluded_by,
    case
        when h.section = 'annex' then 'annex'
        when h.excluded_by is not null then 'excluded'
        else 'counted'
    end as status,
    concat_ws(
        '; ',
        case when h.section = 'annex' then 'in an annex or glossary' end,
        case
            when starts_with(h.excluded_by, 'review: ')
                then 'marked as no hit in ' || h.excluded_by
            else 'inside the exclusion phrase ' || h.excluded_by
        end
    ) as reason
from (select * from marts.keyword_hits where {where}) as h
inner join raw.documents as d on h.document_id = d.document_id
left join staging.regions as r on h.region_code = r.region_code
left join raw.document_sections as s
    on h.document_id = s.document_id
    and h.char_start >= s.char_start and h.char_start < s.char_end
"""

FIRST_HITS: Final = f"""
select * from ({HITS})
qualify row_number() over (partition by document_id order by start) = 1
"""

# White space as Python's \s has it, by which n_chars is measured; \s of DuckDB's RE2 is ASCII.
_WITHOUT_SPACE: Final = r"'[\s\p{Z}\x0b\x1c-\x1f\x{85}]+', '', 'g'"

_SECTION_CHARS: Final = f"""length(regexp_replace(
        substring(d.body, s.char_start + 1, s.char_end - s.char_start),
        {_WITHOUT_SPACE}
    ))"""

PASSAGES: Final = f"""
select
    d.path as file,
    nullif(d.member, '') as member,
    s.document_id,
    s.section,
    s.heading,
    s.char_start as start,
    s.char_end as "end",
    {_SECTION_CHARS} as n_chars,
    if(s.section = 'annex', 'annex', 'counted') as status,
    if(s.section = 'annex', 'an annex or glossary', null) as reason
from raw.document_sections as s
inner join raw.documents as d on s.document_id = d.document_id
where s.document_id = $document_id
"""

N_CHARS: Final = f"""
select sum({_SECTION_CHARS})
from raw.document_sections as s
inner join raw.documents as d on s.document_id = d.document_id
where s.document_id = $document_id and s.section <> 'annex'"""

NO_HIT: Final = """
select
    region_name || ' ' || report_year || ': the report was read and holds no such hit; this is '
    || 'a zero, not a gap'
    || if(completeness = 'full', '.', ', but the text is ' || completeness || '.') as note
from marts.government_attention
where topic = $topic and region_code = $region_code and report_year = $report_year
union all
select $term || ' never occurs in the ' || n_reports || ' reports of this warehouse.' as note
from marts.lexicon_coverage
where topic = $topic and term = $term and n_occurrences = 0 and $region_code is null
"""

BREAKDOWN: Final = f"""
select
    h.report_year,
    h.region_code,
    r.region_name,
    count(*) filter ({IS_COUNTED}) as n_counted,
    count(*) as n_occurrences
from (select * from marts.keyword_hits where {{where}}) as h
left join staging.regions as r on h.region_code = r.region_code
group by h.report_year, h.region_code, r.region_name
order by h.report_year, n_counted desc, h.region_code
"""

# Files whose names speak of the region and the year: what cannot be read says nothing else.
_NAMED: Final = """
contains(f.path, $report_year::varchar) and exists (
    select 1 from staging.regions as r
    where r.region_code = $region_code
        and (contains(f.path, r.region_name) or contains(lower(f.path), lower(r.english_name)))
)
"""

ABSENT: Final = f"""
select concat_ws(' > ', path, nullif(member, '')) as place, status, status_reason as reason
from raw.documents
where region_code = $region_code and report_year = $report_year
union all
select
    concat_ws(' > ', f.path, nullif(f.locator, '')),
    'quarantined',
    concat_ws(' ', f.reason, f.hint)
from quality.quarantine as f
where {_NAMED}
union all
select f.path, f.status, f.reason
from raw.files as f
where f.status <> 'loaded' and {_NAMED}
"""

ABSENT_FILE: Final = f"""{ABSENT}
union all
select concat_ws(' > ', path, nullif(locator, '')), 'quarantined', concat_ws(' ', reason, hint)
from quality.quarantine
where suffix(path, $path)
union all
select path, status, reason
from raw.files
where status <> 'loaded' and suffix(path, $path)
"""

ATTENTION_NOTES: Final = """
select
    'The text is ' || completeness || ': a low count or a zero in it is no evidence of little '
    || 'attention.' as note
from marts.government_attention
where {where} and completeness <> 'full'
union all
select 'The report was read and holds no term that counts: a zero, not a gap.'
from marts.government_attention
where {where} and completeness = 'full' and n_hits = 0
"""

_WARNINGS: Final = """
select 'Rule ' || rule || ' (' || severity || '): ' || evidence as note
from raw.document_findings
where severity in ('error', 'warn')
    and document_id in (select document_id from {table} where {where})
"""


def quotes(table: str) -> str:
    """What region, year and the rest were read from, for the documents of a table's rows."""
    return _QUOTES.replace("{table}", table)


def findings(table: str) -> str:
    """What the rules found in the documents of a table's rows."""
    return _FINDINGS.replace("{table}", table)


def warnings(table: str) -> str:
    """A sentence for each finding that a reader of the table's rows must know."""
    return _WARNINGS.replace("{table}", table)


def sources(table: str) -> str:
    """The documents of a table's rows, then what else there is for the same region and year."""
    return _SOURCES.replace("{table}", table)


_QUOTES: Final = """
select
    d.path as file,
    nullif(d.member, '') as member,
    d.document_id,
    d.rank,
    e.fact,
    e.value,
    e.place as source,
    e.quote as text,
    e."start",
    e."end",
    if(
        e.value = case e.fact
            when 'region' then r.region_name
            when 'report_year' then d.report_year::varchar
            when 'reviewed_year' then d.reviewed_year::varchar
            when 'plan_year' then d.plan_year::varchar
            when 'delivered_on' then d.delivered_on::varchar
            else e.value
        end,
        'agrees', 'differs'
    ) as status,
    null as reason
from (
    select
        *,
        unnest(from_json(
            identity_evidence,
            '[{"fact": "VARCHAR", "value": "VARCHAR", "place": "VARCHAR",
               "quote": "VARCHAR", "start": "INTEGER", "end": "INTEGER"}]'
        )) as e,
        unnest(range(1, json_array_length(identity_evidence)::bigint + 1)) as rank
    from raw.documents
    where document_id in (select document_id from {table} where {where})
) as d
left join staging.regions as r on d.region_code = r.region_code
"""

_FINDINGS: Final = """
select
    path as file,
    nullif(member, '') as member,
    document_id,
    rule,
    evidence as text,
    char_start as "start",
    char_end as "end",
    severity as status,
    hint as reason
from raw.document_findings
where document_id in (select document_id from {table} where {where})
"""

_SOURCES: Final = """
with own as (
    select document_id, file_id, path, region_code, report_year
    from raw.documents
    where document_id in (select document_id from {table} where {where})
),

found as (
    select d.*
    from raw.documents as d
    where d.document_id in (select document_id from own)
        or (d.region_code, d.report_year) in (select (region_code, report_year) from own)
)

select * from (
    select
        path as file,
        nullif(member, '') as member,
        status,
        status_reason as reason,
        * exclude (path, member, status, status_reason, body, identity_evidence)
    from found
    union all by name
    select f.path as file, f.status, f.reason, f.file_id, f.is_sample
    from raw.files as f
    where f.file_id in (select file_id from own) and f.path not in (select path from found)
)
order by status <> 'primary', file, member
"""
