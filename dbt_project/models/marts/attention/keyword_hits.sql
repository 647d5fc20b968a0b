{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="report_year",
        on_schema_change="fail",
        pre_hook="{{ delete_report_years(ref('int_attention__hits_reviewed')) }}",
        tags=["by_report_year"],
    )
}}

with hits as (

    select * from {{ ref("int_attention__hits_reviewed") }}

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
from hits
{% if is_incremental() %}
    where {{ in_report_years("report_year") }}
{% endif %}
