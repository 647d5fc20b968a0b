with source as (

    select * from {{ source("raw", "document_findings") }}

),

renamed as (

    select
        document_id,
        file_id,
        path,
        member,
        rule,
        severity,
        evidence,
        hint,
        char_start,
        char_end,
        is_sample
    from source

)

select * from renamed
