with observations as (

    select * from {{ ref("stg_yearbooks__observations") }}

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
        sheet || '!' || cell as place,
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
        min(sheet || '!' || cell) as place,
        indicator_code,
        cast(null as varchar) as region_code,
        year,
        'unit_' || case missing when 'unit not known' then 'unknown' else 'of_another_kind' end as rule,
        'error' as severity,
        'The unit ' || coalesce(nullif(printed_unit, ''), '(none)') || ' of ' || indicator_code || ' is '
        || case missing when 'unit not known' then 'not known' else 'of another kind than ' || unit end
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
        '' as place,
        indicator_code,
        cast(null as varchar) as region_code,
        year,
        'unit_contradicts_magnitude' as rule,
        'error' as severity,
        indicator_code || ' of ' || year || ' is ' || printf('%.4g', times_usual) || ' times what '
        || n_other_files || ' other files say; its ' || n_regions || ' numbers are not used.' as evidence,
        'Look at the unit that the sheet states; set it in a layout profile if it is misprinted.' as hint,
        false as is_sample
    from {{ ref("int_observations__magnitudes") }}
    where is_contradicted

),

disputed as (

    select
        '' as path,
        '' as place,
        indicator_code,
        region_code,
        year,
        'files_disagree' as rule,
        'error' as severity,
        'Files of the edition ' || vintage || ' print different numbers; none is used.' as evidence,
        'Keep the right file, or declare a correction in corrections.yaml.' as hint,
        is_sample
    from {{ ref("int_observations__editions") }}
    where is_disputed

),

sums as (

    select
        path,
        sheet || '!' || cell as place,
        indicator_code,
        '100000' as region_code,
        year,
        'provinces_do_not_add_up' as rule,
        'warn' as severity,
        'The provinces add up to ' || printf('%.6g', sum_of_provinces) || ', the nation says '
        || printf('%.6g', nation) || ': ' || printf('%+.2f', 100 * relative_difference)
        || ' %, more than the ' || printf('%g', 100 * tolerance) || ' % of this source.' as evidence,
        'Look for a province that was misread, or for what no province holds.' as hint,
        is_sample
    from {{ ref("int_observations__additivity") }}
    where not is_additive

),

corrections as (

    select
        coalesce(observations.path, '') as path,
        coalesce(observations.sheet || '!' || observations.cell, '') as place,
        corrections.indicator_code,
        corrections.region_code,
        corrections.year,
        case when observations.is_corrected then 'corrected' else 'correction_not_applied' end as rule,
        case when observations.is_corrected then 'info' else 'error' end as severity,
        case
            when observations.is_corrected
                then
                    'Printed ' || observations.raw_value || ', used '
                    || coalesce(cast(corrections.corrected_value as varchar), 'no value') || ': ' || corrections.reason
            when observations.path is null
                then 'The correction of the edition ' || corrections.vintage || ' meets no number.'
            else 'The source now says ' || observations.raw_value || ', the correction expects '
                || cast(corrections.expected_value as varchar) || '.'
        end as evidence,
        'Keep corrections.yaml in step with the files: take out what the source has repaired.' as hint,
        coalesce(observations.is_sample, false) as is_sample
    from {{ ref("stg_yearbooks__corrections") }} as corrections
    left join observations
        on
            corrections.indicator_code = observations.indicator_code
            and corrections.region_code = observations.region_code
            and corrections.year = observations.year
            and corrections.vintage = observations.vintage

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
