"""The Stata script of each kind of model, as text.

Belongs here: what a script computes, in order. Commands of one equation are in ``stata_text``.
"""

from __future__ import annotations

from collections.abc import Sequence

from models_py.bridge.equations import Equation, Term
from models_py.bridge.escaping import comment_lines
from models_py.bridge.stata_text import (
    Command,
    command,
    dummies,
    keep_used,
    rescaled_table,
    script,
)
from models_py.study.declared import TIME, Inference, Mediated

_NORMAL = "2 * normal(-abs(scalar(t)))"


def _run(one: Equation) -> list[str]:
    found = command(one)
    return [*comment_lines("*", found.notes), *found.lines, found.text, *rescaled_table(one, found)]


def regression(
    header: Sequence[str], study: str, one: Equation, asked: Sequence[Inference] = ()
) -> str:
    """Least squares, and the wild cluster bootstrap where the study asks for it."""
    wild: list[str] = []
    for inference in asked:
        wild = [
            "* Wild cluster bootstrap, the null imposed (ssc install boottest); draws differ from",
            "* ours, p agrees within Monte-Carlo error. It takes one set of absorbed effects.",
            f"quietly {dummies(one, 'vce(cluster region_id)')}",
            f"boottest {one.terms[0].stata}, reps({int(inference.n_bootstrap)}) "
            f"seed({_seed(inference.seed)}) cluster(region_id) nograph",
        ]
    return script(header, study, _run(one), wild)


def _seed(seed: int) -> int:
    return int(seed) % 2**31


def count_model(header: Sequence[str], study: str, one: Equation) -> str:
    """Poisson pseudo maximum likelihood."""
    right = " ".join([one.outcome, *(term.stata for term in one.terms)])
    by = {"cluster_entity": "region_id", "cluster_time": TIME}.get(one.covariance)
    effects = "".join(f" i.{name}" for name in one.effects)
    absorb = f"absorb({' '.join(one.effects)})"
    if by and one.effects:
        return script(header, study, [f"ppmlhdfe {right}, {absorb} vce(cluster {by})"])
    if by:
        return script(header, study, [f"poisson {right}, vce(cluster {by})"])
    kept = []
    if one.effects:
        kept = [
            "* ppmlhdfe says which rows are separated; poisson with dummies has our covariance.",
            f"quietly ppmlhdfe {right}, {absorb}",
            "keep if e(sample)",
        ]
    if one.covariance == "unadjusted":
        return script(header, study, [*kept, f"poisson {right}{effects}"])
    terms = " ".join(term.stata for term in one.terms)
    return script(
        header,
        study,
        [
            *kept,
            f"poisson {right}{effects}, vce(robust)",
            "* Ours is without the factor N/(N - 1).",
            f"foreach term in {terms} {{",
            "    scalar se = _se[`term'] * sqrt((e(N) - 1) / e(N))",
            "    scalar t = _b[`term'] / scalar(se)",
            f"    display \"`term'\" _col(40) %12.0g _b[`term'] %12.0g scalar(se) %12.0g {_NORMAL}",
            "}",
        ],
    )


def moderation(
    header: Sequence[str],
    study: str,
    one: Equation,
    roles: tuple[str, str],
    at: tuple[float, ...] | str,
) -> str:
    """The interaction raw and centred, its effects at values, and Johnson-Neyman points."""
    treatment, moderator = roles
    found = command(one)
    product = f"c.{treatment}#c.{moderator}"
    clustered = one.covariance in ("cluster_entity", "cluster_time", "cluster_two_way")
    margins = []
    if found.df is None and clustered and moderator in {term.name for term in one.terms}:
        margins = [f"margins, dydx({treatment}) at({moderator} = (`points')) noestimcheck"]
    return script(
        header,
        study,
        [keep_used((*one.columns, *roles)), *_run(one), "estimates store raw"],
        _points(moderator, at),
        margins,
        _effects(treatment, product, found, one),
        [
            "* The same model with treatment and moderator less their means.",
            f"foreach name in {treatment} {moderator} {{",
            "    quietly summarize `name', meanonly",
            "    quietly replace `name' = `name' - r(mean)",
            "}",
            *_run(one),
        ],
    )


def _points(moderator: str, at: tuple[float, ...] | str) -> list[str]:
    if not isinstance(at, str):
        return [f"local points {' '.join(repr(float(value)) for value in at)}"]
    summary = f"quietly summarize {moderator}"
    if at == "mean_sd":
        return [
            summary,
            "local points `=r(mean) - r(sd)' `=r(mean)' `=r(mean) + r(sd)'",
        ]
    if at == "grid":
        return [
            summary,
            "local points",
            "forvalues at = 0/49 {",
            "    local points `points' `=r(min) + `at' * (r(max) - r(min)) / 49'",
            "}",
        ]
    return [
        "* Stata's quantiles interpolate otherwise than ours (R's type 7): points differ a little.",
        f"_pctile {moderator}, percentiles(10 25 50 75 90)",
        "local points `=r(r1)' `=r(r2)' `=r(r3)' `=r(r4)' `=r(r5)'",
    ]


