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
    Takes out the run's years before their rows come in, and what is no longer in the current rows.
    delete+insert alone deletes only years that still have rows, so a year whose last report was
    withdrawn would keep its old numbers.
#}
{% macro delete_report_years(current) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        where
            {{ in_report_years("report_year") }}
            or not exists (
                select 1 from {{ current }} as present
                where
                    present.document_id = kept.document_id
                    and present.report_year = kept.report_year
            )
    {%- endif -%}
{%- endmacro %}
