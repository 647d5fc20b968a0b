{{ config(meta={"group": "attention"}) }}

with source as (

    select * from {{ source("raw", "lexicon_terms") }}

),

renamed as (

    select
        topic,
        phrase as term,
        category,
        position as term_position
    from source
    where role = 'term'

)

select * from renamed
