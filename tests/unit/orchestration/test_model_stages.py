"""The stage that fits models: what it fits again, what it keeps, what stops it, what it writes."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from orchestration import model_gates, model_stages
from orchestration.console import show_status
from orchestration.expectations import Finding, Suite, validate
from orchestration.model_gates import closed_gates
from orchestration.model_stages import FittedStudies, plain, update_models, update_replication
from orchestration.settings import Settings, UsageError
from orchestration.status import Gap, Status, Unfitted
from orchestration.tables import MODEL_TABLES
from orchestration.tables.models import COEFFICIENTS
from orchestration.warehouse import Warehouse

STUDY = """\
name: {name}
title: T
years: [2018, 2021]
lexicon: {{core: [芯片]}}
variables:
  y: {{formula: gdp}}
  x: {{formula: attention.n_hits}}
models:
  descriptives:
    levels: {{variables: [y, x], published: 表2}}
  regressions:
    base: {{outcome: y, treatment: x, published: 表4 模型1}}
    wrong: {{outcome: y, treatment: xx}}
  robustness:
    checks: {{of: base, lags: [1, 9]}}
"""
PRINTED = "replication:\n  source: paper\n  names: {Govat: {variables: [x]}}\n"


class Place:
    """A landing zone with studies, and a warehouse with their panels made by hand."""

    def __init__(self, folder: Path) -> None:
        self.studies = folder / "landing" / "studies"
        self.studies.mkdir(parents=True)
        self.store = Warehouse(folder / "working.duckdb", folder / "w.duckdb")
        self.store.prepare()
        self.names: tuple[str, ...] = ()
        self._landing = folder / "landing"

    def declare(self, name: str, text: str = STUDY, more: str = "") -> None:
        (self.studies / f"{name}.yaml").write_text(text.format(name=name) + more, encoding="utf-8")
        if name not in self.names:
            self.names = (*self.names, name)

    def settings(self) -> Settings:
        return Settings(
            landing=self._landing,
            warehouse=self.store.published,
            home=self._landing.parent,
            studies=self.names,
        )

    def execute(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.store.write() as connection:
            return connection.execute(statement, list(parameters)).fetchall()

    def panel(self, frame: pd.DataFrame) -> None:
        with self.store.write() as connection:
            connection.register("given", frame)
            connection.execute("create or replace table marts.innovation_panel as from given")
            connection.execute(
                "create or replace table marts.panel_completeness as "
                "select study, variable, year, count(*)::integer as n_expected, "
                "count(*)::integer as n_rows, count(*)::integer as n_values, "
                "9 as n_distinct, 9 as n_distinct_overall from (select study, year, "
                "unnest(['y', 'x']) as variable from given) group by all"
            )
            connection.unregister("given")

    def fit(self) -> FittedStudies:
        return update_models(self.store, self.settings())

    def rows(self, table: str) -> pd.DataFrame:
        with self.store.read() as connection:
            return connection.execute(f"select * from models.{table} order by all").df()


def drawn(*studies: str, is_sample: bool = True) -> pd.DataFrame:
    draw = np.random.default_rng(4)
    rows = []
    for study in studies:
        for region in range(8):
            for year in range(2018, 2022):
                x = float(draw.integers(0, 9))
                rows.append(
                    {
                        "study": study,
                        "region_code": f"{11 + region}0000",
                        "region_name": f"省{region}",
                        "year": year,
                        "y": 0.5 * x + region + 0.05 * draw.normal(),
                        "x": x,
                        "is_sample": is_sample,
                    }
                )
    return pd.DataFrame(rows)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.declare("ours")
    place.declare("theirs")
    place.panel(drawn("ours", "theirs"))
    return place


def test_models_are_fitted_with_where_each_row_comes_from(place: Place) -> None:
    done = place.fit()
    assert done == FittedStudies(("ours", "theirs"), (), 6, 2)
    rows = place.rows("coefficients")
    assert set(rows["study"]) == {"ours", "theirs"}
    assert set(rows["model"]) == {"base"}
    for table in MODEL_TABLES:
        rows = place.rows(table.name)
        if len(rows):
            assert rows["is_sample"].all()
            assert rows["code_version"].str.fullmatch("[0-9a-f]{16}").all()
            assert rows["panel_digest"].str.fullmatch("[0-9a-f]{16}").all()
    notes = place.rows("notes").set_index(["study", "model"])
    assert notes.loc[("ours", "wrong"), "status"] == "not_fitted"
    assert notes.loc[("ours", "wrong"), "reason"] == (
        "ours.yaml, line 13 (models.regressions.wrong): The study has no variable xx (did you "
        "mean x?); declare it under variables, or correct the name."
    )
    assert notes.loc[("ours", "base"), "source_line"] == 12
    lag = place.rows("robustness").set_index(["study", "check", "choice"])
    assert math.isnan(lag.loc[("ours", "lagged_treatment", "L9"), "estimate"])


def test_nothing_is_fitted_again_when_nothing_has_changed(place: Place) -> None:
    place.fit()
    before = {table.name: place.rows(table.name) for table in MODEL_TABLES}
    assert place.fit() == FittedStudies((), ("ours", "theirs"), 6, 2)
    # In another order the rows of the panel are the same panel.
    place.panel(drawn("ours", "theirs").sort_values("x", ignore_index=True))
    assert place.fit().kept == ("ours", "theirs")
    for name, rows in before.items():
        assert place.rows(name).equals(rows), name
    anew = update_models(place.store, place.settings(), anew=True)
    assert anew.fitted == ("ours", "theirs")
    for name, rows in before.items():
        assert place.rows(name).equals(rows), name


def test_a_changed_panel_refits_its_own_study(place: Place) -> None:
    place.fit()
    frame = drawn("ours", "theirs")
    frame.loc[(frame["study"] == "ours").idxmax(), "y"] += 1e-9
    place.panel(frame)
    done = place.fit()
    assert (done.fitted, done.kept) == (("ours",), ("theirs",))
    digests = place.rows("notes").groupby("study")["panel_digest"].nunique()
    assert digests.tolist() == [1, 1]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("lags: [1, 9]", "lags: [1]"),
        lambda text: text.replace("base", "main"),
        lambda text: "# moved\n" + text,
        lambda text: text.replace("published: 表2", "published: 表3"),
    ],
)
def test_a_changed_declaration_refits_its_own_study(
    place: Place, change: Callable[[str], str]
) -> None:
    place.fit()
    place.declare("ours", change(STUDY))
    done = place.fit()
    assert (done.fitted, done.kept) == (("ours",), ("theirs",))
    assert place.fit().fitted == ()


def test_a_change_that_concerns_no_model_keeps_all(place: Place) -> None:
    place.fit()
    place.declare("ours", STUDY.replace("title: T", "title: Another") + "# The end.\n")
    assert place.fit().fitted == ()


def test_data_that_become_real_are_fitted_again(place: Place) -> None:
    place.fit()
    place.panel(drawn("ours", "theirs", is_sample=False))
    assert place.fit().fitted == ("ours", "theirs")
    assert not place.rows("coefficients")["is_sample"].any()


def test_a_study_that_is_gone_takes_its_rows_with_it(place: Place) -> None:
    place.fit()
    place.names = ("theirs",)
    done = place.fit()
    assert done == FittedStudies((), ("theirs",), 3, 1)
    for table in MODEL_TABLES:
        assert set(place.rows(table.name)["study"]) <= {"theirs"}
    place.declare("theirs", STUDY[: STUDY.index("models:")])
    assert place.fit() == FittedStudies((), (), 0, 0)
    for table in MODEL_TABLES:
        assert place.rows(table.name).empty


def test_a_part_that_is_gone_takes_its_rows_with_it(place: Place) -> None:
    place.fit()
    place.declare("ours", STUDY[: STUDY.index("  robustness:")])
    place.fit()
    assert set(place.rows("robustness")["study"]) == {"theirs"}


def test_a_failing_expectation_leaves_the_models_of_its_study_empty(place: Place) -> None:
    place.fit()
    place.execute("update marts.panel_completeness set n_rows = 7 where study = 'ours'")
    done = place.fit()
    assert (done.fitted, done.kept) == (("ours",), ("theirs",))
    assert (done.n_fitted, done.n_not_fitted) == (3, 5)
    notes = place.rows("notes")
    ours = notes.loc[notes["study"] == "ours"]
    assert set(ours["status"]) == {"not_fitted"}
    assert ours["reason"].str.contains("gx_panel_has_every_region_year").all()
    assert ours["reason"].str.startswith("ours.yaml, line ").all()
    assert ours["reason"].str.contains("mend its input and build again").all()
    assert set(place.rows("coefficients")["study"]) == {"theirs"}
    # Mended, it is fitted again.
    place.panel(drawn("ours", "theirs"))
    assert place.fit().fitted == ("ours",)
    assert set(place.rows("coefficients")["study"]) == {"ours", "theirs"}


def test_a_warning_closes_no_gate(place: Place) -> None:
    place.execute("update marts.panel_completeness set n_values = 3, n_distinct_overall = 1")
    assert place.fit().n_fitted == 6


def test_a_broken_observation_closes_the_gate_of_every_study(place: Place) -> None:
    place.execute(
        "insert into raw.observations (path, sheet, cell, indicator_code, year, region_code, "
        "region_kind, vintage, value, unit) "
        "values ('a.xlsx', 's', 'B2', 'gdp', 2020, '110000', 'region', '2021', 5.0, '亿元')"
    )
    with place.store.read() as connection:
        assert closed_gates(connection, ["ours"])["ours"] is None
    place.execute("update raw.observations set cell = 'nowhere'")
    with place.store.read() as connection:
        said = closed_gates(connection, ["ours"])["ours"]
    assert said is not None
    assert "gx_observation_has_a_cell of raw.observations fails" in said
    assert place.fit().n_fitted == 0
    assert place.rows("coefficients").empty
    assert len(place.rows("notes")) == 8


def test_the_observations_are_checked_once_for_all_studies(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(frame: pd.DataFrame, suite: Suite) -> Iterator[Finding]:
        asked.append(suite.name)
        return validate(frame, suite)

    monkeypatch.setattr(model_gates, "validate", counted)
    with place.store.read() as connection:
        assert closed_gates(connection, ["ours", "theirs"]) == {"ours": None, "theirs": None}
    assert asked == ["raw_observations", "panel_completeness", "panel_completeness"]


def test_a_model_that_was_not_fitted_is_told_beside_its_published_table(place: Place) -> None:
    place.declare(
        "ours", STUDY.replace("treatment: xx", "treatment: xx, published: 表9 模型1"), PRINTED
    )
    place.execute(
        "create table marts.published_facts as select 'F1' as fact_id, 'paper' as source_id, "
        "'regression' as subject_area, 'coefficient' as measure, 0.5 as value, "
        "'0.5' as printed_value, 'model=1;outcome=Y;term=Govat;decimals=1' as details, "
        "'表9' as published_table"
    )
    place.fit()
    assert update_replication(place.store, place.settings()) == {"cannot_be_computed": 1}
    reason = place.rows("replication").loc[0, "reason"]
    assert reason.startswith("What stands for 表9 模型1 is not fitted: ours.yaml, line 13 (models.")


def test_a_study_without_rows_in_the_panel_says_so(place: Place) -> None:
    place.panel(drawn("theirs"))
    done = place.fit()
    assert done.n_fitted == 3
    notes = place.rows("notes")
    assert (notes.loc[notes["study"] == "ours", "status"] == "not_fitted").all()


def test_a_panel_that_is_behind_the_study_is_told(place: Place) -> None:
    place.declare("ours", STUDY.replace("  x:", "  x_new: {{formula: gdp}}\n  x:"))
    with pytest.raises(UsageError, match="has no column x_new yet, which the study ours"):
        place.fit()


def test_a_variable_keeps_its_capitals(place: Place) -> None:
    """DuckDB gives a column the capitals of its table."""
    place.declare("ours", STUDY.replace("  x:", "  X:").replace("[y, x]", "[y, X]"))
    place.declare("theirs", STUDY[: STUDY.index("variables:")].replace("years: [2018, 2021]\n", ""))
    done = place.fit()
    assert done.n_fitted == 1
    assert place.rows("descriptive_statistics")["variable"].tolist() == ["X", "y"]


def test_published_figures_are_set_beside_ours(place: Place) -> None:
    place.declare("ours", more=PRINTED)
    place.execute(
        "create table marts.published_facts as select * from (values "
        "('F1', 'paper', 'regression', 'coefficient', 0.5, '0.5', "
        "'model=1;outcome=Y;term=Govat;decimals=1', '表4'), "
        "('F2', 'paper', 'regression', 'coefficient', 0.5, '0.5', "
        "'model=2;outcome=Y;term=Govat;decimals=1', '表4'), "
        "('F3', 'other', 'regression', 'coefficient', 0.5, '0.5', "
        "'model=1;outcome=Y;term=Govat;decimals=1', '表4')) "
        "t(fact_id, source_id, subject_area, measure, value, printed_value, details, "
        "published_table)"
    )
    place.panel(drawn("ours", "theirs", is_sample=False))
    place.fit()
    assert update_replication(place.store, place.settings()) == {
        "equal": 1,
        "cannot_be_computed": 1,
    }
    rows = place.rows("replication").set_index("fact_id")
    assert rows.loc["F1", "study"] == "ours"
    assert rows.loc["F1", "our_cell"] == "base x estimate"
    assert rows.loc["F1", "our_value"] == pytest.approx(0.5, abs=0.05)
    assert not rows["is_sample"].any()
    assert rows["panel_digest"].notna().all()
    # The same again is the same; on sample data nothing is equal.
    assert update_replication(place.store, place.settings())["equal"] == 1
    assert len(place.rows("replication")) == 2
    place.panel(drawn("ours", "theirs"))
    place.fit()
    assert update_replication(place.store, place.settings()) == {"cannot_be_computed": 2}
    # A study that names no paper any more has no rows.
    place.declare("ours")
    place.fit()
    assert update_replication(place.store, place.settings()) == {}
    assert place.rows("replication").empty


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (-float("inf"), None),
        (np.float64("nan"), None),
        (np.float32("inf"), None),
        (pd.NA, None),
        (None, None),
        (np.int64(3), 3),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        (0.0, 0.0),
        ("nan", "nan"),
        (False, False),
    ],
)
def test_cells_are_as_duckdb_takes_them(given: object, written: object) -> None:
    made = plain(given)
    assert made == written
    assert isinstance(made, type(written))


def test_numbers_that_are_none_are_null_in_the_tables(place: Place) -> None:
    frame = drawn("ours", "theirs")
    frame["x"] = frame["x"].where(frame.index != 3, np.inf)
    place.panel(frame)
    place.fit()
    with place.store.read() as connection:
        for table in MODEL_TABLES:
            for column in table.columns:
                if column.type == "double":
                    (bad,) = connection.execute(
                        f'select count(*) from {table.relation} where not isfinite("{column.name}")'
                    ).fetchone()  # type: ignore[misc]
                    assert bad == 0, (table.name, column.name)
    notes = place.rows("notes").set_index(["study", "model"])
    assert "x is infinite in 省0/2021" in notes.loc[("ours", "base"), "reason"]


HOSTILE = """it's "quoted" [red]x[/red] [/] {0} %s \\\\ ; drop table models.notes; --"""


