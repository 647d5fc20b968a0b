"""Robustness checks, specification curves, inference for few clusters and families, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from models_py import inference as tests
from models_py import robustness as checks
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit
from models_py.robustness import Model
from models_py.study.declared import (
    ENTITY,
    NAME,
    TIME,
    Family,
    Inference,
    Regression,
    Robustness,
    SpecificationCurve,
)
from models_py.study.equations import sample_of

Tables = dict[str, pd.DataFrame]
Row = dict[str, Any]


def robustness(
    frame: pd.DataFrame, name: str, base: Model, one: Robustness
) -> tuple[Tables, list[str]]:
    """Every check that is declared, and the baseline first.

    Args:
        frame: the panel.
        name: of the block.
        base: the regression.
        one: what is declared.

    Returns:
        robustness, and a warning for each check that cannot be made at all.
    """
    made = [checks.alternative_outcomes(frame, base, [base.outcome]).assign(check="baseline")]
    asked: list[tuple[object, Callable[[], pd.DataFrame]]] = [
        (
            one.alternative_outcomes,
            lambda: checks.alternative_outcomes(frame, base, one.alternative_outcomes),
        ),
        (one.counting_rules, lambda: checks.counting_rules(frame, base, one.counting_rules)),
        (one.lags, lambda: checks.lagged_treatment(frame, base, one.lags)),
        (one.winsorise, lambda: checks.winsorising(frame, base, one.winsorise)),
        (one.without, lambda: checks.without_groups(frame, base, one.without)),
        (one.leave_one_out, lambda: checks.leave_one_out(frame, base)),
        (one.counts, lambda: checks.count_models(frame, base, [one.counts])),
        (one.counts, lambda: checks.zero_policies(frame, base, one.counts)),
        (one.treatment_zeros, lambda: checks.without_zeros(frame, base)),
    ]
    warnings: list[str] = []
    for wanted, make in asked:
        try:
            made += [make()] if wanted else []
        except PanelError as error:
            warnings.append(str(error))
    # Columns that are empty in one check would change the types of all.
    rows = [row for table in made for row in table.to_dict("records")]
    return {"robustness": pd.DataFrame(rows).assign(block=name, model=one.of)}, warnings


def curve(
    frame: pd.DataFrame, name: str, base: Model, one: SpecificationCurve
) -> tuple[Tables, list[str]]:
    """The curve, what it says as a whole, and its joint test where that is asked for.

    Args:
        frame: the panel.
        name: of the curve.
        base: what is not chosen.
        one: what is declared.

    Returns:
        specification_curve and inference (share_positive and the like), and warnings.

    Raises:
        PanelError: an impossible choice.
    """
    fitted = checks.specification_curve(frame, base, one.choices)
    told: Row = dict(checks.curve_summary(fitted))
    rows: list[Row] = [{"method": f"curve_{key}", "value": value} for key, value in told.items()]
    failed = int(told["n_failed"])
    warnings = [f"{failed} of {len(fitted)} specifications cannot be fitted."] if failed else []
    # Where nothing is fitted there is nothing to permute, and the rows may be doubled.
    if one.n_permutations and failed < len(fitted):
        try:
            rows += _joint(frame, base, one)
        except PanelError as error:
            warnings.append(f"No joint test of the curve: {error}")
    summary = pd.DataFrame(rows).assign(model=name, term=base.term, regression=one.of)
    return {
        "specification_curve": fitted.assign(curve=name, model=one.of),
        "inference": summary,
    }, warnings


def _joint(frame: pd.DataFrame, base: Model, one: SpecificationCurve) -> list[Row]:
    found = checks.curve_test(
        frame, base, one.choices, n_permutations=one.n_permutations, seed=one.seed
    )
    return [
        {
            "method": f"curve_{key}",
            "p": found[key],
            "n_draws": one.n_permutations,
            "seed": one.seed,
        }
        for key in ("p_median", "p_share")
    ]


def inference(
    frame: pd.DataFrame, name: str, fit: PanelFit, base: Regression, one: Inference
) -> tuple[Tables, list[str]]:
    """Tests of a regression's treatment for few clusters, and what a referee asks next.

    Args:
        frame: the panel.
        name: of the block.
        fit: the regression as fitted.
        base: the regression as declared.
        one: what is asked for.

    Returns:
        inference, and a warning for each test that cannot be made.
    """
    rows: list[Row] = []
    warnings: list[str] = []
    for make in (_few_clusters, _range, _power, _permuted, _leads, _unobserved):
        try:
            rows += make(frame, fit, base, one)
        except PanelError as error:
            warnings.append(str(error))
    sample = sample_of(fit.statistics)
    return {
        "inference": pd.DataFrame(rows).assign(model=name, sample=sample, regression=one.of)
    }, warnings


def _few_clusters(
    _: pd.DataFrame, fit: PanelFit, base: Regression, one: Inference
) -> Iterator[Row]:
    found = tests.few_cluster_tests(
        fit, [base.treatment], n_bootstrap=one.n_bootstrap, seed=one.seed
    )
    for row in found.to_dict("records"):
        drawn = row["method"] == "wild_bootstrap"
        yield {
            **{key: row[key] for key in ("term", "method", "std_error", "p", "ci_low", "ci_high")},
            "value": row["estimate"],
            "n_draws": one.n_bootstrap if drawn else None,
            "seed": one.seed if drawn else None,
        }


def _range(frame: pd.DataFrame, fit: PanelFit, base: Regression, _: Inference) -> Iterator[Row]:
    names: dict[Any, Any] = {}
    if NAME in frame.columns:
        names = dict(zip(frame[ENTITY], frame[NAME], strict=True))
    ranges = tests.leave_one_out_range(fit)
    found = ranges.loc[ranges["term"] == base.treatment].to_dict("records")[0]
    for end in ("minimum", "maximum"):
        left_out = found[f"entity_of_{end}"]
        yield {
            "term": base.treatment,
            "method": f"leave_one_out_{end}",
            "value": float(found[end]),
            "sentence": f"Without {names.get(left_out, left_out)}.",
        }


def _power(_: pd.DataFrame, fit: PanelFit, base: Regression, __: Inference) -> Iterator[Row]:
    found = tests.minimum_detectable_effect(fit, base.treatment)
    yield {
        "term": base.treatment,
        "method": "minimum_detectable_effect",
        "value": found["mde"],
        "std_error": found["std_error"],
        "sentence": found["sentence"],
    }


def _permuted(_: pd.DataFrame, fit: PanelFit, base: Regression, one: Inference) -> Iterator[Row]:
    if not one.n_permutations:
        return
    for statistic in ("coefficient", "t"):
        found = tests.randomisation_test(
            fit,
            base.treatment,
            n_permutations=one.n_permutations,
            statistic=statistic,
            seed=one.seed,
        )
        yield {
            "term": base.treatment,
            "method": f"randomisation_{statistic}",
            "value": found.estimate,
            "p": found.p,
            "n_draws": one.n_permutations,
            "seed": one.seed,
            "sentence": " ".join(found.warnings),
        }


def _leads(frame: pd.DataFrame, _: PanelFit, base: Regression, one: Inference) -> Iterator[Row]:
    if not one.leads:
        return
    found = tests.placebo_leads(
        frame,
        base.outcome,
        base.treatment,
        base.regressors[1:],
        ENTITY,
        TIME,
        leads=one.leads,
        covariance=base.covariance,
        convention=base.convention,
    )
    for lead in found.leads:
        row = found.fit.row(lead)
        kept = {key: row[key] for key in ("std_error", "p", "ci_low", "ci_high")}
        yield {"term": lead, "method": "placebo_lead", "value": row["estimate"], **kept}
    yield {
        "term": base.treatment,
        "method": "placebo_leads_joint",
        "value": found.f,
        "p": found.p,
        "sentence": found.sentence,
    }


def _unobserved(_: pd.DataFrame, fit: PanelFit, base: Regression, one: Inference) -> Iterator[Row]:
    if not one.oster:
        return
    found = tests.oster(fit, base.treatment)
    known = {"term": base.treatment, "sentence": found.sentence}
    yield {**known, "method": "oster_delta", "value": found.delta}
    yield {**known, "method": "oster_beta", "value": found.beta_star}


def family(name: str, fits: Mapping[str, tuple[PanelFit, str]], one: Family) -> Tables:
    """Hypotheses tested together: Holm and Romano-Wolf.

    Args:
        name: of the family.
        fits: fit and term by hypothesis.
        one: what is declared.

    Returns:
        inference, a row a hypothesis and method.

    Raises:
        PanelError: as ``romano_wolf``.
    """
    hypotheses = [tests.Hypothesis(label, fit, term) for label, (fit, term) in fits.items()]
    found = tests.romano_wolf(hypotheses, n_bootstrap=one.n_bootstrap, seed=one.seed)
    rows: list[Row] = []
    for row in found.to_dict("records"):
        said = f"{row['name']}: {row['outcome']} on {row['term']}"
        known = {"term": row["name"], "value": row["estimate"], "std_error": row["std_error"]}
        rows.append({**known, "method": "holm", "p": row["p_holm"], "sentence": said})
        drawn = {"n_draws": one.n_bootstrap, "seed": one.seed, "sentence": said}
        rows.append({**known, "method": "romano_wolf", "p": row["p_romano_wolf"], **drawn})
    return {"inference": pd.DataFrame(rows).assign(model=name)}
