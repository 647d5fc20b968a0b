"""The R scripts that are exported for a study, run by R, against our own numbers.

R's lm, glm and sandwich are programs that are not ours; factors and degrees of freedom are written
out in the scripts. The .do files are not run: there is no Stata here.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models_py import descriptives
from models_py.bridge import VariableLabel, write_bridge
from models_py.mediation import mediate
from models_py.moderation import moderate
from models_py.panel.covariance import CONVENTIONS, COVARIANCES
from models_py.robustness.counts import COVARIANCES as COUNT_COVARIANCES
from models_py.study.declared import (
    ENTITY,
    TIME,
    Descriptives,
    Mediated,
    Models,
    Moderated,
    Regression,
)
from models_py.study.equations import fit_regression

ATTENTION = "政府注意力"
EFFECTS = {
    "two_way": (True, True),
    "region": (True, False),
    "year": (False, True),
    "none": (False, False),
}


@cache
def without_r() -> str:
    """Why R cannot be asked; empty where it can."""
    program = shutil.which("Rscript")
    if program is None:
        return "no Rscript on this machine"
    tried = subprocess.run(
        [program, "--vanilla", "-e", "library(sandwich)"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    return "" if tried.returncode == 0 else "R has no package sandwich"


pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(bool(without_r()), reason=without_r() or "R is here"),
]


def panel(balanced: bool) -> pd.DataFrame:
    """31 regions and 5 years with effects; unbalanced: rows and values missing, a single row."""
    draw = np.random.default_rng(20)
    region, year = np.repeat(np.arange(31), 5), np.tile(np.arange(2018, 2023), 31)
    own, shock = draw.normal(size=31)[region], draw.normal(size=5)[year - 2018]
    x = draw.normal(size=155) + own
    z = draw.normal(size=155) + 0.5 * own + shock + 3
    m = 0.6 * x + 0.2 * z + own + 0.5 * draw.normal(size=155)
    y = 0.5 * x + 0.8 * m + 0.1 * x * z + 2 * own + shock + draw.normal(size=155)
    frame = pd.DataFrame(
        {
            "region_code": [f"{110000 + 1000 * at}" for at in region],
            "region_name": [f"省{at}" for at in region],
            "year": year,
            "ln_patents": y,
            ATTENTION: x,
            "m": m,
            "z": z,
            # A level that its changes are a thousandth of.
            "gdp": 1e6 + 1e3 * z + 100 * draw.normal(size=155),
            "count": draw.poisson(np.exp(0.3 * x + 0.5 * own + 1)).astype(float),
            "coastal": (region % 3 == 0).astype(float),
        }
    )
    frame.loc[frame["region_code"] == "115000", "count"] = 0.0
    if not balanced:
        frame.loc[draw.random(155) < 0.08, ATTENTION] = np.nan
        frame.loc[draw.random(155) < 0.08, "ln_patents"] = np.nan
        frame = frame.loc[(frame["region_code"] != "120000") | (frame["year"] == 2018)]
    return frame.sample(frac=1, random_state=4).reset_index(drop=True)


def declared() -> Models:
    terms = (ATTENTION, "z", f"{ATTENTION}:z", "gdp")
    regressions = {
        f"{covariance}_{convention}": Regression(
            "ln_patents", terms, covariance=covariance, convention=convention
        )
        for covariance in COVARIANCES
        for convention in CONVENTIONS
    }
    for name, (entity, time) in EFFECTS.items():
        for covariance in COVARIANCES:
            for convention in ("reghdfe", "plm"):
                regressions[f"{name}_{covariance}_{convention}"] = Regression(
                    "ln_patents", terms[:2], entity, time, covariance, convention
                )
        for covariance in COUNT_COVARIANCES:
            regressions[f"ppml_{name}_{covariance}"] = Regression(
                "count", (ATTENTION, f"{ATTENTION}:z"), entity, time, covariance, estimator="ppml"
            )
    return Models(
        descriptives={"table2": Descriptives((ATTENTION, "ln_patents", "z", "count"))},
        regressions=regressions,
        mediations={
            "by_region": Mediated("ln_patents", ATTENTION, "m", ("z",), n_bootstrap=2000),
            "by_row": Mediated("ln_patents", ATTENTION, "m", n_bootstrap=2000, resample="row"),
        },
        moderations={
            "by_z": Moderated("ln_patents", ATTENTION, "z", ("gdp",)),
            "quantiles": Moderated("ln_patents", ATTENTION, "z", at="quantiles", covariance="cr2"),
            "coast": Moderated("ln_patents", ATTENTION, "coastal", ("z",), at=(0.0, 1.0)),
            "grid": Moderated("ln_patents", ATTENTION, "z", at="grid", convention="areg"),
        },
    )


@dataclass(frozen=True)
class Exported:
    frame: pd.DataFrame
    models: Models
    folder: Path
    names: dict[str, str]

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}_r.csv")

    def renamed(self, term: str) -> str:
        return ":".join(self.names.get(part, part) for part in term.split(":"))


def rscript(script: Path, *arguments: str, cwd: Path) -> None:
    done = subprocess.run(
        ["Rscript", "--vanilla", str(script), *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (script.name, done.stderr)
    assert "Warning" not in done.stderr, (script.name, done.stderr)


@pytest.fixture(scope="module", params=[True, False], ids=["balanced", "unbalanced"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The folder of a study, and what R made of its scripts, all in one process."""
    folder = tmp_path_factory.mktemp("芯片 与 创新")
    frame, models = panel(request.param), declared()
    labels = [VariableLabel(ATTENTION, "政府注意力", "Attention", "hits")]
    write_bridge(folder, "chip_innovation", frame, models, labels, is_sample=True)
    every = folder / "every.r"
    every.write_text(
        "here <- dirname(sub('^--file=', '', gsub('~+~', ' ', fixed = TRUE,"
        " grep('^--file=', commandArgs(FALSE), value = TRUE))))\n"
        "for (one in list.files(here, '[.]R$', full.names = TRUE)) "
        "source(one, local = new.env(), encoding = 'UTF-8')\n",
        encoding="utf-8",
    )
    rscript(every, cwd=folder.parent)
    book = pd.read_csv(folder / "data" / "chip_innovation_codebook.csv")
    names = dict(zip(book["name_in_study"], book["name_in_data"], strict=True))
    return Exported(frame, models, folder, names)


