-- Not materialized: each of the two that read it then takes its own rows only.
with observations as not materialized (

    select * from {{ ref("stg_yearbooks__observations") }}
    where
        indicator_code in (
            select indicator_code from {{ ref("stg_yearbooks__indicators") }}
            where is_additive
        )

),

regions as (

    select * from {{ ref("regions") }}

),

tolerances as (

    select * from {{ ref("stg_yearbooks__indicators") }}

),

-- A province that stands twice with one number is one; with two numbers it has none, and the sum
-- cannot be judged.
of_provinces as (

    select
        observations.path,
        observations.sheet,
        observations.indicator_code,
        observations.scope,
        observations.year,
        observations.vintage,
        observations.region_code,
        case
            when
                max(observations.value) - min(observations.value)
                <= 1e-9 * abs(max(observations.value))
                then max(observations.value)
        end as value
    from observations
    inner join regions on observations.region_code = regions.region_code
    where regions.region_level = 'province' and observations.region_kind = 'region'
    group by
        observations.path, observations.sheet, observations.indicator_code, observations.scope,
        observations.year, observations.vintage, observations.region_code

),

provinces as (

    select
        path,
        sheet,
        indicator_code,
        scope,
        year,
        vintage,
        {{ exact_sum("value") }} as sum_of_provinces,
        count(*) as n_provinces
    from of_provinces
    group by path, sheet, indicator_code, scope, year, vintage
    -- A sum that lacks a province says nothing.
    having count(*) = count(value)

),

nation as (

    select
        path,
        sheet,
        indicator_code,
        scope,
        year,
        vintage,
        arg_min(cell, lpad(cell, 12, '0')) as cell,
        case
            when max(value) - min(value) <= 1e-9 * abs(max(value)) then max(value)
        end as nation,
        bool_or(is_sample) as is_sample
    from observations
    where region_kind = 'nation'
    group by path, sheet, indicator_code, scope, year, vintage

)

-- The sum may lack what no province holds (ministries, the army): each source states how much.
select
    provinces.path,
    provinces.sheet,
    nation.cell,
    provinces.indicator_code,
    provinces.scope,
    provinces.year,
    provinces.vintage,
    provinces.n_provinces,
    provinces.sum_of_provinces,
    nation.nation,
    provinces.sum_of_provinces / nullif(nation.nation, 0) - 1 as relative_difference,
    tolerances.tolerance,
    nation.is_sample,
    abs(provinces.sum_of_provinces / nullif(nation.nation, 0) - 1)
    <= tolerances.tolerance as is_additive
from provinces
inner join nation
    on
        provinces.path = nation.path
        and provinces.sheet = nation.sheet
        and provinces.indicator_code = nation.indicator_code
        and provinces.scope = nation.scope
        and provinces.year = nation.year
        and provinces.vintage = nation.vintage
inner join tolerances on provinces.indicator_code = tolerances.indicator_code
where provinces.n_provinces >= 31 and nation.nation is not null
