"""Simulated tables: clean ones are not accused, planted errors are found; 200 each in acceptance."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from models_py.audit import WRONG, audit

_PATH = Path(__file__).parents[2] / "fixtures" / "audit_tables.py"


@pytest.fixture(scope="module")
def tables():
    spec = importlib.util.spec_from_file_location("audit_tables", _PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _accused(case) -> bool:
    return bool(audit(case.text, case.context)["verdict"].isin(WRONG).any())


def test_clean_tables_are_not_accused(tables) -> None:
    accused = [seed for seed in range(40) if _accused(tables.clean_table(seed))]
    assert not accused


def test_planted_errors_are_found(tables) -> None:
    cases = [tables.planted_table(seed) for seed in range(64)]
    missed = [f"{case.kind}/{case.planted}" for case in cases if not _accused(case)]
    assert len(missed) <= 2, missed
