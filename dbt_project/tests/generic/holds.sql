{# Rows for which an SQL condition is not true; unknown counts as a failure. The
   condition may name the table as `model`. #}
{% test holds(model, condition) %}
    select *
    from {{ model }} as model
    where ({{ condition }}) is not true
{% endtest %}
