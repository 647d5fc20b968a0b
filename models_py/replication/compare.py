"""Each published figure beside the number of ours that stands for it, with a status and a reason.

Belongs here: matching a printed cell to a row of our tables, and the verdict. What the printed
figures say of themselves is ``audit``'s; its findings come in as a frame. A figure is never called
reproduced because it is near: equal means equal at the digits that are printed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from models_py.replication.names import PrintedName
from models_py.replication.stands import StandsFor

STATUSES = (
    "equal",
    "differs_by_vintage",
    "differs_by_definition",
    "cannot_be_computed",
    "contradicts_itself",
)
COLUMNS = (
    *("published_table", "cell", "fact_id", "published_value", "our_table", "our_cell"),
    *("our_value", "difference", "status", "reason"),
)
Tables = Mapping[str, pd.DataFrame]

_AREAS = ("descriptive_stat", "correlation", "regression", "bootstrap")
_MOMENTS = {
    "n_obs": "n",
    "mean": "mean",
    "standard_deviation": "sd",
    "minimum": "minimum",
    "maximum": "maximum",
}
_OF_TERM = {"coefficient": "estimate", "t_statistic": "t"}
_OF_MODEL = {"n_obs": "n_obs", "r_squared": "r2_inclusive"}
_CONTRADICTED = ("impossible", "inconsistent")
# The figures that a rule of the audit accuses, where its cell has several; a rule that is not here
# accuses all of its cell: marks and t value of a term, say, of which one is misprinted.
_SPREAD, _MEAN, _SLOPE, _R2 = ("standard_deviation",), ("mean",), ("coefficient",), ("r_squared",)
_INTERVAL = ("ci_low", "ci_high")
_ACCUSED = {
    **dict.fromkeys(("sd_bounds", "cv_bounds", "grimmer"), _SPREAD),
    **dict.fromkeys(("grim", "mean_in_range"), _MEAN),
    **dict.fromkeys(("nested_identity", "c_minus_c_prime", "indirect_effect"), _SLOPE),
    **dict.fromkeys(("r2_gain", "r2_range"), _R2),
    **dict.fromkeys(("effect_in_interval", "sobel_interval"), _INTERVAL),
}
_WHICH_R2 = (
    "the paper does not say which R² it prints; ours counts all effects as regressors (reghdfe)"
)


@dataclass(frozen=True)
class _Ours:
    """A number of ours, or the reason why there is none."""

    table: str = ""
    cell: str = ""
    value: float | None = None
    variables: tuple[str, ...] = ()
    definition: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Match:
    tables: Tables
    names: Mapping[str, PrintedName]
    stands: Mapping[str, StandsFor]

    def missing(self, label: str, otherwise: str) -> _Ours:
        """Why nothing fitted stands for a printed table: what stands for it failed, or nothing."""
        one = self.stands.get(label)
        if one is None or not one.reason:
            return _Ours(reason=otherwise)
        said = one.reason.removesuffix(".")
        return _Ours(reason=f"what stands for {label} is not fitted: {said}")

    def without(self, place: str, *printed: str) -> _Ours:
        """Why a table that stands for a printed one lacks a variable."""
        said = f"no table of the study stands for {' × '.join(printed)} in {place}"
        declared = self.stands.get(place, StandsFor()).variables
        there = self.rows("descriptive_statistics", published=place)
        there = there if len(there) else self.rows("correlations", published=place)
        if there.empty:
            return self.missing(place, said)
        has = set(there["variable"] if "variable" in there else there["variable_x"])
        known = [name for one in printed for name in self.names.get(one, PrintedName(())).variables]
        empty = [name for name in known if name in declared and name not in has]
        if not empty:
            return _Ours(reason=said)
        return _Ours(
            reason=f"no region and year has a value of {' or '.join(dict.fromkeys(empty))}, so the "
            f"table that stands for {place} is made without it"
        )

    def rows(self, table: str, **wanted: str) -> pd.DataFrame:
        frame = self.tables.get(table, pd.DataFrame())
        for column, value in wanted.items():
            if column not in frame.columns:
                return pd.DataFrame()
            frame = frame.loc[frame[column] == value]
        return frame

    def variable(self, printed: str, there: Sequence[str]) -> str | None:
        """Our name of a printed one, of those that a table has."""
        if printed == "Constant":
            return "const"
        ours = self.names.get(printed, PrintedName(())).variables
        return next((name for name in ours if name in there), None)


def replicate(
    facts: pd.DataFrame,
    findings: pd.DataFrame,
    tables: Tables,
    names: Mapping[str, PrintedName],
    *,
    is_sample: bool,
    stands: Mapping[str, StandsFor] | None = None,
) -> pd.DataFrame:
    """Put every published statistic of one paper beside ours.

    Args:
        facts: rows of marts.published_facts of one source: fact_id, subject_area, measure, value,
            printed_value, details (``key=value;…``), published_table.
        findings: rows of quality.published_findings of that source: published_table, cell, rule,
            verdict, explanation. Only the figures that a rule accuses are marked.
        tables: our tables by name, as ``study.fitting`` makes them, of one study.
        names: printed names.
        is_sample: whether ours is made from sample data, which can reproduce nothing.
        stands: what the study declares for each printed table (`stands_for`), so that a model that
            could not be fitted is told with its reason.

    Returns:
        A row a published figure: ``COLUMNS``. ``our_value`` is unrounded and nan where there is
        none; ``difference`` is ours less the published number.
    """
    match = _Match(tables, names, stands or {})
    broken = [row for row in findings.to_dict("records") if row["verdict"] in _CONTRADICTED]
    wanted = facts.loc[facts["subject_area"].isin(_AREAS) & facts["value"].notna()]
    rows = []
    for fact in wanted.sort_values("fact_id").to_dict("records"):
        details = _details(str(fact["details"]))
        ours = _find(match, str(fact["subject_area"]), str(fact["measure"]), fact, details)
        if ours is None:
            continue
        place, cell = str(fact["published_table"]), _cell(str(fact["measure"]), details)
        published, printed = float(fact["value"]), str(fact["printed_value"])
        area = str(fact["subject_area"])
        said = [
            str(row["explanation"])
            for row in broken
            # The audit reads a bootstrap interval beside the table of its paths.
            if (str(row["published_table"]) == place or area == "bootstrap")
            and str(row["cell"]) == _audited(area, str(fact["measure"]), details)
            and _is_accused(str(row.get("rule", "")), str(fact["measure"]), details)
        ]
        status, reason = _judge(published, _half_a_digit(details), ours, said, names, is_sample)
        rows.append(
            {
                "published_table": place,
                "cell": cell,
                "fact_id": fact["fact_id"],
                "published_value": printed,
                "our_table": ours.table or None,
                "our_cell": ours.cell or None,
                "our_value": ours.value,
                "difference": None if ours.value is None else ours.value - published,
                "status": status,
                "reason": reason,
            }
        )
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.astype({"our_value": "float64", "difference": "float64"})


def _details(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _half_a_digit(details: Mapping[str, str]) -> float:
    return 0.5 * 10.0 ** -int(details.get("decimals", "0"))


def _find(
    match: _Match, area: str, measure: str, fact: Mapping[object, object], details: dict[str, str]
) -> _Ours | None:
    """Our number for a fact; ``None`` for a fact that is no statistic."""
    place = str(fact["published_table"])
    if area == "descriptive_stat" and measure in _MOMENTS:
        return _moment(match, place, details["variable"], _MOMENTS[measure])
    if area == "correlation" and measure == "correlation":
        # A variable's correlation with itself reproduces nothing.
        if details["row"] == details["column"]:
            return None
        return _correlation(match, place, details["row"], details["column"])
    if area == "regression" and measure in (*_OF_TERM, *_OF_MODEL):
        return _regression(match, f"{place} 模型{details['model']}", measure, details)
    if area == "bootstrap":
        return _bootstrap(match, place, measure, details)
    return None


def _moment(match: _Match, place: str, printed: str, column: str) -> _Ours:
    block = match.rows("descriptive_statistics", published=place)
    name = match.variable(printed, list(block.get("variable", [])))
    if name is None:
        return match.without(place, printed)
    row = block.loc[block["variable"] == name].iloc[0]
    return _number("descriptive_statistics", f"{name} {column}", row[column], (name,))


def _correlation(match: _Match, place: str, first: str, second: str) -> _Ours:
    block = match.rows("correlations", published=place)
    there = list(block.get("variable_x", []))
    x, y = match.variable(first, there), match.variable(second, there)
    if x is None or y is None:
        return match.without(place, first, second)
    row = block.loc[(block["variable_x"] == x) & (block["variable_y"] == y)].iloc[0]
    return _number("correlations", f"{x} × {y} r", row["r"], (x, y))


def _regression(match: _Match, label: str, measure: str, details: Mapping[str, str]) -> _Ours:
    coefficients = match.rows("coefficients", published=label)
    if coefficients.empty:
        return match.missing(label, f"no fitted model of the study stands for {label}")
    model = str(coefficients["model"].iloc[0])
    used = (str(coefficients["outcome"].iloc[0]), *coefficients["term"])
    # What a model was fitted without stands in its sample.
    _, _, lacking = str(coefficients["sample"].iloc[0]).partition("; without ")
    without = f"ours is fitted without {lacking}, which have no value" if lacking else ""
    if measure in _OF_MODEL:
        column = _OF_MODEL[measure]
        row = match.rows("fit_statistics", model=model).iloc[0]
        which = _WHICH_R2 if measure == "r_squared" else ""
        definition = "; ".join(said for said in (without, which) if said)
        return _number("fit_statistics", f"{model} {column}", row[column], used, definition)
    name = match.variable(details["term"], list(coefficients["term"]))
    if name is None:
        return _Ours(
            reason=f"the model {model}, which stands for {label}, has no term {details['term']}"
        )
    row = coefficients.loc[coefficients["term"] == name].iloc[0]
    column = _OF_TERM[measure]
    return _number("coefficients", f"{model} {name} {column}", row[column], used, without)


def _bootstrap(match: _Match, place: str, measure: str, details: Mapping[str, str]) -> _Ours:
    effects = match.rows("mediation", published=place, effect=details["effect"])
    if effects.empty:
        return match.missing(place, f"no fitted mediation of the study stands for {place}")
    column = "p" if measure.endswith("p_value") else details["bound"]
    # Only the percentile interval has a p value.
    first = effects[column].notna().to_numpy().argmax()
    row = effects.iloc[int(first)]
    said = (
        "draws, resampled unit and kind of interval are not printed; ours are "
        f"{row['n_bootstrap']} draws by {row['resample']}, {row['ci_method']}"
    )
    used = (str(row["outcome"]), str(row["treatment"]), str(row["mediator"]))
    cell = f"{row['model']} {row['effect']} {row['ci_method']} {column}"
    return _number("mediation", cell, row[column], used, said)


def _number(
    table: str, cell: str, value: object, variables: tuple[str, ...], definition: str = ""
) -> _Ours:
    told = float("nan") if value is None or value is pd.NA else float(str(value))
    number = None if math.isnan(told) else told
    reason = "" if number is not None else "ours has no value"
    parts = tuple(part for name in variables for part in name.split(":"))
    return _Ours(table, cell, number, parts, definition, reason)


def _judge(
    published: float,
    half_a_digit: float,
    ours: _Ours,
    said: Sequence[str],
    names: Mapping[str, PrintedName],
    is_sample: bool,
) -> tuple[str, str]:
    # The half digit is allowed with room for rounding in binary.
    near = ours.value is not None and abs(ours.value - published) <= half_a_digit * (1 + 1e-9)
    contradiction = (
        f"The published figure contradicts its neighbours: {' '.join(dict.fromkeys(said))}"
    )
    if near and not is_sample:
        equal = "Equal at the printed digits."
        return "equal", f"{equal} {contradiction}" if said else equal
    if said:
        return "contradicts_itself", contradiction
    if ours.value is None:
        return "cannot_be_computed", f"{ours.reason[:1].upper()}{ours.reason[1:]}."
    if is_sample:
        return (
            "cannot_be_computed",
            "Ours is computed from sample data, which reproduces no published figure.",
        )
    definitions = [ours.definition] if ours.definition else []
    for name in names.values():
        if name.definition and set(name.variables) & set(ours.variables):
            definitions.append(name.definition)
    if definitions:
        text = "; ".join(dict.fromkeys(definitions))
        return "differs_by_definition", f"{text[:1].upper()}{text[1:]}."
    return (
        "differs_by_vintage",
        "The definitions are the same; the paper does not say which edition of its sources it "
        "used, and ours takes the newest (marts.indicator_revisions).",
    )


def _cell(measure: str, details: Mapping[str, str]) -> str:
    if "variable" in details:
        return f"{details['variable']} {measure}"
    if "row" in details:
        return f"{details['row']} × {details['column']} {measure}"
    if "model" in details:
        term = f" · {details['term']}" if "term" in details else ""
        return f"模型{details['model']} {details['outcome']}{term} {measure}"
    return f"{details.get('treatment')} → {details.get('mediator')} → {measure}"


def _is_accused(rule: str, measure: str, details: Mapping[str, str]) -> bool:
    """Whether a rule accuses this figure of its cell."""
    accused = _ACCUSED.get(rule)
    return accused is None or measure in accused or details.get("bound") in accused


def _audited(area: str, measure: str, details: Mapping[str, str]) -> str:
    """The cell as the audit names it."""
    if area == "descriptive_stat":
        return details["variable"]
    if area == "correlation":
        return f"{details['row']} × {details['column']}"
    if area == "bootstrap":
        return f"{details['effect']} effect"
    outcome = f"模型{details['model']} {details['outcome']}"
    if "term" in details:
        return f"{outcome} · {details['term']}"
    return f"{outcome} · {'N' if measure == 'n_obs' else 'R²'}"
