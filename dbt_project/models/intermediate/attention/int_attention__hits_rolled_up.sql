with hits as (

    select * from {{ ref("keyword_hits") }}

),

counted as (

    select
        *,
        section = 'annex' as is_annex,
        section <> 'annex' and excluded_by is null as is_counted
    from hits

),

rolled_up as (

    select
        topic,
        document_id,
        region_code,
        count(*) filter (where is_counted) as n_hits,
        count(*) filter (where is_counted and category = 'core') as n_core_hits,
        count(*) filter (where is_counted and category = 'extended') as n_extended_hits,
        count(*) filter (where is_counted and section = 'review') as n_review_hits,
        count(*) filter (where is_counted and section = 'plan') as n_plan_hits,
        count(*) filter (where is_annex) as n_annex_hits,
        count(*) filter (where not is_annex and excluded_by is not null) as n_excluded_hits,
        count(*) filter (where not is_annex and is_excluded_in_review) as n_review_excluded_hits,
        bool_or(is_sample) as is_sample
    from counted
    group by topic, document_id, region_code

)

select * from rolled_up
