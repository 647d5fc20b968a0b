{# Regions that are no longer in force and of which the table of changes has no successor. #}
{% test abolished_regions_succeeded(model, regions) %}
    select regions.region_code
    from {{ regions }} as regions
    left join {{ model }} as changes
        on
            regions.region_code = changes.from_code
            and changes.kind in ('renamed', 'merged', 'split')
    where regions.valid_to is not null and changes.from_code is null
{% endtest %}
