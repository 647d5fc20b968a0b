"""The models of a study file: what may be written there, checked, and as ``models_py`` takes them.

A mistake of form (an unknown key, a list where a name belongs) refuses the study before anything
runs. A model that cannot be fitted, for a misspelt variable or a treatment that never varies, costs
its own rows only: ``models_py.study`` says why, ``model_stages`` in which line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from models_py import study as declared
from models_py.replication.names import PrintedName
from models_py.study.declared import SECTIONS
from orchestration.ingest.regions import AmbiguousRegion, RegionTable, UnknownRegion

T = TypeVar("T")


def _printable(text: str) -> str:
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError("write it in one line, without control characters")
    return text


def _once(values: tuple[T, ...]) -> tuple[T, ...]:
    """Two of one name would be two rows of one name."""
    for at, value in enumerate(values):
        if value in values[:at]:
            raise ValueError(f"{value} stands there twice; name each once")
    return values


Name = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$", max_length=60)]
Variable = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_printable)]
# What tables and sentences print: names of rules, groups, hypotheses, published tables.
Label = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]
Covariance = Literal[
    "cluster_entity",
    "cluster_time",
    "cluster_two_way",
    "robust",
    "unadjusted",
    "driscoll_kraay",
    "hc0",
    "hc2",
    "hc3",
    "jackknife",
    "cr2",
]
Convention = Literal["reghdfe", "areg", "plm", "linearmodels", "fixest", "clusters_only", "none"]
Effects = Literal["two_way", "entity", "time", "none"]
Estimator = Literal["ols", "ppml"]
Draws = Annotated[int, Field(ge=100, le=1_000_000)]
DrawsOrNone = Annotated[int, Field(ge=0, le=1_000_000)]


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DescriptivesSpec(_Spec):
    """Variables whose moments and correlations are printed together."""

    variables: Annotated[tuple[Variable, ...], AfterValidator(_once)] = Field(min_length=1)
    published: Label = ""
    published_correlations: Label = ""


class RegressionSpec(_Spec):
    """One equation; the coefficient of the treatment is the one that checks look at."""

    outcome: Variable
    treatment: Variable
    controls: tuple[Variable, ...] = ()
    effects: Effects = "two_way"
    covariance: Covariance = "cluster_entity"
    convention: Convention = "reghdfe"
    estimator: Estimator = "ols"
    missing_controls: Literal["stop", "leave_out"] = "stop"
    published: Label = ""


class MediationSpec(_Spec):
    """A treatment, a mediator, an outcome."""

    outcome: Variable
    treatment: Variable
    mediator: Variable
    controls: tuple[Variable, ...] = ()
    n_bootstrap: Draws = 5000
    resample: Literal["entity", "row"] = "entity"
    intervals: Annotated[
        tuple[Literal["percentile", "bc", "bca"], ...], Field(min_length=1), AfterValidator(_once)
    ] = ("percentile", "bc", "bca")
    seed: Seed = 0
    convention: Convention = "reghdfe"
    published: dict[Literal["total", "mediator", "outcome", "effects"], Label] = Field(
        default_factory=dict
    )


class ModerationSpec(_Spec):
    """A treatment and what its effect depends on."""

    outcome: Variable
    treatment: Variable
    moderator: Variable
    controls: tuple[Variable, ...] = ()
    at: (
        Annotated[tuple[Finite, ...], Field(min_length=1), AfterValidator(_once)]
        | Literal["mean_sd", "quantiles", "grid"]
    ) = "mean_sd"
    covariance: Covariance = "cluster_entity"
    convention: Convention = "reghdfe"
    published: Label = ""


class RobustnessSpec(_Spec):
    """Checks of one regression."""

    of: Label
    alternative_outcomes: Annotated[tuple[Variable, ...], AfterValidator(_once)] = ()
    counting_rules: dict[Label, Variable] = Field(default_factory=dict)
    lags: Annotated[tuple[Annotated[int, Field(ge=1, le=20)], ...], AfterValidator(_once)] = ()
    winsorise: Annotated[
        tuple[Annotated[float, Field(gt=0, lt=0.5)], ...], AfterValidator(_once)
    ] = ()
    leave_one_out: bool = False
    without: dict[Label, tuple[Label, ...]] = Field(default_factory=dict)
    counts: Label = ""
    treatment_zeros: bool = False


class CurveSpec(_Spec):
    """Every combination of choices around one regression."""

    of: Label
    choices: dict[str, Any] = Field(min_length=1)
    n_permutations: Annotated[int, Field(ge=0, le=10_000)] = 0
    seed: Seed = 0


class InferenceSpec(_Spec):
    """Tests for few clusters of one regression's treatment."""

    of: Label
    n_bootstrap: Draws = 9999
    n_permutations: DrawsOrNone = 4999
    leads: Annotated[int, Field(ge=0, le=10)] = 1
    oster: bool = True
    seed: Seed = 0


