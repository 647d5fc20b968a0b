"""Amounts printed in two currencies: one amount converted twice, implied rates, rates by date.

Ranges of market rates follow the Federal Reserve's H.10 release (daily noon rates). They were set
down from memory of it, rounded, and not read off it; the margins of 3 and 6 % are for that too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from models_py.audit.digits import Printed, overlaps, quotient, show, show_interval
from models_py.audit.findings import Check, consistent
from models_py.audit.model import Amount

Ends = tuple[float, float]

#: Lowest and highest rate of a year, local currency for one dollar, after H.10 (see above).
MARKET: Final[dict[str, dict[int, Ends]]] = {
    "CNY": {2019: (6.68, 7.18), 2020: (6.52, 7.17), 2021: (6.35, 6.58), 2022: (6.30, 7.31),
            2023: (6.70, 7.34), 2024: (7.01, 7.30)},
    "EUR": {2019: (0.865, 0.918), 2020: (0.813, 0.938), 2021: (0.811, 0.894),
            2022: (0.871, 1.043), 2023: (0.887, 0.957), 2024: (0.893, 0.966)},
    "GBP": {2019: (0.748, 0.831), 2020: (0.731, 0.871), 2021: (0.703, 0.758),
            2022: (0.729, 0.932), 2023: (0.761, 0.845), 2024: (0.745, 0.812)},
    "JPY": {2019: (105.2, 112.3), 2020: (102.5, 112.1), 2021: (102.7, 115.4),
            2022: (113.6, 150.0), 2023: (127.4, 151.8), 2024: (140.9, 161.8)},
    "KRW": {2019: (1111.0, 1222.0), 2020: (1081.0, 1286.0), 2021: (1080.0, 1200.0),
            2022: (1185.0, 1446.0), 2023: (1216.0, 1361.0), 2024: (1299.0, 1478.0)},
    "CAD": {2019: (1.296, 1.360), 2020: (1.271, 1.454), 2021: (1.204, 1.294),
            2022: (1.245, 1.386), 2023: (1.313, 1.390), 2024: (1.332, 1.444)},
    "SGD": {2019: (1.345, 1.392), 2020: (1.322, 1.459), 2021: (1.315, 1.373),
            2022: (1.339, 1.452), 2023: (1.306, 1.374), 2024: (1.281, 1.367)},
}  # fmt: skip
#: Monthly averages, likewise, from 2023-01, local currency for one dollar.
MONTHLY: Final[dict[str, tuple[float, ...]]] = {
    "JPY": (130.3, 132.7, 133.9, 133.3, 136.9, 141.2, 141.2, 144.8, 147.7, 149.5, 149.9, 144.1,
            146.0, 149.5, 149.7, 153.8, 155.9, 157.9),
    "EUR": (0.929, 0.934, 0.934, 0.912, 0.920, 0.923, 0.904, 0.917, 0.936, 0.947, 0.925, 0.917,
            0.917, 0.927, 0.920, 0.932, 0.925, 0.929),
    "KRW": (1247.0, 1275.0, 1306.0, 1320.0, 1329.0, 1296.0, 1287.0, 1320.0, 1330.0, 1350.0, 1311.0,
            1304.0, 1324.0, 1331.0, 1331.0, 1369.0, 1365.0, 1380.0),
}  # fmt: skip
_MONTHLY_FROM: Final = 2023
#: Days of one month lay up to 3 % from its average; the rest is for rates of the week before.
_MONTHLY_MARGIN: Final = 0.06
#: A paper may take a monthly average, a budget rate, or the rate of the day it was written.
_MARKET_MARGIN: Final = 0.03
#: Rates of one month differ by no more; the yen moved 4.5 % within November 2023.
_WITHIN_A_MONTH: Final = 0.05
#: Two conversions of one sum that differ by less are of low severity.
_SMALL: Final = 0.01
#: Two conversions printed without dates may lie as far apart as rates of half a year.
_WITHOUT_DATES: Final = 0.10


def implied_rate(amount: Amount) -> Ends | None:
    """Units of the amount's currency for one of the other, from the printed digits."""
    if amount.usd is None:
        return None
    own = (amount.printed.value,) * 2 if amount.exact else amount.printed.interval
    other = (amount.usd.low * amount.usd_scale, amount.usd.high * amount.usd_scale)
    return quotient((own[0] * amount.scale, own[1] * amount.scale), other)


def one_amount_twice(first: Amount, second: Amount) -> Check | None:
    """The same amount converted twice gives the same dollars.

    Returns:
        None if the two are different amounts.
    """
    if first.usd is None or second.usd is None or first.currency != second.currency:
        return None
    if abs(_own(first) - _own(second)) > 1e-9 * max(_own(first), _own(second)):
        return None
    one = first.usd.low * first.usd_scale, first.usd.high * first.usd_scale
    two = second.usd.low * second.usd_scale, second.usd.high * second.usd_scale
    same_digits = (one[1] - one[0]) == (two[1] - two[0])
    values = first.usd.value * first.usd_scale, second.usd.value * second.usd_scale
    shown = f"{first.printed.text} {first.unit}: {_dollars(first)}"
    implied = f"{_dollars(second)} ({second.where or second.item})"
    equal = abs(values[0] - values[1]) < 1e-9 * values[0]
    if equal or (not same_digits and overlaps(one, two)):
        return consistent("same_amount_twice", shown, implied, "Both conversions agree.")
    rounded = _rounds_to(first.usd, second.usd) if first.usd_scale == second.usd_scale else ""
    return Check(
        "same_amount_twice", shown, implied, "inconsistent",
        "low" if rounded or abs(values[0] / values[1] - 1) < _SMALL else "medium",
        f"{first.printed.text} {first.unit} {first.currency} is converted to {_dollars(first)} for "
        f"{first.item} and to {_dollars(second)} for {second.item}{rounded}.",
    )  # fmt: skip


