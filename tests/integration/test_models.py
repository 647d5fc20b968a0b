"""The models of the sample, as a user's build leaves them: planted effects, columns, provenance."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.model_stages import update_models, update_replication
from orchestration.settings import CHECKOUT, Settings
from orchestration.tables import MODEL_TABLES, REPLICATION
from orchestration.warehouse import Warehouse
from tests.conftest import Xinku

pytestmark = pytest.mark.integration
Built = tuple[Path, subprocess.CompletedProcess[str]]

# What other programs may rely on; columns beside these are ours to change.
PROMISED = {
    "descriptive_statistics": "study variable n mean sd minimum maximum",
    "correlations": "study variable_x variable_y r p n",
    "coefficients": "study model outcome term estimate std_error t p ci_low ci_high stars se_type",
    "fit_statistics": "study model n_obs n_entities n_periods r2_within r2_overall r2_inclusive f "
    "entity_effects time_effects se_type",
    "mediation": "study outcome treatment mediator effect estimate ci_low ci_high ci_method "
    "n_bootstrap seed p",
    "marginal_effects": "study model treatment moderator at effect std_error ci_low ci_high",
    "specification_curve": "study specification_id choices estimate ci_low ci_high p",
    "replication": "study published_table cell published_value our_value difference status",
}
# Equation and variable of data/planted_effects.csv as the study names them.
MODELS = {
    "direct": "direct",
    "mediator": "through_coagglomeration.mediator",
    "outcome_given_mediator": "through_coagglomeration.outcome",
    "moderation": "by_marketization",
    "alternative_outcome": "alternative_outcome",
}
TERMS = {
    "attention": "attention",
    "findev": "loans_to_gdp",
    "ln_gdp": "ln_gdp",
    "gtech": "st_expenditure_to_gdp",
    "ln_population": "ln_population",
    "hucap": "rd_personnel",
    "coagglomeration_index": "coagglomeration",
    "marketization_index": "marketization",
    "attention_x_marketization": "attention:marketization",
}
HASHED = "select sha256(string_agg(r::varchar, '\n' order by r::varchar)), count(*) from {} r"


@pytest.fixture(scope="module")
def sample(sample_build: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_build[0]), read_only=True) as connection:
        yield connection


def planted() -> list[tuple[str, str, float]]:
    with (CHECKOUT / "data" / "planted_effects.csv").open(encoding="utf-8") as file:
        return [(row["equation"], row["term"], float(row["value"])) for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    ("equation", "term", "value"), [row for row in planted() if row[0] != "indirect"]
)
def test_a_planted_effect_lies_in_its_interval(
    sample: duckdb.DuckDBPyConnection, equation: str, term: str, value: float
) -> None:
    found = sample.execute(
        "select ci_low, ci_high from models.coefficients "
        "where study = 'chip_innovation' and model = ? and term = ?",
        [MODELS[equation], TERMS[term]],
    ).fetchall()
    ((low, high),) = found
    assert low <= value <= high


def test_the_treatment_is_told_from_zero(sample: duckdb.DuckDBPyConnection) -> None:
    """Intervals that hold everything would hold what was planted, too."""
    rows = sample.execute(
        "select model, ci_low from models.coefficients where term = 'attention' "
        "and model in ('direct', 'alternative_outcome') order by model"
    ).fetchall()
    assert len(rows) == 2
    assert all(low > 0 for _, low in rows)


def test_the_planted_indirect_effect_lies_in_every_interval(
    sample: duckdb.DuckDBPyConnection,
) -> None:
    ((_, _, value),) = [row for row in planted() if row[0] == "indirect"]
    rows = sample.execute(
        "select ci_method, ci_low, ci_high, n_bootstrap, seed from models.mediation "
        "where effect = 'indirect' and model = 'through_coagglomeration' order by all"
    ).fetchall()
    assert [row[0] for row in rows] == ["bc", "bca", "percentile"]
    for _, low, high, n_bootstrap, seed in rows:
        assert low <= value <= high
        assert (n_bootstrap, seed) == (5000, 20220101)


def test_the_curve_has_at_least_500_specifications_each_with_its_choices(
    sample: duckdb.DuckDBPyConnection,
) -> None:
    row = sample.execute(
        "select count(*), count(distinct specification_id), count(estimate), "
        "count(*) filter (json_valid(choices)) from models.specification_curve"
    ).fetchone()
    assert row is not None
    assert row[0] >= 500
    assert set(row) == {row[0]}


@pytest.mark.parametrize("table", PROMISED)
def test_promised_columns_are_there(sample: duckdb.DuckDBPyConnection, table: str) -> None:
    columns = [row[0] for row in sample.execute(f"describe models.{table}").fetchall()]
    assert set(PROMISED[table].split()) <= set(columns)
    (count,) = sample.execute(f"select count(*) from models.{table}").fetchone() or (0,)
    assert count


def test_every_row_says_what_it_comes_from(sample: duckdb.DuckDBPyConnection) -> None:
    for table in (*MODEL_TABLES, REPLICATION):
        row = sample.execute(
            "select count(*), count(*) filter (is_sample), count(code_version), "
            f"count(panel_digest), count(distinct panel_digest) from {table.relation}"
        ).fetchone()
        assert row is not None
        assert row[0] > 0, table.relation
        assert set(row[:4]) == {row[0]}, table.relation
        assert row[4] == 1, table.relation


def test_every_row_says_its_sample_and_every_test_its_standard_errors(
    sample: duckdb.DuckDBPyConnection,
) -> None:
    for table in MODEL_TABLES:
        for column in ("sample", "se_type"):
            if column not in table.column_names:
                continue
            fitted = "estimate is not null" if "estimate" in table.column_names else "true"
            rows = sample.execute(
                f"select count(*), count({column}) from {table.relation} where {fitted}"
            ).fetchone()
            assert rows is not None
            assert rows[0] == rows[1] > 0, (table.relation, column)
    leads = sample.execute(
        "select distinct sample from models.inference where method like 'placebo%'"
    ).fetchall()
    assert len(leads) == 1
    assert leads[0][0].startswith("124 rows, 31 regions, 4 years")


def test_the_digest_of_a_row_leads_to_the_publication_of_its_panel(
    sample: duckdb.DuckDBPyConnection,
) -> None:
    found = sample.execute(
        "select distinct c.study, b.run_id from models.coefficients as c "
        "join quality.builds as b on (b.panels ->> c.study) = c.panel_digest"
    ).fetchall()
    published = sample.execute("select run_id from quality.builds").fetchall()
    assert found == [("chip_innovation", run) for (run,) in published]


def test_no_clustered_default_stands_alone(sample: duckdb.DuckDBPyConnection) -> None:
    rows = sample.execute(
        "select f.model, list(distinct i.method order by i.method) "
        "from models.fit_statistics as f left join models.inference as i "
        "on i.study = f.study and i.regression = f.model and i.p is not null "
        "and i.method in ('jackknife', 'wild_bootstrap') "
        "where f.se_type like 'cluster%' and f.engine <> 'statsmodels' "
        "and f.pseudo_r2 is null and not ends_with(f.model, '.centred') group by all"
    ).fetchall()
    assert len(rows) == 11
    assert all(methods == ["jackknife", "wild_bootstrap"] for _, methods in rows)


def test_p_of_a_mediation_agrees_with_the_interval_beside_it(
    sample: duckdb.DuckDBPyConnection,
) -> None:
    rows = sample.execute(
        "select ci_method, p, ci_low > 0 or ci_high < 0 from models.mediation"
    ).fetchall()
    for method, p, leaves_zero_out in rows:
        assert (p is None) == (method != "percentile")
        assert p is None or (p < 0.05) == leaves_zero_out


def test_the_strict_counting_rule_is_fitted(sample: duckdb.DuckDBPyConnection) -> None:
    rows = sample.execute(
        "select estimate from models.robustness where choice = 'strict'"
    ).fetchall()
    assert len(rows) == 1
    assert rows[0][0] is not None


def test_rows_are_told_apart_by_the_grain(sample: duckdb.DuckDBPyConnection) -> None:
    for table in (*MODEL_TABLES, REPLICATION):
        keys = ", ".join(f'"{name}"' for name in table.grain)
        double = sample.execute(
            f"select {keys}, count(*) from {table.relation} group by all having count(*) > 1"
        ).fetchall()
        assert not double, table.relation


def test_everything_that_the_study_declares_is_fitted(
    sample: duckdb.DuckDBPyConnection, sample_build: Built
) -> None:
    rows = sample.execute("select distinct status, reason from models.notes").fetchall()
    assert rows == [("fitted", None)]
    (count,) = sample.execute("select count(*) from models.notes").fetchone() or (0,)
    assert f"Models fitted: {count} of chip_innovation." in sample_build[1].stdout


def test_sample_data_reproduce_no_published_figure(sample: duckdb.DuckDBPyConnection) -> None:
    statuses = dict(
        sample.execute("select status, count(*) from models.replication group by all").fetchall()
    )
    assert set(statuses) == {"cannot_be_computed", "contradicts_itself"}
    told = sample.execute(
        "select count(*) from models.replication where reason is null or reason = ''"
    ).fetchone()
    assert told == (0,)


def hashes(path: Path) -> dict[str, tuple[str, int]]:
    """Digest and number of rows of every table of the models."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = {}
        for table in (*MODEL_TABLES, REPLICATION):
            row = connection.execute(HASHED.format(table.relation)).fetchone()
            assert row is not None
            found[table.relation] = (str(row[0]), int(row[1]))
        return found


def test_models_fitted_anew_are_the_same_to_the_last_bit(
    sample_build: Built, tmp_path: Path
) -> None:
    working = tmp_path / "working.duckdb"
    shutil.copyfile(sample_build[0], working)
    store = Warehouse(working, tmp_path / "xinku.duckdb")
    settings = Settings(
        landing=CHECKOUT / "data" / "landing",
        warehouse=store.published,
        home=tmp_path,
        studies=("chip_innovation",),
    )
    before = hashes(working)
    assert update_models(store, settings).kept == ("chip_innovation",)
    assert update_models(store, settings, anew=True).fitted == ("chip_innovation",)
    update_replication(store, settings)
    assert hashes(working) == before


@pytest.mark.slow
def test_a_second_build_gives_the_same_models(
    sample_build: Built, tmp_path: Path, xinku: Xinku
) -> None:
    done = xinku("build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "xinku.duckdb") == hashes(sample_build[0])