def agree(ours: pd.DataFrame, theirs: pd.DataFrame, what: str) -> None:
    """Estimates to 1e-8, standard errors to 1e-6 of themselves, p to 1e-6."""
    assert theirs["term"].tolist() == ours["term"].tolist(), what
    for column, share in (("estimate", 1e-8), ("std_error", 1e-6)):
        np.testing.assert_allclose(theirs[column], ours[column], rtol=share, err_msg=what)
    np.testing.assert_allclose(theirs["p"], ours["p"], rtol=0, atol=1e-6, err_msg=what)
    for end in ("ci_low", "ci_high"):
        gap = (theirs[end].to_numpy() - ours[end].to_numpy()) / ours["std_error"].to_numpy()
        np.testing.assert_allclose(np.nan_to_num(gap), 0, atol=1e-5, err_msg=what)


def test_every_regression_and_count_model(exported: Exported) -> None:
    for name, one in exported.models.regressions.items():
        ours = fit_regression(exported.frame, one).coefficients
        agree(ours.assign(term=ours["term"].map(exported.renamed)), exported.table(name), name)


def test_every_moderation(exported: Exported) -> None:
    for name, one in exported.models.moderations.items():
        found = moderate(
            exported.frame,
            one.outcome,
            one.treatment,
            one.moderator,
            one.controls,
            ENTITY,
            TIME,
            at=one.at,
            covariance=one.covariance,
            convention=one.convention,
        )
        theirs = exported.table(name)
        raw = found.raw.coefficients
        k = len(raw)
        agree(raw.assign(term=raw["term"].map(exported.renamed)), theirs[:k], name)
        centred = found.centred.coefficients
        centred = centred.assign(term="centred " + centred["term"].map(exported.renamed))
        agree(centred, theirs[k : 2 * k], name)
        points = len(found.effects)
        effects = found.effects.rename(columns={"effect": "estimate"})
        effects["term"] = [f"effect_{at}" for at in range(1, points + 1)]
        rows = theirs[2 * k : 2 * k + points]
        agree(effects, rows, name)
        np.testing.assert_allclose(rows["at"], effects["at"], rtol=1e-10, atol=1e-12)
        roots = theirs[2 * k + points :]
        np.testing.assert_allclose(roots["estimate"], found.johnson_neyman.roots, rtol=1e-6)


