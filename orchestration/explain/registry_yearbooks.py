"""The tables made of yearbooks and tidy tables whose numbers can be explained, down to their cells.

The tables made of reports are in ``registry``; queries are in ``observation_queries`` and
``input_queries``, formulas that studies declare in ``panel_formula``.
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.explain import observation_queries as cells
from orchestration.explain.evidence import Cell
from orchestration.explain.explainer import EvidenceQuery, Explainer, Formula, Key
from orchestration.explain.input_queries import AGGLOMERATION_INPUTS, NATION
from orchestration.explain.panel_formula import CELLS, declared_by_studies

_REGION = Key("region_code", "region", "region", required=True)
_YEAR = Key("year", "year", "year", required=True)
_STUDY = Key(
    "study",
    "choice",
    "study",
    required=True,
    first=True,
    options="select study from raw.study_panels order by study",
)
_VARIABLE = Key(
    "variable",
    "choice",
    "variable",
    required=True,
    options="select variable from raw.study_variables group by variable order by min(position)",
    names="select unnest([label_zh, label_en]) as name, variable from raw.study_variables "
    "order by study, position",
)
# A code or Chinese name before an alias: one indicator's alias may be another's name.
_INDICATOR_NAMES = """
select name, indicator_code
from (
    select unnest([name_zh, name_en]) as name, indicator_code, 1 as rank from staging.indicators
    union all
    select unnest(string_split(aliases, '|')), indicator_code, 2 from staging.indicators
)
order by rank, indicator_code
"""


def _indicator(table: str) -> Key:
    return Key(
        "indicator_code",
        "choice",
        "indicator",
        options=f"select distinct indicator_code from {table} where indicator_code is not null "
        "order by indicator_code",
        names=f"select name, indicator_code from ({_INDICATOR_NAMES}) "
        f"where indicator_code in (select indicator_code from {table})",
    )


_SAMPLE_FORMULA = Formula(
    "True where a file behind it, or its landing zone, says that it is the synthetic sample."
)
# What the panel of a study holds, for a row that it does not.
_OUTSIDE_OF_PANEL = """
select
    'The panel of ' || study as place,
    'of the level ' || region_level || ', ' || first_year || '–' || last_year as status,
    case when list_contains(excluded_regions, $region_code)
        then 'the study leaves this region out' end as reason
from raw.study_panels
where study = $study
"""


def _missing_variable(variable: str) -> str:
    return f"""
select variable || ' has no value: ' || missing as note
from marts.panel_variables
where study = $study and region_code = $region_code and year = $year
    and variable = {variable} and value is null
"""


_PANEL_KEY_FORMULA = Formula(
    "A study's panel holds every region of its level and every year of it."
)
_PANEL_CELLS = cells.panel_cells("$column")
_VARIABLE_CELLS = cells.panel_cells("$variable")

INNOVATION_PANEL = Explainer(
    table="marts.innovation_panel",
    keys=(
        _REGION,
        _YEAR,
        replace(
            _STUDY,
            # Of the studies that declare the column; all for a column that none declares.
            options="select study from raw.study_panels where study in "
            "(select study from raw.study_variables where variable = $column) or $column is null "
            "or $column not in (select variable from raw.study_variables) order by study",
        ),
    ),
    shown="",
    columns={
        "": Formula(
            "A row a region and year of the study's panel, a column a variable that a study "
            "declares; name a column to see its formula and the cells behind it."
        ),
        "n_missing": Formula(
            "Variables of the study that have no value in this row.",
            sql="select count(*)\nfrom marts.panel_variables\nwhere {where} and value is null",
        ),
        "missing_because": Formula(
            "The variables without a value, each with the first of its inputs that is missing.",
        ),
        "study": _PANEL_KEY_FORMULA,
        "region_code": _PANEL_KEY_FORMULA,
        "region_name": _PANEL_KEY_FORMULA,
        "year": _PANEL_KEY_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    declared=declared_by_studies(),
    column_names="select unnest([label_zh, label_en]) as name, variable from raw.study_variables "
    "order by study, position",
    evidence={CELLS: EvidenceQuery(Cell, _PANEL_CELLS)},
    notes=f"{_missing_variable('$column')} union all select * from "
    f"({cells.findings_of(_PANEL_CELLS)})",
    absent=_OUTSIDE_OF_PANEL,
)

PANEL_VARIABLES = Explainer(
    table="marts.panel_variables",
    keys=(
        _REGION,
        _YEAR,
        _VARIABLE,
        replace(
            _STUDY,
            # Of the studies that declare the variable.
            options="select distinct study from raw.study_variables "
            "where $variable is null or variable = $variable order by study",
        ),
    ),
    shown="value",
    columns={
        "value": Formula("The study's formula over its inputs.", evidence=CELLS),
        "missing": Formula(
            "The first input of the formula that is missing, and why; else what the arithmetic "
            "does not allow.",
        ),
        "formula": Formula("As the study file has it."),
        "unit": Formula("As the study file has it."),
        "variable_position": Formula("Order in the study file."),
        "study": _PANEL_KEY_FORMULA,
        "region_code": _PANEL_KEY_FORMULA,
        "region_name": _PANEL_KEY_FORMULA,
        "year": _PANEL_KEY_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    declared=declared_by_studies("variable"),
    evidence={CELLS: EvidenceQuery(Cell, _VARIABLE_CELLS)},
    notes=f"{_missing_variable('$variable')} union all select * from "
    f"({cells.findings_of(_VARIABLE_CELLS)})",
    absent=_OUTSIDE_OF_PANEL,
)

_QUOTIENT_WORDS = (
    "Location quotient (E_is / E_i) / (E_s / E): the share of {} in the region's employment over "
    "their share in the nation's. The nation is the sum over the sample's regions that have the "
    "sectors, or the published total where the study says so (national_totals)."
)
_EMPLOYMENT_FIGURES = f"""
select
    e.producer_services,
    e.manufacturing,
    e.total,
    n.producer_services as national_producer_services,
    n.manufacturing as national_manufacturing,
    n.total_beside_producer_services as national_total_beside_producer_services,
    n.total_beside_manufacturing as national_total_beside_manufacturing,
    n.national_totals,
    n.n_regions as n_rows_in_national_totals
