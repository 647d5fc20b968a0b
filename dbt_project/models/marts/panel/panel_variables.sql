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

    {% for row in variables %}
    select
        '{{ row[0] }}' as study,
        '{{ row[1] }}' as variable,
        region_code,
        year,
        {{ row[2] }} as value,
        {{ row[3] }} as missing,
        is_sample
    from inputs_of_{{ row[0] }}
    {{ "union all" if not loop.last }}
    {% else %}
    -- No study declares a variable; the reference keeps the order of the tables.
    select
        study,
        cast(null as varchar) as variable,
        region_code,
        year,
        value,
        missing,
        is_sample
    from {{ ref("int_panel__inputs") }}
    where false
    {% endfor %}

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
