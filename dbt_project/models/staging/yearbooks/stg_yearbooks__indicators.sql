with shipped as (

    select
        indicator_code,
        name_zh,
        name_en,
        canonical_unit as unit,
        scope as covers,
        additive as is_additive,
        tolerance
    from {{ ref("indicators") }}

),

own as (

    select
        indicator_code,
        name_zh,
        name_en,
        unit,
        covers,
        is_additive,
        tolerance
    from {{ source("raw", "own_indicators") }}

),

every as (

    select * from shipped
    union all
    select * from own

),

units as (

    select * from {{ ref("units") }}

)

-- How many base units (元, 人, 件) the indicator's own unit is.
select
    every.indicator_code,
    every.name_zh,
    every.name_en,
    every.unit,
    units.canonical_unit as base_unit,
    units.to_canonical as base_units,
    every.covers,
    every.is_additive,
    every.tolerance
from every
left join units on every.unit = units.unit
