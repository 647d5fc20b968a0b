"""Tables of the reports: documents, their findings and sections, hits and measures."""

from __future__ import annotations

from orchestration.tables.table import (
    DOCUMENT_ID,
    IS_SAMPLE,
    REGION_CODE,
    REGION_LEVEL,
    REPORT_YEAR,
    Column,
    Table,
)

DOCUMENTS = Table(
    "raw",
    "documents",
    "One report a row: a file, or a record or archive member inside one. At most one is `primary` "
    "for a region and year.",
    ("document_id",),
    (
        DOCUMENT_ID,
        Column("file_id", "varchar", "The file it came from (raw.files)."),
        Column("path", "varchar", "Path of that file inside the landing zone."),
        Column("member", "varchar", "Row, line or archive member inside the file; empty for all."),
        REGION_CODE,
        REGION_LEVEL,
        REPORT_YEAR,
        Column("reviewed_year", "integer", "Year whose work the report reviews.", "year"),
        Column("plan_year", "integer", "Year whose work the report plans.", "year"),
        Column("delivered_on", "date", "Date of delivery, where the text gives a full date."),
        Column("session", "varchar", "The congress session, as the text names it."),
        Column("title", "varchar", "Title from the text, front matter or table column."),
        Column("speaker", "varchar", "Who delivered it, as the text names them."),
        Column("source_url", "varchar", "Where the file says it came from."),
        Column("body", "varchar", "The report's text; character offsets elsewhere count in it."),
        Column("body_digest", "varchar", "SHA-256 of the body, its first 20 digits."),
        Column("n_chars", "integer", "Length of the body, white space not counted.", "character"),
        Column("completeness", "varchar", "full, abridged or truncated."),
        Column("status", "varchar", "primary, superseded or quarantined."),
        Column("status_reason", "varchar", "Why it is not primary, in one sentence."),
        Column(
            "confidence",
            "varchar",
            "How region and year are known: high from the text, medium from front matter or a "
            "table column, low from names only.",
        ),
        Column("override", "varchar", "What the user's overrides.yaml decided on it, and why."),
        Column("identity_evidence", "json", "What region and year were read from, with quotes."),
        Column("encoding", "varchar", "Character encoding the text was decoded from."),
        Column("parser", "varchar", "The reader that read it."),
        Column("warnings", "varchar[]", "What the reader noticed, a sentence each."),
        IS_SAMPLE,
        Column("loaded_at", "timestamp", "When a build read it."),
    ),
)

SECTIONS = Table(
    "raw",
    "document_sections",
    "The sections of each primary document, contiguous from its first to its last character.",
    ("document_id", "char_start"),
    (
        DOCUMENT_ID,
        REPORT_YEAR,
        Column("section", "varchar", "review, plan, annex or other."),
        Column("heading", "varchar", "The heading that opens it; empty for the opening."),
        Column("char_start", "integer", "First character in the body.", "character"),
        Column("char_end", "integer", "One past its last character.", "character"),
        IS_SAMPLE,
    ),
)

KEYWORD_HITS = Table(
    "raw",
    "keyword_hits",
    "Every occurrence of a lexicon term in a primary document: leftmost, longest, never "
    "overlapping.",
    ("topic", "document_id", "char_start"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        Column("term", "varchar", "The lexicon term."),
        Column("category", "varchar", "core or extended."),
        DOCUMENT_ID,
        REGION_CODE,
        REGION_LEVEL,
        REPORT_YEAR,
        Column("section", "varchar", "review, plan, annex or other."),
        Column("char_start", "integer", "First character of the hit in the body.", "character"),
        Column("char_end", "integer", "One past its last character.", "character"),
        Column(
            "sentence",
            "varchar",
            "The sentence it stands in, as the body has it; at most 400 characters.",
        ),
        Column("sentence_start", "integer", "First character of that sentence.", "character"),
        Column("excluded_by", "varchar", "The exclusion phrase that takes it out, else null."),
        IS_SAMPLE,
    ),
)

TEXT_MEASURES = Table(
    "raw",
    "text_measures",
    "Length and token counts of each primary document under each lexicon.",
    ("topic", "document_id"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        DOCUMENT_ID,
        REGION_CODE,
        REPORT_YEAR,
        Column("n_chars", "integer", "Outside annexes, white space not counted.", "character"),
        Column("n_annex_chars", "integer", "In annexes, white space not counted.", "character"),
        Column("n_tokens", "integer", "jieba tokens outside annexes.", "token"),
        Column("n_annex_tokens", "integer", "jieba tokens in annexes.", "token"),
        Column("n_token_hits", "integer", "jieba tokens equal to a term, no annexes.", "token"),
        Column("n_annex_token_hits", "integer", "jieba tokens equal to a term, annexes.", "token"),
        Column(
            "input_digest",
            "varchar",
            "Of everything the row was made from: text, identity, word list and program.",
        ),
        IS_SAMPLE,
    ),
)

LEXICON_TERMS = Table(
    "raw",
    "lexicon_terms",
    "The terms and exclusion phrases of every lexicon in this warehouse.",
    ("topic", "phrase"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        Column("phrase", "varchar", "Term or exclusion phrase."),
        Column("role", "varchar", "term or exclusion."),
        Column("category", "varchar", "core or extended; null for an exclusion phrase."),
        Column("position", "integer", "Order in the study file.", "rank"),
        Column("lexicon_digest", "varchar", "SHA-256 of the whole lexicon."),
    ),
)

DOCUMENT_FINDINGS = Table(
    "raw",
    "document_findings",
    "What the rules of identity and soundness found in each document, a finding a row.",
    ("path", "file_id", "member", "rule", "evidence"),
    (
        Column("document_id", "varchar", "The document; null for what could not be read."),
        Column("file_id", "varchar", "The file it came from (raw.files)."),
        Column("path", "varchar", "Path of that file inside the landing zone."),
        Column("member", "varchar", "Row, line or archive member inside the file; empty for all."),
        Column("rule", "varchar", "Name of the rule, such as wrong_region."),
        Column(
            "severity",
            "varchar",
            "error: it is not counted; warn: it is counted, look at it; info: good to know.",
        ),
        Column("evidence", "varchar", "What was found, in one sentence with its quotes."),
        Column("hint", "varchar", "What to do about it, in one sentence."),
        Column(
            "char_start", "integer", "First character of the evidence in the body.", "character"
        ),
        Column("char_end", "integer", "One past its last character.", "character"),
        IS_SAMPLE,
    ),
)

HIT_EXCLUSIONS = Table(
    "raw",
    "hit_exclusions",
    "Hits that a person marked as false: what, who, when and why. Read from the warehouse's own "
    "`.exclusions.csv`.",
    ("topic", "region_code", "report_year", "term", "sentence", "offset_in_sentence"),
    (
        Column("topic", "varchar", "The study's lexicon."),
        REGION_CODE,
        REPORT_YEAR,
        Column("term", "varchar", "The lexicon term."),
        Column("sentence", "varchar", "The sentence it stands in, as raw.keyword_hits has it."),
        Column("offset_in_sentence", "integer", "First character of the hit in it.", "character"),
        Column("reason", "varchar", "Why it is no hit, in the reviewer's words."),
        Column("reviewer", "varchar", "Who marked it."),
        Column("reviewed_on", "date", "When it was marked."),
        Column("sheet", "varchar", "Name of the sheet file that the mark came from."),
    ),
)
