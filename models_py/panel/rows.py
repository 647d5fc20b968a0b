"""Which rows and columns of a frame a model uses, and the refusals that need no algebra.

Belongs here: names, numbers, missing and infinite values, duplicates, groups of one row, codes.
Columns that the effects or other columns explain are looked for in ``design``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models_py.panel.absorb import Codes, Floats
from models_py.panel.errors import PanelError, listed

# Rows with a missing value named in a warning; the others are counted.
NAMED_ROWS = 10

# Squares of sums of numbers beyond this overflow, or vanish below its inverse.
FARTHEST = 1e120

PRODUCT = ":"

# Flags or positions that choose rows.
Flags = NDArray[Any]


def one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse an option nobody has defined.

    Args:
        name: of the option.
        value: what was given.
        allowed: what may be.

    Raises:
        PanelError: it is none of them.
    """
    if value not in allowed:
        raise PanelError(f"{name} is {value!r}; it is one of {', '.join(allowed)}.")


def names(outcome: str, regressors: Sequence[str]) -> tuple[str, ...]:
    """The regressors as a tuple.

    Args:
        outcome: name of the outcome.
        regressors: names.

    Raises:
        PanelError: a text instead of a list, no name, a repeated one, or the outcome among them.
    """
    if isinstance(regressors, str):
        raise PanelError(
            f"regressors is the text {regressors!r}; give a list of column names, "
            f"such as [{regressors!r}]."
        )
    terms = tuple(regressors)
    if not terms:
        raise PanelError(f"The model of {outcome} has no regressor; name at least one.", [outcome])
    twice = [term for at, term in enumerate(terms) if term in terms[:at]]
    if twice:
        raise PanelError(
            f"The model of {outcome} names {listed(twice)} twice; name each regressor once.", twice
        )
    if outcome in terms:
        raise PanelError(
            f"{outcome} is the outcome and a regressor of the same model; take it out of one.",
            [outcome],
        )
    return terms


@dataclass(frozen=True)
class Rows:
    """Columns as numbers and groups as codes, of the rows of a frame that are used.

    Attributes:
        at: (n,) positions in the frame.
        columns: (n,) numbers by variable, parts of products among them.
        codes: (n,) group of each row by key, -1 for a missing one.
        labels: what the codes stand for, in their own order.
    """

    at: Codes
    columns: dict[str, Floats]
    codes: dict[str, Codes]
    labels: dict[str, tuple[object, ...]]

    def only(self, kept: Flags) -> Rows:
        """The rows that are kept, their codes as they were.

        Args:
            kept: flags or positions.
        """
        return Rows(
            self.at[kept],
            {name: values[kept] for name, values in self.columns.items()},
            {key: codes[kept] for key, codes in self.codes.items()},
            self.labels,
        )

    def sorted_and_recoded(self) -> Rows:
        """In the order of the keys, with the codes 0.. of the labels that are left."""
        codes, labels = {}, {}
        for key, own in self.codes.items():
            sizes = np.bincount(own, minlength=len(self.labels[key]))
            left = np.flatnonzero(sizes)
            place = np.zeros(len(sizes), dtype=np.int64)
            place[left] = np.arange(len(left))
            codes[key] = place[own]
            labels[key] = tuple(self.labels[key][one] for one in left.tolist())
        order = np.lexsort(list(reversed(codes.values()))) if codes else np.arange(len(self.at))
        return Rows(
            self.at[order],
            {name: values[order] for name, values in self.columns.items()},
            {key: own[order] for key, own in codes.items()},
            labels,
        )

    def named(self, at: Flags, keys: Sequence[str] | None = None) -> list[str]:
        """Rows as texts, such as ``R001/2019``; a missing label is nan.

        Args:
            at: (n,) flags of the rows.
            keys: which to name them by; all where None.
        """
        chosen = list(self.codes) if keys is None else list(keys)
        return [
            "/".join(
                str(self.labels[key][self.codes[key][row]]) if self.codes[key][row] >= 0 else "nan"
                for key in chosen
            )
            for row in np.flatnonzero(at)
        ]

    def frame(self, source: pd.DataFrame) -> pd.DataFrame:
        """The rows as a frame: keys as they were, variables as numbers.

        Args:
            source: the frame they were read from.
        """
        keys = {key: source[key].array.take(self.at) for key in self.codes}
        return pd.DataFrame({**keys, **self.columns}, index=source.index.take(self.at))


