{{ config(tags=["by_report_year"], meta={"group": "attention"}) }}

with source as (

    select * from {{ source("raw", "keyword_hits") }}

),

renamed as (

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
        is_sample
    from source

)

select * from renamed
