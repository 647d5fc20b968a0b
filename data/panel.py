"""The sample's numbers: 31 regions × 2017–2022, calibrated to a published table, effects planted.

Belongs here: the draws and the data generating process. Not here: what is planted
(``effects.py``), employment by sector (``employment.py``), files (``yearbooks.py``).
Nothing here is an observation of the world: the published table gives moments, the rest is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from calibration import Array, calibrate, coefficients, identity, normal, residual
from effects import (
    ALTERNATIVE,
    ALTERNATIVE_NOISE_SD,
    ATTENTION,
    CHOSEN,
    CONTROLS,
    MARKET,
    MEDIATOR_SD,
    MODERATION,
    NOISE_SD,
    PATH_A,
    PATH_B,
    PUBLISHED,
    Planted,
    planted,
)
from employment import employment, index_of
from grammar import Draw
from plan import regions

SEED = "xinku-panel-1"
YEARS = (2017, 2018, 2019, 2020, 2021, 2022)  # 2017 only so that lags exist
STUDY = slice(1, None)
FIRST_PRINT_YEAR = 2018

# size and development, 0 to 1: by hand and coarse, so that large regions are large.
_SCALE = """
北京 .45 .95 | 天津 .30 .70 | 河北 .62 .42 | 山西 .42 .33 | 内蒙古 .36 .28 | 辽宁 .50 .48
吉林 .34 .36 | 黑龙江 .40 .31 | 上海 .50 .93 | 江苏 .88 .90 | 浙江 .75 .92 | 安徽 .63 .62
福建 .54 .68 | 江西 .52 .50 | 山东 .90 .66 | 河南 .85 .47 | 湖北 .64 .61 | 湖南 .67 .55
广东 1.0 1.0 | 广西 .50 .34 | 海南 .18 .32 | 重庆 .44 .58 | 四川 .78 .54 | 贵州 .44 .30
云南 .51 .27 | 西藏 .00 .00 | 陕西 .49 .52 | 甘肃 .32 .20 | 青海 .10 .12 | 宁夏 .13 .22
新疆 .33 .17
"""
DECIMALS = {
    "gdp": 1,
    "population_resident": 0,
    "rd_personnel_fte": 0,
    "loans_balance": 2,
    "fiscal_st_expenditure": 2,
    "fiscal_expenditure": 2,
    "marketization_index": 3,
    "chip_patents_applied": 0,
    "patents_applied_invention": 0,
    "patents_applied_utility_model": 0,
    "patents_applied_design": 0,
}
EMPLOYMENT_DECIMALS = 2

Keep = Callable[[str, Array], Array]  # enters a series in the panel and returns it as printed


@dataclass
class Panel:
    """The numbers of the sample; arrays are 31 regions (order of GB/T 2260) × ``YEARS``.

    Attributes:
        series: by indicator, in the units of the files: 亿元, 万人, 人年, 件.
        sectors: employment in urban units by sector (万人).
        gdp_first_print: GDP of 2018 before revision (亿元), one a region.
        attention: planted hits, region × study year.
        planted: every coefficient that a regression should recover.
    """

    series: dict[str, Array]
    sectors: dict[str, Array]
    gdp_first_print: Array
    attention: Array
    planted: list[Planted] = field(default_factory=list)

    def variables(self) -> dict[str, Array]:
        """Return the study's variables, region × study year, computed from the series."""
        own = {name: values[:, STUDY] for name, values in self.series.items()}
        index, lq_s, lq_m = index_of({k: v[:, STUDY] for k, v in self.sectors.items()})
        return {
            "attention": self.attention,
            "ln_chip_patents": np.log(own["chip_patents_applied"]),
            "ln_patents_alternative": np.log(
                own["patents_applied_invention"] + own["patents_applied_utility_model"]
            ),
            "coagglomeration_index": index,
            "lq_producer_services": lq_s,
            "lq_manufacturing": lq_m,
            "marketization_index": own["marketization_index"],
            "attention_x_marketization": self.attention * own["marketization_index"],
            **_controls(own),
        }


