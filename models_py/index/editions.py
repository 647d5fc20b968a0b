"""Why ranks differ between two editions of an index: four substitutions, in both orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from models_py.index.composite import Index, apply
from models_py.index.errors import ScoreError, listed
from models_py.index.scheme import Indicator, Indicators, Scheme, indicators_of

STEPS = ("data_revision", "new_data", "weight_change", "scheme_change")


@dataclass(frozen=True)
class Edition:
    """One edition of an index.

    Attributes:
        frame: as of `score`, all years the edition knows.
        indicators: its system.
        scheme: its scheme.
        year: the year its ranking is of.
    """

    frame: pd.DataFrame
    indicators: Indicators
    scheme: Scheme
    year: int


@dataclass(frozen=True)
class RankChange:
    """A rank change taken apart.

    Attributes:
        changes: region_code, order (``stated``, ``reverse``, ``average``), rank_old, rank_new,
            change, data_revision, new_data, weight_change, scheme_change; the four add to the
            change in every row. A positive change is a fall.
        stated: the order of substitution of the rows ``stated``.
        warnings: sentences: regions that entered or left, indicators only one edition has.
    """

    changes: pd.DataFrame
    stated: tuple[str, ...]
    warnings: tuple[str, ...]


def rank_change(
    old: Edition,
    new: Edition,
    *,
    order: Sequence[str] = STEPS,
    region: str = "region_code",
    year: str = "year",
) -> RankChange:
    """The change of each region's rank from one edition to the next, split four ways.

    Starting from the old edition, one thing after another is put in from the new: the values both
    editions have, as the new one states them (data_revision); the new one's regions, years and
    indicators, and its year (new_data); its vector of weights (weight_change); its normalisation,
    aggregation, pooling and directions (scheme_change). What a step moves depends on what stands
    already, so the steps are taken in the stated order, in its reverse, and averaged (the two-fold
    average of Shapley's, as Sun (1998) does for energy indices).

    Weights are each edition's own vector for its year: entropy weights that moved because data
    moved count as weight_change. An indicator that a vector does not have carries no weight.

    Args:
        old: the edition before.
        new: the edition after.
        order: the four steps, in the order of substitution.
        region: column of region codes, in both frames.
        year: column of years, in both frames.

    Returns:
        The change of every region that both rankings have.

    Raises:
        ScoreError: an edition or a step between them is refused, a year is not there, the order
            is not of the four steps, or the rankings have no region in common.
    """
    if sorted(order) != sorted(STEPS):
        raise ScoreError(
            f"The order must name each of {', '.join(STEPS)} once; not {listed(order)}."
        )
    steps = _Steps(old, new, region, year)
    both = [code for code in steps.ranks(frozenset()) if code in steps.ranks(frozenset(STEPS))]
    if not both:
        raise ScoreError("The two rankings have no region in common: no rank can have changed.")
    stated, reverse = _walk(steps, tuple(order)), _walk(steps, tuple(order)[::-1])
    splits = {"stated": stated, "reverse": reverse, "average": (stated + reverse) / 2}
    changes = [_changes(steps, both, name, split) for name, split in splits.items()]
    return RankChange(pd.concat(changes, ignore_index=True), tuple(order), steps.warnings(both))


class _Steps:
    """The index between two editions, with some of the four already put in."""

    def __init__(self, old: Edition, new: Edition, region: str, year: str) -> None:
        self._old, self._new = _dated(old, year), _dated(new, year)
        self._keys = [region, year]
        self._systems = {
            "old": {one.code: one for one in indicators_of(old.indicators)},
            "new": {one.code: one for one in indicators_of(new.indicators)},
        }
        self._indices = {"old": self._whole(old), "new": self._whole(new)}
        self._weights = {
            name: _vector(self._indices[name], edition.year)
            for name, edition in (("old", old), ("new", new))
        }
        self._known: dict[frozenset[str], dict[Any, int]] = {}

    def ranks(self, put_in: frozenset[str]) -> dict[Any, int]:
        """Ranks by region with these of the new edition put in."""
        if put_in not in self._known:
            self._known[put_in] = self._ranked(put_in)
        return self._known[put_in]

    def warnings(self, both: list[Any]) -> tuple[str, ...]:
        """What the split cannot show."""
        found = []
        old, new = set(self._systems["old"]), set(self._systems["new"])
        for codes, words in ((new - old, "new edition"), (old - new, "old edition")):
            if codes:
                found.append(
                    f"Indicators of the {words} only: {listed(sorted(codes))}. Their values count "
                    "as new_data, their weight as weight_change."
                )
        gone = set(self.ranks(frozenset())) ^ set(self.ranks(frozenset(STEPS)))
        if gone:
            found.append(
                f"Regions in one ranking only: {listed(sorted(map(str, gone)))}. They have no "
                f"change; the ranks of the {len(both)} others are among all of an edition."
            )
        return tuple(found)

    def _whole(self, edition: Edition) -> Index:
        region, year = self._keys
        index = apply(edition.frame, edition.indicators, edition.scheme, region=region, year=year)
        if edition.year not in set(index.scores["year"]):
            raise ScoreError(
                f"The edition ranks {edition.year}, and its frame has no row of that year.",
                years=[edition.year],
                scheme=edition.scheme.name,
            )
        return index

    def _ranked(self, put_in: frozenset[str]) -> dict[Any, int]:
        region, year = self._keys
        system = self._systems["new" if "new_data" in put_in else "old"]
        directions = "new" if "scheme_change" in put_in else "old"
        vector = self._weights["new" if "weight_change" in put_in else "old"]
        total = sum(vector.get(code, 0.0) for code in system)
        if total <= 0:
            raise ScoreError(
                f"The editions weigh no indicator in common ({listed(system)}): their ranks "
                "cannot be compared step by step.",
                system,
            )
        told = [
            Indicator(
                code,
                self._systems[directions].get(code, one).direction,
                one.layer,
                vector.get(code, 0.0) / total,
            )
            for code, one in system.items()
        ]
        edition = self._new if "scheme_change" in put_in else self._old
        scheme = replace(
            edition.scheme, weighting="given", label=f"{edition.scheme.name} between editions"
        )
        index = apply(self._frame(put_in), told, scheme, region=region, year=year)
        of = self._new.year if "new_data" in put_in else self._old.year
        ranked = index.scores[index.scores["year"] == of]
        return dict(zip(ranked["region_code"], ranked["rank"].astype(int), strict=True))

    def _frame(self, put_in: frozenset[str]) -> pd.DataFrame:
        """The old or new frame's shape, with the values both have from the one or the other."""
        newer, revised = "new_data" in put_in, "data_revision" in put_in
        frame, other = self._old.frame, self._new.frame
        if newer:
            frame, other = other, frame
        if newer == revised:
            return frame
        codes = [code for code in self._systems["old"] if code in self._systems["new"]]
        values = frame.set_index(self._keys)
        stated = other.set_index(self._keys)[codes].reindex(values.index)
        values[codes] = stated.where(stated.notna(), values[codes])
        return values.reset_index()


def _dated(edition: Edition, year: str) -> Edition:
    """Years as numbers in both editions: "2018" and 2018 would have no cell in common."""
    if year not in edition.frame:
        return edition
    years = pd.to_numeric(edition.frame[year], errors="coerce")
    return replace(edition, frame=edition.frame.assign(**{year: years}))


def _vector(index: Index, year: int) -> dict[str, float]:
    mine = index.weights[index.weights["year"] == year]
    return dict(zip(mine["indicator_code"], mine["weight"].astype(float), strict=True))


def _changes(steps: _Steps, both: list[Any], name: str, split: pd.DataFrame) -> pd.DataFrame:
    """One split as rows: the ranks before and after, and what each step moved."""
    before = pd.Series(steps.ranks(frozenset())).loc[both].to_numpy()
    after = pd.Series(steps.ranks(frozenset(STEPS))).loc[both].to_numpy()
    ranks = {"rank_old": before, "rank_new": after, "change": after - before}
    moved = {step: split.loc[both, step].to_numpy() for step in STEPS}
    return pd.DataFrame({"region_code": both, "order": name, **ranks, **moved})


def _walk(steps: _Steps, order: tuple[str, ...]) -> pd.DataFrame:
    """What each step moves each region, steps taken in an order."""
    columns, put_in = {}, frozenset[str]()
    for step in order:
        before = pd.Series(steps.ranks(put_in), dtype=float)
        put_in |= {step}
        columns[step] = pd.Series(steps.ranks(put_in), dtype=float) - before
    return pd.DataFrame(columns)
