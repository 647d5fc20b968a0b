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
        input_name as indicator_code
    from inputs
    where origin = 'indicator'
    union
    select
        inputs.study,
        inputs.variable,
        sectors.indicator_code
    from inputs
    inner join panels on inputs.study = panels.study
    inner join sectors on panels.service_sectors = sectors.classification
    where inputs.origin = 'agglomeration'

),

needed as (

    select
        study,
        indicator_code,
        {{ told_in_order("variable", "variable", "true", separator=", ") }} as variables
    from needs
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

counted as (

    select
        needed.study,
        needed.indicator_code,
        needed.variables,
        count(*) as n_region_years,
        count(observations.value) as n_values,
        min(region_years.year) filter (where observations.value is null) as first_year,
        max(region_years.year) filter (where observations.value is null) as last_year
    from needed
    inner join region_years on needed.study = region_years.study
    left join observations
        on
            needed.study = observations.study
            and needed.indicator_code = observations.indicator_code
            and region_years.region_code = observations.region_code
            and region_years.year = observations.year
    group by needed.study, needed.indicator_code, needed.variables

)

select
    counted.study,
    counted.indicator_code,
    indicators.name_zh,
    indicators.unit,
    counted.variables,
    counted.n_region_years::integer as n_region_years,
    counted.n_values::integer as n_values,
    counted.first_year,
    counted.last_year,
    'Put a table with the columns 地区, 年份, 指标, 数值, 单位, 版本 into tables/, with the indicator '
    || indicators.name_zh || ' in ' || indicators.unit || ' or a multiple of it, for '
    || counted.first_year || '–' || counted.last_year || '.' as hint
from counted
inner join indicators on counted.indicator_code = indicators.indicator_code
where counted.n_values < counted.n_region_years
