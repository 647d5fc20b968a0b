"""The facts of the papers as the seeds hold them, for the tests of their audit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import pandas as pd

from models_py.audit import audit_published

REPOSITORY: Final = Path(__file__).resolve().parents[3]
SEEDS: Final = REPOSITORY / "dbt_project" / "seeds" / "facts"


@lru_cache(maxsize=1)
def facts() -> pd.DataFrame:
    files = sorted(SEEDS.glob("facts_*.csv"))
    return pd.concat(
        [pd.read_csv(path, dtype=str, keep_default_na=False) for path in files], ignore_index=True
    )


@lru_cache(maxsize=1)
def findings() -> pd.DataFrame:
    return audit_published(facts())