def test_every_mediation(exported: Exported) -> None:
    for name, one in exported.models.mediations.items():
        theirs = exported.table(name).set_index("term")
        for interval in one.intervals:
            found = mediate(
                exported.frame,
                one.outcome,
                one.treatment,
                one.mediator,
                one.controls,
                ENTITY,
                TIME,
                n_bootstrap=one.n_bootstrap,
                resample=one.resample,
                interval=interval,
                convention=one.convention,
            )
            paths = found.paths.drop(columns="term").rename(columns={"path": "term"})
            agree(paths, theirs.loc[paths["term"]].reset_index(), name)
            sobel = theirs.loc["sobel"]
            np.testing.assert_allclose(sobel["std_error"], found.statistics["sobel_se"], rtol=1e-6)
            effects = found.effects.set_index("effect")
            for effect, ours in effects.iterrows():
                drawn = theirs.loc[f"{effect} {interval}"]
                np.testing.assert_allclose(drawn["estimate"], ours["estimate"], rtol=1e-8)
                # Two programs' draws: an end of 2,000 has a Monte-Carlo error of about 0.06
                # standard errors, the standard error one of 1.6 %.
                assert abs(drawn["std_error"] / ours["std_error"] - 1) < 0.12, (name, effect)
                for end in ("ci_low", "ci_high"):
                    gap = abs(drawn[end] - ours[end]) / ours["std_error"]
                    assert gap < 0.4, (name, effect, interval, end, gap)


def test_descriptives_and_correlations(exported: Exported) -> None:
    variables = exported.models.descriptives["table2"].variables
    ours = descriptives.descriptive_statistics(exported.frame, variables)
    theirs = exported.table("table2")
    for column in ("n", "mean", "sd", "minimum", "p25", "median", "p75", "maximum"):
        np.testing.assert_allclose(theirs[column], ours[column], rtol=1e-12, atol=1e-14)
    pairs = descriptives.correlations(exported.frame, variables)
    theirs = pd.read_csv(exported.folder / "table2_correlations_r.csv")
    assert theirs["variable_x"].tolist() == pairs["variable_x"].map(exported.renamed).tolist()
    for column in ("r", "p", "n"):
        np.testing.assert_allclose(theirs[column], pairs[column], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["cluster_entity_reghdfe", "ppml_two_way_cluster_entity", "by_z"])
def test_a_script_by_itself_from_another_folder(
    exported: Exported, name: str, tmp_path: Path
) -> None:
    result = exported.folder / f"{name}_r.csv"
    before = result.read_bytes()
    result.unlink()
    rscript(exported.folder / f"{name}.R", cwd=tmp_path)
    assert result.read_bytes() == before


def test_the_bootstrap_takes_the_number_of_draws_from_the_command(
    exported: Exported, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(exported.folder, folder)
    rscript(folder / "by_region.R", "120", cwd=tmp_path)
    few = pd.read_csv(folder / "by_region_r.csv").set_index("term")
    many = exported.table("by_region").set_index("term")
    assert few.loc["a", "estimate"] == many.loc["a", "estimate"]
    assert few.loc["indirect percentile", "ci_low"] != many.loc["indirect percentile", "ci_low"]
