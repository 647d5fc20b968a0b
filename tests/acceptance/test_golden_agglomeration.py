"""Location quotients and co-agglomeration against exact fractions (../shared/golden/lq)."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models_py.index import coagglomeration, location_quotient

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize("case", ["L01_closed", "L02_given_national", "L03_edges"])
def test_equals_the_exact_fractions(shared: Path, case: str) -> None:
    folder = shared / "golden" / "lq"
    told = json.loads((folder / f"{case}.json").read_text(encoding="utf-8"))
    frame = pd.read_csv(folder / told["csv"], keep_default_na=False, na_values=[""])
    national = None
    if told["national_totals"].startswith("given: "):
        given = ast.literal_eval(told["national_totals"].removeprefix("given: "))
        names = ["emp_service", "emp_manufacturing", "emp_total"]
        national = pd.DataFrame([{"year": y, **dict(zip(names, v))} for y, v in given.items()])  # noqa: B905
    services = location_quotient(frame, "emp_service", "emp_total", national=national)
    manufacturing = location_quotient(frame, "emp_manufacturing", "emp_total", national=national)
    found = pd.DataFrame(
        {"hhis": services, "hhim": manufacturing, "Hhi": coagglomeration(services, manufacturing)}
    )
    assert len(told["expected"]) == len(frame)
    for row in told["expected"]:
        place = (frame["province"] == row["province"]) & (frame["year"] == row["year"])
        for name in ("hhis", "hhim", "Hhi"):
            expected = row[name]["value"] if row[name] else np.nan
            np.testing.assert_allclose(found.loc[place, name], [expected], rtol=1e-12)
