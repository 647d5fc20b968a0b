"""The tables whose numbers can be explained: keys, formulas and the queries for what lies behind.

A new table is a new `Explainer` here and nothing else. Queries that several tables share are in
``report_queries``; the tables made of yearbooks are in ``registry_yearbooks``.
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.explain import report_queries as reports
from orchestration.explain.evidence import Passage, Quote, RuleFinding, Sentence
from orchestration.explain.explainer import EvidenceQuery, Explainer, Formula, Key
from orchestration.explain.registry_models import MODEL_EXPLAINERS
from orchestration.explain.registry_yearbooks import YEARBOOK_EXPLAINERS

_TOPIC = Key(
    "topic",
    "choice",
    "study",
    required=True,
    first=True,
    options="select distinct topic from raw.lexicon_terms order by topic",
)
# Of the studies whose list holds the term; one that does not look for it could only say zero.
_TOPIC_OF_TERM = replace(
    _TOPIC,
    options="select distinct topic from raw.lexicon_terms "
    "where $term is null or (role = 'term' and phrase = $term) order by topic",
)
_REGION = Key("region_code", "region", "region")
_YEAR = Key("report_year", "year", "year")
_REQUIRED_REGION = Key("region_code", "region", "region", required=True)
_REQUIRED_YEAR = Key("report_year", "year", "year", required=True)
_TERM_OPTIONS = (
    "select phrase from raw.lexicon_terms where role = 'term' "
    "group by phrase order by min(position)"
)
_DOCUMENT = Key("document_id", "pattern", "document", pattern=r"[0-9a-f]{20}")

_HITS = EvidenceQuery(Sentence, reports.HITS)


def _about(table: str) -> dict[str, EvidenceQuery]:
    """What is known of the documents behind a table's rows."""
    return {
        "quotes": EvidenceQuery(Quote, reports.quotes(table)),
        "findings": EvidenceQuery(RuleFinding, reports.findings(table)),
    }


_REGION_FORMULA = Formula(
    "Read from the report: first from the text (session, 'on behalf of', speaker), then from front "
    "matter or table columns, last from the names of file and folder.",
    evidence="quotes",
    scope="fact = 'region'",
)
_YEAR_FORMULA = Formula(
    "Year of delivery, read from the text first; a session held in October to December counts for "
    "the year that its plan is for.",
    evidence="quotes",
    scope="fact in ('report_year', 'delivered_on', 'plan_year', 'reviewed_year', 'session')",
)
_TOPIC_FORMULA = Formula(
    "The study whose word list is counted.",
    figures="""
select
    string_agg(phrase, ' ' order by position) filter (category = 'core') as core_terms,
    string_agg(phrase, ' ' order by position) filter (category = 'extended') as extended_terms,
    string_agg(phrase, ' ' order by position) filter (role = 'exclusion') as exclusion_phrases
from raw.lexicon_terms
where topic = $topic""",
)
_COMPLETENESS_FORMULA = Formula(
    "full, unless the text says that it is abridged or lacks its end; what the rules found in this "
    "report is listed.",
    evidence="findings",
)
_DOCUMENT_FORMULA = Formula(
    "One report a region and year is counted: a complete text before an abridged one, then the "
    "longer, then the newer file.",
)
_SAMPLE_FORMULA = Formula(
    "True where the landing zone or the text itself says that it is the synthetic sample."
)


def _hits(words: str, condition: str, **parts: str) -> Formula:
    """A count of hits; ``condition`` says in SQL which."""
    sql = f"select count(*)\nfrom marts.keyword_hits\nwhere {{where}}\n    and {condition}"
    return Formula(words, sql=sql, evidence="hits", **parts)


def _measure(words: str, column: str) -> Formula:
    """A figure that reading the text left in raw.text_measures."""
    return Formula(
        words,
        sql=f"select {column}\nfrom raw.text_measures\nwhere {{where}}",
        figures="""
select m.n_token_hits, m.n_annex_token_hits, m.n_tokens, m.n_annex_tokens, a.n_hits
from raw.text_measures as m
join marts.government_attention as a using (topic, document_id)
where m.topic = $topic and m.document_id = $document_id""",
    )


_OCCURRENCES = (
    "Occurrences of the lexicon's terms in the body, leftmost and longest, never overlapping, "
)

