"""SQL for the numbers that a formula names: what each is, what it is made of, what would supply it.

A panel's variable may rest on indicators, on attention and on the agglomeration index, which rests
on location quotients, which rest on employment. Cells belong to ``observation_queries``.
"""

from __future__ import annotations

from typing import Final

NATION: Final = """
select
    year,
    any_value(national_totals) as national_totals,
    count(*) as n_regions,
    sum(producer_services) filter (where total is not null) as producer_services,
    sum(total) filter (where producer_services is not null) as total_beside_producer_services,
    sum(manufacturing) filter (where total is not null) as manufacturing,
    sum(total) filter (where manufacturing is not null) as total_beside_manufacturing,
    sum(total) as total
from intermediate.int_agglomeration__employment
inner join raw.study_panels using (study)
where study = $study and is_nation = (national_totals = 'published')
group by year"""
"""What location quotients take for the nation, by year: sums of the sample, or as published."""

# The parts of a tree. Each has path (its place in the tree), name, label, part_of, year,
# region_code, value, unit, vintage, missing, supply and call.
_TREE: Final = f"""
with roots as (
    {{roots}}
),

-- Location quotients that have parts here; of those that are roots only the parts are added.
quotients as (
    {{quotients}}
),

nation as (
    {NATION}
),

employment as (
    select * from intermediate.int_agglomeration__employment
    where study = $study and region_code = $region_code
),

sums as (
    select
        list_append(q.path, places.position + g.position) as path,
        g.name as sector_group,
        g.name || places.of as name,
        g.label || places.label as label,
        q.part as part_of,
        q.year,
        places.region_code,
        case g.name
            when 'producer_services'
                then if(places.position = 0, e.producer_services, n.producer_services)
            when 'manufacturing' then if(places.position = 0, e.manufacturing, n.manufacturing)
            else case
                when places.position = 0 then e.total
                when ends_with(q.name, 'manufacturing') then n.total_beside_manufacturing
                else n.total_beside_producer_services
            end
        end as value,
        case
            when places.position = 0 then 'not every sector has a number'
            when p.national_totals = 'published' then 'not every sector has a published number'
            else 'no region has every sector'
        end as missing
    from quotients as q
    inner join raw.study_panels as p on p.study = $study
    inner join (
        values (0, '', '', $region_code), (10, ' of the nation', '（全国）', '100000')
    ) as places (position, of, label, region_code) on true
    inner join (
        values (1, 'producer_services', '生产性服务业就业'), (2, 'manufacturing', '制造业就业'),
            (3, 'total', '就业合计')
    ) as g (position, name, label) on g.name = 'total' or ends_with(q.name, 'lq_' || g.name)
    left join employment as e on q.year = e.year
    left join nation as n on q.year = n.year
),

sectors as (
    select
        list_append(
            sums.path, row_number() over (partition by sums.path order by s.sector_code)
        ) as path,
        s.indicator_code as name,
        i.name_zh as label,
        sums.name as part_of,
        sums.year,
        sums.region_code,
        o.value,
        i.unit,
        o.vintage,
        coalesce(o.missing, 'no observation') as missing
    from sums
    inner join raw.study_panels as p on p.study = $study
    inner join staging.sector_mapping as s
        on p.service_sectors = s.classification and sums.sector_group = s.sector_group
    inner join staging.stg_yearbooks__indicators as i on s.indicator_code = i.indicator_code
    left join intermediate.int_panel__observations as o
        on o.study = $study and s.indicator_code = o.indicator_code
        and sums.region_code = o.region_code and sums.year = o.year
    where sums.region_code = $region_code or p.national_totals = 'published'
),

tree as (
    select path, name, label, part_of, year, region_code, value, unit, vintage, missing, origin
    from roots
    union all
    select
        q.path, q.name, q.label, q.part_of, q.year, $region_code,
        if(ends_with(q.name, 'manufacturing'), a.lq_manufacturing, a.lq_producer_services),
        'index', null, a.missing, 'agglomeration'
    from quotients as q
    left join marts.industrial_agglomeration as a
        on a.study = $study and a.region_code = $region_code and q.year = a.year
    where q.is_added
    union all
    select path, name, label, part_of, year, region_code, value, '万人', null, missing, 'sum'
    from sums
    union all
    select path, name, label, part_of, year, region_code, value, unit, vintage, missing, 'indicator'
    from sectors
)

select
    tree.name,
    tree.label,
    tree.part_of,
    len(tree.path) - 1 as depth,
    tree.origin,
    tree.region_code,
    tree.year,
    tree.value,
    tree.unit,
    tree.vintage,
    if(tree.value is null, tree.missing, null) as missing,
    case
        when tree.value is not null then null
        when tree.origin = 'indicator' and tree.missing like '%no observation'
            then 'Put a table that holds ' || tree.label || ' (' || tree.name || ', in '
                || tree.unit || ') of ' || r.region_name || ' ' || tree.year
                || ' into tables/: a row a number, with the columns region, year, indicator, '
                || 'value, unit, vintage and source.'
        when tree.missing like 'the word list of % is not counted in this build'
            then 'Build with the study ' || split_part(tree.name, '.', 2) || ' too (--study).'
        when tree.origin = 'attention'
            then 'Put the government work report of ' || r.region_name || ' ' || tree.year
                || ' into the landing zone; the call above says what became of it.'
    end as supply,
    case
        when tree.origin in ('attention', 'agglomeration')
            then concat_ws(
                ' ', 'xinku explain',
                if(tree.origin = 'attention', 'government_attention', 'industrial_agglomeration'),
                tree.region_code, tree.year,
                -- attention.other_study.n_hits is counted by the word list of the other.
                if(tree.name like '%.%.%', split_part(tree.name, '.', 2), $study),
                split_part(tree.name, '.', -1)
            )
        when tree.origin = 'indicator' and tree.value is not null
            then concat_ws(
                ' ', 'xinku explain observations', tree.region_code, tree.year, tree.name
            )
    end as call
from tree
left join staging.regions as r on tree.region_code = r.region_code
order by tree.path
"""

