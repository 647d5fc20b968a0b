with region_years as (

    select * from {{ ref("int_panel__region_years") }}

),

inputs as (

    -- attention.other_study.n_hits is what the word list of another study counts.
    select distinct
        study,
        input_name,
        origin,
        lag_years,
        case
            when input_name like '%.%.%' then split_part(input_name, '.', 2)
            else study
        end as counted_by
    from {{ ref("stg_studies__inputs") }}

),

topics as (

    select distinct topic
    from {{ ref("government_attention") }}

),

observations as (

    select * from {{ ref("int_panel__observations") }}

),

attention as (

    {{ columns_as_rows(
        ref("government_attention"), "topic", "report_year", "null", mart_inputs("attention")
    ) }}

),

agglomeration as (

    {{ columns_as_rows(
        ref("industrial_agglomeration"), "study", "year", "missing", mart_inputs("agglomeration")
    ) }}

),

given as (

    select
        study,
        region_code,
        year,
        indicator_code as input_name,
        value,
        missing,
        is_sample
    from observations
    union all
    select
        study,
        region_code,
        year,
        input_name,
        value,
        missing,
        is_sample
    from attention
    union all
    select
        study,
        region_code,
        year,
        input_name,
        value,
        missing,
        is_sample
    from agglomeration

)

-- A region-year keeps its row whatever is missing, with the reason.
select
    region_years.study,
    region_years.region_code,
    region_years.year,
    inputs.input_name,
    inputs.lag_years,
    given.value,
    case
        when given.value is null
            then
                inputs.input_name || ': '
                || coalesce(
                    given.missing,
                    case
                        when inputs.counted_by <> inputs.study and topics.topic is null
                            then
                                'the word list of ' || inputs.counted_by
                                || ' is not counted in this build'
                        when inputs.origin = 'attention' then 'no report'
                        else 'no observation'
                    end
                )
    end as missing,
    coalesce(given.is_sample, false) as is_sample
from region_years
inner join inputs on region_years.study = inputs.study
left join given
    on
        inputs.counted_by = given.study
        and inputs.input_name = given.input_name
        and region_years.region_code = given.region_code
        and region_years.year - inputs.lag_years = given.year
left join topics on inputs.counted_by = topics.topic
where region_years.in_sample
