"""The benchmarks run on what is bundled, and what they find is right; speed is not tested."""

from pathlib import Path

from benchmarks import near_duplicates, panel, yearbooks
from benchmarks.attention import run
from orchestration.settings import SAMPLE_LANDING


def test_the_engines_agree_on_the_sample(tmp_path: Path) -> None:
    figures = run(SAMPLE_LANDING / "reports", rounds=1, loop_mb=0.05)
    equal = [target for target in figures["targets"] if "equal" in target["target"]]
    assert len(equal) == 2
    assert all(target["met"] for target in equal)


def test_the_planted_copies_are_found_among_texts_of_the_sample(tmp_path: Path) -> None:
    figures = near_duplicates.run((30, 60), 3_000, corpus=tmp_path / "none")
    assert figures["source"] == "the sample's grammar"
    assert [row["planted"] for row in figures["rows"]] == [3, 6]
    assert figures["targets"][-1]["target"].startswith("every planted copy found")
    assert figures["targets"][-1]["met"]


def test_both_readers_of_workbooks_agree_and_the_sample_is_loaded(tmp_path: Path) -> None:
    figures = yearbooks.run(tmp_path / "none", rounds=1, large_rows=100)
    assert figures["source"] == "workbooks made here"
    assert figures["loading"]["observations"] > 1_000
    agree = [target for target in figures["targets"] if "same filled cells" in target["target"]]
    assert [target["met"] for target in agree] == [True]


def test_the_panel_over_made_observations_says_what_was_planted() -> None:
    figures = panel.run(20_000)
    assert [one["wrong_cells"] for one in figures["runs"]] == [0, 0]
    assert all(one["region_years"] >= 338 for one in figures["runs"])
    assert figures["runs"][1]["rows"] >= 20_000
    assert {"int_observations__editions", "innovation_panel"} <= set(figures["runs"][1]["models"])
