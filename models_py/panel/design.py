"""From a frame to the arrays of a model, or to a sentence why there is no model.

Belongs here: the design itself, taking the effects out, constant, absorbed and collinear columns.
Which rows are used is decided in ``rows``; what is estimated in ``engines`` and ``covariance``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models_py.panel.absorb import Absorber, Codes, Floats
from models_py.panel.errors import Absorbed, PanelError, listed
from models_py.panel.least_squares import solve
from models_py.panel.rows import (
    complete,
    names,
    one_of,
    read_rows,
    refuse_duplicates,
    refuse_single_groups,
    without_singletons,
)

# Shares of a column's own length: a column this much shorter after the effects, or after the
# columns before it, is rounding and not variation.
ABSORBED_SHARE = 1e-8
COLLINEAR_SHARE = 1e-8
# Above this many rows the Gram matrix is used to look for collinearity instead of a QR.
QR_ROWS = 200_000
# A variance inflation factor after the effects that only a copy or a near-copy reaches.
NEAR_COPY_VIF = 1e4


@dataclass(frozen=True)
class Design:
    """The rows of a model, sorted by entity and time, and its columns with the effects taken out.

    Attributes:
        outcome: name of the outcome.
        terms: names of the k regressors.
        y: (n,) outcome. x: (n, k) regressors.
        y_within, x_within: the same after the effects.
        entity, time: (n,) codes, None where no such column was given.
        entities, periods: labels by code.
        entity_effects, time_effects: which effects are in the model.
        n_absorbed: independent effects, the constant among them (1 in a model without effects).
        sample: the rows used, with every column the model names, in the order of the arrays.
        warnings: what was left out and why, as sentences.
        singletons: entities or periods with one row.
        n_missing: rows left out for a missing value.
    """

    outcome: str
    terms: tuple[str, ...]
    y: Floats
    x: Floats
    y_within: Floats
    x_within: Floats
    entity: Codes | None
    time: Codes | None
    entities: tuple[object, ...]
    periods: tuple[object, ...]
    entity_effects: bool
    time_effects: bool
    n_absorbed: int
    absorber: Absorber
    sample: pd.DataFrame
    entity_name: str | None
    time_name: str | None
    warnings: tuple[str, ...] = ()
    singletons: tuple[str, ...] = ()
    n_missing: int = 0
    dropped: tuple[str, ...] = field(default=())

    @property
    def entity_codes(self) -> Codes:
        """(n,) codes of entities, for what cannot do without.

        Raises:
            PanelError: no column of entities was named.
        """
        if self.entity is None:
            raise PanelError(
                f"The model of {self.outcome} names no column of entities, and this needs one."
            )
        return self.entity

    @property
    def time_codes(self) -> Codes:
        """(n,) codes of periods, for what cannot do without.

        Raises:
            PanelError: no column of periods was named.
        """
        if self.time is None:
            raise PanelError(
                f"The model of {self.outcome} names no column of periods, and this needs one."
            )
        return self.time

    def position(self, term: str) -> int:
        """Which regressor a term is.

        Raises:
            PanelError: it is none.
        """
        if term not in self.terms:
            raise PanelError(
                f"{term} is not a regressor of the model of {self.outcome}; it has "
                f"{', '.join(self.terms)}.",
                [term],
            )
        return self.terms.index(term)

    @property
    def n(self) -> int:
        """Rows used."""
        return len(self.y)

    @property
    def n_entities(self) -> int:
        """Entities with a row."""
        return len(self.entities)

    @property
    def n_periods(self) -> int:
        """Periods with a row."""
        return len(self.periods)

    @property
    def effects(self) -> str:
        """The effects in words, for sentences."""
        names = [
            str(name)
            for name, used in (
                (self.entity_name, self.entity_effects),
                (self.time_name, self.time_effects),
            )
            if used
        ]
        return " and ".join(names) if names else "no"


def prepare(
    frame: pd.DataFrame,
    outcome: str,
    regressors: Sequence[str],
    entity: str | None,
    time: str | None,
    *,
    entity_effects: bool = True,
    time_effects: bool = True,
    singletons: str = "keep",
    collinear: str = "raise",
) -> Design:
    """Choose the rows and columns of a model and take its effects out.

    Args:
        frame: one row an entity and period.
        outcome: numeric column.
        regressors: numeric columns; ``"a:b"`` is the product of two columns.
        entity: column of entities; may be None in a model that does not use them.
        time: column of periods; may be None in a model that does not use them.
        entity_effects: whether each entity has an effect.
        time_effects: whether each period has an effect.
        singletons: ``"keep"`` entities and periods with a single row (xtreg, plm, fixest), or
            ``"drop"`` them until none is left (reghdfe).
        collinear: ``"raise"`` on absorbed and collinear regressors, or ``"drop"`` them and say so.

    Returns:
        The design.

    Raises:
        PanelError: for anything that cannot be estimated, as a sentence.
    """
    terms = names(outcome, regressors)
    one_of("singletons", singletons, ("keep", "drop"))
    one_of("collinear", collinear, ("raise", "drop"))
    keys = _keys(entity, time, entity_effects, time_effects)
    rows = read_rows(frame, [outcome, *terms], keys)
    rows, n_missing, notes = complete(rows, [outcome, *terms])
    refuse_duplicates(rows, entity, time)
    rows, alone, said = without_singletons(
        rows, entity if entity_effects else None, time if time_effects else None, singletons
    )
    notes += said
    rows = rows.sorted_and_recoded()
    labels = rows.labels
    entity_codes = rows.codes[entity] if entity is not None else None
    time_codes = rows.codes[time] if time is not None else None
    refuse_single_groups(labels, entity, time, entity_effects, time_effects)
    y = rows.columns[outcome]
    x = np.column_stack([rows.columns[term] for term in terms])
    _refuse_constant_outcome(outcome, y)
    absorber = Absorber(
        entity_codes if entity_effects else None, time_codes if time_effects else None
    )
    draft = Design(
        outcome=outcome,
        terms=terms,
        y=y,
        x=x,
        y_within=_within(absorber, y),
        x_within=_within(absorber, x),
        entity=entity_codes,
        time=time_codes,
        entities=labels.get(entity, ()) if entity is not None else (),
        periods=labels.get(time, ()) if time is not None else (),
        entity_effects=entity_effects,
        time_effects=time_effects,
        n_absorbed=max(absorber.n_effects, 1),
        absorber=absorber,
        sample=rows.frame(frame),
        entity_name=entity,
        time_name=time,
        warnings=tuple(notes),
        singletons=tuple(alone),
        n_missing=n_missing,
    )
    return _independent(draft, collinear)


def _keys(
    entity: str | None, time: str | None, entity_effects: bool, time_effects: bool
) -> list[str]:
    for used, column, word in (
        (entity_effects, entity, "entity"),
        (time_effects, time, "time"),
    ):
        if used and column is None:
            raise PanelError(
                f"The model has {word} effects but no {word} column is named; "
                f"name one, or set {word}_effects to false."
            )
    keys = [column for column in (entity, time) if column is not None]
    if len(keys) == 2 and entity == time:
        raise PanelError(f"{entity} is named as both entity and time; name two columns.", keys)
    return keys


def _refuse_constant_outcome(outcome: str, y: Floats) -> None:
    if np.ptp(y) == 0:
        raise PanelError(
            f"The outcome {outcome} is {y[0]:g} in all {len(y)} rows, so there is nothing to "
            "explain; check its formula and sample.",
            [outcome],
        )


def _within(absorber: Absorber, values: Floats) -> Floats:
    """Effects out of centred values: half the digits of a column of level 1e8 are its level."""
    return absorber(values - values.mean(axis=0))


def _independent(draft: Design, collinear: str) -> Design:
    """Name constant, absorbed and collinear regressors; refuse them, or leave them out."""
    lengths = np.linalg.norm(draft.x_within, axis=0)
    centred = np.linalg.norm(draft.x - draft.x.mean(axis=0), axis=0)
    level = np.linalg.norm(draft.x, axis=0)
    constant = np.ptp(draft.x, axis=0) == 0
    absorbed = (lengths <= ABSORBED_SHARE * centred) | (lengths <= 1e-13 * level) | constant
    sentences = {
        draft.terms[at]: _why_absorbed(draft, at) for at in np.flatnonzero(absorbed).tolist()
    }
    kept = [at for at in range(len(draft.terms)) if not absorbed[at]]
    kept, twins = _first_independent(draft, kept, lengths)
    sentences.update(twins)
    if sentences and collinear == "raise":
        kind = PanelError if twins or constant.any() else Absorbed
        raise kind(" ".join(sentences.values()), sentences)
    if not kept:
        raise PanelError(
            "No regressor is left to estimate. " + " ".join(sentences.values()), sentences
        )
    notes = [f"{sentence} It is left out." for sentence in sentences.values()]
    terms = tuple(draft.terms[at] for at in kept)
    notes += _near_copies(draft, kept, lengths)
    free = draft.n - len(kept) - draft.n_absorbed
    if free <= 0:
        raise PanelError(
            f"The model of {draft.outcome} has {len(kept)} regressors and {draft.n_absorbed} "
            f"effects for {draft.n} rows, which leaves nothing to estimate from; use fewer "
            "regressors, fewer effects or more years.",
            [draft.outcome],
        )
    return Design(
        **{
            **draft.__dict__,
            "terms": terms,
            "x": draft.x[:, kept],
            "x_within": draft.x_within[:, kept],
            "warnings": (*draft.warnings, *notes),
            "dropped": tuple(sentences),
        }
    )


def _why_absorbed(draft: Design, at: int) -> str:
    term = draft.terms[at]
    if np.ptp(draft.x[:, at]) == 0:
        return (
            f"{term} is {draft.x[0, at]:g} in all {draft.n} rows used, so its effect cannot be "
            "estimated; take it out of the model or widen the sample."
        )
    column = draft.x[:, at] - draft.x[:, at].mean()
    size = np.linalg.norm(column) * ABSORBED_SHARE
    for used, codes, name, words in (
        (draft.entity_effects, draft.entity, draft.entity_name, "never changes within a"),
        (draft.time_effects, draft.time, draft.time_name, "is the same for all in each"),
    ):
        if used and codes is not None and np.linalg.norm(Absorber(codes, None)(column)) <= size:
            return (
                f"{term} {words} {name}, so the {name} effects absorb it; take it out, "
                "or interact it with a variable that does change."
            )
    return f"{term} is absorbed by the {draft.effects} effects together; take it out of the model."


def _first_independent(
    draft: Design, candidates: list[int], lengths: Floats
) -> tuple[list[int], dict[str, str]]:
    """Keep columns the ones before do not explain, and say which explain the others."""
    kept: list[int] = []
    said: dict[str, str] = {}
    scaled = draft.x_within[:, candidates] / lengths[candidates]
    if draft.n > QR_ROWS:
        # A root of the Gram matrix stands for the columns: k rows instead of a million.
        values, vectors = np.linalg.eigh(scaled.T @ scaled)
        scaled = (vectors * np.sqrt(np.clip(values, 0, None))).T
        share = 1e-6
    else:
        share = COLLINEAR_SHARE
    for position, at in enumerate(candidates):
        column = scaled[:, position]
        if not kept:
            kept.append(at)
            continue
        before = [candidates.index(one) for one in kept]
        weights = np.linalg.lstsq(scaled[:, before], column, rcond=None)[0]
        if np.linalg.norm(column - scaled[:, before] @ weights) > share:
            kept.append(at)
            continue
        with_whom = [draft.terms[kept[i]] for i in np.flatnonzero(np.abs(weights) > 1e-6)]
        effects = "" if draft.effects == "no" else f" and the {draft.effects} effects"
        said[draft.terms[at]] = (
            f"{draft.terms[at]} is an exact linear combination of {listed(with_whom)}{effects}, so "
            "their coefficients cannot be told apart; take one of them out of the model."
        )
    return kept, said


def _near_copies(draft: Design, kept: list[int], lengths: Floats) -> list[str]:
    if len(kept) < 2:
        return []
    scaled = draft.x_within[:, kept] / lengths[kept]
    inflation = np.diag(solve(scaled, draft.y_within)[1])
    close = [draft.terms[kept[at]] for at in np.flatnonzero(inflation > NEAR_COPY_VIF)]
    if not close:
        return []
    return [
        f"After the effects {listed(close)} are nearly copies of one another (variance inflation "
        f"over {NEAR_COPY_VIF:,.0f}); their coefficients say little, one of them is enough."
    ]
