"""What a paper says of its own numbers: repeated, called significant, equal, mediating, growing.

Which fact a claim is about is linked in its details (``restates``, ``about``), never guessed; the
arithmetic is in ``rules/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from models_py.audit.digits import Printed, magnitude, parse_number
from models_py.audit.mediated import find_paths
from models_py.audit.published.fact import Fact, Facts, Judged, numbered, places
from models_py.audit.published.statistics import Paper
from models_py.audit.reference import ECONOMICS, NORMAL, Reference, student, t_of_r
from models_py.audit.regression import references, t_interval
from models_py.audit.rules import mediation, restated

#: "Not significant" is contradicted only by what is significant at 5 %; one mark is for 10 %.
_NOT_SIGNIFICANT: Final = ">0.05"


def judge_claims(paper: Paper, facts: Facts) -> Iterator[Judged]:
    """Every claim that is linked to the numbers it is about."""
    yield from _restated(facts)
    for fact in facts:
        claimed = _claimed(paper, fact)
        if claimed:
            yield from _significance(paper, fact, *claimed)
        elif fact.details.get("claimed") == "equal":
            for (first, one), (_, two) in pairwise(numbered(facts.linked(fact, "about"))):
                yield first.place, fact.cell, restated.number_restated(one, two)
        elif fact.measure == "mediation_claim":
            yield from _mediation(paper, facts, fact)
        elif fact.details.get("claimed") in ("increase", "decrease"):
            rates = [one for one in numbered(facts.linked(fact, "about")) if one[0].unit == "%"]
            if rates:
                yield fact.place, fact.cell, restated.claim_of_direction(
                    fact.details["claimed"], [(rate.what, number) for rate, number in rates]
                )  # fmt: skip


def _restated(facts: Facts) -> Iterator[Judged]:
    """A number that stands in two places is one number."""
    for fact, said in numbered(facts):
        for meant, printed in numbered(facts.linked(fact, "restates")):
            if fact.scale == meant.scale and fact.currency == meant.currency:
                in_text = "the text" if fact.area == "intext" else fact.place
                table = "the table" if fact.area == "intext" else meant.place
                yield (
                    meant.place if fact.area == "intext" else places(fact, meant),
                    f"{fact.cell} / {meant.fact_id}",
                    restated.number_restated(said, printed, in_text, table),
                )


def _claimed(paper: Paper, fact: Fact) -> tuple[Printed, str] | None:
    """The p that a fact claims, with the words of the claim; None if it claims none."""
    if fact.area == "p_value" and fact.number:
        return fact.number, ""
    words = fact.details.get("claimed")
    levels = (paper.context.convention or ECONOMICS).levels
    sign = {"significant": f"<{levels[0]:g}", "not_significant": _NOT_SIGNIFICANT}.get(words or "")
    number = parse_number(sign) if sign else None
    return (number, str(words).replace("_", " ")) if number else None


def _significance(paper: Paper, fact: Fact, claimed: Printed, words: str) -> Iterator[Judged]:
    for one in fact.links("about"):
        found = _statistic(paper, one)
        if found:
            place, cell, size, known, what = found
            yield place, cell, restated.claim_of_significance(claimed, size, known, what, words)


def _statistic(
    paper: Paper, fact_id: str
) -> tuple[str, str, tuple[float, float], tuple[Reference, ...], str] | None:
    """Place, cell, |t|, references and words for the coefficient or correlation of a fact."""
    if fact_id in paper.estimates:
        place, column, estimate = paper.estimates[fact_id]
        size = t_interval(estimate)
        if size is None:
            return None
        what = f"t = {estimate.t.text}" if estimate.t else "the statistic"
        cell = f"{column.label} {column.outcome} · {estimate.term} (text)"
        return place, cell, magnitude(size), references(column, paper.context)[0], what
    if fact_id in paper.pairs:
        place, names, r, n = paper.pairs[fact_id]
        if not n:
            return None
        ends = sorted(abs(end) for end in r.interval)
        size = (t_of_r(ends[0], n), t_of_r(min(1.0, ends[1]), n))
        cell = " × ".join(sorted(names)) + " (text)"
        return place, cell, size, (NORMAL, student(n - 2)), f"r = {r.text}"
    return None


def _mediation(paper: Paper, facts: Facts, fact: Fact) -> Iterator[Judged]:
    """A claim of mediation against the paths of the effects it is about."""
    about = facts.linked(fact, "about")
    treatment = next((one.details["treatment"] for one in about if "treatment" in one.details), "")
    mediator = next((one.details["mediator"] for one in about if "mediator" in one.details), "")
    for name, table in paper.tables.items():
        paths = find_paths(table.columns, treatment, mediator) if treatment else None
        if paths is None:
            continue
        sizes = t_interval(paths.a), t_interval(paths.b)
        if sizes[0] and sizes[1]:
            yield f"{fact.place} / {name}", fact.cell, mediation.claim_of_mediation(
                fact.details.get("claimed", ""), magnitude(sizes[0]), magnitude(sizes[1])
            )  # fmt: skip
        return
