"""Amounts with a conversion beside them, as papers print them: 525 亿韩元（约 4 181 万美元）.

Whether the conversions agree is judged in ``rules/money.py``.
"""

from __future__ import annotations

import re
from typing import Final

from models_py.audit.digits import parse_number, plain
from models_py.audit.model import Amount

SCALES: Final = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4,
    "千": 1e3,
    "trillion": 1e12, "billion": 1e9, "million": 1e6, "thousand": 1e3, "bn": 1e9, "mn": 1e6,
    "": 1.0,
}  # fmt: skip
CURRENCIES: Final = {
    "美元": "USD", "韩元": "KRW", "欧元": "EUR", "日元": "JPY", "英镑": "GBP", "加元": "CAD",
    "新元": "SGD", "新加坡元": "SGD", "人民币": "CNY", "元": "CNY", "台币": "TWD", "新台币": "TWD",
    "卢比": "INR", "港元": "HKD", "瑞郎": "CHF", "usd": "USD", "us dollars": "USD",
    "dollars": "USD",
    "won": "KRW", "krw": "KRW", "euros": "EUR", "euro": "EUR", "eur": "EUR", "yen": "JPY",
    "jpy": "JPY", "pounds": "GBP", "gbp": "GBP", "yuan": "CNY", "rmb": "CNY", "cny": "CNY",
    "cad": "CAD", "sgd": "SGD",
}  # fmt: skip
_SCALE: Final = "|".join(
    sorted((re.escape(word) for word in SCALES if word), key=len, reverse=True)
)
_CURRENCY: Final = "|".join(sorted(map(re.escape, CURRENCIES), key=len, reverse=True))
_MONEY: Final = (
    rf"(?P<about{{0}}>约|近|超过|超|逾|高达|about |approx\.? |around )?\s*"
    rf"(?P<number{{0}}>\d[\d, ]*(?:\.\d+)?)\s*(?P<scale{{0}}>{_SCALE})?\s*"
    rf"(?P<currency{{0}}>{_CURRENCY})"
)
_CONVERTED: Final = re.compile(
    f"{_MONEY.format(1)}\\s*\\(\\s*(?:合|折合|折)?{_MONEY.format(2)}\\s*\\)", re.IGNORECASE
)
_DATE: Final = re.compile(r"((?:19|20)\d{2})\s*(?:年|-|/)\s*(\d{1,2})(?:\s*月)?")
_LONGEST: Final = 2_000


def amounts_in(rows: list[list[str]]) -> list[Amount]:
    """Amounts with conversions in the cells of a table, dated by a date in their row."""
    found: list[Amount] = []
    for row in rows:
        date = _DATE.search(" ".join(row)[:_LONGEST])
        period = f"{date[1]}-{int(date[2]):02d}" if date and 1 <= int(date[2]) <= 12 else ""
        for at, cell in enumerate(row):
            others = [text for place, text in enumerate(row) if place != at and text]
            item = max(others, key=len, default="")[:80]
            found += amounts_of(cell, item, period)
    return found


def amounts_of(text: str, item: str = "", period: str = "") -> list[Amount]:
    """Amounts with a conversion in parentheses behind them, anywhere in a text."""
    found = []
    for match in _CONVERTED.finditer(plain(text[:_LONGEST])):
        own = parse_number(match["number1"].replace(" ", ""))
        other = parse_number(match["number2"].replace(" ", ""))
        if own is None or other is None or own.value <= 0 or other.value <= 0:
            continue
        scales = [(match[f"scale{one}"] or "").lower() for one in (1, 2)]
        codes = [CURRENCIES[match[f"currency{one}"].lower()] for one in (1, 2)]
        found.append(
            Amount(
                item or match[0][:60], own, f"{scales[0]}", SCALES[scales[0]], codes[0], other,
                SCALES[scales[1]], period, item, exact=not match["about1"], other=codes[1],
            )
        )  # fmt: skip
    return found
