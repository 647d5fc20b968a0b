{#
    Location quotient of a sector in a region: its share of the region's employment over its share
    of the nation's, (E_is / E_i) / (E_s / E), with one division. Null where a divisor is zero.
#}
{% macro location_quotient(sector_in_region, region, sector_in_nation, nation) -%}
    (cast({{ sector_in_region }} as double) * {{ nation }})
    / nullif(cast({{ region }} as double) * {{ sector_in_nation }}, 0)
{%- endmacro %}

{#
    Co-agglomeration of two sectors from their location quotients: how alike they are plus how
    strong, 1 - |s - m| / (s + m) + (s + m). Where neither sector is there, nothing can be said.
#}
{% macro coagglomeration(services, manufacturing) -%}
    1 - abs({{ services }} - {{ manufacturing }}) / nullif({{ services }} + {{ manufacturing }}, 0)
    + ({{ services }} + {{ manufacturing }})
{%- endmacro %}
