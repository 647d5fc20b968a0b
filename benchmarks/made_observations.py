"""Observations made by SQL in the shape of city yearbooks, and a study over them.

An edition prints the years before it for every province and city in force, an indicator a sheet,
some of it in two file formats; blanks, subtotals, two units and corrections are among them. What
the panel must say of them can be computed. Timing them belongs to ``panel``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import duckdb

from orchestration.ingest.regions import SEEDS

LAST_EDITION = 2025
STUDY = "benchmark_cities"
# What the study's variables and its location quotients read, each in the unit of its seed.
INPUTS = (
    *("gdp", "population_resident", "fiscal_st_expenditure", "fiscal_expenditure"),
    *("rd_personnel_fte", "rd_expenditure", "patents_applied_invention"),
    *("patents_applied_utility_model", "chip_patents_applied", "loans_balance"),
    *("employment_transport_urban_units", "employment_information_urban_units"),
    *("employment_finance_urban_units", "employment_leasing_business_services_urban_units"),
    *("employment_scientific_technical_services_urban_units",),
    *("employment_manufacturing_urban_units", "employment_total_urban_units"),
)
_VARIABLES = {
    "chip_patents": "chip_patents_applied",
    "gdp": "gdp",
    "population": "population_resident",
    "coagglomeration": "agglomeration.coagglomeration_index",
    "loans_to_gdp": "loans_balance / gdp",
    "st_to_gdp": "fiscal_st_expenditure / gdp",
    "st_share": "fiscal_st_expenditure / fiscal_expenditure",
    "rd_personnel": "rd_personnel_fte",
    "rd_to_gdp": "rd_expenditure / gdp",
    "ln_chip_patents": "ln(chip_patents_applied)",
    "ln_patents": "ln(patents_applied_invention + patents_applied_utility_model)",
    "ln_gdp": "ln(gdp)",
    "ln_gdp_before": "lag(ln_gdp)",
    "ln_population": "ln(population)",
    "gdp_x_coagglomeration": "ln_gdp * coagglomeration",
}
_MOST_EDITIONS = 30
_YEARS_AN_EDITION = 5
# Every fourth edition lies there as .xls and as .xlsx.
_TWICE_EVERY = 4
_INDICATORS_A_FILE = 10
_N_CORRECTIONS = 100

# One number of an edition. The nation is the sum of the provinces.
_VALUE = """
    round(
        (1000 + indicators.number * 37) * indicators.size * regions.weight
        * power(1.05, {year} - 1990) * (1 + 0.002 * ({edition} - {year})), 2
    )
"""
_IS_BLANK = """
    (regions.region_level = 'city'
    and (cast(regions.region_code as integer) * 7 + {year} * 13 + indicators.number) % 40 = 0)
