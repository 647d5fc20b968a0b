"""Effects taken out equal a regression on dummies, balanced or not, weighted or not, connected or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_py.panel import absorb
from models_py.panel.absorb import Absorber


def by_dummies(values, groups, weights=None):
    root = np.sqrt(np.ones(len(values)) if weights is None else weights)[:, None]
    dummies = np.column_stack([g[:, None] == np.unique(g) for g in groups]).astype(float)
    slopes = np.linalg.lstsq(dummies * root, values * root, rcond=None)[0]
    return values - dummies @ slopes


@st.composite
def panels(draw):
    entities, periods = draw(st.integers(2, 8)), draw(st.integers(2, 6))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    cells = np.array([(e, t) for e in range(entities) for t in range(periods)])
    kept = rng.random(len(cells)) < draw(st.sampled_from([0.4, 0.8, 1.0]))
    kept[0] = True
    entity, time = (np.unique(column, return_inverse=True)[1] for column in cells[kept].T)
    weights = rng.random(len(entity)) + 0.1 if draw(st.booleans()) else None
    return entity.astype(np.int64), time.astype(np.int64), weights, rng


@settings(max_examples=60, deadline=None)
@given(panels())
def test_equals_a_regression_on_dummies(panel) -> None:
    entity, time, weights, rng = panel
    values = rng.normal(size=(len(entity), 3)) * [1, 1e3, 1e-3]
    for groups in ([entity], [time], [entity, time]):
        chosen = Absorber(
            entity if any(group is entity for group in groups) else None,
            time if any(group is time for group in groups) else None,
            weights,
        )
        expected = by_dummies(values, groups, weights)
        assert chosen(values) == pytest.approx(expected, abs=1e-10, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(panels())
def test_counts_independent_effects(panel) -> None:
    entity, time, _, _ = panel
    dummies = np.column_stack(
        [entity[:, None] == np.unique(entity), time[:, None] == np.unique(time)]
    ).astype(float)
    assert Absorber(entity, time).n_effects == np.linalg.matrix_rank(dummies)


def test_levels_do_not_cost_digits() -> None:
    """A column of level 1e8 and variation 1 keeps six digits of its deviations."""
    rng = np.random.default_rng(0)
    entity = np.repeat(np.arange(20), 7)
    time = np.tile(np.arange(7), 20)
    kept = rng.random(140) < 0.9
    entity, time = entity[kept], time[kept]
    small = rng.normal(size=kept.sum())
    off = Absorber(entity, time)
    assert off(small + 1e8) == pytest.approx(off(small), abs=1e-6)


def test_many_levels_are_solved_by_conjugate_gradients(monkeypatch) -> None:
    rng = np.random.default_rng(0)
    entity, time = rng.integers(0, 40, 400), rng.integers(0, 30, 400)
    values = rng.normal(size=(400, 2))
    dense = Absorber(entity, time)(values)
    monkeypatch.setattr(absorb, "DENSE_LEVELS", 5)
    assert Absorber(entity, time)(values) == pytest.approx(dense, abs=1e-10)


def test_values_are_not_changed() -> None:
    values = np.arange(6.0)
    Absorber(np.array([0, 0, 1, 1, 2, 2]), None)(values)
    assert values.tolist() == [0, 1, 2, 3, 4, 5]
