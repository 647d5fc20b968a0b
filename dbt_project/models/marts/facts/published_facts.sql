with facts as (

    select * from {{ ref("stg_facts__printed") }}

),

sources as (

    select * from {{ ref("stg_facts__sources") }}

)

select
    facts.fact_id,
    facts.source_id,
    sources.title_zh as source_title,
    facts.subject_area,
    facts.entity,
    facts.entity_en,
    facts.measure,
    facts.label_zh,
    facts.label_en,
    facts.period,
    facts.value,
    facts.printed_value,
    facts.value_text,
    facts.unit,
    facts.currency,
    facts.value_usd,
    facts.qualifier,
    facts.scope,
    facts.status,
    facts.details,
    facts.published_table,
    facts.locator
from facts
inner join sources on facts.source_id = sources.source_id
