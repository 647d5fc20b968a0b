"""The benchmarks run on what is bundled, and what they find is right; speed is not tested."""

from pathlib import Path

from benchmarks import near_duplicates
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
