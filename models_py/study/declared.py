"""What a study may ask for: regressions, mediations, moderations, checks, curves and families.

Belongs here: the declarations as values, nothing of files and nothing of estimation. A study file
is read and checked by ``orchestration.study_models``; ``fitting`` turns declarations into tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ENTITY, NAME, TIME = "region_code", "region_name", "year"


@dataclass(frozen=True)
class Regression:
    """One equation.

    Attributes:
        outcome: variable of the study.
        regressors: variables, the one of interest first; ``"a:b"`` is a product.
        entity_effects, time_effects: which effects.
        covariance, convention: as of ``panel.fit``.
        estimator: ``"ols"`` or ``"ppml"``.
        missing_controls: of a control without any value: ``"stop"``, or ``"leave_out"`` and say so.
        published: the table and model that it stands for, such as ``表4 模型2``.
    """

    outcome: str
    regressors: tuple[str, ...]
    entity_effects: bool = True
    time_effects: bool = True
    covariance: str = "cluster_entity"
    convention: str = "reghdfe"
    estimator: str = "ols"
    missing_controls: str = "stop"
    published: str = ""

    @property
    def treatment(self) -> str:
        """The variable of interest."""
        return self.regressors[0]

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable, products taken apart."""
        return tuple(dict.fromkeys((self.outcome, *_parts(self.regressors))))


@dataclass(frozen=True)
class Mediated:
    """A mediation: three equations and the product of paths.

    Attributes:
        outcome, treatment, mediator, controls: variables of the study.
        n_bootstrap: resamples.
        resample: ``"entity"`` or ``"row"``.
        intervals: of percentile, bc and bca; each is a set of rows.
        seed: of the resamples.
        published: names of the tables' models by equation (total, mediator, outcome), and of the
            place of the effects (effects).
    """

    outcome: str
    treatment: str
    mediator: str
    controls: tuple[str, ...] = ()
    n_bootstrap: int = 5000
    resample: str = "entity"
    intervals: tuple[str, ...] = ("percentile", "bc", "bca")
    seed: int = 0
    convention: str = "reghdfe"
    published: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable."""
        return (self.outcome, self.treatment, self.mediator, *self.controls)


@dataclass(frozen=True)
class Moderated:
    """An interaction, raw and centred.

    Attributes:
        outcome, treatment, moderator, controls: variables of the study.
        at: moderator values, or mean_sd, quantiles or grid.
        covariance, convention: as of ``panel.fit``.
        published: the table and model that the raw fit stands for.
    """

    outcome: str
    treatment: str
    moderator: str
    controls: tuple[str, ...] = ()
    at: tuple[float, ...] | str = "mean_sd"
    covariance: str = "cluster_entity"
    convention: str = "reghdfe"
    published: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable."""
        return (self.outcome, self.treatment, self.moderator, *self.controls)


@dataclass(frozen=True)
class Robustness:
    """Checks of one regression, each changing one thing.

    Attributes:
        of: name of the regression.
        alternative_outcomes: variables.
        counting_rules: variable that counts the treatment otherwise, by name of the rule.
        lags: of the treatment, in years.
        winsorise: shares, in each tail.
        leave_one_out: without each region in turn.
        without: regions left out together, by name of the group.
        counts: the outcome in levels: PPML, and what becomes of its zeros.
        treatment_zeros: without the zeros of the treatment, and any instead of how many.
    """

    of: str
    alternative_outcomes: tuple[str, ...] = ()
    counting_rules: Mapping[str, str] = field(default_factory=dict)
    lags: tuple[int, ...] = ()
    winsorise: tuple[float, ...] = ()
    leave_one_out: bool = False
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: str = ""
    treatment_zeros: bool = False


@dataclass(frozen=True)
class SpecificationCurve:
    """Every combination of choices.

    Attributes:
        of: name of the regression that says what is not chosen.
        choices: as of ``robustness.specifications``.
        n_permutations: of the joint test, each as costly as the curve; 0 for none.
        seed: of the permutations.
    """

    of: str
    choices: Mapping[str, Mapping[str, Any] | Sequence[Any]]
    n_permutations: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Inference:
    """What is asked of one regression's treatment beside its own test.

    Attributes:
        of: name of the regression.
        n_bootstrap: draws of the wild cluster bootstrap.
        n_permutations: of the randomisation test; 0 for none.
        leads: placebo leads of the treatment; 0 for none.
        oster: whether to work out delta and beta*; needs controls.
        seed: of all draws.
    """

    of: str
    n_bootstrap: int = 9999
    n_permutations: int = 4999
    leads: int = 1
    oster: bool = True
    seed: int = 0


@dataclass(frozen=True)
class Family:
    """Hypotheses that are tested together.

    Attributes:
        hypotheses: regression and term, by name.
        n_bootstrap: resamples of regions.
        seed: of the resamples.
    """

    hypotheses: Mapping[str, tuple[str, str]]
    n_bootstrap: int = 999
    seed: int = 0


@dataclass(frozen=True)
class Descriptives:
    """Variables whose moments and correlations are printed.

    Attributes:
        variables: in the order of the table.
        published: the table of moments that it stands for.
        published_correlations: the table of correlations.
    """

    variables: tuple[str, ...]
    published: str = ""
    published_correlations: str = ""


@dataclass(frozen=True)
class Models:
    """All that a study asks for, each part by name."""

    descriptives: Mapping[str, Descriptives] = field(default_factory=dict)
    regressions: Mapping[str, Regression] = field(default_factory=dict)
    mediations: Mapping[str, Mediated] = field(default_factory=dict)
    moderations: Mapping[str, Moderated] = field(default_factory=dict)
    robustness: Mapping[str, Robustness] = field(default_factory=dict)
    specification_curves: Mapping[str, SpecificationCurve] = field(default_factory=dict)
    inference: Mapping[str, Inference] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=dict)

    def parts(self) -> Iterator[tuple[str, str, Any]]:
        """Section, name and declaration of each, in the order of the sections."""
        for section in SECTIONS:
            for name, one in getattr(self, section).items():
                yield section, name, one


SECTIONS = (
    "descriptives",
    "regressions",
    "mediations",
    "moderations",
    "robustness",
    "specification_curves",
    "inference",
    "families",
)


def _parts(terms: Sequence[str]) -> Iterator[str]:
    for term in terms:
        yield from term.split(":")
