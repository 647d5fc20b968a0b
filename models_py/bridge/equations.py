"""One equation in the names of the data, and the counts that small-sample factors are made of.

Belongs here: what R and Stata scripts have in common. How each writes it is in ``r_text`` and
``stata_text``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from models_py.bridge.naming import Names
from models_py.panel.covariance import check_names, small_sample
from models_py.panel.design import Design, prepare
from models_py.panel.errors import PanelError
from models_py.panel.rows import PRODUCT
from models_py.study.declared import ENTITY, TIME


@dataclass(frozen=True)
class Term:
    """A regressor: a variable or a product.

    Attributes:
        study: as the study names it.
        factors: names in the data.
    """

    study: str
    factors: tuple[str, ...]

    @property
    def name(self) -> str:
        """In the tables of both programs: ``x`` or ``x:z``."""
        return PRODUCT.join(self.factors)

    @property
    def r(self) -> str:
        """As an R expression of columns."""
        return " * ".join(self.factors)

    @property
    def r_name(self) -> str:
        """As a name of R."""
        return f"`{self.name}`" if len(self.factors) > 1 else self.name

    @property
    def stata(self) -> str:
        """As a term of a Stata command."""
        if len(self.factors) == 1:
            return self.factors[0]
        return "#".join(f"c.{factor}" for factor in self.factors)


@dataclass(frozen=True)
class Counts:
    """What factors are made of.

    Attributes:
        n, regions, years: rows, regions and years that are used.
        absorbed: independent effects, the constant among them.
        singletons: groups of one row.
        correction: the convention's factor; reghdfe: that of the convention named so.
        df: degrees of freedom; reghdfe_df: likewise.
    """

    n: int
    regions: int
    years: int
    absorbed: int
    singletons: int
    correction: float
    reghdfe: float
    df: float
    reghdfe_df: float


@dataclass(frozen=True)
class Equation:
    """An equation of a study in the names of the data.

    Attributes:
        outcome: its column.
        terms: the regressors.
        entity_effects, time_effects, covariance, convention: as of ``panel.fit``.
        counts: None where our program refuses the equation.
        refused: the sentence why.
        absorbed: variables that the refusal is about.
    """

    outcome: str
    terms: tuple[Term, ...]
    entity_effects: bool = True
    time_effects: bool = True
    covariance: str = "cluster_entity"
    convention: str = "reghdfe"
    counts: Counts | None = None
    refused: str = ""
    absorbed: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the equation needs."""
        parts = [factor for term in self.terms for factor in term.factors]
        return tuple(dict.fromkeys((self.outcome, *parts)))

    @property
    def effects(self) -> tuple[str, ...]:
        """The columns whose effects are in the model."""
        both = (("region_id", self.entity_effects), (TIME, self.time_effects))
        return tuple(name for name, used in both if used)


Namer = Callable[[str], Term]


def namer(names: Names) -> Namer:
    """Turns a regressor of the study into a term."""

    def named(regressor: str) -> Term:
        parts = [regressor] if regressor in names else regressor.split(PRODUCT)
        unknown = [part for part in parts if part not in names]
        if unknown:
            raise PanelError(
                f"The data have no column {unknown[0]}; correct the name in the model, or add the "
                "variable to the study.",
                unknown,
            )
        return Term(regressor, tuple(names[part] for part in parts))

    return named


def equation(
    frame: pd.DataFrame,
    names: Names,
    outcome: str,
    regressors: Sequence[str],
    *,
    entity_effects: bool = True,
    time_effects: bool = True,
    covariance: str = "cluster_entity",
    convention: str = "reghdfe",
) -> Equation:
    """An equation with the counts of the rows it uses.

    Args:
        frame: the panel, in the names of the study.
        names: of the data.
        outcome: variable of the study.
        regressors: variables and products.
        entity_effects: as of ``panel.fit``.
        time_effects: as of ``panel.fit``.
        covariance: as of ``panel.fit``.
        convention: as of ``panel.fit``.

    Raises:
        PanelError: a variable that the data do not have, or a covariance or convention that there
            is not.
    """
    check_names(covariance, convention)
    named = namer(names)
    counts, refused = None, ""
    absorbed: tuple[str, ...] = ()
    try:
        design = prepare(
            frame,
            outcome,
            regressors,
            ENTITY,
            TIME,
            entity_effects=entity_effects,
            time_effects=time_effects,
        )
        counts = _counts(design, covariance, convention)
    except PanelError as error:
        refused, absorbed = str(error), error.variables
    return Equation(
        named(outcome).name,
        tuple(named(one) for one in regressors),
        entity_effects,
        time_effects,
        covariance,
        convention,
        counts,
        refused,
        absorbed,
    )


def _counts(design: Design, covariance: str, convention: str) -> Counts:
    own = small_sample(design, covariance, convention)
    reghdfe = small_sample(design, covariance, "reghdfe")
    return Counts(
        design.n,
        design.n_entities,
        design.n_periods,
        design.n_absorbed,
        len(design.singletons),
        own.factor,
        reghdfe.factor,
        own.df,
        reghdfe.df,
    )
