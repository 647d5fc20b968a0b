"""Indirect, direct and total effects against the paths, their sum and their intervals.

Sobel (1982) gives the delta-method standard error; bootstrap intervals are judged only where no
resampling could give them.
"""

from __future__ import annotations

import math
from typing import Final

from models_py.audit.digits import Printed, overlaps, product, show, show_interval
from models_py.audit.findings import Check, consistent
from models_py.audit.reference import critical, p_two_sided

Ends = tuple[float, float]
Pair = tuple[Printed, Printed]
#: Only how the distance is told. Percentile and Sobel intervals of one effect overlapped by a third
#: of their width or more in all of 2,100 simulated mediations (n = 30, 60, 155).
_APART: Final = 1.0
_SIGNIFICANT: Final = 0.05
#: A percentile interval leaves zero out about where both paths are significant by themselves
#: (MacKinnon et al. 2002, joint significance). Of 6,722 simulated mediations with a path of |t| < 1
#: (n = 30, 60, 155; 500 resamples) none had such an interval; of 2,726 between 1 and 1.96, 6 %.
_HOPELESS: Final = 1.0


def indirect_against_paths(indirect: Printed, a: Ends, b: Ends) -> Check:
    """A printed indirect effect equals a·b."""
    path = product(a, b)
    shown, implied = f"indirect {indirect.text}", f"a·b = {show_interval(path)}"
    if overlaps(indirect.interval, path):
        return consistent("indirect_effect", shown, implied, "The indirect effect is a·b.", *path)
    return Check(
        "indirect_effect", shown, implied, "inconsistent", "high",
        f"The indirect effect is printed as {indirect.text}, but the paths multiply to "
        f"{show_interval(path)}.", *path,
    )  # fmt: skip


def effect_in_interval(effect: Ends, ci: Pair, how: str, which: str = "indirect") -> Check:
    """An effect that follows from other printed numbers lies inside its printed interval."""
    shown = f"[{ci[0].text}, {ci[1].text}]"
    implied = f"{how} = {show_interval(effect)}"
    if effect[1] < ci[0].low or effect[0] > ci[1].high:
        return Check(
            "effect_in_interval", shown, implied, "inconsistent", "high",
            f"The {which} effect is {show_interval(effect)} ({how}), which lies outside its own "
            f"interval [{ci[0].text}, {ci[1].text}].", *effect,
        )  # fmt: skip
    return consistent(
        "effect_in_interval", shown, implied, f"The {which} effect lies in its interval.", *effect
    )


def total_is_sum(total: Printed, direct: Printed, indirect: Printed) -> Check:
    """Total = direct + indirect."""
    low, high = direct.low + indirect.low, direct.high + indirect.high
    shown, implied = f"total {total.text}", show_interval((low, high))
    if overlaps(total.interval, (low, high)):
        return consistent("total_effect", shown, implied, "Direct and indirect add up.", low, high)
    return Check(
        "total_effect", shown, implied, "inconsistent", "high",
        f"Direct {direct.text} and indirect {indirect.text} add up to {implied}, but the total is "
        f"printed as {total.text}.", low, high,
    )  # fmt: skip


def proportion(share: Printed, indirect: Printed, total: Printed) -> Check | None:
    """A printed share of mediation equals indirect / total."""
    if total.low <= 0 <= total.high:
        return None
    ends = [i / t for i in indirect.interval for t in total.interval]
    scale = 100.0 if share.percent or share.value > 1.5 else 1.0
    low, high = min(ends) * scale, max(ends) * scale
    shown, implied = f"share {share.text}", show_interval((low, high))
    if overlaps(share.interval, (low, high)):
        return consistent("mediated_share", shown, implied, "The share fits.", low, high)
    return Check(
        "mediated_share", shown, implied, "inconsistent", "medium",
        f"The mediated share is printed as {share.text}; indirect {indirect.text} over total "
        f"{total.text} is {implied}.", low, high,
    )  # fmt: skip


def claim_of_mediation(claimed: str, size_a: Ends, size_b: Ends) -> Check:
    """A claim of mediation against the statistics of its two paths.

    Sobel's z is t_a·t_b / √(t_a² + t_b²), so never more than the smaller of the two. The signs are
    not judged: ``nested_identity`` may have found one misprinted.

    Args:
        claimed: the claim, such as ``partial_mediation``.
        size_a: interval of |t| of the path to the mediator.
        size_b: interval of |t| of the path from it.
    """
    largest = size_a[1] * size_b[1] / (math.hypot(size_a[1], size_b[1]) or 1.0)
    p = p_two_sided(largest, math.inf)
    shown, smaller = claimed.replace("_", " "), min(size_a[1], size_b[1])
    implied = f"Sobel z at most {show(largest, 3)}, p at least {p:.3g}"
    if p < _SIGNIFICANT:
        return consistent("mediation_claim", shown, implied, "The paths bear the claim out.")
    if smaller >= _HOPELESS:
        return Check(
            "mediation_claim", shown, implied, "cannot_tell", "low",
            f"The claim of {shown} does not follow from Sobel's test ({implied}); a bootstrap may "
            "see more.",
        )  # fmt: skip
    return Check(
        "mediation_claim", shown, implied, "inconsistent", "high",
        f"The text claims {shown}, but one of the two paths has |t| of at most "
        f"{show(smaller, 3)}: {implied}. A bootstrap interval of such a path holds zero.",
    )  # fmt: skip


def sobel_interval(
    a: Printed, b: Printed, se_a: Ends, se_b: Ends, ci: Pair, level: float = 0.95
) -> Check:
    """Sobel's interval of a·b against the printed one, which may be a bootstrap's.

    The two need not be equal. Intervals of one effect that do not even touch are a contradiction.
    """
    ab = a.value * b.value
    variance = a.value**2 * (sum(se_b) / 2) ** 2 + b.value**2 * (sum(se_a) / 2) ** 2
    half = critical(math.inf, 1 - level) * math.sqrt(variance)
    # The widest interval that the printed digits allow.
    size_a, size_b = max(map(abs, a.interval)), max(map(abs, b.interval))
    widest = critical(math.inf, 1 - level) * math.hypot(size_a * se_b[1], size_b * se_a[1])
    corners = product(a.interval, b.interval)
    sobel = (corners[0] - widest, corners[1] + widest)
    shown = f"[{ci[0].text}, {ci[1].text}]"
    implied = f"Sobel [{show(ab - half)}, {show(ab + half)}]"
    printed = (ci[0].low, ci[1].high)
    if overlaps(sobel, printed):
        return consistent("sobel_interval", shown, implied, "The intervals overlap.", *sobel)
    apart = max(printed[0] - sobel[1], sobel[0] - printed[1])
    width = max(printed[1] - printed[0], sobel[1] - sobel[0])
    far = f", {show(apart, 2)} apart" if apart < _APART * width else ", far apart"
    return Check(
        "sobel_interval", shown, implied, "inconsistent", "high",
        f"The {level:.0%} interval of the indirect effect is printed as {shown}; the printed paths "
        f"and their standard errors give [{show(ab - half)}, {show(ab + half)}] (Sobel). The two "
        f"do not touch{far}.", *sobel,
    )  # fmt: skip
