"""The models of a study file: what may be written, what is refused in which line, within bounds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from models_py.panel.covariance import COVARIANCES
from orchestration.settings import UsageError
from orchestration.study import Study, load_studies, read_study
from orchestration.study_lines import MOST_BYTES, MOST_VALUES, Lines, StudyTextError

HEAD = """\
name: ours
title: T
years: [2018, 2022]
lexicon: {core: [芯片]}
variables:
  y: {formula: gdp}
  x: {formula: attention.n_hits}
  z: {formula: gdp * 2}
models:
  regressions:
    base:
      outcome: y
      treatment: x
      controls: &controls
        - z
"""
MORE = """\
    same:
      outcome: y
      treatment: x
      controls: *controls
  robustness:
    checks:
      of: base
      without:
        municipalities: [北京, 天津, 上海, 重庆]
        north east: [吉林, "210000"]
  specification_curves:
    curve:
      of: base
      choices:
        lag: [0, 1]
        controls: {none: , all: *controls}
        left_out: {nobody: [], 西藏: [西藏]}
"""


def read(folder: Path, text: str) -> Study:
    path = folder / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    return read_study(path, ["gdp"])


def refused(folder: Path, text: str) -> str:
    """The sentence, without the folder's name."""
    with pytest.raises(UsageError) as caught:
        read(folder, text)
    said = str(caught.value)
    assert "\n" not in said
    assert all(letter.isprintable() for letter in said)
    assert str(folder / "ours.yaml") in said
    return said.replace(str(folder / "ours.yaml"), "FILE")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_models_are_read_with_anchors_and_names_of_regions(tmp_path: Path) -> None:
    models = read(tmp_path, HEAD + MORE).to_models()
    assert models.regressions["base"].regressors == ("x", "z")
    assert models.regressions["same"] == models.regressions["base"]
    without = models.robustness["checks"].without
    assert without["municipalities"] == ("110000", "120000", "310000", "500000")
    # 吉林 is a province and a city of it; the study is of provinces.
    assert without["north east"] == ("220000", "210000")
    choices = models.specification_curves["curve"].choices
    assert choices["left_out"] == {"nobody": (), "西藏": ("540000",)}
    assert choices["controls"] == {"none": (), "all": ("z",)}
    assert choices["lag"] == [0, 1]


def test_the_bundled_study_declares_at_least_500_specifications(tmp_path: Path) -> None:
    (study,) = load_studies(tmp_path, ["chip_innovation"])
    models = study.to_models()
    count = 1
    for options in models.specification_curves["attention"].choices.values():
        count *= len(options)
    assert count >= 500
    assert models.regressions["direct"].regressors == (
        "attention",
        *("loans_to_gdp", "ln_gdp", "st_expenditure_to_gdp", "ln_population", "rd_personnel"),
    )
    assert study.replication is not None
    named = {name for spec in study.replication.names.values() for name in spec.variables}
    assert {part for name in named for part in name.split(":")} <= set(study.variables)


