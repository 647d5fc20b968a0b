"""Mean, SD, minimum and maximum of one variable against each other and N; GRIM and GRIMMER.

Bounds follow Bhatia and Davis (2000) above and the least spread two fixed ends allow below;
GRIM Brown and Heathers (2017); GRIMMER Anaya (2016) as corrected by Allard (2018).
"""

from __future__ import annotations

import math
from typing import Final

from models_py.audit.digits import Printed, overlaps, show, show_interval
from models_py.audit.findings import Check, Verdict, consistent

#: So many sums at most are tried by GRIMMER; a mean printed that coarsely tests nothing anyway.
_MOST_SUMS: Final = 400
_IF_WHOLE: Final = " (if the data are whole numbers, as their range suggests)"

Ends = tuple[float, float]


def mean_in_range(mean: Printed, minimum: Printed, maximum: Printed, what: str = "mean") -> Check:
    """A mean (or median) lies between minimum and maximum, and these are in order."""
    shown = f"{what} {mean.text}; {minimum.text} to {maximum.text}"
    implied = f"{minimum.text} to {maximum.text}"
    if minimum.low > maximum.high:
        return Check(
            "mean_in_range", shown, implied, "impossible", "high",
            f"The minimum {minimum.text} is above the maximum {maximum.text}.",
        )  # fmt: skip
    if mean.high < minimum.low or mean.low > maximum.high:
        return Check(
            "mean_in_range", shown, implied, "impossible", "high",
            f"The {what} {mean.text} lies outside minimum {minimum.text} and maximum "
            f"{maximum.text}.", minimum.low, maximum.high,
        )  # fmt: skip
    return consistent("mean_in_range", shown, implied, f"The {what} lies in the range.")


def sd_against_range(
    sd: Printed, mean: Printed | None, minimum: Printed, maximum: Printed, n: int | None,
    *, integer: bool = False,
) -> list[Check]:  # fmt: skip
    """SD against the smallest and largest that N, mean, minimum and maximum allow.

    Args:
        sd: printed standard deviation, of a sample (N − 1) or a population (N); both are tried.
        mean: printed mean; any in the range if None.
        minimum: printed minimum.
        maximum: printed maximum.
        n: observations; None leaves the lower bound out and tries any N above.
        integer: whether the data are whole numbers, which narrows both bounds.
    """
    if minimum.low > maximum.high or (mean and _outside(mean, minimum, maximum)):
        return []
    shown = f"SD {sd.text}"
    if sd.high < 0:
        return [
            Check("sd_bounds", shown, ">= 0", "impossible", "high",
                  f"The standard deviation is printed as {sd.text}; none is negative.")
        ]  # fmt: skip
    least = least_sd(mean, minimum, maximum, n, integer) if n and n > 1 else 0.0
    most = most_sd(mean, minimum, maximum, n)
    implied = f"{show(least)} to {show(most)}"
    where = f"minimum {minimum.text}, maximum {maximum.text}" + (
        f", mean {mean.text}" if mean else ""
    )
    where += f" and N = {n}" if n else ""
    if sd.high < least * (1 - 1e-9):
        return [
            Check("sd_bounds", shown, implied, "impossible", "high",
                  f"The SD is printed as {sd.text}, but {where} need at least {show(least)}: "
                  "the two extreme values alone spread more than that.", least, most)
        ]  # fmt: skip
    if sd.low > most * (1 + 1e-9):
        return [
            Check("sd_bounds", shown, implied, "impossible", "high",
                  f"The SD is printed as {sd.text}, but {where} allow at most {show(most)} "
                  "(all values at the two ends).", least, most)
        ]  # fmt: skip
    return [consistent("sd_bounds", shown, implied, "The SD is possible.", least, most)]


def least_sd(
    mean: Printed | None, minimum: Printed, maximum: Printed, n: int, integer: bool = False
) -> float:
    """Smallest SD with one value at each end and the rest as close to the mean as it allows."""
    low, high = (minimum.low, minimum.high), (maximum.low, maximum.high)
    if n == 2 or mean is None:
        gap = max(0.0, high[0] - low[1])
        return gap / math.sqrt(2.0 * n)
    squares = _least_squares(low, high, (mean.low, mean.high), n)
    if integer and minimum.is_integer and maximum.is_integer:
        squares = max(squares, _least_squares_integer(mean, minimum.value, maximum.value, n))
    return math.sqrt(squares / n)


def most_sd(mean: Printed | None, minimum: Printed, maximum: Printed, n: int | None) -> float:
    """Largest SD: Bhatia and Davis (2000), times N/(N − 1) for a sample."""
    low, high = minimum.low, maximum.high
    middle = (low + high) / 2
    centre = min(max(middle, mean.low), mean.high) if mean else middle
    variance = max(0.0, (high - centre) * (centre - low))
    return math.sqrt(variance * (n / (n - 1) if n and n > 1 else 2.0))


def cv_against_range(
    cv: Printed, mean: Printed, minimum: Printed, maximum: Printed, n: int
) -> list[Check]:
    """A coefficient of variation against the SDs that N, mean and range allow."""
    low, high = least_sd(mean, minimum, maximum, n), most_sd(mean, minimum, maximum, n)
    if mean.low <= 0:
        return []
    implied = (low / mean.high, high / mean.low)
    shown = f"CV {cv.text}"
    text = show_interval(implied, 3)
    if overlaps(implied, cv.interval):
        return [consistent("cv_bounds", shown, text, "The CV is possible.", *implied)]
    return [
        Check("cv_bounds", shown, text, "impossible", "high",
              f"The coefficient of variation is printed as {cv.text}; mean {mean.text}, range "
              f"{minimum.text} to {maximum.text} and {n} values allow {text}.", *implied)
    ]  # fmt: skip


