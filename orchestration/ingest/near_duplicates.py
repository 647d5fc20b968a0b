"""Which texts are all but the same, and which stands inside another, among any number of texts.

A text's signature holds the smallest hashes of its clauses, a bottom-k sketch (Broder, "On the
resemblance and containment of documents", 1997). It is stored with the document and compared
again in the next run without reading the text. What a near-duplicate means for a report is
decided in ``across``; text repeated inside one file is found in ``repetition``.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.ingest.clauses import clause_keys

# Raised whenever the same text would get another signature: stored ones are then made anew.
SIGNATURE_VERSION = 1

# 512 of the 1,300 clauses of a usual report: 2 KB a report; a similarity of 0.8 is known to within
# 0.02, and one text's tenth inside another still shows in some fifty hashes.
_SKETCH_SIZE = 512
# "一是", "同志们" stand in every report; five characters and more tell texts apart.
_SHORTEST_CLAUSE = 5
_LARGEST_HASH = 2**32 - 1
# Texts that share a hash are compared with so many neighbours: a clause that stands in every
# report then costs no more than any other, and the search is linear in the number of texts.
_NEIGHBOURS = 8
# A pair is looked at closely if the neighbours saw this share of what the smaller sketch holds.
# Successive years of one region share up to 0.15, copies 0.5 and more.
_LEAST_SEEN = 0.25
# With fewer hashes to compare, containment says nothing.
_FEWEST_COMPARED = 12
_HEADER = struct.Struct("<2I")

_Hashes = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a text to find others like it.

    Attributes:
        n_clauses: number of different clauses in the text.
        sketch: the smallest hashes of these, at most 512, ascending, four bytes each.
    """

    n_clauses: int
    sketch: bytes

    def to_bytes(self) -> bytes:
        """The signature for storing, at most 2,056 bytes."""
        return _HEADER.pack(SIGNATURE_VERSION, self.n_clauses) + self.sketch

    @classmethod
    def from_bytes(cls, stored: bytes) -> Signature:
        """Read a stored signature.

        Raises:
            ValueError: the bytes are no signature, or one of another version; make it anew.
        """
        if len(stored) < _HEADER.size or len(stored) % 4:
            raise ValueError(f"{len(stored)} bytes are no stored signature; make it anew.")
        version, n_clauses = _HEADER.unpack_from(stored)
        if version != SIGNATURE_VERSION:
            raise ValueError(
                f"The stored signature is of version {version}, not {SIGNATURE_VERSION}; "
                "make it anew."
            )
        return cls(n_clauses, bytes(stored[_HEADER.size :]))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are, estimated from their signatures.

    Attributes:
        similarity: clauses in both as a share of the clauses in either, 0 to 1.
        containment: clauses in both as a share of the smaller text's, 0 to 1; 0 where too few
            can be compared.
    """

    similarity: float
    containment: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that are all but the same, or of which one stands in the other.

    Attributes:
        first: the name that comes first in order.
        second: the other.
        similarity: as in `Likeness`.
        containment: as in `Likeness`.
    """

    first: str
    second: str
    similarity: float
    containment: float


def signature(text: str) -> Signature:
    """Make a text's signature; the same on every machine and in every process.

    Args:
        text: any string; punctuation, white space, Markdown and full-width forms make no
            difference to the signature.
    """
    clauses = {key for key in clause_keys(text) if len(key) >= _SHORTEST_CLAUSE}
    digests = b"".join(
        [
            hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest()
            for key in clauses
        ]
    )
    hashes = np.unique(np.frombuffer(digests, dtype="<u4"))
    return Signature(len(hashes), hashes[:_SKETCH_SIZE].astype("<u4").tobytes())


def near_duplicates(
    signatures: Mapping[str, Signature], *, threshold: float = 0.8, contained: float = 0.9
) -> list[Pair]:
    """Find near-duplicates and texts contained in others.

    Of more than nine copies of one text, each is paired with those next to it in the order of
    names, so that all of them are still connected.

    Args:
        signatures: the texts' signatures by name.
        threshold: least similarity of a pair.
        contained: least containment of a pair that is less similar than that.

    Returns:
        Pairs in the order of their names, the same for any order of ``signatures``.
    """
    names = sorted(signatures)
    sketches = [np.frombuffer(signatures[name].sketch, dtype="<u4") for name in names]
    pairs = []
    for left, right in _candidates(sketches, [signatures[name].n_clauses for name in names]):
        like = _likeness(sketches[left], sketches[right])
        if like.similarity >= threshold or like.containment >= contained:
            pairs.append(Pair(names[left], names[right], like.similarity, like.containment))
    return pairs


def likeness(first: Signature, second: Signature) -> Likeness:
    """Compare two texts by their signatures."""
    return _likeness(
        np.frombuffer(first.sketch, dtype="<u4"), np.frombuffer(second.sketch, dtype="<u4")
    )


def _candidates(sketches: list[_Hashes], n_clauses: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs of texts that share enough hashes to be worth comparing, in order."""
    count = len(sketches)
    if count < 2:
        return
    sizes = np.array([len(sketch) for sketch in sketches])
    hashes = np.concatenate(sketches)
    owners = np.repeat(np.arange(count), sizes)
    by_hash = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[by_hash], owners[by_hash]
    codes = [
        owners[:-lag][same] * count + owners[lag:][same]
        for lag in range(1, _NEIGHBOURS + 1)
        if (same := hashes[lag:] == hashes[:-lag]).any()
    ]
    if not codes:
        return
    code, seen = np.unique(np.concatenate(codes), return_counts=True)
    left, right = code // count, code % count
    limits = np.array([_limit(sketch) for sketch in sketches], dtype=np.float64)
    limit = np.minimum(limits[left], limits[right]) / _LARGEST_HASH
    clauses = np.array(n_clauses, dtype=np.float64)
    expected = np.minimum(clauses[left], clauses[right]) * limit
    enough = seen >= np.maximum(_LEAST_SEEN * expected, 1)
    yield from zip(left[enough].tolist(), right[enough].tolist(), strict=True)


def _likeness(left: _Hashes, right: _Hashes) -> Likeness:
    """Compare two sketches as far as both are whole."""
    limit = min(_limit(left), _limit(right))
    left, right = left[left <= limit], right[right <= limit]
    fewer = min(len(left), len(right))
    if not fewer:
        return Likeness(0.0, 0.0)
    common = len(np.intersect1d(left, right, assume_unique=True))
    return Likeness(
        similarity=round(common / (len(left) + len(right) - common), 3),
        containment=round(common / fewer, 3) if fewer >= _FEWEST_COMPARED else 0.0,
    )


def _limit(sketch: _Hashes) -> int:
    """Up to which hash a sketch holds all of its text's."""
    return int(sketch[-1]) if len(sketch) == _SKETCH_SIZE else _LARGEST_HASH
