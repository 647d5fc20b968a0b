"""Significance marks against t, p and r, under every reference distribution that may be meant.

Which convention a whole table uses is settled here too; what t is, is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models_py.audit.digits import Printed, magnitude, show, show_interval
from models_py.audit.findings import Check, consistent
from models_py.audit.reference import (
    NORMAL,
    USUAL,
    Convention,
    Reference,
    marks,
    marks_of_p,
    names,
    p_interval,
)

_OK: Final = 0
_OVER: Final = 1
_UNDER: Final = -1


@dataclass(frozen=True, slots=True)
class Marked:
    """A number with marks and the statistic that should carry them.

    Attributes:
        stars: marks printed.
        size: interval of |t|.
        references: distributions the statistic may have been compared with.
        lenient: one more, under which too few marks are forgiven (nobody said the clusters).
        what: the statistic for the sentence, such as ``t = 0.17``.
        printed: the number that carries the marks.
    """

    stars: int
    size: tuple[float, float]
    references: tuple[Reference, ...]
    lenient: Reference | None
    what: str
    printed: str


def stars_against_t(
    stars: int,
    t: tuple[float, float],
    references: Sequence[Reference],
    convention: Convention,
    *,
    lenient: Reference | None = None,
    what: str = "",
    printed: str = "",
) -> Check:
    """Compare printed marks with those a t statistic earns.

    Args:
        stars: marks printed.
        t: interval of the statistic; the sign is ignored.
        references: distributions it may have been compared with.
        convention: what the marks mean.
        lenient: also forgive too few marks that would be right under this one.
        what: the statistic as printed, for the sentence.
        printed: the number that carries the marks.

    Returns:
        ``impossible`` if more marks than any reference gives; ``inconsistent`` if fewer than
        every reference gives; ``cannot_tell`` if it depends on the reference.
    """
    item = Marked(stars, magnitude(t), tuple(references) or (NORMAL,), lenient, what, printed)
    return judge(item, convention)


def stars_against_p(stars: int, p: Printed, convention: Convention) -> Check:
    """Compare printed marks with the p-value printed beside them."""
    most = marks_of_p(max(p.low, 0.0), convention)
    least = marks_of_p(min(p.high, 1.0), convention)
    implied = _implied(least, most)
    shown = f"{'*' * stars or 'no mark'}, p {_relation(p)}"
    if least <= stars <= most:
        return consistent("stars_vs_p", shown, implied, "The marks agree with the p-value.")
    if stars > most:
        return Check(
            "stars_vs_p", shown, implied, "impossible", "high",
            f"{'*' * stars} claims p < {convention.levels[stars - 1]:g}, "
            f"but the printed p is {p.text}."
            if stars <= len(convention.levels)
            else f"{stars} marks are more than {convention.name} ({convention.describe()}) knows.",
            max(p.low, 0.0), p.high,
        )  # fmt: skip
    return Check(
        "stars_vs_p", shown, implied, "inconsistent", "low" if stars else "medium",
        f"The printed p is {p.text}, which earns {'*' * least} ({convention.describe()}), "
        f"but {'only ' + '*' * stars if stars else 'no mark'} is printed.",
        max(p.low, 0.0), p.high,
    )  # fmt: skip


def judge(item: Marked, convention: Convention, rule: str = "stars_vs_t") -> Check:
    """The check of one marked number under one convention."""
    results = [_against(item, reference, convention) for reference in item.references]
    strictest = min(item.references, key=lambda reference: reference.df)
    loosest = max(item.references, key=lambda reference: reference.df)
    p_low, p_high = p_interval(item.size, loosest.df)[0], p_interval(item.size, strictest.df)[1]
    most = marks(item.size[1], loosest.df, convention)
    least = marks(item.size[0], strictest.df, convention)
    shown = f"{item.printed}{'*' * item.stars or ' (no mark)'}; {item.what}"
    implied = f"{_implied(least, most)}; p {show_interval((p_low, p_high), 3)}"
    who = names(item.references)
    if all(result == _OK for result in results):
        return consistent(
            rule, shown, implied, f"The marks agree with {item.what} under {who}.", p_low, p_high
        )
    if all(result == _OVER for result in results):
        return _over(rule, item, convention, shown, implied, (p_low, p_high))
    under = all(result == _UNDER for result in results)
    if under and not (item.lenient and _against(item, item.lenient, convention) == _OK):
        return Check(
            rule, shown, implied, "inconsistent", "low" if item.stars else "medium",
            f"{item.what} earns {'*' * least} under {who} ({convention.describe()}), but "
            f"{'only ' + '*' * item.stars if item.stars else 'no mark'} is printed.",
            p_low, p_high,
        )  # fmt: skip
    right = [r for r, result in zip(item.references, results, strict=True) if result == _OK]
    wrong = [r for r, result in zip(item.references, results, strict=True) if result != _OK]
    if not right:
        right = [item.lenient] if item.lenient else []
    return Check(
        rule, shown, implied, "cannot_tell", "low",
        f"{'*' * item.stars or 'No mark'} at {item.what} is right under "
        f"{names(right) if right else 'none'} and not under {names(wrong)} "
        f"(p {_each_p(item, [*right, *wrong])}).",
        p_low, p_high,
    )  # fmt: skip


def settle_convention(
    items: Sequence[Marked], stated: Convention | None, rule: str = "stars_vs_t"
) -> tuple[Convention, list[Check], Check | None]:
    """Judge all marked numbers of a table under the convention the table uses.

    A stated convention counts, unless most marks break it and one of the usual explains them;
    an unstated one is the usual one that fewest marks break, and a mark is then called wrong
    only if it is so under that one and no usual convention explains the whole table.

    Returns:
        The convention, a check for each item, and a check about the note if it misstates it.
    """
    top = max((item.stars for item in items), default=0)
    usual = [one for one in USUAL if len(one.levels) >= top] or list(USUAL[:1])
    tried = {one: [judge(item, one, rule) for item in items] for one in usual}
    broken = {one: _broken(checks) for one, checks in tried.items()}
    best = min(usual, key=lambda one: broken[one])
    if stated is None:
        if broken[best] and _many(broken, best):
            return best, _only_sure(items, tried, best), None
        return best, tried[best], None
    own = [judge(item, stated, rule) for item in items]
    wrong = _broken(own)
    if best.levels != stated.levels and wrong >= 4 and broken[best] * 3 <= wrong:
        own = [
            mine if mine.verdict not in ("inconsistent", "impossible") else other
            for mine, other in zip(own, tried[best], strict=True)
        ]
        note = Check(
            "star_convention", stated.describe(), best.describe(), "implausible", "low",
            f"{wrong} of {len(items)} marks break the convention of the note "
            f"({stated.describe()}), but only {broken[best]} break {best.describe()}: the note "
            "seems to belong to other tables. Marks are judged by what fits them.",
        )  # fmt: skip
        return best, own, note
    return stated, own, None


def _only_sure(
    items: Sequence[Marked], tried: dict[Convention, list[Check]], best: Convention
) -> list[Check]:
    """Keep what is wrong under every convention; the rest depends on the convention."""
    kept = []
    for at, _ in enumerate(items):
        check = tried[best][at]
        if all(checks[at].verdict in ("inconsistent", "impossible") for checks in tried.values()):
            kept.append(check)
        elif check.verdict in ("inconsistent", "impossible"):
            kept.append(
                Check(
                    check.rule,
                    check.published,
                    check.implied,
                    "cannot_tell",
                    "low",
                    f"{check.explanation} The table does not say what its marks mean, and "
                    "another usual convention would allow it.",
                    check.low,
                    check.high,
                )
            )
        else:
            kept.append(check)
    return kept


def _many(broken: dict[Convention, int], best: Convention) -> bool:
    """Whether another convention explains the marks about as well as the best."""
    return any(
        count <= broken[best] + 1
        for one, count in broken.items()
        if one.levels[: len(best.levels)] != best.levels
    )


def _broken(checks: Sequence[Check]) -> int:
    return sum(check.verdict in ("inconsistent", "impossible") for check in checks)


def _against(item: Marked, reference: Reference, convention: Convention) -> int:
    if item.stars > marks(item.size[1], reference.df, convention):
        return _OVER
    if item.stars < marks(item.size[0], reference.df, convention):
        return _UNDER
    return _OK


def _over(
    rule: str, item: Marked, convention: Convention, shown: str, implied: str,
    p: tuple[float, float],
) -> Check:  # fmt: skip
    if item.stars > len(convention.levels):
        why = f"{item.stars} marks are more than {convention.describe()} knows."
    else:
        why = (
            f"{'*' * item.stars} claims p < {convention.levels[item.stars - 1]:g}, but "
            f"{item.what} has p = {show_interval(p, 3)} under {names(item.references)}: "
            f"no reference distribution gives that mark."
        )
    return Check(rule, shown, implied, "impossible", "high", why, *p)


def _each_p(item: Marked, references: Sequence[Reference]) -> str:
    parts = []
    for reference in references:
        low, high = p_interval(item.size, reference.df)
        parts.append(f"{show_interval((low, high), 3)} under {reference.name}")
    return "; ".join(parts)


def _implied(least: int, most: int) -> str:
    low, high = "*" * least or "no mark", "*" * most or "no mark"
    return low if low == high else f"{low} to {high}"


def _relation(p: Printed) -> str:
    return (
        f"{'' if p.relation in ('<', '>') else '= '}{p.text}"
        if p.relation == "="
        else (f"{p.relation} {show(p.value) if math.isfinite(p.value) else p.text}")
    )
