"""What the text says of a number against the table that prints it.

Which cell the text means is the caller's to know.
"""

from __future__ import annotations

from models_py.audit.digits import Printed, overlaps, same_number
from models_py.audit.findings import Check, consistent
from models_py.audit.reference import Reference, names, p_interval


def number_restated(said: Printed, printed: Printed) -> Check:
    """A number in the text against the same number in its table; the coarser digits decide."""
    shown = f"{said.text} in the text"
    implied = f"{printed.text} in the table"
    if same_number(said, printed):
        return consistent("text_vs_table", shown, implied, "Text and table agree.")
    sign = said.value == -printed.value
    return Check(
        "text_vs_table", shown, implied, "inconsistent", "high" if sign else "medium",
        f"The text says {said.text}, the table {printed.text}"
        f"{' (the sign differs)' if sign else ''}.",
        printed.low, printed.high,
    )  # fmt: skip


def claim_of_significance(
    claimed: Printed, size: tuple[float, float], references: tuple[Reference, ...], what: str
) -> Check:
    """``p < 0.05`` in the text against the statistic the table prints.

    Args:
        claimed: the claim: ``<0.05``, ``>0.05`` or a p-value.
        size: interval of |t|.
        references: distributions that may be meant.
        what: the statistic, for the sentence.
    """
    printed = (max(claimed.low, 0.0), min(claimed.high, 1.0))
    each = {reference: p_interval(size, reference.df) for reference in references}
    fits = [reference for reference, interval in each.items() if overlaps(interval, printed)]
    low = min(interval[0] for interval in each.values())
    high = max(interval[1] for interval in each.values())
    shown = (
        f"p {claimed.text if claimed.relation == '=' else claimed.relation + f'{claimed.value:g}'}"
    )
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
        f"The text claims {shown}, but {what} has p = {low:.3g} to {high:.3g} under "
        f"{names(references)}.", low, high,
    )  # fmt: skip
