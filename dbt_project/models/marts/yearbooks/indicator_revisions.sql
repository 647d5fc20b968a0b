with editions as (

    select * from {{ ref("int_observations__editions") }}
    where value is not null

),

regions as (

    select * from {{ ref("regions") }}

),

compared as (

    select
        indicator_code,
        scope,
        region_code,
        year,
        any_value(unit) as unit,
        count(*) as n_vintages,
        min(vintage) as first_vintage,
        arg_min(value, vintage) as first_value,
        max(vintage) as last_vintage,
        arg_max(value, vintage) as last_value,
        bool_or(is_sample) as is_sample
    from editions
    group by indicator_code, scope, region_code, year
    having count(*) > 1

)

select
    compared.indicator_code,
    compared.scope,
    compared.region_code,
    regions.region_name,
    compared.year,
    compared.unit,
    compared.n_vintages::integer as n_vintages,
    compared.first_vintage,
    compared.first_value,
    compared.last_vintage,
    compared.last_value,
    compared.last_value / nullif(compared.first_value, 0) - 1 as revision,
    compared.is_sample
from compared
left join regions on compared.region_code = regions.region_code
