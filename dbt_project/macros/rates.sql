{# Occurrences per ten thousand characters; null where there is no text to divide by. #}
{% macro per_10k(count_column, length_column) -%}
    10000.0 * {{ count_column }} / nullif({{ length_column }}, 0)
{%- endmacro %}
