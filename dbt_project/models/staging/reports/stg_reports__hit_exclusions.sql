{{ config(tags=["by_report_year"], meta={"group": "attention"}) }}

with source as (

    select * from {{ source("raw", "hit_exclusions") }}

),

renamed as (

    select
        topic,
        region_code,
        report_year,
        term,
        sentence,
        offset_in_sentence,
        reason,
        reviewer,
        reviewed_on
    from source

)

select * from renamed
