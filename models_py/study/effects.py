"""Mediation and moderation of a study, as rows."""

from __future__ import annotations

import pandas as pd

from models_py.mediation import Mediation, mediate
from models_py.moderation import moderate
from models_py.panel.errors import PanelError
from models_py.panel.rows import PRODUCT
from models_py.study.beside import beside_default
from models_py.study.declared import ENTITY, TIME, Mediated, Moderated
from models_py.study.equations import equation, frame_of, sample_of

Tables = dict[str, pd.DataFrame]


def mediation(frame: pd.DataFrame, name: str, one: Mediated) -> tuple[Tables, list[str]]:
    """Three equations and the effects, an interval of each kind that is asked for.

    Args:
        frame: the panel.
        name: of the mediation; its equations are ``name.total``, ``.mediator`` and ``.outcome``.
        one: what is declared.

    Returns:
        coefficients, fit_statistics, mediation and inference (Sobel and the rest, and the jackknife
        and the wild bootstrap beside each equation), and warnings. Only rows of the percentile
        interval have a p value: it is the share of draws beyond zero, which agrees with that
        interval and may contradict bc and bca.

    Raises:
        PanelError: as ``mediate``.
    """
    if not one.intervals:
        raise PanelError("intervals is empty; name one of percentile, bc, bca.")
    done = [_mediate(frame, one, interval) for interval in dict.fromkeys(one.intervals)]
    first = done[0]
    parts = [
        equation(
            f"{name}.{part}",
            first.fits[part].design.outcome,
            first.fits[part],
            one.published.get(part, ""),
        )
        for part in ("total", "mediator", "outcome")
    ]
    known = {
        "model": name,
        "resample": one.resample,
        "sample": sample_of(first.fits["outcome"].statistics),
        "se_type": f"bootstrap by {one.resample}",
        "published": one.published.get("effects", ""),
    }
    effects = pd.concat([each.effects for each in done], ignore_index=True).assign(**known)
    effects["p"] = effects["p"].where(effects["ci_method"] == "percentile")
    warnings = [said for each in done for said in each.warnings]
    known_of_tests = {
        "sample": known["sample"],
        "se_type": first.fits["outcome"].statistics["se_type"],
    }
    tests = [_beside(name, one, first).assign(**known_of_tests)]
    for part, terms in (
        ("total", [one.treatment]),
        ("mediator", [one.treatment]),
        ("outcome", [one.treatment, one.mediator]),
    ):
        found, said_of_tests = beside_default(f"{name}.{part}", first.fits[part], terms)
        tests += [found] if len(found) else []
        warnings += said_of_tests
    return {
        "coefficients": pd.concat([part["coefficients"] for part in parts], ignore_index=True),
        "fit_statistics": pd.concat([part["fit_statistics"] for part in parts], ignore_index=True),
        "mediation": effects,
        "inference": frame_of([row for each in tests for row in each.to_dict("records")]),
    }, warnings


def _mediate(frame: pd.DataFrame, one: Mediated, interval: str) -> Mediation:
    return mediate(
        frame,
        one.outcome,
        one.treatment,
        one.mediator,
        one.controls,
        ENTITY,
        TIME,
        n_bootstrap=one.n_bootstrap,
        resample=one.resample,
        interval=interval,
        seed=one.seed,
        convention=one.convention,
    )


def _beside(name: str, one: Mediated, found: Mediation) -> pd.DataFrame:
    """What journals ask for beside the bootstrap."""
    told = found.statistics
    path = f"{one.treatment} → {one.mediator} → {one.outcome}"
    a_b = float(found.effects.loc[found.effects["effect"] == "indirect", "estimate"].iloc[0])
    rows = [
        {"method": "sobel", "value": a_b, "std_error": told["sobel_se"], "p": told["sobel_p"]},
        {"method": "proportion_mediated", "value": told["proportion_mediated"]},
        {
            "method": "sensitivity_rho",
            "value": told["sensitivity_rho"],
            "sentence": "The correlation of the errors of the mediator and outcome equations at "
            "which the indirect effect would be zero (Imai, Keele and Yamamoto 2010).",
        },
    ]
    return pd.DataFrame([{"model": name, "term": path, **row} for row in rows])


def moderation(frame: pd.DataFrame, name: str, one: Moderated) -> tuple[Tables, list[str]]:
    """The interaction raw and centred, its marginal effects and Johnson-Neyman points.

    Args:
        frame: the panel.
        name: of the moderation; the centred fit is ``name.centred``.
        one: what is declared.

    Returns:
        coefficients, fit_statistics, marginal_effects (kind ``point``, and ``grid`` for the plot),
        johnson_neyman and inference (the jackknife and the wild bootstrap beside treatment and
        product), and warnings.

    Raises:
        PanelError: as ``moderate``.
    """
    found = moderate(
        frame,
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
    raw = equation(name, one.outcome, found.raw, one.published)
    centred = equation(f"{name}.centred", one.outcome, found.centred)
    known = {
        "model": name,
        "sample": sample_of(found.raw.statistics),
        "se_type": found.raw.statistics["se_type"],
    }
    points = pd.concat(
        [found.effects.assign(kind="point"), found.plot.assign(kind="grid")], ignore_index=True
    )
    points["n_below"] = points["n_below"].astype("Int64")
    crossing = found.johnson_neyman
    low, high = (*crossing.roots, None, None)[:2]
    row = {
        **known,
        "treatment": one.treatment,
        "moderator": one.moderator,
        "root_low": low,
        "root_high": high,
        "significant": crossing.significant,
        "support_low": crossing.support[0],
        "support_high": crossing.support[1],
        "sentence": crossing.sentence,
    }
    product = f"{one.treatment}{PRODUCT}{one.moderator}"
    tests, said = beside_default(name, found.raw, [one.treatment, product])
    return {
        "coefficients": pd.concat([raw["coefficients"], centred["coefficients"]]),
        "fit_statistics": pd.concat([raw["fit_statistics"], centred["fit_statistics"]]),
        "marginal_effects": points.assign(**known),
        "johnson_neyman": pd.DataFrame([row]),
        **({"inference": tests} if len(tests) else {}),
    }, [*found.warnings, *said]
