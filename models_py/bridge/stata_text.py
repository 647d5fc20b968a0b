"""Stata commands of one equation, and what turns their standard errors into another convention.

Belongs here: which command has which covariance. No Stata ran these lines: docs say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models_py.bridge.equations import Counts, Equation
from models_py.bridge.escaping import comment_lines
from models_py.panel.covariance import default_lags
from models_py.study.declared import TIME


@dataclass(frozen=True)
class Command:
    """A command, and how its standard errors relate to ours.

    Attributes:
        text: the command.
        ratio: our covariance over the command's; 1 where they are equal.
        df: degrees of freedom of our p values; None where errors and p are the command's.
        notes: comment lines.
        lines: what must run before.
    """

    text: str
    ratio: float = 1.0
    df: float | None = None
    notes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def opening(study: str) -> list[str]:
    """Read the data beside the script."""
    return [
        "version 14",
        "clear all",
        "set more off",
        "* Stata must be in the folder of this file: cd it first.",
        f'use "data/{study}.dta", clear',
    ]


def keep_used(columns: Sequence[str]) -> str:
    """Keep rows that have every column."""
    return f"keep if !missing({', '.join(dict.fromkeys(('region_id', TIME, *columns)))})"


def command(one: Equation) -> Command:
    """The command of an equation, by covariance and convention."""
    if one.covariance in ("cluster_entity", "cluster_time", "cluster_two_way"):
        return _clustered(one)
    if one.covariance in ("robust", "unadjusted", "hc0"):
        return _by_row(one)
    return _special(one)


def _regressors(one: Equation) -> str:
    return " ".join([one.outcome, *(term.stata for term in one.terms)])


def reghdfe(one: Equation, options: str) -> str:
    """The command reghdfe, or regress in a model without effects."""
    if not one.effects:
        return f"regress {_regressors(one)}{f', {options}' if options else ''}"
    alone = " keepsingletons" if one.counts and one.counts.singletons else ""
    said = f" {options}" if options else ""
    return f"reghdfe {_regressors(one)}, absorb({' '.join(one.effects)}){said}{alone}"


def dummies(one: Equation, options: str) -> str:
    """The command areg with year dummies, or regress where there are no effects."""
    if "region_id" in one.effects:
        year = f" i.{TIME}" if TIME in one.effects else ""
        return f"areg {_regressors(one)}{year}, absorb(region_id) {options}"
    if one.effects:
        return f"areg {_regressors(one)}, absorb({TIME}) {options}"
    return f"regress {_regressors(one)}, {options}"


def regress(one: Equation, options: str) -> str:
    """Regress on dummies of all effects."""
    return f"regress {_regressors(one)}{''.join(f' i.{name}' for name in one.effects)}, {options}"


def _clustered(one: Equation) -> Command:
    by = {"cluster_entity": "region_id", "cluster_time": TIME}.get(
        one.covariance, f"region_id {TIME}"
    )
    two_way = one.covariance == "cluster_two_way"
    notes: tuple[str, ...] = ()
    if two_way:
        notes = (
            "reghdfe mends a two-way matrix that is not positive; ours leaves it as it is, and a "
            "negative variance missing.",
        )
    if two_way and not one.effects:
        # regress takes two cluster variables only since Stata 18; a constant absorbs nothing.
        native = f"reghdfe {_regressors(one)}, noabsorb vce(cluster {by})"
    else:
        native = reghdfe(one, f"vce(cluster {by})")
    if one.convention in ("reghdfe", "fixest"):
        return Command(native, notes=notes)
    if one.convention == "areg" and not two_way:
        return Command(dummies(one, f"vce(cluster {by})"))
    return _rescaled(one, native, notes)


def _rescaled(one: Equation, native: str, notes: tuple[str, ...] = ()) -> Command:
    if one.counts is None:
        return Command(
            native,
            notes=(*notes, f"These are reghdfe's standard errors, not those of {one.convention}."),
        )
    counts = one.counts
    if (counts.correction, counts.df) == (counts.reghdfe, counts.reghdfe_df):
        return Command(native, notes=notes)
    said = (
        f"No option of Stata has the convention {one.convention}: its standard errors are those of "
        "the command times the root of the ratio of factors, printed below.",
    )
    return Command(native, counts.correction / counts.reghdfe, counts.df, (*notes, *said))


def _by_row(one: Equation) -> Command:
    options = "" if one.covariance == "unadjusted" else "vce(robust)"
    native = reghdfe(one, options)
    bare = one.covariance == "hc0" or one.convention == "none"
    if not bare or one.counts is None:
        return Command(native)
    counts: Counts = one.counts
    free = counts.n - len(one.terms) - counts.absorbed
    said = (
        "Stata has no option without the factor n/(n - K): its standard errors times the root of "
        "(n - K)/n are printed below.",
    )
    return Command(native, free / counts.n, counts.df, said)


def _special(one: Equation) -> Command:
    if one.covariance in ("hc2", "hc3"):
        return Command(
            regress(one, f"vce({one.covariance})"),
            notes=(
                "A row that its effects fit exactly has leverage 1; ours counts it as nothing.",
            ),
        )
    if one.covariance == "jackknife":
        return Command(f"jackknife _b, cluster(region_id) mse: {dummies(one, '').rstrip(', ')}")
    if one.covariance == "cr2":
        return Command(
            regress(one, "vce(hc2 region_id, dfadjust)"),
            notes=("Stata 18 or newer; clubSandwich in R is the reference of our numbers.",),
        )
    lags = 0 if one.counts is None else default_lags(one.counts.years)
    effects = f" i.{TIME}" if TIME in one.effects and "region_id" in one.effects else ""
    fixed = "fe " if "region_id" in one.effects else ""
    return Command(
        f"xtscc {_regressors(one)}{effects}, {fixed}lag({lags})",
        lines=(f"xtset region_id {TIME}",),
        notes=(
            "xtscc (ssc install xtscc) has small-sample factors of its own, so its standard errors "
            "are near ours and not equal; the R script returns ours.",
        ),
    )


def rescaled_table(one: Equation, found: Command) -> list[str]:
    """Print estimates with our standard errors, where the command's are another convention's."""
    if found.df is None:
        return []
    p = f"2 * ttail({found.df:g}, abs(scalar(t)))"
    terms = " ".join(term.stata for term in one.terms)
    return [
        f"scalar ratio = {found.ratio!r}",
        f"foreach term in {terms} {{",
        "    scalar se = _se[`term'] * sqrt(scalar(ratio))",
        "    scalar t = _b[`term'] / scalar(se)",
        f"    display \"`term'\" _col(40) %12.0g _b[`term'] %12.0g scalar(se) %12.0g {p}",
        "}",
    ]


def script(header: Sequence[str], study: str, *parts: Sequence[str]) -> str:
    """Header, data and parts as one text."""
    lines = [*comment_lines("*", header), *opening(study)]
    for part in parts:
        if part:
            lines += ["", *part]
    return "\n".join(lines) + "\n"
