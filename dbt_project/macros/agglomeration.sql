{#
    Location quotient of a sector in a region: its share of the region's employment over its share
    of the nation's, (E_is / E_i) / (E_s / E). Null where a divisor is zero.
#}
{% macro location_quotient(sector_in_region, region, sector_in_nation, nation) -%}
    (cast({{ sector_in_region }} as double) / nullif({{ region }}, 0))
    / nullif(cast({{ sector_in_nation }} as double) / nullif({{ nation }}, 0), 0)
{%- endmacro %}

{#
    Co-agglomeration of two sectors from their location quotients: how alike they are plus how
    strong, 1 - |s - m| / (s + m) + (s + m). Where neither sector is there, nothing can be said.
#}
{% macro coagglomeration(services, manufacturing) -%}
    1 - abs({{ services }} - {{ manufacturing }}) / nullif({{ services }} + {{ manufacturing }}, 0)
    + ({{ services }} + {{ manufacturing }})
{%- endmacro %}
