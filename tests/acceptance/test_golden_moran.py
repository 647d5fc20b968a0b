"""Moran's I against spdep (../shared/golden/moran), and our provinces' edges against its list."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models_py.spatial import Moran, moran

pytestmark = pytest.mark.acceptance

ADJACENCY = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "region_adjacency.csv"
CASES = ["S01_columbus", "S03_china31_isolate"]
DRAWS = 99_999
QUADRANTS = {"High-High": "HH", "Low-Low": "LL", "High-Low": "HL", "Low-High": "LH"}
# GB/T 2260 letters of the golden list.
LETTERS = {
    "BJ": "110000", "TJ": "120000", "HE": "130000", "SX": "140000", "NM": "150000",
    "LN": "210000", "JL": "220000", "HL": "230000", "SH": "310000", "JS": "320000",
    "ZJ": "330000", "AH": "340000", "FJ": "350000", "JX": "360000", "SD": "370000",
    "HA": "410000", "HB": "420000", "HN": "430000", "GD": "440000", "GX": "450000",
    "HI": "460000", "CQ": "500000", "SC": "510000", "GZ": "520000", "YN": "530000",
    "XZ": "540000", "SN": "610000", "GS": "620000", "QH": "630000", "NX": "640000",
    "XJ": "650000",
}  # fmt: skip


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module", params=CASES)
def golden(shared: Path, request: pytest.FixtureRequest) -> tuple[dict[str, Any], Moran]:
    folder = shared / "golden" / "moran"
    told = json.loads((folder / f"{request.param}.json").read_text(encoding="utf-8"))
    values = read(folder / told["values_csv"]).set_index("id")["value"].astype(float)
    edges = read(folder / told["neighbours_csv"])
    found = moran(values, edges, standardise=told["weights_style"], permutations=DRAWS, seed=0)
    return told, found


def test_i_and_its_moments(golden: tuple[dict[str, Any], Moran]) -> None:
    told, found = golden
    for ours, theirs in {
        "i": "moran_I",
        "expectation": "expectation",
        "variance_randomisation": "variance_randomisation",
        "z_randomisation": "z_randomisation",
        "p_randomisation": "p_randomisation_two_sided",
        "variance_normality": "variance_normality",
        "z_normality": "z_normality",
        "p_normality": "p_normality_two_sided",
        "s0": "S0",
        "n_links": "n_links",
    }.items():
        assert getattr(found, ours) == pytest.approx(told[theirs], rel=1e-12, abs=1e-13), ours
    assert list(found.isolates) == told["isolates"]


def test_the_local_statistics(golden: tuple[dict[str, Any], Moran]) -> None:
    told, found = golden
    local = found.local.set_index("region_code")
    for ours, theirs in {"local_i": "values", "z": "z"}.items():
        expected = pd.Series(told["local"][theirs], dtype=float)
        np.testing.assert_allclose(local[ours][expected.index], expected, rtol=1e-10, atol=1e-12)
    expected = pd.Series(told["local"]["quadrant"]).map(QUADRANTS)
    assert local["quadrant"][expected.index].tolist() == expected.tolist()
    assert local["p"].isna().tolist() == local.index.isin(told["isolates"]).tolist()


def test_the_permutation_p(golden: tuple[dict[str, Any], Moran]) -> None:
    told, found = golden
    drawn = told["permutation"]
    assert abs(found.p_permutation - drawn["p_one_sided_greater"]) <= 3 * drawn["mc_se_of_p"]
    assert found.permutation_mean == pytest.approx(drawn["mean_sim"], abs=3e-3)
    assert found.permutation_sd == pytest.approx(drawn["sd_sim"], rel=0.02)


def test_isolates_that_are_kept_count_in_n(shared: Path) -> None:
    folder = shared / "golden" / "moran"
    told = json.loads((folder / "S03_china31_isolate.json").read_text(encoding="utf-8"))
    values = read(folder / told["values_csv"]).set_index("id")["value"].astype(float)
    edges = read(folder / told["neighbours_csv"])
    found = moran(values, edges, isolates="keep", permutations=0)
    kept = told["no_neighbour_convention"]["adjust_n_FALSE"]
    assert found.i == pytest.approx(kept["I"], rel=1e-12)
    assert found.expectation == pytest.approx(kept["E"], rel=1e-12)


def test_our_edges_are_the_golden_ones_but_for_tianjin_and_shandong(shared: Path) -> None:
    """The golden list has 69 pairs: 天津 and 山东 do not touch, 河北 lies between them."""
    listed = read(shared / "golden" / "moran" / "S03_china31_isolate_neighbours.csv")
    golden = {tuple(sorted((LETTERS[i], LETTERS[j]))) for i, j in listed.itertuples(index=False)}
    with ADJACENCY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ours = {(r["region_code"], r["neighbour_code"]) for r in rows if r["kind"] == "land"}
    assert golden - ours == {("120000", "370000")}
    assert not ours - golden
