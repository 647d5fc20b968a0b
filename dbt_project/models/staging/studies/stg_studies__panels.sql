with source as (

    select * from {{ source("raw", "study_panels") }}

),

renamed as (

    select
        study,
        region_level,
        first_year,
        last_year,
        lags as n_lags,
        excluded_regions,
        as_of,
        boundaries,
        service_sectors,
        national_totals
    from source

)

select * from renamed
