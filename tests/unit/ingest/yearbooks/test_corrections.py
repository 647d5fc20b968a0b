"""The file of corrections: what is read of it, and what is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.corrections import read_corrections
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.settings import UsageError

ENTRY = (
    "- {indicator: gdp, region: 江苏, year: 2021, vintage: 2023-10-15, expect: 11000, "
    "value: 110000, reason: digits turned, source: the errata}\n"
)


def read(folder: Path) -> list[dict[str, object]]:
    return read_corrections(folder, RegionTable.from_seeds(), IndicatorTable.from_seeds())


def test_an_entry_is_read_with_its_codes(tmp_path: Path) -> None:
    assert read(tmp_path) == []
    (tmp_path / "corrections.yaml").write_text(ENTRY, encoding="utf-8")
    (row,) = read(tmp_path)
    assert (row["indicator_code"], row["region_code"]) == ("gdp", "320000")
    assert (row["vintage"], row["expect"], row["value"]) == ("2023-10-15", 11000, 110000)


@pytest.mark.parametrize("beside", [False, True])
def test_a_file_that_ends_in_yml_is_refused_and_not_passed_over(
    tmp_path: Path, beside: bool
) -> None:
    """Left unread, it would leave wrong numbers in place without a word."""
    (tmp_path / "corrections.yml").write_text(ENTRY, encoding="utf-8")
    if beside:
        (tmp_path / "corrections.yaml").write_text(ENTRY, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read(tmp_path)
    said = str(caught.value)
    assert said == f"{tmp_path / 'corrections.yml'} is not read; rename it corrections.yaml."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("indicator: gdp", "must be a list"),
        ("- [", "cannot be used"),
        (ENTRY.replace("expect", "expects"), "key 'expect'"),
        (ENTRY.replace("江苏", "江舒"), "entry 1"),
        (ENTRY.replace("gdp", "gpd"), "entry 1"),
        (ENTRY + ENTRY, "entry 2 is of a number that another entry corrects"),
    ],
)
def test_what_is_no_correction_is_refused_in_a_sentence(
    tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "corrections.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as caught:
        read(tmp_path)
    assert str(tmp_path / "corrections.yaml") in str(caught.value)
    assert "\n" not in str(caught.value)
