{#
    Groups whose number of rows differs from the table it was made from: nothing may be lost or
    doubled on the way.
#}
{% test counts_conserved(model, compare_to, group_by) %}
    with ours as (
        select {{ group_by | join(", ") }}, count(*) as n_rows
        from {{ model }}
        group by {{ group_by | join(", ") }}
    ),

    theirs as (
        select {{ group_by | join(", ") }}, count(*) as n_rows
        from {{ compare_to }}
        group by {{ group_by | join(", ") }}
    )

    select
        {% for column in group_by %}coalesce(ours.{{ column }}, theirs.{{ column }}) as {{ column }},
        {% endfor %}ours.n_rows as n_here,
        theirs.n_rows as n_there
    from ours
    full join theirs
        on {% for column in group_by %}ours.{{ column }} = theirs.{{ column }}{{ " and " if not loop.last }}{% endfor %}

    where ours.n_rows is distinct from theirs.n_rows
{% endtest %}
