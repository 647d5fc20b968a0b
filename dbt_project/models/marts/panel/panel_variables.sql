{%- set variables = declared_variables() -%}
{%- set inputs = declared_inputs() -%}
{%- set studies = variables | map(attribute=0) | unique | list -%}

with regions as (

    select * from {{ ref("regions") }}

),

{% for study in studies %}
inputs_of_{{ study }} as (

    {{ inputs_side_by_side(study, inputs) }}

),

{% endfor %}
computed as (

    {{ values_of_variables(variables) }}

),

declared as (

    select * from {{ ref("stg_studies__variables") }}

)

select
    computed.study,
    computed.region_code,
    regions.region_name,
    computed.year,
    computed.variable,
    declared.variable_position,
    case when isfinite(computed.value) then computed.value end as value,
    declared.unit,
    case
        when computed.value is null then coalesce(computed.missing, 'not defined')
        when not isfinite(computed.value) then 'not a finite number'
    end as missing,
    declared.formula,
    computed.is_sample
from computed
inner join declared on computed.study = declared.study and computed.variable = declared.variable
inner join regions on computed.region_code = regions.region_code