def grim(mean: Printed, n: int, items: int = 1, *, certain: bool = True) -> Check:
    """GRIM: whether some whole sum over N × items gives the printed mean.

    Args:
        mean: printed mean of whole numbers.
        n: observations.
        items: items averaged into each value.
        certain: False where only the look of the table says that the data are whole.
    """
    total = n * items
    low, high = math.ceil(mean.low * total - 1e-6), math.floor(mean.high * total + 1e-6)
    shown = f"mean {mean.text}, N = {n}"
    if low <= high:
        text = f"sum {low}" + (f" to {high}" if high > low else "")
        return consistent("grim", shown, text, "A whole sum gives this mean.", low, high)
    below, above = math.floor(mean.value * total), math.ceil(mean.value * total)
    places = max(mean.decimals, 0)
    implied = f"{below / total:.{places}f} or {above / total:.{places}f}"
    return Check(
        "grim", shown, implied, _integer_verdict(certain), "high" if certain else "low",
        f"No {total} whole numbers have the mean {mean.text}: sums {below} and {above} give "
        f"{implied}{'' if certain else _IF_WHOLE}.",
        below / total, above / total,
    )  # fmt: skip


def grimmer(
    sd: Printed, mean: Printed, n: int, items: int = 1, *, certain: bool = True
) -> Check | None:
    """GRIMMER: whether whole numbers with the printed mean can have the printed SD.

    Tries every whole sum that gives the mean, with N − 1 and with N, and asks for a whole sum of
    squares of the right parity (a sum of squares is odd exactly when the sum is).

    Returns:
        None if the mean already fails GRIM or is too coarse to test.
    """
    total = n * items
    low, high = math.ceil(mean.low * total - 1e-6), math.floor(mean.high * total + 1e-6)
    if low > high or high - low > _MOST_SUMS or n < 2 or sd.high < 0:
        return None
    shown = f"mean {mean.text}, SD {sd.text}, N = {n}"
    scale = float(items * items)
    sums = range(low, high + 1)
    for sum_ in sums:
        for divisor in (n - 1, n):
            base = sum_ * sum_ / n
            first = math.ceil(base + divisor * scale * max(sd.low, 0.0) ** 2 - 1e-6 * base - 1e-6)
            last = math.floor(base + divisor * scale * sd.high**2 + 1e-6 * base + 1e-6)
            if last - first >= 1 or (first == last and first % 2 == sum_ % 2):
                return consistent(
                    "grimmer", shown, f"sum of squares {first}", "The SD is possible."
                )
    near = _nearest_sd(sd, sums, n, items)
    return Check(
        "grimmer", shown, f"SD {near}", _integer_verdict(certain), "high" if certain else "low",
        f"No {total} whole numbers with the mean {mean.text} have the SD {sd.text}; the nearest "
        f"possible is {near}"
        f"{'' if certain else _IF_WHOLE}.",
    )  # fmt: skip


def _integer_verdict(certain: bool) -> Verdict:
    return "impossible" if certain else "implausible"


def _nearest_sd(sd: Printed, sums: range, n: int, items: int) -> str:
    best = math.inf
    for sum_ in sums:
        base = sum_ * sum_ / n
        square = round(base + (n - 1) * (sd.value * items) ** 2)
        for candidate in (square - 1, square, square + 1, square + 2):
            if candidate % 2 == sum_ % 2 and candidate >= base:
                possible = math.sqrt((candidate - base) / (n - 1)) / items
                if abs(possible - sd.value) < abs(best - sd.value):
                    best = possible
    return f"{best:.{max(sd.decimals, 0) + 1}f}"


def _outside(mean: Printed, minimum: Printed, maximum: Printed) -> bool:
    return mean.high < minimum.low or mean.low > maximum.high


def _least_squares(low: Ends, high: Ends, mean: Ends, n: int) -> float:
    """Least sum of squares over the rounding box; convex, so coordinate descent finds it."""
    a, b = low[1], max(high[0], low[1])
    m = min(max((a + b) / 2, mean[0]), mean[1])
    k = n - 2
    for _ in range(30):
        # Each line is the minimum of a parabola in one number, held inside its rounding interval.
        a = min(max((m * (k + 2) - b) / (k + 1), low[0]), low[1])
        b = max(min((m * (k + 2) - a) / (k + 1), high[1]), high[0])
        m = min(max((a + b) / 2, mean[0]), mean[1])
    return (a - m) ** 2 + (b - m) ** 2 + (a + b - 2 * m) ** 2 / k


def _least_squares_integer(mean: Printed, low: float, high: float, n: int) -> float:
    """Least sum of squares of whole numbers with these ends and a sum that gives the mean."""
    first, last = math.ceil(mean.low * n - 1e-6), math.floor(mean.high * n + 1e-6)
    if first > last or last - first > _MOST_SUMS:
        return 0.0
    best = math.inf
    for sum_ in range(first, last + 1):
        rest = sum_ - low - high
        floor = math.floor(rest / (n - 2))
        more = rest - floor * (n - 2)
        squares = low**2 + high**2 + (n - 2 - more) * floor**2 + more * (floor + 1) ** 2
        best = min(best, squares - sum_**2 / n)
    return max(0.0, best)
