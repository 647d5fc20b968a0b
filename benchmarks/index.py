"""Composite indices: rank intervals against a loop over MCDM libraries, one scheme over counties.

The cities of 41 by 22 and the counties are drawn here. The loop is what a script does: disturb the
values, leave an indicator out, call the library, ten thousand times; some draws of it are timed
and the rest counted. scikit-criteria is the peer, as it defines 0 ln 0 as the index does; pymcdm,
which sets the entropy of a column with a zero to nothing, is timed on values lifted off zero.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from models_py.index import Indicator, Scheme, score
from models_py.index.influence import one_at_a_time, sobol
from models_py.index.lab import sensitivity

DRAWS = 10_000
LOOP_DRAWS = 60
CITIES = 41
INDICATORS = 22
COUNTIES = 3_000
YEARS = 20
WIDE = 40
LEAST_GAIN = 100.0
LONGEST_DRAWS = 5.0
# Below it min-max of the peer's input is a zero, whose entropy it leaves out.
LIFT = 1e-300
ROUNDS = 3

SCHEMES = [
    Scheme(),
    Scheme(weighting="equal"),
    Scheme(weighting="critic"),
    Scheme("z_score_shifted", "entropy"),
    Scheme("rank", "equal", "geometric"),
    Scheme("ratio_to_mean", "entropy"),
]

Figures = dict[str, Any]


def run(
    draws: int = DRAWS,
    loop_draws: int = LOOP_DRAWS,
    counties: int = COUNTIES,
    years: int = YEARS,
) -> Figures:
    """Time the draws, the loops, the influences and the large index, and print the table.

    Args:
        draws: of the sensitivity.
        loop_draws: draws of the loops that are timed.
        counties: of the large index.
        years: of the large index.

    Returns:
        ``draws``, ``peers``, ``influence``, ``large`` and ``targets``.
    """
    frame, system = cities()
    figures: Figures = {
        "draws": _draws(frame, system, draws),
        "peers": _peers(frame, system, draws, loop_draws),
        "influence": {
            "one_at_a_time_s": _best(lambda: one_at_a_time(frame, system, Scheme())),
            "sobol_s": _best(lambda: sobol(frame, system, Scheme())),
        },
        "large": _large(counties, years),
    }
    figures["targets"] = _targets(figures)
    _show(figures)
    return figures


def cities(
    n: int = CITIES, m: int = INDICATORS, years: int = 1, seed: int = 1
) -> tuple[pd.DataFrame, list[Indicator]]:
    """Cities with a strength of their own and indicators that follow it more or less."""
    draw = np.random.default_rng(seed)
    own = np.tile(draw.normal(size=n), years)[:, None]
    loads = draw.uniform(0.3, 1.0, size=m)
    values = np.exp(own * loads + 0.5 * draw.normal(size=(n * years, m)))
    codes = [f"indicator_{place:02d}" for place in range(m)]
    frame = pd.DataFrame(values, columns=codes)
    frame["region_code"] = np.tile([f"{place:06d}" for place in range(n)], years)
    frame["year"] = np.repeat(np.arange(2018, 2018 + years), n)
    directions = ["negative" if place % 7 == 6 else "positive" for place in range(m)]
    return frame, [
        Indicator(code, direction, f"layer_{place % 5}")
        for place, (code, direction) in enumerate(zip(codes, directions, strict=True))
    ]


def _best(call: Callable[[], Any], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def _draws(frame: pd.DataFrame, system: list[Indicator], draws: int) -> Figures:
    return {
        "draws": draws,
        "seconds": _best(lambda: sensitivity(frame, system, [Scheme()], draws=draws)),
        "schemes": len(SCHEMES),
        "all_schemes_s": _best(lambda: sensitivity(frame, system, SCHEMES, draws=draws)),
    }


def _peers(
    frame: pd.DataFrame, system: list[Indicator], draws: int, loop_draws: int
) -> dict[str, Figures]:
    """The loops over the libraries that are installed, extrapolated to all draws."""
    values = frame[[one.code for one in system]].to_numpy()
    negative = np.array([one.negative for one in system])
    own = score(frame, system).scores["score"].to_numpy()
    found = {}
    for begin in (_scikit_criteria, _pymcdm):
        try:
            name, call = begin()
        except ImportError:
            continue
        draw = np.random.default_rng(0)

        def loop(call: Any = call, draw: np.random.Generator = draw) -> None:
            for _ in range(loop_draws):
                disturbed = values * np.exp(0.05 * draw.normal(size=values.shape))
                kept = np.arange(len(system)) != draw.integers(len(system))
                call(disturbed[:, kept], negative[kept])

        found[name] = {
            "loop_s": _best(loop) * draws / loop_draws,
            "largest_difference": float(np.abs(call(values, negative) - own).max()),
        }
    return found


def _scikit_criteria() -> tuple[str, Callable[..., Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import skcriteria
        from skcriteria.agg.simple import WeightedSumModel
        from skcriteria.pipelines import mkpipe
        from skcriteria.preprocessing import invert_objectives, scalers, weighters
    pipe = mkpipe(
        invert_objectives.NegateMinimize(),
        scalers.MinMaxScaler(target="matrix"),
        weighters.EntropyWeighter(),
        WeightedSumModel(),
    )

    def call(values: Any, negative: Any) -> Any:
        senses = [min if one else max for one in negative]
        return pipe.evaluate(skcriteria.mkdm(values, senses)).e_.score

    return f"scikit-criteria {version('scikit-criteria')}", call


def _pymcdm() -> tuple[str, Callable[..., Any]]:
    from pymcdm import helpers, normalizations, weights

    def call(values: Any, negative: Any) -> Any:
        types = np.where(negative, -1, 1)
        scaled = helpers.normalize_matrix(values, normalizations.minmax_normalization, types)
        scores = scaled @ weights.entropy_weights(np.maximum(scaled, LIFT))
        helpers.rankdata(scores, reverse=True)
        return scores

    return f"pymcdm {version('pymcdm')}", call


def _large(counties: int, years: int) -> Figures:
    frame, system = cities(counties, WIDE, years)
    return {
        "rows": len(frame),
        "indicators": WIDE,
        "by_year_s": _best(lambda: score(frame, system)),
        "pooled_s": _best(lambda: score(frame, system, pool="all")),
    }


def _targets(figures: Figures) -> list[Figures]:
    draws = figures["draws"]
    targets = [
        {
            "target": f"{draws['draws']:,} draws on {CITIES} cities and {INDICATORS} indicators, "
            f"{draws['schemes']} schemes, in under {LONGEST_DRAWS:.0f} s",
            "value": draws["all_schemes_s"],
            "met": draws["all_schemes_s"] < LONGEST_DRAWS,
        }
    ]
    for name, peer in figures["peers"].items():
        gain = peer["loop_s"] / draws["seconds"]
        targets.append(
            {
                "target": f"scores equal those of {name} to 1e-12",
                "value": peer["largest_difference"],
                "met": peer["largest_difference"] < 1e-12,
            }
        )
        if name.startswith("scikit-criteria"):
            targets.append(
                {
                    "target": f"at least {LEAST_GAIN:.0f} times as fast as a loop over {name}",
                    "value": gain,
                    "met": gain >= LEAST_GAIN,
                }
            )
    return targets


def _show(figures: Figures) -> None:
    draws, large, influence = figures["draws"], figures["large"], figures["influence"]
    print(
        f"sensitivity, {draws['draws']:,} draws: one scheme {draws['seconds']:.2f} s, "
        f"{draws['schemes']} schemes {draws['all_schemes_s']:.2f} s"
    )
    for name, peer in figures["peers"].items():
        print(
            f"loop over {name}: {peer['loop_s']:.0f} s, {peer['loop_s'] / draws['seconds']:.0f} "
            f"times as long; scores differ by at most {peer['largest_difference']:.1e}"
        )
    if not figures["peers"]:
        print("neither scikit-criteria nor pymcdm is installed: no loop was timed")
    print(
        f"influence: one at a time {influence['one_at_a_time_s']:.3f} s, Sobol shares "
        f"{influence['sobol_s']:.2f} s"
    )
    print(
        f"index of {large['rows']:,} rows and {large['indicators']} indicators: by year "
        f"{large['by_year_s']:.2f} s, pooled {large['pooled_s']:.2f} s"
    )
    for target in figures["targets"]:
        print(
            f"{'met   ' if target['met'] else 'MISSED'} {target['target']} ({target['value']:.3g})"
        )
