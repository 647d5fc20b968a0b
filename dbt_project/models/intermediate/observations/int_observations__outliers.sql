-- Not materialized: each of those that read it takes its own rows only.
with observations as not materialized (

    select * from {{ ref("stg_yearbooks__observations") }}
    where
        value is not null
        and region_code is not null
        -- A count of a sample is as large as the sample: 1 % of all people in years that end in 5,
        -- else 1 ‰.
        and not ends_with(indicator_code, '_survey_sample')

),

indicators as (

    select * from {{ ref("stg_yearbooks__indicators") }}

),

newest as (

    select * from {{ ref("int_observations__newest") }}
    where value > 0

),

nation as (

    select
        path,
        sheet,
        indicator_code,
        scope,
        year,
        vintage,
        max(value) as nation
    from observations
    where region_kind = 'nation'
    group by path, sheet, indicator_code, scope, year, vintage

),

-- A part cannot be larger than the whole that stands above it on the same sheet, in one edition.
larger_than_the_nation as (

    select
        observations.path,
        observations.sheet,
        observations.cell,
        observations.indicator_code,
        observations.scope,
        observations.region_code,
        observations.year,
        'larger_than_the_nation' as rule,
        observations.value,
        nation.nation as compared_with,
        observations.is_sample
    from observations
    inner join nation
        on
            observations.path = nation.path
            and observations.sheet = nation.sheet
            and observations.indicator_code = nation.indicator_code
            and observations.scope = nation.scope
            and observations.year = nation.year
            and observations.vintage = nation.vintage
    inner join indicators on observations.indicator_code = indicators.indicator_code
    where
        observations.region_kind = 'region'
        and indicators.is_additive
        and observations.value > nation.nation * (1 + coalesce(indicators.tolerance, 0))
        and observations.value > 0

),

-- Twenty times the year before is no growth; small numbers may jump.
neighbours as (

    select
        ours.indicator_code,
        ours.scope,
        ours.region_code,
        ours.year,
        ours.vintage,
        ours.value,
        theirs.value as their_value,
        theirs.year - ours.year as years_after,
        ours.value > 20 * theirs.value or theirs.value > 20 * ours.value as is_far
    from newest as ours
    inner join newest as theirs
        on
            ours.indicator_code = theirs.indicator_code
            and ours.scope = theirs.scope
            and ours.region_code = theirs.region_code
    where abs(theirs.year - ours.year) between 1 and 2

),

-- The year after must not bear it out, nor half of the two years on either side: else the next,
-- sound number would be accused as well.
beside_the_year_before as (

    select
        indicator_code,
        scope,
        region_code,
        year,
        vintage,
        value,
        max(their_value) filter (where years_after = -1) as value_before
    from neighbours
    group by indicator_code, scope, region_code, year, vintage, value
    having
        bool_or(is_far) filter (where years_after = -1)
        and coalesce(bool_and(is_far) filter (where years_after = 1), true)
        and 2 * count(*) filter (where is_far) > count(*)

),

far_from_the_year_before as (

    select
        observations.path,
        observations.sheet,
        observations.cell,
        observations.indicator_code,
        observations.scope,
        observations.region_code,
        observations.year,
        'far_from_the_year_before' as rule,
        observations.value,
        beside_the_year_before.value_before as compared_with,
        observations.is_sample
    from beside_the_year_before
    inner join observations
        on
            beside_the_year_before.indicator_code = observations.indicator_code
            and beside_the_year_before.scope = observations.scope
            and beside_the_year_before.region_code = observations.region_code
            and beside_the_year_before.year = observations.year
            and beside_the_year_before.vintage = observations.vintage
    inner join indicators on observations.indicator_code = indicators.indicator_code
    where
        indicators.is_additive
        -- In printed units: 3 patents after 60 are no misprint.
        and greatest(beside_the_year_before.value, beside_the_year_before.value_before)
        > 1000 * 2 * observations.rounding

)

select
    path,
    sheet,
    cell,
    indicator_code,
    scope,
    region_code,
    year,
    rule,
    value,
    compared_with,
    is_sample
from larger_than_the_nation
union all
select
    path,
    sheet,
    cell,
    indicator_code,
    scope,
    region_code,
    year,
    rule,
    value,
    compared_with,
    is_sample
from far_from_the_year_before
