"""Files for Stata and R: names, escaping, types, bytes. That R agrees is tests/acceptance' matter."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from models_py.bridge import VariableLabel, write_bridge
from models_py.bridge.escaping import file_stem, in_cell, in_comment, in_label, in_markdown
from models_py.bridge.naming import name_variables
from models_py.panel.errors import PanelError
from models_py.study.declared import (
    Descriptives,
    Inference,
    Mediated,
    Models,
    Moderated,
    Regression,
)
from models_py.study.equations import fit_regression

ATTENTION = "政府注意力"
HOSTILE = (
    '坏"标签`x\' $HOME */ /* // \\ ` \n shell rm -rf\r\nsystem("x") \u2028 next \u202e end ///'
)


def panel(seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    region = np.repeat(np.arange(8), 4)
    frame = pd.DataFrame(
        {
            "region_code": [f"{110000 + 1000 * at}" for at in region],
            "region_name": [f"省{at}" for at in region],
            "year": np.tile(np.arange(2018, 2022), 8),
            "y": draw.normal(size=32),
            ATTENTION: draw.normal(size=32),
            "m": draw.normal(size=32),
            "z": draw.normal(size=32) + 1e6,
            "count": draw.poisson(3.0, size=32),
        }
    )
    frame.loc[3, "z"] = np.nan
    return frame


def declared() -> Models:
    return Models(
        descriptives={"table2": Descriptives(("y", ATTENTION))},
        regressions={
            "baseline": Regression("y", (ATTENTION, "z")),
            "by_hand": Regression("y", (ATTENTION, f"{ATTENTION}:z"), convention="plm"),
            "with_areg": Regression("y", (ATTENTION,), convention="areg"),
            "plain": Regression("y", ("z",), entity_effects=False, time_effects=False),
            "counted": Regression("count", (ATTENTION,), estimator="ppml"),
        },
        mediations={"through_m": Mediated("y", ATTENTION, "m", ("z",), n_bootstrap=200, seed=7)},
        moderations={"by_z": Moderated("y", ATTENTION, "z")},
        inference={"wild": Inference("baseline", n_bootstrap=999, seed=5)},
    )


LABELS = [
    VariableLabel("y", "创新", "Innovation", "log"),
    VariableLabel(ATTENTION, "政府注意力", "Attention", "hits"),
]


def written(folder: Path, **options: object) -> dict[str, Path]:
    given: dict[str, object] = {"models": declared(), "frame": panel(), "labels": LABELS, **options}
    paths = write_bridge(
        folder,
        str(given.pop("study", "chips")),
        given.pop("frame"),  # type: ignore[arg-type]
        given.pop("models"),  # type: ignore[arg-type]
        given.pop("labels"),  # type: ignore[arg-type]
        **given,  # type: ignore[arg-type]
    )
    assert all(path.is_file() for path in paths)
    return {path.relative_to(folder).as_posix(): path for path in paths}


def code_of(path: Path) -> list[str]:
    """Lines that a program runs."""
    mark = "#" if path.suffix == ".R" else "*"
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith(mark)]


def test_every_model_has_both_scripts_and_the_data_lie_beside_them(tmp_path: Path) -> None:
    names = list(written(tmp_path))
    assert names[:3] == ["data/chips.csv", "data/chips.dta", "data/chips_codebook.csv"]
    models = ["table2", "baseline", "by_hand", "with_areg", "plain", "counted"]
    models += ["through_m", "by_z"]
    assert names[3:-1] == [f"{name}{suffix}" for name in models for suffix in (".do", ".R")]
    assert names[-1] == "README.md"


def test_the_commands_of_stata(tmp_path: Path) -> None:
    files = written(tmp_path)
    x = name_variables([ATTENTION], "year")[ATTENTION]
    commands = {
        name: "\n".join(code_of(path)) for name, path in files.items() if path.suffix == ".do"
    }
    assert 'use "data/chips.dta", clear' in commands["baseline.do"]
    said = f"reghdfe y {x} z, absorb(region_id year) vce(cluster region_id)\n"
    assert said in commands["baseline.do"]
    assert f"boottest {x}, reps(999) seed(5)" in commands["baseline.do"]
    assert "boottest" not in commands["with_areg.do"]
    assert (
        f"areg y {x} i.year, absorb(region_id) vce(cluster region_id)" in commands["with_areg.do"]
    )
    assert commands["plain.do"].endswith("regress y z, vce(cluster region_id)")
    assert f"reghdfe y {x} c.{x}#c.z, absorb(region_id year)" in commands["by_hand.do"]
    assert "scalar ratio = " in commands["by_hand.do"]
    assert "scalar ratio" not in commands["baseline.do"]
    assert (
        f"ppmlhdfe count {x}, absorb(region_id year) vce(cluster region_id)"
        in commands["counted.do"]
    )
    assert "bca" in commands["through_m.do"]
    assert "cluster(region_id) idcluster(region_drawn)" in commands["through_m.do"]
    assert "reps(200) seed(7)" in commands["through_m.do"]
    assert f"margins, dydx({x}) at(z = (`points')) noestimcheck" in commands["by_z.do"]
    assert "pwcorr" in commands["table2.do"]


def test_what_r_runs_is_ascii_and_says_its_factor(tmp_path: Path) -> None:
    files = written(tmp_path)
    for name, path in files.items():
        if path.suffix == ".R":
            assert "\n".join(code_of(path)).isascii(), name
            assert path.read_text(encoding="utf-8").count("(") == path.read_text(
                encoding="utf-8"
            ).count(")")
    text = files["baseline.R"].read_text(encoding="utf-8")
    assert "G / (G - 1) * (n - 1) / (n - (k + 1 + (years - 1)))" in text
    x = name_variables([ATTENTION], "year")[ATTENTION]
    assert f"# The same with fixest: feols(y ~ {x} + z | region_id + year, panel, " in text
    assert f"{x}: 政府注意力: 政府注意力 / Attention (hits)" in text


def test_our_numbers_stand_as_comments(tmp_path: Path) -> None:
    results = pd.DataFrame(
        {
            "model": ["baseline", "by_z.centred", "through_m.mediator"],
            "term": [ATTENTION, "z", ATTENTION],
            "estimate": [0.0692, 0.5, 0.25],
            "std_error": [0.0213, np.nan, 0.1],
            "p": [0.0031, None, 0.5],
        }
    )
    files = written(tmp_path, results=results)
    for suffix, mark in ((".do", "*"), (".R", "#")):
        text = files[f"baseline{suffix}"].read_text(encoding="utf-8")
        assert f"{mark} ours: 政府注意力 0.0692 (0.0213), p = 0.0031\n" in text
        assert f"{mark} ours: centred: z 0.5\n" in files[f"by_z{suffix}"].read_text("utf-8")
        text = files[f"through_m{suffix}"].read_text(encoding="utf-8")
        assert f"{mark} ours: mediator: 政府注意力 0.25 (0.1), p = 0.5\n" in text
        assert "We have no numbers of this model" in files[f"counted{suffix}"].read_text("utf-8")


RESCALED = [
    ("cluster_entity", "plm"),
    ("cluster_entity", "linearmodels"),
    ("cluster_entity", "clusters_only"),
    ("cluster_entity", "none"),
    ("cluster_two_way", "areg"),
    ("cluster_time", "linearmodels"),
    ("robust", "none"),
    ("unadjusted", "none"),
    ("hc0", "reghdfe"),
]


@pytest.mark.parametrize(("covariance", "convention"), RESCALED)
@pytest.mark.parametrize("effects", [True, False])
def test_the_ratio_turns_reghdfe_into_the_convention(
    tmp_path: Path, covariance: str, convention: str, effects: bool
) -> None:
    own = Regression("y", (ATTENTION, "m"), effects, effects, covariance, convention)
    files = written(tmp_path, models=Models(regressions={"one": own}))
    text = files["one.do"].read_text(encoding="utf-8")
    if (covariance, convention, effects) == ("cluster_two_way", "areg", False):
        assert "ratio" not in text  # without effects the two conventions are one
        return
    ratio = float(re.findall(r"scalar ratio = (\S+)", text)[0])
    df = float(re.findall(r"ttail\((\d+),", text)[0])
    native = "robust" if covariance == "hc0" else covariance
    theirs = fit_regression(panel(), replace(own, covariance=native, convention="reghdfe"))
    ours = fit_regression(panel(), own)
    np.testing.assert_allclose(
        theirs.coefficients["std_error"] * np.sqrt(ratio), ours.coefficients["std_error"]
    )
    assert ours.statistics["df_t"] == df


@pytest.mark.parametrize("covariance", ["cluster_entity", "cluster_time", "robust", "unadjusted"])
def test_what_stata_has_is_not_rescaled(tmp_path: Path, covariance: str) -> None:
    own = Regression("y", (ATTENTION, "m"), covariance=covariance)
    files = written(tmp_path, models=Models(regressions={"one": own}))
    assert "ratio" not in files["one.do"].read_text(encoding="utf-8")


def test_singletons_are_kept_where_there_are_any(tmp_path: Path) -> None:
    frame = panel()
    frame = frame.loc[(frame["region_code"] != "110000") | (frame["year"] == 2018)]
    assert "keepsingletons" in written(tmp_path / "a", frame=frame)["baseline.do"].read_text(
        "utf-8"
    )
    assert "keepsingletons" not in written(tmp_path / "b")["baseline.do"].read_text("utf-8")


def test_a_frame_without_rows_is_written(tmp_path: Path) -> None:
    files = written(tmp_path, frame=panel().iloc[:0])
    assert "Our program refuses this model" in files["baseline.do"].read_text(encoding="utf-8")


def test_codes_that_are_no_numbers_are_numbered(tmp_path: Path) -> None:
    frame = panel().assign(region_code=lambda rows: "R" + rows["region_code"])
    stata = pd.read_stata(
        written(tmp_path, frame=frame)["data/chips.dta"], convert_categoricals=False
    )
    assert sorted(set(stata["region_id"])) == list(range(1, 9))


@pytest.mark.parametrize(
    "models",
    [
        Models(regressions={"one": Regression("y", ("m",), covariance="no")}),
        Models(regressions={"one": Regression("y", ("m",), convention="no")}),
        Models(regressions={"one": Regression("y", ("m",), estimator="no")}),
        Models(mediations={"one": Mediated("y", "m", "z", intervals=("no",))}),
        Models(mediations={"one": Mediated("y", "m", "z", resample="no")}),
        Models(moderations={"one": Moderated("y", "m", "z", at="no")}),
        Models(moderations={"one": Moderated("y", "m", "z", at=(float("nan"),))}),
        Models(descriptives={"one": Descriptives(("nothing",))}),
    ],
)
def test_options_that_there_are_not_are_refused_in_the_readme(
    tmp_path: Path, models: Models
) -> None:
    files = written(tmp_path, models=models)
    assert "one.do" not in files
    assert "| one |" in files["README.md"].read_text(encoding="utf-8")


def test_results_without_their_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="no column std_error, p"):
        written(tmp_path, results=pd.DataFrame({"model": [], "term": [], "estimate": []}))


@pytest.mark.parametrize("sample", [True, False])
def test_sample_data_say_so_everywhere(tmp_path: Path, sample: bool) -> None:
    files = written(tmp_path, is_sample=sample)
    for name, path in files.items():
        if path.suffix in (".do", ".R", ".md"):
            assert ("SAMPLE DATA" in path.read_text(encoding="utf-8")) is sample, name
    frame, meta = pyreadstat.read_dta(files["data/chips.dta"])
    assert (frame["is_sample"] == sample).all()
    assert ("SAMPLE DATA" in (meta.file_label or "")) is sample


def test_rows_that_are_sample_are_enough_to_say_so(tmp_path: Path) -> None:
    frame = panel().assign(is_sample=[True] + [False] * 31)
    files = written(tmp_path, frame=frame)
    assert "SAMPLE DATA" in files["baseline.R"].read_text(encoding="utf-8")
    assert pd.read_stata(files["data/chips.dta"])["is_sample"].sum() == 1


def test_the_data_come_back_as_they_were(tmp_path: Path) -> None:
    files = written(tmp_path)
    frame = panel().sort_values(["region_code", "year"]).reset_index(drop=True)
    x = name_variables([ATTENTION], "year")[ATTENTION]
    stata = pd.read_stata(files["data/chips.dta"], convert_categoricals=False)
    text = pd.read_csv(files["data/chips.csv"], dtype={"region_code": str})
    for found in (stata, text):
        assert list(found.columns[:4]) == ["region_id", "region_code", "region_name", "year"]
        assert found["region_code"].tolist() == frame["region_code"].tolist()
        assert found["region_id"].tolist() == [int(code) for code in frame["region_code"]]
        assert found["region_name"].tolist() == frame["region_name"].tolist()
        for study, data in ((ATTENTION, x), ("z", "z"), ("y", "y"), ("count", "count")):
            np.testing.assert_array_equal(found[data], frame[study].astype("float64"))
    _, meta = pyreadstat.read_dta(files["data/chips.dta"])
    assert meta.column_names_to_labels[x] == "政府注意力 (hits)"
    assert meta.variable_value_labels["region_id"][110000] == "省0"
    book = pd.read_csv(files["data/chips_codebook.csv"])
    assert dict(zip(book["name_in_study"], book["name_in_data"], strict=True))[ATTENTION] == x
    assert book.set_index("name_in_data").loc["z", "n_missing"] == 1


def test_one_frame_gives_one_set_of_bytes_in_any_order_of_rows(tmp_path: Path) -> None:
    first = written(tmp_path / "one", is_sample=True, note="made today")
    shuffled = panel().sample(frac=1, random_state=3)
    second = written(tmp_path / "two", is_sample=True, note="made today", frame=shuffled)
    assert first.keys() == second.keys()
    for name in first:
        assert first[name].read_bytes() == second[name].read_bytes(), name


def test_infinite_and_missing_are_told_apart_in_the_codebook(tmp_path: Path) -> None:
    frame = panel()
    frame.loc[5, "m"] = np.inf
    files = written(tmp_path, frame=frame)
    stata = pd.read_stata(files["data/chips.dta"])
    assert stata["m"].isna().sum() == 1
    book = pd.read_csv(files["data/chips_codebook.csv"]).set_index("name_in_data")
    assert (book.loc["m", "n_missing"], book.loc["m", "n_infinite"]) == (0, 1)


# --- names


def test_names_that_both_programs_take_stay() -> None:
    names = name_variables(["ln_gdp", "attention_x_marketization", "Y1"], "year")
    assert names.changed() == {}


@pytest.mark.parametrize(
    "name",
    [ATTENTION, "a" * 33, "int", "str12", "if", "function", "_all", "1st", "a b", "a.b", "a-b",
     "region_id", "const", "TRUE", "is_sample", "", "x\n", "`x'", '"; system("id"); #'],
)  # fmt: skip
def test_other_names_are_made_valid_and_do_not_depend_on_the_others(name: str) -> None:
    alone = name_variables([name], "year")[name]
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,31}", alone)
    assert alone != name
    assert name_variables(["x", name, "z"], "year")[name] == alone


def test_no_two_variables_share_a_name_even_in_another_case() -> None:
    long = "attention_of_government_to_chips_"
    variables = ["X", "x", f"{long}1", f"{long}2", "芯片", "晶圆", "年份"]
    names = name_variables(variables, "year")
    made = [names[one].lower() for one in variables]
    assert len(set(made)) == len(variables)


def test_a_made_name_does_not_take_one_that_stays() -> None:
    made = name_variables([ATTENTION], "year")[ATTENTION]
    names = name_variables([ATTENTION, made], "year")
    assert names[made] == made
    assert names[ATTENTION] != made


# --- hostile texts


def test_hostile_texts_stay_in_their_comments(tmp_path: Path) -> None:
    labels = [VariableLabel(name, HOSTILE, HOSTILE, HOSTILE) for name in ("y", ATTENTION)]
    clean = written(tmp_path / "clean")
    results = pd.DataFrame(
        [{"model": "baseline", "term": HOSTILE, "estimate": "x`=1'", "std_error": 1, "p": 1}]
    )
    bad = written(tmp_path / "bad", labels=labels, note=HOSTILE, results=results, is_sample=False)
    for name, path in bad.items():
        if path.suffix in (".do", ".R"):
            # What runs is the same as with harmless texts.
            assert code_of(path) == code_of(clean[name]), name
            comments = [line for line in path.read_text("utf-8").split("\n") if line[:1] in "*#"]
            text = "\n".join(line[1:] for line in comments if "boottest" not in line)
            if path.suffix == ".do":
                assert not re.search(r"[`$]|/\*|\*/|//", text), name
            assert not re.search("[\r\u2028\u202e\x0b\x0c]", text)
    meta = pyreadstat.read_dta(bad["data/chips.dta"])[1]
    for label in meta.column_labels:
        assert len(label) <= 80
        assert not re.search(r"[`$\"\n]", label)


def test_hostile_study_and_model_names_become_safe_files(tmp_path: Path) -> None:
    bad = "../../etc/pass`wd' $x\n*/"
    one = Regression("y", (ATTENTION,))
    models = Models(regressions={bad: one, "CON": one, "基准": one, "Base": one, "base": one})
    files = written(tmp_path, study=bad, models=models)
    for name, path in files.items():
        assert path.resolve().is_relative_to(tmp_path.resolve())
        assert re.fullmatch(r"(data/)?[A-Za-z][A-Za-z0-9_-]*\.(csv|dta|do|R|md)", name), name
    stems = [Path(name).stem.lower() for name in files if name.endswith(".do")]
    assert len(set(stems)) == len(stems) == 5
    assert "con" not in stems
    assert "\n*/" not in files["README.md"].read_text(encoding="utf-8")


def test_hostile_variable_names_never_reach_the_code(tmp_path: Path) -> None:
    bad = 'x"; system("id"); "`'
    frame = panel().rename(columns={ATTENTION: bad})
    models = Models(regressions={"one": Regression("y", (bad, f"{bad}:z"))})
    files = written(tmp_path, frame=frame, models=models, labels=[])
    for suffix in (".do", ".R"):
        assert "system" not in "\n".join(code_of(files[f"one{suffix}"])).replace(
            name_variables([bad], "year")[bad], ""
        )


def test_one_model_that_cannot_be_written_costs_only_its_own_scripts(tmp_path: Path) -> None:
    models = Models(
        regressions={
            "wrong": Regression("y", ("nothing",)),
            "odd": Regression("count", (ATTENTION,), estimator="ppml", covariance="cr2"),
            "right": Regression("y", (ATTENTION,)),
        }
    )
    files = written(tmp_path, models=models)
    assert "right.R" in files
    assert "wrong.R" not in files
    page = files["README.md"].read_text(encoding="utf-8")
    assert "The data have no column nothing" in page
    assert "A count model has no covariance cr2" in page


def test_a_model_that_our_program_refuses_says_why(tmp_path: Path) -> None:
    frame = panel().assign(copy=lambda rows: rows["m"] * 2)
    models = Models(regressions={"twins": Regression("y", ("m", "copy"))})
    text = written(tmp_path, frame=frame, models=models)["twins.do"].read_text(encoding="utf-8")
    assert "Our program refuses this model: copy is an exact linear combination" in text


def test_data_that_are_no_panel_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="no column region_code"):
        written(tmp_path, frame=panel().drop(columns="region_code"))
    with pytest.raises(PanelError, match="m holds values that are not numbers"):
        written(tmp_path, frame=panel().assign(m="text"))


def test_texts() -> None:
    assert in_comment("a */ b") == "a *／ b"
    assert in_comment("///") == "／／／"
    assert in_comment("Loans/GDP, 5 % of GDP") == "Loans/GDP, 5 % of GDP"
    assert in_label("政府" * 100) == "政府" * 39 + "政…"
    assert in_cell("=cmd()") == "'=cmd()"
    assert in_cell("GDP") == "GDP"
    assert in_markdown("a|b`<c>") == r"a\|b\`\<c\>"
    assert file_stem("chip_innovation") == "chip_innovation"
    assert file_stem("a", {"a"}) == "a_2"
