"""Who is whose neighbour: reads lists, edges and points into weights, and refuses what is unclear.

What the weights are used for is in `moran`; the edges of China's provinces are data
(``dbt_project/seeds/region_adjacency.csv``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse

from models_py.spatial.distance import distances
from models_py.spatial.errors import SpatialError, listed
from models_py.spatial.values import codes_of

EdgeList = Mapping[Any, Any] | pd.DataFrame
"""A mapping from a region to its neighbours, or a frame with an edge a row."""

Edges = dict[tuple[str, str], float]
_Given = TypeVar("_Given", Mapping[Any, Any], pd.DataFrame)

STANDARDISE: Final = {
    "row": "W",
    "none": "B",
    "binary": "B",
    "global": "C",
    "unit": "U",
    "variance": "S",
}
"""Names of the standardisations and spdep's letters for them; either is accepted."""


@dataclass(frozen=True)
class Neighbours:
    """Neighbours of a set of regions.

    Attributes:
        regions: codes, sorted.
        weights: regions x regions; one (or the weight given) from a region to its neighbour.
        isolates: regions without any neighbour.
        directed: a region may have a neighbour that does not have it.
    """

    regions: tuple[str, ...]
    weights: Any
    isolates: tuple[str, ...]
    directed: bool

    @classmethod
    def read(
        cls, given: EdgeList, regions: Iterable[str], *, directed: bool | None = None
    ) -> Neighbours:
        """Reads neighbours for regions.

        Args:
            given: a mapping from a region to the list of its neighbours (or to a mapping from
                neighbour to weight), or a frame with an edge a row: ``region_code`` and
                ``neighbour_code``, else its first two columns, and ``weight`` where it has one.
            regions: the regions there are; one that no edge names is an isolate.
            directed: None: an edge must stand in both directions; or, in a frame, every edge in
                one; or every region must name equally many neighbours, which is what lists of
                nearest neighbours do. True: taken as it stands. False: both directions, or fail.

        Raises:
            SpatialError: an edge names a region that is not there, a region is its own neighbour,
                an edge stands twice, in one direction only, or has no weight above zero.
        """
        codes = tuple(sorted(regions))
        edges = _edges_of(given)
        _check_regions(given, edges, codes)
        edges, one_way = _directions(edges, isinstance(given, pd.DataFrame), directed)
        place = {code: i for i, code in enumerate(codes)}
        ends = np.array([[place[a], place[b]] for a, b in edges], dtype=np.intp).reshape(-1, 2)
        weights = sparse.csr_array(
            (np.fromiter(edges.values(), dtype=float), (ends[:, 0], ends[:, 1])),
            shape=(len(codes), len(codes)),
        )
        linked = {code for edge in edges for code in edge}
        return cls(codes, weights, tuple(c for c in codes if c not in linked), one_way)

    def standardised(self, style: str | None) -> Any:
        """The weights under a standardisation (Bivand, Pebesma and Gomez-Rubio 2013, 9.2.2).

        ``row``: a region's weights add to one. ``none`` or ``binary``: as given. ``global``: all
        weights add to the number of regions that have neighbours. ``unit``: they add to one.
        ``variance``: Tiefelsdorf's variance-stabilising weights.

        Raises:
            SpatialError: the standardisation has another name.
        """
        letter = _letter(style)
        weights = self.weights
        present = int(np.count_nonzero(weights.sum(axis=1)))
        if letter == "W":
            return _rows_divided(weights, weights.sum(axis=1))
        if letter == "S":
            weights = _rows_divided(weights, np.sqrt(weights.power(2).sum(axis=1)))
            return weights * (present / weights.sum())
        factor = {"B": 1.0, "C": present / weights.sum(), "U": 1 / weights.sum()}[letter]
        return weights * factor