def panel(
    attention: Mapping[tuple[str, int], int], *, noise: float = 1.0, rounded: bool = True
) -> Panel:
    """Draw the sample's numbers.

    Args:
        attention: planted hits by (region code, year), 2018–2022.
        noise: factor on the disturbance of the two patent equations; 0 makes every planted
            coefficient come back to the last digit.
        rounded: print as yearbooks print; otherwise all digits are kept.
    """
    hits = np.array([[attention[r.code, year] for year in YEARS[1:]] for r in regions()], float)
    made = Panel({}, {}, np.zeros(len(hits)), hits)

    def keep(name: str, values: Array) -> Array:
        made.series[name] = values.round(DECIMALS[name]) if rounded else values
        return made.series[name]

    size, development = _scores()
    _economy(keep, made, size, development)
    if rounded:
        made.gdp_first_print = made.gdp_first_print.round(DECIMALS["gdp"])
    controls = list(_controls({k: v[:, STUDY] for k, v in made.series.items()}).values())
    market = _market(keep, development)
    _sectors(made, [hits, *controls, market, hits * market], development, rounded)
    _chip(keep, made, controls, size + development, noise)
    _patents(keep, made, controls, size + 0.5 * development, noise)
    if rounded:
        # A region whose smallest year is one application must not print none in the year before.
        made.series["chip_patents_applied"] = np.maximum(made.series["chip_patents_applied"], 1)
    return made


def _controls(series: Mapping[str, Array]) -> dict[str, Array]:
    """Return the five controls: like units over like units, people in 万人年."""
    return {
        "findev": series["loans_balance"] / series["gdp"],
        "ln_gdp": np.log(series["gdp"]),
        "gtech": series["fiscal_st_expenditure"] / series["gdp"],
        "ln_population": np.log(series["population_resident"]),
        "hucap": series["rd_personnel_fte"] / 10_000,
    }


def _scores() -> tuple[Array, Array]:
    rows = [row.split() for line in _SCALE.strip().splitlines() for row in line.split("|")]
    if [row[0] for row in rows] != [region.short for region in regions()]:
        raise ValueError("The scale table does not list the 31 regions in order.")
    size, development = (np.array([float(row[i]) for row in rows]) for i in (1, 2))
    return size, development


def _within(name: str, trend: float, slope: float, jitter: float) -> Array:
    """Draw what differs between years: common trend, a region's own trend, and jitter."""
    draw = Draw(f"{SEED} within {name}")
    time = np.arange(len(YEARS)) - len(YEARS) + 1
    own = trend + slope * normal(draw, 31, 1)
    return own * time + jitter * normal(draw, 31, len(YEARS))


def _around(name: str, score: Array, sd: float = 0.08, apart: float = 0.02) -> Array:
    """Return ``score`` with drawn differences; its lowest and highest region stay so.

    Their distance ``apart`` from the next regions makes room for a small deviation in a wide
    range.
    """
    moved = score + sd * normal(Draw(f"{SEED} score {name}"), len(score))
    moved[score.argmin()] = min(score.min(), moved.min()) - apart
    moved[score.argmax()] = max(score.max(), moved.max()) + apart
    return moved


def _economy(keep: Keep, made: Panel, size: Array, development: Array) -> None:
    mixed = 0.75 * size + 0.25 * development
    gdp = calibrate(_around("gdp", mixed), _within("gdp", 0.07, 0.012, 0.015), PUBLISHED["gdp"])
    gdp = keep("gdp", gdp)
    people = _within("population", 0.003, 0.006, 0.002)
    keep(
        "population_resident",
        calibrate(_around("population", size, 0.05), people, PUBLISHED["population_resident"]),
    )
    staff = _within("hucap", 0.08, 0.03, 0.04)
    talent = _around("hucap", 0.5 * size + 0.5 * development)
    keep("rd_personnel_fte", 10_000 * calibrate(talent, staff, PUBLISHED["hucap"]))
    credit = _around("findev", 0.3 * development - 0.5 * size, 0.25)
    lent = calibrate(credit, _within("findev", 0.02, 0.008, 0.02), PUBLISHED["findev"])
    keep("loans_balance", lent * gdp)
    science = calibrate(
        _around("gtech", development, 0.15), _within("gtech", 0.01, 0.02, 0.04), CHOSEN["gtech"]
    )
    science = keep("fiscal_st_expenditure", science * gdp)
    spent = gdp * 0.16 * np.exp(0.5 * (0.5 - size))[:, None] + 4 * science
    jitter = np.exp(_within("fiscal", 0.0, 0.01, 0.01))
    keep("fiscal_expenditure", (spent + 250) * jitter)
    # First prints were mostly a little higher or lower; two regions were revised by a lot.
    draw = Draw(f"{SEED} revision")
    revised = 1 + 0.02 * normal(draw, 31)
    revised[[r.short in {"天津", "山东"} for r in regions()]] = (1.37, 1.14)
    made.gdp_first_print = gdp[:, 1] * revised


