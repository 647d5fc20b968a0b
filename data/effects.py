"""What is planted in the sample's numbers, and the published moments that they meet.

Belongs here: the printed figures, the coefficients and why each was chosen. Not here: how
numbers are drawn that have them (``panel.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from calibration import Array, Moments

# Seed paper 000, Table 2 (N = 155). Its units of Findev and Gtech are not explained: Findev is read
# as loans/GDP printed × 1/1000 with a slipped digit in the deviation (0.000043 is below what
# its own range allows; 0.00043 is not). Gtech names no unit; its ratio is our own choice.
PUBLISHED = {
    "chip_patents_applied": Moments(11272.77, 24669.457, 1, 154936),
    "coagglomeration_index": Moments(2.720, 0.386, 2.052, 3.443),
    "marketization_index": Moments(8.484, 2.158, 1.126, 12.864),
    "gdp": Moments(33824.73, 27561.69, 1548.4, 129513.6),
    "population_resident": Moments(4543.002, 3004.625, 354, 12684),
    "hucap": Moments(17.088, 20.415, 0.157, 97.249),
    "findev": Moments(1.70, 0.43, 0.958, 2.94),
}
CHOSEN = {"gtech": Moments(0.0045, 0.0020, 0.0012, 0.0100)}

# What is planted. Controls: ln GDP and ln population as printed in the paper's Table 4; the
# printed -2.981 for findev (next to -0.283 and 0.142 in its other models) and -0.145 for hucap
# (which would take over 95 % off the largest region in four years) at a tenth; gtech is in
# another unit here.
ATTENTION = 0.069
CONTROLS = {
    "findev": -0.298,
    "ln_gdp": 1.566,
    "gtech": 15.0,
    "ln_population": -2.382,
    "hucap": -0.0145,
}
PATH_A = 0.016  # attention → index
PATH_B = 1.0  # index → ln chip patents, given attention
MARKET = 0.273
MODERATION = 0.020  # attention × market index
ALTERNATIVE = 0.067  # attention → ln(invention + utility model)
MEDIATOR_SD = 0.06  # of the index within region and year, beside attention
NOISE_SD = 0.20
ALTERNATIVE_NOISE_SD = 0.12


@dataclass(frozen=True)
class Planted:
    """One coefficient of one equation, as generated."""

    equation: str
    term: str
    value: float
    note: str


def planted(left: Array) -> list[Planted]:
    """List what each regression should find.

    Args:
        left: what market index and interaction carry of attention and the controls, to be taken
            off where they stand in the equation.
    """
    outcome, index = "ln_chip_patents", "coagglomeration_index"
    implied = "implied by the other planted values and the sample's regressors"
    rows = [
        Planted("direct", "attention", ATTENTION, f"{outcome}; total effect, as in Table 4"),
        *(Planted("direct", k, v, f"{outcome}; control") for k, v in CONTROLS.items()),
        Planted("mediator", "attention", PATH_A, f"{index}; path a"),
        *(Planted("mediator", k, 0.0, f"{index}; control") for k in CONTROLS),
        Planted(
            "outcome_given_mediator",
            "attention",
            round(ATTENTION - PATH_A * PATH_B, 6),
            f"{outcome}; direct effect c' = c - a*b",
        ),
        Planted("outcome_given_mediator", index, PATH_B, f"{outcome}; path b"),
        *(
            Planted("outcome_given_mediator", k, v, f"{outcome}; control")
            for k, v in CONTROLS.items()
        ),
        Planted("indirect", "attention", round(PATH_A * PATH_B, 6), "a*b"),
        Planted(
            "moderation",
            "attention",
            round(ATTENTION - left[0], 6),
            f"{outcome}; effect at a market index of 0, {implied}",
        ),
        Planted("moderation", "marketization_index", MARKET, outcome),
        Planted("moderation", "attention_x_marketization", MODERATION, f"{outcome}; not centred"),
        *(
            Planted("moderation", k, round(v - gone, 6), f"{outcome}; control, {implied}")
            for (k, v), gone in zip(CONTROLS.items(), left[1:], strict=True)
        ),
        Planted(
            "alternative_outcome", "attention", ALTERNATIVE, "ln_patents_alternative, as in Table 7"
        ),
        *(
            Planted("alternative_outcome", k, v, "ln_patents_alternative; control")
            for k, v in CONTROLS.items()
        ),
    ]
    return rows
