{#
    The report years that this run rebuilds, from `--vars '{report_years: [2018, 2019]}'`; without
    it, all of them.
#}
{% macro in_report_years(column) -%}
    {%- set years = var("report_years", []) -%}
    {%- if years -%}
        {{ column }} in ({{ years | join(", ") }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#
    Takes the run's years out before their rows come in, and years that have no rows any more.
    delete+insert alone deletes only years that still have rows, so a year whose last report was
    withdrawn would keep its old numbers.
#}
{% macro delete_report_years(current) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            {{ in_report_years("report_year") }}
            or report_year not in (select report_year from {{ current }})
    {%- endif -%}
{%- endmacro %}
