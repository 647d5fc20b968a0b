{{ config(tags=["by_report_year"]) }}

with hits as (

    select * from {{ ref("stg_reports__keyword_hits") }}

),

exclusions as (

    select * from {{ ref("stg_reports__hit_exclusions") }}

),

-- By the words and not by the file, so that a mark survives a report that is renamed or fetched
-- again. Identical sentences of one report share the mark. A phrase that takes a hit out comes
-- first: it says so of every hit like it.
reviewed as (

    select
        hits.topic,
        hits.term,
        hits.category,
        hits.document_id,
        hits.region_code,
        hits.report_year,
        hits.section,
        hits.char_start,
        hits.char_end,
        hits.sentence,
        hits.sentence_start,
        coalesce(
            hits.excluded_by,
            'review: ' || exclusions.reason || ' (' || exclusions.reviewer || ', '
            || cast(exclusions.reviewed_on as varchar) || ')'
        ) as excluded_by,
        hits.excluded_by is null and exclusions.reason is not null as is_excluded_in_review,
        hits.is_sample
    from hits
    left join exclusions
        on
            hits.topic = exclusions.topic
            and hits.region_code = exclusions.region_code
            and hits.report_year = exclusions.report_year
            and hits.term = exclusions.term
            and hits.sentence = exclusions.sentence
            and hits.char_start - hits.sentence_start = exclusions.offset_in_sentence

)

select
    topic,
    term,
    category,
    document_id,
    region_code,
    report_year,
    section,
    char_start,
    char_end,
    sentence,
    sentence_start,
    excluded_by,
    is_excluded_in_review,
    is_sample
from reviewed
