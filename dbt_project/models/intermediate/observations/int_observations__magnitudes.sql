with observations as (

    select * from {{ ref("stg_yearbooks__observations") }}
    where
        region_kind = 'region'
        and value > 0
        -- A count of a sample is as large as the sample: 1 % of all people in years that end in 5,
        -- else 1 ‰.
        and not ends_with(indicator_code, '_survey_sample')

),

-- The order of magnitude of one indicator in one file and year. Few regions say nothing.
columns_of_files as (

    select
        indicator_code,
        scope,
        path,
        arg_min(sheet, lpad(cell, 12, '0')) as sheet,
        arg_min(cell, lpad(cell, 12, '0')) as cell,
        year,
        round(avg(log10(value)), 6) as magnitude,
        count(distinct region_code) as n_regions,
        bool_or(is_sample) as is_sample
    from observations
    group by indicator_code, scope, path, year
    having count(distinct region_code) >= 10

),

beside_the_year_before as (

    select
        *,
        magnitude - lag(magnitude) over of_table as step,
        year - lag(year) over of_table <= 2
        and n_regions <= 2 * lag(n_regions) over of_table
        and lag(n_regions) over of_table <= 2 * n_regions as is_comparable
    from columns_of_files
    window of_table as (
        partition by indicator_code, scope, path, sheet
        order by year asc
    )

),

-- A wrong unit is off by ten times at least, two years' growth by less than twice. What is left of
-- a table's steps from year to year without growth is the level of its unit.
levelled as (

    select
        *,
        coalesce(
            sum(step) filter (where is_comparable and abs(step) > 0.8) over (
                partition by indicator_code, scope, path, sheet
                order by year asc
            ),
            0
        ) as unit_level
    from beside_the_year_before

),

-- The table's own other years can speak against it and not for it: in a wrong unit throughout, it
-- agrees with itself. Of two halves that disagree neither is used. A median over the years would
-- lie half-way where they are two and two, and take sound years with the one that is off.
beside_own_years as (

    select
        ours.indicator_code,
        ours.scope,
        ours.path,
        ours.year,
        2 * count(*) filter (where abs(ours.unit_level - theirs.unit_level) <= 0.8) <= count(*)
            as is_off_own_years,
        coalesce(
            median(theirs.magnitude) filter (
                where abs(ours.unit_level - theirs.unit_level) > 0.8
                and abs(ours.year - theirs.year) <= 2
            ),
            median(theirs.magnitude) filter (where abs(ours.unit_level - theirs.unit_level) > 0.8)
        ) as their_magnitude
    from levelled as ours
    inner join levelled as theirs
        on
            ours.indicator_code = theirs.indicator_code
            and ours.scope = theirs.scope
            and ours.path = theirs.path
            and ours.sheet = theirs.sheet
    group by ours.indicator_code, ours.scope, ours.path, ours.year

),

columns_beside_own_years as (

    select
        columns_of_files.*,
        beside_own_years.is_off_own_years,
        beside_own_years.their_magnitude
    from columns_of_files
    inner join beside_own_years
        on
            columns_of_files.indicator_code = beside_own_years.indicator_code
            and columns_of_files.scope = beside_own_years.scope
            and columns_of_files.path = beside_own_years.path
            and columns_of_files.year = beside_own_years.year

),

-- Each other table is one voice, of the same year or two years around, without years that are off
-- its own others. An inner join, which DuckDB hashes; a left join under these conditions compares
-- all with all.
voices as (

    select
        ours.indicator_code,
        ours.scope,
        ours.path,
        ours.year,
        median(theirs.magnitude) as their_magnitude,
        false as is_own
    from columns_beside_own_years as ours
    inner join columns_beside_own_years as theirs
        on
            ours.indicator_code = theirs.indicator_code
            and ours.scope = theirs.scope
            and (ours.path <> theirs.path or ours.sheet <> theirs.sheet)
            and abs(ours.year - theirs.year) <= 2
            and ours.n_regions <= 2 * theirs.n_regions
            and theirs.n_regions <= 2 * ours.n_regions
    where not theirs.is_off_own_years
    group by ours.indicator_code, ours.scope, ours.path, ours.year, theirs.path, theirs.sheet
    union all
    select
        indicator_code,
        scope,
        path,
        year,
        their_magnitude,
        true as is_own
    from columns_beside_own_years
    where is_off_own_years

),

against as (

    select
        ours.indicator_code,
        ours.scope,
        ours.path,
        ours.year,
        median(voices.their_magnitude) as usual_magnitude,
        count(*) as n_voices,
        count(*) filter (where not voices.is_own) as n_other_tables,
        count(*) filter (
            where voices.is_own or abs(ours.magnitude - voices.their_magnitude) > 0.8
        ) as n_against
    from columns_of_files as ours
    inner join voices
        on
            ours.indicator_code = voices.indicator_code
            and ours.scope = voices.scope
            and ours.path = voices.path
            and ours.year = voices.year
    group by ours.indicator_code, ours.scope, ours.path, ours.year

),

judged as (

    select
        columns_beside_own_years.*,
        against.usual_magnitude,
        coalesce(against.n_other_tables, 0) as n_other_tables,
        coalesce(against.n_voices, 0) as n_voices,
        coalesce(against.n_against, 0) as n_against
    from columns_beside_own_years
    left join against
        on
            columns_beside_own_years.indicator_code = against.indicator_code
            and columns_beside_own_years.scope = against.scope
            and columns_beside_own_years.path = against.path
            and columns_beside_own_years.year = against.year

)

-- Most of the others must be against it: of three, one that is off would else take the two right
-- ones with it, whose usual magnitude lies half-way to it. Of two that disagree, neither is used.
select
    indicator_code,
    scope,
    path,
    sheet,
    cell,
    year,
    n_regions,
    n_other_tables,
    is_off_own_years,
    power(10, magnitude - usual_magnitude) as times_usual,
    2 * n_against > n_voices as is_contradicted,
    is_sample
from judged
