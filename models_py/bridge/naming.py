"""Names of variables that Stata and R both take, and which variable of the study each stands for.

Names that both take stay as they are. Others (Chinese, longer than 32 characters, reserved words)
keep their ASCII letters and get six digits of a hash of the whole name, so that a name does not
change when a study gets another variable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models_py.bridge.escaping import ascii_part, digest

LONGEST_NAME = 32  # of Stata
_VALID = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}")
# Columns of the data file that are not variables of the study.
KEYS = ("region_id", "region_code", "region_name", "year", "is_sample")
_STATA = (
    *("alias", "byte", "case", "double", "end", "exp", "float", "global", "if", "in", "int"),
    *("local", "long", "pi", "program", "scalar", "strL", "using", "with", "_all", "_n", "_N"),
    *("const", "_cons", "region_drawn"),  # the constant's row, and a column of the scripts
)
_STATA_STRING = re.compile(r"str\d+")
_R = (
    *("if", "else", "repeat", "while", "function", "for", "next", "break", "TRUE", "FALSE"),
    *("NULL", "Inf", "NaN", "NA", "in", "T", "F"),
)
RESERVED = frozenset(name.lower() for name in (*KEYS, *_STATA, *_R))


@dataclass(frozen=True)
class Names:
    """Which name in the data each variable of the study has.

    Attributes:
        by_study: name in the data by name in the study.
    """

    by_study: dict[str, str]

    def __getitem__(self, variable: str) -> str:
        """The name in the data."""
        return self.by_study[variable]

    def __contains__(self, variable: object) -> bool:
        """Whether the data have the variable."""
        return variable in self.by_study

    def changed(self) -> dict[str, str]:
        """Name in the study by name in the data, of variables that have another one there."""
        return {data: study for study, data in self.by_study.items() if data != study}


def name_variables(variables: Sequence[str], time: str) -> Names:
    """Give each variable a name that Stata and R take.

    Args:
        variables: of the study.
        time: column of periods, which keeps its name as a variable too.

    Returns:
        The names; no two differ in case only, as spreadsheets and databases would mix them up.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    # Those that stay as they are first: a made name must not take one of theirs.
    plain = [one for one in dict.fromkeys(variables) if _stays(one) or one == time]
    for variable in plain:
        if variable.lower() not in taken:
            names[variable] = variable
            taken.add(variable.lower())
    for variable in dict.fromkeys(variables):
        if variable in names:
            continue
        made = _made(variable)
        count = 1
        while made.lower() in taken:
            count += 1
            made = f"{_made(variable)[: LONGEST_NAME - 4]}_{count}"
        names[variable] = made
        taken.add(made.lower())
    return Names({variable: names[variable] for variable in dict.fromkeys(variables)})


def _stays(name: str) -> bool:
    return bool(
        _VALID.fullmatch(name)
        and name.lower() not in RESERVED
        and not _STATA_STRING.fullmatch(name)
    )


def _made(name: str) -> str:
    kept = ascii_part(name)[: LONGEST_NAME - 9]
    stem = kept if kept[:1].isalpha() else f"v_{kept}".rstrip("_")
    return f"{stem}_{digest(name)}"
