with source as (

    select * from {{ source("raw", "observation_corrections") }}

),

renamed as (

    select
        indicator_code,
        region_code,
        year,
        vintage,
        scope,
        expect as expected_value,
        value as corrected_value,
        reason,
        source as known_from
    from source

)

select * from renamed
