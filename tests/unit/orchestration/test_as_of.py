"""The edition of a number that a study takes, by what it may know of: the model's own SQL."""

from __future__ import annotations

import duckdb
import jinja2
import pytest

from orchestration.settings import DBT_PROJECT

_MODEL = DBT_PROJECT / "models" / "intermediate" / "panel" / "int_panel__observations.sql"
_TABLES = """
create table stg_studies__panels as
    select 's' as study, 'as_reported' as boundaries, $as_of::varchar as as_of,
        'none' as service_sectors;
create table stg_studies__inputs as
    select 's' as study, 'gdp' as input_name, 'indicator' as origin;
create table sector_mapping (classification varchar, indicator_code varchar);
create table int_regions__fixed_boundary
    (region_code varchar, area_code varchar, comparable_from integer);
create table regions (region_code varchar, valid_from integer, valid_to integer);
create table stg_yearbooks__indicators (indicator_code varchar, is_additive boolean);
create table int_observations__editions (
    indicator_code varchar, region_code varchar, year integer, scope varchar, vintage varchar,
    value double, missing varchar, is_sample boolean
);
"""

Edition = tuple[str, float | None, str | None]


def taken(as_of: str | None, *editions: Edition) -> tuple[float | None, str | None, str]:
    """Value, reason and vintage that the panel of a study takes of editions of one number."""
    ref = {"ref": lambda name: name, "exact_sum": lambda column: f"sum({column})"}
    sql = jinja2.Environment(autoescape=False).from_string(_MODEL.read_text("utf-8")).render(ref)  # noqa: S701
    with duckdb.connect() as connection:
        quoted = "null" if as_of is None else f"'{as_of}'"
        connection.execute(_TABLES.replace("$as_of", quoted))
        connection.executemany(
            "insert into int_observations__editions values "
            "('gdp', '320000', 2020, '', ?, ?, ?, false)",
            [list(edition) for edition in editions],
        )
        (row,) = connection.execute(f"select value, missing, vintage from ({sql})").fetchall()
    return row  # type: ignore[no-any-return]


OLD: Edition = ("2021", 100.0, None)
NEW: Edition = ("2023-10", 110.0, None)


@pytest.mark.parametrize(
    ("as_of", "value"),
    [(None, 110.0), ("2024", 110.0), ("2023", 110.0), ("2023-10", 110.0), ("2023-09", 100.0),
     ("2022", 100.0), ("2021", 100.0)],
)  # fmt: skip
def test_the_newest_edition_that_the_study_may_know_of_is_taken(
    as_of: str | None, value: float
) -> None:
    assert taken(as_of, OLD, NEW)[:2] == (value, None)


def test_where_all_editions_are_too_new_the_reason_says_so() -> None:
    assert taken("2020", OLD, NEW)[:2] == (None, "no edition up to 2020 has it")


def test_an_edition_in_time_without_a_number_says_why_itself() -> None:
    blank: Edition = ("2021", None, "not_published")
    assert taken("2022", blank, NEW) == (None, "not_published", "2021")
    assert taken(None, blank, NEW)[:2] == (110.0, None)


def test_without_a_limit_no_reason_names_one() -> None:
    assert taken(None, ("2021", None, "blank"))[:2] == (None, "blank")
