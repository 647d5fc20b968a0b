"""Studies: one YAML file each, read and checked here.

A study names a lexicon (its topic), a region level, sample years, the variables of its panel with
their formulas, and the models to fit. Bundled studies lie in ``orchestration/studies``; a landing
zone may hold more in its own ``studies`` folder, and one of the same name there replaces the
bundled one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from models_py.study import Models
from models_py.text import Lexicon
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.settings import UsageError
from orchestration.study_lines import Lines, StudyTextError, read_text
from orchestration.study_models import ModelsSpec, ReplicationSpec, first_of, sentence
from orchestration.study_panel import (
    PanelSpec,
    Row,
    VariableSpec,
    check_variables,
    excluded_codes,
    panel_rows,
)

BUNDLED = Path(__file__).with_name("studies")


class LexiconSpec(BaseModel):
    """The word list of a study: terms by category, and phrases that take a hit out."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    core: tuple[str, ...]
    extended: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    source: str = ""


class Study(BaseModel):
    """One study, as its YAML file states it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    title_zh: str = ""
    description: str = ""
    region_level: Literal["province", "city"] = "province"
    years: tuple[int, int] | None = None
    lexicon: LexiconSpec
    panel: PanelSpec = PanelSpec()
    variables: dict[str, VariableSpec] = Field(default_factory=dict)
    models: ModelsSpec = ModelsSpec()
    replication: ReplicationSpec | None = None

    _indicators: tuple[str, ...] = PrivateAttr(())
    _declared: Models = PrivateAttr(Models())
    _lines: Lines | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _can_be_computed(self, info: ValidationInfo) -> Study:
        known = info.context or {}
        self._indicators = tuple(known.get("indicators", ()))
        check_variables(self.variables, self._indicators, known.get("topics", ()))
        excluded_codes(self.panel, self.region_level)
        if self.variables and self.years is None:
            raise ValueError("years: a study with variables says of which years, as [2018, 2022]")
        if self.years and self.years[0] > self.years[1]:
            raise ValueError("years: the first year comes before the last")
        if self.models.any and not self.variables:
            raise ValueError("models: a study with models declares the variables they are of")
        self._declared = self.models.to_models(self.region_level)
        return self

    def panel_rows(self) -> tuple[Row, list[Row], list[Row]] | None:
        """Rows of raw.study_panels, study_variables and study_inputs; none without variables."""
        if not self.variables or self.years is None:
            return None
        return panel_rows(
            self.name,
            self.region_level,
            self.years,
            self.panel,
            self.variables,
            self._indicators,
        )

    @property
    def panel_declaration_digest(self) -> str:
        """SHA-256 of all that the panel is declared by, whatever its numbers are."""
        told = json.dumps(self.panel_rows(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def to_models(self) -> Models:
        """The models to fit."""
        return self._declared

    @property
    def models_digest(self) -> str:
        """SHA-256 of models, printed names and the lines they are told by; empty without any."""
        if not self.models.any:
            return ""
        told = self.model_dump_json(include={"models", "replication"})
        lines = [self.line_of("models", section, name) for section, name, _ in self.parts()]
        # A reason may name the line of a value, and an alias stands where its anchor does.
        lines += self._lines.under(("models",)) if self._lines else []
        return hashlib.sha256(f"{told} {lines}".encode()).hexdigest()[:16]

    def parts(self) -> list[tuple[str, str, object]]:
        """Section, name and declaration of everything that is to be fitted."""
        return list(self._declared.parts())

    def line_of(self, *path: str, word: str | None = None) -> int | None:
        """The line of the study file that declares something; none where it was not read from one.

        Args:
            path: keys from the top.
            word: a value under them, such as a variable's name.
        """
        return None if self._lines is None else self._lines.of(path, word)

    def to_lexicon(self) -> Lexicon:
        """The lexicon under the study's name as topic."""
        return Lexicon.of(
            {"core": self.lexicon.core, "extended": self.lexicon.extended},
            topic=self.name,
            exclusions=self.lexicon.exclusions,
        )


def read_study(path: Path, indicators: Sequence[str] = (), topics: Sequence[str] = ()) -> Study:
    """Read one study file.

    Args:
        path: the file.
        indicators: codes that formulas may use.
        topics: studies whose word lists they may name; any where none is given.

    Raises:
        UsageError: the file cannot be read or does not say what a study must say.
    """
    try:
        lines = Lines(read_text(path))
    except StudyTextError as error:
        where = f", line {error.line}" if error.line else ""
        raise UsageError(f"Study {path}{where}: {_one_line(str(error))}.") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(f"Study {path}: {_one_line(str(error).splitlines()[0])}") from error
    try:
        context = {"indicators": indicators, "topics": topics}
        study = Study.model_validate(lines.data, context=context)
        study.to_lexicon()
        study._lines = lines
    except ValidationError as error:
        first = first_of(error)
        place = "".join(f"{part}." for part in first["loc"]).removesuffix(".")
        said = sentence(error)
        # A check of the whole study names its place at the start of its sentence.
        keys = first["loc"] or said.partition(":")[0].split(".")
        told = f"{place}{': ' if place else ''}{said}"
        raise UsageError(f"Study {path}, line {lines.of(keys)}: {_one_line(told)}.") from error
    except ValueError as error:
        raise UsageError(f"Study {path}: {_one_line(str(error).splitlines()[0])}") from error
    if study.name != path.stem:
        raise UsageError(f"Study {path}: its name is {study.name!r}; file and name must agree.")
    return study


def _one_line(text: str) -> str:
    """A sentence that holds parts of a file, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def known_studies(landing: Path) -> dict[str, Path]:
    """Study files by name: bundled ones, then the landing zone's own."""
    folders = (BUNDLED, landing / "studies")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.y*ml"))}


def load_studies(landing: Path, names: Sequence[str] = ()) -> list[Study]:
    """The studies asked for, or all that are known.

    Raises:
        UsageError: a name is not known; the sentence lists those that are.
    """
    known = known_studies(landing)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            guess = f" Did you mean {near[0]}?" if near else ""
            raise UsageError(f"No study is named {name!r}; known: {', '.join(known)}.{guess}")
    try:
        indicators = [one.code for one in IndicatorTable.of_landing(landing)]
    except ValueError as error:
        raise UsageError(str(error)) from error
    studies = [
        read_study(known[name], indicators, list(known)) for name in dict.fromkeys(names or known)
    ]
    _check_names_together(studies)
    return studies


def _check_names_together(studies: Sequence[Study]) -> None:
    """See that variables of all studies have columns of their own, whatever their capitals.

    Raises:
        UsageError: two names differ by capitals only.
    """
    seen: dict[str, tuple[str, str]] = {}
    for study in studies:
        for name in study.variables:
            other, where = seen.setdefault(name.casefold(), (name, study.name))
            if other != name:
                raise UsageError(
                    f"The variables {other} of {where} and {name} of {study.name} differ by "
                    "capitals only; give them one name, or two."
                )
