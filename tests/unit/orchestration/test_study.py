"""Study files: the bundled ones, a user's own, and what is wrong with a bad one."""

from pathlib import Path

import pytest

from orchestration.settings import UsageError
from orchestration.study import known_studies, load_studies

GREEN = """
name: green_attention
title: Attention to green development
lexicon:
  core: [绿色发展]
  extended: [碳达峰, 碳中和]
"""


def test_the_seed_lexicon_has_three_core_and_seven_extended_terms(tmp_path: Path) -> None:
    seed = {study.name: study for study in load_studies(tmp_path)}["chip_innovation"]
    assert seed.lexicon.core == ("芯片", "半导体", "集成电路")
    assert len(seed.lexicon.extended) == 7
    assert seed.lexicon.exclusions == ()


def test_the_strict_lexicon_differs_in_exclusions_only(tmp_path: Path) -> None:
    seed, strict = load_studies(tmp_path, ["chip_innovation", "chip_innovation_strict"])
    assert seed.to_lexicon().words == strict.to_lexicon().words
    assert "高新技术企业" in strict.lexicon.exclusions


def test_a_landing_zone_brings_its_own_study(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "green_attention.yaml").write_text(GREEN, encoding="utf-8")
    assert "green_attention" in known_studies(tmp_path)
    (study,) = load_studies(tmp_path, ["green_attention"])
    assert study.to_lexicon().words == ("绿色发展", "碳达峰", "碳中和")


def put_study(folder: Path, name: str, *variables: str) -> None:
    (folder / "studies").mkdir(exist_ok=True)
    lines = "".join(f"  {variable}: {{formula: gdp}}\n" for variable in variables)
    (folder / "studies" / f"{name}.yaml").write_text(
        f"name: {name}\ntitle: T\nyears: [2020, 2022]\nlexicon: {{core: [芯片]}}\n"
        f"variables:\n{lines}",
        encoding="utf-8",
    )


def test_variables_of_two_studies_may_not_differ_by_capitals_only(tmp_path: Path) -> None:
    """DuckDB knows no capitals: both would be one column of marts.innovation_panel."""
    put_study(tmp_path, "ours", "output", "LnGDP")
    put_study(tmp_path, "theirs", "lngdp")
    with pytest.raises(UsageError) as caught:
        load_studies(tmp_path)
    said = str(caught.value)
    assert "LnGDP of ours and lngdp of theirs differ by capitals only" in said
    assert "\n" not in said
    assert len(load_studies(tmp_path, ["theirs"])) == 1


def test_studies_may_declare_variables_of_one_name(tmp_path: Path) -> None:
    put_study(tmp_path, "ours", "output", "LnGDP")
    put_study(tmp_path, "theirs", "LnGDP", "output_1")
    names = {study.name for study in load_studies(tmp_path)}
    assert {"ours", "theirs", "chip_innovation"} <= names


def test_an_unknown_study_is_told_its_neighbours(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean chip_innovation") as caught:
        load_studies(tmp_path, ["chip_inovation"])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GREEN.replace("core: [绿色发展]", "core: []").replace("[碳达峰, 碳中和]", "[]"), "term"),
        (GREEN.replace("[碳达峰, 碳中和]", "[碳达峰, 碳达峰]"), "碳达峰"),
        (GREEN.replace("title:", "tilte:"), "line 3: tilte: there is no such key"),
        (GREEN.replace("green_attention", "grey_attention"), "must agree"),
        ("[", "parsing"),
    ],
)
def test_a_bad_study_is_refused_in_one_sentence(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "studies").mkdir()
    path = tmp_path / "studies" / "green_attention.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as caught:
        load_studies(tmp_path, ["green_attention"])
    assert str(path) in str(caught.value)
