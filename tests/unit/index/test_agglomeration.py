"""Location quotients and co-agglomeration: by hand, at the edges, and what never changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.index import coagglomeration, location_quotient

FRAME = pd.DataFrame(
    {
        "region_code": list("ABC"),
        "year": 2018,
        "services": [20.0, 10, 30],
        "manufacturing": [30.0, 60, 30],
        "total": [100.0, 200, 100],
    }
)


def test_by_hand() -> None:
    services = location_quotient(FRAME, "services", "total")
    manufacturing = location_quotient(FRAME, "manufacturing", "total")
    np.testing.assert_allclose(services, [4 / 3, 1 / 3, 2], rtol=1e-15)
    np.testing.assert_allclose(manufacturing, [1, 1, 1], rtol=1e-15)
    np.testing.assert_allclose(
        coagglomeration(services, manufacturing), [67 / 21, 11 / 6, 11 / 3], rtol=1e-15
    )


def test_neither_sector_says_nothing() -> None:
    assert np.isnan(coagglomeration(0.0, 0.0))
    assert coagglomeration(2.5, 0.0) == 2.5
    assert np.isnan(coagglomeration(np.nan, 1.0))


def test_a_missing_region_is_no_zero() -> None:
    frame = FRAME.copy()
    frame.loc[1, "services"] = np.nan
    found = location_quotient(frame, "services", "total")
    assert np.isnan(found[1])
    # The nation is then of the two others, sector and total alike.
    assert found[0] == pytest.approx((20 / 100) / (50 / 200))


def test_the_nation_may_be_given() -> None:
    nation = pd.DataFrame({"year": [2018], "services": [66.0], "total": [420.0]})
    found = location_quotient(FRAME, "services", "total", national=nation)
    assert found[0] == pytest.approx(14 / 11)
    twice = pd.concat([nation, nation])
    with pytest.raises(ValueError, match="one row a year"):
        location_quotient(FRAME, "services", "total", national=twice)


@given(
    st.lists(
        st.tuples(st.floats(0.1, 1e3), st.floats(0.1, 1e3), st.floats(0.1, 1e3)),
        min_size=2,
        max_size=20,
    ),
    st.floats(1e-3, 1e3),
)
def test_scale_and_order_change_nothing(rows: list[tuple[float, ...]], scale: float) -> None:
    frame = pd.DataFrame(rows, columns=["services", "manufacturing", "other"]).assign(year=2020)
    frame["total"] = frame.sum(axis=1) - 2020
    usual = location_quotient(frame, "services", "total")
    larger = frame.assign(services=frame["services"] * scale, total=frame["total"] * scale)
    np.testing.assert_allclose(location_quotient(larger, "services", "total"), usual, rtol=1e-9)
    turned = location_quotient(frame[::-1], "services", "total")
    np.testing.assert_allclose(turned.sort_index(), usual, rtol=1e-9)
    # Weighted by their employment, the quotients of all regions average one.
    assert np.average(usual, weights=frame["total"]) == pytest.approx(1)


@given(st.floats(0, 50), st.floats(0, 50))
def test_the_index_is_symmetric_and_at_least_the_sum(s: float, m: float) -> None:
    if s + m == 0:
        return
    assert coagglomeration(s, m) == pytest.approx(coagglomeration(m, s))
    assert s + m - 1e-9 <= coagglomeration(s, m) <= s + m + 1 + 1e-9
