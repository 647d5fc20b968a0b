with values_of_variables as (

    select * from {{ ref("panel_variables") }}

),

region_years as (

    select
        study,
        year,
        count(*) as n_regions
    from {{ ref("int_panel__region_years") }}
    where in_sample
    group by study, year

),

by_year as (

    select
        study,
        variable,
        year,
        count(*) as n_rows,
        count(value) as n_values,
        count(distinct value) as n_distinct,
        min(value) as minimum,
        max(value) as maximum,
        bool_or(is_sample) as is_sample
    from values_of_variables
    group by study, variable, year

),

-- mode() takes any of several that are as frequent.
usual as (

    select
        study,
        variable,
        year,
        missing
    from values_of_variables
    where missing is not null
    group by study, variable, year, missing
    qualify
        row_number() over (
            partition by study, variable, year
            order by count(*) desc, missing asc
        ) = 1

),

overall as (

    select
        study,
        variable,
        count(distinct value) as n_distinct_overall
    from values_of_variables
    group by study, variable

)

select
    by_year.study,
    by_year.variable,
    by_year.year,
    region_years.n_regions::integer as n_expected,
    by_year.n_rows::integer as n_rows,
    by_year.n_values::integer as n_values,
    by_year.n_distinct::integer as n_distinct,
    overall.n_distinct_overall::integer as n_distinct_overall,
    by_year.minimum,
    by_year.maximum,
    usual.missing as usual_reason,
    by_year.is_sample
from by_year
inner join region_years on by_year.study = region_years.study and by_year.year = region_years.year
inner join overall on by_year.study = overall.study and by_year.variable = overall.variable
left join usual
    on
        by_year.study = usual.study
        and by_year.variable = usual.variable
        and by_year.year = usual.year
