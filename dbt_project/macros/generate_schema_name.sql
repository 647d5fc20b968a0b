{# The schemas are fixed names that people's scripts rely on; dbt's prefix is left off. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
