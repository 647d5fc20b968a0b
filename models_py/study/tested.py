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
from models_py.study import beside
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
from models_py.study.equations import frame_of, sample_of

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
    found = pd.DataFrame(rows).assign(block=name, model=one.of)
    return {"robustness": found.assign(sample=_samples(found))}, warnings


def _samples(rows: pd.DataFrame) -> pd.Series[Any]:
    """The sample of each fit in words; none where nothing was fitted."""
    told = [None if pd.isna(row["n_obs"]) else _sample(row) for row in rows.to_dict("records")]
    return pd.Series(told, index=rows.index, dtype=object)


def _sample(row: Mapping[Any, Any]) -> str:
    said = f"{int(row['n_obs'])} rows, {int(row['n_entities'])} regions"
    years = row.get("n_periods")
    return said if years is None or pd.isna(years) else f"{said}, {int(years)} years"


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
    known = {"model": name, "term": base.term, "regression": one.of}
    sizes = fitted["n_obs"].dropna()
    if len(sizes):
        known["sample"] = (
            f"{len(sizes)} specifications of {int(sizes.min())} to {int(sizes.max())} rows"
        )
        known["se_type"] = " or ".join(sorted(set(fitted["se_type"].dropna())))
    return {
        "specification_curve": fitted.assign(curve=name, model=one.of, sample=_samples(fitted)),
        "inference": frame_of([{**known, **row} for row in rows]),
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
            "se_type": "permutation of the treatment",
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
    warnings = list(fit.warnings)
    for make in (_default, _wild, _range, _power, _permuted, _leads, _unobserved):
        try:
            for row, said in make(frame, fit, base, one):
                rows.append(row)
                warnings += said
        except PanelError as error:
            warnings.append(str(error))
    known = {
        "model": name,
        "regression": one.of,
        "sample": sample_of(fit.statistics),
        "se_type": str(fit.statistics["se_type"]),
    }
    return {"inference": frame_of([{**known, **row} for row in rows])}, warnings


# A row, and the warnings of the fit or draw that it is from.
_Made = Iterator[tuple[Row, tuple[str, ...]]]


def _default(_: pd.DataFrame, fit: PanelFit, base: Regression, __: Inference) -> _Made:
    yield beside.default(fit, base.treatment), ()
    yield beside.jackknife(fit, base.treatment), ()


def _wild(_: pd.DataFrame, fit: PanelFit, base: Regression, one: Inference) -> _Made:
    yield beside.wild(
        fit, base.treatment, n_bootstrap=one.n_bootstrap, seed=one.seed, interval=True
    )


def _range(frame: pd.DataFrame, fit: PanelFit, base: Regression, _: Inference) -> _Made:
    names: dict[Any, Any] = {}
    if NAME in frame.columns:
        names = dict(zip(frame[ENTITY], frame[NAME], strict=True))
    ranges = tests.leave_one_out_range(fit)
    found = ranges.loc[ranges["term"] == base.treatment].to_dict("records")[0]
    for end in ("minimum", "maximum"):
        left_out = found[f"entity_of_{end}"]
        row = {
            "term": base.treatment,
            "method": f"leave_one_out_{end}",
            "value": float(found[end]),
            "sentence": f"Without {names.get(left_out, left_out)}.",
        }
        yield row, ()


def _power(_: pd.DataFrame, fit: PanelFit, base: Regression, __: Inference) -> _Made:
    found = tests.minimum_detectable_effect(fit, base.treatment)
    row = {
        "term": base.treatment,
        "method": "minimum_detectable_effect",
        "value": found["mde"],
        "std_error": found["std_error"],
        "sentence": found["sentence"],
    }
    yield row, ()


def _permuted(_: pd.DataFrame, fit: PanelFit, base: Regression, one: Inference) -> _Made:
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
        row = {
            "term": base.treatment,
            "method": f"randomisation_{statistic}",
            "value": found.estimate,
            "p": found.p,
            "n_draws": one.n_permutations,
            "seed": one.seed,
            "se_type": "permutation of the treatment",
            "sentence": " ".join(found.warnings),
        }
        yield row, found.warnings


def _leads(frame: pd.DataFrame, _: PanelFit, base: Regression, one: Inference) -> _Made:
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
    # A lead costs the last years, so the sample is not that of the regression.
    known = {"sample": sample_of(found.fit.statistics)}
    for lead in found.leads:
        row = {**beside.default(found.fit, lead), "method": "placebo_lead", **known}
        yield row, tuple(f"With leads: {said}" for said in found.fit.warnings)
    joint = {
        "term": base.treatment,
        "method": "placebo_leads_joint",
        "value": found.f,
        "p": found.p,
        "se_type": str(found.fit.statistics["se_type"]),
        "sentence": found.sentence,
    }
    yield {**joint, **known}, ()


def _unobserved(_: pd.DataFrame, fit: PanelFit, base: Regression, one: Inference) -> _Made:
    if not one.oster:
        return
    found = tests.oster(fit, base.treatment)
    known = {"term": base.treatment, "sentence": found.sentence}
    yield {**known, "method": "oster_delta", "value": found.delta}, ()
    yield {**known, "method": "oster_beta", "value": found.beta_star}, ()


def family(
    name: str, fits: Mapping[str, tuple[PanelFit, str]], one: Family
) -> tuple[Tables, list[str]]:
    """Hypotheses tested together: Holm and Romano-Wolf.

    Args:
        name: of the family.
        fits: fit and term by hypothesis.
        one: what is declared.

    Returns:
        inference, a row a hypothesis and method, and the warnings of the fits.

    Raises:
        PanelError: as ``romano_wolf``.
    """
    hypotheses = [tests.Hypothesis(label, fit, term) for label, (fit, term) in fits.items()]
    found = tests.romano_wolf(hypotheses, n_bootstrap=one.n_bootstrap, seed=one.seed)
    rows: list[Row] = []
    for row in found.to_dict("records"):
        said = f"{row['name']}: {row['outcome']} on {row['term']}"
        fit, _ = fits[row["name"]]
        known = {
            "regression": one.hypotheses[row["name"]][0],
            "term": row["name"],
            "value": row["estimate"],
            "std_error": row["std_error"],
            "sample": sample_of(fit.statistics),
            "se_type": str(fit.statistics["se_type"]),
            "sentence": said,
        }
        rows.append({**known, "method": "holm", "p": row["p_holm"]})
        drawn = {"n_draws": one.n_bootstrap, "seed": one.seed}
        rows.append({**known, "method": "romano_wolf", "p": row["p_romano_wolf"], **drawn})
    warnings = [f"{label}: {said}" for label, (fit, _) in fits.items() for said in fit.warnings]
    return {"inference": frame_of(rows).assign(model=name)}, warnings