class FamilySpec(_Spec):
    """Hypotheses tested together: ``[regression, term]`` by name."""

    hypotheses: dict[Label, tuple[Label, Variable]] = Field(min_length=2)
    n_bootstrap: Draws = 999
    seed: Seed = 0


class PrintedNameSpec(_Spec):
    """A name that a paper prints: the variables it may stand for, and how ours are defined."""

    variables: tuple[Variable, ...] = Field(min_length=1)
    definition: str = ""


class ReplicationSpec(_Spec):
    """The published tables that a study is set beside.

    Attributes:
        source: the paper, as marts.published_facts names it.
        names: printed names.
    """

    source: str
    names: dict[str, PrintedNameSpec]

    def to_names(self) -> dict[str, PrintedName]:
        """The names as ``models_py`` takes them."""
        return {name: PrintedName(**dict(spec)) for name, spec in self.names.items()}


class ModelsSpec(_Spec):
    """The ``models`` of a study file, by section and name."""

    descriptives: dict[Name, DescriptivesSpec] = Field(default_factory=dict)
    regressions: dict[Name, RegressionSpec] = Field(default_factory=dict)
    mediations: dict[Name, MediationSpec] = Field(default_factory=dict)
    moderations: dict[Name, ModerationSpec] = Field(default_factory=dict)
    robustness: dict[Name, RobustnessSpec] = Field(default_factory=dict)
    specification_curves: dict[Name, CurveSpec] = Field(default_factory=dict)
    inference: dict[Name, InferenceSpec] = Field(default_factory=dict)
    families: dict[Name, FamilySpec] = Field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there is anything to fit."""
        return any(getattr(self, section) for section in SECTIONS)

    def to_models(self, level: str) -> declared.Models:
        """The declarations as ``models_py`` takes them, regions as codes.

        Args:
            level: province or city.

        Raises:
            ValueError: a region that is left out is none of the level, a choice of a curve is of
                another kind, or two equations have one name; the sentence says which.
        """
        for name in self.moderations:
            if name in self.regressions:
                raise ValueError(
                    f"models.moderations.{name}: a regression has this name too, and both are "
                    "equations of one table; give one another name"
                )
        plain: dict[str, tuple[Any, Mapping[str, _Spec]]] = {
            "descriptives": (declared.Descriptives, self.descriptives),
            "mediations": (declared.Mediated, self.mediations),
            "moderations": (declared.Moderated, self.moderations),
            "inference": (declared.Inference, self.inference),
            "families": (declared.Family, self.families),
        }
        made: dict[str, Mapping[str, Any]] = {
            section: {name: kind(**dict(spec)) for name, spec in specs.items()}
            for section, (kind, specs) in plain.items()
        }
        return declared.Models(
            **made,
            regressions={name: _regression(spec) for name, spec in self.regressions.items()},
            robustness={
                name: declared.Robustness(
                    **dict(spec)
                    | {"without": _codes(spec.without, f"robustness.{name}.without", level)}
                )
                for name, spec in self.robustness.items()
            },
            specification_curves={
                name: declared.SpecificationCurve(
                    **dict(spec)
                    | {"choices": _choices(spec.choices, f"specification_curves.{name}", level)}
                )
                for name, spec in self.specification_curves.items()
            },
        )


_EFFECTS = {
    "two_way": (True, True),
    "entity": (True, False),
    "time": (False, True),
    "none": (False, False),
}


def _regression(spec: RegressionSpec) -> declared.Regression:
    entity_effects, time_effects = _EFFECTS[spec.effects]
    return declared.Regression(
        spec.outcome,
        (spec.treatment, *spec.controls),
        entity_effects=entity_effects,
        time_effects=time_effects,
        covariance=spec.covariance,
        convention=spec.convention,
        estimator=spec.estimator,
        missing_controls=spec.missing_controls,
        published=spec.published,
    )


# What the options of each choice of a curve are.
_OPTIONS: dict[str, TypeAdapter[Any]] = {
    "outcome": TypeAdapter(Variable),
    "treatment": TypeAdapter(Variable),
    "controls": TypeAdapter(tuple[Variable, ...]),
    "left_out": TypeAdapter(tuple[Label, ...]),
    "lag": TypeAdapter(Annotated[int, Field(ge=0, le=20, strict=True)]),
    "winsorise": TypeAdapter(Annotated[float, Field(ge=0, lt=0.5, strict=True)]),
    "effects": TypeAdapter(Effects),
    "covariance": TypeAdapter(Covariance),
    "convention": TypeAdapter(Convention),
    "estimator": TypeAdapter(Estimator),
}
_LABEL: TypeAdapter[str] = TypeAdapter(Label)


def _choices(choices: Mapping[str, Any], place: str, level: str) -> dict[str, Any]:
    """The choices of a curve, each option of its kind; regions that are left out may be named."""
    made: dict[str, Any] = {}
    for dimension, options in choices.items():
        where = f"models.{place}.choices.{dimension}"
        if dimension not in _OPTIONS:
            raise ValueError(f"{where}: there is no such choice; there are {', '.join(_OPTIONS)}")
        if isinstance(options, Mapping) and options:
            made[dimension] = {
                _checked(_LABEL, str(label), where): _option(dimension, one, f"{where}.{label}")
                for label, one in options.items()
            }
        elif dimension == "left_out":
            raise ValueError(
                f"{where}: give each group of regions a name, as municipalities: [北京, 天津]"
            )
        elif isinstance(options, list) and options:
            made[dimension] = [_option(dimension, one, where) for one in options]
        else:
            raise ValueError(f"{where}: give a list of options, or options by name; at least one")
    if "left_out" in made:
        made["left_out"] = _codes(made["left_out"], f"{place}.choices.left_out", level)
    return made


def _option(dimension: str, option: object, where: str) -> Any:
    lists = dimension in ("controls", "left_out")
    return _checked(_OPTIONS[dimension], () if lists and option is None else option, where)


def _checked(kind: TypeAdapter[Any], value: object, where: str) -> Any:
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        raise ValueError(f"{where}: {sentence(error)}") from None


def sentence(error: ValidationError) -> str:
    """What is wrong first, in the words of a study file, which has lists and no tuples."""
    first = first_of(error)
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        beside = [
            str(one["loc"][-1])
            for one in error.errors(include_input=False)
            if one["type"] == "missing" and one["loc"][:-1] == first["loc"][:-1]
        ]
        lacking = f", and {' and '.join(beside)} is missing" if beside else ""
        said = f"there is no such key{lacking}; correct its name or take it out"
    return said.replace("a valid tuple", "a list, as [a, b]").replace("Tuple", "List")


def first_of(error: ValidationError) -> ErrorDetails:
    """The first mistake; a misspelt key before the key that is missing for it."""
    errors = error.errors(include_input=False)
    return next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])


def _codes(
    groups: Mapping[str, tuple[str, ...]], place: str, level: str
) -> dict[str, tuple[str, ...]]:
    table = RegionTable.from_seeds()

    def code(name: str, label: str) -> str:
        try:
            return (table.get(name) if name.isdigit() else table.resolve(name)).code
        except AmbiguousRegion as error:
            found = [one.code for one in error.candidates if one.level == level]
            if len(found) == 1:
                return found[0]
            raise ValueError(f"models.{place}.{label}: {name} may mean several regions") from error
        except UnknownRegion as error:
            raise ValueError(f"models.{place}.{label}: no region is called {name}") from error

    return {label: tuple(code(name, label) for name in names) for label, names in groups.items()}
