"""Known errors of sources: ``corrections.yaml`` at the root of the landing zone.

Reading and checking the file belongs here. A correction is applied in dbt's staging, beside the
printed number, and only while the source still says what the correction expects.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestration.ingest.regions import AmbiguousRegion, RegionTable, UnknownRegion
from orchestration.ingest.yearbooks.indicators import IndicatorTable, UnknownIndicator
from orchestration.settings import UsageError

CORRECTIONS_FILE = "corrections.yaml"
_MAX_BYTES = 4 * 1024 * 1024


class Correction(BaseModel):
    """One entry of the file.

    Attributes:
        indicator: code of the indicator.
        region: code or name of the region.
        year: year that the number is of.
        vintage: the edition that is wrong.
        scope: what the number covers, as raw.observations has it; left out, where it says nothing.
        expect: the printed number, in the printed unit. Where the source says something else, the
            correction is not applied and a check says so.
        value: what it should be, in the printed unit; left out, the number is dropped.
        reason: why it is wrong.
        source: where that is known from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    indicator: str
    region: str
    year: int = Field(ge=1900, le=2100)
    vintage: str
    scope: str = ""
    expect: float = Field(allow_inf_nan=False)
    value: float | None = Field(None, allow_inf_nan=False)
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @field_validator("vintage", mode="before")
    @classmethod
    def _may_be_a_date(cls, vintage: object) -> object:
        """YAML reads 2023-10-15 as a date."""
        return vintage.isoformat() if isinstance(vintage, date) else vintage


def read_corrections(
    landing: Path, regions: RegionTable, indicators: IndicatorTable
) -> list[dict[str, object]]:
    """Rows of raw.observation_corrections; none where the landing zone has no such file.

    Raises:
        UsageError: the file is not as described; one sentence that names the entry.
    """
    path = landing / CORRECTIONS_FILE
    if (other := path.with_suffix(".yml")).exists():
        raise UsageError(f"{other} is not read; rename it {CORRECTIONS_FILE}.")
    if not path.is_file():
        return []
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError("it is too large")
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or []
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as problem:
        line = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise UsageError(f"{path} cannot be used: {line}.") from problem
    if not isinstance(loaded, list):
        raise UsageError(f"{path} must be a list; each entry begins with `- indicator:`.")
    rows = [
        _row(path, number, entry, regions, indicators)
        for number, entry in enumerate(loaded, start=1)
    ]
    seen: set[tuple[object, ...]] = set()
    for number, row in enumerate(rows, start=1):
        key = tuple(
            row[name] for name in ("indicator_code", "region_code", "year", "vintage", "scope")
        )
        if key in seen:
            raise UsageError(f"{path}: entry {number} is of a number that another entry corrects.")
        seen.add(key)
    return rows


def _row(
    path: Path, number: int, entry: object, regions: RegionTable, indicators: IndicatorTable
) -> dict[str, object]:
    try:
        one = Correction.model_validate(entry)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(map(str, first["loc"]))
        where = f"entry {number}, key {key!r}" if key else f"entry {number}"
        raise UsageError(f"{path}: {where}: {first['msg']}.") from problem
    try:
        indicator = indicators.resolve(one.indicator)
        found = (
            regions.get(one.region)
            if one.region.isdigit()
            else regions.resolve(one.region, year=one.year)
        )
    except (UnknownIndicator, UnknownRegion, AmbiguousRegion) as problem:
        raise UsageError(f"{path}: entry {number}: {problem}") from problem
    told = one.model_dump(exclude={"indicator", "region"})
    return {"indicator_code": indicator.code, "region_code": found.code, **told}