def _market(keep: Keep, development: Array) -> Array:
    within = _within("market", 0.12, 0.05, 0.18)
    market = calibrate(
        _around("market", development),
        within,
        PUBLISHED["marketization_index"],
        link=identity,
        inverse=identity,
    )
    return np.asarray(keep("marketization_index", market)[:, STUDY])


def _sectors(made: Panel, regressors: list[Array], development: Array, rounded: bool) -> None:
    """Generate index = region + year + a·attention + v, v orthogonal to all regressors."""
    draw = Draw(f"{SEED} index")
    own = residual(normal(draw, 31, len(YEARS) - 1), regressors)
    own *= MEDIATOR_SD / own.std()
    moved = PATH_A * made.attention + own + np.linspace(0, 0.04, len(YEARS) - 1)
    within = np.column_stack([moved[:, :1] - 0.01, moved])
    # The extremes go to regions large enough that rounding employment does not show in the
    # index. The published range is 3.6 deviations, so that the scores crowd at both ends.
    score = _around("index", development, 0.15)
    for short, value in (("新疆", score.min() - 1), ("江苏", score.max() + 1)):
        score[[r.short == short for r in regions()]] = value
    score = np.sin((score.argsort().argsort() / 30 - 0.5) * np.pi)
    index = calibrate(
        score, within, PUBLISHED["coagglomeration_index"], link=identity, inverse=identity
    )
    urban = 0.08 + 0.08 * development + 0.01 * normal(draw, 31)
    drift = np.exp(0.01 * normal(draw, 31, len(YEARS)))
    everyone = made.series["population_resident"] * urban.clip(0.07)[:, None] * drift
    lean = np.where(development > 0.9, 1.0, np.where(normal(draw, 31) > 0, 1.0, -1.0))
    lean *= 0.5 + 0.5 * np.abs(normal(draw, 31)).clip(0, 1.5)
    sectors = employment(index, everyone, lean, draw)
    made.sectors = {
        name: values.round(EMPLOYMENT_DECIMALS) if rounded else values
        for name, values in sectors.items()
    }


def _chip(keep: Keep, made: Panel, controls: list[Array], score: Array, noise: float) -> None:
    """Generate ln(chip patents) and note what each of four regressions should find.

    Market and interaction enter net of their projection on attention and controls: a regression
    without them finds ATTENTION, one with them finds MARKET and MODERATION and the attention
    that is left at a market index of zero.
    """
    base = [made.attention, *controls]
    market = made.series["marketization_index"][:, STUDY]
    interaction = made.attention * market
    index = index_of({name: values[:, STUDY] for name, values in made.sectors.items()})[0]
    effect = (ATTENTION - PATH_A * PATH_B) * made.attention + PATH_B * index
    effect += sum(b * x for b, x in zip(CONTROLS.values(), controls, strict=True))
    effect += MARKET * residual(market, base) + MODERATION * residual(interaction, base)
    draw = Draw(f"{SEED} chip 8")  # of fourteen tried, nearest to what is planted
    effect += noise * NOISE_SD * normal(draw, *effect.shape)
    within = np.column_stack([effect[:, 0] - 0.15 + 0.05 * normal(draw, 31), effect])
    within -= within[:, STUDY].mean(axis=1, keepdims=True)
    keep(
        "chip_patents_applied",
        calibrate(_around("chip", score), within, PUBLISHED["chip_patents_applied"]),
    )
    left = MARKET * coefficients(market, base) + MODERATION * coefficients(interaction, base)
    made.planted = planted(left)


def _patents(keep: Keep, made: Panel, controls: list[Array], score: Array, noise: float) -> None:
    """Generate patents applied for; their levels follow no published table."""
    draw = Draw(f"{SEED} patents 6")  # likewise
    effect = ALTERNATIVE * made.attention
    effect = effect + sum(b * x for b, x in zip(CONTROLS.values(), controls, strict=True))
    effect += noise * ALTERNATIVE_NOISE_SD * normal(draw, *effect.shape)
    effect -= effect.mean(axis=1, keepdims=True)
    within = np.column_stack([effect[:, :1] - 0.1, effect]) + np.linspace(-0.3, 0.3, len(YEARS))
    level = np.log(900) + np.log(400) * (score - score.min()) / (score.max() - score.min())
    both = np.exp(level[:, None] + within)
    share = 0.22 + 0.2 * (score / score.max())[:, None] + 0.02 * normal(draw, *both.shape)
    invention = keep("patents_applied_invention", both * share)
    keep("patents_applied_utility_model", both - invention)
    keep("patents_applied_design", both * (0.16 + 0.05 * np.abs(normal(draw, 31, 1))))
