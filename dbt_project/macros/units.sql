{#
    A number in another unit of the same kind. Both factors say how many base units (元, 人, 件) one
    unit is; dividing by their quotient keeps whole numbers whole.
#}
{% macro convert_unit(value, from_factor, to_factor) -%}
    case
        when {{ from_factor }} >= {{ to_factor }} then {{ value }} * ({{ from_factor }} / {{ to_factor }})
        else {{ value }} / ({{ to_factor }} / {{ from_factor }})
    end
{%- endmacro %}

{# How many digits a printed number has behind its point. #}
{% macro printed_decimals(raw_value) -%}
    length(regexp_extract({{ raw_value }}, '[.](\d+)', 1))
{%- endmacro %}