"""


@dataclass(frozen=True)
class Shape:
    """How many indicators and editions make about so many rows."""

    n_indicators: int
    n_editions: int
    n_years: int

    @classmethod
    def of(cls, rows: int) -> Shape:
        """The fewest indicators, or below what the study needs the fewest editions.

        Args:
            rows: observations wanted; there will be a little more.
        """
        n_years = _YEARS_AN_EDITION if rows >= 100_000 else 1
        places = 31 + 338 + 1 + 4
        for n_editions in range(2, _MOST_EDITIONS):
            n_files = n_editions + math.ceil(n_editions / _TWICE_EVERY)
            if n_files * n_years * places * len(INPUTS) >= rows:
                return cls(len(INPUTS), n_editions, n_years)
        n_files = _MOST_EDITIONS + math.ceil(_MOST_EDITIONS / _TWICE_EVERY)
        return cls(math.ceil(rows / (n_files * n_years * places)), _MOST_EDITIONS, n_years)

    @property
    def first_year(self) -> int:
        """First year that an edition prints."""
        return LAST_EDITION - self.n_editions + 1 - self.n_years

    def study(self) -> str:
        """A study file of fifteen variables over all years."""
        variables = "\n".join(
            f"  {name}: {{formula: {formula}}}" for name, formula in _VARIABLES.items()
        )
        return (
            f"name: {STUDY}\ntitle: Cities of the benchmark\nregion_level: city\n"
            f"years: [{self.first_year + 1}, {LAST_EDITION - 1}]\nlexicon: {{core: [芯片]}}\n"
            f"variables:\n{variables}\n"
        )


def write_observations(connection: duckdb.DuckDBPyConnection, shape: Shape) -> int:
    """Fill raw.observations, own_indicators and observation_corrections.

    Args:
        connection: to a prepared, empty working file.
        shape: how many of everything.

    Returns:
        Number of observations.
    """
    _write_dimensions(connection, shape)
    # An edition at a time, as files come in, and so that making them needs little memory.
    for place in range(shape.n_editions):
        edition = LAST_EDITION - shape.n_editions + 1 + place
        formats = ["xlsx", "xls"] if place % _TWICE_EVERY == 0 else ["xlsx"]
        for suffix in formats:
            connection.execute(_edition_sql(edition, suffix, shape.n_years))
    connection.execute(
        "insert into raw.own_indicators select indicator_code, indicator_code, indicator_code, "
        "unit, '', true, 0.05 from made_indicators where is_own"
    )
    connection.execute(
        "insert into raw.observation_corrections by name select indicator_code, region_code, year, "
        "vintage, scope, value as expect, value * 1.01 as value, 'misprint' as reason, "
        "'benchmark' as source from raw.observations "
        "where indicator_code = 'loans_balance' and region_kind = 'region' "
        f"and observations.value is not null and path like '%.xlsx' limit {_N_CORRECTIONS}"
    )
    connection.execute("drop table made_indicators; drop table made_regions")
    return int(connection.execute("select count(*) from raw.observations").fetchall()[0][0])


def wrong_cells(connection: duckdb.DuckDBPyConnection, shape: Shape) -> int:
    """How many region-years of the panel do not hold the newest planted number.

    Args:
        connection: to a working file with marts.innovation_panel.
        shape: what was planted.
    """
    _write_dimensions(connection, shape)
    newest = f"least({LAST_EDITION}, panel.year + {shape.n_years})"
    blank = _IS_BLANK.format(year="panel.year")
    value = _VALUE.format(year="panel.year", edition=newest)
    found = connection.execute(
        f"""
        select count(*)
        from marts.innovation_panel as panel
        inner join made_regions as regions on panel.region_code = regions.region_code
        inner join made_indicators as indicators on indicators.indicator_code = 'gdp'
        where
            coalesce(abs(panel.gdp - {value}) > 1e-6 * {value}, not {blank})
            or (panel.gdp is null) <> {blank}
        """
    ).fetchall()
    return int(found[0][0])


def _write_dimensions(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    """Temporary tables of places and indicators."""
    connection.execute(
        """
        create or replace temp table made_regions as
        with drawn as (
            select region_code, full_name, region_level,
                0.2 + (cast(region_code as integer) // 100 % 97) / 97 as weight
            from read_csv($regions, all_varchar = true)
            where region_level in ('province', 'city') and valid_to is null
                and region_code[1] not in ('7', '8')
        ),
        -- Provinces and cities each add up to the nation.
        places as (
            select region_code, full_name, region_level,
                31 * weight / sum(weight) over (partition by region_level) as weight
            from drawn
        )
        select * from places
        union all
        select '100000', '全国', 'nation', sum(weight) from places where region_level = 'province'
        union all
        select null, unnest(['东部地区', '中部地区', '西部地区', '东北地区']), 'subtotal', 7.5
        """,
        {"regions": str(SEEDS / "regions.csv")},
    )
    connection.execute(
        """
        create or replace temp table made_indicators as
        select number, coalesce(($inputs)[number], 'made_indicator_' || number) as indicator_code,
            number > len($inputs) as is_own,
            -- More than its sectors together.
            case ($inputs)[number] when 'employment_total_urban_units' then 20 else 1 end as size,
            coalesce(seed.canonical_unit, '亿元') as unit
        from range(1, $n + 1) as numbers (number)
        left join read_csv($indicators, all_varchar = true) as seed
            on seed.indicator_code = ($inputs)[number]
        """,
        {
            "inputs": list(INPUTS),
            "n": shape.n_indicators,
            "indicators": str(SEEDS / "indicators.csv"),
        },
    )


def _edition_sql(edition: int, suffix: str, n_years: int) -> str:
    """All files of one edition in one format; amounts of odd editions are printed in 万元."""
    value, blank = _VALUE.format(year="year", edition=edition), _IS_BLANK.format(year="year")
    odd = f"({edition} % 2 = 1 and indicators.is_own)"
    return f"""
        insert into raw.observations by name
        with cells as (
            select *, {blank} as is_blank, {odd} as in_wan,
                case when not {blank} then case when {odd} then {value} * 10000 else {value} end
                end as number_printed,
                row_number() over (partition by indicators.number, year) + 3 as sheet_row,
            from made_indicators as indicators
            cross join range({edition - n_years}, {edition}) as years (year)
            cross join made_regions as regions
        )
        select
            'yearbooks/城市统计年鉴/{edition}/'
            || lpad(number // {_INDICATORS_A_FILE} || '', 3, '0') || '.{suffix}' as path,
            sha256(path) as file_id,
            '表' || number as sheet,
            chr(cast(66 + year - {edition - n_years} as integer)) || sheet_row as cell,
            region_code,
            full_name as region_printed,
            case region_level when 'nation' then 'nation' when 'subtotal' then 'subtotal'
                else 'region' end as region_kind,
            year,
            indicator_code,
            case when is_own and number % 10 = 9 then '市辖区' else '' end as scope,
            number_printed as value,
            case when is_blank then '' else printf(case when in_wan then '%.0f' else '%.2f' end,
                number_printed) end as raw_value,
            case when is_blank then 'blank' end as missing,
            case when in_wan then '万元' else unit end as unit,
            'header B3' as unit_source,
            '{edition}' as vintage,
            'edition (title A1)' as vintage_source,
            '' as footnote,
            indicator_code || ' / ' || year || '年' as header,
            'city_yearbook' as profile,
            false as is_sample,
            timestamp '2026-01-01' as loaded_at
        from cells
        order by number, year, sheet_row
    """
