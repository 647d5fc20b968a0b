"""SQL over the tables of observations: cells with unit and edition, what they are used for and why.

``{where}`` holds for the table that is explained. Which cells are looked at and which editions are
used differs by table; what is said of a cell does not.
"""

from __future__ import annotations

from typing import Final

_CELLS: Final = """
with wanted as (
    {wanted}
),

chosen as (
    {chosen}
),

-- Inside an edition: what is contradicted last, what differs from the edition's number after what
-- agrees, then by place. The first is the one that is used.
placed as (
    select
        wanted.input,
        wanted.as_of,
        o.*,
        i.name_zh,
        u.to_canonical / i.base_units as factor,
        coalesce(m.is_contradicted, false) as is_contradicted,
        m.times_usual,
        coalesce(e.is_disputed, false) as is_disputed,
        k.expected_value,
        k.corrected_value,
        k.known_from,
        k.indicator_code is not null as is_declared,
        row_number() over (
            partition by o.indicator_code, o.scope, o.region_code, o.year, o.vintage
            order by
                o.value is null,
                coalesce(m.is_contradicted, false),
                o.value is distinct from e.value,
                o.path, o.sheet, o.cell
        ) as rank_in_edition
    from wanted
    inner join staging.stg_yearbooks__observations as o
        on {joined}
    left join staging.stg_yearbooks__indicators as i on o.indicator_code = i.indicator_code
    left join staging.units as u on o.printed_unit = u.unit and u.canonical_unit = i.base_unit
    left join intermediate.int_observations__magnitudes as m
        on o.path = m.path and o.indicator_code = m.indicator_code
        and o.scope = m.scope and o.year = m.year
    left join intermediate.int_observations__editions as e
        on o.indicator_code = e.indicator_code and o.scope = e.scope
        and o.region_code = e.region_code and o.year = e.year and o.vintage = e.vintage
    left join staging.stg_yearbooks__corrections as k
        on o.indicator_code = k.indicator_code and o.region_code = k.region_code
        and o.year = k.year and o.vintage = k.vintage
),

judged as (
    select
        placed.*,
        used.vintage as used_vintage,
        case
            when placed.region_code is null then 'subtotal'
            when placed.value is null then 'missing'
            when placed.is_contradicted then 'contradicted'
            when placed.scope not in {scopes} then 'other scope'
            when placed.vintage > placed.as_of || '~' then 'too new'
            when placed.is_disputed then 'disputed'
            when exact.vintage is not null
                then if(placed.rank_in_edition = 1, 'counted', 'same print')
            when placed.vintage < used.vintage then 'older edition'
            else 'other edition'
        end as status
    from placed
    left join chosen as exact
        on placed.indicator_code = exact.indicator_code and placed.scope = exact.scope
        and placed.region_code = exact.region_code and placed.year = exact.year
        and placed.vintage = exact.vintage
    left join (
        select indicator_code, region_code, year, max(vintage) as vintage
        from chosen
        group by indicator_code, region_code, year
    ) as used
        on placed.indicator_code = used.indicator_code
        and placed.region_code = used.region_code and placed.year = used.year
)

select
    file_id,
    path as file,
    sheet,
    cell,
    concat_ws(' ', region_printed, year, coalesce(name_zh, indicator_code), nullif(scope, ''))
        as label,
    raw_value,
    value,
    unit,
    indicator_code as indicator,
    region_code,
    region_printed,
    year,
    scope,
    header,
    input,
    printed_value,
    printed_unit,
    unit_source,
    factor,
    vintage,
    vintage_source,
    case
        when is_corrected
            then 'printed ' || printed_value || ', '
                || coalesce('corrected to ' || corrected_value, 'dropped') || ': '
                || concat_ws('; ', correction_reason, known_from)
        when is_declared
            then 'a correction is declared and not applied: it expects '
                || coalesce(expected_value::varchar, 'no number')
                || ' (' || correction_reason || ')'
    end as correction,
    nullif(footnote, '') as footnote,
    profile,
    status,
    case status
        when 'subtotal' then 'a subtotal of regions, kept apart'
        when 'missing' then 'no number: ' || replace(missing, '_', ' ')
        when 'contradicted'
            then 'its column holds ' || format('{:.3g}', times_usual) || ' times the numbers of '
                || 'other tables for the years around: the unit contradicts the magnitude'
        when 'other scope' then 'covers ' || scope || ' only'
        when 'too new' then 'edition ' || vintage || ' is newer than ' || as_of
            || ', as of which the study looks'
        when 'disputed' then 'files of edition ' || vintage || ' disagree; which is right is not '
            || 'guessed'
        when 'same print' then 'the same number of the same edition stands in another cell'
        when 'older edition' then 'edition ' || vintage || '; edition ' || used_vintage
            || ' is newer and has a number'
        when 'other edition' then 'edition ' || vintage
            || coalesce('; edition ' || used_vintage || ' is used', '')
    end as reason
from judged
order by input, status <> 'counted', indicator_code, region_code, year, vintage desc, path, sheet
"""