def _rounds_to(first: Printed, second: Printed) -> str:
    """What is to be said where the zeros at the end of one number may be rounding to the other."""
    for coarse, fine in ((first, second), (second, first)):
        zeros = len(coarse.text) - len(coarse.text.rstrip("0")) if coarse.decimals == 0 else 0
        if zeros and abs(coarse.value - fine.value) <= 0.5 * 10.0**zeros:
            return f"; {coarse.text} rounded to {'tens' if zeros == 1 else 'hundreds'} would agree"
    return ""


def rate_against_market(amount: Amount) -> Check | None:
    """An implied exchange rate against market rates of its month, or else of its year."""
    rate = implied_rate(amount)
    if rate is None:
        return None
    month = _of_month(amount)
    year = _of_year(amount)
    if month is None and year is None:
        return None
    margin = _MONTHLY_MARGIN if month else _MARKET_MARGIN
    low, high = month or year or (0.0, 0.0)
    span = (low * (1 - margin), high * (1 + margin))
    when = amount.period[:7] if month else amount.period[:4]
    market = show(low) if month else f"{show(low)} to {show(high)}"
    pair = f"{amount.currency}/{amount.other}"
    shown, implied = f"{show_interval(rate)} {pair}", f"{market} in {when}"
    if overlaps(rate, span):
        return consistent("exchange_rate", shown, implied, "The rate is one of its time.", *span)
    return Check(
        "exchange_rate", shown, implied, "inconsistent" if month else "implausible", "medium",
        f"{amount.printed.text} {amount.unit} as {_dollars(amount)} implies {show_interval(rate)} "
        f"{pair}; in {when} the market rate was {market}.", *span,
    )  # fmt: skip


def _of_month(amount: Amount) -> Ends | None:
    rates = MONTHLY.get(amount.currency, ())
    if amount.other != "USD" or len(amount.period) < 7 or not amount.period[5:7].isdigit():
        return None
    at = (int(amount.period[:4]) - _MONTHLY_FROM) * 12 + int(amount.period[5:7]) - 1
    return (rates[at], rates[at]) if 0 <= at < len(rates) else None


def _of_year(amount: Amount) -> Ends | None:
    year = int(amount.period[:4]) if amount.period[:4].isdigit() else 0
    own = MARKET.get(amount.currency, {}).get(year)
    if own is None or amount.other == "USD":
        return own
    other = MARKET.get(amount.other, {}).get(year)
    return (own[0] / other[1], own[1] / other[0]) if other else None


def rates_against_each_other(amounts: Sequence[Amount]) -> list[tuple[Amount, Check]]:
    """Implied rates of one currency agree within a month, and roughly without dates.

    Returns:
        One check for each pair of a month that disagrees; one consistent check for each
        currency where none does.
    """
    found: list[tuple[Amount, Check]] = []
    groups: dict[tuple[str, str], list[Amount]] = {}
    for amount in amounts:
        if amount.currency and amount.currency != amount.other and implied_rate(amount):
            groups.setdefault((amount.currency, amount.other), []).append(amount)
    for (currency, other), group in groups.items():
        before = len(found)
        for first, second in combinations(group[:200], 2):
            if abs(_own(first) - _own(second)) < 1e-9 * _own(first):
                continue
            check = _rates(first, second, currency, other)
            if check:
                found.append((second, check))
        if len(found) == before and len(group) > 1:
            found.append((group[0], _agree(group, currency, other)))
    return found


def _rates(first: Amount, second: Amount, currency: str, other: str) -> Check | None:
    one, two = implied_rate(first), implied_rate(second)
    if one is None or two is None:
        return None
    apart = max(one[0] / two[1], two[0] / one[1]) - 1
    month = len(first.period) >= 7 and first.period[:7] == second.period[:7]
    allowed = _WITHIN_A_MONTH if month else _WITHOUT_DATES
    if apart <= allowed:
        return None
    when = f"both of {first.period[:7]}" if month else "of the same paper"
    return Check(
        "exchange_rates_agree", f"{show_interval(two)} {currency}/{other}",
        f"{show_interval(one)} {currency}/{other}", "inconsistent" if month else "implausible",
        "medium",
        f"{second.item} ({second.printed.text} {second.unit} as {_dollars(second)}) implies "
        f"{show_interval(two)} {currency} for one {other}, {first.item} ({first.printed.text} "
        f"{first.unit} as {_dollars(first)}) {show_interval(one)}; {when}, {100 * apart:.0f} % "
        "apart at least.", *one,
    )  # fmt: skip


def _agree(group: Sequence[Amount], currency: str, other: str) -> Check:
    rates = [rate for amount in group if (rate := implied_rate(amount))]
    low, high = min(rate[0] for rate in rates), max(rate[1] for rate in rates)
    return consistent(
        "exchange_rates_agree", f"{len(rates)} conversions",
        f"{show(low)} to {show(high)} {currency}/{other}",
        f"Implied rates lie between {show(low)} and {show(high)}, as their dates allow.", low, high,
    )  # fmt: skip


def _own(amount: Amount) -> float:
    return amount.printed.value * amount.scale


def _dollars(amount: Amount) -> str:
    if amount.usd is None:
        return "-"
    names = {1e8: "亿", 1e4: "万", 1e12: "万亿", 1e9: "bn", 1e6: "m"}
    unit = names.get(amount.usd_scale, "")
    return f"{amount.usd.text}{unit} {amount.other}"
