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

-- Against other tables, of the same year or two years around, and against the other years of the
-- same table: each table is one voice, however many years it holds. An inner join, which DuckDB
-- hashes; a left join under these conditions compares all with all.
compared as (

    select
        ours.indicator_code,
        ours.scope,
        ours.path,
        ours.year,
        ours.path = theirs.path and ours.sheet = theirs.sheet as is_own,
        median(theirs.magnitude) as their_magnitude
    from columns_of_files as ours
    inner join columns_of_files as theirs
        on
            ours.indicator_code = theirs.indicator_code
            and ours.scope = theirs.scope
            and (
                ours.path <> theirs.path
                or ours.sheet <> theirs.sheet
                or ours.year <> theirs.year
            )
            and abs(ours.year - theirs.year) <= 2
            and ours.n_regions <= 2 * theirs.n_regions
            and theirs.n_regions <= 2 * ours.n_regions
    group by
        ours.indicator_code, ours.scope, ours.path, ours.sheet, ours.year,
        theirs.path, theirs.sheet

),

-- A wrong unit is off by ten times at least, two years' growth by less than twice. The table's
-- own other years can speak against it and not for it: in a wrong unit throughout, it agrees with
-- itself.
against as (

    select
        ours.indicator_code,
        ours.scope,
        ours.path,
        ours.year,
        median(compared.their_magnitude) as usual_magnitude,
        count(*) filter (
            where not compared.is_own or abs(ours.magnitude - compared.their_magnitude) > 0.8
        ) as n_other_tables,
        count(*) filter (where abs(ours.magnitude - compared.their_magnitude) > 0.8) as n_against
    from columns_of_files as ours
    inner join compared
        on
            ours.indicator_code = compared.indicator_code
            and ours.scope = compared.scope
            and ours.path = compared.path
            and ours.year = compared.year
    group by ours.indicator_code, ours.scope, ours.path, ours.year

),

judged as (

    select
        columns_of_files.*,
        against.usual_magnitude,
        coalesce(against.n_other_tables, 0) as n_other_tables,
        coalesce(against.n_against, 0) as n_against
    from columns_of_files
    left join against
        on
            columns_of_files.indicator_code = against.indicator_code
            and columns_of_files.scope = against.scope
            and columns_of_files.path = against.path
            and columns_of_files.year = against.year

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
    power(10, magnitude - usual_magnitude) as times_usual,
    2 * n_against > n_other_tables as is_contradicted,
    is_sample
from judged