GOVERNMENT_ATTENTION = Explainer(
    table="marts.government_attention",
    keys=(_REQUIRED_REGION, _REQUIRED_YEAR, _TOPIC),
    shown="n_hits",
    columns={
        "n_hits": _hits(
            _OCCURRENCES + "outside annexes; those inside an exclusion phrase or marked as false "
            "by a reviewer are taken out.",
            reports.IS_COUNTED,
        ),
        "n_core_hits": _hits(
            "The part of n_hits that is of core terms.",
            f"{reports.IS_COUNTED}\n    and category = 'core'",
            scope="category = 'core'",
        ),
        "n_extended_hits": _hits(
            "The part of n_hits that is of extended terms.",
            f"{reports.IS_COUNTED}\n    and category = 'extended'",
            scope="category = 'extended'",
        ),
        "n_review_hits": _hits(
            "The part of n_hits that stands in the review of past work.",
            f"{reports.IS_COUNTED}\n    and section = 'review'",
            scope="section = 'review'",
        ),
        "n_plan_hits": _hits(
            "The part of n_hits that stands in the plan for the coming work.",
            f"{reports.IS_COUNTED}\n    and section = 'plan'",
            scope="section = 'plan'",
        ),
        "n_annex_hits": _hits(
            _OCCURRENCES + "in annexes and glossaries, taken out or not. They are no part of "
            "n_hits.",
            "section = 'annex'",
            scope="section = 'annex'",
            counts="annex",
        ),
        "n_excluded_hits": _hits(
            _OCCURRENCES + "outside annexes, that an exclusion phrase or a reviewer takes out. "
            "They are no part of n_hits.",
            reports.IS_EXCLUDED,
            scope="status = 'excluded'",
            counts="excluded",
        ),
        "n_review_excluded_hits": _hits(
            "The part of n_excluded_hits that only a reviewer's mark takes out; n_hits plus these "
            "is the count before review.",
            "section <> 'annex' and is_excluded_in_review",
            scope="status = 'excluded' and starts_with(excluded_by, 'review: ')",
            counts="excluded",
        ),
        "hits_per_10k_chars": Formula(
            "Hits per ten thousand characters, hits and characters both outside annexes.",
            sql="select 10000.0 * n_hits / nullif(n_chars, 0)\nfrom marts.government_attention\n"
            "where {where}",
            arithmetic="10,000 × n_hits {n_hits:,} / n_chars {n_chars:,}",
            evidence="hits",
        ),
        "n_token_hits": _measure(
            "Tokens equal to a term, outside annexes. jieba cuts the text with the lexicon as user "
            "dictionary; its tokens are counted and not kept, so they cannot be listed. A term "
            "inside a longer word (芯片 in 存储芯片) is an occurrence in n_hits and no token here; "
            "exclusions do not touch this count.",
            "n_token_hits",
        ),
        "n_tokens": _measure(
            "Tokens outside annexes, punctuation and white space among them. jieba cuts the text "
            "with the lexicon as user dictionary; its tokens are counted and not kept, so they "
            "cannot be listed.",
            "n_tokens",
        ),
        "n_chars": Formula(
            "Characters of the body outside annexes, white space not counted: the sum over its "
            "sections.",
            sql=reports.N_CHARS,
            evidence="passages",
        ),
        "completeness": _COMPLETENESS_FORMULA,
        "report_year": _YEAR_FORMULA,
        "region_code": _REGION_FORMULA,
        "region_name": _REGION_FORMULA,
        "region_level": _REGION_FORMULA,
        "document_id": _DOCUMENT_FORMULA,
        "topic": _TOPIC_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    evidence={
        "hits": _HITS,
        "passages": EvidenceQuery(Passage, reports.PASSAGES),
        **_about("marts.government_attention"),
    },
    sources=reports.sources("marts.government_attention"),
    notes=f"{reports.ATTENTION_NOTES} union all {reports.warnings('marts.government_attention')}",
    absent=reports.ABSENT,
)

_ONE_HIT = Formula(
    "The lexicon's terms are looked for in the body, leftmost and longest, never overlapping; "
    "white space between Han characters is passed over.",
    sql="select *\nfrom marts.keyword_hits\nwhere {where}\norder by document_id, char_start",
    evidence="hits",
)

KEYWORD_HITS = Explainer(
    table="marts.keyword_hits",
    keys=(
        _REGION,
        _YEAR,
        Key("term", "choice", "term", options=_TERM_OPTIONS),
        _TOPIC_OF_TERM,
        _DOCUMENT,
        Key("char_start", "integer", "offset"),
    ),
    shown="",
    columns={
        "": _ONE_HIT,
        "term": _ONE_HIT,
        "category": _ONE_HIT,
        "sentence": _ONE_HIT,
        "sentence_start": _ONE_HIT,
        "char_start": _ONE_HIT,
        "char_end": _ONE_HIT,
        "document_id": _ONE_HIT,
        "section": Formula(
            "The report's headings part it into review, plan, annex and other; a hit belongs to "
            "the section in which it begins.",
            sql=_ONE_HIT.sql,
            evidence="hits",
        ),
        "excluded_by": Formula(
            "The longest exclusion phrase of the lexicon whose occurrence covers it, or else a "
            "reviewer's mark with reason, name and date; null where the hit counts.",
            sql=_ONE_HIT.sql,
            evidence="hits",
        ),
        "is_excluded_in_review": Formula(
            "True where a reviewer marked the hit as false and no exclusion phrase covers it.",
            sql=_ONE_HIT.sql,
            evidence="hits",
        ),
        "region_code": _REGION_FORMULA,
        "report_year": _YEAR_FORMULA,
        "topic": _TOPIC_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    evidence={"hits": _HITS, **_about("marts.keyword_hits")},
    several=True,
    sources=reports.sources("marts.keyword_hits"),
    zero=reports.NO_HIT,
    absent=reports.ABSENT,
)

LEXICON_COVERAGE = Explainer(
    table="marts.lexicon_coverage",
    keys=(Key("term", "choice", "term", required=True, options=_TERM_OPTIONS), _TOPIC_OF_TERM),
    shown="n_hits",
    columns={
        "n_hits": _hits(
            "Occurrences of the term in all reports of the warehouse, outside annexes; those taken "
            "out by an exclusion phrase or a reviewer are not counted.",
            reports.IS_COUNTED,
        ),
        "n_occurrences": Formula(
            "Every occurrence of the term in all reports, in annexes and exclusion phrases too.",
            sql="select count(*)\nfrom marts.keyword_hits\nwhere {where}",
            evidence="hits",
            counts="",
        ),
        "n_reports_with_term": Formula(
            "Reports in which the term occurs at all; the first occurrence of each is listed.",
            sql="select count(distinct document_id)\nfrom marts.keyword_hits\nwhere {where}",
            evidence="first_hits",
            counts="",
        ),
        "n_reports": Formula(
            "Reports that were read for this study.",
            sql="select count(*)\nfrom raw.text_measures\nwhere topic = $topic",
        ),
        "share_of_hits": Formula(
            "The term's n_hits over those of all terms of the study; null where it never occurs.",
            sql="select n_hits / nullif(sum(n_hits) over (), 0)\nfrom marts.lexicon_coverage\n"
            "where topic = $topic\nqualify term = $term",
            arithmetic="n_hits {n_hits:,} / {total:,} of all terms",
            evidence="hits",
            figures="select sum(n_hits)::bigint as total\nfrom marts.lexicon_coverage\n"
            "where topic = $topic",
        ),
        "category": _TOPIC_FORMULA,
        "term_position": _TOPIC_FORMULA,
        "topic": _TOPIC_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    evidence={"hits": _HITS, "first_hits": EvidenceQuery(Sentence, reports.FIRST_HITS)},
    # 高新技术 has some 4,000 hits in the real reports; the counts by report come before them.
    listed=20,
    more="keyword_hits {term} {topic}",
    breakdown=reports.BREAKDOWN,
)

DOCUMENTS = Explainer(
    table="raw.documents",
    keys=(_REGION, _YEAR, _DOCUMENT, Key("path", "path", "file")),
    shown="identity_evidence",
    columns={
        "identity_evidence": Formula(
            "Region, year and the rest are read from the text first, then from front matter or "
            "table columns, last from names.",
            evidence="quotes",
        ),
        "region_code": _REGION_FORMULA,
        "region_level": _REGION_FORMULA,
        "report_year": _YEAR_FORMULA,
        "reviewed_year": _YEAR_FORMULA,
        "plan_year": _YEAR_FORMULA,
        "delivered_on": _YEAR_FORMULA,
        "session": Formula(
            "The congress session, as the opening names it.",
            evidence="quotes",
            scope="fact = 'session'",
        ),
        "completeness": _COMPLETENESS_FORMULA,
        "status": _DOCUMENT_FORMULA,
        "status_reason": _DOCUMENT_FORMULA,
        "warnings": _COMPLETENESS_FORMULA,
        "is_sample": _SAMPLE_FORMULA,
    },
    evidence=_about("raw.documents"),
    several=True,
    large=("body", "identity_evidence"),
    sources=reports.sources("raw.documents"),
    notes=reports.warnings("raw.documents"),
    absent=reports.ABSENT_FILE,
)

EXPLAINERS = (
    *(GOVERNMENT_ATTENTION, KEYWORD_HITS, LEXICON_COVERAGE, DOCUMENTS),
    *YEARBOOK_EXPLAINERS,
    *MODEL_EXPLAINERS,
)
