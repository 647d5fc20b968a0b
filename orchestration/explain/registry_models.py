"""The tables of models whose numbers can be explained: the equation, its rows and its variables.

A coefficient rests on every region-year of its sample, so it opens to the variables, and each of
these, by the call that is named beside it, to its formula, sentences and cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from orchestration.explain.explainer import Explainer, Formula, Key
from orchestration.explain.queries import fetch

_STUDY = Key(
    "study",
    "choice",
    "study",
    required=True,
    first=True,
    options="select distinct study from models.coefficients order by study",
)
_MODEL = Key(
    "model",
    "choice",
    "model",
    required=True,
    options="select distinct model from models.coefficients where study = coalesce($study, study) "
    "order by model",
)
_TERM = Key(
    "term",
    "choice",
    "term",
    required=True,
    options="select distinct term from models.coefficients "
    "where study = coalesce($study, study) and model = coalesce($model, model) order by term",
)
_WORDS = {
    "estimate": "The coefficient of {term} in",
    "std_error": "The standard error ({se_type}) of the coefficient of {term} in",
    "t": "The coefficient of {term} over its standard error ({se_type}), in",
    "p": "Two-sided p of the coefficient of {term} ({se_type}) in",
    "ci_low": "Lower end of the 95 % interval of the coefficient of {term} ({se_type}) in",
    "ci_high": "Upper end of the 95 % interval of the coefficient of {term} ({se_type}) in",
    "stars": "Stars of the p (*** below 1 %, ** below 5 %, * below 10 %) of {term} in",
}
# Every variable of the equation, opened where it is largest.
_VARIABLES = """
with used as (
    select distinct unnest(string_split(name, ':')) as variable, name = outcome as is_outcome
    from (
        select term as name, outcome from models.coefficients
        where study = $study and model = $model
        union all
        select outcome, outcome from models.coefficients where study = $study and model = $model
    )
),
largest as (
    select
        variable,
        count(value) as n_values,
        arg_max(region_name, abs(value)) as region_name,
        arg_max(year, abs(value)) as year
    from marts.panel_variables
    where study = $study
    group by variable
)
select
    v.variable as name,
    concat_ws(', ', nullif(v.label_zh, ''), if(used.is_outcome, 'the outcome', null)) as label,
    null as part_of,
    0 as depth,
    p.first_year || '–' || p.last_year as year,
    largest.n_values as value,
    'region-years' as unit,
    null as vintage,
    null as missing,
    null as supply,
    'variable' as origin,
    concat_ws(
        ' ', 'largest: xinku explain innovation_panel', largest.region_name, largest.year,
        v.variable
    ) as call
from used
inner join raw.study_variables as v on used.variable = v.variable and v.study = $study
inner join raw.study_panels as p on p.study = $study
left join largest on used.variable = largest.variable
order by used.is_outcome desc, v.position
"""


def _equation(
    connection: duckdb.DuckDBPyConnection, column: str, values: Mapping[str, Any]
) -> Formula | None:
    """The equation that a coefficient is of, in words, and the rows that it was fitted to."""
    if column not in _WORDS:
        return None
    rows = fetch(
        connection,
        "select c.outcome, c.term, c.se_type, c.sample, f.entity_effects, f.time_effects, "
        "f.pseudo_r2 is not null as is_count from models.coefficients c "
        "join models.fit_statistics f using (study, model) "
        "where c.study = $study and c.model = $model order by c.rowid",
        values,
    )
    if not rows:
        return None
    first = rows[0]
    terms = [row["term"] for row in rows if row["term"] != "const"]
    effects = [
        name
        for name, there in (("region", first["entity_effects"]), ("year", first["time_effects"]))
        if there
    ]
    outcome = f"log of the expected {first['outcome']}" if first["is_count"] else first["outcome"]
    right = " + ".join([*terms, *(f"{name} effects" for name in effects)])
    way = "Poisson pseudo maximum likelihood" if first["is_count"] else "least squares"
    said = _WORDS[column].format(term=values["term"], se_type=first["se_type"])
    named = list(dict.fromkeys([first["outcome"], *(x for term in terms for x in term.split(":"))]))
    columns = ", ".join(f'"{name}"' for name in named)
    complete = " and ".join(f'"{name}" is not null' for name in named)
    return Formula(
        f"{said} {outcome} = {right}; {way}, on {first['sample']}. docs/statistics.md names the "
        "Stata and R commands; `xinku export --format scripts` writes them.",
        sql=f"select region_name, year, {columns}\nfrom marts.innovation_panel\n"
        f"where study = $study and {complete}\norder by region_code, year",
        inputs=_VARIABLES,
    )


COEFFICIENTS = Explainer(
    table="models.coefficients",
    keys=(_STUDY, _MODEL, _TERM),
    shown="estimate",
    columns={name: Formula("As the equation was fitted.") for name in _WORDS},
    declared=_equation,
    notes="select unnest(warnings) as note from models.notes "
    "where study = $study and model = split_part($model, '.', 1)",
    absent="select 'models.' || section || '.' || model as place, status, reason "
    "from models.notes where study = $study and model = split_part($model, '.', 1)",
)

MODEL_EXPLAINERS = (COEFFICIENTS,)