REFUSED = {
    "unknown region": (
        MORE.replace("天津", "火星"),
        "municipalities: [",
        "robustness.checks.without.municipalities: no region is called 火星",
    ),
    "unknown code": (
        MORE.replace("210000", "999999"),
        "north east",
        "without.north east: no region is called 999999",
    ),
    "unknown region of a curve": (
        MORE.replace("[西藏]", "[月球]"),
        "left_out",
        "curve.choices.left_out.西藏: no region is called 月球",
    ),
    "groups without names": (
        MORE.replace("{nobody: [], 西藏: [西藏]}", "[西藏]"),
        "left_out",
        "give each group of regions a name",
    ),
    "a region where a list belongs": (
        MORE.replace("西藏: [西藏]", "西藏: 西藏"),
        "left_out",
        "Input should be a list",
    ),
    "a number where a list belongs": (
        MORE.replace("西藏: [西藏]", "西藏: 5"),
        "left_out",
        "Input should be a list",
    ),
    "unknown key": (
        MORE.replace("of: base", "oof: base", 1),
        "oof: base",
        "checks.oof: there is no such key, and of is missing",
    ),
    "unknown section": (MORE.replace("robustness:", "robust:"), "robust:", "models.robust"),
    "list for a name": (
        MORE.replace("treatment: x", "treatment: [x]"),
        "treatment: [x]",
        "regressions.same.treatment: Input should be a valid string",
    ),
    "name for a list": (
        MORE.replace("controls: *controls", "controls: z", 1),
        "controls: z",
        "regressions.same.controls: Input should be a list, as [a, b]",
    ),
    "unknown choice": (MORE.replace("lag:", "lags:"), "lags:", "there is no such choice"),
    "entities are no choice": (MORE.replace("lag: [0, 1]", "entity: [x]"), "entity", "no such"),
    "lag of a word": (MORE.replace("[0, 1]", "[0, one]"), "lag:", "should be a valid integer"),
    "lead": (MORE.replace("[0, 1]", "[-1]"), "lag:", "greater than or equal to 0"),
    "no options": (MORE.replace("[0, 1]", "[]"), "lag:", "at least one"),
    "itself": (MORE.replace("[0, 1]", "&me [*me]"), "lag:", "stands inside what it is the name"),
    "bytes": (MORE.replace("[0, 1]", "[!!binary //8=]"), "lag:", "valid integer"),
    "half a letter": (
        MORE.replace("lag: [0, 1]", 'outcome: ["\\ud800"]'),
        "outcome: [",
        "unicode",
    ),
    "a tag of Python": (
        MORE.replace("[0, 1]", "!!python/object/apply:os.getcwd []"),
        "lag:",
        "could not determine a constructor",
    ),
    "control characters": (
        MORE.replace("treatment: x", 'treatment: "x\\n\\e[31m"'),
        'treatment: "x',
        "without control characters",
    ),
    "a name of two lines": (MORE.replace("curve:", '"a\\nb":'), '"a\\nb"', "match pattern"),
    "two of one name": (
        MORE.replace("same:", "base:"),
        "base:",
        "base stands here a second time (first in line 11)",
    ),
    "two sections of one name": (
        MORE.replace("specification_curves:\n", "robustness:\n"),
        "  robustness:\n    curve",
        "robustness stands here a second time",
    ),
    "moderation and regression of one name": (
        MORE + "  moderations:\n    base: {outcome: y, treatment: x, moderator: z}\n",
        "base: {outcome",
        "a regression has this name too",
    ),
    "nothing to fit it to": (MORE.replace("  robustness:", "  robustness: 5\n  x:"), "", "line"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_mistake_of_form_is_told_with_file_and_line(tmp_path: Path, kind: str) -> None:
    more, place, said = REFUSED[kind]
    told = refused(tmp_path, HEAD + more)
    if place:
        assert told.startswith(f"Study FILE, line {len(HEAD.splitlines()) + line_of(more, place)}:")
    assert said in told


def mediation(**changes: Any) -> str:
    spec = {"outcome": "y", "treatment": "x", "mediator": "z"} | changes
    lines = "".join(f"      {key}: {value}\n" for key, value in spec.items())
    return f"{HEAD}  mediations:\n    path:\n{lines}"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("n_bootstrap", 99, "greater than or equal to 100"),
        ("n_bootstrap", 10_000_000, "less than or equal to 1000000"),
        ("intervals", "[]", "List should have at least 1 item"),
        ("intervals", "[bc, bc]", "bc stands there twice"),
        ("intervals", "[normal]", "'percentile', 'bc' or 'bca'"),
        ("seed", -1, "greater than or equal to 0"),
        ("seed", 10**20, "less than or equal to"),
        ("resample", "village", "'entity' or 'row'"),
    ],
)
def test_mediations_are_checked(tmp_path: Path, key: str, value: object, said: str) -> None:
    text = mediation(**{key: value})
    told = refused(tmp_path, text)
    assert f"line {line_of(text, f'      {key}:')}: models.mediations.path.{key}" in told
    assert said in told


