"""The dbt project by its manifest: layers, contracts, descriptions, and Dagster's view of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster_dbt import DbtCliResource

from orchestration.resources import FastDbtCli
from orchestration.settings import CHECKOUT, DBT_PROJECT, Settings
from orchestration.tables import TABLES

LAYERS = ("staging", "intermediate", "marts", "quality")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("dbt")
    settings = Settings.resolve(warehouse=folder / "w.duckdb", environment={})
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "dbt.cli.main",
            "parse",
            "--quiet",
            "--profiles-dir",
            str(DBT_PROJECT),
        ],
        cwd=DBT_PROJECT,
        env={**os.environ, **settings.environment(), "DBT_LOG_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    loaded: dict[str, Any] = json.loads((settings.dbt_target / "manifest.json").read_text())
    return loaded


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def test_marts_do_not_reach_past_staging(manifest: dict[str, Any]) -> None:
    wrong = [
        (node["name"], parent)
        for node in models(manifest)
        for parent in node["depends_on"]["nodes"]
        if (node["fqn"][1] != "staging" and parent.startswith("source."))
        # Staging renames sources and puts them into the units of the reference data.
        or (
            node["fqn"][1] == "staging"
            and not parent.startswith(("source.", "seed.", "model.xinku.stg_"))
        )
    ]
    assert wrong == []


def test_schemas_are_the_fixed_ones(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        assert node["fqn"][1] in LAYERS
        assert node["schema"] == node["fqn"][1], node["name"]


def test_marts_are_contracted_and_every_column_described(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        assert node["description"], node["name"]
        if node["schema"] not in ("marts", "quality"):
            continue
        # Studies declare the columns of the wide panel, so that no contract can name them.
        declared_here = node["config"]["meta"].get("columns_declared_by") != "studies"
        assert node["config"]["contract"]["enforced"] is declared_here, node["name"]
        for name, column in node["columns"].items():
            assert column["description"], (node["name"], name)
            unit = column.get("config", {}).get("meta", {}).get("unit")
            if declared_here and column["data_type"] in ("integer", "bigint", "double"):
                assert unit, (node["name"], name)


def test_every_model_has_a_grain_that_is_tested(manifest: dict[str, Any]) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node["test_metadata"]["name"] in ("unique_grain", "unique")
    }
    assert [node["name"] for node in models(manifest) if node["unique_id"] not in tested] == []


def test_tests_have_names_of_their_own(manifest: dict[str, Any]) -> None:
    """Names that collide, or that dbt makes of Chinese values, silently drop a check."""
    names = [node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert len(names) == len(set(names))
    assert all(name.isascii() and len(name) < 64 for name in names)


def test_sources_are_the_tables_that_python_writes(manifest: dict[str, Any]) -> None:
    ours = {table.relation for table in TABLES}
    for source in manifest["sources"].values():
        assert f"{source['schema']}.{source['name']}" in ours
        assert source["description"]


def test_the_members_that_the_fast_dbt_resource_overrides_still_exist() -> None:
    """dagster-dbt may rename them; the build would then be slow again without a word."""
    for name in ("_cli_version", "_initialize_dbt_core_adapter"):
        assert name in vars(DbtCliResource)
        assert name in vars(FastDbtCli)


def test_dagster_sends_no_telemetry() -> None:
    settings = yaml.safe_load((CHECKOUT / "dagster.yaml").read_text())
    assert settings["telemetry"] == {"enabled": False}
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())
    assert project["flags"]["send_anonymous_usage_stats"] is False


def test_definitions_load_with_the_assets_and_jobs_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    from orchestration.definitions import build_defs

    defs = build_defs(Settings.resolve(warehouse=tmp_path / "w.duckdb", environment={}))
    keys = {".".join(key.path) for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert keys >= {"raw.files", "raw.documents", "raw.keyword_hits", "marts.government_attention"}
    assert defs.resolve_job_def("measure").name == "measure"


def test_dbt_unit_tests_pass(sample_build: tuple[Path, Any], tmp_path: Path) -> None:
    """dbt's unit tests run on the SQL of the models; they need the tables' types, not their rows."""
    import shutil

    copy = tmp_path / "working.duckdb"
    shutil.copy(sample_build[0], copy)
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "test", "--select", "test_type:unit",
         "--profiles-dir", str(DBT_PROJECT)],
        cwd=DBT_PROJECT,
        env={**os.environ, "XINKU_WORKING_FILE": str(copy), "DBT_TARGET_PATH": str(tmp_path / "target"),
             "DBT_LOG_PATH": str(tmp_path), "DO_NOT_TRACK": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "PASS=9" in done.stdout
