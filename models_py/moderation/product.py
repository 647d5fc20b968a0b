"""Finding the product term of a fitted model, whether raw, centred or rescaled.

The product of x and z may have been built from centred variables: (x - a)(z - c) is x z - c x - a z
+ a c. What the effect of x is then follows from the coefficients of that identity, which are found
by regressing the term on x, z and x z. Effects and intervals are in ``effects``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models_py.panel.absorb import Floats
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit
from models_py.panel.rows import PRODUCT

# A column that is the product up to this share of its own length is the product, rounded in a file
# that keeps six digits; the golden S31 file does.
SAME = 1e-6


@dataclass(frozen=True)
class Product:
    """How a term depends on treatment x and moderator z: slope * x z + by_x * x + ...

    Attributes:
        term: its name in the model.
        slope: coefficient of x z in the term; 1 for a raw or centred product.
        by_x: coefficient of x in the term; minus the centre of z.
    """

    term: str
    slope: float
    by_x: float


def product_term(fit: PanelFit, treatment: str, moderator: str) -> Product:
    """The model's interaction of two variables.

    Args:
        fit: a model with the treatment and one interaction of it with the moderator.
        treatment: name of x.
        moderator: name of z; need not be a term of its own where the effects absorb it.

    Raises:
        PanelError: no such term, or an unknown variable.
    """
    terms = fit.design.terms
    if treatment not in terms:
        raise PanelError(
            f"The model of {fit.design.outcome} has no term {treatment}; it has "
            f"{', '.join(terms)}.",
            [treatment],
        )
    for name in (f"{treatment}{PRODUCT}{moderator}", f"{moderator}{PRODUCT}{treatment}"):
        if name in terms:
            return Product(name, 1.0, 0.0)
    x, z = column(fit, treatment), column(fit, moderator)
    if np.ptp(z) == 0:
        raise PanelError(never_varies(moderator, z), [moderator])
    basis = np.column_stack([np.ones(len(x)), x, z, x * z])
    scale = np.linalg.norm(basis, axis=0)
    for term in terms:
        if term in (treatment, moderator):
            continue
        values = column(fit, term)
        weights = np.linalg.lstsq(basis / scale, values, rcond=None)[0] / scale
        rest = np.linalg.norm(values - basis @ weights)
        share = np.linalg.norm(weights[3] * x * z)
        if rest <= SAME * np.linalg.norm(values) and share > SAME * np.linalg.norm(values):
            return _rounded(term, weights)
    raise PanelError(
        f"The model of {fit.design.outcome} has no interaction of {treatment} and {moderator}; add "
        f"'{treatment}{PRODUCT}{moderator}' to its regressors.",
        [treatment, moderator],
    )


def _rounded(term: str, weights: Floats) -> Product:
    """A raw product is exactly that, not one to the seventh digit."""
    raw = abs(weights[3] - 1) < SAME and abs(weights[1]) < SAME
    return Product(term, 1.0, 0.0) if raw else Product(term, float(weights[3]), float(weights[1]))


def column(fit: PanelFit, name: str) -> Floats:
    """(n,) a variable of the model's sample.

    Raises:
        PanelError: the model's sample does not have it.
    """
    if name not in fit.design.sample.columns:
        raise PanelError(
            f"The sample of the model of {fit.design.outcome} has no variable {name}; it has "
            f"{', '.join(map(str, fit.design.sample.columns))}.",
            [name],
        )
    return np.asarray(pd.to_numeric(fit.design.sample[name]), dtype=np.float64)


def never_varies(moderator: str, values: Floats) -> str:
    """The sentence for a moderator with one value."""
    return (
        f"The moderator {moderator} is {values[0]:g} in all {len(values)} rows used, so there is "
        "nothing for the effect to vary with; choose another moderator or widen the sample."
    )
