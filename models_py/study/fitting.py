"""Fit everything that a study declares, and put the numbers into tables.

One model that cannot be fitted costs its own rows and says why; the others are fitted all the same.
Belongs here: which call makes which rows. What may be declared is in ``declared``; the columns of
tables, with units, are ``orchestration.tables.models``'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from models_py.panel.errors import PanelError, listed
from models_py.panel.estimate import PanelFit
from models_py.study.beside import beside_default
from models_py.study.declared import (
    ENTITY,
    NAME,
    TIME,
    Descriptives,
    Family,
    Inference,
    Mediated,
    Models,
    Moderated,
    Regression,
    Robustness,
    SpecificationCurve,
)
from models_py.study.described import describe
from models_py.study.effects import mediation, moderation
from models_py.study.equations import equation, fit_regression, model_of
from models_py.study.tested import curve, family, inference, robustness

Tables = Mapping[str, pd.DataFrame]
# A region's code as a word of its own; what something is, is a value.
_CODE = re.compile(r"(?<!is )(?<![\w.])[0-9]{6}(?![\w.]?[0-9])")


@dataclass(frozen=True)
class Note:
    """What became of one declared part.

    Attributes:
        section, name: where the study declares it.
        reason: why it could not be fitted, as a sentence; empty where it was.
        variables: those that the reason is about.
        warnings: what a reader of the table must know, as sentences.
    """

    section: str
    name: str
    reason: str = ""
    variables: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """The tables of a study's models.

    Attributes:
        tables: by name, without the columns that say of which study they are.
        notes: one of each declared part, in the order declared.
    """

    tables: dict[str, pd.DataFrame]
    notes: list[Note]


@dataclass
class _Fitting:
    """What parts have in common: the panel, and regressions that others refer to."""

    frame: pd.DataFrame
    models: Models
    fits: dict[str, PanelFit] = field(default_factory=dict)

    def regression(self, name: str) -> Regression:
        """A regression as it can be fitted: its declaration, less controls that are not there."""
        if name not in self.models.regressions:
            raise PanelError(
                f"There is no regression {name}{_guess(name, self.models.regressions)}; the "
                f"study has {listed(self.models.regressions) or 'none'}."
            )
        one = self.models.regressions[name]
        self.known(one.variables)
        return replace(
            one, regressors=tuple(x for x in one.regressors if x not in self.absent_controls(one))
        )

    def absent_controls(self, one: Regression) -> list[str]:
        """Controls without any value, of a regression that is fitted without them."""
        if one.missing_controls == "stop":
            return []
        return [
            name
            for name in one.regressors[1:]
            if any(self.frame[part].isna().all() for part in name.split(":"))
        ]

    def lacking(self, one: Regression) -> str:
        """What the sample of a regression says of controls that it is fitted without."""
        absent = self.absent_controls(one)
        return f"; without {', '.join(absent)}" if absent else ""

    def fit(self, name: str) -> PanelFit:
        """The fit of a regression; each is fitted once."""
        if name not in self.fits:
            found = fit_regression(self.frame, self.regression(name))
            if not isinstance(found, PanelFit):
                raise PanelError(f"The regression {name} is PPML; this check is for least squares.")
            self.fits[name] = found
        return self.fits[name]

    def known(self, variables: Sequence[str]) -> None:
        """Refuse variables that the panel does not have, or that are no numbers."""
        for name in variables:
            if name not in self.frame.columns:
                raise PanelError(
                    f"The study has no variable {name}{_guess(name, self.frame.columns)}; "
                    "declare it under variables, or correct the name.",
                    [name],
                )
            try:
                pd.to_numeric(self.frame[name])
            except (TypeError, ValueError):
                raise PanelError(
                    f"{name} holds values that are not numbers; a model needs numbers there.",
                    [name],
                ) from None

    def empty_first(self, variables: Sequence[str]) -> tuple[str, ...]:
        """Variables, those without any value first: it is their line that is to be looked at."""
        return tuple(sorted(variables, key=lambda name: not self.is_empty(name)))

    def is_empty(self, name: str) -> bool:
        """Whether a variable has no value in any region and year."""
        return name in self.frame.columns and bool(self.frame[name].isna().all())


def fit_models(frame: pd.DataFrame, models: Models) -> Results:
    """Fit all that a study declares.

    Args:
        frame: the study's panel: region_code, year and a column a variable; any order of rows.
        models: the declarations.

    Returns:
        Tables by name (descriptive_statistics, correlations, coefficients, fit_statistics,
        mediation, marginal_effects, johnson_neyman, robustness, specification_curve, inference)
        and a note of each part. The same input gives the same bytes.
    """
    # Sums of other orders differ in their last bits, and draws go by the order of rows.
    keys = [key for key in (ENTITY, TIME) if key in frame.columns]
    shared = _Fitting(frame.sort_values(keys, kind="stable", ignore_index=True), models)
    notes, tables = [], []
    for section, name, one in models.parts():
        try:
            made, warnings = _ways()[section](shared, name, one)
        except PanelError as error:
            notes.append(Note(section, name, str(error), shared.empty_first(error.variables)))
        except np.linalg.LinAlgError as error:
            notes.append(Note(section, name, f"The equations cannot be solved ({error})."))
        except Exception as error:
            # One part must never cost the others, whatever it is.
            notes.append(Note(section, name, _unknown(error)))
        else:
            tables.append(made)
            notes.append(Note(section, name, warnings=tuple(dict.fromkeys(warnings))))
    told = _Names(shared.frame)
    return Results(told.in_tables(_together(tables)), [told.in_note(note) for note in notes])


def _unknown(error: Exception) -> str:
    """A sentence for an error that nobody foresaw, in one line and no longer than a cell."""
    said = " ".join(str(error).split())[:300]
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"It could not be fitted for a reason the program does not know ({told})."


class _Names:
    """Puts regions' names in the place of their codes in sentences."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._names: dict[str, str] = {}
        if {ENTITY, NAME} <= set(frame.columns):
            known = frame[[ENTITY, NAME]].dropna().drop_duplicates(ENTITY)
            self._names = dict(zip(known[ENTITY].map(str), known[NAME].map(str), strict=True))

    def of(self, said: Any) -> Any:
        """A sentence as a reader takes it; what is no text stays."""
        if not isinstance(said, str):
            return said
        told = _CODE.sub(lambda found: self._names.get(found[0], found[0]), said)
        return told.replace(ENTITY, "region")

    def in_note(self, note: Note) -> Note:
        return replace(
            note, reason=self.of(note.reason), warnings=tuple(map(self.of, note.warnings))
        )

    def in_tables(self, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        for table in tables.values():
            for column in ("note", "sentence"):
                if column in table.columns:
                    table[column] = [self.of(said) for said in table[column]]
        return tables


_Way = Callable[[_Fitting, str, Any], tuple[Tables, Sequence[str]]]


def _ways() -> dict[str, _Way]:
    return {
        "descriptives": _describe,
        "regressions": _regress,
        "mediations": _mediate,
        "moderations": _moderate,
        "robustness": _check,
        "specification_curves": _curve,
        "inference": _infer,
        "families": _family,
    }


def _describe(shared: _Fitting, name: str, one: Descriptives) -> tuple[Tables, Sequence[str]]:
    shared.known(one.variables)
    return describe(shared.frame, name, one)


def _regress(shared: _Fitting, name: str, one: Regression) -> tuple[Tables, Sequence[str]]:
    possible = shared.regression(name)
    ols = one.estimator == "ols"
    found = shared.fit(name) if ols else fit_regression(shared.frame, possible)
    absent = shared.absent_controls(one)
    said = f"Fitted without {listed(absent)}, which have no value in any region and year."
    made = equation(name, one.outcome, found, one.published)
    warnings = [*([said] if absent else []), *found.warnings]
    # A block of the study that tests it prints the same, and more.
    if isinstance(found, PanelFit) and all(
        block.of != name for block in shared.models.inference.values()
    ):
        tests, told = beside_default(name, found, [possible.treatment])
        made |= {"inference": tests} if len(tests) else {}
        warnings += told
    return _said_of(made, shared.lacking(one)), warnings


def _mediate(shared: _Fitting, name: str, one: Mediated) -> tuple[Tables, Sequence[str]]:
    shared.known(one.variables)
    return mediation(shared.frame, name, one)


def _moderate(shared: _Fitting, name: str, one: Moderated) -> tuple[Tables, Sequence[str]]:
    shared.known(one.variables)
    return moderation(shared.frame, name, one)


def _check(shared: _Fitting, name: str, one: Robustness) -> tuple[Tables, Sequence[str]]:
    base = shared.regression(one.of)
    counted = [one.counts] if one.counts else []
    shared.known([*one.alternative_outcomes, *one.counting_rules.values(), *counted])
    made, warnings = robustness(shared.frame, name, model_of(base), one)
    _refuse_empty(made["robustness"])
    return _said_of(made, shared.lacking(shared.models.regressions[one.of])), warnings


def _curve(shared: _Fitting, name: str, one: SpecificationCurve) -> tuple[Tables, Sequence[str]]:
    base = shared.regression(one.of)
    shared.known(list(_chosen(one)))
    wanted, empty = _less(one, shared.is_empty)
    made, warnings = curve(shared.frame, name, model_of(base), wanted)
    _refuse_empty(made["specification_curve"])
    said = f"Without any value, so not among the choices: {listed(empty)}."
    return made, [said, *warnings] if empty else warnings


def _less(
    one: SpecificationCurve, is_empty: Callable[[str], bool]
) -> tuple[SpecificationCurve, list[str]]:
    """A curve less outcomes and treatments without any value, where others are left, and those.

    All winsorised specifications of a curve share their columns, so that an empty one would cost
    them all: 468 of 648 where 108 have the empty treatment.
    """
    choices, empty = dict(one.choices), []
    for dimension in ("outcome", "treatment"):
        options = choices.get(dimension, ())
        named = options.values() if isinstance(options, Mapping) else options
        without = [str(each) for each in named if is_empty(str(each))]
        if not without or len(without) == len(options):
            continue
        empty += without
        if isinstance(options, Mapping):
            choices[dimension] = {key: v for key, v in options.items() if v not in without}
        else:
            choices[dimension] = [each for each in options if each not in without]
    return replace(one, choices=choices), list(dict.fromkeys(empty))


def _infer(shared: _Fitting, name: str, one: Inference) -> tuple[Tables, Sequence[str]]:
    made, warnings = inference(
        shared.frame, name, shared.fit(one.of), shared.regression(one.of), one
    )
    return _said_of(made, shared.lacking(shared.models.regressions[one.of])), warnings


def _family(shared: _Fitting, name: str, one: Family) -> tuple[Tables, Sequence[str]]:
    fits = {label: (shared.fit(model), term) for label, (model, term) in one.hypotheses.items()}
    return family(name, fits, one)


def _said_of(made: Tables, more: str) -> Tables:
    """Tables whose samples say one thing more; a row without sample stays without."""
    for table in made.values():
        if more:
            table["sample"] = [
                said + more if isinstance(said, str) else None for said in table["sample"]
            ]
    return made


def _refuse_empty(table: pd.DataFrame) -> None:
    """Refuse a block of which nothing could be fitted, with the reason of its first row."""
    if table["estimate"].isna().all():
        raise PanelError(str(table["note"].iloc[0]))


def _chosen(one: SpecificationCurve) -> Iterator[str]:
    """The variables that a curve's choices name."""
    for dimension, options in one.choices.items():
        for value in options.values() if isinstance(options, Mapping) else options:
            if dimension in ("outcome", "treatment"):
                yield str(value)
            elif dimension == "controls":
                yield from map(str, value or ())


def _together(tables: Sequence[Tables]) -> dict[str, pd.DataFrame]:
    names = dict.fromkeys(name for made in tables for name in made)
    return {
        name: pd.concat([made[name] for made in tables if name in made], ignore_index=True)
        for name in names
    }


def _guess(name: str, known: Any) -> str:
    near = get_close_matches(name, list(map(str, known)), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