def test_few_and_many_draws_that_are_allowed(tmp_path: Path) -> None:
    models = read(tmp_path, mediation(n_bootstrap=100, intervals="[bca]")).to_models()
    assert models.mediations["path"].n_bootstrap == 100
    assert models.mediations["path"].intervals == ("bca",)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("  inference: {i: {of: base, n_bootstrap: 10}}\n", "greater than or equal to 100"),
        ("  families: {f: {hypotheses: {a: [base, x]}}}\n", "at least 2 items"),
        (
            "  families: {f: {hypotheses: {a: [base, x, y], b: [base, x]}}}\n",
            "List should have at most 2",
        ),
        ("  robustness: {r: {of: base, lags: [0]}}\n", "greater than or equal to 1"),
        ("  robustness: {r: {of: base, lags: [1, 1]}}\n", "1 stands there twice"),
        ("  robustness: {r: {of: base, winsorise: [0.5]}}\n", "less than 0.5"),
        (
            "  moderations: {m: {outcome: y, treatment: x, moderator: z, at: [.nan]}}\n",
            "finite number",
        ),
        ("  descriptives: {d: {variables: []}}\n", "List should have at least 1 item"),
        ("  descriptives: {d: {variables: [x, x]}}\n", "x stands there twice"),
        ("  regressions: {r: {outcome: y}}\n", "regressions stands here a second time"),
    ],
)
def test_the_other_sections_are_checked(tmp_path: Path, more: str, said: str) -> None:
    told = refused(tmp_path, HEAD + more)
    assert told.startswith(f"Study FILE, line {len(HEAD.splitlines()) + 1}:")
    assert said in told


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_every_covariance_of_the_library_may_be_asked_for(tmp_path: Path, covariance: str) -> None:
    text = HEAD + f"    hc: {{outcome: y, treatment: x, covariance: {covariance}}}\n"
    models = read(tmp_path, text).to_models()
    assert models.regressions["hc"].covariance == covariance


def test_models_need_variables(tmp_path: Path) -> None:
    text = "name: ours\ntitle: T\nlexicon: {core: [芯片]}\n" + HEAD[HEAD.index("models:") :]
    assert "line 4: models: a study with models declares the variables" in refused(tmp_path, text)


def test_a_misspelt_variable_does_not_refuse_the_study(tmp_path: Path) -> None:
    """It costs its own models only, when they are fitted."""
    assert read(tmp_path, HEAD.replace("treatment: x", "treatment: xx")).to_models().regressions


def test_lines_of_nested_places() -> None:
    lines = Lines(HEAD + MORE)
    text = HEAD + MORE
    assert lines.of(("models", "regressions", "base")) == 11
    assert lines.of(("models", "regressions", "base", "controls")) == 14
    assert lines.of(("models", "regressions", "base", "controls", 0)) == 15
    assert lines.of(("models", "regressions", "base"), "z") == 15
    # What an alias stands for is written at its anchor.
    assert lines.of(("models", "regressions", "same"), "z") == 15
    assert lines.of(("models", "regressions", "same"), "x") == line_of(text, "same:") + 2
    assert lines.of(("models", "robustness", "checks", "without", "north east")) == line_of(
        text, "north east"
    )
    # A place that is not there: as far as there is one.
    assert lines.of(("models", "regressions", "none", "outcome")) == 10
    assert lines.of(("models", "regressions", "base"), "nowhere") == 11
    assert lines.of(("no", "such")) == 1
    assert Lines("").of(("a",)) == 1
    assert Lines("[1,\n [2,\n 3]]").of((1, 1)) == 3


def test_a_study_tells_the_lines_of_its_parts(tmp_path: Path) -> None:
    study = read(tmp_path, HEAD + MORE)
    assert study.line_of("models", "regressions", "base", word="z") == 15
    assert (
        Study.model_validate({"name": "a", "title": "T", "lexicon": {"core": ["芯片"]}}).line_of(
            "models"
        )
        is None
    )


def digest(folder: Path, text: str) -> str:
    return read(folder, text).models_digest


def test_the_digest_changes_with_what_is_fitted_and_what_is_told(tmp_path: Path) -> None:
    text = HEAD + MORE
    whole = digest(tmp_path, text)
    assert digest(tmp_path, text) == whole
    printed = "replication: {source: seed000, names: {Chip: {variables: [y]}}}\n"
    for other in (
        text.replace("lag: [0, 1]", "lag: [0]"),
        text.replace("same:", "other:"),
        text.replace("outcome: y\n", "outcome: z\n", 1),
        text + printed,
        text + printed.replace("Chip", "Chips"),
        "# A line above moves what reasons name.\n" + text,
        # Within a part, too: reasons name the line of a variable.
        text.replace("      treatment: x\n", "\n      treatment: x\n", 1),
        text.replace("        left_out:", "        # A comment.\n        left_out:"),
    ):
        assert digest(tmp_path, other) != whole, other
    assert digest(tmp_path, text + printed) != digest(
        tmp_path, text + printed.replace("Chip", "Chips")
    )


