"""`xinku export`: scripts and data of every study with models, from the published warehouse alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import Xinku

pytestmark = pytest.mark.integration

Built = tuple[Path, "subprocess.CompletedProcess[str]"]


def test_scripts_and_data_of_a_study(sample_build: Built, xinku: Xinku, tmp_path: Path) -> None:
    folder, where = tmp_path / "核对 <1>", ("--warehouse", str(sample_build[0]))
    said = xinku("export", "--format", "scripts", str(folder), *where, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "begin with README.md" in said.stdout
    study = folder / "chip_innovation"
    names = {path.name for path in study.iterdir()}
    assert {"README.md", "data", "direct.do", "direct.R", "through_coagglomeration.R"} <= names
    assert not (folder / "chip_innovation_strict").exists(), "it declares no models"
    script = (study / "direct.R").read_text("utf-8")
    assert "SAMPLE DATA" in script
    assert "# ours: attention " in script
    data = pd.read_csv(study / "data" / "chip_innovation.csv", dtype={"region_code": str})
    assert len(data) == 155
    assert data["is_sample"].all()
    stata = pd.read_stata(study / "data" / "chip_innovation.dta")
    assert stata["ln_gdp"].equals(data["ln_gdp"])
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    assert xinku("export", str(folder), *where, cwd=tmp_path).returncode == 0
    assert before == {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}


def test_wrong_calls_say_one_sentence(sample_build: Built, xinku: Xinku, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    warehouse = ("--warehouse", sample_build[0])
    for words, sentence in (
        ((tmp_path / "taken", *warehouse), "is a file; name a folder"),
        (
            (tmp_path / "x", "--study", "chip_inovation", *warehouse),
            "Did you mean chip_innovation?",
        ),
        ((tmp_path / "x", "--study", "chip_innovation_strict", *warehouse), "declares no models"),
        ((tmp_path / "x", "--warehouse", tmp_path / "none.duckdb"), "run `xinku build` first"),
    ):
        said = xinku("export", *map(str, words), cwd=tmp_path)
        assert said.returncode == 2, said.stderr
        assert sentence in said.stderr
        assert "Traceback" not in said.stderr
    assert (tmp_path / "taken").read_text("utf-8") == "mine"
    assert not (tmp_path / "x").exists()
