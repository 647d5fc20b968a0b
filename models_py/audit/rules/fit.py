"""R² against added regressors, N against degrees of freedom, R² against its range.

Identities of least squares; robust or clustered standard errors loosen them, as verdicts say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from models_py.audit.digits import Printed, difference, magnitude, show, show_interval
from models_py.audit.findings import Check, consistent

#: Robust and classical SE of one coefficient seldom differ by more: in 3 × 2,000 simulated two-way
#: panels of 30 clusters (5, 10, 20 periods, serial correlation 0.6) by 0.61 to 2.27 times.
_ROBUST_FACTOR: Final = 3.0
#: Added regressors that are nearly collinear can explain together what none does alone; a joint F
#: this many times the sum of their squared t asks for variance inflation of that order.
_COLLINEAR_FACTOR: Final = 15.0

Ends = tuple[float, float]


def r2_range(r2: Printed, adjusted: Printed | None) -> list[Check]:
    """R² in [0, 1]; the adjusted one not above it."""
    checks = []
    if r2.low > 1 or r2.high < 0:
        checks.append(
            Check("r2_range", f"R² = {r2.text}", "0 to 1", "impossible", "high",
                  f"R² is printed as {r2.text}; it lies between 0 and 1.", 0.0, 1.0)
        )  # fmt: skip
    if adjusted and adjusted.low > r2.high:
        checks.append(
            Check("r2_range", f"adjusted R² = {adjusted.text}", f"at most {r2.text}", "impossible",
                  "medium", f"The adjusted R² {adjusted.text} is above R² {r2.text}.")
        )  # fmt: skip
    return checks


def r2_gain_one(
    small: Printed, full: Printed, t: Ends, df: Ends, covariance: str | None, added: str
) -> Check:
    """One added regressor raises R² by exactly t²(1 − R²)/df (squared semi-partial correlation).

    Args:
        small: R² without the regressor.
        full: R² with it.
        t: interval of its t statistic.
        df: smallest and largest residual degrees of freedom that may be meant.
        covariance: ``classical``, ``robust``, ``clustered`` or None for unsaid.
        added: name of the regressor.
    """
    gain = difference(full.interval, small.interval)
    size = magnitude(t)
    implied = (
        size[0] ** 2 * max(0.0, 1 - full.high) / df[1],
        size[1] ** 2 * max(0.0, 1 - full.low) / df[0],
    )
    shown = f"R² {small.text} to {full.text}"
    text = f"gain {show_interval(implied, 3)}"
    if gain[1] < -1e-12:
        return _fall(shown, text, added)
    if gain[0] <= implied[1] + 1e-12 and implied[0] <= gain[1] + 1e-12:
        return consistent("r2_gain", shown, text, f"The gain fits t of {added}.", *implied)
    needed = (
        math.sqrt(max(0.0, gain[0]) * df[0] / max(1 - full.low, 1e-12)),
        math.sqrt(max(0.0, gain[1]) * df[1] / max(1 - full.high, 1e-12)),
    )
    factor = _factor(needed, size)
    sentence = (
        f"Adding {added} (t = {show_interval(size)}) must raise R² by t²(1 − R²)/df = "
        f"{show_interval(implied, 3)}, but R² goes from {small.text} to {full.text}, which needs "
        f"|t| = {show_interval(needed, 3)}"
    )
    return _graded(shown, text, sentence, factor, covariance, implied)


def r2_falls(small: Printed, full: Printed, added: str) -> Check | None:
    """R² cannot fall when regressors are added, whatever their t (which may not be printed)."""
    gain = difference(full.interval, small.interval)
    if gain[1] >= -1e-12:
        return None
    return _fall(f"R² {small.text} to {full.text}", "no fall", added)


def r2_gain_several(
    small: Printed, full: Printed, ts: Sequence[Ends], df: Ends, covariance: str | None,
    added: Sequence[str],
) -> Check:  # fmt: skip
    """Several added regressors raise R² by no less than the strongest of them alone would.

    The joint F is (gain/k) / ((1 − R²)/df); k·F is at least the largest t² among the added.
    """
    gain = difference(full.interval, small.interval)
    shown = f"R² {small.text} to {full.text}"
    names = ", ".join(added[:6])
    strongest = max(magnitude(t)[0] for t in ts)
    least = strongest**2 * max(0.0, 1 - full.high) / df[1]
    text = f"gain of at least {show(least, 3)}"
    joint = (
        max(0.0, gain[0]) * df[0] / max(1 - full.low, 1e-12),
        max(0.0, gain[1]) * df[1] / max(1 - full.high, 1e-12),
    )
    if gain[1] < -1e-12:
        return _fall(shown, text, names)
    f_text = f"joint F = {show_interval((joint[0] / len(ts), joint[1] / len(ts)), 3)}"
    if gain[1] < least - 1e-12:
        factor = strongest / max(math.sqrt(joint[1]), 1e-9)
        sentence = (
            f"Adding {names} raises R² by at most {show(gain[1], 3)} ({f_text}), but the largest t "
            f"among them, {show(strongest, 3)}, alone needs {show(least, 3)}"
        )
        return _graded(shown, text, sentence, factor, covariance, (least, 1.0))
    total = sum(magnitude(t)[1] ** 2 for t in ts)
    if joint[0] > _COLLINEAR_FACTOR * max(total, 4.0):
        return Check(
            "r2_gain", shown, f_text, "implausible", "medium",
            f"R² rises from {small.text} to {full.text} with {names}: {f_text}, though their "
            f"largest t is {show(max(magnitude(t)[1] for t in ts), 3)}. Only regressors that are "
            "nearly collinear, or another definition of R², would give both.",
            joint[0] / len(ts), joint[1] / len(ts),
        )  # fmt: skip
    return consistent("r2_gain", shown, f_text, f"The gain fits the t of {names}.")


def degrees_of_freedom(
    n: int, regressors: int, effects: dict[str, int], clusters: int | None
) -> Check:
    """More observations than parameters; not more clusters than observations.

    Args:
        n: observations.
        regressors: slopes and constant printed.
        effects: levels of each fixed effect.
        clusters: clusters of the standard errors, if said.
    """
    used = regressors + sum(levels - 1 for levels in effects.values())
    left = n - used
    shown = f"N = {n}"
    implied = f"{left} residual degrees of freedom"
    listed = ", ".join(f"{levels} {name}" for name, levels in effects.items())
    if left <= 0:
        return Check(
            "degrees_of_freedom", shown, implied, "impossible", "high",
            f"{n} observations cannot carry {used} parameters"
            f"{f' (with fixed effects of {listed})' if listed else ''}.", left, left,
        )  # fmt: skip
    if clusters and clusters > n:
        return Check(
            "degrees_of_freedom", shown, f"at most {n} clusters", "impossible", "medium",
            f"{clusters} clusters are more than the {n} observations.",
        )  # fmt: skip
    if len(effects) == 2 and n > math.prod(effects.values()):
        most = math.prod(effects.values())
        return Check(
            "degrees_of_freedom", shown, f"at most {most}", "inconsistent", "high",
            f"{n} observations are more than the panel of {listed} holds ({most}), if each pair "
            "occurs once.", most, most,
        )  # fmt: skip
    return consistent("degrees_of_freedom", shown, implied, "Enough observations.", left, left)


def printed_df(df: Printed, candidates: Sequence[float]) -> Check:
    """A printed residual df against those N, regressors and effects leave."""
    implied = " or ".join(f"{candidate:g}" for candidate in candidates)
    if any(df.low <= candidate <= df.high for candidate in candidates):
        return consistent("degrees_of_freedom", f"df = {df.text}", implied, "df fits N.")
    return Check(
        "degrees_of_freedom", f"df = {df.text}", implied, "inconsistent", "medium",
        f"The residual degrees of freedom are printed as {df.text}; N, regressors and fixed "
        f"effects leave {implied}.",
    )  # fmt: skip


def _factor(needed: Ends, printed: Ends) -> float:
    if needed[0] > printed[1]:
        return needed[0] / max(printed[1], 1e-9)
    return printed[0] / max(needed[1], 1e-9)


def _fall(shown: str, text: str, added: str) -> Check:
    return Check(
        "r2_gain", shown, text, "impossible", "high",
        f"R² falls although {added} was added on the same sample; least squares cannot do that.",
    )  # fmt: skip


def _graded(
    shown: str, text: str, sentence: str, factor: float, covariance: str | None, implied: Ends
) -> Check:
    """Inconsistent if the SE are classical or no robust SE could explain it, else cannot tell."""
    if covariance == "classical":
        return Check(
            "r2_gain", shown, text, "inconsistent", "high", f"{sentence}.", *implied
        )  # fmt: skip
    if factor > _ROBUST_FACTOR:
        return Check(
            "r2_gain", shown, text, "inconsistent", "high",
            f"{sentence}; robust standard errors would have to differ from classical ones "
            f"{show(factor, 2)}-fold.", *implied,
        )  # fmt: skip
    return Check(
        "r2_gain", shown, text, "cannot_tell", "low",
        f"{sentence}. That is a contradiction with classical standard errors, and possible with "
        f"robust or clustered ones {show(factor, 2)} times as different; the table does not say "
        "which.", *implied,
    )  # fmt: skip
