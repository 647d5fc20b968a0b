"""Both scripts of every declared model, as texts by file name.

Belongs here: the header of a script (what it is, on which rows, our numbers) and which builder
makes it. Writing files is in ``write``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite, isnan
from typing import Any

import pandas as pd

from models_py.bridge import r_models, stata_models, stata_text
from models_py.bridge.dataset import Dataset
from models_py.bridge.equations import Equation, equation, namer
from models_py.bridge.escaping import file_stem, one_line
from models_py.mediation.intervals import METHODS
from models_py.mediation.mediate import RESAMPLED
from models_py.panel.errors import PanelError
from models_py.panel.rows import PRODUCT, one_of
from models_py.robustness.counts import COVARIANCES as COUNT_COVARIANCES
from models_py.robustness.model import ESTIMATORS
from models_py.study.declared import Descriptives, Mediated, Models, Moderated, Regression

SAMPLE = (
    "SAMPLE DATA: the numbers are made up. 样例数据，并非真实数据。"  # wherever a number is shown
)
NOT_RUN = "Written by xinku; not run in Stata by us."


@dataclass(frozen=True)
class Scripts:
    """The scripts of one declared model.

    Attributes:
        section, name: where the study declares it.
        stem: of the files.
        do, r: texts; empty where the model cannot be written.
        problem: the sentence why.
        commands: Stata command and R function that make its numbers, for the README.
    """

    section: str
    name: str
    stem: str
    do: str = ""
    r: str = ""
    problem: str = ""
    commands: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Writer:
    """What all scripts of a study share.

    Attributes:
        study: its name. stem: of the data files.
        frame: the panel in the names of the study.
        data: the same in the names of the files.
        models: the declarations.
        results: model, term, estimate, std_error, p of our run, or None.
        is_sample: whether the data are synthetic.
        note: of whoever exports.
    """

    study: str
    stem: str
    frame: pd.DataFrame
    data: Dataset
    models: Models
    results: pd.DataFrame | None
    is_sample: bool
    note: str
    taken: set[str] = field(default_factory=set)

    def all(self) -> Iterator[Scripts]:
        """The scripts of each model, in the order declared."""
        ways: dict[str, Callable[[str, str, Any], Scripts]] = {
            "descriptives": self._descriptives,
            "regressions": self._regression,
            "mediations": self._mediation,
            "moderations": self._moderation,
        }
        for section, name, one in self.models.parts():
            if section not in ways:
                continue
            stem = self._stem(section, name)
            try:
                yield ways[section](name, stem, one)
            except PanelError as error:
                yield Scripts(section, name, stem, problem=str(error))

    def _stem(self, section: str, name: str) -> str:
        stem = file_stem(name, self.taken)
        self.taken.add(stem.lower())
        if section == "descriptives":
            self.taken.add(f"{stem}_correlations".lower())
        return stem

    def _header(
        self,
        title: str,
        columns: Sequence[str],
        equations: Sequence[Equation],
        models: Sequence[str],
    ) -> list[str]:
        lines = [title, f"Study {self.study}."]
        lines += [SAMPLE] if self.is_sample else []
        lines += [one_line(self.note)] if self.note else []
        new_to_old = {new: old for old, new in self.data.names.by_study.items()}
        lines += ["", "Variables:"]
        for name in dict.fromkeys(columns):
            old = new_to_old.get(name, name)
            renamed = "" if old == name else f"{one_line(old, 80)}: "
            lines.append(f"  {name}: {renamed}{one_line(self.data.label(old).shown, 160)}")
        for one in equations[:1]:
            if one.counts:
                counts = one.counts
                said = f"Rows used: {counts.n} of {counts.regions} regions and {counts.years} years"
                lines += ["", f"{said}; {one.covariance}, {one.convention}."]
            if one.refused:
                lines += ["", f"Our program refuses this model: {one_line(one.refused)}"]
        return [*lines, "", *self._ours(models)]

    def _ours(self, models: Sequence[str]) -> list[str]:
        if self.results is None:
            return []
        lines = []
        for model in models:
            rows = self.results.loc[self.results["model"].astype(str) == model]
            part = f"{model[len(models[0]) + 1 :]}: " if model != models[0] else ""
            for row in rows.to_dict("records"):
                term = one_line(row["term"], 80)
                estimate, error, p = (_number(row[name]) for name in ("estimate", "std_error", "p"))
                said = f"{estimate:.6g}" + ("" if isnan(error) else f" ({error:.6g})")
                lines.append(f"ours: {part}{term} {said}" + ("" if isnan(p) else f", p = {p:.4g}"))
        return lines or ["We have no numbers of this model: it was refused, or not fitted."]

    def _descriptives(self, name: str, stem: str, one: Descriptives) -> Scripts:
        named = namer(self.data.names)
        terms = [named(variable) for variable in one.variables]
        header = self._header(
            f"{name}: descriptive statistics and correlations",
            [term.name for term in terms],
            [],
            [],
        )
        header = [line for line in header if not line.startswith("We have no numbers")]
        return Scripts(
            "descriptives",
            name,
            stem,
            stata_models.descriptives([*header, NOT_RUN], self.stem, terms),
            r_models.descriptives(header, self.stem, stem, terms),
            commands=("tabstat, pwcorr, xtsum", "quantile, cor"),
        )

    def _regression(self, name: str, stem: str, one: Regression) -> Scripts:
        one_of("estimator", one.estimator, ESTIMATORS)
        counted = one.estimator == "ppml"
        found = equation(
            self.frame,
            self.data.names,
            one.outcome,
            one.regressors,
            entity_effects=one.entity_effects,
            time_effects=one.time_effects,
            covariance=one.covariance,
            convention="clusters_only" if counted else one.convention,
        )
        if counted:
            if one.covariance not in COUNT_COVARIANCES:
                raise PanelError(
                    f"A count model has no covariance {one.covariance}; it is one of "
                    f"{', '.join(COUNT_COVARIANCES)}."
                )
            found = replace(found, convention="ppmlhdfe")
        published = f", {one.published}" if one.published else ""
        header = self._header(f"{name}: {one.outcome}{published}", found.columns, [found], [name])
        r_header = [*header, r_models.fixest(found, counts=counted)]
        do_header = [*header, NOT_RUN]
        if counted:
            return Scripts(
                "regressions",
                name,
                stem,
                stata_models.count_model(do_header, self.stem, found),
                r_models.count_model(r_header, self.stem, stem, found),
                commands=("ppmlhdfe", "glm, sandwich::vcovCL"),
            )
        asked = [each for each in self.models.inference.values() if each.of == name]
        do = stata_models.regression(do_header, self.stem, found, asked)
        used = stata_text.command(found).text.split()[0].rstrip(",:")
        return Scripts(
            "regressions",
            name,
            stem,
            do,
            r_models.regression(r_header, self.stem, stem, found),
            commands=(used + (", boottest" if asked else ""), "lm, sandwich"),
        )

    def _mediation(self, name: str, stem: str, one: Mediated) -> Scripts:
        one_of("resample", one.resample, RESAMPLED)
        for interval in one.intervals:
            one_of("interval", interval, METHODS)
        covariance = "cluster_entity" if one.resample == "entity" else "unadjusted"
        whole = equation(
            self.frame,
            self.data.names,
            one.outcome,
            [one.mediator, one.treatment, *one.controls],
            covariance=covariance,
            convention=one.convention,
        )
        # The three equations use the rows that have every variable.
        complete = self.frame.dropna(subset=[*self._parts(one.variables)])

        def part(outcome: str) -> Equation:
            return equation(
                complete,
                self.data.names,
                outcome,
                [one.treatment, *one.controls],
                covariance=covariance,
                convention=one.convention,
            )

        three = (part(one.mediator), whole, part(one.outcome))
        models = [name, f"{name}.mediator", f"{name}.outcome", f"{name}.total"]
        header = self._header(
            f"{name}: {one.treatment} on {one.outcome} through {one.mediator}",
            whole.columns,
            [whole],
            models,
        )
        return Scripts(
            "mediations",
            name,
            stem,
            stata_models.mediation([*header, NOT_RUN], self.stem, three, one),
            r_models.mediation(header, self.stem, stem, three, one),
            commands=("reghdfe, bootstrap", "lm.fit, sandwich, sample"),
        )

    def _parts(self, variables: Sequence[str]) -> list[str]:
        named = [[one] if one in self.frame.columns else one.split(PRODUCT) for one in variables]
        return list(dict.fromkeys(part for parts in named for part in parts))

    def _moderation(self, name: str, stem: str, one: Moderated) -> Scripts:
        if isinstance(one.at, str):
            one_of("at", one.at, ("mean_sd", "quantiles", "grid"))
        elif not one.at or not all(isfinite(value) for value in one.at):
            raise PanelError("The values to evaluate the moderator at must be finite numbers.")
        product = f"{one.treatment}{PRODUCT}{one.moderator}"

        def raw(terms: list[str]) -> Equation:
            return equation(
                self.frame,
                self.data.names,
                one.outcome,
                [*terms, product, *one.controls],
                covariance=one.covariance,
                convention=one.convention,
            )

        found = raw([one.treatment, one.moderator])
        if found.absorbed == (one.moderator,):
            # A moderator that the effects absorb still moderates, as in moderation.moderate.
            found = raw([one.treatment])
        header = self._header(
            f"{name}: {one.treatment} on {one.outcome}, by {one.moderator}",
            [*found.columns, self.data.names[one.moderator]],
            [found],
            [name, f"{name}.centred"],
        )
        roles = (self.data.names[one.treatment], self.data.names[one.moderator])
        return Scripts(
            "moderations",
            name,
            stem,
            stata_models.moderation([*header, NOT_RUN], self.stem, found, roles, one.at),
            r_models.moderation(header, self.stem, stem, found, roles, one.at),
            commands=("reghdfe, margins", "lm, sandwich"),
        )


def _number(value: object) -> float:
    """A result as a number; what is none is missing."""
    return float(pd.to_numeric(pd.Series([value]), errors="coerce").astype("float64").iloc[0])
