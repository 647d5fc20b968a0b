"""Studies: one YAML file each, read and checked here.

A study names a lexicon (its topic), a region level and sample years. Bundled studies lie in
``orchestration/studies``; a landing zone may hold more in its own ``studies`` folder, and one of
the same name there replaces the bundled one.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models_py.text import Lexicon
from orchestration.settings import UsageError

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

    def to_lexicon(self) -> Lexicon:
        """The lexicon under the study's name as topic."""
        return Lexicon.of(
            {"core": self.lexicon.core, "extended": self.lexicon.extended},
            topic=self.name,
            exclusions=self.lexicon.exclusions,
        )


def read_study(path: Path) -> Study:
    """Read one study file.

    Raises:
        UsageError: the file cannot be read or does not say what a study must say.
    """
    try:
        study = Study.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        study.to_lexicon()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(f"Study {path}: {place}: {first['msg']}.") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(f"Study {path}: {str(error).splitlines()[0]}") from error
    if study.name != path.stem:
        raise UsageError(f"Study {path}: its name is {study.name!r}; file and name must agree.")
    return study


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
    return [read_study(known[name]) for name in dict.fromkeys(names or known)]
