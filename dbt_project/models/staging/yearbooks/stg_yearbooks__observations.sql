with source as (

    select * from {{ source("raw", "observations") }}

),

indicators as (

    select * from {{ ref("stg_yearbooks__indicators") }}

),

units as (

    select * from {{ ref("units") }}

),

corrections as (

    select * from {{ ref("stg_yearbooks__corrections") }}

),

-- A correction holds only while the source still prints what it expects.
corrected as (

    select
        source.*,
        coalesce(corrections.expected_value = source.value, false) as is_corrected,
        corrections.corrected_value,
        corrections.reason as correction_reason
    from source
    left join corrections
        on
            source.indicator_code = corrections.indicator_code
            and source.region_code = corrections.region_code
            and source.year = corrections.year
            and source.vintage = corrections.vintage
            and source.scope = corrections.scope

),

used as (

    select
        corrected.*,
        case when is_corrected then corrected_value else value end as used_value
    from corrected

),

converted as (

    select
        used.*,
        indicators.unit as canonical_unit,
        units.canonical_unit as printed_base_unit,
        indicators.base_unit,
        {{ convert_unit(
            "used.used_value", "units.to_canonical", "indicators.base_units"
        ) }} as canonical_value,
        {{ convert_unit(
            half_of_last_digit("used.raw_value"), "units.to_canonical", "indicators.base_units"
        ) }} as rounding
    from used
    left join units on used.unit = units.unit
    left join indicators on used.indicator_code = indicators.indicator_code

),

renamed as (

    select
        file_id,
        path,
        sheet,
        cell,
        region_code,
        region_printed,
        region_kind,
        year,
        indicator_code,
        scope,
        vintage,
        vintage_source,
        profile,
        header,
        footnote,
        raw_value,
        value as printed_value,
        unit as printed_unit,
        unit_source,
        canonical_unit as unit,
        is_corrected,
        correction_reason,
        case
            when printed_base_unit = base_unit and abs(canonical_value) < 1e25 then canonical_value
        end as value,
        case
            when missing is not null then missing
            when is_corrected and used_value is null then 'dropped by a correction'
            when printed_base_unit is null then 'unit not known'
            when base_unit is null or printed_base_unit <> base_unit then 'unit of another kind'
            when not abs(canonical_value) < 1e25 then 'not a plausible number'
        end as missing,
        -- Half a unit of the last printed digit: what two prints of one number may differ by.
        rounding,
        is_sample
    from converted

)

select * from renamed