def _effects(treatment: str, product: str, found: Command, one: Equation) -> list[str]:
    df = f"{one.counts.df:g}" if one.counts else "e(df_r)"
    where = (f'rownumb(V, "{treatment}")', f'colnumb(V, "{product}")')
    return [
        "* The effect b0 + b1 z by hand, with the covariance of the estimates.",
        "matrix V = e(V)",
        f"scalar ratio = {found.ratio!r}",
        f"scalar b0 = _b[{treatment}]",
        f"scalar b1 = _b[{product}]",
        f"scalar v00 = scalar(ratio) * _se[{treatment}]^2",
        f"scalar v11 = scalar(ratio) * _se[{product}]^2",
        f"scalar v01 = scalar(ratio) * el(V, {where[0]}, {where[1]})",
        f"scalar df = {df}",
        "foreach z of local points {",
        "    scalar effect = scalar(b0) + scalar(b1) * `z'",
        "    scalar se = sqrt(scalar(v00) + 2 * `z' * scalar(v01) + (`z')^2 * scalar(v11))",
        "    scalar p = 2 * ttail(scalar(df), abs(scalar(effect) / scalar(se)))",
        "    display `z' _col(20) %12.0g scalar(effect) %12.0g scalar(se) %12.0g scalar(p)",
        "}",
        "* Johnson and Neyman: where the 95 % interval of the effect touches zero.",
        "scalar critical = invttail(scalar(df), 0.025)^2",
        "scalar square = scalar(b1)^2 - scalar(critical) * scalar(v11)",
        "scalar linear = 2 * (scalar(b0) * scalar(b1) - scalar(critical) * scalar(v01))",
        "scalar constant = scalar(b0)^2 - scalar(critical) * scalar(v00)",
        "scalar inner = scalar(linear)^2 - 4 * scalar(square) * scalar(constant)",
        "if scalar(inner) > 0 {",
        '    display "Johnson-Neyman points:"',
        "    display (-scalar(linear) - sqrt(scalar(inner))) / (2 * scalar(square))",
        "    display (-scalar(linear) + sqrt(scalar(inner))) / (2 * scalar(square))",
        "}",
    ]


def mediation(
    header: Sequence[str],
    study: str,
    equations: tuple[Equation, Equation, Equation],
    one: Mediated,
) -> str:
    """Paths a, b, c and c', and a bootstrap with Stata's own draws."""
    mediator, outcome, total = equations
    x, m = mediator.terms[0].stata, outcome.terms[0].stata
    by_region = one.resample == "entity"
    group = "region_drawn" if by_region else "region_id"
    inner = [_quiet(each, group) for each in equations]
    options = [f"reps({int(one.n_bootstrap)})", f"seed({_seed(one.seed)})", "nodots"]
    if by_region:
        options += ["cluster(region_id)", "idcluster(region_drawn)"]
    if "bca" in one.intervals:
        options.append("bca")
    kinds = " ".join(one.intervals)
    return script(
        header,
        study,
        [keep_used(outcome.columns)],
        ["* Path a.", *_run(mediator)],
        ["* Paths b and c'.", *_run(outcome)],
        ["* Path c.", *_run(total)],
        [
            "capture program drop mediated_effects",
            "program define mediated_effects, rclass",
            f"    {inner[0]}",
            "    tempname a",
            f"    scalar `a' = _b[{x}]",
            f"    {inner[1]}",
            f"    return scalar indirect = `a' * _b[{m}]",
            f"    return scalar direct = _b[{x}]",
            f"    {inner[2]}",
            f"    return scalar total = _b[{x}]",
            "end",
            "* Stata's own draws: they differ from ours, intervals agree within Monte-Carlo error.",
            *(
                [
                    "* A region that is drawn twice counts as two, each with an effect of its own.",
                    "generate region_drawn = region_id",
                ]
                if by_region
                else []
            ),
            "bootstrap indirect = r(indirect) direct = r(direct) total = r(total), ///",
            f"    {' '.join(options)}: mediated_effects",
            f"estat bootstrap, {kinds}",
        ],
    )


def _quiet(one: Equation, group: str) -> str:
    right = " ".join([one.outcome, *(term.stata for term in one.terms)])
    effects = " ".join(group if name == "region_id" else name for name in one.effects)
    return f"quietly reghdfe {right}, absorb({effects}) keepsingletons"


def descriptives(header: Sequence[str], study: str, terms: Sequence[Term]) -> str:
    """Moments, shares between and within regions, and correlations."""
    names = " ".join(term.name for term in terms)
    return script(
        header,
        study,
        [
            f"tabstat {names}, statistics(n mean sd min p25 p50 p75 max) columns(statistics)",
            "* Stata's quantiles interpolate otherwise than ours (R's type 7).",
            f"pwcorr {names}, sig obs",
            "xtset region_id",
            "* Its within minimum and maximum have the overall mean added back.",
            f"xtsum {names}",
        ],
    )