def test_hostile_text_of_a_study_is_only_text(place: Place) -> None:
    label = HOSTILE.replace("'", "''").replace("{", "{{").replace("}", "}}")
    place.declare(
        "ours",
        STUDY.replace("treatment: xx", f"treatment: '{label}'")
        .replace("published: 表2", f"published: '{label}'")
        .replace("lags: [1, 9]", f"lags: [1], counting_rules: {{{{'{label}': x}}}}"),
    )
    place.fit()
    assert HOSTILE in place.rows("robustness")["choice"].tolist()
    assert HOSTILE in place.rows("descriptive_statistics")["published"].tolist()
    notes = place.rows("notes").set_index(["study", "model"])
    reason = notes.loc[("ours", "wrong"), "reason"]
    assert HOSTILE in reason
    shown = printed(unfitted=[Unfitted("ours", "wrong", reason)])
    assert f"Not fitted: {reason}\n" in shown
    assert "\x1b[31m" not in shown


def printed(**changes: Any) -> str:
    empty: dict[str, Any] = {
        "files": {},
        "levels": (),
        "reports": {},
        "tables": {},
        "quarantine": [],
        "gaps": [],
        "fitted": {"ours": 2},
        "unfitted": [],
        "checks": [],
        "is_sample": False,
    }
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=400, color_system="standard")
    show_status(Status(**{**empty, **changes}), console)
    return stream.getvalue()


