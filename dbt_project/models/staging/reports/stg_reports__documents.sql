with source as (

    select * from {{ source("raw", "documents") }}

),

renamed as (

    select
        document_id,
        file_id,
        region_code,
        region_level,
        report_year,
        reviewed_year,
        plan_year,
        delivered_on,
        session as session_name,
        title,
        speaker,
        source_url,
        n_chars as n_body_chars,
        completeness,
        status,
        is_sample
    from source

)

select * from renamed
