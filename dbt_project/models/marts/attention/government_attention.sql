with measures as (

    select * from {{ ref("stg_reports__text_measures") }}

),

documents as (

    select * from {{ ref("stg_reports__documents") }}

),

regions as (

    select * from {{ ref("regions") }}

),

hits as (

    select * from {{ ref("int_attention__hits_rolled_up") }}

),

-- One row for every report that was measured, so that a report without a hit is a true zero and a
-- region-year without a report is absent.
joined as (

    select
        measures.topic,
        measures.region_code,
        regions.region_name,
        regions.region_level,
        measures.report_year,
        measures.document_id,
        documents.delivered_on,
        documents.reviewed_year,
        documents.plan_year,
        documents.completeness,
        measures.n_token_hits,
        measures.n_chars,
        measures.n_tokens,
        measures.is_sample,
        coalesce(hits.n_hits, 0) as n_hits,
        coalesce(hits.n_core_hits, 0) as n_core_hits,
        coalesce(hits.n_extended_hits, 0) as n_extended_hits,
        coalesce(hits.n_review_hits, 0) as n_review_hits,
        coalesce(hits.n_plan_hits, 0) as n_plan_hits,
        coalesce(hits.n_annex_hits, 0) as n_annex_hits,
        coalesce(hits.n_excluded_hits, 0) as n_excluded_hits,
        coalesce(hits.n_review_excluded_hits, 0) as n_review_excluded_hits
    from measures
    inner join documents on measures.document_id = documents.document_id
    left join regions on measures.region_code = regions.region_code
    left join hits on measures.topic = hits.topic and measures.document_id = hits.document_id

)

select
    topic,
    region_code,
    region_name,
    region_level,
    report_year,
    document_id,
    n_hits,
    n_core_hits,
    n_extended_hits,
    n_review_hits,
    n_plan_hits,
    n_annex_hits,
    n_excluded_hits,
    n_review_excluded_hits,
    n_token_hits,
    n_chars,
    n_tokens,
    {{ per_10k("n_hits", "n_chars") }} as hits_per_10k_chars,
    delivered_on,
    reviewed_year,
    plan_year,
    completeness,
    is_sample
from joined
