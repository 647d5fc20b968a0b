{#
    What studies declare, read from the warehouse when a model runs: dbt knows no study by name.
    While dbt only parses, or where nothing has been loaded, there is none.
#}
{% macro declared_variables() -%}
    {{ return(_declared("study_variables", "select study, variable, sql_expression, sql_reason, label_en, unit from raw.study_variables order by study, position")) }}
{%- endmacro %}

{% macro declared_inputs() -%}
    {{ return(_declared("study_inputs", "select distinct study, input, lag from raw.study_inputs order by all")) }}
{%- endmacro %}

{# Columns of a mart that studies name as table.column. #}
{% macro mart_inputs(origin) -%}
    {{ return(_declared("study_inputs", "select distinct input from raw.study_inputs where origin = '" ~ origin ~ "' order by all")) }}
{%- endmacro %}

{% macro _declared(table, query) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set there = run_query("select 1 from information_schema.tables where table_schema = 'raw' and table_name = '" ~ table ~ "'") -%}
    {%- if there.rows | length == 0 -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query(query).rows) }}
{%- endmacro %}

{#
    Columns of a mart as rows of inputs: study, region_code, year, input_name, value, missing.
    Which column holds the study, the year and the reason of what is missing differs by mart.
#}
{% macro columns_as_rows(relation, study, year, missing, inputs) -%}
    {%- for row in inputs %}
    select
        {{ study }} as study,
        region_code,
        {{ year }} as year,
        '{{ row[0] }}' as input_name,
        cast({{ row[0].split(".") | last }} as double) as value,
        cast({{ missing }} as varchar) as missing,
        is_sample
    from {{ relation }}
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as study,
        cast(null as varchar) as region_code,
        cast(null as integer) as year,
        cast(null as varchar) as input_name,
        cast(null as double) as value,
        cast(null as varchar) as missing,
        cast(null as boolean) as is_sample
    from {{ relation }}
    where false
    {%- endfor %}
{%- endmacro %}

{# A study's inputs side by side, a column an input and one for the reason where it is missing. #}
{% macro inputs_side_by_side(study, inputs) -%}
    select
        region_code,
        year,
        {%- for row in inputs if row[0] == study %}
        {%- set name = row[1] ~ (" " ~ row[2] if row[2] else "") %}
        {%- set here = "input_name = '" ~ row[1] ~ "' and lag_years = " ~ row[2] %}
        max(value) filter (where {{ here }}) as "{{ name }}",
        max(missing) filter (where {{ here }}) as "{{ row[1] }} {{ row[2] }} reason",
        {%- endfor %}
        bool_or(is_sample) as is_sample,
        true as in_sample
    from {{ ref("int_panel__inputs") }}
    where study = '{{ study }}'
    group by region_code, year
{%- endmacro %}

{# Describes the columns that studies declare, which no YAML can know. #}
{% macro comment_on_variables(relation) -%}
    {%- set told = {} -%}
    {%- for row in declared_variables() -%}
        {%- set label = (row[4] or row[1]) ~ (" [" ~ row[5] ~ "]" if row[5] else "") -%}
        {%- do told.update({row[1]: label}) -%}
    {%- endfor -%}
    {%- for name, label in told.items() %}
        comment on column {{ relation }}."{{ name }}" is {{ duckdb_escape_comment(label) }};
    {%- endfor %}
{%- endmacro %}

{# Texts of several rows as one, in order. #}
{% macro told_in_order(text, position, condition, separator="; ") -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ position }}) filter (where {{ condition }})
{%- endmacro %}

{# Every declared variable of every study over its inputs side by side, a value a row. #}
{% macro values_of_variables(variables) -%}
    {%- for row in variables %}
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
    {%- else %}
    {#- No study declares a variable; the reference keeps the order of the tables. #}
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
    {%- endfor %}
{%- endmacro %}
