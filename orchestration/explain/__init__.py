"""Where a number comes from: its formula, and every sentence or cell behind it.

What a table's numbers are made of is data, in ``registry``; the other modules know no table.
``call`` reads what the user asked for, ``absence`` says why there is no such row, ``answer`` puts
the explanation together and ``display`` lays it out for a terminal. Only the published snapshot is
read, and nothing is computed here that a table does not already say.
"""

from orchestration.explain.answer import Explanation, explain, explain_in
from orchestration.explain.evidence import Cell, Evidence, Passage, Quote, RuleFinding, Sentence
from orchestration.explain.explainer import EvidenceQuery, Explainer, Formula, Key
from orchestration.explain.registry import EXPLAINERS

__all__ = [
    "EXPLAINERS",
    "Cell",
    "Evidence",
    "EvidenceQuery",
    "Explainer",
    "Explanation",
    "Formula",
    "Key",
    "Passage",
    "Quote",
    "RuleFinding",
    "Sentence",
    "explain",
    "explain_in",
]
