with employment as (

    select * from {{ ref("int_agglomeration__employment") }}

),

panels as (

    select * from {{ ref("stg_studies__panels") }}

),

regions as (

    select * from {{ ref("regions") }}

),

-- The sample's own sums: of each sector over the regions that have it, with the total of the same.
sums as (

    select
        study,
        year,
        {{ exact_sum("case when total is not null then producer_services end") }}
            as producer_services,
        {{ exact_sum("case when producer_services is not null then total end") }}
            as total_beside_services,
        {{ exact_sum("case when total is not null then manufacturing end") }} as manufacturing,
        {{ exact_sum("case when manufacturing is not null then total end") }}
            as total_beside_manufacturing,
        count(*) filter (where producer_services + manufacturing + total is not null) as n_regions
    from employment
    where not is_nation
    group by study, year

),

published as (

    select * from employment
    where is_nation

),

nation as (

    select
        published.study,
        published.year,
        panels.national_totals,
        sums.n_regions,
        sums.total_beside_manufacturing / nullif(published.total, 0) - 1 as totals_difference,
        case panels.national_totals
            when 'sample' then sums.producer_services else published.producer_services
        end as producer_services,
        case panels.national_totals
            when 'sample' then sums.total_beside_services else published.total
        end as total_beside_services,
        case panels.national_totals
            when 'sample' then sums.manufacturing else published.manufacturing
        end as manufacturing,
        case panels.national_totals
            when 'sample' then sums.total_beside_manufacturing else published.total
        end as total_beside_manufacturing
    from published
    inner join panels on published.study = panels.study
    left join sums on published.study = sums.study and published.year = sums.year

),

quotients as (

    select
        employment.study,
        employment.region_code,
        employment.year,
        employment.missing,
        employment.is_sample,
        nation.national_totals,
        nation.n_regions,
        nation.totals_difference,
        {{ location_quotient(
            "employment.producer_services", "employment.total",
            "nation.producer_services", "nation.total_beside_services"
        ) }} as lq_producer_services,
        {{ location_quotient(
            "employment.manufacturing", "employment.total",
            "nation.manufacturing", "nation.total_beside_manufacturing"
        ) }} as lq_manufacturing
    from employment
    inner join nation on employment.study = nation.study and employment.year = nation.year
    where not employment.is_nation

),

indices as (

    select
        *,
        {{ coagglomeration("lq_producer_services", "lq_manufacturing") }} as coagglomeration_index
    from quotients

)

select
    indices.study,
    indices.region_code,
    regions.region_name,
    indices.year,
    indices.lq_producer_services,
    indices.lq_manufacturing,
    indices.coagglomeration_index,
    case
        when indices.missing is not null then indices.missing
        when indices.coagglomeration_index is null
            then 'no national total, or neither sector is there'
    end as missing,
    indices.national_totals,
    coalesce(indices.n_regions, 0)::integer as n_regions_in_totals,
    indices.totals_difference,
    indices.is_sample
from indices
inner join regions on indices.region_code = regions.region_code
