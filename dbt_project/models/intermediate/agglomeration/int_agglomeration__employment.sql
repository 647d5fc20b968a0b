with region_years as (

    select * from {{ ref("int_panel__region_years") }}

),

panels as (

    select * from {{ ref("stg_studies__panels") }}

),

sectors as (

    select * from {{ ref("sector_mapping") }}

),

observations as (

    select * from {{ ref("int_panel__observations") }}

),

-- The nation stands in the same observations; it is a row of its own here.
places as (

    select
        study,
        region_code,
        year,
        in_sample
    from region_years
    union all
    select distinct
        study,
        '100000' as region_code,
        year,
        in_sample
    from region_years

),

expected as (

    select
        places.study,
        places.region_code,
        places.year,
        sectors.sector_group,
        sectors.indicator_code
    from places
    inner join panels on places.study = panels.study
    inner join sectors on panels.service_sectors = sectors.classification

),

-- A group of which one sector is missing has no sum: a part is not the whole.
grouped as (

    select
        expected.study,
        expected.region_code,
        expected.year,
        expected.sector_group,
        case
            when count(observations.value) = count(*)
                then {{ exact_sum("observations.value") }}
        end as employment,
        min(
            case
                when observations.value is null
                    then
                        expected.indicator_code || ': '
                        || coalesce(observations.missing, 'no observation')
            end
        ) as missing,
        coalesce(bool_or(observations.is_sample), false) as is_sample
    from expected
    left join observations
        on
            expected.study = observations.study
            and expected.region_code = observations.region_code
            and expected.year = observations.year
            and expected.indicator_code = observations.indicator_code
    group by all

),

side_by_side as (

    select
        study,
        region_code,
        year,
        max(employment) filter (where sector_group = 'producer_services') as producer_services,
        max(employment) filter (where sector_group = 'manufacturing') as manufacturing,
        max(employment) filter (where sector_group = 'total') as total,
        min(missing) as missing,
        bool_or(is_sample) as is_sample
    from grouped
    group by study, region_code, year

)

select
    study,
    region_code,
    year,
    region_code = '100000' as is_nation,
    producer_services,
    manufacturing,
    total,
    missing,
    is_sample
from side_by_side
