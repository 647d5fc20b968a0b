with source as (

    select * from {{ source("raw", "study_inputs") }}

),

renamed as (

    select
        study,
        variable,
        input as input_name,
        origin,
        lag as lag_years
    from source

)

select * from renamed
