"""A coefficient against its SE, t, p and interval: what each implies of the others.

Marks are judged in ``marks.py``; several equations together in ``nested.py`` and ``fit.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from models_py.audit.digits import (
    Printed,
    difference,
    magnitude,
    overlaps,
    quotient,
    show_interval,
)
from models_py.audit.findings import Check, consistent
from models_py.audit.reference import NORMAL, Reference, critical, names, p_interval

#: A bootstrap interval need not be symmetric; a normal one is within this share of its width.
_LOPSIDED: Final = 0.02

Pair = tuple[Printed, Printed]


def t_against_se(coefficient: Printed, se: Printed, t: Printed) -> Check:
    """T must be coefficient / SE (statcheck's recomputation; Nuijten et al. 2016)."""
    shown = f"t = {t.text}"
    implied = quotient(coefficient.interval, magnitude(se.interval))
    if implied is None:
        return Check(
            "t_vs_se", shown, "SE may be 0", "cannot_tell", "none",
            f"The standard error is printed as {se.text}, too few digits to divide by.",
        )  # fmt: skip
    low, high = implied
    text = f"{coefficient.text} / {se.text} = {show_interval(implied)}"
    if overlaps(implied, t.interval):
        return consistent("t_vs_se", shown, text, "t is the coefficient over its SE.", low, high)
    if overlaps(magnitude(implied), magnitude(t.interval)):
        return Check(
            "t_sign", shown, text, "inconsistent", "low",
            f"t = {t.text} and the coefficient {coefficient.text} have opposite signs.", low, high,
        )  # fmt: skip
    return Check(
        "t_vs_se", shown, text, "inconsistent", "high",
        f"t is printed as {t.text}, but {text}.", low, high,
    )  # fmt: skip


def sign_of_t(coefficient: Printed, t: Printed) -> Check:
    """A t statistic has its coefficient's sign."""
    shown = f"{coefficient.text} ({t.text})"
    implied = "a positive t" if coefficient.value > 0 else "a negative t"
    if coefficient.high < 0 < t.low or t.high < 0 < coefficient.low:
        return Check(
            "t_sign", shown, implied, "inconsistent", "medium",
            f"The coefficient {coefficient.text} and its t statistic {t.text} have opposite signs; "
            "one of the two is misprinted.",
        )  # fmt: skip
    return consistent("t_sign", shown, implied, "t has the coefficient's sign.")


def se_positive(coefficient: Printed, se: Printed) -> Check | None:
    """A standard error cannot be negative."""
    if se.high >= 0:
        return None
    return Check(
        "t_vs_se", f"SE = {se.text}", "> 0", "impossible", "high",
        f"The standard error of {coefficient.text} is printed as {se.text}; none is negative.",
    )  # fmt: skip


def p_against_t(p: Printed, t: tuple[float, float], references: Sequence[Reference]) -> Check:
    """A printed p-value against the two-sided p of its t (statcheck; Nuijten et al. 2016)."""
    references = references or (NORMAL,)
    size = magnitude(t)
    each = {reference: p_interval(size, reference.df) for reference in references}
    printed = (max(p.low, 0.0), min(p.high, 1.0))
    low = min(interval[0] for interval in each.values())
    high = max(interval[1] for interval in each.values())
    shown = f"p {p.relation} {p.text}"
    implied = f"p = {show_interval((low, high), 3)}"
    fits = [reference for reference, interval in each.items() if overlaps(interval, printed)]
    # Two references bracket every df between them; software may use one that nobody named.
    if fits or overlaps((low, high), printed):
        who = names(fits) if fits else "a df between the candidates"
        return consistent("p_vs_t", shown, implied, f"p agrees with t under {who}.", low, high)
    if overlaps((low / 2, high / 2), printed):
        return Check(
            "p_vs_t", shown, implied, "inconsistent", "low",
            f"p is printed as {p.text}, half of the two-sided {show_interval((low, high), 3)}: "
            "a one-sided test, if one was meant.", low, high,
        )  # fmt: skip
    crosses = (p.value - 0.05) * ((low + high) / 2 - 0.05) < 0
    return Check(
        "p_vs_t", shown, implied, "inconsistent", "high" if crosses else "medium",
        f"p is printed as {p.text}, but t = {show_interval(t)} has "
        f"p = {show_interval((low, high), 3)} under {names(references)}.", low, high,
    )  # fmt: skip


def estimate_in_interval(estimate: Printed, ci: Pair, rule: str = "estimate_in_interval") -> Check:
    """A point estimate lies inside its own interval, whose ends are in order."""
    shown = f"{estimate.text} in [{ci[0].text}, {ci[1].text}]"
    implied = f"{ci[0].text} to {ci[1].text}"
    if ci[0].low > ci[1].high:
        return Check(
            rule, shown, implied, "impossible", "high",
            f"The interval [{ci[0].text}, {ci[1].text}] ends before it begins.",
        )  # fmt: skip
    if estimate.high < ci[0].low or estimate.low > ci[1].high:
        return Check(
            rule, shown, implied, "inconsistent", "high",
            f"The estimate {estimate.text} lies outside its own interval "
            f"[{ci[0].text}, {ci[1].text}].", ci[0].low, ci[1].high,
        )  # fmt: skip
    return consistent(rule, shown, implied, "The estimate lies in its interval.")


def ci_against_se(
    estimate: Printed,
    se: tuple[float, float],
    ci: Pair,
    references: Sequence[Reference],
    level: float = 0.95,
) -> Check:
    """An interval against estimate ± critical value × SE, end by end."""
    references = references or (NORMAL,)
    shown = f"[{ci[0].text}, {ci[1].text}]"
    crits = [critical(reference.df, 1 - level) for reference in references]
    low = (estimate.low - max(crits) * se[1], estimate.high - min(crits) * se[0])
    high = (estimate.low + min(crits) * se[0], estimate.high + max(crits) * se[1])
    implied = f"[{show_interval(low)}, {show_interval(high)}]"
    if overlaps(low, ci[0].interval) and overlaps(high, ci[1].interval):
        return consistent(
            "ci_vs_se", shown, implied, "The interval is estimate ± critical value × SE."
        )
    return Check(
        "ci_vs_se", shown, implied, "inconsistent", "medium",
        f"The {level:.0%} interval is printed as {shown}, but the estimate {estimate.text} and its "
        f"standard error give {implied} under {names(references)}.", low[0], high[1],
    )  # fmt: skip


def p_against_ci(
    p: Printed,
    ci: Pair,
    estimate: Printed | None,
    references: Sequence[Reference],
    level: float = 0.95,
    *,
    symmetric: bool = True,
) -> Check:
    """A p-value against the interval: the SE the width implies, and whether zero is inside.

    Args:
        p: printed p-value.
        ci: printed ends.
        estimate: the point estimate; the midpoint if None.
        references: distributions that may be meant.
        level: of the interval.
        symmetric: whether the interval is known to be estimate ± critical value × SE; a
            percentile bootstrap interval is not, and a difference is then only implausible.
    """
    references = references or (NORMAL,)
    width = difference(ci[1].interval, ci[0].interval)
    middle = (ci[0].low + ci[1].low) / 2, (ci[0].high + ci[1].high) / 2
    centre = estimate.interval if estimate else middle
    shown = f"p {p.relation} {p.text}; [{ci[0].text}, {ci[1].text}]"
    intervals = []
    for reference in references:
        half = critical(reference.df, 1 - level)
        t = quotient(centre, (width[0] / 2 / half, width[1] / 2 / half))
        if t is not None:
            intervals.append(p_interval(magnitude(t), reference.df))
    if not intervals or width[0] <= 0:
        return Check(
            "p_vs_ci", shown, "-", "cannot_tell", "none", "The interval is too narrow as printed."
        )
    low, high = min(i[0] for i in intervals), max(i[1] for i in intervals)
    implied = f"p = {show_interval((low, high), 3)}"
    printed = (max(p.low, 0.0), min(p.high, 1.0))
    if overlaps((low, high), printed):
        return consistent("p_vs_ci", shown, implied, "p agrees with the interval.", low, high)
    return Check(
        "p_vs_ci", shown, implied, "inconsistent" if symmetric else "implausible", "medium",
        f"p is printed as {p.text}, but the interval [{ci[0].text}, {ci[1].text}] implies "
        f"p = {show_interval((low, high), 3)} if it is estimate ± critical value × SE"
        f"{'' if symmetric else '; only a skewed bootstrap distribution could give both'}.",
        low, high,
    )  # fmt: skip


def zero_in_interval(
    ci: Pair, claimed: float | None, said: str, level: float = 0.95
) -> Check | None:
    """An interval that contains zero and a claim of significance at its own level, or the reverse.

    Args:
        ci: printed ends.
        claimed: the level at which significance is claimed (0.05 for ``p<0.05``); None for
            a claim that it is not significant at the interval's level.
        said: the claim, for the sentence.
        level: of the interval.

    Returns:
        None where the claim is about another level than the interval's.
    """
    shown = f"{said}; [{ci[0].text}, {ci[1].text}]"
    inside = ci[0].high < 0 < ci[1].low
    outside = ci[0].low > 0 or ci[1].high < 0
    own = 1 - level
    if claimed is not None and claimed <= own * (1 + 1e-9):
        if inside:
            return Check(
                "zero_in_interval", shown, f"not significant at {own:.0%}", "inconsistent", "high",
                f"Zero lies inside the {level:.0%} interval [{ci[0].text}, {ci[1].text}], yet it "
                f"is called significant ({said}).",
            )  # fmt: skip
        return consistent("zero_in_interval", shown, "zero outside", "Claim and interval agree.")
    if claimed is None and outside:
        return Check(
            "zero_in_interval", shown, f"significant at {own:.0%}", "inconsistent", "medium",
            f"Zero lies outside the {level:.0%} interval [{ci[0].text}, {ci[1].text}], yet it is "
            f"called not significant ({said}).",
        )  # fmt: skip
    return None
