{{ config(contract={"enforced": false}, post_hook="{{ comment_on_variables(this) }}") }}

{%- set names = declared_variables() | map(attribute=1) | unique | list %}

with values_of_variables as (

    select * from {{ ref("panel_variables") }}

)

select
    study,
    region_code,
    region_name,
    year,
    {%- for name in names %}
    max(value) filter (where variable = '{{ name }}') as "{{ name }}",
    {%- endfor %}
    count(*) filter (where value is null)::integer as n_missing,
    {{ told_in_order("variable || ' (' || missing || ')'", "variable_position", "value is null") }}
        as missing_because,
    bool_or(is_sample) as is_sample
from values_of_variables
group by study, region_code, region_name, year
order by study, region_code, year
