with terms as (

    select * from {{ ref("stg_reports__lexicon_terms") }}

),

hits as (

    select * from {{ ref("keyword_hits") }}

),

reports as (

    select
        topic,
        count(*) as n_reports,
        bool_or(is_sample) as is_sample
    from {{ ref("stg_reports__text_measures") }}
    group by topic

),

counted as (

    select
        topic,
        term,
        count(*) filter (where section <> 'annex' and excluded_by is null) as n_hits,
        count(*) as n_occurrences,
        count(distinct document_id) as n_reports_with_term
    from hits
    group by topic, term

)

select
    terms.topic,
    terms.term,
    terms.category,
    terms.term_position,
    coalesce(counted.n_hits, 0) as n_hits,
    coalesce(counted.n_occurrences, 0) as n_occurrences,
    coalesce(counted.n_reports_with_term, 0) as n_reports_with_term,
    reports.n_reports,
    counted.n_hits / nullif(sum(counted.n_hits) over by_topic, 0) as share_of_hits,
    reports.is_sample
from terms
inner join reports on terms.topic = reports.topic
left join counted on terms.topic = counted.topic and terms.term = counted.term
window by_topic as (partition by terms.topic)
