"""Employment by sector that yields a wanted co-agglomeration index in every region and year.

Belongs here: sectors of GB/T 4754 and the inversion of the index. Not here: which index is wanted
(``panel.py``), files (``yearbooks.py``).
"""

from __future__ import annotations

import numpy as np
from calibration import Array, bisect, normal
from grammar import Draw

MANUFACTURING = "manufacturing"
# Five sectors make up producer services here; share of producer services in all regions together.
PRODUCER_SERVICES = {
    "transport": 0.25,
    "information": 0.17,
    "finance": 0.22,
    "leasing_business_services": 0.20,
    "scientific_technical_services": 0.16,
}
# Share of what neither manufacturing nor producer services employ.
OTHERS = {
    "agriculture": 0.03,
    "mining": 0.05,
    "utilities": 0.04,
    "construction": 0.18,
    "wholesale_retail": 0.10,
    "accommodation_catering": 0.04,
    "real_estate": 0.06,
    "water_environment": 0.03,
    "resident_services": 0.02,
    "education": 0.19,
    "health_social_work": 0.11,
    "culture_sports_entertainment": 0.02,
    "public_administration": 0.13,
}
NAMES = {
    "agriculture": "农、林、牧、渔业",
    "mining": "采矿业",
    "manufacturing": "制造业",
    "utilities": "电力、热力、燃气及水生产和供应业",
    "construction": "建筑业",
    "wholesale_retail": "批发和零售业",
    "transport": "交通运输、仓储和邮政业",
    "accommodation_catering": "住宿和餐饮业",
    "information": "信息传输、软件和信息技术服务业",
    "finance": "金融业",
    "real_estate": "房地产业",
    "leasing_business_services": "租赁和商务服务业",
    "scientific_technical_services": "科学研究和技术服务业",
    "water_environment": "水利、环境和公共设施管理业",
    "resident_services": "居民服务、修理和其他服务业",
    "education": "教育",
    "health_social_work": "卫生和社会工作",
    "culture_sports_entertainment": "文化、体育和娱乐业",
    "public_administration": "公共管理、社会保障和社会组织",
}
# Shares of all employment, first and last year: services gain what manufacturing loses.
MANUFACTURING_SHARE = (0.30, 0.26)
SERVICES_SHARE = (0.20, 0.24)


def index_of(sectors: dict[str, Array]) -> tuple[Array, Array, Array]:
    """Return index and location quotients (producer services, manufacturing), region × year.

    LQ = (E_is/E_i)/(E_s/E) with the regions' own totals; the index is
    1 − |LQs − LQm|/(LQs + LQm) + (LQs + LQm).
    """
    everyone = np.sum(list(sectors.values()), axis=0)
    services = np.sum([sectors[one] for one in PRODUCER_SERVICES], axis=0)
    lq_s, lq_m = (
        (part / everyone) / (part.sum(axis=0) / everyone.sum(axis=0))
        for part in (services, sectors[MANUFACTURING])
    )
    return 1 - abs(lq_s - lq_m) / (lq_s + lq_m) + (lq_s + lq_m), lq_s, lq_m


def employment(index: Array, everyone: Array, lean: Array, draw: Draw) -> dict[str, Array]:
    """Return employment by sector whose index is ``index``.

    With S = LQs + LQm and d = (LQs − LQm)/S the index is 1 − |d| + S. The share-weighted means
    of both quotients are one by construction, so that Σ w·S = 2 and Σ w·S·d = 0: two conditions
    a year, met by scaling ``lean`` apart for regions that lean to services and to manufacturing.

    Args:
        index: wanted index, region × year.
        everyone: all employment (万人), region × year.
        lean: d of each region before scaling, positive where services weigh more.
        draw: for how a region's services and other sectors split.

    Raises:
        ValueError: no such employment exists, or a sector would come out empty.
    """
    share = everyone / everyone.sum(axis=0)
    tilt = np.empty_like(index)
    for year in range(index.shape[1]):
        tilt[:, year] = _scaled(lean, index[:, year], share[:, year])
    total = index - 1 + abs(tilt)
    grid = np.linspace(0, 1, index.shape[1])
    made = everyone * total * (1 - tilt) / 2 * np.interp(grid, (0, 1), MANUFACTURING_SHARE)
    serving = everyone * total * (1 + tilt) / 2 * np.interp(grid, (0, 1), SERVICES_SHARE)
    rest = everyone - made - serving
    if (rest < 0.15 * everyone).any():
        raise ValueError("Manufacturing and services leave too little for the other sectors.")
    sectors = {MANUFACTURING: made}
    sectors |= _split(serving, PRODUCER_SERVICES, draw) | _split(rest, OTHERS, draw)
    return {one: sectors[one] for one in NAMES}


def _scaled(lean: Array, index: Array, share: Array) -> Array:
    """Scale ``lean`` of one year so that both quotients average to one."""
    amount = 3 - float(share @ index)
    services, making = np.maximum(lean, 0), np.maximum(-lean, 0)

    def scaled(part: float) -> Array:
        toward = amount * part / float(share @ services)
        return toward * services - amount * (1 - part) / float(share @ making) * making

    def off(part: float) -> float:
        tilt = scaled(part)
        return float(share @ ((index - 1 + abs(tilt)) * tilt))

    tilt = scaled(bisect(off, 0.0, 1.0))
    if abs(tilt).max() >= 0.9:
        raise ValueError("A location quotient would be next to zero; draw another lean.")
    return tilt


def _split(amount: Array, shares: dict[str, float], draw: Draw) -> dict[str, Array]:
    """Split ``amount`` by ``shares``, which differ between regions and, less, between years."""
    weights = {
        name: share
        * np.exp(0.2 * normal(draw, amount.shape[0], 1) + 0.02 * normal(draw, *amount.shape))
        for name, share in shares.items()
    }
    whole = np.sum(list(weights.values()), axis=0)
    return {name: amount * weight / whole for name, weight in weights.items()}
