with panels as (

    select * from {{ ref("stg_studies__panels") }}

),

-- What a study's variables and its location quotients are made of.
wanted as (

    select
        study,
        input_name as indicator_code
    from {{ ref("stg_studies__inputs") }}
    where origin = 'indicator'
    union
    select
        panels.study,
        sectors.indicator_code
    from panels
    inner join {{ ref("sector_mapping") }} as sectors
        on panels.service_sectors = sectors.classification

),

editions as (

    select * from {{ ref("int_observations__editions") }}
    where scope in ('', '全市')

),

-- The newest edition that the study may know of and that has a number; where none has, the newest
-- of them says why.
chosen as (

    select
        wanted.study,
        panels.boundaries,
        panels.as_of,
        editions.indicator_code,
        editions.region_code,
        editions.year,
        editions.scope,
        editions.vintage,
        editions.is_sample,
        -- A year takes in its months: '2023-10' sorts before '2023~'.
        editions.vintage <= coalesce(panels.as_of, '9999') || '~' as is_in_time,
        case when is_in_time then editions.value end as value,
        case
            when is_in_time then editions.missing
            else 'no edition up to ' || panels.as_of || ' has it'
        end as missing
    from wanted
    inner join panels on wanted.study = panels.study
    inner join editions on wanted.indicator_code = editions.indicator_code
    qualify
        row_number() over (
            partition by wanted.study, editions.indicator_code, editions.region_code, editions.year
            order by
                is_in_time desc, editions.value is not null desc, editions.vintage desc,
                editions.scope asc
        ) = 1

),

areas as (

    select * from {{ ref("int_regions__fixed_boundary") }}

),

regions as (

    select * from {{ ref("regions") }}

),

indicators as (

    select * from {{ ref("stg_yearbooks__indicators") }}

),

-- What a study with fixed boundaries has numbers of, and of which years.
fixed_indicators as (

    select distinct
        study,
        indicator_code
    from chosen
    where boundaries = 'fixed'

),

fixed_years as (

    select distinct
        study,
        year
    from chosen
    where boundaries = 'fixed'

),

-- Under fixed boundaries the numbers of what is one region today are added up, if all are there.
parts as (

    select
        fixed_years.study,
        areas.area_code,
        fixed_indicators.indicator_code,
        fixed_years.year,
        areas.region_code,
        areas.comparable_from
    from fixed_years
    inner join fixed_indicators on fixed_years.study = fixed_indicators.study
    cross join areas
    inner join regions on areas.region_code = regions.region_code
    where
        areas.area_code is not null
        and fixed_years.year >= coalesce(regions.valid_from, 0)
        and fixed_years.year < coalesce(regions.valid_to, 9999)

),

added as (

    select
        parts.study,
        parts.indicator_code,
        parts.area_code as region_code,
        parts.year,
        min(chosen.scope) as scope,
        max(chosen.vintage) as vintage,
        count(*) as n_parts,
        {{ exact_sum("chosen.value") }} as value,
        count(chosen.value) as n_values,
        max(parts.comparable_from) as comparable_from,
        min(coalesce(chosen.missing, 'no observation'))
        filter (where chosen.value is null) as missing,
        min(parts.region_code) filter (where chosen.value is null) as missing_part,
        coalesce(bool_or(chosen.is_sample), false) as is_sample
    from parts
    left join chosen
        on
            parts.study = chosen.study
            and parts.indicator_code = chosen.indicator_code
            and parts.region_code = chosen.region_code
            and parts.year = chosen.year
    group by parts.study, parts.indicator_code, parts.area_code, parts.year
    having count(chosen.study) > 0

),

fixed as (

    select
        added.*,
        case
            when added.year < added.comparable_from
                then
                    'boundaries of ' || added.year || ' are not those of today, which hold from '
                    || added.comparable_from
            when added.n_values < added.n_parts
                then
                    added.missing
                    || case
                        when added.n_parts > 1 then ' of ' || added.missing_part || ', now a part'
                        else ''
                    end
            when added.n_parts > 1 and not indicators.is_additive
                then 'cannot be added over ' || added.n_parts || ' regions that are one today'
        end as reason
    from added
    inner join indicators on added.indicator_code = indicators.indicator_code

)

select
    study,
    indicator_code,
    region_code,
    year,
    scope,
    vintage,
    value,
    missing,
    is_sample
from chosen
where boundaries = 'as_reported'
union all
select
    study,
    indicator_code,
    region_code,
    year,
    scope,
    vintage,
    case when reason is null then value end as value,
    reason as missing,
    is_sample
from fixed
