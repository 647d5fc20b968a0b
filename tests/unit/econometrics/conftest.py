"""Panels to estimate on: one drawn once, and a maker for others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

Maker = Callable[..., pd.DataFrame]


def made(
    n_entities: int = 12, n_periods: int = 5, seed: int = 1, missing: float = 0.0
) -> pd.DataFrame:
    """Panel with effects, y = 0.5 x + 0.8 m + 0.3 z, m = 0.6 x + ..., rows shuffled."""
    draw = np.random.default_rng(seed)
    entity = np.repeat(np.arange(n_entities), n_periods)
    time = np.tile(np.arange(2018, 2018 + n_periods), n_entities)
    own = draw.normal(size=n_entities)[entity]
    year = draw.normal(size=n_periods)[time - 2018]
    x = draw.normal(size=len(entity)) + own
    z = draw.normal(size=len(entity)) + 0.5 * own + year
    m = 0.6 * x + 0.2 * z + own + draw.normal(size=len(entity)) * 0.5
    y = 0.5 * x + 0.8 * m + 0.3 * z + 2 * own + year + draw.normal(size=len(entity)) * 0.5
    frame = pd.DataFrame(
        {
            "region": [f"R{code:03d}" for code in entity],
            "year": time,
            "y": y,
            "x": x,
            "m": m,
            "z": z,
            "count": draw.poisson(np.exp(0.3 * x + 0.5 * own + 1)),
        }
    )
    if missing:
        frame.loc[draw.random(len(frame)) < missing, "x"] = np.nan
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


@pytest.fixture(scope="session")
def make() -> Maker:
    return made


@pytest.fixture
def frame() -> pd.DataFrame:
    return made()


@pytest.fixture
def gappy() -> pd.DataFrame:
    """Unbalanced: about a tenth of the rows lack x."""
    return made(missing=0.1, seed=3)
