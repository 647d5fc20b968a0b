with recursive regions as (

    select
        region_code,
        valid_to
    from {{ ref("regions") }}

),

changes as (

    select * from {{ ref("region_changes") }}

),

-- What became of a code as a whole. A region that gave up a part and went on has no row here.
successions as (

    select
        from_code,
        min(to_code) as to_code,
        count(*) as n_successors,
        max(year) as year,
        bool_and(additive) as is_additive,
        {{ dbt.listagg("to_code", "', '", "order by to_code") }} as successors
    from changes
    where kind in ('renamed', 'merged', 'split')
    group by from_code

),

steps as (

    select
        from_code,
        to_code
    from successions
    where is_additive and n_successors = 1

),

-- Two steps are the longest chain (涪陵地区, 涪陵市, 重庆市); the limit keeps a circle in the seed
-- from running for ever.
chains as (

    select
        region_code,
        region_code as last_code,
        0 as n_steps
    from regions

    union all

    select
        chains.region_code,
        steps.to_code as last_code,
        chains.n_steps + 1 as n_steps
    from chains
    inner join steps on chains.last_code = steps.from_code
    where chains.n_steps < 10

),

lengths as (

    select
        region_code,
        max(n_steps) as n_steps
    from chains
    group by region_code

),

ends as (

    select
        chains.region_code,
        chains.last_code,
        chains.n_steps,
        regions.valid_to is null as is_in_force
    from chains
    inner join lengths
        on chains.region_code = lengths.region_code and chains.n_steps = lengths.n_steps
    inner join regions on chains.last_code = regions.region_code

),

areas as (

    select
        ends.region_code,
        ends.last_code,
        ends.n_steps,
        case when ends.is_in_force then ends.last_code end as area_code,
        case
            when ends.is_in_force then null
            when successions.n_successors > 1
                then
                    ends.last_code || ' was split among ' || successions.successors || ' in '
                    || cast(successions.year as varchar)
            when successions.n_successors = 1 and not successions.is_additive
                then
                    ends.last_code || ' went to ' || successions.successors || ' in '
                    || cast(successions.year as varchar) || ' and cannot be added to it'
            else ends.last_code || ' has no successor in region_changes'
        end as reason
    from ends
    left join successions on ends.last_code = successions.from_code

),

complete_arrivals as (

    select distinct
        to_code,
        year
    from changes
    where additive

),

-- A change within one of today's areas moves nothing (黔江 left 涪陵, and 重庆 holds both), and a
-- county that its province hands to a city (儋州) leaves the province as large as it was.
losses as (

    select
        origin.area_code,
        changes.year
    from changes
    inner join areas as origin on changes.from_code = origin.region_code
    inner join areas as target on changes.to_code = target.region_code
    inner join {{ ref("regions") }} as arrived on changes.to_code = arrived.region_code
    where
        not changes.additive
        and origin.area_code is not null
        and origin.area_code is distinct from target.area_code
        and arrived.parent_code is distinct from changes.from_code

),

-- A region carved out of another has its earlier figures all the same where every part of it had
-- a code of its own (重庆 in 1997).
gains as (

    select
        target.area_code,
        changes.year
    from changes
    inner join areas as origin on changes.from_code = origin.region_code
    inner join areas as target on changes.to_code = target.region_code
    inner join {{ ref("regions") }} as departed on changes.from_code = departed.region_code
    left join complete_arrivals
        on
            changes.kind = 'separated'
            and changes.to_code = complete_arrivals.to_code
            and changes.year = complete_arrivals.year
    where
        not changes.additive
        and target.area_code is not null
        and origin.area_code is distinct from target.area_code
        and departed.parent_code is distinct from changes.to_code
        and complete_arrivals.to_code is null

),

moves as (

    select * from losses
    union all
    select * from gains

),

last_moves as (

    select
        area_code,
        max(year) as comparable_from
    from moves
    group by area_code

)

select
    areas.region_code,
    'latest' as reference_year,
    areas.area_code,
    areas.n_steps,
    areas.reason,
    last_moves.comparable_from
from areas
left join last_moves on areas.area_code = last_moves.area_code
