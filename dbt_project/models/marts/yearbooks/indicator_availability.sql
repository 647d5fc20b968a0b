with editions as (

    select * from {{ ref("int_observations__editions") }}

),

indicators as (

    select * from {{ ref("stg_yearbooks__indicators") }}

),

regions as (

    select * from {{ ref("regions") }}

),

counted as (

    select
        editions.indicator_code,
        editions.scope,
        regions.region_level,
        editions.year,
        count(distinct editions.region_code) filter (where editions.value is not null) as n_regions,
        count(distinct editions.region_code) filter (where editions.value is null) as n_without,
        max(editions.vintage) filter (where editions.value is not null) as newest_vintage,
        max(editions.vintage) as newest_looked_at,
        bool_or(editions.is_sample) as is_sample
    from editions
    inner join regions on editions.region_code = regions.region_code
    group by all

),

-- The last year with numbers, and the newest edition that was looked at: a series that stopped
-- shows as one whose later editions hold nothing.
spans as (

    select
        indicator_code,
        scope,
        region_level,
        max(year) filter (where n_regions > 0) as last_year,
        max(newest_vintage) as last_vintage,
        max(newest_looked_at) as last_looked_at
    from counted
    group by all

)

select
    counted.indicator_code,
    indicators.name_zh,
    counted.scope,
    counted.region_level,
    counted.year,
    counted.n_regions::integer as n_regions,
    counted.n_without::integer as n_without,
    counted.newest_vintage,
    spans.last_year,
    spans.last_vintage,
    spans.last_looked_at,
    counted.is_sample
from counted
inner join spans
    on
        counted.indicator_code = spans.indicator_code
        and counted.scope = spans.scope
        and counted.region_level = spans.region_level
left join indicators on counted.indicator_code = indicators.indicator_code