def read_rows(frame: pd.DataFrame, variables: Sequence[str], keys: Sequence[str]) -> Rows:
    """The model's columns as floats, products worked out.

    Args:
        frame: one row an entity and period.
        variables: columns or products such as ``"a:b"``.
        keys: columns of entities and periods.

    Returns:
        All rows, in the order of the frame.

    Raises:
        PanelError: an unknown or doubled column, or values that ``numbers`` refuses.
    """
    parts = {
        variable: [variable] if variable in frame.columns else variable.split(PRODUCT)
        for variable in variables
    }
    needed = list(dict.fromkeys([*keys, *(part for names in parts.values() for part in names)]))
    unknown = [name for name in needed if name not in frame.columns]
    if unknown:
        raise PanelError(
            f"The data have no column {listed(unknown)}; they have "
            f"{listed(sorted(map(str, frame.columns)), 20)}. Correct the name in the model, "
            "or add the variable to the study.",
            unknown,
        )
    double = [name for name in needed if isinstance(frame[name], pd.DataFrame)]
    if double:
        raise PanelError(
            f"The data have more than one column {listed(double)}; rename or drop the copies.",
            double,
        )
    columns = {
        name: numbers(frame, name, keys) for name in needed if name not in keys or name in variables
    }
    for variable, factors in parts.items():
        if len(factors) > 1:
            columns[variable] = np.prod([numbers(frame, one, keys) for one in factors], axis=0)
    codes, labels = {}, {}
    for key in keys:
        try:
            coded, levels = pd.factorize(frame[key], sort=True)
        except TypeError:  # texts and numbers in one column have no order of their own
            coded, levels = pd.factorize(
                frame[key].astype(str).where(frame[key].notna()), sort=True
            )
        codes[key] = coded.astype(np.int64)
        labels[key] = tuple(levels.tolist())
    return Rows(np.arange(len(frame)), columns, codes, labels)


def numbers(frame: pd.DataFrame, name: str, keys: Sequence[str] = ()) -> Floats:
    """A column as numbers.

    Args:
        frame: any rows.
        name: the column.
        keys: columns that name a row in the sentence of a refusal.

    Returns:
        (n,) nan where missing.

    Raises:
        PanelError: no such column, or values that are not numbers, infinite, or beyond what
            squares can be taken of.
    """
    if name not in frame.columns:
        raise PanelError(f"The data have no column {name}.", [name])
    column = frame[name]
    try:
        if column.dtype.kind == "c":
            raise TypeError
        values = pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        texts = [value for value in column.dropna().unique() if isinstance(value, str)]
        example = f", such as {texts[0]!r}" if texts else ""
        raise PanelError(
            f"{name} holds values that are not numbers{example[:60]}; a model needs numbers there.",
            [name],
        ) from None
    infinite = np.isinf(values)
    if infinite.any():
        where = [
            "/".join(str(frame[key].iloc[at]) for key in keys) or f"row {at + 1}"
            for at in np.flatnonzero(infinite)
        ]
        raise PanelError(
            f"{name} is infinite in {listed(where)} ({int(infinite.sum())} rows); "
            "look for a division by zero or a logarithm of zero in its formula.",
            [name],
        )
    largest = float(np.abs(values).max(initial=0.0, where=~np.isnan(values)))
    if largest and not 1 / FARTHEST < largest < FARTHEST:
        raise PanelError(
            f"{name} is at most {largest:.3g} in size, beyond what squares can be taken of; change "
            "its unit.",
            [name],
        )
    return values


def complete(rows: Rows, variables: Sequence[str]) -> tuple[Rows, int, list[str]]:
    """The rows with every value.

    Args:
        rows: from ``read_rows``.
        variables: columns that must have a value; keys must, too.

    Returns:
        The rows, how many others there are, and a warning that names them.

    Raises:
        PanelError: no row is left.
    """
    missing = {name: np.isnan(rows.columns[name]) for name in variables}
    missing |= {key: codes < 0 for key, codes in rows.codes.items()}
    by_name = {name: int(flags.sum()) for name, flags in missing.items() if flags.any()}
    causes = ", ".join(f"{name} {count}" for name, count in by_name.items())
    gone = np.logical_or.reduce(list(missing.values()))
    n_gone = int(gone.sum())
    if n_gone == len(gone):
        raise PanelError(
            f"No row has a value in every one of {listed(variables, 12)}"
            + (f" (missing: {causes})" if causes else "")
            + "; check that the years and regions of the variables overlap.",
            variables,
        )
    if not n_gone:
        return rows, 0, []
    # The first of them in the order of the keys, so that the frame's own order does not matter.
    first = rows.only(gone)
    order = np.lexsort(list(reversed(first.codes.values()))) if first.codes else np.arange(0)
    which = first.only(order[:NAMED_ROWS]).named(np.ones(min(n_gone, NAMED_ROWS), dtype=bool))
    more = f" and {n_gone - NAMED_ROWS} more" if n_gone > NAMED_ROWS else ""
    where = f": {', '.join(which)}{more}" if rows.codes else ""
    note = f"{n_gone} of {len(gone)} rows have a missing value and are left out ({causes}){where}."
    return rows.only(~gone), n_gone, [note]


