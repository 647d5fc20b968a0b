"""What changed between two states of a warehouse: every kind of cause, and nothing where nothing did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from orchestration.cli.diff import diff
from orchestration.data_diff import Grain, read_grains, record_diff
from orchestration.data_diff.history import Difference, compose, read_changes
from orchestration.settings import UsageError
from orchestration.tables import (
    BUILDS,
    DATA_DIFF,
    DOCUMENTS,
    FILES,
    HIT_EXCLUSIONS,
    LEXICON_TERMS,
    Table,
)

ATTENTION = "marts.government_attention"
COVERAGE = "marts.lexicon_coverage"
GRAINS = {
    ATTENTION: Grain(("topic", "region_code", "report_year"), ("document_id",)),
    COVERAGE: Grain(("topic", "term")),
    "marts.keyword_hits": Grain(("topic", "region_code", "report_year", "sentence"), ()),
    "quality.document_findings": Grain(("path", "rule")),
    **{f"marts.t{n}": Grain(("k",)) for n in range(6)},
}
INPUTS = {"code": "c1", "inventory": {"years": "2018-2022"}}
JIANGSU = "reports/江苏省/2021.md"


class State:
    """The two files of one warehouse: fill the working file, then publish it."""

    def __init__(self, folder: Path) -> None:
        self.working, self.published = folder / "working.duckdb", folder / "it's 芯库.duckdb"
        self.n_runs = 0
        self.reset()

    def reset(self) -> None:
        if self.n_runs:
            self.connection.close()
        self.working.unlink(missing_ok=True)
        self.connection = duckdb.connect(str(self.working))
        self.connection.begin()
        for schema in ("marts", "models"):
            self.run(f"create schema {schema}")
        for table in (FILES, DOCUMENTS, HIT_EXCLUSIONS, LEXICON_TERMS, BUILDS, DATA_DIFF):
            self.run(";".join(line for line in table.ddl() if line.startswith("create")))
        self.run(
            f"create table {ATTENTION} (topic varchar, region_code varchar, "
            "report_year integer, document_id varchar, n_hits bigint, rate double)"
        )
        self.run(f"create table {COVERAGE} (topic varchar, term varchar, n_hits bigint)")

    def run(self, statement: str, *values: Any) -> None:
        self.connection.execute(statement, list(values) or None)

    def close(self) -> None:
        """Write all to the file, and close it, as a publication does."""
        self.connection.close()
        self.connection = duckdb.connect(str(self.working))

    def report(
        self,
        path: str,
        content: str,
        n_hits: int | None,
        *,
        region: str = "320000",
        year: int = 2021,
        status: str = "primary",
        **more: Any,
    ) -> None:
        """A file with one document and, if primary, its row of the mart."""
        self.add(
            FILES, path=path, file_id=content, status="loaded" if status == "primary" else status
        )
        document = f"{content} {path}"
        self.add(
            DOCUMENTS,
            document_id=document,
            file_id=content,
            path=path,
            member="",
            region_code=region,
            report_year=year,
            status=status,
            **more,
        )
        if status == "primary":
            self.run(
                f"insert into {ATTENTION} values ('chips', ?, ?, ?, ?, null)",
                region,
                year,
                document,
                n_hits,
            )

    def clear(self) -> None:
        for table in ("raw.files", "raw.documents", ATTENTION):
            self.run(f"delete from {table}")

    def add(self, table: Table, **row: Any) -> None:
        marks = ", ".join("?" * len(row))
        self.run(f"insert into {table.relation} ({', '.join(row)}) values ({marks})", *row.values())

    def publish(self, inputs: dict[str, Any] | None = None, **options: Any) -> list[Difference]:
        self.n_runs += 1
        record_diff(
            self.connection,
            self.published,
            run_id=f"run{self.n_runs}",
            kind="build",
            inputs=INPUTS if inputs is None else inputs,
            grains=GRAINS,
            now=datetime(2026, 1, self.n_runs),
            **options,
        )
        self.connection.commit()
        self.close()
        self.connection.begin()
        self.published.write_bytes(self.working.read_bytes())
        return read_changes(self.published).differences


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


@pytest.fixture
def one(state: State) -> State:
    """A published warehouse with two reports."""
    state.report(JIANGSU, "a", 3)
    state.report("reports/浙江省/2021.md", "z", 5, region="330000")
    assert state.publish() == []
    return state


def causes(differences: list[Difference]) -> set[str]:
    return {difference.cause for difference in differences}


def test_the_first_publication_has_a_record_and_no_differences(one: State) -> None:
    changes = read_changes(one.published)
    assert (changes.is_first, changes.until.n_documents, changes.until.n_changes) == (True, 2, 0)


def test_nothing_changed_is_no_row(one: State) -> None:
    assert one.publish() == []
    assert read_changes(one.published).until.n_changes == 0


def test_a_changed_file_is_the_cause_of_its_cells_and_of_no_others(one: State) -> None:
    one.clear()
    one.report(JIANGSU, "b", 4)
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    (cell,) = one.publish()
    assert (cell.column_name, cell.before, cell.after) == ("n_hits", "3", "4")
    assert cell.cause == f"{JIANGSU} changed."
    assert json.loads(cell.key) == {"topic": "chips", "region_code": "320000", "report_year": 2021}


def test_a_new_file_is_a_new_row(one: State) -> None:
    one.report("reports/江苏省/2022.md", "n", 7, year=2022)
    (row,) = one.publish()
    assert (row.column_name, row.before) == ("(row)", None)
    assert json.loads(row.after or "") == {"n_hits": "7", "rate": None}
    assert row.cause == "reports/江苏省/2022.md is new."


def test_a_removed_file_is_a_row_that_went(one: State) -> None:
    one.clear()
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    one.add(FILES, path=JIANGSU, file_id="a", status="removed")
    (row,) = one.publish()
    assert (row.column_name, row.after, row.cause) == ("(row)", None, f"{JIANGSU} was removed.")


def test_a_moved_file_changes_nothing(one: State) -> None:
    one.clear()
    one.report("reports/苏/x.md", "a", 3)
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    assert one.publish() == []


def test_a_moved_file_and_a_new_program_are_both_named(one: State) -> None:
    one.clear()
    one.report("reports/苏/x.md", "a", 9)
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    (cell,) = one.publish({**INPUTS, "code": "c2"})
    assert (
        cell.cause
        == f"{JIANGSU} was moved to reports/苏/x.md. The program or its settings changed: code."
    )


def test_a_better_file_takes_the_place_of_another(one: State) -> None:
    one.clear()
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    one.report(JIANGSU, "a", 3, status="superseded", status_reason="Counted instead: it.")
    one.report("reports/longer.docx", "l", 9)
    (cell,) = one.publish()
    assert cell.cause == f"reports/longer.docx is new and is counted instead of {JIANGSU}."


def test_a_superseded_file_steps_in_when_the_primary_one_goes(state: State) -> None:
    state.report("reports/long.md", "a", 3)
    state.report("reports/short.md", "b", 2, status="superseded")
    state.publish()
    state.clear()
    state.report("reports/short.md", "b", 2)
    (cell,) = state.publish()
    assert (
        cell.cause == "reports/short.md is counted instead of reports/long.md, which was removed."
    )


def test_a_file_that_is_quarantined_now_says_why(one: State) -> None:
    one.clear()
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    one.report(JIANGSU, "a", 3, status="quarantined", status_reason="Its text is 安徽's.")
    (row,) = one.publish()
    assert row.cause == f"{JIANGSU} is quarantined now: Its text is 安徽's."


def test_a_file_released_from_quarantine_by_an_override_says_so(state: State) -> None:
    state.report("reports/x.md", "z", 5, region="330000")
    state.report(JIANGSU, "a", 3, status="quarantined")
    state.publish()
    state.clear()
    state.report("reports/x.md", "z", 5, region="330000")
    state.report(JIANGSU, "a", 3, override="Accepted by overrides.yaml (王): it is sound")
    (row,) = state.publish()
    assert row.cause == (
        f"{JIANGSU} was quarantined before. Accepted by overrides.yaml (王): it is sound"
    )


def test_a_file_rejected_by_an_override_says_so_once(one: State) -> None:
    one.clear()
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    said = "Rejected by overrides.yaml: a word list"
    one.report(JIANGSU, "a", 3, status="quarantined", status_reason=f"{said}.", override=said)
    (row,) = one.publish()
    assert row.cause == f"{JIANGSU} is quarantined now: {said}."


def test_a_report_that_changed_its_year_explains_both_rows(one: State) -> None:
    one.clear()
    one.report(JIANGSU, "a", 3, year=2020)
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    assert causes(one.publish()) == {
        f"{JIANGSU} counted for 320000 2021 before.",
        f"{JIANGSU} counts for 320000 2020 now.",
    }


def test_years_left_out_are_not_called_removed(one: State) -> None:
    one.clear()
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    one.add(
        FILES, path=JIANGSU, file_id="a", status="ignored", reason="Report year 2021 is outside."
    )
    (row,) = one.publish()
    assert row.cause == f"{JIANGSU} is no longer counted: Report year 2021 is outside."


def test_a_changed_word_list_is_the_cause_for_its_topic_only(state: State) -> None:
    for topic, digest in (("chips", "1"), ("green", "1")):
        state.add(LEXICON_TERMS, topic=topic, phrase="芯片", lexicon_digest=digest)
        state.run(f"insert into {ATTENTION} values (?, '320000', 2021, 'd', 3, null)", topic)
    state.publish()
    state.run("update raw.lexicon_terms set lexicon_digest = '2' where topic = 'chips'")
    state.run(f"update {ATTENTION} set n_hits = 4")
    by_topic = {json.loads(one.key)["topic"]: one.cause for one in state.publish()}
    assert by_topic == {
        "chips": "The word list of study chips changed.",
        "green": "Not known.",
    }


def test_review_marks_are_the_cause_of_their_region_and_year(one: State) -> None:
    mark = {"topic": "chips", "region_code": "320000", "report_year": 2021, "term": "芯片"}
    one.add(HIT_EXCLUSIONS, **mark, sentence="…", reviewer="王芳", sheet="hits 50.xlsx")
    one.run(f"update {ATTENTION} set n_hits = 2 where region_code = '320000'")
    one.run(f"insert into {COVERAGE} values ('chips', '芯片', 2)")
    by_table = {cell.table_name: cell for cell in one.publish()}
    assert by_table[ATTENTION].cause == "Review marks of 王芳 (hits 50.xlsx)."
    assert by_table[COVERAGE].cause == "Review marks of 王芳 (hits 50.xlsx)."
    one.run("delete from raw.hit_exclusions")
    one.run(f"update {ATTENTION} set n_hits = 3 where region_code = '320000'")
    (back,) = one.publish()
    assert back.cause == "Review marks taken back, of 王芳 (hits 50.xlsx)."


def test_a_changed_program_is_the_cause_where_nothing_else_is(one: State) -> None:
    one.run(f"update {ATTENTION} set n_hits = 4 where region_code = '320000'")
    changed = {**INPUTS, "code": "c2", "inventory": {"years": "2018-2021"}, "lexicons": {"s": "1"}}
    (cell,) = one.publish(changed, describe=lambda stage, name: f"the {name} of the {stage}")
    assert cell.cause == "The program or its settings changed: code, the years of the inventory."


def test_a_change_without_a_cause_is_not_explained_away(one: State) -> None:
    one.run(f"update {ATTENTION} set n_hits = 4 where region_code = '320000'")
    assert causes(one.publish()) == {"Not known."}


def test_a_table_over_all_reports_names_three_files_and_counts_the_rest(one: State) -> None:
    for year in range(2001, 2006):
        one.report(f"reports/江苏省/{year}.md", f"n{year}", 7, year=year)
    one.run(f"insert into {COVERAGE} values ('chips', '芯片', 1)")
    (coverage,) = [cell for cell in one.publish() if cell.table_name == COVERAGE]
    assert coverage.cause == (
        "reports/江苏省/2001.md is new. reports/江苏省/2002.md is new. "
        "reports/江苏省/2003.md is new. And 2 more."
    )


def test_findings_of_a_file_that_is_not_counted_name_that_file(one: State) -> None:
    create = (
        "create table quality.document_findings (path varchar, file_id varchar, "
        "region_code varchar, report_year integer, rule varchar, evidence varchar)"
    )
    one.run(create)
    one.publish()
    one.report("reports/old.md", "o", None, status="quarantined")
    insert = "insert into quality.document_findings values (?, ?, ?, 2021, 'mojibake', 'x')"
    one.run(insert, "reports/old.md", "o", "320000")
    one.run(insert, JIANGSU, "a", "320000")
    assert {json.loads(row.key)["path"]: row.cause for row in one.publish()} == {
        "reports/old.md": "reports/old.md is new.",
        JIANGSU: "Not known.",
    }


def test_null_and_value_are_told_apart_and_null_equals_null(one: State) -> None:
    one.run(f"update {ATTENTION} set rate = 0 where region_code = '320000'")
    (cell,) = one.publish()
    assert (cell.column_name, cell.before, cell.after) == ("rate", None, "0.0")
    one.run(f"update {ATTENTION} set rate = 'nan'")
    assert len(one.publish()) == 2
    assert one.publish() == []


def test_columns_and_tables_that_came_or_went_are_one_row_each(one: State) -> None:
    one.run(f"alter table {ATTENTION} drop column rate")
    one.run(f"alter table {ATTENTION} add column n_tokens integer default 7")
    one.run(f"alter table {ATTENTION} alter n_hits type integer")
    one.run("create table marts.new_one (a integer)")
    one.run(f"drop table {COVERAGE}")
    found = {
        (d.table_name, d.column_name): (d.before, d.after)
        for d in one.publish({**INPUTS, "code": "c2"})
    }
    assert found == {
        (ATTENTION, "(column) rate"): ("DOUBLE", None),
        (ATTENTION, "(column) n_tokens"): (None, "INTEGER"),
        (ATTENTION, "(column) n_hits"): ("BIGINT", "INTEGER"),
        ("marts.new_one", "(table)"): (None, "0 rows"),
        (COVERAGE, "(table)"): ("0 rows", None),
    }


def test_rows_without_a_key_or_with_a_repeated_one_are_paired_in_order(state: State) -> None:
    state.run("create table marts.keyless (a integer, b varchar)")
    state.run("insert into marts.keyless values (1, 'x'), (1, 'x'), (2, null)")
    state.run(
        "create table marts.keyword_hits (topic varchar, region_code varchar, "
        "report_year integer, sentence varchar, char_start integer)"
    )
    hit = "insert into marts.keyword_hits values ('chips', '320000', 2021, '芯片，芯片', ?)"
    state.run(hit, 10)
    state.run(hit, 13)
    state.publish()
    state.run("insert into marts.keyless values (1, 'x'), (2, null)")
    state.run(hit, 20)
    keyless, second, hit_row = state.publish()
    assert json.loads(keyless.key) == {"a": 1, "b": "x", "#": 3}
    assert json.loads(second.key) == {"a": 2, "b": None, "#": 2}
    assert (json.loads(hit_row.key)["#"], hit_row.column_name) == (3, "(row)")


def test_a_table_that_changed_throughout_is_summed_up_by_column(one: State) -> None:
    one.run(f"update {ATTENTION} set n_hits = n_hits + 1, rate = 1")
    one.run(f"insert into {ATTENTION} values ('new', '1', 2000, 'd', 1, 1)")
    summed = one.publish(limit=4)
    assert {d.column_name: (d.before, d.after) for d in summed} == {
        "(summary) n_hits": (None, "2 cells differ"),
        "(summary) rate": (None, "2 cells differ"),
        "(summary) (row)": ("0 rows went", "1 rows came"),
    }
    assert read_changes(one.published).until.n_changes == 5


def test_a_snapshot_of_an_earlier_version_is_compared_as_far_as_it_goes(one: State) -> None:
    with duckdb.connect(str(one.published)) as connection:
        for table in (BUILDS, DATA_DIFF, HIT_EXCLUSIONS, LEXICON_TERMS):
            connection.execute(f"drop table {table.relation}")
        connection.execute("alter table raw.documents drop column override")
    one.run(f"update {ATTENTION} set n_hits = 4 where region_code = '320000'")
    (cell,) = one.publish()
    assert cell.cause == "The program changed: an earlier version made the warehouse before."


def test_history_outlives_a_reset_and_forgets_what_was_never_published(one: State) -> None:
    one.run(f"update {ATTENTION} set n_hits = 4 where region_code = '320000'")
    assert len(one.publish()) == 1
    one.reset()
    one.report(JIANGSU, "a", 4)
    one.report("reports/浙江省/2021.md", "z", 5, region="330000")
    one.run("insert into quality.builds (run_id) values ('crashed before the renaming')")
    one.run("insert into quality.data_diff (run_id) values ('crashed before the renaming')")
    assert one.publish() == []
    with duckdb.connect(str(one.published)) as connection:
        runs = connection.execute("select run_id from quality.builds order by all").fetchall()
        diffs = connection.execute("select run_id from quality.data_diff").fetchall()
    assert (runs, diffs) == ([("run1",), ("run2",), ("run3",)], [("run2",)])


def test_a_snapshot_that_is_open_elsewhere_is_compared_all_the_same(one: State) -> None:
    import subprocess
    import sys

    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); "
        "print('open', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(one.published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout and holder.stdout.readline()
        one.run(f"update {ATTENTION} set n_hits = 4 where region_code = '320000'")
        changed = record_diff(
            one.connection, one.published, run_id="r", kind="run", inputs=INPUTS, grains=GRAINS
        )
    finally:
        holder.communicate()
    assert changed == 1
    assert not list(one.published.parent.glob(".*.partial"))


def test_what_is_no_database_is_named_in_one_sentence(one: State) -> None:
    one.published.write_text("no database" * 1000)
    with pytest.raises(RuntimeError, match="cannot be compared"):
        one.publish()


def test_a_run_that_publishes_twice_is_told_apart(one: State) -> None:
    one.n_runs = 0
    one.publish()
    assert read_changes(one.published).until.run_id == "run1.2"


def three_publications(one: State) -> State:
    one.report("reports/江苏省/2022.md", "n", 7, year=2022)
    one.run(
        f"update {ATTENTION} set n_hits = 4 where region_code = '320000' and report_year = 2021"
    )
    one.publish()
    one.run(f"update {ATTENTION} set n_hits = 8 where report_year = 2022")
    one.run(
        f"update {ATTENTION} set n_hits = 3 where region_code = '320000' and report_year = 2021"
    )
    one.run(f"update {ATTENTION} set n_hits = 6 where region_code = '330000'")
    one.publish()
    return one


def test_publications_are_put_together_cell_by_cell(one: State) -> None:
    three_publications(one)
    changes = read_changes(one.published, ["run1", "run3"])
    found = {
        (json.loads(d.key)["region_code"], json.loads(d.key)["report_year"]): d
        for d in changes.differences
    }
    assert set(found) == {("320000", 2022), ("330000", 2021)}  # 3 → 4 → 3 is nothing
    assert json.loads(found["320000", 2022].after or "")["n_hits"] == "8"
    assert read_changes(one.published, ["run1"]).differences == changes.differences
    assert len(read_changes(one.published, ["run2"]).differences) == 3
    assert read_changes(one.published, ["run3"]).differences == []


def test_a_run_is_known_by_its_beginning_and_an_unknown_one_by_its_nearest(one: State) -> None:
    three_publications(one)
    with pytest.raises(UsageError, match="begins the name of 3 runs"):
        read_changes(one.published, ["run"])
    with pytest.raises(UsageError, match=r"nearest is run3"):
        read_changes(one.published, ["rum3"])
    with pytest.raises(UsageError, match="write `xinku diff run1 run2`"):
        read_changes(one.published, ["run2", "run1"])
    with pytest.raises(UsageError, match=r"Did you mean government_attention"):
        read_changes(one.published, table="goverment_attention")
    assert not read_changes(one.published, table="lexicon_coverage").differences
    assert read_changes(one.published, table="government_attention").differences


def run_command(*arguments: str) -> tuple[int, str]:
    import typer

    app = typer.Typer()
    app.command()(diff)
    done = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_the_command_shows_tables_causes_and_cells(one: State) -> None:
    three_publications(one)
    file = f"--warehouse={one.published}"
    code, text = run_command("run1", "run2", file)
    assert code == 0
    assert f"{ATTENTION}: 1 cell, 1 new row" in text
    assert "reports/江苏省/2022.md is new. (1 new row)" in text
    assert "topic=chips region_code=320000 report_year=2021: n_hits: 3 → 4" in text
    assert "Nothing changed" in run_command("run3", file)[1]
    listed = run_command("--list", file)[1]
    assert "run1" in listed and "first" in listed
    loaded = json.loads(run_command("--json", file)[1])
    assert loaded["until"]["run_id"] == "run3" and len(loaded["differences"]) == 3
    assert json.loads(run_command("--json", "--list", file)[1])[0]["run_id"] == "run1"
    code, text = run_command("nothing", file)
    assert code == 2 and "the nearest is" in text


def test_the_command_shortens_long_lists_and_says_so(one: State) -> None:
    for year in range(1980, 2000):
        one.run(f"insert into {ATTENTION} values ('chips', '1', ?, 'd', 1, 1)", year)
    one.publish()
    file = f"--warehouse={one.published}"
    assert "… and 10 more" in run_command(file)[1]
    assert run_command("--limit=0", file)[1].count("new:") == 20


def test_values_from_documents_cannot_write_to_the_terminal(one: State) -> None:
    one.run(f"insert into {ATTENTION} values ('[red]x[/red]\x1b[31m', '1', 2000, 'd', 1, 1)")
    one.publish()
    text = run_command(f"--warehouse={one.published}")[1]
    assert "[red]x[/red]" in text and "\x1b" not in text


def test_keys_are_read_from_the_manifest_and_meta_comes_first(tmp_path: Path) -> None:
    def model(name: str, **meta: Any) -> dict[str, Any]:
        return {"resource_type": "model", "schema": "marts", "name": name, "config": {"meta": meta}}

    def grain_test(node: str, *columns: str) -> dict[str, Any]:
        return {
            "resource_type": "test",
            "attached_node": node,
            "test_metadata": {"name": "unique_grain", "kwargs": {"columns": list(columns)}},
        }

    nodes = {
        "m.a": model("a"),
        "m.b": model("b", diff_key=["x"], diff_ignore=["document_id"]),
        "m.c": model("c"),
        "t.a": grain_test("m.a", "topic", "year"),
        "t.b": grain_test("m.b", "document_id"),
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": nodes}))
    assert read_grains(path) == {
        "marts.a": Grain(("topic", "year")),
        "marts.b": Grain(("x",), ("document_id",)),
        "marts.c": Grain(),
    }
    with pytest.raises(RuntimeError, match="cannot be read"):
        read_grains(tmp_path / "none.json")


KEYS = st.one_of(st.none(), st.sampled_from(["江苏", "吉林省", "a'b", '"', "", "\n", "𠮷"]))
VALUES = st.tuples(
    st.one_of(st.none(), st.integers(-5, 5)),
    st.one_of(st.none(), st.sampled_from(["", "null", "芯片", "{}", "'"])),
    st.one_of(st.none(), st.floats(allow_nan=True, width=64).map(lambda x: x + 0.0)),
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=6)


def as_texts(
    connection: duckdb.DuckDBPyConnection, table: str
) -> dict[str | None, tuple[str | None, ...]]:
    rows = connection.execute(
        f"select k, cast(a as varchar), cast(b as varchar), cast(c as varchar) from {table}"
    ).fetchall()
    return {row[0]: tuple(row[1:]) for row in rows}


def apply(
    table: dict[str | None, tuple[str | None, ...]], differences: list[Difference]
) -> dict[str | None, tuple[str | None, ...]]:
    rows: dict[str | None, dict[str, str | None]] = {
        key: dict(zip("abc", row, strict=True)) for key, row in table.items()
    }
    for one in differences:
        key = json.loads(one.key)["k"]
        if one.column_name != "(row)":
            assert rows[key][one.column_name] == one.before
            rows[key][one.column_name] = one.after
        elif one.after is None:
            assert rows.pop(key) == json.loads(one.before or "")
        else:
            assert key not in rows
            rows[key] = json.loads(one.after)
    return {key: tuple(row.values()) for key, row in rows.items()}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return iter(tmp_path_factory.mktemp(str(n)) for n in range(10_000))  # type: ignore[return-value]


# Several tables a state: opening files costs more than comparing them.
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(states=st.lists(st.lists(TABLES, min_size=6, max_size=6), min_size=2, max_size=3))
def test_applied_to_the_table_before_the_differences_give_the_table_after(
    states: list[list[dict[Any, Any]]], folders: Iterator[Path]
) -> None:
    state = State(next(folders))
    names = [f"marts.t{n}" for n in range(6)]
    for name in names:
        state.run(f"create table {name} (k varchar, a integer, b varchar, c double)")
    seen, steps = [], []
    for tables in states:
        for name, rows in zip(names, tables, strict=True):
            state.run(f"delete from {name}")
            for key, values in rows.items():
                state.run(f"insert into {name} values (?, ?, ?, ?)", key, *values)
        seen.append([as_texts(state.connection, name) for name in names])
        steps.append(state.publish())
    for place, name in enumerate(names):
        of_table = [[one for one in step if one.table_name == name] for step in steps]
        tables = [tables[place] for tables in seen]
        for n in range(1, len(states)):
            assert apply(tables[n - 1], of_table[n]) == tables[n]
            assert (of_table[n] == []) == (tables[n - 1] == tables[n])
        together = compose([one for step in of_table for one in step])
        assert apply(tables[0], together) == tables[-1]
        assert (together == []) == (tables[0] == tables[-1])


def test_a_publication_notes_the_digests_of_its_panels(state: State) -> None:
    state.publish(panels={"ours": "0123456789abcdef"})
    state.publish()
    with duckdb.connect(str(state.published), read_only=True) as connection:
        rows = connection.execute(
            "select run_id, panels ->> 'ours' from quality.builds order by published_at"
        ).fetchall()
    assert rows == [("run1", "0123456789abcdef"), ("run2", None)]
