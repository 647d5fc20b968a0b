with observations as (

    select * from {{ ref("stg_yearbooks__observations") }}
    where region_code is not null

),

contradicted as (

    select * from {{ ref("int_observations__magnitudes") }}
    where is_contradicted

),

-- A column whose unit contradicts its numbers is not used: which of both is wrong is not guessed.
usable as (

    select
        observations.*,
        contradicted.path is not null as is_contradicted
    from observations
    left join contradicted
        on
            observations.path = contradicted.path
            and observations.indicator_code = contradicted.indicator_code
            and observations.scope = contradicted.scope
            and observations.year = contradicted.year

),

-- One edition may be there as .xls and .xlsx, or in two exports: equal prints are one number.
grouped as (

    select
        indicator_code,
        scope,
        region_code,
        year,
        vintage,
        any_value(unit) as unit,
        arg_max(value, length(raw_value)) filter (where value is not null and not is_contradicted)
            as value,
        max(value) filter (where not is_contradicted)
        - min(value) filter (where not is_contradicted) as spread,
        max(rounding) filter (where value is not null) as coarsest,
        min(rounding) filter (where value is not null) as finest,
        count(*) as n_cells,
        bool_or(is_corrected) as is_corrected,
        bool_or(is_contradicted) as is_contradicted,
        min(missing) filter (where missing is not null) as missing,
        bool_or(is_sample) as is_sample
    from usable
    group by indicator_code, scope, region_code, year, vintage

),

-- Prints of equally many digits are equal or disagree; of a finer and a coarser one, the coarser
-- may be the other rounded.
settled as (

    select
        *,
        coalesce(
            spread > case when coarsest > 1.5 * finest then coarsest + finest else 0 end
            + 1e-9 * abs(value),
            false
        ) as is_disputed
    from grouped

)

select
    indicator_code,
    scope,
    region_code,
    year,
    vintage,
    unit,
    n_cells,
    is_corrected,
    is_disputed,
    is_contradicted,
    is_sample,
    case when not is_disputed then value end as value,
    case
        when is_disputed then 'files of one edition disagree'
        when value is null and is_contradicted then 'unit contradicts the magnitude'
        when value is null then missing
    end as missing
from settled
