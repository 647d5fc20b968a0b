"""Text that stands more than once in a file, and the text with one copy of it.

A passage counts as repeated when its clauses come again in the same order, close together: whole
copies, copies that differ in a few words, a last copy cut off, a page pasted twice. A refrain, a
table of contents, a list of targets named again in an annex are no repetition. Texts of two files
are compared in ``near_duplicates``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from models_py.text.sections import split_sections
from orchestration.ingest.clauses import Clauses, split_clauses
from orchestration.ingest.finding import Finding

# In a text of one clause over and over every distance runs on; a few are enough.
_MOST_RUNNING = 8
# Shorter clauses ("一", "科技", "新能源") come again by chance and lead nowhere.
_SHORTEST_CLAUSE = 4
# Two matches belong to one passage if so few characters lie between them on either side, and if
# the distance between original and copy has changed by no more than the second number.
_LARGEST_GAP = 400
_LARGEST_DRIFT = 120
# Characters repeated, and their least share of the passage. Of 1,068 real reports without the
# defect none repeats more than 120 characters at half (西藏 2015, its guiding thought) or more than
# 296 at a quarter (内蒙古 2023, an annex); the two with it, 广东 2008 and 云南 2007, repeat 522 and
# 1,564, all but whole. A copy with every twentieth character wrong keeps about 0.45.
_LEAST_CHARS_AT_DENSITY = ((250, 0.5), (1_000, 0.3))
# An annex may say again, word for word, what the report has promised.
_LEAST_CHARS_IN_ANNEX = 800
# Every paragraph twice gives many short passages. The largest share in a sound report is 5.7 %
# (内蒙古 2023: an annex that says who is to do what the report promised).
_LEAST_SHARE = 0.15
_LEAST_PART = 40
# Sentences made after one pattern share a clause in three by chance: without a bound on density
# half of such a text was once cut out as a copy.
_LEAST_SHORT_DENSITY = 0.6

_CLOSING = re.compile(r"[。；，、！？：…．,;:!?.％%”’』」）)》】〉\]*_]+")
_QUOTED = 24
# Words in which a copy differs from its original; a longer stretch is another text, and is kept.
_LONGEST_VARIANT = 200
# Of its pairs of characters a clause with one character wrong keeps four fifths; unlike sentences
# of one report have under a tenth in common.
_LEAST_ALIKE = 0.4


@dataclass(frozen=True)
class OneCopy:
    """A text with one copy of what it repeats.

    Attributes:
        text: the first copy of every repeated passage and all the rest, verbatim; the same text
            if nothing is repeated.
        finding: rule ``repetition``, its offsets into ``text``; ``None`` if nothing is repeated.
    """

    text: str
    finding: Finding | None


@dataclass(slots=True)
class _Passage:
    """Clauses that come again in the order of an earlier passage.

    Attributes:
        copies: numbers of the clauses that stand here a second time, ascending.
        originals: the clause that each repeats, ascending.
        n_chars: characters of ``copies``.
    """

    copies: list[int] = field(default_factory=list)
    originals: list[int] = field(default_factory=list)
    n_chars: int = 0

    def add(self, copy: int, original: int, length: int) -> None:
        self.copies.append(copy)
        self.originals.append(original)
        self.n_chars += length


def one_copy(text: str) -> OneCopy:
    """Keep one copy of what a text repeats.

    Args:
        text: a report's body; the time is linear in its length, whatever it holds.

    Returns:
        The text itself and no finding, or the text with the later copies taken out and a finding
        of severity ``warn``.
    """
    lines_once, times = _lines_once(text)
    clauses = split_clauses(lines_once)
    ends = [0, *accumulate(map(len, clauses.keys))]
    passages = _repeated(lines_once, _passages(clauses, ends), clauses, ends)
    if passages:
        roots = _roots(clauses, passages, ends)
        return _without_copies(lines_once, clauses, passages, roots, times)
    return OneCopy(lines_once, _whole(lines_once, times) if times > 1 else None)


def _lines_once(text: str) -> tuple[str, int]:
    """A text whose lines stand two or more times in a row, once each, and how often they stand.

    That is what a page's paragraphs become when they are read with the block around them. None of
    1,070 real reports repeats a line in a row.
    """
    kept: list[str] = []
    previous = ""
    n_words = n_repeated = 0
    for line in text.split("\n"):
        words = line.strip()
        n_words += len(words)
        if words and words == previous:
            n_repeated += len(words)
            continue
        previous = words or previous
        kept.append(line)
    if not n_repeated or n_repeated < _LEAST_SHARE * n_words:
        return text, 1
    return "\n".join(kept), max(2, round(n_words / (n_words - n_repeated)))


def _passages(clauses: Clauses, ends: Sequence[int]) -> list[_Passage]:
    """Chain clauses that occurred before into passages.

    Each clause is compared with what the running passages expect, and with its own first and last
    occurrence; each distance between copy and original has one open passage. The work is linear
    in the number of clauses.

    Args:
        clauses: the clauses of a text.
        ends: characters before each clause, and before the end.
    """
    keys = clauses.keys
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    open_at: dict[int, _Passage] = {}
    running: list[_Passage] = []
    passages: list[_Passage] = []
    for here, key in enumerate(keys):
        running = [p for p in running if keys[p.originals[-1] + 1] == key][:_MOST_RUNNING]
        met = set()
        for passage in running:
            met.add(passage.originals[-1] + 1)
            passage.add(here, passage.originals[-1] + 1, len(key))
        if len(key) < _SHORTEST_CLAUSE:
            continue
        if key in first:
            for before in {first[key]: None, last[key]: None}:
                if before in met:
                    continue
                bucket = (ends[here] - ends[before]) // _LARGEST_DRIFT
                found = _continued(open_at, bucket, here, before, ends)
                if found is None:
                    found = _Passage()
                    passages.append(found)
                open_at[bucket] = found
                found.add(here, before, len(key))
                running.append(found)
        first.setdefault(key, here)
        last[key] = here
    return passages


def _continued(
    open_at: dict[int, _Passage], bucket: int, here: int, before: int, ends: Sequence[int]
) -> _Passage | None:
    """The open passage that a match carries on, and take it out of its place."""
    for near in (bucket, bucket - 1, bucket + 1):
        passage = open_at.get(near)
        if passage is None:
            continue
        copy, original = passage.copies[-1], passage.originals[-1]
        drift = (ends[here] - ends[before]) - (ends[copy] - ends[original])
        if (
            copy < here
            and original < before
            and ends[here] - ends[copy + 1] <= _LARGEST_GAP
            and ends[before] - ends[original + 1] <= _LARGEST_GAP
            and abs(drift) <= _LARGEST_DRIFT
        ):
            del open_at[near]
            return passage
    return None


def _repeated(
    text: str, passages: list[_Passage], clauses: Clauses, ends: Sequence[int]
) -> list[_Passage]:
    """The passages that are repetition, and not the way in which reports speak."""
    long = [passage for passage in passages if _is_long(passage, ends)]
    if long:
        annex = _annex_start(text)
        long = [
            p
            for p in long
            if p.n_chars >= _LEAST_CHARS_IN_ANNEX
            or not (clauses.starts[p.originals[0]] < annex <= clauses.starts[p.copies[0]])
        ]
    taken = {copy for passage in long for copy in passage.copies}
    short = [p for p in passages if len(p.copies) > 1 and _is_dense(p, ends)]
    rest = {copy for passage in short for copy in passage.copies} - taken
    share = sum(ends[copy + 1] - ends[copy] for copy in rest) / max(ends[-1], 1)
    return short if share >= _LEAST_SHARE else long


def _is_dense(passage: _Passage, ends: Sequence[int]) -> bool:
    """A short passage that stands again almost whole; its clauses alone may come by chance."""
    length = ends[passage.copies[-1] + 1] - ends[passage.copies[0]]
    return passage.n_chars >= max(_LEAST_PART, _LEAST_SHORT_DENSITY * length)


def _is_long(passage: _Passage, ends: Sequence[int]) -> bool:
    length = ends[passage.copies[-1] + 1] - ends[passage.copies[0]]
    return any(
        passage.n_chars >= least and passage.n_chars >= density * length
        for least, density in _LEAST_CHARS_AT_DENSITY
    )


def _annex_start(text: str) -> int:
    annexes = [part.start for part in split_sections(text) if part.kind == "annex"]
    return annexes[0] if annexes else len(text)


def _roots(clauses: Clauses, passages: list[_Passage], ends: Sequence[int]) -> list[int]:
    """For each clause, the clause that is kept in its stead: itself, or its first copy."""
    roots = list(range(len(clauses.keys)))
    steps = sorted(
        {
            (here, before)
            for passage in passages
            for here, before in zip(passage.copies, passage.originals, strict=True)
        }
    )
    for here, before in steps:
        roots[here] = min(roots[here], roots[before])
    copied = {here for here, _ in steps}
    for passage in passages:
        _take_beginnings(passage, clauses.keys, roots, copied)
    # In order of place, so that what a third copy leaves out is measured against the second's.
    gaps = sorted(
        (here, then, before, after)
        for passage in passages
        for (here, then), (before, after) in zip(
            pairwise(passage.copies), pairwise(passage.originals), strict=True
        )
        # Where every sentence stands twice, the next original lies between two copies.
        if then > here + 1 and before + 1 < after <= here + 1
    )
    for here, then, before, after in gaps:
        left = [at for at in range(here + 1, then) if at not in copied]
        if ends[then] - ends[here + 1] <= _LONGEST_VARIANT and _is_variant(
            "".join(clauses.keys[at] for at in left), "".join(clauses.keys[before + 1 : after])
        ):
            for at in left:
                roots[at] = roots[before + 1]
    for here, root in enumerate(roots):
        roots[here] = roots[root]
    return roots


def _take_beginnings(
    passage: _Passage, keys: Sequence[str], roots: list[int], copied: set[int]
) -> None:
    """Short clauses before a stretch of copies ("（", "一") belong to it where they are alike."""
    previous = -1
    for here, before in zip(passage.copies, passage.originals, strict=True):
        at, original = here - 1, before - 1
        if here != previous + 1:
            while original >= 0 and at not in copied and keys[at] == keys[original]:
                roots[at] = min(roots[at], roots[original])
                copied.add(at)
                at, original = at - 1, original - 1
        previous = here


def _is_variant(copy: str, original: str) -> bool:
    """Whether words in which a copy differs are the original's, read otherwise.

    What the copy adds is kept.
    """
    if len(copy) > 2 * len(original) + _SHORTEST_CLAUSE:
        return False
    pairs = Counter(pairwise(copy))
    common = sum((pairs & Counter(pairwise(original))).values())
    return common >= _LEAST_ALIKE * sum(pairs.values())


def _without_copies(
    text: str, clauses: Clauses, passages: Sequence[_Passage], roots: list[int], line_times: int
) -> OneCopy:
    seams = _seams(text, clauses)
    kept = [text[: seams[0]]]
    length = seams[0]
    places: dict[int, tuple[int, int]] = {}
    for at, root in enumerate(roots):
        if at == root:
            kept.append(text[seams[at] : seams[at + 1]])
            places[at] = (length, length + len(kept[-1]))
            length += len(kept[-1])
    single = "".join(kept)
    stood = Counter(roots)
    times = _weighted_median((stood[at], past - start) for at, (start, past) in places.items())
    if times > 1 or line_times > 1:
        return OneCopy(single, _whole(single, times * line_times))
    longest = max(passages, key=lambda passage: passage.n_chars)
    originals = [roots[at] for at in longest.originals]
    times = _weighted_median((stood[at], 1) for at in originals)
    return OneCopy(
        single, _part(single, places[min(originals)][0], places[max(originals)][1], times)
    )


def _whole(single: str, times: int) -> Finding:
    return Finding(
        rule="repetition",
        severity="warn",
        evidence=f"The text stands {times} times in the file; one copy of "
        f"{_count(single):,} characters is counted.",
        hint="Nothing need be done; to set the file itself right, delete the copies.",
        start=0,
        end=len(single),
    )


def _part(single: str, start: int, end: int, times: int) -> Finding:
    part = single[start:end]
    return Finding(
        rule="repetition",
        severity="warn",
        evidence=f"A part of {_count(part):,} characters stands {times} times in the text "
        f"(“{''.join(part.split())[:_QUOTED]}…”); one copy is counted.",
        hint="Look whether all of the report is there: a page pasted twice may stand in the place "
        "of another.",
        start=start,
        end=end,
    )


def _weighted_median(weighted: Iterable[tuple[int, int]]) -> int:
    """The value, of pairs of value and weight, at half of the weight."""
    pairs = sorted(weighted)
    half = sum(weight for _, weight in pairs) / 2
    for value, weight in pairs:
        half -= weight
        if half <= 0:
            return value
    return 0


def _count(text: str) -> int:
    return len("".join(text.split()))


def _seams(text: str, clauses: Clauses) -> list[int]:
    """Where the ground of each clause begins: behind the marks that close the one before."""
    seams = [clauses.starts[0]]
    for end, start in zip(clauses.ends, clauses.starts[1:], strict=False):
        line = text.rfind("\n", end, start)
        closing = _CLOSING.match(text, end, start)
        seams.append(line + 1 if line >= 0 else closing.end() if closing else end)
    seams.append(len(text))
    return seams
