with seeds as (

    select * from {{ ref("facts_seed000") }}
    union all
    select * from {{ ref("facts_seed001") }}
    union all
    select * from {{ ref("facts_seed002") }}
    union all
    select * from {{ ref("facts_seed003") }}
    union all
    select * from {{ ref("facts_seed004") }}
    union all
    select * from {{ ref("facts_nbs_communique") }}

),

-- The text keeps the printed digits: 3.410 says more than 3.41.
typed as (

    select
        fact_id,
        source_id,
        subject_area,
        entity,
        entity_en,
        measure,
        label_zh,
        label_en,
        nullif(period, '') as period,
        nullif(value, '') as printed_value,
        try_cast(nullif(value, '') as double) as value,
        nullif(value_text, '') as value_text,
        nullif(unit, '') as unit,
        nullif(currency, '') as currency,
        try_cast(nullif(value_usd, '') as double) as value_usd,
        nullif(qualifier, '') as qualifier,
        nullif(scope, '') as scope,
        nullif(status, '') as status,
        nullif(details, '') as details,
        nullif(published_table, '') as published_table,
        locator
    from seeds

)

select * from typed