def among(given: _Given, regions: Iterable[Any]) -> _Given:
    """The neighbours among some of the regions: what a study without 西藏 needs.

    Args:
        given: as `Neighbours.read` takes them.
        regions: the regions to keep, codes of the same type as in ``given``.
    """
    kept = {str(region) for region in regions}
    if isinstance(given, pd.DataFrame):
        first, second = _end_columns(given)
        inside = given[first].astype(str).isin(kept) & given[second].astype(str).isin(kept)
        edges: pd.DataFrame = given[inside]
        return edges
    return {
        region: (
            {other: weight for other, weight in listing.items() if str(other) in kept}
            if isinstance(listing, Mapping)
            else [other for other in _listing(region, listing) if str(other) in kept]
        )
        for region, listing in given.items()
        if str(region) in kept
    }


def edges_of_kind(edges: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """The edges of the kinds named, without the column: ``edges_of_kind(adjacency, "land")``.

    Raises:
        SpatialError: no edge is of a kind named.
    """
    known = sorted(set(edges["kind"]))
    for kind in kinds or ("",):
        if kind not in known:
            raise SpatialError(f"No edge is of the kind '{kind}'; there are {listed(known)}.")
    chosen: pd.DataFrame = edges[edges["kind"].isin(kinds)].drop(columns="kind")
    return chosen


def nearest_neighbours(points: pd.DataFrame, k: int) -> pd.DataFrame:
    """Each region's k nearest by great circle; ties go to the smaller code.

    Args:
        points: ``region_code``, ``longitude`` and ``latitude`` in degrees, a row a region.
        k: how many.

    Returns:
        ``region_code``, ``neighbour_code``; not symmetric, and `moran` knows that of such a list.

    Raises:
        SpatialError: k is below one or not below the number of regions.
    """
    apart = distances(points)
    if not 1 <= k < len(apart):
        raise SpatialError(
            f"{k} nearest neighbours cannot be had of {len(apart)} regions; choose 1 to"
            f" {len(apart) - 1}."
        )
    codes = apart.index.to_numpy()
    far = apart.to_numpy(copy=True)
    np.fill_diagonal(far, np.inf)
    nearest = np.argsort(far, axis=1, kind="stable")[:, :k]
    return pd.DataFrame(
        {"region_code": np.repeat(codes, k), "neighbour_code": codes[nearest].ravel()}
    )


def within_distance(points: pd.DataFrame, km: float) -> pd.DataFrame:
    """Every pair of regions not farther apart than ``km``, in both directions.

    Args:
        points: ``region_code``, ``longitude`` and ``latitude`` in degrees, a row a region.
        km: the band's width, kilometres; a region with none inside it is an isolate.
    """
    apart = distances(points)
    near = (apart.to_numpy() <= km) & ~np.eye(len(apart), dtype=bool)
    rows, columns = np.nonzero(near)
    codes = apart.index.to_numpy()
    return pd.DataFrame({"region_code": codes[rows], "neighbour_code": codes[columns]})


def _letter(style: str | None) -> str:
    if style is None:
        return "B"
    if style in STANDARDISE.values():
        return style
    if style not in STANDARDISE:
        raise SpatialError(
            f"'{style}' is no standardisation of weights; choose {listed(STANDARDISE)}."
        )
    return STANDARDISE[style]


def _rows_divided(weights: Any, by: Any) -> Any:
    scale = np.divide(1.0, by, out=np.zeros(len(by)), where=by > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ weights)


def _end_columns(frame: pd.DataFrame) -> tuple[Any, Any]:
    if {"region_code", "neighbour_code"} <= set(frame.columns):
        return "region_code", "neighbour_code"
    if frame.shape[1] < 2:
        raise SpatialError(
            "A frame of edges needs two columns, region_code and neighbour_code; this has"
            f" {listed(frame.columns) or 'none'}."
        )
    return frame.columns[0], frame.columns[1]


def _listing(region: Any, listing: Any) -> list[Any]:
    if isinstance(listing, str) or not isinstance(listing, Iterable):
        raise SpatialError(
            f"The neighbours of {region} are not a list; write [{listing!r}] for one.", [region]
        )
    return list(listing)


def _triples(given: EdgeList) -> Iterable[tuple[Any, Any, Any]]:
    if isinstance(given, pd.DataFrame):
        if "kind" in given.columns and given["kind"].nunique() > 1:
            kinds = sorted(map(str, given["kind"].unique()))
            raise SpatialError(
                f"The edges are of several kinds ({listed(kinds)}); choose, for example with"
                f" edges_of_kind(edges, '{kinds[0]}')."
            )
        first, second = _end_columns(given)
        weights = given["weight"] if "weight" in given.columns else [1.0] * len(given)
        return zip(given[first], given[second], weights, strict=True)
    return (
        (region, other, listing[other] if isinstance(listing, Mapping) else 1.0)
        for region, listing in given.items()
        for other in _listing(region, listing)
    )


def _edges_of(given: EdgeList) -> Edges:
    edges: Edges = {}
    for a, b, weight in _triples(given):
        region, other = codes_of([a, b], "an edge")
        if region == other:
            raise SpatialError(
                f"{region} stands as its own neighbour; take that edge out.", [region]
            )
        if (region, other) in edges:
            raise SpatialError(
                f"The edge from {region} to {other} stands twice; take one out.", [region, other]
            )
        try:
            number = float(weight)
        except (TypeError, ValueError):
            number = np.nan
        if not (np.isfinite(number) and number > 0):
            raise SpatialError(
                f"The weight from {region} to {other} is {weight}; it must be a number above zero"
                " (leave the edge out where there is none).",
                [region, other],
            )
        edges[region, other] = number
    if not edges:
        raise SpatialError("No region has a neighbour: the edges are empty.")
    return edges


def _check_regions(given: EdgeList, edges: Edges, codes: tuple[str, ...]) -> None:
    """The edges' regions must have values; a list that names its isolates must name them all."""
    named = {code for edge in edges for code in edge}
    has_isolates = False
    if isinstance(given, Mapping):
        keys = set(codes_of(given, "a list of neighbours"))
        has_isolates = bool(keys - named)
        named |= keys
    without_value = sorted(named - set(codes))
    unnamed = [code for code in codes if code not in named]
    if without_value:
        hint = (
            f" {listed(unnamed)} has a value and no neighbours: is a code misspelt?"
            if unnamed
            else " Give a value, or leave the region out with among(neighbours, regions)."
        )
        raise SpatialError(
            f"The neighbours name {listed(without_value)}, which has no value.{hint}", without_value
        )
    if unnamed and has_isolates:
        raise SpatialError(
            f"There is a value for {listed(unnamed)}, a region that the neighbours do not know;"
            " they list other regions without neighbours, so list this one too or take it out.",
            unnamed,
        )


def _directions(edges: Edges, is_frame: bool, directed: bool | None) -> tuple[Edges, bool]:
    one_way = sorted(edge for edge in edges if edge[::-1] not in edges)
    if not one_way:
        return edges, False
    if directed:
        return edges, True
    if directed is None and is_frame and len(one_way) == len(edges):
        return edges | {(b, a): weight for (a, b), weight in edges.items()}, False
    if directed is None and len(one_way) < len(edges) and _equally_many(edges):
        return edges, True
    a, b = one_way[0]
    raise SpatialError(
        f"{a} has {b} as a neighbour, but {b} does not have {a} ({len(one_way)} of {len(edges)}"
        " edges stand in one direction only). Add the other direction, or say directed=True where"
        " that is meant.",
        [a, b],
    )


def _equally_many(edges: Edges) -> bool:
    """Every region that is named names the same number: so do lists of nearest neighbours."""
    counts = dict.fromkeys((code for edge in edges for code in edge), 0)
    for a, _ in edges:
        counts[a] += 1
    return len(set(counts.values())) == 1