# The scopes of a whole region; a panel takes no others.
_WHOLE: Final = "('', '全市')"
_SAME_NUMBER: Final = (
    "o.indicator_code = wanted.indicator_code and o.region_code = wanted.region_code "
    "and o.year = wanted.year"
)
_NUMBER: Final = "indicator_code, region_code, year, scope, vintage"


def _cells(
    wanted: str, chosen: str, joined: str = _SAME_NUMBER, scopes: str = "(placed.scope)"
) -> str:
    parts = {"wanted": wanted, "chosen": chosen, "joined": joined, "scopes": scopes}
    sql = _CELLS
    for name, part in parts.items():
        sql = sql.replace(f"{{{name}}}", part.strip())
    return sql


_STUDY_CHOICE: Final = f"""
select {_NUMBER} from intermediate.int_panel__observations
    where study = $study"""


def panel_cells(variable: str) -> str:
    """The cells behind a variable of a panel.

    Args:
        variable: ``$name`` of the variable's name.
    """
    wanted = f"""
select string_agg(distinct input, ', ' order by input) as input, any_value(as_of) as as_of,
        indicator_code, region_code, year
    from (
        select i.input, p.as_of, i.input as indicator_code, $region_code as region_code,
            $year - i.lag as year
        from raw.study_inputs as i
        inner join raw.study_panels as p on i.study = p.study
        where i.study = $study and i.variable = {variable} and i.origin = 'indicator'
        union all
        select i.input, p.as_of, s.indicator_code, places.region_code, $year - i.lag
        from raw.study_inputs as i
        inner join raw.study_panels as p on i.study = p.study
        inner join staging.sector_mapping as s on p.service_sectors = s.classification
        inner join (values ($region_code), ('100000')) as places (region_code)
            on places.region_code = $region_code or p.national_totals = 'published'
        where i.study = $study and i.variable = {variable} and i.origin = 'agglomeration'
            and {_group_of("i.input")}
    )
    group by indicator_code, region_code, year"""
    return _cells(wanted, _STUDY_CHOICE, scopes=_WHOLE)


def _group_of(column: str) -> str:
    """SQL that holds for the sectors that a column of the agglomeration mart is made of."""
    return (
        f"(s.sector_group = 'total' or {column} like '%coagglomeration_index' "
        f"or {column} like '%lq_' || s.sector_group)"
    )


AGGLOMERATION_CELLS: Final = _cells(
    f"""
select s.sector_group as input, p.as_of, s.indicator_code, places.region_code, $year as year
    from raw.study_panels as p
    inner join staging.sector_mapping as s on p.service_sectors = s.classification
    inner join (values ($region_code), ('100000')) as places (region_code)
        on places.region_code = $region_code or p.national_totals = 'published'
    where p.study = $study
        and ($column not like 'lq_%' or {_group_of("$column")})""",
    _STUDY_CHOICE,
    scopes=_WHOLE,
)

_REVISED: Final = "select * from marts.indicator_revisions where {where}"


def revision_cells(*vintages: str) -> str:
    """The cells of a revised number.

    Args:
        vintages: columns of marts.indicator_revisions, the editions that are used.
    """
    chosen = " union ".join(
        f"select indicator_code, region_code, year, scope, {vintage} as vintage from ({_REVISED})"
        for vintage in vintages
    )
    return _cells(
        f"select null as input, null as as_of, indicator_code, region_code, year, scope "
        f"from ({_REVISED})",
        chosen,
        joined=f"{_SAME_NUMBER} and o.scope = wanted.scope",
    )


# Whatever the conditions select, as it is taken where no study says otherwise: the newest edition.
OBSERVATION_CELLS: Final = _cells(
    """
select null as input, null as as_of, file_id, path, sheet, cell, indicator_code, region_code,
        region_printed, year, scope, vintage
    from raw.observations
    where {where}""",
    f"select {_NUMBER} from intermediate.int_observations__newest",
    joined=" and ".join(
        f"o.{name} = wanted.{name}"
        for name in (
            *("file_id", "path", "sheet", "cell", "indicator_code", "region_printed", "year"),
            *("scope", "vintage"),
        )
    ),
)


# What is wrong with a whole file or one of its columns; what concerns one cell stands with it.
def findings_of(cells: str) -> str:
    """Sentences on the numbers that are used, as the quality checks found them."""
    return f"""
select distinct 'Rule ' || q.rule || ' (' || q.severity || '), ' || concat_ws(' ', q.path, q.place)
    || ': ' || q.evidence as note
from quality.observation_findings as q
inner join (select * from ({cells}) where status = 'counted') as c
    on (q.path is null or q.path = c.file)
    and (q.indicator_code is null or q.indicator_code = c.indicator)
    and (q.region_code is null or q.region_code = c.region_code)
    and (q.year is null or q.year = c.year)
where q.severity in ('error', 'warn')
order by note
limit 20
"""
