"""One regression as a value: what a check changes one thing of, and a curve many things of.

Belongs here: the description, and the row its fit gives. Which changes make a check is in
``checks``; which make a specification curve in ``curve``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit, fit
from models_py.robustness.counts import CountFit, count_convention, ppml
from models_py.robustness.samples import (
    exchanged,
    lag_name,
    parts_of,
    winsorised,
    with_lag,
    without,
)

ESTIMATORS = ("ols", "ppml")
# linearmodels takes 25 ms a fit at N = 155, our own engine 2 ms with the same numbers to 1e-8:
# over 31 regions and 500 specifications that is the difference between seconds and half a minute.
ENGINE = "gram"


@dataclass(frozen=True)
class Model:
    """A regression of an outcome on a treatment.

    Attributes:
        outcome: numeric column.
        treatment: numeric column, whose coefficient is reported.
        controls: numeric columns and products; a product of the treatment follows its lag.
        entity: column of entities.
        time: column of periods.
        entity_effects, time_effects: which effects.
        covariance, convention: as of ``panel.fit``; a PPML model takes the convention
            ``counts.count_convention`` makes of it.
        lag: periods the treatment is lagged.
        winsorise: share pulled in, in each tail of outcome, treatment and controls.
        left_out: entities left out.
        estimator: ``"ols"`` or ``"ppml"``.
    """

    outcome: str
    treatment: str
    controls: tuple[str, ...] = ()
    entity: str = "region_code"
    time: str = "year"
    entity_effects: bool = True
    time_effects: bool = True
    covariance: str = "cluster_entity"
    convention: str = "reghdfe"
    lag: int = 0
    winsorise: float = 0.0
    left_out: tuple[object, ...] = ()
    estimator: str = "ols"

    @property
    def term(self) -> str:
        """The treatment as the fitted model names it."""
        return lag_name(self.treatment, self.lag)

    @property
    def regressors(self) -> tuple[str, ...]:
        """Treatment and controls as the fitted model names them."""
        if not self.lag:
            return (self.treatment, *self.controls)
        return (self.term, *exchanged(self.controls, self.treatment, self.term))

    def recounted(self, treatment: str) -> Model:
        """The model of another column of the treatment, in the products of controls as well.

        Args:
            treatment: the column to put in its place.
        """
        controls = exchanged(self.controls, self.treatment, treatment)
        return replace(self, treatment=treatment, controls=controls)

    def changed(self, frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
        """The frame with entities left out, columns winsorised and the treatment lagged.

        Args:
            frame: one row an entity and period.
            columns: those to winsorise; of a product its parts are, and it follows.

        Raises:
            PanelError: an unknown column or entity, or duplicates to lag.
        """
        if self.left_out:
            frame = without(frame, self.entity, self.left_out)
        frame = winsorised(frame, parts_of(frame, columns), self.winsorise)
        return with_lag(frame, self.treatment, self.entity, self.time, self.lag)

    def fit(self, frame: pd.DataFrame) -> PanelFit | CountFit:
        """Change the frame as described and fit.

        Raises:
            PanelError: as ``panel.fit`` and ``ppml``.
        """
        return self.fit_changed(self.changed(frame, [self.outcome, self.treatment, *self.controls]))

    def fit_changed(self, frame: pd.DataFrame) -> PanelFit | CountFit:
        """Fit a frame that ``changed`` has made.

        Raises:
            PanelError: as ``panel.fit`` and ``ppml``.
        """
        if self.estimator not in ESTIMATORS:
            raise PanelError(
                f"estimator is {self.estimator!r}; it is one of {', '.join(ESTIMATORS)}."
            )
        if self.estimator == "ppml":
            return ppml(
                frame,
                self.outcome,
                self.regressors,
                self.entity,
                self.time,
                entity_effects=self.entity_effects,
                time_effects=self.time_effects,
                covariance=self.covariance,
                convention=count_convention(self.convention),
                engine="absorb",
            )
        return fit(
            frame,
            self.outcome,
            self.regressors,
            self.entity,
            self.time,
            entity_effects=self.entity_effects,
            time_effects=self.time_effects,
            covariance=self.covariance,
            convention=self.convention,
            engine=ENGINE,
        )


COLUMNS = (
    "outcome",
    "term",
    "estimate",
    "std_error",
    "t",
    "p",
    "ci_low",
    "ci_high",
    "n_obs",
    "n_entities",
    "se_type",
    "standardised",
    "note",
)


def row_of(frame: pd.DataFrame, model: Model) -> dict[str, object]:
    """``row_by`` of a frame as it is.

    Args:
        frame: one row an entity and period.
        model: what to fit.
    """
    return row_by(lambda: model.fit(frame), model)


def row_by(fit_it: Callable[[], PanelFit | CountFit], model: Model) -> dict[str, object]:
    """The coefficient of the treatment, or the sentence why there is none.

    Args:
        fit_it: fits the model.
        model: what is fitted.

    Returns:
        ``COLUMNS`` by name: numbers are None and ``note`` says why where the model cannot be
        fitted, so that one bad specification does not stop the others. ``standardised`` is in
        outcome standard deviations a standard deviation of the treatment, after the effects.
    """
    empty: dict[str, object] = {
        **dict.fromkeys(COLUMNS),
        "outcome": model.outcome,
        "term": model.term,
    }
    try:
        found = fit_it()
    except PanelError as error:
        return {**empty, "note": str(error)}
    terms = found.coefficients["term"].to_numpy().tolist()
    if model.term not in terms:
        return {**empty, "note": " ".join(found.warnings)}
    at = terms.index(model.term)
    numbers = found.coefficients.iloc[at]
    out = {**empty, **{name: float(numbers[name]) for name in COLUMNS[2:8]}}
    for name in ("n_obs", "n_entities", "se_type"):
        out[name] = found.statistics[name]
    if isinstance(found, PanelFit):
        design = found.design
        ratio = float(design.x_within[:, at].std() / design.y_within.std())
        out["standardised"] = float(numbers["estimate"]) * ratio
    out["note"] = " ".join(found.warnings)
    return out
