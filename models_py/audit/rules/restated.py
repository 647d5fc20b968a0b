"""What the text says of a number against the table that prints it.

Which cell the text means is the caller's to know.
"""

from __future__ import annotations

from collections.abc import Sequence

from models_py.audit.digits import Printed, overlaps, same_number
from models_py.audit.findings import Check, consistent
from models_py.audit.reference import Reference, names, p_interval


def number_restated(
    said: Printed, printed: Printed, here: str = "the text", there: str = "the table"
) -> Check:
    """A number in the text against the same number in its table; the coarser digits decide.

    Args:
        said: the number repeated.
        printed: the number it repeats.
        here: where it is repeated, for the sentence.
        there: where it was printed.
    """
    shown = f"{said.text} in {here}"
    implied = f"{printed.text} in {there}"
    if same_number(said, printed):
        return consistent("text_vs_table", shown, implied, "Both places agree.")
    sign = said.value == -printed.value
    return Check(
        "text_vs_table", shown, implied, "inconsistent", "high" if sign else "medium",
        f"{here[:1].upper()}{here[1:]} says {said.text}, {there} {printed.text}"
        f"{' (the sign differs)' if sign else ''}.",
        printed.low, printed.high,
    )  # fmt: skip


def claim_of_significance(
    claimed: Printed, size: tuple[float, float], references: tuple[Reference, ...], what: str,
    words: str = "",
) -> Check:  # fmt: skip
    """``p < 0.05`` in the text against the statistic the table prints.

    Args:
        claimed: the claim: ``<0.05``, ``>0.05`` or a p-value.
        size: interval of |t|.
        references: distributions that may be meant.
        what: the statistic, for the sentence.
        words: the claim, where it is made in words.
    """
    printed = (max(claimed.low, 0.0), min(claimed.high, 1.0))
    each = {reference: p_interval(size, reference.df) for reference in references}
    fits = [reference for reference, interval in each.items() if overlaps(interval, printed)]
    low = min(interval[0] for interval in each.values())
    high = max(interval[1] for interval in each.values())
    shown = (
        f"p {claimed.text if claimed.relation == '=' else claimed.relation + f'{claimed.value:g}'}"
    )
    says = f"calls this {words} ({shown})" if words else f"claims {shown}"
    shown = f"{words} ({shown})" if words else shown
    implied = f"p = {low:.3g} to {high:.3g}"
    if len(fits) == len(each):
        return consistent("claim_vs_t", shown, implied, f"The claim agrees with {what}.", low, high)
    if fits:
        unfit = [reference for reference in each if reference not in fits]
        return Check(
            "claim_vs_t", shown, implied, "cannot_tell", "low",
            f"{shown} at {what} holds under {names(fits)} and not under {names(unfit)}.", low, high,
        )  # fmt: skip
    return Check(
        "claim_vs_t", shown, implied, "impossible", "high",
        f"The text {says}, but {what} has p = {low:.3g} to {high:.3g} under "
        f"{names(references)}.", low, high,
    )  # fmt: skip


def claim_of_direction(claimed: str, rates: Sequence[tuple[str, Printed]]) -> Check:
    """A claim of growth or decline against the printed rates of what it is about.

    Args:
        claimed: ``increase`` or ``decrease``.
        rates: name and printed rate in percent.

    Returns:
        Inconsistent only where every rate goes the other way: a claim about several series may
        mean one of them, or their ratio.
    """
    sign = 1 if claimed == "increase" else -1
    against = [(name, rate) for name, rate in rates if sign * rate.value < 0]
    implied = "; ".join(f"{rate.text} %" for _, rate in rates)
    if not against:
        return consistent("claim_vs_growth", claimed, implied, "The rates bear the claim out.")
    listed = "; ".join(f"{name} {rate.text} %" for name, rate in against)
    every = len(against) == len(rates)
    return Check(
        "claim_vs_growth", claimed, implied, "inconsistent" if every else "implausible",
        "medium" if every else "low",
        f"The text claims an {claimed}, but prints {listed}." if sign > 0
        else f"The text claims a {claimed}, but prints {listed}.",
    )  # fmt: skip