_QUOTIENTS: Final = (
    "(values (1, 'agglomeration.lq_producer_services', '生产性服务业区位熵'), "
    "(2, 'agglomeration.lq_manufacturing', '制造业区位熵')) as k (position, name, label)"
)


def _tree(roots: str, quotients: str) -> str:
    return _TREE.replace("{roots}", roots.strip()).replace("{quotients}", quotients.strip())


def panel_inputs(variable: str) -> str:
    """The inputs of a variable of a panel, as a tree.

    Args:
        variable: ``$name`` of the variable's name.
    """
    declared = f"""(
        select
            [row_number() over (order by origin = 'agglomeration', input, lag)] as path,
            input as name, origin, lag
        from raw.study_inputs
        where study = $study and variable = {variable}
    )"""
    return _tree(
        f"""
    select
        d.path, d.name, coalesce(i.name_zh, c.description) as label, null::varchar as part_of,
        $year - d.lag as year, $region_code as region_code, v.value,
        coalesce(i.unit, c.unit) as unit,
        o.vintage, regexp_replace(v.missing, '^' || regexp_escape(d.name) || ': ', '') as missing,
        d.origin
    from {declared} as d
    left join intermediate.int_panel__inputs as v
        on v.study = $study and v.region_code = $region_code and v.year = $year
        and d.name = v.input_name and d.lag = v.lag_years
    left join intermediate.int_panel__observations as o
        on o.study = $study and o.region_code = $region_code and o.year = $year - d.lag
        and d.name = o.indicator_code
    left join staging.stg_yearbooks__indicators as i on d.name = i.indicator_code
    left join (
        select
            replace(replace(table_name, 'government_', ''), 'industrial_', '') || '.' || column_name
                as name,
            regexp_extract(comment, '^(.*?)(?: \\[[^\\[\\]]+\\])?$', 1) as description,
            nullif(regexp_extract(comment, '\\[([^\\[\\]]+)\\]$', 1), '') as unit
        from duckdb_columns()
        where table_name in ('government_attention', 'industrial_agglomeration')
    ) as c on regexp_replace(d.name, '\\.[^.]+\\.', '.') = c.name""",
        f"""
    select
        if(k.name = d.name, d.path, list_append(d.path, k.position)) as path, k.name, k.label,
        d.name as part_of, k.name as part, $year - d.lag as year, k.name <> d.name as is_added
    from {declared} as d
    inner join {_QUOTIENTS} on d.name in (k.name, 'agglomeration.coagglomeration_index')
    where d.origin = 'agglomeration'""",
    )


_NO_ROOTS: Final = """
    select
        null::bigint[] as path, null::varchar as name, null::varchar as label,
        null::varchar as part_of, null::integer as year, null::varchar as region_code,
        null::double as value, null::varchar as unit, null::varchar as vintage,
        null::varchar as missing, null::varchar as origin
    where false"""

AGGLOMERATION_INPUTS: Final = _tree(
    _NO_ROOTS,
    f"""
    select
        if($column like 'lq_%', []::bigint[], [k.position]) as path, k.name, k.label,
        null::varchar as part_of, if($column like 'lq_%', null, k.name) as part,
        $year as year, $column not like 'lq_%' as is_added
    from {_QUOTIENTS}
    where $column not like 'lq_%' or k.name = 'agglomeration.' || $column""",
)
"""What a column of marts.industrial_agglomeration is made of, as a tree."""
