{{ config(meta={"group": "attention"}) }}

with source as (

    select * from {{ source("raw", "text_measures") }}

),

renamed as (

    select
        topic,
        document_id,
        region_code,
        report_year,
        n_chars,
        n_annex_chars,
        n_tokens,
        n_annex_tokens,
        n_token_hits,
        n_annex_token_hits,
        is_sample
    from source

)

select * from renamed
