with panels as (

    select * from {{ ref("stg_studies__panels") }}

),

regions as (

    select * from {{ ref("regions") }}

),

years as (

    select
        study,
        unnest(generate_series(first_year - n_lags, last_year)) as year
    from panels

)

-- Every region of the study's level that existed at the end of a year (the year in which a code
-- is abolished is its successor's), or, under fixed boundaries, every region of today.
-- Years before the first are there for lagged variables only.
select
    panels.study,
    regions.region_code,
    regions.region_name,
    years.year::integer as year,
    years.year >= panels.first_year as in_sample
from panels
inner join years on panels.study = years.study
inner join regions on panels.region_level = regions.region_level
where
    not list_contains(panels.excluded_regions, regions.region_code)
    and (
        (panels.boundaries = 'fixed' and regions.valid_to is null)
        or (
            panels.boundaries = 'as_reported'
            and years.year >= coalesce(regions.valid_from, 0)
            and years.year < coalesce(regions.valid_to, 9999)
        )
    )
