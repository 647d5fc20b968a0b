"""What each stage is made from beside the tables before it: settings, lists, the program itself.

Read from the disk, as text or as digests; what differs from the last build is found in
``refresh``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from orchestration.ingest.landing import ORIGIN_FILE
from orchestration.ingest.overrides import OVERRIDES_FILE
from orchestration.ingest.yearbooks.corrections import CORRECTIONS_FILE
from orchestration.ingest.yearbooks.indicators import INDICATORS_FILE
from orchestration.program import (
    checks_digest,
    reading_digest,
    results_digest,
    tables_digest,
    yearbook_digest,
)
from orchestration.settings import Settings
from orchestration.study import load_studies

# The stage of what Python computes from marts.
RESULTS = "results"
# The stage of the models that studies declare.
MODELS = "models"
# The landing zone's own layout profiles.
PROFILES_FOLDER = "profiles"

# How each input is named where a person reads why something was done.
NAMES = {
    ("inventory", "landing"): "the landing zone",
    ("inventory", "years"): "the years asked for",
    ("inventory", "origin"): ORIGIN_FILE,
    ("inventory", "overrides"): OVERRIDES_FILE,
    ("inventory", "dates"): "the dates of files, which decide between equally long texts",
    ("inventory", "program"): "the program that reads files",
    ("observations", "landing"): "the landing zone",
    ("observations", "origin"): ORIGIN_FILE,
    ("observations", "profiles"): "the landing zone's layout profiles",
    ("observations", "indicators"): f"the landing zone's {INDICATORS_FILE}",
    ("observations", "corrections"): CORRECTIONS_FILE,
    ("observations", "program"): "the program that reads yearbooks",
    ("marks", "file"): "the review marks",
    ("tables_by_year", "program"): "the SQL of the tables",
    ("tables", "program"): "the SQL of the tables",
    (RESULTS, "program"): "the program that computes results",
    ("checks", "program"): "the program's checks",
}


def stage_inputs(settings: Settings) -> dict[str, dict[str, str]]:
    """The inputs of every stage as they are now, by stage and name.

    Raises:
        UsageError: a study cannot be read.
    """
    studies = load_studies(settings.landing, settings.studies)
    tables = {"program": tables_digest()}
    landing = {
        "landing": str(settings.landing),
        "origin": _digest(settings.landing / ORIGIN_FILE),
    }
    return {
        "inventory": {
            **landing,
            "years": str(settings.years or ""),
            "overrides": _digest(settings.landing / OVERRIDES_FILE),
            "program": reading_digest(),
        },
        "observations": {
            **landing,
            "profiles": _digest_of_folder(settings.landing / PROFILES_FOLDER),
            "indicators": _digest(settings.landing / INDICATORS_FILE),
            "corrections": _digest(settings.landing / CORRECTIONS_FILE),
            "program": yearbook_digest(),
        },
        "lexicons": {study.name: study.to_lexicon().digest for study in studies},
        "panels": {study.name: study.panel_declaration_digest for study in studies},
        MODELS: {study.name: study.models_digest for study in studies},
        "marks": {"file": _digest(settings.exclusions_file)},
        "tables_by_year": tables,
        "tables": tables,
        RESULTS: results_inputs(),
        "checks": {"program": checks_digest()},
    }


def results_inputs() -> dict[str, str]:
    """What results are made from beside the marts."""
    return {"program": results_digest()}


def name_of(stage: str, name: str) -> str:
    """An input as a person would name it."""
    if stage == "lexicons":
        return f"the word list of the study {name}"
    if stage == "panels":
        return f"the variables of the study {name}"
    if stage == MODELS:
        return f"the models of the study {name}"
    return NAMES.get((stage, name), f"{stage} {name}")


def _digest_of_folder(folder: Path) -> str:
    told = [f"{path.name} {_digest(path)}" for path in sorted(folder.glob("*.y*ml"))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16] if told else ""


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError:
        return ""