from intermediate.int_agglomeration__employment as e
left join ({NATION}) as n on e.year = n.year
where e.study = $study and e.region_code = $region_code and e.year = $year"""


def _quotient(group: str, called: str) -> Formula:
    return Formula(
        _QUOTIENT_WORDS.format(called),
        sql=f"select (e.{group} / nullif(e.total, 0))\n"
        f"    / nullif(n.{group} / nullif(n.total_beside_{group}, 0), 0)\n"
        "from intermediate.int_agglomeration__employment as e\n"
        f"join ({NATION}\n) as n using (year)\n"
        "where e.study = $study and e.region_code = $region_code and e.year = $year",
        arithmetic=f"({group} {{{group}:,.15g}} / total {{total:,.15g}}) / "
        f"(nation's {group} {{national_{group}:,.15g}} / "
        f"nation's total {{national_total_beside_{group}:,.15g}})",
        evidence=CELLS,
        figures=_EMPLOYMENT_FIGURES,
        inputs=AGGLOMERATION_INPUTS,
    )


INDUSTRIAL_AGGLOMERATION = Explainer(
    table="marts.industrial_agglomeration",
    keys=(_REGION, _YEAR, _STUDY),
    shown="coagglomeration_index",
    columns={
        "lq_producer_services": _quotient("producer_services", "producer services"),
        "lq_manufacturing": _quotient("manufacturing", "manufacturing"),
        "coagglomeration_index": Formula(
            "1 - |s - m| / (s + m) + (s + m), of the location quotients s of producer services and "
            "m of manufacturing: how alike they are, plus how strong.",
            sql="select 1 - abs(lq_producer_services - lq_manufacturing)\n"
            "    / nullif(lq_producer_services + lq_manufacturing, 0)\n"
            "    + (lq_producer_services + lq_manufacturing)\n"
            "from marts.industrial_agglomeration\nwhere {where}",
            arithmetic="1 - |{lq_producer_services:.15g} - {lq_manufacturing:.15g}| / "
            "({lq_producer_services:.15g} + {lq_manufacturing:.15g}) + "
            "({lq_producer_services:.15g} + {lq_manufacturing:.15g})",
            evidence=CELLS,
            figures=_EMPLOYMENT_FIGURES,
            inputs=AGGLOMERATION_INPUTS,
        ),
        "missing": Formula(
            "The first sector without a number; a group of which one sector is missing has no sum.",
            evidence=CELLS,
            inputs=AGGLOMERATION_INPUTS,
        ),
        "national_totals": Formula("What the study file says: sample or published."),
        "n_regions_in_totals": Formula(
            "Regions of the sample that have a number for every sector in the year.",
            figures=_EMPLOYMENT_FIGURES,
        ),
        "totals_difference": Formula(
            "The sample's sum of all employment over the published national total, less one.",
            figures=_EMPLOYMENT_FIGURES,
        ),
        "study": _PANEL_KEY_FORMULA,
        "region_code": _PANEL_KEY_FORMULA,
        "region_name": _PANEL_KEY_FORMULA,
        "year": _PANEL_KEY_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    evidence={CELLS: EvidenceQuery(Cell, cells.AGGLOMERATION_CELLS)},
    notes="select 'The index has no value: ' || missing as note "
    "from marts.industrial_agglomeration where {where} and missing is not null union all "
    f"select * from ({cells.findings_of(cells.AGGLOMERATION_CELLS)})",
    absent=_OUTSIDE_OF_PANEL,
)

_BOTH_EDITIONS = cells.revision_cells("first_vintage", "last_vintage")
_REVISION_KEY_FORMULA = Formula("A number that more than one edition holds.")

INDICATOR_REVISIONS = Explainer(
    table="marts.indicator_revisions",
    keys=(
        replace(_indicator("marts.indicator_revisions"), required=True),
        _REGION,
        replace(_YEAR, required=False),
        Key(
            "scope",
            "choice",
            "scope",
            options="select distinct scope from marts.indicator_revisions where scope <> ''",
        ),
    ),
    shown="revision",
    columns={
        "revision": Formula(
            "The number in the newest edition over the one in the oldest, less one.",
            sql="select last_value / nullif(first_value, 0) - 1\nfrom marts.indicator_revisions\n"
            "where {where}",
            arithmetic="last_value {last_value:,.15g} / first_value {first_value:,.15g} - 1",
            evidence="both",
        ),
        "first_value": Formula(
            "The number in the oldest edition that has one, in the indicator's own unit.",
            evidence="first",
        ),
        "last_value": Formula(
            "The number in the newest edition that has one, in the indicator's own unit.",
            evidence="last",
        ),
        "first_vintage": Formula("The oldest edition that has a number.", evidence="first"),
        "last_vintage": Formula("The newest edition that has a number.", evidence="last"),
        "n_vintages": Formula(
            "Editions that have a number.",
            sql="select count(*)\nfrom intermediate.int_observations__editions\n"
            "where {where} and value is not null",
            evidence="both",
        ),
        "unit": Formula("The indicator's own unit, to which every edition is converted."),
        "indicator_code": _REVISION_KEY_FORMULA,
        "scope": _REVISION_KEY_FORMULA,
        "region_code": _REVISION_KEY_FORMULA,
        "region_name": _REVISION_KEY_FORMULA,
        "year": _REVISION_KEY_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    evidence={
        "both": EvidenceQuery(Cell, _BOTH_EDITIONS),
        "first": EvidenceQuery(Cell, cells.revision_cells("first_vintage")),
        "last": EvidenceQuery(Cell, cells.revision_cells("last_vintage")),
    },
    several=True,
    notes=cells.findings_of(_BOTH_EDITIONS),
)

_CELL_FORMULA = Formula(
    "The cell as printed. Where several hold the same number, the newest edition is used, and what "
    "is not used is set aside with its reason.",
    evidence=CELLS,
)
_AS_READ = (
    *("value", "raw_value", "missing", "unit", "unit_source", "vintage", "vintage_source"),
    *("footnote", "header", "profile", "scope", "cell", "sheet", "path", "file_id"),
    *("region_code", "region_printed", "region_kind", "year", "indicator_code", "loaded_at"),
)

OBSERVATIONS = Explainer(
    table="raw.observations",
    keys=(
        _indicator("raw.observations"),
        replace(_REGION, required=False),
        replace(_YEAR, required=False),
        Key("cell", "pattern", "cell", pattern=r"[A-Z]{1,3}[1-9]\d{0,6}"),
        Key("path", "path", "file"),
    ),
    shown="",
    columns={
        "": _CELL_FORMULA,
        **dict.fromkeys(_AS_READ, _CELL_FORMULA),
        "is_sample": _SAMPLE_FORMULA,
    },
    evidence={CELLS: EvidenceQuery(Cell, cells.OBSERVATION_CELLS)},
    several=True,
    # A yearbook has some 2,000 cells.
    listed=40,
    notes=cells.findings_of(cells.OBSERVATION_CELLS),
    absent="""
select concat_ws(' > ', path, nullif(locator, '')) as place, 'quarantined' as status,
    concat_ws(' ', reason, hint) as reason
from quality.quarantine
where suffix(path, $path)
union all
select path, status, reason
from raw.files
where status <> 'loaded' and suffix(path, $path)
""",
)

YEARBOOK_EXPLAINERS = (
    INNOVATION_PANEL,
    PANEL_VARIABLES,
    INDUSTRIAL_AGGLOMERATION,
    INDICATOR_REVISIONS,
    OBSERVATIONS,
)
