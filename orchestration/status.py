"""What a published warehouse holds, read from its snapshot and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.warehouse import open_snapshot


@dataclass(frozen=True)
class Check:
    """One check of the runs that made this snapshot."""

    asset: str
    name: str
    severity: str
    passed: bool
    detail: str | None


@dataclass(frozen=True)
class Gap:
    """An indicator that a study needs and the landing zone does not hold for every region-year."""

    study: str
    name_zh: str
    n_values: int
    n_region_years: int
    variables: str


@dataclass(frozen=True)
class Unfitted:
    """A model that a study declares and that could not be fitted."""

    study: str
    model: str
    reason: str


@dataclass(frozen=True)
class Status:
    """What there is, how much of it, and what is wrong.

    Attributes:
        files: files of the landing zone by status; those that have gone come last.
        levels: region levels that have reports, the nation first.
        reports: primary reports by year and region level.
        tables: rows of every table and view.
        quarantine: place, reason and hint of everything that could not be used.
        gaps: what studies need and the landing zone does not hold.
        fitted: models that studies declare and that are fitted, by study.
        unfitted: those that could not be, with file, line and reason.
        checks: the last result of every check.
        is_sample: whether any of it is the bundled sample.
    """

    files: dict[str, int]
    levels: tuple[str, ...]
    reports: dict[int, dict[str, int]]
    tables: dict[str, int]
    quarantine: list[tuple[str, str, str]]
    gaps: list[Gap]
    fitted: dict[str, int]
    unfitted: list[Unfitted]
    checks: list[Check]
    is_sample: bool


def read_status(path: Path) -> Status:
    """Read the status of a published warehouse.

    Raises:
        UsageError: nothing has been built there.
    """
    with open_snapshot(path) as connection:
        levels, reports = _reports(connection)
        return Status(
            files=dict(
                connection.execute(
                    "select status, count(*) from raw.files group by status "
                    "order by status = 'removed', status"
                ).fetchall()
            ),
            levels=levels,
            reports=reports,
            tables=_tables(connection),
            quarantine=connection.execute(
                "select concat_ws(' > ', path, nullif(locator, '')), reason, hint "
                "from quality.quarantine order by all"
            ).fetchall(),
            gaps=_gaps(connection),
            fitted=dict(
                connection.execute(
                    "select study, count(*) from models.notes where reason is null "
                    "group by study order by study"
                ).fetchall()
            ),
            unfitted=[
                Unfitted(*row)
                for row in connection.execute(
                    "select study, model, reason from models.notes where reason is not null "
                    "order by study, source_line"
                ).fetchall()
            ],
            checks=_checks(connection),
            is_sample=bool(
                (connection.execute("select bool_or(is_sample) from raw.files").fetchone() or (0,))[
                    0
                ]
            ),
        )


def _reports(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[tuple[str, ...], dict[int, dict[str, int]]]:
    rows = connection.execute(
        "select report_year, region_level, count(*) from raw.documents where status = 'primary' "
        "group by all order by all"
    ).fetchall()
    reports: dict[int, dict[str, int]] = {}
    for year, level, count in rows:
        reports.setdefault(year, {})[level] = count
    present = {level for _, level, _ in rows}
    levels = tuple(level for level in ("nation", "province", "city") if level in present)
    return levels, reports


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in ('raw', 'marts', 'models', 'quality') order by "
        "list_position(['raw', 'marts', 'models', 'quality'], table_schema), table_name"
    ).fetchall()
    counts = {}
    for schema, name in names:
        row = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()
        counts[f"{schema}.{name}"] = row[0] if row else 0
    return counts


def _gaps(connection: duckdb.DuckDBPyConnection) -> list[Gap]:
    try:
        rows = connection.execute(
            "select study, name_zh, n_values, n_region_years, variables "
            "from quality.missing_inputs order by study, n_values, name_zh"
        ).fetchall()
    except duckdb.CatalogException:  # a build that failed before dbt
        return []
    return [Gap(*row) for row in rows]


def _checks(connection: duckdb.DuckDBPyConnection) -> list[Check]:
    rows = connection.execute(
        "select asset, check_name, severity, passed, detail from quality.check_results "
        "qualify row_number() over (partition by asset, check_name order by checked_at desc) = 1 "
        "order by passed, severity, asset, check_name"
    ).fetchall()
    return [Check(*row) for row in rows]
