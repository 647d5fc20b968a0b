with panels as (

    select * from {{ ref("stg_studies__panels") }}

),

-- What a study's variables and its location quotients are made of.
wanted as (

    select study, input_name as indicator_code
    from {{ ref("stg_studies__inputs") }}
    where origin = 'indicator'
    union
    select panels.study, sectors.indicator_code
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
        editions.*
    from wanted
    inner join panels on wanted.study = panels.study
    inner join editions on wanted.indicator_code = editions.indicator_code
    where editions.vintage <= coalesce(panels.as_of, '9999')
    qualify
        row_number() over (
            partition by wanted.study, editions.indicator_code, editions.region_code, editions.year
            order by editions.value is not null desc, editions.vintage desc, editions.scope
        ) = 1

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