def test_names_of_indicators_are_only_text_on_the_terminal() -> None:
    """A landing zone may name indicators; a closing mark alone used to end the command."""
    shown = printed(gaps=[Gap("ours", "[/] 指标 [red]x[/red]", 1, 2, "[/bold] y")])
    assert "[/] 指标 [red]x[/red]" in shown
    assert "[/bold] y" in shown


def test_a_table_of_another_shape_is_filled_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`prepare` makes it anew and empty; by its digests alone its study would be kept."""
    place.fit()
    kept = replace(COEFFICIENTS, columns=COEFFICIENTS.columns[:-1])
    monkeypatch.setattr(
        model_stages,
        "MODEL_TABLES",
        tuple(kept if table is COEFFICIENTS else table for table in MODEL_TABLES),
    )
    place.execute("alter table models.coefficients drop column is_sample")
    place.execute("delete from models.coefficients")
    assert place.fit().fitted == ("ours", "theirs")
    assert set(place.rows("coefficients")["study"]) == {"ours", "theirs"}


def test_more_unfitted_models_than_are_shown_are_counted() -> None:
    many = [Unfitted("ours", f"m{at}", f"reason {at}") for at in range(13)]
    shown = printed(unfitted=many)
    assert "Models fitted: 2 of ours." in shown
    assert "reason 9" in shown
    assert "reason 10" not in shown
    assert "more: models.notes" in shown
