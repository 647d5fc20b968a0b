"""Digests of the program's own parts: what was made by other code than the present is made again.

A digest covers the files that a stage is computed by and the versions of the libraries it leans
on. Which stage must run because of it is decided in ``orchestration.refresh``.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from orchestration.settings import CHECKOUT, DBT_PROJECT, EXPECTATIONS

_ORCHESTRATION = CHECKOUT / "orchestration"
_INGEST = _ORCHESTRATION / "ingest"
_YEARBOOKS = _INGEST / "yearbooks"
_REGIONS = sorted((DBT_PROJECT / "seeds").glob("region*.csv"))
_TEXT = CHECKOUT / "models_py" / "text"
_READERS = ("charset-normalizer", "pypdfium2", "pyreadstat", "python-docx", "selectolax")
_SHEET_READERS = ("charset-normalizer", "pyreadstat", "python-calamine", "selectolax")
_MEASURES = ("ahocorasick-rs", "jieba", "rjieba")
_MODELS = ("linearmodels", "numpy", "pandas", "scipy", "statsmodels")
_DBT = ("dbt-core", "dbt-duckdb", "duckdb")
_SHOWS = (
    *("board.py", "cli", "console.py", "explain", "exports.py", "sources"),
    *("status.py", "ui.py"),
)


@cache
def reading_digest() -> str:
    """Of everything that turns a file into identified texts, the region table included."""
    readers = [path for path in _python(_INGEST) if not path.is_relative_to(_YEARBOOKS)]
    return _digest([*readers, *_python(_TEXT), *_REGIONS], _READERS)


@cache
def yearbook_digest() -> str:
    """Of everything that turns a yearbook into observations: layouts, indicators and units too."""
    seeds = [DBT_PROJECT / "seeds" / f"{name}.csv" for name in ("indicators", "units")]
    ours = [*_python(_YEARBOOKS), *_YEARBOOKS.rglob("*.yaml"), *_REGIONS, *seeds]
    return _digest([*ours, _INGEST / "regions.py"], _SHEET_READERS)


@cache
def measuring_digest() -> str:
    """Of everything that counts terms, characters and tokens in a text."""
    return _digest([*_python(_TEXT), _ORCHESTRATION / "text_rows.py"], _MEASURES)


@cache
def tables_digest() -> str:
    """Of every model, seed, test and macro of the dbt project."""
    suffixes = {".sql", ".yml", ".csv"}
    files = [path for path in DBT_PROJECT.rglob("*") if path.suffix in suffixes]
    kept = [path for path in files if "target" not in path.relative_to(DBT_PROJECT).parts]
    return _digest(kept, _DBT)


@cache
def results_digest() -> str:
    """Of everything that computes results from marts."""
    models = CHECKOUT / "models_py"
    ours = [path for path in _python(models) if not path.is_relative_to(_TEXT)]
    return _digest(ours, _MODELS)


@cache
def checks_digest() -> str:
    """Of the checks and of all else that decides what a warehouse holds."""
    inner = {*_python(_INGEST), _ORCHESTRATION / "text_rows.py"}
    outer = [path for path in _python(_ORCHESTRATION) if path not in inner and not _shows(path)]
    return _digest([*outer, *EXPECTATIONS.glob("*.json")], ("dagster", "great-expectations"))


def _shows(path: Path) -> bool:
    """Whether a module only shows what there is; a new help text rebuilds no warehouse."""
    first = path.relative_to(_ORCHESTRATION).parts[0]
    return first in _SHOWS


def _python(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _digest(files: Iterable[Path], libraries: Iterable[str]) -> str:
    digest = hashlib.sha256(f"python {sys.version_info[:2]}\n".encode())
    for name in libraries:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for path in sorted(files):
        digest.update(f"{path.relative_to(CHECKOUT)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
