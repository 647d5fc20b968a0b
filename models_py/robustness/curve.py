"""The specification curve: every combination of declared choices, each stored with its choices.

Simonsohn, Simmons and Nelson (2020). Belongs here: the cross product and its joint test; a
specification is a ``Model`` and is fitted there.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from models_py.panel.errors import PanelError, listed
from models_py.panel.estimate import PanelFit
from models_py.panel.rows import numbers
from models_py.robustness.counts import CountFit
from models_py.robustness.model import Model, row_by
from models_py.robustness.samples import parts_of

# More than this is a mistake in a study file: 100,000 specifications are an hour.
MOST_SPECIFICATIONS = 100_000

Choices = Mapping[str, Mapping[str, Any] | Sequence[Any]]


@dataclass(frozen=True)
class Specification:
    """One combination.

    Attributes:
        specification_id: first 12 hex digits of the SHA-256 of ``choices``; stays the same when
            other choices are added.
        choices: label by dimension, as JSON with sorted keys.
        model: what is fitted.
    """

    specification_id: str
    choices: str
    model: Model


def specifications(base: Model, choices: Choices) -> list[Specification]:
    """The cross product of choices.

    Args:
        base: what is not chosen.
        choices: options by field of ``Model`` (outcome, treatment, controls, lag, winsorise,
            left_out, covariance, convention, entity_effects, time_effects, estimator) or
            ``effects`` (two_way, entity, time, none): a list, or a mapping of label to value.

    Returns:
        Specifications in the order of the choices, without duplicates.

    Raises:
        PanelError: an unknown field, an empty choice, or too many specifications.
    """
    _refuse_values(choices)
    known = [field.name for field in fields(Model)] + ["effects"]
    unknown = [name for name in choices if name not in known]
    if unknown:
        raise PanelError(
            f"The specification curve has no choice {listed(unknown)}; it has {', '.join(known)}."
        )
    options = {name: _options(name, values) for name, values in choices.items()}
    count = int(np.prod([len(values) for values in options.values()], dtype=np.float64))
    if count > MOST_SPECIFICATIONS:
        raise PanelError(
            f"The choices make {count:,} specifications; at most {MOST_SPECIFICATIONS:,} are "
            "fitted. Leave some out."
        )
    out: dict[str, Specification] = {}
    for combination in itertools.product(*(values.items() for values in options.values())):
        labels = dict(zip(options, (label for label, _ in combination), strict=True))
        values = dict(zip(options, (value for _, value in combination), strict=True))
        text = json.dumps(labels, ensure_ascii=False, sort_keys=True)
        identifier = hashlib.sha256(text.encode()).hexdigest()[:12]
        out[identifier] = Specification(identifier, text, _model(base, values))
    return list(out.values())


# Entity and time effects by the word a study file uses.
EFFECTS = {
    "two_way": (True, True),
    "entity": (True, False),
    "time": (False, True),
    "none": (False, False),
}


def _options(name: str, values: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    if isinstance(values, str):
        raise PanelError(f"The choice {name} is the text {values!r}; give a list of options.")
    if isinstance(values, Mapping):
        options = {str(label): value for label, value in values.items()}
    else:
        options = {_label(value): value for value in values}
    if not options:
        raise PanelError(f"The choice {name} has no option; give at least one, or leave it out.")
    return options


def _label(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "none"
    return str(value)


def _model(base: Model, values: dict[str, Any]) -> Model:
    changed = dict(values)
    effects = changed.pop("effects", None)
    if effects is not None:
        if effects not in EFFECTS:
            raise PanelError(f"effects is {effects!r}; it is one of {', '.join(EFFECTS)}.")
        changed["entity_effects"], changed["time_effects"] = EFFECTS[effects]
    for name in ("controls", "left_out"):
        if name in changed:
            changed[name] = tuple(changed[name])
    treatment = changed.pop("treatment", base.treatment)
    model = replace(base, **changed)
    # Products in the controls are declared with the base treatment, and follow the one chosen.
    return model.recounted(treatment)


def _refuse_values(choices: Choices) -> None:
    """Refuse options of the wrong kind before anything is fitted."""
    for name, kinds, words in (
        ("lag", int, "whole numbers"),
        ("winsorise", (int, float), "shares such as 0.01"),
        ("outcome", str, "names of columns"),
        ("treatment", str, "names of columns"),
        ("controls", (list, tuple), "lists of columns"),
        ("left_out", (list, tuple), "lists of entities"),
    ):
        values = choices.get(name, ())
        if isinstance(values, str):
            continue  # which is refused as a text
        wrong = [
            value
            for value in (values.values() if isinstance(values, Mapping) else values)
            if not isinstance(value, kinds)
        ]
        if wrong:
            raise PanelError(f"The choice {name} has {listed(map(repr, wrong))}; it needs {words}.")


def _refuse_frame(frame: pd.DataFrame, models: Sequence[Model]) -> None:
    """Refuse data that no specification could be fitted on."""
    keys = [models[0].entity, models[0].time]
    unknown = [name for name in keys if name not in frame.columns]
    if unknown:
        raise PanelError(f"The data have no column {listed(unknown)}.", unknown)
    double = int(frame[keys].dropna().duplicated().sum())
    if double:
        raise PanelError(
            f"{double} rows repeat a pair of {keys[0]} and {keys[1]}; keep one row a pair.", keys
        )


def specification_curve(frame: pd.DataFrame, base: Model, choices: Choices) -> pd.DataFrame:
    """Fit every specification.

    Args:
        frame: one row an entity and period, with every column a choice names.
        base: what is not chosen.
        choices: as of ``specifications``.

    Returns:
        A row a specification, by estimate, those that could not be fitted last with a note:
        specification_id, choices (JSON), and the columns of ``model.row_by``.

    Raises:
        PanelError: as ``specifications``; data without entity or time, or with doubled rows.
    """
    chosen = specifications(base, choices)
    _refuse_frame(frame, [one.model for one in chosen])
    rows = [
        {"specification_id": one.specification_id, "choices": one.choices, **row}
        for one, row in zip(chosen, _fitted(frame, [one.model for one in chosen]), strict=True)
    ]
    table = pd.DataFrame(rows)
    numbers = ["estimate", "std_error", "t", "p", "ci_low", "ci_high", "standardised"]
    table[numbers] = table[numbers].astype("float64")
    return table.sort_values(["estimate", "specification_id"], ignore_index=True)


def _fitted(frame: pd.DataFrame, models: list[Model]) -> list[dict[str, object]]:
    """A row a model; a frame changed the same way serves all models that want it so."""
    named = {name for model in models for name in (model.outcome, model.treatment, *model.controls)}
    # A column is winsorised by itself, so those of all models can be done at once.
    columns = [name for name in parts_of(frame, sorted(named)) if name in frame.columns]
    made: dict[tuple[object, ...], pd.DataFrame] = {}

    def fit_it(model: Model) -> PanelFit | CountFit:
        key = (model.left_out, model.winsorise, model.treatment if model.lag else "", model.lag)
        if key not in made:
            made[key] = model.changed(frame, columns)
        return model.fit_changed(made[key])

    return [row_by(partial(fit_it, model), model) for model in models]


def curve_summary(curve: pd.DataFrame, level: float = 0.05) -> dict[str, float]:
    """What a curve says as a whole.

    Args:
        curve: from ``specification_curve``.
        level: of significance.

    Returns:
        n, n_failed, median, minimum, maximum (of estimates), share_positive,
        share_significant_positive, share_significant_negative.
    """
    fitted = curve.loc[curve["estimate"].notna()]
    significant = fitted["p"] < level
    positive = fitted["estimate"] > 0
    return {
        "n": float(len(fitted)),
        "n_failed": float(len(curve) - len(fitted)),
        "median": float(fitted["estimate"].median()),
        "minimum": float(fitted["estimate"].min()),
        "maximum": float(fitted["estimate"].max()),
        "share_positive": float(positive.mean()),
        "share_significant_positive": float((significant & positive).mean()),
        "share_significant_negative": float((significant & ~positive).mean()),
    }


def curve_test(
    frame: pd.DataFrame, base: Model, choices: Choices, *, n_permutations: int = 99, seed: int = 0
) -> dict[str, float]:
    """Whether the curve as a whole is more than chance: treatments' paths change hands together.

    In each draw one permutation of entities moves every treatment column, whole paths at a time,
    and all specifications are fitted again.

    Args:
        frame: one row an entity and period.
        base: what is not chosen.
        choices: as of ``specifications``.
        n_permutations: draws; each costs as much as the curve itself.
        seed: of the draws.

    Returns:
        ``p_median`` (of the absolute median standardised estimate) and ``p_share`` (of the larger
        share of significant estimates with one sign), each (1 + as large) / (1 + draws), and
        ``n_permutations``.

    Raises:
        PanelError: as ``specification_curve``, fewer than 19 draws, or an unknown treatment.
    """
    if n_permutations < 19:
        raise PanelError(f"n_permutations is {n_permutations}; use at least 19.")
    models = [one.model for one in specifications(base, choices)]
    _refuse_frame(frame, models)
    treatments = parts_of(frame, sorted({model.treatment for model in models}))
    for name in treatments:
        numbers(frame, name)
    observed = _joint(frame, models)
    draw = np.random.default_rng(seed)
    entities = np.array(sorted(frame[base.entity].dropna().unique(), key=str), dtype=object)
    beyond = np.zeros(2)
    for _ in range(n_permutations):
        donor = dict(zip(entities, draw.permutation(entities), strict=True))
        beyond += _joint(_exchanged(frame, base, treatments, donor), models) >= observed - 1e-12
    p = (1 + beyond) / (1 + n_permutations)
    return {
        "p_median": float(p[0]),
        "p_share": float(p[1]),
        "n_permutations": float(n_permutations),
    }


def _exchanged(
    frame: pd.DataFrame, base: Model, treatments: list[str], donor: dict[object, object]
) -> pd.DataFrame:
    source = frame.set_index([base.entity, base.time])[treatments]
    wanted = pd.MultiIndex.from_arrays([frame[base.entity].map(donor), frame[base.time]])
    moved = source.reindex(wanted).to_numpy()
    own = frame[treatments].to_numpy()
    # A donor without that period leaves the row its own value, so that no row is lost.
    kept = np.where(pd.isna(moved), own, moved)
    return frame.assign(**{name: kept[:, at] for at, name in enumerate(treatments)})


def _joint(frame: pd.DataFrame, models: list[Model]) -> np.ndarray[Any, np.dtype[np.float64]]:
    rows = pd.DataFrame(_fitted(frame, models))
    size = rows["standardised"].astype("float64").fillna(rows["t"].astype("float64"))
    significant = rows["p"].astype("float64") < 0.05
    up = float((significant & (size > 0)).mean())
    down = float((significant & (size < 0)).mean())
    return np.array([abs(float(size.median())), max(up, down)])
