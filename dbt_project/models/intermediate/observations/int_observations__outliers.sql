-- Not materialized: each of those that read it takes its own rows only.
with observations as not materialized (

    select * from {{ ref("stg_yearbooks__observations") }}
    where value is not null and region_code is not null

),

indicators as (

    select * from {{ ref("stg_yearbooks__indicators") }}

),

newest as (

    select * from {{ ref("int_observations__newest") }}
    where value > 0

),

nation as (

    select
        path,
        sheet,
        indicator_code,
        scope,
        year,
        max(value) as nation
    from observations
    where region_kind = 'nation'
    group by path, sheet, indicator_code, scope, year

),

-- A part cannot be larger than the whole that stands above it on the same sheet.
larger_than_the_nation as (

    select
        observations.path,
        observations.sheet,
        observations.cell,
        observations.indicator_code,
        observations.scope,
        observations.region_code,
        observations.year,
        'larger_than_the_nation' as rule,
        observations.value,
        nation.nation as compared_with,
        observations.is_sample
    from observations
    inner join nation
        on
            observations.path = nation.path
            and observations.sheet = nation.sheet
            and observations.indicator_code = nation.indicator_code
            and observations.scope = nation.scope
            and observations.year = nation.year
    inner join indicators on observations.indicator_code = indicators.indicator_code
    where
        observations.region_kind = 'region'
        and indicators.is_additive
        and observations.value > nation.nation * (1 + coalesce(indicators.tolerance, 0))
        and observations.value > 0

),

-- Twenty times the year before is no growth; small numbers may jump. The year after must not bear
-- it out: else the next, sound number would be accused as well.
beside_the_year_before as (

    select
        indicator_code,
        scope,
        region_code,
        year,
        vintage,
        value,
        lag(value) over same as value_before,
        lag(year) over same as year_before,
        lead(value) over same as value_after,
        lead(year) over same as year_after
    from newest
    window same as (
        partition by indicator_code, scope, region_code
        order by year asc
    )

),

far_from_the_year_before as (

    select
        observations.path,
        observations.sheet,
        observations.cell,
        observations.indicator_code,
        observations.scope,
        observations.region_code,
        observations.year,
        'far_from_the_year_before' as rule,
        observations.value,
        beside_the_year_before.value_before as compared_with,
        observations.is_sample
    from beside_the_year_before
    inner join observations
        on
            beside_the_year_before.indicator_code = observations.indicator_code
            and beside_the_year_before.scope = observations.scope
            and beside_the_year_before.region_code = observations.region_code
            and beside_the_year_before.year = observations.year
            and beside_the_year_before.vintage = observations.vintage
    inner join indicators on observations.indicator_code = indicators.indicator_code
    where
        beside_the_year_before.year_before = beside_the_year_before.year - 1
        and indicators.is_additive
        and (
            beside_the_year_before.value > 20 * beside_the_year_before.value_before
            or beside_the_year_before.value_before > 20 * beside_the_year_before.value
        )
        and (
            beside_the_year_before.year_after is distinct from beside_the_year_before.year + 1
            or beside_the_year_before.value > 20 * beside_the_year_before.value_after
            or beside_the_year_before.value_after > 20 * beside_the_year_before.value
        )
        -- In printed units: 3 patents after 60 are no misprint.
        and greatest(beside_the_year_before.value, beside_the_year_before.value_before)
        > 1000 * 2 * observations.rounding

)

select
    path,
    sheet,
    cell,
    indicator_code,
    scope,
    region_code,
    year,
    rule,
    value,
    compared_with,
    is_sample
from larger_than_the_nation
union all
select
    path,
    sheet,
    cell,
    indicator_code,
    scope,
    region_code,
    year,
    rule,
    value,
    compared_with,
    is_sample
from far_from_the_year_before
