with observations as (

    select * from {{ ref("stg_yearbooks__observations") }}
    where region_kind = 'region' and value > 0

),

-- The order of magnitude of one indicator in one file and year. Few regions say nothing.
columns_of_files as (

    select
        indicator_code,
        scope,
        path,
        year,
        avg(log10(value)) as magnitude,
        count(distinct region_code) as n_regions
    from observations
    group by indicator_code, scope, path, year
    having count(distinct region_code) >= 10

),

-- Against other files, of the same year or two years around: within one file a wrong unit agrees
-- with itself. A wrong unit is off by ten times at least, two years' growth by less than twice.
compared as (

    select
        ours.indicator_code,
        ours.scope,
        ours.path,
        ours.year,
        ours.n_regions,
        ours.magnitude,
        median(theirs.magnitude) as usual_magnitude,
        count(distinct theirs.path) as n_other_files
    from columns_of_files as ours
    left join columns_of_files as theirs
        on
            ours.indicator_code = theirs.indicator_code
            and ours.scope = theirs.scope
            and ours.path <> theirs.path
            and abs(ours.year - theirs.year) <= 2
            and ours.n_regions <= 2 * theirs.n_regions
            and theirs.n_regions <= 2 * ours.n_regions
    group by all

)

select
    indicator_code,
    scope,
    path,
    year,
    n_regions,
    n_other_files,
    power(10, magnitude - usual_magnitude) as times_usual,
    coalesce(abs(magnitude - usual_magnitude) > 0.8, false) as is_contradicted
from compared
