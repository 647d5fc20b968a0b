"""Parts and totals, shares, differences, ratios, and growth against levels.

Money in two currencies is in ``money.py``; index scores and tiers in ``scores.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from models_py.audit.digits import Printed, overlaps, quotient, show, show_interval
from models_py.audit.findings import Check, consistent

#: A growth rate against a base published earlier: statistical offices revise bases by up to 6.5 %
#: (China's output of integrated circuits of 2018, implied by the communiqué on 2019).
LARGEST_REVISION: Final = 0.07
#: Within one table the base is printed beside the rate; only a small gap may be a revision.
REVISION_IN_A_TABLE: Final = 0.02
#: Parts that add up to less were not meant to be all.
_LEAST_OF_TOTAL: Final = 0.5

Ends = tuple[float, float]


def parts_against_total(
    total: Printed, parts: Sequence[Printed], what: str, *, complete: bool = True
) -> Check:
    """Parts add up to the stated total, each within its rounding.

    Args:
        total: printed total.
        parts: printed parts, in the total's unit.
        what: for the sentence.
        complete: False where parts may be left out, and may only not exceed the total.
    """
    low, high = sum(part.low for part in parts), sum(part.high for part in parts)
    value = sum(part.value for part in parts)
    places = max((max(part.decimals, 0) for part in parts), default=0)
    sum_text = f"{value:,.{places}f}"
    listed = " + ".join(part.text for part in parts[:8]) + (" + …" if len(parts) > 8 else "")
    shown, implied = f"total {total.text}", f"{listed} = {sum_text}"
    if overlaps((low, high), total.interval) or (not complete and low <= total.high):
        return consistent("parts_vs_total", shown, implied, f"{what} adds up.", low, high)
    if not complete:
        return Check(
            "parts_vs_total", shown, implied, "inconsistent", "high",
            f"{what}: the parts add up to {sum_text}, more than the whole {total.text}.", low, high,
        )  # fmt: skip
    if value < _LEAST_OF_TOTAL * total.value:
        return Check(
            "parts_vs_total", shown, implied, "cannot_tell", "low",
            f"{what}: the parts add up to {sum_text} of {total.text}; the rest may not be listed.",
            low, high,
        )  # fmt: skip
    return Check(
        "parts_vs_total", shown, implied, "inconsistent", "high",
        f"{what}: the parts add up to {sum_text}, not to {total.text} "
        f"({show(abs(value - total.value))} {'short' if value < total.value else 'too much'}).",
        low, high,
    )  # fmt: skip


def shares_add_up(shares: Sequence[Printed], what: str, whole: float = 100.0) -> Check:
    """Shares of one whole add up to it within rounding; never beyond."""
    low, high = sum(max(share.low, 0.0) for share in shares), sum(share.high for share in shares)
    shown, implied = f"{len(shares)} shares", f"sum {show_interval((low, high))}"
    if low <= whole <= high:
        return consistent("shares_add_up", shown, implied, f"{what} add up.", low, high)
    return Check(
        "shares_add_up", shown, implied, "inconsistent", "medium",
        f"{what}: the shares add up to {show(sum(share.value for share in shares))} instead of "
        f"{whole:g}, which rounding does not explain.", low, high,
    )  # fmt: skip


def share_against_levels(
    share: Printed, part: Ends, whole: Ends, what: str, *, scale: float = 100.0, outside: str = ""
) -> Check:
    """A printed share is part / whole.

    Args:
        share: printed share.
        part: interval of the part.
        whole: interval of the whole.
        what: for the sentence.
        scale: 100 for percent, 1 for a ratio.
        outside: the source of the whole, where it is not the same paper.
    """
    implied = quotient(part, whole)
    if implied is None:
        return Check("share_vs_levels", share.text, "-", "cannot_tell", "none", "The whole is 0.")
    low, high = implied[0] * scale, implied[1] * scale
    shown, text = f"{share.text}", show_interval((low, high))
    if overlaps(share.interval, (low, high)):
        return consistent("share_vs_levels", shown, text, f"{what}: the share fits.", low, high)
    source = f" according to {outside}" if outside else ""
    return Check(
        "share_vs_levels", shown, text, "inconsistent", "medium",
        f"{what} is printed as {share.text}, but {show((part[0] + part[1]) / 2)} / "
        f"{show((whole[0] + whole[1]) / 2)} gives {text}{source}.", low, high,
    )  # fmt: skip


def difference_against_levels(gap: Printed, first: Printed, second: Printed, what: str) -> Check:
    """A printed difference (a deficit) is first − second within rounding."""
    low, high = first.low - second.high, first.high - second.low
    shown = f"{gap.text}"
    implied = f"{first.text} − {second.text} = {show(first.value - second.value, 6)}"
    if overlaps(gap.interval, (low, high)):
        return consistent("difference", shown, implied, f"{what} fits.", low, high)
    return Check(
        "difference", shown, implied, "inconsistent", "high",
        f"{what} is printed as {gap.text}, but {implied}.", low, high,
    )  # fmt: skip


def ratio_against_levels(ratio: Printed, first: Ends, second: Ends, what: str) -> Check:
    """A printed multiple or unit value is first / second."""
    implied = quotient(first, second)
    shown = f"{ratio.text}"
    if implied is None:
        return Check("ratio", shown, "-", "cannot_tell", "none", "The divisor may be 0.")
    text = show_interval(implied)
    if overlaps(ratio.interval, implied):
        return consistent("ratio", shown, text, f"{what} fits.", *implied)
    return Check(
        "ratio", shown, text, "inconsistent", "medium",
        f"{what} is printed as {ratio.text}, but the printed numbers give {text}.", *implied,
    )  # fmt: skip


def growth_against_levels(
    growth: Printed, now: Ends, before: Ends, what: str, *, revision: float = LARGEST_REVISION
) -> Check:
    """A printed growth rate (percent) against two levels; a revised base is its own verdict.

    Args:
        growth: printed rate in percent.
        now: interval of the later level.
        before: interval of the earlier level as printed.
        what: for the sentence.
        revision: how far the base that the rate implies may differ from the printed one and
            still be a revision of it.
    """
    ratio = quotient(now, before)
    if ratio is None or before[0] <= 0:
        return Check("growth", growth.text, "-", "cannot_tell", "none", "The base is not positive.")
    low, high = 100 * (ratio[0] - 1), 100 * (ratio[1] - 1)
    shown, implied = f"{growth.text} %", f"{show_interval((low, high))} %"
    if overlaps(growth.interval, (low, high)):
        return consistent("growth", shown, implied, f"{what}: rate and levels agree.", low, high)
    base = quotient(now, (1 + growth.low / 100, 1 + growth.high / 100))
    if base is None or base[0] <= 0:
        return _wrong_growth(shown, implied, what, growth, (low, high))
    middle = (before[0] + before[1]) / 2
    gap = max(base[0] - before[1], before[0] - base[1]) / middle
    if gap <= revision:
        moved = (base[0] + base[1]) / 2 / middle - 1
        return Check(
            "growth", shown, f"{implied}; base {show_interval(base)}", "base_revised", "low",
            f"{what}: the levels give {show_interval((low, high))} %, the printed rate is "
            f"{growth.text} %. The rate implies a base of {show_interval(base)} instead of "
            f"{show(middle)} ({100 * moved:+.2f} %): the base was revised after it was printed.",
            *base,
        )  # fmt: skip
    return _wrong_growth(shown, implied, what, growth, (low, high))


def growth_of_difference(
    growth: Printed, gap: Ends, first: tuple[Ends, Printed], second: tuple[Ends, Printed], what: str
) -> Check:
    """Growth of a balance follows from levels and growth of its two sides."""
    before = []
    for level, rate in (first, second):
        base = quotient(level, (1 + rate.low / 100, 1 + rate.high / 100))
        if base is None:
            return Check("growth", growth.text, "-", "cannot_tell", "none", "A side fell to 0.")
        before.append(base)
    base = (before[0][0] - before[1][1], before[0][1] - before[1][0])
    return growth_against_levels(growth, gap, base, what, revision=0.0)


def at_most(value: Printed, limit: Printed, what: str) -> Check:
    """A part, or a lower bound, does not exceed its whole."""
    shown, implied = value.text, f"at most {limit.text}"
    if value.low <= limit.high:
        return consistent("part_vs_whole", shown, implied, f"{what} fits.")
    return Check(
        "part_vs_whole", shown, implied, "inconsistent", "high",
        f"{what}: {value.text} is more than {limit.text}.", -math.inf, limit.high,
    )  # fmt: skip


def _wrong_growth(shown: str, implied: str, what: str, growth: Printed, ends: Ends) -> Check:
    return Check(
        "growth", shown, implied, "inconsistent", "medium",
        f"{what}: growth is printed as {growth.text} %, but the levels give "
        f"{show_interval(ends)} %.", *ends,
    )  # fmt: skip
