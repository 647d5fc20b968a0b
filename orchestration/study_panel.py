"""The panel that a study declares: sample, variables and their formulas, checked and as rows.

What a formula may name is data: the indicators of ``dbt_project/seeds/indicators.csv``, those
that a landing zone adds, and the columns of the marts listed here. The arithmetic is
``formula``'s, the panel itself is dbt's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from orchestration.formula import (
    Compiled,
    FormulaError,
    Input,
    Zeros,
    column_of,
    compile_formula,
    reason_column_of,
)
from orchestration.ingest.regions import AmbiguousRegion, RegionTable, UnknownRegion

Row = dict[str, Any]

# Columns of marts that a formula may name as table.column; of attention also as
# attention.study.column, for what the word list of another study counts in the same report.
MART_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "attention": (
        *("n_hits", "n_core_hits", "n_extended_hits", "n_review_hits", "n_plan_hits"),
        *("n_annex_hits", "n_excluded_hits", "n_token_hits", "n_chars", "n_tokens"),
        "hits_per_10k_chars",
    ),
    "agglomeration": ("lq_producer_services", "lq_manufacturing", "coagglomeration_index"),
}
# Columns of marts.innovation_panel that are there for every study.
RESERVED = frozenset(
    {"study", "region_code", "region_name", "year", "n_missing", "missing_because", "is_sample"}
)


class VariableSpec(BaseModel):
    """One variable: a formula over inputs, with labels, unit and what becomes of ln(0)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    formula: str
    label_zh: str = ""
    label_en: str = ""
    unit: str = ""
    zeros: Zeros = "missing"


class PanelSpec(BaseModel):
    """Which region-years a study's panel holds, and from which state of the sources.

    Attributes:
        exclude: regions that are left out, by name or code, each with the reason.
        as_of: newest vintage that may be used, such as 2023 (with every month of it) or 2023-06;
            all without it.
        boundaries: ``fixed`` puts the numbers of regions that were merged into today's.
        service_sectors: which classification says what producer services are
            (``dbt_project/seeds/sector_mapping.csv``).
        national_totals: of location quotients: the sample's own sums, or the published nation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    exclude: dict[str, str] = Field(default_factory=dict)
    as_of: str | None = Field(None, pattern=r"^\d{4}(-\d\d){0,2}$")
    boundaries: Literal["as_reported", "fixed"] = "as_reported"
    service_sectors: Literal["five_sectors", "seven_sectors"] = "five_sectors"
    national_totals: Literal["sample", "published"] = "sample"

    @field_validator("as_of", mode="before")
    @classmethod
    def _may_be_a_date(cls, as_of: object) -> object:
        """YAML reads 2023-10-15 as a date."""
        return as_of.isoformat() if isinstance(as_of, date) else as_of


def check_variables(
    variables: Mapping[str, VariableSpec],
    indicators: Collection[str],
    topics: Collection[str] = (),
) -> None:
    """See that every variable can be computed.

    Args:
        variables: by name.
        indicators: codes that a formula may use.
        topics: studies whose word lists it may name; any where none is given.

    Raises:
        ValueError: one cannot; the sentence names it.
    """
    for name in variables:
        if name in RESERVED or not name.isidentifier():
            raise ValueError(f"variables.{name}: choose another name; it is taken or no name")
        _compiled(name, variables, indicators, topics)
    folded = Counter(name.casefold() for name in variables)
    for name in variables:
        if folded[name.casefold()] > 1:
            raise ValueError(f"variables.{name}: another variable differs by capitals only")


def excluded_codes(panel: PanelSpec, level: str) -> list[str]:
    """Codes of the regions that a panel leaves out.

    Raises:
        ValueError: one of them is no region of the level.
    """
    table = RegionTable.from_seeds()
    codes = []
    for name in panel.exclude:
        try:
            region = table.get(name) if name.isdigit() else table.resolve(name)
        except AmbiguousRegion as error:
            found = [one for one in error.candidates if one.level == level]
            if len(found) != 1:
                raise ValueError(f"panel.exclude: {name} may mean several regions") from error
            region = found[0]
        except UnknownRegion as error:
            raise ValueError(f"panel.exclude: no region is called {name}") from error
        codes.append(region.code)
    return sorted(codes)


def panel_rows(
    study: str,
    level: str,
    years: tuple[int, int],
    panel: PanelSpec,
    variables: Mapping[str, VariableSpec],
    indicators: Collection[str],
) -> tuple[Row, list[Row], list[Row]]:
    """A study's rows of raw.study_panels, raw.study_variables and raw.study_inputs."""
    compiled = {name: _compiled(name, variables, indicators) for name in variables}
    lags = [one.lag for formula in compiled.values() for one in formula.inputs]
    declared = {
        "study": study,
        "region_level": level,
        "first_year": years[0],
        "last_year": years[1],
        "lags": max(lags, default=0),
        "excluded_regions": excluded_codes(panel, level),
        "as_of": panel.as_of,
        "boundaries": panel.boundaries,
        "service_sectors": panel.service_sectors,
        "national_totals": panel.national_totals,
    }
    variable_rows = [
        {
            "study": study,
            "variable": name,
            "position": position,
            "label_zh": spec.label_zh,
            "label_en": spec.label_en,
            "unit": spec.unit,
            "formula": " ".join(spec.formula.split()),
            "zeros": spec.zeros,
            "sql_expression": compiled[name].sql,
            "sql_reason": _reason(compiled[name]),
        }
        for position, (name, spec) in enumerate(variables.items())
    ]
    inputs = [
        {
            "study": study,
            "variable": name,
            "input": one.name,
            "origin": one.name.split(".")[0] if "." in one.name else "indicator",
            "lag": one.lag,
        }
        for name, formula in compiled.items()
        for one in formula.inputs
    ]
    return declared, variable_rows, inputs


def _compiled(
    name: str,
    variables: Mapping[str, VariableSpec],
    indicators: Collection[str],
    topics: Collection[str] = (),
) -> Compiled:
    def known(word: str) -> None:
        if word.count(".") == 2:
            word = _own_column(word, topics)
        columns = [f"{mart}.{column}" for mart, names in MART_COLUMNS.items() for column in names]
        if word not in indicators and word not in columns:
            near = get_close_matches(word, [*indicators, *columns, *variables], n=1)
            guess = f"; did you mean {near[0]}" if near else ""
            raise FormulaError(f"no indicator, mart column or variable is named {word}{guess}")

    formulas = {other: (spec.formula, spec.zeros) for other, spec in variables.items()}
    spec = variables[name]
    try:
        return compile_formula(spec.formula, known, variables=formulas, own=name, zeros=spec.zeros)
    except FormulaError as error:
        raise ValueError(f"variables.{name}: {error}") from error


def _own_column(word: str, topics: Collection[str]) -> str:
    """The column of a mart that ``attention.study.column`` is, for a study that there is."""
    mart, topic, column = word.split(".")
    if topics and topic not in topics:
        near = get_close_matches(topic, topics, n=1)
        guess = f"; did you mean {near[0]}" if near else ""
        raise FormulaError(f"no study is named {topic}{guess}")
    return f"{mart}.{column}"


def _reason(compiled: Compiled) -> str:
    """SQL of why a variable has no value: the first input that is missing, else the arithmetic."""
    missing = [
        f"case when {column_of(one)} is null then {_reason_of(one)} end" for one in compiled.inputs
    ]
    return f"coalesce({', '.join([*missing, compiled.undefined])})"


def _reason_of(one: Input) -> str:
    when = f" || ' ({one.lag} before)'" if one.lag else ""
    return f"({reason_column_of(one)}{when})"
