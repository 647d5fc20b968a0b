{# A column's unit stands once, in its meta, and is shown behind its description. #}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {% set existing = adapter.get_columns_in_relation(relation) | map(attribute="name") | list %}
    {% for name in column_dict if name in existing %}
        {% set column = column_dict[name] %}
        {% set unit = column.get("config", {}).get("meta", {}).get("unit") or column.get("meta", {}).get("unit") %}
        {% set comment = column["description"] ~ (" [" ~ unit ~ "]" if unit else "") %}
        comment on column {{ relation }}.{{ name }} is {{ duckdb_escape_comment(comment) }};
    {% endfor %}
{% endmacro %}
