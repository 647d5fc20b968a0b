"""Facts of papers, as rows of ``marts.published_facts``, judged against each other.

What belongs to one kind of fact is in its module: statistical tables in ``statistics.py``, what the
text claims of them in ``claims.py``, amounts in ``amounts.py``, indices and documents in
``indices.py``. Loading facts and storing findings is the warehouse's.
"""

from __future__ import annotations

import pandas as pd

from models_py.audit.findings import Finding, to_frame
from models_py.audit.published.amounts import judge_amounts_of
from models_py.audit.published.claims import judge_claims
from models_py.audit.published.fact import REFERENCE, Facts, read_facts
from models_py.audit.published.indices import judge_indices
from models_py.audit.published.statistics import judge_tables, read_paper

__all__ = ["audit_published"]


def audit_published(facts: pd.DataFrame) -> pd.DataFrame:
    """Judge the facts of one or several papers against themselves and the official series.

    Args:
        facts: rows of ``marts.published_facts`` or of its seeds. Needed are fact_id, source_id,
            subject_area, entity, measure, period, unit, details, published_table, locator and the
            number as printed (``printed_value``; in the seeds, ``value``); read where they are
            there: label_zh, label_en, currency, qualifier, scope, status, value_text. The rows of
            source_id ``nbs_communique`` are the series that shares and growth are held against and
            are not judged.

    Returns:
        Findings as ``audit`` returns them. ``published_table`` is the table, or the section where
        the text has it; ``cell`` begins with the fact_id of what is no cell of a statistical table.

    Raises:
        ValueError: a column is missing, a fact_id twice, or a number is none.
    """
    every = read_facts(facts)
    sources = sorted({fact.source_id for fact in every} - {REFERENCE})
    official = Facts(tuple(fact for fact in every if fact.source_id == REFERENCE))
    findings: list[Finding] = []
    for source in sources:
        own = Facts(tuple(fact for fact in every if fact.source_id == source))
        paper = read_paper(source, own)
        findings += [
            Finding(source, place, cell, check)
            for judged in (
                judge_tables(paper, own),
                judge_claims(paper, own),
                judge_amounts_of(own, official),
                judge_indices(own),
            )
            for place, cell, check in judged
        ]
    return to_frame(findings)