def refuse_duplicates(rows: Rows, entity: str | None, time: str | None) -> None:
    """Refuse a second row of an entity and period.

    Args:
        rows: complete rows.
        entity: column of entities.
        time: column of periods; where either is None nothing is looked for.

    Raises:
        PanelError: pairs that stand twice, the first of them named.
    """
    if entity is None or time is None:
        return
    pairs = rows.codes[entity] * len(rows.labels[time]) + rows.codes[time]
    # Pandas' hash table takes 0.06 s for a million pairs, sorting them 0.1 s.
    double = pd.Series(pairs).duplicated().to_numpy()
    if double.any():
        which = list(dict.fromkeys(rows.named(double, [entity, time])))
        raise PanelError(
            f"{len(which)} pairs of {entity} and {time} stand in more than one row "
            f"({listed(which)}); keep one row a pair before the model is fitted.",
            [entity, time],
        )


def without_singletons(
    rows: Rows, entity: str | None, time: str | None, rule: str
) -> tuple[Rows, list[str], list[str]]:
    """Note, or take out, groups of one row: their effect fits them perfectly.

    Args:
        rows: complete rows.
        entity: column of entities that have effects, else None.
        time: column of periods that have effects, else None.
        rule: ``"keep"`` or ``"drop"``, until none is left.

    Returns:
        The rows, the groups as texts, and a warning that names them.

    Raises:
        PanelError: no row is left.
    """
    keys = [key for key in (entity, time) if key is not None]
    alone: list[str] = []
    while True:
        found = []
        gone = np.zeros(len(rows.at), dtype=bool)
        for key in keys:
            codes, labels = rows.codes[key], rows.labels[key]
            single = np.bincount(codes, minlength=len(labels)) == 1
            found += [f"{key} {labels[at]}" for at in np.flatnonzero(single)]
            gone |= single[codes]
        alone += found
        if rule == "keep" or not found:
            break
        rows = rows.only(~gone)
        if len(rows.at) == 0:
            raise PanelError(
                f"Every {' and '.join(keys)} has a single row, so their effects fit every row "
                "exactly; a model with these effects needs repeated observations.",
                keys,
            )
    if not alone:
        return rows, alone, []
    did = (
        "kept, as xtreg, plm and fixest do; reghdfe leaves it out, singletons='drop' does the same"
        if rule == "keep"
        else "left out, as reghdfe does"
    )
    return rows, alone, [f"{len(alone)} groups have a single row ({listed(alone)}): {did}."]


def refuse_single_groups(
    labels: dict[str, tuple[object, ...]],
    entity: str | None,
    time: str | None,
    entity_effects: bool,
    time_effects: bool,
) -> None:
    """Refuse effects over one period or one entity.

    Args:
        labels: of the rows used, by key.
        entity: column of entities.
        time: column of periods.
        entity_effects: whether each entity has an effect.
        time_effects: whether each period has an effect.

    Raises:
        PanelError: a single period or entity with effects.
    """
    one_entity = entity is not None and len(labels[entity]) == 1
    one_period = time is not None and len(labels[time]) == 1
    if one_period and (entity_effects or time_effects) and time is not None:
        raise PanelError(
            f"The rows that can be used are of one {time} only ({labels[time][0]}), and effects of "
            f"{entity or time} need at least two; add years, or fit without effects.",
            [time],
        )
    if one_entity and (entity_effects or time_effects) and entity is not None:
        raise PanelError(
            f"The rows that can be used are of one {entity} only ({labels[entity][0]}), and panel "
            "effects need at least two; add regions, or fit without effects.",
            [entity],
        )
