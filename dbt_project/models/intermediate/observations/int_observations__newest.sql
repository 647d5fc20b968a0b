with editions as (

    select * from {{ ref("int_observations__editions") }}

),

-- The newest edition that has a number; where none has, the newest says why.
newest as (

    select *
    from editions
    qualify
        row_number() over (
            partition by indicator_code, scope, region_code, year
            order by value is not null desc, vintage desc
        ) = 1

)

select
    indicator_code,
    scope,
    region_code,
    year,
    vintage,
    value,
    unit,
    missing,
    n_cells,
    is_corrected,
    is_sample
from newest
