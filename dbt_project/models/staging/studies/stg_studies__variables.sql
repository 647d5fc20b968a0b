with source as (

    select * from {{ source("raw", "study_variables") }}

),

renamed as (

    select
        study,
        variable,
        position as variable_position,
        label_zh,
        label_en,
        unit,
        formula,
        zeros
    from source

)

select * from renamed