def test_the_digest_stays_with_what_moves_nothing(tmp_path: Path) -> None:
    text = HEAD + MORE
    whole = digest(tmp_path, text)
    for other in (
        text + "# The end.\n\n# Really.\n",
        text.replace("title: T", "title: Another"),
        text.replace("lag: [0, 1]", "lag: [0, 1]  # years"),
        text.replace("{formula: gdp * 2}", "{formula: gdp * 3}"),
    ):
        assert digest(tmp_path, other) == whole, other


def test_a_study_without_models_has_no_digest(tmp_path: Path) -> None:
    assert digest(tmp_path, HEAD[: HEAD.index("models:")]) == ""


def bomb(indent: str, opening: str, rows: int = 9) -> str:
    """Nine aliases of nine aliases of …: 9 to the power of ``rows`` values in ``rows`` lines."""
    lines = [f"{indent}l0: &l0 {opening.format('1')}\n"]
    for row in range(1, rows):
        inside = ", ".join([f"*l{row - 1}"] * 9)
        lines.append(f"{indent}l{row}: &l{row} {opening.format(inside)}\n")
    return "".join(lines)


BOMBS = {
    "at the top": HEAD + bomb("", "[{}]"),
    "in choices": f"{HEAD}  specification_curves:\n    c:\n      of: base\n      choices:\n"
    + bomb("        ", "[{}]"),
    "in the lexicon": HEAD.replace("{core: [芯片]}", "\n" + bomb("  ", "[{}]")),
    "in merges": HEAD
    + "m0: &m0 {a: 1}\n"
    + "".join(
        f"m{row}: &m{row} {{<<: [{', '.join([f'*m{row - 1}'] * 9)}]}}\n" for row in range(1, 9)
    ),
    "a long list in many models": HEAD.replace(
        "        - z\n", "".join(f"        - c{at}\n" for at in range(1000))
    )
    + "".join(
        f"    r{at}: {{outcome: y, treatment: x, controls: *controls}}\n" for at in range(1000)
    ),
    "a chain of anchors": HEAD
    + "".join(
        f"{'a' if at else ''}{at}: &a{at} [{f'*a{at - 1}' if at else ''}]\n" for at in range(5000)
    ),
    "doubled 10,000 times": HEAD
    + "d0: &d0 [l]\n"
    + "".join(f"d{at}: &d{at} [*d{at - 1}, *d{at - 1}]\n" for at in range(1, 10_000)),
    "deep": HEAD + "deep: " + "[" * 5000 + "]" * 5000 + "\n",
    "long": HEAD + "#" + "x" * 20_000_000 + "\n",
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_file_that_unfolds_beyond_bounds_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    began = time.monotonic()
    told = refused(tmp_path, BOMBS[kind])
    # Most take milliseconds; unbounded, the one in choices took a minute and gigabytes.
    assert time.monotonic() - began < 10
    assert len(told) < 400
    assert any(
        part in told
        for part in (f"more than {MOST_VALUES:,} values", "deep in one another", "256 kB")
    )


def test_many_anchors_that_stand_for_little_are_read() -> None:
    """Both directions: 2,000 anchors, each used once, are a long file and no bomb."""
    text = "".join(f"a{at}: &a{at} [1, 2]\nb{at}: *a{at}\n" for at in range(2000))
    assert len(Lines(text).data) == 4000
    assert Lines("base: &base {a: 1}\nmore: {<<: *base, b: 2}\n").data["more"] == {"a": 1, "b": 2}


def test_text_that_is_no_yaml_is_told_with_its_line() -> None:
    with pytest.raises(StudyTextError, match="correct the YAML there") as caught:
        Lines("a: 1\nb: [1,\n")
    assert caught.value.line == 3
    with pytest.raises(StudyTextError) as caught:
        Lines("a: 1\n\tb: 2\n")
    assert caught.value.line == 2


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    for content in (b"name: \xff", b"name: \x00", HEAD.encode("utf-16"), b"#" * (MOST_BYTES + 1)):
        path.write_bytes(content)
        with pytest.raises(UsageError) as caught:
            read_study(path)
        assert "\n" not in str(caught.value)
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert read_study(path, ["gdp"]).name == "ours"
