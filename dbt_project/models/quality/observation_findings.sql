-- Not materialized: each part then reads only the rows and columns that it looks for.
with observations as not materialized (

    select
        *,
        case when sheet = '' then cell else sheet || '!' || cell end as place,
        -- Orders addresses as a sheet does: B7 comes before B10.
        lpad(cell, 12, '0') as place_in_order,
        left(raw_value, 40) || ' in ' || path || ' '
        || case when sheet = '' then cell else sheet || '!' || cell end as print_and_place
    from {{ ref("stg_yearbooks__observations") }}

),

read as (

    select
        path,
        place,
        cast(null as varchar) as indicator_code,
        cast(null as varchar) as region_code,
        cast(null as integer) as year,
        'noticed_while_reading' as rule,
        'warn' as severity,
        evidence,
        hint,
        is_sample
    from {{ ref("stg_yearbooks__problems") }}

),

formula_errors as (

    select
        path,
        place,
        indicator_code,
        region_code,
        year,
        'formula_error' as rule,
        'warn' as severity,
        'The cell holds ' || raw_value || ', which is no number.' as evidence,
        'Open the file where it was computed, or take it again from its source.' as hint,
        is_sample
    from observations
    where missing in ('error', 'unreadable')

),

units as (

    select
        path,
        arg_min(place, place_in_order) as place,
        indicator_code,
        cast(null as varchar) as region_code,
        year,
        case missing when 'unit not known' then 'unit_unknown' else 'unit_of_another_kind' end
            as rule,
        'error' as severity,
        'The unit ' || coalesce(nullif(printed_unit, ''), '(none)') || ' of ' || indicator_code
        || ' is '
        || case missing
            when 'unit not known' then 'not known' else 'of another kind than ' || unit
        end
        || '; ' || count(*) || ' numbers are not used.' as evidence,
        'Name the unit in the header, or in a layout profile of the landing zone.' as hint,
        bool_or(is_sample) as is_sample
    from observations
    where missing in ('unit not known', 'unit of another kind')
    group by path, indicator_code, year, missing, printed_unit, unit

),

magnitudes as (

    select
        path,
        case when sheet = '' then cell else sheet || '!' || cell end as place,
        indicator_code,
        cast(null as varchar) as region_code,
        year,
        'unit_contradicts_magnitude' as rule,
        'error' as severity,
        indicator_code || ' of ' || year || ' is ' || printf('%.4g', times_usual) || ' times what '
        || concat_ws(
            ' and ',
            case
                when n_other_tables = 1 then '1 other table'
                when n_other_tables > 1 then n_other_tables || ' other tables'
            end,
            case when is_off_own_years then 'the other years of its table' end
        )
        || case when n_other_tables = 1 and not is_off_own_years then ' says' else ' say' end
        || '; its ' || n_regions || ' numbers are not used.' as evidence,
        'Look at the unit that the sheet states, and mend it in the file if it is misprinted.'
            as hint,
        is_sample
    from {{ ref("int_observations__magnitudes") }}
    where is_contradicted

),

disputed as (

    select
        min(observations.path) as path,
        arg_min(
            observations.place, observations.path || chr(1) || observations.place_in_order
        ) as place,
        editions.indicator_code,
        editions.region_code,
        editions.year,
        'files_disagree' as rule,
        'error' as severity,
        'The edition ' || editions.vintage || ' is printed differently: '
        || array_to_string(list_sort(list(distinct observations.print_and_place))[:5], ', ')
        || '; none is used.' as evidence,
        'Keep the right file, or declare a correction in corrections.yaml.' as hint,
        editions.is_sample
    from {{ ref("int_observations__editions") }} as editions
    inner join observations
        on
            editions.indicator_code = observations.indicator_code
            and editions.scope = observations.scope
            and editions.region_code = observations.region_code
            and editions.year = observations.year
            and editions.vintage = observations.vintage
    where editions.is_disputed and observations.value is not null
    group by
        editions.indicator_code, editions.scope, editions.region_code, editions.year,
        editions.vintage, editions.is_sample

),

sums as (

    select
        path,
        case when sheet = '' then cell else sheet || '!' || cell end as place,
        indicator_code,
        '100000' as region_code,
        year,
        'provinces_do_not_add_up' as rule,
        'warn' as severity,
        'The provinces add up to ' || printf('%.6g', sum_of_provinces) || ', the nation says '
        || printf('%.6g', nation) || ': ' || printf('%+.2f', 100 * relative_difference)
        || ' %, more than the ' || printf('%g', 100 * tolerance) || ' % of this source.'
            as evidence,
        'Look for a province that was misread, or for what no province holds.' as hint,
        is_sample
    from {{ ref("int_observations__additivity") }}
    where not is_additive

),

outliers as (

    select
        path,
        case when sheet = '' then cell else sheet || '!' || cell end as place,
        indicator_code,
        region_code,
        year,
        rule,
        'warn' as severity,
        printf('%.6g', value)
        || case rule
            when 'larger_than_the_nation' then ' is larger than the nation on the same sheet, '
            else ' is far from the year before, '
        end
        || printf('%.6g', compared_with) || '.' as evidence,
        'Look at the cell and its unit; declare a correction if the source is wrong.' as hint,
        is_sample
    from {{ ref("int_observations__outliers") }}

),

corrections as (

    select
        coalesce(observations.path, '') as path,
        coalesce(observations.place, '') as place,
        corrections.indicator_code,
        corrections.region_code,
        corrections.year,
        case when observations.is_corrected then 'corrected' else 'correction_not_applied' end
            as rule,
        case when observations.is_corrected then 'info' else 'error' end as severity,
        case
            when observations.is_corrected
                then
                    'Printed ' || observations.raw_value || ', used '
                    || coalesce(cast(corrections.corrected_value as varchar), 'no value') || ': '
                    || rtrim(corrections.reason, ' .。') || '.'
            when observations.path is null
                then 'The correction of the edition ' || corrections.vintage || ' meets no number.'
            else
                'The source now says ' || observations.raw_value || ', the correction expects '
                || cast(corrections.expected_value as varchar) || '.'
        end as evidence,
        'Keep corrections.yaml in step with the files: take out what the source has repaired.'
            as hint,
        coalesce(observations.is_sample, false) as is_sample
    from {{ ref("stg_yearbooks__corrections") }} as corrections
    left join observations
        on
            corrections.indicator_code = observations.indicator_code
            and corrections.region_code = observations.region_code
            and corrections.year = observations.year
            and corrections.vintage = observations.vintage
            and corrections.scope = observations.scope

),

every as (

    select * from read
    union all
    select * from formula_errors
    union all
    select * from units
    union all
    select * from magnitudes
    union all
    select * from disputed
    union all
    select * from sums
    union all
    select * from outliers
    union all
    select * from corrections

)

select
    path,
    place,
    indicator_code,
    region_code,
    year,
    rule,
    severity,
    evidence,
    hint,
    is_sample
from every
