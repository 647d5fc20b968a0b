"""The benchmark runs on what is bundled, and its engines agree there; speed is not tested."""

from pathlib import Path

from benchmarks.attention import run
from orchestration.settings import SAMPLE_LANDING


def test_the_engines_agree_on_the_sample(tmp_path: Path) -> None:
    figures = run(SAMPLE_LANDING / "reports", rounds=1, loop_mb=0.05)
    equal = [target for target in figures["targets"] if "equal" in target["target"]]
    assert len(equal) == 2
    assert all(target["met"] for target in equal)
