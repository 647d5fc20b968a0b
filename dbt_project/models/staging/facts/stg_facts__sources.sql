with source as (

    select * from {{ ref("published_sources") }}

),

renamed as (

    select
        source_id,
        title_zh,
        title_en,
        authors,
        journal,
        year,
        kind,
        locator_scheme,
        file_name,
        licence,
        accessed_on
    from source

)

select * from renamed
