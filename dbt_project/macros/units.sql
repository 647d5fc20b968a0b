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

{# Half a unit of the last printed digit: what two prints of one number may differ by. #}
{% macro half_of_last_digit(raw_value) -%}
    0.5 / power(10, length(regexp_extract({{ raw_value }}, '[.．]([\d０-９]+)', 1)))
{%- endmacro %}

{#
    A sum whose last digits do not depend on the order in which threads add: exact to ten decimals.
    Plain sums of floating numbers changed 644 cells of the sample between two equal builds.
#}
{% macro exact_sum(value) -%}
    cast(sum(cast({{ value }} as decimal(38, 10))) as double)
{%- endmacro %}
