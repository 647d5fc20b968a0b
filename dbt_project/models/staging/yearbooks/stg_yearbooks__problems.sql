with source as (

    select * from {{ source("raw", "observation_problems") }}

),

renamed as (

    select
        file_id,
        path,
        locator as place,
        reason as evidence,
        hint,
        is_sample
    from source

)

select * from renamed
