with inputs as (

    select * from {{ ref("stg_studies__inputs") }}

),

panels as (

    select * from {{ ref("stg_studies__panels") }}

),

sectors as (

    select * from {{ ref("sector_mapping") }}

),

-- Which variable needs which indicator; co-agglomeration needs every sector of its classification.
needs as (

    select
        study,
        variable,
        input_name as indicator_code,
        lag_years
    from inputs
    where origin = 'indicator'
    union
    select
        inputs.study,
        inputs.variable,
        sectors.indicator_code,
        inputs.lag_years
    from inputs
    inner join panels on inputs.study = panels.study
    inner join sectors on panels.service_sectors = sectors.classification
    where inputs.origin = 'agglomeration'

),

-- A variable may need an indicator in several years; it is told once.
named as (

    select distinct
        study,
        indicator_code,
        variable
    from needs

),

needed as (

    select
        study,
        indicator_code,
        {{ told_in_order("variable", "variable", "true", separator=", ") }} as variables
    from named
    group by study, indicator_code

),

region_years as (

    select * from {{ ref("int_panel__region_years") }}
    where in_sample

),

observations as (

    select * from {{ ref("int_panel__observations") }}

),

indicators as (

    select * from {{ ref("stg_yearbooks__indicators") }}

),

-- Lagged variables need years before the row's.
cells as (

    select distinct
        needs.study,
        needs.indicator_code,
        region_years.region_code,
        region_years.year - needs.lag_years as year
    from needs
    inner join region_years on needs.study = region_years.study

),

counted as (

    select
        cells.study,
        cells.indicator_code,
        count(*) as n_region_years,
        count(observations.value) as n_values,
        min(cells.year) filter (where observations.value is null) as first_year,
        max(cells.year) filter (where observations.value is null) as last_year
    from cells
    left join observations
        on
            cells.study = observations.study
            and cells.indicator_code = observations.indicator_code
            and cells.region_code = observations.region_code
            and cells.year = observations.year
    group by cells.study, cells.indicator_code

)

select
    counted.study,
    counted.indicator_code,
    indicators.name_zh,
    indicators.unit,
    needed.variables,
    counted.n_region_years::integer as n_region_years,
    counted.n_values::integer as n_values,
    counted.first_year,
    counted.last_year,
    'Put a table with the columns 地区, 年份, 指标, 数值, 单位, 版本 into tables/, with the indicator '
    || indicators.name_zh || ' in ' || indicators.unit || ' or a multiple of it, for '
    || counted.first_year || '–' || counted.last_year || '.' as hint
from counted
inner join needed
    on
        counted.study = needed.study
        and counted.indicator_code = needed.indicator_code
inner join indicators on counted.indicator_code = indicators.indicator_code
where counted.n_values < counted.n_region_years
