{#
    Groups whose number of rows differs from the table it was made from: nothing may be lost or
    doubled on the way. `counted` is what the model counts where its rows are counts already.
#}
{% test counts_conserved(model, compare_to, group_by, counted="count(*)") %}
    with ours as (
        select {{ group_by | join(", ") }}, {{ counted }} as n_rows
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

    where coalesce(ours.n_rows, 0) <> coalesce(theirs.n_rows, 0)
{% endtest %}
